"""Names of the records that conflicting values point to."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.evacuee import Household, Person, Stay
from app.presentation.columns.evacuee import birth_and_age
from app.presentation.columns.texts import moment_short
from app.presentation.conflict_words import REFERENCES
from app.usecases.context import Context
from app.usecases.exchange_rows import ConflictView


def name_references(ctx: Context, views: Iterable[ConflictView]) -> dict[tuple[str, str], str]:
    """``(kind, id)`` → name, for every id in any side. Off the GUI thread; each record is looked up once."""
    wanted = {
        (REFERENCES[field], str(value))
        for view in views
        for side in view.sides
        for values in (side.values, side.before)
        for field, value in values.items()
        if field in REFERENCES and value
    }
    return {(kind, record): _name(ctx, kind, record) for kind, record in wanted}


def _name(ctx: Context, kind: str, record_id: str) -> str:
    if kind == "resident":
        return _resident(ctx, record_id)
    if kind == "snapshot":
        active = ctx.reads.residents.active()
        return active.label if active is not None and active.id == record_id else ""
    found = ctx.reads.get(kind, record_id)
    if isinstance(found, Person):
        return found.name or found.kana or found.number
    if isinstance(found, Household):
        return f"{found.label}の世帯" if found.label else ""
    if isinstance(found, Stay):
        place = _name(ctx, "shelter", found.shelter_id)
        return f"{place} {moment_short(found.from_at)}～"
    return str(getattr(found, "name", "") or getattr(found, "label", "") or getattr(found, "number", ""))


def _resident(ctx: Context, resident_id: str) -> str:
    found = ctx.reads.residents.get(resident_id)
    if found is None:
        return ""
    return "　".join(part for part in (found.name or found.kana, birth_and_age(found.birth), found.address) if part)
