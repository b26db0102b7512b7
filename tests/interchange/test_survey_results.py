"""Survey results and building lists from other tools: what is taken, what is refused and where, and that a second time changes nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.building_code import building_code
from app.domain.errors import InputFault, RuleViolation
from app.domain.identifiers import person_number
from app.interchange.importing.outcome import ImportOutcome, say_issue
from app.interchange.importing.run import apply_prepared, prepare_buildings, prepare_survey_results
from app.usecases import buildings, surveys
from app.usecases.protections import Target, add_protection
from app.usecases.survey_rows import BuildingFilter, SurveyFilter
from tests.store_fixtures import folder, template, town
from tests.stores import Town

__all__ = ["folder", "template", "town"]
STRANGER = person_number("K7QF", 12)
BASE = ("所在地", "調査日", "調査区分", "災害の種類", "構造")
ROW = ("見本市本町9-1", "R6.1.2", "1次調査", "地震", "木造")


def write(path: Path, head: Sequence[str], *rows: Sequence[Any], encoding: str = "cp932") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def take(town: Town, path: Path, **given: Any) -> ImportOutcome:
    return apply_prepared(town.ctx, prepared=prepare_survey_results(town.ctx, path=path, **given))


def issues(town: Town, path: Path, **given: Any) -> list[tuple[int | None, str | None, str]]:
    prepared = prepare_survey_results(town.ctx, path=path, **given)
    return [(issue.line, issue.column, issue.code) for issue in prepared.issues if issue.severity == "error"]


def stored(town: Town, **wanted: Any) -> list[Any]:
    ids = surveys.list_survey_ids(town.ctx, filter=SurveyFilter(**wanted))
    return sorted(surveys.survey_rows(town.ctx, ids), key=lambda row: row.id)


def test_degrees_and_areas_are_judged_and_buildings_and_households_made(town: Town, tmp_path: Path) -> None:
    head = (*BASE, "傾斜①(cm)", "傾斜②(cm)", "傾斜③(cm)", "傾斜④(cm)", "屋根の程度", "屋根の割合", "壁", "調査員", "確認者", "世帯主氏名", "宛名番号")
    path = write(
        tmp_path / "r.csv", head,
        (*ROW, 0.5, 0.5, 0.5, 0.5, "Ⅲ", 60, "Ⅴ20％、Ⅰ10％", "調査　一郎", "確認　二郎", "見本　三郎", ""),
        ("見本市本町1-2-3", *ROW[1:], 6, 6, 6, 6, "", "", "", "調査　一郎", "調査　一郎", "", "0000000012"),
    )  # fmt: skip
    done = take(town, path)
    assert (done.read, done.created, done.rejected) == (2, 2, 0)
    first, second = stored(town)
    assert (first.total, first.grade, first.state, first.checked_by) == (5 + 15 + 1, "half", "counted", "確認　二郎")
    assert (second.grade, second.decided_by, second.state) == ("total", "tilt", "entered")  # checked by the surveyor: still to check
    assert first.head == "見本　三郎" and second.head == "髙橋　太郎"  # found in the register by the number of a member
    home = buildings.open_building(town.ctx, building_id=second.building_id)
    assert len(home.homes[0].members) == 4 and home.homes[0].victim.source == "resident"
    again = take(town, path)
    assert (again.unchanged, again.created, again.changes) == (2, 0, {})
    assert town.problems() == []


def test_points_totals_and_grades_given_elsewhere(town: Town, tmp_path: Path) -> None:
    head = (*BASE, "屋根", "壁", "基礎", "損害割合", "被害の程度")
    path = write(
        tmp_path / "r.csv", head,
        (*ROW, 5, 15, 0, 20, "半壊"),
        ("見本市本町9-2", *ROW[1:], "", "", "", "30%", ""),
        ("見本市本町9-3", *ROW[1:], "", "", "", "", "一部損壊"),
    )  # fmt: skip
    assert take(town, path).created == 3
    rows = stored(town)
    assert [(row.total, row.grade, row.decided_by) for row in rows] == [(20, "half", "parts"), (30, "medium", "given"), (None, "partial", "given")]
    assert {row.state for row in rows} == {"entered"}


@pytest.mark.parametrize(
    ("head", "cells", "column", "code"),
    [
        (("壁の程度", "壁の割合"), ("Ⅲ", 120), "壁の割合", "survey.percent_over"),
        (("壁",), (76,), "壁", "survey.points_over"),
        (("内壁",), ("1",), "内壁", "survey.unknown_part"),
        (("壁", "損害割合"), (15, 16), "損害割合", "survey.total_contradicts"),
        (("壁の程度", "壁の割合", "被害の程度"), ("Ⅴ", 100, "半壊"), "被害の程度", "survey.grade_contradicts"),
        (("損害割合", "被害の程度"), (45, "全壊"), "被害の程度", "survey.grade_contradicts"),
        (("損害割合",), (101,), "損害割合", "survey.row_over"),
        (("損害割合",), ("多い",), "損害割合", "survey.row_number"),
        (("被害の程度",), ("ぼろぼろ",), "被害の程度", "survey.row_word"),
        (("壁",), ("Ⅲとても",), "壁", "survey.row_part"),
        (("傾斜①", "傾斜②"), (1, 2), "傾斜②", "survey.row_tilts"),
        (("傾斜①", "傾斜②", "傾斜③", "傾斜④"), (1, 2, "", 3), "傾斜③", "survey.row_tilts"),
        (("壁の程度", "壁の割合"), ("Ⅵ", 60), "壁の程度", "survey.degree"),
        (("損害割合",), ("39.5%",), "損害割合", "survey.total_between"),
        (("損害割合", "被害の程度"), ("39.5", "半壊"), "被害の程度", "survey.grade_contradicts"),
        (("災害", "損害割合"), ("別の地震", 20), "災害", "survey.other_disaster"),
        (("備考",), ("なし",), None, "survey.nothing_to_judge"),
    ],
)
def test_what_cannot_be_is_refused_with_line_and_column(
    town: Town, tmp_path: Path, head: tuple[str, ...], cells: tuple[Any, ...], column: str | None, code: str
) -> None:
    path = write(tmp_path / "r.csv", (*BASE, *head), (*ROW, *cells), ("見本市本町9-9", *ROW[1:], *[""] * len(cells)))
    found = issues(town, path)
    assert found[0][0] == 2 and found[0][2] == code
    assert column is None or found[0][1] == column


@pytest.mark.parametrize(
    ("head", "cells", "words"),
    [
        (("壁の程度", "壁の割合"), ("Ⅲ", 120), ("壁の割合",)),
        (("内壁",), ("1",), ("内壁", "屋根、壁（外壁）、基礎")),
        (("被害の程度",), ("ぼろぼろ",), ("ぼろぼろ", "大規模半壊", "準半壊に至らない")),
        (("損害割合",), ("39.5",), ("39.5", "中規模半壊", "大規模半壊")),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_file(
    town: Town, tmp_path: Path, head: tuple[str, ...], cells: tuple[Any, ...], words: tuple[str, ...]
) -> None:
    prepared = prepare_survey_results(town.ctx, path=write(tmp_path / "r.csv", (*BASE, *head), (*ROW, *cells)))
    said = say_issue(next(issue for issue in prepared.issues if issue.severity == "error"))
    assert all(word in said for word in words), said
    assert not re.search("[a-z_]{4,}", said), said


def test_a_total_between_two_grades_takes_the_grade_beside_it(town: Town, tmp_path: Path) -> None:
    head = (*BASE, "壁の程度", "壁の割合", "損害割合", "被害の程度")
    path = write(
        tmp_path / "r.csv", head,
        (*ROW, "", "", "39.5", "中規模半壊"), ("見本市本町9-2", *ROW[1:], "", "", "39.5", "大規模半壊"), ("見本市本町9-3", *ROW[1:], "", "", "35.5", ""),
        ("見本市本町9-4", *ROW[1:], "Ⅱ", 10, "1.875", ""),
    )  # fmt: skip
    assert take(town, path).created == 4
    assert [(row.total, row.grade) for row in stored(town)] == [(39, "medium"), (40, "large"), (36, "medium"), (2, "partial")]


def test_a_number_in_another_width_is_the_same_building(town: Town, tmp_path: Path) -> None:
    load(town, write(tmp_path / "a.csv", ("家屋番号", "所在地"), ("１０３－１", "見本市本町1-1"), ("１０３－２", "見本市本町1-1")))
    path = write(tmp_path / "r.csv", ("家屋番号", *BASE, "損害割合"), ("103ー1", "見本市本町1-1", *ROW[1:], 20), ("１０３‐2", "", *ROW[1:], 30))
    assert take(town, path).created == 2
    rows = {row.tax_no: row for row in buildings.building_rows(town.ctx, buildings.list_building_ids(town.ctx))}
    assert {number: row.state for number, row in rows.items()} == {"103-1": "entered", "103-2": "entered"}
    assert buildings.find_building(town.ctx, tax_no="１０３－１") == rows["103-1"].id
    with pytest.raises(RuleViolation, match=r"building\.tax_no_taken"):
        buildings.save_building(town.ctx, values={"tax_no": "１０３－１"})


def test_days_doubles_and_numbers_of_other_devices(town: Town, tmp_path: Path) -> None:
    head = ("調査番号", "所在地", "調査日", "損害割合", "世帯主氏名")
    path = write(
        tmp_path / "r.csv", head,
        ("A-1", "見本市本町9-1", "2024-01-02", 20, "見本　一"),
        ("A-1", "見本市本町9-1", "2024-01-02", 20, "見本　一"),
        ("A-1", "見本市本町9-1", "2024-01-02", 30, "見本　一"),
        ("A-1", "見本市本町9-1", "2024-01-02", 20, "見本　二"),
        ("A-2", "見本市本町9-1", "2024-01-02", 20, "見本　三"),
        ("A-3", "", "2024-01-02", 20, ""),
        (STRANGER, "", "2024-01-02", 20, ""),
        ("A-4", "見本市本町9-4", "2024-02-02", 20, ""),
        ("A-5", "見本市本町9-5", "2023-12-31", 20, ""),
        ("A-6", "見本市本町9-6", "いつか", 20, ""),
        (building_code("ffffffff-0000", STRANGER), "見本市本町9-7", "2024-01-02", 20, ""),
    )  # fmt: skip
    assert issues(town, path) == [
        (3, None, "survey.row_twice"),
        (4, None, "survey.row_differs"),
        (7, "所在地", "building.not_found"),
        (8, "調査番号", "building.other_device"),
        (9, "調査日", "survey.future"),
        (10, "調査日", "survey.before_disaster"),
        (11, "調査日", "survey.row_day"),
        (12, "調査番号", "survey.other_disaster"),
    ]
    done = take(town, path)
    assert (done.created, done.rejected) == (3, 8) and done.rejected_rows is not None
    assert len(done.rejected_rows.read_text("utf-8-sig").splitlines()) == 9
    assert len(buildings.list_building_ids(town.ctx)) == 2  # stand at one address
    assert sorted(row.households for row in buildings.building_rows(town.ctx, buildings.list_building_ids(town.ctx))) == [1, 2]


def test_a_later_result_of_the_same_day_that_differs_waits_for_a_person(town: Town, tmp_path: Path) -> None:
    head = (*BASE, "損害割合", "調査員", "確認者")
    take(town, write(tmp_path / "a.csv", head, (*ROW, 20, "調査　一郎", "")))
    done = take(town, write(tmp_path / "b.csv", head, (*ROW, 40, "調査　一郎", "")))
    assert (done.review, done.created) == (1, 0)
    done = take(town, write(tmp_path / "c.csv", head, (*ROW, 20, "調査　一郎", "確認　二郎")))
    assert done.updated == 1 and stored(town)[0].state == "counted"  # what waited is checked now


def test_all_count_only_when_somebody_affirms_it(town: Town, tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", (*BASE, "損害割合"), (*ROW, 20))
    with pytest.raises(RuleViolation, match=r"survey\.affirmation_missing"):
        prepare_survey_results(town.ctx, path=path, checked=True)
    with pytest.raises(RuleViolation, match=r"permission\.denied"):
        prepare_survey_results(
            replace(town.ctx, actor=replace(town.ctx.actor, roles=("view",))), path=path, checked=True, reason="突合済み"
        )
    assert take(town, path, checked=True, reason="応援市の確認簿と突合した").created == 1
    row = stored(town)[0]
    assert row.state == "counted" and row.counting
    assert any(entry.reason == "応援市の確認簿と突合した" for entry in town.ctx.reads.journal.history(row.id))


def test_a_protected_head_in_a_file_is_withheld(town: Town, tmp_path: Path) -> None:
    add_protection(town.acting("admin", "protected"), target=Target(resident_no="0000000012"))
    path = write(
        tmp_path / "r.csv", (*BASE, "損害割合", "世帯主氏名", "宛名番号"),
        (*ROW, 20, "髙橋　太郎", "0000000011"), ("見本市本町9-2", *ROW[1:], 20, "渡邉　静", ""),
    )  # fmt: skip
    assert take(town, path).created == 2
    assert list(buildings.list_victim_ids(town.acting("desk", "admin"))) == []
    officer = town.acting("desk", "protected")
    assert [row.head_name for row in buildings.victim_rows(officer, buildings.list_victim_ids(officer))] == ["渡邉　静", "髙橋　太郎"]


# -- building lists -------------------------------------------------------------------------------------------


def load(town: Town, path: Path) -> ImportOutcome:
    return apply_prepared(town.ctx, prepared=prepare_buildings(town.ctx, path=path))


def test_a_tax_list_makes_buildings_and_a_later_one_updates_them(town: Town, tmp_path: Path) -> None:
    head = ("家屋番号", "所在地", "納税義務者", "構造", "階数", "床面積", "種類", "地区")
    rows = [
        ("10-1", "見本市本町1-1", "見本　太郎", "木造", "2階建", "98.50㎡", "居宅", "本町"),
        ("10-2", "見本市本町1-1", "見本　太郎", "木造", "1", "20", "物置", "本町"),
        ("10-3", "見本市本町1-3", "架空　花子", "ＲＣ造", "3", "多い", "共同住宅", "本町"),
    ]
    done = load(town, write(tmp_path / "a.csv", head, *rows))
    assert (done.created, done.rejected, done.warning_count) == (3, 0, 1)
    ids = buildings.list_building_ids(town.ctx)
    made = {row.tax_no: row for row in buildings.building_rows(town.ctx, ids)}
    assert (made["10-1"].use, made["10-1"].structure, made["10-1"].storeys, made["10-1"].floor_area) == ("dwelling", "wood", 2, 98.5)
    assert (made["10-2"].use, made["10-3"].structure, made["10-3"].use, made["10-3"].floor_area) == ("barn", "rc", "apartment", None)
    again = load(town, write(tmp_path / "a.csv", head, *rows))
    assert (again.unchanged, again.changes) == (3, {})
    later = [("10-1", "見本市本町1-1", "見本　次郎", *[""] * 5), ("10-4", "見本市港町1", *[""] * 6)]
    moved = load(town, write(tmp_path / "b.csv", head, *later))
    assert (moved.created, moved.updated) == (1, 1)
    assert buildings.open_building(town.ctx, building_id=made["10-1"].id).building.owner_name == "見本　次郎"


def test_a_protected_owner_of_a_refused_row_is_not_written_out(town: Town, tmp_path: Path) -> None:
    add_protection(town.acting("admin", "protected"), target=Target(resident_no="0000000012"))
    head, row = ("家屋番号", "所在地", "所有者", "所有者フリガナ"), ("7", "見本市本町1-1", "見本　太郎", "ミホン　タロウ")
    bad = [("7", "見本市秘密1", "髙橋　花", ""), ("7", "見本市秘密2", "", "タカハシ　ハナ"), ("", "", "髙橋　花", "")]
    done = load(town, write(tmp_path / "a.csv", head, row, *bad))
    assert (done.created, done.rejected) == (1, 3) and done.report and done.rejected_rows
    for path in (done.report, done.rejected_rows):
        text = path.read_text("utf-8-sig")
        assert not any(word in text for word in ("秘密", "髙橋", "タカハシ")), text


def test_risk_results_by_number_or_address(town: Town, tmp_path: Path) -> None:
    load(town, write(tmp_path / "a.csv", ("家屋番号", "所在地"), ("1", "見本市本町1-1"), ("2", "見本市本町1-2"), ("3", "見本市本町1-2")))
    done = load(
        town,
        write(tmp_path / "b.csv", ("所在地", "判定結果", "判定日"), ("見本市本町１－１", "危険", "R6.1.3"), ("見本市本町1-2", "要注意", "R6.1.3")),
    )
    assert (done.updated, done.review) == (1, 1)  # two buildings stand at the second address
    found = buildings.list_building_ids(town.ctx, filter=BuildingFilter(risk="unsafe"))
    assert buildings.open_building(town.ctx, building_id=found[0]).building.risk_on == "2024-01-03"


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "import.empty"), (b"a,b\n1,2\n", "import.column_missing"), (b"\x00\x01\x02" * 50, "")]
)
def test_hostile_files_are_refused(town: Town, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(InputFault) as refused:
        prepare_survey_results(town.ctx, path=path)
    assert not code or refused.value.code == code
