"""A name and a sentence a line: what a package is, what it did."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from app.ui import theme
from app.ui.widgets.text import text

_WARNING = ("取り込めません", "競合", "欠け", "注意", "引換券の注意", "除いた記録", "複製された端末")


class FactLines(QScrollArea):
    """Scrolls when there is much to say; what wants attention is said in heavy letters."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lines: list[tuple[str, str]] = []
        self.show_lines(())

    @property
    def words(self) -> str:
        """Everything it says."""
        return "\n".join(f"{name}：{words}" for name, words in self.lines)

    def show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Say these instead."""
        self.lines = list(lines)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 2, 8, 2)
        grid.setHorizontalSpacing(theme.current().px(14))
        grid.setVerticalSpacing(theme.current().px(5))
        top = Qt.AlignmentFlag.AlignTop
        for place, (name, words) in enumerate(self.lines):
            grid.addWidget(text(name, role="field", wrap=False), place, 0, top)
            grid.addWidget(text(words, role="problem" if name in _WARNING else ""), place, 1, top)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(len(self.lines), 1)
        self.setWidget(inner)
        self.setAccessibleName(self.words)
