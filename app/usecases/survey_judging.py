"""A row of survey results judged: from degrees and areas, from points, from a total, or a grade that was given, which all must agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.domain.assessment import Assessment, agrees, assess, read_inputs
from app.domain.assessment_edition import PARTS, Edition
from app.domain.assessment_records import sheet_of
from app.domain.errors import RuleViolation
from app.usecases.context import Context
from app.usecases.editions import default_edition

_SECOND_ONLY = frozenset(PARTS["wood", "second"]) - frozenset(PARTS["wood", "first"]) - {"equipment", "outer_wall"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a row says of a building, as fields of ``domain.survey.Survey``."""

    hazard: str
    kind: str
    method: str
    structure: str
    edition: str
    inputs: str
    points: str
    raw: str
    total: int | None
    grade: str
    decided_by: str


def told_of(judged: Judged) -> dict[str, Any]:
    """The fields by name."""
    return {name: getattr(judged, name) for name in Judged.__slots__}


class RowJudge:
    """Judges rows by the editions of this folder."""

    def __init__(self, ctx: Context) -> None:
        self._edition = lru_cache(maxsize=16)(lambda hazard: default_edition(ctx, hazard=hazard))

    def judge(self, values: Mapping[str, Any]) -> Judged:
        """The judgement of a row. RuleViolation with the field for what cannot be or does not agree."""
        inputs = dict(values.get("inputs", {}))
        hazard = str(values.get("hazard", "")) or ("flood_external" if "depth_cm" in inputs or "above_floor" in inputs else "earthquake")
        structure = str(values.get("structure", "wood"))
        kind, stage = _kind_and_stage(values, inputs, structure)
        edition = self._edition(hazard)
        points = dict(values.get("points", {}))
        _use_wall_of_the_sheet(inputs, points, hazard, stage, structure)
        if storeys := values.get("storeys"):
            inputs["storeys"] = storeys
        base = {"hazard": hazard, "stage": stage, "structure": structure}
        sheet = {**base, **inputs} if inputs.keys() - {"storeys"} else {}
        told = {
            "hazard": hazard, "kind": kind, "structure": structure, "edition": edition.id, "inputs": _encode(sheet) if sheet else "",
            "method": values.get("method") or ("fire_service" if hazard == "fire" else "field"),
        }  # fmt: skip
        made = _decide(sheet, edition)
        if made is not None and not isinstance(made, RuleViolation):
            _compare(made, values)
            grade = "none" if values.get("grade") == "none" else made.grade
            shown = json.dumps(dict(made.parts), separators=(",", ":")) if made.parts else ""
            return Judged(**told, points=shown, raw=str(made.raw) if made.parts else "", total=made.total, grade=grade, decided_by=made.decided_by)
        return _given(told, values, points, edition, sheet_of(hazard, stage), made)


def _decide(sheet: Mapping[str, Any], edition: Edition) -> Assessment | RuleViolation | None:
    """What the measures decide. Tilts alone only decide when they are those of a total loss; the rest is then given."""
    if not sheet:
        return None
    try:
        made = assess(read_inputs(sheet), edition)
    except RuleViolation as fault:
        if fault.code in _INCOMPLETE and "parts" not in sheet:
            return fault
        raise
    return made if "parts" in sheet or made.decided_by != "parts" else None


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_INCOMPLETE = frozenset({"survey.parts_missing", "survey.depth_missing", "survey.nothing_to_judge", "survey.missing"})


def _kind_and_stage(values: Mapping[str, Any], inputs: Mapping[str, Any], structure: str) -> tuple[str, int]:
    parts = {*inputs.get("parts", {}), *values.get("points", {})}
    interior = bool(parts & (_SECOND_ONLY if structure == "wood" else {"floor_beam", "exterior", "interior", "fittings"}))
    kind = str(values.get("kind", "")) or ("second" if interior else "first")
    stage = 2 if kind == "second" or (kind == "re" and interior) else 1
    return kind, stage


def _use_wall_of_the_sheet(inputs: dict[str, Any], points: dict[str, int], hazard: str, stage: int, structure: str) -> None:
    """The first sheet's 壁 is written as 外壁 by some, the second's 外壁 as 壁."""
    sheet = sheet_of(hazard, stage)
    known = PARTS[structure, sheet] if sheet else ()
    parts = dict(inputs.get("parts", {}))
    for group in (parts, points):
        for name, other in (("wall", "outer_wall"), ("outer_wall", "wall")):
            if name in group and name not in known and other in known and other not in group:
                group[other] = group.pop(name)
    if parts:
        inputs["parts"] = parts


def _compare(made: Assessment, values: Mapping[str, Any]) -> None:
    """The total and the grade that were typed beside the parts are what comes out of them."""
    total, grade = values.get("total"), values.get("grade")
    exactly = bool(made.parts) and Decimal(str(values.get("raw") or "-1")) == made.raw  # another tool may give the sum before rounding
    if total is not None and made.total is not None and total != made.total and not exactly:
        raise RuleViolation("survey.total_contradicts", field="total", value=total, total=made.total)
    if grade and not agrees(made, grade):
        raise RuleViolation("survey.grade_contradicts", field="grade", typed=grade, grade=made.grade, total=made.total)


def _given(
    told: Mapping[str, Any], values: Mapping[str, Any], points: Mapping[str, int], edition: Edition, sheet: str, fault: Any
) -> Judged:
    total, grade = values.get("total"), str(values.get("grade", ""))
    decided = "given"
    if points:
        total = _sum(points, edition, sheet, str(told["structure"]), total)
        decided = "parts"
    elif total is not None:
        total = _round_total(total, str(values.get("raw", "")), grade, edition)
    if total is not None and not (told["hazard"].startswith("flood") and grade):
        found = edition.grade_of(total)
        if grade and grade != found and not (grade == "none" and total == 0):
            raise RuleViolation("survey.grade_contradicts", field="grade", typed=grade, grade=found, total=total)
        grade = grade or found
    if not grade:
        raise fault or RuleViolation("survey.nothing_to_judge", field="grade")
    shown = json.dumps(dict(points), separators=(",", ":")) if points else ""
    return Judged(**told, points=shown, raw=str(values.get("raw", "")), total=total, grade=grade, decided_by=decided)


def _round_total(total: int, raw: str, grade: str, edition: Edition) -> int:
    """The total as a whole number. Rounding alone never decides a grade: where it would, the grade beside it must."""
    if not raw or edition.grade_of(total) == edition.grade_of(int(Decimal(raw))):
        return total
    if not grade:
        raise RuleViolation("survey.total_between", field="total", value=raw, below=edition.label(edition.grade_of(int(Decimal(raw)))),
                            above=edition.label(edition.grade_of(total)))  # fmt: skip
    return int(Decimal(raw)) if grade == edition.grade_of(int(Decimal(raw))) else total


def _sum(points: Mapping[str, int], edition: Edition, sheet: str, structure: str, total: int | None) -> int:
    """The sum of points that fit their parts; what was typed as total must be it."""
    weights = edition.weights.get((structure, sheet), {})
    for part, value in points.items():
        if part not in weights:
            raise RuleViolation("survey.unknown_part", field=f"parts.{part}", part=part, known=", ".join(weights))
        if value > weights[part]:
            raise RuleViolation("survey.points_over", field=f"parts.{part}", part=part, value=value, weight=weights[part])
    found = sum(points.values())
    if total is not None and total != found:
        raise RuleViolation("survey.total_contradicts", field="total", value=total, total=found)
    return found
