"""What would go wrong with a layout, found without printing it; and what differs between two versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from app.domain.characters import split_clusters
from app.printing.fonts import FontBook
from app.printing.layout import STAMP_VARIABLES, Box, Cell, FormLayout
from app.printing.qr import SMALLEST_MODULE, encode_qr
from app.printing.sheet import MM

_SHRUNK = 0.85  # narrower than this is seen
_EDGE = 4.0  # mm that office printers leave white
_PLACED = ("x", "y", "w", "h")


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` with ``params`` is a sentence (messages ``form.problem…``); ``box`` is its number in the cell, -1: the whole layout."""

    code: str
    box: int = -1
    grave: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """``code`` with ``params`` is a sentence (messages ``form.change…``). ``per_page`` says on which paper, 0: all."""

    code: str
    per_page: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)


def find_findings(layout: FormLayout, *, per_page: int, values: Mapping[str, str], fonts: FontBook) -> list[Finding]:
    """Boxes outside the paper or where printers do not reach, unknown variables, codes too small, texts that shrink; grave ones first."""
    cell = layout.cells[per_page]
    found = [finding for number, box in enumerate(cell.boxes) for finding in _check_box(layout, cell, box, number, values, fonts)]
    found += [
        Finding("form.problem_missing", grave=True, params={"label": variable.label})
        for name, variable in layout.variables.items()
        if (variable.required or name == "code") and not any(box.var == name for box in cell.boxes)
    ]
    return sorted(found, key=lambda one: (not one.grave, one.box))


def _check_box(
    layout: FormLayout, cell: Cell, box: Box, number: int, values: Mapping[str, str], fonts: FontBook
) -> Iterator[Finding]:
    width, height = layout.measure_cell(cell)
    if box.x < -0.01 or box.y < -0.01 or box.x + box.w > width + 0.01 or box.y + box.h > height + 0.01:
        yield Finding("form.problem_outside", number, grave=True, params={"width": f"{width:g}", "height": f"{height:g}"})
    elif box.kind not in ("frame", "rule") and _near_edge(layout, cell, box):
        yield Finding("form.problem_edge", number, params={"edge": f"{_EDGE:g}"})
    if box.var and box.var not in layout.variables and box.var not in STAMP_VARIABLES:
        yield Finding("form.problem_variable", number, grave=True, params={"var": box.var})
    if box.kind in ("value", "field", "qr", "rows", "check", "groups") and not box.var:
        yield Finding("form.problem_no_variable", number, grave=True)
    if box.kind == "qr":
        yield from _check_code(box, number, values.get(box.var, ""))
    if box.kind in ("text", "value", "field"):
        yield from _check_text(box, number, box.text if box.kind == "text" else values.get(box.var, ""), fonts)


def _near_edge(layout: FormLayout, cell: Cell, box: Box) -> bool:
    """Only where the piece lies at the edge of the sheet."""
    width, height = layout.measure_cell(cell)
    left, top = cell.margin_x, cell.margin_y
    return box.x + left < _EDGE or box.y + top < _EDGE or box.x + box.w > width + left - _EDGE or box.y + box.h > height + top - _EDGE


def _check_code(box: Box, number: int, value: str) -> Iterator[Finding]:
    if not value:
        return
    try:
        module = encode_qr(value).measure_module(min(box.w, box.h))
    except ValueError:
        yield Finding("form.problem_code_long", number, grave=True, params={"length": len(value)})
        return
    if module < SMALLEST_MODULE - 0.001:
        least = min(box.w, box.h) * SMALLEST_MODULE / module if module else 0
        yield Finding("form.problem_code_small", number, grave=True, params={"module": f"{module:.2f}", "least": f"{least:.0f}"})


def _check_text(box: Box, number: int, text: str, fonts: FontBook) -> Iterator[Finding]:
    if not text or box.w <= 0:
        return
    room = box.w * MM - (box.caption * MM + 2 * MM if box.kind == "field" else 0)
    longest = max(_width(line, box, fonts) for line in text.split("\n"))
    natural = longest * box.size
    if natural <= room:
        if box.size * 0.3528 > box.h * 1.35:
            yield Finding("form.problem_low", number, params={"size": f"{box.size:g}", "height": f"{box.h:g}"})
        return
    rows = min(box.lines, max(1, int(box.h * MM / (box.size * 1.1))))
    share = room * rows / natural
    least = box.min_stretch * min(1.0, box.min_size / box.size)
    if room * box.lines / natural < least * 0.98:
        yield Finding("form.problem_cut", number, grave=True, params={"text": text[:40]})
    elif share < _SHRUNK:
        yield Finding("form.problem_shrunk", number, params={"percent": round(share * 100), "text": text[:24]})


def _width(text: str, box: Box, fonts: FontBook) -> float:
    bold, mincho = box.bold, box.font == "mincho"
    return sum(max(0.0, fonts.find(cluster, bold=bold, mincho=mincho).advance or 1.0) for cluster in split_clusters(text))


# -- two versions ------------------------------------------------------------------------------------------


def compare_layouts(old: FormLayout, new: FormLayout) -> list[Difference]:
    """What somebody who approves ``new`` has to look at: texts first, then what was added, taken away, moved and set otherwise."""
    found: list[Difference] = []
    if old.title != new.title:
        found.append(Difference("form.change_title", 0, {"old": old.title, "new": new.title}))
    for count in sorted(set(old.cells) | set(new.cells)):
        if count not in new.cells or count not in old.cells:
            found.append(Difference("form.change_cell_gone" if count not in new.cells else "form.change_cell_new", count))
        else:
            found += _compare_boxes(old.cells[count].boxes, new.cells[count].boxes, count)
    for name in sorted(set(old.variables) & set(new.variables)):
        if old.variables[name] != new.variables[name]:
            found.append(Difference("form.change_variable", 0, {"label": new.variables[name].label}))
    return found


def _compare_boxes(old: Sequence[Box], new: Sequence[Box], count: int) -> Iterator[Difference]:
    pairs, gone, added = _pair(old, new)
    for before, after in pairs:
        if before.text != after.text:
            yield Difference("form.change_text", count, {"old": before.text, "new": after.text})
    for box in added:
        yield Difference("form.change_added", count, {"box": box})
    for box in gone:
        yield Difference("form.change_removed", count, {"box": box})
    for before, after in pairs:
        yield from _compare_pair(before, after, count)


def _compare_pair(before: Box, after: Box, count: int) -> Iterator[Difference]:
    if any(abs(getattr(before, name) - getattr(after, name)) > 0.005 for name in ("x", "y")):
        moved = {"right": f"{after.x - before.x:+.1f}", "down": f"{after.y - before.y:+.1f}"}
        yield Difference("form.change_moved", count, {"box": after, **moved})
    if abs(before.w - after.w) > 0.005 or abs(before.h - after.h) > 0.005:
        sizes = {"old": f"{before.w:g} × {before.h:g}", "new": f"{after.w:g} × {after.h:g}"}
        yield Difference("form.change_resized", count, {"box": after, **sizes})
    for field_ in fields(Box):
        name = field_.name
        if name not in (*_PLACED, "text", "kind") and getattr(before, name) != getattr(after, name):
            yield Difference("form.change_set", count, {"box": after, "name": name, "old": getattr(before, name), "new": getattr(after, name)})


def _pair(old: Sequence[Box], new: Sequence[Box]) -> tuple[list[tuple[Box, Box]], list[Box], list[Box]]:
    """Boxes that are the same thing in both versions: equal ones, then by kind and content, then by kind and place."""
    rest_old, rest_new = list(old), list(new)
    pairs: list[tuple[Box, Box]] = []
    for box in list(rest_new):
        if box in rest_old:
            rest_old.remove(box)
            rest_new.remove(box)
    for likeness in (_same_content, _same_place):
        for box in list(rest_new):
            found = next((one for one in rest_old if likeness(one, box)), None)
            if found is not None:
                pairs.append((found, box))
                rest_old.remove(found)
                rest_new.remove(box)
    return pairs, rest_old, rest_new


def _same_content(one: Box, other: Box) -> bool:
    return bool(one.var or one.text) and (one.kind, one.var, one.text) == (other.kind, other.var, other.text)


def _same_place(one: Box, other: Box) -> bool:
    return one.kind == other.kind and one.var == other.var and abs(one.x - other.x) < 12 and abs(one.y - other.y) < 12
