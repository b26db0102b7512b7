"""The survey sheet as a clerk with a pile of paper fills it in: keys only, counted; wrong things refused where they stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.survey import Survey
from app.ui import theme
from app.ui.main_window import MainWindow
from app.ui.surveys.entry import EntryDialog
from app.ui.surveys.entry_head import read_clock, split_names
from app.ui.surveys.entry_rows import PartRow, PointsRow
from app.usecases.buildings import open_building, save_building
from app.usecases.surveys import record_survey

pytestmark = pytest.mark.gui
CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
Open = Callable[..., EntryDialog]


class Strokes(QObject):
    """Counts key events that reach the widget with the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched is QApplication.focusWidget():
            self.count += 1
        return False


@pytest.fixture
def building(window: MainWindow) -> str:
    made, _ = save_building(window.context, values={"address": "見本市本町1-2-3", "structure": "wood", "storeys": 2})
    return made


@pytest.fixture
def enter(window: MainWindow, building: str, qtbot: Any, settle: Callable[[], None]) -> Iterator[Open]:
    made: list[EntryDialog] = []

    def call(survey: Survey | None = None, **head: Any) -> EntryDialog:
        dialog = EntryDialog(window, open_building(window.context, building_id=building), survey)
        dialog.setParent(window, dialog.windowFlags())
        dialog.top.fill(head)
        dialog._before = dialog._state()
        dialog.open()
        qtbot.waitExposed(dialog)
        dialog.activateWindow()
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None and dialog.isAncestorOf(QApplication.focusWidget()), timeout=3000)
        made.append(dialog)
        return dialog

    yield call
    settle()
    for dialog in made:
        dialog._before = dialog._state()
        dialog.close()
        dialog.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def keys(text: str, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """One key for each letter; ``/`` is Enter."""
    for letter in text:
        target = QApplication.focusWidget()
        assert target is not None
        if letter == "/":
            QTest.keyClick(target, Qt.Key.Key_Return)
        else:
            QTest.keyClick(target, letter, modifiers)


def key(code: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    QTest.keyClick(target, code, modifiers)


def surveys_of(window: MainWindow) -> list[Survey]:
    return [one for one in window.context.reads.all("survey") if isinstance(one, Survey)]


def test_a_house_from_paper_in_sixty_strokes(enter: Open, window: MainWindow, settle: Callable[[], None]) -> None:
    """Second sheet, wood: times, four tilts, eight parts with one degree each, equipment. Head and surveyors are those of the sheet before."""
    window.setProperty("survey_entry", {"surveyed_on": "2024-01-02", "surveyors": ["調査 一郎", "調査 次郎"], "hazard": "earthquake"})
    dialog = enter(kind="second")
    strokes = Strokes()
    QApplication.instance().installEventFilter(strokes)
    try:
        assert QApplication.focusWidget() is dialog.top.editors["started"].target
        keys("930/945/")
        dialog.measures.tilts[0].setFocus()  # past team and surveyors, which are there already: two more keys
        keys("1.5/1/.8/1.2/")
        assert QApplication.focusWidget() is dialog.parts.rows["roof"]
        keys("36102444363228225/"[:16])
        assert QApplication.focusWidget() is dialog.parts.rows["equipment"]
        keys("4")
        total, grade = dialog.outcome.total.text(), dialog.outcome.grade.text()
        key(Qt.Key.Key_Return, CTRL)
    finally:
        QApplication.instance().removeEventFilter(strokes)
    settle()
    assert strokes.count + 2 <= 60
    saved = surveys_of(window)[0]
    assert (str(saved.total), saved.state, saved.kind) == (total, "entered", "second")
    assert grade == "半壊"
    assert json.loads(saved.inputs) == {
        "hazard": "earthquake", "stage": 2, "structure": "wood", "tilt_mm": [15, 10, 8, 12], "plumb_mm": 1200,
        "parts": {
            "roof": [[3, 60]], "pillar": [[1, 100]], "floor": [[2, 40]], "outer_wall": [[4, 40]], "inner_wall": [[3, 60]],
            "ceiling": [[3, 20]], "fittings": [[2, 80]], "foundation": [[2, 20]], "equipment": 4,
        },
    }  # fmt: skip
    assert json.loads(saved.points)["roof"] == 5
    assert (saved.started, saved.ended, saved.surveyed_on, saved.surveyors) == ("9:30", "9:45", "2024-01-02", ("調査 一郎", "調査 次郎"))


def test_enter_alone_walks_through_the_whole_sheet(enter: Open) -> None:
    dialog = enter(kind="second", surveyed_on="2024-01-02")
    walked = []
    for _ in range(40):
        now = QApplication.focusWidget()
        walked.append(now)
        if now is dialog.draft_button:
            break
        key(Qt.Key.Key_Return)
    wanted = [dialog.top.editors["started"].target, *dialog.measures.tilts, *dialog.parts.rows.values(), dialog.top.editors["note"].target]
    places = [walked.index(one) for one in wanted]
    assert places == sorted(places)
    assert dialog.parts.given() == {} and walked[-1] is dialog.draft_button


def test_several_degrees_of_one_part(enter: Open) -> None:
    dialog = enter(kind="second")
    floor = dialog.parts.rows["floor"]
    assert isinstance(floor, PartRow)
    floor.setFocus()
    keys("24+42")
    assert floor.areas == {2: 40, 4: 20}
    assert dialog.assessment is not None and dialog.assessment.parts == {"floor": 3}
    assert "床 1 + 2 = 3" in dialog.outcome._steps.text()
    assert QApplication.focusWidget() is dialog.parts.rows["outer_wall"]
    key(Qt.Key.Key_Up)
    keys("36")  # typed again: the new one stands alone
    assert floor.areas == {3: 60}
    key(Qt.Key.Key_Up)
    key(Qt.Key.Key_Right)
    key(Qt.Key.Key_Right)
    keys("2")  # arrows choose a degree beside those there are
    assert floor.areas == {2: 20, 3: 60}
    key(Qt.Key.Key_Up)
    key(Qt.Key.Key_Delete)
    assert floor.areas == {}
    keys("5")
    key(Qt.Key.Key_Escape)  # takes back the degree, not the sheet
    assert floor.areas == {} and floor.pending == 0 and dialog.isVisible()
    keys("9")
    assert "1〜5" in dialog.parts._hint.text()
    keys("35")
    assert "面積率" in dialog.parts._hint.text() and floor.areas == {}
    keys("0")
    assert floor.areas == {3: 100}


def test_the_mouse_does_it_too(enter: Open) -> None:
    dialog = enter(kind="second")
    roof = dialog.parts.rows["roof"]
    assert isinstance(roof, PartRow)
    middle = QPointF(roof._cell_rect(2).center())
    shown = []
    for _ in range(7):
        press = QMouseEvent(
            QEvent.Type.MouseButtonPress, middle, roof.mapToGlobal(middle), Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, NONE
        )
        QApplication.sendEvent(roof, press)
        shown.append(roof.areas.get(3))
    assert shown == [10, 20, 40, 60, 80, 100, None]


def test_equipment_is_points_up_to_its_weight(enter: Open) -> None:
    dialog = enter(kind="second")
    row = dialog.parts.rows["equipment"]
    assert isinstance(row, PointsRow)
    row.setFocus()
    keys("10")
    assert row.value == 10 and dialog.assessment is not None and dialog.assessment.parts == {"equipment": 10}
    keys("5")
    assert row.value == 10 and "10 点まで" in dialog.parts._hint.text()
    key(Qt.Key.Key_Backspace)
    assert row.value == 1
    key(Qt.Key.Key_Delete)
    assert row.value is None and dialog.parts.given() == {}


def test_total_destruction_is_told_and_the_rest_dimmed(enter: Open) -> None:
    dialog = enter(kind="second")
    for box in dialog.measures.tilts:
        box.setText("6")
        box.textEdited.emit("6")
    assert dialog.outcome.decided.isVisibleTo(dialog) and "残りは要りません" in dialog.outcome.decided.words
    assert dialog.outcome.grade.text() == "全壊" and not dialog.outcome.total.isVisibleTo(dialog)
    assert not any(row.needed for row in dialog.parts.rows.values())
    dialog.measures.tilts[0].setText("5.9")
    dialog.measures.tilts[0].textEdited.emit("5.9")
    assert not dialog.outcome.decided.isVisibleTo(dialog) and all(row.needed for row in dialog.parts.rows.values())
    assert dialog.assessment is not None and dialog.assessment.parts == {"pillar": 15}


def test_a_flood_asks_for_the_depth(enter: Open, window: MainWindow, settle: Callable[[], None]) -> None:
    dialog = enter(hazard="flood_external", kind="first", edition="r06-05", surveyed_on="2024-01-02", surveyors=["調査 一郎"])
    assert not dialog.parts.rows and "浸水深" in dialog.outcome.problem.words
    dialog.measures.water.setFocus()
    keys("124.5")
    assert dialog.outcome.grade.text() == "大規模半壊"
    dialog.measures.below_floor.setChecked(True)
    assert dialog.outcome.grade.text() == "準半壊に至らない(一部損壊)" and not dialog.measures.water.isEnabled()
    key(Qt.Key.Key_Return, CTRL)
    settle()
    saved = surveys_of(window)[0]
    assert json.loads(saved.inputs) == {"hazard": "flood_external", "stage": 1, "structure": "wood", "above_floor": False, "storeys": 2}
    assert (saved.grade, saved.decided_by, saved.edition) == ("partial", "depth", "r06-05")


def test_a_house_the_table_is_not_for_is_told(enter: Open) -> None:
    dialog = enter(hazard="flood_external", kind="first", structure="rc")
    dialog.measures.water.setFocus()
    keys("50")
    assert "2次調査" in dialog.outcome.problem.words and dialog.assessment is None


@pytest.mark.parametrize(
    ("hazard", "field", "typed", "grade"),
    [("fire", "floor_loss", "50", "大規模半壊"), ("liquefaction", "tilts", "1.2", "半壊")],
)
def test_other_hazards_ask_for_what_they_need(enter: Open, hazard: str, field: str, typed: str, grade: str) -> None:
    dialog = enter(hazard=hazard, kind="first")
    assert dialog.outcome.problem.words and not dialog.parts.rows
    boxes = dialog.measures.tilts if field == "tilts" else [getattr(dialog.measures, field)]
    for box in boxes:
        box.setFocus()
        keys(typed)
    assert dialog.outcome.grade.text() == grade
    if hazard == "liquefaction":
        dialog.measures.sinking.setCurrentIndex(dialog.measures.sinking.findData("floor"))
        assert dialog.outcome.grade.text() == "大規模半壊"


def test_a_grade_on_the_paper_that_contradicts_is_refused(enter: Open, window: MainWindow, settle: Callable[[], None]) -> None:
    dialog = enter(kind="first", surveyed_on="2024-01-02", surveyors=["調査 一郎"])
    dialog.parts.rows["roof"].setFocus()
    keys("50")
    dialog.outcome.typed.setCurrentIndex(dialog.outcome.typed.findData("total"))
    words = dialog.outcome.typed_problem.text()
    assert "全壊" in words and "準半壊" in words
    dialog.save(submit=True)
    settle()
    assert surveys_of(window) == [] and dialog.isVisible()
    dialog.outcome.typed.setCurrentIndex(dialog.outcome.typed.findData("semi_half"))
    assert dialog.outcome.typed_problem.isHidden()
    dialog.save(submit=True)
    settle()
    assert [one.grade for one in surveys_of(window)] == ["semi_half"]


def test_what_is_wrong_is_told_where_it_stands(enter: Open, window: MainWindow, settle: Callable[[], None]) -> None:
    dialog = enter(kind="second", surveyed_on="2024-01-02", surveyors=["調査 一郎"])
    dialog.measures.tilts[0].setFocus()
    keys("1/150/1/1/")
    assert "傾斜②" in dialog.measures._problem.text() and dialog.measures.tilts[1].property("state") == "problem"
    dialog.measures.tilts[1].setFocus()
    keys("x")
    assert "数で" in dialog.measures._problem.text()
    dialog.save(submit=True)
    assert QApplication.focusWidget() is dialog.measures.tilts[1]
    dialog.measures.tilts[1].clear()
    dialog.measures.tilts[1].textEdited.emit("")
    dialog.save(submit=True)
    assert "4つ" in dialog.measures._problem.text() and QApplication.focusWidget() is dialog.measures.tilts[1]
    keys("1")
    roof = dialog.parts.rows["roof"]
    roof.setFocus()
    keys("38+20")
    assert roof.problem and "面積率の合計" in roof.problem and dialog.assessment is None
    dialog.save(submit=True)
    settle()
    assert surveys_of(window) == [] and dialog.isVisible()
    roof.setFocus()
    keys("36")
    dialog.top.editors["surveyed_on"].set_raw("2030-01-01")
    dialog.save(submit=True)
    settle()
    assert dialog.top.editors["surveyed_on"].problem and surveys_of(window) == []


def test_a_draft_is_kept_and_taken_up_again(enter: Open, window: MainWindow, settle: Callable[[], None]) -> None:
    dialog = enter(kind="second", surveyed_on="2024-01-02", surveyors=["調査 一郎"], note="②は内側で測定")
    dialog.measures.tilts[0].setFocus()
    keys("1/1/1/1/")
    keys("36")
    dialog.parts.rows["pillar"].setFocus()
    key(Qt.Key.Key_S, CTRL)
    settle()
    draft = surveys_of(window)[0]
    assert draft.state == "draft" and not dialog.isVisible()
    again = enter(draft)
    assert again.parts.given() == {"roof": [[3, 60]]} and [box.text() for box in again.measures.tilts] == ["1"] * 4
    assert again.top.editors["note"].raw() == "②は内側で測定" and not again.dirty
    again.parts.rows["pillar"].setFocus()
    keys("50")
    assert again.dirty
    again.save(submit=True)
    settle()
    saved = surveys_of(window)
    assert [(one.id, one.state, one.total) for one in saved] == [(draft.id, "entered", 20)]


def test_the_next_sheet_begins_where_the_last_one_ended(enter: Open, window: MainWindow, settle: Callable[[], None]) -> None:
    first = enter(hazard="wind", kind="first", surveyed_on="2024-01-02", surveyors=["調査 一郎", "調査 花子"])
    first.parts.rows["roof"].setFocus()
    keys("50")
    first.save(submit=True)
    settle()
    second = enter()
    assert second.top.hazard.currentData() == "wind"
    assert second.top.editors["surveyed_on"].raw() == "2024-01-02" and second.top.editors["surveyors"].raw() == "調査 一郎、調査 花子"
    assert second.parts.given() == {} and second.top.editors["started"].raw() == ""


def test_another_sheet_keeps_what_both_have(enter: Open) -> None:
    dialog = enter(kind="first")
    dialog.parts.rows["roof"].setFocus()
    keys("36")
    keys("24")
    assert dialog.parts.given() == {"roof": [[3, 60]], "wall": [[2, 40]]}
    dialog.top.fill({"kind": "second"})
    assert dialog.parts.given() == {"roof": [[3, 60]]} and "ceiling" in dialog.parts.rows
    dialog.top.fill({"structure": "rc"})
    assert list(dialog.parts.rows) == ["pillar", "floor_beam", "exterior", "interior", "fittings", "equipment"]
    assert dialog.measures.settlement.isVisibleTo(dialog)
    dialog.top.fill({"edition": "h30-03"})
    assert "h30-03" in (dialog.assessment.edition if dialog.assessment else "")


def test_a_re_survey_wants_its_reason(enter: Open, window: MainWindow, settle: Callable[[], None]) -> None:
    dialog = enter(kind="re", surveyed_on="2024-01-02", surveyors=["調査 一郎"])
    assert dialog.top.stage.isVisibleTo(dialog) and dialog.top.editors["reason"].isVisibleTo(dialog)
    dialog.save(submit=True)
    settle()
    assert dialog.top.editors["reason"].problem and surveys_of(window) == []


def test_leaving_asks_only_when_something_was_typed(enter: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("app.ui.surveys.entry.ask", lambda *words, **_: asked.append(words[1]) or False)
    dialog = enter(kind="second")
    dialog.parts.rows["roof"].setFocus()
    keys("36")
    key(Qt.Key.Key_Escape)
    assert asked and dialog.isVisible()
    key(Qt.Key.Key_Up)
    key(Qt.Key.Key_Delete)
    key(Qt.Key.Key_Escape)
    assert len(asked) == 1 and not dialog.isVisible()


def test_a_survey_that_counts_cannot_be_written_over(enter: Open, window: MainWindow, building: str) -> None:
    made = record_survey(
        window.context, building_id=building, inputs={"hazard": "earthquake", "stage": 1, "structure": "wood", "parts": {"roof": [[5, 100]]}},
        surveyed_on="2024-01-02", surveyors=["調査 一郎"],
    )  # fmt: skip
    with window.context.unit() as uow:
        from dataclasses import replace

        settled = uow.surveys.save(replace(uow.surveys.need(made.survey.id), state="counted"))
        uow.commit()
    dialog = enter(settled)
    assert not dialog.submit_button.isEnabled() and not dialog.draft_button.isEnabled()


@pytest.mark.parametrize(
    ("typed", "read"), [("930", "9:30"), ("0930", "09:30"), ("9:30", "9:30"), ("１３４５", "13:45"), ("", ""), ("noon", "noon")]
)
def test_clocks(typed: str, read: str) -> None:
    assert read_clock(typed) in (read, read.lstrip("0") or read)


def test_names_of_surveyors() -> None:
    assert split_names("調査 一郎、調査　花子, 応援 次郎") == ["調査 一郎", "調査　花子", "応援 次郎"]
    assert split_names("") == []


def test_rows_say_what_they_hold(enter: Open) -> None:
    dialog = enter(kind="second")
    roof = dialog.parts.rows["roof"]
    roof.setFocus()
    keys("36")
    assert roof.accessibleName() == "屋根　Ⅲ 60%　5点"


@pytest.mark.parametrize("size", ["normal", "large", "larger"])
@pytest.mark.parametrize(
    "head", [{"kind": "second"}, {"kind": "re", "structure": "rc"}, {"hazard": "flood_external"}, {"hazard": "liquefaction"}]
)
def test_it_fits_a_small_screen(window: MainWindow, building: str, size: str, head: dict[str, str]) -> None:
    """1366 × 768, in every size of text: nothing is wider than the screen, and in large text nothing has to be scrolled sideways."""
    theme.current().apply(mode="light", text_size=size)
    try:
        dialog = EntryDialog(window, open_building(window.context, building_id=building), None)
        dialog.top.fill(head)
        dialog.resize(1346, 738)
        dialog.show()
        QApplication.processEvents()
        assert dialog.minimumSizeHint().width() <= 1366 and dialog.minimumSizeHint().height() <= 768
        if size != "larger":
            assert dialog.area.horizontalScrollBar().maximum() == 0
    finally:
        dialog._before = dialog._state()
        dialog.close()
        dialog.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        theme.current().apply(mode="light", text_size="normal")
