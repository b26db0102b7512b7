"""Identifiers and the numbers people read aloud."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.identifiers import (
    device_prefix,
    lettered_number,
    new_card_number,
    new_id,
    operation_id,
    parse_card_number,
    parse_person_number,
    person_number,
    read_lettered,
)

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_new_ids_are_version_7_and_rise() -> None:
    before = int(time.time() * 1000)
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made) and len(set(made)) == len(made)
    first = uuid.UUID(made[0])
    assert (first.version, first.variant, str(first)) == (7, uuid.RFC_4122, made[0])
    assert before - 1 <= first.int >> 80 <= int(time.time() * 1000) + 1


def test_new_ids_of_threads_differ() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = [one for batch in pool.map(lambda _: [new_id() for _ in range(3000)], range(4)) for one in batch]
    assert len(set(made)) == len(made)


def test_a_clock_set_back_does_not_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000_000)
    assert new_id() > first


def test_operation_ids() -> None:
    made = {operation_id() for _ in range(1000)}
    assert len(made) == 1000 and all(len(one) == 32 and int(one, 16) >= 0 for one in made)


def test_device_prefix() -> None:
    assert device_prefix("a") == device_prefix("a") != device_prefix("b")
    assert all(len(device_prefix(str(n))) == 4 and set(device_prefix(str(n))) <= set(SYMBOLS) for n in range(200))


@given(st.text(SYMBOLS, min_size=4, max_size=4), st.integers(1, 9_999_999))
def test_person_number_there_and_back(prefix: str, serial: int) -> None:
    assert parse_person_number(person_number(prefix, serial)) == (prefix, serial)


def test_person_number_as_people_type_it() -> None:
    number = person_number("K7QF", 12)
    assert number.startswith("K7QF-00012-") and len(number) == 12
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    for text in (
        number.lower(),
        number.replace("-", ""),
        number.replace("-", " "),
        wide,
        number.replace("0", "O"),
        number.replace("1", "l"),
    ):
        assert parse_person_number(text) == ("K7QF", 12)
    assert parse_person_number("") is None and parse_person_number("佐藤") is None and parse_person_number("S20.3.1") is None


@pytest.mark.parametrize(("prefix", "serial"), [("K7Q", 1), ("K7QU", 1), ("K7QF", 0), ("K7QF", 10_000_000)])
def test_person_number_out_of_range(prefix: str, serial: int) -> None:
    with pytest.raises(ValueError, match="person number"):
        person_number(prefix, serial)


def test_every_single_mistake_and_exchange_is_noticed() -> None:
    for plain in (person_number("K7QF", 12).replace("-", ""), person_number("0Z0Z", 98_765).replace("-", "")):
        for at, char in enumerate(plain):
            for other in SYMBOLS.replace(char, ""):
                assert parse_person_number(plain[:at] + other + plain[at + 1 :]) is None
        for a in range(len(plain)):
            for b in range(a + 1, len(plain)):
                swapped = list(plain)
                swapped[a], swapped[b] = swapped[b], swapped[a]
                if plain[a] != plain[b]:
                    assert parse_person_number("".join(swapped)) is None


@pytest.mark.parametrize("letter", list("TSKMLHVR"))
def test_lettered_numbers_as_people_type_them(letter: str) -> None:
    number = lettered_number(letter, "K7QF", 12)
    plain = person_number("K7QF", 12)
    assert number == f"{letter}-{plain}"
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    for text in (number.lower(), number.replace("-", ""), number.replace("-", " "), wide, f" {number} ", number.replace("-", "ー"), plain, plain.lower()):
        assert read_lettered(letter, text) == number
    for text in ("", letter, "佐藤", number[:-1], f"{number}{number[-1]}", f"Z-{plain}", plain[:-1]):
        assert read_lettered(letter, text) == ""


def test_no_letter_is_taken_for_another() -> None:
    letters = "TSKMLHVR"
    for serial in range(1, 300):
        for letter in letters:
            number = lettered_number(letter, "7K45", serial)
            assert [read_lettered(one, number) for one in letters] == [number if one == letter else "" for one in letters]


@pytest.mark.parametrize("prefix", ["TK7Q", "TK70", "T123", "LK7Q", "T-", "0000"])
def test_a_device_may_begin_with_the_letter(prefix: str) -> None:
    if len(prefix) != 4:
        with pytest.raises(ValueError, match="person number"):
            lettered_number("T", prefix, 1)
        return
    for serial in (1, 12, 99_999, 100_000, 100_012, 9_999_999):
        plain = person_number(prefix, serial)
        assert read_lettered("T", plain) == read_lettered("T", f"T-{plain}") == f"T-{plain}"
        if serial < 100_000:
            assert read_lettered("T", plain.replace("-", "")) == f"T-{plain}"


def test_card_numbers() -> None:
    made = {new_card_number() for _ in range(2000)}
    assert len(made) == 2000
    for number in made:
        assert [len(part) for part in number.split("-")] == [4, 4, 4]
        assert parse_card_number(number) == number == parse_card_number(number.replace("-", "").lower())


def test_card_number_confusions_and_mistakes() -> None:
    number = next(one for one in iter(new_card_number, None) if "0" in one and "1" in one)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    for text in (
        number.replace("0", "o"),
        number.replace("1", "I"),
        number.replace("1", "L"),
        wide,
        f" {number} ",
        number.replace("-", "ー"),
    ):
        assert parse_card_number(text) == number
    plain = number.replace("-", "")
    for at, char in enumerate(plain):
        for other in SYMBOLS.replace(char, ""):
            assert parse_card_number(plain[:at] + other + plain[at + 1 :]) is None
    for text in ("", "佐藤太郎", "1945-03-01", plain[:-1], plain + "0", "UUUU-UUUU-UUUU"):
        assert parse_card_number(text) is None


@given(st.text(max_size=20))
def test_any_text_is_read_or_is_none(text: str) -> None:
    for parse in (parse_card_number, parse_person_number):
        found = parse(text)
        assert found is None or found
