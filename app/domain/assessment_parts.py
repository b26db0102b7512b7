"""Points of the parts: 構成比 × 程度係数 × 面積率, each cell rounded half up as printed on the form (DOMAIN 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from app.domain.assessment_edition import Edition, Exact
from app.domain.assessment_inputs import show_number
from app.domain.assessment_records import Inputs, Row, Step, parts_of, sheet_of
from app.domain.errors import RuleViolation


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Points by part in the form's order, their sum, the unrounded sum, and the parts after the one that made it 全壊."""

    points: dict[str, int]
    total: int
    raw: Decimal
    not_needed: tuple[str, ...]


_WHOLE = 10000
"""A point in the unit the reckoning is made in: percent of percent."""


@lru_cache(maxsize=4096)
def cell(weight: int, coefficient: Exact, bucket: int) -> int:
    """One cell of the form, rounded half up: ``cell(15, 50, 60)`` is 5. Coefficient and bucket in percent."""
    return int((weight * coefficient * bucket + _WHOLE // 2) // _WHOLE)


def check_parts(inputs: Inputs, edition: Edition) -> None:
    """Refuse what the sheet of this edition cannot hold: areas of more than the whole, points above a part's weight."""
    for name, rows in inputs.parts.items():
        taken = [edition.bucket_of(row.percent) for row in rows if row.percent] if len(rows) > 1 else []
        if len(taken) > 1 and sum(edition.bucket_floor(bucket) for bucket in taken) >= 100:
            percents = " + ".join(show_number(row.percent) for row in rows)
            raise RuleViolation("survey.areas_over", field=f"parts.{name}", part=name, percents=percents)
    sheet = sheet_of(inputs.hazard, inputs.stage)
    if inputs.equipment is not None:
        weight = edition.weights[inputs.structure, sheet]["equipment"]
        if inputs.equipment > weight:
            raise RuleViolation("survey.points_over", field="parts.equipment", value=inputs.equipment, weight=weight)


def score_parts(inputs: Inputs, edition: Edition, steps: list[Step], *, step_points: int) -> Scores:
    """Score every part of the sheet. ``step_points`` are those of the tilt (0 for none), for the part the edition names."""
    sheet = sheet_of(inputs.hazard, inputs.stage)
    tilted = edition.wood_tilt.parts.get(sheet, "") if step_points else ""
    points: dict[str, int] = {}
    raw: Exact = 0
    decided_after = ""
    for name in parts_of(inputs.hazard, inputs.stage, inputs.structure):
        weight = edition.weights[inputs.structure, sheet][name]
        given = name in inputs.parts or (name == "equipment" and inputs.equipment is not None)
        if not given and name != tilted:
            continue
        scored, exact = _score_part(inputs, edition, steps, name=name, weight=weight)
        if name == tilted:
            scored, exact = _add_tilt(inputs, edition, steps, part=name, weight=weight, scored=scored, exact=exact, points=step_points)
        points[name] = scored
        raw += exact
        if not decided_after and edition.grade_of(sum(points.values())) == "total":
            decided_after = name
    total = sum(points.values())
    steps.append(Step(code="total", params={"points": tuple(points.values()), "total": total}))
    return Scores(points=points, total=total, raw=_decimal(Fraction(raw) / _WHOLE), not_needed=_after(inputs, decided_after))


def _after(inputs: Inputs, decided_after: str) -> tuple[str, ...]:
    order = parts_of(inputs.hazard, inputs.stage, inputs.structure)
    return order[order.index(decided_after) + 1 :] if decided_after else ()


def _score_part(inputs: Inputs, edition: Edition, steps: list[Step], *, name: str, weight: int) -> tuple[int, Exact]:
    sheet = sheet_of(inputs.hazard, inputs.stage)
    where = {"part": name, "structure": inputs.structure, "sheet": sheet, "weight": weight}
    if name == "equipment":
        value = inputs.equipment or 0
        if value:
            steps.append(Step(code="points", params={**where, "points": value}))
        return value, value * _WHOLE
    rows = inputs.parts.get(name, ())
    cells = [_score_row(row, edition, steps, where=where, weight=weight) for row in rows]
    summed, exact = sum(one for one, _ in cells), sum(one for _, one in cells)
    if len(cells) > 1:
        values = tuple(one for one, _ in cells)
        steps.append(Step(code="capped" if summed > weight else "rows", params={**where, "values": values, "points": summed}))
    return min(summed, weight), min(exact, weight * _WHOLE)


def _score_row(row: Row, edition: Edition, steps: list[Step], *, where: dict[str, object], weight: int) -> tuple[int, Exact]:
    if not row.degree or not row.percent:
        return 0, 0
    place = (str(where["part"]), str(where["structure"]), str(where["sheet"]))
    points, exact, step = _cell_step(place, weight, row, edition.coefficients[row.degree], edition.bucket_of(row.percent))
    steps.append(step)
    return points, exact


@lru_cache(maxsize=4096)
def _cell_step(place: tuple[str, str, str], weight: int, row: Row, coefficient: Exact, bucket: int) -> tuple[int, Exact, Step]:
    """Points, the unrounded value and the step of one cell; the same for every sheet that has it."""
    points = cell(weight, coefficient, bucket)
    params: dict[str, object] = {**dict(zip(("part", "structure", "sheet"), place, strict=True)), "weight": weight}
    params |= {"degree": row.degree, "coefficient": show_number(coefficient), "bucket": bucket, "points": points}
    if row.percent != bucket:
        params["percent"] = show_number(row.percent)
    return points, weight * coefficient * row.percent, Step(code="cell", params=params)


def _add_tilt(
    inputs: Inputs, edition: Edition, steps: list[Step], *, part: str, weight: int, scored: int, exact: Exact, points: int
) -> tuple[int, Exact]:
    """Join the points of the tilt to those of its part, by the rule the edition names."""
    adding = edition.wood_tilt.rule == "add"
    joined = min(weight, scored + points) if adding else max(scored, points)
    params = {"part": part, "structure": inputs.structure, "sheet": sheet_of(inputs.hazard, inputs.stage)}
    steps.append(
        Step(code="tilt_adds" if adding else "tilt_at_least", params={**params, "tilt": points, "by_rows": scored, "points": joined})
    )
    return joined, min(weight * _WHOLE, exact + points * _WHOLE) if adding else max(exact, points * _WHOLE)


def _decimal(value: Fraction) -> Decimal:
    """Exact where it ends, else to twelve places (an own edition may hold a coefficient that does not end)."""
    made = Decimal(value.numerator) / Decimal(value.denominator)
    return made if Fraction(made) == value else made.quantize(Decimal("1e-12"))
