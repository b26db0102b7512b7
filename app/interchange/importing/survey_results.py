"""Results of damage surveys from other tools and lent staff: cells as values; what they mean together is judged by the use case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.assessment_edition import PARTS
from app.domain.building import plain_number
from app.domain.building_code import read_building_code, read_building_number
from app.domain.words import find_code, known_words
from app.interchange.importing.buildings import read_single_day, take_place, take_words
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, each_row, open_source
from app.interchange.importing.values import is_total, read_float, read_integer, read_yes_no
from app.presentation.steps import part_label
from app.usecases.job import QUIET, Job
from app.usecases.plans import Entry

_PART_NAMES = tuple(dict.fromkeys(part for parts in PARTS.values() for part in parts))
_TEXTS = (
    "sheet", "tax_no", "address", "district", "zone", "owner_name", "disaster", "checker", "team", "head_name", "head_kana", "head_birth",
    "head_address", "postal", "phone", "resident_no", "household_no", "room", "reason", "note",
)  # fmt: skip
_WORDS = {"use": "building_use", "tenure": "tenure"}
_DECIDING = {"kind": "survey_kind", "method": "survey_method", "hazard": "survey_hazard", "grade": "grade"}
_FLAGS = ("collapsed", "washed_away")
_TILTS = ("tilt1", "tilt2", "tilt3", "tilt4")
_BETWEEN = re.compile(r"[/,;\u3001\uff0c\u30fb\n]+")
_PAIR = re.compile(r"([0-5]|I{1,3}|IV|V)\s*[:x\u00d7*=\-\s]?\s*(\d+(?:\.\d+)?)\s*%", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})[:\u6642](\d{1,2})\u5206?(?::\d{2})?")
_LONGEST = 400
_FIELD_COLUMNS = {"depth_cm": "depth", "plumb_mm": "plumb", "floor_loss_percent": "floor_loss", "stage": "kind"}


def read_survey_results(path: Path | str, *, options: ReadOptions = DEFAULTS, job: Job = QUIET) -> ReadResult:
    """Read survey results. Entries have ``inputs`` (as ``surveys assess``, without hazard and stage), ``points``, ``total``, ``grade`` and more.

    A row without a day, with a word for grade, hazard or kind that nobody knows, or a number that is none, is rejected with line and column.
    Raises what ``open_source`` raises, and Cancelled.
    """
    result = open_source(path, "survey_results", options=options)
    reader = _Reader(result)
    columns = list(result.headers.columns.items())
    for line, cells in each_row(result):
        told = {key: text for key, index in columns if index < len(cells) and (text := cells[index].strip())}
        values = reader.read(line, told)
        if values is not None:
            result.entries.append(Entry(line=line, values=values))
        if not result.read % 1000:
            job.report(result.read, None, "job.reading_surveys")
    return result


def column_of(result: ReadResult, field: str) -> tuple[str | None, str | None]:
    """Key and heading of the column that a field of the sheet came from: ``parts.roof[0]``, ``parts.roof[0]#degree``, ``tilt_mm[2]``, ``grade``."""
    field, _, told = field.partition("#")
    name, _, place = field.removeprefix("parts.").partition("[")
    suffixes = ("", "_degree", "_percent") if told == "degree" else ("", "_percent", "_degree")
    keys = [f"{name}{suffix}" for suffix in suffixes]
    if name == "tilt_mm":
        keys = [f"tilt{int(place.rstrip(']')) + 1}"] if place else ["tilt1"]
    if name == "wall":
        keys += [f"outer_wall{suffix}" for suffix in suffixes]
    if name == "outer_wall":
        keys += [f"wall{suffix}" for suffix in suffixes]
    keys.append(_FIELD_COLUMNS.get(name, name))
    found = next((key for key in keys if key in result.headers.columns), None)
    return found, result.heading(found) if found else None


def part_words(known: str, structure: str) -> str:
    """Names of parts (``roof, wall``) in the words of the form."""
    names = known.split(", ")
    sheet = "second" if _SECOND_ONLY & set(names) else "first"
    return "\u3001".join(part_label(name, structure, sheet) for name in names)


_SECOND_ONLY = frozenset({"inner_wall", "interior"})


class _Reader:
    """Reads the rows of one file."""

    def __init__(self, result: ReadResult) -> None:
        self._result = result
        folded = {key: unicodedata.normalize("NFKC", heading).casefold() for key, heading in result.columns.items()}
        self._parts = [part for part in _PART_NAMES if any(f"{part}{suffix}" in folded for suffix in ("", "_degree", "_percent"))]
        self._millimetres = {key for key, heading in folded.items() if "mm" in heading}
        self._metres = {key for key, heading in folded.items() if re.search(r"\(m\)|\[m\]|_m$", heading)}

    def read(self, line: int, told: Mapping[str, str]) -> dict[str, Any] | None:
        """The values of a row; None when it was rejected, is a sum or holds nothing."""
        if is_total(told.get("number", "")) or is_total(told.get("address", "")):
            self._result.report.warn("import.total_row", line=line, column=self._result.heading("surveyed_on"), value=told.get("address", ""))
            return None
        values: dict[str, Any] = {}
        for key in _TEXTS:
            if text := told.get(key):
                if len(text) > _LONGEST and key not in ("note", "reason"):
                    self._reject(line, key, "building.text_long", text, most=_LONGEST)
                    return None
                values[key] = plain_number(text) if key in ("tax_no", "sheet") else text
        if not self._take_day(line, told, values) or not self._take_words(line, told, values) or not self._take_total(line, told, values):
            return None
        self._take_names(told, values)
        take_words(self._result, line, told, values, _WORDS)
        take_place(self._result, line, told, values)
        inputs, points = dict[str, Any](), dict[str, int]()
        if not self._take_measures(line, told, inputs) or not self._take_parts(line, told, inputs, points):
            return None
        return {**values, **({"inputs": inputs} if inputs else {}), **({"points": points} if points else {})}

    def _reject(self, line: int, key: str, code: str, text: str = "", **params: Any) -> None:
        self._result.reject(line, code, column=self._result.heading(key), value=text, text=text, **params)

    def _reject_word(self, line: int, key: str, group: str, text: str) -> None:
        """A word nobody knows, with those that are known."""
        self._reject(line, key, "survey.row_word", text, word=text, known=known_words(group))

    def _take_day(self, line: int, told: Mapping[str, str], values: dict[str, Any]) -> bool:
        text = told.get("surveyed_on", "")
        day = read_single_day(text) if text else ""
        if not day:
            self._reject(line, "surveyed_on", "survey.row_day" if text else "survey.row_day_missing", text)
            return False
        values["surveyed_on"] = day
        for key in ("started", "ended"):
            if clock := told.get(key):
                found = _CLOCK.search(unicodedata.normalize("NFKC", clock))
                if found:
                    values[key] = f"{int(found[1])}:{int(found[2]):02}"
        return True

    def _take_words(self, line: int, told: Mapping[str, str], values: dict[str, Any]) -> bool:
        for key, group in _DECIDING.items():
            if text := told.get(key):
                code = find_code(group, text)
                if code is None:
                    self._reject_word(line, key, group, text)
                    return False
                values[key] = code
        if text := told.get("structure"):
            code = find_code("survey_structure", text)
            building = find_code("building_structure", text)
            if code is None and building is None:
                self._reject_word(line, "structure", "survey_structure", text)
                return False
            values["structure"] = code or ("wood" if building in ("wood", "prefab") else "rc")
            if building:
                values["building_structure"] = building
        return True

    def _take_total(self, line: int, told: Mapping[str, str], values: dict[str, Any]) -> bool:
        if not (text := told.get("total")):
            return True
        number = read_float(unicodedata.normalize("NFKC", text).strip().rstrip("%").removesuffix("\u70b9"))
        if number is None or not 0 <= number <= 100:
            self._reject(line, "total", "survey.row_number" if number is None else "survey.row_over", text)
            return False
        values["total"] = int(Decimal(str(number)) + Decimal("0.5"))
        if number != int(number):
            values["raw"] = str(number)
        return True

    def _take_names(self, told: Mapping[str, str], values: dict[str, Any]) -> None:
        if text := told.get("number"):
            code = read_building_code(text)
            if code:
                values["code_disaster"], values["number"] = code
            elif number := read_building_number(text):
                values["number"] = number
            else:
                values.setdefault("sheet", plain_number(text))  # the number of another tool
                values["alien"] = text
        if text := told.get("surveyors"):
            values["surveyors"] = _names(text)
        if text := told.get("storeys"):
            storeys = read_integer(text)
            if storeys is not None and 0 < storeys <= 99:
                values["storeys"] = storeys

    # -- measures ------------------------------------------------------------------------------------------

    def _take_measures(self, line: int, told: Mapping[str, str], inputs: dict[str, Any]) -> bool:
        tilts: list[Any] = []
        for key in _TILTS:
            if text := told.get(key):
                number = self._number(line, key, text)
                if number is None:
                    return False
                tilts.append(number if key in self._millimetres else _exact(number * 10))
        if tilts:
            if len(tilts) != len(_TILTS):
                there = [key for key in _TILTS if key in self._result.headers.columns]
                self._reject(line, next((key for key in there if key not in told), there[-1]), "survey.row_tilts", count=len(tilts))
                return False
            inputs["tilt_mm"] = tilts
        if text := told.get("plumb"):
            number = self._number(line, "plumb", text)
            if number is None:
                return False
            inputs["plumb_mm"] = number if "plumb" in self._millimetres else _exact(number * 10)
        return self._take_water(line, told, inputs)

    def _take_water(self, line: int, told: Mapping[str, str], inputs: dict[str, Any]) -> bool:
        for key, name in (("depth", "depth_cm"), ("floor_loss", "floor_loss_percent")):
            if text := told.get(key):
                number = self._number(line, key, text)
                if number is None:
                    return False
                factor = 100 if key in self._metres else 0.1 if key in self._millimetres else 1
                inputs[name] = _exact(number * factor) if name == "depth_cm" else number
        for key in _FLAGS:
            if (text := told.get(key)) and read_yes_no(text):
                inputs[key] = True
        for key, group in (("above_floor", "above_floor"), ("sinking", "sinking")):
            if text := told.get(key):
                code = find_code(group, text)
                if code is None:
                    self._reject_word(line, key, group, text)
                    return False
                inputs[key] = code == "above" if key == "above_floor" else code
        return True

    def _number(self, line: int, key: str, text: str) -> int | float | None:
        number = _measure(text)
        if number is None:
            self._reject(line, key, "survey.row_number", text)
        return number

    def _take_parts(self, line: int, told: Mapping[str, str], inputs: dict[str, Any], points: dict[str, int]) -> bool:
        rows: dict[str, Any] = {}
        for part in self._parts:
            text, degree, percent = (told.get(f"{part}{suffix}", "") for suffix in ("", "_degree", "_percent"))
            if degree or percent:
                pairs = _pairs_apart(degree, percent)
            elif text and (pairs := _pairs(text)) is None:
                number = read_integer(text)
                if number is None or number < 0:
                    self._reject(line, part, "survey.row_part", text)
                    return False
                points[part] = number
                continue
            elif text:
                pairs = _pairs(text)
            else:
                continue
            if pairs is None:
                self._reject(line, f"{part}_degree" if degree else f"{part}_percent", "survey.row_part", f"{degree} {percent}")
                return False
            if pairs:
                rows[part] = pairs
        if rows:
            if "equipment" in points:
                rows["equipment"] = points.pop("equipment")
            inputs["parts"] = rows
        return True


@lru_cache(maxsize=8192)
def _measure(text: str) -> int | float | None:
    """A number with or without its unit."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    for unit in ("mm", "cm", "m", "%"):
        plain = plain.removesuffix(unit)
    number = read_float(plain)
    return None if number is None else _exact(number)


def _exact(number: float) -> int | float:
    return int(number) if number == int(number) else round(number, 6)


@lru_cache(maxsize=8192)
def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in _BETWEEN.split(text))))


@lru_cache(maxsize=8192)
def _pairs(text: str) -> list[list[Any]] | None:
    """``Ⅲ60%、Ⅱ20%`` as rows of degree and percent; None when it is something else."""
    plain = unicodedata.normalize("NFKC", text)
    found = _PAIR.findall(plain)
    rest = _BETWEEN.sub("", _PAIR.sub("", plain)).strip()
    return [[degree.upper(), _exact(float(percent))] for degree, percent in found] if found and not rest else None


@lru_cache(maxsize=8192)
def _pairs_apart(degrees: str, percents: str) -> list[list[Any]] | None:
    """Degrees and percents of two cells, several divided by a stroke; a degree of 0 or a blank one is no damage."""
    left = [one.strip() for one in _BETWEEN.split(unicodedata.normalize("NFKC", degrees)) if one.strip()]
    right = [one.strip().rstrip("%") for one in _BETWEEN.split(unicodedata.normalize("NFKC", percents)) if one.strip()]
    if not left and all(read_float(one) == 0 for one in right) or all(one in ("0", "-") for one in left) and not right:
        return []
    numbers = [read_float(one) for one in right]
    if len(left) != len(right) or any(number is None for number in numbers):
        return None
    return [[degree.upper(), _exact(number)] for degree, number in zip(left, numbers, strict=True) if number is not None]
