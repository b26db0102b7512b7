"""支援措置: registering with companions, extending, releasing with a reason, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.ui.main_window import MainWindow
from app.usecases.protections import Target, add_protection, list_protections
from tests.stores import Town

Settle = Callable[[], None]


@pytest.fixture
def tab(window: MainWindow, settle: Settle) -> Any:
    """The tab, settled."""
    window.go("residents", tab="protection")
    settle()
    return window.current.tab("protection")


def test_nothing_yet_says_what_to_do(tab: Any) -> None:
    assert tab.empty.isVisibleTo(tab) and not tab.table.isVisibleTo(tab) and not tab.release_button.isEnabled()


def test_registering_somebody_and_one_of_the_household(tab: Any, town: Town, settle: Settle) -> None:
    dialog = tab.add()
    dialog.find("タカハシ タロウ")
    settle()
    assert [tick.text().split("　")[1] for tick in dialog.ticks] == ["花", "一郎", "二葉"] and not any(
        tick.isChecked() for tick in dialog.ticks
    )
    dialog.ticks[0].setChecked(True)
    dialog.body.editors["ends"].set_raw("R5.1.1")
    dialog.save()
    settle()
    assert dialog.isVisible() and list_protections(town.ctx) == []  # the end is before the start: said beside the field
    dialog.body.editors["ends"].set_raw("R6.12.31")
    dialog.save()
    settle()
    assert [(row.name, row.role) for row in list_protections(town.ctx)] == [("髙橋　太郎", "applicant"), ("髙橋　花", "companion")]
    assert tab.table.rows.rowCount() == 2 and not dialog.isVisible()
    assert tab.table.currentIndex().row() == 0 and tab.extend_button.isEnabled(), "the first is at hand"


def test_extending_and_releasing(tab: Any, town: Town, settle: Settle) -> None:
    add_protection(town.ctx, target=Target(resident_no="0000000011"), ends="R6.1.20")
    tab.refresh()
    settle()
    tab.table.make_current(0)
    dialog = tab.extend()
    dialog.body.editors["ends"].set_raw("R7.1.20")
    dialog.save()
    settle()
    assert list_protections(town.ctx)[0].ends == "2025-01-20"
    tab.table.make_current(0)
    dialog = tab.release()
    dialog.body.editors["reason"].set_raw("本人の申出")
    dialog.save()
    settle()
    assert list_protections(town.ctx)[0].state == "released" and tab.table.rows.rowCount() == 0
    tab.arrive(state="released")
    assert tab.table.rows.rowCount() == 1
