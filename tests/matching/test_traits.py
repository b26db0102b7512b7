"""Names and addresses made comparable."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.addresses import split_address, strip_municipality
from app.domain.invention import invent_residents
from app.matching.traits import NameParts, Namer, Placer, births, code_sounds, phone_digits, read_typed


def test_the_fast_way_with_addresses_gives_what_the_general_way_gives() -> None:
    placer = Placer()
    texts = {one.address for one in invent_residents(1500, seed=5, as_of=date(2024, 1, 1))}
    texts |= {
        "北二条西3丁目1番",
        "三条町5-6",
        "穴水町字川島ヲ11番地",
        "本町二丁目三番地",
        "本町",
        "",
        "本町2-3-4-5",
        "第3団地12号",
        "本町 2-3",
        "12-3",
    }
    texts |= {"霞が関1-1", "四ツ辻１丁目２", "本町2丁目", "本町2階", "本町007-8", "町田市原町田6-4", "石川県七尾市本町2の3", "1丁目2番"}
    for text in texts:
        parts = split_address(text)
        assert placer.read(text) == (strip_municipality(parts.town), "-".join(map(str, parts.numbers))), text


def test_the_own_municipality_is_learnt() -> None:
    placer = Placer()
    placer.learn([f"支市{town}1-1" for town in ("本浜町", "汐見台", "中町")] * 5 + ["本浜町2-2"])
    assert placer.read("支市本浜町2丁目3番") == placer.read("本浜町2-3") == ("本浜町", "2-3")
    assert placer.read("支市") == ("支市", "")


@pytest.mark.parametrize(
    ("name", "kana", "writing", "reading"),
    [
        ("佐藤太郎", "", ("佐藤", "太郎"), ("", "")),
        ("佐藤　太郎", "さとうたろう", ("佐藤", "太郎"), ("サト", "タロ")),
        ("さとう たろう", "", ("", ""), ("サト", "タロ")),
        ("佐藤 はなこ", "", ("佐藤", ""), ("", "ハナコ")),
        ("佐藤はなこ", "", ("佐藤", ""), ("", "ハナコ")),
        ("見知らぬ人", "", ("", "見知ラヌ人"), ("", "")),
        ("", "", ("", ""), ("", "")),
        ("佐藤太郎", "佐藤太郎", ("佐藤", "太郎"), ("", "")),
    ],
)
def test_typed_names(name: str, kana: str, writing: tuple[str, str], reading: tuple[str, str]) -> None:
    names, sounds = Namer(), Namer()
    assert names["佐藤　一"] == NameParts("佐藤", "一") and sounds["サトウ　ハジメ"].family == "サト"
    typed = read_typed(names, sounds, name, kana)
    assert (typed.writing, typed.reading) == (writing, reading)


def test_pet_endings_are_taken_off_once() -> None:
    names, sounds = Namer(), Namer()
    assert sounds["サトウ　ハジメ"].given == "ハシメ"
    assert read_typed(names, sounds, "さとう たけちゃん", "").bare == "タケ"
    assert read_typed(names, sounds, "さとう やすし", "").bare == ""


def test_sounds_are_one_byte_each() -> None:
    coded = code_sounds("アカサタナハマヤラン")
    assert coded.isascii() and len(coded) == len(set(coded)) == 10 and "\n" not in coded
    assert code_sounds("NGUYEN3") == "NGUYEN3"


def test_dates_and_phones() -> None:
    assert births("", 19500101, 19501231) == (19500101, 19501231, 0)
    assert births("45.3.1", None, None) == (0, 0, 450301) and births("45.13.1", None, None) == (0, 0, 0)
    assert births("不詳", None, None) == (0, 0, 0)
    assert phone_digits("", "０９０-0000-1234") == "09000001234" and phone_digits("110", "") == ""
