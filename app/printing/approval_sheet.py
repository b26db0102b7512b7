"""The approval sheet on paper: a first page with the decision, its sum and boxes for seals, then the list of every line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from app.presentation.approval_sheet import ApprovalSheet, StampBox
from app.printing.fit import Room, fit_text
from app.printing.fonts import FontBook
from app.printing.lists import PrintColumn, render_list
from app.printing.report import JobLike, PageStamp, PrintReport
from app.printing.sheet import A4_LONG, A4_SHORT, MM, Sheet

_LEFT, _RIGHT = 18 * MM, A4_SHORT - 15 * MM
_WIDTH = _RIGHT - _LEFT
_STAMP, _STAMP_HEAD = 22 * MM, 5 * MM
_PAGE_NUMBER = 7 * MM
_COLUMNS = (0.0, 0.42, 0.62, 0.76, 1.0)


def render_approval_sheet(
    out: Path,
    *,
    words: ApprovalSheet,
    columns: Sequence[PrintColumn],
    rows: Iterable[Sequence[str]],
    stamp: PageStamp,
    fonts: FontBook,
    job: JobLike | None = None,
) -> PrintReport:
    """Write ``out`` (A4 upright): first page, then every line, numbered through as "page n of m". Errors as ``render_list``."""
    return render_list(
        out,
        title=words.list_title,
        subtitle=words.list_subtitle,
        columns=columns,
        rows=rows,
        stamp=stamp,
        layout="compact",
        job=job,
        fonts=fonts,
        orientation="portrait",
        before=lambda sheet: _FirstPage(sheet, words).draw(),
    )


class _FirstPage:
    """Draws from the top of the page down; ``y`` is where the next part begins."""

    def __init__(self, sheet: Sheet, words: ApprovalSheet) -> None:
        self.sheet, self.words = sheet, words
        self.canvas: Any = sheet.canvas
        self.y = A4_LONG - 12 * MM

    def draw(self) -> None:
        """The whole page."""
        self.sheet.start_page()
        self._stamps()
        self._title()
        self._facts()
        self._decision()
        self._sum()
        self._categories()
        self._digest()
        self._history()
        self._foot()
        self.sheet.end_page()

    def _write(self, text: str, *, x: float, width: float, size: float, height: float, bold: bool = False, align: str = "left") -> None:
        """One fitted line in the middle of a row that begins at ``y``."""
        fitted = fit_text(self.sheet.text, text, room=Room(width, size, size * 0.6, 0.7, 1), bold=bold)
        for line in fitted.lines:
            natural = line.width * fitted.size * fitted.stretch
            shift = width - natural if align == "right" else (width - natural) / 2 if align == "center" else 0.0
            baseline = self.y - height / 2 - fitted.size * 0.36
            self.sheet.text.draw(line, x=x + shift, y=baseline, size=fitted.size, stretch=fitted.stretch)

    def _stamps(self) -> None:
        left = _RIGHT - _STAMP * len(self.words.stamps)
        self.canvas.setLineWidth(0.6)
        for at, box in enumerate(self.words.stamps):
            self._stamp(left + at * _STAMP, box)

    def _stamp(self, x: float, box: StampBox) -> None:
        top, canvas = self.y, self.canvas
        canvas.rect(x, top - _STAMP_HEAD - _STAMP, _STAMP, _STAMP + _STAMP_HEAD, stroke=1, fill=0)
        canvas.line(x, top - _STAMP_HEAD, x + _STAMP, top - _STAMP_HEAD)
        self._write(box.title, x=x + 2, width=_STAMP - 4, size=9, height=_STAMP_HEAD, align="center")
        self.y = top - _STAMP_HEAD - _STAMP + 7.6 * MM
        self._write(box.name, x=x + 2, width=_STAMP - 4, size=7.5, height=3.6 * MM, align="center")
        self.y -= 3.6 * MM
        self._write(box.day, x=x + 2, width=_STAMP - 4, size=6.5, height=3.4 * MM, align="center")
        self.y = top

    def _title(self) -> None:
        mark = " ".join(part for part in (self.sheet.stamp.training, self.words.mark) if part)
        self._write(self.sheet.stamp.place, x=_LEFT, width=78 * MM, size=10, height=6 * MM)
        self.y -= 10 * MM
        if mark:
            self.canvas.rect(_LEFT, self.y - 8 * MM, 46 * MM, 8 * MM, stroke=1, fill=0)
            self._write(mark, x=_LEFT + 4, width=46 * MM - 8, size=13, height=8 * MM, bold=True, align="center")
        self.y -= 21 * MM
        self._write(self.words.title, x=_LEFT, width=_WIDTH, size=24, height=12 * MM, bold=True, align="center")
        self.y -= 15 * MM

    def _facts(self) -> None:
        height, label = 6.4 * MM, 30 * MM
        top = self.y
        self.canvas.setLineWidth(0.3)
        for name, text in self.words.facts:
            self.canvas.setFillGray(0.93)
            self.canvas.rect(_LEFT, self.y - height, label, height, stroke=0, fill=1)
            self.canvas.setFillGray(0)
            self._write(name, x=_LEFT + 3, width=label - 6, size=9, height=height)
            self._write(text, x=_LEFT + label + 4, width=_WIDTH - label - 8, size=10.5, height=height)
            self.canvas.line(_LEFT, self.y, _RIGHT, self.y)
            self.y -= height
        self.canvas.line(_LEFT + label, top, _LEFT + label, self.y)
        self.canvas.rect(_LEFT, self.y, _WIDTH, top - self.y, stroke=1, fill=0)
        self.y -= 3 * MM

    def _decision(self) -> None:
        self._write(self.words.decision, x=_LEFT, width=_WIDTH, size=10.5, height=6 * MM)
        self.y -= 8 * MM

    def _sum(self) -> None:
        height = 25 * MM
        self.canvas.setLineWidth(1.2)
        self.canvas.rect(_LEFT, self.y - height, _WIDTH, height, stroke=1, fill=0)
        top = self.y
        self.y -= 1.5 * MM
        self._write(self.words.words_label, x=_LEFT + 8, width=40 * MM, size=9, height=5 * MM)
        self.y = top - 5.5 * MM
        self._write(self.words.words, x=_LEFT + 10, width=_WIDTH - 20, size=21, height=10 * MM, bold=True, align="center")
        self.y = top - 16 * MM
        self._write(self.words.figures, x=_LEFT + 10, width=_WIDTH * 0.6, size=15, height=7 * MM, bold=True, align="center")
        self._write(self.words.count, x=_LEFT + _WIDTH * 0.62, width=_WIDTH * 0.3, size=15, height=7 * MM, bold=True, align="center")
        self.y = top - height - 3 * MM

    def _categories(self) -> None:
        top, height = self.y, 5.4 * MM
        self._row(self.words.header, height, head=True)
        for line in self.words.lines:
            self._row(line, height)
        self._row(self.words.sum, height, bold=True)
        self.canvas.setLineWidth(0.4)
        self.canvas.rect(_LEFT, self.y, _WIDTH, top - self.y, stroke=1, fill=0)
        for share in _COLUMNS[1:-1]:
            self.canvas.line(_LEFT + _WIDTH * share, top, _LEFT + _WIDTH * share, self.y)
        self.y -= 3.5 * MM

    def _row(self, cells: Sequence[str], height: float, *, head: bool = False, bold: bool = False) -> None:
        if head:
            self.canvas.setFillGray(0.9)
            self.canvas.rect(_LEFT, self.y - height, _WIDTH, height, stroke=0, fill=1)
            self.canvas.setFillGray(0)
        self.canvas.setLineWidth(0.25)
        self.canvas.line(_LEFT, self.y - height, _RIGHT, self.y - height)
        for at, cell in enumerate(cells):
            x, width = _LEFT + _WIDTH * _COLUMNS[at] + 4, _WIDTH * (_COLUMNS[at + 1] - _COLUMNS[at]) - 8
            align = "center" if head else "left" if at == 0 else "right"
            self._write(cell, x=x, width=width, size=9.5, height=height, bold=head or bold, align=align)
        self.y -= height

    def _digest(self) -> None:
        self._write(self.words.digest_label, x=_LEFT, width=26 * MM, size=9.5, height=6 * MM)
        self._write(self.words.digest, x=_LEFT + 28 * MM, width=_WIDTH - 28 * MM, size=14, height=6 * MM, bold=True)
        self.y -= 6 * MM
        self._write(self.words.digest_note, x=_LEFT, width=_WIDTH, size=7.5, height=4.5 * MM)
        self.y -= 6 * MM

    def _history(self) -> None:
        room = int((self.y - 22 * MM) / (4.4 * MM))
        if room < 2:
            return
        self._write(self.words.history_label, x=_LEFT, width=_WIDTH, size=8.5, height=4.6 * MM, bold=True)
        self.y -= 4.8 * MM
        for at, step, by, reason in self.words.history[-(room - 1) :]:
            for text, x, width in ((at, 0, 46), (step, 47, 26), (by, 74, 34), (reason, 109, 66)):
                self._write(text, x=_LEFT + x * MM, width=width * MM, size=8, height=4.4 * MM)
            self.y -= 4.4 * MM

    def _foot(self) -> None:
        stamp = self.sheet.stamp
        self.y = 13.5 * MM
        self._write(stamp.operator, x=_LEFT, width=_WIDTH * 0.68, size=7.5, height=4 * MM)
        self._write(stamp.as_of, x=_LEFT + _WIDTH * 0.6, width=_WIDTH * 0.4, size=7.5, height=4 * MM, align="right")
        self.y = 9.5 * MM
        self._write(stamp.caution, x=_LEFT, width=_WIDTH * 0.4, size=7.5, height=4 * MM, bold=True)
        self.sheet.number_page(x=_LEFT + _WIDTH / 2, y=_PAGE_NUMBER, size=8.5)
