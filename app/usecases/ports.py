"""What the use cases ask of the outside. Storage satisfies these; tests use the real thing, never a mock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, TypeVar

from app.domain.building import Building, Occupancy, Victim, VictimMember
from app.domain.carrying import CarriedRow, Received, SnapshotCard, Tally
from app.domain.certificate import Application, Certificate, CertificateCopy, FormDesign, SealPicture
from app.domain.characters import RegisteredCharacter
from app.domain.evacuee import Absence, Household, Person, PersonDecision, Stay
from app.domain.governance import Disaster, Operator, Site
from app.domain.protection import ProtectedPeople, Protection
from app.domain.records import Record
from app.domain.resident import Finding, ResidentRow, Snapshot, SourceMark
from app.domain.shelter import Headcount, Shelter, ShelterSpell
from app.domain.survey import Appeal, Assignment, Photo, Survey, Team
from app.usecases.job import Job
from app.usecases.matching_rows import LikePair, PersonMatch, PersonTraits, ResidentTraits
from app.usecases.photo_rows import KnownPhoto, PhotoBatch, PhotoRow, Visit
from app.usecases.rows import (
    AccessEntry,
    Census,
    CharacterCounts,
    HeadcountRow,
    HistoryEntry,
    OpenQuestions,
    ResidentView,
    Roster,
    RosterFilter,
    SearchHit,
    ShelterRow,
    StayView,
    TrendPoint,
)
from app.usecases.survey_rows import (
    AppealRow,
    AreaAct,
    AssignmentRow,
    BuildingFilter,
    BuildingRow,
    CountedGrade,
    HomeFile,
    KnownBuilding,
    KnownHome,
    KnownSurvey,
    ProgressLine,
    SurveyFilter,
    SurveyRow,
    TeamRow,
    VictimRow,
)

R = TypeVar("R", bound=Record)


class Repository(Protocol[R]):
    """Records of one kind inside a unit of work. Every write makes one journal row in the same transaction."""

    def get(self, record_id: str) -> R | None: ...
    def need(self, record_id: str) -> R:
        """The record, or RuleViolation ``record.not_found``."""
        ...

    def where(self, **values: object) -> list[R]:
        """Live records whose fields equal the values."""
        ...

    def add(self, record: R) -> R: ...
    def add_many(self, records: Sequence[R]) -> None: ...
    def save(self, record: R, *, expected_version: int | None = None) -> R:
        """Write what differs. Raises StaleRecord when the stored version is not the expected one. No difference: no row."""
        ...

    def save_many(self, records: Sequence[R]) -> None:
        """As ``save`` for many, each at the version it was read: some ten times as fast."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Left without ``commit()`` it rolls back."""

    @property
    def disasters(self) -> Repository[Disaster]: ...
    @property
    def sites(self) -> Repository[Site]: ...
    @property
    def operators(self) -> Repository[Operator]: ...
    @property
    def shelters(self) -> Repository[Shelter]: ...
    @property
    def spells(self) -> Repository[ShelterSpell]: ...
    @property
    def headcounts(self) -> Repository[Headcount]: ...
    @property
    def households(self) -> Repository[Household]: ...
    @property
    def persons(self) -> Repository[Person]: ...
    @property
    def stays(self) -> Repository[Stay]: ...
    @property
    def absences(self) -> Repository[Absence]: ...
    @property
    def decisions(self) -> Repository[PersonDecision]: ...
    @property
    def protections(self) -> Repository[Protection]: ...
    @property
    def characters(self) -> Repository[RegisteredCharacter]: ...
    @property
    def buildings(self) -> Repository[Building]: ...
    @property
    def victims(self) -> Repository[Victim]: ...
    @property
    def members(self) -> Repository[VictimMember]: ...
    @property
    def occupancies(self) -> Repository[Occupancy]: ...
    @property
    def surveys(self) -> Repository[Survey]: ...
    @property
    def teams(self) -> Repository[Team]: ...
    @property
    def assignments(self) -> Repository[Assignment]: ...
    @property
    def appeals(self) -> Repository[Appeal]: ...
    @property
    def photos(self) -> Repository[Photo]: ...
    @property
    def applications(self) -> Repository[Application]: ...
    @property
    def certificates(self) -> Repository[Certificate]: ...
    @property
    def copies(self) -> Repository[CertificateCopy]: ...
    @property
    def designs(self) -> Repository[FormDesign]: ...
    @property
    def seals(self) -> Repository[SealPicture]: ...
    @property
    def act(self) -> str:
        """The id that everything this unit changes shares."""
        ...

    @property
    def reads(self) -> Reads:
        """Reads inside this transaction: they see what it has written."""
        ...

    def __enter__(self) -> UnitOfWork: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
    def commit(self) -> Mapping[str, frozenset[str]]:
        """Make it durable; answers what changed, by kind."""
        ...

    def repository(self, kind: str) -> Repository[Record]: ...
    def next_number(self, name: str) -> int:
        """The next serial of this device's own range."""
        ...

    def reserve_numbers(self, name: str, count: int) -> int:
        """The first of ``count`` serials of this device's own range that follow each other."""
        ...

    def next_numbers(self, name: str, count: int) -> range:
        """The next ``count`` serials of this device's own range."""
        ...

    def load_residents(
        self,
        batches: Iterable[Sequence[ResidentRow]],
        *,
        snapshot_id: str,
        label: str,
        as_of: datetime,
        known_at: datetime,
        files: Sequence[str],
        job: Job,
        origin: str = "list",
        district: str = "",
        sources: Sequence[SourceMark] = (),
        findings: Iterable[Finding] = (),
        span: int = 0,
    ) -> Snapshot:
        """``span``: rows of a snapshot of that many residents, each with its place in it as ``line``.

        ``sources`` and ``findings`` are read after the last batch: what streams by may still add to them."""
        ...

    def receive_residents(
        self, batches: Iterable[Sequence[CarriedRow]], *, card: SnapshotCard, mark: SourceMark, findings: Sequence[Finding], job: Job
    ) -> Received:
        """Rows of a snapshot file; ``findings`` is read after the last batch. See ``usecases.snapshot_files``."""
        ...

    def activate_snapshot(self, snapshot_id: str) -> None: ...
    def log_access(self, *, action: str, persons: Sequence[str] | int, target: str) -> None: ...
    def set_setting(self, name: str, value: str) -> None: ...


class ShelterReads(Protocol):
    def rows(self, *, at: datetime) -> list[ShelterRow]: ...
    def headcounts(self, *, shelter_id: str = "", limit: int | None = None) -> list[HeadcountRow]: ...
    def trend(self, *, moments: Sequence[datetime]) -> list[TrendPoint]: ...
    def span(self) -> tuple[datetime, datetime] | None:
        """First and last moment anything was declared or anyone stayed."""
        ...

    def rostered_by_hour(self, *, start: datetime, end: datetime, step_seconds: int = 3600) -> list[tuple[str, datetime, int]]:
        """``(shelter id, start of the step, people)`` for each shelter and step in which the number changed."""
        ...


class ResidentReads(Protocol):
    def snapshots(self) -> list[Snapshot]: ...
    def finding_counts(self, *, snapshot_id: str) -> dict[str, int]:
        """How many findings of each code a snapshot has."""
        ...

    def findings(self, *, snapshot_id: str, code: str = "", limit: int | None = None) -> list[Finding]: ...
    def rows(self, *, snapshot_id: str, district: str = "") -> Iterator[list[ResidentRow]]:
        """Every row of a snapshot as it was loaded, in order, some thousand at a time."""
        ...

    def active(self) -> Snapshot | None: ...
    def get(self, resident_id: str) -> ResidentView | None: ...
    def household(self, resident_id: str) -> list[ResidentView]:
        """Everyone with the same household number in the same snapshot, in household order; at least the resident."""
        ...

    def by_household_no(self, *, snapshot_id: str, household_no: str) -> list[ResidentView]: ...
    def by_number(self, resident_no: str) -> list[ResidentView]:
        """Whoever has this resident number in any snapshot: the active one first, then the newest."""
        ...

    def ids(self, *, snapshot_id: str, text: str = "") -> Sequence[int]: ...
    def page(self, rids: Sequence[int]) -> list[ResidentView]: ...


class CarriedReads(Protocol):
    """What a snapshot file carries. People the reader may not learn of are in none of it."""

    def districts(self, *, snapshot_id: str) -> list[tuple[str, int]]: ...
    def whole(self, *, snapshot_id: str) -> tuple[int, str]: ...
    def tally(self, *, snapshot_id: str, district: str = "") -> Tally: ...
    def rows(self, *, snapshot_id: str, district: str = "") -> Iterator[list[CarriedRow]]: ...


class CensusReads(Protocol):
    """Whole snapshots: counted, and read with places to compare two. A place is good for ``rows_at`` as long as the store is."""

    def count(self, *, snapshot_id: str, on: date) -> Census: ...
    def has_numbers(self, *, snapshot_id: str) -> bool: ...
    def placed(self, *, snapshot_id: str) -> Iterator[list[tuple[int, ResidentRow]]]: ...
    def rows_at(self, places: Sequence[int]) -> list[ResidentRow]: ...


class PersonReads(Protocol):
    def stays(self, person_id: str) -> list[StayView]: ...
    def open_stays(self, person_ids: Sequence[str]) -> dict[str, StayView]: ...
    def by_resident(self, resident_ids: Sequence[str]) -> dict[str, str]:
        """Person id by resident id, for those already registered."""
        ...

    def namesakes(self, *, name: str, kana: str, birth: str) -> list[SearchHit]:
        """Registered people with the same folded name or kana and the same birth date."""
        ...

    def by_number(self, number: str) -> str | None: ...
    def by_card(self, card: str) -> str | None: ...
    def ids(self, *, text: str = "", presence: str = "all") -> Sequence[str]: ...
    def page(self, person_ids: Sequence[str], *, at: datetime) -> list[SearchHit]: ...


class SearchReads(Protocol):
    def find(
        self, text: str, *, birth: str = "", address: str = "", within: str = "all", limit: int = 50
    ) -> tuple[list[SearchHit], int, bool]: ...


class MatchingReads(Protocol):
    def people(self, *, snapshot_id: str, dead: bool = False) -> Iterator[list[PersonTraits]]:
        """Everyone alive and registered, with ``dead`` also those who died, some thousand at a time."""
        ...

    def residents(self, *, snapshot_id: str) -> Iterator[list[ResidentTraits]]:
        """Everyone in a snapshot, in order, some thousand at a time."""
        ...

    def rejected(self, *, snapshot_id: str) -> frozenset[tuple[str, int]]:
        """Person and place of the residents whom somebody said they are not."""
        ...

    def decided(self) -> frozenset[frozenset[str]]:
        """Pairs of registered people about whom somebody decided."""
        ...


class Matcher(Protocol):
    """Finds who is who, in memory. It keeps nothing, and nothing of what it is given reaches a disk."""

    def match(
        self,
        people: Iterable[Sequence[PersonTraits]],
        residents: Iterable[Sequence[ResidentTraits]],
        *,
        apart: frozenset[tuple[str, int]],
        job: Job,
    ) -> list[PersonMatch]:
        """Candidates for everyone unlinked, in the order of ``people``. The linked lend context: who came with them, who is taken."""
        ...

    def pair_up(self, people: Iterable[Sequence[PersonTraits]], *, apart: frozenset[frozenset[str]], job: Job) -> list[LikePair]:
        """Records that may be one human being, most likely first; pairs told apart (or together) before are left out."""
        ...


class RosterReads(Protocol):
    def roster(self, wanted: RosterFilter) -> Roster: ...
    def open_questions(self, *, at: datetime) -> OpenQuestions: ...


class JournalReads(Protocol):
    def history(self, record_id: str) -> list[HistoryEntry]: ...
    def recent(self, *, limit: int = 200) -> list[HistoryEntry]: ...
    def group(self, group_id: str) -> list[HistoryEntry]: ...
    def groups_touching(self, record_ids: Sequence[str]) -> list[str]:
        """Acts that changed any of these records, newest first."""
        ...

    def access(self, *, person_id: str = "", limit: int | None = None) -> list[AccessEntry]: ...
    def last_time(self) -> datetime | None: ...


class CharacterReads(Protocol):
    def count(self, *, snapshot_id: str, job: Job) -> CharacterCounts:
        """Every unusual character of a snapshot's residents ("" for none) and of all registered people. Raises Cancelled."""
        ...


class SettingReads(Protocol):
    def get(self, name: str, default: str = "") -> str: ...


class BuildingReads(Protocol):
    """Buildings, affected households and what links them. Households the reader may not learn of are in no answer."""

    def ids(self, *, filter: BuildingFilter) -> Sequence[str]:
        """Ids in order of district, address and number."""
        ...

    def rows(self, building_ids: Sequence[str]) -> list[BuildingRow]:
        """In the order of the ids."""
        ...

    def find(self, *, number: str = "", tax_no: str = "") -> str | None:
        """A live building by exactly this number or tax number."""
        ...

    def homes(self, building_id: str) -> list[HomeFile]: ...
    def withheld(self, building_id: str) -> bool:
        """Whether the owner's particulars are left blank for this reader."""
        ...

    def districts(self) -> list[tuple[str, int]]: ...
    def zones(self) -> list[tuple[str, int]]: ...
    def victim_ids(self, *, text: str = "") -> Sequence[str]:
        """Ids of affected households in order of kana."""
        ...

    def victim_rows(self, victim_ids: Sequence[str]) -> list[VictimRow]: ...
    def victim_by_household(self, *, snapshot_id: str, household_no: str) -> str | None: ...
    def known(self) -> Iterator[list[KnownBuilding]]:
        """Every live building with what an import recognises it by, some thousand at a time."""
        ...

    def known_homes(self) -> Iterator[list[KnownHome]]:
        """Every affected household of a building, the same way; whoever asks."""
        ...


class SurveyReads(Protocol):
    """Surveys, which of them count, plans and progress."""

    def ids(self, *, filter: SurveyFilter) -> Sequence[str]:
        """Ids, newest day first."""
        ...

    def rows(self, survey_ids: Sequence[str], *, operator_id: str = "", operator_name: str = "") -> list[SurveyRow]:
        """In the order of the ids; the operator is the one for whom ``mine`` is answered."""
        ...

    def counted(self, building_ids: Sequence[str]) -> dict[str, CountedGrade]:
        """The counting survey of each building that has one."""
        ...

    def writers(self, survey_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """Operators who wrote what each survey says (not those who only checked it)."""
        ...

    def with_papers(self, building_ids: Sequence[str]) -> frozenset[str]:
        """Those of the buildings with an application or a certificate."""
        ...

    def known(self) -> Iterator[list[KnownSurvey]]:
        """Every survey that is not withdrawn, with what an import compares, some thousand at a time."""
        ...

    def area_acts(self) -> list[AreaAct]: ...
    def appeals(self, *, state: str = "") -> list[AppealRow]: ...
    def assignments(
        self, *, day: str = "", team_id: str = "", building_id: str = "", open_only: bool = False
    ) -> list[AssignmentRow]: ...
    def days(self) -> list[tuple[str, int, int]]: ...
    def teams(self) -> list[TeamRow]: ...
    def progress(self) -> list[ProgressLine]: ...


class Reads(Protocol):
    """Everything that can be asked. Answers are frozen rows; protected people are in none of them for a reader who may not see them."""

    @property
    def shelters(self) -> ShelterReads: ...
    @property
    def residents(self) -> ResidentReads: ...
    @property
    def census(self) -> CensusReads: ...
    @property
    def carried(self) -> CarriedReads: ...
    @property
    def persons(self) -> PersonReads: ...
    @property
    def search(self) -> SearchReads: ...
    @property
    def matching(self) -> MatchingReads: ...
    @property
    def rosters(self) -> RosterReads: ...
    @property
    def journal(self) -> JournalReads: ...
    @property
    def settings(self) -> SettingReads: ...
    @property
    def characters(self) -> CharacterReads: ...
    @property
    def photos(self) -> PhotoReads: ...
    @property
    def buildings(self) -> BuildingReads: ...
    @property
    def surveys(self) -> SurveyReads: ...

    def get(self, kind: str, record_id: str) -> Record | None: ...
    def all(self, kind: str) -> Sequence[Record]: ...
    def seen_by(self, *, see_protected: bool) -> Reads:
        """The same store, with or without protected people. Only ``usecases.context`` and ``usecases.masking`` choose."""
        ...

    def protected(self) -> ProtectedPeople:
        """Everybody who is protected as of now, whoever asks: to decide by, never to show."""
        ...


class KeyCabinet(Protocol):
    """The key slots of a data folder."""

    def add_slot(self, *, login: str, password: str) -> str: ...
    def change_password(self, *, slot: str, login: str, old: str, new: str) -> None: ...
    def reset_password(self, *, slot: str, login: str, new: str) -> None: ...
    def remove_slot(self, slot: str) -> None: ...


class Attachments(Protocol):
    """Pictures and scanned sheets kept beside the store, encrypted, each content once, under a name that tells nothing."""

    def put(self, content: bytes) -> str:
        """Keep a content and answer its name; it is on the disk then. EnvironmentFault ``file.disk_full`` and its like."""
        ...

    def get(self, name: str) -> bytes:
        """The content. IntegrityFault ``attachment.missing``, ``attachment.damaged``."""
        ...

    def has(self, name: str) -> bool: ...


class PhotoReads(Protocol):
    """Photos and what an import of them has to know. Photos of buildings the reader may not learn of are in no answer."""

    def ids(self, *, building_id: str | None = None, batch: str | None = None, matched: bool | None = None) -> Sequence[str]:
        """Ids in order of batch and place in it; of one building in order of time."""
        ...

    def rows(self, photo_ids: Sequence[str]) -> list[PhotoRow]:
        """In the order of the ids."""
        ...

    def batches(self) -> list[PhotoBatch]:
        """Newest first."""
        ...

    def known(self, sha256s: Sequence[str]) -> dict[str, KnownPhoto]:
        """What is there already, by the hash of the file as it came."""
        ...

    def by_number(self, number: str) -> str | None: ...
    def counts(self, building_ids: Sequence[str]) -> dict[str, int]:
        """Photos by building, for lists."""
        ...

    def building_numbers(self, numbers: Sequence[str]) -> dict[str, str]:
        """Building id by building number."""
        ...

    def visits(self, days: Sequence[str]) -> list[Visit]:
        """Surveys of these days (ISO) that say when they began or ended."""
        ...


class CertificateSigner(Protocol):
    """Ed25519 for certificates. Private keys are only ever given out sealed for this store."""

    def make(self) -> tuple[bytes, str]:
        """A new pair: the public key (32 bytes) and the sealed private one."""
        ...

    def sign(self, sealed: str, messages: Sequence[bytes]) -> list[bytes]: ...
    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool: ...
    def to_pem(self, public: bytes) -> str: ...
    def from_pem(self, text: str) -> bytes | None:
        """The public key in a PEM; None when it holds something else."""
        ...


class BackupDesk(Protocol):
    """Copies of the store while it is in use."""

    def write(self, target: Path) -> tuple[int, str]:
        """Write one backup file, verified before it gets its name: ``(bytes, sha256)``."""
        ...

    def rotate(self, folder: Path, *, keep: int) -> Path: ...
