"""One thing that wants doing: an icon, what, why, and the way there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame

from app.ui.icons import IconLabel
from app.ui.widgets.text import column, note, row, text

_TINTS = {"bad": "danger", "warn": "warn", "good": "good", "info": "accent"}


class TaskLine(QFrame):
    """``pressed`` is a click, Enter or Space."""

    pressed = Signal()

    def __init__(self, words: str, detail: str, *, icon: str, tone: str, link: bool = True) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self.setProperty("tone", tone)
        self._link = link
        self.words = words
        inside = row(
            IconLabel(icon, tint=_TINTS[tone], size=22),
            column(text(words, role="section"), note(detail), spacing=1),
            spacing=12,
            margins=(12, 8, 8, 8),
        )
        inside.setStretch(1, 1)
        if link:
            inside.addWidget(IconLabel("chevron-right", tint="muted", size=16))
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setLayout(inside)
        self.setAccessibleName(f"{words} {detail}")

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
