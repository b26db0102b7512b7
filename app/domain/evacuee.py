"""People who took shelter: particulars, household, stays, absences, and decisions about who is who.

Fields follow DOMAIN 6.2 (union of the FDMA safety form and the cards in real use).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import RuleViolation
from app.domain.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Household(Record):
    """People who came together. Not necessarily the household of the resident register."""

    label: str = ""
    snapshot_id: str = ""
    resident_household: str = ""
    address: str = ""
    house_damage: str = "unknown"
    power_out: bool = False
    water_out: bool = False
    pets: str = ""
    vehicles: str = ""
    emergency_contact: str = ""
    missing_members: str = ""
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Record):
    """One evacuee. ``birth`` is kept as written; ``resident_id`` links to a row of a resident snapshot, when known."""

    number: str = ""
    card: str = ""
    household_id: str = ""
    resident_id: str = ""
    resident_no: str = ""
    source: str = "resident"
    name: str = ""
    kana: str = ""
    birth: str = ""
    sex: str = "unknown"
    relation: str = ""
    nationality: str = ""
    postal: str = ""
    address: str = ""
    district: str = ""
    phone: str = ""
    mobile: str = ""
    workplace: str = ""
    identifying: str = ""
    injury: str = "none"
    injury_note: str = ""
    needs: tuple[str, ...] = ()
    needs_note: str = ""
    care_level: str = ""
    supplies: str = ""
    skills: str = ""
    consent_kin: str = "yes"
    consent_acquaintance: str = "yes"
    consent_public: str = "unasked"
    consent_board: str = "unasked"
    consent_web: str = "unasked"
    consent_share: str = "unasked"
    protected: bool = False
    died_at: datetime | None = None
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay(Record):
    """A person at a place, from inclusive to exclusive. ``pending`` marks a stay kept beside another until someone decides."""

    person_id: str
    shelter_id: str
    category: str = "inside"
    room: str = ""
    from_at: datetime
    to_at: datetime | None = None
    destination: str = ""
    destination_text: str = ""
    exit_reason: str = ""
    came_from: str = ""
    reception: str = "counter"
    pending: bool = False
    note: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence(Record):
    """Out for hours (outing) or nights (overnight) while the stay goes on."""

    stay_id: str
    kind: str = "outing"
    from_at: datetime
    expected_at: datetime | None = None
    back_at: datetime | None = None
    destination_text: str = ""
    contact: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDecision(Record):
    """What a person decided about two records: the same human being, or different ones. Links, never merges."""

    first_id: str
    second_id: str
    decision: str
    note: str = ""
    deleted: bool = False


def check_person(person: Person) -> None:
    """A person needs a name, a kana, or a source that says why there is none (RuleViolation beside the field)."""
    if not (person.name.strip() or person.kana.strip()) and person.source not in ("anonymous", "pet_only", "baby"):
        raise RuleViolation("person.name_missing", field="name")


def check_stay(stay: Stay) -> None:
    """A stay ends after it began, and one that ended says where the person went."""
    if stay.to_at is not None:
        if stay.to_at < stay.from_at:
            raise RuleViolation("stay.ends_before_start", field="to_at", started=stay.from_at)
        if not stay.destination:
            raise RuleViolation("stay.destination_missing", field="destination")


def check_absence(absence: Absence) -> None:
    """Nobody comes back before having left."""
    if absence.back_at is not None and absence.back_at < absence.from_at:
        raise RuleViolation("absence.back_before_leaving", field="back_at")
