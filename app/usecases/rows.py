"""Read models: frozen rows that queries answer with. No ORM object, no session, nothing lazy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelterRow:
    """A shelter as of a moment. ``declared`` is the declared head count that holds then, if any; ``rostered`` the stays then."""

    id: str
    external_id: str
    name: str
    kana: str
    kind: str
    district: str
    address: str
    phone: str
    capacity: int | None
    capacity_text: str
    is_open: bool
    opened_at: datetime | None
    declared: int | None
    declared_at: datetime | None
    rostered: int
    in_charge: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadcountRow:
    """A declared count beside the number of people on the roster of that shelter at that time."""

    id: str
    shelter_id: str
    shelter_name: str
    counted_at: datetime
    counted_total: int
    rostered: int
    male: int | None
    female: int | None
    households: int | None
    method: str
    reported_by: str
    note: str

    @property
    def difference(self) -> int:
        """Declared minus rostered."""
        return self.counted_total - self.rostered


class TrendPoint(NamedTuple):
    """All shelters at one moment: how many are open, people declared, people on rosters."""

    at: datetime
    shelters_open: int
    declared: int
    rostered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """Somebody found. ``kind`` is ``resident`` or ``person``; ``status`` a code: ``none``, ``staying``, ``left``, ``dead``."""

    kind: str
    id: str
    name: str
    kana: str
    birth: str
    sex: str
    address: str
    household: str
    status: str
    match: str
    protected: bool = False
    person_id: str = ""
    number: str = ""
    shelter_id: str = ""
    shelter_name: str = ""
    since: datetime | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Hits with how many there are in all. ``total`` counts up to a cap; ``truncated`` says that hits were left out."""

    hits: tuple[SearchHit, ...]
    total: int
    truncated: bool
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentView:
    """One resident of a snapshot, and the evacuee record already linked to it, if any.

    ``protected``: under protection for whatever reason; ``flagged``: because the import said so.
    """

    id: str
    snapshot_id: str
    resident_no: str
    household_no: str
    name: str
    kana: str
    birth: str
    sex: str
    relation: str
    postal: str
    address: str
    district: str
    phone: str
    nationality: str
    protected: bool
    person_id: str = ""
    stay_id: str = ""
    shelter_id: str = ""
    shelter_name: str = ""
    since: datetime | None = None
    flagged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StayView:
    """A stay with the name of its shelter, and the absence that is running, if any."""

    id: str
    person_id: str
    shelter_id: str
    shelter_name: str
    category: str
    room: str
    from_at: datetime
    to_at: datetime | None
    destination: str
    destination_text: str
    exit_reason: str
    pending: bool
    version: int
    absence_id: str = ""
    absence_kind: str = ""
    absence_from: datetime | None = None


class RosterRow(NamedTuple):
    """One line of a roster: a stay with its person and household as of a moment.

    A named tuple, because a whole prefecture is made of 133,000 of them.
    """

    stay_id: str
    person_id: str
    household_id: str
    number: str
    name: str
    kana: str
    birth: str
    age: int | None
    age_exact: bool
    sex: str
    relation: str
    nationality: str
    postal: str
    address: str
    district: str
    phone: str
    mobile: str
    household: str
    shelter_id: str
    shelter: str
    category: str
    room: str
    from_at: datetime
    to_at: datetime | None
    destination: str
    destination_text: str
    came_from: str
    absence: str
    injury: str
    injury_note: str
    needs: tuple[str, ...]
    needs_note: str
    care_level: str
    supplies: str
    house_damage: str
    pets: str
    vehicles: str
    emergency_contact: str
    missing_members: str
    consent_kin: str
    consent_acquaintance: str
    consent_public: str
    consent_board: str
    consent_web: str
    consent_share: str
    protected: bool
    pending: bool
    source: str
    workplace: str
    note: str
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterFilter:
    """What a roster shows. ``at`` is the effective time, ``known_at`` the recorded time (None: as known now).

    ``presence``: ``in`` staying at ``at``; ``out`` left before; ``all`` anyone who came by ``at``.
    """

    at: datetime
    known_at: datetime | None = None
    shelter_id: str = ""
    household_id: str = ""
    presence: str = "in"
    needs: tuple[str, ...] = ()
    any_need: bool = False
    consent: str = ""
    age_from: int | None = None
    age_to: int | None = None
    category: str = ""
    text: str = ""
    without_destination: bool = False
    include_protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The lines of a roster in order of kana. ``withheld`` counts protected people left out, ``twice`` the lines of people who stand on it
    under another registration, too, which somebody decided to be theirs.
    """

    filter: RosterFilter
    rows: tuple[RosterRow, ...]
    withheld: int
    twice: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One field of one operation, for a person to read. ``operation`` is the operation id."""

    at: datetime
    by: str
    site: str
    device: str
    operation: str
    group: str
    kind: str
    record: str
    action: str
    field: str
    old: Any
    new: Any
    reason: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """Who saw or took out whose data. ``persons`` is how many, ``target`` a file name or device."""

    at: datetime
    by: str
    action: str
    purpose: str
    persons: int
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where and when a registration was made: the site's name ("" if it is not known here), the device."""

    site: str
    device: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateGroup:
    """Records that may be one human being. ``score`` is 0 to 1, ``reason`` a code."""

    score: float
    reason: str
    persons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestions:
    """How many people left without a known destination, have stays kept side by side, or are not back in time."""

    without_destination: int
    pending: int
    absent_overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionCounts:
    """What wants doing: measures in their last month, past their end, and people at a counter who may be protected ones."""

    ending: int
    overdue: int
    doubtful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the home page shows: each a thing that wants doing."""

    at: datetime
    shelters_open: int
    rostered: int
    declared: int
    overfull: tuple[ShelterRow, ...]
    uncounted_today: tuple[ShelterRow, ...]
    without_destination: int
    pending: int
    absent_overdue: int
    residents: int
    last_backup: datetime | None
    clock_problem: str = ""
    open_shelters: tuple[ShelterRow, ...] = field(default=())
    protections: ProtectionCounts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReport:
    """Whether a store is as the program left it. ``integrity`` speaks of the file, ``chain_ok`` of the journal.

    ``problems`` are message codes with their parameters; at most a few dozen of each sort.
    """

    ok: bool
    integrity: bool
    chain_ok: bool
    journal_rows: int
    problems: tuple[tuple[str, dict[str, Any]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterCount:
    """How many residents and registered people have an unusual character, with some of their ids (residents first)."""

    text: str
    residents: int = 0
    persons: int = 0
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterCounts:
    """What a walk through all names, readings and addresses found: rows looked at, and each unusual character."""

    residents: int
    persons: int
    characters: tuple[CharacterCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CensusLine:
    """Residents of one district in one band of five years of age. ``band`` is its first age, None when the age is not certain."""

    district: str
    band: int | None
    male: int
    female: int
    other: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.male + self.female + self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """Residents of a snapshot counted as of a day, in order of district and age."""

    on: date
    lines: tuple[CensusLine, ...]

    @property
    def total(self) -> int:
        """Everybody."""
        return sum(line.total for line in self.lines)

    def by_district(self) -> list[CensusLine]:
        """One line for each district, all ages."""
        return _add_up(self.lines, lambda line: (line.district, None))

    def by_band(self) -> list[CensusLine]:
        """One line for each band of ages in the whole municipality; those of uncertain age last."""
        return sorted(_add_up(self.lines, lambda line: ("", line.band)), key=lambda line: (line.band is None, line.band or 0))


def _add_up(lines: tuple[CensusLine, ...], key: Callable[[CensusLine], tuple[str, int | None]]) -> list[CensusLine]:
    sums: dict[tuple[str, int | None], list[int]] = {}
    for line in lines:
        counted = sums.setdefault(key(line), [0, 0, 0])
        for place, number in enumerate((line.male, line.female, line.other)):
            counted[place] += number
    return [CensusLine(district=d, band=b, male=m, female=f, other=o) for (d, b), (m, f, o) in sums.items()]
