"""Importing claims: a new one, or what a known one did not say or says otherwise; importing a list again changes nothing.

A claim is known by who it is for and its day (without a day: the newest). Whom it is for: number of an entitlement, resident number, number
of a certificate, else name and birth date of the head of one household.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.domain.building import Victim
from app.domain.certificate import Certificate
from app.domain.dates import parse_date
from app.domain.errors import RuleViolation, SasaeError
from app.domain.folding import fold_name
from app.domain.relief import Claim, Entitlement
from app.usecases.claims import put_claim
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.plans import Applied, Entry, Plan, PlanItem
from app.usecases.ports import Reads, UnitOfWork
from app.usecases.protections import read_day
from app.usecases.relief_subjects import LIVE_CLAIMS
from app.usecases.relief_wants import announce_claim

WHO = frozenset({"number", "resident_no", "certificate", "name", "birth"})
"""What a row says of whom it is for."""


def plan_import(ctx: Context, *, entries: Iterable[Entry], programme_id: str, round_id: str = "", job: Job = QUIET) -> Plan:
    """What importing these claims of a programme would do: each row is tried out, and nothing of it stays. Right ``claim``."""
    ctx.require("claim")
    items: list[PlanItem] = []
    with ctx.unit() as uow:
        planner = _Planner(ctx, uow, programme_id, round_id)
        for entry in job.track(list(entries), "job.planning_claims"):
            items.append(planner.plan(entry))
    return Plan(items=tuple(items))


class _Planner:
    """Tries rows one after the other in a transaction that is not kept."""

    def __init__(self, ctx: Context, uow: UnitOfWork, programme_id: str, round_id: str) -> None:
        self._ctx, self._uow = ctx, uow
        self._reads = uow.reads.seen_by(see_protected=ctx.actor.may("see_protected"))
        self._base = {"programme_id": programme_id, **({"round_id": round_id} if round_id else {})}
        self._heads: dict[str, list[Victim]] | None = None
        self._lines: dict[str, int] = {}

    def plan(self, entry: Entry) -> PlanItem:
        """The item of a row."""
        told = entry.values
        label = str(told.get("name") or told.get("number") or told.get("resident_no") or told.get("certificate") or "")
        try:
            return self._plan(entry, label)
        except RuleViolation as fault:
            action = "review" if fault.code == "claim.several" else "error"
            return PlanItem(line=entry.line, action=action, label=label, values=told, code=fault.code, params=fault.params)

    def _plan(self, entry: Entry, label: str) -> PlanItem:
        given = {name: value for name, value in entry.values.items() if name not in WHO}
        links = self._links(entry.values)
        values = {**self._base, **links, **given}
        stored = self._known(links, str(given.get("claimed_on", "")))
        key = f"{sorted(links.items())}/{read_day(str(given.get('claimed_on', '')), field='claimed_on')}"
        if key in self._lines:
            raise RuleViolation("import.duplicate_id", field="name", id=label, first=self._lines[key])
        if stored is not None:
            given["documents"] = list(dict.fromkeys((*stored.documents, *given.get("documents", ()))))
        made, _ = put_claim(self._ctx, self._uow, values=given if stored else values, stored=stored)
        self._lines[key] = entry.line
        if stored is None:
            return PlanItem(line=entry.line, action="create", label=label, values=values)
        changes = {
            name: (getattr(stored, name), getattr(made, name)) for name in Claim.__slots__ if name != "version" and getattr(stored, name) != getattr(made, name)
        }  # fmt: skip
        return PlanItem(line=entry.line, action="update" if changes else "unchanged", label=label, values=given, existing=stored.id, changes=changes)

    def _links(self, told: Mapping[str, Any]) -> dict[str, str]:
        """Fields of the claim that say whom it is for. RuleViolation ``claim.unknown_person``, ``claim.several``."""
        if number := str(told.get("number", "")):
            found = self._reads.relief.by_number("entitlement", number)
            if found is None:
                raise RuleViolation("claim.unknown_person", field="number", text=number)
            one = self._reads.relief.many(Entitlement, [found])[found]
            links = {"victim_id": one.victim_id, "casualty_id": one.casualty_id, "resident_no": one.resident_no}
            return {name: value for name, value in links.items() if value}
        if number := str(told.get("resident_no", "")):
            return {"resident_no": number}
        if number := str(told.get("certificate", "")):
            papers = [one for one in self._reads.relief.many_by(Certificate, "number", [number]) if self._reads.get("victim", one.victim_id)]
            if not papers:
                raise RuleViolation("claim.unknown_person", field="certificate", text=number)
            return {"victim_id": papers[0].victim_id}
        return {"victim_id": self._head(str(told.get("name", "")), str(told.get("birth", "")))}

    def _head(self, name: str, birth: str) -> str:
        if self._heads is None:
            self._heads = _by_head(self._reads)
        found = [one.id for one in self._heads.get(fold_name(name), ()) if _may_be(one.head_birth, birth)] if name else []
        if not found:
            raise RuleViolation("claim.unknown_person", field="name", text=name)
        if len(found) > 1:
            raise RuleViolation("claim.several", field="name", text=name, count=len(found))
        return found[0]

    def _known(self, links: Mapping[str, str], claimed_on: str) -> Claim | None:
        day = read_day(claimed_on, field="claimed_on")
        name = next(iter(links))
        found = [
            one for one in self._uow.reads.relief.many_by(Claim, name, [links[name]])
            if one.programme_id == self._base["programme_id"] and one.round_id in ("", self._base.get("round_id", "")) and one.state in LIVE_CLAIMS
            and not one.apart and day in ("", one.claimed_on)
        ]  # fmt: skip
        return max(found, key=lambda one: (one.claimed_on, one.id), default=None)


def _by_head(reads: Reads) -> dict[str, list[Victim]]:
    found: dict[str, list[Victim]] = {}
    for one in reads.all("victim"):
        if isinstance(one, Victim):
            found.setdefault(fold_name(one.head_name), []).append(one)
    return found


def _may_be(known: str, typed: str) -> bool:
    try:
        return not (known and typed) or parse_date(known, lenient=True).earliest == parse_date(typed, lenient=True).earliest
    except SasaeError:
        return False


def apply_import(ctx: Context, *, plan: Plan, skip_lines: frozenset[int] = frozenset(), source: str = "", job: Job = QUIET) -> Applied:
    """Do what the plan says in one transaction, without ``skip_lines``. Cancel leaves everything as it was."""
    ctx.require("claim")
    items = [item for item in plan.items if item.line not in skip_lines]
    with ctx.unit(reason=source) as uow:
        saved = []
        for item in job.track([one for one in items if one.action in ("create", "update")], "job.saving_claims"):
            stored = uow.claims.need(item.existing) if item.existing else None
            made, _ = put_claim(ctx, uow, values=item.values, stored=stored)
            saved.append(made)
        for made in saved:
            announce_claim(uow, made)
        if saved:
            uow.log_access(action="import", persons=len(saved), target=source)
        done = uow.commit()
    return counted(items, done)


def counted(items: Sequence[PlanItem], changes: Mapping[str, frozenset[str]]) -> Applied:
    """How many rows got each action."""
    counts = {action: sum(item.action == action for item in items) for action in ("create", "update", "unchanged", "review")}
    return Applied(created=counts["create"], updated=counts["update"], unchanged=counts["unchanged"], review=counts["review"], changes=changes)
