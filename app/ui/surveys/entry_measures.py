"""What is measured or seen before the parts: collapse, tilt ①–④, settlement, depth of water, sinking, share of the floor area."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from app.domain.assessment_edition import SINKINGS
from app.presentation.steps import SINKING_WORDS
from app.ui import ime, theme
from app.ui.widgets.text import column, restyle, row, text

TILT_MARKS = ("①", "②", "③", "④")
_FLOODS = ("flood_external", "flood_inland")


class NumberBox(QLineEdit):
    """A number as typed, full-width digits too. ``value`` is exact, None when empty; ``readable`` says whether it is a number."""

    def __init__(self, name: str, *, width: int = 62) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMaxLength(12)
        self.setFixedWidth(theme.current().px(width))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        ime.prepare(self, "digits")

    @property
    def plain(self) -> str:
        return unicodedata.normalize("NFKC", self.text()).strip().replace(",", "")

    @property
    def value(self) -> Decimal | None:
        """The number, None when empty or no number."""
        try:
            found = Decimal(self.plain) if self.plain else None
        except InvalidOperation:
            return None
        return found if found is not None and found.is_finite() else None

    @property
    def readable(self) -> bool:
        return not self.plain or self.value is not None

    def show_number(self, value: Any, *, scale: int = 1) -> None:
        """Show a number of the sheet's JSON, divided by ``scale``."""
        self.setText("" if value is None else f"{(Decimal(str(value)) / scale).normalize():f}")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces what is there."""
        super().focusInEvent(event)
        ime.switch(self, "digits")
        self.selectAll()


def as_number(value: Decimal) -> int | float:
    """A number for the JSON: whole ones as int, others by their decimal text."""
    return int(value) if value == value.to_integral_value() else float(str(value))


class Measures(QWidget):
    """``changed`` when anything was typed. Only what this hazard, stage and structure ask is in sight."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.collapsed = QCheckBox("一見して全壊（住家の全部、または一部の階の全部が倒壊）")
        self.washed_away = QCheckBox("流失")
        self.no_outside = QCheckBox("雨が入る外装の損傷なし")
        self.below_floor = QCheckBox("床下（床上に達していない）")
        self.tilts = [NumberBox(f"傾斜{mark}（cm）") for mark in TILT_MARKS]
        self.plumb = NumberBox("下げ振りの長さ（cm）")
        self.plumb.setText("120")
        self.settlement = NumberBox("最大の沈下・露出（cm）")
        self.water = NumberBox("床上の浸水深（cm）", width=84)
        self.floor_loss = NumberBox("焼失・損壊した床面積の割合（%）")
        self.sinking = QComboBox()
        self.sinking.setAccessibleName("潜り込み")
        self.sinking.addItem("（調べていない）", "")
        for code in SINKINGS:
            self.sinking.addItem(SINKING_WORDS[code], code)
        self._lay_out()
        for box in self.boxes:
            box.textEdited.connect(lambda _: self.changed.emit())
        for tick in self.ticks:
            tick.toggled.connect(lambda _: self.changed.emit())
        self.below_floor.toggled.connect(lambda on: self.water.setEnabled(not on))
        self.sinking.currentIndexChanged.connect(lambda _: self.changed.emit())

    @property
    def boxes(self) -> list[NumberBox]:
        return [*self.tilts, self.plumb, self.settlement, self.water, self.floor_loss]

    @property
    def ticks(self) -> list[QCheckBox]:
        return [self.collapsed, self.washed_away, self.no_outside, self.below_floor]

    def order(self) -> list[QWidget]:
        """Widgets in the order of the keyboard: what is typed for every house first."""
        return [self.water, self.below_floor, self.floor_loss, *self.tilts, self.settlement, self.sinking]

    def _lay_out(self) -> None:
        self._tilt_box = _group(
            "傾斜（cm）",
            *(part for mark, box in zip(TILT_MARKS, self.tilts, strict=True) for part in (text(mark, wrap=False), box)),
            text("／ 下げ振り", role="note", wrap=False),
            self.plumb,
        )
        self._settlement_box = _group("最大の沈下・露出（cm）", self.settlement)
        self._depth_box = _group("床上の浸水深（cm）", self.water, self.below_floor)
        self._sinking_box = _group("潜り込み", self.sinking)
        self._fire_box = _group("焼失・損壊した床面積（%）", self.floor_loss)
        self._problem = text("", role="problem")
        self._problem.hide()
        ticks = row(self.collapsed, self.washed_away, self.no_outside, 1, spacing=18)
        first = row(self._depth_box, self._fire_box, 1, spacing=22)
        second = row(self._settlement_box, self._sinking_box, 1, spacing=22)
        self.setLayout(column(ticks, first, self._tilt_box, second, self._problem, spacing=6))

    def suit(self, *, hazard: str, stage: int, structure: str) -> None:
        """Show what this survey asks."""
        flood, fire, ground = hazard in _FLOODS, hazard == "fire", hazard == "liquefaction"
        tilted = not fire and not (flood and stage == 1)
        self._tilt_box.setVisible(tilted)
        self._settlement_box.setVisible(tilted and structure == "rc")
        self._depth_box.setVisible(flood)
        self._sinking_box.setVisible(ground)
        self._fire_box.setVisible(fire)
        self.collapsed.setVisible(not fire)
        self.washed_away.setVisible(flood)
        self.no_outside.setVisible(hazard == "wind")

    def given(self, *, strict: bool = False) -> dict[str, Any]:
        """What stands here, for the JSON. Tilts count once all four are there; with ``strict`` an unfinished set goes in to be refused."""
        found: dict[str, Any] = {}
        for key, tick in (("collapsed", self.collapsed), ("washed_away", self.washed_away)):
            if tick.isChecked() and not tick.isHidden():
                found[key] = True
        if self.no_outside.isChecked() and not self.no_outside.isHidden():
            found["outside_damage"] = False
        if not self._tilt_box.isHidden():
            found.update(self._given_tilt(strict))
        if not self._depth_box.isHidden():
            if self.below_floor.isChecked():
                found["above_floor"] = False
            elif self.water.value is not None:
                found["depth_cm"] = as_number(self.water.value)
        if not self._settlement_box.isHidden() and self.settlement.value is not None:
            found["settlement_mm"] = as_number(self.settlement.value * 10)
        if not self._sinking_box.isHidden() and self.sinking.currentData():
            found["sinking"] = self.sinking.currentData()
        if not self._fire_box.isHidden() and self.floor_loss.value is not None:
            found["floor_loss_percent"] = as_number(self.floor_loss.value)
        return found

    def _given_tilt(self, strict: bool) -> dict[str, Any]:
        values = [box.value for box in self.tilts]
        there = [value for value in values if value is not None]
        if not there or (len(there) < len(values) and not strict):
            return {}
        plumb = self.plumb.value
        return {
            "tilt_mm": [as_number(value * 10) for value in there],
            "plumb_mm": 1200 if plumb is None else as_number(plumb * 10),
        }

    @property
    def unfinished_tilt(self) -> bool:
        """Whether some of the four are there and others not."""
        there = [box.value is not None for box in self.tilts]
        return not self._tilt_box.isHidden() and any(there) and not all(there)

    def fill(self, data: Mapping[str, Any]) -> None:
        """Show what the JSON of a sheet says."""
        self.collapsed.setChecked(bool(data.get("collapsed")))
        self.washed_away.setChecked(bool(data.get("washed_away")))
        self.no_outside.setChecked(data.get("outside_damage") is False)
        self.below_floor.setChecked(data.get("above_floor") is False)
        for box, value in zip(self.tilts, data.get("tilt_mm") or [None] * 4, strict=False):
            box.show_number(value, scale=10)
        self.plumb.show_number(data.get("plumb_mm") or 1200, scale=10)
        self.settlement.show_number(data.get("settlement_mm"), scale=10)
        self.water.show_number(data.get("depth_cm"))
        self.floor_loss.show_number(data.get("floor_loss_percent"))
        self.sinking.setCurrentIndex(max(0, self.sinking.findData(data.get("sinking") or "")))

    # -- what is wrong

    def box_for(self, field: str) -> QWidget | None:
        """The widget of a field of the JSON."""
        if field.startswith("tilt_mm["):
            return self.tilts[int(field[8]) if field[8:9].isdigit() and int(field[8]) < 4 else 0]
        named: dict[str, QWidget] = {
            "tilt_mm": next((box for box in self.tilts if box.value is None), self.tilts[0]), "plumb_mm": self.plumb, "depth_cm": self.water,
            "settlement_mm": self.settlement, "sinking": self.sinking, "floor_loss_percent": self.floor_loss, "outside_damage": self.no_outside,
            "above_floor": self.below_floor,
        }  # fmt: skip
        return named.get(field)

    def name_of(self, field: str) -> str:
        """What a field is called on the sheet."""
        box = self.box_for(field)
        return box.accessibleName() or (box.text() if isinstance(box, QCheckBox) else "") if box is not None else field

    def show_problem(self, field: str, words: str) -> None:
        """Say below what is wrong, and mark where; empty takes it away."""
        marked = self.box_for(field) if words else None
        for box in self.boxes:
            wrong = box is marked or not box.readable
            if (box.property("state") == "problem") != wrong:
                restyle(box, state="problem" if wrong else "")
        unreadable = next((box.accessibleName() for box in self.boxes if not box.readable), "")
        told = words or (f"{unreadable}は数で入れてください。" if unreadable else "")
        self._problem.setText(f"⚠ {told}" if told else "")
        self._problem.setVisible(bool(told))


def _group(name: str, *parts: QWidget) -> QWidget:
    """Widgets in a line after their name."""
    made = QWidget()
    made.setLayout(row(text(name, role="field", wrap=False), *parts, 1, spacing=6))
    return made
