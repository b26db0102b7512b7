"""Swapped columns are found and said before anything is written; what is only unusual is not."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import InputFault
from app.domain.invention import invent_residents
from app.interchange.importing.source import ReadOptions, open_source
from app.presentation.messages import message

HEAD = ("宛名番号", "世帯番号", "氏名", "フリガナ", "生年月日", "性別", "続柄", "郵便番号", "住所", "電話番号")
FIELDS = ("resident_no", "household_no", "name", "kana", "birth", "sex", "relation", "postal", "address", "phone")


def people(count: int = 120) -> list[list[str]]:
    """Invented residents as cells, telephone numbers in a third."""
    found = invent_residents(count, seed=3, as_of=date(2024, 1, 1))
    rows = [[str(getattr(one, name)) for name in FIELDS] for one in found]
    return [[*row[:-1], row[-1] or (f"090-0000-{n:04d}" if n % 3 == 0 else "")] for n, row in enumerate(rows)]


def write(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    """As CSV in the encoding of the name, or as a workbook."""
    if path.suffix == ".xlsx":
        from openpyxl import Workbook

        book = Workbook()
        for row in (head, *rows):
            book.active.append(list(row))  # type: ignore[union-attr]
        book.save(path)
        return path
    with path.open("w", encoding="cp932" if "cp932" in path.name else "utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def swap(rows: Sequence[Sequence[str]], first: str, second: str) -> list[list[str]]:
    """The values of two columns exchanged under their headings."""
    a, b = HEAD.index(first), HEAD.index(second)
    return [[row[b] if n == a else row[a] if n == b else cell for n, cell in enumerate(row)] for row in rows]


def warnings(path: Path, target: str = "residents", **options: Any) -> list[str]:
    """Codes of what is told about a file."""
    return [issue.code for issue in open_source(path, target, options=ReadOptions(**options)).issues]


@pytest.mark.parametrize("name", ["a.cp932.csv", "a.utf8.csv", "a.xlsx"])
@pytest.mark.parametrize("target", ["residents", "evacuees"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("フリガナ", "生年月日"), ("氏名", "フリガナ"), ("郵便番号", "電話番号"), ("性別", "続柄"), ("氏名", "住所"), ("生年月日", "住所"),
        ("郵便番号", "住所"), ("フリガナ", "住所"), ("性別", "生年月日"), ("氏名", "生年月日"),
    ],
)  # fmt: skip
def test_swapped_columns_are_named_both(tmp_path: Path, name: str, target: str, first: str, second: str) -> None:
    path = write(tmp_path / name, HEAD, swap(people(), first, second))
    with pytest.raises(InputFault) as raised:
        open_source(path, target)
    said = message(raised.value)
    assert raised.value.code == "import.columns_swapped"
    assert f"「{first}」" in said and f"「{second}」" in said and "--mapping" in said
    assert warnings(path, target, force=True).count("import.columns_swapped") == 1


@pytest.mark.parametrize("name", ["a.cp932.csv", "a.utf8.csv", "a.xlsx"])
@pytest.mark.parametrize("target", ["residents", "evacuees"])
def test_invented_people_raise_no_alarm(tmp_path: Path, name: str, target: str) -> None:
    assert not [code for code in warnings(write(tmp_path / name, HEAD, people(900)), target) if code.startswith("import.column")]


def change(rows: Sequence[Sequence[str]], **columns: Any) -> list[list[str]]:
    """Some columns written otherwise."""
    made = []
    for row in rows:
        cells = list(row)
        for field, write_as in columns.items():
            at = FIELDS.index(field)
            cells[at] = write_as(cells[at])
        made.append(cells)
    return made


@pytest.mark.parametrize(
    "columns",
    [
        {"kana": lambda _: ""},
        {"name": lambda _: "NGUYEN VAN ANH", "kana": lambda _: "グエン　バン　アイン"},
        {"name": lambda _: "SMITH JOHN", "kana": lambda _: "SMITH JOHN"},
        {"sex": lambda text: "1" if text == "男" else "2", "relation": lambda _: "02"},
        {"birth": lambda _: "3200301"},
        {"birth": lambda _: "19450301"},
        {"birth": lambda _: "不詳"},
        {"postal": lambda _: "", "phone": lambda _: ""},
        {"address": lambda _: "本町"},
        {"address": lambda _: "本町２－１０－１５"},
        {"address": lambda _: "2-10-15"},
        {"phone": lambda _: "0767531111"},
        {"name": lambda text: "ヤマダ　タロウ", "kana": lambda _: "ヤマダ　タロウ"},
        {"relation": lambda _: "父"},
        {"household_no": lambda _: "山田　太郎"},
    ],
)  # fmt: skip
def test_the_unusual_is_no_alarm(tmp_path: Path, columns: dict[str, Any]) -> None:
    for target in ("residents", "evacuees"):
        path = write(tmp_path / "a.csv", HEAD, change(people(), **columns))
        assert not [code for code in warnings(path, target) if code.startswith("import.column")]


def test_one_wrong_column_is_named_with_what_it_holds(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", HEAD, change(people(), kana=lambda _: "昭和20年3月1日"))
    with pytest.raises(InputFault) as raised:
        open_source(path, "residents")
    assert raised.value.code == "import.column_wrong"
    assert "「フリガナ」" in message(raised.value) and "日付" in message(raised.value)


def test_a_mapping_is_the_way_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", HEAD, swap(people(), "フリガナ", "生年月日"))
    mapping = {**dict(zip(HEAD, FIELDS, strict=True)), "フリガナ": "birth", "生年月日": "kana"}
    assert not [code for code in warnings(path, mapping=mapping) if code.startswith("import.column")]


def test_two_rows_tell_nothing(tmp_path: Path) -> None:
    assert "import.columns_swapped" not in warnings(write(tmp_path / "a.csv", HEAD, swap(people(2), "フリガナ", "生年月日")))


def test_half_a_column_is_a_doubt_only(tmp_path: Path) -> None:
    rows = [[*row[:3], "昭和20年3月1日" if n % 5 < 3 else "123", *row[4:]] for n, row in enumerate(people())]
    assert "import.column_doubtful" in warnings(write(tmp_path / "a.csv", HEAD, rows))
