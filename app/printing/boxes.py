"""Drawing the boxes of a form. Each function draws one kind; lengths inside are points, the origin is the cell's lower left corner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.printing.fit import Room, fit_text
from app.printing.layout import STATIC_KINDS, Box, Cell
from app.printing.qr import QUIET, SMALLEST_MODULE, encode_qr
from app.printing.report import Problem
from app.printing.seal import Seal
from app.printing.sheet import MM
from app.printing.typeset import Line, Typesetter, middle_baseline

_CAPTION_SIZE = 6.0
_PAD = 1.0 * MM
_GROUP = 4  # characters people keep in mind while typing
_REMEMBERED = 2000  # texts
_TICKED = frozenset(("1", "true", "yes"))


class BoxPainter:
    """Draws the boxes of one cell of ``height`` points; collects the problems of the record ``row``.

    ``scale``: how large a millimetre of the layout comes out on paper. ``preprinted``: the paper carries frames and words already.
    """

    def __init__(
        self,
        canvas: Any,
        text: Typesetter,
        *,
        height: float,
        lines: int = 0,
        scale: float = 1.0,
        preprinted: bool = False,
        seal: Seal | None = None,
    ) -> None:
        self._canvas, self._text, self._height, self._lines = canvas, text, height, lines
        self._scale, self._preprinted, self._seal = scale, preprinted, seal
        self._ruled: dict[tuple[int, int], str] = {}
        self._known: dict[tuple[int, tuple[float, float, float, float], str], str] = {}  # most values of a batch come again and again
        self.problems: list[Problem] = []
        self.row = -1

    def draw_static(self, cell: Cell) -> None:
        """Everything that is the same for each record."""
        for box in cell.boxes:
            if box.kind == "seal":
                self._draw_seal(box)
            if not self._left_out(box):
                self._draw_words(box)

    def _left_out(self, box: Box) -> bool:
        """Whether frames and words of the box stand on the paper already."""
        return self._preprinted and box.printed is not True

    def _draw_words(self, box: Box) -> None:
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
        elif box.kind == "rows" and box.header:
            self._draw_headings(box)

    def draw_values(self, cell: Cell, values: Mapping[str, str], *, row: int) -> None:
        """What belongs to one record. Texts that do not fit and codes too dense to read become problems."""
        self.row = row
        for box in cell.boxes:
            if box.kind in STATIC_KINDS or (self._preprinted and box.printed is False):
                continue
            value = values.get(box.var, "") if box.var else ""
            if value:
                self._draw_value(box, value)
            elif box.hint and box.kind in ("value", "field") and not self._left_out(box):
                self._draw_hint(box)
            elif box.kind == "rows" and box.line and not self._left_out(box):
                self._canvas.addLiteral(self._rule_rows(box, box.lines))

    def _draw_value(self, box: Box, value: str) -> None:
        if box.kind in ("value", "field"):
            self._set(f"{box.prefix}{value}{box.suffix}", box, name=box.var)
        elif box.kind == "check":
            self._tick(box, value)
        elif box.kind == "qr":
            self._draw_qr(box, value)
        elif box.kind == "groups":
            self._draw_groups(box, value)
        elif box.kind == "rows":
            self._draw_rows(box, value)
        elif box.kind == "seal" and self._seal is None:
            self._set(value, box, name=box.var)

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
        area = self._inner(box)
        around = Room(area[2], box.size, min(box.min_size, box.size), box.min_stretch, box.lines, box.wrap)
        self._lay(value, box, area, around, align=box.align, name=name)

    def _lay(self, value: str, box: Box, area: tuple[float, float, float, float], around: Room, *, align: str, name: str) -> None:
        """Fit a text into an area and draw it; what was cut or has no glyph becomes a problem of the variable ``name``."""
        key, code, left, bottom, width, height = (id(box), area, value), self._canvas._code, *area
        if (known := self._known.get(key)) is not None:
            code.append(known)
            return
        started, faults = len(code), len(self.problems)
        fitted = fit_text(self._setter(box), value, room=around, bold=box.bold)
        leading = min(fitted.size * 1.35, height / len(fitted.lines))
        top = bottom + height - (height - leading * len(fitted.lines)) / 2
        for number, line in enumerate(fitted.lines):
            room = width - line.width * fitted.size * fitted.stretch
            shift = room if align == "right" else room / 2 if align == "center" else 0.0
            y = middle_baseline(bottom=top - leading * (number + 1), height=leading, size=fitted.size)
            self._text.draw(line, x=left + shift, y=y, size=fitted.size, stretch=fitted.stretch)
        self._note(fitted.lines, name=name)
        if fitted.cut:
            self.problems.append(Problem(code="print.text_cut", row=self.row, column=name, params={"text": value[:120]}))
        if len(self.problems) == faults and not any(line.marks for line in fitted.lines):
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = "\n".join(code[started:])

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
        try:
            code = encode_qr(value)
        except ValueError:  # more than the largest code holds
            self.problems.append(Problem(code="print.code_too_long", row=self.row, column=box.var, params={"length": str(len(value))}))
            return
        self._canvas.addLiteral(code.draw_mask(x=left, y=bottom, width=side))
        module = code.measure_module(side / MM * self._scale)
        if module < SMALLEST_MODULE - 0.001:
            needed = (code.modules + 2 * QUIET) * SMALLEST_MODULE / self._scale
            params = {"module": f"{module:.2f}", "side": f"{side / MM:.0f}", "needed": f"{needed:.1f}"}
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

    def _edges(self, box: Box) -> list[float]:
        """Where the columns of a table begin, and where the last one ends."""
        left, width = box.x * MM, box.w * MM
        total = sum(column.width for column in box.columns)
        return [left + width * sum(column.width for column in box.columns[:index]) / total for index in range(len(box.columns) + 1)]

    def _draw_seal(self, box: Box) -> None:
        """The picture in the middle of its box, as wide as the seal is, never over the edges; without a picture the words of the box."""
        if self._preprinted and box.printed is False:
            return
        if self._seal is None:
            if box.text and not self._left_out(box):
                self._set(box.text, box, name="")
            return
        left, bottom, width, height = self._place(box)
        wide = min(self._seal.width * MM or width, width, height / self._seal.ratio)
        high = wide * self._seal.ratio
        x, y = left + (width - wide) / 2, bottom + (height - high) / 2
        self._canvas.drawImage(self._seal.image, x, y, width=wide, height=high, mask="auto")

    def _draw_headings(self, box: Box) -> None:
        """The head of a table of values."""
        left, bottom, width, height = self._place(box)
        edges, header = self._edges(box), box.header * MM
        foot = bottom + height - header
        if box.line:
            self._canvas.setFillGray(0.92)
            self._canvas.rect(left, foot, width, header, stroke=0, fill=1)
            self._canvas.setFillGray(0)
        size = min(box.size, header * 0.75)
        for column, x, end in zip(box.columns, edges, edges[1:], strict=False):
            y = middle_baseline(bottom=foot, height=header, size=size)
            line = self._setter(box).write(column.header, x=x + 1, y=y, size=size, width=end - x - 2, align="center")
            self._note((line,), name="")

    def _draw_rows(self, box: Box, value: str) -> None:
        """Line by line; closer together where there are more of them than the table is ruled for."""
        rows = [line.split("\t") for line in value.split("\n") if line.strip()]
        room = (box.h - box.header) * MM
        most = box.lines if self._preprinted else max(box.lines, int(room / (box.min_size * 1.2)))
        if len(rows) > most:
            params = {"count": str(len(rows)), "most": str(most)}
            self.problems.append(Problem(code="print.rows_cut", row=self.row, column=box.var, params=params))
            rows = rows[:most]
        count = max(box.lines, len(rows))
        if box.line and not self._left_out(box):
            self._canvas.addLiteral(self._rule_rows(box, count))
        edges, pitch, top = self._edges(box), room / count, self._height - (box.y + box.header) * MM
        for number, cells in enumerate(rows):
            for column, x, end, text in zip(box.columns, edges, edges[1:], cells, strict=False):
                if text:
                    self._set_cell(text, box, (x, top - (number + 1) * pitch, end - x, pitch), align=column.align)

    def _set_cell(self, text: str, box: Box, area: tuple[float, float, float, float], *, align: str) -> None:
        left, bottom, width, height = area
        size = min(box.size, height / 1.2)
        inner = width - 2 * _PAD
        around = Room(inner, size, min(box.min_size, size), box.min_stretch, max(1, int(height / (box.min_size * 1.35))), box.wrap)
        self._lay(text, box, (left + _PAD, bottom, inner, height), around, align=align, name=box.var)

    def _rule_rows(self, box: Box, count: int) -> str:
        """The lines of a table of values, as operators."""
        known = self._ruled.get((id(box), count))
        if known is None:
            left, bottom, width, height = self._place(box)
            pitch, edges = (height - box.header * MM) / count, self._edges(box)
            lines = [f"{left:.2f} {bottom + pitch * row:.2f} m {left + width:.2f} {bottom + pitch * row:.2f} l" for row in range(1, count)]
            if box.header:
                lines.append(f"{left:.2f} {bottom + pitch * count:.2f} m {left + width:.2f} {bottom + pitch * count:.2f} l")
            lines += [f"{x:.2f} {bottom:.2f} m {x:.2f} {bottom + height:.2f} l" for x in edges[1:-1]]
            frame = f"{left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re S"
            known = self._ruled[id(box), count] = " ".join([f"{box.line * MM:.2f} w", *lines, frame])
        return known

    def _draw_table(self, box: Box) -> None:
        left, bottom, width, height = self._place(box)
        header, count = box.header * MM, self._lines
        pitch = (height - header) / count
        starts = self._edges(box)[:-1]
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
