"""Write ``resources/fold/kanji.json`` from the MJ shrink map (needs the development package ``jntajis-python``).

Classes come from the official relations only: JIS incorporation and UCS unification, notices on the family
register act, and, for characters outside JIS X 0208 that have no other relation, the appendix of notice 582.
Resemblance of reading or shape is left out. ``names.toml`` adds and forbids joins by hand.
Run: ``python resources/make/fold.py``.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import jntajis

FOLD = Path(__file__).resolve().parent.parent / "fold"
RANGES = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x323B0))
NOTICE = (
    "Derived from the MJ shrink map (MJ縮退マップ) of the Character Information Technology Promotion Council / IPA, "
    "CC BY-SA 2.1 JP. This file is under the same licence. For search keys only, never for display."
)


def jis_level(char: str) -> int:
    """1 or 2 for the levels of JIS X 0208, 3 for everything else."""
    try:
        code = char.encode("euc_jp")
    except UnicodeEncodeError:
        return 3
    if len(code) != 2:
        return 3
    return 1 if code[0] < 0xD0 else 2


def read_relation(scheme: jntajis.MJShrinkSchemeCombo) -> dict[str, str]:
    """First one-character candidate of every kanji under one source of the map."""
    found = {}
    for code in (code for block in RANGES for code in block):
        for candidate in jntajis.mj_shrink_candidates(chr(code), scheme):
            if len(candidate) == 1 and candidate != chr(code):
                found[chr(code)] = candidate
                break
    return found


class Classes:
    """Sets of characters that find each other; a join that would unite two forbidden characters is refused."""

    def __init__(self, apart: Iterable[str]) -> None:
        self.root: dict[str, str] = {}
        self.members: dict[str, set[str]] = {}
        self.apart = [set(group) for group in apart]
        self.refused: list[str] = []

    def find(self, char: str) -> str:
        root = self.root.setdefault(char, char)
        self.members.setdefault(root, {root}) if root == char else None
        return root

    def join(self, left: str, right: str) -> None:
        a, b = self.find(left), self.find(right)
        if a == b:
            return
        united = self.members[a] | self.members[b]
        if any(len(group & united) > 1 for group in self.apart):
            self.refused.append(left + right)
            return
        self.members[b] = united
        for char in self.members.pop(a):
            self.root[char] = b


def build() -> tuple[dict[str, str], list[str]]:
    """Character → representative, and the refused pairs."""
    with (FOLD / "names.toml").open("rb") as file:
        names = tomllib.load(file)
    kinds = jntajis.MJShrinkSchemeCombo
    classes = Classes(names["apart"])
    popular: Counter[str] = Counter()
    for group in names["together"]:
        for char in group[1:]:
            classes.join(char, group[0])
    for kind in (kinds.JIS_INCORPORATION_UCS_UNIFICATION_RULE, kinds.MOJ_FAMILY_REGISTER_ACT_RELATED_NOTICE):
        for char, target in read_relation(kind).items():
            classes.join(char, target)
            popular[target] += 1
    for char, target in read_relation(kinds.MOJ_NOTICE_582).items():
        # a leaf only: a rare character must not become a bridge between two common ones
        if char not in classes.root and jis_level(char) == 3:
            classes.join(char, target)
    table = {}
    for members in classes.members.values():
        chosen = min(members, key=lambda char: (jis_level(char), -popular[char], ord(char)))
        table.update({char: chosen for char in members if char != chosen})
    return dict(sorted(table.items())), classes.refused


def main() -> None:
    table, refused = build()
    content = {"licence": NOTICE, "from": "".join(table), "to": "".join(table.values())}
    text = json.dumps(content, ensure_ascii=False, indent=0) + "\n"
    (FOLD / "kanji.json").write_text(text, encoding="utf-8")
    sizes = defaultdict(list)
    for char, target in table.items():
        sizes[target].append(char)
    largest = sorted(sizes.items(), key=lambda item: -len(item[1]))[:6]
    print(len(table), "entries", len(sizes), "classes", [(k, len(v) + 1) for k, v in largest])
    print("refused:", " ".join(refused))


if __name__ == "__main__":
    main()
