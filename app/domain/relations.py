"""続柄: reading the words of a household's relations, the standard order of its members, and what does not fit together.

Nothing is inferred: a word that is missing or unknown stays so and puts the person last. Tables: ``resources/relations.toml``.
Source: standard specification of resident record systems, 続柄 and the order of members (DOMAIN 7.1).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeVar

from app import resources
from app.domain.dates import parse_date
from app.domain.errors import SasaeError

Member = TypeVar("Member")


class Relation(NamedTuple):
    """A relation as read. ``steps`` are codes of ``[steps]``, none when a word is unknown; ``rank`` as in ``[ranks]``.

    ``problem`` is ``""``, ``missing``, ``unknown``, ``circular`` or ``too_long``.
    """

    steps: tuple[str, ...]
    rank: int
    problem: str = ""


class _Tables(NamedTuple):
    ranks: dict[str, int]
    steps: dict[str, str]
    codes: dict[str, str]
    join: str
    most: int
    circular: frozenset[tuple[str, str]]
    chained: dict[tuple[str, str], str]
    groups: dict[str, str]


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    data = resources.read_toml("relations.toml")
    steps = {_fold(word): code for code, words in data["steps"].items() for word in words}
    chains = data["chains"]
    return _Tables(
        ranks=data["ranks"],
        steps=steps,
        codes=data["codes"],
        join=chains["join"],
        most=chains["most"],
        circular=frozenset((a, b) for a, b in chains["circular"]),
        chained={(a, b): rank for a, b, rank in chains["ranks"]},
        groups={step: group for group, members in data["groups"].items() for step in members},
    )


@lru_cache(maxsize=8192)
def read_relation(text: str) -> Relation:
    """A relation as written: a word, words chained with の, or the usual codes."""
    tables = _tables()
    plain = _fold(text)
    if not plain:
        return Relation((), tables.ranks["unknown"], "missing")
    if plain.isascii() and plain.isdigit():
        plain = _decode(plain, tables) or plain
    if plain in tables.steps:
        steps: tuple[str, ...] = (tables.steps[plain],)
        return Relation(steps, _rank(steps, tables))
    found = [tables.steps.get(word) for word in plain.split(tables.join)]
    known = tuple(step for step in found if step is not None)
    if len(known) < len(found):
        return Relation((), tables.ranks["unknown"], "unknown")
    if any(pair in tables.circular for pair in zip(known, known[1:], strict=False)) or (len(known) > 1 and known[-1] == "head"):
        return Relation(known, tables.ranks["unknown"], "circular")
    if known[0] == "head":
        known = known[1:]
    return Relation(known, _rank(known, tables), "too_long" if len(known) > tables.most else "")


def _decode(digits: str, tables: _Tables) -> str | None:
    """Words of two-digit codes one after the other; trailing zeros are no step."""
    if len(digits) % 2:
        digits = "0" + digits
    pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
    while len(pairs) > 1 and pairs[-1] == "00":
        pairs.pop()
    words = [tables.codes.get(pair) for pair in pairs]
    return None if None in words else tables.join.join(word for word in words if word)


def _rank(steps: Sequence[str], tables: _Tables) -> int:
    ranks = tables.ranks
    groups = [tables.groups.get(step, step) for step in steps]
    if len(steps) == 1:
        return ranks["child_family" if groups[0] == "grandchild" else groups[0]]
    if groups[0] in ("connected", "lodger"):
        return ranks[groups[0]]
    if len(steps) == 2 and (groups[0], groups[1]) in tables.chained:
        return ranks[tables.chained[groups[0], groups[1]]]
    return ranks["child_family" if groups[0] == "child" else "kin"]


@lru_cache(maxsize=100_000)
def _born(text: str) -> date:
    try:
        return parse_date(text, lenient=True).earliest or date.max
    except SasaeError:
        return date.max


def sort_members(members: Sequence[Member], key: Callable[[Member], tuple[str, str, str, int]]) -> list[Member]:
    """Members of a household in the standard order. ``key`` gives relation, birth date, 宛名番号 and the file's order (0: none).

    An order that the file gave goes before the table. Members of one rank stand by birth date and number; the order is stable.
    """
    facts = [key(member) for member in members]
    if any(order > 1 for *_, order in facts):
        return [members[at] for at in sorted(range(len(members)), key=lambda at: (facts[at][3] == 0, facts[at][3]))]

    def place(at: int) -> tuple[int, date, str]:
        relation, birth, number, _ = facts[at]
        return read_relation(relation).rank, _born(birth), number

    return [members[at] for at in sorted(range(len(members)), key=place)]
