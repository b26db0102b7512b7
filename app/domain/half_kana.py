"""Half-width kana as bank files want them, and what does not fit.

Source: the intersection of what banks accept for the name of a payee (DOMAIN 5.3): ``A``–``Z``, digits, space, ``( ) - . /`` and
half-width kana without ｦ and small kana, sound marks as characters of their own.
"""

from __future__ import annotations

import string
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from app import resources
from app.domain.characters import split_clusters

ALLOWED = frozenset(string.ascii_uppercase + string.digits + " ()-./") | frozenset(map(chr, (*range(0xFF71, 0xFFA0),)))
_WRITTEN_FOR_MISFIT = "."
_DASHES = "\u30fc\uff70\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\u2500"
_DOTS = "\u30fb\uff65\u3002\uff61"
_VOICED, _HALF_VOICED = "\uff9e", "\uff9f"


class Misfit(NamedTuple):
    """A character that a bank file cannot hold: its place in the text (from 0), itself, and what was written instead."""

    at: int
    char: str
    written: str


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    """Each character that has a customary half-width writing."""
    kana = resources.read_toml("fold", "kana.toml")
    plain = dict(zip(kana["full"], kana["half"], strict=True))
    large = dict(zip(kana["small"], kana["large"], strict=True))
    chosen = {"\u30f2": "\u30aa", "\u30f0": "\u30a4", "\u30f1": "\u30a8"}  # wo, wi, we: banks write o, i, e
    table: dict[str, str] = {}
    for code in (*range(0x30A1, 0x30FB), *range(0x31F0, 0x3200)):
        table[chr(code)] = _half(large.get(chr(code), chr(code)), plain, chosen)
    table.update({chr(code): table[chr(code + 0x60)] for code in range(0x3041, 0x3097)})
    table.update({half: table[full] for half, full in zip(kana["half"], kana["full"], strict=True)})
    table.update({chr(code): chr(code - 0xFEE0).upper() for code in range(0xFF01, 0xFF5F)})
    table.update({char: char.upper() for char in string.ascii_letters + string.digits + " ()-./"})
    table.update(dict.fromkeys(_DASHES, "-") | dict.fromkeys(_DOTS, ".") | dict.fromkeys("\u3000\u00a0", " "))
    table.update({mark: _VOICED for mark in "\u3099\u309b\uff9e"} | {mark: _HALF_VOICED for mark in "\u309a\u309c\uff9f"})
    return {char: text for char, text in table.items() if text and set(text) <= ALLOWED}


def _half(char: str, plain: dict[str, str], chosen: dict[str, str]) -> str:
    """One large katakana in half width, its sound mark after it. Empty when there is none."""
    parts = unicodedata.normalize("NFD", char)
    base = chosen.get(parts[0], parts[0])
    marks = {"\u3099": _VOICED, "\u309a": _HALF_VOICED}
    return plain.get(base, "") + "".join(marks[mark] for mark in parts[1:])


def to_half_kana(text: str) -> tuple[str, list[Misfit]]:
    """The text in a bank's half-width kana, and every character that has no customary writing there.

    Hiragana, small kana, full width, long marks and dashes, middle dots and lower case are written as banks do and are no misfits.
    For a misfit (kanji, gaiji, other signs) a full stop is written – never "?" – and a payment must not go out with one.
    """
    table = _table()
    written: list[str] = []
    misfits: list[Misfit] = []
    at = 0
    for cluster in split_clusters(text):
        half = table.get(cluster)
        if half is None:
            half = _WRITTEN_FOR_MISFIT
            misfits.append(Misfit(at, cluster, half))
        written.append(half)
        at += len(cluster)
    return "".join(written), misfits
