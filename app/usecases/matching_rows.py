"""What matching is asked with and answers with: traits of people and residents, candidates with reasons, pairs of records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.resident import Snapshot
from app.usecases.rows import ResidentView, SearchHit

Reason = tuple[str, str]
"""A code (``match.*``, words in ``resources/messages/matching.toml``) and a detail that the words may show; often empty."""


class ResidentTraits(NamedTuple):
    """What tells a resident from others, as stored. ``place`` is the place in the snapshot; dates are yyyymmdd, None unknown."""

    place: int
    household_no: str
    name: str
    kana: str
    birth_lo: int | None
    birth_hi: int | None
    sex: str
    address: str
    phone: str
    alias: str = ""


class PersonTraits(NamedTuple):
    """What tells a registered person from others, as typed. ``settled`` is the place of the resident already linked,
    -1 when the link leads nowhere in the snapshot, None when there is none; ``resident_id`` is the link itself.
    """

    id: str
    household_id: str
    name: str
    kana: str
    birth: str
    birth_lo: int | None
    birth_hi: int | None
    sex: str
    address: str
    phone: str
    mobile: str = ""
    settled: int | None = None
    resident_no: str = ""
    resident_id: str = ""


class Found(NamedTuple):
    """A resident who may be the person. ``score`` is 0 to 100."""

    place: int
    score: int
    reasons: tuple[Reason, ...]
    differences: tuple[Reason, ...]


class PersonMatch(NamedTuple):
    """The candidates of one person, best first. ``band`` is ``sure``, ``review`` or ``none``.

    ``doubt`` says why somebody must look although the best candidate is good: ``match.ambiguous`` (another is nearly as good),
    ``match.claimed`` (another person fits the same resident), ``match.taken`` (the resident is linked to another person); else empty.
    """

    person_id: str
    band: str
    candidates: tuple[Found, ...]
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What a linking did: the act that ``persons.undo`` takes back (empty when there was nothing to link), and the records changed."""

    act: str
    changes: Mapping[str, frozenset[str]]


class LikePair(NamedTuple):
    """Two records that may be one human being. ``score`` is 0 to 1, ``reason`` the code of what speaks for it most."""

    first: str
    second: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A resident who may be the person, by id."""

    resident_id: str
    score: int
    reasons: tuple[Reason, ...]
    differences: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCase:
    """One person with candidates, best first. ``doubt`` see ``PersonMatch``."""

    person_id: str
    band: str
    doubt: str
    candidates: tuple[Candidate, ...]

    @property
    def score(self) -> int:
        """The best candidate's score, 0 without one."""
        return self.candidates[0].score if self.candidates else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRun:
    """All unlinked living people against one snapshot. Cases of the bands sure and review, best first; ``none`` is only counted."""

    snapshot: Snapshot
    people: int
    counts: dict[str, int]
    cases: tuple[MatchCase, ...]

    def band(self, name: str) -> tuple[MatchCase, ...]:
        """The cases of a band."""
        return tuple(case for case in self.cases if case.band == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCandidate:
    """A candidate with the resident's row."""

    resident: ResidentView
    score: int
    reasons: tuple[Reason, ...]
    differences: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCase:
    """A case with the rows that a screen shows."""

    person: SearchHit
    band: str
    doubt: str
    candidates: tuple[ShownCandidate, ...]
