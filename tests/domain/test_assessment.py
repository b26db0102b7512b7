"""The calculation of the 被害認定 against what is published: DOMAIN 3 names the sources (S28a, S29, S32a–c …)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from app.domain.assessment import Assessment, agrees, assess, cell, parts_of, read_grade, read_inputs
from app.domain.assessment_edition import PARTS, Edition
from app.domain.assessment_edition_file import shipped_editions
from app.domain.errors import RuleViolation

BUCKETS = (10, 20, 40, 60, 80, 100)
EDITIONS = {edition.id: edition for edition in shipped_editions()}
NOW = EDITIONS["r06-05"]

# Printed in the survey form of non-wood houses (S28a: dpto.jp sheet jh2): all 90 cells of the parts worth 10, 50 and 5 points.
PRINTED = {
    10: "I 0 0 0 1 1 1 | II 0 1 1 2 2 3 | III 1 1 2 3 4 5 | IV 1 2 3 5 6 8 | V 1 2 4 6 8 10",
    50: "I 1 1 2 3 4 5 | II 1 3 5 8 10 13 | III 3 5 10 15 20 25 | IV 4 8 15 23 30 38 | V 5 10 20 30 40 50",
    5: "I 0 0 0 0 0 1 | II 0 0 1 1 1 1 | III 0 1 1 2 2 3 | IV 0 1 2 2 3 4 | V 1 1 2 3 4 5",
}
# The same formula for the weights that are not seen in print (DOMAIN 3.4).
DERIVED = {
    15: "I 0 0 1 1 1 2 | II 0 1 2 2 3 4 | III 1 2 3 5 6 8 | IV 1 2 5 7 9 11 | V 2 3 6 9 12 15",
    75: "I 1 2 3 5 6 8 | II 2 4 8 11 15 19 | III 4 8 15 23 30 38 | IV 6 11 23 34 45 56 | V 8 15 30 45 60 75",
}


def cells(table: dict[int, str]) -> list[tuple[int, str, int, int]]:
    found = []
    for weight, text in table.items():
        for line in text.split("|"):
            degree, *values = line.split()
            found += [(weight, degree, bucket, int(value)) for bucket, value in zip(BUCKETS, values, strict=True)]
    return found


def judge(edition: Edition = NOW, **data: Any) -> Assessment:
    return assess(read_inputs({"hazard": "earthquake", "stage": 2, "structure": "wood", **data}), edition)


def test_there_are_ninety_printed_cells() -> None:
    assert len(cells(PRINTED)) == 90


@pytest.mark.parametrize(("weight", "degree", "bucket", "points"), cells(PRINTED) + cells(DERIVED))
def test_a_cell_is_as_printed(weight: int, degree: str, bucket: int, points: int) -> None:
    """Through the whole calculation, for a part of that weight on a real sheet."""
    place = {
        10: ("rc", 2, "floor_beam"),
        50: ("rc", 2, "pillar"),
        5: ("rc", 2, "fittings"),
        15: ("wood", 1, "roof"),
        75: ("wood", 1, "wall"),
    }
    structure, stage, part = place[weight]
    made = judge(structure=structure, stage=stage, parts={part: [[degree, bucket]]})
    assert made.parts == {part: points}
    assert made.total == points
    assert cell(weight, NOW.coefficients[("I", "II", "III", "IV", "V").index(degree) + 1], bucket) == points


@pytest.mark.parametrize("edition", EDITIONS.values(), ids=list(EDITIONS))
def test_every_sheet_of_every_edition_adds_to_a_hundred(edition: Edition) -> None:
    for (structure, sheet), parts in PARTS.items():
        assert tuple(edition.weights[structure, sheet]) == parts
        full: dict[str, Any] = {part: [[5, 100]] for part in parts if part != "equipment"}
        if "equipment" in parts:
            full["equipment"] = edition.weights[structure, sheet]["equipment"]
        made = judge(edition, structure=structure, stage=1 if sheet == "first" else 2, parts=full)
        assert (made.total, made.raw, made.grade) == (100, Decimal(100), "total")


def test_the_step_reads_as_on_the_form() -> None:
    from app.presentation.steps import assessment_words

    made = judge(stage=1, parts={"roof": [["Ⅲ", 60]]})
    assert "屋根 15 × Ⅲ 50% × 60% = 5" in assessment_words(made)


# -- thresholds (DOMAIN 2.3) -------------------------------------------------------------------------------


def reach(total: int) -> dict[str, Any]:
    """Parts of a second wood sheet that make exactly this total."""
    parts: dict[str, Any] = {"equipment": total % 10}
    for part, weight in (("roof", 15), ("pillar", 15), ("floor", 10), ("outer_wall", 10), ("inner_wall", 10)):
        if total - total % 10 - sum(NOW.weights["wood", "second"][name] for name in parts if name != "equipment") >= weight:
            parts[part] = [[5, 100]]
    rest = total - total % 10 - sum(NOW.weights["wood", "second"][name] for name in parts if name != "equipment")
    if rest >= 5:
        parts["ceiling"] = [[5, 100]]
    return parts


LABELS = {
    "total": "全壊",
    "large": "大規模半壊",
    "medium": "中規模半壊",
    "half": "半壊",
    "semi_half": "準半壊",
    "partial": "準半壊に至らない(一部損壊)",
}


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        (0, "partial"), (1, "partial"), (9, "partial"), (10, "semi_half"), (11, "semi_half"), (19, "semi_half"), (20, "half"), (21, "half"),
        (29, "half"), (30, "medium"), (31, "medium"), (39, "medium"), (40, "large"), (41, "large"), (49, "large"), (50, "total"), (51, "total"),
    ],
)  # fmt: skip
def test_a_threshold_and_its_neighbours(total: int, grade: str) -> None:
    made = judge(parts=reach(total))
    assert (made.total, made.grade, made.label) == (total, grade, LABELS[grade])


@pytest.mark.parametrize(
    ("edition", "total", "grade", "label"),
    [
        ("h30-03", 9, "partial", "半壊に至らない(一部損壊)"), ("h30-03", 19, "partial", "半壊に至らない(一部損壊)"), ("h30-03", 20, "half", "半壊"),
        ("h30-03", 39, "half", "半壊"), ("h30-03", 40, "large", "大規模半壊"), ("h30-03", 50, "total", "全壊"),
        ("r02-03", 9, "partial", "準半壊に至らない(一部損壊)"), ("r02-03", 10, "semi_half", "準半壊"), ("r02-03", 30, "half", "半壊"),
        ("r02-03", 39, "half", "半壊"), ("r02-03", 40, "large", "大規模半壊"), ("r03-03", 30, "medium", "中規模半壊"),
    ],
)  # fmt: skip
def test_an_older_edition_keeps_its_grades(edition: str, total: int, grade: str, label: str) -> None:
    made = judge(EDITIONS[edition], parts=reach(total))
    assert (made.total, made.grade, made.label) == (total, grade, label)


def test_the_grade_follows_the_forms_integers_and_the_raw_sum_is_kept() -> None:
    """Five cells of 4.5 make 25 on the form, 22.5 exactly."""
    made = judge(structure="wood", stage=2, parts={name: [[3, 60]] for name in ("roof", "pillar", "fittings")})
    assert (made.total, made.raw) == (15, Decimal("13.5"))
    made = judge(parts={"roof": [[3, 55]]})
    assert (made.total, made.raw) == (5, Decimal("4.125"))


def test_rows_add_up_and_stop_at_the_weight() -> None:
    made = judge(stage=1, parts={"roof": [[3, 20], [2, 40], [4, 10]]})
    assert made.parts == {"roof": 2 + 2 + 1}
    made = judge(stage=1, parts={"roof": [[5, 60], [4, 60]]})
    assert made.parts == {"roof": 15} and made.raw == Decimal(15)
    assert any(step.code == "capped" for step in made.steps)


@pytest.mark.parametrize(
    ("percent", "bucket"), [(0.1, 10), (10, 10), (10.01, 20), (20, 20), (21, 40), (41, 60), (60.5, 80), (81, 100), (100, 100)]
)
def test_a_percentage_between_is_raised_to_its_bucket(percent: float, bucket: int) -> None:
    assert judge(stage=1, parts={"wall": [[5, percent]]}).parts == {"wall": cell(75, NOW.coefficients[5], bucket)}


def test_no_damage_counts_nothing() -> None:
    for rows in ([], [[0, 100]], [[3, 0]]):
        made = judge(stage=1, parts={"roof": rows})
        assert (made.parts, made.total, made.grade) == ({"roof": 0}, 0, "partial")


# -- tilt (DOMAIN 3.2: S29, S28a) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tilt", "decided", "points"),
    [
        ([60, 60, 60, 60], "tilt", None), ([0, 0, 0, 240], "tilt", None), ([59.9, 60, 60, 60], "parts", 15), ([20, 20, 20, 20], "parts", 15),
        ([19.9, 20, 20, 20], "parts", 0), ([0, 0, 0, 79], "parts", 0), ([0, 0, 0, 0], "parts", 0),
    ],
)  # fmt: skip
def test_wood_tilt(tilt: list[float], decided: str, points: int | None) -> None:
    """1/20 of 120 cm is 6 cm, 1/60 is 2 cm; the average of four, compared exactly."""
    for stage, part in ((1, "wall"), (2, "pillar")):
        made = judge(stage=stage, tilt_mm=tilt, plumb_mm=1200)
        assert made.decided_by == decided
        assert made.total == points
        assert made.grade == ("total" if decided == "tilt" else "semi_half" if points else "partial")
        assert made.parts.get(part, 0) == (points or 0)


def test_the_tilts_points_are_a_floor_not_an_addition() -> None:
    assert judge(stage=1, tilt_mm=[30] * 4, parts={"wall": [[2, 40]]}).parts["wall"] == 15
    assert judge(stage=1, tilt_mm=[30] * 4, parts={"wall": [[4, 40]]}).parts["wall"] == 23
    assert judge(stage=2, tilt_mm=[30] * 4, parts={"pillar": [[5, 100]]}).parts["pillar"] == 15


@pytest.mark.parametrize(
    ("tilt", "settlement", "grade"),
    [
        (40, None, "total"), (39.99, None, "partial"), (39.99, 300, "total"), (20, 300, "total"), (20, 299.9, "partial"), (19.99, 1000, "partial"),
        (20, None, "partial"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("stage", [1, 2])
def test_solid_tilt(tilt: float, settlement: float | None, grade: str, stage: int) -> None:
    """Non-wood: 1/30, or 1/60 with a settlement of 30 cm or more (S28a)."""
    made = judge(structure="rc", stage=stage, tilt_mm=[tilt] * 4, settlement_mm=settlement)
    assert made.grade == grade
    assert made.decided_by == ("tilt" if grade == "total" else "parts")


def test_another_plumb_line_gives_the_same_limits() -> None:
    assert judge(tilt_mm=[50] * 4, plumb_mm=1000).decided_by == "tilt"
    assert judge(tilt_mm=[49.99] * 4, plumb_mm=1000).decided_by == "parts"


def test_what_is_decided_stops_the_rest() -> None:
    made = judge(tilt_mm=[60] * 4, parts={"roof": [[3, 60]]})
    assert (made.parts, made.total, made.not_needed) == ({}, None, PARTS["wood", "second"])
    made = judge(collapsed=True)
    assert (made.grade, made.decided_by, made.total, made.not_needed) == ("total", "collapse", None, PARTS["wood", "second"])
    made = judge(parts={name: [[5, 100]] for name in ("roof", "pillar", "floor", "outer_wall")})
    assert (made.total, made.grade, made.not_needed) == (50, "total", ("inner_wall", "ceiling", "fittings", "foundation", "equipment"))
    assert judge(parts={"roof": [[5, 100]]}).not_needed == ()


# -- floods (DOMAIN 3.5: S32a, S32c; 3.6: S32b) ------------------------------------------------------------


@pytest.mark.parametrize(
    ("hazard", "edition", "depth", "grade"),
    [
        *(("flood_external", edition, depth, grade) for edition in ("r03-03", "r06-05") for depth, grade in (
            (180, "total"), (500, "total"), (179.9, "large"), (100, "large"), (99.9, "medium"), (50, "medium"), (49.9, "half"), (1, "half"),
            (0, "half"), (-0.1, "partial"), (-20, "partial"))),
        *(("flood_external", edition, depth, grade) for edition in ("h30-03", "r02-03") for depth, grade in (
            (180, "total"), (179.9, "large"), (100, "large"), (99.9, "half"), (50, "half"), (0, "half"), (-1, "partial"))),
        *(("flood_inland", "r06-05", depth, grade) for depth, grade in (
            (500, "large"), (180, "large"), (179.9, "medium"), (100, "medium"), (99.9, "half"), (10, "half"), (9.9, "semi_half"),
            (0, "semi_half"), (-0.1, "partial"))),
    ],
)  # fmt: skip
def test_the_depth_decides(hazard: str, edition: str, depth: float, grade: str) -> None:
    made = judge(EDITIONS[edition], hazard=hazard, stage=1, depth_cm=depth)
    assert (made.grade, made.decided_by, made.total) == (grade, "depth", None)


def test_below_the_floor_may_be_said_without_a_depth() -> None:
    for hazard in ("flood_external", "flood_inland"):
        made = judge(hazard=hazard, stage=1, above_floor=False)
        assert (made.grade, made.decided_by) == ("partial", "depth")
    assert judge(hazard="flood_external", stage=1, washed_away=True).grade == "total"


@pytest.mark.parametrize(
    ("code", "field", "edition", "data"),
    [
        ("survey.depth_structure", "structure", "r06-05", {"structure": "rc", "depth_cm": 200}),
        ("survey.depth_storeys", "storeys", "r06-05", {"storeys": 3, "depth_cm": 200}),
        ("survey.depth_detached", "detached", "r06-05", {"detached": False, "depth_cm": 200}),
        ("survey.depth_missing", "depth_cm", "r06-05", {}),
        ("survey.depth_contradicts", "depth_cm", "r06-05", {"depth_cm": 10, "above_floor": False}),
        ("survey.depth_contradicts", "depth_cm", "r06-05", {"depth_cm": -10, "above_floor": True}),
        ("survey.no_depth_table", "hazard", "r03-03", {"hazard": "flood_inland", "depth_cm": 10}),
        ("survey.no_depth_table", "hazard", "h30-03", {"hazard": "flood_inland", "depth_cm": 10}),
    ],
)
def test_a_depth_that_cannot_decide_is_refused(code: str, field: str, edition: str, data: dict[str, Any]) -> None:
    with pytest.raises(RuleViolation) as refused:
        judge(EDITIONS[edition], **{"hazard": "flood_external", "stage": 1, **data})
    assert (refused.value.code, refused.value.field) == (code, field)


def test_the_second_survey_of_a_flood_looks_at_the_nine_parts() -> None:
    made = judge(hazard="flood_inland", stage=2, depth_cm=200, parts={"floor": [[5, 100]], "inner_wall": [[5, 100]]})
    assert (made.total, made.grade, made.decided_by) == (20, "half", "parts")
    assert judge(hazard="flood_external", structure="rc", stage=2, depth_cm=30, parts={"interior": [[5, 100]]}).total == 10
    with pytest.raises(RuleViolation, match=r"survey\.parts_missing"):
        judge(hazard="flood_external", stage=2, depth_cm=30)


# -- wind, ground, fire (DOMAIN 3.7, 3.8, 2.3) -------------------------------------------------------------


def test_wind_without_damage_outside_ends_there() -> None:
    made = judge(hazard="wind", stage=1, outside_damage=False)
    assert (made.grade, made.decided_by, made.total) == ("partial", "none", None)
    made = judge(hazard="wind", stage=1, parts={"roof": [[5, 100]], "ceiling": [[5, 100]], "floor": [[5, 100]]})
    assert (made.total, made.grade) == (30, "medium")  # the most that a tornado does by the parts it reaches (S33)
    with pytest.raises(RuleViolation, match=r"survey\.outside_contradicts"):
        judge(hazard="wind", stage=1, outside_damage=False, parts={"roof": [[1, 10]]})


@pytest.mark.parametrize(
    ("tilt", "sinking", "grade", "decided_by"),
    [
        (60, None, "total", "tilt"), (59.9, None, "large", "tilt"), (20, None, "large", "tilt"), (19.9, None, "half", "tilt"),
        (12, None, "half", "tilt"), (11.9, None, "partial", "tilt"), (None, "floor_1m", "total", "sinking"), (None, "floor", "large", "sinking"),
        (None, "foundation_25cm", "half", "sinking"), (None, "none", "partial", "sinking"), (12, "floor", "large", "sinking"),
        (30, "foundation_25cm", "large", "tilt"), (0, "foundation_25cm", "half", "sinking"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("edition", EDITIONS.values(), ids=list(EDITIONS))
def test_ground_damage(edition: Edition, tilt: float | None, sinking: str | None, grade: str, decided_by: str) -> None:
    """The worse of tilt and sinking; 1/100 since 2011-05-02 (S28b, S34)."""
    made = judge(edition, hazard="liquefaction", stage=1, tilt_mm=None if tilt is None else [tilt] * 4, sinking=sinking)
    assert (made.grade, made.decided_by, made.total) == (grade, decided_by, None)


def test_ground_damage_by_the_greatest_tilt_where_an_edition_says_so() -> None:
    from app.domain.assessment_edition_file import parse_edition, shipped_text

    text = (shipped_text("r06-05") or "").replace('tilt_rule = { value = "average"', 'tilt_rule = { value = "maximum"')
    greatest = parse_edition(text.replace('id = "r06-05"', 'id = "urayasu"'), own=True)
    data = {"hazard": "liquefaction", "stage": 1, "tilt_mm": [0, 0, 0, 20]}
    assert (judge(**data).grade, judge(greatest, **data).grade) == ("partial", "large")


def test_ground_damage_in_the_second_survey_looks_at_the_parts_too() -> None:
    severe = {"roof": [[5, 100]], "pillar": [[5, 100]], "foundation": [[5, 100]]}
    made = judge(hazard="liquefaction", tilt_mm=[12] * 4, parts=severe)
    assert (made.grade, made.decided_by, made.total) == ("large", "parts", 40)
    made = judge(hazard="liquefaction", tilt_mm=[30] * 4, parts={"roof": [[5, 100]]})
    assert (made.grade, made.decided_by, made.total) == ("large", "tilt", None)
    assert made.parts == {"roof": 15}
    with pytest.raises(RuleViolation, match=r"survey\.ground_nothing"):
        judge(hazard="liquefaction", stage=1)


@pytest.mark.parametrize(
    ("percent", "grade"),
    [
        (70, "total"), (69.9, "large"), (50, "large"), (49.9, "medium"), (30, "medium"), (29.9, "half"), (20, "half"), (19.9, "semi_half"),
        (10, "semi_half"), (9.9, "partial"), (0, "partial"), (100, "total"),
    ],
)  # fmt: skip
def test_fire_goes_by_the_floor_area(percent: float, grade: str) -> None:
    made = judge(hazard="fire", stage=1, floor_loss_percent=percent)
    assert (made.grade, made.decided_by, made.total) == (grade, "floor_loss", None)


def test_fire_before_the_medium_grade() -> None:
    assert judge(EDITIONS["r02-03"], hazard="fire", stage=1, floor_loss_percent=49).grade == "half"


# -- what belongs to it ------------------------------------------------------------------------------------


def test_what_does_not_count_is_told() -> None:
    made = judge(depth_cm=30, sinking="floor", parts={"roof": [[1, 10]]})
    assert next(step for step in made.steps if step.code == "unused").params["keys"] == ("depth_cm", "sinking")


def test_a_grade_typed_by_hand_must_be_what_comes_out() -> None:
    parts = {"roof": [[5, 100]], "equipment": 5}
    assert judge(parts=parts, grade="半壊").total == 20
    for typed in ("全壊", "total", "一部損壊"):
        with pytest.raises(RuleViolation) as refused:
            judge(parts=parts, grade=typed)
        assert refused.value.code == "survey.grade_contradicts"
        assert (refused.value.params["grade"], refused.value.params["total"]) == ("half", 20)
    with pytest.raises(RuleViolation, match=r"survey\.unknown_word"):
        judge(parts=parts, grade="はんかい")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("準半壊に至らない（一部損壊）", "partial"),
        ("準半壊に至らない(一部損壊)", "partial"),
        ("一部損壊", "partial"),
        ("全 壊", "total"),
        ("none", "none"),
    ],
)
def test_words_of_grades(text: str, code: str) -> None:
    assert read_grade(text, NOW) == code


def test_no_damage_agrees_only_with_no_points() -> None:
    assert agrees(judge(parts={}), "none")
    assert not agrees(judge(parts={"roof": [[1, 10]]}), "none")  # 0 points on the form, and yet damaged
    assert not agrees(judge(parts={"roof": [[3, 60]]}), "none")


def test_the_parts_of_the_issue() -> None:
    assert parts_of("earthquake", 2, "wood") == (
        "roof", "pillar", "floor", "outer_wall", "inner_wall", "ceiling", "fittings", "foundation", "equipment",
    )  # fmt: skip
    assert parts_of("earthquake", 1, "wood") == ("roof", "wall", "foundation")
    assert parts_of("earthquake", 2, "rc") == ("pillar", "floor_beam", "exterior", "interior", "fittings", "equipment")
    assert parts_of("flood_external", 1, "wood") == () == parts_of("fire", 2, "rc")
    assert parts_of("wind", 1, "wood") == parts_of("earthquake", 2, "wood")


def test_arithmetic_is_exact() -> None:
    """1/60 of 1200.3 is 20.005: as binary numbers the four would miss it."""
    assert judge(tilt_mm=[20.005] * 4, plumb_mm=1200.3).total == 15
    assert Fraction("20.005") / Fraction("1200.3") == Fraction(1, 60)
