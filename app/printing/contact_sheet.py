"""Photos on paper: twelve or six to an A4 page, each with its number, time, caption and building. Thin lines, small pictures: a file that

goes through a slow line. Pictures are brought to about 200 dots an inch."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.printing.fit import Room, fit_text
from app.printing.fonts import FontBook
from app.printing.photos import shrunk
from app.printing.report import JobLike, PageStamp, PrintReport, Problem
from app.printing.sheet import A4_LONG, A4_SHORT, MM, Sheet, open_sheet

JOB_LABEL = "photo.job_sheet"
_LEFT, _RIGHT, _TOP, _BOTTOM = 14 * MM, 10 * MM, 9 * MM, 11 * MM
_HEAD = 16 * MM
_BETWEEN = 3 * MM
_LINE = 8.0
_SIZE = 6.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPhoto:
    """A photo to print. ``jpeg`` is upright; None when its picture is not there, then ``missing`` stands in its place."""

    jpeg: bytes | None
    number: str
    time: str
    caption: str
    building: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """``dots``: the long side of a picture in pixels."""

    columns: int
    rows: int
    dots: int
    size: float


GRIDS = {12: Grid(3, 4, 490, 6.5), 6: Grid(2, 3, 740, 8.0)}


def render_contact_sheet(
    out: Path,
    *,
    title: str,
    subtitle: str,
    photos: Iterable[SheetPhoto],
    per_page: int,
    stamp: PageStamp,
    fonts: FontBook | None = None,
    job: JobLike | None = None,
) -> PrintReport:
    """Write the photos as an A4 PDF, ``per_page`` 12 (4 × 3) or 6 (3 × 2). Tells pages and faults of text like ``render_list``.

    Raises EnvironmentFault when the file cannot be written, Cancelled by the job; then nothing is left. KeyError for another ``per_page``.
    """
    grid = GRIDS[per_page]
    with open_sheet(out, title=title, size=(A4_SHORT, A4_LONG), stamp=stamp, fonts=fonts) as sheet:
        writer = _Writer(sheet, grid, title, subtitle)
        for index, photo in enumerate(photos if job is None else job.track(photos, JOB_LABEL)):
            writer.add(index, photo)
        writer.close()
    return PrintReport(pages=sheet.pages, problems=tuple(writer.problems))


class _Writer:
    def __init__(self, sheet: Sheet, grid: Grid, title: str, subtitle: str) -> None:
        self.sheet, self.grid, self.title, self.subtitle = sheet, grid, title, subtitle
        self.problems: list[Problem] = []
        self._here = 0
        width, height = sheet.size
        self._wide = (width - _LEFT - _RIGHT - _BETWEEN * (grid.columns - 1)) / grid.columns
        self._high = (height - _TOP - _HEAD - _BOTTOM - _BETWEEN * (grid.rows - 1)) / grid.rows
        self._text = 3 * grid.size * 1.25 + 3

    def add(self, index: int, photo: SheetPhoto) -> None:
        """The next photo, on a new page when this one is full."""
        if self._here == 0:
            self._begin()
        at_row, at_column = divmod(self._here, self.grid.columns)
        x = _LEFT + at_column * (self._wide + _BETWEEN)
        y = self.sheet.size[1] - _TOP - _HEAD - at_row * (self._high + _BETWEEN) - self._high
        self._picture(photo, x, y + self._text, self._wide, self._high - self._text)
        self._words(index, photo, x, y + self._text)
        self._here = (self._here + 1) % (self.grid.columns * self.grid.rows)
        if self._here == 0:
            self.sheet.end_page()

    def close(self) -> None:
        """The last page; of no photos one page that says so by its head."""
        if self.sheet.pages == 0:
            self._begin()
            self._here = 1
        if self._here:
            self.sheet.end_page()

    def _begin(self) -> None:
        sheet, (width, height) = self.sheet, self.sheet.size
        sheet.start_page()
        top = height - _TOP
        self._fit(-1, self.title, x=_LEFT, y=top - 13, size=13, width=(width - _LEFT - _RIGHT) * 0.6, bold=True)
        sheet.text.write(sheet.stamp.place, x=_LEFT, y=top - 10, size=8, align="right", width=width - _LEFT - _RIGHT)
        self._fit(-1, self.subtitle, x=_LEFT, y=top - 28, size=9.5, width=(width - _LEFT - _RIGHT) * 0.66)
        sheet.text.write(sheet.stamp.as_of, x=_LEFT, y=top - 22, size=7, align="right", width=width - _LEFT - _RIGHT)
        sheet.text.write(sheet.stamp.operator, x=_LEFT, y=top - 32, size=7, align="right", width=width - _LEFT - _RIGHT)
        sheet.canvas.setLineWidth(0.4)
        sheet.canvas.line(_LEFT, top - _HEAD + 5, width - _RIGHT, top - _HEAD + 5)
        sheet.text.write(sheet.stamp.caution, x=_LEFT, y=_BOTTOM - 16, size=7)
        sheet.number_page(x=width / 2, y=_BOTTOM - 16, size=8)

    def _picture(self, photo: SheetPhoto, x: float, y: float, width: float, height: float) -> None:
        """The picture whole, above its words; a frame with words where there is none."""
        canvas = self.sheet.canvas
        if photo.jpeg is None:
            canvas.setLineWidth(0.3)
            canvas.rect(x, y, width, height)
            line = self.sheet.text.shape(photo.missing)
            size = min(8.0, (width - 8) / max(line.width, 1.0))
            self.sheet.text.draw(line, x=x + (width - line.width * size) / 2, y=y + height / 2, size=size)
            return
        jpeg, wide, high = shrunk(photo.jpeg, long_side=self.grid.dots)
        scale = min(width / wide, height / high)
        shown = (wide * scale, high * scale)
        _place_jpeg(canvas, jpeg, x + (width - shown[0]) / 2, y, *shown)  # right above its words

    def _words(self, index: int, photo: SheetPhoto, x: float, y: float) -> None:
        size = self.grid.size
        self._fit(index, f"{photo.number}  {photo.time}".strip(), x=x, y=y - size * 1.1, size=size, width=self._wide)
        self._fit(index, photo.building, x=x, y=y - size * 2.35, size=size, width=self._wide)
        self._fit(index, photo.caption, x=x, y=y - size * 3.6, size=size, width=self._wide)

    def _fit(self, index: int, text: str, *, x: float, y: float, size: float, width: float, bold: bool = False) -> None:
        if not text:
            return
        fitted = fit_text(self.sheet.text, text, room=Room(width, size, size * 0.8, 0.75), bold=bold)
        for line in fitted.lines:
            self.sheet.text.draw(line, x=x, y=y, size=fitted.size, stretch=fitted.stretch)
        self.problems += self.sheet.text.find_problems(fitted.lines, row=index, column="caption")
        if fitted.cut:
            self.problems.append(Problem(code="print.text_cut", row=index, column="caption", params={"text": text}))


def _place_jpeg(canvas: Any, jpeg: bytes, x: float, y: float, width: float, height: float) -> None:
    """The JPEG as it is in the file: not decoded, not wrapped in text, which would make it a quarter larger."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase.pdfdoc import PDFImageXObject

    document = canvas._doc
    name = f"photo-{len(document.idToObject)}"
    made = PDFImageXObject(name, ImageReader(io.BytesIO(jpeg)))
    made.streamContent, made._filters = jpeg, ("DCTDecode",)
    document.Reference(made, document.getXObjectName(name))
    document.addForm(name, made)
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(width, height)
    canvas.doForm(name)
    canvas.restoreState()
