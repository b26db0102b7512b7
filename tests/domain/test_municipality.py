"""Municipality codes and names."""

from __future__ import annotations

import pytest

from app import resources
from app.domain.municipality import (
    MunicipalityCodeFault,
    check_digit,
    find_municipality,
    list_municipalities,
    parse_code,
    search_municipalities,
)


@pytest.mark.parametrize("code", ["131016", "011002", "172022", "261009", "401307", "473821"])
def test_check_digit(code: str) -> None:
    assert check_digit(code[:5]) == code[5]


@pytest.mark.parametrize("text", ["01100", "011002", "０１１００２", " 01100-2 ", "０１１００"])
def test_codes_read(text: str) -> None:
    assert parse_code(text) == "011002"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("011003", "check_digit"),
        ("110110", "check_digit"),
        ("1100", "code_unreadable"),
        ("abcde", "code_unreadable"),
        ("", "code_unreadable"),
    ],
)
def test_codes_refused(text: str, code: str) -> None:
    with pytest.raises(MunicipalityCodeFault) as caught:
        parse_code(text)
    assert caught.value.code == f"municipality.{code}"
    assert resources.read_messages()[caught.value.code].format(**caught.value.params)


def test_every_row_is_sound() -> None:
    rows = list_municipalities()
    assert len(rows) == len({item.code for item in rows}) > 1900
    assert all(parse_code(item.code) == item.code and item.name and item.kana and item.prefecture for item in rows)
    assert sum(item.is_prefecture for item in rows) == 47
    designated = {
        item.name for item in rows if item.name.endswith("市") and any(o.name.startswith(item.name) and o.name.endswith("区") for o in rows)
    }
    assert len(designated) == 20 and {"札幌市", "川崎市", "浜松市", "堺市", "福岡市"} <= designated


def test_names() -> None:
    city, town, village, ward = (find_municipality(code) for code in ("172022", "174611", "133817", "01101"))
    assert city and (city.full_name, city.kana) == ("石川県七尾市", "ナナオシ")
    assert town and (town.name, town.county, town.kana, town.full_name) == ("穴水町", "鳳珠郡", "アナミズマチ", "石川県鳳珠郡穴水町")
    assert village and (village.name, village.county) == ("三宅村", "")
    assert ward and ward.full_name == "北海道札幌市中央区"
    assert find_municipality("99999") is None


@pytest.mark.parametrize("text", ["七尾", "ななお", "ﾅﾅｵ", "七尾市", "石川県七尾", "17202", "１７２０２", "172022"])
def test_search(text: str) -> None:
    assert search_municipalities(text)[0].name == "七尾市"


def test_search_order_and_bounds() -> None:
    assert [item.prefecture for item in search_municipalities("府中市")] == ["東京都", "広島県"]
    assert len(search_municipalities("市", limit=7)) == 7
    assert search_municipalities("  ") == [] and search_municipalities("ありえない名前") == []
    assert search_municipalities("龍ヶ崎")[0].name == search_municipalities("竜ケ﨑")[0].name
