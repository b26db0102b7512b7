"""The criteria that decide without parts, or before them: tilt, depth of water, ground, share of the floor area (DOMAIN 3.2, 3.5–3.8)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from app.domain.assessment_edition import Edition, Exact, Limit
from app.domain.assessment_inputs import show_number
from app.domain.assessment_records import Inputs, Step
from app.domain.errors import RuleViolation


class Verdict(NamedTuple):
    """A grade and what decided it."""

    grade: str
    decided_by: str


def worse(edition: Edition, first: Verdict | None, second: Verdict) -> Verdict:
    """The worse of two; the first when they are equal."""
    if first is None:
        return second
    order = edition.grades
    return second if order.index(second.grade) < order.index(first.grade) else first


def _reached(limits: Iterable[Limit], value: Exact) -> Limit | None:
    return next((limit for limit in limits if value >= limit.low), None)


# -- tilt --------------------------------------------------------------------------------------------------


def _tilt_of(inputs: Inputs, steps: list[Step], *, rule: str) -> Fraction:
    """Average or greatest of the four over the plumb line, exactly."""
    assert inputs.tilt_mm is not None
    value = max(inputs.tilt_mm) if rule == "maximum" else Fraction(sum(inputs.tilt_mm)) / 4
    one_in = Fraction(inputs.plumb_mm) / value if value else Fraction(0)
    params = {
        "values": tuple(show_number(one) for one in inputs.tilt_mm),
        "value": show_number(value),
        "plumb": show_number(inputs.plumb_mm),
        "one_in": show_number(one_in) if one_in.denominator == 1 else f"{float(one_in):.1f}",
    }
    steps.append(Step(code="tilt_maximum" if rule == "maximum" else "tilt_average", params=params))
    return Fraction(value) / inputs.plumb_mm


def _ratio(value: Exact) -> str:
    return f"{value.numerator}/{value.denominator}"


def judge_tilt(inputs: Inputs, edition: Edition, steps: list[Step]) -> tuple[Verdict | None, int]:
    """A verdict when the tilt alone makes it 全壊, else None, and the points the tilt counts for its part (wood only)."""
    if inputs.tilt_mm is None:
        return None, 0
    tilt = _tilt_of(inputs, steps, rule="average")
    if inputs.structure == "rc":
        return (Verdict("total", "tilt") if _solid_total(tilt, inputs, edition, steps) else None), 0
    rule = edition.wood_tilt
    if tilt >= rule.total:
        steps.append(Step(code="tilt_total", params={"limit": _ratio(rule.total)}))
        return Verdict("total", "tilt"), 0
    if tilt >= rule.step and rule.rule != "none":
        steps.append(Step(code="tilt_step", params={"step": _ratio(rule.step), "limit": _ratio(rule.total), "points": rule.points}))
        return None, rule.points
    steps.append(Step(code="tilt_below", params={"step": _ratio(rule.step)}))
    return None, 0


def _solid_total(tilt: Fraction, inputs: Inputs, edition: Edition, steps: list[Step]) -> bool:
    rule = edition.solid_tilt
    if tilt >= rule.total:
        steps.append(Step(code="tilt_total", params={"limit": _ratio(rule.total)}))
        return True
    sunk = inputs.settlement_mm is not None and inputs.settlement_mm >= rule.settlement_mm
    params = {
        "limit": _ratio(rule.settled),
        "least": show_number(rule.settlement_mm),
        "settlement": None if inputs.settlement_mm is None else show_number(inputs.settlement_mm),
    }
    if tilt >= rule.settled:
        steps.append(Step(code="settled" if sunk else "not_settled", params=params))
        return sunk
    steps.append(Step(code="tilt_below", params={"step": _ratio(rule.settled)}))
    return False


# -- water -------------------------------------------------------------------------------------------------


def judge_depth(inputs: Inputs, edition: Edition, steps: list[Step]) -> Verdict:
    """The first survey of a flood: the depth above the floor alone, for the houses the table was made for."""
    table = edition.depths.get(inputs.hazard)
    if table is None:
        raise RuleViolation("survey.no_depth_table", field="hazard", hazard=inputs.hazard, edition=edition.title)
    if inputs.structure not in table.structures:
        raise RuleViolation("survey.depth_structure", field="structure")
    if not inputs.detached:
        raise RuleViolation("survey.depth_detached", field="detached")
    if inputs.storeys is not None and inputs.storeys > table.max_storeys:
        raise RuleViolation("survey.depth_storeys", field="storeys", storeys=inputs.storeys, most=table.max_storeys)
    depth = _depth_of(inputs)
    if depth is None:
        steps.append(Step(code="below_floor", params={"label": edition.label(table.below)}))
        return Verdict(table.below, "depth")
    place = next(number for number, limit in enumerate(table.limits) if depth >= limit.low)
    limit = table.limits[place]
    params = {
        "depth": show_number(depth),
        "low": show_number(limit.low),
        "high": show_number(table.limits[place - 1].low) if place else None,
        "label": edition.label(limit.grade),
        "hazard": inputs.hazard,
    }
    steps.append(Step(code="depth", params=params))
    return Verdict(limit.grade, "depth")


def _depth_of(inputs: Inputs) -> Exact | None:
    """The depth above the floor; None when the water did not reach it."""
    if inputs.above_floor is False:
        if inputs.depth_cm is not None and inputs.depth_cm > 0:
            raise RuleViolation("survey.depth_contradicts", field="depth_cm", value=show_number(inputs.depth_cm))
        return None
    if inputs.depth_cm is None:
        raise RuleViolation("survey.depth_missing", field="depth_cm")
    if inputs.depth_cm < 0:
        if inputs.above_floor:
            raise RuleViolation("survey.depth_contradicts", field="depth_cm", value=show_number(inputs.depth_cm))
        return None
    return inputs.depth_cm


# -- ground, fire ------------------------------------------------------------------------------------------


def judge_ground(inputs: Inputs, edition: Edition, steps: list[Step]) -> Verdict | None:
    """Ground damage: the worse of tilt and sinking; None when neither reaches a grade."""
    ground = edition.ground
    if ground is None:
        raise RuleViolation("survey.no_ground_rules", field="hazard", edition=edition.title)
    if inputs.tilt_mm is None and not inputs.sinking and not inputs.parts and inputs.equipment is None:
        raise RuleViolation("survey.ground_nothing", field="tilt_mm")
    found: Verdict | None = None
    if inputs.tilt_mm is not None:
        tilt = _tilt_of(inputs, steps, rule=ground.tilt_rule)
        limit = _reached(ground.tilts, tilt)
        if limit:
            steps.append(Step(code="ground_tilt", params={"limit": _ratio(limit.low), "label": edition.label(limit.grade)}))
            found = Verdict(limit.grade, "tilt")
        else:
            steps.append(Step(code="tilt_below", params={"step": _ratio(ground.tilts[-1].low)}))
        if inputs.structure == "rc" and _solid_total(tilt, inputs, edition, steps):
            found = Verdict("total", "tilt")
    if inputs.sinking:
        grade = ground.sinkings.get(inputs.sinking, "")
        steps.append(Step(code="sinking", params={"sinking": inputs.sinking, "label": edition.label(grade)}))
        if grade:
            found = worse(edition, found, Verdict(grade, "sinking"))
    return found


def judge_floor_loss(inputs: Inputs, edition: Edition, steps: list[Step]) -> Verdict:
    """Fire: the burnt or broken share of the floor area."""
    if inputs.floor_loss_percent is None:
        raise RuleViolation("survey.floor_loss_missing", field="floor_loss_percent")
    limit = _reached(edition.floor_loss, inputs.floor_loss_percent)
    grade = limit.grade if limit else edition.grades[-1]
    params = {
        "percent": show_number(inputs.floor_loss_percent),
        "low": show_number(limit.low) if limit else "0",
        "label": edition.label(grade),
    }
    steps.append(Step(code="floor_loss", params=params))
    return Verdict(grade, "floor_loss")
