"""Which keys do what here, in one quiet line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.widgets.text import row, text


class KeyHints(QWidget):
    """``[("Enter", "次の欄"), …]``"""

    def __init__(self, hints: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._row = row(spacing=6)
        self.setLayout(self._row)
        self.show_hints(hints)

    def show_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """Show others."""
        while (item := self._row.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        for place, (keys, words) in enumerate(hints):
            if place:
                self._row.addSpacing(8)
            key = text(keys, role="key", wrap=False)
            key.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._row.addWidget(key)
            self._row.addWidget(text(words, role="note", wrap=False))
        self._row.addStretch()
