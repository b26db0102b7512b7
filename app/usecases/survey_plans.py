"""Teams, rounds and lists per day: who surveys which building when, what came of it, and how far it all is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.usecases.context import Changes, Context
from app.usecases.survey_rows import AssignmentRow, BuildingFilter, ProgressLine, TeamRow


def list_teams(ctx: Context) -> list[TeamRow]:
    """Teams by name, with what they did."""
    raise NotImplementedError


def save_team(ctx: Context, *, values: Mapping[str, Any], team_id: str | None = None, version: int | None = None) -> tuple[str, Changes]:
    """A new or corrected team. RuleViolation ``survey.team_name_missing``, ``survey.team_taken``."""
    raise NotImplementedError


def remove_team(ctx: Context, *, team_id: str, reason: str) -> Changes:
    """Take a team out; its open assignments go with it."""
    raise NotImplementedError


def suggest_buildings(
    ctx: Context, *, filter: BuildingFilter = BuildingFilter(), count: int = 0, kind: str = "first"
) -> Sequence[str]:
    """Buildings still to survey and on nobody's list, in order of district and address; of ``count`` the first (0: all)."""
    raise NotImplementedError


def assign_buildings(
    ctx: Context, *, team_id: str, day: str, building_ids: Sequence[str], kind: str = "first"
) -> tuple[tuple[str, ...], Changes]:
    """Put buildings on a team's list of a day, behind those that are there; ``round`` counts the visits. Ids of the new assignments.

    A building on an open list moves from there. RuleViolation ``survey.plan_nothing``, ``survey.day``.
    """
    raise NotImplementedError


def list_assignments(ctx: Context, *, day: str = "", team_id: str = "", open_only: bool = False) -> list[AssignmentRow]:
    """Lists by day, team and position."""
    raise NotImplementedError


def list_days(ctx: Context) -> list[tuple[str, int, int]]:
    """``(day, buildings, done)`` of every day with a list, newest first."""
    raise NotImplementedError


def note_outcomes(ctx: Context, *, outcomes: Mapping[str, str], notes: Mapping[str, str] | None = None) -> Changes:
    """What came of visits: assignment id → outcome ("" takes it back)."""
    raise NotImplementedError


def move_assignment(ctx: Context, *, assignment_id: str, position: int) -> Changes:
    """Another place in the list of its day and team (0 first)."""
    raise NotImplementedError


def remove_assignments(ctx: Context, *, assignment_ids: Sequence[str]) -> Changes:
    """Take buildings off a list."""
    raise NotImplementedError


def plan_next_round(ctx: Context, *, day: str, to_day: str, team_id: str = "") -> tuple[tuple[str, ...], Changes]:
    """A further visit on ``to_day`` for those who were absent on ``day`` and have not been surveyed since."""
    raise NotImplementedError


def survey_progress(ctx: Context) -> list[ProgressLine]:
    """How far it is by district, in order of names; a district nobody wrote down comes last."""
    raise NotImplementedError
