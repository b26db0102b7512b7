"""Japanese eras as data (``resources/eras.toml``) and dates written in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app import resources


@dataclass(frozen=True, slots=True)
class Era:
    """One era. ``start`` and ``end`` bound what is shown in it; ``last`` is the last day that may be written in it."""

    name: str
    abbr: str
    letter: str
    square: str
    code: str
    start: date
    end: date | None
    last: date | None

    def western_year(self, year: int) -> int:
        """The western year of a year of this era; the first is 1."""
        return self.start.year + year - 1


@lru_cache(maxsize=1)
def list_eras() -> tuple[Era, ...]:
    """All eras, oldest first."""
    return tuple(
        Era(**{"end": None, "last": None, **row}) for row in sorted(resources.read_toml("eras.toml")["era"], key=lambda row: row["start"])
    )


@lru_cache(maxsize=1)
def lunar_until() -> date:
    """The last day counted in the lunar calendar (1872-12-31)."""
    value: date = resources.read_toml("eras.toml")["lunar_until"]
    return value


@lru_cache(maxsize=1)
def era_pattern() -> re.Pattern[str]:
    """Matches an era at the beginning of a folded text: name, abbreviation or letter (any case)."""
    names = [era.name for era in list_eras()]
    short = [sign for era in list_eras() for sign in (era.abbr, era.letter)]
    return re.compile("|".join((*names, *short)), re.IGNORECASE)


@lru_cache(maxsize=32)
def find_era(sign: str) -> Era:
    """The era with this name, abbreviation or letter. KeyError if there is none."""
    for era in list_eras():
        if sign in (era.name, era.abbr, era.square) or sign.upper() == era.letter:
            return era
    raise KeyError(sign)


def era_on(day: date) -> Era | None:
    """The era of a day; None before the first and in the years of the lunar calendar."""
    if day <= lunar_until():
        return None
    return next((era for era in reversed(list_eras()) if era.start <= day), None)
