"""Declared head counts: by phone, on paper, or from published lists of open shelters; and their trend beside the rosters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.domain.codes import HEADCOUNT_METHODS
from app.domain.errors import RuleViolation
from app.domain.folding import fold_name
from app.domain.identifiers import new_id
from app.domain.shelter import Headcount, Shelter, ShelterSpell, check_headcount
from app.usecases.context import Changes, Context
from app.usecases.plans import Applied, Entry, Plan, PlanItem
from app.usecases.ports import UnitOfWork
from app.usecases.rows import HeadcountRow, TrendPoint

_SHELTER_FIELDS = (
    "external_id",
    "name",
    "kana",
    "district",
    "address",
    "latitude",
    "longitude",
    "phone",
    "capacity",
    "capacity_text",
    "hazards",
    "towns",
)
_MOST_POINTS = 20_000


def record_headcount(ctx: Context, *, values: Mapping[str, Any]) -> tuple[str, Changes]:
    """One count by phone or paper. Answers its id."""
    ctx.require("headcount")
    with ctx.unit() as uow:
        count = Headcount(**{"counted_at": ctx.now(), **values, "id": new_id()})
        uow.shelters.need(count.shelter_id)
        if count.method not in HEADCOUNT_METHODS:
            raise RuleViolation("word.unknown", field="method", word=count.method)
        check_headcount(count)
        uow.headcounts.add(count)
        return count.id, uow.commit()


def withdraw_headcount(ctx: Context, *, headcount_id: str, reason: str) -> Changes:
    """Take back a mistaken count; it stays in the history."""
    ctx.require("headcount")
    with ctx.unit(reason=reason) as uow:
        count = uow.headcounts.need(headcount_id)
        uow.headcounts.save(replace(count, deleted=True))
        if count.method == "listing":
            _follow_listings(uow)
        return uow.commit()


def list_headcounts(ctx: Context, *, shelter_id: str = "", limit: int | None = None) -> list[HeadcountRow]:
    """Declared counts, newest first, each beside the roster's number."""
    return ctx.reads.shelters.headcounts(shelter_id=shelter_id, limit=limit)


def trend(
    ctx: Context, *, start: datetime | None = None, end: datetime | None = None, every: timedelta = timedelta(days=1)
) -> list[TrendPoint]:
    """Totals from ``start`` to ``end`` (default: everything known), one point every step and one at the end."""
    if every < timedelta(minutes=1):
        raise RuleViolation("trend.step_too_small", field="every")
    span = ctx.reads.shelters.span()
    if span is None and (start is None or end is None):
        return []
    first = start or span[0]  # type: ignore[index]
    last = end or span[1]  # type: ignore[index]
    if last < first:
        raise RuleViolation("trend.ends_before_start", field="to")
    if (last - first) / every > _MOST_POINTS:
        raise RuleViolation("trend.too_many_points", field="every", most=_MOST_POINTS)
    moments = [first + every * i for i in range(int((last - first) / every) + 1)]
    if moments[-1] != last:
        moments.append(last)
    return ctx.reads.shelters.trend(moments=moments)


def plan_import(ctx: Context, *, entries: Iterable[Entry], complete: bool) -> Plan:
    """What importing these counts would do. ``complete``: the file lists every open shelter of its moment.

    Each entry carries ``counted_at`` and ``counted_total`` beside fields of the shelter, which is matched by external id, then by name.
    """
    ctx.require("headcount")
    shelters = [s for s in ctx.reads.all("shelter") if isinstance(s, Shelter)]
    by_code = {s.external_id: s for s in shelters if s.external_id}
    by_name: dict[str, list[Shelter]] = {}
    for shelter in shelters:
        by_name.setdefault(fold_name(shelter.name), []).append(shelter)
    known = {
        (c.shelter_id, c.counted_at, c.method in ("listing", "file")): c.counted_total
        for c in ctx.reads.all("headcount")
        if isinstance(c, Headcount)
    }
    seen: dict[tuple[str, datetime], int] = {}
    items = []
    for entry in entries:
        shelter_or_problem = _match(entry, by_code, by_name)
        items.append(_plan_row(entry, shelter_or_problem, known, seen))
    return Plan(items=tuple(items))


def _match(entry: Entry, by_code: Mapping[str, Shelter], by_name: Mapping[str, Sequence[Shelter]]) -> Shelter | str | None:
    """The shelter meant, None for one not registered yet, or a problem code."""
    found = by_code.get(entry.values.get("external_id", ""))
    if found is not None:
        return found
    alike = list(by_name.get(fold_name(entry.values["name"]), []))
    if len(alike) > 1:
        near = [s for s in alike if s.address == entry.values.get("address", "")]
        alike = near or alike
    return "shelter.ambiguous" if len(alike) > 1 else alike[0] if alike else None


def _plan_row(
    entry: Entry, match: Shelter | str | None, known: Mapping[tuple[str, datetime, bool], int], seen: dict[tuple[str, datetime], int]
) -> PlanItem:
    values = dict(entry.values)
    label = values["name"]
    at: datetime = values["counted_at"]
    if isinstance(match, str):
        return PlanItem(line=entry.line, action="review", label=label, values=values, code=match, params={"name": label, "count": 2})
    key = (match.id if match else f"{values.get('external_id', '')}/{fold_name(label)}", at)
    if key in seen:
        return PlanItem(
            line=entry.line,
            action="error",
            label=label,
            values=values,
            code="import.duplicate_id",
            params={"id": label, "first": seen[key]},
        )
    seen[key] = entry.line
    existing = match.id if match else ""
    before = known.get((existing, at, True))
    if before is None:
        return PlanItem(line=entry.line, action="create", label=label, values=values, existing=existing)
    if before == values["counted_total"]:
        return PlanItem(line=entry.line, action="unchanged", label=label, values=values, existing=existing)
    return PlanItem(
        line=entry.line,
        action="update",
        label=label,
        values=values,
        existing=existing,
        changes={"counted_total": (before, values["counted_total"])},
    )


def apply_import(ctx: Context, *, plan: Plan, complete: bool, skip_lines: frozenset[int] = frozenset()) -> Applied:
    """Do it in one transaction. Unknown shelters are registered as voluntary ones; with ``complete``, openings and closings follow the lists."""
    ctx.require("headcount")
    items = [item for item in plan.items if item.line not in skip_lines and item.action in ("create", "update", "unchanged")]
    created = updated = 0
    method = "listing" if complete else "file"
    with ctx.unit() as uow:
        registered: dict[tuple[str, str], str] = {}
        for item in items:
            shelter_id = item.existing or _registered(uow, item.values, registered)
            if item.action == "create":
                uow.headcounts.add(_count_of(item.values, shelter_id, method))
                created += 1
                continue
            for old in uow.headcounts.where(shelter_id=shelter_id, counted_at=item.values["counted_at"]):
                if old.method in ("listing", "file"):  # a list that turns out to be complete makes its counts listings
                    kept = method if complete else old.method
                    uow.headcounts.save(replace(old, counted_total=item.values["counted_total"], method=kept))
            updated += item.action == "update"
        if complete:
            _follow_listings(uow)
        changed = uow.commit()
    return Applied(created=created, updated=updated, unchanged=sum(item.action == "unchanged" for item in items), changes=changed)


def _registered(uow: UnitOfWork, values: Mapping[str, Any], made: dict[tuple[str, str], str]) -> str:
    """The shelter of a row that met none: one for all rows that name it, whatever their times."""
    key = (values.get("external_id", ""), fold_name(values["name"]))
    if key not in made:
        made[key] = _register(uow, values)
    return made[key]


def _register(uow: UnitOfWork, values: Mapping[str, Any]) -> str:
    kept = {name: values[name] for name in _SHELTER_FIELDS if values.get(name) not in (None, "")}
    return uow.shelters.add(Shelter(**{**kept, "id": new_id(), "kind": "voluntary"})).id


def _count_of(values: Mapping[str, Any], shelter_id: str, method: str) -> Headcount:
    names = (
        "counted_at",
        "counted_total",
        "male",
        "female",
        "infants",
        "children",
        "adults",
        "seniors",
        "households",
        "reported_by",
        "note",
    )
    count = Headcount(
        **{**{n: values[n] for n in names if values.get(n) is not None}, "id": new_id(), "shelter_id": shelter_id, "method": method}
    )
    check_headcount(count)
    return count


def _follow_listings(uow: UnitOfWork) -> None:
    """Make the openings that follow from complete lists agree with them, in whatever order the lists came in.

    A shelter is open from the first list that names it to the first later list that does not. Openings entered by hand are left alone.
    """
    counts = [count for count in uow.headcounts.where(method="listing")]
    times = sorted({count.counted_at for count in counts})
    listed: dict[str, set[datetime]] = {}
    for count in counts:
        listed.setdefault(count.shelter_id, set()).add(count.counted_at)
    for shelter_id in sorted({*listed, *(spell.shelter_id for spell in uow.spells.where(source="listing"))}):
        spells = uow.spells.where(shelter_id=shelter_id)
        manual = [s for s in spells if s.source == "manual"]
        wanted = [period for period in _periods(times, listed.get(shelter_id, set())) if not any(_covers(s, period[0]) for s in manual)]
        old = [s for s in spells if s.source == "listing"]
        for spell, period in zip(old, wanted, strict=False):
            uow.spells.save(replace(spell, opened_at=period[0], closed_at=period[1]))
        for spell in old[len(wanted) :]:
            uow.spells.save(replace(spell, deleted=True))
        for opened, closed in wanted[len(old) :]:
            uow.spells.add(ShelterSpell(id=new_id(), shelter_id=shelter_id, opened_at=opened, closed_at=closed, source="listing"))


def _periods(times: Sequence[datetime], present: set[datetime]) -> list[tuple[datetime, datetime | None]]:
    periods: list[tuple[datetime, datetime | None]] = []
    opened: datetime | None = None
    for at in times:
        if at in present and opened is None:
            opened = at
        elif at not in present and opened is not None:
            periods.append((opened, at))
            opened = None
    if opened is not None:
        periods.append((opened, None))
    return periods


def _covers(spell: ShelterSpell, at: datetime) -> bool:
    return spell.opened_at <= at and (spell.closed_at is None or spell.closed_at > at)
