"""Makes resources/fonts/SasaeGaijiMark.ttf: one mark for every private-use character of the basic plane.

Fields are drawn by Qt, which shows an empty box where no font has a character. With this font as the last of the families it shows a
square of dots with one dot in its middle instead: it says "a municipality's own character without a glyph here".
Drawn here from nothing; no part of any other font.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

_EM, _FIRST, _LAST = 1000, 0xE000, 0xF8FF
_EDGE, _DOT = 90, 60


def build(target: Path) -> None:
    """Write the font."""
    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "gaiji"])
    builder.setupCharacterMap(dict.fromkeys(range(_FIRST, _LAST + 1), "gaiji"))
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "gaiji": _mark()})
    builder.setupHorizontalMetrics({".notdef": (_EM, 0), "gaiji": (_EM, _EDGE)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": "Sasae Gaiji Mark", "styleName": "Regular", "psName": "SasaeGaijiMark"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    builder.save(target)


def _mark() -> object:
    """Dots along a square, and one larger in the middle."""
    pen = TTGlyphPen(None)
    low, high = _EDGE, _EM - _EDGE - _DOT
    places = [low + round(n * (high - low) / 5) for n in range(6)]
    for x in places:
        for y in places:
            if x in (places[0], places[-1]) or y in (places[0], places[-1]):
                _square(pen, x, y - 120, _DOT)
    _square(pen, 440, 320, 120)
    return pen.glyph()


def _square(pen: TTGlyphPen, x: int, y: int, side: int) -> None:
    pen.moveTo((x, y))
    pen.lineTo((x, y + side))
    pen.lineTo((x + side, y + side))
    pen.lineTo((x + side, y))
    pen.closePath()


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "fonts" / "SasaeGaijiMark.ttf")
