"""Shelters: registering, importing, opening and closing them, and listing them as of a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.domain.codes import SHELTER_KINDS
from app.domain.errors import RuleViolation
from app.domain.folding import fold_name
from app.domain.identifiers import new_id
from app.domain.records import differing_fields
from app.domain.shelter import Shelter, ShelterSpell, check_spell
from app.usecases.context import Changes, Context
from app.usecases.plans import Applied, Entry, Plan, PlanItem
from app.usecases.ports import UnitOfWork
from app.usecases.rows import ShelterRow


def list_shelters(ctx: Context, *, at: datetime | None = None) -> list[ShelterRow]:
    """Every shelter as of a moment (default now), open ones first."""
    return ctx.reads.shelters.rows(at=at or ctx.now())


def find_shelter(ctx: Context, *, name: str) -> Shelter:
    """The one shelter with this id, external id or name (folded). RuleViolation ``shelter.not_found`` or ``shelter.ambiguous``."""
    shelters = [s for s in ctx.reads.all("shelter") if isinstance(s, Shelter)]
    for wanted in (lambda s: name in (s.id, s.external_id), lambda s: s.name == name, lambda s: fold_name(s.name) == fold_name(name)):
        found = [shelter for shelter in shelters if wanted(shelter)]
        if len(found) == 1:
            return found[0]
        if found:
            raise RuleViolation("shelter.ambiguous", field="shelter", name=name, count=len(found))
    near = [s.name for s in shelters if fold_name(name) and fold_name(name) in fold_name(s.name)]
    raise RuleViolation("shelter.not_found", field="shelter", name=name, near=near[:3])


def add_shelter(ctx: Context, *, values: Mapping[str, Any], open_at: datetime | None = None) -> tuple[str, Changes]:
    """A new shelter, open from a moment if one is given. Answers its id."""
    ctx.require("shelters")
    with ctx.unit() as uow:
        shelter = Shelter(**{"name": "", **values, "id": new_id()})
        _check(uow, shelter)
        uow.shelters.add(shelter)
        if open_at is not None:
            _open(uow, shelter.id, open_at)
        return shelter.id, uow.commit()


def correct_shelter(ctx: Context, *, shelter_id: str, version: int, values: Mapping[str, Any], reason: str = "") -> Changes:
    """Change particulars of a shelter."""
    ctx.require("shelters")
    with ctx.unit(reason=reason) as uow:
        shelter = replace(uow.shelters.need(shelter_id), **values)
        _check(uow, shelter)
        uow.shelters.save(shelter, expected_version=version)
        return uow.commit()


def _check(uow: UnitOfWork, shelter: Shelter) -> None:
    if not shelter.name.strip():
        raise RuleViolation("shelter.name_missing", field="name")
    if shelter.kind not in SHELTER_KINDS:
        raise RuleViolation("word.unknown", field="kind", word=shelter.kind)
    if any(other.id != shelter.id for other in uow.shelters.where(name=shelter.name, address=shelter.address)):
        raise RuleViolation("shelter.name_taken", field="name", name=shelter.name)


def open_shelter(ctx: Context, *, shelter_id: str, at: datetime | None = None) -> Changes:
    """Open a shelter. RuleViolation ``shelter.already_open`` when it is open then."""
    ctx.require("headcount")
    with ctx.unit() as uow:
        uow.shelters.need(shelter_id)
        _open(uow, shelter_id, at or ctx.now())
        return uow.commit()


def _open(uow: UnitOfWork, shelter_id: str, at: datetime) -> None:
    """A spell from ``at``. One that begins later is met: entered by hand it is moved to begin earlier, from published lists it follows on."""
    later: list[ShelterSpell] = []
    for spell in uow.spells.where(shelter_id=shelter_id):
        if spell.opened_at <= at and (spell.closed_at is None or spell.closed_at > at):
            raise RuleViolation("shelter.already_open", field="shelter", since=spell.opened_at)
        if spell.opened_at > at:
            later.append(spell)
    following = min(later, key=lambda spell: spell.opened_at, default=None)
    if following is not None and following.source == "manual":
        uow.spells.save(replace(following, opened_at=at))
        return
    uow.spells.add(ShelterSpell(id=new_id(), shelter_id=shelter_id, opened_at=at, closed_at=following.opened_at if following else None))


def close_shelter(ctx: Context, *, shelter_id: str, at: datetime | None = None) -> Changes:
    """Close a shelter. RuleViolation when it is not open, or when people are still on its roster."""
    ctx.require("headcount")
    moment = at or ctx.now()
    with ctx.unit() as uow:
        shelter = uow.shelters.need(shelter_id)
        spells = [
            s for s in uow.spells.where(shelter_id=shelter_id) if s.opened_at <= moment and (s.closed_at is None or s.closed_at > moment)
        ]
        if not spells:
            raise RuleViolation("shelter.not_open", field="shelter", name=shelter.name)
        staying = {stay.person_id for stay in uow.stays.where(shelter_id=shelter_id) if stay.to_at is None or stay.to_at > moment}
        if staying:
            raise RuleViolation("shelter.people_inside", field="shelter", name=shelter.name, count=len(staying))
        for spell in spells:
            closed = replace(spell, closed_at=moment, source="manual")  # closed by hand: published lists do not open it again
            check_spell(closed)
            uow.spells.save(closed)
        return uow.commit()


def plan_import(ctx: Context, *, entries: Iterable[Entry]) -> Plan:
    """What importing these shelters would do. Matched by external id, else by folded name and address."""
    ctx.require("shelters")
    existing = [s for s in ctx.reads.all("shelter") if isinstance(s, Shelter)]
    by_code = {s.external_id: s for s in existing if s.external_id}
    by_name: dict[str, list[Shelter]] = {}
    for shelter in existing:
        by_name.setdefault(fold_name(shelter.name), []).append(shelter)
    seen: dict[str, int] = {}
    return Plan(items=tuple(_plan_row(entry, by_code, by_name, seen) for entry in entries))


def _plan_row(entry: Entry, by_code: Mapping[str, Shelter], by_name: Mapping[str, list[Shelter]], seen: dict[str, int]) -> PlanItem:
    values = dict(entry.values)
    key = values.get("external_id") or f"{fold_name(values['name'])}/{values.get('address', '')}"
    if key in seen:
        return PlanItem(
            line=entry.line,
            action="error",
            label=values["name"],
            values=values,
            code="import.duplicate_id",
            params={"id": key, "first": seen[key]},
        )
    seen[key] = entry.line
    old = by_code.get(values.get("external_id", ""))
    if old is None:
        alike = [s for s in by_name.get(fold_name(values["name"]), []) if not (s.external_id and values.get("external_id"))]
        if len(alike) > 1:
            return PlanItem(
                line=entry.line,
                action="review",
                label=values["name"],
                values=values,
                code="shelter.ambiguous",
                params={"name": values["name"], "count": len(alike)},
            )
        old = alike[0] if alike else None
    if old is None:
        return PlanItem(line=entry.line, action="create", label=values["name"], values=values)
    wanted = replace(old, **{name: value for name, value in values.items() if value not in ("", None, ())})
    changes = {name: (before, after) for name, before, after in differing_fields(old, wanted)}
    return PlanItem(
        line=entry.line, action="update" if changes else "unchanged", label=values["name"], values=values, existing=old.id, changes=changes
    )


def apply_import(ctx: Context, *, plan: Plan, open_at: datetime | None = None, skip_lines: frozenset[int] = frozenset()) -> Applied:
    """Do what the plan says in one transaction, without the lines that were unticked."""
    ctx.require("shelters")
    items = [item for item in plan.items if item.line not in skip_lines]
    with ctx.unit() as uow:
        made = [(item, Shelter(**{**item.values, "id": new_id()})) for item in items if item.action == "create"]
        uow.shelters.add_many([shelter for _, shelter in made])
        for item in items:
            if item.action == "update":
                old = uow.shelters.need(item.existing)
                uow.shelters.save(replace(old, **{name: after for name, (_, after) in item.changes.items()}))
        if open_at is not None:
            ids = [shelter.id for _, shelter in made] + [item.existing for item in items if item.action in ("update", "unchanged")]
            opened = {s.shelter_id for s in uow.spells.where() if s.opened_at <= open_at and (s.closed_at is None or s.closed_at > open_at)}
            uow.spells.add_many([ShelterSpell(id=new_id(), shelter_id=i, opened_at=open_at) for i in ids if i not in opened])
        counts = {action: sum(item.action == action for item in items) for action in ("create", "update", "unchanged", "review")}
        changed = uow.commit()
    return Applied(
        created=counts["create"], updated=counts["update"], unchanged=counts["unchanged"], review=counts["review"], changes=changed
    )
