"""Ids first, rows by page."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.presentation.columns.spec import Column, ColumnSet
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.widgets.row_model import PAGE, RowModel
from app.ui.widgets.table import Table
from tests import desktop
from tests.pace import Stopwatch
from tests.ui.conftest import press

pytestmark = pytest.mark.gui
MANY = 133_000


@dataclass(frozen=True)
class Line:
    id: int
    name: str


COLUMNS: ColumnSet[Line] = ColumnSet(
    key="lines",
    columns=(
        Column(key="number", label="番号", text=lambda r: str(r.id), align="right", width=6, sort="number"),
        Column(key="name", label="氏名", text=lambda r: r.name, width=12, sort="name", tone=lambda r: "bad" if r.id == 0 else ""),
        Column(key="secret", label="画面だけ", text=lambda r: "x", screen_only=True),
    ),
    views={"標準": ("number", "name", "secret"), "番号だけ": ("number",)},
)
SHORT: ColumnSet[Line] = ColumnSet(key="short", columns=(Column(key="name", label="氏名", text=lambda r: r.name, sort=lambda r: r.name),))


class Source:
    """A store of lines that counts what is asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def load(self, ids):
        self.asked.append(list(ids))
        return [Line(number, f"人{number}") for number in ids]


def text(model: RowModel, row: int, column: int) -> str:
    return model.data(model.index(row, column))


def test_only_pages_in_sight_are_asked(qtbot, runner: Runner) -> None:
    source, model = Source(), RowModel(COLUMNS, runner=runner)
    model.show_ids(range(MANY), source.load)
    assert model.rowCount() == MANY and source.asked == []
    assert text(model, 100_000, 1) == "…"
    qtbot.waitUntil(lambda: text(model, 100_000, 1) == "人100000")
    assert len(source.asked) == 1 and len(source.asked[0]) == PAGE


def test_a_page_that_comes_late_is_not_shown_in_another_list(qtbot, runner: Runner) -> None:
    model = RowModel(COLUMNS, runner=runner)

    def slow(ids):
        time.sleep(0.1)
        return [Line(number, "古い") for number in ids]

    model.show_ids([1, 2, 3], slow)
    text(model, 0, 1)
    model.show_ids([7], Source().load)
    qtbot.waitUntil(lambda: text(model, 0, 1) == "人7")
    qtbot.waitUntil(lambda: runner.idle)
    assert text(model, 0, 1) == "人7"


def test_memory_stays_bounded(runner: Runner) -> None:
    source, model = Source(), RowModel(COLUMNS)
    model.show_ids(range(MANY), source.load)
    for row in range(0, MANY, PAGE):
        assert text(model, row, 0) == str(row)
    assert len(model._pages) <= 64


def test_133_000_rows_feel_instant(qtbot, runner: Runner, preferences: Preferences) -> None:
    table = Table(COLUMNS, name="表", runner=runner, preferences=preferences)
    qtbot.addWidget(table)
    table.resize(900, 600)
    watch = Stopwatch()
    desktop.bring(table)
    table.show_ids(range(MANY), Source().load)
    table.focus_first()
    press(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: table.current_row() == Line(MANY - 1, f"人{MANY - 1}"))
    assert watch.seconds < 0.5


def test_sorting_a_long_list_asks_for_ids(look) -> None:
    model, asked = RowModel(COLUMNS), []
    model.resort.connect(lambda key, descending: asked.append((key, descending)))
    model.show_ids(range(10), Source().load)
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert asked == [("name", True)]


def test_sorting_a_short_list_keeps_the_current_row(qtbot, runner: Runner) -> None:
    table = Table(SHORT, name="表", runner=runner)
    qtbot.addWidget(table)
    table.show_rows([Line(1, "い"), Line(2, "う"), Line(3, "あ")])
    table.select_id(2)
    table.rows.sort(0, Qt.SortOrder.AscendingOrder)
    assert [table.rows.row_id(place) for place in range(3)] == [3, 1, 2]
    assert table.current_id() == 2


def test_a_refresh_keeps_the_place(qtbot, runner: Runner) -> None:
    table = Table(SHORT, name="表", runner=runner)
    qtbot.addWidget(table)
    table.show_rows([Line(1, "い"), Line(2, "う"), Line(3, "あ")])
    table.select_id(3)
    table.show_rows([Line(9, "お"), Line(3, "あ")])
    assert table.current_id() == 3
    table.show_rows([Line(9, "お")])
    assert table.current_id() == 9


def test_copy_leaves_screen_only_columns_out(qtbot, runner: Runner) -> None:
    table = Table(COLUMNS, name="表")
    qtbot.addWidget(table)
    table.show_rows([Line(1, "い\tろ"), Line(2, "う")])
    desktop.bring(table)
    table.selectAll()
    table.setFocus()
    press(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "番号\t氏名\n1\tい ろ\n2\tう"


def test_enter_opens(qtbot, runner: Runner) -> None:
    table, opened = Table(SHORT, name="表"), []
    qtbot.addWidget(table)
    table.opened.connect(opened.append)
    table.show_rows([Line(5, "い")])
    desktop.bring(table)
    table.focus_first()
    press(table, Qt.Key.Key_Return)
    assert opened == [5]


def test_widths_are_remembered(qtbot, look, preferences: Preferences) -> None:
    table = Table(COLUMNS, name="表", preferences=preferences)
    qtbot.addWidget(table)
    desktop.bring(table)
    table.setColumnWidth(0, 222)
    qtbot.waitUntil(lambda: "number" in preferences.get("columns.lines", {}), timeout=3000)
    again = Table(COLUMNS, name="表", preferences=preferences)
    qtbot.addWidget(again)
    assert abs(again.columnWidth(0) - 222) <= 1


def test_views_choose_columns(look) -> None:
    model = RowModel(COLUMNS)
    model.show_rows([Line(0, "い")])
    assert [column.key for column in model.columns] == ["number", "name", "secret"]
    assert model.data(model.index(0, 1), Qt.ItemDataRole.ForegroundRole) is not None
    model.set_view("番号だけ")
    assert model.columnCount() == 1 and model.headerData(0, Qt.Orientation.Horizontal) == "番号"
