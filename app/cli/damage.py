"""The verbs for headquarters: damage counts, the day-by-day progress, and the papers for survey teams."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.bootstrap import FolderGateway
from app.cli.imports import show_progress
from app.cli.outputs import Answer
from app.cli.signing import signed_in
from app.domain.errors import UsageFault
from app.domain.words import need_code
from app.usecases import buildings, survey_plans
from app.usecases.context import Context
from app.usecases.damage_counts import TYPED, count_damage, save_typed, work_progress
from app.usecases.job import Job
from app.usecases.protections import read_day
from app.usecases.survey_rows import BuildingFilter


def counts(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys counts``: as JSON, or with ``--out`` as a file; ``--set`` first keeps what headquarters typed."""
    from app.interchange.exporting.damage_report import FORMATS, damage_object, write_damage_report

    if given.format and not given.out:
        raise UsageFault("cli.counts_out")
    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        if given.set:
            values = dict(_typed(text) for text in given.set)
            save_typed(ctx, values=values, number=values.pop("number", None))
        found = count_damage(ctx, at=given.at)
        if not given.out:
            return damage_object(ctx, found), 0
        out = Path(given.out)
        kind = given.format or out.suffix.lstrip(".").lower()
        if kind not in FORMATS:
            raise UsageFault("roster.no_format", format=kind)
        done = write_damage_report(ctx, counts=found, out=out, format=kind, folder=session.folder, job=Job(show_progress))
        answer = {"files": [str(path) for path in done.files], "pages": done.pages, "number": found.number, "problems": list(done.problems)}
        return answer, 1 if done.problems else 0


def _typed(text: str) -> tuple[str, int | None]:
    """``dead=3``; nothing after the sign takes the number back."""
    name, sign, value = text.partition("=")
    if not sign or name not in (*TYPED, "number") or not (value.strip().isdecimal() or (not value.strip() and name != "number")):
        raise UsageFault("cli.counts_set", text=text, names=" ".join((*TYPED, "number")))
    return name, int(value) if value.strip() else None


def daily(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys daily``: what was done each day, how long people wait, and when it will be finished."""
    with signed_in(gateway, given) as session:
        found = work_progress(session.context, days=given.days)
        days = [{**asdict(one), "day": one.day.isoformat()} for one in found.days]
        ends = {name: _told(getattr(found, name)) for name in ("surveys", "certificates")}
        return {"days": days, "waiting": asdict(found.waiting), **ends}, 0


def _told(forecast: Any) -> Mapping[str, Any]:
    told = asdict(forecast)
    for name in ("finish", "at_todays_pace"):
        told[name] = told[name].isoformat() if told[name] else None
    return {**told, "pace": round(told["pace"], 2)}


def sheets(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys sheets``: those of numbers, of a team's day, or of a district."""
    from app.interchange.exporting.survey_sheets import print_sheets

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        ids = _chosen(ctx, given)
        done = print_sheets(
            ctx, building_ids=ids, out=Path(given.out), nup=given.nup, blanks=given.blank, folder=session.folder, job=Job(show_progress),
            kind=need_code("survey_kind", given.kind, field="kind") if given.kind else "",
            hazard=need_code("survey_hazard", given.hazard, field="hazard") if given.hazard else "",
        )  # fmt: skip
        answer = {"file": str(done.path), "sheets": done.sheets, "pages": done.pages, "problems": list(done.problems)}
        return answer, 1 if done.problems else 0


def _chosen(ctx: Context, given: Namespace) -> list[str]:
    ways = [bool(given.numbers), bool(given.team or given.day), bool(given.district)]
    if sum(ways) != 1 and (any(ways) or not given.blank):
        raise UsageFault("cli.sheets_which")
    if given.numbers:
        return [buildings.need_building(ctx, text=text) for text in given.numbers]
    if given.district:
        return list(buildings.list_building_ids(ctx, filter=BuildingFilter(district=given.district, state="unsurveyed")))
    if not (given.team or given.day):
        return []
    team_id = survey_plans.find_team(ctx, name=given.team).id if given.team else ""
    day = read_day(given.day, field="day") if given.day else ""
    return list(dict.fromkeys(one.building_id for one in survey_plans.list_assignments(ctx, day=day, team_id=team_id, open_only=True)))


def team_list(gateway: FolderGateway, given: Namespace) -> Answer:
    """``surveys team-list``: a day's list, team by team."""
    from app.interchange.exporting.survey_sheets import print_team_list

    with signed_in(gateway, given) as session:
        ctx: Context = session.context
        day = read_day(given.day, field="day")
        team_id = survey_plans.find_team(ctx, name=given.team).id if given.team else ""
        found = survey_plans.list_assignments(ctx, day=day, team_id=team_id)
        done = print_team_list(ctx, assignments=found, day=day, out=Path(given.out), folder=session.folder, job=Job(show_progress))
        return {"file": str(done.path), "buildings": len(found), "pages": done.pages, "problems": list(done.problems)}, 0


DAMAGE_VERBS: Mapping[str, Callable[[FolderGateway, Namespace], Answer]] = {
    "surveys counts": counts,
    "surveys daily": daily,
    "surveys sheets": sheets,
    "surveys team-list": team_list,
}
