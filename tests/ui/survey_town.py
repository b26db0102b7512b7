"""Buildings and surveys for tests of the window: few, typed, and a second person who checks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.usecases import buildings, surveys
from app.usecases.context import Actor, Context
from tests.stores import Town

DAY = "2024-01-02"
EARTHQUAKE: dict[str, Any] = {"hazard": "earthquake", "stage": 1, "structure": "wood"}


def house(town: Town, address: str = "見本市本町1-2-3", **values: Any) -> str:
    """A building; its id."""
    return buildings.save_building(town.ctx, values={"address": address, **values})[0]


def somebody_else(town: Town, name: str = "確認　二郎", *roles: str) -> Context:
    """Another operator: may check what the first one entered."""
    return replace(town.ctx, actor=Actor(operator_id=f"op-{name}", name=name, roles=roles or ("admin",), slot=""))


def entered(town: Town, building_id: str, percent: int = 40, **given: Any) -> str:
    """A survey that waits for its check: the whole wall (75 points) damaged to this share; its id."""
    inputs = {**EARTHQUAKE, "parts": {"wall": [[5, percent]]}}
    values = {"building_id": building_id, "inputs": inputs, "surveyed_on": DAY, "surveyors": ["調査　太郎"], **given}
    return surveys.record_survey(town.ctx, **values).survey.id


def counted(town: Town, building_id: str, percent: int = 40, **given: Any) -> str:
    """A survey that counts; its id."""
    made = entered(town, building_id, percent, **given)
    surveys.check_surveys(somebody_else(town), survey_ids=[made], accept=True)
    return made


def grade(town: Town, building_id: str) -> str:
    """The degree that holds, "" for none."""
    found = surveys.grade_of(town.ctx.reads, building_id)
    return found.grade if found else ""
