"""A document of A4 pages: canvas, text, page number of how many, exercise watermark, whole or not written at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from app.printing.fonts import FontBook
from app.printing.report import PageStamp
from app.printing.typeset import Typesetter
from app.usecases.files import atomic_output

MM = 72 / 25.4
A4_SHORT, A4_LONG = 210 * MM, 297 * MM
_MARK = 8 * MM  # of cut marks
_NOTE_LEFT, _NOTE_BOTTOM = 13 * MM, 4.2 * MM  # below the foot of lists, inside what printers reach


class Sheet:
    """The document being drawn. Lengths are points, the origin is the lower left corner of the page."""

    def __init__(self, canvas: Any, *, fonts: FontBook, stamp: PageStamp, size: tuple[float, float]) -> None:
        self.canvas, self.stamp, self.size = canvas, stamp, size
        self.text = Typesetter(canvas, fonts)
        self.pages = 0
        self._numbers: list[tuple[int, float]] = []

    def start_page(self, *, watermark: bool = True) -> None:
        """Begin a page; in an exercise its word is drawn across it, under everything."""
        self.pages += 1
        if watermark:
            self.draw_watermark(*self.size)

    def end_page(self) -> None:
        """Finish the page; one with a substitute says what the line under it means."""
        if self.text.take_marked():
            self.note_substitutes(x=_NOTE_LEFT, y=_NOTE_BOTTOM, size=6)
        self.canvas.showPage()

    def note_substitutes(self, *, x: float, y: float, size: float) -> None:
        """What the line under a character means, in small print."""
        self.text.write(self.stamp.substitute_note, x=x, y=y, size=size)

    def number_page(self, *, x: float, y: float, size: float) -> None:
        """Write "page of pages" with its middle at ``x``; it is drawn when the document is finished and the total is known."""
        self._numbers.append((self.pages, size))
        self.canvas.saveState()
        self.canvas.translate(x, y)
        self.canvas.doForm(f"page-number-{self.pages}")
        self.canvas.restoreState()

    def finish(self) -> None:
        """Draw every page number. Call once, after the last page."""
        for page, size in self._numbers:
            with self.draw_form(f"page-number-{page}"):
                line = self.text.shape(self.stamp.page_format.format(page=page, pages=self.pages))
                self.text.draw(line, x=-line.width * size / 2, y=0, size=size)

    def draw_cuts(self, *, down: Sequence[float], across: Sequence[float]) -> None:
        """Where to cut, at these distances from the lower left corner: pale dashed lines, and short strong marks at the edge of the paper."""
        canvas, (width, height) = self.canvas, self.size
        canvas.setStrokeGray(0.6)
        canvas.setLineWidth(0.3)
        canvas.setDash(2, 4)
        canvas.lines([(0, y, width, y) for y in across] + [(x, 0, x, height) for x in down])
        canvas.setDash()
        canvas.setStrokeGray(0)
        canvas.lines([line for y in across for line in ((0, y, _MARK, y), (width - _MARK, y, width, y))])
        canvas.lines([line for x in down for line in ((x, 0, x, _MARK), (x, height - _MARK, x, height))])

    @contextmanager
    def draw_form(self, name: str, *, size: tuple[float, float] | None = None) -> Iterator[None]:
        """What is drawn inside is kept once in the file and can be put on any page by ``canvas.doForm(name)``.

        Nothing shows beyond ``size`` around the origin (usually that of the page).
        """
        width, height = size or self.size
        self.canvas.beginForm(name, -width, -height, width, height)
        yield
        self.canvas.endForm()

    def draw_watermark(self, width: float, height: float) -> None:
        """In an exercise, its word in pale grey across an area whose lower left corner is the origin."""
        if not self.stamp.training:
            return
        line = self.text.shape(self.stamp.training)
        size = min(height, width) * 0.85 / max(line.width, 2.0)
        self.canvas.saveState()
        self.canvas.setFillGray(0.89)
        self.canvas.translate(width / 2, height / 2)
        self.canvas.rotate(20)
        self.text.draw(line, x=-line.width * size / 2, y=-0.38 * size, size=size)
        self.canvas.restoreState()


@contextmanager
def open_sheet(out: Path, *, title: str, size: tuple[float, float], stamp: PageStamp, fonts: FontBook | None) -> Iterator[Sheet]:
    """A document that becomes the file ``out`` when the block ends well; else nothing is left.

    Raises EnvironmentFault (see ``atomic_output``).
    """
    with atomic_output(out) as temporary:
        canvas = Canvas(temporary.name, pagesize=size, pageCompression=1, lang="ja-JP")
        canvas.setTitle(title)
        canvas.setAuthor(stamp.place)
        canvas.setCreator("Sasae")
        sheet = Sheet(canvas, fonts=fonts or FontBook(), stamp=stamp, size=size)
        yield sheet
        sheet.finish()
        temporary.write_bytes(canvas.getpdfdata())
