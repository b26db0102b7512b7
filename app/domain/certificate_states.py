"""Which step of an application may follow which, and what must be there for it (DOMAIN 2.5): 受付 → 調査待ち → 判定 → 決裁 → 交付.

Each forbidden move is a RuleViolation that says what is missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from app.domain.certificate import APPLICATION_STATES, Application, Certificate
from app.domain.certificate_code import DEGREES
from app.domain.errors import RuleViolation

MISSING = ("household", "building", "dwelling", "report", "survey", "check", "damage", "approval", "issue")
"""What may still stand in the way: of the household, the building, that it is a 住家, what was damaged (report), the survey, its check,

a degree that is certified (被害なし is not), the approval, the issue itself."""
_MOVES: Mapping[str, frozenset[str]] = {
    "received": frozenset({"awaiting", "judged", "closed"}),
    "awaiting": frozenset({"received", "judged", "closed"}),
    "judged": frozenset({"received", "awaiting", "approved", "closed"}),
    "approved": frozenset({"judged", "issued", "closed"}),
    "issued": frozenset({"judged"}),
    "closed": frozenset({"received"}),
}
_FAULTS: Mapping[str, tuple[str, str]] = {
    "household": ("application.no_household", "victim_id"),
    "building": ("application.no_building", "building_id"),
    "dwelling": ("application.not_dwelling", "building_id"),
    "report": ("application.no_damage_told", "damage"),
    "survey": ("application.no_grade", "grade"),
    "check": ("application.survey_unchecked", "grade"),
    "damage": ("application.grade_none", "grade"),
    "approval": ("certificate.not_approved", "state"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known about an application's building now. ``grade`` counts; ``entered``: a survey waits for its check.

    ``dwelling`` None: not known. ``other_buildings``: this municipality certifies degrees of what is no 住家, too.
    """

    grade: str = ""
    entered: bool = False
    dwelling: bool | None = None
    other_buildings: bool = False


def find_missing(application: Application, standing: Standing) -> tuple[str, ...]:
    """What still stands between the application and its certificate, in the order in which it is settled."""
    found = [] if application.victim_id else ["household"]
    if application.kind == "report":
        found += [] if application.damage.strip() or application.objects else ["report"]
    elif not application.building_id:
        found.append("building")
    elif standing.dwelling is False and not standing.other_buildings:
        found.append("dwelling")
    elif not standing.grade:
        found.append("check" if standing.entered else "survey")
    elif standing.grade not in DEGREES:
        found.append("damage")
    if application.state not in ("approved", "issued"):
        found.append("approval")
    if application.state != "issued":
        found.append("issue")
    return tuple(found)


def next_state(application: Application, standing: Standing) -> str:
    """Where an application that is open goes by itself or by the next click; "" from the end."""
    if application.state in ("issued", "closed"):
        return ""
    if application.state == "approved":
        return "issued"
    if application.state == "judged":
        return "approved"
    return settled_state(application, standing) if settled_state(application, standing) != application.state else "judged"


def settled_state(application: Application, standing: Standing) -> str:
    """Where what is known puts an application that nobody has approved: 受付, 調査待ち or 判定."""
    lacking = set(find_missing(application, standing)) - {"approval", "issue"}
    if not lacking:
        return "judged"
    return "awaiting" if lacking <= {"survey", "check", "damage"} else "received"


def check_move(application: Application, state: str, standing: Standing) -> None:
    """RuleViolation ``application.no_such_move`` (from, to), or one that says what is missing for the step."""
    if state not in APPLICATION_STATES:
        raise RuleViolation("word.unknown", field="state", word=state)
    if state not in _MOVES[application.state]:
        if state == "issued" and application.state == "judged":
            raise RuleViolation("certificate.not_approved", field="state", number=application.number)
        raise RuleViolation("application.no_such_move", field="state", number=application.number, before=application.state, after=state)
    needed = {"awaiting": ("household", "building", "dwelling"), "judged": MISSING[:7], "approved": MISSING[:7], "issued": MISSING[:7]}
    if state == "awaiting" and application.kind == "report":
        raise RuleViolation("application.no_survey_needed", field="state", number=application.number)
    lacking = set(find_missing(application, standing)) & set(needed.get(state, ()))
    for code in MISSING:
        if code in lacking and not (application.state == "issued" and state == "judged"):
            name, field = _FAULTS[code]
            raise RuleViolation(name, field=field, number=application.number)


def check_ending(certificate: Certificate) -> None:
    """Only a certificate in force is replaced or revoked (RuleViolation ``certificate.ended``)."""
    if certificate.state != "issued":
        raise RuleViolation("certificate.ended", field="number", number=certificate.number, state=certificate.state)


def certified_grades(papers: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The degrees that the valid certificates of one household say, from ``(state, grade)`` of each: issued ones, else those superseded.

    Empty when there is none.
    """
    by_state: dict[str, set[str]] = {}
    for state, grade in papers:
        by_state.setdefault(state, set()).add(grade)
    return frozenset(by_state.get("issued") or by_state.get("superseded") or ())


def is_certified(grades: Collection[str], grade: str) -> bool:
    """Whether a household with these certified degrees has the paper for money of ``grade``; "" (none is counted) asks for any paper."""
    return grade in grades if grade else bool(grades)
