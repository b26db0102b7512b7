"""Photographs for tests and measurements, made here: as large and as detailed as a camera's, with the header a camera writes."""

from __future__ import annotations

import io
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any


@lru_cache(maxsize=4)
def scene(width: int, height: int, seed: int = 1) -> Any:
    """Soft shapes with grain, which compress like a photograph."""
    from PIL import Image, ImageChops

    drawn = Random(seed)
    small = (max(2, width // 160), max(2, height // 160))
    coarse = Image.frombytes("RGB", small, drawn.randbytes(small[0] * small[1] * 3)).point(lambda value: 30 + value * 195 // 256)
    soft = coarse.resize((width, height), Image.Resampling.BICUBIC)
    grain = Image.frombytes("L", (width, height), drawn.randbytes(width * height)).point(lambda value: value * 19 // 256)
    return ImageChops.add(soft, Image.merge("RGB", (grain, grain, grain)), offset=-9)


def exif_of(
    *, taken: datetime | str = "", camera: str = "Sample/One", orientation: int = 1, lat: float | None = None, lon: float | None = None
) -> Any:
    """What a camera writes into a header."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = camera.split("/")
    exif[0x0112] = orientation
    text = f"{taken:%Y:%m:%d %H:%M:%S}" if isinstance(taken, datetime) else taken
    if text:
        exif.get_ifd(0x8769)[0x9003] = text
    if lat is not None and lon is not None:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = ("N" if lat >= 0 else "S"), _sexagesimal(abs(lat))
        gps[3], gps[4] = ("E" if lon >= 0 else "W"), _sexagesimal(abs(lon))
    return exif


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 4)


def with_codes(image: Any, *texts: str, scale: int = 8) -> Any:
    """The picture with QR codes in it, side by side, as a sheet held before the house."""
    import zxingcpp
    from PIL import Image

    picture = image.copy()
    at = picture.width // 8
    for text in texts:
        made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=scale)
        code = Image.frombytes("L", (made.shape[1], made.shape[0]), memoryview(made).tobytes()).convert("RGB")
        picture.paste(code, (at, picture.height // 6))
        at += code.width + 20
    return picture


def jpeg_of(image: Any, *, quality: int = 90, **header: Any) -> bytes:
    """The picture as a camera's JPEG."""
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality, exif=exif_of(**header))
    return written.getvalue()


def shoot(path: Path, *codes: str, size: tuple[int, int] = (800, 600), seed: int = 1, mark: int = 0, **header: Any) -> Path:
    """A photo file; ``mark`` makes files of the same scene differ."""
    image = with_codes(scene(*size, seed), *codes)
    for bit in range(12):
        image.putpixel((bit, 0), (255, 255, 255) if mark >> bit & 1 else (0, 0, 0))
    image.paste((0, 128, 0) if mark % 2 else (128, 0, 0), (0, image.height - 24, 8 + 8 * (mark % 60), image.height))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg_of(image, **header))
    return path
