"""Counting damage for headquarters: which line of 消防庁第4号様式(その2) a house belongs to, and when the work will be done.

The form's categories are not the degrees of the certificate: 半壊 there holds 大規模半壊 to 半壊, and houses under water that are neither
are 床上浸水 or 床下浸水 (DOMAIN 6.5, S50). The correspondence is data (``resources/damage_report.toml``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from app import resources
from app.domain.errors import InputFault
from app.domain.survey import GRADES

FLOODS = frozenset({"flood_external", "flood_inland"})
STATUSES = ("confirmed", "unconfirmed")
"""確定: a checked survey holds. 未確認: the newest survey still waits for its check, and none holds yet."""


@dataclass(frozen=True, slots=True)
class Category:
    """A line of the form. ``water``: ``above``, ``below`` or "" for any. ``suffering``: its households are り災世帯."""

    key: str
    grades: tuple[str, ...]
    water: str = ""
    suffering: bool = False


@lru_cache(maxsize=1)
def categories() -> tuple[Category, ...]:
    """The lines in the order they are asked. InputFault ``counts.categories`` for a file that says something unknown."""
    data = resources.read_toml("damage_report.toml")
    found = []
    for place, entry in enumerate(data.get("categories", ())):
        made = Category(str(entry["key"]), tuple(entry["grades"]), str(entry.get("water", "")), bool(entry.get("suffering", False)))
        if not set(made.grades) <= set(GRADES) or made.water not in ("", "above", "below"):
            raise InputFault("counts.categories", path="damage_report.toml", line=place + 1, key=made.key)
        found.append(made)
    return tuple(found)


def water_level(hazard: str, *, above_floor: bool | None, depth_cm: float | None) -> str:
    """``above`` or ``below`` the floor, as a flood's sheet says; "" for other hazards and where it says neither."""
    if hazard not in FLOODS:
        return ""
    if above_floor is False:
        return "below"
    if depth_cm is None:
        return "above" if above_floor else ""
    return "above" if depth_cm >= 0 else "below"


def category_of(grade: str, water: str) -> str:
    """The form's line for a judged dwelling; "" for one that belongs to none (被害なし)."""
    for one in categories():
        if grade in one.grades and one.water in ("", water):
            return one.key
    return ""


def other_kind(use: str, grade: str) -> str:
    """``public`` or ``other`` for a 非住家 that the form asks for; "" for cars, walls, and for buildings hurt less than it asks."""
    asked = resources.read_toml("damage_report.toml")["non_dwellings"]
    if use not in asked["uses"] or grade not in asked["grades"]:
        return ""
    return "public" if use == "public" else "other"


class Tally(NamedTuple):
    """Houses, households and people."""

    buildings: int = 0
    households: int = 0
    people: int = 0

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.buildings + other.buildings, self.households + other.households, self.people + other.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When what remains will be done. ``pace`` is a day, from the last ``days`` with work; ``finish`` None when nothing moves."""

    remaining: int
    today: int
    pace: float
    days: int
    finish: date | None
    at_todays_pace: date | None


def forecast(daily: Sequence[tuple[date, int]], *, remaining: int, today: date, window: int = 7) -> Forecast:
    """Expected finish at the pace of the last ``window`` days up to today, and at today's alone.

    Days before the first piece of work do not count, idle days after it do: weekends are part of the pace.
    """
    done = {day: count for day, count in daily if count}
    first = min(done, default=today)
    start = max(first, today - timedelta(days=window - 1))
    days = (today - start).days + 1
    worked = sum(count for day, count in done.items() if start <= day <= today)
    pace = worked / days if days > 0 else 0.0
    so_far = done.get(today, 0)
    return Forecast(
        remaining=remaining, today=so_far, pace=pace, days=days, finish=_finish(remaining, pace, today),
        at_todays_pace=_finish(remaining, so_far, today),
    )  # fmt: skip


def _finish(remaining: int, pace: float, today: date) -> date | None:
    """The day on which what remains is done, beginning tomorrow; today when nothing remains."""
    if remaining <= 0:
        return today
    return today + timedelta(days=ceil(remaining / pace)) if pace > 0 else None
