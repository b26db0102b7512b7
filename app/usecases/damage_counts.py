"""Numbers for headquarters: damage by grade, district and house/household/person, and how the work goes day by day."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import repeat
from statistics import median

from app.domain.building import DWELLINGS
from app.domain.damage_counts import Forecast, Tally, categories, category_of, forecast, other_kind, water_level
from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.usecases.context import Changes, Context
from app.usecases.survey_rows import HouseGroup

TYPED = ("dead", "dead_related", "missing", "serious", "light", "public_buildings", "other_buildings", "schools", "hospitals", "roads", "bridges")
"""Items of the form that nobody can count from the records alone: typed by headquarters, kept with the last report."""
_SETTING = "damage_report"
Span = tuple[date, date | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """One district's line: ``grades``, ``categories`` and ``other`` (非住家: public, other) by (status, key)."""

    district: str
    grades: Mapping[tuple[str, str], Tally]
    categories: Mapping[tuple[str, str], Tally]
    other: Mapping[tuple[str, str], int]
    suffering: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageCounts:
    """Damage as of a moment. ``total`` adds all districts. A household with several houses counts once, where its damage is worst.

    ``unknown_people``: households whose members nobody wrote down; they count as households, with nobody in them.
    ``casualties``: from the register of evacuees; ``typed``: what headquarters typed for the report.
    """

    at: datetime
    number: int
    lines: tuple[CountLine, ...]
    total: CountLine
    unjudged: int
    unknown_people: int
    casualties: Mapping[str, int]
    typed: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressDay:
    """What was done on one day, and how many applications were open at its end."""

    day: date
    applied: int
    surveyed: int
    judged: int
    issued: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Days people wait: those still open (median, longest) and those served (median). None where there is nobody."""

    open: int
    median_open: float | None
    longest_open: int | None
    median_served: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkProgress:
    """The days in order, and when surveys and certificates will be done at the present pace."""

    days: tuple[ProgressDay, ...]
    waiting: Waiting
    surveys: Forecast
    certificates: Forecast


def count_damage(ctx: Context, *, at: datetime | None = None) -> DamageCounts:
    """Damage by district, degree and category as of a moment (default now), confirmed and unconfirmed apart.

    As of an earlier moment: surveys this folder knew by then, confirmed if they had been checked by then. Withdrawn and corrected ones,
    households and buildings are as they are today.
    """
    moment = at or ctx.now()
    sums: dict[str, _Sum] = defaultdict(_Sum)
    unknown = 0
    for group in ctx.reads.damage.houses(at=at):
        unknown += group.unknown
        sums[group.district].take(group)
    lines = tuple(sums[name].line(name) for name in sorted(sums, key=lambda name: (name == "", name)))
    whole = _Sum()
    for line in lines:
        whole.add(line)
    typed = _typed(ctx)
    return DamageCounts(
        at=moment, number=typed.get("number", 0), lines=lines, total=whole.line(""), unjudged=ctx.reads.damage.unjudged(at=at),
        unknown_people=unknown, casualties=ctx.reads.damage.casualties(at=moment),
        typed={name: typed[name] for name in TYPED if name in typed},
    )  # fmt: skip


class _Sum:
    """A district while it is added up."""

    def __init__(self) -> None:
        self.grades: dict[tuple[str, str], Tally] = defaultdict(Tally)
        self.categories: dict[tuple[str, str], Tally] = defaultdict(Tally)
        self.other: dict[tuple[str, str], int] = defaultdict(int)
        self.suffering = Tally()

    def take(self, group: HouseGroup) -> None:
        if group.use not in DWELLINGS:
            kind = other_kind(group.use, group.grade)
            if kind:
                self.other[group.status, kind] += group.buildings
            return
        water = water_level(group.hazard, above_floor=group.above_floor, depth_cm=group.depth_cm)
        self._put(group.status, group.grade, category_of(group.grade, water), Tally(group.buildings, group.households, group.people))

    def _put(self, status: str, grade: str, category: str, more: Tally) -> None:
        self.grades[status, grade] = self.grades[status, grade].plus(more)
        if category:
            self.categories[status, category] = self.categories[status, category].plus(more)
            if any(one.key == category and one.suffering for one in categories()):
                self.suffering = self.suffering.plus(more)

    def add(self, line: CountLine) -> None:
        for mine, theirs in ((self.grades, line.grades), (self.categories, line.categories)):
            for key, tally in theirs.items():
                mine[key] = mine[key].plus(tally)
        for name, count in line.other.items():
            self.other[name] += count
        self.suffering = self.suffering.plus(line.suffering)

    def line(self, district: str) -> CountLine:
        return CountLine(
            district=district, grades=dict(self.grades), categories=dict(self.categories), other=dict(self.other), suffering=self.suffering
        )


def _typed(ctx: Context) -> dict[str, int]:
    stored: dict[str, int] = json.loads(ctx.reads.settings.get(_SETTING, "{}"))
    return stored


def save_typed(ctx: Context, *, values: Mapping[str, int | None], number: int | None = None) -> Changes:
    """Keep what headquarters typed for the report (None: no longer typed), and its number. RuleViolation ``counts.negative`` beside the field."""
    ctx.require("export")
    kept = _typed(ctx)
    for name, value in {**values, **({} if number is None else {"number": number})}.items():
        if name not in (*TYPED, "number"):
            raise RuleViolation("word.unknown", field=name, word=name)
        if value is None:
            kept.pop(name, None)
            continue
        if value < 0:
            raise RuleViolation("counts.negative", field=name)
        kept[name] = value
    with ctx.unit() as uow:
        uow.set_setting(_SETTING, json.dumps(kept))
        return uow.commit()


def usual_hazard(ctx: Context) -> str:
    """What most surveys of this disaster are about so far; ``earthquake`` before the first."""
    counted = ctx.reads.damage.hazards()
    return max(counted, key=lambda name: (counted[name], name), default="earthquake")


def work_progress(ctx: Context, *, days: int = 60) -> WorkProgress:
    """What was applied for, surveyed, judged and issued day by day (at most ``days``, up to today), waiting times and the expected finish."""
    today = ctx.now().astimezone(JST).date()
    counted = ctx.reads.damage.daily()
    spans = ctx.reads.damage.spans()
    first = max(min((day for per_day in counted.values() for day in per_day), default=today), today - timedelta(days=days - 1))
    came, gone = _count_days(spans)
    made, balance = [], sum(n for day, n in came.items() if day < first) - sum(n for day, n in gone.items() if day < first)
    for step in range((today - first).days + 1):
        day = first + timedelta(days=step)
        balance += came[day] - gone[day]
        made.append(ProgressDay(day=day, open=balance, **{name: counted[name].get(day, 0) for name in ("applied", "surveyed", "judged", "issued")}))
    waiting = _waiting(spans, today)
    return WorkProgress(
        days=tuple(made),
        waiting=waiting,
        surveys=forecast(sorted(counted["surveyed"].items()), remaining=ctx.reads.damage.unsurveyed(), today=today),
        certificates=forecast(sorted(counted["issued"].items()), remaining=waiting.open, today=today),
    )


def _count_days(spans: Sequence[Span]) -> tuple[Counter[date], Counter[date]]:
    """Applications by the day they came, and by the day they were served."""
    came: Counter[date] = Counter()
    gone: Counter[date] = Counter()
    for start, end, count in spans:
        came[start] += count
        if end is not None:
            gone[end] += count
    return came, gone


def _waiting(spans: Sequence[Span], today: date) -> Waiting:
    open_days = [days for start, end, count in spans if end is None for days in repeat((today - start).days, count)]
    served = [days for start, end, count in spans if end is not None for days in repeat((end - start).days, count)]
    return Waiting(
        open=len(open_days), median_open=median(open_days) if open_days else None, longest_open=max(open_days, default=None),
        median_served=median(served) if served else None,
    )  # fmt: skip
