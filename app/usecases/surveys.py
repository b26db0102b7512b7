"""Surveys of a building: entering, the second check by another person, withdrawing, and which one counts.

Area judgements are in ``survey_areas``, requests for another survey in ``survey_appeals``; both are to be had here too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.assessment import Assessment, agrees, assess, read_grade, read_inputs
from app.domain.building import plain_number
from app.domain.building_code import is_of_disaster
from app.domain.errors import RuleViolation
from app.domain.folding import fold_name
from app.domain.identifiers import new_id
from app.domain.survey import GRADES, Survey
from app.domain.survey_rules import CHECKABLE, OPEN_STATES, check_survey, decide_without_parts
from app.domain.words import find_code
from app.usecases.context import Changes, Context
from app.usecases.editions import default_edition, find_edition
from app.usecases.job import QUIET, Job
from app.usecases.ports import UnitOfWork
from app.usecases.protections import read_day, today
from app.usecases.survey_appeals import answer_appeal, list_appeals, open_appeal
from app.usecases.survey_areas import AreaJudged, judge_area, list_area_acts, undo_area
from app.usecases.survey_counting import Left, announce_grades, grade_of, grades_of, occurred_on, settle_appeal
from app.usecases.survey_rows import SurveyFilter, SurveyRow

__all__ = [
    "AreaJudged", "Checked", "Left", "Recorded", "answer_appeal", "check_surveys", "grade_of", "grades_of", "judge_area", "list_appeals",
    "list_area_acts", "list_survey_ids", "open_appeal", "record_survey", "restore_survey", "survey_rows", "undo_area", "withdraw_survey",
]  # fmt: skip

ALL = SurveyFilter()
_MOST_INPUTS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A saved survey, and how it was calculated; None when nothing was calculated."""

    survey: Survey
    assessment: Assessment | None
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Surveys that were checked, and those left alone."""

    done: tuple[str, ...]
    left: tuple[Left, ...]
    changes: Changes


# -- entering ----------------------------------------------------------------------------------------------


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
    the edition (default: the one in force at the disaster). Without inputs ``typed_grade`` is the judgement, where that may be (``survey_rules``);
    ``hazard`` and ``structure`` are only asked then. A self judgement needs ``consented_by``, the applicant who agrees to it.
    With ``submit`` it waits for the check by another person; else it is kept as a draft, however little is filled in.
    RuleViolation ``survey.grade_contradicts`` when ``typed_grade`` is not what the inputs give, ``survey.other_disaster`` when ``disaster_id``
    (of the sheet) is not that of this folder, ``survey.not_open`` for one that counts, and what ``read_inputs`` and ``check_survey`` raise.
    """
    ctx.require("survey")
    if disaster_id and not (disaster_id == ctx.place.disaster_id or len(disaster_id) == 8 and is_of_disaster(disaster_id, ctx.place.disaster_id)):
        raise RuleViolation("survey.other_disaster", field="building", number=sheet)
    given = Survey(
        id=survey_id or new_id(), building_id=building_id, disaster_id=ctx.place.disaster_id, sheet=plain_number(sheet), kind=kind, method=method,
        hazard=str(inputs.get("hazard") or hazard or "earthquake"), structure=str(inputs.get("structure") or structure or "wood"),
        surveyed_on=read_day(surveyed_on, field="surveyed_on"), started=started.strip(), ended=ended.strip(), team_id=team_id,
        surveyors=tuple(filter(None, map(str.strip, surveyors))), inputs=_dump(inputs), state="entered" if submit else "draft",
        entered_by=ctx.actor.operator_id, reason=reason.strip(), note=note.strip(), appeal_id=appeal_id,
    )  # fmt: skip
    survey, assessment = _judge(ctx, given, inputs, edition=edition, typed_grade=typed_grade, consented_by=consented_by, strict=submit)
    check_survey(survey, today=today(ctx), occurred=occurred_on(ctx))
    with ctx.unit(reason=reason) as uow:
        _check_links(uow, survey)
        stored = uow.surveys.need(survey_id) if survey_id else None
        saved = uow.surveys.add(survey) if stored is None else _save_again(uow, stored, survey, version)
        if submit:
            _note_visit(uow, saved)
        return Recorded(survey=saved, assessment=assessment, changes=uow.commit())


def _dump(inputs: Mapping[str, Any]) -> str:
    if not inputs:
        return ""
    try:
        text = json.dumps(inputs, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError):
        raise RuleViolation("survey.inputs_unreadable", field="inputs") from None
    if len(text) > _MOST_INPUTS:
        raise RuleViolation("survey.inputs_long", field="inputs", most=_MOST_INPUTS)
    return text


def _judge(
    ctx: Context, survey: Survey, inputs: Mapping[str, Any], *, edition: str, typed_grade: str, consented_by: str, strict: bool
) -> tuple[Survey, Assessment | None]:
    """The survey with its points and grade. A draft that cannot be judged yet is kept without."""
    wanted = edition or str(inputs.get("edition") or "")
    used = find_edition(ctx, wanted) if wanted else default_edition(ctx, hazard=survey.hazard)
    survey = replace(survey, edition=used.id)
    try:
        if not inputs or survey.method == "self":
            typed = _typed(typed_grade)
            decided = decide_without_parts(method=survey.method, hazard=survey.hazard, typed_grade=typed, consented_by=consented_by)
            consent = _dump({"consented_by": consented_by.strip()}) if decided == "self" else survey.inputs
            return replace(survey, grade=typed, decided_by=decided, inputs=consent), None
        made = assess(read_inputs(inputs), used)
        grade = made.grade
        if typed_grade.strip():
            typed = read_grade(typed_grade, used)
            if not agrees(made, typed):
                raise RuleViolation("survey.grade_contradicts", field="grade", typed=typed, grade=made.grade, total=made.total)
            grade = typed
    except RuleViolation:
        if strict:
            raise
        return survey, None
    points = json.dumps(dict(made.parts), separators=(",", ":")) if made.parts else ""
    raw = str(made.raw) if made.parts else ""
    return replace(survey, points=points, raw=raw, total=made.total, grade=grade, decided_by=made.decided_by), made


def _typed(text: str) -> str:
    """A grade as code or word; "" stays."""
    plain = text.strip()
    found = plain if plain in ("", *GRADES) else find_code("grade", plain)
    if found is None:
        raise RuleViolation("word.unknown", field="grade", word=plain)
    return found


def _check_links(uow: UnitOfWork, survey: Survey) -> None:
    uow.buildings.need(survey.building_id)
    if survey.team_id:
        uow.teams.need(survey.team_id)
    if survey.appeal_id and uow.appeals.need(survey.appeal_id).building_id != survey.building_id:
        raise RuleViolation("survey.appeal_elsewhere", field="appeal_id")


def _save_again(uow: UnitOfWork, stored: Survey, survey: Survey, version: int | None) -> Survey:
    if stored.state not in OPEN_STATES:
        raise RuleViolation("survey.not_open", field="state", state=stored.state)
    if stored.building_id != survey.building_id:
        raise RuleViolation("survey.building_fixed", field="building_id")
    state = stored.state if survey.state == "draft" and stored.state == "returned" else survey.state
    return uow.surveys.save(replace(survey, version=stored.version, state=state, act=stored.act), expected_version=version)


def _note_visit(uow: UnitOfWork, survey: Survey) -> None:
    """The team's list of that day knows that the building is done."""
    for visit in uow.assignments.where(building_id=survey.building_id, outcome=""):
        if visit.day <= survey.surveyed_on and (not survey.team_id or visit.team_id == survey.team_id):
            uow.assignments.save(replace(visit, outcome="done"))


# -- the second check --------------------------------------------------------------------------------------


def check_surveys(
    ctx: Context, *, survey_ids: Sequence[str], accept: bool, note: str = "", versions: Mapping[str, int] | None = None, job: Job = QUIET
) -> Checked:
    """The second check: accepted surveys count, others go back with the note (RuleViolation ``survey.note_missing`` without one).

    Nobody checks what they entered or where they were a surveyor (``survey.same_person``). Of several, those are left and named; when
    nothing is left to do the first reason is raised. StaleRecord when a version is not the stored one. Cancel leaves everything as it was.
    """
    ctx.require("check_survey")
    if not accept and not note.strip():
        raise RuleViolation("survey.note_missing", field="note")
    ids = list(dict.fromkeys(survey_ids))
    done: list[Survey] = []
    left: list[Left] = []
    with ctx.unit(reason=note) as uow:
        writers = uow.reads.surveys.writers(ids)
        for one in job.track(ids, "job.checking_surveys"):
            survey = uow.surveys.need(one)
            code = _unchecked(ctx, survey, writers.get(one, frozenset()))
            if code:
                left.append(Left(id=one, number=uow.buildings.need(survey.building_id).number, code=code))
                continue
            checked = replace(
                survey, state="counted" if accept else "returned", checked_by=ctx.actor.operator_id, checked_at=ctx.now(), check_note=note.strip()
            )
            done.append(uow.surveys.save(checked, expected_version=(versions or {}).get(one)))
        if left and not done:
            raise RuleViolation(left[0].code, field="survey", number=left[0].number)
        if accept:
            for survey in done:
                settle_appeal(uow, survey)
            announce_grades(ctx, uow, [survey.building_id for survey in done])
        return Checked(done=tuple(survey.id for survey in done), left=tuple(left), changes=uow.commit())


def _unchecked(ctx: Context, survey: Survey, writers: frozenset[str]) -> str:
    """Why this actor cannot check this survey; "" when they can."""
    if survey.state != CHECKABLE:
        return "survey.not_waiting"
    me = fold_name(ctx.actor.name)
    if ctx.actor.operator_id in writers | {survey.entered_by} or any(fold_name(name) == me for name in survey.surveyors):
        return "survey.same_person"
    return ""


def withdraw_survey(ctx: Context, *, survey_id: str, reason: str, version: int | None = None) -> Changes:
    """Take a survey out: it stays in the records and counts no more. A counted one needs the right to check. RuleViolation ``reason.missing``."""
    ctx.require("survey")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        survey = uow.surveys.need(survey_id)
        if survey.state == "withdrawn":
            raise RuleViolation("survey.withdrawn", field="survey")
        if survey.state == "counted":
            ctx.require("check_survey")
        gone = uow.surveys.save(replace(survey, state="withdrawn"), expected_version=version)
        if survey.state == "counted":
            settle_appeal(uow, gone)
            announce_grades(ctx, uow, [survey.building_id])
        return uow.commit()


def restore_survey(ctx: Context, *, survey_id: str) -> Changes:
    """Bring a withdrawn survey back; it waits for the check again, or stays a draft without a grade."""
    ctx.require("survey")
    with ctx.unit() as uow:
        survey = uow.surveys.need(survey_id)
        if survey.state != "withdrawn":
            raise RuleViolation("survey.not_withdrawn", field="survey")
        state = "entered" if survey.grade else "draft"
        uow.surveys.save(replace(survey, state=state, checked_by="", checked_at=None))
        return uow.commit()


# -- lists -------------------------------------------------------------------------------------------------


def list_survey_ids(ctx: Context, *, filter: SurveyFilter = ALL) -> Sequence[str]:
    """Ids, newest day first."""
    return ctx.reads.surveys.ids(filter=filter)


def survey_rows(ctx: Context, ids: Sequence[str]) -> list[SurveyRow]:
    """Rows in the order of the ids."""
    return ctx.reads.surveys.rows(ids, operator_id=ctx.actor.operator_id, operator_name=ctx.actor.name)
