"""Lists of shelters: the national open-data layout and what municipalities write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.domain.codes import HAZARDS
from app.domain.shelter import indoor_capacity
from app.domain.words import find_code
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, each_row, open_source
from app.interchange.importing.values import is_total, read_float, read_yes_no
from app.usecases.plans import Entry

_TEXTS = ("external_id", "kana", "phone", "towns", "district", "note")
_PARTS = ("prefecture", "city", "town", "house_no", "building")
_BOUNDS = {"latitude": (20.0, 46.0), "longitude": (122.0, 154.0)}  # Japan


def read_shelters(path: Path | str, *, options: ReadOptions = DEFAULTS) -> ReadResult:
    """Read a list of shelters. Each entry has fields of ``domain.shelter.Shelter``; blank cells give no value.

    A row without a name is rejected, a row of sums left out with a warning. Raises what ``open_source`` raises.
    """
    result = open_source(path, "shelters", options=options)
    for line, cells in each_row(result):
        values = read_shelter_row(result, line, cells)
        if values is not None:
            result.entries.append(Entry(line=line, values=values))
    return result


def read_shelter_row(result: ReadResult, line: int, cells: Sequence[str]) -> dict[str, Any] | None:
    """The values of a shelter in a row; None when the row was rejected or is a sum."""
    headers = result.headers
    name = headers.take("name", cells)
    if not name:
        result.reject(line, "import.value_missing", column=result.heading("name"))
        return None
    if is_total(name):
        result.report.warn("import.total_row", line=line, column=result.heading("name"), value=name)
        return None
    values: dict[str, Any] = {"name": name}
    for key in _TEXTS:
        if text := headers.take(key, cells):
            values[key] = text
    if address := _address(lambda key: headers.take(key, cells)):
        values["address"] = address
    if capacity := headers.take("capacity_text", cells):
        values["capacity_text"] = capacity
        values["capacity"] = indoor_capacity(capacity)
    _take_place(result, line, cells, values)
    _take_hazards(result, line, cells, values)
    if kind := headers.take("kind", cells):
        code = find_code("shelter_kind", kind)
        if code is None:
            result.report.warn("import.word_unknown", line=line, column=result.heading("kind"), value=kind, word=kind)
        else:
            values["kind"] = code
    return values


def _address(take: Callable[[str], str]) -> str:
    """The address in one piece, else its parts put together."""
    return take("address") or "".join(map(take, _PARTS))


def _take_place(result: ReadResult, line: int, cells: Sequence[str], values: dict[str, Any]) -> None:
    """Latitude and longitude in degrees; what is no place in Japan is left out with a warning."""
    for key, (low, high) in _BOUNDS.items():
        text = result.headers.take(key, cells)
        if not text:
            continue
        number = read_float(text)
        if number is not None and low <= number <= high:
            values[key] = number
        else:
            result.report.warn(f"import.{key}_range", line=line, column=result.heading(key), value=text, text=text, low=low, high=high)


def _take_hazards(result: ReadResult, line: int, cells: Sequence[str], values: dict[str, Any]) -> None:
    found = []
    for hazard in HAZARDS:
        key = f"hazard_{hazard}"
        text = result.headers.take(key, cells)
        answer = read_yes_no(text)
        if answer is None:
            result.report.warn("import.yes_no_unknown", line=line, column=result.heading(key), value=text, text=text)
        elif answer:
            found.append(hazard)
    if found:
        values["hazards"] = tuple(found)
