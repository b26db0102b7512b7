"""Postal codes that belong to an address, those that do not, and those of which nothing can be said."""

from __future__ import annotations

import time

import pytest

from app.domain.postal_match import head_of, judge_postal, postal_for, postals_for

NANAO = "172022"


@pytest.mark.parametrize(
    ("address", "municipality", "code"),
    [
        ("石川県七尾市鵜浦町1-2", "", "926-0001"),
        ("七尾市鵜浦町１－２", "", "926-0001"),
        ("鵜浦町1番地", NANAO, "926-0001"),
        ("鵜浦町1番地", "", ""),
        ("東京都千代田区千代田１番", "", "100-0001"),
        ("東京都千代田区一ツ橋１丁目", "", ""),  # two codes
        ("七尾市どこにもない町1", "", ""),
        ("", NANAO, ""),
        ("3-5", NANAO, ""),
    ],
)
def test_the_only_code_of_an_address(address: str, municipality: str, code: str) -> None:
    assert postal_for(address, municipality=municipality) == code


@pytest.mark.parametrize(
    ("postal", "address", "found"),
    [
        ("926-0001", "石川県七尾市鵜浦町1", ""),
        ("〒９２６０００１", "鵜浦町1", ""),
        ("926-0002", "石川県七尾市鵜浦町1", "postal.elsewhere"),
        ("926-0002", "鵜浦町1", "postal.elsewhere"),
        ("100-0001", "石川県七尾市鵜浦町1", "postal.elsewhere"),
        ("926-0000", "七尾市鵜浦町1", ""),
        ("926-9999", "七尾市鵜浦町1", "postal.unknown"),
        ("92600", "七尾市鵜浦町1", "postal.odd"),
        ("000-0001", "見本市本町1", ""),
        ("926-0001", "七尾市どこにもない町1", ""),
        ("100-0001", "東京都千代田区千代田1-1", ""),
        ("604-8155", "京都市中京区錦小路通室町東入占出山町", ""),
    ],
)
def test_a_code_and_its_address(postal: str, address: str, found: str) -> None:
    assert judge_postal(postal, head_of(address), NANAO) == found


def test_every_town_of_the_list_agrees_with_itself() -> None:
    """What is written from the list is never said to be elsewhere."""
    from app.domain.postal import find_address

    for digits in ("9260001", "9260811", "1000003", "0600042", "6048155", "9200853", "5300001", "9800811", "9071751", "1001101"):
        for place in find_address(digits):
            assert judge_postal(digits, head_of(place.text), "") == "", place


def test_a_million_rows_are_judged_in_a_moment() -> None:
    addresses = [f"石川県七尾市{town}町{number}番地" for town in ("鵜浦", "湯川", "沢野", "殿") for number in range(250)]
    judge_postal("926-0001", head_of(addresses[0]), NANAO)
    started = time.perf_counter()
    for _ in range(100):
        for address in addresses:
            judge_postal("926-0001", head_of(address), NANAO)
    assert (time.perf_counter() - started) * 10 < 6
    assert len(postals_for("石川県七尾市殿町1")) == 1
