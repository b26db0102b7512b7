"""Documents that everybody brings, and those of a case."""

from __future__ import annotations

import pytest

from app.domain.relief_documents import always_needed, is_conditional
from app.usecases.programmes import shipped_programmes


@pytest.mark.parametrize(
    ("name", "conditional"),
    [
        ("解体証明書か滅失登記簿謄本（解体のとき）", True), ("診断書（重傷の場合）", True), ("通帳の写し", False), ("住民票（世帯全員）", False),
        ("戸籍謄本（遺族との関係）", False), ("", False),
    ],
)  # fmt: skip
def test_the_case_stands_in_the_name(name: str, conditional: bool) -> None:
    assert is_conditional(name) is conditional


def test_each_is_needed_once_in_order() -> None:
    assert always_needed(("通帳の写し", "診断書（重傷のとき）", "住民票", "通帳の写し")) == ("通帳の写し", "住民票")


def test_shipped_programmes_ask_everybody_for_what_everybody_has() -> None:
    asked = {one.code: always_needed(one.plan.values["documents"]) for one in shipped_programmes()}
    assert asked["saiken"] == ("罹災証明書", "住民票（世帯全員）", "通帳の写し")
    assert asked["gienkin-ishikawa-2024"] == asked["gienkin-toyama-2024"] == asked["gienkin-niigata-2024"] == ("通帳の写し",)
