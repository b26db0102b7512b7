"""What was written at two places by people who did not know of each other: seen side by side, and decided by a person.

A decision is an operation like any other, made by somebody who had seen all sides, so every device comes to the same (decision 025).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.errors import RuleViolation
from app.domain.evacuee import Absence, Person, Stay, check_absence, check_person, check_stay
from app.domain.exchange import OWNED
from app.domain.journal import CREATE, to_json_value
from app.domain.merging import Conflict
from app.domain.records import Record, from_json_value, value_fields
from app.usecases.checks import fitting_values, refuse_lifting
from app.usecases.context import Changes, Context
from app.usecases.exchange_rows import ConflictSide, ConflictView
from app.usecases.ownership import need_owner
from app.usecases.ports import UnitOfWork

BOTH = "both"
JOINED = frozenset(
    {"note", "needs_note", "injury_note", "supplies", "skills", "identifying", "missing_members", "destination_text", "emergency_contact"}
)
"""Fields of free text, where both can stand one after the other."""


def list_conflicts(ctx: Context, *, limit: int | None = None) -> list[ConflictView]:
    """Open conflicts, those found first at the beginning; people staying at two places at once behind them."""
    return ctx.reads.exchange.conflicts(limit=limit)


def settle_conflict(
    ctx: Context, *, conflict_id: str, take: str = "", values: Mapping[str, Any] | None = None, reason: str = ""
) -> Changes:  # fmt: skip
    """Decide a conflict: the side with the letter ``take``, ``both`` for texts, or ``values`` by field (JSON values).

    RuleViolation ``conflict.not_found`` when it is decided already, ``conflict.no_such_side``, ``conflict.not_both``,
    ``conflict.field_unknown``, ``conflict.value_wrong``, and what the record's own rules say.
    """
    ctx.require("settle")
    with ctx.unit(reason=reason) as uow:
        reads = uow.reads.seen_by(see_protected=ctx.actor.may("see_protected"))
        view = next(iter(reads.exchange.conflicts(only=conflict_id)), None)
        conflict = reads.exchange.conflict(conflict_id)
        if view is None or conflict is None:
            raise RuleViolation("conflict.not_found", conflict=conflict_id)
        if view.kind in OWNED:
            need_owner(ctx, view.kind, [view.record])
        side = None if values else _side(view, take)
        if any("stay" in one.values for one in view.sides):
            _stay_at(uow, view, side)
            return uow.commit()
        decided = _typed(view, values) if values else _taken(view, side)
        _check(ctx, uow, view, decided)
        if view.kind == "stay" and "to_at" in view.fields:
            _take_back_moves(uow, view, conflict, side, decided)
        uow.exchange.settle(conflict, decided)
        return uow.commit()


def _side(view: ConflictView, take: str) -> ConflictSide | None:
    """The side with this letter; None for both."""
    if take.strip().lower() == BOTH:
        if not view.fields or any(name not in JOINED for name in view.fields):
            raise RuleViolation("conflict.not_both", conflict=view.id)
        return None
    side = next((one for one in view.sides if one.letter == take.strip().upper()), None)
    if side is None:
        raise RuleViolation("conflict.no_such_side", conflict=view.id, take=take, letters=", ".join(one.letter for one in view.sides))
    return side


def _taken(view: ConflictView, side: ConflictSide | None) -> dict[str, Any]:
    if side is not None:
        return {name: side.values[name] if name in side.values else _blank(view.shown.get(name)) for name in view.fields}
    texts: dict[str, list[str]] = {name: [] for name in view.fields}
    for one in view.sides:
        for name, kept in texts.items():
            text = str(one.values.get(name) or "").strip()
            if text and text not in kept:
                kept.append(text)
    return {name: "\n".join(kept) for name, kept in texts.items()}


def _blank(shown: Any) -> Any:
    """What a field was before anybody wrote it, of the type of what is shown."""
    return type(shown)() if isinstance(shown, str | list | bool) else None


def _typed(view: ConflictView, values: Mapping[str, Any]) -> dict[str, Any]:
    for name in values:
        if name not in view.fields:
            raise RuleViolation("conflict.field_unknown", conflict=view.id, field=name, fields=", ".join(view.fields))
    return {**{name: view.shown.get(name) for name in view.fields}, **values}


def _check(ctx: Context, uow: UnitOfWork, view: ConflictView, decided: Mapping[str, Any]) -> None:
    """The record's own rules, for what it will be. A deletion needs none."""
    if decided.get("deleted"):
        return
    repository = uow.repository(view.kind)
    before = repository.get(view.record)
    if before is None:
        raise RuleViolation("record.not_found", kind=view.kind, record=view.record)
    told = {name: _as_held(view, before, name, value) for name, value in decided.items()}
    after = replace(before, **told)
    if isinstance(before, Person) and isinstance(after, Person):
        fitting_values(Person, told)
        refuse_lifting(ctx, before, after)
        check_person(after)
    elif isinstance(after, Stay):
        fitting_values(Stay, told)
        check_stay(after)
    elif isinstance(after, Absence):
        check_absence(after)


def _as_held(view: ConflictView, before: Record, name: str, value: Any) -> Any:
    """A JSON value as the record holds it, of the type that its sides or the record have."""
    kinds = {type(one.values[name]) for one in view.sides if one.values.get(name) is not None}
    kinds |= {type(to_json_value(getattr(before, name)))} - {type(None)}
    optional = any(one.values.get(name, "") is None for one in view.sides) or getattr(before, name) is None
    fine = (optional if value is None else type(value) in kinds) or not kinds
    try:
        held = from_json_value(type(before), name, value)
    except (ValueError, TypeError):
        fine = False
    moment = next(field.type for field in value_fields(type(before)) if field.name == name)
    if not fine or ("datetime" in str(moment) and isinstance(held, str)):
        raise RuleViolation("conflict.value_wrong", field=name, value=str(value))
    return held


def _take_back_moves(
    uow: UnitOfWork, view: ConflictView, conflict: Conflict, side: ConflictSide | None, decided: Mapping[str, Any]
) -> None:
    """Moved at one place and left at another: where somebody decides that it was no move, the stay that it began is taken back."""
    acts = {entry.operation: entry.group for entry in uow.reads.journal.history(view.record)}
    for one in conflict.sides:
        if (side is not None and one.op_id == side.operation) or one.values.get("destination") != "shelter":
            continue
        if side is None and decided.get("destination") == "shelter":
            continue  # a third value that is a move, too: which stay is meant, the stays themselves will tell
        for entry in uow.reads.journal.group(acts.get(one.op_id, "")):
            if entry.kind == "stay" and entry.action == CREATE and entry.record != view.record:
                begun = uow.stays.get(entry.record)
                if begun is not None and not begun.deleted and begun.to_at is None:
                    uow.stays.save(replace(begun, deleted=True))


def _stay_at(uow: UnitOfWork, view: ConflictView, side: ConflictSide | None) -> None:
    """The person stays at one of the places: stays that began before end where this one begins, those that began later were none."""
    if side is None:
        raise RuleViolation("conflict.not_both", conflict=view.id)
    kept = uow.stays.need(side.values["stay"])
    shelter = uow.shelters.get(kept.shelter_id)
    for one in view.sides:
        stay = uow.stays.need(one.values["stay"])
        if stay.id == kept.id:
            changed = replace(stay, pending=False)
        elif stay.from_at < kept.from_at:
            changed = replace(
                stay, pending=False, to_at=kept.from_at, destination="shelter", destination_text=shelter.name if shelter else ""
            )
        else:
            changed = replace(stay, pending=False, deleted=True)
        if changed != stay:
            uow.stays.save(changed)
