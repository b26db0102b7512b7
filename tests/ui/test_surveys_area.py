"""区域一括判定: what will change is seen first, done as one act, listed, and taken back as one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.ui.main_window import MainWindow
from app.ui.widgets.export_dialog import ExportDialog
from app.usecases import surveys
from tests.stores import Town
from tests.ui.conftest import press
from tests.ui.survey_town import counted, grade, house

Settle = Callable[[], None]


@pytest.fixture
def zone(town: Town) -> dict[str, str]:
    """Four corners that are 全壊, one house of its own opinion, two unsurveyed, a barn."""
    made = {name: house(town, f"見本市川沿い{place}", zone="川沿い") for place, name in enumerate(("a", "b", "c", "d", "own", "x", "y"), 1)}
    made["barn"] = house(town, "見本市川沿い9", zone="川沿い", use="barn")
    for name in ("a", "b", "c", "d"):
        counted(town, made[name], 100)
    counted(town, made["own"], 10)
    return made


@pytest.fixture
def dialog(zone: dict[str, str], window: MainWindow, settle: Settle) -> Any:
    """The dialog on the zone, settled."""
    window.go("surveys")
    settle()
    made = window.current.judge_area()
    settle()
    return made


def test_preview_then_one_act_with_its_list(dialog: Any, zone: dict[str, str], town: Town, settle: Settle, tmp_path: Path) -> None:
    assert dialog.where.currentText() == "区域：川沿い（8棟）" and dialog.corners.rows.rowCount() == 5
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert dialog.body.editors["reason"].problem, "a reason is needed"
    dialog.body.editors["reason"].set_raw("四隅の住家がすべて流失")
    dialog.go_on()
    settle()
    assert dialog.banner.isVisibleTo(dialog) and dialog.preview.rows.rowCount() == 0, "no corners chosen: refused"
    for place in range(5):
        if dialog.corners.rows.row(place).survey.grade == "total":
            dialog.corners.make_current(place)
            dialog.tick()
    dialog.go_on()
    settle()
    assert "全壊にする 2棟／変えない 6棟" in dialog.told.text() and dialog.go_button.text() == "2棟を判定する（Ctrl+Enter）"
    assert [grade(town, zone[name]) for name in ("x", "y")] == ["", ""], "nothing is written yet"
    left = {line.id: line.left for line in dialog.lines if line.left}
    assert "住家" in left[zone["barn"]] and left[zone["own"]] and zone["x"] not in left
    dialog.go_on()
    settle()
    assert [grade(town, zone[name]) for name in ("x", "y", "own", "barn")] == ["total", "total", "partial", ""]
    assert dialog.judged is not None and not dialog.go_button.isVisibleTo(dialog) and dialog.export_button.isVisibleTo(dialog)
    dialog.export()
    export = dialog.findChildren(ExportDialog)[-1]
    export.choose("csv")
    export.path.setText(str(tmp_path / "結果.csv"))
    export.purpose.setText("試し")
    export.open_after.setChecked(False)
    export.run()
    settle()
    words = (tmp_path / "結果.csv").read_text("utf-8-sig")
    assert words.count("判定する") == 2 and words.count("変えない") >= 6


def test_what_was_seen_is_forgotten_when_the_question_changes(dialog: Any, town: Town, settle: Settle) -> None:
    dialog.body.editors["aerial"].set_raw("yes")
    dialog.body.editors["reason"].set_raw("航空写真で全域の浸水を確かめた")
    dialog.go_on()
    settle()
    assert dialog.preview.rows.rowCount() == 8
    dialog.body.editors["grade"].set_raw("large")
    assert dialog.preview.rows.rowCount() == 0 and dialog.go_button.text().startswith("何が変わるか")


def test_the_whole_act_is_taken_back(dialog: Any, zone: dict[str, str], town: Town, settle: Settle) -> None:
    surveys.judge_area(
        town.ctx, grade="total", hazard="flood_external", surveyed_on="2024-01-02", reason="浸水", zone="川沿い", aerial=True
    )
    dialog.tabs.setCurrentIndex(1)
    dialog.acts.refresh()
    settle()
    assert (dialog.acts.current.made, dialog.acts.current.standing) == (2, 2)
    form = dialog.acts.undo()
    form.save()
    assert form.isVisible(), "a reason is needed"
    form.body.editors["reason"].set_raw("区域の線を誤った")
    form.save()
    settle()
    assert [grade(town, zone[name]) for name in ("x", "y", "a")] == ["", "", "total"]
    assert dialog.acts.current.standing == 0 and not dialog.acts.undo_button.isEnabled()


def test_marked_buildings_are_offered(zone: dict[str, str], window: MainWindow, settle: Settle) -> None:
    window.go("surveys")
    settle()
    tab = window.current.tab("buildings")
    tab.table.selectAll()
    dialog = window.current.judge_area()
    settle()
    assert dialog.where.currentText() == "印を付けた建物（8棟）" and len(dialog._area.rows) == 8
