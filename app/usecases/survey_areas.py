"""Area judgement: one grade for all houses of a zone as one act, by houses surveyed at its corners or by aerial photographs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app import resources
from app.domain.building import DWELLINGS
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.survey import GRADES, Survey
from app.domain.survey_rules import SEVERITY, check_survey
from app.usecases.context import Changes, Context
from app.usecases.editions import default_edition
from app.usecases.ports import UnitOfWork
from app.usecases.protections import read_day, today
from app.usecases.survey_counting import Left, announce_grades, occurred_on, settle_appeal
from app.usecases.survey_rows import AreaAct, BuildingFilter, BuildingRow, CountedGrade, SurveyFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaJudged:
    """``act`` takes it back (``undo_area``). ``made``: ``(building id, number)`` of each building that got the grade; ``left``: buildings

    left alone, and why.
    """

    act: str
    made: tuple[tuple[str, str], ...]
    left: tuple[Left, ...]
    changes: Changes


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
    With ``dry_run`` nothing is written. RuleViolation ``survey.corners_few``, ``survey.corner_not_counted``, ``survey.corner_elsewhere``,
    ``survey.corner_contradicts`` (a corner with another grade that is lighter), ``survey.area_nothing``, ``survey.area_where``, ``reason.missing``.
    """
    ctx.require("check_survey")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    if grade not in GRADES:
        raise RuleViolation("word.unknown", field="grade", word=grade)
    if not zone.strip() and not building_ids:
        raise RuleViolation("survey.area_where", field="zone")
    ids = list(building_ids) or list(ctx.reads.buildings.ids(filter=BuildingFilter(zone=zone.strip())))
    rows = ctx.reads.buildings.rows(ids)
    act = new_id()
    template = Survey(
        id=act, building_id="", disaster_id=ctx.place.disaster_id, hazard=hazard, kind="first", method="area", structure=structure or "wood",
        edition=edition or default_edition(ctx, hazard=hazard).id, surveyed_on=read_day(surveyed_on, field="surveyed_on"), grade=grade, decided_by="area",
        state="counted", entered_by=ctx.actor.operator_id, checked_by=ctx.actor.operator_id, checked_at=ctx.now(), reason=reason.strip(), act=act,
        inputs=json.dumps({"aerial": aerial, "corners": list(corner_survey_ids), "zone": zone.strip()}, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip
    check_survey(template, today=today(ctx), occurred=occurred_on(ctx))
    if not aerial:
        _check_corners(ctx, corner_survey_ids, {row.id for row in rows}, grade)
    with ctx.unit(reason=reason) as uow:
        counted = uow.reads.surveys.counted(ids)
        left = tuple(Left(id=row.id, number=row.number, code=code) for row in rows if (code := _untouched(row, counted)))
        named = {one.id for one in left}
        chosen = [row for row in rows if row.id not in named]
        if not chosen:
            raise RuleViolation("survey.area_nothing", field="zone", count=len(left))
        made = tuple((row.id, row.number) for row in chosen)
        if dry_run:
            return AreaJudged(act="", made=made, left=left, changes={})
        uow.surveys.add_many([replace(template, id=new_id(), building_id=row.id, structure=structure or _sheet(row)) for row in chosen])
        announce_grades(ctx, uow, [row.id for row in chosen])
        return AreaJudged(act=act, made=made, left=left, changes=uow.commit())


def _sheet(row: BuildingRow) -> str:
    return "rc" if row.structure in ("steel", "light_steel", "rc", "src", "block") else "wood"


def _untouched(row: BuildingRow, counted: Mapping[str, CountedGrade]) -> str:
    """Why an area judgement leaves this building alone; "" when it does not."""
    if row.use not in DWELLINGS:
        return "survey.area_no_dwelling"
    known = counted.get(row.id)
    if known is None:
        return ""
    return "survey.area_already" if known.method == "area" else "survey.area_own_survey"


def _check_corners(ctx: Context, survey_ids: Sequence[str], building_ids: set[str], grade: str) -> None:
    least = int(resources.read_toml("surveys.toml")["area"]["corners"])
    rows = ctx.reads.surveys.rows(list(dict.fromkeys(survey_ids)))
    for row in rows:
        if row.state != "counted" or row.method == "area":
            raise RuleViolation("survey.corner_not_counted", field="corners", number=row.number)
        if row.building_id not in building_ids:
            raise RuleViolation("survey.corner_elsewhere", field="corners", number=row.number)
        if SEVERITY[row.grade] < SEVERITY[grade]:
            raise RuleViolation("survey.corner_contradicts", field="corners", number=row.number, grade=row.grade, typed=grade)
    if len({row.building_id for row in rows}) < least:
        raise RuleViolation("survey.corners_few", field="corners", count=len({row.building_id for row in rows}), least=least)


def undo_area(ctx: Context, *, act: str, reason: str) -> Changes:
    """Take a whole area judgement back: every survey it made and that still stands is withdrawn. RuleViolation ``survey.area_gone``."""
    ctx.require("check_survey")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        standing = _standing(uow, act)
        if not act or not standing:
            raise RuleViolation("survey.area_gone", field="act")
        for survey in standing:
            settle_appeal(uow, uow.surveys.save(replace(survey, state="withdrawn")))
        announce_grades(ctx, uow, [survey.building_id for survey in standing])
        return uow.commit()


def _standing(uow: UnitOfWork, act: str) -> list[Survey]:
    ids = uow.reads.surveys.ids(filter=SurveyFilter(act=act, state="counted", method="area")) if act else ()
    return [uow.surveys.need(one) for one in ids]


def list_area_acts(ctx: Context) -> list[AreaAct]:
    """Area judgements, newest first."""
    return ctx.reads.surveys.area_acts()
