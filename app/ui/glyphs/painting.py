"""Drawing, cutting short and wrapping of texts that may hold characters Qt cannot draw."""

from __future__ import annotations

from math import floor

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.ui.glyphs.screen import CODE_SCALE, MARK_ROOM, MARK_SCALE, SIDE, Glyphs, Line, Placed, current
from app.ui.glyphs.shaping import clusters

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT_ELIDE = Qt.TextElideMode.ElideRight
ELLIPSIS = "…"


def measure(text: str, font: QFont) -> float:
    """The width of a text on one line, in pixels."""
    glyphs = current()
    return QFontMetricsF(font).horizontalAdvance(text) if glyphs.is_plain(text) else glyphs.line(text, font).width


def cut_short(text: str, font: QFont, width: float, *, elide: Qt.TextElideMode = _RIGHT_ELIDE) -> str:
    """The text, or as much of it as there is room for, with an ellipsis. Never cut inside of a character."""
    if elide == Qt.TextElideMode.ElideNone:
        return text
    if current().is_plain(text):
        return QFontMetricsF(font).elidedText(text, elide, width)
    if measure(text, font) <= width:
        return text
    parts = list(clusters(text))
    room = width - QFontMetricsF(font).horizontalAdvance(ELLIPSIS)
    low, high = 0, len(parts) - 1  # so many fit, found by halving
    while low < high:
        middle = (low + high + 1) // 2
        if measure("".join(parts[:middle]), font) <= room:
            low = middle
        else:
            high = middle - 1
    return "".join(parts[:low]) + ELLIPSIS


def wrap(text: str, font: QFont, width: float) -> list[str]:
    """The lines of a text; broken between any two characters, as Japanese is."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for cluster in clusters(paragraph):
            if line and measure(line + cluster, font) > width:
                lines.append(line)
                line = ""
            line += cluster
        lines.append(line)
    return lines


def draw_text(
    painter: QPainter,
    box: QRect | QRectF,
    text: str,
    *,
    align: Qt.AlignmentFlag = _LEFT,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideNone,
) -> None:
    """A text on one line in a box, in the font and the pen of the painter; cut short with an ellipsis unless ``ElideNone``."""
    glyphs, box, font = current(), QRectF(box), painter.font()
    shown = cut_short(text, font, box.width(), elide=elide)
    if glyphs.is_plain(shown):
        painter.drawText(box, int(align.value) | int(Qt.TextFlag.TextSingleLine.value), shown)
        return
    line, metrics = glyphs.line(shown, font), QFontMetricsF(font)
    x = box.left()
    if align & Qt.AlignmentFlag.AlignRight:
        x = box.right() - line.width
    elif align & Qt.AlignmentFlag.AlignHCenter:
        x = box.center().x() - line.width / 2
    height = metrics.ascent() + metrics.descent()
    top = box.top() if align & Qt.AlignmentFlag.AlignTop else box.top() + floor((box.height() - height) / 2)
    draw_line(painter, glyphs, line, QPointF(x, top + metrics.ascent()))


def draw_line(painter: QPainter, glyphs: Glyphs, line: Line, at: QPointF) -> None:
    """A line laid out, its baseline beginning at a point."""
    for part in line.parts:
        _DRAW.get(part.piece.kind, _draw_marked)(painter, glyphs, part, QPointF(at.x() + part.x, at.y()))


def _draw_plain(painter: QPainter, glyphs: Glyphs, part: Placed, at: QPointF) -> None:
    painter.drawText(at, part.piece.text)


def _draw_glyph(painter: QPainter, glyphs: Glyphs, part: Placed, at: QPointF) -> None:
    if part.run is None:
        painter.drawText(at, part.piece.shown or part.piece.text)
        return
    painter.drawGlyphRun(at, part.run)
    if part.thick:  # the fonts of rare kanji have one weight: drawn twice, a little apart, beside bold text
        painter.drawGlyphRun(at + QPointF(max(0.5, painter.font().pixelSize() / 28), 0), part.run)


def _draw_picture(painter: QPainter, glyphs: Glyphs, part: Placed, at: QPointF) -> None:
    pixels = painter.font().pixelSize()
    ratio = painter.device().devicePixelRatioF()
    drawn = glyphs.picture(part.piece.text, round(pixels * ratio), painter.pen().color())
    if drawn.isNull():
        _frame(painter, part, at, _faint(painter.pen().color()))
        return
    size = QRectF(0, 0, drawn.width() / ratio, drawn.height() / ratio)
    size.moveCenter(QPointF(at.x() + part.width / 2, at.y() - pixels * 0.36))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(size, drawn, QRectF(drawn.rect()))
    painter.restore()


def _draw_marked(painter: QPainter, glyphs: Glyphs, part: Placed, at: QPointF) -> None:
    """A substitute, or the base of a variant, in a dotted frame; a code point, small, in a whole one."""
    painter.save()
    font, colour = painter.font(), painter.pen().color()
    code = part.piece.kind == "code"
    _frame(painter, part, at, _faint(colour), dotted=not code)
    painter.setPen(colour)
    small = QFont(font)
    scale = CODE_SCALE if code else MARK_SCALE
    small.setPixelSize(max(6, round(font.pixelSize() * scale)))
    painter.setFont(small)
    start = at + QPointF((MARK_ROOM + SIDE) * font.pixelSize(), -font.pixelSize() * (1 - scale) * 0.38)
    if part.run is not None:
        _draw_glyph(painter, glyphs, part, start)
    else:
        painter.drawText(start, part.piece.shown)
    painter.restore()


def _frame(painter: QPainter, part: Placed, at: QPointF, colour: QColor, *, dotted: bool = False) -> None:
    pixels = painter.font().pixelSize()
    box = QRectF(at.x() + SIDE * pixels, at.y() - pixels * 0.86, part.width - 2 * SIDE * pixels, pixels * 0.96)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, max(1.0, pixels / 16))
    if dotted:
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([1.6, 1.6])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, pixels / 7, pixels / 7)
    painter.restore()


def _faint(colour: QColor) -> QColor:
    faint = QColor(colour)
    faint.setAlphaF(0.75)
    return faint


_DRAW = {"plain": _draw_plain, "glyph": _draw_glyph, "picture": _draw_picture}
