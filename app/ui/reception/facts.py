"""Names and values in a quiet grid, for looking, not for typing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.widgets.text import column, frame, text


class Facts(QFrame):
    """``show_facts`` takes ``(name, value)``; what is empty is shown as a dash. ``columns`` pairs side by side."""

    def __init__(self, title: str, *, columns: int = 2) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._columns = columns
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.current().px(14))
        self._grid.setVerticalSpacing(theme.current().px(7))
        head = text(title, role="section", wrap=False)
        self.setLayout(column(head, self._grid, spacing=8, margins=(16, 12, 16, 14)))

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these instead."""
        while (item := self._grid.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().deleteLater()
        lines = -(-len(facts) // self._columns)
        for place, (name, value) in enumerate(facts):
            line, side = place % lines, place // lines
            caption, shown = text(name, role="field", wrap=False), text(value or "―")
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(f"{name} {value or '未入力'}")
            self._grid.addWidget(caption, line, side * 2, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(shown, line, side * 2 + 1, Qt.AlignmentFlag.AlignTop)
        for side in range(self._columns):
            self._grid.setColumnStretch(side * 2 + 1, 1)


def scrolled(*parts: QWidget) -> QScrollArea:
    """Parts under each other that scroll when there is no room."""
    inner = QWidget()
    inner.setProperty("role", "scroll")
    layout: QVBoxLayout = column(*parts, 1, spacing=12, margins=(0, 12, 10, 8))
    inner.setLayout(layout)
    area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
    area.setWidget(inner)
    return area


def well(words: str) -> QFrame:
    """A sentence on a ground of its own."""
    return frame("well", column(text(words), margins=(14, 10, 14, 10)))
