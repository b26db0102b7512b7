"""Two sets of residents side by side: who appeared, who left, whose fields changed.

People are paired by 宛名番号 where both sets have numbers, else by folded name and birth date; namesakes born on one day are paired in
the order they stand in. Rows stream through; of each person of the first set only two numbers are kept.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from app.domain.dates import parse_date
from app.domain.errors import SasaeError
from app.domain.folding import fold_kana, fold_name
from app.domain.resident import ResidentRow

COMPARED = (
    "resident_no",
    "household_no",
    "name",
    "kana",
    "birth",
    "sex",
    "relation",
    "postal",
    "address",
    "district",
    "phone",
    "nationality",
    "protected",
    "alias",
)
"""Fields whose change is told. The place in the household is not: it moves whenever somebody else comes or goes."""
_PLACES = tuple(ResidentRow._fields.index(name) for name in COMPARED)

Placed = tuple[int, ResidentRow]
"""A row and where it stands in the store."""


class FieldChange(NamedTuple):
    """One field of one person: what it was, what it is."""

    field: str
    old: str
    new: str


class Differences(NamedTuple):
    """Places of rows: only in the second set, only in the first, pairs that differ; and how many pairs are alike."""

    appeared: array[int]
    left: array[int]
    changed_before: array[int]
    changed_after: array[int]
    unchanged: int


@lru_cache(maxsize=100_000)
def _birth_key(text: str) -> str:
    try:
        found = parse_date(text, lenient=True)
    except SasaeError:
        return text.strip()
    return f"{found.earliest}/{found.latest}"


def _key(row: ResidentRow, by_number: bool) -> int:
    if by_number and row.resident_no:
        return hash(row.resident_no)
    return hash((fold_name(row.name) if row.name else fold_kana(row.kana), _birth_key(row.birth)))


def _content(row: ResidentRow) -> int:
    return hash(tuple([row[place] for place in _PLACES]))


def find_differences(before: Iterable[Sequence[Placed]], after: Iterable[Sequence[Placed]], *, by_number: bool) -> Differences:
    """Compare two streams of batches. With ``by_number`` people with a number are paired by it, others by name and birth."""
    known: dict[int, int] = {}
    places, contents = array("q"), array("q")
    for batch in before:
        for place, row in batch:
            key, count = _key(row, by_number), 0
            while key in known:
                count += 1
                key = hash((key, count))
            known[key] = len(places)
            places.append(place)
            contents.append(_content(row))
    met = bytearray(len(places))
    appeared, old, new = array("q"), array("q"), array("q")
    unchanged = 0
    for batch in after:
        for place, row in batch:
            key, count = _key(row, by_number), 0
            while (at := known.get(key)) is not None and met[at]:
                count += 1
                key = hash((key, count))
            if at is None:
                appeared.append(place)
                continue
            met[at] = 1
            if contents[at] == _content(row):
                unchanged += 1
            else:
                old.append(places[at])
                new.append(place)
    left = array("q", [place for at, place in enumerate(places) if not met[at]])
    return Differences(appeared, left, old, new, unchanged)


def changed_fields(before: ResidentRow, after: ResidentRow) -> tuple[FieldChange, ...]:
    """The fields in which two rows of one person differ, in order."""
    return tuple(
        FieldChange(name, _text(before[place]), _text(after[place]))
        for name, place in zip(COMPARED, _PLACES, strict=True)
        if before[place] != after[place]
    )


def _text(value: object) -> str:
    return "yes" if value is True else "no" if value is False else str(value)
