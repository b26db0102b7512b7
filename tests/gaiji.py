"""Fonts and pictures of gaiji made up for tests."""

from __future__ import annotations

import io
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image, ImageDraw

PICTURED, OWN, SUBSTITUTED, NOTHING, NOWHERE = "\ue000", "\ue001", "\ue002", "\ue003", "\U00030ede"


def make_font(path: Path, *, code: int = ord(OWN), sequence: tuple[int, int] | None = None) -> Path:
    """A TrueType font with one square glyph at ``code``, and perhaps at a variation sequence."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({code: "square"}, uvs=[(*sequence, "square")] if sequence else [])
    pen, empty = TTGlyphPen(None), TTGlyphPen(None)
    for at, to in ((50, 850), (150, 750)):
        pen.moveTo((at, at))
        for corner in ((at, to), (to, to), (to, at)):
            pen.lineTo(corner)
        pen.closePath()
    builder.setupGlyf({".notdef": empty.glyph(), "square": pen.glyph()})
    _finish(builder, path)
    return path


def make_cff_font(path: Path) -> Path:
    """A font with PostScript outlines."""
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", "square"])
    builder.setupCharacterMap({ord(OWN): "square"})
    pen = T2CharStringPen(1000, None)
    pen.moveTo((50, 50))
    pen.lineTo((500, 50))
    pen.lineTo((500, 500))
    pen.closePath()
    drawn = pen.getCharString()
    builder.setupCFF("Made", {}, {".notdef": drawn, "square": drawn}, {})
    _finish(builder, path)
    return path


def _finish(builder: FontBuilder, path: Path) -> None:
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "square": (1000, 50)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Made Gaiji", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


def draw_picture(kind: str = "PNG", *, size: tuple[int, int] = (48, 48), ink: int = 0, paper: int = 255) -> bytes:
    """A made-up character as a picture file."""
    image = Image.new("L", size, paper)
    pen = ImageDraw.Draw(image)
    pen.rectangle((size[0] // 8, size[1] // 8, size[0] * 7 // 8, size[1] * 7 // 8), outline=ink, width=5)
    pen.line((size[0] // 2, 0, size[0] // 2, size[1]), fill=ink, width=5)
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()
