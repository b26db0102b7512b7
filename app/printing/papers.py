"""Where the pieces of a layout come to lie on real paper: own variants of a layout as they are, others shrunk to fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.errors import InputFault
from app.printing.imposition import PAPERS, BatchOptions
from app.printing.layout import Cell, FormLayout
from app.printing.sheet import MM

_EDGE = 0.5  # mm; nearer to the edge of the paper nothing is cut off


@dataclass(frozen=True, slots=True)
class Face:
    """One side of a piece: its boxes, the size they are drawn for, the scale they come out at, and where in the piece (all mm)."""

    cell: Cell
    width: float
    height: float
    scale: float
    left: float
    top: float


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A sheet in mm: its size, the upper left corners and the size of its pieces, what is drawn on them. ``back`` None: nothing behind."""

    width: float
    height: float
    places: tuple[tuple[float, float], ...]
    piece: tuple[float, float]
    front: Face
    back: Face | None = None

    def mirror(self, place: tuple[float, float]) -> tuple[float, float]:
        """Where the back of a piece lies when the sheet is turned about its upright axis."""
        return self.width - place[0] - self.piece[0], place[1]


def arrange(layout: FormLayout, options: BatchOptions) -> Arrangement:
    """How ``options.nup`` pieces of the layout lie on the paper. Nothing is ever enlarged.

    On A5 the pieces of a variant with twice as many to an A4 are taken as they are, where the layout has one. InputFault
    ``print.per_page`` (no such variant, and none can be made), ``print.no_back`` (both sides wanted, and nothing for the other one).
    """
    count = options.nup
    if options.page == "A5" and max(layout.page) > max(PAPERS["A5"]) and 2 * count in layout.cells:
        count *= 2
    if count not in layout.cells and 1 not in layout.cells:
        layout.choose_cell(count)  # tells which numbers there are
    if count == options.nup and count in layout.cells:
        sheet = _arrange_own(layout, options)
    elif count in layout.cells:
        sheet = _arrange_best(layout.cells[count], layout.measure_cell(layout.cells[count]), options)
    else:
        sheet = _arrange_best(layout.cells[1], layout.page, options)
    if not options.duplex:
        return sheet
    back = sheet.front if options.back_to_back else _find_back(layout, count, sheet.piece)
    if back is None:
        raise InputFault("print.no_back", form=layout.title)
    return replace(sheet, back=back)


def _papers(options: BatchOptions) -> tuple[tuple[float, float], tuple[float, float]]:
    short, long = PAPERS[options.page]
    return (short, long), (long, short)


def _arrange_own(layout: FormLayout, options: BatchOptions) -> Arrangement:
    """The layout's page as it was drawn, in the middle of the paper."""
    cell = layout.cells[options.nup]
    upright, lying = _papers(options)
    width, height = upright if layout.page[0] <= layout.page[1] else lying
    scale = min(1.0, width / layout.page[0], height / layout.page[1])
    left, top = (width - layout.page[0] * scale) / 2, (height - layout.page[1] * scale) / 2
    size = layout.measure_cell(cell)
    corners = (layout.place_piece(cell, index) for index in range(cell.columns * cell.rows))
    places = tuple((left + x * scale, top + y * scale) for x, y in corners)
    face = Face(cell, *size, scale, 0.0, 0.0)
    return Arrangement(width, height, places, (size[0] * scale, size[1] * scale), face)


def _arrange_best(cell: Cell, size: tuple[float, float], options: BatchOptions) -> Arrangement:
    """A drawing of that size so many times: the grid in which it comes out largest."""
    grids = [
        (round(_fit(size, (width / columns, height / rows)), 6), width <= height, -columns, width, height, rows)
        for width, height in _papers(options)
        for columns, rows in _divide(options.nup)
    ]
    _, _, columns, width, height, rows = max(grids)
    piece = width / -columns, height / rows
    places = tuple((piece[0] * column, piece[1] * row) for row in range(rows) for column in range(-columns))
    return Arrangement(width, height, places, piece, _face(cell, size, piece))


def _divide(count: int) -> Iterator[tuple[int, int]]:
    return ((columns, count // columns) for columns in range(1, count + 1) if not count % columns)


def _fit(size: tuple[float, float], piece: tuple[float, float]) -> float:
    return min(1.0, piece[0] / size[0], piece[1] / size[1])


def _face(cell: Cell, size: tuple[float, float], piece: tuple[float, float]) -> Face:
    """The cell, shrunk where needed, in the middle of a piece."""
    scale = _fit(size, piece)
    return Face(cell, *size, scale, (piece[0] - size[0] * scale) / 2, (piece[1] - size[1] * scale) / 2)


def _find_back(layout: FormLayout, count: int, piece: tuple[float, float]) -> Face | None:
    """The layout's own back for that number to an A4, else the one of the whole page, shrunk."""
    for number in (count, 1):
        if number in layout.backs:
            front = layout.cells.get(number, layout.backs[number])
            return _face(layout.backs[number], layout.measure_cell(front), piece)
    return None


def find_cuts(
    corners: Sequence[tuple[float, float]], piece: tuple[float, float], paper: tuple[float, float]
) -> tuple[list[float], list[float]]:
    """Where to cut between pieces with these upper left corners (mm): points from the left, and points from the bottom of the paper."""
    xs = {round(edge, 2) for x, _ in corners for edge in (x, x + piece[0]) if _EDGE < edge < paper[0] - _EDGE}
    ys = {round(edge, 2) for _, y in corners for edge in (y, y + piece[1]) if _EDGE < edge < paper[1] - _EDGE}
    return [x * MM for x in sorted(xs)], [(paper[1] - y) * MM for y in sorted(ys)]
