"""Lists of buildings: the house tax register (家屋課税台帳), results of 応急危険度判定, registers of collapsed houses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.building import plain_number
from app.domain.building_code import read_building_number
from app.domain.dates import parse_date
from app.domain.errors import SasaeError
from app.domain.words import find_code, find_code_within
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, each_row, open_source
from app.interchange.importing.values import is_total, read_float, read_integer, read_yes_no, words
from app.usecases.job import QUIET, Job
from app.usecases.plans import Entry

_TEXTS = (
    "tax_no", "address", "postal", "district", "zone", "map_no", "name", "owner_name", "owner_kana", "owner_address", "owner_phone", "built",
    "danger", "risk_note", "note",
)  # fmt: skip
_WORDS = {"use": "building_use", "structure": "building_structure", "risk": "building_risk"}
_BOUNDS = {"lat": (20.0, 46.0), "lon": (122.0, 154.0)}  # Japan
_LONGEST = 200
_MOST_AREA = 1_000_000.0


def read_buildings(path: Path | str, *, options: ReadOptions = DEFAULTS, job: Job = QUIET) -> ReadResult:
    """Read a list of buildings. Each entry has fields of ``domain.building.Building``; blank cells give no value.

    A row that names no place (address, tax number, map number, coordinates) nor a survey number is rejected. Raises what ``open_source``
    raises, and Cancelled.
    """
    result = open_source(path, "buildings", options=options)
    columns = [(key, index) for key, index in result.headers.columns.items()]
    for line, cells in each_row(result):
        told = {key: text for key, index in columns if index < len(cells) and (text := cells[index].strip())}
        values = _read_row(result, line, told)
        if values is not None:
            result.entries.append(Entry(line=line, values=values))
        if not result.read % 1000:
            job.report(result.read, None, "job.reading_buildings")
    return result


def column_of_building(result: ReadResult, field: str) -> tuple[str | None, str | None]:
    """Key and heading of the column that a field of a building came from."""
    return (field, result.heading(field)) if field in result.headers.columns else (None, None)


def _read_row(result: ReadResult, line: int, told: Mapping[str, str]) -> dict[str, Any] | None:
    if is_total(told.get("tax_no", "")) or is_total(told.get("address", "")):
        result.report.warn("import.total_row", line=line, column=result.heading("address"), value=told.get("address", ""))
        return None
    values: dict[str, Any] = {}
    for key in _TEXTS:
        if text := told.get(key):
            if len(text) > _LONGEST and key not in ("note", "danger", "risk_note"):
                result.reject(line, "building.text_long", column=result.heading(key), value=text, most=_LONGEST)
                return None
            values[key] = plain_number(text) if key == "tax_no" else text
    if number := told.get("number"):
        values["number"] = read_building_number(number) or number
    take_words(result, line, told, values, _WORDS)
    take_place(result, line, told, values)
    _take_numbers(result, line, told, values)
    if text := told.get("collapsed"):
        values["collapsed"] = read_yes_no(text) is True or find_code("yes_no", text) is None and not text.isascii()
    if text := told.get("risk_on"):
        day = read_single_day(text)
        if day:
            values["risk_on"] = day
        else:
            result.report.warn("building.day_unreadable", line=line, column=result.heading("risk_on"), value=text, text=text)
    if not any(key in values for key in ("address", "tax_no", "map_no", "number")) and not ("lat" in values and "lon" in values):
        result.reject(line, "building.not_findable", column=result.heading("address"))
        return None
    return values


@lru_cache(maxsize=8192)
def read_single_day(text: str) -> str:
    """One day of any style as ISO; "" when it is none or no single one."""
    try:
        found = parse_date(text)
    except SasaeError:
        return ""
    exact = found.earliest is not None and found.earliest == found.latest
    return found.earliest.isoformat() if exact and isinstance(found.earliest, date) else ""


def take_words(result: ReadResult, line: int, told: Mapping[str, str], values: dict[str, Any], groups: Mapping[str, str]) -> None:
    """Codes for words; a word nobody knows is left out with a warning."""
    for key, group in groups.items():
        if text := told.get(key):
            code = _code(group, text)
            if code is None:
                result.report.warn("import.word_unknown", line=line, column=result.heading(key), value=text, word=text)
            else:
                values[key] = code


@lru_cache(maxsize=4096)
def _code(group: str, text: str) -> str | None:
    return find_code(group, text) or find_code_within(group, text)


def take_place(result: ReadResult, line: int, told: Mapping[str, str], values: dict[str, Any]) -> None:
    """Latitude and longitude in degrees; what is no place in Japan is left out with a warning."""
    for key, (low, high) in _BOUNDS.items():
        if text := told.get(key):
            number = read_float(text)
            if number is not None and low <= number <= high:
                values[key] = number
            else:
                code = "import.latitude_range" if key == "lat" else "import.longitude_range"
                result.report.warn(code, line=line, column=result.heading(key), value=text, text=text, low=low, high=high)


def _take_numbers(result: ReadResult, line: int, told: Mapping[str, str], values: dict[str, Any]) -> None:
    if text := told.get("storeys"):
        storeys = read_integer(_plain_storeys(text))
        if storeys is not None and 0 < storeys <= 99:
            values["storeys"] = storeys
        else:
            result.report.warn("building.storeys_unreadable", line=line, column=result.heading("storeys"), value=text, text=text)
    if text := told.get("floor_area"):
        area = read_float(text.replace(",", "").removesuffix("\u33a1").removesuffix("m2").removesuffix("m\u00b2"))
        if area is not None and 0 < area <= _MOST_AREA:
            values["floor_area"] = area
        else:
            result.report.warn("building.area_unreadable", line=line, column=result.heading("floor_area"), value=text, text=text)


def _plain_storeys(text: str) -> str:
    """``2階建`` and ``2F`` as ``2``."""
    return text.rstrip(str(words("storeys")))


def columns_of(values: Mapping[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
    """The values of these fields that are there."""
    return {key: values[key] for key in wanted if key in values}
