"""Opening a picture somebody hands in: its header is looked at before any of it is unpacked.

Callers name the formats they take, so that no rarely used decoder is ever tried, and say what is wrong in the words of their own area.
"""

from __future__ import annotations

import warnings
from typing import Any

HEIF = "HEIF"
_SCALED = ("JPEG", "MPO")
"""Formats that can be decoded at a half, a quarter or an eighth."""


class PictureTooLarge(Exception):
    """The header tells of more than the caller wants; nothing was unpacked."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.width, self.height = width, height


def open_picture(file: Any, *, formats: tuple[str, ...], most_pixels: int, most_side: int = 0, most_whole: int = 0) -> Any:
    """An opened Pillow picture, its pixels not read yet; the caller closes it (it is a context manager).

    ``most_side`` is the longest side (0: any), ``most_whole`` the pixels of a format that can only be decoded at full size (0: the same).
    Raises PictureTooLarge, Pillow's UnidentifiedImageError (an OSError) and DecompressionBombError, and whatever a decoder throws at a
    damaged header.
    """
    from PIL import Image

    Image.init()  # without it a format named here may not be known yet
    if HEIF in formats and HEIF not in Image.OPEN:
        _register_heif()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limits are the caller's own
        image = Image.open(file, formats=[name for name in formats if name in Image.OPEN])
    width, height = image.size
    most = most_pixels if image.format in _SCALED or not most_whole else most_whole
    if width * height > most or (most_side and max(width, height) > most_side):
        image.close()
        raise PictureTooLarge(width, height)
    return image


def _register_heif() -> None:
    try:
        from pi_heif import register_heif_opener
    except ImportError:  # not built for every machine: HEIC is then no picture
        return
    register_heif_opener(thumbnails=False)
