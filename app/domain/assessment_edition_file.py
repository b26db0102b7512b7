"""Reading an edition from TOML: checked whole before anything is judged by it; every fault names the file, the key and what is wrong.

Every number is written ``{ value = …, source = "…", sure = "F" }``, so that nobody has to ask where it is from.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from app import resources
from app.domain.assessment_edition import (
    PARTS,
    SHEETS,
    SINKINGS,
    STEP_RULES,
    STRUCTURES,
    TILT_RULES,
    Band,
    DepthTable,
    Edition,
    Exact,
    Fact,
    Ground,
    Limit,
    SolidTilt,
    WoodTilt,
)
from app.domain.assessment_inputs import lean
from app.domain.errors import InputFault
from app.domain.survey import GRADES, HAZARDS

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_SURE = re.compile(r"(F|V|K-high|K-med|K-low|own)( \(!\))?")
_RATIO = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
_KEYS = (
    "id", "title", "document", "in_force", "hazards", "grades", "floor_loss", "coefficients", "buckets", "weights", "tilt", "depth", "ground",
)  # fmt: skip
MAX_TEXT = 200_000
FLOODS = ("flood_external", "flood_inland")


@lru_cache(maxsize=1)
def shipped_editions() -> tuple[Edition, ...]:
    """The editions that come with the program, oldest first."""
    found = [parse_edition(path.read_text("utf-8"), path=path.name) for path in sorted(resources.path("editions").glob("*.toml"))]
    return tuple(sorted(found, key=lambda edition: edition.in_force))


def shipped_text(edition_id: str) -> str | None:
    """The file of a shipped edition, as a pattern for one's own."""
    path = resources.path("editions", f"{edition_id}.toml")
    return path.read_text("utf-8") if _ID.fullmatch(edition_id) and path.is_file() else None


def parse_edition(text: str, *, path: str = "", own: bool = False) -> Edition:
    """An edition from TOML text, or InputFault ``edition.…`` with path and key (``field``)."""
    if len(text) > MAX_TEXT:
        raise InputFault("edition.too_long", path=path, most=MAX_TEXT)
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        raise InputFault("edition.not_toml", path=path, line=int(found[1]) if found else None, detail=str(error)[:200]) from None
    return _Reader(path).read(data, own=own)


class _Reader:
    """Takes a file apart, key by key; what is left over at the end was misspelt."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._facts: list[Fact] = []

    def _fail(self, code: str, key: str, **params: Any) -> InputFault:
        return InputFault(code, path=self._path, field=key, key=key, **params)

    def read(self, data: Mapping[str, Any], *, own: bool) -> Edition:
        self._only(data, _KEYS, "")
        bands = self._bands(data)
        grades = tuple(band.grade for band in bands)
        weights = self._weights(self._table(data, "weights"))
        hazards = self._words(data, "hazards", HAZARDS)
        tilt = self._table(data, "tilt")
        self._only(tilt, STRUCTURES, "tilt")
        ground = self._table(data, "ground") if "ground" in data else None
        return Edition(
            id=self._id(data),
            title=self._text(data, "title", ""),
            document=self._text(data, "document", ""),
            in_force=self._day(data),
            hazards=hazards,
            bands=bands,
            floor_loss=self._by_grade(self._table(data, "floor_loss"), "floor_loss", grades),
            coefficients=self._coefficients(self._table(data, "coefficients")),
            buckets=self._buckets(self._table(data, "buckets")),
            weights=weights,
            wood_tilt=self._wood_tilt(self._table(tilt, "wood", "tilt"), weights),
            solid_tilt=self._solid_tilt(self._table(tilt, "rc", "tilt")),
            depths=self._depths(self._table(data, "depth") if "depth" in data else {}, grades),
            ground=self._ground(ground, grades) if ground is not None else None,
            facts=tuple(self._facts),
            own=own,
        )

    # -- plain values ----------------------------------------------------------------------------------

    def _only(self, table: Mapping[str, Any], known: Sequence[str], place: str) -> None:
        for key in table:
            if key not in known:
                raise self._fail("edition.unknown_key", _join(place, key), known=", ".join(known))

    def _table(self, data: Mapping[str, Any], key: str, place: str = "") -> Mapping[str, Any]:
        value = data.get(key)
        if not isinstance(value, Mapping):
            raise self._fail("edition.missing_table" if value is None else "edition.not_a_table", _join(place, key))
        return value

    def _text(self, data: Mapping[str, Any], key: str, place: str) -> str:
        value = data.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._fail("edition.missing_text", _join(place, key))
        return value.strip()

    def _id(self, data: Mapping[str, Any]) -> str:
        value = self._text(data, "id", "")
        if not _ID.fullmatch(value):
            raise self._fail("edition.bad_id", "id", value=value[:60])
        return value

    def _day(self, data: Mapping[str, Any]) -> date:
        value = data.get("in_force")
        if type(value) is not date:
            raise self._fail("edition.bad_day", "in_force")
        return value

    def _words(self, data: Mapping[str, Any], key: str, known: Sequence[str], place: str = "") -> tuple[str, ...]:
        value = data.get(key)
        if not isinstance(value, list) or not value:
            raise self._fail("edition.missing_list", _join(place, key), known=", ".join(known))
        for word in value:
            if word not in known:
                raise self._fail("edition.unknown_word", _join(place, key), value=str(word)[:40], known=", ".join(known))
        return tuple(value)

    def _fact(self, table: Mapping[str, Any], key: str, place: str) -> Any:
        """The value of ``{ value, source, sure }``, its origin kept."""
        where, entry = _join(place, key), table.get(key)
        if entry is None:
            raise self._fail("edition.missing_number", where)
        if not isinstance(entry, Mapping):
            raise self._fail("edition.no_source", where)
        self._only(entry, ("value", "source", "sure", "note"), where)
        source = entry.get("source")
        if not isinstance(source, str) or not source.strip():
            raise self._fail("edition.no_source", where)
        sure = entry.get("sure")
        if not isinstance(sure, str) or not _SURE.fullmatch(sure):
            raise self._fail("edition.no_sure", where)
        if "value" not in entry:
            raise self._fail("edition.missing_number", where)
        self._facts.append(Fact(key=where, value=str(entry["value"]), source=source.strip(), sure=sure))
        return entry["value"]

    def _number(self, table: Mapping[str, Any], key: str, place: str, *, low: int = 0, high: int = 100) -> Exact:
        value = self._fact(table, key, place)
        where = _join(place, key)
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or (isinstance(value, Decimal) and not value.is_finite()):
            raise self._fail("edition.not_a_number", where, value=str(value)[:40])
        if not low <= value <= high:
            raise self._fail("edition.out_of_range", where, value=str(value), low=low, high=high)
        return lean(Fraction(value))

    def _whole(self, table: Mapping[str, Any], key: str, place: str, *, low: int = 0, high: int = 100) -> int:
        number = self._number(table, key, place, low=low, high=high)
        if number.denominator != 1:
            raise self._fail("edition.not_whole", _join(place, key), value=str(table[key]["value"]))
        return int(number)

    def _ratio(self, table: Mapping[str, Any], key: str, place: str) -> Fraction:
        value = self._fact(table, key, place)
        found = _RATIO.fullmatch(value) if isinstance(value, str) else None
        if not found or not int(found[2]) or not 0 < Fraction(int(found[1]), int(found[2])) < 1:
            raise self._fail("edition.not_a_ratio", _join(place, key), value=str(value)[:40])
        return Fraction(int(found[1]), int(found[2]))

    def _choice(self, table: Mapping[str, Any], key: str, place: str, known: Sequence[str]) -> str:
        value = self._fact(table, key, place)
        if value not in known:
            raise self._fail("edition.unknown_word", _join(place, key), value=str(value)[:40], known=", ".join(known))
        return str(value)

    def _falling(self, limits: Sequence[Exact], key: str) -> None:
        if any(upper <= lower for upper, lower in zip(limits, limits[1:], strict=False)):
            raise self._fail("edition.not_falling", key)

    # -- the parts of an edition -----------------------------------------------------------------------

    def _bands(self, data: Mapping[str, Any]) -> tuple[Band, ...]:
        rows = data.get("grades")
        if not isinstance(rows, list) or len(rows) < 2:
            raise self._fail("edition.missing_list", "grades", known=", ".join(GRADES))
        bands = []
        for place, row in enumerate(rows):
            where = f"grades[{place}]"
            if not isinstance(row, Mapping):
                raise self._fail("edition.not_a_table", where)
            self._only(row, ("grade", "label", "from_percent"), where)
            grade = self._text(row, "grade", where)
            if grade not in GRADES or grade == "none":
                raise self._fail("edition.unknown_word", f"{where}.grade", value=grade[:40], known=", ".join(GRADES[:-1]))
            label = self._text(row, "label", where)
            bands.append(Band(grade=grade, low=self._number(row, "from_percent", where), label=label))
        self._falling([band.low for band in bands], "grades")
        if len({band.grade for band in bands}) < len(bands) or [b.grade for b in bands] != [
            g for g in GRADES if g in {b.grade for b in bands}
        ]:
            raise self._fail("edition.grade_order", "grades")
        if bands[0].grade != "total" or bands[-1].low != 0:
            raise self._fail("edition.grade_ends", "grades")
        return tuple(bands)

    def _by_grade(self, table: Mapping[str, Any], place: str, grades: Sequence[str]) -> tuple[Limit, ...]:
        """Lower bounds by grade, worst first; those of grades the edition does not have are refused."""
        self._only(table, grades, place)
        limits = tuple(Limit(grade=grade, low=self._number(table, grade, place)) for grade in grades if grade in table)
        self._falling([limit.low for limit in limits], place)
        if not limits or limits[0].grade != "total":
            raise self._fail("edition.missing_number", _join(place, "total"))
        return limits

    def _coefficients(self, table: Mapping[str, Any]) -> Mapping[int, Exact]:
        names = [str(degree) for degree in range(1, 6)]
        self._only(table, names, "coefficients")
        found = {int(name): self._number(table, name, "coefficients") for name in names}
        self._falling([found[degree] for degree in range(5, 0, -1)], "coefficients")
        return MappingProxyType(found)

    def _buckets(self, table: Mapping[str, Any]) -> tuple[int, ...]:
        self._only(table, ("percents",), "buckets")
        values = self._fact(table, "percents", "buckets")
        if not isinstance(values, list) or any(isinstance(one, bool) or not isinstance(one, int) for one in values):
            raise self._fail("edition.buckets", "buckets.percents")
        if not values or values[0] <= 0 or values[-1] != 100 or values != sorted(set(values)):
            raise self._fail("edition.buckets", "buckets.percents")
        return tuple(values)

    def _weights(self, table: Mapping[str, Any]) -> Mapping[tuple[str, str], Mapping[str, int]]:
        self._only(table, [f"{structure}_{sheet}" for structure in STRUCTURES for sheet in SHEETS], "weights")
        found = {}
        for (structure, sheet), parts in PARTS.items():
            key = f"{structure}_{sheet}"
            place = f"weights.{key}"
            rows = self._table(table, key, "weights")
            self._only(rows, parts, place)
            found[structure, sheet] = MappingProxyType({part: self._whole(rows, part, place) for part in parts})
            total = sum(found[structure, sheet].values())
            if total != 100:
                raise self._fail("edition.weights_sum", place, total=total)
        return MappingProxyType(found)

    def _wood_tilt(self, table: Mapping[str, Any], weights: Mapping[tuple[str, str], Mapping[str, int]]) -> WoodTilt:
        place = "tilt.wood"
        self._only(table, ("total", "step", "points", "rule", "part_first", "part_second"), place)
        points = self._whole(table, "points", place)
        parts = {sheet: self._choice(table, f"part_{sheet}", place, PARTS["wood", sheet]) for sheet in SHEETS}
        for sheet, part in parts.items():
            if part == "equipment" or points > weights["wood", sheet][part]:
                raise self._fail("edition.tilt_points", f"{place}.part_{sheet}", points=points, part=part)
        made = WoodTilt(
            total=self._ratio(table, "total", place),
            step=self._ratio(table, "step", place),
            points=points,
            rule=self._choice(table, "rule", place, STEP_RULES),
            parts=MappingProxyType(parts),
        )
        self._falling([made.total, made.step], place)
        return made

    def _solid_tilt(self, table: Mapping[str, Any]) -> SolidTilt:
        place = "tilt.rc"
        self._only(table, ("total", "settled", "settlement_mm"), place)
        made = SolidTilt(
            total=self._ratio(table, "total", place),
            settled=self._ratio(table, "settled", place),
            settlement_mm=self._number(table, "settlement_mm", place, low=1, high=10000),
        )
        self._falling([made.total, made.settled], place)
        return made

    def _depths(self, table: Mapping[str, Any], grades: Sequence[str]) -> Mapping[str, DepthTable]:
        self._only(table, FLOODS, "depth")
        return MappingProxyType({hazard: self._depth(self._table(table, hazard, "depth"), f"depth.{hazard}", grades) for hazard in table})

    def _depth(self, table: Mapping[str, Any], place: str, grades: Sequence[str]) -> DepthTable:
        self._only(table, ("structures", "max_storeys", "below", "limits"), place)
        rows = table.get("limits")
        if not isinstance(rows, list) or not rows:
            raise self._fail("edition.missing_list", f"{place}.limits", known="from_cm, grade")
        limits = []
        for number, row in enumerate(rows):
            where = f"{place}.limits[{number}]"
            if not isinstance(row, Mapping):
                raise self._fail("edition.not_a_table", where)
            self._only(row, ("from_cm", "grade"), where)
            grade = self._text(row, "grade", where)
            if grade not in grades:
                raise self._fail("edition.unknown_word", f"{where}.grade", value=grade[:40], known=", ".join(grades))
            limits.append(Limit(grade=grade, low=self._number(row, "from_cm", where, high=5000)))
        self._falling([limit.low for limit in limits], f"{place}.limits")
        if limits[-1].low != 0:
            raise self._fail("edition.depth_ends", f"{place}.limits")
        return DepthTable(
            limits=tuple(limits),
            below=self._choice(table, "below", place, grades),
            structures=self._words(table, "structures", STRUCTURES, place),
            max_storeys=self._whole(table, "max_storeys", place, low=1, high=99),
        )

    def _ground(self, table: Mapping[str, Any], grades: Sequence[str]) -> Ground:
        self._only(table, ("tilt_rule", "tilt", "sinking", "otherwise"), "ground")
        tilt, sinking = self._table(table, "tilt", "ground"), self._table(table, "sinking", "ground")
        self._only(tilt, grades, "ground.tilt")
        self._only(sinking, SINKINGS[1:], "ground.sinking")
        tilts = tuple(Limit(grade=grade, low=self._ratio(tilt, grade, "ground.tilt")) for grade in grades if grade in tilt)
        if not tilts:
            raise self._fail("edition.missing_number", "ground.tilt.total")
        self._falling([limit.low for limit in tilts], "ground.tilt")
        return Ground(
            tilt_rule=self._choice(table, "tilt_rule", "ground", TILT_RULES),
            tilts=tilts,
            sinkings=MappingProxyType(
                {name: self._choice(sinking, name, "ground.sinking", grades) for name in SINKINGS[1:] if name in sinking}
            ),
            otherwise=self._choice(table, "otherwise", "ground", grades),
        )


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
