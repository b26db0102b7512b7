"""A population pyramid: men to the left, women to the right, the youngest at the foot. Sides and hatching tell them apart, not colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui import theme
from app.ui.widgets.trend_chart import choose_step

_EMPTY = "生年月日と性別の分かる人がいないため、グラフにできません。"


class Band(NamedTuple):
    """People of one band of ages."""

    title: str
    male: int
    female: int


class Pyramid(QWidget):
    """``pointed`` carries the band under the mouse or the arrow keys, None when there is none."""

    pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.bands: Sequence[Band] = ()
        self._at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.current().px(260), theme.current().px(180))
        self.setAccessibleName("年齢と性別のグラフ")
        theme.current().changed.connect(self.repaint)

    def sizeHint(self) -> QSize:
        """About as high as wide."""
        return QSize(theme.current().px(380), theme.current().px(320))

    def show_bands(self, bands: Sequence[Band]) -> None:
        """Draw these, the youngest first."""
        self.bands = tuple(bands)
        self._at = -1
        men, women = sum(band.male for band in bands), sum(band.female for band in bands)
        self.setAccessibleDescription(f"男{men:,}人、女{women:,}人。↑↓で年齢ごとに読めます。" if men + women else _EMPTY)
        self.update(self.rect())

    def point_at(self, index: int) -> None:
        """Mark a band; -1 takes the mark away."""
        self._at = index if 0 <= index < len(self.bands) else -1
        self.pointed.emit(self.bands[self._at] if self._at >= 0 else None)
        self.update(self.rect())

    # -- keyboard and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down read band by band."""
        moves = {Qt.Key.Key_Up: self._at + 1, Qt.Key.Key_Down: self._at - 1}
        if self.bands and event.key() in moves:
            self.point_at(min(len(self.bands) - 1, max(0, moves[Qt.Key(event.key())])))
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the band under the mouse."""
        box, height = self._box(), self._row_height()
        above = event.position().y() - box.top()
        self.point_at(len(self.bands) - 1 - int(above / height) if 0 <= above < box.height() and height else -1)

    # -- drawing

    def _box(self) -> QRectF:
        px = theme.current().px
        return QRectF(px(20), px(24), max(60, self.width() - px(40)), max(40, self.height() - px(48)))

    def _row_height(self) -> float:
        return self._box().height() / len(self.bands) if self.bands else 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars from a middle that carries the ages."""
        painter, look = QPainter(self), theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font(12))
        if not any(band.male or band.female for band in self.bands):
            painter.setPen(look.colour("text2"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, _EMPTY)
        else:
            self._draw(painter)
        if self.hasFocus():
            painter.setPen(QPen(look.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        painter.end()

    def _font(self, size: int, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(theme.current().px(size))
        font.setBold(bold)
        return font

    def _draw(self, painter: QPainter) -> None:
        look, box, height = theme.current(), self._box(), self._row_height()
        small = self._font(max(9, min(11, int(height / look.scale) - 1)))
        middle = QFontMetricsF(small).horizontalAdvance("000～") + look.px(10)
        reach = (box.width() - middle) / 2
        step, highest = choose_step(float(max(max(band.male, band.female) for band in self.bands)), most=3)
        left, right = box.center().x() - middle / 2, box.center().x() + middle / 2
        self._draw_axes(painter, box, (left, right), reach, step, highest)
        for place, band in enumerate(self.bands):
            top = box.bottom() - (place + 1) * height
            bar = max(1.0, height - 2)
            if place == self._at:
                painter.fillRect(QRectF(box.left(), top, box.width(), height), look.colour("select"))
            men, women = reach * band.male / highest, reach * band.female / highest
            painter.setPen(QPen(look.colour("accent"), 1))
            painter.setBrush(look.colour("accent"))
            painter.drawRect(QRectF(left - men, top + 1, men, bar))
            painter.setBrush(QBrush(look.colour("accent"), Qt.BrushStyle.BDiagPattern))
            painter.drawRect(QRectF(right, top + 1, women, bar))
            painter.setFont(small)
            painter.setPen(look.colour("select_text" if place == self._at else "text2"))
            if height >= QFontMetricsF(small).height() * 0.8 or place % 2 == 0:
                painter.drawText(QRectF(left, top - 2, middle, height + 4), Qt.AlignmentFlag.AlignCenter, band.title)

    def _draw_axes(self, painter: QPainter, box: QRectF, edges: tuple[float, float], reach: float, step: float, highest: float) -> None:
        look, px = theme.current(), theme.current().px
        painter.setFont(self._font(12, bold=True))
        painter.setPen(look.colour("text"))
        painter.drawText(QRectF(box.left(), 0, reach, box.top()), Qt.AlignmentFlag.AlignCenter, "男")
        painter.drawText(QRectF(edges[1], 0, reach, box.top()), Qt.AlignmentFlag.AlignCenter, "女")
        painter.setFont(self._font(11))
        for number in range(round(highest / step) + 1):
            words, width = f"{number * step:,.0f}", px(60)
            for at in (edges[0] - reach * number * step / highest, edges[1] + reach * number * step / highest):
                painter.setPen(QPen(look.colour("line"), 1))
                painter.drawLine(QPointF(at, box.top()), QPointF(at, box.bottom()))
                painter.setPen(look.colour("text2"))
                painter.drawText(QRectF(at - width / 2, box.bottom() + 2, width, px(18)), Qt.AlignmentFlag.AlignCenter, words)
