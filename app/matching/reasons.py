"""Levels of agreement as codes that a person understands (words in ``resources/messages/matching.toml``)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from app.usecases.matching_rows import Reason


class Row(NamedTuple):
    """One candidate as the engine answers it."""

    pid: int
    rid: int
    place: int
    bits: float
    odds: float
    lead: float
    claimed: float
    taken: bool
    others: int
    fl: int
    gl: int
    bl: int
    sl: int
    al: int
    pl: int


_FAMILY = {1: "family_same", 2: "family_same", 3: "family_reading_same", 4: "family_reading_same", 5: "family_near", 6: "family_part"}
_GIVEN = {
    1: "given_same",
    2: "given_same",
    3: "given_reading_same",
    4: "given_reading_same",
    5: "given_near",
    6: "given_part",
    8: "given_nickname",
}
_BIRTH = {1: "birth_same", 2: "birth_figures", 3: "birth_within", 4: "birth_swapped", 5: "birth_era", 6: "birth_digit", 7: "birth_year"}
_ADDRESS = {1: "address_same", 2: "address_block", 3: "address_town"}
_AGAINST = (
    ("fl", 2, "family_reading_differs"), ("fl", 4, "family_writing_differs"), ("fl", 7, "family_differs"), ("fl", 9, "family_differs"),
    ("gl", 2, "given_reading_differs"), ("gl", 4, "given_writing_differs"), ("gl", 7, "given_differs"), ("gl", 9, "given_differs"), ("gl", 0, "given_missing"),
    ("bl", 8, "birth_differs"), ("bl", 9, "birth_differs"), ("bl", 0, "birth_missing"),
    ("sl", 2, "sex_differs"), ("al", 4, "address_differs"), ("pl", 2, "phone_differs"),
)  # fmt: skip


def reasons_of(row: Row) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """What speaks for and what speaks against a candidate."""
    return _reasons(row.fl, row.gl, row.bl, row.sl, row.al, row.pl, row.others)


@lru_cache(maxsize=20_000)
def _reasons(fl: int, gl: int, bl: int, sl: int, al: int, pl: int, others: int) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    levels = {"fl": fl, "gl": gl, "bl": bl, "sl": sl, "al": al, "pl": pl}
    if fl in (1, 2) and gl in (1, 2):
        names = ["name_same"]
    elif fl in (3, 4) and gl in (3, 4):
        names = ["reading_same"]
    else:
        names = [code for code in (_FAMILY.get(fl), _GIVEN.get(gl)) if code]
    codes = [*names, *(code for code in (_BIRTH.get(bl), _ADDRESS.get(al), "phone_same" if pl == 1 else None) if code)]
    found: list[Reason] = [(f"match.{code}", "") for code in codes]
    if others > 0:
        found.append(("match.household", str(others + 1)))
    against = tuple((f"match.{code}", "") for level, value, code in _AGAINST if levels[level] == value)
    return tuple(found), against
