"""Teams, rounds and lists per day: who surveys which building when, what came of it, and how far it all is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.addresses import split_address
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.survey import KINDS, OUTCOMES, Assignment, Team
from app.usecases.buildings import fit
from app.usecases.context import Changes, Context
from app.usecases.ports import UnitOfWork
from app.usecases.protections import read_day
from app.usecases.survey_counting import occurred_on
from app.usecases.survey_rows import AssignmentRow, BuildingFilter, BuildingRow, ProgressLine, TeamRow

ANY = BuildingFilter()


# -- teams -------------------------------------------------------------------------------------------------


def list_teams(ctx: Context) -> list[TeamRow]:
    """Teams by name, with what is on their lists and done."""
    return ctx.reads.surveys.teams()


def find_team(ctx: Context, *, name: str) -> Team:
    """The team with this id or name. RuleViolation ``survey.team_not_found``."""
    for row in ctx.reads.surveys.teams():
        if name.strip() in (row.team.id, row.team.name):
            return row.team
    raise RuleViolation("survey.team_not_found", field="team", name=name)


def save_team(ctx: Context, *, values: Mapping[str, Any], team_id: str | None = None, version: int | None = None) -> tuple[str, Changes]:
    """A new or corrected team; its id. RuleViolation ``survey.team_name_missing``, ``survey.team_taken``."""
    ctx.require("survey")
    given = fit(Team, {"name": "", **values} if team_id is None else values)
    with ctx.unit() as uow:
        stored = uow.teams.need(team_id) if team_id else None
        team = replace(stored, **given) if stored else Team(id=new_id(), **given)
        if not team.name:
            raise RuleViolation("survey.team_name_missing", field="name")
        if any(other.id != team.id for other in uow.teams.where(name=team.name)):
            raise RuleViolation("survey.team_taken", field="name", name=team.name)
        if stored is None:
            uow.teams.add(team)
        else:
            uow.teams.save(team, expected_version=version)
        return team.id, uow.commit()


def remove_team(ctx: Context, *, team_id: str, reason: str) -> Changes:
    """Take a team out; what is still open on its lists goes with it. RuleViolation ``reason.missing``."""
    ctx.require("survey")
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason) as uow:
        for visit in uow.assignments.where(team_id=team_id, outcome=""):
            uow.assignments.save(replace(visit, deleted=True))
        uow.teams.save(replace(uow.teams.need(team_id), deleted=True))
        return uow.commit()


# -- lists per team and day --------------------------------------------------------------------------------


def suggest_buildings(ctx: Context, *, filter: BuildingFilter = ANY, count: int = 0, kind: str = "first") -> Sequence[str]:
    """Buildings still to survey and on nobody's list, in walking order (district, town, block); of ``count`` the first (0: all).

    For a first survey those without any; for a second or another one those whose request was taken up.
    """
    wanted = replace(filter, assigned=False)
    wanted = replace(wanted, state="unsurveyed") if kind == "first" else replace(wanted, appeal=True)
    rows = ctx.reads.buildings.rows(ctx.reads.buildings.ids(filter=wanted))
    ordered = [row.id for row in sorted(rows, key=_walking)]
    return ordered[:count] if count > 0 else ordered


def _walking(row: BuildingRow) -> tuple[bool, str, str, tuple[int, ...], str, str]:
    parts = split_address(row.address)
    return not row.district, row.district, parts.town, parts.numbers, parts.rest, row.number


def assign_buildings(
    ctx: Context, *, team_id: str, day: str, building_ids: Sequence[str], kind: str = "first"
) -> tuple[tuple[str, ...], Changes]:
    """Put buildings on a team's list of a day, behind those that are there. ``round`` counts the visits. Ids of the new assignments.

    A building on an open list moves from there. RuleViolation ``survey.plan_nothing``, ``survey.plan_day`` (before the disaster).
    """
    ctx.require("survey")
    date = _plan_day(ctx, day)
    if kind not in KINDS:
        raise RuleViolation("word.unknown", field="kind", word=kind)
    if not building_ids:
        raise RuleViolation("survey.plan_nothing", field="buildings")
    with ctx.unit() as uow:
        made = _assign(uow, team_id, date, building_ids, kind)
        return made, uow.commit()


def _plan_day(ctx: Context, day: str) -> str:
    date = read_day(day, field="day")
    if not date or date < occurred_on(ctx).isoformat():
        raise RuleViolation("survey.plan_day", field="day", day=day)
    return date


def _assign(uow: UnitOfWork, team_id: str, day: str, building_ids: Sequence[str], kind: str) -> tuple[str, ...]:
    uow.teams.need(team_id)
    position = max((one.position for one in uow.assignments.where(day=day, team_id=team_id)), default=-1) + 1
    made: list[Assignment] = []
    for building_id in dict.fromkeys(building_ids):
        uow.buildings.need(building_id)
        before = [one for one in uow.assignments.where(building_id=building_id) if one.kind == kind]
        visits = [one for one in before if one.outcome]
        for waiting in before:
            if not waiting.outcome:
                uow.assignments.save(replace(waiting, deleted=True))
        made.append(
            Assignment(
                id=new_id(), building_id=building_id, team_id=team_id, day=day, round=len(visits) + 1, kind=kind, position=position + len(made)
            )
        )
    uow.assignments.add_many(made)
    return tuple(one.id for one in made)


def list_assignments(ctx: Context, *, day: str = "", team_id: str = "", open_only: bool = False) -> list[AssignmentRow]:
    """Lists by day (newest first), team and position."""
    return ctx.reads.surveys.assignments(day=read_day(day, field="day"), team_id=team_id, open_only=open_only)


def list_days(ctx: Context) -> list[tuple[str, int, int]]:
    """``(day, buildings, done)`` of every day with a list, newest first."""
    return ctx.reads.surveys.days()


def note_outcomes(ctx: Context, *, outcomes: Mapping[str, str], notes: Mapping[str, str] | None = None) -> Changes:
    """What came of visits: assignment id → outcome ("" takes it back), and notes by assignment id."""
    ctx.require("survey")
    told = notes or {}
    with ctx.unit() as uow:
        for one in {**dict.fromkeys(told), **outcomes}:
            visit = uow.assignments.need(one)
            outcome = outcomes.get(one, visit.outcome)
            if outcome not in OUTCOMES:
                raise RuleViolation("word.unknown", field="outcome", word=outcome)
            uow.assignments.save(replace(visit, outcome=outcome, note=told.get(one, visit.note).strip()))
        return uow.commit()


def move_assignment(ctx: Context, *, assignment_id: str, position: int) -> Changes:
    """Another place in the list of its day and team (0 first); the others close up."""
    ctx.require("survey")
    with ctx.unit() as uow:
        moved = uow.assignments.need(assignment_id)
        visits = sorted(uow.assignments.where(day=moved.day, team_id=moved.team_id), key=lambda one: (one.position, one.id))
        others = [one for one in visits if one.id != moved.id]
        others.insert(max(0, min(position, len(others))), moved)
        for place, one in enumerate(others):
            uow.assignments.save(replace(one, position=place))
        return uow.commit()


def remove_assignments(ctx: Context, *, assignment_ids: Sequence[str]) -> Changes:
    """Take buildings off a list. RuleViolation ``survey.plan_visited`` for one whose visit has an outcome."""
    ctx.require("survey")
    with ctx.unit() as uow:
        for one in assignment_ids:
            visit = uow.assignments.need(one)
            if visit.outcome:
                raise RuleViolation("survey.plan_visited", field="outcome", number=uow.buildings.need(visit.building_id).number)
            uow.assignments.save(replace(visit, deleted=True))
        return uow.commit()


def plan_next_round(ctx: Context, *, day: str, to_day: str, team_id: str = "") -> tuple[tuple[str, ...], Changes]:
    """A further visit on ``to_day``, by the same teams (or by ``team_id``), for those who were absent on ``day`` and were not seen since.

    RuleViolation ``survey.plan_nothing`` when there is nobody, ``survey.plan_day``.
    """
    ctx.require("survey")
    date, made = _plan_day(ctx, to_day), list[str]()
    rows = ctx.reads.surveys.assignments(day=read_day(day, field="day"))
    absent = [row for row in rows if row.outcome == "absent" and row.state in ("", "draft")]
    with ctx.unit() as uow:
        waiting = Counter(row.building_id for row in ctx.reads.surveys.assignments(open_only=True))
        absent = [row for row in absent if not waiting[row.building_id]]
        if not absent:
            raise RuleViolation("survey.plan_nothing", field="day")
        for team, kind in dict.fromkeys((team_id or row.team_id, row.kind) for row in absent):
            chosen = [row.building_id for row in absent if (team_id or row.team_id, row.kind) == (team, kind)]
            made += _assign(uow, team, date, chosen, kind)
        return tuple(made), uow.commit()


def survey_progress(ctx: Context) -> list[ProgressLine]:
    """How far it is by district, in order of names; a district nobody wrote down comes last."""
    return ctx.reads.surveys.progress()
