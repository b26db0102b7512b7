"""Amounts in formal numerals, against a reader written the other way round."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.presentation.yen_words import formal_numerals, yen, yen_words

_DIGITS = {char: value for value, char in enumerate("零壱弐参四五六七八九")}


def read(text: str) -> int:
    """The number that formal numerals say."""
    total, part, digit = 0, 0, 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in "拾百千":
            part, digit = part + digit * {"拾": 10, "百": 100, "千": 1000}[char], 0
        else:
            total, part, digit = total + (part + digit) * {"万": 10**4, "億": 10**8, "兆": 10**12}[char], 0, 0
    return total + part + digit


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "零"), (1, "壱"), (10, "壱拾"), (12_345, "壱万弐千参百四拾五"), (20_000, "弐万"), (100_010, "壱拾万壱拾"), (1_000_000, "壱百万"),
        (10_000_000, "壱千万"), (100_000_000, "壱億"), (9_999_999_999, "九拾九億九千九百九拾九万九千九百九拾九"), (30_000_500, "参千万五百"),
    ],
)  # fmt: skip
def test_amounts_as_they_are_written(amount: int, words: str) -> None:
    assert formal_numerals(amount) == words


@given(st.integers(0, 10**16 - 1))
def test_every_amount_reads_back(amount: int) -> None:
    words = formal_numerals(amount)
    assert read(words) == amount
    assert not any(char in words for char in "一二三十")


def test_the_sum_of_a_sheet() -> None:
    assert (yen(12_345), yen(-5), yen_words(10_000)) == ("12,345円", "-5円", "金壱万円也")


@pytest.mark.parametrize("amount", [-1, 10**16])
def test_what_cannot_be_written(amount: int) -> None:
    with pytest.raises(ValueError, match="written"):
        formal_numerals(amount)
