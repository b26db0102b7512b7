"""The text of a certificate's QR: what the paper says, signed with the municipality's key, and nothing about anybody.

``SASAE1:<number>:<D|R><degree 1-6, 0 without>:<YYYYMMDD>:<key id>:<signature>``, only characters of the QR's alphanumeric set. The
signature (Ed25519, 64 bytes, base 32) is over everything before its colon.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from datetime import date
from typing import NamedTuple

from app.domain.certificate_numbers import parse_certificate_number
from app.domain.errors import RuleViolation

MAGIC = "SASAE1"
MOST = 400
"""Characters: a code of ours has about 150."""
KINDS = {"damage": "D", "report": "R"}
_KIND_OF = {letter: kind for kind, letter in KINDS.items()}
DEGREES = ("total", "large", "medium", "half", "semi_half", "partial")
"""The degree digit counts from 1; 0 is a paper without a degree."""
_KEY = re.compile("[A-Z2-7]{8}")
_SIGNATURE = re.compile("[A-Z2-7]{103}")


class SignedFacts(NamedTuple):
    """What a code says. ``body`` is the text under the signature."""

    number: str
    kind: str
    grade: str
    issued_on: str
    key_id: str
    body: bytes
    signature: bytes


def build_body(*, number: str, kind: str, grade: str, issued_on: str, key_id: str) -> str:
    """The text to sign. ``issued_on`` ISO day; ``grade`` is left out of a report certificate. ValueError for what no code can say."""
    day = date.fromisoformat(issued_on).isoformat().replace("-", "")
    if kind == "damage" and grade not in DEGREES or parse_certificate_number(number) is None or not _KEY.fullmatch(key_id):
        raise ValueError("no degree, certificate number or key id")
    digit = DEGREES.index(grade) + 1 if kind == "damage" else 0
    return f"{MAGIC}:{number}:{KINDS[kind]}{digit}:{day}:{key_id}"


def build_code(body: str, signature: bytes) -> str:
    """The whole text of the QR."""
    return f"{body}:{base64.b32encode(signature).decode().rstrip('=')}"


def read_code(text: str) -> SignedFacts:
    """Take a code apart; says nothing about whether it is genuine.

    RuleViolation ``certificate.code_too_long``, ``certificate.code_not_ours`` (another QR), ``certificate.code_newer`` (made by a later
    version of the program), ``certificate.code_damaged`` with ``part`` (number, kind, day, key, signature) that cannot be right.
    """
    if len(text) > MOST:
        raise RuleViolation("certificate.code_too_long", field="text", length=len(text), most=MOST)
    plain = "".join(unicodedata.normalize("NFKC", text).upper().split())
    parts = plain.split(":")
    if parts[0] != MAGIC:
        newer = re.fullmatch(r"SASAE([0-9]{1,3})", parts[0])
        raise RuleViolation("certificate.code_newer" if newer else "certificate.code_not_ours", field="text")
    if len(parts) != 6:
        raise _damaged("parts")
    _, number_text, kind_text, day_text, key_id, signature_text = parts
    number = parse_certificate_number(number_text)
    if number is None or number.text != number_text:
        raise _damaged("number")
    kind, grade = _read_kind(kind_text)
    if not _KEY.fullmatch(key_id):
        raise _damaged("key")
    body = plain.rpartition(":")[0].encode("ascii")
    return SignedFacts(number.text, kind, grade, _read_day(day_text), key_id, body, _read_signature(signature_text))


def _read_kind(text: str) -> tuple[str, str]:
    if len(text) != 2 or text[0] not in _KIND_OF or text[1] not in "0123456":
        raise _damaged("kind")
    kind, digit = _KIND_OF[text[0]], int(text[1])
    if (kind == "damage") != (digit > 0):
        raise _damaged("kind")
    return kind, DEGREES[digit - 1] if digit else ""


def _read_day(text: str) -> str:
    if not re.fullmatch("[0-9]{8}", text):
        raise _damaged("day")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        raise _damaged("day") from None


def _read_signature(text: str) -> bytes:
    if not _SIGNATURE.fullmatch(text):
        raise _damaged("signature")
    try:
        found = base64.b32decode(text + "=")
    except binascii.Error:
        raise _damaged("signature") from None
    if base64.b32encode(found).decode().rstrip("=") != text:  # the last character has bits to spare: one text per signature
        raise _damaged("signature")
    return found


def _damaged(part: str) -> RuleViolation:
    return RuleViolation("certificate.code_damaged", field="text", part=part)
