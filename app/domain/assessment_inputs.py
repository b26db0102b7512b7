"""Reading the JSON of a survey sheet (``surveys assess``, DOMAIN 3): every wrong value is refused with the place it stands at.

Numbers are taken exactly as written: a float by its shortest decimal text, never by its binary value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from app.domain.assessment_edition import SINKINGS, STAGES, STRUCTURES, Exact
from app.domain.assessment_records import Inputs, Row, parts_of
from app.domain.errors import RuleViolation
from app.domain.survey import HAZARDS

_DEGREES = {
    **{str(number): number for number in range(6)},
    **{roman: number for number, roman in enumerate(("I", "II", "III", "IV", "V"), 1)},
    **{chr(0x215F + number): number for number in range(1, 6)},
}
"""Degrees as they are written: 0–5, I–V, and the Roman numerals of the form (U+2160 …)."""
_MAX_ROWS = 20
_KNOWN = (
    "hazard", "stage", "structure", "edition", "disaster_on", "grade", "tilt_mm", "plumb_mm", "depth_cm", "above_floor", "settlement_mm", "sinking",
    "floor_loss_percent", "collapsed", "washed_away", "outside_damage", "storeys", "detached", "parts", "note",
)  # fmt: skip


def read_inputs(data: Any) -> Inputs:
    """The sheet, or RuleViolation ``survey.…`` with the field (``parts.roof[1]``) for the first thing that is wrong."""
    if not isinstance(data, Mapping):
        raise RuleViolation("survey.not_an_object", found=_kind(data))
    for key in data:
        if key not in _KNOWN:
            raise RuleViolation("survey.unknown_key", field=_shorten(key), key=_shorten(key), known=", ".join(_KNOWN))
    hazard = _word(data, "hazard", HAZARDS)
    stage = _stage(data.get("stage"))
    structure = _word(data, "structure", STRUCTURES)
    parts, equipment = _parts(data.get("parts"), hazard=hazard, stage=stage, structure=structure)
    tilt, plumb = _tilt(data)
    return Inputs(
        hazard=hazard,
        stage=stage,
        structure=structure,
        edition=_text(data, "edition"),
        grade=_text(data, "grade"),
        disaster_on=_day(data, "disaster_on"),
        tilt_mm=tilt,
        plumb_mm=plumb,
        depth_cm=_number(data, "depth_cm", low=-1000, high=5000),
        above_floor=_flag(data, "above_floor"),
        settlement_mm=_number(data, "settlement_mm", low=0, high=20000),
        sinking=_word(data, "sinking", SINKINGS) if data.get("sinking") not in (None, "") else "",
        floor_loss_percent=_number(data, "floor_loss_percent", low=0, high=100),
        collapsed=bool(_flag(data, "collapsed")),
        washed_away=bool(_flag(data, "washed_away")),
        outside_damage=_flag(data, "outside_damage"),
        storeys=_storeys(data),
        detached=_flag(data, "detached") is not False,
        parts=parts,
        equipment=equipment,
    )


# -- single values -----------------------------------------------------------------------------------------


def _kind(value: Any) -> str:
    """What a value is, in the words of JSON."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true/false"
    if isinstance(value, str):
        return "string"
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, Sequence) else "number"


def _shorten(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def exact(value: Any, *, field: str) -> Exact:
    """A number of JSON as it was written. Booleans, text, NaN and infinities are refused."""
    if type(value) is int:
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, Fraction)):
        raise RuleViolation("survey.not_a_number", field=field, value=_shorten(value), found=_kind(value))
    if not (value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)):
        raise RuleViolation("survey.not_finite", field=field, value=str(value))
    if isinstance(value, Decimal) and abs(value.adjusted()) > 30 and value:  # 1e999999 would fill the memory as a fraction
        raise RuleViolation("survey.out_of_range", field=field, value=_shorten(value), low=0, high=10**30)
    return lean(Fraction(repr(value)) if isinstance(value, float) else Fraction(value))


def lean(value: Fraction) -> Exact:
    """A whole number as int."""
    return value.numerator if value.denominator == 1 else value


def show_number(value: Exact) -> str:
    """A number as people write it: no trailing zeros, decimals where they end, else a fraction."""
    if value.denominator == 1:
        return str(value.numerator)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{float(value):.4g}"
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"


def _number(data: Mapping[str, Any], key: str, *, low: int, high: int) -> Exact | None:
    value = data.get(key)
    if value is None:
        return None
    number = exact(value, field=key)
    if not low <= number <= high:
        raise RuleViolation("survey.out_of_range", field=key, value=show_number(number), low=low, high=high)
    return number


def _flag(data: Mapping[str, Any], key: str) -> bool | None:
    value = data.get(key)
    if value is not None and not isinstance(value, bool):
        raise RuleViolation("survey.not_a_flag", field=key, value=_shorten(value))
    return value


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RuleViolation("survey.not_a_text", field=key, value=_shorten(value))
    return value.strip()


def _word(data: Mapping[str, Any], key: str, words: Sequence[str]) -> str:
    value = data.get(key)
    if value is None or value == "":
        raise RuleViolation("survey.missing", field=key, words=", ".join(words))
    if not isinstance(value, str) or value not in words:
        raise RuleViolation("survey.unknown_word", field=key, value=_shorten(value), words=", ".join(words))
    return value


def _stage(value: Any) -> int:
    if value is None:
        raise RuleViolation("survey.missing", field="stage", words="1, 2")
    if isinstance(value, bool) or not isinstance(value, int) or value not in STAGES:
        raise RuleViolation("survey.unknown_word", field="stage", value=_shorten(value), words="1, 2")
    return value


def _storeys(data: Mapping[str, Any]) -> int | None:
    number = _number(data, "storeys", low=1, high=99)
    if number is None:
        return None
    if number.denominator != 1:
        raise RuleViolation("survey.not_whole", field="storeys", value=show_number(number))
    return int(number)


def _day(data: Mapping[str, Any], key: str) -> date | None:
    text = _text(data, key)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RuleViolation("survey.not_a_day", field=key, value=_shorten(text)) from None


# -- tilt and parts ----------------------------------------------------------------------------------------


def _tilt(data: Mapping[str, Any]) -> tuple[tuple[Exact, ...] | None, Exact]:
    plumb: Exact = 1200 if data.get("plumb_mm") is None else exact(data["plumb_mm"], field="plumb_mm")
    if not 0 < plumb <= 10000:
        raise RuleViolation("survey.plumb", field="plumb_mm", value=show_number(plumb))
    values = data.get("tilt_mm")
    if values is None:
        return None, plumb
    if not isinstance(values, (list, tuple)):
        raise RuleViolation("survey.tilt_four", field="tilt_mm", count=_kind(values))
    if len(values) != 4:
        raise RuleViolation("survey.tilt_four", field="tilt_mm", count=len(values))
    tilt = tuple(exact(value, field=f"tilt_mm[{place}]") for place, value in enumerate(values))
    for place, value in enumerate(tilt):
        if value < 0:
            raise RuleViolation("survey.tilt_negative", field=f"tilt_mm[{place}]", value=show_number(value))
        if value > plumb:
            raise RuleViolation("survey.tilt_absurd", field=f"tilt_mm[{place}]", value=show_number(value), plumb=show_number(plumb))
    return tilt, plumb


def _parts(data: Any, *, hazard: str, stage: int, structure: str) -> tuple[dict[str, tuple[Row, ...]], int | None]:
    if data is None:
        return {}, None
    if not isinstance(data, Mapping):
        raise RuleViolation("survey.parts_object", field="parts", found=_kind(data))
    known = parts_of(hazard, stage, structure)
    for name in data:
        if not known:
            raise RuleViolation("survey.no_parts_here", field=f"parts.{_shorten(name)}", hazard=hazard, stage=stage)
        if name not in known:
            raise RuleViolation("survey.unknown_part", field=f"parts.{_shorten(name)}", part=_shorten(name), known=", ".join(known))
    rows = {name: _rows(data[name], field=f"parts.{name}") for name in known if name != "equipment" and data.get(name) is not None}
    return rows, _points(data.get("equipment"), field="parts.equipment")


def _rows(value: Any, *, field: str) -> tuple[Row, ...]:
    if not isinstance(value, (list, tuple)):
        raise RuleViolation("survey.rows", field=field, found=_kind(value))
    if len(value) > _MAX_ROWS:
        raise RuleViolation("survey.too_many_rows", field=field, count=len(value), most=_MAX_ROWS)
    return tuple(_row(row, field=f"{field}[{place}]") for place, row in enumerate(value))


def _row(value: Any, *, field: str) -> Row:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise RuleViolation("survey.row_pair", field=field, value=_shorten(value))
    if type(value[0]) in (int, str) and type(value[1]) is int:
        return _plain_row(value[0], value[1], field)
    return _read_row(value, field=field)


@lru_cache(maxsize=4096, typed=True)
def _plain_row(degree: int | str, percent: int, field: str) -> Row:
    """Forms have few degrees and areas: tens of thousands of sheets repeat them."""
    return _read_row((degree, percent), field=field)


def _read_row(value: Sequence[Any], *, field: str) -> Row:
    percent = exact(value[1], field=field)
    if percent < 0:
        raise RuleViolation("survey.percent_negative", field=field, value=show_number(percent))
    if percent > 100:
        raise RuleViolation("survey.percent_over", field=field, value=show_number(percent))
    return Row(degree=read_degree(value[0], field=field), percent=percent)


def read_degree(value: Any, *, field: str) -> int:
    """A degree of damage from 0–5, I–V or the form's Roman numerals; anything else is RuleViolation ``survey.degree``."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        value = str(value)
    found = _DEGREES.get(value.strip().upper()) if isinstance(value, str) else None
    if found is None:
        raise RuleViolation("survey.degree", field=field, value=_shorten(value))
    return found


def _points(value: Any, *, field: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, (list, tuple, str, Mapping)):
        raise RuleViolation("survey.points", field=field, found=_kind(value))
    number = exact(value, field=field)
    if number.denominator != 1:
        raise RuleViolation("survey.not_whole", field=field, value=show_number(number))
    if number < 0:
        raise RuleViolation("survey.points_negative", field=field, value=show_number(number))
    return int(number)
