"""Cells as values: yes and no, numbers, moments, codes. Each answers a value or says why not; none guesses."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from app import resources
from app.domain.dates import JST, parse_date, parse_instant
from app.domain.errors import RuleViolation, SasaeError
from app.domain.words import find_code, find_code_within

_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")
_NO_YEAR = re.compile(r"\d{1,2}\s*([/.\-\u6708])\s*\d{1,2}(?!\d*\s*\u6708)")
_DIGITS = re.compile(r"\d+")
_SKEW = timedelta(days=1)


def words(name: str) -> Any:
    """An entry of ``resources/import/row_words.toml``."""
    return resources.read_toml("import", "row_words.toml")[name]


def fold_word(text: str) -> str:
    """A short text without width, case and spaces, for comparing with a list of words."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


@lru_cache(maxsize=16)
def word_set(*path: str) -> frozenset[str]:
    """A list of ``row_words.toml``, folded."""
    found: Any = resources.read_toml("import", "row_words.toml")
    for key in path:
        found = found[key]
    return frozenset(map(fold_word, found))


def is_total(name: str) -> bool:
    """Whether a row of this name is the sum of the others."""
    return fold_word(name) in word_set("totals")


@lru_cache(maxsize=4096)
def read_yes_no(text: str) -> bool | None:
    """``(1)``, ``1.0``, a circle and the like; blank is no; None for a text that says neither."""
    if not text.strip():
        return False
    code = find_code("yes_no", text)
    return None if code is None else code == "yes"


@lru_cache(maxsize=4096)
def read_protected(text: str) -> tuple[bool, bool]:
    """``(protected, understood)``. Blank is no. A word nobody knows counts as protected: the strict side."""
    folded = fold_word(text)
    if not folded or folded in word_set("protected", "no"):
        return False, True
    if folded in word_set("protected", "yes"):
        return True, True
    code = find_code("yes_no", text)
    return (code != "no", True) if code in ("yes", "no") else (True, False)


@lru_cache(maxsize=1)
def _units() -> tuple[str, ...]:
    return tuple(sorted(map(fold_word, words("units")), key=len, reverse=True))


def read_integer(text: str) -> int | None:
    """A whole number of any width, with thousands separators and a unit behind; None for anything else. ``12.0`` is 12."""
    plain = fold_word(text)
    for unit in _units():
        plain = plain.removesuffix(unit)
    if not _NUMBER.fullmatch(plain) or len(plain) > 30:
        return None
    number = float(plain.replace(",", "")) if "." in plain else int(plain.replace(",", ""))
    return int(number) if number == int(number) else None


def read_float(text: str) -> float | None:
    """A decimal number of any width; None for anything else."""
    plain = fold_word(text)
    return float(plain) if _NUMBER.fullmatch(plain) and "," not in plain else None


def read_moment(text: str, *, about: datetime | None = None) -> datetime:
    """A moment in any style. A date without a year (``1/5 18:00``) is the last such day before a day after ``about``.

    RuleViolation ``date.*`` when it cannot be read.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _NO_YEAR.match(plain)
    if about is None or not found:
        return parse_instant(plain)
    mark = "\u5e74" if found[1] == "\u6708" else found[1]
    year = (about.astimezone(JST) + _SKEW).year
    for candidate in (year, year - 1, year - 2, year - 3, year - 4):
        try:
            moment = parse_instant(f"{candidate}{mark}{plain}")
        except SasaeError as fault:
            if fault.code == "date.impossible" and candidate > year - 4:
                continue  # 29 February of another year
            raise RuleViolation(fault.code, **{**fault.params, "text": text}) from fault
        if moment <= about + _SKEW:
            return moment
    raise RuleViolation("date.unreadable", text=text)


@lru_cache(maxsize=200_000)
def birth_problem(text: str) -> str | None:
    """The code of what is odd about a birth date as written; None when it is in order, unknown in words, or blank."""
    if not text or text.isspace():
        return None
    try:
        return parse_date(text, lenient=True).warning
    except SasaeError as fault:
        return fault.code


def find_loosely(group: str, text: str) -> tuple[str | None, bool]:
    """``(code, exact)``: the code of the word, or the one whose word stands in the text."""
    code = find_code(group, text)
    return (code, True) if code is not None else (find_code_within(group, text), False)


def is_negated(text: str) -> bool:
    """Whether the text says that something is not the case."""
    folded = fold_word(text)
    return find_code("yes_no", text) == "no" or any(folded.endswith(ending) for ending in word_set("negations"))


def has_digits(text: str) -> bool:
    """Whether any digit stands in the text."""
    return bool(_DIGITS.search(text))
