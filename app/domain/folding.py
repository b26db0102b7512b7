"""Search keys: copies of names, kana and addresses in which spellings of the same thing are equal.

Rules: the national standard for resident record systems, fuzzy name search (清濁, 拗促音, 長音, 空白, 異体字 …).
Tables: ``resources/fold``. Keys are for finding, never for showing; the stored text is never normalised.

The sound rules are closed under transitivity so that a key is one string: チ, ヂ, ジ and シ share a key, so do ツ, ヅ, ズ, ス,
ワ and ハ, and a dropped long vowel makes オオノ and オノ equal. Keys therefore find too much rather than too little: rank exact
matches of the stored text first.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from app import resources
from app.domain.numerals import read_kanji_number

# Variation selectors and marks that carry no sound of their own: joiners, byte order mark, soft hyphen.
_INVISIBLE = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D, 0x00AD, 0xFEFF, *range(0x200B, 0x2010), 0x2060)
_SPACES = (0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0xA0, 0x3000, *range(0x2000, 0x200B), 0x202F, 0x205F)
_MEMO_SIZE = 60_000
SEAM_VOWELS = tuple(resources.read_toml("fold", "kana.toml")["long_after_o"])
"""First characters of a folded given name that a family name before it may swallow."""


class _Memo(dict[str, str]):
    """Remembers the key of every text met, up to a bound; a plain dict lookup for repeated names."""

    __slots__ = ("fold",)

    def __init__(self, fold: Callable[[str], str]) -> None:
        super().__init__()
        self.fold = fold

    def __missing__(self, text: str) -> str:
        if len(self) >= _MEMO_SIZE:
            self.clear()
        key = self.fold(text)
        self[text] = key
        return key


@lru_cache(maxsize=1)
def read_kanji_table() -> dict[int, int]:
    """Code point of a kanji → code point of its class representative (about 20,000 entries, some ms to load)."""
    content = json.loads(resources.path("fold", "kanji.json").read_text(encoding="utf-8"))
    return str.maketrans(content["from"], content["to"])


def _width_table() -> dict[int, str]:
    """Full-width letters and signs to ASCII, small letters to capitals, accents off; nothing that changes kanji."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for code in (*range(0x00C0, 0x0250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0]
        table[code] = base.upper() if base.isascii() else chr(code).upper()
    table.update({code: chr(code).upper() for code in range(0x61, 0x7B)})
    table.update({code: chr(code - 0x20 - 0xFEE0) for code in range(0xFF41, 0xFF5B)})
    table.update({0x2460 + n: str(n + 1) for n in range(20)})
    table[0x2225] = chr(0x2016)  # code page 932 and Shift_JIS differ in the double bar
    return table


def _kana_table() -> dict[int, str]:
    """Hiragana and katakana of any width to plain large katakana, then sounds that count as one."""
    kana = resources.read_toml("fold", "kana.toml")
    steps = [dict(zip(kana[a], kana[b], strict=True)) for a, b in (("small", "large"), ("voiced", "plain"), ("alike", "chosen"))]

    def reduce(char: str) -> str:
        for step in steps:
            char = step.get(char, char)
        return char

    table = {code: reduce(chr(code)) for code in (*range(0x30A1, 0x30FB), *range(0x31F0, 0x3200))}
    table.update({code: reduce(chr(code + 0x60)) for code in range(0x3041, 0x3097)})
    table.update({ord(half): reduce(full) for half, full in zip(kana["half"], kana["full"], strict=True)})
    table.update({ord(sign): "".join(map(reduce, text)) for sign, text in kana["signs"].items()})
    return table


def _ends_in(folded: int | str | None, wanted: str) -> bool:
    return isinstance(folded, str) and folded[-1:] in wanted


def _char_class(codes: Iterable[int]) -> str:
    return "".join(re.escape(chr(code)) for code in sorted(codes))


class Folder:
    """Makes keys and remembers those made. One object may serve many threads: a lost memo entry is only made again."""

    def __init__(self) -> None:
        kana = resources.read_toml("fold", "kana.toml")
        self._table: dict[int, int | str | None] = {**read_kanji_table(), **_width_table(), **_kana_table()}
        self._table.update(dict.fromkeys((*map(ord, kana["deleted"]), *_INVISIBLE, *_SPACES), None))
        self._vu = re.compile("({})([{}])?".format("|".join(kana["vu"]), "".join(kana["vu_series"])))
        self._vu_series: dict[str | None, str] = {None: kana["vu_alone"], **kana["vu_series"]}
        self._long = re.compile(f"(?<=[{kana['o_row']}])[{kana['long_after_o']}]")
        self._repeat = re.compile(f"(.)[{kana['repeat']}]")
        self._marks: str = kana["repeat"]
        self._repeat_marks = frozenset(self._marks)
        self._long_marks = tuple(kana["long_after_o"])
        o_row, after = ({code for code, to in self._table.items() if _ends_in(to, ends)} for ends in (kana["o_row"], kana["long_after_o"]))
        between = _char_class((*map(ord, kana["deleted"]), *_INVISIBLE, *_SPACES))
        self.seam = re.compile(f"[{_char_class(o_row)}][{between}]*[{_char_class(_SPACES)}][{between}]*[{_char_class(after)}]")
        self._vu_marks = ("\u30f4", "\u3094", "\u3099", "\uff9e")
        self.names = _Memo(self._fold)

    def _fold(self, text: str) -> str:
        if any(mark in text for mark in self._vu_marks):
            text = self._vu.sub(lambda match: self._vu_series[match[2]], text)
        key = text.translate(self._table)
        if not self._repeat_marks.isdisjoint(key):
            # a mark with nothing before it is a fragment typed from the middle of a name
            key = self._repeat.sub(r"\1\1", key).lstrip(self._marks)
        first, second = self._long_marks
        if first in key or second in key:
            key = self._long.sub("", key)
        return key


@lru_cache(maxsize=1)
def default_folder() -> Folder:
    """The folder that the functions of this module share."""
    return Folder()


def fold_name(text: str) -> str:
    """Search key of a name in kanji, kana or letters. Gaiji (private use) characters stay as they are. Empty for blank text."""
    return default_folder().names[text]


def fold_kana(text: str) -> str:
    """Search key of a reading. The same rules as :func:`fold_name`, so that one box can search both."""
    return default_folder().names[text]


def fold_parts(text: str) -> tuple[str, ...]:
    """Keys of the parts of a name that spaces divide, e.g. family and given name; index them beside the whole.

    The whole may differ at the seam (オノ ウメ has the key of オノメ, its parts those of オノ and ウメ): see :func:`seam_key`.
    """
    return tuple(key for key in map(fold_name, text.split()) if key)


def seam_key(text: str) -> str:
    """The keys of the parts in a row where the key of the whole lost a vowel at the seam of two parts; else, nearly always, empty.

    ヤマモト オサム has the key ヤマモトサム, because nobody can tell the オ from a long vowel once the space is gone. Index this beside
    the key, so that the given name alone is found. Fast where there is nothing to do: ask it of a million names.
    """
    if default_folder().seam.search(text) is None:
        return ""
    joined = "".join(fold_parts(text))
    return joined if joined != fold_name(text) else ""


def bigrams(folded: str) -> list[str]:
    """Overlapping pairs of characters in order; one character gives itself, nothing gives nothing."""
    if len(folded) < 2:
        return [folded] if folded else []
    return [folded[at : at + 2] for at in range(len(folded) - 1)]


class _AddressRules:
    """Compiled patterns for :func:`fold_address`."""

    def __init__(self) -> None:
        rules = resources.read_toml("fold", "address.toml")
        kana = resources.read_toml("fold", "kana.toml")
        small = str.maketrans(kana["small"], kana["large"])
        self.table: dict[int, int | str | None] = {**read_kanji_table(), **_width_table()}
        self.table.update(small)
        self.table.update({code: chr(code + 0x60).translate(small) for code in range(0x3041, 0x3097)})
        self.table.update({ord(half): full.translate(small) for half, full in zip(kana["half"], kana["full"], strict=True)})
        self.table.update(dict.fromkeys(map(ord, rules["dashes"]), "-"))
        self.table.update(dict.fromkeys(_INVISIBLE, None))
        self.table.update(dict.fromkeys(_SPACES, " "))
        number = rules["digits"] + rules["ten"] + rules["hundred"] + rules["thousand"]
        block, keeps = "|".join(rules["block"]), "|".join(rules["keeps"])
        between = rules["between"]
        self.numerals = re.compile(
            rf"[{number}]+(?={block}|{keeps}|[{between}-]\s*(?:\d|[{number}]+(?:{block}|[{between}-]|$)))"
            rf"|(?<=[\d-])[{number}]+|(?<=\d[{between}])[{number}]+"
        )
        self.block = re.compile(rf"(?<=\d)\s*(?:{block})[{between}]?")
        self.between = re.compile(rf"(?<=\d)\s*[{between}]\s*(?=\d)")
        self.settlement = re.compile(rf"(?<![{rules['settlement_kept_after']}])(?:{'|'.join(rules['settlement'])})")
        self.ga = re.compile(rf"(?<=[\u4e00-\u9fff])[{rules['ga']}](?=[\u4e00-\u9fff])")
        self.ga_chosen: str = rules["ga_chosen"]
        self.memo = _Memo(self.fold)

    def fold(self, text: str) -> str:
        key = text.translate(self.table)
        key = self.ga.sub(self.ga_chosen, self.settlement.sub("", key))
        before = ""
        while before != key:  # a numeral may become readable only after the one before it
            before, key = key, self.numerals.sub(_read_number, key)
            key = self.between.sub("-", self.block.sub("-", key))
        key = re.sub(r"(?<=\d) +(?=\d)", "-", key).replace(" ", "")
        key = re.sub(r"-{2,}", "-", key)
        key = re.sub(r"(?<![0-9A-Z])-|-(?![0-9A-Z])", "", key)
        return re.sub(r"(?<!\d)0+(?=\d)", "", key)


def _read_number(match: re.Match[str]) -> str:
    value = read_kanji_number(match[0])
    return match[0] if value is None else str(value)


@lru_cache(maxsize=1)
def _address_rules() -> _AddressRules:
    return _AddressRules()


def fold_address(text: str) -> str:
    """Key of an address: block words and dashes become ``-``, kanji numerals beside them digits, 大字 and 字 go.

    二丁目三番地, 2丁目3番, 2の3 and 2―3 give the same key. Numerals in place names (三条町 apart: 条 counts) stay.
    """
    return _address_rules().memo[text]
