"""The parts of a survey sheet under each other, as on the paper form. ↑↓ and Enter walk through them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.assessment import Assessment
from app.domain.assessment_edition import Edition
from app.domain.assessment_inputs import show_number
from app.presentation.steps import part_label
from app.ui.surveys.entry_rows import PartRow, PointsRow, SheetHead, SheetRow
from app.ui.widgets.text import column, restyle, text


class PartSheet(QWidget):
    """``changed`` when anything was typed; ``left`` is +1 past the last row, -1 before the first."""

    changed = Signal()
    left = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, SheetRow] = {}
        self._body = column(spacing=0)
        self._hint = text("", role="note", wrap=False)
        self.setLayout(column(self._body, self._hint, spacing=2))

    def build(self, edition: Edition, *, structure: str, sheet: str) -> None:
        """Rows of a sheet; what was typed stays for parts that are on both."""
        kept = self.given()
        while (item := self._body.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        self.rows = {}
        self.setVisible(bool(sheet))
        if not sheet:
            return
        self._body.addWidget(SheetHead({degree: show_number(value) for degree, value in edition.coefficients.items()}))
        for part, weight in edition.weights[structure, sheet].items():
            name = part_label(part, structure, sheet)
            made: SheetRow = PointsRow(part, name, weight) if part == "equipment" else PartRow(part, name, weight)
            made.changed.connect(self.changed)
            made.told.connect(self._tell)
            made.moved.connect(lambda step, row=made: self.walk(row, step))
            if isinstance(made, PartRow):
                made.again.connect(lambda row=made: self._again(row))
            self._body.addWidget(made)
            self.rows[part] = made
        self.fill(kept)

    def fill(self, parts: Mapping[str, Any]) -> None:
        """Show parts as they stand in the JSON of a sheet; percentages between are raised to their bucket."""
        for part, row in self.rows.items():
            given = parts.get(part)
            if isinstance(row, PartRow):
                row.set_rows([] if given is None else given)
            elif isinstance(row, PointsRow):
                row.set_value(given if isinstance(given, int) and given <= row.weight else None)

    def given(self) -> dict[str, Any]:
        """The parts that were written down, for the JSON."""
        found: dict[str, Any] = {}
        for part, row in self.rows.items():
            if isinstance(row, PartRow) and row.areas:
                found[part] = row.rows()
            elif isinstance(row, PointsRow) and row.value is not None:
                found[part] = row.value
        return found

    def show_result(self, made: Assessment | None, problems: Mapping[str, str]) -> None:
        """Points beside the rows, those no longer needed dimmed."""
        for part, row in self.rows.items():
            points = made.parts.get(part) if made else None
            row.show_result(points, needed=not made or part not in made.not_needed, problem=problems.get(part, ""))

    def walk(self, row: SheetRow, step: int) -> None:
        """The next or previous row takes the keyboard."""
        order = list(self.rows.values())
        place = order.index(row) + step
        if 0 <= place < len(order):
            order[place].setFocus()
        else:
            self.left.emit(step)

    def take_focus(self, *, last: bool = False) -> None:
        """The first row, or the last."""
        order = list(self.rows.values())
        if order:
            order[-1 if last else 0].setFocus()

    def _again(self, row: PartRow) -> None:
        """``+`` on an empty row: another degree of the part above."""
        order = list(self.rows.values())
        above = order[order.index(row) - 1] if order.index(row) else None
        if isinstance(above, PartRow) and above.areas:
            above.add_another()

    def _tell(self, words: str) -> None:
        self._hint.setText(words)
        restyle(self._hint, tone="warn" if words else "")
