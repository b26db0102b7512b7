"""Whether columns hold what their headings say: the first rows tell a birth date in the column of readings before anything is written.

Judged is only what is plain: a column counts as wrong when nearly every filled cell looks like something else and next to none like
what it should be. Names in Latin letters, empty columns, codes and words nobody expects are no reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app import resources
from app.domain.dates import parse_date
from app.domain.errors import InputFault, SasaeError
from app.interchange.importing.reading import SourceTable
from app.interchange.importing.shaping import first_rows, read_era_code
from app.interchange.importing.values import birth_problem

SAMPLE = 500
_FEWEST = 3
"""Fewer filled cells than this tell nothing."""
_WRONG, _OWN = 0.8, 0.1
_DOUBT, _OWN_DOUBT = 0.5, 0.4
_KANA = re.compile(r"[\u3041-\u309f\u30a0-\u30ff\s\u30fb.=\-]+")
_POSTAL = re.compile(r"(?:\u3012\s*)?\d{3}\s*-\s*\d{4}|\d{7}")
_PHONE = re.compile(r"(?:\+81|0)[\d\s()\-]{8,15}")
_KANJI = re.compile(r"[\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_NAME = re.compile(r"[^\d@/:;,.]{2,30}")
_LETTERS = re.compile(r"[A-Za-z]{2}")

Found = tuple[str, str, dict[str, Any]]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=4)
def _words(kind: str) -> frozenset[str]:
    return frozenset(_plain(word).casefold() for word in resources.read_toml("import", "plausible.toml")["words"][kind])


@lru_cache(maxsize=8192)
def _is_date(text: str) -> bool:
    digits = sum(char.isdecimal() for char in text)
    if digits < 3 or _POSTAL.fullmatch(text) or (digits < 6 and re.fullmatch(r"[\d\s./-]+", text)):  # 1-2-3 is a block and house
        return False
    try:
        return parse_date(text, lenient=True).earliest is not None
    except SasaeError:
        return False


def _is_kana(text: str) -> bool:
    return bool(_KANA.fullmatch(text)) and any("\u3041" <= char <= "\u30fa" for char in text)


def _is_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text)) and 9 <= sum(char.isdecimal() for char in text) <= 13


def _is_address(text: str) -> bool:
    if len(text) < 5 or not _KANJI.search(text) or _is_date(text):
        return False
    words = sum(word in text for word in _words("address"))
    return words >= 2 or (words == 1 and any(char.isdecimal() for char in text))


def _is_name(text: str) -> bool:
    """Characters of a name and nothing that others have too."""
    return bool(_NAME.fullmatch(text) and _KANJI.search(text)) and text.casefold() not in (_words("relation") | _words("sex"))


_LOOKS: Mapping[str, Callable[[str], bool]] = {
    "date": _is_date,
    "kana": _is_kana,
    "phone": _is_phone,
    "postal": lambda text: bool(_POSTAL.fullmatch(text)),
    "sex": lambda text: text.casefold() in _words("sex"),
    "relation": lambda text: text in _words("relation"),
    "address": _is_address,
    "name": lambda text: _is_name(text) and not _is_address(text),
    "number": lambda text: text.isdecimal(),
}
_OTHERS: Mapping[str, tuple[str, ...]] = {
    "name": ("date", "phone", "postal", "address", "sex", "relation", "number"),
    "kana": ("date", "phone", "postal", "address", "sex", "relation", "number"),
    "birth": ("phone", "postal", "kana", "name", "address", "sex", "relation"),
    "sex": ("date", "phone", "postal", "kana", "name", "address", "relation"),
    "relation": ("date", "phone", "postal", "address", "sex"),
    "postal": ("date", "phone", "kana", "name", "address", "sex", "relation"),
    "address": ("date", "phone", "postal", "sex", "relation"),
    "phone": ("date", "postal", "address", "sex", "relation"),
    "resident_no": ("kana", "address", "sex", "relation"),
}
"""What a field cannot be, as far as a look tells. A name in kana only, a number in an address, a person behind a telephone are usual."""
_KIND = {"birth": "date", "resident_no": "number"}
_FIELD = {"date": "birth", "number": "resident_no"}


@dataclass(frozen=True, slots=True)
class _Column:
    """A mapped column: how many of its filled sample cells look like each kind, as shares."""

    key: str
    heading: str
    filled: int
    shares: Mapping[str, float]

    @property
    def own(self) -> float:
        """The share that looks like what it should be; a reading may be in Latin letters."""
        return self.shares[_KIND.get(self.key, self.key)]

    def looks_like(self, least: float, own: float) -> str:
        """The kind that this column rather is, or nothing."""
        if self.filled < _FEWEST or self.own >= own:
            return ""
        kind = max(_OTHERS[self.key], key=lambda one: self.shares[one])
        return kind if self.shares[kind] >= least else ""


def check_columns(table: SourceTable, columns: Mapping[str, int], *, force: bool = False) -> list[Found]:
    """``(code, heading, params)`` of columns in doubt, to be told as warnings.

    Raises InputFault ``import.columns_swapped`` (two columns that hold each other's values) or ``import.column_wrong`` before
    anything is read, unless ``force``, which makes warnings of them.
    """
    looked = {column.key: column for column in _look(table, columns)}
    found: list[Found] = []
    told: set[str] = set()
    for column in looked.values():
        kind = column.looks_like(_WRONG, _OWN) or _swapped_kind(column, looked)
        if not kind or column.key in told:
            continue
        other = looked.get(_FIELD.get(kind, kind))
        params: dict[str, Any] = {"looks": _say(kind)}
        if other is not None and other.key != column.key and (back := _kind_of_other(other, column, looked)):
            told.add(other.key)
            params |= {"other": other.heading, "other_looks": _say(back)}
            code = "import.columns_swapped"
        else:
            code = "import.column_wrong"
        if not force:
            raise InputFault(code, path=str(table.path), line=table.header_line, column=column.heading, **params)
        told.add(column.key)
        found.append((code, column.heading, params))
    doubts = [(column, column.looks_like(_DOUBT, _OWN_DOUBT)) for column in looked.values() if column.key not in told]
    return [*found, *(("import.column_doubtful", column.heading, {"looks": _say(kind)}) for column, kind in doubts if kind)]


def _kind_of_other(other: _Column, column: _Column, looked: Mapping[str, _Column]) -> str:
    """What the column holds whose values ``column`` has: beside a wrong one it is enough that it looks like that."""
    mirrored = _KIND.get(column.key, column.key)
    if other.shares[mirrored] >= _WRONG and other.own <= _OWN_DOUBT:
        return mirrored
    return other.looks_like(_WRONG, _OWN) or _swapped_kind(other, looked)


def _swapped_kind(column: _Column, looked: Mapping[str, _Column]) -> str:
    """Names and readings exchanged: either alone proves nothing, both together do."""
    pair = {"name": "kana", "kana": "name"}.get(column.key)
    other = looked.get(pair) if pair else None
    if pair is None or other is None or min(column.filled, other.filled) < _FEWEST:
        return ""
    both = column.shares[pair] >= _WRONG and other.shares[column.key] >= _DOUBT
    mirrored = other.shares[column.key] >= _WRONG and column.shares[pair] >= _DOUBT
    return pair if (both or mirrored) and column.shares[column.key] <= _OWN_DOUBT and other.shares[pair] <= _OWN_DOUBT else ""


def _say(kind: str) -> str:
    return str(resources.read_toml("import", "plausible.toml")["kinds"].get(kind, kind))


def _look(table: SourceTable, columns: Mapping[str, int]) -> list[_Column]:
    wanted = {key: at for key, at in columns.items() if key in _OTHERS}
    rows = first_rows(table, SAMPLE) if wanted else []
    return [_judge(key, table.heading(at), [row.cells[at] for row in rows]) for key, at in wanted.items()]


def _judge(key: str, heading: str, cells: Sequence[str]) -> _Column:
    texts = [read_era_code(text) if key == "birth" else text for text in map(_plain, cells) if text]
    shares = {kind: sum(map(look, texts)) / len(texts) if texts else 0.0 for kind, look in _LOOKS.items()}
    if key == "birth" and texts:  # unknown in words is a date too
        shares["date"] = sum(_is_date(text) or birth_problem(text) is None for text in texts) / len(texts)
    if key in ("name", "kana"):  # names of foreigners
        shares[key] = max(shares[key], sum(bool(_LETTERS.search(text)) for text in texts) / len(texts) if texts else 0.0)
    return _Column(key, heading, len(texts), shares)
