"""What a laptop and headquarters tell each other to enrol it: a request and an answer, each as one text for file, QR and keyboard.

The text is Crockford base 32 (no I, L, O, U) in blocks of 24 characters with a check character each, so that a mistyped line is found where
it is: ``SASAE-REQUEST:<block><block>…`` in a QR, one block a line in a file or on paper. Inside stand a format number, the length, the packed
values (``domain.packing``) and eight bytes of their SHA-256.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from app.domain.errors import InputFault
from app.domain.exchange import DeviceList, EnrolledDevice
from app.domain.identifiers import check_character, read_symbols
from app.domain.packing import pack, unpack

REQUEST, ANSWER = "SASAE-REQUEST", "SASAE-ANSWER"
FORMAT = 1
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_OURS, _FROM_OURS = str.maketrans(_BASE32, _ALPHABET), str.maketrans(_ALPHABET, _BASE32)
BLOCK = 24
MOST_TEXT = 1_000_000
"""Characters of a text that is read at all: some thousand devices."""
MOST_QR = 1_600
"""Characters that a QR on a screen may have for a telephone to read it."""
_START, _CHECK = 4, 8
_HEADING = re.compile(r"\s*(SASAE-[A-Z]+)(?:\s*:|\s+\d+\s*$|\s*$)?", re.MULTILINE)
_NUMBERED = re.compile(r"^\s*\d{1,4}\s*[.:)]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A laptop asks to be enrolled. ``before``: the device that this folder was before it was copied or restored, "" for none; ``seq``: how
    long that one's chain is here. ``signature``: by the laptop's own key over ``text``.
    """

    device: str
    letters: str
    site_id: str
    site_name: str
    site_kind: str
    recipient: str
    verify_key: str
    municipality_code: str
    municipality: str
    disaster: str
    mark: str
    training: bool
    written_at: str
    before: str = ""
    seq: int = 0
    signature: str = ""

    def text(self) -> bytes:
        """What the laptop signs."""
        told = {name: getattr(self, name) for name in self.__slots__} | {"signature": ""}
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def fingerprint(self) -> str:
        """What people compare: 16 characters that stand for the laptop's keys."""
        return fingerprint(self.recipient + self.verify_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Headquarters enrols the laptop ``device``: the signed list, whole or (``devices.partial``) only what the laptop needs to begin.

    ``lent``: the municipality's secret key, encrypted to that laptop; "" unless it becomes a second device of headquarters that enrols.
    """

    device: str
    devices: DeviceList
    lent: str = ""


def fingerprint(public: str) -> str:
    """``ABCD-EFGH-JKMN-PQRS``: 80 bits of a key's SHA-256, for people to compare aloud."""
    bits = int.from_bytes(hashlib.sha256(f"sasae fingerprint\n{public}".encode()).digest()[:10], "big")
    symbols = "".join(_ALPHABET[bits >> shift & 31] for shift in range(75, -1, -5))
    return "-".join(symbols[at : at + 4] for at in range(0, 16, 4))


def same_fingerprint(typed: str, right: str) -> bool:
    """Whether a typed fingerprint is this one, in any width, case and grouping."""
    return read_symbols(typed) == read_symbols(right)


# -- text ---------------------------------------------------------------------------------------------------


def write_request(request: Request) -> str:
    """The request as one text without spaces, as its QR has it."""
    return _write(REQUEST, _values(request))


def write_answer(answer: Answer) -> str:
    """The answer as one text without spaces."""
    devices = [_values(one) for one in answer.devices.devices]
    return _write(ANSWER, [answer.device, [*_values(answer.devices, but="devices"), devices], answer.lent])


def in_lines(text: str) -> str:
    """The same text for a file, for paper and for typing: a heading, then one block a line in groups of five."""
    kind, _, symbols = text.partition(":")
    blocks = [symbols[at : at + BLOCK + 1] for at in range(0, len(symbols), BLOCK + 1)]
    return "\n".join([kind, *(" ".join(block[at : at + 5] for at in range(0, len(block), 5)) for block in blocks)]) + "\n"


def kind_of(text: str) -> str:
    """``REQUEST``, ``ANSWER`` or "" by the heading of a text."""
    found = _HEADING.match(_fold(text[:200]))
    return found[1] if found and found[1] in (REQUEST, ANSWER) else ""


def read_request(text: str, *, path: str = "") -> Request:
    """The request in a text, its signature not checked yet. Raises as ``read_answer``."""
    made: Request = _build(Request, _read(REQUEST, text, path), path)
    if any(not getattr(made, name) for name in ("device", "site_id", "site_name", "recipient", "verify_key", "signature")):
        raise _broken(path)
    return made


def read_answer(text: str, *, path: str = "") -> Answer:
    """The answer in a text, its signature not checked yet.

    InputFault ``enrol.other_text`` (something else), ``enrol.line`` (``line``, counted from 1, is mistyped), ``enrol.cut`` (the end is
    missing), ``enrol.newer`` (a later version of the program), ``enrol.broken`` (cannot be right as a whole).
    """
    values = _read(ANSWER, text, path)
    if len(values) != 3 or not isinstance(values[1], list) or not values[1] or not isinstance(values[1][-1], list):
        raise _broken(path)
    device, (*told, entries), lent = values
    devices = tuple(_build(EnrolledDevice, entry, path) for entry in entries)
    return Answer(device=_text(device, path), devices=_build(DeviceList, told, path, devices=devices), lent=_text(lent, path))


# -- inside -------------------------------------------------------------------------------------------------


def _values(made: Request | DeviceList | EnrolledDevice, *, but: str = "") -> list[Any]:
    return [getattr(made, field.name) for field in fields(made) if field.name != but]


def _build(cls: Any, values: Any, path: str, **given: Any) -> Any:
    """A dataclass from its values in order, each of the type that its annotation says."""
    names = [field for field in fields(cls) if field.name not in given]
    types: Mapping[str, type] = {"str": str, "int": int, "bool": bool}
    if not isinstance(values, list) or len(values) != len(names):
        raise _broken(path)
    if any(type(value) is not types[str(field.type)] for field, value in zip(names, values, strict=True)):
        raise _broken(path)
    return cls(**{field.name: value for field, value in zip(names, values, strict=True)}, **given)


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _broken(path)
    return value


def _write(kind: str, values: list[Any]) -> str:
    body = pack(values)
    raw = bytes([FORMAT]) + len(body).to_bytes(_START - 1, "big") + body
    raw += hashlib.sha256(raw).digest()[:_CHECK]
    symbols = base64.b32encode(raw).decode("ascii").rstrip("=").translate(_TO_OURS)
    blocks = [symbols[at : at + BLOCK] for at in range(0, len(symbols), BLOCK)]
    return f"{kind}:" + "".join(block + check_character(block) for block in blocks)


def _read(kind: str, text: str, path: str) -> list[Any]:
    if len(text) > MOST_TEXT:
        raise InputFault("enrol.other_text", path=path)
    plain = _fold(text)
    found = _HEADING.match(plain)
    if found and found[1] != kind:
        raise InputFault("enrol.other_text", path=path)
    raw = _decode(_symbols(plain[found.end() :] if found else plain, path), path)
    if not raw:
        raise InputFault("enrol.other_text", path=path)
    if raw[0] > FORMAT:
        raise InputFault("enrol.newer", path=path)
    end = _START + int.from_bytes(raw[1:_START], "big")
    if len(raw) < end + _CHECK:
        raise InputFault("enrol.cut", path=path)
    if len(raw) > end + _CHECK or hashlib.sha256(raw[:end]).digest()[:_CHECK] != raw[end:]:
        raise _broken(path)
    try:
        values = unpack(raw[_START:end])
    except ValueError:
        raise _broken(path) from None
    if not isinstance(values, list):
        raise _broken(path)
    return values


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().lstrip("\ufeff")


def _symbols(plain: str, path: str) -> str:
    """The symbols without their check characters. A text of one line is cut into blocks; of several, each line is one."""
    lines = [line for line in (_NUMBERED.sub("", line) for line in plain.splitlines()) if line.strip()]
    read = [read_symbols(line) for line in lines]
    joined = "".join(line or "" for line in read)
    chunks: list[str | None] = [joined[at : at + BLOCK + 1] for at in range(0, len(joined), BLOCK + 1)]
    whole = None not in read and all(chunk and _is_block(chunk) for chunk in chunks)
    kept, blocks = [], chunks if whole or (len(read) == 1 and None not in read) else read
    for number, block in enumerate(blocks, 1):
        if block is None or not _is_block(block) or (number < len(blocks) and len(block) <= BLOCK):
            raise InputFault("enrol.line", path=path, line=number, count=len(block or ""), most=BLOCK + 1)
        kept.append(block[:-1])
    return "".join(kept)


def _is_block(block: str) -> bool:
    return 1 < len(block) <= BLOCK + 1 and check_character(block[:-1]) == block[-1]


def _decode(symbols: str, path: str) -> bytes:
    text = symbols.translate(_FROM_OURS)
    whole = text[: len(text) - len(text) % 8] if len(text) % 8 in (1, 3, 6) else text  # no text ends there: one that was cut does
    try:
        return base64.b32decode(whole + "=" * (-len(whole) % 8))
    except binascii.Error:
        raise _broken(path) from None


def _broken(path: str) -> InputFault:
    return InputFault("enrol.broken", path=path)
