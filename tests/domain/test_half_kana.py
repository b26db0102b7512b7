"""Half-width kana for bank files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.half_kana import ALLOWED, Misfit, to_half_kana


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("ヤマダ　タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ"), ("やまだ たろう", "ﾔﾏﾀﾞ ﾀﾛｳ"), ("ジョージ・パッカー", "ｼﾞﾖ-ｼﾞ.ﾊﾟﾂｶ-"), ("ヲカ ヱイ ヰチ", "ｵｶ ｴｲ ｲﾁ"),
        ("ヴァイオラ", "ｳﾞｱｲｵﾗ"), ("か\u3099", "ｶﾞ"), ("ｶﾞ ｯ", "ｶﾞ ﾂ"), ("（株）見", "(.)."), ("abcＡ１－", "ABCA1-"), ("ヶヵ", "ｹｶ"), ("", ""),
    ],
)  # fmt: skip
def test_customary_writing(text: str, half: str) -> None:
    assert to_half_kana(text)[0] == half


def test_misfits_are_listed_with_their_place_and_what_was_written() -> None:
    text, misfits = to_half_kana("ヤマ田 葛\U000e0100\ue000?ロ&")
    assert text == "ﾔﾏ. ...ﾛ."
    assert misfits == [
        Misfit(2, "田", "."),
        Misfit(4, "葛\U000e0100", "."),
        Misfit(6, "\ue000", "."),
        Misfit(7, "?", "."),
        Misfit(9, "&", "."),
    ]
    assert to_half_kana("ヤマダ　ジョー")[1] == []


@given(st.text())
def test_only_what_banks_take_is_ever_written(text: str) -> None:
    half, misfits = to_half_kana(text)
    assert set(half) <= ALLOWED and "?" not in half
    assert all(text[found.at : found.at + len(found.char)] == found.char for found in misfits)
