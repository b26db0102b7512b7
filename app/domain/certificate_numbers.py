"""Certificate numbers: year, disaster, device, serial, check character – never the same from two laptops that have not met.

``2024-1-K7QF-00012-C``. The check character (GF(32), ``domain.identifiers``) notices any one wrong character and any two exchanged ones.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from app.domain.identifiers import check_character, read_symbols

_MOST_TEXT = 60
_SERIAL = 5
_DASHES = re.compile("[\\s\u2010-\u2015\u2212\u30fc\u2500\uff0d-]+")


class CertificateNumber(NamedTuple):
    """A certificate number taken apart; ``text`` is its one written form."""

    year: int
    disaster: int
    prefix: str
    serial: int

    @property
    def text(self) -> str:
        """As printed."""
        return certificate_number(year=self.year, disaster=self.disaster, prefix=self.prefix, serial=self.serial)


def certificate_number(*, year: int, disaster: int, prefix: str, serial: int) -> str:
    """2024-1-K7QF-00012-C. ValueError for a year of not four digits, a disaster outside 1–99, a prefix or serial outside their range."""
    symbols = read_symbols(prefix)
    if not 1000 <= year <= 9999 or not 1 <= disaster <= 99 or symbols is None or len(symbols) != 4 or not 0 < serial <= 9_999_999:
        raise ValueError("no parts of a certificate number")
    digits = f"{serial:0{_SERIAL}}"
    return f"{year}-{disaster}-{symbols}-{digits}-{check_character(f'{year}{disaster}{symbols}{digits}')}"


def parse_certificate_number(text: str) -> CertificateNumber | None:
    """A number typed in any width and case, O for 0, I or L for 1, with hyphens, spaces or neither; None if it is none or mistyped.

    Without separators the parts are told apart by their lengths; where two readings are possible it is None: type the hyphens then.
    """
    if len(text) > _MOST_TEXT:
        return None
    parts = [part for part in _DASHES.split(unicodedata.normalize("NFKC", text).strip()) if part]
    if len(parts) == 5:
        return _read(*parts)
    joined = read_symbols("".join(parts))
    if joined is None or not 15 <= len(joined) <= 18:
        return None
    found = {_read(joined[:4], joined[4 : 4 + n], joined[4 + n : 8 + n], joined[8 + n : -1], joined[-1]) for n in (1, 2)} - {None}
    return found.pop() if len(found) == 1 else None


def _read(year: str, disaster: str, prefix: str, serial: str, check: str) -> CertificateNumber | None:
    parts = [read_symbols(part) for part in (year, disaster, prefix, serial, check)]
    if any(part is None for part in parts):
        return None
    year, disaster, prefix, serial, check = (part or "" for part in parts)
    if not (year.isdecimal() and disaster.isdecimal() and serial.isdecimal() and len(year) == 4 and len(prefix) == 4 and len(check) == 1):
        return None
    if not 1 <= len(disaster) <= 2 or disaster[0] == "0" or year[0] == "0" or not _SERIAL <= len(serial) <= 7 or int(serial) == 0:
        return None
    if len(serial) > _SERIAL and serial[0] == "0" or check_character(year + disaster + prefix + serial) != check:
        return None
    return CertificateNumber(int(year), int(disaster), prefix, int(serial))
