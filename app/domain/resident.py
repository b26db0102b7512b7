"""Residents as they were: immutable rows of a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class ResidentRow(NamedTuple):
    """One resident as read from a file; texts exactly as they came in. ``order`` is the rank in the household, 0 unknown."""

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
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An imported set of residents that never changes. ``sha256`` covers every row; ``as_of`` and ``known_at`` are its two times."""

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
