"""A box to search in. Says what was typed at every key stroke, also while the input method is still composing nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from app.ui import icons, theme
from app.ui.glyphs.keys import keep_clusters

_PAUSE_MS = 40  # a burst of keys (a scanner, a fast typist) becomes one question


class SearchBox(QLineEdit):
    """``typed`` while typing, ``entered`` on Enter, ``down`` to go into the results; Esc empties it, then emits ``left``."""

    typed = Signal(str)
    entered = Signal(str)
    down = Signal()
    left = Signal()

    def __init__(self, placeholder: str, *, name: str = "検索") -> None:
        super().__init__()
        self.setProperty("role", "search")
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setClearButtonEnabled(False)
        self._action = self.addAction(icons.icon("search", tint="muted", size=18), QLineEdit.ActionPosition.LeadingPosition)
        theme.current().changed.connect(self._draw)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(lambda: self.typed.emit(self.text().strip()))
        self.textEdited.connect(lambda _: self._pause.start())
        self.returnPressed.connect(self._enter)
        keep_clusters(self)

    def _draw(self) -> None:
        self._action.setIcon(icons.icon("search", tint="muted", size=18))

    def _enter(self) -> None:
        if self._pause.isActive():  # a scanner sends Enter at once: the last letters count, too
            self._pause.stop()
            self.typed.emit(self.text().strip())
        self.entered.emit(self.text().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes into the results, Esc empties and then leaves."""
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
                self.typed.emit("")
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)
