"""Line icons from ``resources/icons``, tinted with colours of the theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel

from app import resources
from app.ui import theme


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return resources.path("icons", f"{name}.svg").read_text("utf-8")


@lru_cache(maxsize=512)
def _render(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    pixmap = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, *, tint: str = "text2", size: int = 20) -> QPixmap:
    """An icon as a picture. ``tint`` is a colour name of the theme, ``size`` in pixels before text scaling."""
    now = theme.current()
    return _render(name, now.colours[tint], now.px(size), QApplication.instance().devicePixelRatio())


def icon(name: str, *, tint: str = "text2", active: str = "", size: int = 20) -> QIcon:
    """An icon for buttons; ``active`` is the tint when checked, disabled icons are greyed."""
    made = QIcon()
    made.addPixmap(pixmap(name, tint=tint, size=size), QIcon.Mode.Normal, QIcon.State.Off)
    made.addPixmap(pixmap(name, tint=active or tint, size=size), QIcon.Mode.Normal, QIcon.State.On)
    made.addPixmap(pixmap(name, tint="disabled", size=size), QIcon.Mode.Disabled, QIcon.State.Off)
    return made


def exists(name: str) -> bool:
    """Whether there is such an icon."""
    return resources.path("icons", f"{name}.svg").exists()


class IconLabel(QLabel):
    """An icon that follows the theme."""

    def __init__(self, name: str, *, tint: str = "text2", size: int = 20) -> None:
        super().__init__()
        self._name, self._tint, self._size = name, tint, size
        theme.current().changed.connect(self._draw)
        self._draw()

    def set_icon(self, name: str, *, tint: str = "") -> None:
        """Show another icon."""
        self._name, self._tint = name, tint or self._tint
        self._draw()

    def _draw(self) -> None:
        picture = pixmap(self._name, tint=self._tint, size=self._size)
        self.setPixmap(picture)
        side = theme.current().px(self._size)
        self.setFixedSize(side, side)
