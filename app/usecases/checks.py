"""Checks that several use cases share: values by field, words from closed sets, stays that would overlap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain import codes
from app.domain.errors import RuleViolation
from app.domain.evacuee import Person, Stay
from app.domain.records import Record, value_fields
from app.usecases.context import Context
from app.usecases.ports import UnitOfWork

_FIXED = frozenset({"id", "version", "number"})
_WORDS: Mapping[str, tuple[str, ...]] = {
    "sex": codes.SEXES,
    "source": codes.PERSON_SOURCES,
    "injury": codes.INJURIES,
    "house_damage": codes.HOUSE_DAMAGES,
    "category": codes.STAY_CATEGORIES,
    "reception": codes.RECEPTION_METHODS,
    "destination": ("", *codes.DESTINATIONS),
    **{f"consent_{to}": codes.CONSENTS for to in ("kin", "acquaintance", "public", "board", "web", "share")},
}


def fitting_values(kind: type[Record], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that may be set on a record: no id, version or number, lists as tuples.

    RuleViolation ``word.unknown`` beside the field for a field that the record does not have, and for a code that is not one of its set.
    """
    fields = {field.name for field in value_fields(kind)}
    kept = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name not in _FIXED}
    for name, value in kept.items():
        if name not in fields:
            raise RuleViolation("word.unknown", field=name, word=name)
        if name in _WORDS and value not in _WORDS[name]:
            raise RuleViolation("word.unknown", field=name, word=str(value))
    for need in kept.get("needs", ()):
        if need not in codes.NEEDS:
            raise RuleViolation("word.unknown", field="needs", word=need)
    return kept


def refuse_lifting(ctx: Context, before: Person, after: Person) -> None:
    """Protection is lifted only by those who may see the protected (RuleViolation ``person.protected``)."""
    if before.protected and not after.protected and not ctx.actor.may("see_protected"):
        raise RuleViolation("person.protected", field="protected")


def refuse_overlap(ctx: Context, uow: UnitOfWork, stay: Stay) -> None:
    """Nobody is at two places at once, unless stays are kept side by side until someone decides.

    RuleViolation ``checkin.already_staying`` for a stay that still runs, ``checkin.overlaps`` for one that ended.
    """
    if stay.pending or stay.deleted:
        return
    for other in uow.stays.where(person_id=stay.person_id):
        begins_before_end = stay.to_at is None or other.from_at < stay.to_at
        ends_after_start = other.to_at is None or stay.from_at < other.to_at
        if other.id == stay.id or other.pending or not (begins_before_end and ends_after_start):
            continue
        person = uow.persons.need(stay.person_id)
        if other.to_at is not None:
            raise RuleViolation("checkin.overlaps", field="at", number=person.number, started=other.from_at, ended=other.to_at)
        shelter = uow.shelters.get(other.shelter_id)
        raise RuleViolation(
            "checkin.already_staying",
            field="at",
            record=person.id,
            number=person.number,
            shelter=shelter.name if shelter else "",
            since=other.from_at,
        )
