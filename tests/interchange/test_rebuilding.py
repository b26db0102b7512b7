"""From history files to a snapshot: awkward files, their sequence, what stops and what goes on, on a real store."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.dates import JST
from app.domain.errors import Cancelled, InputFault, RuleViolation, SasaeError
from app.domain.invention_history import write_history_files
from app.interchange.exporting.xlsx_out import write_xlsx
from app.interchange.importing.history import read_days, read_reason, read_status
from app.interchange.importing.rebuilding import RebuildOutcome, holds_history, inspect_files, rebuild_residents
from app.interchange.importing.run import import_residents
from app.interchange.importing.sequence import read_name
from app.interchange.importing.source import ReadOptions
from app.presentation.messages import message
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.rebuild import compare_snapshots, list_findings, show_changes
from tests.interchange.conftest import State, read_csv, write_table

HEADER = "宛名番号,履歴番号,世帯番号,氏名,カナ,生年月日,性別,続柄,住所,異動日,処理日,異動事由,住民状態,支援措置"
AS_OF = datetime(2024, 3, 8, 16, 10, tzinfo=JST)
KNOWN = datetime(2024, 3, 11, 9, 0, tzinfo=JST)


def row(
    number: str, history: object, name: str, moved: str, processed: str, reason: str, *, status: str = "住民", address: str = "本町1-1",
    birth: str = "昭和50年1月1日", relation: str = "世帯主", protected: str = "",
) -> str:  # fmt: skip
    return f"{number},{history},H{number},{name},ミホン,{birth},女,{relation},{address},{moved},{processed},{reason},{status},{protected}"


FULL = (
    row("1", 1, "見本　一", "2010-04-01", "2010-04-02", "国内転入"),
    row("2", 1, "見本　二", "2010-04-01", "2010-04-02", "国内転入"),
    row("2", 2, "見本　二", "2020-04-01", "2020-04-02", "転居", address="港町2-2"),
    row("3", 1, "見本　三", "2024-02-28", "2024-02-29", "国内転入"),
    row("4", 1, "見本　四", "2001-04-01", "2001-04-01", "出生"),
)


def files(
    tmp_path: Path, *differences: tuple[str, tuple[str, ...]], full: tuple[str, ...] = FULL, name: str = "全件_20240229.csv"
) -> dict[str, Any]:
    made = [write_table(tmp_path / called, HEADER, rows) for called, rows in differences]
    return {"full": [write_table(tmp_path / name, HEADER, full)], "differences": made}


def rebuild(ctx: Context, given: dict[str, Any], **more: Any) -> RebuildOutcome:
    return rebuild_residents(ctx, **{"as_of": AS_OF, "known_at": KNOWN, **given, **more})


def people(ctx: Context, done: RebuildOutcome) -> dict[str, str]:
    assert done.snapshot is not None
    return {one.resident_no: one.address for batch in ctx.reads.residents.rows(snapshot_id=done.snapshot.id) for one in batch}


def told(ctx: Context, done: RebuildOutcome) -> dict[str, list[str]]:
    assert done.snapshot is not None
    found: dict[str, list[str]] = {}
    for one in list_findings(ctx, snapshot_id=done.snapshot.id):
        found.setdefault(one.code, []).append(one.resident_no or one.new)
    found.pop("resident.no_check_digit", None)
    return found


def test_invented_histories_come_out_as_they_were(ctx: Context, tmp_path: Path) -> None:
    full, differences, truth = write_history_files(tmp_path, residents=1500, changes=150, seed=5)
    as_of = datetime(truth.as_of.year, truth.as_of.month, truth.as_of.day, 23, 59, tzinfo=JST)
    known = datetime(truth.known_at.year, truth.known_at.month, truth.known_at.day, tzinfo=JST)
    done = rebuild_residents(ctx, full=[full], differences=differences, as_of=as_of, known_at=known)
    assert people(ctx, done) == truth.residents
    assert done.census is not None and done.census.total == len(truth.residents) and done.census.on == truth.as_of
    assert done.rejected == 0 and done.read == 1500 + 150 * 11
    late = sum(done.findings.get(f"resident.late_{kind}", 0) for kind in ("birth", "death", "move_in", "move_out"))
    assert late > 10 and done.findings["resident.move_out_planned"] > 5
    again = rebuild_residents(ctx, full=[full], differences=[*reversed(differences), differences[3]], as_of=as_of, known_at=known)
    assert again.snapshot and done.snapshot and again.snapshot.sha256 == done.snapshot.sha256
    assert {"rebuild.put_in_order", "rebuild.same_file_twice"} <= again.findings.keys()


def test_a_snapshot_says_from_what_it_was_made(ctx: Context, tmp_path: Path) -> None:
    given = files(tmp_path, ("差分_20240301.csv", (row("1", 2, "見本　一", "2024-03-01", "2024-03-01", "転居", address="山手3"),)))
    done = rebuild(ctx, given, label="発災時点")
    snapshot = done.snapshot
    assert snapshot is not None and (snapshot.origin, snapshot.label, snapshot.as_of, snapshot.known_at) == (
        "rebuild",
        "発災時点",
        AS_OF,
        KNOWN,
    )
    assert [(one.role, one.rows, one.covers) for one in snapshot.sources] == [("full", 5, "2024-02-29"), ("difference", 1, "2024-03-01")]
    assert snapshot.sources[0].sha256 == hashlib.sha256(given["full"][0].read_bytes()).hexdigest()
    assert people(ctx, done) == {"1": "山手3", "2": "港町2-2", "3": "本町1-1", "4": "本町1-1"}
    assert {one.covers for one in snapshot.sources} == {"2024-02-29", "2024-03-01"}


def test_awkward_orders_are_told_person_by_person(ctx: Context, tmp_path: Path) -> None:
    given = files(
        tmp_path,
        (
            "差分_20240301_001.csv",
            (
                row("1", 2, "見本　一", "2024-03-01", "2024-03-01", "国内転出", status="転出"),
                row("2", 4, "見本　二", "2024-03-01", "2024-03-01", "転居", address="山手4"),
                row("9", 3, "見本　九", "2024-03-01", "2024-03-01", "職権修正"),
                row("4", 1, "見本　四", "2001-04-01", "2001-04-01", "出生"),
            ),
        ),
        (
            "差分_20240310_002.csv",
            (
                row("1", 3, "見本　一", "2024-03-01", "2024-03-10", "転出取消"),
                row("3", 2, "見本　三", "2024-03-08", "2024-03-10", "死亡", status="死亡"),
                row("8", 1, "見本　八", "2024-03-07", "2024-03-10", "出生", birth="令和6年3月7日"),
                row("2", 4, "見本　二", "2024-03-01", "2024-03-01", "転居", address="山手5"),
                row("4", 2, "見本　四", "不詳", "2024-03-09", "居所不明", status="消除"),
            ),
        ),
        ("差分_20240312_003.csv", (row("2", 5, "見本　二", "2024-03-05", "2024-03-12", "死亡", status="死亡"),)),
    )
    done = rebuild(ctx, given)
    assert people(ctx, done) == {"1": "本町1-1", "2": "山手5", "3": "本町1-1", "4": "本町1-1", "8": "本町1-1", "9": "本町1-1"}
    found = told(ctx, done)
    days = found.pop("rebuild.missing_day", []) + found.pop("rebuild.missing_weekend", [])
    assert days == [] and found == {
        "rebuild.rows_repeated": ["1"],
        "resident.cancelled_late": ["1"],
        "resident.date_unclear_stays": ["4"],
        "resident.death_known_later": ["2"],
        "resident.died_on_day": ["3"],
        "resident.history_gap": ["2"],
        "resident.late_birth": ["8"],
        "resident.no_base_row": ["9"],
        "resident.row_replaced": ["2"],
    }
    later = rebuild(ctx, given, known_at=datetime(2024, 3, 20, tzinfo=JST))
    assert done.snapshot and later.snapshot
    compared = compare_snapshots(ctx, before=done.snapshot.id, after=later.snapshot.id)
    assert (compared.appeared, compared.left, compared.changed, compared.unchanged) == (0, 1, 0, 5)
    assert [one.person.name for one in show_changes(ctx, comparison=compared, kind="left")] == ["見本　二"]


def test_files_come_in_order_whatever_they_are_given_as(ctx: Context, tmp_path: Path) -> None:
    one, two, three = (row("1", 2, "見本　一", "2024-03-01", "2024-03-01", "転居", address=f"山手{n}") for n in (1, 2, 3))
    given = files(tmp_path, ("d_0303.csv", (three,)), ("d_0301.csv", (one,)), ("d_0302.csv", (two,)))
    done = rebuild(ctx, given)
    assert people(ctx, done)["1"] == "山手3" and "rebuild.put_in_order" in done.findings
    assert done.snapshot and [mark.covers for mark in done.snapshot.sources] == ["2024-02-29", "2024-03-01", "2024-03-02", "2024-03-03"]


def test_missing_days_and_numbers_are_told_before_and_after_reading(ctx: Context, tmp_path: Path) -> None:
    change = row("1", 2, "見本　一", "2024-03-01", "2024-03-01", "転居")
    other = row("1", 3, "見本　一", "2024-03-06", "2024-03-06", "転居")
    given = files(tmp_path, ("差分20240301.csv", (change,)), ("差分20240306.csv", (other,)))
    looked = inspect_files(ctx, **given, as_of=AS_OF, known_at=KNOWN)
    missing = [one.new for one in looked.findings if one.code == "rebuild.missing_day"]
    assert missing == ["2024-03-02, 2024-03-03, 2024-03-04, 2024-03-05"]
    assert told(ctx, rebuild(ctx, given))["rebuild.missing_day"] == missing
    numbered = files(tmp_path, ("差分_001_20240301.csv", (change,)), ("差分_004_20240306.csv", (other,)))
    assert told(ctx, rebuild(ctx, numbered))["rebuild.missing_serial"] == ["2–3"]


def test_a_weekend_without_a_file_is_no_alarm(ctx: Context, tmp_path: Path) -> None:
    change = row("1", 2, "見本　一", "2024-03-01", "2024-03-01", "転居")
    given = files(tmp_path, ("差分20240301.csv", (change,)), ("差分20240304.csv", (change + " ",)))
    found = told(ctx, rebuild(ctx, given))
    assert "rebuild.missing_day" not in found and found["rebuild.missing_weekend"] == ["2024-03-02, 2024-03-03"]


def test_a_later_dump_of_last_rows_is_refused_and_one_with_history_goes_on(
    ctx: Context, tmp_path: Path, state: Callable[[], State]
) -> None:
    before = state()
    last = (row("1", 4, "見本　一", "2023-04-01", "2023-04-02", "転居"), row("2", 7, "見本　二", "2024-03-12", "2024-03-12", "転居"))
    with pytest.raises(RuleViolation) as fault:
        rebuild(ctx, files(tmp_path, full=last, name="全件_20240315.csv"))
    assert (fault.value.code, fault.value.params["full"]) == ("rebuild.full_after_day", date(2024, 3, 15)) and state() == before
    undated = (*last, row("3", 2, "見本　三", "2024-03-13", "2024-03-13", "転居"))
    with pytest.raises(RuleViolation):
        rebuild(ctx, files(tmp_path, full=undated, name="jumin.csv"))
    whole = (
        *FULL,
        row("1", 2, "見本　一", "2024-03-12", "2024-03-12", "国内転出", status="転出"),
        row("7", 1, "見本　七", "2024-03-10", "2024-03-10", "国内転入"),
    )
    done = rebuild(ctx, files(tmp_path, full=whole, name="全件_20240315.csv"), known_at=datetime(2024, 3, 20, tzinfo=JST))
    assert sorted(people(ctx, done)) == ["1", "2", "3", "4"]
    assert {"rebuild.full_after_day_history", "resident.left_later"} <= done.findings.keys()


def test_a_dump_of_current_rows_without_numbers_takes_differences_with_them(ctx: Context, tmp_path: Path) -> None:
    full = write_table(
        tmp_path / "全件20240229.csv",
        "宛名番号,世帯番号,氏名,生年月日,続柄,住所",
        ["1,H,見本　一,昭和50年1月1日,世帯主,本町1", "2,H,見本　二,昭和52年1月1日,妻,本町1"],
    )
    change = write_table(
        tmp_path / "差分20240301.csv", HEADER,
        [row("1", 5, "見本　一", "2024-03-01", "2024-03-01", "転居", address="山手"),
         row("2", 9, "見本　二", "2024-03-01", "2024-03-01", "死亡", status="死亡")],
    )  # fmt: skip
    assert people(ctx, rebuild(ctx, {"full": [full], "differences": [change]})) == {"1": "山手"}


@pytest.mark.parametrize("style", ["beside", "list", "trailer"])
def test_a_wrong_checksum_stops_and_a_right_one_does_not(ctx: Context, tmp_path: Path, state: Callable[[], State], style: str) -> None:
    given = files(tmp_path)
    path: Path = given["full"][0]
    plain = path.read_bytes()

    def note(digest: str) -> None:
        if style == "beside":
            path.with_name(path.name + ".sha256").write_text(f"{digest}  {path.name}\n")
        elif style == "list":
            (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  other.csv\n{digest} *{path.name}\n", encoding="utf-8")
        else:
            path.write_bytes(plain + f"TRAILER,5,{digest}\r\n".encode())

    note("f" * 64)
    before = state()
    with pytest.raises(InputFault) as fault:
        rebuild(ctx, given)
    assert fault.value.code == "rebuild.checksum_mismatch" and state() == before
    note(hashlib.sha256(plain).hexdigest())
    assert rebuild(ctx, given).read == 5


@pytest.mark.parametrize(
    ("trailer", "outcome"), [("T,5", "fine"), ("合計件数,20240229,5", "fine"), ("T,6", "told"), ("T,4", "stop"), ("T,500", "stop")]
)
def test_the_count_of_a_trailer_is_checked(ctx: Context, tmp_path: Path, state: Callable[[], State], trailer: str, outcome: str) -> None:
    given = files(tmp_path, full=(*FULL, trailer), name="jumin.csv")
    before = state()
    if outcome == "stop":
        with pytest.raises(InputFault) as fault:
            rebuild(ctx, given)
        assert fault.value.code == "rebuild.count_mismatch" and fault.value.params["rows"] == 5 and state() == before
        return
    done = rebuild(ctx, given)
    assert done.rejected == 0 and done.read == 5 and ("rebuild.count_off" in done.findings) is (outcome == "told")


def test_a_workbook_is_a_difference_like_any_other(ctx: Context, tmp_path: Path) -> None:
    given = files(tmp_path)
    cells = row("1", 2, "見本　一", "2024-03-01", "2024-03-01", "転居", address="山手3").split(",")
    book = tmp_path / "差分20240301.xlsx"
    write_xlsx(book, header=HEADER.split(","), rows=[cells])
    assert people(ctx, rebuild(ctx, {**given, "differences": [book]}))["1"] == "山手3"


def test_header_records_tell_day_and_number(ctx: Context, tmp_path: Path) -> None:
    body = (HEADER, row("1", 2, "見本　一", "2024-03-01", "2024-03-01", "転居"))
    path = write_table(tmp_path / "b.csv", "H,20240301,連番,7", body)
    looked = inspect_files(ctx, **{**files(tmp_path), "differences": [path]}, as_of=AS_OF, known_at=KNOWN)
    assert [(one.day, one.serial) for one in looked.files][1:] == [(date(2024, 3, 1), 7)]


def test_broken_rows_are_rejected_with_their_reason_and_the_rest_goes_on(ctx: Context, tmp_path: Path) -> None:
    broken = (
        row("", 1, "見本　無", "2010-04-01", "2010-04-01", "国内転入"),
        row("5", "x", "見本　五", "2010-04-01", "2010-04-01", "国内転入"),
        row("5", 1, "見本　五", "きのう", "2010-04-01", "国内転入"),
        row("5", 1, "", "2010-04-01", "2010-04-01", "国内転入").replace("ミホン", ""),
        row("1", 2, "別の　人", "2011-04-01", "2011-04-01", "転居", birth="平成元年2月3日"),
        "1,2",
    )
    done = rebuild(ctx, files(tmp_path, full=(*FULL, *FULL[:0], *broken)), options=_forced())
    assert done.rejected == 6 and sorted(people(ctx, done)) == ["1", "2", "3", "4"]
    assert done.rejected_rows is not None
    reasons = [line[-1] for line in read_csv(done.rejected_rows)[1:]]
    assert len(reasons) == 6 and any("全件_20240229.csv:2" in reason for reason in reasons)
    with pytest.raises(RuleViolation) as fault:
        rebuild(ctx, files(tmp_path, full=(*FULL, broken[4])), on_error="stop")
    assert (fault.value.code, fault.value.params["count"]) == ("import.stopped", 1)


def _forced() -> Any:
    from app.interchange.importing.source import ReadOptions

    return ReadOptions(force=True)


def test_a_list_of_shelters_is_refused(ctx: Context, tmp_path: Path) -> None:
    shelters = write_table(
        tmp_path / "避難所.csv", "NO,名称,住所,緯度,経度,電話番号,想定収容人数", ["1,見本小,本町1,36.1,136.2,0767-00-0000,100"]
    )
    for attempt in (lambda: rebuild(ctx, {"full": [shelters]}), lambda: import_residents(ctx, paths=[shelters], as_of=AS_OF)):
        with pytest.raises(InputFault) as fault:
            attempt()
        assert fault.value.code == "rebuild.wrong_file"


def test_differences_need_numbers_and_times(ctx: Context, tmp_path: Path) -> None:
    given = files(tmp_path)
    four = write_table(tmp_path / "a.csv", "氏名,生年月日,住所,性別", ["見本　一,昭和50年1月1日,本町,女"])
    plain = write_table(tmp_path / "b.csv", "宛名番号,氏名,生年月日", ["1,見本　一,昭和50年1月1日"])
    for path, code in ((four, "rebuild.number_column_missing"), (plain, "rebuild.no_history_columns")):
        with pytest.raises(SasaeError) as fault:
            rebuild(ctx, {**given, "differences": [path]})
        assert fault.value.code == code


def test_nobody_on_the_day_leaves_no_snapshot(ctx: Context, tmp_path: Path, state: Callable[[], State]) -> None:
    before = state()
    with pytest.raises(RuleViolation) as fault:
        rebuild(ctx, files(tmp_path), as_of=datetime(1990, 1, 1, tzinfo=JST), known_at=datetime(1990, 1, 2, tzinfo=JST))
    assert fault.value.code in ("rebuild.nobody", "rebuild.full_after_day") and state() == before


def test_cancel_leaves_nothing_behind(ctx: Context, tmp_path: Path, state: Callable[[], State]) -> None:
    before, calls = state(), iter(range(100))
    with pytest.raises(Cancelled):
        rebuild(ctx, files(tmp_path), job=Job(cancelled=lambda: next(calls) >= 1))
    assert state() == before


def test_a_protected_person_who_left_is_named_nowhere(ctx: Context, tmp_path: Path) -> None:
    gone = row("3", 2, "見本　三", "2024-03-07", "2024-03-10", "国内転出", status="転出", protected="1")
    done = rebuild(ctx, files(tmp_path, ("差分20240310.csv", (gone,))))
    assert done.snapshot is not None
    found = [one for one in list_findings(ctx, snapshot_id=done.snapshot.id) if one.code == "resident.late_move_out"]
    assert [(one.name, one.resident_no, one.household_no, one.line) for one in found] == [("", "", "", 2)]
    assert done.report is None or "見本　三" not in done.report.read_text(encoding="utf-8-sig")


def test_history_is_known_by_its_column(ctx: Context, tmp_path: Path) -> None:
    assert holds_history(ctx, files(tmp_path)["full"])
    assert not holds_history(ctx, [write_table(tmp_path / "l.csv", "氏名,生年月日,異動日", ["見本,昭和50年1月1日,2020-01-01"])])


def test_a_plain_list_is_checked_for_households_and_people(ctx: Context, tmp_path: Path) -> None:
    lines = [
        "1,H,見本　一,昭和50年1月1日,世帯主", "2,H,見本　二,昭和52年1月1日,世帯主", "3,H,見本　三,平成20年1月1日,子の妻",
        "1,H,別の　人,昭和60年5月5日,妻", "2,H,見本　二,昭和52年1月1日,世帯主", *(f"{n},I{n},例　{n},昭和40年1月1日,世帯主" for n in range(10, 30)),
    ]  # fmt: skip
    done = import_residents(ctx, paths=[write_table(tmp_path / "l.csv", "宛名番号,世帯番号,氏名,生年月日,続柄", lines)], as_of=AS_OF)
    assert done.snapshot is not None and done.rejected == 2
    counts = ctx.reads.residents.finding_counts(snapshot_id=done.snapshot.id)
    assert counts["resident.two_heads"] == 1 and counts["resident.relation_without_child"] == 1
    assert done.rejected_rows is not None
    reasons = [line[-1] for line in read_csv(done.rejected_rows)[1:]]
    assert "別の人" in reasons[0] and "2 行目" in reasons[0] and "別の人" not in reasons[1]
    assert any("世帯主が2人" in warning for warning in done.warnings)


def test_the_same_file_under_two_roles_counts_once(ctx: Context, tmp_path: Path) -> None:
    given = files(tmp_path)
    shutil.copy(given["full"][0], tmp_path / "copy.csv")
    done = rebuild(ctx, {**given, "differences": [tmp_path / "copy.csv"]})
    assert done.read == 5 and done.findings["rebuild.same_file_twice"] == 1


@pytest.mark.parametrize(
    ("name", "day", "serial"),
    [
        ("住民異動_差分_20240301_012", date(2024, 3, 1), 12),
        ("diff-2024-03-01", date(2024, 3, 1), None),
        ("R060301_No3", date(2024, 3, 1), 3),
        ("idou0301", date(2024, 3, 1), None),
        ("idou1231", date(2023, 12, 31), None),
        ("差分7", None, 7),
        ("full", None, None),
    ],
)
def test_names_tell_day_and_number(name: str, day: date | None, serial: int | None) -> None:
    assert read_name(name, about=date(2024, 1, 10)) == (day, serial)


def test_reasons_states_and_days_are_read_as_offices_write_them() -> None:
    reasons = {
        "転　出": "move_out",
        "国内転出（予定）": "move_out",
        "転出取消": "cancel_decrease",
        "取消増": "cancel_increase",
        "住民票の職権消除": "removal",
        "謎": "unknown",
        "": "unknown",
    }
    assert {text: read_reason(text).name for text in reasons} == reasons
    assert [read_status(text) for text in ("住民", "除票", "転出予定", "?", "死亡")] == [1, 0, 1, 2, 3]
    assert read_days("2024-03-01 10:11:12") == read_days("20240301101112") == read_days("R6.3.1")
    assert read_days("x") == (-1, -1) and read_days("")[0] == 0
    assert read_days("令和6年2月") == (date(2024, 2, 1).toordinal(), date(2024, 2, 29).toordinal())


def test_a_later_dump_without_one_row_of_the_past_says_that_it_may_lack_people(ctx: Context, tmp_path: Path) -> None:
    first_rows = tuple(line for line in FULL if ",1,H" in line)
    done = rebuild(ctx, files(tmp_path, full=first_rows, name="全件_20240315.csv"))
    assert "rebuild.full_after_day_unsure" in done.findings and "rebuild.full_after_day_history" not in done.findings
    assert any("抜けているかもしれません" in warning for warning in done.warnings)


def test_exchanged_days_stop_and_a_few_are_told(ctx: Context, tmp_path: Path, state: Callable[[], State]) -> None:
    before = state()
    swapped = tuple(row(str(n), 1, f"見本　{n}", "2010-04-05", "2010-04-01", "国内転入") for n in range(1, 6))
    given = files(tmp_path, full=swapped)
    with pytest.raises(InputFault) as fault:
        rebuild(ctx, given)
    assert fault.value.code == "rebuild.days_swapped" and state() == before
    assert fault.value.where is not None and (fault.value.where["line"], fault.value.where["column"]) == (2, "異動日")
    assert rebuild(ctx, given, options=ReadOptions(force=True)).findings["rebuild.moved_ahead"] == 5
    planned = row("1", 2, "見本　一", "2024-04-01", "2024-03-04", "転出予定")
    odd = row("2", 3, "見本　二", "2024-03-06", "2024-03-05", "転居")
    done = rebuild(ctx, files(tmp_path, ("差分20240305.csv", (planned, odd))))
    assert done.findings["rebuild.moved_ahead"] == 1
    assert any("差分20240305.csv" in warning and "3行目" in warning for warning in done.warnings)


def test_a_trailer_that_counts_too_few_says_how_many_there_are(ctx: Context, tmp_path: Path) -> None:
    with pytest.raises(InputFault) as fault:
        rebuild(ctx, files(tmp_path, full=(*FULL, "T,2,,,,,,,,,,,,")))
    assert fault.value.code == "rebuild.count_mismatch" and "実際は5行です" in message(fault.value)
