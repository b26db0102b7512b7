"""What a stick makes the page offer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.syncing.package_rows import FoundPackage
from app.ui.exchange.offer import make_offer
from app.ui.exchange.sticks import Stick
from app.ui.exchange.words import found_problem, found_state, is_new

STICK, OTHER = Stick(Path("/media/a"), "赤", 4_000_000_000, 8_000_000_000), Stick(Path("/media/b"), "青", 1, 2, writable=False)


def found(name: str, **changes: Any) -> FoundPackage:
    values: dict[str, Any] = {
        "path": STICK.path / name, "kind": "package", "for_us": True, "written_at": datetime(2024, 1, 5, tzinfo=UTC), "bytes": 5000, "site": "見本小学校",
    }  # fmt: skip
    return FoundPackage(**{**values, **changes})


def test_without_a_stick_it_says_what_to_do() -> None:
    offer = make_offer((), {})
    assert offer.act == "none" and "差し込んで" in offer.title and offer.stick is None


def test_an_empty_stick_is_for_carrying_out() -> None:
    offer = make_offer((STICK,), {STICK.path: []})
    assert offer.act == "carry" and "赤" in offer.title and "4.0 GB" in offer.detail


def test_a_package_for_us_goes_before_all() -> None:
    packages = [found("a"), found("b", site="架空公民館"), found("c", already=True), found("d", for_us=False), found("e", kind="receipt")]
    offer = make_offer((OTHER, STICK), {STICK.path: packages})
    assert (offer.act, offer.waiting, offer.receipts, offer.stick) == ("take", 2, 1, STICK)
    assert "2件（見本小学校、架空公民館）" in offer.detail and "受領書 1件" in offer.detail


def test_what_is_done_or_for_others_is_only_told() -> None:
    packages = [
        found("a", already=True),
        found("b", for_us=False),
        found("c", mine=True, for_us=False),
        found("d", for_us=None, problem="sealed.damaged"),
    ]
    offer = make_offer((STICK,), {STICK.path: packages})
    assert offer.act == "carry" and not any(map(is_new, packages))
    assert all(words in offer.detail for words in ("取り込み済み 1件", "ほかの拠点あて 1件", "この端末が書いたもの 1件"))


def test_a_stick_that_cannot_be_written_is_not_offered_for_it() -> None:
    offer = make_offer((OTHER,), {})
    assert offer.act == "none" and "書き込めません" in offer.detail
    assert make_offer((OTHER, STICK), {}).stick == STICK


def test_every_file_says_what_it_is_and_why_it_cannot_be_taken() -> None:
    cases = {
        "この拠点あて": found("a"), "取り込み済み": found("b", already=True), "ほかの拠点あて": found("c", for_us=False, to="AB12"),
        "この端末が書いた": found("d", mine=True), "受領書": found("e", kind="receipt"), "読めません": found("f", for_us=None, problem="sealed.damaged"),
    }  # fmt: skip
    assert {words: found_state(one) for words, one in cases.items()} == {words: words for words in cases}
    assert "AB12" in found_problem(cases["ほかの拠点あて"]) and "渡す相手" in found_problem(cases["この端末が書いた"])
    assert found_problem(cases["読めません"]) and not found_problem(cases["この拠点あて"])
