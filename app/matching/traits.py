"""Traits made comparable: names as parts in writing and reading, addresses as town and numbers, dates as numbers.

Readings are folded (see ``domain.folding``) and coded one byte a sound, because DuckDB's distances count bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from app import resources
from app.domain.addresses import split_address, strip_municipality
from app.domain.folding import fold_kana, fold_name
from app.domain.words import find_code

_SOUNDS = "abcdefghijklmnopqrstuvwxyz!#$%&()*+,-./:;<=>?@[]^_{|}~"
_KATAKANA = range(0x30A1, 0x30FB)
_KANA_ONLY = re.compile(r"[\u30a1-\u30fa\u30fc]+")
_FIGURES = re.compile(r"\D?(\d{1,2})\D(\d{1,2})\D(\d{1,2})\D?")
_NOT_DIGIT = re.compile(r"\D+")
_LONGEST_FAMILY = 6
_COMMON_PREFIX = 0.3


class NameParts(NamedTuple):
    """Family and given name, folded; family empty when nobody knows where it ends."""

    family: str
    given: str


@lru_cache(maxsize=1)
def _sound_codes() -> dict[int, str]:
    """Folded katakana to one ASCII character each; capitals and digits stay free for names in letters."""
    kept = sorted({key for code in _KATAKANA for key in fold_kana(chr(code))})
    return {ord(kana): _SOUNDS[at] for at, kana in enumerate(kept)}


def code_sounds(folded: str) -> str:
    """A folded reading, one byte a sound."""
    return folded.translate(_sound_codes())


def is_kana(folded: str) -> bool:
    """Whether a folded text is kana only."""
    return bool(_KANA_ONLY.fullmatch(folded))


class Namer(dict[str, NameParts]):
    """Splits names. Families are learnt from the residents whose names have a space: ``namer[text]`` are the parts of a resident's name."""

    def __init__(self) -> None:
        super().__init__()
        self._families: set[str] = set()
        self._endings = [fold_kana(ending) for ending in resources.read_toml("matching.toml")["names"]["endings"]]

    def __missing__(self, text: str) -> NameParts:
        words = text.split()
        if len(words) > 1:
            parts = NameParts(fold_name(words[0]), "".join(map(fold_name, words[1:])))
            self._families.add(parts.family)
        else:
            parts = NameParts("", fold_name(text))
        self[text] = parts
        return parts

    def read(self, text: str) -> NameParts:
        """Parts of a typed name: by its space, else by the longest family known among the residents."""
        words = text.split()
        if not words:
            return NameParts("", "")
        if not self._families:
            return NameParts("", "".join(map(fold_name, words)))
        if len(words) > 1:
            return NameParts(fold_name(words[0]), "".join(map(fold_name, words[1:])))
        whole = fold_name(text)
        for length in range(min(_LONGEST_FAMILY, len(whole) - 1), 0, -1):
            if whole[:length] in self._families:
                return NameParts(whole[:length], whole[length:])
        return NameParts("", whole)

    def bare(self, given: str) -> str:
        """A folded given name without the ending of a pet name; as it is when nothing would be left."""
        for ending in self._endings:
            if given.endswith(ending) and len(given) > len(ending):
                return given[: -len(ending)]
        return given


class Typed(NamedTuple):
    """A typed name as writing (empty where kana were typed for it) and reading."""

    writing: NameParts
    reading: NameParts
    bare: str


def read_typed(names: Namer, sounds: Namer, name: str, kana: str) -> Typed:
    """What was typed for a name: kana in the name column count as reading and say nothing about the writing, and the other way round.

    ``bare`` is the reading of the given name without the ending of a pet name, empty when it has none.
    """
    writing = names.read(name)
    if kana.strip():
        reading = sounds.read(kana)
    elif is_kana(writing.family + writing.given):
        reading = sounds.read(name)
    else:
        reading = writing
    reading = NameParts(*(part if is_kana(part) else "" for part in reading))
    writing = NameParts(*("" if is_kana(part) else part for part in writing))
    bare = sounds.bare(reading.given)
    return Typed(writing, reading, bare if bare != reading.given else "")


class Placer:
    """Addresses as town and numbers, without the municipality's own name, which most addresses begin with.

    Plain ones (a town without figures, then figures) are taken apart by one pattern, ten times as fast as the general way and with the
    same outcome; the rest goes the general way.
    """

    def __init__(self) -> None:
        rules = resources.read_toml("fold", "address.toml")
        joint = rf"(?:{'|'.join(rules['block'])}|[{rules['between']}{re.escape(rules['dashes'])}])+"
        numeral = rules["digits"] + rules["ten"] + rules["hundred"] + rules["thousand"]
        last = f"[^0-9{numeral}{rules['between']}{re.escape(rules['dashes'])}\\s]"
        self._plain = re.compile(rf"([^0-9]*{last})([0-9]+)(?:{joint}([0-9]+))?(?:{joint}([0-9]+))?(?:{joint})?(?:\s.*)?")
        self._width = {0xFF10 + n: 0x30 + n for n in range(10)}
        self._ends: str = rules["municipal"]
        self._own = ""
        self._towns: dict[str, str] = {}

    def learn(self, texts: Iterable[str]) -> None:
        """Take the municipality's name from a sample of addresses, where the list of municipalities does not know it."""
        towns = [strip_municipality(split_address(text).town) for text in texts if text]
        counts = Counter(town[:n] for town in towns for n in range(2, min(7, len(town))) if town[n - 1] in self._ends)
        common = [start for start, count in counts.items() if count > _COMMON_PREFIX * len(towns)]
        self._own = max(common, key=len, default="")
        self._towns.clear()

    def read(self, text: str) -> tuple[str, str]:
        """``(town, numbers)``; numbers like ``2-3-4``, both empty where nothing is given."""
        plain = self._plain.fullmatch(text.translate(self._width))
        if plain is None:
            parts = split_address(text)
            return self._without_own(parts.town), "-".join(map(str, parts.numbers))
        before, *figures = plain.groups()
        town = self._towns.get(before)
        if town is None:
            town = self._towns[before] = self._without_own(split_address(f"{before}1-1").town)
        return town, "-".join([figure.lstrip("0") or "0" for figure in figures if figure])

    def _without_own(self, town: str) -> str:
        town = strip_municipality(town)
        return town[len(self._own) :] if self._own and town.startswith(self._own) and len(town) > len(self._own) else town


@lru_cache(maxsize=1000)
def sex_number(text: str) -> int:
    """1 male, 2 female, 0 unknown; from a code or a word."""
    return {"male": 1, "female": 2}.get(find_code("sex", text) or "", 0)


def births(text: str, low: int | None, high: int | None) -> tuple[int, int, int]:
    """``(low, high, figures)``: 0 where nothing is known; figures is yymmdd of a date without its era, else 0."""
    if low is not None and high is not None:
        return low, high, 0
    figures = _FIGURES.fullmatch(text.strip()) if text and low is None and high is None else None
    if figures is None:
        return low or 0, high or 0, 0
    year, month, day = map(int, figures.groups())
    return 0, 0, year * 10_000 + month * 100 + day if 1 <= month <= 12 and 1 <= day <= 31 else 0


def phone_digits(*texts: str) -> str:
    """The first number given, digits only; empty for less than nine."""
    for text in texts:
        digits = _NOT_DIGIT.sub("", text if text.isascii() else "".join(str(int(c)) if c.isdecimal() else c for c in text))
        if len(digits) >= 9:
            return digits
    return ""


def weights() -> Mapping[str, Mapping[str, float]]:
    """The figures of ``resources/matching.toml``."""
    return resources.read_toml("matching.toml")
