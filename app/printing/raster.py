"""Pages of a PDF as pictures, drawn by pdfium so that they look exactly as printed (rare kanji included, on every system)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from app.usecases.files import atomic_output

if TYPE_CHECKING:
    from PIL.Image import Image

_POINTS_PER_INCH = 72


def draw_pages(pdf: Path | bytes, *, dpi: int = 150) -> Iterator[Image]:
    """Each page of the file (or of a document in memory) as a picture in colour, one at a time. OSError or pypdfium2.PdfiumError for an unreadable file."""
    import pypdfium2  # noqa: PLC0415 - native library, only needed for pictures

    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(len(document)):
            page = document[number]
            bitmap = page.render(scale=dpi / _POINTS_PER_INCH)
            picture = bitmap.to_pil().convert("RGB")
            bitmap.close()
            page.close()
            yield picture
    finally:
        document.close()


def write_images(
    pdf: Path,
    *,
    folder: Path,
    stem: str,
    kind: Literal["png", "jpeg"] = "png",
    mode: Literal["colour", "grey", "mono"] = "grey",
    dpi: int = 150,
    quality: int = 60,
) -> list[Path]:
    """Write every page as ``stem-1.png`` … into ``folder`` and return the paths. A single page is ``stem.png``.

    ``mono`` (PNG only) has no greys: smallest, for text. ``quality`` is JPEG's. EnvironmentFault when a file cannot be written.
    """
    pages, written = count_pages(pdf), []
    suffix = "png" if kind == "png" else "jpg"
    for number, picture in enumerate(draw_pages(pdf, dpi=dpi), start=1):
        path = folder / (f"{stem}.{suffix}" if pages == 1 else f"{stem}-{number}.{suffix}")
        shown = picture if mode == "colour" else picture.convert("L")
        if mode == "mono" and kind == "png":
            shown = shown.point([0 if level < 150 else 255 for level in range(256)]).convert("1")
        with atomic_output(path) as temporary, temporary.open("wb") as file:
            if kind == "png":
                shown.save(file, format="PNG", optimize=True, dpi=(dpi, dpi))
            else:
                shown.save(file, format="JPEG", quality=quality, optimize=True, dpi=(dpi, dpi))
        written.append(path)
    return written


def count_pages(pdf: Path) -> int:
    """How many pages the file has."""
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def read_text(pdf: Path) -> list[str]:
    """The text of each page, as copying from a viewer gives it."""
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = []
        for number in range(len(document)):
            page = document[number]
            content = page.get_textpage()
            texts.append(content.get_text_bounded())
            content.close()
            page.close()
        return texts
    finally:
        document.close()
