"""The words of ``relief …`` on the command line, gathered from the files of its areas (``relief_help_*``). Each of them has

- ``HELP``: "relief.NAME" and "relief.NAME.ACT": first line in short, then what it does and the keys of its result;
- ``HEADS``: by "relief NAME ACT" (or "relief NAME"): what a key of the result is called;
- ``CODES``: likewise: which kind of word (``labels.label``) a key holds;
- ``LISTS``: by "relief NAME ACT KEY": the columns of a list in the result;
- ``YEN``: keys that hold yen; ``COUNTS`` (where there is one): by "relief NAME", keys that hold yen elsewhere and a number here;
- ``TEXTS``: by "relief NAME ACT": a function that tells the whole result, or None for the general way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from app.presentation import (
    relief_help_batches,
    relief_help_calculate,
    relief_help_cash,
    relief_help_home,
    relief_help_payees,
    relief_help_programmes,
    relief_help_report,
    relief_help_transfers,
)

_AREAS = (
    relief_help_programmes,
    relief_help_calculate,
    relief_help_payees,
    relief_help_batches,
    relief_help_transfers,
    relief_help_cash,
    relief_help_report,
    relief_help_home,
)
RELIEF_HELP: Mapping[str, str] = {
    "relief": "被災者への支援（制度・計算・受取人・支給決定・振込・現金・収支）",
    **{key: text for area in _AREAS for key, text in area.HELP.items()},
}
RELIEF_HEADS: Mapping[str, Mapping[str, str]] = {where: heads for area in _AREAS for where, heads in area.HEADS.items()}
RELIEF_CODES: Mapping[str, Mapping[str, str]] = {where: codes for area in _AREAS for where, codes in area.CODES.items()}
RELIEF_LISTS: Mapping[str, Sequence[str]] = {where: columns for area in _AREAS for where, columns in area.LISTS.items()}
RELIEF_YEN = frozenset(chain.from_iterable(area.YEN for area in _AREAS))
RELIEF_COUNTS: Mapping[str, frozenset[str]] = dict(relief_help_transfers.COUNTS)
RELIEF_TEXTS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str | None]] = {
    ("relief", where.removeprefix("relief ")): tell for area in _AREAS for where, tell in area.TEXTS.items()
}


def is_yen(action: str, key: str) -> bool:
    """Whether a whole number under this key of a result of ``relief ACTION`` is yen."""
    return key in RELIEF_YEN and key not in RELIEF_COUNTS.get(f"relief {action.partition(' ')[0]}", ())
