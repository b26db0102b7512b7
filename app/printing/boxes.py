"""Drawing the boxes of a form. Each function draws one kind; lengths inside are points, the origin is the cell's lower left corner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.printing.fit import Room, fit_text
from app.printing.layout import Box, Cell
from app.printing.qr import SMALLEST_MODULE, encode_qr
from app.printing.report import Problem
from app.printing.sheet import MM
from app.printing.typeset import Line, Typesetter, middle_baseline

_CAPTION_SIZE = 6.0
_PAD = 1.0 * MM
_GROUP = 4  # characters people keep in mind while typing
_TICKED = frozenset(("1", "true", "yes"))


class BoxPainter:
    """Draws the boxes of one cell of ``height`` points; collects the problems of the record ``row``."""

    def __init__(self, canvas: Any, text: Typesetter, *, height: float, lines: int) -> None:
        self._canvas, self._text, self._height, self._lines = canvas, text, height, lines
        self.problems: list[Problem] = []
        self.row = -1

    def draw_static(self, cell: Cell) -> None:
        """Everything that is the same for each record."""
        for box in cell.boxes:
            if box.kind in ("frame", "field", "groups"):
                self._draw_frame(box)
            if box.kind == "rule":
                self._draw_rule(box)
            elif box.kind == "text":
                self._set(box.text, box, name="")
            elif box.kind == "field":
                self._draw_caption(box)
            elif box.kind == "check":
                self._draw_square(box)
            elif box.kind == "table":
                self._draw_table(box)

    def draw_values(self, cell: Cell, values: Mapping[str, str], *, row: int) -> None:
        """What belongs to one record. Texts that do not fit and codes too dense to read become problems."""
        self.row = row
        for box in cell.boxes:
            value = values.get(box.var, "") if box.var else ""
            if box.kind in ("value", "field") and (value or box.hint):
                if value:
                    self._set(value, box, name=box.var)
                else:
                    self._draw_hint(box)
            elif box.kind == "check" and value:
                self._tick(box, value)
            elif box.kind == "qr" and value:
                self._draw_qr(box, value)
            elif box.kind == "groups" and value:
                self._draw_groups(box, value)

    def _place(self, box: Box) -> tuple[float, float, float, float]:
        """Left, bottom, width, height."""
        return box.x * MM, self._height - (box.y + box.h) * MM, box.w * MM, box.h * MM

    def _draw_frame(self, box: Box) -> None:
        left, bottom, width, height = self._place(box)
        if box.fill < 1:
            self._canvas.setFillGray(box.fill)
            self._canvas.rect(left, bottom, width, height, stroke=0, fill=1)
            self._canvas.setFillGray(0)
        if box.line:
            self._canvas.setLineWidth(box.line * MM)
            self._canvas.rect(left, bottom, width, height, stroke=1, fill=0)

    def _draw_rule(self, box: Box) -> None:
        left, bottom, width, height = self._place(box)
        self._canvas.setLineWidth(box.line * MM)
        if box.dash:
            self._canvas.setDash(1.5, 1.5)
        self._canvas.line(left, bottom + height, left + width, bottom)
        self._canvas.setDash()

    def _inner(self, box: Box) -> tuple[float, float, float, float]:
        """Where the value of a box stands: beside its caption strip, or below a caption in the corner."""
        left, bottom, width, height = self._place(box)
        if box.kind != "field":
            return left, bottom, width, height
        if box.caption:
            return left + box.caption * MM + _PAD, bottom, width - box.caption * MM - 2 * _PAD, height
        top = _CAPTION_SIZE * 1.2 if box.text else 0.0
        return left + _PAD, bottom, width - 2 * _PAD, height - top

    def _draw_caption(self, box: Box) -> None:
        left, bottom, width, height = self._place(box)
        if box.caption:
            strip = box.caption * MM
            self._canvas.setFillGray(0.92)
            self._canvas.rect(left, bottom, strip, height, stroke=1, fill=1)
            self._canvas.setFillGray(0)
            size = min(9.0, max(7.0, box.size * 0.75))
            y = middle_baseline(bottom=bottom, height=height, size=size)
            line = self._text.write(box.text, x=left + 1, y=y, size=size, width=strip - 2, align="center")
        else:
            line = self._text.write(box.text, x=left + 1.5, y=bottom + height - _CAPTION_SIZE * 1.1, size=_CAPTION_SIZE, width=width - 3)
        self._note((line,), name="")

    def _set(self, value: str, box: Box, *, name: str) -> None:
        left, bottom, width, height = self._inner(box)
        around = Room(width, box.size, min(box.min_size, box.size), box.min_stretch, box.lines, box.wrap)
        fitted = fit_text(self._setter(box), value, room=around, bold=box.bold)
        leading = min(fitted.size * 1.35, height / len(fitted.lines))
        top = bottom + height - (height - leading * len(fitted.lines)) / 2
        for number, line in enumerate(fitted.lines):
            room = width - line.width * fitted.size * fitted.stretch
            shift = room if box.align == "right" else room / 2 if box.align == "center" else 0.0
            y = middle_baseline(bottom=top - leading * (number + 1), height=leading, size=fitted.size)
            self._text.draw(line, x=left + shift, y=y, size=fitted.size, stretch=fitted.stretch)
        self._note(fitted.lines, name=name)
        if fitted.cut:
            self.problems.append(Problem(code="print.text_cut", row=self.row, column=name, params={"text": value[:120]}))

    def _setter(self, box: Box) -> Typesetter:
        """What sets the text of a box, in its font."""
        return self._text.mincho if box.font == "mincho" else self._text

    def _note(self, lines: tuple[Line, ...], *, name: str) -> None:
        self.problems += self._text.find_problems(lines, row=self.row, column=name)

    def _draw_hint(self, box: Box) -> None:
        """Pale help for the hand that fills in an empty field."""
        left, bottom, width, height = self._inner(box)
        size = min(box.size, 8.0)
        self._canvas.setFillGray(0.45)
        y = middle_baseline(bottom=bottom, height=height, size=size)
        line = self._text.write(box.hint, x=left, y=y, size=size, width=width, align=box.align)
        self._canvas.setFillGray(0)
        self._note((line,), name=box.var)

    def _square(self, box: Box) -> tuple[float, float, float]:
        left, bottom, _, height = self._place(box)
        side = box.size * 0.95
        return left, bottom + (height - side) / 2, side

    def _draw_square(self, box: Box) -> None:
        left, bottom, side = self._square(box)
        self._canvas.setLineWidth(0.6)
        self._canvas.rect(left, bottom, side, side, stroke=1, fill=0)
        y = middle_baseline(bottom=bottom, height=side, size=box.size)
        width = box.w * MM - side - 1.5
        line = self._text.write(box.text, x=left + side + 1.5, y=y, size=box.size, width=width)
        self._note((line,), name="")

    def _tick(self, box: Box, value: str) -> None:
        held = frozenset(value.replace(" ", "").split(","))
        if not held & (frozenset(box.equals) or _TICKED):
            return
        left, bottom, side = self._square(box)
        self._canvas.setLineWidth(max(1.2, side * 0.16))
        self._canvas.lines(
            [
                (left + side * 0.15, bottom + side * 0.55, left + side * 0.42, bottom + side * 0.2),
                (left + side * 0.42, bottom + side * 0.2, left + side * 0.95, bottom + side * 1.05),
            ]
        )

    def _draw_qr(self, box: Box, value: str) -> None:
        left, bottom, width, height = self._place(box)
        side = min(width, height)
        self._canvas.setFillGray(1)  # an exercise's word must not run through the code
        self._canvas.rect(left, bottom, side, side, stroke=0, fill=1)
        self._canvas.setFillGray(0)
        code = encode_qr(value)
        self._canvas.addLiteral(code.draw_path(x=left, y=bottom, width=side))
        if code.measure_module(side / MM) < SMALLEST_MODULE - 0.001:
            params = {"module": f"{code.measure_module(side / MM):.2f}"}
            self.problems.append(Problem(code="print.code_too_dense", row=self.row, column=box.var, params=params))

    def _draw_groups(self, box: Box, value: str) -> None:
        """Groups to be read out and typed: large, evenly spaced, numbered."""
        groups = value.replace("-", " ").split()
        if len(groups) == 1:  # written in one piece: nobody can read that out
            groups = [value[start : start + _GROUP] for start in range(0, len(value), _GROUP)]
        rows = [groups[start : start + box.per_line] for start in range(0, len(groups), box.per_line)]
        left, bottom, width, height = self._place(box)
        pitch, step = height / len(rows), width / box.per_line
        for number, group in enumerate(groups):
            column, row = number % box.per_line, number // box.per_line
            line = self._text.shape(group, bold=box.bold)
            size = min(box.size, step * 0.8 / max(line.width, 0.1), pitch * 0.8)
            x = left + column * step + (step - line.width * size) / 2
            y = middle_baseline(bottom=bottom + height - (row + 1) * pitch, height=pitch, size=size)
            self._text.draw(line, x=x, y=y, size=size)
            index = self._text.shape(str(number + 1))
            self._text.draw(index, x=x - index.width * 8 - 4, y=y, size=8)
            self._note((line,), name=box.var)

    def _draw_table(self, box: Box) -> None:
        left, bottom, width, height = self._place(box)
        header, count = box.header * MM, self._lines
        pitch = (height - header) / count
        total = sum(column.width for column in box.columns)
        starts = [left + width * sum(column.width for column in box.columns[:index]) / total for index in range(len(box.columns))]
        canvas, top = self._canvas, bottom + height
        canvas.setFillGray(0.92)
        canvas.rect(left, top - header, width, header, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.setLineWidth(0.4)
        canvas.lines([(left, bottom + row * pitch, left + width, bottom + row * pitch) for row in range(1, count + 1)])
        canvas.lines([(x, bottom, x, top) for x in starts[1:]])
        canvas.setLineWidth(1.0)
        canvas.rect(left, bottom, width, height, stroke=1, fill=0)
        for column, x, end in zip(box.columns, starts, [*starts[1:], left + width], strict=True):
            y = middle_baseline(bottom=top - header, height=header, size=box.size)
            line = self._text.write(column.header, x=x + 1, y=y, size=box.size, width=end - x - 2, align="center", bold=True)
            self._note((line,), name="")
            for row in range(count):
                self._rule_cell(column.upper, column.hint, x=x, end=end, bottom=top - header - (row + 1) * pitch, pitch=pitch)
        if box.numbered:
            for row in range(count):
                y = middle_baseline(bottom=top - header - (row + 1) * pitch, height=pitch, size=box.size)
                self._text.write(str(row + 1), x=left, y=y, size=box.size, width=starts[1] - left, align="center")

    def _rule_cell(self, upper: str, hint: str, *, x: float, end: float, bottom: float, pitch: float) -> None:
        """The dotted line and pale words inside one cell of a table."""
        canvas = self._canvas
        canvas.setFillGray(0.45)
        if upper:
            split = bottom + pitch * 0.66
            canvas.setLineWidth(0.3)
            canvas.setDash(1, 1.5)
            canvas.line(x, split, end, split)
            canvas.setDash()
            y = middle_baseline(bottom=split, height=pitch * 0.34, size=5)
            self._text.write(upper, x=x + 1.5, y=y, size=5)
        if hint:
            y = middle_baseline(bottom=bottom, height=pitch, size=7)
            self._text.write(hint, x=x + 2, y=y, size=7, width=end - x - 4, align="center")
        canvas.setFillGray(0)
