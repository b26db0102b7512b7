"""Characters of names: which of them need attention, how they are named, and what a municipality registered about them.

Texts are never normalised: a compatibility ideograph, a variation sequence and a private-use character stay what they are.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from app import resources
from app.domain.errors import RuleViolation
from app.domain.records import Record

SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_WAVES = (0x301C, 0x2212, 0x2016, 0x2014, 0x00A2, 0x00A3, 0x00AC, 0x00A6)  # signs that Shift_JIS and code page 932 map differently
_ONE = r"<?(?:U\+|0X|UNI|U)?([0-9A-F]{4,6})>?"
_HEX = re.compile(rf"{_ONE}(?:[\s_,-]*[\s_,-]{_ONE})?", re.IGNORECASE)
_SHIFT_JIS = re.compile(r"(?:SJIS|S)[-+:_]?([0-9A-F]{4})", re.IGNORECASE)
_SUBSTITUTE_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCharacter(Record):
    """What to draw for a character, and what to write where it cannot be drawn.

    ``text`` is the character itself, with its variation selector if it has one. ``picture`` is a PNG in base64, empty when the
    municipality's own font has the glyph. ``substitute`` is the character registered to stand in for it (shukutai).
    """

    text: str
    substitute: str = ""
    picture: str = ""
    description: str = ""
    deleted: bool = False


class PersonText(NamedTuple):
    """A text of somebody that is to be printed. ``where`` is the field or column it stands in."""

    person_id: str
    name: str
    where: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterProblem:
    """A character of somebody's data that no font, nor a registered picture, can draw.

    ``text`` is the character with its selector, ``code`` its code points. ``substitute`` may be written for it: the registered one
    (``registered``) or the first of the national shrink map; empty when there is neither.
    """

    person_id: str
    name: str
    text: str
    code: str
    where: str
    substitute: str = ""
    registered: bool = False


def is_private_use(char: str) -> bool:
    """Whether a character has no meaning outside the municipality that assigned it."""
    code = ord(char[0])
    return 0xE000 <= code <= 0xF8FF or 0xF0000 <= code <= 0xFFFFD or 0x100000 <= code <= 0x10FFFD


def is_compatibility(char: str) -> bool:
    """Whether normalisation (NFC) would turn the character into another: it must be kept as it is."""
    return unicodedata.normalize("NFC", char[0]) != char[0]


def split_clusters(text: str) -> Iterable[str]:
    """The parts that are drawn as one glyph: a character with the variation selector that follows it, else each character."""
    if SELECTORS.search(text) is None:
        return text
    clusters: list[str] = []
    for character in text:
        if clusters and len(clusters[-1]) == 1 and SELECTORS.match(character) and not SELECTORS.match(clusters[-1]):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def name_code_points(cluster: str) -> str:
    """``U+845B U+E0100``: how a character is named in a problem report."""
    return " ".join(f"U+{ord(character):04X}" for character in cluster)


@lru_cache(maxsize=1)
def _usual_pattern() -> re.Pattern[str]:
    """One character that is not plain JIS text. Plain is what code page 932 or Shift_JIS holds, without gaiji and compatibility forms."""
    usual: set[int] = {*range(0x09, 0x0E), *range(0x20, 0x7F), *range(0xFF61, 0xFFA0), *_WAVES}
    for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD)):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD)):
            for codec in ("cp932", "shift_jis"):
                decoded = bytes((lead, trail)).decode(codec, "ignore")
                if len(decoded) == 1 and not is_private_use(decoded) and not 0xF900 <= ord(decoded) <= 0xFAFF:
                    usual.add(ord(decoded))
    return re.compile("[^" + "".join(_ranges(sorted(usual))) + "]")


def _ranges(codes: list[int]) -> Iterator[str]:
    start = previous = codes[0]
    for code in [*codes[1:], 0x110000]:
        if code != previous + 1:
            yield re.escape(chr(start)) + ("-" + re.escape(chr(previous)) if previous > start else "")
            start = code
        previous = code


def has_unusual(text: str) -> bool:
    """Whether any character of the text needs a look: fast, for a million rows."""
    return _usual_pattern().search(text) is not None


def find_unusual(text: str) -> list[str]:
    """The characters (with their selectors) that are not plain JIS text, in order, repeats included."""
    pattern = _usual_pattern()
    if pattern.search(text) is None:
        return []
    return [cluster for cluster in split_clusters(text) if len(cluster) > 1 or pattern.match(cluster)]


def is_plain(cluster: str) -> bool:
    """Whether every system has the character: JIS X 0208 without what makers added (not so for two common forms of taka and saki)."""
    try:
        return len(cluster) == 1 and bool(cluster.encode("shift_jis"))
    except UnicodeEncodeError:
        return False


def kinds_of(cluster: str) -> tuple[str, ...]:
    """What is unusual: ``gaiji`` (private use), ``sequence`` (IVS), ``compatibility``, ``beyond_jis`` (not in code page 932), ``control``."""
    kinds = []
    if is_private_use(cluster):
        kinds.append("gaiji")
    if len(cluster) > 1 or SELECTORS.match(cluster):
        kinds.append("sequence")
    if is_compatibility(cluster):
        kinds.append("compatibility")
    if unicodedata.category(cluster[0]) in ("Cc", "Cs", "Cn"):
        kinds.append("control")
    elif not is_private_use(cluster) and not _in_cp932(cluster[0]):
        kinds.append("beyond_jis")
    return tuple(kinds)


def _in_cp932(char: str) -> bool:
    try:
        char.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def parse_code(text: str) -> str:
    """The character that a code names: the character itself, ``E000``, ``U+E000``, ``845B_E0100``, ``U+845B U+E0100``, ``SJIS-F040``.

    RuleViolation ``character.code_unreadable`` beside the field ``text``.
    """
    given = text.strip()
    clusters = list(split_clusters(given))
    if len(clusters) == 1 and not SELECTORS.match(given):
        return given
    if match := _SHIFT_JIS.fullmatch(given):
        decoded = bytes.fromhex(match[1]).decode("cp932", "ignore")
        if len(decoded) == 1:
            return decoded
    codes = _HEX.fullmatch(given)
    if codes is None:
        raise RuleViolation("character.code_unreadable", field="text", text=given[:40])
    numbers = [int(code, 16) for code in codes.groups() if code]
    if any(number > 0x10FFFF or number < 0x20 or 0xD800 <= number <= 0xDFFF for number in numbers):
        raise RuleViolation("character.code_unreadable", field="text", text=given[:40])
    found = "".join(map(chr, numbers))
    if len(list(split_clusters(found))) != 1 or SELECTORS.match(found):
        raise RuleViolation("character.code_unreadable", field="text", text=given[:40])
    return found


def check_substitute(text: str, substitute: str) -> str:
    """The substitute without spaces around it: at most eight characters, every one of them plain JIS. RuleViolation otherwise."""
    plain = substitute.strip()
    if not plain:
        return ""
    if plain == text or len(plain) > _SUBSTITUTE_MOST:
        raise RuleViolation("character.substitute_same" if plain == text else "character.substitute_long", field="substitute")
    if has_unusual(plain) or any(not _in_cp932(char) or char in "?\uff1f\u3013" for char in plain):
        raise RuleViolation("character.substitute_unusual", field="substitute", substitute=plain)
    return plain


@lru_cache(maxsize=1)
def _shrink_table() -> Mapping[str, str]:
    content = json.loads(resources.path("fold", "shrink.json").read_text(encoding="utf-8"))
    return dict(zip(content["from"], content["to"], strict=True))


def national_substitute(cluster: str) -> str:
    """What the national shrink map puts first for a character, in JIS X 0208; a variant's base when that is plain. Empty for none."""
    if is_private_use(cluster):
        return ""
    base = cluster[0]
    if len(cluster) > 1 and not has_unusual(base):
        return base
    return _shrink_table().get(base, "")
