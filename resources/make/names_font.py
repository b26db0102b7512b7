"""Write ``resources/fonts/SasaeNamesMincho.ttf``: the kanji of names that BIZ UD Gothic lacks, taken from IPAmj Mincho.

Taken are variants that JIS, UCS or the notices on the family register act relate to a kanji whose class begins with one of JIS level 1,
and the variation sequences of such kanji (development packages ``jntajis-python``, ``fonttools``).
The IPA Font License Agreement v1.0 asks of such a derived font that it carry another name, come with the licence, and that the original
can be put in its place: the program prefers ``ipamjm.ttf`` wherever it finds it.
Run: ``python resources/make/names_font.py /usr/share/fonts/truetype/ipamj/ipamjm.ttf``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jntajis
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

RESOURCES = Path(__file__).resolve().parent.parent
FAMILY, FILE = "Sasae Names Mincho", "SasaeNamesMincho"
COPYRIGHT = (
    "Copyright(c) Information-technology Promotion Agency, Japan (IPA), 2011-2018. A derived program under another name. "
    'You must accept "http://ipafont.ipa.go.jp/ipa_font_license_v1.html" to use this product.'
)
LICENCE = "http://ipafont.ipa.go.jp/ipa_font_license_v1.html"
NAMES = {0: COPYRIGHT, 1: FAMILY, 2: "Regular", 3: f"{FILE} 1.0", 4: FAMILY, 5: "Version 1.0", 6: FILE, 13: LICENCE, 14: LICENCE}
RELATIONS = (
    jntajis.MJShrinkSchemeCombo.JIS_INCORPORATION_UCS_UNIFICATION_RULE,
    jntajis.MJShrinkSchemeCombo.MOJ_FAMILY_REGISTER_ACT_RELATED_NOTICE,
)


def jis_level(char: str) -> int:
    """1 or 2 for the levels of JIS X 0208, 3 for everything else."""
    try:
        code = char.encode("euc_jp")
    except UnicodeEncodeError:
        return 3
    return 3 if len(code) != 2 else 1 if 0xB0 <= code[0] < 0xD0 else 2


def find_plain(char: str) -> str:
    """The kanji of JIS X 0208 that an official relation puts first for a variant, or an empty text."""
    for kind in RELATIONS:
        for candidate in jntajis.mj_shrink_candidates(char, kind):
            if candidate != char and len(candidate) == 1 and jis_level(candidate) < 3:
                return str(candidate)
    return ""


def read_sequences(font: Any) -> set[tuple[int, int]]:
    """``(character, selector)`` of every variation sequence."""
    tables = [table for table in font["cmap"].tables if table.format == 14]
    return {(code, selector) for table in tables for selector, pairs in table.uvsDict.items() for code, _ in pairs}


def choose(names: Any, text: Any) -> tuple[set[int], set[tuple[int, int]]]:
    """Characters and sequences that the font of names has and that of the text has not."""
    content = json.loads((RESOURCES / "fold" / "kanji.json").read_text(encoding="utf-8"))
    classes = dict(zip(content["from"], content["to"], strict=True))

    def is_common(char: str) -> bool:
        return jis_level(char) == 1 or jis_level(classes.get(char, char)) == 1

    lacking = set(names.getBestCmap()) - set(text.getBestCmap())
    characters = {code for code in lacking if (plain := find_plain(chr(code))) and is_common(plain)}
    sequences = {pair for pair in read_sequences(names) - read_sequences(text) if is_common(chr(pair[0]))}
    return characters, sequences


def main() -> None:
    """Subset, rename, write."""
    names, text = TTFont(sys.argv[1]), TTFont(RESOURCES / "fonts" / "BIZUDGothic-Regular.ttf")
    characters, sequences = choose(names, text)
    for table in names["cmap"].tables:
        if table.format == 14:
            table.uvsDict = {
                selector: [pair for pair in pairs if (pair[0], selector) in sequences] for selector, pairs in table.uvsDict.items()
            }
    options = Options(layout_features=[], name_IDs=["*"], glyph_names=False, notdef_outline=True, hinting=True)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters | {code for code, _ in sequences} | {selector for _, selector in sequences} | {0x20})
    subsetter.subset(names)
    table = names["name"]
    table.names = []
    for number, words in NAMES.items():
        table.setName(words, number, 3, 1, 0x409)
    out = RESOURCES / "fonts" / f"{FILE}.ttf"
    names.save(out)
    print(len(characters), "characters", len(sequences), "sequences", out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
