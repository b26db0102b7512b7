"""Shared by the printing tests: stamps, fonts, a roster of invented people with difficult names."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.printing.fonts import FontBook, find_fallback_files
from app.printing.lists import PrintColumn
from app.printing.report import PageStamp

KATSU_OLD = "葛\U000e0102"  # Moji_Joho: only IPAmj Mincho has it
KATSU_AJ = "葛\U000e0100"  # Adobe-Japan1: BIZ UD Gothic has it
NAMES = ("髙橋 花子", "山﨑 太郎", "𠮷田 一郎", f"{KATSU_AJ}西 次郎", f"{KATSU_OLD}城 三郎", "佐藤 美咲")


@pytest.fixture(scope="session")
def fonts() -> FontBook:
    """The fonts of this machine; the tests need the rare kanji."""
    book = FontBook()
    assert book.has_fallback, "IPAmj Mincho is not installed (fonts-ipamj-mincho)"
    return book


@pytest.fixture(scope="session")
def fallback_file() -> Path:
    return next(find_fallback_files())


@pytest.fixture
def stamp() -> PageStamp:
    return PageStamp(
        as_of="令和6年1月5日 18時00分 時点",
        known_at="令和6年1月6日 9時12分 までの入力",
        operator="作成：見本 花子",
        caution="取扱注意",
        place="見本市",
    )


@pytest.fixture
def columns() -> list[PrintColumn]:
    return [
        PrintColumn(header="番号", width=4, align="right", key="no"),
        PrintColumn(header="氏名", width=8, key="name"),
        PrintColumn(header="住所", width=16, key="address"),
        PrintColumn(header="避難所", width=8, key="shelter"),
    ]


def make_rows(count: int) -> list[list[str]]:
    """Rows of invented people."""
    shelters = [f"第{'一二三'[n * 3 // max(count, 1)]}小学校" for n in range(count)]
    return [[str(n + 1), NAMES[n % len(NAMES)], f"見本市中央町{n + 1}番地", shelters[n]] for n in range(count)]
