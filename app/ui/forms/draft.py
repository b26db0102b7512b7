"""A layout being changed: boxes moved, resized, written, added, taken away; each step can be undone. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.printing.layout import Box, Cell, FormLayout, TableColumn

STEP, FINE = 0.5, 0.1  # mm
_LEAST = 1.0  # mm: a box must stay something one can take hold of
_MOST_STEPS = 400
WORDED = frozenset({"text", "field", "check", "seal"})
"""Boxes that hold words of ours."""
_PARTS = {"left", "right", "top", "bottom"}


def snap(value: float, step: float = STEP) -> float:
    """The nearest multiple of the step."""
    return round(round(value / step) * step, 3)


class Draft:
    """The layout of a form while somebody changes it. ``per_page`` is the paper being worked on, ``selected`` a box of it (-1: none).

    Changes with the same ``tag`` in a row are one step: a drag, a word being typed.
    """

    def __init__(self, layout: FormLayout, *, per_page: int | None = None) -> None:
        self.layout = self.saved = layout
        self.per_page = per_page if per_page in layout.cells else next(iter(sorted(layout.cells)))
        self.selected = -1
        self._undo: list[tuple[FormLayout, int, int]] = []
        self._redo: list[tuple[FormLayout, int, int]] = []
        self._tag = ""

    # -- reading

    @property
    def cell(self) -> Cell:
        """The paper being worked on."""
        return self.layout.cells[self.per_page]

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Its boxes, in the order they are drawn and walked through."""
        return self.cell.boxes

    @property
    def box(self) -> Box | None:
        """The selected one."""
        return self.boxes[self.selected] if 0 <= self.selected < len(self.boxes) else None

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the piece of paper, mm."""
        return self.layout.measure_cell(self.cell)

    @property
    def changed(self) -> bool:
        """Whether it differs from what was saved."""
        return self.layout != self.saved

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    def at(self, x: float, y: float, *, near: float = 0.8) -> int:
        """The smallest box at a place, lines within ``near`` mm; -1 for none. Frames and lines only where nothing else is."""
        best = (2, float("inf"), -1)
        for number, box in enumerate(self.boxes):
            pad = near if min(box.w, box.h) < 2 * near else 0.0
            if box.x - pad <= x <= box.x + box.w + pad and box.y - pad <= y <= box.y + box.h + pad:
                best = min(best, (int(box.kind in ("frame", "rule")), max(box.w, pad) * max(box.h, pad), number))
        return best[2]

    # -- changing

    def change(self, number: int, *, tag: str = "", **values: Any) -> None:
        """Set fields of a box."""
        boxes = list(self.boxes)
        changed = replace(boxes[number], **values)
        if changed == boxes[number]:
            return
        self._remember(f"{tag}:{number}" if tag else "")
        boxes[number] = changed
        self._put(boxes)

    def move(self, number: int, *, right: float, down: float, tag: str = "") -> None:
        """Move a box by mm; it stays on the paper."""
        box = self.boxes[number]
        self.change(number, tag=tag, **self._within(box.x + right, box.y + down, box))

    def place(self, number: int, *, x: float, y: float, step: float = STEP, tag: str = "") -> None:
        """Put a box to a place, on the grid."""
        self.change(number, tag=tag, **self._within(snap(x, step), snap(y, step), self.boxes[number]))

    def _within(self, x: float, y: float, box: Box) -> dict[str, float]:
        width, height = self.size
        return {"x": round(min(max(0.0, x), max(0.0, width - box.w)), 3), "y": round(min(max(0.0, y), max(0.0, height - box.h)), 3)}

    def resize(self, number: int, part: str, *, x: float, y: float, step: float = STEP, tag: str = "") -> None:
        """Pull an edge or corner (words of left, right, top, bottom, e.g. ``left-top``) to a place, on the grid and on the paper."""
        box, (width, height) = self.boxes[number], self.size
        x, y = min(max(0.0, snap(x, step)), width), min(max(0.0, snap(y, step)), height)
        sides = set(part.split("-")) & _PARTS
        left, top, right, bottom = box.x, box.y, box.x + box.w, box.y + box.h
        least = 0.0 if box.kind == "rule" else _LEAST
        if "left" in sides:
            left = min(x, right - least)
        if "right" in sides:
            right = max(x, left + least)
        if "top" in sides:
            top = min(y, bottom - least)
        if "bottom" in sides:
            bottom = max(y, top + least)
        self.change(number, tag=tag, x=round(left, 3), y=round(top, 3), w=round(right - left, 3), h=round(bottom - top, 3))

    def add(self, kind: str, *, x: float = -1, y: float = -1, **values: Any) -> int:
        """A new box, beside the selected one or in the middle; it is selected. Answers its number."""
        width, height = self.size
        w, h, more = _NEW[kind]
        base = self.box
        if x < 0:
            x = base.x if base else snap((width - w) / 2)
            y = base.y + base.h + 1 if base else snap(height / 3)
        w, h = min(w, width), min(h, height)
        made = Box(kind=kind, x=snap(min(x, width - w)), y=snap(min(y, height - h)), w=w, h=h, **{**more, **values})
        if base is not None and kind in ("text", "value", "field"):
            made = replace(made, font=base.font, size=base.size)
        self._remember("")
        self._put([*self.boxes, made])
        self.selected = len(self.boxes) - 1
        return self.selected

    def remove(self, number: int) -> None:
        """Take a box away."""
        self._remember("")
        self._put([box for place, box in enumerate(self.boxes) if place != number])
        self.selected = min(number, len(self.boxes) - 1)

    def copy(self, number: int) -> int:
        """The same box once more, a little lower."""
        box = self.boxes[number]
        self._remember("")
        self._put([*self.boxes, replace(box, **self._within(box.x + 2, box.y + 2, box))])
        self.selected = len(self.boxes) - 1
        return self.selected

    def reorder(self, number: int, by: int) -> int:
        """Earlier or later in the order of drawing and walking through; answers the new number."""
        target = min(max(0, number + by), len(self.boxes) - 1)
        boxes = list(self.boxes)
        boxes.insert(target, boxes.pop(number))
        self._remember("")
        self._put(boxes)
        self.selected = target
        return target

    def retitle(self, title: str) -> None:
        """Another title of the form."""
        self._remember("title")
        self.layout = replace(self.layout, title=title)

    def rewrite(self, texts: Mapping[str, str]) -> int:
        """Replace fixed texts on all papers at once, as one step; answers in how many boxes."""
        cells, count = {}, 0
        for per_page, cell in self.layout.cells.items():
            boxes = tuple(replace(box, text=texts[box.text]) if box.kind in WORDED and box.text in texts else box for box in cell.boxes)
            count += sum(new != old for new, old in zip(boxes, cell.boxes, strict=True))
            cells[per_page] = replace(cell, boxes=boxes)
        if count:
            self._remember("")
            self.layout = replace(self.layout, cells=cells)
        return count

    @property
    def texts(self) -> dict[str, int]:
        """Every fixed text and in how many boxes of all papers it stands, in the order of reading."""
        found: dict[str, int] = {}
        for _, cell in sorted(self.layout.cells.items()):
            for box in cell.boxes:
                if box.kind in WORDED and box.text:
                    found[box.text] = found.get(box.text, 0) + 1
        return found

    def replace_all(self, layout: FormLayout) -> None:
        """Another layout altogether (a file taken in), as one step."""
        self._remember("")
        self.layout = layout
        if self.per_page not in layout.cells:
            self.per_page = min(layout.cells)
        self.selected = -1

    def mark_saved(self) -> None:
        """What is here is kept now."""
        self.saved = self.layout
        self._tag = ""

    # -- steps

    def undo(self) -> bool:
        """Back one step; False when there is none."""
        return self._step(self._undo, self._redo)

    def redo(self) -> bool:
        """Forward again."""
        return self._step(self._redo, self._undo)

    def end_step(self) -> None:
        """The next change is a step of its own: the mouse was let go, the field was left."""
        self._tag = ""

    def _step(self, source: list[tuple[FormLayout, int, int]], target: list[tuple[FormLayout, int, int]]) -> bool:
        if not source:
            return False
        target.append((self.layout, self.per_page, self.selected))
        self.layout, self.per_page, self.selected = source.pop()
        self._tag = ""
        return True

    def _remember(self, tag: str) -> None:
        if not tag or tag != self._tag:
            self._undo.append((self.layout, self.per_page, self.selected))
            del self._undo[:-_MOST_STEPS]
        self._redo.clear()
        self._tag = tag

    def _put(self, boxes: list[Box]) -> None:
        cells = {**self.layout.cells, self.per_page: replace(self.cell, boxes=tuple(boxes))}
        self.layout = replace(self.layout, cells=cells)


_NEW: dict[str, tuple[float, float, dict[str, Any]]] = {
    "text": (50.0, 6.0, {"text": "文字", "size": 10.5, "font": "mincho"}),
    "value": (60.0, 7.0, {"size": 11.0, "font": "mincho"}),
    "field": (80.0, 9.0, {"text": "見出し", "caption": 20.0, "size": 10.5, "font": "mincho"}),
    "rule": (60.0, 0.0, {"line": 0.2}),
    "frame": (60.0, 20.0, {"line": 0.2}),
    "seal": (24.0, 24.0, {"text": "公印"}),
    "qr": (30.0, 30.0, {"var": "code"}),
    "check": (30.0, 6.0, {"text": "はい", "size": 9.0}),
    "rows": (
        100.0, 40.0,
        {
            "var": "members", "size": 9.0, "header": 5.0, "lines": 6, "line": 0.1, "font": "mincho",
            "columns": (TableColumn("氏名", 50.0), TableColumn("続柄", 20.0), TableColumn("生年月日", 35.0)),
        },
    ),
}  # fmt: skip
ADDABLE = ("text", "value", "field", "rule", "frame", "rows", "seal", "qr")
"""What a person adds by hand, in the order of the menu."""
