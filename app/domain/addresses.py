"""Japanese addresses: the town part, the block numbers, and whether two writings mean one place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.domain.folding import fold_address
from app.domain.municipality import list_municipalities

_NUMBERS = re.compile(r"\d+(?:-\d+)*")


@dataclass(frozen=True, slots=True)
class AddressParts:
    """A folded address: ``town`` up to the first block number, the block ``numbers``, and the ``rest`` (building, room)."""

    town: str
    numbers: tuple[int, ...]
    rest: str


def split_address(text: str) -> AddressParts:
    """Take an address apart. The numbers are the last run of digits joined by separators that a building may follow.

    Parts are folded (see :func:`app.domain.folding.fold_address`): for comparing, not for printing.
    """
    key = fold_address(text)
    runs = list(_NUMBERS.finditer(key))
    if not runs:
        return AddressParts(key, (), "")
    # A long run is the block number; else the first run that nothing but a building follows.
    chosen = next((run for run in runs if "-" in run[0]), None) or _first_block(key, runs)
    return AddressParts(key[: chosen.start()], tuple(map(int, chosen[0].split("-"))), key[chosen.end() :])


def _first_block(key: str, runs: list[re.Match[str]]) -> re.Match[str]:
    """The first number that is not part of a name such as 北2条."""
    for run in runs:
        if not re.match(r"[\u6761\u7dda\u753a\u533a\u4e01]", key[run.end() :]):
            return run
    return runs[-1]


@lru_cache(maxsize=1)
def _prefixes() -> tuple[dict[str, None], dict[str, None]]:
    """Folded names of prefectures, and of municipalities with and without their county."""
    prefectures: dict[str, None] = {}
    places: dict[str, None] = {}
    for item in list_municipalities():
        if item.is_prefecture:
            prefectures[fold_address(item.name)] = None
        else:
            places[fold_address(item.name)] = None
            places[fold_address(item.county + item.name)] = None
    return prefectures, places


def _strip(text: str, names: dict[str, None]) -> str:
    """Cut the longest of the names off the beginning, unless nothing would be left."""
    for length in range(min(len(text) - 1, 14), 1, -1):
        if text[:length] in names:
            return text[length:]
    return text


def strip_municipality(town: str) -> str:
    """A folded town part without prefecture, county, city and ward in front."""
    prefectures, places = _prefixes()
    return _strip(_strip(town, prefectures), places)


def same_place(a: str, b: str) -> bool:
    """Whether two addresses mean the same block: 2丁目3番, 2の3, 2―3 and 二丁目三番地 do.

    A missing prefecture or municipality on one side is allowed, rooms and buildings are left out of account.
    Texts without any block number are the same only if they are equal; blank text is never the same as anything.
    """
    left, right = split_address(a), split_address(b)
    if not (left.town or left.numbers) or left.numbers != right.numbers:
        return False
    return left.town == right.town or strip_municipality(left.town) == strip_municipality(right.town)
