"""The words of ``sync …`` on the command line, gathered from the files of its areas (``sync_help_*``). Each of them has

- ``HELP``: "sync.NAME" and "sync.NAME.ACT": first line in short, then what it does and the keys of its result;
- ``HEADS``: by "sync NAME ACT" (or "sync NAME"): what a key of the result is called;
- ``CODES``: likewise: which kind of word (``labels.label``) a key holds;
- ``LISTS``: by "sync NAME ACT KEY": the columns of a list in the result;
- ``TEXTS``: by "sync NAME ACT": a function that tells the whole result, or None for the general way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.presentation import sync_help_conflicts, sync_help_enrol, sync_help_packages, sync_help_status

_AREAS = (sync_help_enrol, sync_help_packages, sync_help_conflicts, sync_help_status)
SYNC_HELP: Mapping[str, str] = {
    "sync": "拠点どうしの受け渡し（端末の登録、USB のパッケージ、競合）",
    **{key: text for area in _AREAS for key, text in area.HELP.items()},
}
SYNC_HEADS: Mapping[str, Mapping[str, str]] = {key: heads for area in _AREAS for key, heads in area.HEADS.items()}
SYNC_CODES: Mapping[str, Mapping[str, str]] = {key: kinds for area in _AREAS for key, kinds in area.CODES.items()}
SYNC_LISTS: Mapping[str, Sequence[str]] = {key: names for area in _AREAS for key, names in area.LISTS.items()}
SYNC_TEXTS: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str | None]] = {
    ("sync", key.removeprefix("sync ")): tell for area in _AREAS for key, tell in area.TEXTS.items()
}
