"""A large button for a tired person, with a line below that says what it does now."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui import icons, theme
from app.ui.widgets.text import Button, column, restyle, text


class BigAct(QWidget):
    """``pressed`` is a click, Enter or Space."""

    pressed = Signal()

    def __init__(self, words: str, *, icon: str, keys: str) -> None:
        super().__init__()
        self._picture = icon
        self.button = Button(f"{words}（{keys}）")
        self.button.setAutoDefault(True)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.pressed)
        self.detail = text("", role="note")
        self.setLayout(column(self.button, self.detail, spacing=4))
        theme.current().changed.connect(self._fit)
        self.lead(False)

    def lead(self, first: bool) -> None:
        """Whether this is the one to press now."""
        restyle(self.button, role="primary" if first else "")
        self._tint = "on_accent" if first else "text2"
        self._fit()

    def say(self, words: str) -> None:
        """What it would do now."""
        self.detail.setText(words)
        self.button.setAccessibleDescription(words)

    def setEnabled(self, on: bool) -> None:
        """The button; what is said below stays readable."""
        self.button.setEnabled(on)

    def _fit(self) -> None:
        px = theme.current().px
        self.button.setStyleSheet(f"font-size: {px(22)}px; font-weight: 700; min-height: {px(58)}px;")
        self.button.setIconSize(QSize(px(30), px(30)))
        self.button.setIcon(icons.icon(self._picture, tint=self._tint, size=30))
