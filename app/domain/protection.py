"""Protection measures (shien sochi) for people whose whereabouts must not become known: DOMAIN 7.5.

A measure never ends by itself: when its term runs out it is shown as overdue until a person extends or releases it.
Data about the perpetrator are never kept here.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.errors import RuleViolation
from app.domain.records import Record

SHARED_PARTICULARS = ("address", "emergency_contact", "missing_members", "note")
"""What is written down for a household and may be a protected member's: withheld with the member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection(Record):
    """One person under a measure. ``resident_no`` and ``person_id`` name who it is; either may be empty, not both.

    ``role`` is ``applicant`` or ``companion`` (named in the application of ``group_id``). ``starts`` and ``ends`` are ISO days as
    text, empty when unknown. ``released_at`` is set only by a person with the right to.
    """

    resident_no: str = ""
    person_id: str = ""
    group_id: str = ""
    role: str = "applicant"
    provisional: bool = False
    starts: str = ""
    ends: str = ""
    released_at: datetime | None = None
    note: str = ""
    deleted: bool = False

    @property
    def active(self) -> bool:
        """Whether the measure holds. The end of its term does not end it."""
        return not self.deleted and self.released_at is None


def check_protection(protection: Protection) -> None:
    """A measure is about somebody, and does not end before it starts."""
    if not (protection.resident_no or protection.person_id):
        raise RuleViolation("protection.nobody", field="resident_no")
    if protection.starts and protection.ends and protection.ends < protection.starts:
        raise RuleViolation("protection.ends_before_start", field="ends")


def extendable_from(protection: Protection) -> date | None:
    """The first day on which the measure can be extended: one month before its end. None when it has no end."""
    if not protection.ends:
        return None
    end = date.fromisoformat(protection.ends)
    year, month = (end.year - 1, 12) if end.month == 1 else (end.year, end.month - 1)
    return date(year, month, min(end.day, monthrange(year, month)[1]))


def term_state(protection: Protection, today: date) -> str:
    """``running``, ``ending`` (the last month, when it can be extended), ``overdue`` (past its end and still in force) or ``released``."""
    if not protection.active:
        return "released"
    if not protection.ends:
        return "running"
    first = extendable_from(protection)
    if date.fromisoformat(protection.ends) < today:
        return "overdue"
    return "ending" if first is not None and first <= today else "running"


@dataclass(frozen=True, slots=True)
class ProtectedPeople:
    """Everybody who is protected, for whatever reason, as sets to ask.

    ``numbers``: resident numbers. ``residents``: ids of residents without one. ``persons``: ids of registered people, ``person_rows``
    where they stand. ``names``: their names and readings, folded, for a first look at somebody typed in. ``households``: evacuee
    households with a protected member; ``labels``: those whose label is the name of one. ``victims``: affected households with one.
    """

    numbers: frozenset[str] = frozenset()
    residents: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    person_rows: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    households: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    victims: frozenset[str] = frozenset()

    def resident(self, resident_id: str, resident_no: str, flagged: bool) -> bool:
        """Whether a resident of any snapshot is protected."""
        return flagged or bool(resident_no and resident_no in self.numbers) or resident_id in self.residents
