"""The layout of a printed form, read from ``forms/<form>/vN/layout.toml``: boxes in mm bound to named variables.

A municipality's own layout in its data folder wins over the one that ships with the program.
"""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from app import resources
from app.domain.errors import InputFault

STAMP_VARIABLES = ("stamp.as_of", "stamp.known_at", "stamp.operator", "stamp.caution", "stamp.place", "stamp.page")
BOX_KINDS = ("frame", "rule", "text", "value", "field", "check", "qr", "groups", "table", "rows", "seal")
FONTS = ("gothic", "mincho")
STATIC_KINDS = ("frame", "rule", "text", "table")
"""What stands on paper printed beforehand and is left out there, unless its box says ``printed = true``."""
_NO_FILE = Path("layout.toml")
_VERSION = re.compile(r"v([1-9][0-9]*)")
PAGES = {"portrait": (210.0, 297.0), "landscape": (297.0, 210.0), "a5-portrait": (148.0, 210.0), "a5-landscape": (210.0, 148.0)}
"""Papers a layout is drawn for: width and height in mm. ``portrait`` and ``landscape`` are A4."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a ruled table for handwriting. ``upper`` puts a small caption on a dotted line that splits each cell."""

    header: str
    width: float
    upper: str = ""
    hint: str = ""
    align: str = "left"


@dataclass(frozen=True, slots=True)
class Box:
    """One thing drawn in a cell. ``x`` and ``y`` are mm from the cell's upper left corner, y downwards; sizes are points.

    frame, rule: lines. text: our words. value: a variable, ``prefix`` and ``suffix`` around it where it is not empty. field: a
    frame with a caption and such a value. check: a square, ticked when the variable holds one of ``equals`` (codes separated by
    commas). qr: the variable as QR code, quiet zone included. groups: the variable in large groups, ``per_line`` to a line. table:
    ruled lines to write on. rows: a table of the variable's lines, their cells divided by tabs: ``columns`` wide, ``header`` mm
    high (0: no headings), ruled for ``lines`` lines and for more as long as the text is not smaller than ``min_size``; ``line`` = 0
    leaves the ruling out. seal: the picture of the 公印, where one is given; else ``text``.

    On paper printed beforehand frames, rules, words, headings and squares are left out and values stay. ``printed`` says otherwise:
    true, this stands on no paper beforehand; false, it does.
    """

    kind: str
    x: float
    y: float
    w: float
    h: float
    var: str = ""
    text: str = ""
    hint: str = ""
    size: float = 9.0
    min_size: float = 6.0
    min_stretch: float = 0.7
    lines: int = 1
    align: str = "left"
    bold: bool = False
    caption: float = 0.0
    line: float = 0.2
    fill: float = 1.0
    dash: bool = False
    equals: tuple[str, ...] = ()
    per_line: int = 4
    header: float = 6.0
    numbered: bool = False
    columns: tuple[TableColumn, ...] = ()
    printed: bool | None = None
    prefix: str = ""
    suffix: str = ""
    font: str = "gothic"
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A named value. ``label`` is its name for people, ``sample`` what a trial print shows."""

    label: str
    sample: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of paper within the page. ``least`` and ``most`` bound the lines of a sheet that is ruled to order.

    ``margin_x``, ``margin_y``: mm between the edges of the page and the outermost pieces; ``gap_x``, ``gap_y``: between two pieces.
    """

    boxes: tuple[Box, ...]
    columns: int = 1
    rows: int = 1
    least: int = 0
    most: int = 0
    cut_marks: bool = False
    margin_x: float = 0.0
    margin_y: float = 0.0
    gap_x: float = 0.0
    gap_y: float = 0.0


@dataclass(frozen=True, slots=True)
class FormLayout:
    """A form's layout. ``cells`` by number per page; a form ruled to order has the single key 0.

    ``backs`` are the back sides of pieces (explanations, terms), by number per page as well; their size is that of the front.
    """

    form: str
    version: int
    title: str
    page: tuple[float, float]
    variables: Mapping[str, Variable]
    cells: Mapping[int, Cell]
    digest: str
    path: Path = field(compare=False)
    backs: Mapping[int, Cell] = field(default_factory=dict)

    def choose_cell(self, per_page: int) -> Cell:
        """The cell for so many records (or lines) a page. InputFault ``print.per_page`` names what there is."""
        if 0 in self.cells and self.cells[0].least <= per_page <= self.cells[0].most:
            return self.cells[0]
        if per_page in self.cells and per_page > 0:
            return self.cells[per_page]
        known = f"{self.cells[0].least}-{self.cells[0].most}" if 0 in self.cells else ", ".join(str(count) for count in sorted(self.cells))
        raise InputFault("print.per_page", form=self.form, asked=per_page, known=known)

    def measure_cell(self, cell: Cell) -> tuple[float, float]:
        """Width and height in mm."""
        width = self.page[0] - 2 * cell.margin_x - (cell.columns - 1) * cell.gap_x
        height = self.page[1] - 2 * cell.margin_y - (cell.rows - 1) * cell.gap_y
        return width / cell.columns, height / cell.rows

    def find_missing(self, record: Mapping[str, str]) -> tuple[str, ...]:
        """The required variables that are empty."""
        return tuple(name for name, variable in self.variables.items() if variable.required and not record.get(name))

    def place_piece(self, cell: Cell, index: int) -> tuple[float, float]:
        """The upper left corner, in mm from that of the page, of a piece: from left to right, then down."""
        width, height = self.measure_cell(cell)
        column, row = index % cell.columns, index // cell.columns
        return cell.margin_x + column * (width + cell.gap_x), cell.margin_y + row * (height + cell.gap_y)


def list_forms() -> tuple[str, ...]:
    """The names of the forms that ship with the program."""
    return tuple(sorted(file.parent.parent.name for file in forms_root().glob("*/v1/layout.toml")))


def forms_root() -> Path:
    """Where the program's own forms are."""
    return resources.root() / "forms"


def find_layout(form: str, *, version: int | None = None, overrides: Path | None = None) -> FormLayout:
    """The newest version, or the one asked for; the municipality's own folder first.

    InputFault ``print.form_unknown`` when there is none, ``print.layout_invalid`` (path, field, reason) when it is faulty.
    """
    for root in (overrides, forms_root()):
        found = _list_versions(root / form) if root is not None else {}
        chosen = max(found, default=None) if version is None else version
        if chosen in found:
            return read_layout(found[chosen], form=form, version=chosen)
    raise InputFault("print.form_unknown", form=form, version=version)


def _list_versions(folder: Path) -> dict[int, Path]:
    versions = {}
    for file in folder.glob("v*/layout.toml"):
        match = _VERSION.fullmatch(file.parent.name)
        if match:
            versions[int(match[1])] = file
    return versions


def read_layout(path: Path, *, form: str, version: int) -> FormLayout:
    """Read and check one layout file. InputFault ``print.layout_invalid``."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(path, "", str(error)) from error
    return parse_layout(text, form=form, version=version, path=path)


@lru_cache(maxsize=32)
def parse_layout(text: str, *, form: str, version: int, path: Path = _NO_FILE) -> FormLayout:
    """The layout in the text of a layout file, checked. InputFault ``print.layout_invalid`` (path, column: which key, reason)."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _invalid(path, "", str(error)) from error
    page = PAGES.get(data.get("page", "portrait"))
    if page is None or not _is_table(data.get("layouts")) or not data["layouts"]:
        raise _invalid(path, "page" if page is None else "layouts", "missing or unknown")
    variables = {name: _build(Variable, entry, path, f"variables.{name}") for name, entry in data.get("variables", {}).items()}
    title = data.get("title", form)
    cells, backs = (_read_cells(data.get(key, {}), path, key) for key in ("layouts", "backs"))
    layout = FormLayout(form, version, str(title), page, variables, cells, hashlib.sha256(text.encode("utf-8")).hexdigest(), path, backs)
    _check(layout)
    return layout


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _read_cells(data: Mapping[str, Any], path: Path, where: str) -> dict[int, Cell]:
    cells = {}
    for name, entry in data.items():
        if not name.isdigit() or not _is_table(entry):
            raise _invalid(path, f"{where}.{name}", "not a number")
        boxes = tuple(_read_box(box, path, f"{where}.{name}.boxes.{index}") for index, box in enumerate(entry.get("boxes", ())))
        cells[int(name)] = _build(Cell, {**entry, "boxes": boxes}, path, f"{where}.{name}")
    return cells


def _read_box(entry: Mapping[str, Any], path: Path, where: str) -> Box:
    changed = dict(entry)
    if "equals" in changed:
        changed["equals"] = tuple(changed["equals"])
    if "columns" in changed:
        changed["columns"] = tuple(_build(TableColumn, column, path, f"{where}.columns") for column in changed["columns"])
    box: Box = _build(Box, changed, path, where)
    return box


def _build(kind: Any, entry: Mapping[str, Any], path: Path, where: str) -> Any:
    """The dataclass from a TOML table; refuses unknown and missing keys and wrong types."""
    known = {item.name: item for item in fields(kind)}
    for key, value in entry.items():
        if key not in known:
            raise _invalid(path, f"{where}.{key}", "unknown key")
        wanted = str(known[key].type)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        plain = wanted.removesuffix(" | None")
        if (wanted == "float" and not number) or (plain in ("str", "int", "bool") and type(value).__name__ != plain):
            raise _invalid(path, f"{where}.{key}", f"not {plain}")
    lacking = [name for name, item in known.items() if item.default is MISSING and item.default_factory is MISSING and name not in entry]
    if lacking:
        raise _invalid(path, f"{where}.{lacking[0]}", "missing")
    return kind(**entry)


def _check(layout: FormLayout) -> None:
    for name, cells in (("layouts", layout.cells), ("backs", layout.backs)):
        for count, cell in cells.items():
            front = layout.cells.get(count, cell)
            if (front.columns, front.rows) != (cell.columns, cell.rows) or cell.columns < 1 or cell.rows < 1:
                raise _invalid(layout.path, f"{name}.{count}.columns", "not as many pieces as in front")
            size = layout.measure_cell(front)
            if min(size) <= 0:
                raise _invalid(layout.path, f"{name}.{count}.margin_x", "no room left")
            for index, box in enumerate(cell.boxes):
                _check_box(layout, box, size=size, where=f"{name}.{count}.boxes.{index}")


def _check_box(layout: FormLayout, box: Box, *, size: tuple[float, float], where: str) -> None:
    if box.kind not in BOX_KINDS:
        raise _invalid(layout.path, f"{where}.kind", box.kind)
    if box.font not in FONTS:
        raise _invalid(layout.path, f"{where}.font", box.font)
    values = (box.x, box.y, box.w, box.h, box.size, box.min_size, box.min_stretch, box.line, box.fill, box.caption, box.header)
    if not all(math.isfinite(value) and value >= 0 for value in values):
        raise _invalid(layout.path, where, "not a length")
    if min(box.size, box.min_size, box.min_stretch) <= 0 or box.lines < 1 or box.per_line < 1:
        raise _invalid(layout.path, where, "not a size")
    if box.x + box.w > size[0] + 0.01 or box.y + box.h > size[1] + 0.01:
        raise _invalid(layout.path, where, "outside the paper")
    if box.var and box.var not in layout.variables and box.var not in STAMP_VARIABLES:
        raise _invalid(layout.path, f"{where}.var", box.var)
    if box.kind in ("rows", "table") and (sum(column.width for column in box.columns) <= 0 or box.header >= box.h):
        raise _invalid(layout.path, f"{where}.columns", "no room left")


def _invalid(path: Path, where: str, reason: str) -> InputFault:
    return InputFault("print.layout_invalid", path=str(path), column=where or None, reason=reason)
