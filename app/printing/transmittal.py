"""The transmittal on paper: a first page with sum, files, hashes and boxes for seals, then every line of the files in readable form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from app.presentation.transmittal import FileWords, Transmittal
from app.printing.first_page import LEFT, RIGHT, WIDTH, FirstPage
from app.printing.fonts import FontBook
from app.printing.lists import PrintColumn, render_list
from app.printing.report import JobLike, PageStamp, PrintReport
from app.printing.sheet import A4_LONG, MM, Sheet

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


class _FirstPage(FirstPage):
    """Draws from the top of the page down; ``y`` is where the next part begins."""

    def __init__(self, sheet: Sheet, words: Transmittal) -> None:
        super().__init__(sheet, top=A4_LONG - 14 * MM)
        self.words = words

    def draw(self) -> None:
        """The whole page."""
        self.sheet.start_page()
        self._stamps()
        self._heading()
        self.facts(self.words.facts, height=7 * MM, size=11, gap=5 * MM)
        self._sum()
        self._files()
        self._received()
        self._foot()
        self.sheet.end_page()

    def _stamps(self) -> None:
        left, top = RIGHT - _STAMP * len(self.words.stamps), self.y
        self.canvas.setLineWidth(0.6)
        for at, title in enumerate(self.words.stamps):
            x = left + at * _STAMP
            self.canvas.rect(x, top - _STAMP_HEAD - _STAMP, _STAMP, _STAMP + _STAMP_HEAD, stroke=1, fill=0)
            self.canvas.line(x, top - _STAMP_HEAD, x + _STAMP, top - _STAMP_HEAD)
            self.write(title, x=x + 2, width=_STAMP - 4, size=9, height=_STAMP_HEAD, align="center")

    def _heading(self) -> None:
        self.write(self.words.to, x=LEFT, width=85 * MM, size=12, height=7 * MM)
        self.y -= 9 * MM
        self.write(self.sheet.stamp.place, x=LEFT, width=85 * MM, size=10, height=6 * MM)
        self.y -= 8 * MM
        mark = " ".join(part for part in (self.sheet.stamp.training, self.words.mark) if part)
        if mark:
            self.canvas.setLineWidth(1.0)
            self.canvas.rect(LEFT, self.y - 9 * MM, 80 * MM, 9 * MM, stroke=1, fill=0)
            self.write(mark, x=LEFT + 4, width=80 * MM - 8, size=14, height=9 * MM, bold=True, align="center")
        self.y -= 18 * MM
        self.write(self.words.title, x=LEFT, width=WIDTH, size=24, height=12 * MM, bold=True, align="center")
        self.y -= 16 * MM
        self.write(self.words.request, x=LEFT, width=WIDTH, size=10.5, height=6 * MM)
        self.y -= 9 * MM

    def _sum(self) -> None:
        height, top = 26 * MM, self.y
        self.canvas.setLineWidth(1.2)
        self.canvas.rect(LEFT, top - height, WIDTH, height, stroke=1, fill=0)
        self.y -= 1.5 * MM
        self.write(self.words.words_label, x=LEFT + 8, width=40 * MM, size=9, height=5 * MM)
        self.y = top - 6 * MM
        self.write(self.words.words, x=LEFT + 10, width=WIDTH - 20, size=20, height=10 * MM, bold=True, align="center")
        self.y = top - 17 * MM
        self.write(self.words.figures, x=LEFT + 10, width=WIDTH * 0.6, size=15, height=7 * MM, bold=True, align="center")
        self.write(self.words.count, x=LEFT + WIDTH * 0.62, width=WIDTH * 0.3, size=15, height=7 * MM, bold=True, align="center")
        self.y = top - height - 5 * MM

    def _files(self) -> None:
        self.write(self.words.files_label, x=LEFT, width=WIDTH, size=10, height=6 * MM, bold=True)
        self.y -= 7 * MM
        height = 15 * MM if len(self.words.files) <= 4 else 10.5 * MM
        for one in self.words.files:
            self._file(one, height)
        self.y -= 2 * MM
        for text in self.words.note:
            self.write(text, x=LEFT, width=WIDTH, size=8, height=4.6 * MM)
            self.y -= 4.6 * MM
        self.y -= 4 * MM

    def _file(self, one: FileWords, height: float) -> None:
        top, line = self.y, height / 3
        self.canvas.setLineWidth(0.4)
        self.canvas.rect(LEFT, top - height, WIDTH, height, stroke=1, fill=0)
        self.write(one.name, x=LEFT + 5, width=WIDTH * 0.55, size=10, height=line, bold=True)
        self.write(one.facts, x=LEFT + WIDTH * 0.56, width=WIDTH * 0.44 - 6, size=10, height=line, align="right")
        for text in one.hash:
            self.y -= line
            self.write(text, x=LEFT + 14, width=WIDTH - 28, size=min(12.5, line * 0.8), height=line)
        self.y = top - height

    def _received(self) -> None:
        self.y = min(self.y, 46 * MM)
        height, width = 11 * MM, WIDTH / len(self.words.received)
        for at, text in enumerate(self.words.received):
            self.canvas.setLineWidth(0.6)
            self.canvas.rect(LEFT + at * width, self.y - height, width, height, stroke=1, fill=0)
            self.write(text, x=LEFT + at * width + 6, width=width - 12, size=10, height=height)
        self.y -= height

    def _foot(self) -> None:
        stamp = self.sheet.stamp
        self.y = 13.5 * MM
        self.write(stamp.operator, x=LEFT, width=WIDTH * 0.68, size=7.5, height=4 * MM)
        self.write(stamp.as_of, x=LEFT + WIDTH * 0.6, width=WIDTH * 0.4, size=7.5, height=4 * MM, align="right")
        self.y = 9.5 * MM
        self.write(stamp.caution, x=LEFT, width=WIDTH * 0.4, size=7.5, height=4 * MM, bold=True)
        self.sheet.number_page(x=LEFT + WIDTH / 2, y=7 * MM, size=8.5)
