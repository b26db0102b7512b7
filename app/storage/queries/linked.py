"""Registrations that a person decided to be the same human being: whoever is registered twice counts once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from app.storage.queries.base import chunked, marks

_PAIRS = (
    "SELECT first_id, second_id FROM person_decision WHERE decision = 'same' AND NOT deleted"
    " AND substr(first_id, 1, 9) <> 'resident:' AND substr(second_id, 1, 9) <> 'resident:'"
)


def linked_people(connection: Connection) -> dict[str, str]:
    """Of everybody who is linked to somebody, the registration that stands for all of them: the same on every laptop. Usually few."""
    stands: dict[str, str] = {}

    def find(one: str) -> str:
        while stands.get(one, one) != one:
            one = stands[one]
        return one

    for first, second in connection.exec_driver_sql(_PAIRS):
        low, high = sorted((find(first), find(second)))
        stands[low], stands[high] = low, low
    return {one: find(one) for one in stands}


def stays_of_linked(connection: Connection, linked: Mapping[str, str]) -> list[Any]:
    """``(shelter, person, from, to)`` of all stays of these people."""
    found: list[Any] = []
    for part in chunked(sorted(linked)):
        query = f"SELECT shelter_id, person_id, from_at, to_at FROM stay WHERE NOT deleted AND person_id IN ({marks(part)})"
        found += connection.exec_driver_sql(query, tuple(part)).all()
    return found


def counted_twice(stays: Iterable[Any], linked: Mapping[str, str], at: int) -> dict[str, int]:
    """By shelter, how many registrations too many stand on its roster at a moment."""
    here: dict[str, set[str]] = defaultdict(set)
    for shelter, person, start, end in stays:
        if start <= at and (end is None or end > at):
            here[shelter].add(person)
    return {shelter: len(people) - len({linked[one] for one in people}) for shelter, people in here.items()}
