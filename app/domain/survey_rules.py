"""Rules of surveys beside the calculation: which one counts, who may check, what a judgement without a calculation may say.

Sources: guideline for 住家の被害認定基準 (1次, 2次, 再調査), self judgement and photo judgement DOMAIN 3.9, area judgement DOMAIN 3.5, 3.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from app.domain.errors import RuleViolation
from app.domain.survey import GRADES, HAZARDS, KINDS, METHODS, Survey

KIND_RANK = {kind: rank for rank, kind in enumerate(KINDS)}
SEVERITY = {grade: rank for rank, grade in enumerate(reversed(GRADES))}
"""0 for 被害なし up to 6 for 全壊."""
CHECKABLE = "entered"
OPEN_STATES = frozenset({"draft", "entered", "returned"})
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def counting_order(survey: Survey) -> tuple[int, bool, str, str]:
    """Greater counts more: a re-survey before a second before a first; of one kind a survey of the house itself before an area judgement,

    then the later day, then the one made later.
    """
    return KIND_RANK.get(survey.kind, 0), survey.method != "area", survey.surveyed_on, survey.id


def counted_of(surveys: Iterable[Survey]) -> Survey | None:
    """The survey whose grade holds; None when none is counted."""
    return max((one for one in surveys if one.state == "counted" and not one.deleted), key=counting_order, default=None)


def check_survey(survey: Survey, *, today: date, occurred: date) -> None:
    """A submitted survey: known words, a day between the disaster and today, surveyors, a reason for a re-survey.

    RuleViolation beside the field; a draft only needs known words and possible days.
    """
    for value, codes, field in (
        (survey.hazard, HAZARDS, "hazard"),
        (survey.kind, KINDS, "kind"),
        (survey.method, METHODS, "method"),
        (survey.structure, ("wood", "rc"), "structure"),
        (survey.grade, ("", *GRADES), "grade"),
    ):
        if value not in codes:
            raise RuleViolation("word.unknown", field=field, word=value)
    check_days(survey.surveyed_on, started=survey.started, ended=survey.ended, today=today, occurred=occurred)
    if survey.state == "draft":
        return
    if not survey.surveyed_on:
        raise RuleViolation("survey.day_missing", field="surveyed_on")
    if not survey.grade:
        raise RuleViolation("survey.grade_missing", field="grade")
    if survey.kind == "re" and not survey.reason.strip():
        raise RuleViolation("survey.reason_missing", field="reason")


def check_days(surveyed_on: str, *, started: str = "", ended: str = "", today: date, occurred: date) -> None:
    """A day between the disaster and today, and hours that can be; blank ones pass. RuleViolation beside the field."""
    if surveyed_on:
        try:
            day = date.fromisoformat(surveyed_on)
        except ValueError:
            raise RuleViolation("survey.day", field="surveyed_on", text=surveyed_on) from None
        if day > today:
            raise RuleViolation("survey.future", field="surveyed_on", day=surveyed_on, today=today.isoformat())
        if day < occurred:
            raise RuleViolation("survey.before_disaster", field="surveyed_on", day=surveyed_on, occurred=occurred.isoformat())
    for field, text in (("started", started), ("ended", ended)):
        if text and not _CLOCK.fullmatch(text):
            raise RuleViolation("survey.clock", field=field, text=text)
    if started and ended and ended.zfill(5) < started.zfill(5):
        raise RuleViolation("survey.ends_before_start", field="ended")


def decide_without_parts(*, method: str, hazard: str, typed_grade: str, consented_by: str) -> str:
    """What decides a grade given without a calculation; ``decided_by``. RuleViolation when such a judgement cannot be.

    Self judgement: only 準半壊に至らない, and with the applicant's consent. Photo judgement: only what a photo shows at once, 全壊 of an
    earthquake or wind; a depth of water is entered and calculated. Fire and what others judged are given as they are.
    """
    if not typed_grade:
        raise RuleViolation("survey.nothing_to_judge", field="grade")
    if typed_grade not in GRADES:
        raise RuleViolation("word.unknown", field="grade", word=typed_grade)
    if method == "self":
        if typed_grade != "partial":
            raise RuleViolation("survey.self_only_partial", field="grade")
        if not consented_by.strip():
            raise RuleViolation("survey.consent_missing", field="consented_by")
        return "self"
    if method == "photo":
        if typed_grade != "total" or hazard not in ("earthquake", "wind"):
            raise RuleViolation("survey.photo_not_clear", field="grade")
        return "collapse"
    if method in ("fire_service", "other") or hazard == "fire":
        return "given"
    raise RuleViolation("survey.inputs_missing", field="inputs")
