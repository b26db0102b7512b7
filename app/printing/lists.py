"""Lists on paper: a roster in large print or fifty lines to a page, with everything a page must say about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.printing.fit import Fitted, Room, fit_text
from app.printing.fonts import FontBook
from app.printing.report import JobLike, PageStamp, PrintReport, Problem
from app.printing.sheet import A4_LONG, A4_SHORT, MM, Sheet, open_sheet
from app.printing.typeset import middle_baseline

JOB_LABEL = "print.drawing"
_WIDE_SPACE = chr(0x3000)
_RULE_EVERY = 5  # rows between two stronger rules, so that the eye keeps the line


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintColumn:
    """A printed column. ``width`` is relative, best the usual length in full-width characters. ``key`` names it in problems."""

    header: str
    width: float
    align: Literal["left", "right", "center"] = "left"
    key: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """Measures of a layout in points: text, cells, and the margins (inner is where the pages are bound)."""

    size: float
    min_size: float
    min_stretch: float
    max_lines: int
    padding: float
    inner: float
    outer: float
    edge: float
    title_size: float
    note_size: float
    lines_per_page: int


FACES = {
    "large": Face(12, 11, 0.82, 3, 3, 14 * MM, 12 * MM, 10 * MM, 17, 11, 0),
    "compact": Face(8, 6, 0.75, 1, 1.6, 13 * MM, 8 * MM, 7 * MM, 11, 7.5, 50),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything stands on the page. ``x`` and widths are from the left margin; ``top`` and ``bottom`` bound the rows."""

    face: Face
    size: tuple[float, float]
    columns: tuple[PrintColumn, ...]
    shown: tuple[int, ...]
    starts: tuple[float, ...]
    widths: tuple[float, ...]
    header_height: float
    top: float
    bottom: float

    @property
    def width(self) -> float:
        """Width of the table."""
        return self.starts[-1] + self.widths[-1]

    @property
    def row_height(self) -> float:
        """Height of a row of one line."""
        if self.face.lines_per_page:
            return (self.top - self.bottom) / self.face.lines_per_page
        return self.face.size * 1.3 + 6


def render_list(
    out: Path,
    *,
    title: str,
    columns: Sequence[PrintColumn],
    rows: Iterable[Sequence[str]],
    stamp: PageStamp,
    layout: Literal["large", "compact"],
    job: JobLike | None = None,
    fonts: FontBook | None = None,
    subtitle: str = "",
    orientation: Literal["auto", "portrait", "landscape"] = "auto",
    group_key: str | None = None,
    group_break: Literal["page", "heading"] = "page",
    before: Callable[[Sheet], None] | None = None,
) -> PrintReport:
    """Write the rows (one text per column) as an A4 PDF and tell how many pages and which faults it has.

    Every page repeats title, ``subtitle`` (the conditions asked for), stamp and column headers and carries its number.
    ``group_key`` names a column that is not printed; where its value changes a new page or a sub-heading begins, so rows
    come sorted by it. ``before`` draws pages of its own in front, numbered with the others. A text too wide is narrowed, then set
    smaller or (large) on up to three lines, then cut with an
    ellipsis and a ``print.text_cut`` problem. A character no font has is drawn as a geta sign and reported.
    Raises EnvironmentFault when the file cannot be written, Cancelled by the job, ValueError for a row of the wrong length.
    """
    plan = plan_page(columns, face=FACES[layout], orientation=orientation, subtitle=subtitle, stamp=stamp, group_key=group_key)
    with open_sheet(out, title=title, size=plan.size, stamp=stamp, fonts=fonts) as sheet:
        if before is not None:
            before(sheet)
        writer = _ListWriter(sheet, plan, title=title, subtitle=subtitle)
        group_at = None if group_key is None else [column.key for column in columns].index(group_key)
        tracked = rows if job is None else job.track(rows, JOB_LABEL)
        for index, row in enumerate(tracked):
            if len(row) != len(columns):
                raise ValueError(f"row {index} has {len(row)} values for {len(columns)} columns")
            if group_at is not None:
                writer.set_group(row[group_at], index=index, new_page=group_break == "page")
            writer.add(index, row)
        writer.close()
    return PrintReport(pages=sheet.pages, problems=tuple(writer.problems))


def plan_page(
    columns: Sequence[PrintColumn],
    *,
    face: Face,
    orientation: str,
    subtitle: str,
    stamp: PageStamp,
    group_key: str | None,
) -> Plan:
    """The measures for these columns. "auto" takes portrait if the columns' widths, read as characters, fit there."""
    shown = tuple(index for index, column in enumerate(columns) if group_key is None or column.key != group_key)
    margins = face.inner + face.outer
    asked = sum(columns[index].width for index in shown) * face.size + 2 * face.padding * len(shown)
    portrait = orientation == "portrait" or (orientation == "auto" and asked <= A4_SHORT - margins)
    size = (A4_SHORT, A4_LONG) if portrait else (A4_LONG, A4_SHORT)
    unit = (size[0] - margins - 2 * face.padding * len(shown)) / sum(columns[index].width for index in shown)
    widths = tuple(columns[index].width * unit + 2 * face.padding for index in shown)
    starts = tuple(sum(widths[:position]) for position in range(len(widths)))
    notes = bool(subtitle or stamp.known_at or stamp.operator or stamp.place)
    header_height = face.size * 1.3 + 2 * face.padding
    head = face.title_size * 1.35 + (face.note_size * 1.45 if notes else 0) + header_height
    return Plan(
        face=face,
        size=size,
        columns=tuple(columns),
        shown=shown,
        starts=starts,
        widths=widths,
        header_height=header_height,
        top=size[1] - face.edge - head,
        bottom=face.edge + face.note_size * 1.8,
    )


class _ListWriter:
    """Puts rows on pages as they come."""

    def __init__(self, sheet: Sheet, plan: Plan, *, title: str, subtitle: str) -> None:
        self.sheet, self.plan, self.title, self.subtitle = sheet, plan, title, subtitle
        self.problems: list[Problem] = []
        self._y = 0.0
        self._rows_here = 0
        self._group: str | None = None
        self._new_page_for_group = False
        self._rules: list[tuple[float, bool]] = []
        self._blocks: list[float] = []  # upper and lower edges of the rows between two group headings
        self._left = plan.face.inner
        self._room = tuple(
            Room(width - 2 * plan.face.padding, plan.face.size, plan.face.min_size, plan.face.min_stretch, plan.face.max_lines)
            for width in plan.widths
        )
        self._draw_frame_once()

    def add(self, index: int, row: Sequence[str]) -> None:
        """Draw one row, on a new page if it does not fit any more."""
        cells = [fit_text(self.sheet.text, row[at], room=room) for at, room in zip(self.plan.shown, self._room, strict=True)]
        height = self._measure_row(cells)
        self._make_space(height)
        face = self.plan.face
        for at, start, room, cell in zip(self.plan.shown, self.plan.starts, self._room, cells, strict=True):
            self._draw_cell(cell, x=self._left + start + face.padding, width=room.width, height=height, align=self.plan.columns[at].align)
            if cell.cut or any(line.missing for line in cell.lines):
                self._report(cell, text=row[at], row=index, column=self.plan.columns[at].key)
        self._y -= height
        self._rows_here += 1
        self._rules.append((self._y, self._rows_here % _RULE_EVERY == 0 and bool(face.lines_per_page)))

    def set_group(self, name: str, *, index: int, new_page: bool) -> None:
        """The group of the rows that follow; draws its heading when it changes."""
        if name == self._group:
            return
        self._group = name
        if new_page and self._rows_here:
            self._end_page()
        line = self.sheet.text.shape(name, bold=True)
        self.problems += self.sheet.text.find_problems((line,), row=index, column="")
        if self._has_page():
            self._make_space((2 if self.plan.face.lines_per_page else 3.5) * self.plan.row_height)  # never the last line of a page
            if self._rows_here:
                self._draw_group()
        # else: the page that begins with the next row starts with the heading

    def close(self) -> None:
        """Finish the last page; a list without rows is one page with its headers."""
        if not self._has_page():
            self._begin_page()
        self._end_page()

    def _has_page(self) -> bool:
        return self._y > 0

    def _make_space(self, height: float) -> None:
        if self._has_page() and self._y - height < self.plan.bottom - 0.01:
            self._end_page()
        if not self._has_page():
            self._begin_page()

    def _measure_row(self, cells: list[Fitted]) -> float:
        if self.plan.face.lines_per_page:
            return self.plan.row_height
        return max(self.plan.row_height, max(len(cell.lines) * cell.size * 1.25 for cell in cells) + 6)

    def _draw_cell(self, cell: Fitted, *, x: float, width: float, height: float, align: str) -> None:
        leading = cell.size * 1.25
        top = self._y - (height - leading * len(cell.lines)) / 2
        for number, line in enumerate(cell.lines):
            room = width - line.width * cell.size * cell.stretch
            shift = room if align == "right" else room / 2 if align == "center" else 0.0
            baseline = middle_baseline(bottom=top - leading * (number + 1), height=leading, size=cell.size)
            self.sheet.text.draw(line, x=x + shift, y=baseline, size=cell.size, stretch=cell.stretch)

    def _report(self, cell: Fitted, *, text: str, row: int, column: str) -> None:
        self.problems += self.sheet.text.find_problems(cell.lines, row=row, column=column)
        if cell.cut:
            self.problems.append(Problem(code="print.text_cut", row=row, column=column, params={"text": text[:120]}))

    def _draw_group(self) -> None:
        """A line with the group's name; counts as a row."""
        height, face = self.plan.row_height, self.plan.face
        canvas = self.sheet.canvas
        canvas.setFillGray(0.9)
        canvas.rect(self._left, self._y - height, self.plan.width, height, stroke=0, fill=1)
        canvas.setFillGray(0)
        y = middle_baseline(bottom=self._y - height, height=height, size=face.size)
        self.sheet.text.write(
            self._group or "", x=self._left + face.padding, y=y, size=face.size, bold=True, width=self.plan.width - 2 * face.padding
        )
        self._blocks += [self._y, self._y - height]
        self._y -= height
        self._rules.append((self._y, False))

    def _begin_page(self) -> None:
        plan, canvas = self.plan, self.sheet.canvas
        self.sheet.start_page()
        self._left = plan.face.inner if self.sheet.pages % 2 else plan.face.outer  # the bound edge changes sides on the back
        canvas.saveState()
        canvas.translate(self._left, 0)
        canvas.doForm("frame")
        canvas.restoreState()
        self.sheet.number_page(x=self._left + plan.width / 2, y=plan.face.edge, size=plan.face.note_size + 1)
        self._y, self._rows_here, self._rules, self._blocks = plan.top, 0, [], [plan.top]
        if self._group is not None:
            self._draw_group()

    def _end_page(self) -> None:
        self._draw_rules()
        self.sheet.end_page()
        self._y, self._rows_here = 0.0, 0

    def _draw_rules(self) -> None:
        """Hairlines between rows and columns, a stronger one every fifth row."""
        canvas, plan, left = self.sheet.canvas, self.plan, self._left
        right, bottom = left + plan.width, self._y
        canvas.setStrokeGray(0.65)
        canvas.setLineWidth(0.25)
        thin = [(left, y, right, y) for y, strong in self._rules if not strong]
        edges = [*self._blocks, bottom]
        blocks = list(zip(edges[::2], edges[1::2], strict=True))
        canvas.lines(thin + [(left + start, high, left + start, low) for start in plan.starts[1:] for high, low in blocks if high > low])
        canvas.setStrokeGray(0)
        canvas.setLineWidth(0.6)
        canvas.lines([(left, y, right, y) for y, strong in self._rules if strong] + [(left, bottom, right, bottom)])
        canvas.lines([(left, plan.top, left, bottom), (right, plan.top, right, bottom)])

    def _draw_frame_once(self) -> None:
        """Head, column headers and foot, the same on each page."""
        with self.sheet.draw_form("frame"):
            self._draw_head()
            self._draw_column_headers()
            plan, stamp = self.plan, self.sheet.stamp
            size = plan.face.note_size
            third = plan.width * 0.4
            self.sheet.text.write(stamp.caution, x=0, y=plan.face.edge, size=size, width=third, bold=True)
            self.sheet.text.write(stamp.as_of, x=plan.width - third, y=plan.face.edge, size=size, width=third, align="right")

    def _draw_head(self) -> None:
        plan, stamp, text = self.plan, self.sheet.stamp, self.sheet.text
        face, canvas = plan.face, self.sheet.canvas
        y = plan.size[1] - face.edge - face.title_size
        size, half = face.title_size * 0.85, plan.width * 0.45
        as_of = text.write(stamp.as_of, x=plan.width - half, y=y, size=size, width=half, align="right", bold=True)
        room = plan.width - min(half, as_of.width * size) - 12
        if stamp.training:
            mark = text.shape(stamp.training, bold=True)
            wide = mark.width * face.title_size + 8
            canvas.rect(0, y - face.title_size * 0.2, wide, face.title_size * 1.15, stroke=1, fill=0)
            text.draw(mark, x=4, y=y, size=face.title_size)
        else:
            wide = -6.0
        lines = [text.write(self.title, x=wide + 6, y=y, size=face.title_size, bold=True, width=room - wide - 6)]
        y -= face.note_size * 1.45
        notes = _WIDE_SPACE.join(part for part in (stamp.place, self.subtitle) if part)
        about = _WIDE_SPACE.join(part for part in (stamp.known_at, stamp.operator) if part)
        right = text.shape(about).width * face.note_size
        share = min(right, plan.width * 0.6)
        lines.append(text.write(about, x=plan.width - share, y=y, size=face.note_size, width=share, align="right"))
        lines.append(text.write(notes, x=0, y=y, size=face.note_size, width=plan.width - share - 12))
        self.problems += text.find_problems(tuple(lines), row=-1, column="")

    def _draw_column_headers(self) -> None:
        plan, face, canvas = self.plan, self.plan.face, self.sheet.canvas
        bottom = plan.top
        canvas.setFillGray(0.9)
        canvas.setLineWidth(0.6)
        canvas.rect(0, bottom, plan.width, plan.header_height, stroke=1, fill=1)
        canvas.setFillGray(0)
        size = min(face.size, 11.0)
        for at, start, width in zip(plan.shown, plan.starts, plan.widths, strict=True):
            y = middle_baseline(bottom=bottom, height=plan.header_height, size=size)
            room = width - 2 * face.padding
            align = "left" if plan.columns[at].align == "left" else "center"
            self.sheet.text.write(plan.columns[at].header, x=start + face.padding, y=y, size=size, width=room, align=align, bold=True)
        canvas.setLineWidth(0.3)
        canvas.lines([(start, bottom, start, bottom + plan.header_height) for start in plan.starts[1:]])
