"""Trends on screen: people declared and on rosters, and shelters open. Lines differ by dash and mark, never by colour alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.dates import JST, format_instant
from app.ui import theme
from app.usecases.rows import TrendPoint

_MARKS_MOST = 40
_SHARE = 0.7  # of the height, for people; the rest for shelters
_EMPTY = "まだ報告も名簿もないため、推移を表せません。"


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One series: its word, unit, place in a point, dash (in pen widths) and whether it holds its value until the next one."""

    word: str
    unit: str
    at: int
    dash: tuple[float, ...]
    step: bool
    panel: int


LINES = (
    TrendLine("報告", "人", 2, (), True, 0),
    TrendLine("名簿", "人", 3, (5, 3), False, 0),
    TrendLine("開設", "か所", 1, (1.5, 2), True, 1),
)
_TITLES = ("避難者数（人）", "開設中の避難所（か所）")


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a panel is and what its edges mean."""

    box: QRectF
    first: datetime
    last: datetime
    step: float
    highest: float

    def place(self, when: datetime, value: float) -> QPointF:
        part = (when - self.first) / (self.last - self.first)
        return QPointF(self.box.left() + self.box.width() * part, self.box.bottom() - self.box.height() * value / self.highest)


class TrendChart(QWidget):
    """``pointed`` carries the point under the mouse or the arrow keys, None when there is none."""

    pointed = Signal(object)
    lines: ClassVar[tuple[TrendLine, ...]] = LINES
    titles: ClassVar[tuple[str, str]] = _TITLES
    share: ClassVar[float] = _SHARE
    empty: ClassVar[str] = _EMPTY
    name: ClassVar[str] = "避難者数の推移のグラフ"

    def __init__(self) -> None:
        super().__init__()
        self.points: Sequence[Any] = ()
        self._at = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme.current().px(220))
        self.setAccessibleName(self.name)
        theme.current().changed.connect(self.repaint)

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(theme.current().px(760), theme.current().px(360))

    def show_points(self, points: Sequence[Any]) -> None:
        """Draw these, in order of time."""
        self.points = tuple(points)
        self._at = -1
        self.setAccessibleDescription(self.describe() if self.points else self.empty)
        self.update(self.rect())

    def point_at(self, index: int) -> None:
        """Put the reading line on a point; -1 takes it away."""
        self._at = index if 0 <= index < len(self.points) else -1
        self.pointed.emit(self.points[self._at] if self._at >= 0 else None)
        self.update(self.rect())

    def say(self, point: Any) -> str:
        """A point in words."""
        return say_point(point)

    def describe(self) -> str:
        """All of it in words, for those who cannot see it."""
        first, last = self.points[0], self.points[-1]
        peak = max(self.points, key=lambda point: point.declared)
        return (
            f"{format_instant(first.at)}から{format_instant(last.at)}まで。報告は最大{peak.declared:,}人（{format_instant(peak.at)}）、"
            f"終わりは報告{last.declared:,}人、名簿{last.rostered:,}人、開設{last.shelters_open:,}か所。"
        )

    # -- keyboard and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right read point by point, Home and End jump."""
        count = len(self.points)
        moves = {Qt.Key.Key_Left: self._at - 1, Qt.Key.Key_Right: self._at + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: count - 1}
        if count and event.key() in moves:
            self.point_at(min(count - 1, max(0, moves[Qt.Key(event.key())])))
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The nearest point in time."""
        if self.points:
            frame = self._frames()[0]
            part = (event.position().x() - frame.box.left()) / max(1.0, frame.box.width())
            when = frame.first + (frame.last - frame.first) * min(1.0, max(0.0, part))
            self.point_at(min(range(len(self.points)), key=lambda index: abs(self.points[index].at - when)))

    def leaveEvent(self, event: object) -> None:
        """No reading line without a mouse over it."""
        self.point_at(-1)

    # -- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Both panels, top to bottom."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = theme.current()
        painter.fillRect(self.rect(), look.colour("surface"))
        if not self.points:
            painter.setPen(look.colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty)
        else:
            frames = self._frames()
            for number, frame in enumerate(frames):
                self._draw_axes(painter, frame, number)
                self._draw_lines(painter, frame, number)
            if self._at >= 0:
                self._draw_reading(painter, frames)
        if self.hasFocus():
            painter.setPen(QPen(look.colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
        painter.end()

    def _font(self, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(theme.current().px(12))
        font.setBold(bold)
        return font

    def _frames(self) -> list[_Frame]:
        px = theme.current().px
        left, right, top, bottom, gap = px(64), px(138), px(52), px(30), px(36)
        room = self.height() - top - bottom - gap
        first, last = self.points[0].at, self.points[-1].at
        if last - first < timedelta(hours=1):
            last = first + timedelta(hours=1)
        frames: list[_Frame] = []
        above = float(top)
        for number, share in enumerate((self.share, 1 - self.share)):
            values = [point[line.at] for line in self.lines if line.panel == number for point in self.points]
            step, highest = choose_step(max(1.0, float(max(values))), most=5 if number == 0 else 3)
            box = QRectF(left, above, max(40, self.width() - left - right), max(30, room * share))
            frames.append(_Frame(box, first, last, step, highest))
            above += box.height() + gap
        return frames

    def _draw_axes(self, painter: QPainter, frame: _Frame, number: int) -> None:
        look, box = theme.current(), frame.box
        painter.setFont(self._font(bold=True))
        painter.setPen(look.colour("text"))
        painter.drawText(QPointF(look.px(12), box.top() - look.px(10)), self.titles[number])
        painter.setFont(self._font())
        measure = QFontMetricsF(self._font())
        for index in range(round(frame.highest / frame.step) + 1):
            y = frame.place(frame.first, index * frame.step).y()
            painter.setPen(QPen(look.colour("line"), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            words = f"{index * frame.step:,.0f}"
            painter.setPen(look.colour("text2"))
            painter.drawText(QPointF(box.left() - 8 - measure.horizontalAdvance(words), y + measure.capHeight() / 2), words)
        for tick in choose_days(frame.first, frame.last, most=max(2, int(box.width() / look.px(54)))):
            x = frame.place(tick, 0).x()
            painter.setPen(QPen(look.colour("line"), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            if number == len(self.titles) - 1:
                local = tick.astimezone(JST)
                words = f"{local.month}/{local.day}"
                painter.setPen(look.colour("text2"))
                painter.drawText(QPointF(x - measure.horizontalAdvance(words) / 2, box.bottom() + look.px(18)), words)
        painter.setPen(QPen(look.colour("text2"), 1.4))
        painter.drawLine(box.bottomLeft(), box.topLeft())
        painter.drawLine(box.bottomLeft(), box.bottomRight())

    def _draw_lines(self, painter: QPainter, frame: _Frame, panel: int) -> None:
        ends: list[tuple[QPointF, int]] = []
        for number, line in enumerate(self.lines):
            if line.panel != panel:
                continue
            known = next((place for place, point in enumerate(self.points) if point[line.at]), -1)
            if known < 0:
                continue  # nothing was ever said: no line at zero
            corners = [frame.place(point.at, point[line.at]) for point in self.points[known:]]
            pen = QPen(self._ink(number), theme.current().px(2))
            if line.dash:
                pen.setDashPattern(list(line.dash))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(_make_steps(corners) if line.step else corners))
            every = max(1, math.ceil(len(corners) / _MARKS_MOST))
            for index, corner in enumerate(corners):
                if index % every == 0 or index == len(corners) - 1:
                    self._draw_mark(painter, number, corner)
            ends.append((corners[-1], number))
        self._label_ends(painter, frame, ends)

    def _label_ends(self, painter: QPainter, frame: _Frame, ends: list[tuple[QPointF, int]]) -> None:
        """Names beside the ends of the lines, moved apart where they would meet."""
        px = theme.current().px
        level = math.inf
        for end, number in sorted(ends, key=lambda item: -item[0].y()):
            level = min(end.y(), level - px(18))
            line = self.lines[number]
            x = frame.box.right() + px(16)
            painter.setPen(QPen(theme.current().colour("line_strong"), 1))
            painter.drawLine(QPointF(end.x() + px(4), end.y()), QPointF(x - px(7), level))
            self._draw_mark(painter, number, QPointF(x, level))
            painter.setFont(self._font(bold=True))
            painter.setPen(theme.current().colour("text"))
            painter.drawText(QPointF(x + px(9), level + px(4)), f"{line.word} {self.points[-1][line.at]:,}{line.unit}")

    def _draw_mark(self, painter: QPainter, number: int, at: QPointF) -> None:
        """Filled circle, open square, filled triangle, open circle, filled square."""
        r = theme.current().px(3.5)
        painter.setPen(QPen(self._ink(number), 1.6))
        painter.setBrush(theme.current().colour("surface") if number in (1, 3) else self._ink(number))
        if number in (0, 3):
            painter.drawEllipse(at, r - 0.4, r - 0.4)
        elif number in (1, 4):
            painter.drawRect(QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r))
        else:
            painter.drawPolygon(QPolygonF([QPointF(at.x(), at.y() - r), QPointF(at.x() + r, at.y() + r), QPointF(at.x() - r, at.y() + r)]))

    def _draw_reading(self, painter: QPainter, frames: Sequence[_Frame]) -> None:
        point = self.points[self._at]
        look = theme.current()
        painter.setPen(QPen(look.colour("focus"), 1))
        for frame in frames:
            x = frame.place(point.at, 0).x()
            painter.drawLine(QPointF(x, frame.box.top()), QPointF(x, frame.box.bottom()))
        words = self.say(point)
        painter.setFont(self._font(bold=True))
        measure = QFontMetricsF(self._font(bold=True))
        width = measure.horizontalAdvance(words) + look.px(16)
        if width > self.width() - look.px(8):
            return  # too narrow here; the line below the chart says it
        left = min(max(frames[0].place(point.at, 0).x() - width / 2, look.px(4)), self.width() - width - look.px(4))
        box = QRectF(left, look.px(3), width, look.px(22))
        painter.setPen(QPen(look.colour("focus"), 1))
        painter.setBrush(look.colour("surface2"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(look.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    @staticmethod
    def _ink(number: int) -> QColor:
        return theme.current().colour(("text", "accent", "text2", "good", "text")[number])


def say_point(point: TrendPoint) -> str:
    """A point in words."""
    when = format_instant(point.at, "short")
    return f"{when}　報告 {point.declared:,}人　名簿 {point.rostered:,}人　差 {point.declared - point.rostered:+,}　開設 {point.shelters_open:,}か所"


def choose_step(highest: float, *, most: int = 6) -> tuple[float, float]:
    """A round step (1, 2 or 5 times a power of ten) and the multiple of it that covers ``highest``."""
    for power in range(12):
        for factor in (1, 2, 5):
            step = factor * 10.0**power
            if highest / step <= most:
                return step, step * max(1, math.ceil(highest / step))
    return highest, highest


def choose_days(first: datetime, last: datetime, *, most: int) -> list[datetime]:
    """Midnights (Japan time) between the two, evenly 1, 2, 7, 14, 28… days apart, at most ``most``."""
    start = first.astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0)
    if start < first:
        start += timedelta(days=1)
    for days in (1, 2, 7, 14, 28, 56, 112, 224, 448):
        ticks = [start + timedelta(days=days * n) for n in range(most + 1)]
        ticks = [tick for tick in ticks if tick <= last]
        if len(ticks) <= most:
            return ticks
    return [start]


def _make_steps(corners: Sequence[QPointF]) -> list[QPointF]:
    steps = [corners[0]]
    for corner in corners[1:]:
        steps += [QPointF(corner.x(), steps[-1].y()), corner]
    return steps
