"""Postal codes without a network. Data: ``resources/postal`` (Japan Post's lists, written by ``resources/make/postal.py``)."""

from __future__ import annotations

import json
import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache

from app import resources
from app.domain.errors import RuleViolation
from app.domain.municipality import find_municipality


class PostalCodeFault(RuleViolation):
    """A text that is no postal code. Code ``postal.unreadable``."""


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """One place of a postal code. ``office`` is the name of a large office with a code of its own, else empty.

    ``town`` is empty where the code means the whole municipality. ``city`` includes the county.
    """

    postal: str
    code: str
    prefecture: str
    city: str
    town: str
    town_kana: str
    office: str

    @property
    def text(self) -> str:
        """The address up to the town (an office's including the block number)."""
        return self.prefecture + self.city + self.town


def parse_postal(text: str) -> str:
    """Seven digits from any way of writing: 〒, hyphen, spaces, full width. Raises PostalCodeFault."""
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(char for char in plain if char.isdecimal())
    others = {char for char in plain if not char.isdecimal()} - set("-\u3012\u3020\u2010\u2212\u2015\u30fc ")
    if others or len(digits) != 7 or not digits.isascii():
        raise PostalCodeFault("postal.unreadable", text=text)
    return digits


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[int, int]]:
    index: dict[str, tuple[int, int]] = json.loads(resources.path("postal", "index.json").read_text(encoding="utf-8"))
    return index


@lru_cache(maxsize=4)
def _read_block(prefix: str) -> str:
    """All lines of the codes that begin with two digits, with a line end before the first."""
    place = _index().get(prefix)
    if place is None:
        return ""
    offset, length = place
    with resources.path("postal", "addresses.bin").open("rb") as file:
        file.seek(offset)
        return "\n" + zlib.decompress(file.read(length)).decode("utf-8") + "\n"


def find_address(postal: str) -> list[PostalAddress]:
    """All places with this code, in the list's order; empty if there is none. Reads only a hundredth of the data.

    Raises PostalCodeFault when the text is no postal code.
    """
    digits = parse_postal(postal)
    block, found = _read_block(digits[:2]), []
    at = block.find(f"\n{digits}\t")
    while at >= 0:
        end = block.index("\n", at + 1)
        _postal, code5, town, kana, office = block[at + 1 : end].split("\t")
        if place := find_municipality(code5):
            found.append(PostalAddress(digits, place.code, place.prefecture, place.county + place.name, town, kana, office))
        at = end if block.startswith(f"\n{digits}\t", end) else -1
    return found
