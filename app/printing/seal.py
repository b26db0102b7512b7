"""The picture of the municipality's seal (公印) as forms carry it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from app.domain.errors import InputFault
from app.printing.opening import PictureTooLarge, open_picture

_MOST_BYTES = 5_000_000
_MOST_DOTS = 4096
_DPI = 600  # more than printers show; a scan at 2,400 dpi would stand in each file of a batch


@dataclass(frozen=True, slots=True)
class Seal:
    """A picture to draw: ``image`` for a reportlab canvas, ``ratio`` height to width, ``width`` mm on the layout's paper (0: fill the box)."""

    image: Any
    ratio: float
    width: float


def open_seal(data: bytes, *, width: float = 0.0) -> Seal:
    """Read a PNG or JPEG; transparent parts stay so. InputFault ``print.seal_unreadable`` (also for one that is far too large)."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    if len(data) > _MOST_BYTES:
        raise InputFault("print.seal_unreadable")
    try:
        with open_picture(io.BytesIO(data), formats=("PNG", "JPEG"), most_pixels=_MOST_DOTS**2, most_side=_MOST_DOTS) as opened:
            picture = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, PictureTooLarge, Image.DecompressionBombError):
        raise InputFault("print.seal_unreadable") from None
    most = round((width or 60) / 25.4 * _DPI)
    picture.thumbnail((most, most * _MOST_DOTS), Image.Resampling.LANCZOS)
    if picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    return Seal(ImageReader(picture), picture.height / picture.width, width)
