"""Values packed for a QR come back exactly; bytes that nobody packed are refused, never misread."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.identifiers import new_id
from app.domain.packing import pack, unpack

AGE = "age1" + "qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn54khce"
TEXTS = st.one_of(
    st.text(),
    st.from_regex(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", fullmatch=True),
    st.from_regex(r"([0-9a-f]{2}){0,40}", fullmatch=True),
    st.from_regex(r"age1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{57,59}", fullmatch=True),
    st.datetimes().map(lambda one: one.isoformat() + "+00:00"),
    st.datetimes().map(lambda one: one.replace(microsecond=0).isoformat() + "+09:00"),
)
VALUES = st.recursive(st.one_of(TEXTS, st.booleans(), st.integers(0, 2**60)), lambda inner: st.lists(inner, max_size=5), max_leaves=20)


@given(VALUES)
def test_every_value_comes_back(value: object) -> None:
    if depth(value) <= 8:
        assert unpack(pack(value)) == value


def depth(value: object) -> int:
    """How many lists are in one another."""
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@pytest.mark.parametrize(
    ("text", "most"),
    [("01a200cc-26ce-74d3-a604-ac04130476af", 17), ("ab" * 32, 34), (AGE, 38), ("2024-01-02T03:04:05+00:00", 6), ("見本", 8), ("", 2)],
)
def test_keys_and_moments_are_small(text: str, most: int) -> None:
    assert len(pack(text)) <= most and unpack(pack(text)) == text


def test_a_number_below_zero_is_refused() -> None:
    with pytest.raises(ValueError):
        pack(-1)


def test_bytes_that_nobody_packed_are_refused() -> None:
    whole = pack([new_id(), "見本", 5, [True, "ab" * 32], AGE])
    for end in range(len(whole)):
        with pytest.raises(ValueError):
            unpack(whole[:end])
    for extra in (whole + b"\0", b"\x08\xff\xff\xff\x7f", b"\x08\x01" * 20, b"\xfe", b"\x07" + b"\xff" * 9 + b"\x7f", b"\x03\x02\xff\xfe"):
        with pytest.raises(ValueError):
            unpack(extra)


def test_noise_never_does_anything_else_than_being_refused() -> None:
    noise = random.Random(27)
    for _ in range(5000):
        try:
            unpack(noise.randbytes(noise.randrange(1, 60)))
        except ValueError:
            continue
