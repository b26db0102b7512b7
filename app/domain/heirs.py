"""Who comes first for the money of somebody who died: relations to the head of a household turned into relations to the dead. DOMAIN 4.2.

Order of the law on condolence grants: spouse, children, parents, grandchildren, grandparents; brothers and sisters only when they lived
together. Relations are read from 続柄; what cannot be read puts nobody in any rank: a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.payments import HEIRS
from app.domain.relations import read_relation

_EDGE = {
    "husband": "s", "wife": "s", "spouse": "s", "child": "d", "father": "u", "mother": "u", "parent": "u", "sibling": "b",
    "grandparent": "uu", "grandchild": "dd",
}  # fmt: skip
"""One step from a person: s spouse, d child, u parent, b brother or sister."""
_BACK = {"s": "s", "d": "u", "u": "d", "b": "b"}
_SHORTER = {"ud": "b", "bu": "u", "sd": "d", "us": "u", "bb": "b", "ss": "", "du": "s", "db": "d", "dus": "", "udd": "bd"}
"""Steps that together are one: a parent's child is a sibling, a spouse's child a child, a parent's spouse a parent, a child's parent the spouse."""
_RANK = {"s": "spouse", "d": "child", "u": "parent", "dd": "grandchild", "uu": "grandparent", "b": "sibling"}
ADULT = 18
"""Years from which nobody needs a guardian (Civil Code since 2022)."""


@dataclass(frozen=True, slots=True)
class Heir:
    """``place`` in the list of members that was given; ``order`` from 1 (spouse); ``equals``: how many stand in the same rank."""

    place: int
    role: str
    order: int
    equals: int


def relation_to(dead: str, member: str, *, household: Sequence[str] = ()) -> str:
    """The role (of ``HEIRS``) that somebody has to the dead, from the 続柄 of both to the head; "" for no heir or when it cannot be told.

    ``household``: the 続柄 of all members. Whose wife the 子の妻 is, is told only when there is one child.
    """
    first, second = _path(dead), _path(member)
    if first is None or second is None:
        return ""
    paths = [_path(word) for word in household]
    if first and second and first[0] == second[0] and paths.count(first[0]) == 1:
        first, second = first[1:], second[1:]  # by way of one and the same person
    path = "".join(_BACK[step] for step in reversed(first)) + second
    return _RANK.get(_shorten(path), "")


def rank_heirs(dead: int, relations: Sequence[str]) -> list[Heir]:
    """Heirs among the members of a household in legal order; in one rank in the order given. ``relations``: 続柄 of every member to the head."""
    roles = [(place, relation_to(relations[dead], word, household=relations)) for place, word in enumerate(relations) if place != dead]
    found = [(HEIRS.index(role) + 1, place, role) for place, role in roles if role]
    ranks = [order for order, _, _ in found]
    return [Heir(place=place, role=role, order=order, equals=ranks.count(order)) for order, place, role in sorted(found)]


def _path(relation: str) -> str | None:
    """Steps from the head; None when the word is not known or says nothing exact."""
    read = read_relation(relation)
    if read.problem or any(step not in _EDGE and step != "head" for step in read.steps):
        return None
    return "".join(_EDGE.get(step, "") for step in read.steps)


def _shorten(path: str) -> str:
    """The same relation in fewest steps. ``du`` is taken for the spouse: the other parent of a common child."""
    while True:
        shorter = path
        for long, short in _SHORTER.items():
            if long in ("du",) and len(path) > 2:
                continue
            shorter = shorter.replace(long, short)
        if shorter == path:
            return path
        path = shorter
