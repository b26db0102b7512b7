"""The twenty digits by which the bank's answer is told apart: device, then serial (DOMAIN 5.2, 顧客コード1 and 2).

Two laptops that never met cannot make the same one: the first ten digits are the device's prefix as a number.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from app.domain.identifiers import read_symbols

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PREFIX = 4
_HALF = 10
MOST_SERIAL = 9_999_999
"""As many as the human number of a payment can count."""


class PaymentCode(NamedTuple):
    """A payment code taken apart."""

    prefix: str
    serial: int


def payment_code(prefix: str, serial: int) -> str:
    """Twenty digits: the device prefix read as a number in base 32 (ten digits), then the serial (ten digits). ValueError outside the range."""
    symbols = read_symbols(prefix)
    if symbols is None or len(symbols) != _PREFIX or not 0 < serial <= MOST_SERIAL:
        raise ValueError("no prefix or serial of a payment code")
    device = 0
    for symbol in symbols:
        device = device * len(_ALPHABET) + _ALPHABET.index(symbol)
    return f"{device:0{_HALF}}{serial:0{_HALF}}"


def read_payment_code(text: str) -> PaymentCode | None:
    """Device prefix and serial of a code of twenty digits in any width, spaces around it allowed; None if it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) != 2 * _HALF or not plain.isascii() or not plain.isdecimal():
        return None
    device, serial = int(plain[:_HALF]), int(plain[_HALF:])
    if not 0 < serial <= MOST_SERIAL or device >= len(_ALPHABET) ** _PREFIX:
        return None
    symbols = ""
    for _ in range(_PREFIX):
        device, place = divmod(device, len(_ALPHABET))
        symbols = _ALPHABET[place] + symbols
    return PaymentCode(symbols, serial)
