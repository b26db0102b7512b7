"""住民データ: snapshots, residents page by page, households."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain.resident import ResidentRow
from app.ui.main_window import MainWindow
from app.ui.pages.household import HouseholdDialog
from app.usecases.residents import load_residents, show_residents
from tests.stores import OCCURRED, Town
from tests.ui.conftest import press
from tests.ui.test_shelters import shown

Settle = Callable[[], None]


@pytest.fixture
def page(window: MainWindow, settle: Settle) -> Any:
    """The page, settled."""
    window.go("residents")
    settle()
    return window.current


def names(page: Any) -> list[str]:
    """Who is shown."""
    page.table.grab()
    return [row.name for place in range(page.table.rows.rowCount()) if (row := page.table.rows.row(place)) is not None]


def test_shows_the_data_in_use_and_its_people(page: Any, settle: Settle) -> None:
    names(page)
    settle()
    assert page.snapshots.current_row().label == "見本" and len(names(page)) == 6 and "6人" in page._count.text()


def test_search_finds_variants(page: Any, settle: Settle) -> None:
    page.finder.setText("高橋")
    page._list()
    settle()
    names(page)
    settle()
    assert {name.split("　")[0] for name in names(page)} == {"髙橋"} and "4人が見つかりました" in page._count.text()


def test_another_snapshot_is_looked_at_and_taken_into_use(page: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.ui.pages.residents.ask", lambda *_, **__: True)
    first = town.ctx.reads.residents.active()
    load_residents(town.ctx, batches=[[ResidentRow(name="新　一", kana="アタラ", resident_no="9")]], as_of=OCCURRED, label="翌日")
    page.refresh()
    settle()
    assert page.snapshots.rows.rowCount() == 2
    page.snapshots.select_id(first.id)
    settle()
    assert page.activate_button.isEnabled() and "6人" in page._count.text()
    page.activate()
    settle()
    assert town.ctx.reads.residents.active().id == first.id and not page.activate_button.isEnabled()


def test_a_household_is_opened_by_enter_and_noted(page: Any, town: Town, settle: Settle) -> None:
    page.finder.setText("タロウ")
    page._list()
    settle()
    names(page)
    settle()
    page.table.setFocus()
    page.table.selectRow(0)
    press(page.table, Qt.Key.Key_Return)
    settle()
    dialog = shown(HouseholdDialog)
    assert dialog.table.rows.rowCount() == 4 and not dialog.file_button.isEnabled()
    entry = town.ctx.reads.journal.access(limit=1)[0]
    assert (entry.action, entry.persons) == ("view", 4)
    dialog.accept()


def test_protected_people_are_masked_without_the_right(town: Town) -> None:
    rids = town.ctx.reads.residents.ids(snapshot_id=town.ctx.reads.residents.active().id, text="静")
    assert show_residents(town.ctx, rids=rids)[0].address
    masked = show_residents(town.acting("admin"), rids=rids)[0]
    assert masked.name and masked.protected and masked.address == masked.phone == ""


def test_many_residents_open_at_once(page: Any, town: Town, settle: Settle) -> None:
    rows = [ResidentRow(name=f"見本　{n}", kana=f"ミホン　{n:06}", resident_no=f"N{n}") for n in range(30_000)]
    load_residents(town.ctx, batches=[rows], as_of=OCCURRED, label="大きい")
    page.refresh()
    settle()
    page.snapshots.selectRow(0)
    settle()
    assert page.table.rows.rowCount() == 30_000
    page.table.selectRow(29_999)
    page.table.scrollToBottom()
    page.table.grab()
    settle()
    assert page.table.current_row().name == "見本　29999"


def test_without_the_right_nothing_can_be_imported(page: Any, town: Town, window: MainWindow) -> None:
    window.context = town.acting("shelter")
    page._enable()
    assert not page.activate_button.isEnabled()
