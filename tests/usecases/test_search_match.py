"""What a hit of the search box says about how it was found."""

from __future__ import annotations

import pytest

from app.usecases.searching import search
from tests.stores import Town


@pytest.mark.parametrize(
    ("text", "match"), [("髙橋", "name"), ("高橋", "name"), ("港町", "address"), ("本町1-2", "address"), ("タカハシ", "kana")]
)
def test_hit_says_whether_name_or_address_was_meant(town: Town, text: str, match: str) -> None:
    hits = search(town.ctx, text=text, within="residents").hits
    assert hits and {hit.match for hit in hits} == {match}
