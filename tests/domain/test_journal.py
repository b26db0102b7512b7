"""Operations in canonical form, their chain, and the clock that never goes back."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.journal import GENESIS, Operation, canonical, chain_hash, next_hlc

BASE = Operation(
    op_id="a", group="b", device="c", device_seq=1, context={"x": 1}, hlc="d", at_ms=5, operator="e", site="f", purpose="g", reason="h", kind="i",
    record="j", action="create", changes={"name": [None, "架空"]},
)  # fmt: skip


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Operation)])
def test_every_field_is_part_of_what_is_hashed(field: str) -> None:
    value = getattr(BASE, field)
    other = {**value, "y": 2} if isinstance(value, dict) else value + 1 if isinstance(value, int) else value + "x"
    assert canonical(dataclasses.replace(BASE, **{field: other})) != canonical(BASE)


def test_order_of_keys_does_not_matter_and_characters_stay() -> None:
    one = dataclasses.replace(BASE, changes={"a": [1, 2], "b": ["𠮷", "葛\U000e0100"]})
    two = dataclasses.replace(BASE, changes={"b": ["𠮷", "葛\U000e0100"], "a": [1, 2]})
    assert canonical(one) == canonical(two) and "𠮷" in canonical(one)


def test_chain_depends_on_all_that_came_before() -> None:
    first, other = chain_hash(GENESIS, "a"), chain_hash(GENESIS, "b")
    assert first != other and chain_hash(first, "c") != chain_hash(other, "c") and len(first) == 64
    assert chain_hash(GENESIS, "\ud800") == chain_hash(GENESIS, "\ud800")  # a lone surrogate from a broken file does not stop the journal


@given(st.lists(st.integers(min_value=0, max_value=10**14), min_size=1, max_size=60))
def test_clock_grows_as_text_whatever_the_wall_says(walls: list[int]) -> None:
    last = ""
    for wall in walls:
        following = next_hlc(last, wall)
        assert following > last and int(following.split("-")[0]) >= wall
        last = following
