"""``sync …``: every area of it has a file of its own with ``add_verbs(make)`` and ``VERBS``.

These files are read to build the command line: what is heavy (use cases, packages) they import inside their functions.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.cli import sync_conflicts, sync_enrol, sync_packages, sync_status

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway

Answer = tuple[Mapping[str, Any], int]
SyncVerb = Callable[["FolderGateway", argparse.Namespace], Answer]
_AREAS = (sync_enrol, sync_packages, sync_conflicts, sync_status)


class SyncMaker:
    """Makes the verbs of ``sync``. The help of ``sync NAME`` is HELP["sync.NAME"], that of an act HELP["sync.NAME.ACT"]."""

    def __init__(self, sync: Any, verb: Callable[[Any, str, str], argparse.ArgumentParser]) -> None:
        self._sync = sync
        self._verb = verb

    def verb(self, name: str) -> argparse.ArgumentParser:
        """``sync NAME``: its function stands in VERBS as "NAME"."""
        return self._lines(self._verb(self._sync, name, f"sync.{name}"))

    def acts(self, name: str) -> Callable[[str], argparse.ArgumentParser]:
        """``sync NAME ACT``: makes one act each time it is called; its function stands in VERBS as "NAME ACT"."""
        acts = self.verb(name).add_subparsers(dest="act", required=True, metavar="ACT", parser_class=self._sync._parser_class)
        return lambda act: self._lines(self._verb(acts, act, f"sync.{name}.{act}"))

    @staticmethod
    def _lines(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        return parser


def sync_verbs(sync: Any, verb: Callable[[Any, str, str], argparse.ArgumentParser]) -> None:
    """All verbs of the group ``sync``."""
    make = SyncMaker(sync, verb)
    for area in _AREAS:
        area.add_verbs(make)


def find_sync_verbs() -> Mapping[str, SyncVerb]:
    """Each function by the whole name of its verb."""
    return {f"sync {name}": run for area in _AREAS for name, run in area.VERBS.items()}
