"""Editions: those shipped are whole, and a municipality's own is refused with the key that is wrong."""

from __future__ import annotations

import re
import tomllib

import pytest

from app.domain.assessment import assess, read_inputs
from app.domain.assessment_edition_file import parse_edition, shipped_editions, shipped_text
from app.domain.errors import InputFault, RuleViolation
from app.domain.survey import HAZARDS
from app.presentation.messages import message

TEXT = shipped_text("r06-05") or ""


def test_the_shipped_editions() -> None:
    found = {edition.id: edition for edition in shipped_editions()}
    assert list(found) == ["h30-03", "r02-03", "r03-03", "r06-05"]
    assert found["h30-03"].grades == ("total", "large", "half", "partial")
    assert found["r02-03"].grades == ("total", "large", "half", "semi_half", "partial")
    assert found["r03-03"].grades == found["r06-05"].grades == ("total", "large", "medium", "half", "semi_half", "partial")
    assert [set(edition.depths) for edition in found.values()] == [{"flood_external"}] * 3 + [{"flood_external", "flood_inland"}]
    assert all(edition.hazards == HAZARDS for edition in found.values())


@pytest.mark.parametrize("edition", shipped_editions(), ids=lambda edition: edition.id)
def test_every_number_has_its_source_and_how_sure_it_is(edition: object) -> None:
    text = shipped_text(edition.id) or ""  # type: ignore[attr-defined]
    values = len(re.findall(r"\bvalue = ", text))
    facts = edition.facts  # type: ignore[attr-defined]
    assert len(facts) == values - text.count("{ value = 値")
    assert all(fact.source and fact.sure for fact in facts)
    assert not [line for line in text.splitlines() if re.match(r"\w+ = \d", line) and not line.startswith("in_force")]
    doubtful = {fact.key for fact in facts if fact.sure.endswith("(!)")}
    assert {"weights.rc_first.pillar", "tilt.wood.rule", "weights.wood_second.fittings"} <= doubtful


def change(old: str, new: str) -> str:
    assert TEXT.count(old) >= 1, old
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("code", "key", "text"),
    [
        ("edition.not_toml", None, "id = "),
        ("edition.unknown_key", "wieghts", TEXT.replace("[weights.wood_first]", "[wieghts.wood_first]", 1)),
        ("edition.unknown_key", "weights.wood_first.rooof", change("roof = {", "rooof = {")),
        ("edition.unknown_key", "weights.wood_first.roof.sauce", change('roof = { value = 15, source = "S25, S26"', 'roof = { value = 15, sauce = "S25"')),
        ("edition.missing_number", "weights.wood_first.foundation", change('foundation = { value = 10, source = "S25, S26", sure = "F" }', "")),
        ("edition.missing_table", "coefficients", TEXT.replace("[coefficients]", "[depth.flood_inland.x]", 1)),
        ("edition.bad_id", "id", change('id = "r06-05"', 'id = "令和6年"')),
        ("edition.missing_text", "title", change('title = "令和6年5月版"', "")),
        ("edition.bad_day", "in_force", change("in_force = 2024-05-31", 'in_force = "2024-05-31"')),
        ("edition.unknown_word", "hazards", change('"wind", ', '"windy", ')),
        ("edition.no_source", "weights.wood_first.roof", change('roof = { value = 15, source = "S25, S26", sure = "F" }', "roof = 15")),
        ("edition.no_source", "weights.wood_first.roof", change('roof = { value = 15, source = "S25, S26", sure = "F" }', 'roof = { value = 15, sure = "F" }')),
        ("edition.no_sure", "weights.wood_first.roof", change('source = "S25, S26", sure = "F"', 'source = "S25, S26", sure = "probably"')),
        ("edition.weights_sum", "weights.wood_first", change("roof = { value = 15", "roof = { value = 16")),
        ("edition.out_of_range", "weights.wood_first.roof", change("roof = { value = 15", "roof = { value = 150")),
        ("edition.not_a_number", "weights.wood_first.roof", change("roof = { value = 15", 'roof = { value = "15"')),
        ("edition.not_a_number", "weights.wood_first.roof", change("roof = { value = 15", "roof = { value = nan")),
        ("edition.not_whole", "weights.wood_first.roof", change("roof = { value = 15", "roof = { value = 15.5")),
        ("edition.not_falling", "grades", change("from_percent = { value = 40", "from_percent = { value = 50")),
        ("edition.grade_order", "grades", change('grade = "large"', 'grade = "total"')),
        ("edition.unknown_word", "grades[1].grade", change('grade = "large"', 'grade = "huge"')),
        ("edition.grade_ends", "grades", change("from_percent = { value = 0", "from_percent = { value = 1")),
        ("edition.not_falling", "coefficients", change("2 = { value = 25", "2 = { value = 60")),
        ("edition.buckets", "buckets.percents", change("[10, 20, 40, 60, 80, 100]", "[10, 20, 40, 60, 80]")),
        ("edition.buckets", "buckets.percents", change("[10, 20, 40, 60, 80, 100]", "[10, 40, 20, 100]")),
        ("edition.not_a_ratio", "tilt.wood.total", change('total = { value = "1/20"', "total = { value = 0.05")),
        ("edition.not_a_ratio", "tilt.wood.total", change('total = { value = "1/20"', 'total = { value = "20/1"')),
        ("edition.not_a_ratio", "tilt.wood.total", change('total = { value = "1/20"', 'total = { value = "1/0"')),
        ("edition.not_falling", "tilt.wood", change('total = { value = "1/20"', 'total = { value = "1/90"')),
        ("edition.unknown_word", "tilt.wood.rule", change('"at_least"', '"sometimes"')),
        ("edition.unknown_word", "tilt.wood.part_first", change('part_first = { value = "wall"', 'part_first = { value = "pillar"')),
        ("edition.tilt_points", "tilt.wood.part_first", change('part_first = { value = "wall"', 'part_first = { value = "foundation"')),
        ("edition.not_falling", "depth.flood_external.limits", change("from_cm = { value = 100", "from_cm = { value = 190")),
        ("edition.depth_ends", "depth.flood_external.limits", change("from_cm = { value = 0", "from_cm = { value = 5")),
        ("edition.unknown_word", "ground.sinking.floor", change('floor = { value = "large"', 'floor = { value = "none"')),
        ("edition.unknown_word", "ground.tilt_rule", change('tilt_rule = { value = "average"', 'tilt_rule = { value = "median"')),
        ("edition.too_long", None, TEXT + "#" * 200_000),
    ],
)  # fmt: skip
def test_a_wrong_edition_is_refused_with_file_and_key(code: str, key: str | None, text: str) -> None:
    with pytest.raises(InputFault) as refused:
        parse_edition(text, path="my.toml", own=True)
    assert refused.value.code == code
    assert refused.value.where.get("path") == "my.toml" and refused.value.where.get("field") == key
    said = message(refused.value)
    assert "my.toml" in said and (key is None or key in said)


def test_a_fault_of_toml_names_its_line() -> None:
    with pytest.raises(InputFault) as refused:
        parse_edition('id = "x-1"\ntitle = \n', path="my.toml")
    assert refused.value.where["line"] == 2


def test_an_edition_may_leave_out_what_it_does_not_judge() -> None:
    data = tomllib.loads(TEXT)
    assert "ground" in data
    without = TEXT[: TEXT.index("# 液状化等の地盤被害")]
    edition = parse_edition(without.replace(' "liquefaction",', ""), path="my.toml", own=True)
    assert edition.ground is None and edition.own and "liquefaction" not in edition.hazards
    with pytest.raises(RuleViolation, match=r"survey\.hazard_not_in_edition"):
        assess(read_inputs({"hazard": "liquefaction", "stage": 1, "structure": "wood", "tilt_mm": [1, 2, 3, 4]}), edition)
