"""Lists of shelters, real and otherwise, from file to store."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.dates import parse_instant
from app.domain.errors import RuleViolation
from app.domain.shelter import Shelter
from app.interchange.importing.run import apply_prepared, import_shelters, prepare_shelters
from app.interchange.importing.shelters import read_shelters
from app.interchange.importing.source import ReadOptions
from app.usecases import shelters
from app.usecases.context import Context
from tests.interchange.conftest import NANAO, read_csv, write_table

REAL = NANAO / "designated_shelters.csv"


def test_the_real_list_is_read_whole() -> None:
    result = read_shelters(REAL)
    assert (result.read, len(result.entries), result.issues) == (112, 112, [])
    yamano = next(entry.values for entry in result.entries if entry.values["name"] == "山王小学校")
    assert yamano["capacity"] == 480 and yamano["capacity_text"] == "屋内480人／屋外3,350人(面積の1/2)"
    assert yamano["address"] == "石川県七尾市山王町ツ３４" and yamano["external_id"] == "CC0000000518"
    assert (yamano["latitude"], yamano["longitude"]) == (37.04185, 136.97373)
    assert "earthquake" in yamano["hazards"] and "volcano" not in yamano["hazards"]


def test_the_real_list_is_stored_and_a_second_time_changes_nothing(ctx: Context) -> None:
    at = parse_instant("2024-01-01T16:10+09:00")
    first = import_shelters(ctx, path=REAL, open_at=at)
    assert (first.read, first.created, first.updated, first.rejected, first.report) == (112, 112, 0, 0, None)
    assert sum(row.is_open for row in shelters.list_shelters(ctx, at=at)) == 112
    again = import_shelters(ctx, path=REAL, open_at=at)
    assert (again.created, again.updated, again.unchanged, again.changes) == (0, 0, 112, {})


def test_marks_that_mean_yes(tmp_path: Path) -> None:
    marks = ["(1)", "（１）", "1.0", "1", "○", "〇", "◎", "有", "あり", "はい", "", "0", "×", "-", "無"]
    path = write_table(tmp_path / "a.csv", "名称,災害種別_津波", [f"見本{n}館,{mark}" for n, mark in enumerate(marks)])
    answers = ["tsunami" in entry.values.get("hazards", ()) for entry in read_shelters(path).entries]
    assert answers == [True] * 10 + [False] * 5


def test_what_is_odd_is_told_and_the_rest_taken(tmp_path: Path) -> None:
    header = "施設名,種別,住所,所在地_市区町村,所在地_町字,緯度,経度,洪水,収容人数"
    path = write_table(
        tmp_path / "避難所 一覧.csv",
        header,
        [
            "見本公民館,指定外,,見本市,本町,136.9,37.0,たぶん,約１，２００人",
            "見本会館,集会所,見本市港町１,無視,される,３７．０,一三六,○,",
            ",指定,,,,,,,",
            "合計,,,,,,,,2",
        ],
    )
    result = read_shelters(path)
    hall, house = (entry.values for entry in result.entries)
    assert hall["kind"] == "voluntary" and hall["address"] == "見本市本町" and hall["capacity"] == 1200
    assert "latitude" not in hall and "hazards" not in hall
    assert house["latitude"] == 37.0 and house["address"] == "見本市港町１" and "kind" not in house
    told = {(issue.line, issue.column, issue.code) for issue in result.issues}
    assert told == {
        (2, "緯度", "import.latitude_range"), (2, "経度", "import.longitude_range"), (2, "洪水", "import.yes_no_unknown"),
        (3, "種別", "import.word_unknown"), (3, "経度", "import.longitude_range"), (4, "施設名", "import.value_missing"),
        (5, "施設名", "import.total_row"),
    }  # fmt: skip
    assert list(result.rejected) == [4] and result.read == 4


def test_report_and_rejected_rows_lie_beside_the_file(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "避難所 一覧.csv", "ID,名称,備考", ["1,見本館,", "1,例示館,", "2,,=1+1"])
    outcome = import_shelters(ctx, path=path)
    assert (outcome.read, outcome.created, outcome.rejected, outcome.review) == (3, 1, 2, 0)
    assert outcome.report is not None and outcome.report.parent == tmp_path and outcome.report.name.startswith("避難所 一覧-取込結果-2024")
    report = read_csv(outcome.report)
    assert report[0] == ["行", "列", "値", "種別", "内容"]
    assert [row[:4] for row in report[1:]] == [["3", "名称", "例示館", "エラー"], ["4", "名称", "", "エラー"]]
    assert "2 行目" in report[1][4] and "空です" in report[2][4]
    assert outcome.rejected_rows is not None
    assert read_csv(outcome.rejected_rows)[1:] == [["1", "例示館", "", report[1][4]], ["2", "", "'=1+1", report[2][4]]]
    mended = write_table(tmp_path / "直した.csv", "ID,名称,備考,却下理由", ["3,例示館,,直した", "2,架空館,'=1+1,"])
    assert import_shelters(ctx, path=mended).created == 2
    notes = {s.name: s.note for s in ctx.reads.all("shelter") if isinstance(s, Shelter)}
    assert notes["架空館"] == "=1+1"


def test_stop_on_error_leaves_everything_as_it_was(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "名称,備考", ["見本館,", ",x"])
    with pytest.raises(RuleViolation) as fault:
        import_shelters(ctx, path=path, on_error="stop")
    assert fault.value.code == "import.stopped" and fault.value.params["count"] == 1
    assert Path(fault.value.params["report"]).exists() and not ctx.reads.all("shelter")


def test_updates_are_planned_and_lines_can_be_left_out(ctx: Context, tmp_path: Path) -> None:
    import_shelters(ctx, path=write_table(tmp_path / "a.csv", "名称,電話", ["見本館,0767-00-0001", "例示館,0767-00-0002"]))
    prepared = prepare_shelters(
        ctx, path=write_table(tmp_path / "b.csv", "避難所名,電話番号", ["見本館,0767-00-0009", "例示館,0767-00-0008"])
    )
    assert [item.action for item in prepared.plan.items] == ["update", "update"]
    assert prepared.plan.items[0].changes == {"phone": ("0767-00-0001", "0767-00-0009")}
    done = apply_prepared(ctx, prepared=prepared, skip_lines=frozenset({3}))
    assert (done.updated, done.report) == (1, None)
    assert shelters.find_shelter(ctx, name="見本館").phone == "0767-00-0009"
    assert shelters.find_shelter(ctx, name="例示館").phone == "0767-00-0002"


def test_a_mapping_is_remembered_for_the_same_headings(ctx: Context, tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.csv", "ばしょ,でんわ", ["見本館,1"])
    done = import_shelters(ctx, path=path, options=ReadOptions(mapping={"ばしょ": "name", "でんわ": "phone"}))
    assert done.created == 1
    other = write_table(tmp_path / "b.csv", "でんわ,ばしょ", ["2,例示館"])
    assert import_shelters(ctx, path=other).created == 1
    assert shelters.find_shelter(ctx, name="例示館").phone == "2"
