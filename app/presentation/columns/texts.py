"""How moments, dates, ages and counts stand in the cells of lists. Remembered, because a list repeats them."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from app.domain.dates import format_fuzzy, format_instant, parse_date
from app.domain.errors import SasaeError
from app.presentation.labels import label

_LONG_ERA = re.compile("(?:大正|昭和|平成|令和)(?:元|[1-9][0-9]?)年(?:1[0-2]|[1-9])月(?:[12][0-9]|3[01]|[1-9])日")


def place_words(bank: str, bank_name: str, branch: str, branch_name: str) -> str:
    """Bank and branch by their names; where the list has none the code, which for a branch is called 店番."""
    return " ".join(filter(None, (bank_name or bank, branch_name or (f"店番{branch}" if branch else ""))))


def moment_long(moment: datetime | None) -> str:
    """令和6年1月5日 18時00分, in Japan time; nothing for none."""
    return _minute_long(moment.replace(second=0, microsecond=0)) if moment else ""


@lru_cache(maxsize=65_536)
def _minute_long(minute: datetime) -> str:
    """Minutes come again in long lists, seconds do not."""
    return format_instant(minute)


def moment_short(moment: datetime | None) -> str:
    """1/5 18:00, in Japan time; nothing for none."""
    return _minute_short(moment.replace(second=0, microsecond=0)) if moment else ""


@lru_cache(maxsize=65_536)
def _minute_short(minute: datetime) -> str:
    return format_instant(minute, "short")


@lru_cache(maxsize=65_536)
def birth_era(birth: str) -> str:
    """A birth date with its era; what cannot be read stays as written, and so does what is written that way already."""
    return birth if _LONG_ERA.fullmatch(birth) else _birth(birth, short=False)


@lru_cache(maxsize=65_536)
def birth_short(birth: str) -> str:
    """S20.3.1; what is not known to the day in words."""
    return _birth(birth, short=True)


def _birth(birth: str, *, short: bool) -> str:
    if not birth.strip():
        return ""
    try:
        return format_fuzzy(parse_date(birth, lenient=True), "short" if short else "long")
    except SasaeError:
        return birth


@lru_cache(maxsize=1024)
def age_words(age: int | None, exact: bool) -> str:
    """78, 約78 when the birth date is known only roughly, nothing when it is not known at all."""
    return "" if age is None else str(age) if exact else f"約{age}"


@lru_cache(maxsize=1024)
def needs_words(needs: tuple[str, ...]) -> str:
    """The conditions joined."""
    return "、".join(label("person.needs", need) for need in needs)


def count_text(value: int | None) -> str:
    """A number; nothing for none."""
    return "" if value is None else str(value)


def signed_text(value: int | None) -> str:
    """+3, -2, 0."""
    return "" if value is None else f"{value:+d}" if value else "0"


def flag_text(value: bool) -> str:
    """A circle for yes, nothing for no."""
    return "○" if value else ""
