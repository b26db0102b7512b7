"""The transmittal on paper: a first page with sum, files, hashes and boxes for seals, then every line of the files in readable form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from app.presentation.transmittal import FileWords, Transmittal
from app.printing.fit import Room, fit_text
from app.printing.fonts import FontBook
from app.printing.lists import PrintColumn, render_list
from app.printing.report import JobLike, PageStamp, PrintReport
from app.printing.sheet import A4_LONG, A4_SHORT, MM, Sheet

_LEFT, _RIGHT = 18 * MM, A4_SHORT - 15 * MM
_WIDTH = _RIGHT - _LEFT
_STAMP, _STAMP_HEAD = 21 * MM, 5 * MM


def render_transmittal(
    out: Path,
    *,
    words: Transmittal,
    columns: Sequence[PrintColumn],
    rows: Iterable[Sequence[str]],
    stamp: PageStamp,
    fonts: FontBook,
    job: JobLike | None = None,
) -> PrintReport:
    """Write ``out`` (A4 upright): first page, then every line, numbered through as "page n of m". Errors as ``render_list``."""
    return render_list(
        out, title=words.list_title, subtitle=words.list_subtitle, columns=columns, rows=rows, stamp=stamp, layout="compact", job=job,
        fonts=fonts, orientation="portrait", before=lambda sheet: _FirstPage(sheet, words).draw(),
    )  # fmt: skip


class _FirstPage:
    """Draws from the top of the page down; ``y`` is where the next part begins."""

    def __init__(self, sheet: Sheet, words: Transmittal) -> None:
        self.sheet, self.words = sheet, words
        self.canvas: Any = sheet.canvas
        self.y = A4_LONG - 14 * MM

    def draw(self) -> None:
        """The whole page."""
        self.sheet.start_page()
        self._stamps()
        self._heading()
        self._facts()
        self._sum()
        self._files()
        self._received()
        self._foot()
        self.sheet.end_page()

    def _write(self, text: str, *, x: float, width: float, size: float, height: float, bold: bool = False, align: str = "left") -> None:
        """One fitted line in the middle of a row that begins at ``y``."""
        fitted = fit_text(self.sheet.text, text, room=Room(width, size, size * 0.6, 0.7, 1), bold=bold)
        for line in fitted.lines:
            natural = line.width * fitted.size * fitted.stretch
            shift = width - natural if align == "right" else (width - natural) / 2 if align == "center" else 0.0
            self.sheet.text.draw(line, x=x + shift, y=self.y - height / 2 - fitted.size * 0.36, size=fitted.size, stretch=fitted.stretch)

    def _stamps(self) -> None:
        left, top = _RIGHT - _STAMP * len(self.words.stamps), self.y
        self.canvas.setLineWidth(0.6)
        for at, title in enumerate(self.words.stamps):
            x = left + at * _STAMP
            self.canvas.rect(x, top - _STAMP_HEAD - _STAMP, _STAMP, _STAMP + _STAMP_HEAD, stroke=1, fill=0)
            self.canvas.line(x, top - _STAMP_HEAD, x + _STAMP, top - _STAMP_HEAD)
            self._write(title, x=x + 2, width=_STAMP - 4, size=9, height=_STAMP_HEAD, align="center")

    def _heading(self) -> None:
        self._write(self.words.to, x=_LEFT, width=85 * MM, size=12, height=7 * MM)
        self.y -= 9 * MM
        self._write(self.sheet.stamp.place, x=_LEFT, width=85 * MM, size=10, height=6 * MM)
        self.y -= 8 * MM
        mark = " ".join(part for part in (self.sheet.stamp.training, self.words.mark) if part)
        if mark:
            self.canvas.setLineWidth(1.0)
            self.canvas.rect(_LEFT, self.y - 9 * MM, 80 * MM, 9 * MM, stroke=1, fill=0)
            self._write(mark, x=_LEFT + 4, width=80 * MM - 8, size=14, height=9 * MM, bold=True, align="center")
        self.y -= 18 * MM
        self._write(self.words.title, x=_LEFT, width=_WIDTH, size=24, height=12 * MM, bold=True, align="center")
        self.y -= 16 * MM
        self._write(self.words.request, x=_LEFT, width=_WIDTH, size=10.5, height=6 * MM)
        self.y -= 9 * MM

    def _facts(self) -> None:
        height, label, top = 7 * MM, 30 * MM, self.y
        self.canvas.setLineWidth(0.3)
        for name, text in self.words.facts:
            self.canvas.setFillGray(0.93)
            self.canvas.rect(_LEFT, self.y - height, label, height, stroke=0, fill=1)
            self.canvas.setFillGray(0)
            self._write(name, x=_LEFT + 3, width=label - 6, size=9, height=height)
            self._write(text, x=_LEFT + label + 4, width=_WIDTH - label - 8, size=11, height=height)
            self.canvas.line(_LEFT, self.y, _RIGHT, self.y)
            self.y -= height
        self.canvas.line(_LEFT + label, top, _LEFT + label, self.y)
        self.canvas.rect(_LEFT, self.y, _WIDTH, top - self.y, stroke=1, fill=0)
        self.y -= 5 * MM

    def _sum(self) -> None:
        height, top = 26 * MM, self.y
        self.canvas.setLineWidth(1.2)
        self.canvas.rect(_LEFT, top - height, _WIDTH, height, stroke=1, fill=0)
        self.y -= 1.5 * MM
        self._write(self.words.words_label, x=_LEFT + 8, width=40 * MM, size=9, height=5 * MM)
        self.y = top - 6 * MM
        self._write(self.words.words, x=_LEFT + 10, width=_WIDTH - 20, size=20, height=10 * MM, bold=True, align="center")
        self.y = top - 17 * MM
        self._write(self.words.figures, x=_LEFT + 10, width=_WIDTH * 0.6, size=15, height=7 * MM, bold=True, align="center")
        self._write(self.words.count, x=_LEFT + _WIDTH * 0.62, width=_WIDTH * 0.3, size=15, height=7 * MM, bold=True, align="center")
        self.y = top - height - 5 * MM

    def _files(self) -> None:
        self._write(self.words.files_label, x=_LEFT, width=_WIDTH, size=10, height=6 * MM, bold=True)
        self.y -= 7 * MM
        height = 15 * MM if len(self.words.files) <= 4 else 10.5 * MM
        for one in self.words.files:
            self._file(one, height)
        self.y -= 2 * MM
        for text in self.words.note:
            self._write(text, x=_LEFT, width=_WIDTH, size=8, height=4.6 * MM)
            self.y -= 4.6 * MM
        self.y -= 4 * MM

    def _file(self, one: FileWords, height: float) -> None:
        top, line = self.y, height / 3
        self.canvas.setLineWidth(0.4)
        self.canvas.rect(_LEFT, top - height, _WIDTH, height, stroke=1, fill=0)
        self._write(one.name, x=_LEFT + 5, width=_WIDTH * 0.55, size=10, height=line, bold=True)
        self._write(one.facts, x=_LEFT + _WIDTH * 0.56, width=_WIDTH * 0.44 - 6, size=10, height=line, align="right")
        for text in one.hash:
            self.y -= line
            self._write(text, x=_LEFT + 14, width=_WIDTH - 28, size=min(12.5, line * 0.8), height=line)
        self.y = top - height

    def _received(self) -> None:
        self.y = min(self.y, 46 * MM)
        height, width = 11 * MM, _WIDTH / len(self.words.received)
        for at, text in enumerate(self.words.received):
            self.canvas.setLineWidth(0.6)
            self.canvas.rect(_LEFT + at * width, self.y - height, width, height, stroke=1, fill=0)
            self._write(text, x=_LEFT + at * width + 6, width=width - 12, size=10, height=height)
        self.y -= height

    def _foot(self) -> None:
        stamp = self.sheet.stamp
        self.y = 13.5 * MM
        self._write(stamp.operator, x=_LEFT, width=_WIDTH * 0.68, size=7.5, height=4 * MM)
        self._write(stamp.as_of, x=_LEFT + _WIDTH * 0.6, width=_WIDTH * 0.4, size=7.5, height=4 * MM, align="right")
        self.y = 9.5 * MM
        self._write(stamp.caution, x=_LEFT, width=_WIDTH * 0.4, size=7.5, height=4 * MM, bold=True)
        self.sheet.number_page(x=_LEFT + _WIDTH / 2, y=7 * MM, size=8.5)
