"""Identifiers made on a device that may be offline, and numbers people read aloud.

Human numbers use Crockford's base 32 (no I, L, O, U) and end in a check character: the parity symbol of a code over
GF(32). Character *i* before it weighs αⁱ (α = 2, modulus x⁵+x²+1), so any one wrong character and any two exchanged
characters (up to 31 long) are always noticed.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
import time
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_CARD_LENGTH = 12
_PREFIX_LENGTH = 4
_SERIAL_DIGITS = 5
_MAX_SERIAL = 9_999_999
_SEPARATORS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\u2500"
_SEPARATOR = re.compile(rf"[{_SEPARATORS}\s]")


class _Sequence:
    """Time-ordered values of UUID version 7: milliseconds, then 12 bits of finer time, never the same or smaller twice."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next_stamp(self) -> int:
        """60 bits: 48 of Unix milliseconds, 12 of fractions. Counts on if the clock stands still or goes back."""
        now = time.time_ns()
        stamp = (now // 1_000_000) << 12 | (now % 1_000_000) * 4096 // 1_000_000
        with self._lock:
            self._last = max(stamp, self._last + 1)
            return self._last


@lru_cache(maxsize=1)
def _sequence() -> _Sequence:
    return _Sequence()


def new_id() -> str:
    """A new UUID version 7 as text; within one process each is greater than the one before (RFC 9562, method 3)."""
    stamp = _sequence().next_stamp()
    tail = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    text = f"{stamp >> 12:012x}{0x7000 | stamp & 0xFFF:04x}{tail:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def operation_id() -> str:
    """32 random hexadecimal digits. Says nothing about device or order, so that a cloned disk cannot repeat it."""
    return secrets.token_hex(16)


def _double(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _check_character(body: str) -> str:
    """The check character of characters of the alphabet."""
    total = 0
    for char in body:
        total = _double(total ^ _VALUES[char])
    return _ALPHABET[total]


def _read_symbols(text: str) -> str | None:
    """Characters of the alphabet from any width, case and grouping, O and I and L read as digits; None if others occur."""
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = [char for char in plain if not (char.isspace() or char in _SEPARATORS)]
    if not all(char in _VALUES for char in kept):
        return None
    return "".join(_ALPHABET[_VALUES[char]] for char in kept)


def check_character(body: str) -> str:
    """The check character of up to 31 characters of the alphabet (as ``read_symbols`` answers them)."""
    return _check_character(body)


def read_symbols(text: str) -> str | None:
    """Characters of the alphabet from any width, case and grouping, O and I and L read as digits; None if others occur."""
    return _read_symbols(text)


def device_prefix(device_id: str) -> str:
    """Four characters that stand for a device in its human numbers: 20 bits of a hash, the same for the same id.

    A copy of a device ("<id>~…") has those of the device. Two of 100 devices share a prefix with a chance of about 1 in 200; who enrols devices must compare.
    """
    bits = int.from_bytes(hashlib.blake2b(device_id.partition("~")[0].encode(), digest_size=4, person=b"device-prefix").digest(), "big")
    return "".join(_ALPHABET[bits >> shift & 31] for shift in (15, 10, 5, 0))


class PersonNumber(NamedTuple):
    """A 整理番号 taken apart."""

    prefix: str
    serial: int


def person_number(prefix: str, serial: int) -> str:
    """K7QF-00012-C: device prefix, serial from 1 (five digits or more), check character. ValueError outside the range."""
    symbols = _read_symbols(prefix)
    if symbols is None or len(symbols) != _PREFIX_LENGTH or not 0 < serial <= _MAX_SERIAL:
        raise ValueError("no prefix or serial of a person number")
    digits = f"{serial:0{_SERIAL_DIGITS}}"
    return f"{symbols}-{digits}-{_check_character(symbols + digits)}"


def parse_person_number(text: str) -> PersonNumber | None:
    """Prefix and serial of a number typed in any width, case and grouping; None if it is no number or mistyped."""
    symbols = _read_symbols(text)
    if symbols is None or len(symbols) not in range(_PREFIX_LENGTH + _SERIAL_DIGITS + 1, _PREFIX_LENGTH + 9):
        return None
    body, serial = symbols[:-1], symbols[_PREFIX_LENGTH:-1]
    if _check_character(body) != symbols[-1] or not serial.isdecimal() or int(serial) == 0:
        return None
    if len(serial) > _SERIAL_DIGITS and serial[0] == "0":
        return None
    return PersonNumber(symbols[:_PREFIX_LENGTH], int(serial))


def lettered_number(letter: str, prefix: str, serial: int) -> str:
    """T-K7QF-00012-C: a person number behind the letter of what it counts. ValueError outside the range of ``person_number``."""
    return f"{letter}-{person_number(prefix, serial)}"


def read_lettered(letter: str, text: str) -> str:
    """The one written form of a number typed in any width, case and grouping, with its letter or without; "" when it is none, mistyped
    or has another letter.

    A first group of one character is the letter, one of four the device prefix. Without groups the letter is tried first.
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    group = len(_SEPARATOR.split(plain, maxsplit=1)[0])
    tries = [plain[1:]] if plain.startswith(letter) and group != _PREFIX_LENGTH else []
    tries += [plain] if group != 1 else []
    found = next((number for number in map(parse_person_number, tries) if number), None)
    return lettered_number(letter, *found) if found else ""


def new_card_number() -> str:
    """An opaque number for a card, XXXX-XXXX-XXXX: 55 random bits and a check character. Says nothing about anyone."""
    body = "".join(secrets.choice(_ALPHABET) for _ in range(_CARD_LENGTH - 1))
    return _group(body + _check_character(body))


def _group(symbols: str) -> str:
    return "-".join(symbols[at : at + 4] for at in range(0, len(symbols), 4))


def parse_card_number(text: str) -> str | None:
    """The card number in its one written form from lower case, full width, O for 0, I or L for 1, any hyphens and spaces.

    None when it is not a card number or a character is wrong.
    """
    symbols = _read_symbols(text)
    if symbols is None or len(symbols) != _CARD_LENGTH or _check_character(symbols[:-1]) != symbols[-1]:
        return None
    return _group(symbols)
