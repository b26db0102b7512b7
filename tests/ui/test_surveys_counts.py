"""被害の集計 and 進み具合 in the window."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain.certificate import Application
from app.domain.identifiers import new_id
from app.domain.survey import GRADES
from app.printing.raster import count_pages
from app.ui.main_window import MainWindow
from app.ui.surveys import sheets
from app.usecases.damage_counts import count_damage, save_typed
from tests.stores import Town
from tests.ui.conftest import press
from tests.usecases.test_damage_counts import house, live

Settle = Callable[[], None]


@pytest.fixture
def opened(window: MainWindow, settle: Settle) -> Callable[[str], Any]:
    """A tab of 家屋・調査, settled."""

    def show(key: str) -> Any:
        window.go("surveys", tab=key)
        settle()
        return window.current.tab(key)

    return show


def cells(table: Any, row: int) -> list[str]:
    model = table.model()
    return [str(model.index(row, column).data() or "") for column in range(model.columnCount())]


def again(tab: Any, settle: Settle) -> None:
    tab.refresh()
    settle()


def test_districts_by_degree_in_houses_households_or_people(opened: Any, town: Town, settle: Settle) -> None:
    tab = opened("counts")
    assert tab.empty.isVisibleTo(tab) and not tab.halves.isVisibleTo(tab) and not tab.export_button.isEnabled()
    live(town, house(town, "half"), people=3)
    house(town, "half", state="entered")
    live(town, house(town, "total", district="港町"), people=2)
    house(town)
    again(tab, settle)
    assert tab.halves.isVisibleTo(tab) and tab.export_button.isEnabled() and "1 棟" in tab.lead.text()
    half = 1 + GRADES.index("half")
    assert [cells(tab.districts, row)[0] for row in range(3)] == ["合計", "本町", "港町"]
    tab.districts.resize(2400, 400)
    settle()
    undamaged = tab.districts.model().columnCount() - 1
    assert tab.districts.columnWidth(undamaged) == tab.districts.columnWidth(half), "as near to its neighbours as the other degrees"
    assert cells(tab.districts, 1)[half] == "1（＋1）" and cells(tab.districts, 0)[1] == "1"
    tab.measure.setCurrentIndex(tab.measure.findData("people"))
    assert cells(tab.districts, 1)[half] == "3" and cells(tab.districts, 0)[1] == "2"


def test_an_earlier_moment_shows_what_was_known_then(opened: Any, town: Town, settle: Settle) -> None:
    house(town, "half")
    then = town.clock()
    town.clock.forward(hours=3)
    house(town, "total")
    tab = opened("counts")
    assert tab.districts.rows.rowCount() == 2 and cells(tab.districts, 0)[1] == "1"
    tab.at.set_moment(then)
    tab.at.changed.emit()
    settle()
    assert cells(tab.districts, 0)[1] == "" and tab.counts.at == then


def test_a_district_leads_to_its_buildings(opened: Any, town: Town, settle: Settle, window: MainWindow) -> None:
    house(town, "half", district="港町")
    house(town, "half")
    tab = opened("counts")
    tab.districts.select_id((False, "港町"))
    press(tab.districts, Qt.Key.Key_Return)
    settle()
    assert window.current.current_key == "buildings" and window.current.tab("buildings").table.rows.rowCount() == 1


def test_what_headquarters_types_stands_in_the_report(opened: Any, town: Town, settle: Settle) -> None:
    save_typed(town.ctx, values={"roads": 7}, number=1)
    tab = opened("counts")
    dialog = tab.type_numbers()
    assert dialog.body.editors["roads"].raw() == "7"
    for key, words in (("number", "2"), ("dead", "3"), ("roads", "")):
        dialog.body.editors[key].set_raw(words)
    dialog.save()
    settle()
    assert (count_damage(town.ctx).typed, count_damage(town.ctx).number) == ({"dead": 3}, 2)
    assert tab.number.text() == "第2報" and cells(tab.report, 0)[3] == "3"
    refused = tab.type_numbers()
    refused.body.editors["dead"].set_raw("-1")
    refused.save()
    settle()
    assert refused.isVisible() and count_damage(town.ctx).typed == {"dead": 3}
    refused.body.editors["dead"].set_raw("3")
    refused.reject()
    assert not refused.isVisible()


def test_the_report_is_written(opened: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    house(town, "half")
    tab = opened("counts")
    dialog = tab.export()
    assert list(dialog.radios) == ["pdf", "xlsx", "csv", "csv-cp932", "json"]
    dialog.choose("json")
    dialog.path.setText(str(tmp_path / "a.json"))
    dialog.run()
    settle()
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["total"]["grades"][0]["buildings"] == 1


def test_days_and_the_expected_finish(opened: Any, town: Town, settle: Settle) -> None:
    tab = opened("progress")
    assert tab.empty.isVisibleTo(tab) and not tab.body.isVisibleTo(tab)
    house(town, "half")
    house(town)
    with town.ctx.unit() as uow:
        uow.applications.add(Application(id=new_id(), number="A1", applied_on="2023-12-31", state="awaiting"))
        uow.commit()
    again(tab, settle)
    assert tab.body.isVisibleTo(tab) and [one.day for one in tab.progress.days] == [date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 2)]
    assert cells(tab.table, 0) == ["1/2（火）", "0", "1", "1", "0", "1"]
    assert "残り 1 棟" in tab.survey_words.text() and "1月3日（水）" in tab.survey_words.text()
    assert "残り 1 件" in tab.certificate_words.text() and "見込めません" in tab.certificate_words.text()
    assert "中央値 2 日" in tab.waiting_words.text()
    tab.chart.setFocus()
    press(tab.chart, Qt.Key.Key_End)
    assert tab.reading.text().startswith("1月2日") and "調査 1" in tab.reading.text()
    assert "受付中の申請は 1件" in tab.chart.accessibleDescription()
    tab.table.make_current(2)
    assert tab.reading.text().startswith("12月31日")
    assert not tab.chart.grab().isNull()


def test_without_the_right_nothing_leaves(opened: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    house(town, "half")
    tab = opened("counts")
    monkeypatch.setattr(tab, "may", lambda right: False)
    again(tab, settle)
    assert not tab.export_button.isEnabled() and not tab.typed_button.isEnabled()


def test_spare_sheets_without_a_building(window: MainWindow, town: Town, settle: Settle, tmp_path: Path) -> None:
    home = house(town)
    for code, pages in (("pdf-2", 1), ("pdf-blank", sheets.BLANKS)):
        dialog = sheets.open_sheets(window, window.current.shell, building_ids=[home])
        assert list(dialog.radios) == ["pdf-1", "pdf-2", "pdf-blank"]
        dialog.choose(code)
        dialog.path.setText(str(tmp_path / f"{code}.pdf"))
        dialog.open_after.setChecked(False)
        dialog.run()
        settle()
        assert count_pages(tmp_path / f"{code}.pdf") == pages
