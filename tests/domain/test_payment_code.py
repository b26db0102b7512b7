"""Payment codes: twenty digits, told apart by device, read back whatever their width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.identifiers import device_prefix
from app.domain.payment_code import MOST_SERIAL, payment_code, read_payment_code

serials = st.integers(1, MOST_SERIAL)
devices = st.uuids().map(str).map(device_prefix)


@given(devices, serials)
def test_a_code_is_twenty_digits_and_reads_back(prefix: str, serial: int) -> None:
    code = payment_code(prefix, serial)
    assert len(code) == 20 and code.isdecimal()
    assert read_payment_code(code) == (prefix, serial)
    wide = code.translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    assert read_payment_code(f" {wide} ") == (prefix, serial)


@given(devices, devices, serials, serials)
def test_two_devices_or_serials_never_make_the_same(one: str, other: str, first: int, second: int) -> None:
    assert (payment_code(one, first) == payment_code(other, second)) == ((one, first) == (other, second))


def test_the_halves_are_device_and_serial() -> None:
    assert payment_code("0001", 7) == "00000000010000000007"
    assert payment_code("ZZZZ", 1)[:10] == "0001048575"


@pytest.mark.parametrize(("prefix", "serial"), [("K7QF", 0), ("K7QF", -1), ("K7QF", MOST_SERIAL + 1), ("K7Q", 1), ("K7Q!", 1), ("", 1)])
def test_what_is_no_part_of_a_code_is_refused(prefix: str, serial: int) -> None:
    with pytest.raises(ValueError, match="payment code"):
        payment_code(prefix, serial)


@pytest.mark.parametrize(
    "text", ["", "1" * 19, "1" * 21, "0" * 20, "00010485760000000001", "0000000001000000000x", "九" * 20, "00000000019999999999"]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_payment_code(text) is None
