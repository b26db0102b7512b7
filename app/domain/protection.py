"""Protection measures (shien sochi) for people whose whereabouts must not become known: DOMAIN 7.5.

A measure never ends by itself: when its term runs out it is shown as overdue until a person extends or releases it.
Data about the perpetrator are never kept here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.errors import RuleViolation
from app.domain.records import Record

WARN_DAYS = 31
"""A measure can be extended from one month before its end; from then on the program reminds of it."""


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


def term_state(protection: Protection, today: date) -> str:
    """``running``, ``ending`` (the last month), ``overdue`` (past its end and still in force) or ``released``."""
    if not protection.active:
        return "released"
    if not protection.ends:
        return "running"
    left = (date.fromisoformat(protection.ends) - today).days
    return "overdue" if left < 0 else "ending" if left <= WARN_DAYS else "running"
