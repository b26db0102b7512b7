"""Capacity texts as municipalities write them, head counts and spells that cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import RuleViolation
from app.domain.shelter import Headcount, ShelterSpell, check_headcount, check_spell, indoor_capacity

AT = datetime(2024, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("屋内480人／屋外3,350人(面積の1/2)", 480),
        ("1,200", 1200),
        ("１２０人", 120),
        ("１，２００人", 1200),
        ("約300名", 300),
        ("", None),
        ("不明", None),
        ("0", 0),
    ],
)
def test_indoor_number_is_read_from_the_text(text: str, number: int | None) -> None:
    assert indoor_capacity(text) == number


def test_counts_within_reason_pass() -> None:
    check_headcount(Headcount(id="", shelter_id="s", counted_at=AT, counted_total=10, male=4, female=5, infants=1, adults=9, households=3))
    check_headcount(Headcount(id="", shelter_id="s", counted_at=AT, counted_total=0))


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"counted_total": -1}, "headcount.out_of_range", "counted_total"),
        ({"counted_total": 1_000_001}, "headcount.out_of_range", "counted_total"),
        ({"counted_total": 5, "female": -2}, "headcount.out_of_range", "female"),
        ({"counted_total": 5, "male": 3, "female": 3}, "headcount.parts_exceed", "male"),
        ({"counted_total": 5, "infants": 1, "children": 1, "adults": 3, "seniors": 1}, "headcount.parts_exceed", "infants"),
    ],
)
def test_counts_that_cannot_be_are_refused(values: dict[str, int], code: str, field: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        check_headcount(Headcount(id="", shelter_id="s", counted_at=AT, **values))
    assert (caught.value.code, caught.value.field) == (code, field)


def test_spell_closes_after_it_opened() -> None:
    check_spell(ShelterSpell(id="", shelter_id="s", opened_at=AT))
    check_spell(ShelterSpell(id="", shelter_id="s", opened_at=AT, closed_at=AT))
    with pytest.raises(RuleViolation, match="shelter.closed_before_opened"):
        check_spell(ShelterSpell(id="", shelter_id="s", opened_at=AT, closed_at=AT - timedelta(seconds=1)))
