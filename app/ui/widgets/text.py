"""Labels by their role; the style sheet gives each role its look."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui import icons, theme
from app.ui.glyphs.label import NameLabel


class Paragraph(NameLabel):
    """Wrapped text with room between its lines. Its text is plain: nothing in the data can become markup."""

    def __init__(self, words: str) -> None:
        super().__init__(words, wrapped=True)


def text(words: str, *, role: str = "", wrap: bool = True, elide: bool = False) -> QLabel:
    """A label with a role. Text is plain: nothing in the data can become markup, and every name in it is drawn as it is written.

    ``elide`` keeps one line and cuts it short where there is no room; the whole text is in its tooltip.
    """
    made: QLabel = Paragraph(words) if wrap and not elide else NameLabel(words, elided=elide)
    if role:
        made.setProperty("role", role)
    return made


def title(words: str) -> QLabel:
    """The name of a page."""
    return text(words, role="title", wrap=False)


def heading(words: str) -> QLabel:
    """The name of a part of a page or of a dialog."""
    return text(words, role="heading")


def lead(words: str) -> QLabel:
    """A sentence under a title."""
    return text(words, role="lead")


def note(words: str) -> QLabel:
    """Small, quiet text."""
    return text(words, role="note")


def badge(words: str, *, tone: str = "") -> QLabel:
    """A short word on a coloured ground; the word carries the meaning."""
    made = text(words, role="badge", wrap=False)
    made.setProperty("tone", tone)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def restyle(widget: QWidget, **properties: str) -> None:
    """Set style properties and let the style sheet look again."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


_TINTS = {"primary": "on_accent", "danger": "danger", "quiet": "accent", "choice": "accent"}
_THIN = "\u2009"  # Qt leaves too little room between icon and words


class Button(QPushButton):
    """A push button whose icon follows the theme."""

    def __init__(self, words: str, *, role: str = "", icon: str = "", tip: str = "") -> None:
        super().__init__()
        self._icon = icon
        self.setText(words)
        self._tint = _TINTS.get(role, "text2")
        self.setAutoDefault(False)
        self.setProperty("role", role or None)
        if tip:
            self.setToolTip(tip)
        if icon:
            theme.current().changed.connect(self._draw)
            self._draw()

    def setText(self, words: str) -> None:
        """Show words, a little apart from the icon."""
        super().setText(f"{_THIN}{words}" if self._icon else words)
        self.setAccessibleName(words)

    def take_role(self, role: str) -> None:
        """Another role from now on: which of several buttons comes first may change."""
        self._tint = _TINTS.get(role, "text2")
        restyle(self, role=role)
        if self._icon:
            self._draw()

    def text(self) -> str:
        """The words."""
        return super().text().removeprefix(_THIN)

    def _draw(self) -> None:
        side = theme.current().px(18)
        self.setIconSize(QSize(side, side))
        self.setIcon(icons.icon(self._icon, tint=self._tint, size=18))


def button(words: str, *, role: str = "", icon: str = "", tip: str = "") -> Button:
    """A push button with a role: primary, danger, quiet, choice."""
    return Button(words, role=role, icon=icon, tip=tip)


def frame(role: str, layout: QLayout | None = None) -> QFrame:
    """A frame with a role (card, well, banner, footer…)."""
    made = QFrame()
    made.setProperty("role", role)
    if layout is not None:
        made.setLayout(layout)
    return made


def rule() -> QFrame:
    """A thin line across."""
    return frame("rule")


def row(*parts: QWidget | QLayout | int, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Parts side by side; an int is a stretch factor."""
    return _fill(QHBoxLayout(), parts, spacing, margins)


def column(*parts: QWidget | QLayout | int, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Parts under each other; an int is a stretch factor."""
    return _fill(QVBoxLayout(), parts, spacing, margins)


def _fill(layout, parts, spacing: int, margins: tuple[int, int, int, int]):
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for part in parts:
        if isinstance(part, int):
            layout.addStretch(part)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        else:
            layout.addWidget(part)
    return layout
