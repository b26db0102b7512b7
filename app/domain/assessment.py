"""Judging the damage of a dwelling (被害認定): from what the survey sheet says to points, total and grade, each step explained.

The rules are those of the Cabinet Office guideline (DOMAIN 3), the numbers come from an ``Edition``. Arithmetic is exact
(``Fraction``), cells are rounded half up as printed on the form, and the grade follows the sum of the form's integers.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from app.domain.assessment_criteria import Verdict, judge_depth, judge_floor_loss, judge_ground, judge_tilt, worse
from app.domain.assessment_edition import Edition
from app.domain.assessment_inputs import read_inputs, show_number
from app.domain.assessment_parts import Scores, cell, check_parts, score_parts
from app.domain.assessment_records import Assessment, Inputs, Row, Step, parts_of, sheet_of
from app.domain.errors import RuleViolation

__all__ = ["Assessment", "Inputs", "Row", "Step", "agrees", "assess", "cell", "parts_of", "read_grade", "read_inputs", "sheet_of"]


def assess(inputs: Inputs, edition: Edition) -> Assessment:
    """The judgement by this edition. RuleViolation with the field when the sheet cannot be judged by it.

    The order is that of the guideline: collapse, tilt, depth (or ground), parts; it stops as soon as 全壊 is decided.
    """
    if inputs.hazard not in edition.hazards:
        raise RuleViolation("survey.hazard_not_in_edition", field="hazard", hazard=inputs.hazard, edition=edition.title)
    check_parts(inputs, edition)
    steps: list[Step] = []
    _note_unused(inputs, steps)
    made = _judge(inputs, edition, steps)
    if inputs.grade and not agrees(made, read_grade(inputs.grade, edition)):
        raise RuleViolation(
            "survey.grade_contradicts", field="grade", typed=read_grade(inputs.grade, edition), grade=made.grade, total=made.total
        )
    return made


def _judge(inputs: Inputs, edition: Edition, steps: list[Step]) -> Assessment:
    if inputs.collapsed or inputs.washed_away:
        steps.append(Step(code="washed_away" if inputs.washed_away else "collapsed", params={}))
        return _end(inputs, edition, steps, Verdict("total", "collapse"))
    if inputs.hazard == "fire":
        return _end(inputs, edition, steps, judge_floor_loss(inputs, edition, steps))
    if inputs.hazard == "liquefaction":
        return _judge_ground(inputs, edition, steps)
    if inputs.hazard in ("flood_external", "flood_inland") and inputs.stage == 1:
        return _end(inputs, edition, steps, judge_depth(inputs, edition, steps))
    verdict, step_points = judge_tilt(inputs, edition, steps)
    if verdict:
        return _end(inputs, edition, steps, verdict)
    if inputs.hazard == "wind" and inputs.outside_damage is False:
        _refuse_damage_outside(inputs)
        steps.append(Step(code="no_outside_damage", params={}))
        if not step_points:
            return _end(inputs, edition, steps, Verdict(edition.grades[-1], "none"))
    _note_depth(inputs, steps)
    scores = score_parts(inputs, edition, steps, step_points=step_points)
    return _from_parts(inputs, edition, steps, scores)


def _judge_ground(inputs: Inputs, edition: Edition, steps: list[Step]) -> Assessment:
    """Ground damage: the worst of tilt, sinking and, in a second survey, the parts."""
    verdict = judge_ground(inputs, edition, steps)
    if not _has_parts(inputs) or (verdict and verdict.grade == "total"):
        assert edition.ground is not None
        return _end(inputs, edition, steps, verdict or Verdict(edition.ground.otherwise, "tilt" if inputs.tilt_mm else "sinking"))
    scores = score_parts(inputs, edition, steps, step_points=0)
    by_parts = Verdict(edition.grade_of(scores.total), "parts")
    worst = worse(edition, verdict, by_parts)
    if worst is by_parts:
        return _from_parts(inputs, edition, steps, scores)
    steps.append(Step(code="worst", params={"grade": worst.grade, "decided_by": worst.decided_by}))
    return _end(inputs, edition, steps, worst, scores)


def _from_parts(inputs: Inputs, edition: Edition, steps: list[Step], scores: Scores) -> Assessment:
    grade = edition.grade_of(scores.total)
    place = edition.grades.index(grade)
    steps.append(
        Step(
            code="grade",
            params={
                "total": scores.total,
                "low": int(edition.bands[place].low),
                "high": int(edition.bands[place - 1].low) if place else None,
                "label": edition.label(grade),
            },
        )
    )
    return _end(inputs, edition, steps, Verdict(grade, "parts"), scores)


def _end(inputs: Inputs, edition: Edition, steps: list[Step], verdict: Verdict, scores: Scores | None = None) -> Assessment:
    by_parts = scores is not None and verdict.decided_by == "parts"
    if not by_parts:
        steps.append(Step(code="decided", params={"label": edition.label(verdict.grade), "decided_by": verdict.decided_by}))
    skipped = scores.not_needed if scores else parts_of(inputs.hazard, inputs.stage, inputs.structure) if verdict.grade == "total" else ()
    if skipped:
        sheet = sheet_of(inputs.hazard, inputs.stage)
        steps.append(Step(code="not_needed", params={"parts": skipped, "structure": inputs.structure, "sheet": sheet}))
    return Assessment(
        parts=scores.points if scores else {},
        raw=scores.raw if scores else Decimal(0),
        total=scores.total if scores and by_parts else None,
        grade=verdict.grade,
        label=edition.label(verdict.grade),
        decided_by=verdict.decided_by,
        edition=edition.id,
        sheet=sheet_of(inputs.hazard, inputs.stage),
        steps=tuple(steps),
        not_needed=skipped,
    )


# -- what is noted -----------------------------------------------------------------------------------------


def _has_parts(inputs: Inputs) -> bool:
    return bool(inputs.parts) or inputs.equipment is not None


def _refuse_damage_outside(inputs: Inputs) -> None:
    damaged = [name for name, rows in inputs.parts.items() if any(row.degree and row.percent for row in rows)]
    if damaged or inputs.equipment:
        raise RuleViolation("survey.outside_contradicts", field=f"parts.{damaged[0] if damaged else 'equipment'}")


def _note_unused(inputs: Inputs, steps: list[Step]) -> None:
    """Say which values were given and do not count for this hazard and stage, so that nobody believes that they did."""
    flood = inputs.hazard in ("flood_external", "flood_inland")
    ground = inputs.hazard == "liquefaction"
    tilted = inputs.hazard != "fire" and not (flood and inputs.stage == 1)
    given = {
        "tilt_mm": bool(inputs.tilt_mm and any(inputs.tilt_mm)) and not tilted,
        "depth_cm": inputs.depth_cm is not None and not flood,
        "above_floor": inputs.above_floor is not None and not flood,
        "settlement_mm": bool(inputs.settlement_mm) and not (tilted and inputs.structure == "rc"),
        "sinking": inputs.sinking not in ("", "none") and not ground,
        "floor_loss_percent": inputs.floor_loss_percent is not None and inputs.hazard != "fire",
        "outside_damage": inputs.outside_damage is not None and inputs.hazard != "wind",
        "washed_away": False,
    }
    if keys := tuple(key for key, unused in given.items() if unused):
        steps.append(Step(code="unused", params={"keys": keys, "hazard": inputs.hazard, "stage": inputs.stage}))


def _note_depth(inputs: Inputs, steps: list[Step]) -> None:
    """In the second survey of a flood the depth is on the sheet, the parts decide; a flooded house without parts cannot be judged."""
    if inputs.hazard not in ("flood_external", "flood_inland"):
        return
    below = inputs.above_floor is False or (inputs.depth_cm is not None and inputs.depth_cm < 0)
    if inputs.depth_cm is not None or inputs.above_floor is not None:
        steps.append(Step(code="depth_noted", params={"depth": show_number(inputs.depth_cm or 0), "below": below}))
    if not below and not _has_parts(inputs):
        raise RuleViolation("survey.parts_missing", field="parts")


# -- grades typed by hand ----------------------------------------------------------------------------------


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def read_grade(text: str, edition: Edition) -> str:
    """The code of a grade typed as code or word (the edition's, or either half of one with brackets); RuleViolation if none."""
    typed = _fold(text)
    for band in edition.bands:
        label = _fold(band.label)
        outer, _, inner = label.rstrip(")").partition("(")
        if typed in {band.grade, label, outer, inner} - {""}:
            return band.grade
    if typed == "none":
        return "none"
    raise RuleViolation("survey.unknown_word", field="grade", value=text[:40], words=", ".join(edition.grades))


def agrees(made: Assessment, grade: str) -> bool:
    """Whether a grade typed by hand is what comes out. ``none`` (no damage) agrees with the lowest grade when nothing is damaged."""
    return grade == made.grade or (grade == "none" and made.decided_by in ("parts", "none") and not made.total and not made.raw)
