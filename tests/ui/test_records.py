"""履歴・記録: recent changes, one history, the access log, the check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.ui.main_window import MainWindow
from app.ui.records.naming import name_changes
from app.ui.records.tabs import ChangeDialog
from app.ui.widgets.export_dialog import ExportDialog
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import persons, reception, records
from app.usecases.reception import Arrival
from tests.stores import Town
from tests.ui.test_shelters import shown

Settle = Callable[[], None]


@pytest.fixture
def taro(town: Town) -> str:
    """Somebody who came, whose phone was corrected."""
    done = reception.check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("太郎"))])
    person = done.persons[0]
    town.clock.forward(minutes=10)
    version = town.ctx.reads.get("person", person).version
    persons.correct_person(town.ctx, person_id=person, version=version, values={"mobile": "090-0000-7777"}, reason="聞き直した")
    return person


@pytest.fixture
def page(window: MainWindow, taro: str, settle: Settle) -> Any:
    """The page, settled."""
    window.go("history")
    settle()
    return window.current


def test_recent_changes_say_who_what_and_why(page: Any) -> None:
    newest = page.recent.table.rows.row(0)
    assert (newest.name, newest.change.by, newest.change.reason) == ("髙橋　太郎", "支援 花子", "聞き直した")
    assert "→ 090-0000-7777" in newest.change.words and "携帯電話" in newest.change.words
    kinds = {page.recent.table.rows.row(place).change.kind for place in range(page.recent.table.rows.rowCount())}
    assert {"person", "stay"} <= kinds


def test_recent_changes_can_be_narrowed_and_opened(page: Any) -> None:
    page.recent.finder.setText("聞き直した")
    page.recent._filter()
    assert page.recent.table.rows.rowCount() == 1
    page.recent.table.selectRow(0)
    page.recent._open()
    dialog = shown(ChangeDialog)
    dialog.accept()
    page.recent._history()
    assert page.tabs.currentWidget() is page.history


def test_the_history_of_a_person_has_the_stays_too_and_is_noted(page: Any, town: Town, taro: str, settle: Settle) -> None:
    page.arrive(record_id=taro)
    settle()
    rows = [page.history.table.rows.row(place) for place in range(page.history.table.rows.rowCount())]
    assert [row.change.kind for row in rows][0] == "person" and {"person", "stay", "household"} <= {row.change.kind for row in rows}
    assert "髙橋　太郎" in page.history.title.text()
    assert town.ctx.reads.journal.access(limit=1)[0].action == "history"


def test_an_older_version_is_given_back_with_a_reason(page: Any, town: Town, taro: str, settle: Settle) -> None:
    page.arrive(record_id=taro)
    settle()
    rows = [page.history.table.rows.row(place) for place in range(page.history.table.rows.rowCount())]
    first = next(place for place, row in enumerate(rows) if row.change.kind == "person" and row.change.restorable)
    page.history.table.selectRow(first)
    page.history.restore()
    dialog = shown(FormDialog)
    dialog.body.editors["reason"].set_raw("元の番号が正しい")
    dialog.save()
    settle()
    assert town.ctx.reads.get("person", taro).mobile != "090-0000-7777"
    assert records.read_history(town.ctx, record_id=taro)[-1].reason == "元の番号が正しい"


def test_somebody_is_found_by_kana_and_chosen(page: Any, taro: str, settle: Settle) -> None:
    page.arrive(tab="history")
    page.history.finder._search("タカハシ")
    settle()
    assert page.history.finder.table.rows.rowCount() == 1
    page.history.finder._enter("タカハシ")
    settle()
    assert page.history.table.rows.rowCount() >= 2


def test_what_cannot_be_seen_is_said(page: Any, town: Town, window: MainWindow, settle: Settle) -> None:
    done = reception.check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("静"))])
    window.context = town.acting("admin")
    page.arrive(record_id=done.persons[0])
    settle()
    assert page.history.table.rows.rowCount() == 0 and "支援措置" not in page.history.banner.words


def test_names_of_protected_people_stay_hidden(town: Town) -> None:
    reception.check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("静"))])
    other = town.acting("admin")
    told = name_changes(other, list(reversed(records.recent_changes(other, limit=5))))
    assert all("渡邉" not in row.name and "渡邉" not in row.change.words for row in told)
    assert all("静" not in row.change.words for row in told)


def test_the_access_log_of_one_person_and_its_export(page: Any, town: Town, taro: str, settle: Settle, tmp_path: Path) -> None:
    persons.open_person(town.ctx.for_purpose("安否の照会"), person_id=taro)
    page.arrive(access=taro)
    settle()
    assert page.access.table.rows.row(0).purpose == "安否の照会" and "髙橋　太郎" in page.access.title.text()
    every = page.access.table.rows.rowCount()
    page.access.filter.setText("照会")
    page.access._filter()
    assert page.access.table.rows.rowCount() == 1 <= every
    page.access.export()
    dialog: ExportDialog = shown(ExportDialog)
    dialog.open_after.setChecked(False)
    dialog.choose("csv")
    dialog.path.setText(str(tmp_path / "記録.csv"))
    dialog.run()
    settle()
    assert "安否の照会" in (tmp_path / "記録.csv").read_text("utf-8-sig")
    assert town.ctx.reads.journal.access(person_id=taro, limit=1)[0].target == "記録.csv"


def test_the_check_says_that_all_is_well(page: Any, settle: Settle) -> None:
    page.arrive(tab="check")
    page.check.run()
    settle()
    assert "問題はありません" in page.check.banner.words and page.check.tiles["integrity"].number == "良好"


def test_the_check_finds_what_was_changed_behind_the_back(page: Any, town: Town, taro: str, settle: Settle) -> None:
    town.sql("UPDATE person SET name = '別人' WHERE id = ?", taro)
    page.arrive(tab="check")
    page.check.run()
    settle()
    assert "異常" in page.check.banner.words and page.check._problems.count() > 1


def test_those_without_the_right_see_no_log(town: Town, window: MainWindow, taro: str, settle: Settle) -> None:
    window.context = town.acting("shelter")
    window.go("history")
    settle()
    page: Any = window.current
    assert page.tabs.currentWidget() is page.history and not page.tabs.isTabEnabled(0) and not page.tabs.isTabEnabled(2)
