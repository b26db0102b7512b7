"""支援措置: without the right a protected household is in no list, file, check, plan or export of 家屋・調査 (decision 006)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTableView, QWidget

from app.ui.main_window import MainWindow
from app.ui.surveys.linking import open_linking
from app.ui.widgets.export_dialog import ExportDialog
from app.usecases import buildings, survey_plans, surveys
from tests.stores import Town
from tests.ui.survey_town import DAY, counted, entered, house

Settle = Callable[[], None]
SECRET = ("渡邉", "ワタナベ", "0000000021", "090-0000-2222")


@pytest.fixture
def home(town: Town) -> str:
    """A building of a protected person, surveyed, planned, asked about."""
    seeing = town.acting("admin", "protected")
    made = house(town, "見本市港町5丁目6番", owner_name="渡邉　静", owner_kana="ワタナベ　シズカ", owner_phone="090-0000-2222", district="港町")
    buildings.link_household(seeing, building_id=made, resident_id=town.resident("静"))
    counted(town, made)
    entered(town, made, 60, kind="re", reason="二度目")
    team, _ = survey_plans.save_team(town.ctx, values={"name": "1班"})
    survey_plans.assign_buildings(town.ctx, team_id=team, day=DAY, building_ids=[made])
    victim = buildings.open_building(seeing, building_id=made).homes[0].victim
    surveys.open_appeal(seeing, building_id=made, victim_id=victim.id, asked_by="渡邉　静", phone="090-0000-2222", reason="見ていない")
    return made


def words_of(widget: QWidget) -> str:
    """Everything that can be read in a window: labels, fields, cells and their tips."""
    found = [one.text() for one in widget.findChildren(QLabel)] + [one.text() for one in widget.findChildren(QLineEdit)]
    for view in widget.findChildren(QTableView):
        model = view.model()
        for line in range(model.rowCount()):
            for place in range(model.columnCount()):
                found += [str(model.index(line, place).data(role)) for role in (0, 3)]
    return "\n".join(found)


def look(widget: QWidget, settle: Settle) -> str:
    settle()
    words_of(widget)  # asks for the pages of long lists
    settle()
    return words_of(widget)


@pytest.mark.parametrize("tab", ["buildings", "check", "plan", "appeals"])
def test_no_tab_names_them(tab: str, home: str, window: MainWindow, town: Town, settle: Settle) -> None:
    window.context = town.acting("desk", "survey")
    window.go("surveys", tab=tab)
    settle()
    window.current.tab(tab).table.make_current(0)
    words = look(window, settle)
    assert "見本市港町5丁目6番" in words or tab == "appeals", "the building itself is there"
    assert not [secret for secret in SECRET if secret in words]


def test_the_file_and_the_search_of_residents_do_not_either(home: str, window: MainWindow, town: Town, settle: Settle) -> None:
    window.context = town.acting("desk", "survey")
    window.go("surveys")
    settle()
    tab = window.current.tab("buildings")
    dialog = tab.open_file(home)
    for place in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(place)
        assert not [secret for secret in SECRET if secret in look(dialog, settle)]
    assert "権限のある人だけ" in dialog.banner.words and dialog.households.homes.rows.rowCount() == 0
    linking = open_linking(tab, tab.shell, dialog.file.building)
    linking.find("ワタナベ シズカ")
    settle()
    assert linking.table.rows.rowCount() == 0


def test_no_file_that_goes_out_names_them(home: str, window: MainWindow, town: Town, settle: Settle, tmp_path: Path) -> None:
    window.context = town.acting("desk", "survey")
    for tab in ("buildings", "check", "plan", "appeals"):
        window.go("surveys", tab=tab)
        settle()
        page: Any = window.current.tab(tab)
        page.export()
        dialog = page.findChildren(ExportDialog)[-1]
        dialog.choose("csv")
        dialog.path.setText(str(tmp_path / f"{tab}.csv"))
        dialog.purpose.setText("試し")
        dialog.open_after.setChecked(False)
        dialog.run()
        settle()
        QApplication.processEvents()
        words = (tmp_path / f"{tab}.csv").read_text("utf-8-sig")
        assert not [secret for secret in SECRET if secret in words], tab


def test_who_may_see_them_does(home: str, window: MainWindow, town: Town, settle: Settle) -> None:
    window.context = town.acting("admin", "protected")
    window.go("surveys")
    settle()
    assert "渡邉　静" in look(window, settle)
