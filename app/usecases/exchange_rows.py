"""What the exchange shows: packages, what they bring, sites, conflicts. Frozen; no session, no file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.exchange import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class GapNote:
    """Operations of a device that are missing here: ``first`` to ``last`` of its chain. ``site``: where that device works, "" if unknown."""

    chain: str
    letters: str
    site: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReport:
    """What taking operations in did. ``records``: by kind, how many were made or changed; ``operations`` new here, ``known`` already here.

    ``conflicts`` opened and ``settled`` by it; ``gaps`` afterwards; ``branches``: devices that turned out to be copies of one another (letters).
    ``refused``: operations of revoked devices behind their end, left aside. ``touched``: ids by kind of the records operations came for.
    """

    operations: int = 0
    known: int = 0
    records: Mapping[str, int] = field(default_factory=dict)
    conflicts: int = 0
    settled: int = 0
    gaps: tuple[GapNote, ...] = ()
    branches: tuple[str, ...] = ()
    refused: int = 0
    touched: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSide:
    """One of the values that stand beside each other. ``values`` by field, JSON values; ``by``, ``site`` names; ``saw``: what its writer had seen
    of the record's other sides is nothing, so ``before`` tells the values it found. ``deleted``: this side deleted the record."""

    operation: str
    letter: str
    values: Mapping[str, Any]
    before: Mapping[str, Any]
    by: str
    site: str
    device: str
    at: datetime
    reason: str
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """An open conflict with its sides A, B, … in the order of their operations; ``title`` says whose record it is (the name of a person, shelter…)."""

    id: str
    kind: str
    record: str
    title: str
    person_id: str
    fields: tuple[str, ...]
    sides: tuple[ConflictSide, ...]
    shown: Mapping[str, Any]
    found_at: datetime
    owned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStatus:
    """A device of a site as this one knows it. ``written_at``: when it wrote the newest of its packages that were taken in here (a receipt
    brings no data); ``heard_at``: when anything of it came, receipts too; ``data_until``: when the newest operation here was made there;
    ``unread``: packages written for it that nobody acknowledged; ``gaps`` in its chain; ``clock_offset`` seconds."""

    device: str
    letters: str
    site_id: str
    site: str
    kind: str
    state: str
    mine: bool
    heard_at: datetime | None
    written_at: datetime | None
    data_until: datetime | None
    sent_at: datetime | None
    acknowledged_at: datetime | None
    unread: int
    waiting: int
    gaps: int
    clock_offset: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRow:
    """A package that was written or taken in here."""

    id: str
    direction: str
    device: str
    letters: str
    site: str
    written_at: datetime
    handled_at: datetime
    since: datetime | None
    until: datetime | None
    records: int
    conflicts: int
    gaps: int
    bytes: int
    name: str
    state: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageCard:
    """What a package says of itself before anything is taken in. ``receivers``: device ids; ``whole``: everything, not only what was lacking.

    ``knows``: how far the sender knows each chain, which makes every package a receipt; ``reply_to``: packages it has taken in since it last
    wrote. ``warnings``: message codes with parameters, for a person to know before applying.
    """

    id: str
    municipality_code: str
    municipality: str
    disaster: str
    mark: str
    training: bool
    device: str
    letters: str
    site_id: str
    site: str
    site_kind: str
    to_site: str
    receivers: tuple[str, ...]
    written_at: datetime
    since: datetime | None
    until: datetime | None
    operations: int
    records: Mapping[str, int]
    residents: int
    pictures: int
    vouchers: int
    whole: bool
    list_number: int
    knows: Vector
    reply_to: tuple[str, ...] = ()
    warnings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
