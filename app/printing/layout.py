"""The layout of a printed form, read from ``forms/<form>/vN/layout.toml``: boxes in mm bound to named variables.

A municipality's own layout in its data folder wins over the one that ships with the program.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from app import resources
from app.domain.errors import InputFault

STAMP_VARIABLES = ("stamp.as_of", "stamp.known_at", "stamp.operator", "stamp.caution", "stamp.place", "stamp.page")
_BOX_KINDS = ("frame", "rule", "text", "value", "field", "check", "qr", "groups", "table")
_VERSION = re.compile(r"v([1-9][0-9]*)")
_PAGES = {"portrait": (210.0, 297.0), "landscape": (297.0, 210.0)}


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

    frame, rule: lines. text: our words. value: a variable. field: a frame with a caption and a variable. check: a square,
    ticked when the variable holds one of ``equals`` (codes separated by commas). qr: the variable as QR code, quiet zone
    included. groups: the variable in large groups, ``per_line`` to a line. table: ruled lines to write on.
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


@dataclass(frozen=True, slots=True)
class Variable:
    """A named value. ``label`` is its name for people, ``sample`` what a trial print shows."""

    label: str
    sample: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of paper within the page. ``least`` and ``most`` bound the lines of a sheet that is ruled to order."""

    boxes: tuple[Box, ...]
    columns: int = 1
    rows: int = 1
    least: int = 0
    most: int = 0
    cut_marks: bool = False


@dataclass(frozen=True, slots=True)
class FormLayout:
    """A form's layout. ``cells`` by number per page; a form ruled to order has the single key 0."""

    form: str
    version: int
    title: str
    page: tuple[float, float]
    variables: Mapping[str, Variable]
    cells: Mapping[int, Cell]
    digest: str
    path: Path = field(compare=False)

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
        return self.page[0] / cell.columns, self.page[1] / cell.rows


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
        raw = path.read_bytes()
        data = tomllib.loads(raw.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _invalid(path, "", str(error)) from error
    variables = {name: _build(Variable, entry, path, f"variables.{name}") for name, entry in data.get("variables", {}).items()}
    page = _PAGES.get(data.get("page", "portrait"))
    if page is None or not data.get("layouts"):
        raise _invalid(path, "page" if page is None else "layouts", "missing or unknown")
    cells = {}
    for name, entry in data["layouts"].items():
        if not name.isdigit():
            raise _invalid(path, f"layouts.{name}", "not a number")
        boxes = tuple(_read_box(box, path, f"layouts.{name}.boxes.{index}") for index, box in enumerate(entry.get("boxes", ())))
        cells[int(name)] = _build(Cell, {**entry, "boxes": boxes}, path, f"layouts.{name}")
    layout = FormLayout(form, version, data.get("title", form), page, variables, cells, hashlib.sha256(raw).hexdigest(), path)
    _check(layout)
    return layout


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
        if (wanted == "float" and not number) or (wanted in ("str", "int", "bool") and type(value).__name__ != wanted):
            raise _invalid(path, f"{where}.{key}", f"not {wanted}")
    lacking = [name for name, item in known.items() if item.default is MISSING and item.default_factory is MISSING and name not in entry]
    if lacking:
        raise _invalid(path, f"{where}.{lacking[0]}", "missing")
    return kind(**entry)


def _check(layout: FormLayout) -> None:
    for count, cell in layout.cells.items():
        width, height = layout.measure_cell(cell)
        for index, box in enumerate(cell.boxes):
            where = f"layouts.{count}.boxes.{index}"
            if box.kind not in _BOX_KINDS:
                raise _invalid(layout.path, f"{where}.kind", box.kind)
            if box.x < 0 or box.y < 0 or box.x + box.w > width + 0.01 or box.y + box.h > height + 0.01:
                raise _invalid(layout.path, where, "outside the paper")
            if box.var and box.var not in layout.variables and box.var not in STAMP_VARIABLES:
                raise _invalid(layout.path, f"{where}.var", box.var)


def _invalid(path: Path, where: str, reason: str) -> InputFault:
    return InputFault("print.layout_invalid", path=str(path), column=where or None, reason=reason)
