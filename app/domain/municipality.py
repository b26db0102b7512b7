"""Municipality codes (全国地方公共団体コード) and names. Table: ``resources/municipalities.csv``."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from app import resources
from app.domain.errors import RuleViolation
from app.domain.folding import fold_kana, fold_name

_WEIGHTS = (6, 5, 4, 3, 2)


class MunicipalityCodeFault(RuleViolation):
    """A text that is no municipality code. Codes ``municipality.code_unreadable``, ``municipality.check_digit``."""


@dataclass(frozen=True, slots=True)
class Municipality:
    """A prefecture, city, ward, town or village. ``code`` has six digits; ``county`` is empty for cities and wards."""

    code: str
    prefecture: str
    name: str
    kana: str
    county: str
    county_kana: str

    @property
    def full_name(self) -> str:
        """Prefecture, county and name, as an address begins."""
        return self.name if self.is_prefecture else self.prefecture + self.county + self.name

    @property
    def is_prefecture(self) -> bool:
        """Whether this is a prefecture itself."""
        return self.code[2:5] == "000"


def check_digit(code5: str) -> str:
    """The sixth digit: (11 − (6a+5b+4c+3d+2e) mod 11) mod 10. ``code5`` is five ASCII digits, else ValueError."""
    if len(code5) != 5 or not (code5.isascii() and code5.isdecimal()):
        raise ValueError("five digits expected")
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, code5, strict=True))
    return str((11 - total % 11) % 10)


def parse_code(text: str) -> str:
    """Six digits from five or six, of any width, with spaces or hyphens. Raises MunicipalityCodeFault.

    Whether such a municipality exists is another question: :func:`find_municipality`.
    """
    digits = "".join(unicodedata.normalize("NFKC", text).replace("-", "").split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) in (5, 6)):
        raise MunicipalityCodeFault("municipality.code_unreadable", text=text)
    expected = check_digit(digits[:5])
    if len(digits) == 6 and digits[5] != expected:
        raise MunicipalityCodeFault("municipality.check_digit", text=text, expected=digits[:5] + expected)
    return digits[:5] + expected


@lru_cache(maxsize=1)
def list_municipalities() -> tuple[Municipality, ...]:
    """All in order of code, prefectures first in theirs; read once (some ms)."""
    with resources.path("municipalities.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return tuple(Municipality(*row) for row in rows)


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Municipality]:
    return {item.code: item for item in list_municipalities()}


@lru_cache(maxsize=1)
def _search_keys() -> tuple[tuple[str, str, Municipality], ...]:
    return tuple((fold_name(item.full_name), fold_kana(item.kana), item) for item in list_municipalities())


def find_municipality(code: str) -> Municipality | None:
    """The municipality with this code (five or six digits), None if there is none. Raises MunicipalityCodeFault."""
    return _by_code().get(parse_code(code))


def search_municipalities(text: str, *, limit: int = 20) -> list[Municipality]:
    """Those whose code begins with, or whose name (kanji variants fold) or kana contains, the text.

    Names that begin with the text come first, then those that contain it, each in order of code. Blank text finds nothing.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    key = fold_name(text)
    if not key:
        return []
    if plain.isdecimal():
        return [item for item in list_municipalities() if item.code.startswith(plain)][:limit]
    own, begins, contains = [], [], []
    for name, kana, item in _search_keys():
        if fold_name(item.name) == key:
            own.append(item)
        elif kana.startswith(key) or fold_name(item.name).startswith(key):
            begins.append(item)
        elif key in name or key in kana:
            contains.append(item)
    return [*own, *begins, *contains][:limit]
