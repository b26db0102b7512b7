"""Printed forms: evacuee cards, blank roster sheets, the recovery key. A form with a hole is refused, never printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import InputFault
from app.printing.boxes import BoxPainter
from app.printing.fonts import FontBook
from app.printing.layout import Cell, FormLayout, find_layout
from app.printing.papers import find_cuts
from app.printing.report import PageStamp, PrintRefused, PrintReport, Problem
from app.printing.sheet import MM, Sheet, open_sheet

_STATIC = "cell"
_NOTE_AT = (6, 4.0)  # mm from the lower left corner of a card


@dataclass(frozen=True, slots=True, kw_only=True)
class FormReport(PrintReport):
    """What was printed with which layout, to be kept with an issued paper: ``layout_digest`` is the SHA-256 of the layout file."""

    form: str
    version: int
    layout_digest: str


def render_form(
    out: Path,
    *,
    form: str,
    records: Sequence[Mapping[str, str]],
    per_page: int,
    stamp: PageStamp,
    version: int | None = None,
    overrides_dir: Path | None = None,
    fonts: FontBook | None = None,
) -> FormReport:
    """Write the records on A4 pages: ``per_page`` to a page, or (a form ruled to order) one a page with so many lines.

    An empty mapping is a blank paper for handwriting. Raises PrintRefused with every problem of every record and writes
    nothing if a character has no glyph, a text does not fit, a needed value is missing or a code would not be readable;
    InputFault for an unknown form, a faulty layout, a variable the form does not know, a number per page it does not offer;
    EnvironmentFault when the file cannot be written.
    """
    layout = find_layout(form, version=version, overrides=overrides_dir)
    cell = layout.choose_cell(per_page)
    problems = _check_values(layout, records)
    width, height = layout.page
    with open_sheet(out, title=layout.title, size=(width * MM, height * MM), stamp=stamp, fonts=fonts) as sheet:
        painter = BoxPainter(sheet.canvas, sheet.text, height=layout.measure_cell(cell)[1] * MM, lines=per_page)
        with sheet.draw_form(_STATIC):
            painter.draw_static(cell)
        step = cell.columns * cell.rows
        pages = max(1, -(-len(records) // step))
        for page in range(pages):
            sheet.start_page(watermark=False)
            chunk = records[page * step : (page + 1) * step]
            _draw_page(sheet, painter, layout, cell, chunk, first=page * step, pages=pages)
            sheet.end_page()
        problems += painter.problems
        if problems:
            raise PrintRefused(form=form, problems=sorted(problems, key=lambda problem: problem.row))
    return FormReport(pages=pages, form=form, version=layout.version, layout_digest=layout.digest)


def _check_values(layout: FormLayout, records: Sequence[Mapping[str, str]]) -> list[Problem]:
    """Values that are needed and missing. A record without any value is a blank paper and needs none."""
    problems = []
    for row, record in enumerate(records):
        unknown = sorted(record.keys() - layout.variables.keys())
        if unknown:
            raise InputFault("print.variable_unknown", form=layout.form, column=unknown[0])
        problems += [
            Problem(code="print.value_missing", row=row, column=name, params={"label": layout.variables[name].label})
            for name in (layout.find_missing(record) if any(record.values()) else ())
        ]
    return problems


def _draw_page(
    sheet: Sheet, painter: BoxPainter, layout: FormLayout, cell: Cell, records: Sequence[Mapping[str, str]], *, first: int, pages: int
) -> None:
    canvas, stamp = sheet.canvas, sheet.stamp
    width, height = (length * MM for length in layout.measure_cell(cell))
    shared = {
        "stamp.as_of": stamp.as_of,
        "stamp.known_at": stamp.known_at,
        "stamp.operator": stamp.operator,
        "stamp.caution": stamp.caution,
        "stamp.place": stamp.place,
        "stamp.page": stamp.page_format.format(page=sheet.pages, pages=pages),
    }
    for index, record in enumerate(records):
        left, top = layout.place_piece(cell, index)
        canvas.saveState()
        canvas.translate(left * MM, sheet.size[1] - top * MM - height)
        sheet.draw_watermark(width, height)  # on each piece of paper: cards are cut apart
        canvas.doForm(_STATIC)
        painter.draw_values(cell, {**shared, **record}, row=first + index)
        if sheet.text.take_marked():  # on each piece of paper, too
            sheet.note_substitutes(x=_NOTE_AT[0] * MM, y=_NOTE_AT[1] * MM, size=5)
        canvas.restoreState()
    if cell.cut_marks:
        corners = [layout.place_piece(cell, index) for index in range(cell.columns * cell.rows)]
        down, across = find_cuts(corners, (width / MM, height / MM), layout.page)
        sheet.draw_cuts(down=down, across=across)
