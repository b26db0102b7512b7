"""The table of a survey sheet: parts down, degree × area across, in each field the points that the edition gives for it.

Whoever surveys draws a ring around a field; who types it in sees the same table. Words and places are in ``grid.toml`` beside the layout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.assessment_edition import Edition
from app.domain.assessment_parts import cell
from app.printing.layout import Box, FormLayout

PartWord = Callable[[str], str]


def add_grid(
    layout: FormLayout, grid: Mapping[str, Any], *, edition: Edition, structure: str, sheet: str, part_word: PartWord
) -> FormLayout:
    """The layout with the table in each of its cells. ``sheet`` is ``first`` or ``second``."""
    weights = edition.weights[structure, sheet]
    return _extended(layout, grid, lambda place: _table(place, grid, edition, weights, part_word))


def add_depths(layout: FormLayout, grid: Mapping[str, Any], *, edition: Edition, hazard: str) -> FormLayout:
    """The layout with the table of depths instead of parts: the first survey of a flood."""
    table = edition.depths[hazard]
    lines = [str(grid["no_parts"])]
    lines += [str(grid["depth"]).format(low=limit.low, grade=edition.label(limit.grade)) for limit in table.limits]
    lines.append(str(grid["below"]).format(grade=edition.label(table.below)))
    return _extended(layout, grid, lambda place: _lines(place, lines))


def _extended(layout: FormLayout, grid: Mapping[str, Any], boxes: Callable[[Mapping[str, float]], list[Box]]) -> FormLayout:
    cells = {
        nup: replace(cell, boxes=(*cell.boxes, *boxes(grid["place"][str(nup)]))) if str(nup) in grid["place"] else cell
        for nup, cell in layout.cells.items()
    }
    return replace(layout, cells=cells)


def _lines(place: Mapping[str, float], lines: Sequence[str]) -> list[Box]:
    height = min(9.0, place["h"] / len(lines))
    made = [Box("frame", place["x"], place["y"], place["w"], place["h"])]
    for row, words in enumerate(lines):
        made.append(Box("text", place["x"] + 3, place["y"] + row * height, place["w"] - 6, height, text=words, size=place["size"] + 2))
    return made


def _table(
    place: Mapping[str, float], grid: Mapping[str, Any], edition: Edition, weights: Mapping[str, int], part_word: PartWord
) -> list[Box]:
    """Frames, headings and points. Rows share the height; a sheet of three parts has tall ones, to write in."""
    x, y, size = place["x"], place["y"], place["size"]
    head, half = place["header"], place["header"] / 2
    columns = len(edition.coefficients) * len(edition.buckets)
    width = (place["w"] - place["label"] - place["points"]) / columns
    left, right = x + place["label"], x + place["w"] - place["points"]
    made = [
        Box("frame", x, y, place["label"], head, fill=0.92),
        Box("text", x + 0.5, y, place["label"] - 1, head, text=str(grid["part"]), size=size, align="center", min_stretch=0.5),
        Box("frame", right, y, place["points"], head, fill=0.92),
        Box("text", right, y, place["points"], head, text=str(grid["points"]), size=size, align="center"),
    ]
    span = width * len(edition.buckets)
    for place_of, degree in enumerate(sorted(edition.coefficients)):
        at = left + place_of * span
        made.append(Box("frame", at, y, span, half, fill=0.92))
        words = f"{grid['degrees'][degree - 1]} {edition.coefficients[degree]}%"
        made.append(Box("text", at, y, span, half, text=words, size=size, align="center"))
        for number, bucket in enumerate(edition.buckets):
            one = at + number * width
            made.append(Box("frame", one, y + half, width, half, line=0.1))
            made.append(_small(one, y + half, width, half, str(grid["area"]).format(percent=bucket), size - 2))
    tall = min((place["h"] - head) / len(weights), 14.0)
    for row, (part, weight) in enumerate(weights.items()):
        made += _row(y + head + row * tall, tall, place, grid, edition, (part_word(part), part, weight), width)
    return made


def _row(
    y: float, tall: float, place: Mapping[str, float], grid: Mapping[str, Any], edition: Edition, part: tuple[str, str, int], width: float
) -> list[Box]:
    word, key, weight = part
    x, size = place["x"], place["size"]
    left, right = x + place["label"], x + place["w"] - place["points"]
    words = str(grid["weight"]).format(part=word, weight=weight)
    made = [
        Box("frame", x, y, place["label"], tall),
        Box("text", x + 1, y, place["label"] - 2, tall, text=words, size=size, min_stretch=0.5, min_size=5),
        Box("frame", right, y, place["points"], tall),
    ]
    if key == "equipment":
        made.append(Box("frame", left, y, right - left, tall))
        made.append(Box("text", left + 2, y, right - left - 4, tall, text=str(grid["equipment"]).format(weight=weight), size=size - 0.5))
        return made
    for place_of, degree in enumerate(sorted(edition.coefficients)):
        start = left + place_of * width * len(edition.buckets)
        made.append(Box("frame", start, y, width * len(edition.buckets), tall))
        for number, bucket in enumerate(edition.buckets):
            points = cell(weight, edition.coefficients[degree], bucket)
            made.append(Box("frame", start + number * width, y, width, tall, line=0.05))
            made.append(_small(start + number * width, y, width, tall, str(points), size))
    return made


def _small(x: float, y: float, w: float, h: float, text: str, size: float) -> Box:
    return Box("text", x, y, w, h, text=text, size=size, align="center", min_size=4, min_stretch=0.5)
