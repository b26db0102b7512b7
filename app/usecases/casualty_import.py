"""Importing casualties: a new one, or what a known one did not say or says otherwise; importing a list again changes nothing.

Somebody is known by number, resident number, else name and birth date. Imported ones wait for confirmation like those typed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.errors import RuleViolation
from app.domain.relief import Casualty
from app.usecases.casualties import find_same, put_casualty
from app.usecases.claim_import import counted
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.plans import Applied, Entry, Plan, PlanItem
from app.usecases.ports import UnitOfWork


def plan_import(ctx: Context, *, entries: Iterable[Entry], job: Job = QUIET) -> Plan:
    """What importing these casualties would do: each row is tried out, and nothing of it stays. Right ``claim``."""
    ctx.require("claim")
    items: list[PlanItem] = []
    with ctx.unit() as uow:
        planner = _Planner(ctx, uow)
        for entry in job.track(list(entries), "job.planning_casualties"):
            items.append(planner.plan(entry))
    return Plan(items=tuple(items))


class _Planner:
    """Tries rows one after the other in a transaction that is not kept."""

    def __init__(self, ctx: Context, uow: UnitOfWork) -> None:
        self._ctx, self._uow = ctx, uow
        self._reads = uow.reads.seen_by(see_protected=ctx.actor.may("see_protected"))
        self._lines: dict[str, int] = {}

    def plan(self, entry: Entry) -> PlanItem:
        """The item of a row."""
        label = str(entry.values.get("name") or entry.values.get("number") or "")
        try:
            return self._plan(entry, label)
        except RuleViolation as fault:
            action = "review" if fault.code == "casualty.several" else "error"
            return PlanItem(line=entry.line, action=action, label=label, values=entry.values, code=fault.code, params=fault.params)

    def _plan(self, entry: Entry, label: str) -> PlanItem:
        values = {name: value for name, value in entry.values.items() if name != "number"}
        stored = self._known(entry.values)
        if stored is not None and stored.id in self._lines:
            raise RuleViolation("import.duplicate_id", field="name", id=label, first=self._lines[stored.id])
        made, _ = put_casualty(self._ctx, self._uow, values=values, stored=stored)
        self._lines[made.id] = entry.line
        if stored is None:
            return PlanItem(line=entry.line, action="create", label=label, values=values)
        names = (name for name in Casualty.__slots__ if name not in ("version", "entered_by"))
        changes = {name: (getattr(stored, name), getattr(made, name)) for name in names if getattr(stored, name) != getattr(made, name)}
        return PlanItem(line=entry.line, action="update" if changes else "unchanged", label=label, values=values, existing=stored.id, changes=changes)

    def _known(self, told: Mapping[str, Any]) -> Casualty | None:
        if number := str(told.get("number", "")):
            found = self._reads.relief.by_number("casualty", number)
            if found is not None:
                return self._reads.relief.many(Casualty, [found])[found]
        name, birth, resident_no = (str(told.get(key, "")) for key in ("name", "birth", "resident_no"))
        alike = find_same(self._reads, Casualty(id="", name=name, birth=birth, resident_no=resident_no))
        of_number = [one for one in alike if resident_no and one.resident_no == resident_no]
        alike = of_number or [one for one in alike if not (resident_no and one.resident_no)]
        if len(alike) > 1:
            raise RuleViolation("casualty.several", field="name", text=name, count=len(alike))
        return alike[0] if alike else None


def apply_import(ctx: Context, *, plan: Plan, skip_lines: frozenset[int] = frozenset(), source: str = "", job: Job = QUIET) -> Applied:
    """Do what the plan says in one transaction, without ``skip_lines``. Cancel leaves everything as it was."""
    ctx.require("claim")
    items = [item for item in plan.items if item.line not in skip_lines]
    with ctx.unit(reason=source) as uow:
        doing = [one for one in items if one.action in ("create", "update")]
        for item in job.track(doing, "job.saving_casualties"):
            stored = uow.casualties.need(item.existing) if item.existing else None
            put_casualty(ctx, uow, values=item.values, stored=stored)
        if doing:
            uow.log_access(action="import", persons=len(doing), target=source)
        done = uow.commit()
    return counted(items, done)
