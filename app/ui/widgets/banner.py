"""A message across the top of a page or dialog: an icon, the words, perhaps one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton, QWidget

from app.ui import icons
from app.ui.icons import IconLabel
from app.ui.widgets.text import button, restyle, row, text

_ICONS = {"info": ("info", "accent"), "good": ("success", "good"), "warn": ("warning", "warn"), "bad": ("error", "danger")}


class Banner(QFrame):
    """``tone`` is info, good, warn or bad; the icon says it as well as the colour."""

    closed = Signal()

    def __init__(self, words: str = "", *, tone: str = "info", closable: bool = False) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self._icon = IconLabel(_ICONS[tone][0], tint=_ICONS[tone][1], size=20)
        self._words = text(words)
        self._row = row(self._icon, self._words, spacing=10, margins=(12, 8, 10, 8))
        self._row.setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        self._row.setStretch(1, 1)
        self._action: QWidget | None = None
        self._close = QToolButton()
        self._close.setIcon(icons.icon("close", size=16))
        self._close.setAccessibleName("この知らせを閉じる")
        self._close.clicked.connect(self._shut)
        self._row.addWidget(self._close)
        self.setLayout(self._row)
        self._close.setVisible(closable)  # only now: without a parent it would show as a window and take the keyboard away
        self.show_message(words, tone=tone)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def show_message(self, words: str, *, tone: str = "info", action: str = "", act: Callable[[], object] | None = None) -> None:
        """Say something; empty hides it. ``action`` is the word of a button that calls ``act``."""
        self._words.setText(words)
        self._icon.set_icon(_ICONS[tone][0], tint=_ICONS[tone][1])
        restyle(self, tone=tone)
        self.setAccessibleName(words)
        if self._action is not None:
            self._row.removeWidget(self._action)
            self._action.deleteLater()
            self._action = None
        if action and act is not None:
            made = button(action)
            made.clicked.connect(act)
            self._row.insertWidget(2, made)
            self._action = made
        self.setVisible(bool(words))

    def _shut(self) -> None:
        self.hide()
        self.closed.emit()
