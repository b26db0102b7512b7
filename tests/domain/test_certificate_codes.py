"""Numbers of certificates and the signed text of their QR: every writing is understood, every slip noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.certificate_code import DEGREES, build_body, build_code, read_code
from app.domain.certificate_numbers import certificate_number, parse_certificate_number
from app.domain.errors import RuleViolation

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBERS = st.builds(
    lambda year, disaster, prefix, serial: certificate_number(year=year, disaster=disaster, prefix=prefix, serial=serial),
    st.integers(1000, 9999),
    st.integers(1, 99),
    st.text(SYMBOLS, min_size=4, max_size=4),
    st.integers(1, 9_999_999),
)
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@given(NUMBERS)
def test_a_number_is_read_in_any_width_case_and_separator(number: str) -> None:
    parsed = parse_certificate_number(number)
    assert parsed is not None and parsed.text == number
    for typed in (
        number.lower(),
        number.translate(WIDE),
        number.replace("-", " "),
        number.replace("-", "－"),
        f"  {number}\n",
        number.replace("-", "ー"),
    ):
        assert parse_certificate_number(typed) == parsed, typed
    joined = parse_certificate_number(number.replace("-", ""))
    assert joined in (parsed, None), "without separators it is this one, or it has to be typed with them"


@given(NUMBERS, st.data())
def test_one_wrong_character_and_two_exchanged_are_noticed(number: str, data: st.DataObject) -> None:
    places = [at for at, char in enumerate(number) if char != "-"]
    at = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([char for char in SYMBOLS if char != number[at]]))
    assert parse_certificate_number(number[:at] + wrong + number[at + 1 :]) is None
    left, right = data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))
    if number[left] != number[right]:
        chars = list(number)
        chars[left], chars[right] = chars[right], chars[left]
        assert parse_certificate_number("".join(chars)) is None


@pytest.mark.parametrize(
    "text", ["", "-", "2024", "2024-1-K7QF-00012", "2024-1-K7QF-12-C", "24-1-K7QF-00012-C", "x" * 100, "二〇二四-1", "1-2-3-4-5"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_certificate_number(text) is None


@pytest.mark.parametrize(
    "wrong",
    [{"year": 24}, {"disaster": 0}, {"disaster": 100}, {"prefix": "K7Q"}, {"prefix": "K7Q!"}, {"serial": 0}, {"serial": 10_000_000}],
)
def test_what_no_number_can_say_is_a_value_error(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="parts"):
        certificate_number(**{"year": 2024, "disaster": 1, "prefix": "K7QF", "serial": 12, **wrong})  # type: ignore[arg-type]


@given(NUMBERS, st.sampled_from(DEGREES), st.dates(), st.binary(min_size=64, max_size=64), st.booleans())
def test_a_code_says_what_was_put_in(number: str, grade: str, day: object, signature: bytes, report: bool) -> None:
    kind = "report" if report else "damage"
    body = build_body(number=number, kind=kind, grade=grade, issued_on=str(day), key_id="ABCDEFG2")
    code = build_code(body, signature)
    assert len(code) <= 160 and set(code) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    told = read_code(code)
    assert (told.number, told.kind, told.issued_on, told.key_id, told.signature) == (number, kind, str(day), "ABCDEFG2", signature)
    assert told.grade == ("" if report else grade) and told.body == body.encode()
    assert read_code(code.lower().translate(WIDE)) == told


@given(st.text(max_size=500))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        read_code(text)
    assert caught.value.code.startswith("certificate.code_")


def test_one_signature_has_one_text() -> None:
    body = build_body(number="2024-1-K7QF-00012-" + certificate_number(year=2024, disaster=1, prefix="K7QF", serial=12)[-1], kind="damage",
                      grade="half", issued_on="2024-01-02", key_id="ABCDEFG2")  # fmt: skip
    code = build_code(body, b"\x00" * 64)
    assert code.endswith("A") and code.split(":")[2] == "D4"
    with pytest.raises(RuleViolation) as caught:
        read_code(code[:-1] + "B")
    assert caught.value.params["part"] == "signature"
    with pytest.raises(ValueError, match="no degree"):
        build_body(number="2024-1-K7QF-00012-C", kind="damage", grade="none", issued_on="2024-01-02", key_id="ABCDEFG2")
