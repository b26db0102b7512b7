"""Write ``resources/fold/shrink.json``: what may be written for a kanji outside JIS X 0208 (development package ``jntajis-python``).

The first candidate inside JIS X 0208 of the MJ shrink map, its sources in their official order: JIS incorporation and UCS
unification, notices on the family register act, appendix of notice 582, dictionaries and resemblance.
Run: ``python resources/make/shrink.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

import jntajis

FOLD = Path(__file__).resolve().parent.parent / "fold"
RANGES = (range(0x2E80, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x323B0))
NOTICE = (
    "Derived from the MJ shrink map (MJ縮退マップ) of the Character Information Technology Promotion Council / IPA, "
    "CC BY-SA 2.1 JP. This file is under the same licence. A substitute is offered and marked, never written unasked."
)
KINDS = jntajis.MJShrinkSchemeCombo
ORDER = (
    KINDS.JIS_INCORPORATION_UCS_UNIFICATION_RULE,
    KINDS.MOJ_FAMILY_REGISTER_ACT_RELATED_NOTICE,
    KINDS.MOJ_NOTICE_582,
    KINDS.INFERENCE_BY_READING_AND_GLYPH,
)


def in_jis(text: str) -> bool:
    """Whether a text is one character of JIS X 0208."""
    try:
        return len(text) == 1 and len(text.encode("euc_jp")) == 2
    except UnicodeEncodeError:
        return False


def find_substitute(char: str) -> str:
    """The first candidate in JIS X 0208, or an empty text."""
    for kind in ORDER:
        for candidate in jntajis.mj_shrink_candidates(char, kind):
            if candidate != char and in_jis(candidate):
                return str(candidate)
    return ""


def main() -> None:
    """Write the table."""
    chars = (chr(code) for block in RANGES for code in block)
    table = {char: found for char in chars if not in_jis(char) and (found := find_substitute(char))}
    content = {"licence": NOTICE, "from": "".join(table), "to": "".join(table.values())}
    (FOLD / "shrink.json").write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(len(table), "characters")


if __name__ == "__main__":
    main()
