"""A number that matters, with its name and what it means; pressing it leads to where it can be dealt with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame

from app.ui.icons import IconLabel
from app.ui.widgets.text import column, restyle, row, text


class StatTile(QFrame):
    """``pressed`` is a click, Enter or Space; only tiles made with ``link`` take the focus."""

    pressed = Signal()

    def __init__(self, name: str, *, icon: str, unit: str = "", link: bool = False) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._name, self._unit, self._link = name, unit, link
        self._number = text("―", role="number", wrap=False)
        self._note = text("", role="note", wrap=False)
        head = row(IconLabel(icon, tint="muted", size=18), text(name, role="field", wrap=False), 1, spacing=6)
        if link:
            head.addWidget(IconLabel("chevron-right", tint="muted", size=16))
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        unit_label = text(unit, role="note", wrap=False)
        figures = row(self._number, unit_label, 1, spacing=5)
        figures.setAlignment(unit_label, Qt.AlignmentFlag.AlignBottom)
        self.setLayout(column(head, figures, self._note, spacing=5, margins=(14, 11, 12, 11)))

    def show_number(self, number: int | str | None, *, note: str = "", tone: str = "") -> None:
        """A number and a line below it."""
        shown = "―" if number is None else f"{number:,}" if isinstance(number, int) else number
        self._number.setText(shown)
        self._note.setText(note)
        restyle(self._note, tone=tone)
        self.setAccessibleName(f"{self._name} {shown}{self._unit} {note}")

    @property
    def number(self) -> str:
        """The number as shown."""
        return self._number.text()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click leads on."""
        if self._link and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """So do Enter and Space."""
        if self._link and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
            return
        super().keyPressEvent(event)
