"""How everything looks: fonts, palette, style sheet. One theme object belongs to the application and tells when it changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from app import resources
from app.ui.tokens import TEXT_SCALES, THEMES

_FAMILIES = ("BIZ UDPGothic", "BIZ UDGothic", "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", "Meiryo", "Hiragino Sans", "IPAexGothic")
_BUNDLED = ("BIZUDGothic-Regular.ttf", "BIZUDGothic-Bold.ttf")
# For fields, which Qt draws by itself: a mark for private characters that have no glyph, and kanji that the first family lacks.
_RARE = ("Sasae Gaiji Mark", "IPAmjMincho", "Sasae Names Mincho")
_MARKS = "SasaeGaijiMark.ttf"
_BASE_PX = 14


class Theme(QObject):
    """The look in force. ``mode`` is light or dark as shown, ``scale`` the text size factor."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self.mode = "light"
        self.scale = 1.0
        self._own_families: tuple[str, ...] = ()
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setProperty("theme", self)

    @property
    def colours(self) -> Mapping[str, str]:
        """Colours by purpose, see ``tokens``."""
        return THEMES[self.mode]

    def colour(self, name: str) -> QColor:
        """One colour by purpose."""
        return QColor(self.colours[name])

    def px(self, length: float) -> int:
        """A length in pixels, scaled with the text size."""
        return round(length * self.scale)

    def apply(self, *, mode: str = "system", text_size: str = "normal") -> None:
        """Put a look into force: ``mode`` system, light or dark; ``text_size`` a key of ``TEXT_SCALES``."""
        self.mode = _system_mode() if mode not in THEMES else mode
        self.scale = TEXT_SCALES.get(text_size, 1.0)
        self._application.setFont(self._font())
        self._application.setPalette(_palette(self.colours))
        self._application.setStyleSheet(_style_sheet(self.mode, self.scale))
        self.changed.emit()

    def _font(self) -> QFont:
        font = QFont([font_family(), *self._own_families, *_RARE])
        font.setPixelSize(self.px(_BASE_PX))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def fall_back_to(self, families: Sequence[str]) -> None:
        """Fields show characters that the first family lacks from these: a municipality's own fonts, known to Qt already."""
        if tuple(families) != self._own_families:
            self._own_families = tuple(families)
            self._application.setFont(self._font())
            self._application.setStyleSheet(_style_sheet(self.mode, self.scale))  # what the sheet has polished keeps its font otherwise


def current() -> Theme:
    """The theme of the running application."""
    theme = QApplication.instance().property("theme")
    if theme is None:
        theme = Theme(QApplication.instance())
        theme.apply()
    return theme


def _system_mode() -> str:
    return "dark" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


@lru_cache(maxsize=1)
def font_family() -> str:
    """A Japanese family that this machine has; the shipped one is loaded only where there is none of the first two."""
    _load(_MARKS)
    known = set(QFontDatabase.families())
    if "BIZ UDPGothic" in known or "BIZ UDGothic" in known:
        return "BIZ UDPGothic" if "BIZ UDPGothic" in known else "BIZ UDGothic"
    loaded = [family for name in _BUNDLED for family in _load(name)]
    for family in (*loaded, *(name for name in _FAMILIES if name in known)):
        return family
    return QFont().defaultFamily()


def _load(name: str) -> list[str]:
    path = resources.path("fonts", name)
    if not path.exists():
        return []
    number = QFontDatabase.addApplicationFont(str(path))
    return QFontDatabase.applicationFontFamilies(number) if number >= 0 else []


def _palette(colours: Mapping[str, str]) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, name in (
        (roles.Window, "bg"),
        (roles.WindowText, "text"),
        (roles.Base, "surface"),
        (roles.AlternateBase, "stripe"),
        (roles.Text, "text"),
        (roles.Button, "surface"),
        (roles.ButtonText, "text"),
        (roles.BrightText, "danger"),
        (roles.Highlight, "select"),
        (roles.HighlightedText, "select_text"),
        (roles.ToolTipBase, "text"),
        (roles.ToolTipText, "surface"),
        (roles.Link, "accent"),
        (roles.PlaceholderText, "muted"),
        (roles.Light, "surface"),
        (roles.Midlight, "surface2"),
        (roles.Mid, "line"),
        (roles.Dark, "line_strong"),
        (roles.Shadow, "line_strong"),
        (roles.Accent, "accent"),
    ):
        palette.setColor(role, QColor(colours[name]))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours["disabled"]))
    return palette


@lru_cache(maxsize=8)
def _style_sheet(mode: str, scale: float) -> str:
    text = re.sub(r"/\*.*?\*/", "", resources.path("styles", "base.qss").read_text("utf-8"), flags=re.DOTALL)
    marks = resources.path("styles").as_posix()
    text = re.sub(r"@s\(([\d.]+)\)", lambda found: str(max(1, round(float(found[1]) * scale)) if float(found[1]) else 0), text)
    text = re.sub(r"@mark\((\w+)\)", lambda found: f'url("{marks}/{found[1]}-{mode}.svg")', text)
    return re.sub(r"@(\w+)", lambda found: THEMES[mode][found[1]], text)
