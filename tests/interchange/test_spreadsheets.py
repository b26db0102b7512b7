"""Workbooks: read as text, and refused before they can do harm."""

from __future__ import annotations

import struct
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from app.domain.errors import InputFault
from app.interchange.importing.mapping import load_fields
from app.interchange.importing.reading import SourceRow, open_table
from app.interchange.importing.spreadsheets import WorkbookLimits, cell_text

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def save_book(path: Path, rows: list[list[object]], title: str = "名簿") -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def replace_part(path: Path, part: str, content: bytes) -> Path:
    """The workbook with one part replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def refuse(path: Path, **options: object) -> InputFault:
    with pytest.raises(InputFault) as caught:
        list(open_table(path, **options).rows())  # type: ignore[arg-type]
    return caught.value


def sample(tmp_path: Path) -> Path:
    return save_book(tmp_path / "避難者 名簿.xlsx", [["氏名", "年齢"], ["架空", 40]])


def test_cells_become_text(tmp_path: Path) -> None:
    row: list[object] = ["架空", 12, 1.5, datetime(2024, 1, 5, 18), date(2024, 1, 5), True, time(9, 30), "0767-00-0000"]
    path = save_book(tmp_path / "避難者 名簿.xlsx", [["表題"], [], list("氏年体時日有刻電"), row, [None] * 8, ["次"]])
    table = open_table(path)
    assert (table.format, table.sheet, table.header_line) == ("xlsx", "名簿", 3)
    expected = ("架空", "12", "1.5", "2024-01-05T18:00", "2024-01-05", "TRUE", "09:30", "0767-00-0000")
    assert list(table.rows()) == [SourceRow(4, expected), SourceRow(6, ("次", *[""] * 7))]
    assert list(table.rows()) == list(table.rows())


def test_numbers_as_text() -> None:
    assert [cell_text(value) for value in (3.0, -0.5, 1e15, 0.1, None, False)] == ["3", "-0.5", "1000000000000000", "0.1", "", "FALSE"]


def test_workbook_named_csv_is_read_and_noted(tmp_path: Path) -> None:
    table = open_table(sample(tmp_path).rename(tmp_path / "名簿.csv"))
    assert [notice.code for notice in table.notices] == ["import.renamed_workbook"]
    assert [row.cells for row in table.rows()] == [("架空", "40")]


def test_text_named_xlsx_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "名簿.xlsx"
    path.write_text("氏名,年齢\n架空,40\n", encoding="cp932")
    assert open_table(path).format == "csv"


def test_formula_without_value_and_error_cells_are_reported(tmp_path: Path) -> None:
    table = open_table(save_book(tmp_path / "a.xlsx", [["氏名", "計", "他"], ["架空", "=1+1", "#N/A"], ["見本", "=2", "x"]]))
    assert {notice.code: notice.params.get("count") for notice in table.notices} == {
        "import.formula_without_value": 2,
        "import.cell_errors": 1,
    }
    assert table.notices[0].params["cell"] == "B2"
    empty = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2" t="str"><f>x</f><v></v></c></row>'
    quiet = open_table(replace_part(sample(tmp_path), "xl/worksheets/sheet1.xml", SHEET.format(empty).encode()))
    assert "import.formula_without_value" not in {notice.code for notice in quiet.notices}


def test_sheet_is_chosen_by_its_headings(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["使い方"])
    book.create_sheet("名簿").append(["氏名", "カナ", "生年月日"])
    book.create_sheet("秘").append(["氏名", "カナ", "生年月日", "性別"])
    book["秘"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    table = open_table(tmp_path / "a.xlsx", fields=load_fields("evacuees"))
    assert (table.sheet, table.sheets, table.has_rows) == ("名簿", ("Sheet", "名簿"), False)
    assert open_table(tmp_path / "a.xlsx", sheet="Sheet").header == ("使い方",)
    assert refuse(tmp_path / "a.xlsx", sheet="ない").code == "import.sheet_missing"


def test_empty_workbook(tmp_path: Path) -> None:
    assert refuse(save_book(tmp_path / "a.xlsx", [])).code == "import.empty"


def test_zip_bomb_by_size_ratio_and_count(tmp_path: Path) -> None:
    bomb = replace_part(sample(tmp_path), "xl/media/image1.bin", b"\0" * (40 << 20))
    assert bomb.stat().st_size < 200_000
    assert refuse(bomb).code == "import.xlsx_bomb"
    assert refuse(sample(tmp_path), limits=WorkbookLimits(total_bytes=1000)).code == "import.xlsx_bomb"
    assert refuse(sample(tmp_path), limits=WorkbookLimits(entries=3)).code == "import.xlsx_bomb"


def test_zip_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    path = replace_part(sample(tmp_path), "xl/worksheets/sheet1.xml", SHEET.format(" " * (40 << 20)).encode())
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    data = data.replace(struct.pack("<L", real), struct.pack("<L", 100))
    path.write_bytes(data)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("xl/worksheets/sheet1.xml").file_size == 100
    assert refuse(path).code == "import.xlsx_bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_declarations_are_refused(tmp_path: Path, encoding: str, part: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{" " * 300_000}<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    fault = refuse(replace_part(sample(tmp_path), part, xml.encode(encoding)))
    assert (fault.code, fault.params["part"]) == ("import.xlsx_dtd", part)


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c t='n' r='A1'><v>1</v></c></row><row><c x='/' r='XFD1048576'><v>1</v></c></row>",
        '<row r="1">' + "<c><v>1</v></c>" * 16384 + '</row><row r="1048576"><c><v>1</v></c></row>',
    ],
)
def test_two_cells_far_apart_are_refused(tmp_path: Path, cells: str) -> None:
    fault = refuse(replace_part(sample(tmp_path), "xl/worksheets/sheet1.xml", SHEET.format(cells).encode()))
    assert (fault.code, fault.params["rows"]) == ("import.sheet_too_large", 1048576)


def test_styled_empty_cells_far_away_are_harmless(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    path = replace_part(sample(tmp_path), "xl/worksheets/sheet1.xml", SHEET.format(cells).encode())
    assert open_table(path).header == ("a",)


def test_cells_without_names_are_read(tmp_path: Path) -> None:
    cells = "<row><c t='inlineStr'><is><t>氏名</t></is></c></row>" + "<row><c t='n'><v>5</v></c></row>" * 1000
    path = replace_part(sample(tmp_path), "xl/worksheets/sheet1.xml", SHEET.format(cells).encode())
    assert sum(1 for _ in open_table(path).rows()) == 1000


def test_password_protected(tmp_path: Path) -> None:
    path = tmp_path / "保護.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500)
    assert refuse(path).code == "import.password"
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
    data = (tmp_path / "z.xlsx").read_bytes()
    at = data.index(b"PK\x01\x02") + 8
    (tmp_path / "z.xlsx").write_bytes(data[:at] + b"\x01\0" + data[at + 2 :])
    assert refuse(tmp_path / "z.xlsx").code == "import.password"


def test_other_archives_and_damage(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("名簿.csv", "氏名")
    assert refuse(tmp_path / "a.zip").code == "import.not_a_workbook"
    whole = sample(tmp_path).read_bytes()
    for cut in range(50, len(whole), 397):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole[:cut])
        assert refuse(path).code == "import.xlsx_damaged"


def test_flipped_bytes_never_crash(tmp_path: Path) -> None:
    whole = sample(tmp_path).read_bytes()
    for at in range(0, len(whole), 61):
        path = tmp_path / "flip.xlsx"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            list(open_table(path).rows())
        except InputFault as fault:
            assert fault.code.startswith("import.")
