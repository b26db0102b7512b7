"""Lists of residents from file to snapshot."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.dates import parse_instant
from app.domain.errors import Cancelled, RuleViolation
from app.domain.resident import ResidentRow
from app.interchange.exporting.xlsx_out import write_xlsx
from app.interchange.importing.residents import NumberSet, open_residents
from app.interchange.importing.run import import_residents
from app.interchange.importing.source import ReadOptions, load_mapping
from app.interchange.importing.values import read_protected
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.residents import list_snapshots
from app.usecases.rows import ResidentView
from tests.interchange.conftest import read_csv, write_table

AS_OF = parse_instant("2024-01-01T16:00+09:00")
HEADER = "宛名番号,世帯番号,氏名,フリガナ,生年月日,性別,続柄,郵便番号,住所,方書,行政区,電話番号,国籍,支援措置"
ROWS = [
    "1001,1,髙橋　一郎,タカハシ　イチロウ,S20.3.1,男,世帯主,9260000,見本市本町１－２,見本荘１０１,本町,0767-00-0001,,",
    "1002,1,髙橋　よし,タカハシ　ヨシ,昭和２３年月日不詳,2,妻,9260000,見本市本町１－２,見本荘１０１,本町,,,1",
    "1003,2,Sample John,,1980/02/30,,,,,,,,,対象外",
]


def rows_of(path: Path, **options: object) -> tuple[list[ResidentRow], list[tuple[int | None, str | None, str]]]:
    source = open_residents([path], options=ReadOptions(**options))  # type: ignore[arg-type]
    rows = [row for batch in source.batches() for row in batch]
    return rows, [(issue.line, issue.column, issue.code) for issue in source.results[0].issues]


def residents_of(ctx: Context) -> list[ResidentView]:
    snapshot = ctx.reads.residents.active()
    assert snapshot is not None
    return ctx.reads.residents.page(ctx.reads.residents.ids(snapshot_id=snapshot.id))


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
def test_values_stay_as_written(tmp_path: Path, encoding: str) -> None:
    rows, told = rows_of(write_table(tmp_path / "住 民.csv", HEADER, ROWS, encoding=encoding))
    assert rows[0] == ResidentRow(
        "1001", "1", "髙橋　一郎", "タカハシ　イチロウ", "S20.3.1", "男", "世帯主", "9260000", "見本市本町１－２　見本荘１０１", "本町", "0767-00-0001",
        "", False, 1, "", 2,
    )  # fmt: skip
    assert (rows[1].birth, rows[1].sex, rows[1].protected, rows[1].order) == ("昭和２３年月日不詳", "2", True, 0)
    assert (rows[2].birth, rows[2].protected) == ("1980/02/30", False)
    assert told == [(4, "生年月日", "import.birth_odd")]


def test_an_excel_file_with_an_order_column(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    header = ["氏名", "生年月日", "世帯番号", "世帯員並び順", "続柄"]
    write_xlsx(path, header=header, rows=[["見本 子", "平成31年5月1日", "0001", 2, "子"], ["見本 主", "1950-1-2", "0001", 1, "世帯主"]])
    rows, told = rows_of(path)
    assert [(row.name, row.household_no, row.order) for row in rows] == [("見本 子", "0001", 2), ("見本 主", "0001", 1)]
    assert told == [(2, "生年月日", "import.birth_odd")]


def test_the_head_comes_first_without_an_order_column(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "氏名,世帯番号,続柄", ["見本 子,1,子", "見本 妻,1,妻", "見本 主,1,世帯主"])
    import_residents(ctx, paths=[path], as_of=AS_OF)
    first = next(view for view in residents_of(ctx) if view.name == "見本 子")
    assert [view.name for view in ctx.reads.residents.household(first.id)] == ["見本 主", "見本 妻", "見本 子"]


@pytest.mark.parametrize(
    ("mark", "protected", "understood"),
    [
        ("", False, True), (" ", False, True), ("0", False, True), ("無", False, True), ("なし", False, True), ("対象外", False, True),
        ("－", False, True), ("１", True, True), ("○", True, True), ("有", True, True), ("対象", True, True), ("DV", True, True),
        ("ＤＶ", True, True), ("支援措置対象者", True, True), ("仮支援", True, True), ("9", True, False), ("R5.4.1～", True, False),
    ],
)  # fmt: skip
def test_protection_is_honoured_in_any_writing(mark: str, protected: bool, understood: bool) -> None:
    assert read_protected(mark) == (protected, understood)


def test_an_unknown_mark_of_protection_is_told(tmp_path: Path) -> None:
    rows, told = rows_of(write_table(tmp_path / "a.csv", "氏名,支援措置", ["見本 太郎,9"]))
    assert rows[0].protected and told == [(2, "支援措置", "import.protected_unknown")]


def test_rejected_rows_and_outcome(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", HEADER, [*ROWS, "1001,9,例示 二郎,,,,,,,,,,,", "1004,9,,,S1.1.1,,,,,,,,,", "1005,9,短い"])
    done = import_residents(ctx, paths=[path], as_of=AS_OF, label="見本")
    assert (done.read, done.created, done.rejected) == (6, 3, 3) and done.snapshot is not None
    assert (done.snapshot.residents, done.snapshot.households, done.snapshot.label, done.snapshot.files) == (3, 2, "見本", ("a.csv",))
    assert done.rejected_rows is not None and done.report is not None
    rejected = read_csv(done.rejected_rows)
    assert [row[0] for row in rejected] == ["宛名番号", "1001", "1004", ""] and all(row[-1] for row in rejected)
    assert "2" in rejected[1][-1], "the last row breaks off before it says whether the person is protected: it is not copied"
    assert [line[0] for line in read_csv(done.report)[1:] if line[3] == "エラー"] == ["7", "5", "6"]
    assert any("1980/02/30" in sentence for sentence in done.warnings)


def test_the_same_number_in_two_files(ctx: Context, tmp_path: Path) -> None:
    one = write_table(tmp_path / "1.csv", "宛名番号,氏名", ["1,見本 一", "2,見本 二"])
    two = write_table(tmp_path / "2.csv", "氏名,宛名番号", ["見本 三,3", "見本 二,2"])
    done = import_residents(ctx, paths=[one, two], as_of=AS_OF)
    assert (done.read, done.created, done.rejected) == (4, 3, 1)


def test_stop_on_error_and_nothing_usable_leave_no_snapshot(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "氏名,住所", ["見本 一,x", ",y"])
    with pytest.raises(RuleViolation) as fault:
        import_residents(ctx, paths=[path], as_of=AS_OF, on_error="stop")
    assert fault.value.code == "import.stopped" and read_csv(Path(fault.value.params["report"]))[1][0] == "3"
    nothing = write_table(tmp_path / "b.csv", "氏名,住所", [",x", ",y"])
    with pytest.raises(RuleViolation) as fault:
        import_residents(ctx, paths=[nothing], as_of=AS_OF)
    assert fault.value.code == "import.nothing_usable" and list_snapshots(ctx) == []


def test_cancel_leaves_nothing(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "氏名", [f"見本 {n}" for n in range(3000)])
    calls = iter(range(100))
    job = Job(cancelled=lambda: next(calls) > 1)  # when some rows are stored already
    with pytest.raises(Cancelled):
        import_residents(ctx, paths=[path], as_of=AS_OF, job=job)
    assert list_snapshots(ctx) == []
    assert import_residents(ctx, paths=[path], as_of=AS_OF).created == 3000


def test_a_mapping_file_and_its_memory(ctx: Context, tmp_path: Path) -> None:
    (tmp_path / "対応.toml").write_text('[columns]\n"なまえ" = "name"\n"うまれ" = "birth"\n', encoding="utf-8")
    path = write_table(tmp_path / "a.csv", "なまえ,うまれ", ["見本 太郎,S20.3.1"])
    options = ReadOptions(mapping=load_mapping(tmp_path / "対応.toml", "residents"))
    import_residents(ctx, paths=[path], as_of=AS_OF, options=options)
    other = write_table(tmp_path / "b.csv", "うまれ,なまえ", ["S30.3.1,例示 花子"])
    import_residents(ctx, paths=[other], as_of=AS_OF)
    assert [(view.name, view.birth) for view in residents_of(ctx)] == [("例示 花子", "S30.3.1")]


def test_people_who_are_gone_are_counted(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "氏名,住民状態", ["見本 一,住民", "見本 二,死亡", "見本 三,転出"])
    done = import_residents(ctx, paths=[path], as_of=AS_OF)
    assert done.created == 3 and len(done.warnings) == 1 and "2件" in done.warnings[0]


def test_fifty_thousand_rows_are_read(tmp_path: Path) -> None:
    lines = [f"{n},{n // 3},見本　{n},ミホン,昭和{20 + n % 40}年{1 + n % 12}月{1 + n % 28}日,男,子,,見本市{n},,,,,"
             for n in range(50_000)]  # fmt: skip
    path = write_table(tmp_path / "a.csv", HEADER, lines, encoding="cp932")
    source = open_residents([path])
    assert sum(len(batch) for batch in source.batches()) == 50_000


@pytest.mark.parametrize("step", [1, 7, 100_003])
def test_numbers_close_together_or_far_apart_are_remembered(step: int) -> None:
    seen = NumberSet()
    numbers = [f"{n * step:07d}" for n in range(30_000)]
    assert all(map(seen.add, numbers))
    assert not any(map(seen.add, numbers))
    others = ["A-1", "1", "01", "001", "１", str(10**60)]
    assert all(map(seen.add, others)) and not any(map(seen.add, others))


def test_the_second_of_two_people_with_one_number_is_told_where_the_first_is(ctx: Context, tmp_path: Path) -> None:
    lines = [f"{n},見本　{n}" for n in range(2500)]
    path = write_table(tmp_path / "a.csv", "宛名番号,氏名", [*lines, "1200,例示　次郎", ",番号　無し", ",番号　無し"])
    done = import_residents(ctx, paths=[path], as_of=AS_OF)
    assert (done.created, done.rejected) == (2502, 1) and done.rejected_rows is not None
    assert "1202" in read_csv(done.rejected_rows)[1][-1]


def test_other_names_are_kept_and_found(ctx: Context, tmp_path: Path) -> None:
    header = "氏名,フリガナ,旧氏,通称,アルファベット氏名"
    lines = ["見本　花子,ミホン　ハナコ,試験,,", "金　一,キム　イル,,架空　一郎,KIM Il", "見本　無,ミホン　ム,,,見本　無"]
    path = write_table(tmp_path / "a.csv", header, lines)
    rows, _ = rows_of(path)
    assert [row.alias for row in rows] == ["試験", "架空　一郎 / KIM Il", ""]
    import_residents(ctx, paths=[path], as_of=AS_OF)
    for text, name in (("試験", "見本　花子"), ("架空一郎", "金　一"), ("ｋｉｍ", "金　一"), ("一郎", "金　一"), ("金", "金　一")):
        assert [hit.name for hit in ctx.reads.search.find(text, within="residents")[0]] == [name], text


def test_a_list_given_twice_is_taken_once_and_told(ctx: Context, tmp_path: Path) -> None:
    lines = [f"見本　{n},昭和50年1月1日,見本市本町{n},男" for n in range(20)]
    first, again, other = (
        write_table(tmp_path / name, "氏名,生年月日,住所,性別", rows)
        for name, rows in (("一.csv", lines), ("二.csv", lines), ("三.csv", [line.replace("本町", "港町") for line in lines]))
    )
    done = import_residents(ctx, paths=[first, again, other, first], as_of=AS_OF)
    assert (done.read, done.created) == (40, 40)
    told = [warning for warning in done.warnings if "中身が同じ" in warning]
    assert len(told) == 2 and "二.csv" in told[0] and "一.csv" in told[0]
    assert done.snapshot is not None and done.snapshot.files == ("一.csv", "三.csv")
