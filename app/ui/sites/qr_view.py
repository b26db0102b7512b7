"""A QR on the screen for another telephone or camera: dark on white in every look, whole pixels a module."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.printing.qr import QUIET, QrCode, encode_qr

_LEAST = 3


class QrView(QLabel):
    """``show_text`` draws a text as large as ``side`` pixels allow, at least 3 pixels a module."""

    def __init__(self, *, side: int) -> None:
        super().__init__()
        self._side = side
        self.words = ""
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_text(self, words: str, *, name: str) -> None:
        """Draw it."""
        self.words = words
        code = encode_qr(words, level="L")  # nothing on a screen is torn or stained
        picture = draw_code(code, max(_LEAST, self._side // (code.modules + 2 * QUIET)))
        self.setPixmap(picture)
        self.setFixedSize(picture.size())
        self.setAccessibleName(name)


def draw_code(code: QrCode, pixels: int) -> QPixmap:
    """The code with its quiet zone, so many pixels a module."""
    image = QImage(code.modules, code.modules, QImage.Format.Format_RGB32)
    width = len(code.rows) // code.modules
    for y in range(code.modules):
        bits = int(code.rows[y * width : (y + 1) * width], 16)
        for x in range(code.modules):
            image.setPixelColor(x, y, QColor("black" if bits >> (width * 4 - 1 - x) & 1 else "white"))
    side = (code.modules + 2 * QUIET) * pixels
    made = QPixmap(side, side)
    made.fill(QColor("white"))
    painter = QPainter(made)
    painter.drawImage(QUIET * pixels, QUIET * pixels, image.scaled(code.modules * pixels, code.modules * pixels))
    painter.end()
    return made
