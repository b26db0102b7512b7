"""Residents as they were: immutable rows of a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

ALIAS_BETWEEN = " / "
"""What stands between several other names of one person."""


class ResidentRow(NamedTuple):
    """One resident as read from a file; texts exactly as they came in. ``order`` is the rank in the household, 0 unknown.

    ``alias`` holds other names the person is known by (former family name, name in use, name in Latin letters), with
    ``ALIAS_BETWEEN`` between them.
    """

    resident_no: str = ""
    household_no: str = ""
    name: str = ""
    kana: str = ""
    birth: str = ""
    sex: str = ""
    relation: str = ""
    postal: str = ""
    address: str = ""
    district: str = ""
    phone: str = ""
    nationality: str = ""
    protected: bool = False
    order: int = 0
    alias: str = ""
    line: int = 0


class SourceMark(NamedTuple):
    """A file that a snapshot was made from. ``role`` is ``list``, ``full``, ``difference`` or ``snapshot``; ``rows`` what it held."""

    name: str
    role: str
    sha256: str
    rows: int
    covers: str = ""


class Finding(NamedTuple):
    """Something about one resident or household that a person should know of a snapshot.

    ``code`` names the case (``resident.*`` message); ``effective`` and ``processed`` are ISO days of the deciding history row,
    ``old``/``new`` what was replaced by what. Kept with the snapshot, inside the encrypted store.
    """

    code: str
    resident_no: str = ""
    household_no: str = ""
    name: str = ""
    effective: str = ""
    processed: str = ""
    reason: str = ""
    old: str = ""
    new: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An imported set of residents that never changes. ``sha256`` covers every row; ``as_of`` and ``known_at`` are its two times.

    ``origin`` is ``list`` (taken as it was), ``rebuild`` (from a full dump and differences) or ``received`` (from a snapshot file);
    ``district`` is set when only one district was received.
    """

    id: str
    label: str
    as_of: datetime
    known_at: datetime
    residents: int
    households: int
    sha256: str
    files: tuple[str, ...]
    created_at: datetime
    active: bool
    origin: str = "list"
    district: str = ""
    sources: tuple[SourceMark, ...] = ()
