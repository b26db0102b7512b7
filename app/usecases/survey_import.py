"""Importing survey results: rows become surveys, and buildings and households that are not known yet. A file taken twice changes nothing.

A building is recognised by its survey number, the number it has in the file, its tax number, or its address when exactly one is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.domain.building_code import is_of_disaster
from app.domain.errors import RuleViolation
from app.domain.folding import fold_address, fold_name
from app.domain.survey_rules import check_days
from app.usecases.building_import import KnownPlaces
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.plans import Entry, Plan, PlanItem
from app.usecases.protections import today
from app.usecases.survey_counting import occurred_on
from app.usecases.survey_judging import Judged, RowJudge
from app.usecases.survey_rows import KnownSurvey

_SAME = ("hazard", "grade", "total", "points")


@dataclass(slots=True)
class _Seen:
    """A survey already met in this file."""

    line: int
    judged: Judged
    homes: set[str]


def plan_import(ctx: Context, *, entries: Iterable[Entry], checked: bool = False, job: Job = QUIET) -> Plan:
    """What importing these results would do. Items carry ``judged`` (``survey_judging.Judged``), ``place`` (which building) and ``counts``.

    With ``checked`` every row counts; else those with a surveyor and another person who checked. Raises Cancelled.
    """
    ctx.require("survey")
    planner = _Planner(ctx, checked and _may_count(ctx))
    return Plan(items=tuple(planner.plan(entry) for entry in job.track(list(entries), "job.checking_surveys")))


def _may_count(ctx: Context) -> bool:
    ctx.require("check_survey")
    return True


class _Planner:
    """What is known while rows are planned one after the other."""

    def __init__(self, ctx: Context, checked: bool) -> None:
        self._ctx, self._checked = ctx, checked
        self._may_check = ctx.actor.may("check_survey")
        self._judge = RowJudge(ctx)
        self._places = KnownPlaces(ctx.reads.buildings.known())
        self._by_sheet: dict[str, str] = {}
        self._sheets: dict[str, set[str]] = defaultdict(set)
        self._surveys: dict[tuple[str, str], list[KnownSurvey]] = defaultdict(list)
        for batch in ctx.reads.surveys.known():
            for one in batch:
                self._surveys[one.building_id, one.kind].append(one)
                if one.sheet:
                    self._by_sheet[one.sheet] = one.building_id
                    self._sheets[one.building_id].add(one.sheet)
        self._homes: dict[str, set[str]] = defaultdict(set)
        for homes in ctx.reads.buildings.known_homes():
            for home in homes:
                self._homes[home.building_id] |= {home.key_name, home.resident_no} - {""}
        self._seen: dict[tuple[str, str], _Seen] = {}
        day, occurred = today(ctx), occurred_on(ctx)

        @lru_cache(maxsize=4096)
        def check(surveyed_on: str, started: str, ended: str) -> None:
            check_days(surveyed_on, started=started, ended=ended, today=day, occurred=occurred)

        self._check_days = check

    def plan(self, entry: Entry) -> PlanItem:
        """The item of a row."""
        values = dict(entry.values)
        label = str(values.get("number") or values.get("sheet") or values.get("address") or values.get("tax_no") or "")
        try:
            self._check_disaster(values)
            judged = self._judge.judge(values)
            self._check_days(str(values["surveyed_on"]), str(values.get("started", "")), str(values.get("ended", "")))
            if judged.kind == "re" and not values.get("reason"):
                raise RuleViolation("survey.reason_missing", field="reason")
            place, building = self._place(values)
        except RuleViolation as fault:
            params = {**fault.params, "field": fault.field}
            action = "review" if fault.code == "building.known_twice" else "error"
            return PlanItem(line=entry.line, action=action, label=label, values=values, code=fault.code, params=params)
        values |= {"judged": judged, "place": place, "counts": self._counts(values)}
        return self._compare(entry.line, label, values, place, building)

    def _check_disaster(self, values: Mapping[str, Any]) -> None:
        told, code, place = str(values.get("disaster", "")), str(values.get("code_disaster", "")), self._ctx.place
        same = not told or told in (place.disaster_id, place.disaster_id[:8]) or fold_name(told) == fold_name(place.disaster_name)
        if not same or code and not is_of_disaster(code, place.disaster_id):
            raise RuleViolation("survey.other_disaster", field="number" if same else "disaster", number=told or str(values.get("number", "")))

    def _place(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """``(key of the building in this import, its id when it is known)``."""
        number, sheet, tax = (str(values.get(key, "")) for key in ("number", "sheet", "tax_no"))
        address = str(values.get("address") or values.get("head_address") or "")
        if number:
            found = self._places.by_number.get(number)
            if found:
                return found, found
            if not (address or tax):
                raise RuleViolation("building.other_device", field="number", number=number)
        if sheet and (found := self._by_sheet.get(sheet)):
            return found, found
        if tax and (found := self._places.by_tax.get(tax)):
            return found, found
        if not (address or tax):
            raise RuleViolation("building.not_findable" if not sheet else "building.not_found", field="address", number=sheet)
        key = fold_address(address) if address else ""
        there = self._places.by_address.get(key, []) if address else []
        alike = [one for one in there if self._may_be(one, sheet, tax)]
        if len(alike) > 1:
            raise RuleViolation("building.known_twice", field="address", count=len(alike))
        if alike:
            return alike[0], alike[0]
        return number or sheet or tax or f"@{key}", ""

    def _may_be(self, building: str, sheet: str, tax: str) -> bool:
        """A building at the address that has another number in another file, or another tax number, is another one."""
        other_sheet = bool(sheet and self._sheets.get(building) and sheet not in self._sheets[building])
        return not other_sheet and not (tax and self._places.tax_of.get(building))

    def _counts(self, values: Mapping[str, Any]) -> bool:
        if self._checked:
            return True
        checker, surveyors = fold_name(str(values.get("checker", ""))), {fold_name(name) for name in values.get("surveyors", ())}
        return bool(self._may_check and checker and surveyors and checker not in surveyors)

    def _compare(self, line: int, label: str, values: dict[str, Any], place: str, building: str) -> PlanItem:
        """Against the rows before it and against what is stored."""
        judged: Judged = values["judged"]
        home = _home_key(values)
        seen = self._seen.get((place, judged.kind))
        if seen is not None:
            if not _agree(judged, seen.judged):
                return _refused(line, label, values, "survey.row_differs", first=seen.line)
            if home in seen.homes:
                return _refused(line, label, values, "survey.row_twice", first=seen.line)
            seen.homes.add(home)
            known = bool(building) and home in self._homes[building]
            return _item(line, label, {**values, "home_only": True}, "unchanged" if known else "create", building)
        self._seen[place, judged.kind] = _Seen(line, judged, {home})
        stored = [one for one in self._surveys.get((building, judged.kind), ()) if one.surveyed_on == values["surveyed_on"]]
        fresh_home = bool(home) and home not in self._homes.get(building, set())
        if not stored:
            return _item(line, label, values, "create", building)
        same = next((one for one in stored if all(getattr(one, name) == getattr(judged, name) for name in _SAME)), None)
        if same is None:
            return _refused(line, label, values, "survey.import_differs", action="review", day=values["surveyed_on"], grade=stored[0].grade)
        if values["counts"] and same.state == "entered":
            changes = {"state": ("entered", "counted")}
            return _item(line, label, {**values, "survey_id": same.id, "home_only": not fresh_home}, "update", building, changes)
        return _item(line, label, {**values, "home_only": True}, "create" if fresh_home else "unchanged", building)


def _agree(one: Judged, other: Judged) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _SAME)


def _home_key(values: Mapping[str, Any]) -> str:
    """By what a household of a building is known: resident number, else its head's folded name."""
    return str(values.get("resident_no") or "") or fold_name(str(values.get("head_name") or values.get("head_kana") or ""))


def _item(
    line: int, label: str, values: Mapping[str, Any], action: str, building: str, changes: Mapping[str, tuple[Any, Any]] | None = None
) -> PlanItem:
    return PlanItem(line=line, action=action, label=label, values=values, existing=building, changes=changes or {})


def _refused(line: int, label: str, values: Mapping[str, Any], code: str, *, action: str = "error", **params: Any) -> PlanItem:
    return PlanItem(line=line, action=action, label=label, values=values, code=code, params=params)
