"""The left rail: one button a page, with icon, words and the key that leads there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QSizePolicy, QToolButton

from app.presentation.labels import label
from app.ui import icons, theme
from app.ui.icons import IconLabel
from app.ui.pages import page_keys
from app.ui.widgets.text import column, row, text


class RailButton(QToolButton):
    """A page button; ``keys`` is shown small at the right."""

    def __init__(self, words: str, icon: str, keys: str, *, checkable: bool = True) -> None:
        super().__init__()
        self._icon = icon
        self.setText(f"\u2002{words}")
        self.setAccessibleName(f"{words}（{keys}）" if keys else words)
        self.setToolTip(keys)
        self.setCheckable(checkable)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._keys = QLabel(keys.replace("Ctrl+", ""))
        self._keys.setProperty("role", "note")
        self._keys.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = row(1, self._keys, margins=(0, 0, 10, 0))
        self.setLayout(layout)
        theme.current().changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        side = theme.current().px(20)
        self.setIconSize(QSize(side, side))
        self.setIcon(icons.icon(self._icon, tint="rail_muted", active="rail_active_text"))


class Rail(QFrame):
    """``chosen`` carries the key of the page; ``locked`` asks to leave the desk."""

    chosen = Signal(str)
    locked = Signal()

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setAccessibleName("ページの一覧")
        self._buttons: dict[str, RailButton] = {}
        group = QButtonGroup(self)
        name = text("支え", role="brandname", wrap=False)
        brand = row(IconLabel("logo", tint="rail_active_text", size=26), name, 1, spacing=8, margins=(10, 4, 8, 10))
        lines = column(brand, spacing=3, margins=(8, 12, 8, 10))
        strokes = page_keys(keys)
        for key in keys:
            made = RailButton(label("page", key), key, strokes[key])
            made.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            group.addButton(made)
            self._buttons[key] = made
            lines.addWidget(made)
        lines.addStretch()
        leave = RailButton("席を外す", "lock", "Ctrl+L", checkable=False)
        leave.clicked.connect(self.locked)
        lines.addWidget(leave)
        self.setLayout(lines)
        theme.current().changed.connect(self._fit)
        self._fit()

    def show_current(self, key: str) -> None:
        """Mark the page that is shown."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)

    def _fit(self) -> None:
        self.setFixedWidth(theme.current().px(168))
