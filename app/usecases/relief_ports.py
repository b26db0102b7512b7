"""What programmes, rounds, rules, casualties, claims and entitlements ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.domain.records import Record
from app.domain.relief import Entitlement, Yen
from app.usecases.relief_rows import CasualtyFilter, CasualtyRow, ClaimFilter, ClaimRow, EntitlementFilter, EntitlementRow

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class HouseholdFact:
    """An affected household (被災世帯) as a calculation reads it. ``certificate``: one for damage is issued (or was, and is superseded)
    that says ``grade``; ``reissue``: there is one, of another degree.

    ``grade``: of the counted survey of the main dwelling, the worst of several; "" none is counted. ``size``: members, 0 when not known.
    """

    victim_id: str
    name: str
    kana: str
    birth: str
    address: str
    district: str
    snapshot_id: str
    resident_household: str
    resident_no: str
    grade: str
    building_id: str
    use: str
    size: int
    certificate: bool
    protected: bool
    reissue: bool


@dataclass(frozen=True, slots=True)
class MemberFact:
    """A member of an affected household: those who live apart are looked for among them."""

    member_id: str
    victim_id: str
    resident_id: str
    resident_no: str
    person_id: str
    name: str
    kana: str
    birth: str


@dataclass(frozen=True, slots=True)
class ResidentFact:
    """A resident of a day (snapshot) in one of the districts asked for."""

    resident_id: str
    resident_no: str
    household_no: str
    name: str
    kana: str
    birth: str
    address: str
    district: str
    protected: bool


@dataclass(frozen=True, slots=True)
class LiveAmount:
    """What is paid of an entitlement and what is on its way (planned, approved, sent), and the highest part number so far."""

    paid: Yen
    under_way: Yen
    parts: int


@dataclass(frozen=True, slots=True)
class EarlierAmount:
    """What an entitlement of an earlier round has had or, while it is open, will have. ``keys``: its subject and aliases."""

    entitlement_id: str
    keys: tuple[str, ...]
    amount: Yen


class ReliefReads(Protocol):
    """Questions about programmes, rounds, rules, casualties, claims and entitlements. Protected people are in no answer for a reader who may not see them."""

    def entitlement_ids(self, *, filter: EntitlementFilter, sort: str) -> list[str]: ...
    def entitlement_rows(self, entitlement_ids: Sequence[str]) -> list[EntitlementRow]: ...
    def claim_ids(self, *, filter: ClaimFilter, sort: str) -> list[str]: ...
    def claim_rows(self, claim_ids: Sequence[str]) -> list[ClaimRow]: ...
    def casualty_ids(self, *, filter: CasualtyFilter, sort: str) -> list[str]: ...
    def casualty_rows(self, casualty_ids: Sequence[str]) -> list[CasualtyRow]: ...
    def by_number(self, kind: str, number: str) -> str | None:
        """The live ``entitlement``, ``claim`` or ``casualty`` with this number that the reader may know of."""
        ...

    def households(self) -> Iterator[list[HouseholdFact]]:
        """Every affected household but businesses and owners who live elsewhere, in the order made, some thousand at a time."""
        ...

    def members(self, victim_ids: Iterable[str]) -> list[MemberFact]: ...
    def residents(self, *, snapshot_id: str, districts: Sequence[str]) -> Iterator[list[ResidentFact]]:
        """Residents of the districts (all without any), alive on the day, in the order of the snapshot."""
        ...

    def entitlements(self, *, round_id: str) -> list[Entitlement]:
        """All of a round, whoever asks: to calculate with, never to show."""
        ...

    def shared_numbers(self) -> dict[str, list[str]]:
        """Resident numbers that are members of several affected households, with those households' ids, whoever asks."""
        ...

    def live(self, *, round_id: str = "", programme_id: str = "", entitlement_ids: Iterable[str] | None = None) -> dict[str, LiveAmount]:
        """Live shares by entitlement, whoever asks: of a round, a programme or these."""
        ...

    def earlier(self, *, round_ids: Sequence[str]) -> list[EarlierAmount]:
        """What entitlements of these rounds have had or will have, whoever asks."""
        ...

    def withheld(self, kind: str, record_ids: Iterable[str]) -> frozenset[str]:
        """Those of the entitlements, claims or casualties that are of protected people, whoever asks."""
        ...

    def guarded_households(self) -> frozenset[str]:
        """Keys (``subject_keys``) of the households with a protected member, whoever asks."""
        ...

    def hidden(self, kind: str, record_ids: Iterable[str]) -> frozenset[str]:
        """Those of the entitlements, claims or casualties that this reader may not know of."""
        ...

    def many(self, kind: type[R], record_ids: Iterable[str]) -> dict[str, R]:
        """Live records by id, whoever asks: for a use case to write with, never to show."""
        ...

    def many_by(self, kind: type[R], field: str, values: Iterable[str]) -> list[R]:
        """Live records whose field is one of the values, whoever asks."""
        ...
