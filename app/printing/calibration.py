"""A sheet that shows how far a printer is off: rulers at known places, to be measured with an ordinary ruler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.printing.fonts import FontBook
from app.printing.report import PageStamp
from app.printing.sheet import MM, open_sheet

CROSS = 20.0
"""mm from the left and upper edge of the sheet to the middle of the cross that is measured."""
_ARM = 12.0  # mm


def draw_calibration(path: Path, *, offset: tuple[float, float], lines: tuple[str, ...], fonts: FontBook | None = None) -> Path:
    """An A4 sheet with crosses ``CROSS`` mm from the corners, moved by ``offset`` mm (right, down), and 100 mm rulers; ``lines`` say what to do.

    A printer that is not off puts each cross exactly 20.0 mm from both edges. EnvironmentFault when the file cannot be written.
    """
    with open_sheet(path, title=lines[0] if lines else "", size=(210 * MM, 297 * MM), stamp=PageStamp(as_of=""), fonts=fonts) as sheet:
        sheet.start_page(watermark=False)
        canvas = sheet.canvas
        canvas.saveState()
        canvas.translate(offset[0] * MM, -offset[1] * MM)
        for x in (CROSS, 210 - CROSS):
            for y in (CROSS, 297 - CROSS):
                _draw_cross(canvas, x * MM, y * MM)
        _draw_ruler(sheet, 55, 110, across=True)
        _draw_ruler(sheet, 40, 130, across=False)
        for number, line in enumerate(lines):
            size = 15 if number == 0 else 10.5
            sheet.text.write(line, x=55 * MM, y=(240 - number * 9) * MM, size=size, width=135 * MM, bold=number == 0)
        canvas.restoreState()
        sheet.end_page()
    return path


def _draw_cross(canvas: Any, x: float, y: float) -> None:
    arm = _ARM * MM
    canvas.setLineWidth(0.25)
    canvas.lines([(x - arm, y, x + arm, y), (x, y - arm, x, y + arm)])
    canvas.circle(x, y, 3 * MM, stroke=1, fill=0)


def _draw_ruler(sheet: Any, left: float, bottom: float, *, across: bool) -> None:
    """100 mm in steps of 1 mm: whether the printer enlarges."""
    canvas = sheet.canvas
    canvas.setLineWidth(0.2)
    x, y = left * MM, bottom * MM
    for step in range(101):
        long = 6 if step % 10 == 0 else 4 if step % 5 == 0 else 2.5
        if across:
            canvas.line(x + step * MM, y, x + step * MM, y + long * MM)
        else:
            canvas.line(x, y + step * MM, x + long * MM, y + step * MM)
        if step % 10 == 0:
            at = (x + step * MM, y + 7 * MM) if across else (x + 7 * MM, y + step * MM - 2)
            sheet.text.write(str(step), x=at[0], y=at[1], size=6.5, align="center" if across else "left")
