"""Kana as bank files want it: made legal with every change named, refused where nothing legal can be written. DOMAIN 5.3.

Nothing is done silently: ``LegalKana.changes`` has each change with its place in the text as typed, and what does not fit into the
field is in ``cut``. One character of the result is one byte of the file.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app import resources
from app.domain.characters import split_clusters
from app.domain.errors import RuleViolation
from app.domain.folding import fold_kana
from app.domain.half_kana import ALLOWED, to_half_kana

NAME_BYTES = 30
"""Length of the payee's name in a transfer file; 31 bytes are cut after a warning."""
CHARSETS: dict[str, frozenset[str]] = {
    "common": ALLOWED,
    "comma": ALLOWED | {","},
    "standard": ALLOWED | set(",\\\uff62\uff63"),
}
"""``common``: what every bank takes. ``comma``: some banks take it, too. ``standard``: the base standard with corner brackets and the yen sign."""
CHANGES = ("width", "hiragana", "small", "dash", "old", "dot", "case", "space", "corporate", "form")
"""Kinds of change: full to half width, hiragana, small kana made large, long mark, wo/wi/we, middle dot, capitals, spaces, legal form, other."""
_OLD = frozenset(map(chr, (0x30F2, 0x30F0, 0x30F1, 0x3092, 0x3090, 0x3091, 0xFF66)))
_DOTS = frozenset("\u30fb\uff65\u3002\uff61")
_SMALL = re.compile(
    "[\u3041\u3043\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u308e\u3095\u3096\u30a1\u30a3\u30a5\u30a7\u30a9\u30c3\u30e3\u30e5\u30e7\u30ee\u30f5\u30f6\u31f0-\u31ff\uff67-\uff6f]"
)
_HIRAGANA = re.compile("[\u3041-\u3096]")
_SPACES = frozenset(" \u3000\u00a0\t")
_NARROW = {"\u00a5": "\\", "\uffe5": "\\", "\u300c": "\uff62", "\u300d": "\uff63", "\u3001": ",", "\uff64": ","}


@dataclass(frozen=True, slots=True)
class KanaChange:
    """``before`` at place ``at`` (from 0) of the text as typed became ``after`` ("" left out); ``code`` is one of ``CHANGES``."""

    at: int
    before: str
    after: str
    code: str

    @property
    def notable(self) -> bool:
        """Whether it is more than another width of the same letters."""
        return self.code not in ("width", "hiragana")


@dataclass(frozen=True, slots=True)
class LegalKana:
    """``text`` may go into the file: at most the bytes asked for, one a character. ``cut`` is what did not fit, "" for none."""

    text: str
    changes: tuple[KanaChange, ...] = ()
    cut: str = ""

    @property
    def notable(self) -> tuple[KanaChange, ...]:
        """The changes that are more than another width."""
        return tuple(change for change in self.changes if change.notable)


@dataclass(frozen=True, slots=True)
class KanaProblem:
    """``account.kana_kanji``, ``account.kana_sign`` (``chars`` at ``at``: nothing legal), ``account.kana_empty``, ``account.kana_long``
    (``bytes`` of the legal text, ``chars`` what is cut)."""

    code: str
    at: int = 0
    chars: str = ""
    bytes: int = 0


@dataclass(slots=True)
class _Unit:
    """A piece of the text and what is written for it; ``after`` None: nothing legal."""

    at: int
    before: str
    after: str | None
    code: str


def legal_kana(text: str, *, charset: str = "common", most: int = NAME_BYTES, field: str = "holder") -> LegalKana:
    """The text as a bank file takes it, every change named, cut at ``most`` bytes.

    RuleViolation beside ``field``: ``account.kana_kanji`` and ``account.kana_sign`` (``chars`` names the characters, ``at`` the first),
    ``account.kana_empty``. Text that is legal already comes back as it is, without changes.
    """
    if _is_legal(text, charset):
        return LegalKana(text[:most], (), text[most:])
    if wide := _narrow(text, charset):
        return LegalKana(wide[:most], (KanaChange(0, text, wide, "width"),), wide[most:])
    units = _read(text, charset)
    for problem in _refusals(units):
        raise RuleViolation(problem.code, field=field, chars=problem.chars, at=problem.at + 1, text=text)
    legal = "".join(unit.after or "" for unit in units)
    if not legal:
        raise RuleViolation("account.kana_empty", field=field)
    return LegalKana(legal[:most], _changes(units), legal[most:])


def check_kana(text: str, *, charset: str = "common", most: int = NAME_BYTES) -> tuple[KanaProblem, ...]:
    """What stands against the text as a name in a transfer file; nothing is raised. ``account.kana_long`` alone is a warning."""
    units = _read(text, charset)
    found = _refusals(units)
    legal = "".join(unit.after or "" for unit in units)
    if not legal and not found:
        found.append(KanaProblem("account.kana_empty"))
    if len(legal) > most:
        found.append(KanaProblem("account.kana_long", most, legal[most:], len(legal)))
    return tuple(found)


def compare_holder(holder: str, kana: str) -> str:
    """How the holder's kana stands to the person's: "" the same, ``account.holder_spelling`` (sounds alike, written otherwise),
    ``account.holder_differs``, ``account.kana_unknown`` (the person has no kana). Always a warning, never a refusal."""
    if not kana.strip():
        return "account.kana_unknown"
    if not holder.strip():
        return ""
    if _bare(holder) == _bare(kana):
        return ""
    return "account.holder_spelling" if fold_kana(holder) == fold_kana(kana) else "account.holder_differs"


def _bare(text: str) -> str:
    legal = "".join(unit.after if unit.after is not None else unit.before for unit in _read(text, "common"))
    return legal.replace(" ", "")


# -- reading -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _read(text: str, charset: str) -> tuple[_Unit, ...]:
    """The pieces of a text, settled; nobody changes them any more."""
    allowed = CHARSETS[charset]
    units = _join_readings(_scan(text, allowed))
    _place_forms(units)
    _settle_spaces(units)
    return tuple(units)


def _is_legal(text: str, charset: str) -> bool:
    """Whether a text is as a bank takes it already: the common case, told without looking at each character."""
    if not text or not CHARSETS[charset].issuperset(text) or text[0] == " " or text[-1] == " " or "  " in text:
        return False
    return _forms()[1].splitter.search(text) is None and _forms()[0].splitter.search(text) is None


def _scan(text: str, allowed: frozenset[str]) -> list[_Unit]:
    """Legal forms as written, and every other character by itself."""
    units, at = [], 0
    written, _ = _forms()
    for part in written.splitter.split(text):
        if part in written.short:
            units.append(_Unit(at, part, written.short[part], "corporate"))
            at += len(part)
            continue
        for cluster in split_clusters(part):
            after, code = _write(cluster, allowed)
            units.append(_Unit(at, cluster, after, code))
            at += len(cluster)
    return units


@lru_cache(maxsize=4096)
def _write(cluster: str, allowed: frozenset[str]) -> tuple[str | None, str]:
    """What is written for a character, and by which kind of change ("" for none)."""
    if cluster in _SPACES or not cluster.strip():
        return " ", "" if cluster == " " else "width"
    if len(cluster) == 1 and cluster in allowed:
        return cluster, ""
    if (narrow := _NARROW.get(cluster, "")) and narrow in allowed:
        return narrow, "width"
    half, misfits = to_half_kana(cluster)
    if not misfits and set(half) <= allowed:
        return half, _kind(cluster)
    folded = unicodedata.normalize("NFKC", cluster)
    if folded != cluster:
        if set(folded) <= allowed:
            return folded, "width"
        half, misfits = to_half_kana(folded)
        if not misfits and set(half) <= allowed:
            return half, "form"
    return None, ""


def _kind(cluster: str) -> str:
    first = cluster[0]
    if first in _OLD:
        return "old"
    if _SMALL.match(first):
        return "small"
    if first in _DOTS:
        return "dot"
    if unicodedata.normalize("NFKC", first) in string.ascii_lowercase:
        return "case"
    if first == "\u3030" or unicodedata.category(first) == "Pd" or first in "\u30fc\uff70\u2212\u2500":
        return "width" if first == "\uff0d" else "dash"
    return "hiragana" if _HIRAGANA.match(first) else "width"


@lru_cache(maxsize=len(CHARSETS))
def _wide(charset: str) -> dict[str, str]:
    """Full-width characters of which nothing but the width changes."""
    table = {}
    for code in (0x3000, *range(0x30A1, 0x30FB), *range(0xFF01, 0xFF5F)):
        after, kind = _write(chr(code), CHARSETS[charset])
        if after is not None and kind == "width":
            table[chr(code)] = after
    return table


def _narrow(text: str, charset: str) -> str:
    """The text in half width when nothing else is to be done, else "": nearly every name that is not legal already."""
    table = _wide(charset)
    if not text or not table.keys() >= set(text):
        return ""
    narrow = "".join([table[char] for char in text])
    return narrow if _is_legal(narrow, charset) and _forms()[0].splitter.search(text) is None else ""


@dataclass(frozen=True, slots=True)
class _Written:
    splitter: re.Pattern[str]
    short: dict[str, str]


@lru_cache(maxsize=1)
def _forms() -> tuple[_Written, _Written]:
    """Legal forms: as written in kanji or as one sign, and by their readings in half-width kana."""
    written: dict[str, str] = {}
    readings: dict[str, str] = {}
    for word in resources.read_toml("banks", "corporate.toml")["word"]:
        written.update(dict.fromkeys(word["written"], word["short"]))
        readings.update({to_half_kana(reading)[0]: word["short"] for reading in word["readings"]})
    return _splitting(written), _splitting(readings)


def _splitting(table: dict[str, str]) -> _Written:
    longest = sorted(table, key=len, reverse=True)
    return _Written(re.compile("(" + "|".join(map(re.escape, longest)) + ")"), table)


def _join_readings(units: list[_Unit]) -> list[_Unit]:
    """Readings of legal forms, each made one unit."""
    _, readings = _forms()
    text, owners = "", []
    for place, unit in enumerate(units):
        after = "\x00" if unit.after is None or unit.code == "corporate" else unit.after
        text += after
        owners += [place] * len(after)
    joined, done = [], 0
    for found in readings.splitter.finditer(text):
        first, last = owners[found.start()], owners[found.end() - 1]
        before = "".join(unit.before for unit in units[first : last + 1])
        joined += units[done:first]
        joined.append(_Unit(units[first].at, before, readings.short[found.group()], "corporate"))
        done = last + 1
    return joined + units[done:]


def _place_forms(units: list[_Unit]) -> None:
    """Brackets by place, and no space beside a legal form."""
    solid = [place for place, unit in enumerate(units) if unit.after != " "]
    for place in [place for place in solid if units[place].code == "corporate"]:
        front, end = place == solid[0], place == solid[-1]
        short = units[place].after or ""
        units[place].after = f"{short})" if front else f"({short}" if end else f"({short})"
        for beside in (*_spaces(units, place, -1), *_spaces(units, place, 1)):
            beside.after, beside.code = "", "space"


def _spaces(units: Sequence[_Unit], place: int, step: int) -> list[_Unit]:
    found = []
    place += step
    while 0 <= place < len(units) and units[place].after == " ":
        found.append(units[place])
        place += step
    return found


def _settle_spaces(units: list[_Unit]) -> None:
    """None at the ends, one between two words."""
    before = " "
    for unit in units:
        if unit.after == " " and before == " ":
            unit.after, unit.code = "", "space"
        elif unit.after != "":
            before = " " if unit.after == " " else "x"
    for unit in reversed(units):
        if unit.after == " ":
            unit.after, unit.code = "", "space"
        elif unit.after != "":
            return


def _refusals(units: Sequence[_Unit]) -> list[KanaProblem]:
    """Kanji first, then other signs, each kind once with all its characters."""
    refused = [unit for unit in units if unit.after is None]
    found = []
    for code, wanted in (("account.kana_kanji", True), ("account.kana_sign", False)):
        of_kind = [unit for unit in refused if _is_kanji(unit.before) is wanted]
        if of_kind:
            found.append(KanaProblem(code, of_kind[0].at, "".join(dict.fromkeys(unit.before for unit in of_kind))))
    return found


def _is_kanji(cluster: str) -> bool:
    return unicodedata.name(cluster[0], "").startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH")) or cluster[0] in "\u3005\u3006"


def _changes(units: Sequence[_Unit]) -> tuple[KanaChange, ...]:
    """Every change; neighbours of the same width change are told together."""
    found: list[KanaChange] = []
    for unit in units:
        if not unit.code:
            continue
        after = unit.after or ""
        last = found[-1] if found else None
        if last and last.code == unit.code and unit.code in ("width", "hiragana", "space") and last.at + len(last.before) == unit.at:
            found[-1] = KanaChange(last.at, last.before + unit.before, last.after + after, unit.code)
        else:
            found.append(KanaChange(unit.at, unit.before, after, unit.code))
    return tuple(found)
