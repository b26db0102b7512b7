"""What those without the right may not learn: protected people are, for them, not there at all (decision 006).

``Context.reads`` leaves them out of every answer. Here is what a writing use case needs beside it: refusing to act on somebody the
actor cannot know of in the same words as for somebody who does not exist, and recognising a protected person who is typed in as new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.dates import parse_date
from app.domain.errors import RuleViolation, SasaeError
from app.domain.folding import fold_kana, fold_name
from app.usecases.context import Context
from app.usecases.ports import UnitOfWork
from app.usecases.rows import SearchHit

LIKELY = 50
"""People of one name that are looked at."""


def sees_protected(ctx: Context) -> bool:
    """Whether this actor may know of protected people."""
    return ctx.actor.may("see_protected")


def refuse_hidden(ctx: Context, uow: UnitOfWork, person_ids: Iterable[str]) -> None:
    """RuleViolation ``record.not_found`` for a person the actor may not know of, as for one who does not exist."""
    if sees_protected(ctx):
        return
    hidden = uow.reads.protected().persons
    for person_id in person_ids:
        if person_id in hidden:
            raise RuleViolation("record.not_found", kind="person", record=person_id)


def is_hidden_resident(ctx: Context, uow: UnitOfWork, resident_id: str) -> bool:
    """Whether the actor may not know of this resident."""
    return uow.reads.seen_by(see_protected=sees_protected(ctx)).residents.get(resident_id) is None


def protected_likeness(uow: UnitOfWork, values: Mapping[str, Any]) -> list[SearchHit]:
    """Protected people whom typed values may mean: registered first, then residents.

    Name or reading is the same, and the birth date may be: one left out or known in part speaks for nobody and against nobody, because
    nobody shall slip onto a list by leaving it out.
    """
    name, kana, birth = (str(values.get(key, "")) for key in ("name", "kana", "birth"))
    if uow.reads.protected().names.isdisjoint((fold_name(name), fold_kana(kana))):
        return []
    found = [hit for hit in uow.reads.persons.namesakes(name=name, kana=kana, birth=birth) if hit.protected]
    if uow.reads.residents.active() is None:
        return found
    seen: set[str] = set()
    for text in (name, kana):
        if not "".join(text.split()):
            continue
        hits, _, _ = uow.reads.search.find("".join(text.split()), birth=_day(birth), within="residents", limit=LIKELY)
        fresh = [hit for hit in hits if hit.protected and hit.id not in seen and _same_name(hit, name, kana) and _may_be(hit.birth, birth)]
        seen |= {hit.id for hit in fresh}
        found += fresh
    return found


def _same_name(hit: SearchHit, name: str, kana: str) -> bool:
    return bool(name and fold_name(name) == fold_name(hit.name)) or bool(kana and fold_kana(kana) == fold_kana(hit.kana))


def _day(birth: str) -> str:
    return birth if _span(birth) is not None else ""


def _span(text: str) -> tuple[Any, Any] | None:
    try:
        found = parse_date(text, lenient=True)
    except SasaeError:
        return None
    return (found.earliest, found.latest) if found.earliest and found.latest else None


def _may_be(known: str, typed: str) -> bool:
    left, right = _span(known), _span(typed)
    return left is None or right is None or bool(left[0] <= right[1] and right[0] <= left[1])
