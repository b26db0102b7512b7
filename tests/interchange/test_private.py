"""個人番号 and 住民票コード are neither imported nor shown, whatever the file and the importer."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from app.interchange.importing.mapping import load_fields
from app.interchange.importing.private import HIDDEN, _check_digit, is_my_number, is_private_heading
from app.interchange.importing.reading import open_table
from app.interchange.importing.source import ReadOptions, open_source


def my_number(serial: int) -> str:
    """An invented 個人番号 that passes the check."""
    body = f"{98320567321 + serial * 7919:011d}"
    return body + str(_check_digit(body))


def resident_code(serial: int) -> str:
    body = f"{5123456789 + serial * 104729:010d}"
    return body + str(_check_digit(body))


@pytest.mark.parametrize("text", ["983205673214", "９８３２０５６７３２１４", "9832-0567-3214", " 983205673214 "])
def test_a_number_is_known_in_any_writing(text: str) -> None:
    assert is_my_number(text)


@pytest.mark.parametrize("text", ["983205673210", "98320567321", "111111111111", "090-1234-5678", "", "A83205673214"])
def test_what_is_none(text: str) -> None:
    assert not is_my_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "個人番号",
        "個人番号（12桁）",
        "マイナンバー",
        "ﾏｲﾅﾝﾊﾞｰ",
        "【必須】個人番号",
        "世帯主個人番号",
        "住民票コード",
        "旧住民票コード",
        "My Number",
    ],
)
def test_headings(text: str) -> None:
    assert is_private_heading(text)


@pytest.mark.parametrize(
    "text", ["個人番号カードの有無", "マイナンバーカード", "住民票コード変更日", "個人番号区分", "個人コード", "宛名番号", "住民番号", ""]
)
def test_other_headings(text: str) -> None:
    assert not is_private_heading(text)


def write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def whole(header: list[str], columns: list[Any], count: int = 12) -> list[list[str]]:
    return [header, *([str(make(n)) for make in columns] for n in range(count))]


RESIDENT = ["宛名番号", "氏名", "生年月日", "住所", "備考"]
MAKERS = [
    lambda n: f"{n + 1:010d}",
    lambda n: f"見本　{'一二三四五六七八九十百千'[n]}",
    lambda n: f"S{20 + n}.1.1",
    lambda n: f"見本市本町{n}番",
]


@pytest.mark.parametrize(
    ("heading", "make"),
    [("個人番号", my_number), ("備考", my_number), ("宛名コード", my_number), ("住民票コード", resident_code), ("コード2", resident_code)],
)
def test_cells_are_hidden_before_anybody_gets_them(tmp_path: Path, heading: str, make: Any) -> None:
    rows = whole([*RESIDENT[:4], heading], [*MAKERS, make])
    rows.append(["13", "見本　余り", "S40.1.1", "見本市", make(77), "余分"])
    path = write(tmp_path / "一覧.csv", rows)
    table = open_table(path, fields=load_fields("residents"))
    assert table.private == (4,) and table.mappable[4] == ""
    got = list(table.rows())
    assert {row.cells[4] for row in got} == {HIDDEN} and got[-1].problem
    assert [notice.column for notice in table.notices if notice.code == "import.private_column"] == [heading]
    result = open_source(path, "residents")
    assert 4 not in result.headers.columns.values() and heading not in result.headers.unknown
    if make is resident_code and heading == "コード2":
        return  # eleven digits under a heading that somebody says is a number of the town's own
    forced = open_source(path, "residents", options=ReadOptions(mapping={"氏名": "name", heading: "resident_no"}))
    assert 4 not in forced.headers.columns.values()


def test_a_towns_own_numbers_and_telephones_stay(tmp_path: Path) -> None:
    header = ["宛名番号", "氏名", "電話", "整理"]
    path = write(tmp_path / "一覧.csv", whole(header, [resident_code, MAKERS[1], lambda n: f"090{n:08d}", lambda n: f"{n:012d}"]))
    table = open_table(path, fields=load_fields("residents"))
    assert table.private == () and list(table.rows())[0].cells[0] == resident_code(0)


def test_a_workbook_too(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in whole([*RESIDENT[:4], "メモ"], [*MAKERS, my_number]):
        book.active.append(row)
    book.save(tmp_path / "一覧.xlsx")
    assert {row.cells[4] for row in open_table(tmp_path / "一覧.xlsx", fields=load_fields("residents")).rows()} == {HIDDEN}


def test_eleven_digits_under_a_heading_that_may_mean_either_are_told(tmp_path: Path) -> None:
    """A town's own number and a 住民票コード share their check digit; only somebody who knows the file can say which it is."""
    for heading, told in (("住民コード", ["住民コード"]), ("宛名番号", []), ("住民票コード", [])):
        path = tmp_path / f"{heading}.csv"
        path.write_text(f"{heading},氏名\n" + "".join(f"{resident_code(n)},見本　{n}\n" for n in range(20)), encoding="utf-8")
        result = open_source(path, "residents", options=ReadOptions())
        found = [one for one in result.table.notices if one.code == "import.maybe_private_column"]
        assert [one.column for one in found] == told
        assert ("resident_no" in result.headers.columns) == (heading != "住民票コード")
