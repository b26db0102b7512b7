"""Trend charts that read in black and white: line styles and markers instead of colours, names beside the lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from app.printing.fonts import FontBook
from app.printing.report import PageStamp, PrintReport
from app.printing.sheet import A4_LONG, A4_SHORT, MM, Sheet, open_sheet

_DASHES: tuple[tuple[float, ...], ...] = ((), (5, 2.5), (1.2, 2), (7, 2, 1.2, 2))
_LEFT, _RIGHT, _TOP, _BOTTOM = 24 * MM, 46 * MM, 34 * MM, 26 * MM
_GAP = 12 * MM
_MARKS_MOST = 40  # beyond, markers would run into each other


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendSeries:
    """One line: (time, value) in order of time. ``step`` holds a value until the next one; ``line`` joins them."""

    label: str
    points: Sequence[tuple[datetime, float]]
    kind: Literal["line", "step"] = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPanel:
    """A diagram with its own value axis; all panels share the time axis. ``share`` is its part of the height."""

    title: str
    series: Sequence[TrendSeries]
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a panel is on the page and which values its edges have."""

    x: float
    y: float
    width: float
    height: float
    first: datetime
    last: datetime
    highest: float

    def place(self, when: datetime, value: float) -> tuple[float, float]:
        part = (when - self.first) / (self.last - self.first)
        return self.x + self.width * part, self.y + self.height * value / self.highest


def write_date(when: datetime) -> str:
    """``1/5``: the plainest form of a date on an axis."""
    return f"{when.month}/{when.day}"


def render_trend(
    out: Path,
    *,
    title: str,
    panels: Sequence[TrendPanel],
    stamp: PageStamp,
    subtitle: str = "",
    format_date: Callable[[datetime], str] = write_date,
    fonts: FontBook | None = None,
) -> PrintReport:
    """One landscape A4 page with the panels one above the other. Values are not negative; a panel may be empty.

    ``format_date`` words the ticks of the time axis. Raises ValueError when there is no panel, EnvironmentFault when the file
    cannot be written. Characters no font has are reported with row -1.
    """
    if not panels:
        raise ValueError("a chart needs a panel")
    with open_sheet(out, title=title, size=(A4_LONG, A4_SHORT), stamp=stamp, fonts=fonts) as sheet:
        sheet.start_page()
        _draw_head(sheet, title=title, subtitle=subtitle)
        frames = _lay_out(panels)
        for number, (panel, frame) in enumerate(zip(panels, frames, strict=True)):
            _draw_axes(sheet, panel, frame, format_date=format_date, dated=number == len(panels) - 1)
            _draw_series(sheet, panel, frame)
        sheet.end_page()
        words = (title, subtitle, stamp.as_of, *(panel.title for panel in panels), *(line.label for p in panels for line in p.series))
        problems = sheet.text.find_problems(tuple(sheet.text.shape(word) for word in words), row=-1, column="")
    return PrintReport(pages=1, problems=tuple(problems))


def _draw_head(sheet: Sheet, *, title: str, subtitle: str) -> None:
    text, stamp = sheet.text, sheet.stamp
    left, right, y = 14 * MM, A4_LONG - 14 * MM, A4_SHORT - 16 * MM
    half = (right - left) / 2
    heading = f"{stamp.training} {title}" if stamp.training else title
    text.write(heading, x=left, y=y, size=16, bold=True, width=half + 20)
    text.write(stamp.as_of, x=left + half + 30, y=y, size=12, bold=True, width=half - 30, align="right")
    text.write(subtitle, x=left, y=y - 16, size=10, width=half)
    about = chr(0x3000).join(part for part in (stamp.known_at, stamp.operator) if part)
    text.write(about, x=left + half, y=y - 16, size=10, width=half, align="right")
    text.write(stamp.caution, x=left, y=9 * MM, size=9, bold=True)
    text.write(stamp.place, x=left + half, y=9 * MM, size=9, width=half, align="right")


def _lay_out(panels: Sequence[TrendPanel]) -> list[_Frame]:
    times = [when for panel in panels for line in panel.series for when, _ in line.points]
    first, last = (min(times), max(times)) if times else (datetime(2000, 1, 1), datetime(2000, 1, 2))
    if last - first < timedelta(hours=1):
        last = first + timedelta(hours=1)
    room = A4_SHORT - _TOP - _BOTTOM - _GAP * (len(panels) - 1)
    total = sum(panel.share for panel in panels)
    frames, top = [], A4_SHORT - _TOP
    for panel in panels:
        height = room * panel.share / total
        values = [value for line in panel.series for _, value in line.points]
        highest = choose_step(max(values, default=1.0) or 1.0)[1]
        frames.append(_Frame(_LEFT, top - height, A4_LONG - _LEFT - _RIGHT, height, first, last, highest))
        top -= height + _GAP
    return frames


def choose_step(highest: float, *, most: int = 6) -> tuple[float, float]:
    """A round step (1, 2 or 5 times a power of ten, at least 1) and the multiple of it that covers ``highest``."""
    step = 1.0
    for power in range(12):
        for factor in (1, 2, 5):
            step = factor * 10.0**power
            if highest / step <= most:
                return step, step * max(1, math.ceil(highest / step))
    return step, step * math.ceil(highest / step)


def choose_ticks(first: datetime, last: datetime, *, most: int = 12) -> list[datetime]:
    """Midnights between the two, a day, a few days, a week or months apart, at most ``most``."""
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    if start < first:
        start += timedelta(days=1)
    for days in (1, 2, 3, 7, 14):
        if (last - start) / timedelta(days=days) < most:
            return [start + timedelta(days=days * n) for n in range(most) if start + timedelta(days=days * n) <= last]
    months: list[datetime] = []
    every = 1
    while True:
        year, month = (start.year, start.month) if start.day == 1 else (start.year + start.month // 12, start.month % 12 + 1)
        months = []
        while (tick := start.replace(year=year, month=month, day=1)) <= last:
            months.append(tick)
            year, month = year + (month - 1 + every) // 12, (month - 1 + every) % 12 + 1
        if len(months) <= most:
            return months
        every += 1 if every < 3 else 3


def _draw_axes(sheet: Sheet, panel: TrendPanel, frame: _Frame, *, format_date: Callable[[datetime], str], dated: bool) -> None:
    canvas, text = sheet.canvas, sheet.text
    text.write(panel.title, x=frame.x - 10 * MM, y=frame.y + frame.height + 9, size=11, bold=True)
    step, _ = choose_step(frame.highest)
    canvas.setLineWidth(0.3)
    canvas.setStrokeGray(0.7)
    for index in range(int(frame.highest / step + 0.5) + 1):
        y = frame.place(frame.first, index * step)[1]
        canvas.line(frame.x, y, frame.x + frame.width, y)
        label = text.shape(f"{index * step:,.0f}")
        text.draw(label, x=frame.x - 5 - label.width * 9, y=y - 3.3, size=9)
    ticks = choose_ticks(frame.first, frame.last)
    for tick in ticks:
        x = frame.place(tick, 0)[0]
        canvas.setDash(1, 2)
        canvas.line(x, frame.y, x, frame.y + frame.height)
        canvas.setDash()
        if dated:
            label = text.shape(format_date(tick))
            text.draw(label, x=x - label.width * 4.5, y=frame.y - 14, size=9)
    canvas.setStrokeGray(0)
    canvas.setLineWidth(0.9)
    canvas.lines([(frame.x, frame.y, frame.x, frame.y + frame.height), (frame.x, frame.y, frame.x + frame.width, frame.y)])


def _draw_series(sheet: Sheet, panel: TrendPanel, frame: _Frame) -> None:
    ends = []
    for number, line in enumerate(panel.series):
        if not line.points:
            continue
        corners = [frame.place(when, value) for when, value in line.points]
        _draw_line(sheet, _make_steps(corners) if line.kind == "step" else corners, dash=_DASHES[number % len(_DASHES)])
        every = max(1, math.ceil(len(corners) / _MARKS_MOST))
        for index, (x, y) in enumerate(corners):
            if index % every == 0 or index == len(corners) - 1:
                _draw_mark(sheet, number, x=x, y=y)
        ends.append((corners[-1], f"{line.label} {line.points[-1][1]:,.0f}", number))
    _label_ends(sheet, ends, frame)


def _make_steps(corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
    steps = corners[:1]
    for x, y in corners[1:]:
        steps += [(x, steps[-1][1]), (x, y)]
    return steps


def _draw_line(sheet: Sheet, corners: list[tuple[float, float]], *, dash: tuple[float, ...]) -> None:
    canvas = sheet.canvas
    path = canvas.beginPath()
    path.moveTo(*corners[0])
    for corner in corners[1:]:
        path.lineTo(*corner)
    canvas.setLineWidth(1.4)
    canvas.setLineJoin(1)
    canvas.setDash(*([list(dash)] if dash else []))
    canvas.drawPath(path, stroke=1, fill=0)
    canvas.setDash()


def _draw_mark(sheet: Sheet, number: int, *, x: float, y: float) -> None:
    """Filled circle, open square, filled triangle, open diamond: told apart in print and by people who see no colour."""
    canvas, r = sheet.canvas, 2.6
    canvas.setLineWidth(0.9)
    canvas.setFillGray(0 if number % 2 == 0 else 1)
    square, triangle = ((-r, -r), (r, -r), (r, r), (-r, r)), ((-r, -r), (r, -r), (0, r))
    shapes = {1: square, 2: triangle, 3: ((0, -r - 1), (r + 1, 0), (0, r + 1), (-r - 1, 0))}
    if number % 4 == 0:
        canvas.circle(x, y, r - 0.3, stroke=1, fill=1)
    else:
        path = canvas.beginPath()
        for index, (dx, dy) in enumerate(shapes[number % 4]):
            (path.lineTo if index else path.moveTo)(x + dx, y + dy)
        path.close()
        canvas.drawPath(path, stroke=1, fill=1)
    canvas.setFillGray(0)


def _label_ends(sheet: Sheet, ends: list[tuple[tuple[float, float], str, int]], frame: _Frame) -> None:
    """The names at the right of the lines' ends, moved apart where they would meet, with a mark like the line's."""
    size, floor = 9.5, frame.y - 3.0
    placed: list[float] = []
    ordered = sorted(ends, key=lambda end: end[0][1])
    for (_, y), _, _ in ordered:
        floor = max(floor, y - 3.3)
        placed.append(floor)
        floor += size * 1.35
    over = max(0.0, floor - size * 1.35 - (frame.y + frame.height)) if placed else 0.0
    right = frame.x + frame.width
    for (((x, y), label, number)), low in zip(ordered, placed, strict=True):
        level = low - over
        canvas = sheet.canvas
        canvas.setLineWidth(0.4)
        canvas.setStrokeGray(0.5)
        canvas.line(max(x + 4, x), y, right + 8, level + 3.3)
        canvas.setStrokeGray(0)
        _draw_mark(sheet, number, x=right + 12, y=level + 3.3)
        sheet.text.write(label, x=right + 18, y=level, size=size, width=_RIGHT - 8 * MM - 18)
