"""Taking addresses apart and comparing them."""

from __future__ import annotations

import pytest

from app.domain.addresses import same_place, split_address, strip_municipality


@pytest.mark.parametrize(
    ("text", "town", "numbers", "rest"),
    [
        ("支市本浜町二丁目三番地", "支市本浜町", (2, 3), ""),
        ("本浜町2丁目3番4号　コーポ汐見101号", "本浜町", (2, 3, 4), "コポ汐見101"),
        ("北二条西三丁目１番", "北2条西", (3, 1), ""),
        ("穴水町字川島ヲ11番地", "穴水町川島ヲ", (11,), ""),
        ("本浜町", "本浜町", (), ""),
        ("", "", (), ""),
    ],
)
def test_split(text: str, town: str, numbers: tuple[int, ...], rest: str) -> None:
    parts = split_address(text)
    assert (parts.town, parts.numbers, parts.rest) == (town, numbers, rest)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("本町2丁目3番", "本町2の3"),
        ("本町2丁目3番", "本町2―3"),
        ("本町2の3", "本町二丁目三番地"),
        ("石川県七尾市本町2-3", "本町2-3"),
        ("七尾市本町2-3", "石川県七尾市本町2丁目3"),
        ("鳳珠郡穴水町字川島ヲ11", "石川県鳳珠郡穴水町川島ヲ11番地"),
        ("本町2-3 ハイツ101", "本町2-3"),
        ("札幌市中央区北二条西3丁目1", "北2条西三丁目1番"),
        ("霞が関1-1", "霞ヶ関１丁目１番"),
        ("本町", "本町"),
    ],
)
def test_one_place(a: str, b: str) -> None:
    assert same_place(a, b) and same_place(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("本町2-3", "山本町2-3"),
        ("本町2-3", "本町23"),
        ("本町2-3", "本町2-4"),
        ("本町2-3", "本町2-3-4"),
        ("本町", "元町"),
        ("", ""),
        ("本町1", ""),
        ("七尾市本町1", "輪島市元町1"),
    ],
)
def test_two_places(a: str, b: str) -> None:
    assert not same_place(a, b)


def test_strip_leaves_something() -> None:
    assert strip_municipality("七尾市") == "七尾市" and strip_municipality("石川県七尾市本町") == "本町"


@pytest.mark.parametrize(
    ("rule", "a", "b"),
    [
        ("丁目と番を「の」で", "本町2丁目3番", "本町2の3"),
        ("全角の横線", "本町2丁目3番", "本町２―３"),
        ("漢数字", "本町2丁目3番", "本町二丁目三番"),
        ("全角の長音を横線に", "本町2丁目3番4号", "本町２ー３ー４"),
        ("番地の", "本町12番地の5", "本町12-5"),
        ("番地だけ", "本町12番地", "本町12"),
        ("丁目番号すべて", "本町2丁目3番4号", "本町2-3-4"),
        ("漢数字の十", "本町十丁目十二番", "本町10-12"),
        ("県と市を省く", "石川県七尾市本町2丁目3番", "本町2-3"),
        ("県だけ省く", "石川県七尾市本町2丁目3番", "七尾市本町2-3"),
        ("郡を省く", "石川県鳳珠郡穴水町字川島11", "穴水町川島11番地"),
        ("政令市の区", "北海道札幌市中央区北二条西三丁目1番", "北2条西3-1"),
        ("建物名と部屋", "本町2-3 メゾン本町101号室", "本町2丁目3番"),
        ("大字", "大字上谷120番地", "上谷120"),
        ("大字と字", "大字霧沢字向原15", "霧沢向原15番地"),
        ("ヶとが", "霞ヶ丘1-2", "霞が丘一丁目二番"),
        ("旧字", "櫻町1-2", "桜町1-2"),
        ("間の空白", "本町 2丁目 3番", "本町2-3"),
        ("頭の0", "本町02-03", "本町2-3"),
    ],
)
def test_one_place_by_rule(rule: str, a: str, b: str) -> None:
    """The ways of writing that DOMAIN 7.4 names, each by name."""
    assert same_place(a, b) and same_place(b, a), rule
