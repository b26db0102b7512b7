"""The left rail: one button a page, with icon, words and the key that leads there, under small headings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QLabel, QScrollArea, QSizePolicy, QToolButton, QWidget

from app.presentation.labels import label
from app.ui import icons, theme
from app.ui.icons import IconLabel
from app.ui.pages import page_keys, section_of
from app.ui.widgets.text import column, row, rule, text

_ROOMY = 11
"""So many pages fit the smallest screen with buttons of full height."""


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
        self._keys = QLabel(keys.replace("Ctrl+Shift+", '<span style="font-size:x-large">⇧</span>').replace("Ctrl+", ""))
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
    """``chosen`` carries the key of the page; ``locked`` asks to leave the desk.

    The headings give way to thin lines where the window is too low for all of it, and then the pages scroll: the one that is shown
    is always in sight, and the way to leave the desk stays at the foot.
    """

    chosen = Signal(str)
    locked = Signal()

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__()
        self.setProperty("role", "rail")
        self.setAccessibleName("ページの一覧")
        self._buttons: dict[str, RailButton] = {}
        self._headings: list[tuple[QLabel, QFrame]] = []
        self._dense = len(keys) > _ROOMY
        self._group = QButtonGroup(self)
        self._soon = QTimer(self, singleShot=True, interval=0)  # when the layout has the new size
        self._soon.timeout.connect(self._arrange)
        name = text("支え", role="brandname", wrap=False)
        self._brand = QWidget()
        self._brand.setLayout(row(IconLabel("logo", tint="rail_active_text", size=26), name, 1, spacing=8, margins=(10, 4, 8, 6)))
        self._lines = column(spacing=1 if self._dense else 3)
        self._fill(keys)
        self._leave = self._button("席を外す", "lock", "Ctrl+L", checkable=False)
        self._leave.clicked.connect(self.locked)
        whole = column(self._brand, self._scroller(), self._leave, spacing=3, margins=(8, 8, 8, 8))
        whole.setStretch(1, 1)
        self.setLayout(whole)
        theme.current().changed.connect(self._fit)
        self._fit()

    def _fill(self, keys: Sequence[str]) -> None:
        strokes = page_keys(keys)
        section = ""
        for key in keys:
            if section_of(key) != section:
                section = section_of(key)
                self._head(section)
            made = self._button(label("page", key), key, strokes[key])
            made.clicked.connect(lambda _=False, key=key: self.chosen.emit(key))
            self._group.addButton(made)
            self._buttons[key] = made
            self._lines.addWidget(made)
        self._lines.addStretch()

    def _head(self, section: str) -> None:
        words, line = text(section, role="section", wrap=False), rule()
        self._headings.append((words, line))
        self._lines.addWidget(words)
        self._lines.addWidget(line)

    def _button(self, words: str, icon: str, keys: str, *, checkable: bool = True) -> RailButton:
        made = RailButton(words, icon, keys, checkable=checkable)
        made.setProperty("dense", self._dense)
        return made

    def _scroller(self) -> QScrollArea:
        self._pages = QWidget()
        self._pages.setLayout(self._lines)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._pages)
        return self._area

    def show_current(self, key: str) -> None:
        """Mark the page that is shown and bring its button into sight."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)
            self._bring()

    def in_sight(self, key: str) -> bool:
        """Whether the whole button of a page can be seen."""
        made = self._buttons[key]
        top = made.mapTo(self._area.viewport(), made.rect().topLeft()).y()
        return top >= 0 and top + made.height() <= self._area.viewport().height()

    def _bring(self) -> None:
        checked = self._group.checkedButton()
        if checked is not None:
            self._area.ensureWidgetVisible(checked, 0, checked.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for the headings, or not; the current page stays in sight."""
        super().resizeEvent(event)
        self._soon.start()

    def _fit(self) -> None:
        self.setFixedWidth(theme.current().px(168))
        self._soon.start()

    def _arrange(self) -> None:
        """Words above each section where all of it fits, thin lines where not."""
        self._show_headings(words=True)
        if self._pages.sizeHint().height() > self._area.viewport().height():
            self._show_headings(words=False)
        self._bring()

    def _show_headings(self, *, words: bool) -> None:
        for caption, line in self._headings:
            caption.setVisible(words)
            line.setVisible(not words)
        self._lines.invalidate()
