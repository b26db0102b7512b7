"""Lines of 消防庁第4号様式(その2), and the day on which the work will be done."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.domain.building import USES
from app.domain.damage_counts import Tally, categories, category_of, forecast, other_kind, water_level
from app.domain.errors import InputFault
from app.domain.survey import GRADES

DAY = date(2024, 1, 10)


@pytest.mark.parametrize(
    ("grade", "water", "category"),
    [
        ("total", "", "total"), ("total", "above", "total"), ("large", "", "half"), ("medium", "below", "half"), ("half", "above", "half"),
        ("semi_half", "", "partial"), ("partial", "", "partial"), ("none", "", ""), ("semi_half", "above", "above_floor"),
        ("partial", "above", "above_floor"), ("none", "above", "above_floor"), ("partial", "below", "below_floor"), ("none", "below", "below_floor"),
    ],
)  # fmt: skip
def test_every_degree_belongs_to_one_line_of_the_form(grade: str, water: str, category: str) -> None:
    assert category_of(grade, water) == category


def test_who_suffered_is_said_by_the_lines() -> None:
    assert [one.key for one in categories() if one.suffering] == ["total", "half", "above_floor"]
    assert all(category_of(grade, "") for grade in GRADES if grade != "none")


def test_a_table_with_an_unknown_degree_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"categories": [{"key": "total", "grades": ["total"]}, {"key": "half", "grades": ["halves"]}]}
    monkeypatch.setattr("app.resources.read_toml", lambda *_: broken)
    categories.cache_clear()
    try:
        with pytest.raises(InputFault, match=r"counts\.categories") as refused:
            categories()
        assert (refused.value.params["line"], refused.value.params["key"]) == (2, "half")
    finally:
        monkeypatch.undo()
        categories.cache_clear()


@pytest.mark.parametrize(
    ("hazard", "above", "depth", "level"),
    [
        ("flood_external", None, 30, "above"), ("flood_inland", None, 0, "above"), ("flood_inland", True, -20, "below"),
        ("flood_external", False, None, "below"), ("flood_external", False, 5, "below"), ("flood_inland", True, None, "above"),
        ("flood_external", None, None, ""), ("earthquake", True, 30, ""),
    ],
)  # fmt: skip
def test_the_water_is_above_or_below_the_floor(hazard: str, above: bool | None, depth: float | None, level: str) -> None:
    assert water_level(hazard, above_floor=above, depth_cm=depth) == level


def test_only_buildings_hurt_by_half_are_non_dwellings_of_the_form() -> None:
    assert other_kind("public", "half") == "public" and other_kind("barn", "total") == "other" and other_kind("vacant", "large") == "other"
    assert other_kind("barn", "semi_half") == other_kind("wall", "total") == other_kind("vehicle", "total") == other_kind("dwelling", "total") == ""
    asked = tomllib.loads((Path(__file__).parents[2] / "resources/damage_report.toml").read_text("utf-8"))["non_dwellings"]
    assert set(asked["uses"]) <= set(USES) and set(asked["grades"]) <= set(GRADES)


def test_tallies_add_up() -> None:
    assert Tally(1, 2, 3).plus(Tally(people=4)) == (1, 2, 7)


def worked(*counts: int) -> list[tuple[date, int]]:
    """So many on each of the days up to today."""
    return [(DAY - timedelta(days=len(counts) - 1 - place), count) for place, count in enumerate(counts)]


def test_the_finish_is_at_the_pace_of_the_last_week_and_of_today() -> None:
    told = forecast(worked(90, 90, 10, 10, 10, 10, 10, 0, 20), remaining=101, today=DAY)
    assert (told.days, told.pace, told.today) == (7, 10.0, 20)
    assert told.finish == DAY + timedelta(days=11) and told.at_todays_pace == DAY + timedelta(days=6)


def test_days_before_the_first_work_do_not_slow_it() -> None:
    told = forecast(worked(6, 4), remaining=10, today=DAY)
    assert (told.days, told.pace, told.finish) == (2, 5.0, DAY + timedelta(days=2))


def test_nothing_left_is_done_today_and_nothing_done_is_never() -> None:
    assert forecast([], remaining=0, today=DAY).finish == DAY
    idle = forecast(worked(0, 0), remaining=5, today=DAY)
    assert (idle.pace, idle.finish, idle.at_todays_pace) == (0.0, None, None)
    long_ago = forecast([(DAY - timedelta(days=30), 100)], remaining=5, today=DAY)
    assert (long_ago.days, long_ago.finish) == (7, None)
