"""調査票の入力: an earthquake by both sheets, a flood by its depth, what is wrong, what is decided."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from app.ui.stage import Stage, shot
from app.ui.surveys.entry import EntryDialog
from app.usecases import buildings
from app.usecases.survey_plans import save_team

_SECOND = {
    "roof": [[3, 60]], "pillar": [[1, 100]], "floor": [[2, 40], [4, 20]], "outer_wall": [[5, 40]], "inner_wall": [[3, 40]],
    "ceiling": [[2, 100]], "fittings": [[4, 60]], "equipment": 3,
}  # fmt: skip


def _building(stage: Stage) -> str:
    ctx = stage.session.context
    known = buildings.find_building(ctx, tax_no="12-0345")
    if known:
        return known
    save_team(ctx, values={"name": "第3班", "members": ("応援 一郎", "調査 花子")})
    values = {"address": "支市中央町三丁目12番地5", "structure": "wood", "storeys": 2, "tax_no": "12-0345", "district": "中央町"}
    made, _ = buildings.save_building(ctx, values=values)
    return made


def _dialog(stage: Stage, **head: Any) -> EntryDialog:
    window = stage.window("home")
    ctx = window.context
    dialog = EntryDialog(window, buildings.open_building(ctx, building_id=_building(stage)), None)
    dialog.setParent(window, dialog.windowFlags())
    team = next(one for one in ctx.reads.all("team"))
    dialog.top.fill({"surveyed_on": ctx.now().date().isoformat(), "started": "930", "ended": "945", "team_id": team.id, **head})
    return dialog


@shot("survey-entry-second")
def _second(stage: Stage) -> QWidget:
    dialog = _dialog(stage, kind="second")
    dialog.measures.fill({"tilt_mm": [12, 15, 8, 10]})
    dialog.parts.fill(_SECOND)
    dialog._judge()
    dialog.open()
    dialog.parts.rows["foundation"].setFocus()
    return dialog


@shot("survey-entry-first")
def _first(stage: Stage) -> QWidget:
    dialog = _dialog(stage, kind="first")
    dialog.measures.fill({"tilt_mm": [20, 25, 22, 30]})
    dialog.parts.fill({"roof": [[4, 80]], "wall": [[2, 40]]})
    dialog._judge()
    dialog.open()
    dialog.parts.rows["foundation"].setFocus()
    return dialog


@shot("survey-entry-decided")
def _decided(stage: Stage) -> QWidget:
    dialog = _dialog(stage, kind="second", structure="rc")
    dialog.measures.fill({"tilt_mm": [42, 45, 38, 41], "settlement_mm": 120})
    dialog.outcome.typed.setCurrentIndex(2)
    dialog._judge()
    return dialog


@shot("survey-entry-flood")
def _flood(stage: Stage) -> QWidget:
    dialog = _dialog(stage, kind="first", hazard="flood_external", edition="r06-05")
    dialog.measures.fill({"depth_cm": 124.5})
    dialog._judge()
    return dialog


@shot("survey-entry-wrong")
def _wrong(stage: Stage) -> QWidget:
    dialog = _dialog(stage, kind="re", reason="屋内の柱の傾きを見ていないとの申出", hazard="earthquake")
    dialog.measures.fill({"tilt_mm": [12, 1500, 8, 10]})
    dialog.parts.fill({"roof": [[3, 80], [2, 60]]})
    dialog._judge()
    return dialog


@shot("surveys-editions")
def _editions(stage: Stage) -> QWidget:
    window = stage.window("home")
    window.go("surveys", tab="editions")
    stage.settle()
    return window
