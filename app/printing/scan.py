"""Reading codes from photos, scans and PDF files. What would fill the memory is refused before it is unpacked."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import EnvironmentFault, InputFault
from app.printing.opening import PictureTooLarge, open_picture

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 40 * 1024 * 1024
MOST_PIXELS = 120_000_000
"""A4 at 600 dpi in colour is 35 million, the largest phone pictures 108 million."""
MOST_PAGES = 20
MOST_CODES = 60
_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "WEBP", "HEIF")
_SIDE = 5000
"""Pixels of the longer side that a picture is reduced to: codes of 30 mm on A4 stay readable."""
_DPI = 200


def read_codes(path: Path) -> list[str]:
    """The texts of all QR codes in a picture (JPEG, PNG, TIFF, BMP, WebP, HEIC) or PDF, in the order of the pages, each once.

    InputFault ``scan.too_large`` (bytes), ``scan.too_many_pixels``, ``scan.bomb``, ``scan.unreadable``, ``scan.too_many_pages``;
    EnvironmentFault ``file.not_readable``.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputFault("scan.too_large", path=str(path), megabytes=size // 1_048_576, most=MOST_BYTES // 1_048_576)
        content = path.read_bytes()
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None
    found: dict[str, None] = {}
    pages = _pdf_pages(content, path) if content[:1024].lstrip().startswith(b"%PDF") else _picture_pages(content, path)
    for page in pages:
        for text in _decode(page):
            found[text] = None
    return list(found)[:MOST_CODES]


def _decode(page: Image) -> Iterator[str]:
    """Codes of a page as it is, and, when there is none, half as large: blurred photos are often read better small."""
    import zxingcpp

    for shrink in (1, 2):
        picture = page if shrink == 1 else page.resize((max(1, page.width // 2), max(1, page.height // 2)))
        texts = [
            one.text
            for one in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
            if one.valid and one.text
        ]
        yield from texts
        if texts or min(page.size) < 400:
            return


def _picture_pages(content: bytes, path: Path) -> Iterator[Image]:
    import io

    from PIL import Image as pil
    from PIL import ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pil.DecompressionBombWarning)  # our own limit is told in words
            with open_picture(io.BytesIO(content), formats=_FORMATS, most_pixels=MOST_PIXELS) as picture:
                frames = getattr(picture, "n_frames", 1)
                if frames > MOST_PAGES:
                    raise InputFault("scan.too_many_pages", path=str(path), pages=frames, most=MOST_PAGES)
                for frame in range(frames):
                    picture.seek(frame)
                    if picture.width * picture.height > MOST_PIXELS:
                        raise InputFault("scan.too_many_pixels", path=str(path), width=picture.width, height=picture.height)
                    picture.draft("L", (_SIDE, _SIDE))  # JPEG unpacks small at once
                    turned = ImageOps.exif_transpose(picture).convert("L")
                    turned.thumbnail((_SIDE, _SIDE))
                    yield turned
    except PictureTooLarge as fault:
        raise InputFault("scan.too_many_pixels", path=str(path), width=fault.width, height=fault.height) from None
    except pil.DecompressionBombError:
        raise InputFault("scan.bomb", path=str(path)) from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise InputFault("scan.unreadable", path=str(path), reason=type(error).__name__) from None


def _pdf_pages(content: bytes, path: Path) -> Iterator[Image]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError:
        raise InputFault("scan.unreadable", path=str(path), reason="PDF") from None
    try:
        if len(document) > MOST_PAGES:
            raise InputFault("scan.too_many_pages", path=str(path), pages=len(document), most=MOST_PAGES)
        for number in range(len(document)):
            page = document[number]
            try:
                width, height = page.get_size()
                scale = min(_DPI / 72, _SIDE / max(width, height, 1.0))
                yield page.render(scale=scale, grayscale=True).to_pil().convert("L")
            finally:
                page.close()
    finally:
        document.close()
