"""``relief …``: every area of it has a file of its own with ``add_verbs(make)`` and ``VERBS``.

These files are read to build the command line: what is heavy (use cases, printing, pandas) they import inside their functions.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from app.cli import (
    relief_batches,
    relief_calculate,
    relief_cash,
    relief_home,
    relief_payees,
    relief_programmes,
    relief_report,
    relief_transfers,
)
from app.cli.relief_making import ReliefMaker, ReliefVerb

_AREAS = (relief_programmes, relief_calculate, relief_payees, relief_batches, relief_transfers, relief_cash, relief_report, relief_home)


def relief_verbs(relief: Any, verb: Callable[[Any, str, str], argparse.ArgumentParser]) -> None:
    """All verbs of the group ``relief``."""
    make = ReliefMaker(relief, verb)
    for area in _AREAS:
        area.add_verbs(make)


def find_relief_verbs() -> Mapping[str, ReliefVerb]:
    """Each function by the whole name of its verb."""
    return {f"relief {name}": run for area in _AREAS for name, run in area.VERBS.items()}
