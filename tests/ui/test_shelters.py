"""避難所: list, counts by phone and in the grid, trend, export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.presentation.forms.shelter import shelter_values
from app.ui.main_window import MainWindow
from app.ui.shelters.count_entry import CountEntry
from app.ui.widgets.export_dialog import ExportDialog
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.trend_chart import TrendChart, choose_days, choose_step, say_point
from app.usecases import headcounts, shelters
from app.usecases.rows import TrendPoint
from tests import desktop
from tests.stores import OCCURRED, SHELTERS, START, Town
from tests.ui.conftest import press, say

Settle = Callable[[], None]


def shown(kind: type[QDialog]) -> Any:
    """The dialog in sight, with the keyboard in it."""
    found = next(top for top in QApplication.topLevelWidgets() if isinstance(top, kind) and top.isVisible())
    return desktop.bring(found)


@pytest.fixture
def page(window: MainWindow, settle: Settle) -> Any:
    """The page, settled."""
    window.go("shelters")
    settle()
    return window.current


def names(page: Any) -> list[str]:
    """What the list shows."""
    return [page.list.table.rows.row(place).name for place in range(page.list.table.rows.rowCount())]


def test_lists_every_shelter_and_sums_up(page: Any, town: Town, settle: Settle) -> None:
    headcounts.record_headcount(town.ctx, values={"shelter_id": town.shelters[0], "counted_total": 41})
    page.refresh()
    settle()
    assert sorted(names(page)) == sorted(SHELTERS)
    assert "開設 3か所" in page.list.summary.text() and "報告 41人" in page.list.summary.text() and "差 +41人" in page.list.summary.text()


def test_shows_the_list_as_it_was(page: Any, settle: Settle) -> None:
    page.list.at.line.setText("R5.12.31 12:00")
    page.list.at.line.editingFinished.emit()
    settle()
    assert "開設 0か所" in page.list.summary.text()


def test_a_time_that_cannot_be_read_asks_nothing(page: Any, settle: Settle) -> None:
    before = page.list.summary.text()
    page.list.at.line.setText("きのう")
    page.list.at.line.editingFinished.emit()
    settle()
    assert page.list.at.problem and page.list.summary.text() == before


def test_narrows_down_by_folded_name_and_by_state(page: Any, town: Town, settle: Settle) -> None:
    page.list.finder.setText("公民")
    page.list.finder.typed.emit("公民")
    assert names(page) == ["架空公民館"]
    page.list.finder.clear()
    headcounts.record_headcount(town.ctx, values={"shelter_id": town.shelters[0], "counted_total": 101})
    page.arrive(show="overfull")
    page.refresh()
    settle()
    assert names(page) == ["見本小学校"]
    page.arrive(show="uncounted")
    assert sorted(names(page)) == ["例示体育館", "架空公民館"]


def test_home_leads_to_one_shelter(page: Any, town: Town) -> None:
    page.arrive(shelter_id=town.shelters[2])
    assert page.list.table.current_row().name == SHELTERS[2]


def test_registers_a_shelter_and_opens_it_by_keyboard(page: Any, window: MainWindow, settle: Settle, town: Town) -> None:
    page.list.add()
    dialog = shown(FormDialog)
    say(dialog.body.editors["name"].target, "見本寺")
    dialog.body.editors["open_at"].set_raw("R6.1.1 18:00")
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    made = next(row for row in shelters.list_shelters(town.ctx) if row.name == "見本寺")
    assert made.is_open and "見本寺" in names(page)


def test_a_name_that_is_taken_is_said_beside_the_field(page: Any, settle: Settle) -> None:
    page.list.add()
    dialog = shown(FormDialog)
    dialog.body.editors["name"].set_raw(SHELTERS[0])
    dialog.save()
    settle()
    assert "すでに登録" in dialog.body.editors["name"].problem
    dialog.body.editors["name"].set_raw("")
    dialog._before = dialog.body.raw()
    dialog.reject()


def test_corrects_with_reason_and_keeps_the_rest(page: Any, town: Town, settle: Settle) -> None:
    page.arrive(shelter_id=town.shelters[0])
    page.list.correct()
    dialog = shown(FormDialog)
    dialog.body.editors["capacity"].set_raw("２５０")
    dialog.body.editors["reason"].set_raw("現地で確認")
    dialog.save()
    settle()
    row = next(row for row in shelters.list_shelters(town.ctx) if row.id == town.shelters[0])
    assert (row.capacity, row.name) == (250, SHELTERS[0])
    assert town.ctx.reads.journal.history(row.id)[-1].reason == "現地で確認"


def test_closes_and_says_beside_the_time_when_it_cannot(page: Any, town: Town, settle: Settle) -> None:
    page.arrive(shelter_id=town.shelters[0])
    page.list.close_shelter()
    dialog = shown(FormDialog)
    dialog.body.editors["at"].set_raw("R5.1.1")
    dialog.save()
    settle()
    assert "開設されていません" in dialog.body.editors["at"].problem
    dialog.body.editors["at"].set_raw("R6.1.2 08:00")
    dialog.save()
    settle()
    assert not next(row for row in shelters.list_shelters(town.ctx) if row.id == town.shelters[0]).is_open
    assert not page.list.close_button.isEnabled() and page.list.open_button.isEnabled()


def test_place_must_be_in_japan() -> None:
    from app.presentation.forms.shelter import ADD_SHELTER

    raw = {**ADD_SHELTER.defaults(), "name": "見本", "latitude": "137.0", "longitude": "36.0"}
    _, problems = ADD_SHELTER.parse(raw)
    assert set(problems) == {"latitude", "longitude"}
    values, problems = ADD_SHELTER.parse({**raw, "latitude": "37.04", "longitude": ""})
    assert set(problems) == {"longitude"}
    values, problems = ADD_SHELTER.parse({**raw, "latitude": "37.04", "longitude": "136.96"})
    assert not problems and shelter_values(values)["latitude"] == 37.04 and "open_at" not in shelter_values(values)


def test_takes_counts_shelter_after_shelter_without_the_mouse(
    page: Any, window: MainWindow, town: Town, settle: Settle, qtbot: Any
) -> None:
    page.counts.take()
    settle()
    dialog: CountEntry = shown(CountEntry)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    for number in ("12", "34", "56"):
        qtbot.keyClicks(dialog.call.form.editors["counted_total"].target, number)
        press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        settle()
    assert sorted(row.counted_total for row in headcounts.list_headcounts(town.ctx)) == [12, 34, 56]
    assert len({row.shelter_id for row in headcounts.list_headcounts(town.ctx)}) == 3
    assert "合計 102人" in dialog.call.banner.words and not dialog.call.dirty
    dialog.reject()
    assert not dialog.isVisible()


def test_a_count_that_contradicts_itself_stays_in_the_form(page: Any, town: Town, settle: Settle) -> None:
    page.counts.take(town.shelters[1])
    settle()
    dialog: CountEntry = shown(CountEntry)
    assert dialog.call.name.text() == SHELTERS[1]
    dialog.call.form.editors["counted_total"].set_raw("5")
    dialog.call.form.editors["male"].set_raw("4")
    dialog.call.form.editors["female"].set_raw("4")
    dialog.save()
    settle()
    assert dialog.call.form.editors["male"].problem and headcounts.list_headcounts(town.ctx) == []
    dialog.call.form.editors["female"].set_raw("1")
    dialog.save()
    settle()
    assert headcounts.list_headcounts(town.ctx)[0].counted_total == 5
    dialog.reject()


def test_page_down_goes_on_without_saving(page: Any, town: Town, settle: Settle) -> None:
    page.counts.take()
    settle()
    dialog: CountEntry = shown(CountEntry)
    first = dialog.call.name.text()
    press(dialog, Qt.Key.Key_PageDown)
    assert dialog.call.name.text() != first and headcounts.list_headcounts(town.ctx) == []
    press(dialog, Qt.Key.Key_PageUp)
    assert dialog.call.name.text() == first
    dialog.reject()


def test_grid_is_filled_downwards_and_saved_at_once(page: Any, town: Town, settle: Settle, qtbot: Any) -> None:
    page.counts.take(grid=True)
    settle()
    dialog: CountEntry = shown(CountEntry)
    table = dialog.grid.table
    table.setFocus()
    table.setCurrentCell(0, 3)
    for number in ("7", "8", "9"):
        qtbot.keyClicks(QApplication.focusWidget(), number)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        QApplication.processEvents()
    assert [table.item(place, 3).text() for place in range(3)] == ["7", "8", "9"]
    dialog.save()
    settle()
    assert sorted(row.counted_total for row in headcounts.list_headcounts(town.ctx)) == [7, 8, 9]
    assert not dialog.grid.dirty and "合計 24人" in dialog.grid.banner.words
    dialog.reject()


def test_grid_refuses_all_when_one_line_is_wrong(page: Any, town: Town, settle: Settle) -> None:
    page.counts.take(grid=True)
    settle()
    dialog: CountEntry = shown(CountEntry)
    dialog.grid.type_in(0, "counted_total", "１２")
    dialog.grid.type_in(1, "counted_total", "多数")
    dialog.save()
    settle()
    assert headcounts.list_headcounts(town.ctx) == [] and "多数" in dialog.grid.banner.words
    dialog.grid.type_in(1, "counted_total", "")
    dialog.save()
    settle()
    assert [row.counted_total for row in headcounts.list_headcounts(town.ctx)] == [12]
    dialog.reject()


def test_withdraws_with_a_reason(page: Any, town: Town, settle: Settle) -> None:
    headcounts.record_headcount(town.ctx, values={"shelter_id": town.shelters[0], "counted_total": 999})
    page.arrive(tab="counts")
    page.refresh()
    settle()
    assert page.counts.table.rows.rowCount() == 1
    page.counts.withdraw()
    dialog = shown(FormDialog)
    dialog.save()
    assert dialog.body.editors["reason"].problem
    dialog.body.editors["reason"].set_raw("聞き間違い")
    dialog.save()
    settle()
    assert headcounts.list_headcounts(town.ctx) == [] and page.counts.table.rows.rowCount() == 0


def test_trend_is_drawn_and_read_by_keys(page: Any, town: Town, settle: Settle) -> None:
    for day, total in enumerate((50, 80, 30)):
        values = {"shelter_id": town.shelters[0], "counted_total": total, "counted_at": OCCURRED + timedelta(days=day, hours=2)}
        headcounts.record_headcount(town.ctx, values=values)
    page.arrive(tab="trend")
    page.refresh()
    settle()
    chart = page.trend.chart
    assert max(point.declared for point in page.trend.points) == 80
    assert page.trend.table.rows.rowCount() == len(page.trend.points)
    press(chart, Qt.Key.Key_End)
    chart.point_at(len(chart.points) - 1)
    assert "報告 30人" in page.trend._reading.text()
    assert "最大80人" in chart.accessibleDescription()


def test_lines_differ_without_colour(look: QApplication, qtbot: Any) -> None:
    """In grey the two lines of people are still told apart: one is dashed, its marks are open."""
    chart = TrendChart()
    qtbot.addWidget(chart)
    chart.resize(900, 420)
    points = [TrendPoint(START + timedelta(days=n), 3, 100, 40) for n in range(4)]
    chart.show_points(points)
    picture = chart.grab().toImage()
    frame = chart._frames()[0]
    left, right = (frame.place(points[n].at, 0).x() for n in (1, 2))

    def gaps(value: float) -> int:
        y = round(frame.place(points[0].at, value).y() * picture.devicePixelRatio())
        ground = picture.pixelColor(QPoint(round(left) + 12, y - 9)).lightness()
        row = [abs(picture.pixelColor(QPoint(x, y)).lightness() - ground) > 40 for x in range(round(left) + 8, round(right) - 8)]
        return sum(a != b for a, b in zip(row, row[1:], strict=False))

    assert gaps(100) == 0 and gaps(40) > 6


def test_empty_trend_says_so(look: QApplication, qtbot: Any) -> None:
    chart = TrendChart()
    qtbot.addWidget(chart)
    chart.show_points([])
    chart.grab()
    assert "推移を表せません" in chart.accessibleDescription()


def test_axis_is_round() -> None:
    assert choose_step(327, most=5) == (100, 400)
    assert choose_step(1, most=3) == (1, 1)
    assert len(choose_days(START, START + timedelta(days=300), most=9)) <= 9
    assert "差 +60" in say_point(TrendPoint(START, 3, 100, 40))


@pytest.mark.parametrize("code", ["csv", "csv-cp932", "xlsx", "pdf", "html"])
def test_exports_trend_and_counts_with_a_line_in_the_access_log(
    page: Any, town: Town, settle: Settle, tmp_path: Any, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    monkeypatch.setattr("app.ui.widgets.export_dialog.open_file", opened.append)
    headcounts.record_headcount(town.ctx, values={"shelter_id": town.shelters[0], "counted_total": 41, "counted_at": OCCURRED})
    for tab, name in (("trend", "推移"), ("counts", "報告")):
        page.arrive(tab=tab)
        page.refresh()
        settle()
        getattr(page, tab).export()
        dialog: ExportDialog = shown(ExportDialog)
        dialog.choose(code)
        dialog.purpose.setText("県への報告")
        out = tmp_path / f"{name}.{dialog.format.suffix}"
        dialog.path.setText(str(out))
        dialog.run()
        settle()
        assert out.stat().st_size > 100 and not dialog.isVisible() and opened[-1] == out
        entry = town.ctx.reads.journal.access(limit=1)[0]
        assert (entry.purpose, entry.target) == ("県への報告", out.name)


def test_without_the_right_buttons_stay_off(page: Any, town: Town, window: MainWindow, settle: Settle) -> None:
    window.context = town.acting("view")
    page.list._enable()
    page.counts._enable()
    assert not page.list.correct_button.isEnabled() and not page.counts.call_button.isEnabled()
    assert page.list.roster_button.isEnabled()
