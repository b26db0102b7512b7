"""Importing lists of buildings: a new one, or what a known one did not say or says otherwise; importing a list again changes nothing.

A building is recognised by its survey number, else its tax number, else its address when exactly one building is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.domain.building import OWNER_FIELDS, Building, check_building
from app.domain.building_code import read_building_number
from app.domain.folding import fold_address
from app.domain.identifiers import new_id, person_number
from app.domain.records import value_fields
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.plans import Applied, Entry, Plan, PlanItem
from app.usecases.survey_rows import KnownBuilding

_FIELDS = frozenset(field.name for field in value_fields(Building)) - {"number", "deleted"}
_BLANK = ("", None, False)


class KnownPlaces:
    """Buildings as an import recognises them."""

    def __init__(self, batches: Iterable[list[KnownBuilding]]) -> None:
        self.by_number: dict[str, str] = {}
        self.by_tax: dict[str, str] = {}
        self.by_address: dict[str, list[str]] = defaultdict(list)
        self.tax_of: dict[str, str] = {}
        for batch in batches:
            for one in batch:
                self.by_number[one.number] = one.id
                self.tax_of[one.id] = one.tax_no
                if one.tax_no:
                    self.by_tax[one.tax_no] = one.id
                if one.key_address:
                    self.by_address[one.key_address].append(one.id)


def plan_import(ctx: Context, *, entries: Iterable[Entry]) -> Plan:
    """What importing these buildings would do. ``update`` names what changes; a cell that is blank takes nothing away."""
    ctx.require("survey")
    planner = _Planner(ctx)
    return Plan(items=tuple(planner.plan(entry) for entry in entries))


class _Planner:
    def __init__(self, ctx: Context) -> None:
        self._known = KnownPlaces(ctx.reads.buildings.known())
        self._stored = {one.id: one for one in ctx.reads.all("building") if isinstance(one, Building)}
        self._withheld = ctx.reads.buildings.withheld(list(self._stored))
        self._first: dict[str, int] = {}

    def plan(self, entry: Entry) -> PlanItem:
        """The item of a row."""
        values = dict(entry.values)
        label = str(values.get("address") or values.get("tax_no") or values.get("number") or "")
        code, params, found = self._find(values)
        if code:
            action = "review" if code == "building.known_twice" else "error"
            return PlanItem(line=entry.line, action=action, label=label, values=values, code=code, params=params)
        tax = str(values.get("tax_no") or "")
        key = found or tax or f"{fold_address(label)}/{values.get('name', '')}/{values.get('use', '')}"
        if key in self._first:
            named = next((name for name in ("tax_no", "number", "address") if values.get(name)), "address")
            params = {"id": str(values.get(named, label)), "first": self._first[key], "field": named}
            return PlanItem(line=entry.line, action="error", label=label, values=values, code="import.duplicate_id", params=params)
        self._first[key] = entry.line
        if not found:
            return PlanItem(line=entry.line, action="create", label=label, values=values)
        stored = self._stored[found]
        changes = {
            name: (getattr(stored, name), value)
            for name, value in values.items()
            if name != "number" and value not in _BLANK and value != getattr(stored, name) and not (name in OWNER_FIELDS and found in self._withheld)
        }
        action = "update" if changes else "unchanged"
        return PlanItem(line=entry.line, action=action, label=label, values=values, existing=found, changes=changes)

    def _find(self, values: Mapping[str, Any]) -> tuple[str, dict[str, Any], str]:
        """``(error, its params, building id)``."""
        known = self._known
        if number := str(values.get("number", "")):
            if found := known.by_number.get(number):
                return "", {}, found
            if read_building_number(number):
                return "building.other_device", {"number": number}, ""
            if not any(values.get(key) for key in ("tax_no", "address", "map_no", "lat")):
                return "building.not_found", {"number": number}, ""
        tax = str(values.get("tax_no", ""))
        if tax and (found := known.by_tax.get(tax, "")):
            return "", {}, found
        there = known.by_address.get(fold_address(str(values.get("address", ""))), []) if values.get("address") else []
        alike = [one for one in there if not (tax and known.tax_of[one])]  # one with another tax number is another building
        if values.get("name"):
            alike = [one for one in alike if self._stored[one].name in ("", values["name"])]
        if len(alike) > 1:
            return "building.known_twice", {"count": len(alike)}, ""
        return "", {}, alike[0] if alike else ""


def apply_import(ctx: Context, *, plan: Plan, skip_lines: frozenset[int] = frozenset(), source: str = "", job: Job = QUIET) -> Applied:
    """Do what the plan says in one transaction, without ``skip_lines``. Cancel leaves everything as it was."""
    ctx.require("survey")
    items = [item for item in plan.items if item.line not in skip_lines]
    with ctx.unit(reason=source) as uow:
        new = [item for item in items if item.action == "create"]
        first = uow.reserve_numbers("building", len(new)) if new else 1
        made: list[Building] = []
        for place, item in enumerate(job.track(new, "job.saving_buildings")):
            made.append(building_of(item.values, person_number(ctx.place.device_prefix, first + place)))
        uow.buildings.add_many(made)
        changed: list[Building] = []
        for item in items:
            if item.action == "update":
                stored = uow.buildings.need(item.existing)
                changed.append(replace(stored, **{name: after for name, (_, after) in item.changes.items()}))
        uow.buildings.save_many(changed)
        if made or changed:
            uow.log_access(action="import", persons=len(made) + len(changed), target=source)
        counts = {action: sum(item.action == action for item in items) for action in ("create", "update", "unchanged", "review")}
        done = uow.commit()
    return Applied(created=counts["create"], updated=counts["update"], unchanged=counts["unchanged"], review=counts["review"], changes=done)


def building_of(values: Mapping[str, Any], number: str) -> Building:
    """A new building from imported values; RuleViolation of ``check_building``."""
    building = Building(**{**{name: value for name, value in values.items() if name in _FIELDS}, "id": new_id(), "number": number})
    check_building(building)
    return building
