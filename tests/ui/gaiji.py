"""A municipality's own font and pictures, made for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PySide6.QtGui import QColor, QImage, QPainter, QPen


def write_font(path: Path, *codes: int) -> Path:
    """A font that has a bar across the middle for each of these code points."""
    names = {code: f"uni{code:04X}" for code in codes}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf({".notdef": _bar(0), **{name: _bar(300) for name in names.values()}})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (1000, 50)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Mihon Gaiji", "styleName": "Regular", "psName": "MihonGaiji"})
    builder.setupOS2(sTypoAscender=880, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    builder.save(path)
    return path


def _bar(low: int) -> Any:
    pen = TTGlyphPen(None)
    for number, point in enumerate(((50, low), (50, low + 200), (950, low + 200), (950, low))):
        (pen.lineTo if number else pen.moveTo)(point)
    pen.closePath()
    return pen.glyph()


def write_picture(path: Path) -> Path:
    """A black cross on white."""
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setPen(QPen(QColor("black"), 8))
    painter.drawLine(8, 32, 56, 32)
    painter.drawLine(32, 8, 32, 56)
    painter.end()
    assert image.save(str(path), "PNG")
    return path
