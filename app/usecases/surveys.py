"""Surveys of a building: entering, the second check by another person, withdrawing, and which one counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.survey import Survey
from app.usecases.context import Changes, Context
from app.usecases.ports import Reads
from app.usecases.survey_rows import AppealRow, AreaAct, CountedGrade, SurveyFilter, SurveyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A saved survey. ``assessment`` is ``domain.assessment.Assessment``, None when nothing was calculated."""

    survey: Survey
    assessment: Any
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A survey or building that was left as it was, and why (a message code)."""

    id: str
    number: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Surveys that were checked, and those left alone."""

    done: tuple[str, ...]
    left: tuple[Left, ...]
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaJudged:
    """``act`` takes it back (``undo_area``). ``made``: surveys by building number, in order; ``left``: buildings left alone, and why."""

    act: str
    made: tuple[tuple[str, str], ...]
    left: tuple[Left, ...]
    changes: Changes


def record_survey(
    ctx: Context,
    *,
    building_id: str,
    inputs: Mapping[str, Any],
    kind: str = "first",
    method: str = "field",
    edition: str = "",
    hazard: str = "",
    structure: str = "",
    surveyed_on: str = "",
    started: str = "",
    ended: str = "",
    team_id: str = "",
    surveyors: Sequence[str] = (),
    typed_grade: str = "",
    consented_by: str = "",
    sheet: str = "",
    reason: str = "",
    note: str = "",
    appeal_id: str = "",
    disaster_id: str = "",
    survey_id: str | None = None,
    version: int | None = None,
    submit: bool = True,
) -> Recorded:
    """Save a survey of a building: a new one, or with ``survey_id`` a draft, a waiting or a returned one again.

    ``inputs`` is the JSON of ``surveys assess`` (``hazard``, ``stage``, ``structure``, ``tilt_mm`` …); the grade is calculated from it with
    the edition (default: that of the day). Without inputs ``typed_grade`` is the judgement, where that may be (``survey_rules``).
    With ``submit`` it waits for the check by another person; else it is kept as a draft, however little is filled in.
    RuleViolation ``survey.grade_contradicts`` when ``typed_grade`` is not what the inputs give, ``survey.other_disaster`` when ``disaster_id``
    (of the sheet) is not that of this folder, ``survey.not_open`` for one that counts, and what ``read_inputs`` and ``check_survey`` raise.
    """
    raise NotImplementedError


def check_surveys(
    ctx: Context, *, survey_ids: Sequence[str], accept: bool, note: str = "", versions: Mapping[str, int] | None = None
) -> Checked:
    """The second check: accepted surveys count, others go back with the note (RuleViolation ``survey.note_missing`` without one).

    Nobody checks what they entered or where they were a surveyor (``survey.same_person``). Of several, those are left and named; when
    nothing is left to do the first reason is raised. StaleRecord when a version is not the stored one.
    """
    raise NotImplementedError


def withdraw_survey(ctx: Context, *, survey_id: str, reason: str, version: int | None = None) -> Changes:
    """Take a survey out: it stays in the records and counts no more. A counted one needs the right to check. RuleViolation ``reason.missing``."""
    raise NotImplementedError


def list_survey_ids(ctx: Context, *, filter: SurveyFilter = SurveyFilter()) -> Sequence[str]:
    """Ids, newest first."""
    raise NotImplementedError


def survey_rows(ctx: Context, ids: Sequence[str]) -> list[SurveyRow]:
    """Rows in the order of the ids."""
    raise NotImplementedError


def grade_of(reads: Reads, building_id: str) -> CountedGrade | None:
    """The grade that holds for a building now."""
    raise NotImplementedError


def judge_area(
    ctx: Context,
    *,
    grade: str,
    hazard: str,
    surveyed_on: str,
    reason: str,
    zone: str = "",
    building_ids: Sequence[str] = (),
    corner_survey_ids: Sequence[str] = (),
    aerial: bool = False,
    structure: str = "",
    edition: str = "",
    dry_run: bool = False,
) -> AreaJudged:
    """One grade for all dwellings of a zone (or of a list) as one act: by counted corner surveys, or ``aerial`` photos.

    Buildings with a counted survey of their own are left alone and named, so are those that are no dwelling or are judged by area already.
    With ``dry_run`` nothing is written and ``made`` has empty ids. RuleViolation ``survey.corners_few``, ``survey.corner_not_counted``,
    ``survey.corner_contradicts`` (a corner with a lighter grade), ``survey.area_nothing``, ``reason.missing``.
    """
    raise NotImplementedError


def undo_area(ctx: Context, *, act: str, reason: str) -> Changes:
    """Take a whole area judgement back: every survey it made and that still stands is withdrawn. RuleViolation ``survey.area_gone``."""
    raise NotImplementedError


def list_area_acts(ctx: Context) -> list[AreaAct]:
    """Area judgements, newest first."""
    raise NotImplementedError


def open_appeal(
    ctx: Context,
    *,
    building_id: str,
    wants: str = "second",
    victim_id: str = "",
    asked_on: str = "",
    asked_by: str = "",
    phone: str = "",
    reason: str = "",
    note: str = "",
) -> tuple[str, Changes]:
    """Somebody asks for a second or another survey. RuleViolation ``survey.appeal_unjudged``, ``survey.appeal_open``, ``reason.missing``."""
    raise NotImplementedError


def answer_appeal(ctx: Context, *, appeal_id: str, accept: bool, answer: str = "", version: int | None = None) -> Changes:
    """Accept (a survey follows; recorded with ``appeal_id`` and counted it is done) or decline with an answer (``survey.answer_missing``)."""
    raise NotImplementedError


def list_appeals(ctx: Context, *, state: str = "") -> list[AppealRow]:
    """Requests, open ones first, then by the day they were asked."""
    raise NotImplementedError
