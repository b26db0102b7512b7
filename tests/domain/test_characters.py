"""Unusual characters: found, named, read from codes, given substitutes; nothing is normalised on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.characters import (
    check_substitute,
    find_unusual,
    has_unusual,
    is_plain,
    kinds_of,
    name_code_points,
    national_substitute,
    parse_code,
    split_clusters,
)
from app.domain.errors import RuleViolation


@pytest.mark.parametrize("text", ["髙橋　花子", "ヴァイオラ ｻﾄｳ", "見本市本町1−2～3〜4", "①㈱々〆", "a\tb\r\nc\x0b", "栁 德 濵 邉", ""])
def test_plain_text_is_not_looked_at(text: str) -> None:
    assert not has_unusual(text) and find_unusual(text) == []


@pytest.mark.parametrize(
    ("char", "kinds"),
    [
        ("\ue000", ("gaiji",)),
        ("\U000f0001", ("gaiji",)),
        ("葛\U000e0100", ("sequence",)),
        ("\ue000\U000e0100", ("gaiji", "sequence")),
        ("\ufa19", ("compatibility",)),
        ("﨑", ()),
        ("𠮷", ("beyond_jis",)),
        ("\U00030ede", ("beyond_jis",)),
        ("é", ("beyond_jis",)),
        ("\x01", ("control",)),
    ],
)
def test_kinds(char: str, kinds: tuple[str, ...]) -> None:
    assert find_unusual(f"山{char}田") == [char]
    assert set(kinds) <= set(kinds_of(char))


def test_repeats_and_order_are_kept() -> None:
    assert find_unusual("𠮷\ue000𠮷葛\U000e0100") == ["𠮷", "\ue000", "𠮷", "葛\U000e0100"]


@pytest.mark.parametrize(
    ("given_code", "char"),
    [
        ("E000", "\ue000"), ("e000", "\ue000"), ("U+E000", "\ue000"), ("0xE000", "\ue000"), ("uniE000", "\ue000"), ("\ue000", "\ue000"),
        ("845B_E0100", "葛\U000e0100"), ("U+845B U+E0100", "葛\U000e0100"), ("u845b-ue0100", "葛\U000e0100"), ("葛\U000e0100", "葛\U000e0100"),
        ("SJIS-F040", "\ue000"), ("20BB7", "𠮷"), (" U+30EDE ", "\U00030ede"),
    ],
)  # fmt: skip
def test_codes_are_read(given_code: str, char: str) -> None:
    assert parse_code(given_code) == char


@pytest.mark.parametrize(
    "text", ["", "E00", "GGGG", "田中", "U+D800", "110000", "E0100", "\U000e0100", "845B E0100 E0101", "E000 E001", "0001"]
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        parse_code(text)
    assert caught.value.code == "character.code_unreadable" and caught.value.field == "text"


@given(st.text(max_size=8))
def test_reading_a_code_never_fails_otherwise(text: str) -> None:
    try:
        found = parse_code(text)
    except RuleViolation:
        return
    assert len(list(split_clusters(found))) == 1


@given(st.characters(min_codepoint=0x20, exclude_categories=("Cs",)))
def test_a_code_names_its_character(char: str) -> None:
    if len(list(split_clusters("あ" + char))) == 2:  # a selector is no character of its own
        assert parse_code(name_code_points(char)) == char or ord(char) < 0x20


@pytest.mark.parametrize(
    ("substitute", "code"),
    [
        ("\ue000", "character.substitute_same"), ("あいうえおかきくけ", "character.substitute_long"), ("𠮷", "character.substitute_unusual"),
        ("?", "character.substitute_unusual"), ("〓", "character.substitute_unusual"), ("\ue001", "character.substitute_unusual"),
    ],
)  # fmt: skip
def test_substitutes_that_would_not_help_are_refused(substitute: str, code: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        check_substitute("\ue000", substitute)
    assert caught.value.code == code


def test_what_needs_no_registration() -> None:
    assert all(map(is_plain, "山高崎あア1？")) and not any(map(is_plain, ("髙", "﨑", "𠮷", "\ue000", "葛\U000e0100", "é")))


def test_substitutes_are_plain_texts() -> None:
    assert check_substitute("\ue000", " 辺 ") == "辺" and check_substitute("\ue000", "") == ""


@pytest.mark.parametrize(
    ("char", "substitute"),
    [("𠮷", "吉"), ("邉\U000e0104", "邉"), ("𡈽", "土"), ("㐂", "喜"), ("\ufa19", "神"), ("\U00030ede", ""), ("\ue000", ""), ("é", "")],
)
def test_the_national_map(char: str, substitute: str) -> None:
    assert national_substitute(char) == substitute
