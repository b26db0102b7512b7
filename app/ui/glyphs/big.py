"""One character, large, on a ground of its own: to compare what is meant with what can be drawn."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.ui import theme
from app.ui.glyphs.painting import draw_text, measure
from app.ui.glyphs.screen import current

_SIDE = 104  # pixels in every text size: it is large already
_LETTERS = 78


class BigGlyph(QWidget):
    """``show_text`` shows a character (a substitute may have several) with thin lines through the middle."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self._text = name, ""
        self.setFixedSize(self.sizeHint())
        current().changed.connect(self.update)
        self.show_text("")

    def show_text(self, text: str) -> None:
        """Show another character; empty shows a dash."""
        self._text = text
        self.setAccessibleName(f"{self._name} {text or 'なし'}")
        self.setToolTip(current().tip(text))
        self.update(self.rect())

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, cross lines, character."""
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(look.colour("line"))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(QPen(look.colour("hairline"), 1))
        painter.drawLine(box.center().x(), box.top() + 1, box.center().x(), box.bottom() - 1)
        painter.drawLine(box.left() + 1, box.center().y(), box.right() - 1, box.center().y())
        font = QFont(self.font())
        font.setPixelSize(self._fitting(font, box.width() * 0.92))
        painter.setFont(font)
        painter.setPen(look.colour("text" if self._text else "muted"))
        draw_text(painter, box, self._text or "―", align=Qt.AlignmentFlag.AlignCenter)
        painter.end()

    def _fitting(self, font: QFont, room: float) -> int:
        """As large as there is room for."""
        size = _LETTERS
        font.setPixelSize(size)
        wide = measure(self._text, font)
        return size if wide <= room else max(10, int(size * room / wide))
