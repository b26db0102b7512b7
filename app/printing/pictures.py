"""Registered pictures of gaiji: made uniform when they come in, drawn in a PDF as glyphs that scale and copy like text.

A picture is 256 dots square, black and white, PNG in base64. In a document pictures are a Type 3 font of image masks (ISO 32000-1,
9.6.5 and 8.9.6.2), so that narrowing, colour and text extraction work as for any glyph.
"""

from __future__ import annotations

import base64
import binascii
import io
from pathlib import Path
from typing import Any

from app.domain.errors import RuleViolation
from app.printing.opening import PictureTooLarge, open_picture

SIDE = 256
_MOST_BYTES = 5_000_000
_MOST_DOTS = 4096
_FORMATS = ("PNG", "BMP")
_DARK = 160  # grey values below are ink
_DESCENT = -0.12  # em that the body of a character reaches below the baseline


def normalise_picture(data: bytes) -> str:
    """The picture as 256 × 256 black-and-white PNG in base64; light drawings on black are turned round.

    RuleViolation ``character.picture_large``, ``character.picture_unreadable`` (not PNG or BMP, or damaged), ``character.picture_blank``.
    """
    from PIL import Image, ImageOps

    if len(data) > _MOST_BYTES:
        raise RuleViolation("character.picture_large", field="picture")
    try:
        with open_picture(io.BytesIO(data), formats=_FORMATS, most_pixels=_MOST_DOTS**2, most_side=_MOST_DOTS) as opened:
            flat = Image.new("RGBA", opened.size, "white")
            flat.alpha_composite(opened.convert("RGBA"))
    except PictureTooLarge:
        raise RuleViolation("character.picture_large", field="picture") from None
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise RuleViolation("character.picture_unreadable", field="picture") from None
    grey = flat.convert("L")
    corners = [grey.getpixel(at) for at in ((0, 0), (grey.width - 1, 0), (0, grey.height - 1), (grey.width - 1, grey.height - 1))]
    if sum(float(value) for value in corners if isinstance(value, (int, float))) < 4 * _DARK / 2:
        grey = ImageOps.invert(grey)
    square = ImageOps.pad(grey, (SIDE, SIDE), Image.Resampling.LANCZOS, color=255)
    ink = square.point([0 if value < _DARK else 255 for value in range(256)]).convert("1", dither=Image.Dither.NONE)
    if ink.getextrema() == (255, 255):
        raise RuleViolation("character.picture_blank", field="picture")
    written = io.BytesIO()
    ink.save(written, "PNG", optimize=True)
    return base64.b64encode(written.getvalue()).decode("ascii")


def read_picture(path: Path) -> str:
    """A picture file as ``normalise_picture`` makes it. Also raises OSError."""
    if path.stat().st_size > _MOST_BYTES:
        raise RuleViolation("character.picture_large", field="picture")
    return normalise_picture(path.read_bytes())


def mask_bits(picture: str) -> tuple[int, int, bytes]:
    """``(width, height, rows of bits)`` of a registered picture, 0 for ink. ValueError when it is damaged."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(base64.b64decode(picture, validate=True)), formats=_FORMATS) as opened:
            ink = opened.convert("L").point([0 if value < _DARK else 255 for value in range(256)]).convert("1", dither=Image.Dither.NONE)
            return ink.width, ink.height, ink.tobytes()
    except (OSError, SyntaxError, EOFError, binascii.Error) as error:
        raise ValueError("picture") from error


class PictureFont:
    """One Type 3 font in one document, up to 255 pictures."""

    MOST = 255

    def __init__(self, name: str) -> None:
        self.name = name
        self.texts: list[str] = []
        self._masks: list[tuple[int, int, bytes]] = []

    def add(self, text: str, mask: tuple[int, int, bytes]) -> str:
        """The two hexadecimal digits that draw the picture and copy as ``text``."""
        self.texts.append(text)
        self._masks.append(mask)
        return f"{len(self.texts):02X}"

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab calls it by this name for each delayed font
        """Write the glyph procedures, widths and ToUnicode into the document."""
        from reportlab.pdfbase import pdfdoc

        from app.printing.typeset import map_to_unicode, pdf_stream

        names = [f"g{number}" for number in range(1, len(self.texts) + 1)]
        procedures = {
            name: doc.Reference(pdf_stream(doc, _procedure(*mask)), f"{name}:{self.name}")
            for name, mask in zip(names, self._masks, strict=True)
        }
        font = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type3"),
                "FontBBox": pdfdoc.PDFArray([0, round(1000 * _DESCENT), 1000, round(1000 + 1000 * _DESCENT)]),
                "FontMatrix": pdfdoc.PDFArray([0.001, 0, 0, 0.001, 0, 0]),
                "FirstChar": 1,
                "LastChar": len(names),
                "Widths": pdfdoc.PDFArray([1000] * len(names)),
                "CharProcs": pdfdoc.PDFDictionary(procedures),
                "Resources": pdfdoc.PDFDictionary({}),
                "Encoding": pdfdoc.PDFDictionary(
                    {"Type": pdfdoc.PDFName("Encoding"), "Differences": pdfdoc.PDFArray([1, *(pdfdoc.PDFName(name) for name in names)])}
                ),
                "ToUnicode": doc.Reference(
                    pdf_stream(doc, map_to_unicode(["", *self.texts], digits=2).encode("ascii")), f"unicode:{self.name}"
                ),
            }
        )
        doc.idToObject["BasicFonts"].dict[self.name] = doc.Reference(font, f"font:{self.name}")


def _procedure(width: int, height: int, bits: bytes) -> bytes:
    bottom = round(1000 * _DESCENT)
    head = (
        f"1000 0 0 {bottom} 1000 {1000 + bottom} d1\nq 1000 0 0 1000 0 {bottom} cm\nBI /W {width} /H {height} /IM true /BPC 1 /F /AHx ID\n"
    )
    return head.encode("ascii") + bits.hex().encode("ascii") + b">\nEI Q"
