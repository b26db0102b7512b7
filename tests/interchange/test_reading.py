"""Text tables: every usual writing is read, every bad one is refused with its own code and place."""

from __future__ import annotations

import csv
import os
import resource
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import EnvironmentFault, InputFault, SasaeError, UsageFault
from app.interchange.importing.mapping import load_fields, map_headers
from app.interchange.importing.reading import CELL_LIMIT, SourceRow, open_table

HEAD = "氏名,カナ,生年月日\n"
ROW = "架空 太郎,カクウ タロウ,S20.3.1\n"


def save(folder: Path, content: bytes | str, name: str = "避難者 名簿.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def refuse(path: Path, **options: object) -> SasaeError:
    with pytest.raises(SasaeError) as caught:
        for _ in open_table(path, **options).rows():  # type: ignore[arg-type]
            pass
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso2022_jp"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_usual_writing_is_read(tmp_path: Path, encoding: str, delimiter: str, newline: str) -> None:
    text = (HEAD + ROW * 3).replace(",", delimiter).replace("\n", newline)
    table = open_table(save(tmp_path, text, encoding=encoding))
    assert table.header == ("氏名", "カナ", "生年月日")
    assert table.delimiter == delimiter
    assert list(table.rows()) == [SourceRow(line, ("架空 太郎", "カクウ タロウ", "S20.3.1")) for line in (2, 3, 4)]
    assert table.has_rows


def test_characters_of_names_survive(tmp_path: Path) -> None:
    names = ["髙﨑", "濵栁", "德", "\ue000外字"]
    table = open_table(save(tmp_path, "氏名,備考\n" + "".join(f"{name},x\n" for name in names), encoding="cp932"))
    assert table.encoding == "cp932"
    assert [row.cells[0] for row in table.rows()] == names
    rare = ["𠮷田", "葛\U000e0100城"]
    table = open_table(save(tmp_path, "氏名,備考\n" + "".join(f"{name},x\n" for name in rare)))
    assert [row.cells[0] for row in table.rows()] == rare


def test_quoted_line_breaks_keep_line_numbers(tmp_path: Path) -> None:
    table = open_table(save(tmp_path, 'a,b\n1,"x\ny\r\nz"\n\n2,w\n'))
    assert list(table.rows()) == [SourceRow(2, ("1", "x\ny\r\nz")), SourceRow(6, ("2", "w"))]


def test_header_below_titles(tmp_path: Path) -> None:
    text = "避難者名簿,,令和6年1月5日現在\n\n作成,架空市\n" + HEAD + ROW
    table = open_table(save(tmp_path, text), fields=load_fields("evacuees"))
    assert (table.header_line, table.header[0]) == (4, "氏名")
    assert [row.line for row in table.rows()] == [5]
    wide = "名簿,,,,\nア,イ,ウ,エ,オ\n1,2,3,4,5\n"
    assert open_table(save(tmp_path, wide)).header_line == 2
    assert open_table(save(tmp_path, wide), header_row=3).header == ("1", "2", "3", "4", "5")
    assert refuse(save(tmp_path, wide), header_row=9).code == "import.header_row"


def test_ragged_rows_are_marked_and_the_rest_read(tmp_path: Path) -> None:
    text = "a,b,c\n1,2,3\n1,2,3,4\n1,2,3,,\n1,2\n\x1a"
    table = open_table(save(tmp_path, text))
    assert [(row.line, row.problem) for row in table.rows()] == [
        (2, None),
        (3, "import.too_many_cells"),
        (4, None),
        (5, "import.too_few_cells"),
    ]
    assert next(row for row in table.rows() if row.line == 4).cells == ("1", "2", "3")
    padded = list(open_table(save(tmp_path, text), pad_short=True).rows())
    assert padded[-1] == SourceRow(5, ("1", "2", ""))


def test_missing_cells_below_empty_headings_are_tolerated(tmp_path: Path) -> None:
    assert list(open_table(save(tmp_path, "a,b,,\n1,2\n3,4,,\n")).rows())[0] == SourceRow(2, ("1", "2", "", ""))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b"\xef\xbb\xbf \r\n\n", "import.empty"),
        (b",,\n,,\n", "import.empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "import.binary"),
        (b"MZ\x90\x00\x03" + b"\0" * 60, "import.binary"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "import.binary"),
        (bytes(range(256)) * 8, "import.binary"),
        (b"<html><table><tr><td>1</table>", "import.markup"),
        ("氏名,a\n山田,b\n".encode() + b"x\0y,1\n" + b"abc,1\n" * 200, "import.nul"),
        (b"PK\x03\x04broken", "import.xlsx_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "import.xlsx_damaged"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, content: bytes, code: str) -> None:
    fault = refuse(save(tmp_path, content))
    assert isinstance(fault, InputFault)
    assert fault.code == code
    assert fault.params["path"].endswith("避難者 名簿.csv")


def test_header_only_is_a_notice(tmp_path: Path) -> None:
    table = open_table(save(tmp_path, HEAD))
    assert not table.has_rows
    assert [notice.code for notice in table.notices] == ["import.no_rows"]
    assert list(table.rows()) == []


def test_missing_folder_and_unreadable(tmp_path: Path) -> None:
    missing = refuse(tmp_path / "ない.csv")
    assert (type(missing), missing.code) == (EnvironmentFault, "import.file_missing")
    assert refuse(tmp_path).code == "import.is_folder"
    assert refuse(Path("a\0b")).code == "import.file_missing"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
def test_file_without_permission(tmp_path: Path) -> None:
    path = save(tmp_path, HEAD + ROW)
    path.chmod(0)
    assert refuse(path).code == "file.not_readable"


def test_a_failing_disk_is_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path, HEAD + ROW)

    def locked(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", locked)
    fault = refuse(path)
    assert (type(fault), fault.code, fault.exit_code) == (EnvironmentFault, "file.not_readable", 3)


def test_later_invalid_byte_names_line_and_offset(tmp_path: Path) -> None:
    good = (HEAD + ROW * 400_000).encode()  # beyond what is judged at opening
    path = save(tmp_path, good + b"abc,\xff,1\n" + ROW.encode())
    table = open_table(path)
    assert table.encoding == "utf-8"
    with pytest.raises(InputFault) as caught:
        sum(1 for _ in table.rows())
    fault = caught.value
    assert (fault.code, fault.params["line"], fault.params["offset"]) == ("import.encoding", 400_002, len(good) + 4)


def test_wrong_encoding_given_and_unknown(tmp_path: Path) -> None:
    path = save(tmp_path, HEAD + ROW, encoding="cp932")
    fault = refuse(path, encoding="utf-8")
    assert (fault.code, fault.params["line"]) == ("import.encoding", 1)
    assert open_table(path, encoding="Shift_JIS").encoding == "cp932"
    assert isinstance(refuse(path, encoding="rot13"), UsageFault)
    assert isinstance(refuse(path, delimiter="::"), UsageFault)
    mixed = refuse(save(tmp_path, HEAD.encode() + "山田,a,b\n".encode("cp932") + b"\xff\xff,\xfd,1\n"))
    assert (mixed.code, mixed.params["line"]) == ("import.encoding_unknown", 2)


def test_nul_deep_inside(tmp_path: Path) -> None:
    fault = refuse(save(tmp_path, HEAD + ROW * 5000 + "a\0,b,c\n" + ROW))
    assert (fault.code, fault.params["line"]) == ("import.nul", 5002)


@pytest.mark.parametrize("before", [0, 5000])
def test_ten_million_characters_stop_early(tmp_path: Path, before: int) -> None:
    path = save(tmp_path, HEAD + ROW * before + "あ" * 10_000_000 + ",b,c\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fault = refuse(path)
    assert (fault.code, fault.params["line"]) == ("import.cell_too_long", before + 2)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 120_000


def test_cell_just_over_the_limit(tmp_path: Path) -> None:
    assert list(open_table(save(tmp_path, f"a,b\n1,{'x' * CELL_LIMIT}\n")).rows())
    fault = refuse(save(tmp_path, f"a,b\n1,2\n1,{'x' * (CELL_LIMIT + 1)}\n"))
    assert (fault.code, fault.params["line"]) == ("import.cell_too_long", 3)


def test_quote_never_closed(tmp_path: Path) -> None:
    fault = refuse(save(tmp_path, 'a,b\n1,2\n3,"4\n5,6\n7,8\n'))
    assert (fault.code, fault.params["line"]) == ("import.quote_open", 3)
    fault = refuse(save(tmp_path, 'a,b\n1,2\n3,"4\n' + "5,6\n" * 200_000))
    assert (fault.code, fault.params["line"]) == ("import.cell_too_long", 3)
    assert list(open_table(save(tmp_path, 'a,b\n1,"2\n3"\n')).rows()) == [SourceRow(2, ("1", "2\n3"))]


def test_changed_after_opening(tmp_path: Path) -> None:
    path = save(tmp_path, HEAD + ROW)
    table = open_table(path)
    path.write_text(HEAD + ROW + ROW, encoding="utf-8")
    with pytest.raises(InputFault, match="import.changed_while_reading"):
        list(table.rows())


def test_guarding_apostrophe_is_taken_off(tmp_path: Path) -> None:
    table = open_table(save(tmp_path, "a,b\n'=1+1,O'Brien\n'+81,'x\n"))
    assert [row.cells for row in table.rows()] == [("=1+1", "O'Brien"), ("+81", "'x")]


def test_batches_equal_rows_and_estimate(tmp_path: Path) -> None:
    table = open_table(save(tmp_path, HEAD + ROW * 4321))
    flat = [(line, tuple(row)) for batch in table.batches(500) for line, row in zip(batch.lines, batch.rows, strict=True)]
    assert flat == [(row.line, row.cells) for row in table.rows()]
    assert table.estimate_rows() == len(flat) == 4321


NANAO = sorted((Path(__file__).parent.parent / "data" / "nanao-2024").glob("*.csv"))


def test_all_real_files_are_there() -> None:
    assert len(NANAO) == 40


@pytest.mark.parametrize("path", NANAO, ids=lambda path: path.stem[-15:])
def test_real_files_of_nanao(path: Path) -> None:
    target = "shelters" if path.stem.startswith("designated") else "headcounts"
    fields = load_fields(target)
    table = open_table(path, fields=fields)
    found = map_headers(table.header, fields)
    assert found.missing == () and found.duplicates == ()
    assert set(found.unknown) <= {"所在地_全国地方公共団体コード", "町字ID"}
    with path.open(encoding="utf-8", newline="") as file:
        plain = list(csv.reader(file))
    rows = list(table.rows())
    assert [row.cells for row in rows] == [tuple(row) for row in plain[1:]]
    assert not any(row.problem for row in rows)
    if target == "headcounts":
        assert all(found.take("count", row.cells).isdigit() or found.take("count", row.cells) == "" for row in rows)
        assert ("at" in found.columns) != ("count_at_text" in found.extras)
    if path.stem.endswith("2024-01-09-1800"):
        assert found.extras == {"count_at_text": "令和6年1月9日午後6時"}
        assert found.take("count", rows[0].cells) == "180"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=2000), st.text(max_size=500).map(lambda text: text.encode("utf-8", "replace"))))
def test_random_bytes_never_crash(tmp_path: Path, data: bytes) -> None:
    path = save(tmp_path, data)
    try:
        table = open_table(path, fields=load_fields("evacuees"))
        for row in table.rows():
            assert row.problem or len(row.cells) == len(table.header)
    except SasaeError as fault:
        assert fault.code


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0'\x1a", exclude_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELL, CELL | st.just("a\nb"), CELL).filter(any), max_size=20))
def test_what_is_written_is_read(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    path = tmp_path / "表.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("氏名", "住所", "備考"), *rows])
    table = open_table(path, fields=load_fields("evacuees"))
    assert [row.cells for row in table.rows()] == rows
