"""What the first pages of papers about money share: fitted lines and rows of facts, drawn from the top of an A4 page down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.printing.fit import Room, fit_text
from app.printing.sheet import A4_SHORT, MM, Sheet

LEFT, RIGHT = 18 * MM, A4_SHORT - 15 * MM
WIDTH = RIGHT - LEFT


class FirstPage:
    """``y`` is where the next part begins; sizes in points."""

    def __init__(self, sheet: Sheet, *, top: float) -> None:
        self.sheet = sheet
        self.canvas: Any = sheet.canvas
        self.y = top

    def write(self, text: str, *, x: float, width: float, size: float, height: float, bold: bool = False, align: str = "left") -> None:
        """One fitted line in the middle of a row that begins at ``y``."""
        fitted = fit_text(self.sheet.text, text, room=Room(width, size, size * 0.6, 0.7, 1), bold=bold)
        for line in fitted.lines:
            natural = line.width * fitted.size * fitted.stretch
            shift = width - natural if align == "right" else (width - natural) / 2 if align == "center" else 0.0
            self.sheet.text.draw(line, x=x + shift, y=self.y - height / 2 - fitted.size * 0.36, size=fitted.size, stretch=fitted.stretch)

    def facts(self, rows: Iterable[tuple[str, str]], *, height: float, size: float, gap: float) -> None:
        """A framed table of names and texts, and ``gap`` below it."""
        label, top = 30 * MM, self.y
        self.canvas.setLineWidth(0.3)
        for name, text in rows:
            self.canvas.setFillGray(0.93)
            self.canvas.rect(LEFT, self.y - height, label, height, stroke=0, fill=1)
            self.canvas.setFillGray(0)
            self.write(name, x=LEFT + 3, width=label - 6, size=9, height=height)
            self.write(text, x=LEFT + label + 4, width=WIDTH - label - 8, size=size, height=height)
            self.canvas.line(LEFT, self.y, RIGHT, self.y)
            self.y -= height
        self.canvas.line(LEFT + label, top, LEFT + label, self.y)
        self.canvas.rect(LEFT, self.y, WIDTH, top - self.y, stroke=1, fill=0)
        self.y -= gap
