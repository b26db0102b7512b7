"""What must hold for every sheet, whatever is typed on it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import Assessment, assess, parts_of, read_inputs
from app.domain.assessment_edition_file import shipped_editions
from app.domain.errors import RuleViolation
from app.domain.survey import GRADES, HAZARDS
from app.presentation.steps import assessment_words

EDITIONS = shipped_editions()
BUCKETS = (10, 20, 40, 60, 80, 100)
SHEETS = st.sampled_from([(structure, stage) for structure in ("wood", "rc") for stage in (1, 2)])


@st.composite
def sheets(draw: st.DrawFn) -> dict[str, Any]:
    """A sheet of an earthquake with one degree for some of its parts."""
    structure, stage = draw(SHEETS)
    parts: dict[str, Any] = {}
    for part in parts_of("earthquake", stage, structure):
        if part == "equipment":
            parts[part] = draw(st.integers(0, 10))
        elif draw(st.booleans()):
            parts[part] = [[draw(st.integers(0, 5)), draw(st.sampled_from(BUCKETS))]]
    return {"hazard": "earthquake", "stage": stage, "structure": structure, "parts": parts}


def judge(data: dict[str, Any], number: int = -1) -> Assessment:
    return assess(read_inputs(data), EDITIONS[number])


@given(sheets(), st.integers(0, len(EDITIONS) - 1))
def test_no_part_exceeds_its_weight_and_the_total_is_their_sum(data: dict[str, Any], number: int) -> None:
    made = judge(data, number)
    weights = EDITIONS[number].weights[data["structure"], made.sheet]
    assert all(0 <= points <= weights[part] for part, points in made.parts.items())
    assert made.total == sum(made.parts.values())
    assert abs(float(made.raw) - (made.total or 0)) <= 0.5 * len(made.parts)
    assert made.grade in EDITIONS[number].grades and made.label


@given(sheets(), st.data())
def test_more_damage_never_counts_less(data: dict[str, Any], choose: st.DataObject) -> None:
    parts = [part for part in data["parts"] if part != "equipment"]
    if not parts:
        return
    part = choose.draw(st.sampled_from(parts))
    degree, percent = data["parts"][part][0]
    worse = [[min(5, degree + choose.draw(st.integers(0, 2))), choose.draw(st.sampled_from([b for b in BUCKETS if b >= percent]))]]
    before, after = judge(data), judge({**data, "parts": {**data["parts"], part: worse}})
    assert (after.total or 0) >= (before.total or 0)
    assert after.raw >= before.raw
    assert GRADES.index(after.grade) <= GRADES.index(before.grade)


@given(sheets(), st.lists(st.integers(0, 300), min_size=4, max_size=4), st.integers(1, 40))
def test_more_tilt_never_counts_less(data: dict[str, Any], tilt: list[int], more: int) -> None:
    before = judge({**data, "tilt_mm": tilt})
    after = judge({**data, "tilt_mm": [value + more for value in tilt]})
    assert GRADES.index(after.grade) <= GRADES.index(before.grade)


@given(st.sampled_from(("flood_external", "flood_inland")), st.decimals(-50, 400, places=1), st.decimals(0, 100, places=1))
def test_deeper_is_never_less(hazard: str, depth: Any, more: Any) -> None:
    first = {"hazard": hazard, "stage": 1, "structure": "wood"}
    assert GRADES.index(judge({**first, "depth_cm": depth + more}).grade) <= GRADES.index(judge({**first, "depth_cm": depth}).grade)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["wood", "rc", "roof", "Ⅲ"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["roof", "pillar", "equipment", "x"]), inner, max_size=4),
    max_leaves=12,
)
KEYS = ("tilt_mm", "plumb_mm", "depth_cm", "above_floor", "settlement_mm", "sinking", "parts", "collapsed", "floor_loss_percent", "grade")


@given(st.sampled_from(HAZARDS), SHEETS, st.dictionaries(st.sampled_from(KEYS), JSON, max_size=4))
def test_anything_is_judged_or_refused_with_its_place(hazard: str, sheet: tuple[str, int], rest: dict[str, Any]) -> None:
    """Never another exception, and every judgement can be said in words."""
    structure, stage = sheet
    try:
        made = judge({"hazard": hazard, "structure": structure, "stage": stage, **rest})
    except RuleViolation as refused:
        assert refused.code.startswith("survey.") and refused.field
    else:
        assert all(assessment_words(made)) and made.label
