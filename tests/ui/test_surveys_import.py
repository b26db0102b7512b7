"""Taking in lists of buildings and results of surveys through the wizard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.ui.main_window import MainWindow
from app.usecases import buildings, surveys
from tests.stores import Town
from tests.ui.survey_town import grade, house

Settle = Callable[[], None]


@pytest.fixture
def tab(window: MainWindow, settle: Settle) -> Any:
    """The tab of buildings, settled."""
    window.go("surveys", tab="buildings")
    settle()
    return window.current.tab("buildings")


def through(wizard: Any, path: Path, settle: Settle) -> None:
    """Every step of the wizard to its end."""
    wizard.add_files([path])
    settle()
    for _ in range(4):
        wizard.go_on()
        settle()


def test_a_tax_list_becomes_buildings_and_updates_them_the_second_time(tab: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    path = tmp_path / "家屋課税台帳.csv"
    path.write_text(
        "家屋番号,所在地,所有者,構造,階数,延床面積\n1-1,見本市本町1-2-3,髙橋　太郎,木造,2,132.5\n1-2,見本市港町5-6,渡邉　静,鉄筋コンクリート造,3,240\n,,,,,\n",
        "utf-8-sig",
    )
    choice = tab.import_any()
    assert all(way.isEnabled() for way in choice.ways.values())
    wizard = choice.choose("buildings")
    through(wizard, path, settle)
    assert wizard.at_end and wizard.outcome.tiles["created"].number == "2"
    rows = buildings.building_rows(town.ctx, buildings.list_building_ids(town.ctx))
    assert sorted((row.tax_no, row.structure, row.storeys, row.floor_area) for row in rows) == [("1-1", "wood", 2, 132.5), ("1-2", "rc", 3, 240.0)]
    wizard.accept()
    path.write_text("家屋番号,所在地,所有者\n1-1,見本市本町1-2-3,髙橋　花\n1-2,見本市港町5-6,渡邉　静\n", "utf-8-sig")
    again = tab.import_any().choose("buildings")
    through(again, path, settle)
    assert (again.outcome.tiles["updated"].number, again.outcome.tiles["unchanged"].number) == ("1", "1")
    assert tab.table.rows.rowCount() == 2, "the list behind follows"


def test_results_wait_for_the_check_unless_somebody_affirms_it(tab: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    home = house(town, tax_no="1-1")
    path = tmp_path / "結果.csv"
    path.write_text("家屋番号,調査日,調査員,災害種別,被害の程度,損害割合\n1-1,R6.1.2,調査　太郎,地震,半壊,24\n", "utf-8-sig")
    wizard = tab.import_any().choose("survey_results")
    through(wizard, path, settle)
    rows = surveys.survey_rows(town.ctx, surveys.list_survey_ids(town.ctx))
    assert [(one.grade, one.state) for one in rows] == [("half", "entered")] and grade(town, home) == ""
    wizard.accept()
    other = house(town, "見本市港町2", tax_no="1-2")
    path.write_text("家屋番号,調査日,調査員,災害種別,被害の程度,損害割合\n1-2,R6.1.2,調査　太郎,地震,全壊,80\n", "utf-8-sig")
    wizard = tab.import_any().choose("survey_results")
    wizard.add_files([path])
    settle()
    wizard.files.form.editors["checked"].set_raw("yes")
    wizard.go_on()
    assert wizard.stack.currentIndex() == 0 and "だれが" in wizard.files.form.editors["reason"].problem
    wizard.files.form.editors["reason"].set_raw("県のシステムで確認　二郎が確認")
    for _ in range(4):
        wizard.go_on()
        settle()
    assert grade(town, other) == "total"


def test_a_grade_that_contradicts_is_told_with_its_line(tab: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    house(town, tax_no="1-1")
    path = tmp_path / "結果.csv"
    path.write_text("家屋番号,調査日,災害種別,被害の程度,損害割合\n1-1,R6.1.2,地震,全壊,24\n", "utf-8-sig")
    wizard = tab.import_any().choose("survey_results")
    wizard.add_files([path])
    settle()
    wizard.go_on()
    wizard.go_on()
    settle()
    assert wizard.problems.tiles["errors"].number == "1"
    lines = wizard._checked.lines()
    assert lines[0].item.action == "error" and lines[0].item.line == 2 and surveys.list_survey_ids(town.ctx) == []
