"""The approval sheet on paper: a first page with the decision, its sum and boxes for seals, then the list of every line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from app.presentation.approval_sheet import ApprovalSheet, StampBox
from app.printing.first_page import LEFT, RIGHT, WIDTH, FirstPage
from app.printing.fonts import FontBook
from app.printing.lists import PrintColumn, render_list
from app.printing.report import JobLike, PageStamp, PrintReport
from app.printing.sheet import A4_LONG, MM, Sheet

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


class _FirstPage(FirstPage):
    """Draws from the top of the page down; ``y`` is where the next part begins."""

    def __init__(self, sheet: Sheet, words: ApprovalSheet) -> None:
        super().__init__(sheet, top=A4_LONG - 12 * MM)
        self.words = words

    def draw(self) -> None:
        """The whole page."""
        self.sheet.start_page()
        self._stamps()
        self._title()
        self.facts(self.words.facts, height=6.4 * MM, size=10.5, gap=3 * MM)
        self._decision()
        self._sum()
        self._categories()
        self._digest()
        self._history()
        self._foot()
        self.sheet.end_page()

    def _stamps(self) -> None:
        left = RIGHT - _STAMP * len(self.words.stamps)
        self.canvas.setLineWidth(0.6)
        for at, box in enumerate(self.words.stamps):
            self._stamp(left + at * _STAMP, box)

    def _stamp(self, x: float, box: StampBox) -> None:
        top, canvas = self.y, self.canvas
        canvas.rect(x, top - _STAMP_HEAD - _STAMP, _STAMP, _STAMP + _STAMP_HEAD, stroke=1, fill=0)
        canvas.line(x, top - _STAMP_HEAD, x + _STAMP, top - _STAMP_HEAD)
        self.write(box.title, x=x + 2, width=_STAMP - 4, size=9, height=_STAMP_HEAD, align="center")
        self.y = top - _STAMP_HEAD - _STAMP + 7.6 * MM
        self.write(box.name, x=x + 2, width=_STAMP - 4, size=7.5, height=3.6 * MM, align="center")
        self.y -= 3.6 * MM
        self.write(box.day, x=x + 2, width=_STAMP - 4, size=6.5, height=3.4 * MM, align="center")
        self.y = top

    def _title(self) -> None:
        mark = " ".join(part for part in (self.sheet.stamp.training, self.words.mark) if part)
        self.write(self.sheet.stamp.place, x=LEFT, width=78 * MM, size=10, height=6 * MM)
        self.y -= 10 * MM
        if mark:
            self.canvas.rect(LEFT, self.y - 8 * MM, 46 * MM, 8 * MM, stroke=1, fill=0)
            self.write(mark, x=LEFT + 4, width=46 * MM - 8, size=13, height=8 * MM, bold=True, align="center")
        self.y -= 21 * MM
        self.write(self.words.title, x=LEFT, width=WIDTH, size=24, height=12 * MM, bold=True, align="center")
        self.y -= 15 * MM

    def _decision(self) -> None:
        self.write(self.words.decision, x=LEFT, width=WIDTH, size=10.5, height=6 * MM)
        self.y -= 8 * MM

    def _sum(self) -> None:
        height = 25 * MM
        self.canvas.setLineWidth(1.2)
        self.canvas.rect(LEFT, self.y - height, WIDTH, height, stroke=1, fill=0)
        top = self.y
        self.y -= 1.5 * MM
        self.write(self.words.words_label, x=LEFT + 8, width=40 * MM, size=9, height=5 * MM)
        self.y = top - 5.5 * MM
        self.write(self.words.words, x=LEFT + 10, width=WIDTH - 20, size=21, height=10 * MM, bold=True, align="center")
        self.y = top - 16 * MM
        self.write(self.words.figures, x=LEFT + 10, width=WIDTH * 0.6, size=15, height=7 * MM, bold=True, align="center")
        self.write(self.words.count, x=LEFT + WIDTH * 0.62, width=WIDTH * 0.3, size=15, height=7 * MM, bold=True, align="center")
        self.y = top - height - 3 * MM

    def _categories(self) -> None:
        top, height = self.y, 5.4 * MM
        self._row(self.words.header, height, head=True)
        for line in self.words.lines:
            self._row(line, height)
        self._row(self.words.sum, height, bold=True)
        self.canvas.setLineWidth(0.4)
        self.canvas.rect(LEFT, self.y, WIDTH, top - self.y, stroke=1, fill=0)
        for share in _COLUMNS[1:-1]:
            self.canvas.line(LEFT + WIDTH * share, top, LEFT + WIDTH * share, self.y)
        self.y -= 3.5 * MM

    def _row(self, cells: Sequence[str], height: float, *, head: bool = False, bold: bool = False) -> None:
        if head:
            self.canvas.setFillGray(0.9)
            self.canvas.rect(LEFT, self.y - height, WIDTH, height, stroke=0, fill=1)
            self.canvas.setFillGray(0)
        self.canvas.setLineWidth(0.25)
        self.canvas.line(LEFT, self.y - height, RIGHT, self.y - height)
        for at, cell in enumerate(cells):
            x, width = LEFT + WIDTH * _COLUMNS[at] + 4, WIDTH * (_COLUMNS[at + 1] - _COLUMNS[at]) - 8
            align = "center" if head else "left" if at == 0 else "right"
            self.write(cell, x=x, width=width, size=9.5, height=height, bold=head or bold, align=align)
        self.y -= height

    def _digest(self) -> None:
        self.write(self.words.digest_label, x=LEFT, width=26 * MM, size=9.5, height=6 * MM)
        self.write(self.words.digest, x=LEFT + 28 * MM, width=WIDTH - 28 * MM, size=14, height=6 * MM, bold=True)
        self.y -= 6 * MM
        self.write(self.words.digest_note, x=LEFT, width=WIDTH, size=7.5, height=4.5 * MM)
        self.y -= 6 * MM

    def _history(self) -> None:
        room = int((self.y - 22 * MM) / (4.4 * MM))
        if room < 2:
            return
        self.write(self.words.history_label, x=LEFT, width=WIDTH, size=8.5, height=4.6 * MM, bold=True)
        self.y -= 4.8 * MM
        for at, step, by, reason in self.words.history[-(room - 1) :]:
            for text, x, width in ((at, 0, 46), (step, 47, 26), (by, 74, 34), (reason, 109, 66)):
                self.write(text, x=LEFT + x * MM, width=width * MM, size=8, height=4.4 * MM)
            self.y -= 4.4 * MM

    def _foot(self) -> None:
        stamp = self.sheet.stamp
        self.y = 13.5 * MM
        self.write(stamp.operator, x=LEFT, width=WIDTH * 0.68, size=7.5, height=4 * MM)
        self.write(stamp.as_of, x=LEFT + WIDTH * 0.6, width=WIDTH * 0.4, size=7.5, height=4 * MM, align="right")
        self.y = 9.5 * MM
        self.write(stamp.caution, x=LEFT, width=WIDTH * 0.4, size=7.5, height=4 * MM, bold=True)
        self.sheet.number_page(x=LEFT + WIDTH / 2, y=_PAGE_NUMBER, size=8.5)
