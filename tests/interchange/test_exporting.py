"""Files for other programs: whole, harmless, nothing lost unnoticed."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.domain.errors import Cancelled, EnvironmentFault, RuleViolation
from app.interchange.exporting import xlsx_out
from app.interchange.exporting.characters import cell_text, is_harmless, neutralise
from app.interchange.exporting.csv_out import write_csv
from app.interchange.exporting.html_out import write_html
from app.interchange.exporting.xlsx_out import write_xlsx
from app.interchange.importing.reading import open_table
from app.usecases.job import Job

HEADER = ["氏名", "電話"]


def read(path: Path, encoding: str = "utf-8-sig") -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file))


RISKY = ["=cmd|'/C calc'!A0", "+81-90-0000-0000", "-1+1", "@x", "\tx", "\rx", "\nx", "＝1", "－1+1", "-0767-00"]


@pytest.mark.parametrize("text", RISKY)
def test_formulas_are_neutralised(text: str) -> None:
    assert neutralise(text) == "'" + text


@pytest.mark.parametrize("text", ["", "-", "－", "-12", "-1,200.5", "-.5", "0767-00-0000", "O'Brien", "架空=1", "#1"])
def test_harmless_texts_stay(text: str) -> None:
    assert neutralise(text) == text


@given(st.text())
def test_nothing_risky_remains(text: str) -> None:
    safe = neutralise(text)
    assert safe == text or safe == "'" + text
    assert safe[:1] not in tuple("=+@\t\r\n")


def test_csv_for_excel(tmp_path: Path) -> None:
    path = tmp_path / "名簿 一覧.csv"
    rows = [["架空", "=1"], [None, -5], ["𠮷", "a\nb"]]
    result = write_csv(path, header=HEADER, rows=rows, lines_before=[["令和6年1月5日現在"]])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") and b"\r\n" in path.read_bytes()
    assert read(path) == [["令和6年1月5日現在"], HEADER, ["架空", "'=1"], ["", "-5"], ["𠮷", "a\nb"]]
    assert (result.rows, result.bytes, result.unencodable) == (3, path.stat().st_size, ())
    assert [row.cells for row in open_table(path).rows()][0] == ("架空", "=1")


def test_cp932_takes_no_byte_that_only_python_reads(tmp_path: Path) -> None:
    """U+F8F0 to U+F8F3 come out as the single bytes A0 and FD to FF, which no other program takes for a character."""
    done = write_csv(tmp_path / "a.csv", header=["氏名"], rows=[["飛田\uf8f0子\ue000"]], encoding="cp932", registered={"\uf8f1": "崎"})
    assert (tmp_path / "a.csv").read_bytes().endswith("飛田〓子\ue000\r\n".encode("cp932"))
    assert [(one.code_point, one.written) for one in done.unencodable] == [("U+F8F0", "〓"), ("U+E000", "\ue000")]


def test_cp932_lists_what_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [["髙﨑"], ["𠮷田"], ["葛\U000e0100城"], ["か\u3099く"], ["ok?"], ["\ud800"]]
    result = write_csv(path, header=["氏名"], rows=rows, encoding="cp932")
    assert [row[0] for row in read(path, "cp932")] == ["氏名", "髙﨑", "吉田", "葛城", "がく", "ok?", "〓"]
    assert [(item.row, item.column, item.text, item.char, item.code_point, item.written) for item in result.unencodable] == [
        (2, "氏名", "𠮷田", "𠮷", "U+20BB7", "吉"),
        (3, "氏名", "葛\U000e0100城", "葛\U000e0100", "U+845B U+E0100", "葛"),
        (6, "氏名", "\ud800", "\ud800", "U+D800", "〓"),
    ]
    other = write_csv(path, header=["𰻞"], rows=[["é"], ["ع"]], encoding="cp932", substitute="□")
    assert read(path, "cp932") == [["□"], ["e"], ["□"]]
    assert [item.row for item in other.unencodable] == [0, 1, 2]
    with pytest.raises(ValueError):
        write_csv(path, header=["a"], rows=[], encoding="cp932", substitute="?")


def test_registered_substitutes_win_and_gaiji_with_a_code_stay_and_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [["\ue000田"], ["\ue800田"], ["𠮷田"], ["\U000f0000"]]
    result = write_csv(path, header=["a"], rows=rows, encoding="cp932", registered={"\ue000": "辺", "\ue800": "邊", "𠮷": "善"})
    assert [row[0] for row in read(path, "cp932")] == ["a", "\ue000田", "邊田", "善田", "〓"]
    assert [(item.char, item.written) for item in result.unencodable] == [
        ("\ue000", "\ue000"), ("\ue800", "邊"), ("𠮷", "善"), ("\U000f0000", "〓"),
    ]  # fmt: skip
    assert b"?" not in path.read_bytes()
    assert write_csv(path, header=["a"], rows=rows).unencodable == () and read(path, "utf-8-sig")[1:] == rows


def test_list_of_misfits_is_bounded(tmp_path: Path) -> None:
    result = write_csv(tmp_path / "a.csv", header=["a"], rows=(["𠮷"] for _ in range(12_000)), encoding="cp932")
    assert (len(result.unencodable), result.unencodable_total) == (10_000, 12_000)


@pytest.mark.parametrize("writer", [write_csv, write_xlsx, lambda path, **options: write_html(path, title="t", caption="c", **options)])
def test_cancel_and_failure_leave_nothing(tmp_path: Path, writer: object) -> None:
    path = tmp_path / "a.out"
    path.write_text("old", encoding="utf-8")
    calls: list[int] = []

    def stop() -> bool:
        calls.append(1)
        return len(calls) > 3

    with pytest.raises(Cancelled):
        writer(path, header=HEADER, rows=[["a", "b"]] * 5000, job=Job(cancelled=stop))  # type: ignore[operator]

    def broken() -> Iterator[list[str]]:
        yield ["a", "b"]
        raise RuntimeError("row source")

    with pytest.raises(RuntimeError):
        writer(path, header=HEADER, rows=broken())  # type: ignore[operator]
    with pytest.raises(EnvironmentFault):
        writer(tmp_path / "no" / "a.out", header=HEADER, rows=[])  # type: ignore[operator]
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "名簿.xlsx"
    rows = [["架空", "=1+1"], ["0012", 5], [None, "a\x00b"], ["葛\U000e0100𠮷", "x" * 40_000], ["#N/A", -1.5]]
    result = write_xlsx(path, header=HEADER, rows=rows, sheet="名簿/1", widths=[20], lines_before=[["現在"]])
    page = load_workbook(path)["名簿_1"]
    values = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert values[:4] == [HEADER, ["架空", "=1+1"], ["0012", 5], [None, "a〓b"]]
    assert values[4][0] == "葛\U000e0100𠮷" and len(str(values[4][1])) == 32_767
    assert values[5] == ["#N/A", -1.5]
    assert [page["B3"].data_type, page["A4"].data_type, page["A7"].data_type] == ["s", "s", "s"]
    assert (page.freeze_panes, page["A2"].font.bold, page.column_dimensions["A"].width) == ("A3", True, 20)
    assert (result.rows, result.shortened, result.unencodable[0].code_point) == (5, ((4, "電話"),), "U+0000")
    table = open_table(path, header_row=2)
    assert next(iter(table.rows())).cells == ("架空", "=1+1")
    assert [notice.code for notice in table.notices] == []


def test_xlsx_row_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_out, "_ROW_LIMIT", 10)
    assert write_xlsx(tmp_path / "a.xlsx", header=["a"], rows=[["1"]] * 9).rows == 9
    with pytest.raises(RuleViolation, match="export.too_many_rows"):
        write_xlsx(tmp_path / "b.xlsx", header=["a"], rows=[["1"]] * 10)
    assert not (tmp_path / "b.xlsx").exists()


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] in ("td", "th"):
            self.cells[-1] += data


def test_html(tmp_path: Path) -> None:
    path = tmp_path / "名簿.html"
    rows = [["<script>alert(1)</script>", None], ["葛\U000e0100", 3]]
    words = {"title": "避難者<名簿>", "caption": "令和6年1月5日18時現在"}
    result = write_html(path, **words, header=HEADER, rows=rows, notes=["取扱注意"], training=True)
    text = path.read_text(encoding="utf-8")
    found = _Tags()
    found.feed(text)
    assert result.rows == 2 and result.bytes == path.stat().st_size
    assert 'lang="ja"' in text and "<caption>令和6年1月5日18時現在</caption>" in text and "取扱注意" in text and "訓練" in text
    assert "script" not in found.tags and "link" not in found.tags and "http" not in text.replace("http-equiv", "")
    assert [cell.strip() for cell in found.cells] == [*HEADER, "<script>alert(1)</script>", "", "葛\U000e0100", "3"]
    write_html(path, title="t", caption="c", header=HEADER, rows=[])
    assert "該当するものはありません" in path.read_text(encoding="utf-8")
    assert "訓練" not in path.read_text(encoding="utf-8")


def test_hundred_thousand_rows_in_seconds(tmp_path: Path) -> None:
    row = ["架空 太郎", "カクウ タロウ", "S20.3.1", "男", "090-0000-0000", *["石川県架空市見本町1-2"] * 15]
    start = time.perf_counter()
    result = write_csv(tmp_path / "a.csv", header=[str(index) for index in range(20)], rows=(row for _ in range(133_000)))
    assert result.rows == 133_000
    assert time.perf_counter() - start < 10  # 1 s alone on the machine; others may be running


CELL = st.text(st.characters(codec="utf-8", exclude_characters="'", exclude_categories=["Cs", "Cc"]), max_size=8)


@given(st.lists(st.tuples(CELL, CELL).filter(any), max_size=8))
def test_csv_round_trip(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    path = tmp_path_factory.mktemp("x") / "a.csv"
    write_csv(path, header=HEADER, rows=rows)
    assert [row.cells for row in open_table(path, header_row=1).rows()] == rows


def test_cancelled_xlsx_leaves_no_names_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))

    def broken() -> Iterator[list[str]]:
        yield ["架空"] * 2
        assert list(folder.iterdir())
        raise Cancelled

    with pytest.raises(Cancelled):
        write_xlsx(tmp_path / "a.xlsx", header=HEADER, rows=broken())
    assert list(folder.iterdir()) == []
    write_xlsx(tmp_path / "a.xlsx", header=HEADER, rows=[["架空", "1"]])
    assert list(folder.iterdir()) == []


@given(st.lists(st.one_of(st.text(max_size=4), st.sampled_from(["=1", "-", "-12", "+81", "＝a", "", "\x00=", "@x"])), max_size=5))
def test_a_harmless_row_is_one_that_every_cell_leaves_alone(row: list[str]) -> None:
    if is_harmless(row):
        assert [cell_text(cell) for cell in row] == row
