"""The rarer cases of a training folder: names with gaiji and variants, protection measures, people typed in badly.

Everything is drawn from the same invented residents; the words are in ``resources/defaults.toml``.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, MutableSequence, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from app import resources
from app.domain.evacuee import Person
from app.domain.invention import InventedResident
from app.domain.words import find_code
from app.usecases.characters import register_character
from app.usecases.context import Context
from app.usecases.protections import Target, add_protection, today
from app.usecases.rows import ResidentView

_SPACE = "\u3000"
_EVERY = 60
"""So many residents for each who is typed badly; at least ``_FEWEST``, at most ``_MOST``."""
_FEWEST, _MOST = 12, 60
_TERMS = ((-100, 265, False), (-340, 12, False), (-372, -7, False), (-10, 355, True))
"""Start and end of measures in days from today, and whether provisional: running, ending soon, overdue, provisional."""


def give_rare_names(people: MutableSequence[InventedResident], names: Sequence[tuple[str, str, bool]]) -> None:
    """Give every third household from the start on the next of the family names, as far as there are households."""
    wanted = iter(names)
    number, count, family = "", 0, None
    for place, one in enumerate(people):
        if one.household_no != number:
            number, count = one.household_no, count + 1
            family = next(wanted, None) if count % 3 == 1 and _SPACE in one.name else None
            old = one.name.partition(_SPACE)[0]
        if family is not None and one.name.partition(_SPACE)[0] == old:
            given, kana = one.name.partition(_SPACE)[2], one.kana.partition(_SPACE)[2]
            people[place] = one._replace(name=f"{family[0]}{_SPACE}{given}", kana=f"{family[1]}{_SPACE}{kana}", protected=False)


def register_training_characters(ctx: Context, words: Mapping[str, Any]) -> None:
    """One gaiji with a picture, one with a substitute; the third stays to be settled."""
    picture = base64.b64encode(resources.path("invention", "gaiji.png").read_bytes()).decode("ascii")
    text, substitute = words["gaiji_substituted"]
    register_character(ctx, text=words["gaiji_pictured"], picture=picture, description=words["gaiji_note"])
    register_character(ctx, text=text, substitute=substitute, description=words["gaiji_note"])


def protect_training_people(ctx: Context, persons: Sequence[Person], words: Mapping[str, Any]) -> None:
    """Measures in every state of their term for families that took shelter; the mother or father, with one named with them."""
    families: dict[str, list[Person]] = {}
    for person in persons:
        if person.resident_no and not person.protected:
            families.setdefault(person.household_id, []).append(person)
    chosen = [members for members in families.values() if len(members) > 1][5::5] or list(families.values())
    now = today(ctx)
    for (starts, ends, provisional), members in zip(_TERMS, chosen, strict=False):
        add_protection(
            ctx,
            target=Target(resident_no=members[0].resident_no),
            companions=[Target(resident_no=one.resident_no) for one in members[1:2]],
            starts=(now + timedelta(days=starts)).isoformat(),
            ends=(now + timedelta(days=ends)).isoformat(),
            provisional=provisional,
            note=words["protection_note"],
        )


def type_badly(ctx: Context, random: Random, words: Mapping[str, Any], *, known: Sequence[Person]) -> Iterator[dict[str, Any]]:
    """Residents as somebody typed them in a hurry, each kind of mistake in turn; every third of them a second time, otherwise.

    Nobody who is registered already, nobody under protection.
    """
    snapshot = ctx.reads.residents.active()
    if snapshot is None:
        return
    taken = {person.resident_no for person in known}
    rids = sorted(ctx.reads.residents.ids(snapshot_id=snapshot.id))
    count = min(max(len(rids) // _EVERY, _FEWEST), _MOST, len(rids) // 4)
    found = [view for view in ctx.reads.residents.page(random.sample(rids, min(len(rids), 4 * count))) if _typable(view, taken)]
    for place, view in enumerate(found[:count]):
        yield _mistake(view, place, words)
        if place % 3 == 0:
            yield _mistake(view, place + 1 + place // 3, words)


def _typable(view: ResidentView, taken: set[str]) -> bool:
    return bool(_SPACE in view.name and _SPACE in view.kana and view.birth and not view.protected and view.resident_no not in taken)


def _mistake(view: ResidentView, kind: int, words: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed for a resident."""
    right = {
        "name": view.name,
        "kana": view.kana,
        "birth": view.birth,
        "sex": find_code("sex", view.sex) or "unknown",
        "address": view.address,
    }
    closed, short = view.name.replace(_SPACE, ""), view.kana.replace(_SPACE, "")
    given = view.kana.partition(_SPACE)[2]
    changed: tuple[dict[str, Any], ...] = (
        {},
        {"name": closed, "kana": short, "address": ""},
        {"name": "", "kana": short, "address": ""},
        {"birth": "", "address": words["visitor_address"]},
        {"kana": short[:-1], "sex": "unknown"},
        {"name": view.kana, "birth": "", "address": ""},
        {"name": closed[:-1], "kana": "", "address": ""},
        {"kana": view.kana.replace(given, given[::-1]), "birth": ""},
    )
    return {**right, **changed[kind % len(changed)]}
