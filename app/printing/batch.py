"""Certificates by the thousand: a record that cannot be printed is left out and listed, the others go on to paper.

What is drawn and refused is what ``forms.render_form`` draws and refuses: the same painter works on both.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from typing import Literal

import pypdfium2  # noqa: F401 - what this module needs is loaded with it, so that the first paper is on the screen at once

from app.domain.errors import InputFault
from app.printing.fonts import FontBook
from app.printing.imposition import BatchOptions, Block, SheetPlan, count_files, find_first_sheet, place_records, plan_sheets, split_blocks
from app.printing.layout import FormLayout, find_layout
from app.printing.papers import arrange
from app.printing.press import PieceFace, Press
from app.printing.raster import draw_pages
from app.printing.report import JobLike, PageStamp, PrintRefused, Problem
from app.printing.seal import Seal, open_seal
from app.usecases.files import atomic_output

__all__ = ["BatchOptions", "BatchReport", "Preview", "SheetPlan", "plan_sheets", "render_batch", "render_labels", "render_one"]

NO_STAMP = PageStamp(as_of="")
SEPARATOR = "batch_separator"
"""The form of the sheet in front of each part of a batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """What was printed. ``stopped``: each fault of each record that was left out (``row``: its number from 0).

    ``layout_digest`` (SHA-256 of the layout's text) and ``version`` are to be kept with issued papers. ``flip``: how a printer that
    prints both sides has to turn the sheet (empty: one side only).
    """

    files: tuple[Path, ...]
    sheets: int
    pages: int
    printed: int
    stopped: tuple[Problem, ...]
    form: str
    version: int
    layout_digest: str
    flip: Literal["", "long", "short"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One paper to look at: the document, its pages as PNG, and its faults (it is drawn all the same)."""

    pdf: bytes
    pictures: tuple[bytes, ...]
    problems: tuple[Problem, ...]


def render_batch(
    out: Path,
    *,
    layout: FormLayout,
    records: Iterable[Mapping[str, str]],
    count: int,
    options: BatchOptions,
    fonts: FontBook,
    job: JobLike,
    seal: bytes | None = None,
    seal_width: float = 0.0,
    stamp: PageStamp = NO_STAMP,
) -> BatchReport:
    """Write the records (``count`` of them, read once, in order) to ``out``, or to ``out`` with "-01of12" in its name when there are several files.

    Values the layout does not know are passed over. All files appear together at the end, or none. ``seal``: PNG or JPEG of the 公印,
    ``seal_width`` mm wide on the layout's paper (0: as large as its box). ``stamp.training`` stands across every piece of paper.
    Raises InputFault (``print.option``, ``print.per_page``, ``print.no_back``, ``print.code_box_small``: no code of this layout could be
    read, ``print.seal_unreadable``), PrintRefused for a hole in what is the same on all papers, EnvironmentFault, Cancelled.
    """
    options.check()
    run = _Run(layout, options, fonts=fonts, stamp=stamp, seal=None if seal is None else open_seal(seal, width=seal_width))
    tracked = iter(job.track(islice(records, count), "print.drawing", total=count))
    files = count_files(count, options)
    with ExitStack() as opened:
        for number, blocks in groupby(split_blocks(count, options), key=lambda block: block.file):
            path = out if files == 1 else out.with_name(f"{out.stem}-{number + 1:02d}of{files:02d}{out.suffix}")
            run.print_file(path, blocks, tracked, opened=opened)
        next(tracked, None)  # tells that all is done
    return run.report()


def render_labels(
    out: Path,
    *,
    layout: FormLayout,
    records: Iterable[Mapping[str, str]],
    count: int,
    options: BatchOptions,
    fonts: FontBook,
    job: JobLike,
    stamp: PageStamp = NO_STAMP,
) -> BatchReport:
    """Labels (punched: no cut marks), neighbours side by side, beginning at place ``options.skip`` of a half-used sheet. Else as ``render_batch``."""
    places = options.nup if options.nup in layout.cells else max(layout.cells)
    asked = replace(options, nup=places, imposition="order", duplex=False, back_to_back=False, cut_marks=False)
    return render_batch(out, layout=layout, records=records, count=count, options=asked, fonts=fonts, job=job, stamp=stamp)


def render_one(
    record: Mapping[str, str],
    *,
    layout: FormLayout,
    options: BatchOptions,
    fonts: FontBook,
    seal: bytes | None = None,
    seal_width: float = 0.0,
    stamp: PageStamp = NO_STAMP,
    dpi: int = 110,
) -> Preview:
    """One record on its paper (``options.nup`` > 1: on all places), both sides if ``options.duplex``. Faults are told, not raised.

    InputFault as ``render_batch``.
    """
    asked = replace(options, separators=0, start=0, skip=0)
    asked.check()
    run = _Run(layout, asked, fonts=fonts, stamp=stamp, seal=None if seal is None else open_seal(seal, width=seal_width))
    press = run.open_press()
    sides, problems = run.draw(press, record, 0)
    run.lay_sheet(press, [0] * asked.per_sheet, {0: sides})
    pdf = press.finish(flip=run.flip)
    pictures = []
    for page in draw_pages(pdf, dpi=dpi):
        picture = io.BytesIO()
        page.save(picture, format="PNG", compress_level=1)
        pictures.append(picture.getvalue())
    return Preview(pdf=pdf, pictures=tuple(pictures), problems=(*press.problems, *problems))


Sides = tuple[bytes, bytes]
"""A record drawn: the packed content of its front and of its back."""


class _Run:
    """One batch on its way: what all its files share, and what came of it so far."""

    def __init__(self, layout: FormLayout, options: BatchOptions, *, fonts: FontBook, stamp: PageStamp, seal: Seal | None) -> None:
        self._layout, self._options, self._fonts, self._stamp, self._seal = layout, options, fonts, stamp, seal
        self._paper = arrange(layout, options)
        self._shared = {
            "stamp.as_of": stamp.as_of, "stamp.known_at": stamp.known_at, "stamp.operator": stamp.operator,
            "stamp.caution": stamp.caution, "stamp.place": stamp.place,
        }  # fmt: skip
        self._files: list[Path] = []
        self._stopped: list[Problem] = []
        self._sheets = self._pages = self._printed = self._parts = 0
        self.flip: Literal["", "long", "short"] = ""
        if options.duplex:
            self.flip = "long" if self._paper.width <= self._paper.height else "short"

    def open_press(self) -> Press:
        """A new document with what is the same on all papers."""
        press = Press(
            self._paper, title=self._layout.title, fonts=self._fonts, stamp=self._stamp, offset=self._options.offset,
            preprinted=self._options.preprinted, seal=self._seal,
        )  # fmt: skip
        if self._options.cut_marks and self._options.nup > 1:
            press.draw_cut_marks()
        return press

    def print_file(self, path: Path, blocks: Iterable[Block], records: Iterator[Mapping[str, str]], *, opened: ExitStack) -> None:
        """The stacks of one file; it takes its name when ``opened`` closes. Nothing is written when nobody is left to print."""
        press: Press | None = None
        for block in blocks:
            self._parts += 1
            if block.last <= self._options.start:
                for _ in islice(records, block.last - block.first):
                    pass
                continue
            if press is None:
                press = self.open_press()
                if press.problems:
                    raise PrintRefused(form=self._layout.form, problems=press.problems)
            self._print_block(press, block, records)
        if press is not None and press.pages:
            opened.enter_context(atomic_output(path)).write_bytes(press.finish(flip=self.flip))
            self._files.append(path)
            self._pages += press.pages

    def _print_block(self, press: Press, block: Block, records: Iterator[Mapping[str, str]]) -> None:
        first = find_first_sheet(block, self._options)
        placed = place_records(block, self._options)[first:]
        wanted = {number for sheet in placed for number in sheet}
        drawn: dict[int, Sides] = {}
        names: list[str] = []
        for number, record in zip(range(block.first, block.last), records, strict=False):
            if number not in wanted:
                continue
            sides, problems = self.draw(press, record, number)
            if problems:
                self._stop(problems)
            else:
                self._printed += 1
                drawn[number] = sides
                names = [*names[:1], record.get(self._options.number_var, "")]
        if drawn and self._options.separators and not first:
            self._lay_separator(press, names, count=len(drawn))
        for sheet in placed:
            self.lay_sheet(press, sheet, drawn)

    def _stop(self, problems: list[Problem]) -> None:
        """A record is left out. When a code is too dense for its box before anybody was printed, so are all others."""
        dense = next((problem for problem in problems if problem.code == "print.code_too_dense"), None)
        if dense is not None and not self._printed:
            told = dense.params
            raise InputFault(
                "print.code_box_small", form=self._layout.title, side=told["side"], needed=told["needed"], module=told["module"]
            )
        self._stopped += problems

    def draw(self, press: Press, record: Mapping[str, str], number: int) -> tuple[Sides, list[Problem]]:
        """Both sides of a record and everything that is wrong with it."""
        problems = [
            Problem(code="print.value_missing", row=number, column=name, params={"label": self._layout.variables[name].label})
            for name in self._layout.find_missing(record)
        ]
        values = {**self._shared, **record}
        front, found = press.front.draw(values, row=number)
        problems += found
        back = b""
        if press.back is not press.front:
            back, found = press.back.draw(values, row=number)
            problems += found
        return (front, back), problems

    def lay_sheet(self, press: Press, sheet: list[int | None], drawn: Mapping[int, Sides]) -> None:
        """One sheet of paper, or none when everybody on it was left out."""
        if not any(number in drawn for number in sheet):
            return
        paper, nup = self._paper, self._options.nup
        press.lay_page(_on_places(press.front, paper.places, sheet, drawn, side=0))
        self._sheets += 1
        if not self._options.duplex:
            return
        behind = tuple(paper.mirror(place) for place in paper.places)
        if self._options.back_to_back:
            press.lay_page(_on_places(press.back, behind, sheet[nup:], drawn, side=0))
        else:
            press.lay_page(_on_places(press.back, behind, sheet, drawn, side=1))

    def _lay_separator(self, press: Press, names: list[str], *, count: int) -> None:
        """The sheet in front of a part: which certificates follow."""
        values = {
            "batch": self._options.batch_name, "first": names[0], "last": names[-1], "count": f"{count:,}", "part": str(self._parts),
            **self._shared,
        }  # fmt: skip
        press.lay_separator(find_layout(SEPARATOR), values, page=self._options.page, both_sides=self._options.duplex)
        self._sheets += 1

    def report(self) -> BatchReport:
        """What came of it all."""
        return BatchReport(
            files=tuple(self._files), sheets=self._sheets, pages=self._pages, printed=self._printed, stopped=tuple(self._stopped),
            form=self._layout.form, version=self._layout.version, layout_digest=self._layout.digest, flip=self.flip,
        )  # fmt: skip


def _on_places(
    face: PieceFace, places: tuple[tuple[float, float], ...], sheet: list[int | None], drawn: Mapping[int, Sides], *, side: int
) -> list[tuple[PieceFace, tuple[float, float], bytes]]:
    """The pieces of one page: those of the records that were drawn."""
    return [
        (face, place, drawn[number][side]) for place, number in zip(places, sheet, strict=False) if number is not None and number in drawn
    ]
