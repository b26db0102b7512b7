"""住民データ: snapshots, residents page by page, households."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain.resident import ResidentRow
from app.ui.main_window import MainWindow
from app.ui.pages.household import HouseholdDialog
from app.ui.runner import Runner
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


@pytest.fixture
def listed(page: Any) -> Any:
    """Its list."""
    return page.tab("list")


def names(listed: Any) -> list[str]:
    """Who is shown."""
    listed.table.grab()
    return [row.name for place in range(listed.table.rows.rowCount()) if (row := listed.table.rows.row(place)) is not None]


def load(town: Town, rows: list[ResidentRow], label: str) -> Any:
    """Another snapshot."""
    return load_residents(town.ctx, batches=[rows], as_of=OCCURRED, label=label)[0]


def test_shows_the_data_in_use_and_its_people(listed: Any, settle: Settle) -> None:
    names(listed)
    settle()
    assert "見本" in listed.which.currentText() and len(names(listed)) == 6 and "6人" in listed.count.text()


def test_search_finds_variants(page: Any, listed: Any, window: MainWindow, settle: Settle) -> None:
    window.go("residents", text="高橋")
    settle()
    names(listed)
    settle()
    assert {name.split("　")[0] for name in names(listed)} == {"髙橋"} and "4人が見つかりました" in listed.count.text()


def test_tabs_are_made_when_first_shown_and_switch_by_alt(page: Any, window: MainWindow, settle: Settle) -> None:
    assert list(page._made) == ["list"]
    press(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    settle()
    assert page.current_key == "snapshots" and page.tab("snapshots").table.rows.rowCount() == 1


def test_a_tab_refreshes_only_when_touched_and_seen(
    page: Any, listed: Any, town: Town, runner: Runner, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open_tab("snapshots")
    settle()
    read = []
    monkeypatch.setattr(listed, "refresh", lambda: read.append("list"))
    runner.changed.emit({"headcount": frozenset({"x"})})
    assert page._old == set()
    load(town, [ResidentRow(name="新　一", kana="アタラ", resident_no="9")], "翌日")
    runner.changed.emit({"snapshot": frozenset({"x"})})
    settle()
    assert page.tab("snapshots").table.rows.rowCount() == 2 and read == []
    page.open_tab("list")
    assert read == ["list"]


def test_a_badge_stands_beside_the_title(page: Any, listed: Any) -> None:
    listed.badged.emit(1204)
    assert page.tabs.tabText(0) == "一覧 (1,204)"
    listed.badged.emit(0)
    assert page.tabs.tabText(0) == "一覧"


def test_another_snapshot_is_looked_at_and_taken_into_use(
    page: Any, listed: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ui.residents.snapshots_tab.ask", lambda *_, **__: True)
    first = town.ctx.reads.residents.active()
    load(town, [ResidentRow(name="新　一", kana="アタラ", resident_no="9")], "翌日")
    page.refresh()
    settle()
    assert "翌日" in listed.which.currentText() and "1人" in listed.count.text()
    page.open_tab("snapshots")
    settle()
    snapshots = page.tab("snapshots")
    snapshots.table.select_id(first.id)
    snapshots.table.opened.emit(first.id)
    settle()
    assert page.current_key == "list" and "6人" in listed.count.text()
    page.open_tab("snapshots")
    assert snapshots.activate_button.isEnabled()
    snapshots.activate()
    settle()
    assert town.ctx.reads.residents.active().id == first.id and not snapshots.activate_button.isEnabled()


def test_a_household_is_opened_by_enter_and_noted(listed: Any, town: Town, settle: Settle) -> None:
    listed.arrive(text="タロウ")
    settle()
    names(listed)
    settle()
    listed.table.setFocus()
    listed.table.selectRow(0)
    press(listed.table, Qt.Key.Key_Return)
    settle()
    dialog = shown(HouseholdDialog)
    assert dialog.table.rows.rowCount() == 4 and not dialog.file_button.isEnabled()
    entry = town.ctx.reads.journal.access(limit=1)[0]
    assert (entry.action, entry.persons) == ("view", 4)
    dialog.accept()


def test_protected_people_are_not_listed_without_the_right(town: Town) -> None:
    rids = town.ctx.reads.residents.ids(snapshot_id=town.ctx.reads.residents.active().id, text="静")
    assert show_residents(town.ctx, rids=rids)[0].address
    assert not [view for view in show_residents(town.acting("admin"), rids=rids) if view.address or view.phone]


def test_many_residents_open_at_once(page: Any, listed: Any, town: Town, settle: Settle) -> None:
    load(town, [ResidentRow(name=f"見本　{n}", kana=f"ミホン　{n:06}", resident_no=f"N{n}") for n in range(30_000)], "大きい")
    page.refresh()
    settle()
    assert listed.table.rows.rowCount() == 30_000
    listed.table.selectRow(29_999)
    listed.table.scrollToBottom()
    listed.table.grab()
    settle()
    assert listed.table.current_row().name == "見本　29999"


def test_without_the_right_nothing_can_be_imported_or_chosen(town: Town, window: MainWindow, settle: Settle) -> None:
    window.context = town.acting("shelter")
    window.go("residents", tab="snapshots")
    settle()
    page = window.current
    assert not page.import_button.isEnabled() and not page.tab("snapshots").activate_button.isEnabled()
    assert not page.tab("list").empty.buttons[0].isEnabled()
