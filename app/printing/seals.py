"""Taking in the picture of the municipality's seal (公印): a scan or photograph of the impression, made fit for paper.

Nothing is decoded before file size and the dimensions in the header were believed: a bomb costs nothing.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

from app.domain.errors import InputFault
from app.printing.opening import PictureTooLarge, open_picture

MOST_BYTES = 20_000_000
MOST_DOTS = 10_000
MOST_PIXELS = 50_000_000
_DPI = 600
_LEAST_DOTS = 60
_FORMATS = ("PNG", "JPEG", "TIFF")
_WHITE, _INK = 236, 150  # grey values: from here on paper; up to here fully ink
_BORDER = 0.02  # of the width, left around the impression


def read_seal(path: Path, *, width: float) -> str:
    """The impression alone as PNG (base64), at most 600 dpi at ``width`` mm, with the paper around it transparent.

    InputFault ``seal.too_large`` (bytes), ``seal.too_many_dots`` (by the header: nothing was decoded), ``seal.not_a_picture``,
    ``seal.damaged``, ``seal.too_small``, ``seal.blank``, ``seal.file_unreadable``.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputFault("seal.too_large", path=str(path), megabytes=-(-size // 1_000_000), most=MOST_BYTES // 1_000_000)
        data = path.read_bytes()
    except OSError as error:
        raise InputFault("seal.file_unreadable", path=str(path), reason=error.strerror or "") from None
    return make_seal(data, width=width, path=str(path))


def make_seal(data: bytes, *, width: float, path: str = "") -> str:
    """``read_seal`` of the bytes of a file."""
    import warnings

    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the limits are our own
            with open_picture(io.BytesIO(data), formats=_FORMATS, most_pixels=MOST_PIXELS, most_side=MOST_DOTS) as opened:
                if min(opened.size) < _LEAST_DOTS:
                    raise InputFault("seal.too_small", path=path, width=opened.width, height=opened.height, least=_LEAST_DOTS)
                opened.load()
                return _clean(opened, width=width, path=path)
    except UnidentifiedImageError:
        raise InputFault("seal.not_a_picture", path=path) from None
    except (PictureTooLarge, Image.DecompressionBombError):
        raise InputFault("seal.too_many_dots", path=path, most=MOST_DOTS, pixels=MOST_PIXELS // 10_000) from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError) as error:
        raise InputFault("seal.damaged", path=path, detail=type(error).__name__) from None


def _clean(opened: Any, *, width: float, path: str) -> str:
    from PIL import Image, ImageChops

    picture = opened.convert("RGBA")
    flat = Image.new("RGBA", picture.size, "white")
    flat.alpha_composite(picture)
    red, green, blue = flat.convert("RGB").split()
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    opacity = darkest.point(
        [255 if value <= _INK else 0 if value >= _WHITE else round(255 * (_WHITE - value) / (_WHITE - _INK)) for value in range(256)]
    )
    bounds = opacity.point([0 if value < 128 else 255 for value in range(256)]).getbbox()
    if bounds is None:
        raise InputFault("seal.blank", path=path)
    edge = round(max(bounds[2] - bounds[0], bounds[3] - bounds[1]) * _BORDER)
    box = (max(0, bounds[0] - edge), max(0, bounds[1] - edge), min(flat.width, bounds[2] + edge), min(flat.height, bounds[3] + edge))
    if min(box[2] - box[0], box[3] - box[1]) < _LEAST_DOTS // 2:
        raise InputFault("seal.blank", path=path)
    flat.putalpha(opacity)
    made = flat.crop(box)
    most = round(width / 25.4 * _DPI)
    made.thumbnail((most, most), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    made.save(written, "PNG", optimize=True)
    return base64.b64encode(written.getvalue()).decode("ascii")
