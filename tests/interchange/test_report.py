"""The report a person reads, and the rejected rows a person mends."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from app import resources
from app.interchange.importing.mapping import load_fields, map_headers
from app.interchange.importing.reading import SourceRow, open_table
from app.interchange.importing.report import ImportReport, Issue, word_issue, write_rejected, write_report


def read(path: Path) -> list[list[str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_report_counts_all_and_keeps_some() -> None:
    report = ImportReport(limit=3)
    for line in range(5):
        report.error("import.too_few_cells", line=line)
    report.warn("import.column_duplicate", column="電話", value="x" * 1000)
    assert (report.errors, report.warnings, len(report.issues), report.truncated, report.omitted) == (5, 1, 3, True, 3)
    assert report.all_issues()[-1].code == "import.report_truncated"
    assert "3" in word_issue(report.all_issues()[-1])
    assert not ImportReport().truncated and ImportReport().all_issues() == []


def test_written_report(tmp_path: Path) -> None:
    report = ImportReport()
    report.error("import.too_few_cells", line=7, column="氏名", value="=1+1")
    report.warn("import.no_such_code", value="a\nb")
    path = tmp_path / "報告 書.csv"
    assert write_report(path, report.all_issues()) == 2
    rows = read(path)
    assert rows[0] == ["行", "列", "値", "種別", "内容"]
    assert rows[1][:4] == ["7", "氏名", "'=1+1", "エラー"] and rows[1][4].startswith("7行目")
    assert rows[2] == ["", "", "a\nb", "警告", "import.no_such_code"]
    write_report(path, [Issue(1, None, "", "error", "x")], lambda issue: issue.code.upper(), ["a", "b", "c", "d", "e"])
    assert read(path) == [["a", "b", "c", "d", "e"], ["1", "", "", "エラー", "X"]]


def test_rejected_rows_are_mended_and_imported_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("氏名,電話番号,備考\n架空,1,=x\n見本,2\n例示,3,z,余り\n", encoding="utf-8")
    table = open_table(path)
    out = tmp_path / "却下.csv"
    assert write_rejected(out, table, ((row, "理由A") for row in table.rows())) == 3
    assert read(out) == [
        ["氏名", "電話番号", "備考", "却下理由"],
        ["架空", "1", "'=x", "理由A"],
        ["見本", "2", "", "理由A"],
        ["例示", "3", "z", "理由A", "余り"],
    ]
    again = open_table(out, fields=load_fields("evacuees"))
    assert map_headers(again.header, load_fields("evacuees")).unknown == ("却下理由",)
    rows = list(again.rows())
    assert rows[0] == SourceRow(2, ("架空", "1", "=x", "理由A"))
    assert rows[2].problem == "import.too_many_cells"
    write_rejected(tmp_path / "二.csv", again, [(rows[0], "理由B")])
    assert read(tmp_path / "二.csv") == [["氏名", "電話番号", "備考", "却下理由"], ["架空", "1", "'=x", "理由B"]]


def test_no_words_are_missing() -> None:
    messages = resources.read_messages()
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((resources.root() / "app" / "interchange").rglob("*.py")))
    codes = set(re.findall(r'"((?:import|export|file)\.[a-z_]+)"', source))
    assert len(codes) > 25
    assert codes <= set(messages)


NAMES = (
    "path line column value reason kind encoding offered offset bytes delimiter limit part sheet rows columns count cell key omitted"
).split()


@pytest.mark.parametrize("file", ["import_reading.toml", "export.toml"])
def test_placeholders_are_well_formed(file: str) -> None:
    for code, text in resources.read_toml("messages", file).items():
        assert text.format_map(dict.fromkeys(NAMES, "x")), code
