"""The code on a survey sheet or number card: which building of which disaster. It names nobody."""

from __future__ import annotations

import re
import unicodedata

from app.domain.identifiers import parse_person_number, person_number

_MARK = "SASAE-B"
_CODE = re.compile(r"SASAE-B:([0-9A-F]{8}):([0-9A-Z-]{8,20})")
_MOST = 64


def building_code(disaster_id: str, number: str) -> str:
    """``SASAE-B:<first 8 of the disaster's id>:<building number>``, in the alphabet of alphanumeric QR codes (capitals)."""
    return f"{_MARK}:{disaster_id[:8].upper()}:{number.upper()}"


def read_building_code(text: str) -> tuple[str, str] | None:
    """``(first 8 characters of the disaster's id in small letters, building number)``; None when it is no such code or mistyped.

    Anything longer than a code can be is refused without a look.
    """
    if len(text) > _MOST:
        return None
    found = _CODE.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    if found is None:
        return None
    number = read_building_number(found[2])
    return (found[1].lower(), number) if number else None


def is_of_disaster(disaster8: str, disaster_id: str) -> bool:
    """Whether the first characters read from a code are those of this disaster."""
    return disaster8.lower() == disaster_id[:8].lower()


def read_building_number(text: str) -> str | None:
    """A building number in its one written form from any width, case and grouping; None when it is none or a character is wrong."""
    if len(text) > _MOST:
        return None
    found = parse_person_number(text)
    return person_number(found.prefix, found.serial) if found else None
