"""Values packed small enough for a QR: what identifiers, keys and moments have in common is left out, and put back exactly."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

_FALSE, _TRUE, _NUMBER, _TEXT, _UUID, _HEX, _AGE, _MOMENT, _LIST = range(9)
_UUID_FORM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX_FORM = re.compile(r"(?:[0-9a-f]{2}){4,4000}")
_AGE_FORM = re.compile(r"age1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{58}")
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_AGE_BYTES = 37  # 58 characters of 5 bits
_MOST_DEEP = 8


def pack(value: Any) -> bytes:
    """A text, whole number, truth value or list of these. Every text comes back as it was, whether it looks like a key or not."""
    if isinstance(value, bool):
        return bytes([_TRUE if value else _FALSE])
    if isinstance(value, int):
        return bytes([_NUMBER]) + _count(value)
    if isinstance(value, (list, tuple)):
        return bytes([_LIST]) + _count(len(value)) + b"".join(pack(one) for one in value)
    return _pack_text(str(value))


def _pack_text(text: str) -> bytes:
    if _UUID_FORM.fullmatch(text):
        return bytes([_UUID]) + bytes.fromhex(text.replace("-", ""))
    if _AGE_FORM.fullmatch(text):
        number = 0
        for char in text[4:]:
            number = number << 5 | _BECH32.index(char)
        return bytes([_AGE]) + number.to_bytes(_AGE_BYTES, "big")
    if _HEX_FORM.fullmatch(text):
        raw = bytes.fromhex(text)
        return bytes([_HEX]) + _count(len(raw)) + raw
    seconds = _seconds(text)
    if seconds is not None:
        return bytes([_MOMENT]) + _count(seconds)
    raw = text.encode("utf-8", "surrogatepass")
    return bytes([_TEXT]) + _count(len(raw)) + raw


def _seconds(text: str) -> int | None:
    """Whole seconds since 1970 of a moment written as ``isoformat`` writes it in UTC, else None."""
    try:
        seconds = int(datetime.fromisoformat(text).timestamp())
        return seconds if seconds >= 0 and _moment(seconds) == text else None
    except (ValueError, OverflowError, OSError):
        return None


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _count(number: int) -> bytes:
    """Seven bits a byte, the highest bit says that more follow. ValueError below zero."""
    if number < 0:
        raise ValueError("a number below zero")
    raw = bytearray()
    while number > 127:
        raw.append(number & 127 | 128)
        number >>= 7
    raw.append(number)
    return bytes(raw)


def unpack(raw: bytes) -> Any:
    """What ``pack`` packed. ValueError for bytes that it did not write."""
    reader = _Reader(raw)
    value = reader.value(0)
    if reader.at != len(raw):
        raise ValueError("more than one value")
    return value


class _Reader:
    """Bytes being read."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self.at = 0
        self._texts: dict[int, Callable[[], str]] = {_TEXT: self._text, _UUID: self._uuid, _HEX: self._hex, _AGE: self._age, _MOMENT: self._when}

    def value(self, depth: int) -> Any:
        """The next value."""
        tag = self._take(1)[0]
        if tag in (_FALSE, _TRUE):
            return tag == _TRUE
        if tag == _NUMBER:
            return self._count()
        if tag == _LIST and depth < _MOST_DEEP:
            count = self._count()
            if count > len(self._raw):
                raise ValueError("more values than bytes")
            return [self.value(depth + 1) for _ in range(count)]
        if tag not in self._texts:
            raise ValueError("no such value")
        return self._texts[tag]()

    def _take(self, count: int) -> bytes:
        part = self._raw[self.at : self.at + count]
        if len(part) < count:
            raise ValueError("cut")
        self.at += count
        return part

    def _count(self) -> int:
        number, shift = 0, 0
        while True:
            byte = self._take(1)[0]
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7
            if shift > 63:
                raise ValueError("too large a number")

    def _text(self) -> str:
        return self._take(self._count()).decode("utf-8", "surrogatepass")

    def _uuid(self) -> str:
        digits = self._take(16).hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def _hex(self) -> str:
        return self._take(self._count()).hex()

    def _age(self) -> str:
        number = int.from_bytes(self._take(_AGE_BYTES), "big")
        return "age1" + "".join(_BECH32[number >> shift & 31] for shift in range(57 * 5, -1, -5))

    def _when(self) -> str:
        try:
            return _moment(self._count())
        except (OverflowError, OSError) as error:
            raise ValueError("no moment") from error
