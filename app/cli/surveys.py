"""The verbs of surveys: taking results in, entering, the second check, area judgement, requests, teams' lists and progress."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.assessing import read_json
from app.cli.imports import answer_import, read_options, report_to, show_progress
from app.cli.outputs import Answer, moment
from app.cli.signing import signed_in
from app.domain.building import plain_number
from app.domain.errors import RuleViolation, UsageFault
from app.domain.survey import Survey
from app.domain.words import need_code
from app.presentation.labels import label
from app.presentation.messages import message
from app.usecases import buildings, survey_plans, surveys
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.survey_rows import BuildingFilter, SurveyFilter, SurveyRow


def import_results(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys import``."""
    from app.interchange.importing import run

    with signed_in(gateway, given) as session:
        job = Job(show_progress)
        prepared = run.prepare_survey_results(
            session.context, path=Path(given.file), checked=given.checked, reason=given.reason,
            options=read_options(session.context, given, "survey_results"), job=job,
        )  # fmt: skip
        done = run.apply_prepared(
            session.context, prepared=prepared, on_error=given.on_error, report=report_to(given), dry_run=given.dry_run, job=job
        )
        answer, code = answer_import(done, "created", "updated", "unchanged", "review")
        counted = sum(bool(item.values.get("counts")) for item in prepared.plan.items if item.action in ("create", "update"))
        return {**answer, "counted": counted}, code


def record(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys record``: one sheet of one building."""
    inputs = read_json(given.file) if given.file else {}
    if not isinstance(inputs, Mapping):
        raise RuleViolation("survey.inputs_unreadable", field="inputs")
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        made = surveys.record_survey(
            ctx,
            building_id=buildings.need_building(ctx, text=given.building),
            inputs=json.loads(json.dumps(inputs, default=float)),
            kind=need_code("survey_kind", given.kind, field="kind"),
            method=need_code("survey_method", given.method, field="method"),
            hazard=need_code("survey_hazard", given.hazard, field="hazard") if given.hazard else "",
            edition=given.edition,
            surveyed_on=given.day,
            started=given.started,
            ended=given.ended,
            team_id=survey_plans.find_team(ctx, name=given.team).id if given.team else "",
            surveyors=given.surveyor,
            typed_grade=given.grade,
            consented_by=given.consent,
            sheet=given.sheet,
            reason=given.reason,
            note=given.note,
            disaster_id=given.disaster,
            survey_id=find_survey(ctx, given.survey) if given.survey else None,
            submit=not given.draft,
        )
        return survey_object(surveys.survey_rows(ctx, [made.survey.id])[0]), 0


def find_survey(ctx: Context, text: str, *, state: str = "") -> str:
    """A survey by id, by the number of its sheet, or the newest of a building by its survey or tax number. RuleViolation ``survey.not_found``."""
    found = ctx.reads.get("survey", text)
    if isinstance(found, Survey) and not found.deleted:
        return found.id
    building = buildings.find_building(ctx, number=text) or buildings.find_building(ctx, tax_no=text)
    wanted = SurveyFilter(building_id=building or "", state=state)
    ids = list(surveys.list_survey_ids(ctx, filter=wanted)) if building else _by_sheet(ctx, text, state)
    if not ids:
        raise RuleViolation("survey.not_found", field="survey", survey=text)
    return max(ids)


def _by_sheet(ctx: Context, sheet: str, state: str) -> list[str]:
    sheet = plain_number(sheet)
    return [
        one.id
        for batch in ctx.reads.surveys.known()
        for one in batch
        if one.sheet == sheet and sheet and (not state or one.state == state)
    ]


def survey_object(row: SurveyRow) -> dict[str, Any]:
    """A survey as JSON."""
    return {
        "id": row.id, "building": row.number, "address": row.address, "district": row.district, "head": row.head, "sheet": row.sheet,
        "hazard": row.hazard, "kind": row.kind, "method": row.method, "surveyed_on": row.surveyed_on, "surveyors": list(row.surveyors),
        "team": row.team, "edition": row.edition, "points": json.loads(row.points) if row.points else {}, "raw": row.raw or None,
        "total": row.total, "grade": row.grade or None, "grade_label": label("grade", row.grade) if row.grade else None,
        "decided_by": row.decided_by, "state": row.state, "counting": row.counting, "entered_by": row.entered_by, "checked_by": row.checked_by,
        "checked_at": moment(row.checked_at), "check_note": row.check_note, "reason": row.reason, "act": row.act, "note": row.note,
    }  # fmt: skip


def list_all(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys list``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        wanted = SurveyFilter(
            text=given.text, state=given.state, district=given.district, act=given.act, counting=given.counting, since=_day(given.since),
            until=_day(given.at), grade=need_code("grade", given.grade, field="grade") if given.grade else "",
            kind=need_code("survey_kind", given.kind, field="kind") if given.kind else "",
            hazard=need_code("survey_hazard", given.hazard, field="hazard") if given.hazard else "",
            building_id=buildings.need_building(ctx, text=given.building) if given.building else "",
        )  # fmt: skip
        ids = surveys.list_survey_ids(ctx, filter=wanted)
        shown = ids[: given.limit] if given.limit > 0 else ids
        rows = surveys.survey_rows(ctx, shown)
        _note_seen(ctx, len({row.building_id for row in rows if row.head}), "surveys")
        return {"total": len(ids), "surveys": [survey_object(row) for row in rows]}, 0


def _day(text: str) -> str:
    from app.usecases.protections import read_day

    return read_day(text, field="at") if text else ""


def _note_seen(ctx: Context, people: int, target: str) -> None:
    if people:
        with ctx.unit() as uow:
            uow.log_access(action="view", persons=people, target=target)
            uow.commit()


def check(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys check``: those named, or with ``--all`` all that wait. Exit code 1 when some were left."""
    if bool(given.surveys) == given.all:
        raise UsageFault("cli.survey_which")
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.all:
            ids: Sequence[str] = surveys.list_survey_ids(ctx, filter=SurveyFilter(state="entered", district=given.district))
        else:
            ids = [find_survey(ctx, text, state="entered") for text in given.surveys]
        done = surveys.check_surveys(ctx, survey_ids=ids, accept=not given.send_back, note=given.note, job=Job(show_progress)) if ids else None
        left = [
            {"survey": one.id, "number": one.number, "code": one.code, "message": message(one.code, number=one.number)}
            for one in (done.left if done else ())
        ]
        return {"checked": len(done.done) if done else 0, "accepted": not given.send_back, "left": left}, 1 if left else 0


def withdraw(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys withdraw``."""
    with signed_in(gateway, given) as session:
        survey = find_survey(session.context, given.survey)
        surveys.withdraw_survey(session.context, survey_id=survey, reason=given.reason)
        return {"id": survey, "state": "withdrawn"}, 0


def area(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys area``: judge, take back (``--undo``) or list (``--list``)."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.list:
            names = ("act", "grade", "hazard", "surveyed_on", "reason", "entered_by", "made", "standing")
            return {"acts": [{name: getattr(one, name) for name in names} for one in surveys.list_area_acts(ctx)]}, 0
        if given.undo:
            changes = surveys.undo_area(ctx, act=given.undo, reason=given.reason)
            return {"act": given.undo, "withdrawn": len(changes.get("survey", ()))}, 0
        if not (given.grade and given.hazard and given.day):
            raise UsageFault("cli.area_what")
        done = surveys.judge_area(
            ctx,
            grade=need_code("grade", given.grade, field="grade"),
            hazard=need_code("survey_hazard", given.hazard, field="hazard"),
            surveyed_on=given.day,
            reason=given.reason,
            zone=given.zone,
            building_ids=[buildings.need_building(ctx, text=text) for text in given.building],
            corner_survey_ids=[find_survey(ctx, text, state="counted") for text in given.corner],
            aerial=given.aerial,
            dry_run=given.dry_run,
        )
        left = [{"number": one.number, "code": one.code, "message": message(one.code)} for one in done.left]
        return {"act": done.act or None, "judged": [number for _, number in done.made], "left": left}, 0


def appeal(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys appeal open|answer|list``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.act == "open":
            building = buildings.need_building(ctx, text=given.target)
            wants = need_code("survey_kind", given.wants, field="wants")
            made, _ = surveys.open_appeal(
                ctx, building_id=building, wants=wants, asked_on=given.day, asked_by=given.by, phone=given.phone, reason=given.reason
            )
            return {"id": made, "state": "open"}, 0
        if given.act == "answer":
            surveys.answer_appeal(ctx, appeal_id=given.target, accept=not given.decline, answer=given.answer)
            return {"id": given.target, "state": "declined" if given.decline else "accepted"}, 0
        rows = [
            {
                "id": row.appeal.id, "building": row.number, "address": row.address, "head": row.head, "wants": row.appeal.wants,
                "asked_on": row.appeal.asked_on, "asked_by": row.appeal.asked_by, "reason": row.appeal.reason, "state": row.appeal.state,
                "answer": row.appeal.answer, "grade": row.grade or None,
            }
            for row in surveys.list_appeals(ctx)
        ]  # fmt: skip
        _note_seen(ctx, len(rows), "appeals")
        return {"appeals": rows}, 0


# -- plans -------------------------------------------------------------------------------------------------


def plan(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys plan list|assign|next|outcome``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.act == "assign":
            team = survey_plans.find_team(ctx, name=given.team)
            kind = need_code("survey_kind", given.kind, field="kind")
            named = [buildings.need_building(ctx, text=text) for text in given.building]
            wanted = BuildingFilter(district=given.district, zone=given.zone)
            ids = named or survey_plans.suggest_buildings(ctx, filter=wanted, count=given.count, kind=kind)
            made, _ = survey_plans.assign_buildings(ctx, team_id=team.id, day=given.day, building_ids=ids, kind=kind)
            return {"team": team.name, "day": _day(given.day), "planned": len(made)}, 0
        if given.act == "next":
            team_id = survey_plans.find_team(ctx, name=given.team).id if given.team else ""
            made, _ = survey_plans.plan_next_round(ctx, day=given.day, to_day=given.to, team_id=team_id)
            return {"day": _day(given.to), "planned": len(made)}, 0
        if given.act == "outcome":
            survey_plans.note_outcomes(ctx, outcomes=dict.fromkeys(given.visit, given.outcome))
            return {"visits": given.visit, "outcome": given.outcome}, 0
        team_id = survey_plans.find_team(ctx, name=given.team).id if given.team else ""
        names = ("id", "team", "day", "round", "kind", "position", "outcome", "number", "address", "district", "use", "structure", "risk", "danger")
        found = survey_plans.list_assignments(ctx, day=given.day, team_id=team_id, open_only=given.open)
        rows = [{**{name: getattr(row, name) for name in names}, "heads": list(row.heads)} for row in found]
        _note_seen(ctx, len(rows), "plan")
        return {"plan": rows}, 0


def teams(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys teams list|add``."""
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.act == "add":
            if not given.name:
                raise UsageFault("cli.team_name")
            made, _ = survey_plans.save_team(ctx, values={"name": given.name, "members": tuple(given.member), "from_town": given.town})
            return {"id": made, "name": given.name}, 0
        rows = [
            {
                "id": row.team.id, "name": row.team.name, "members": list(row.team.members), "from_town": row.team.from_town,
                "planned": row.planned, "done": row.done, "remaining": row.remaining,
            }
            for row in survey_plans.list_teams(ctx)
        ]  # fmt: skip
        return {"teams": rows}, 0


def progress(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys progress``: by district."""
    names = ("district", "buildings", "dwellings", "planned", "surveyed", "waiting", "judged", "remaining", "absent", "appeals")
    with signed_in(gateway, given) as session:
        lines = survey_plans.survey_progress(session.context)
        rows = [{**{name: getattr(line, name) for name in names}, "grades": dict(line.grades)} for line in lines]
        total = {name: sum(row[name] for row in rows) for name in names[1:]}
        return {**total, "progress": rows}, 0


SURVEY_VERBS = {
    "surveys import": import_results,
    "surveys record": record,
    "surveys list": list_all,
    "surveys check": check,
    "surveys withdraw": withdraw,
    "surveys area": area,
    "surveys appeal": appeal,
    "surveys plan": plan,
    "surveys teams": teams,
    "surveys progress": progress,
}
