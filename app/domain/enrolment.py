"""What a laptop and headquarters tell each other to enrol it: a request and an answer, each as one text for file, QR and keyboard.

The text is Crockford base 32 (no I, L, O, U) in blocks of 24 characters with a check character each, so that a mistyped line is found where
it is: ``SASAE-REQUEST:<block><block>…`` in a QR, one block a line in a file or on paper. Inside: packed values, SHA-256 (8 bytes) at the end.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from app.domain.exchange import DeviceList
from app.domain.identifiers import read_symbols

REQUEST, ANSWER = "SASAE-REQUEST", "SASAE-ANSWER"
FORMAT = 1
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BLOCK = 24
_MOST_TEXT = 400_000
_MOST_BYTES = 2_000_000
_CHECK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A laptop asks to be enrolled. ``before``: the device that this folder was before it was copied or restored, "" for none; ``seq``: how
    long its chain is. ``signature``: by the laptop's own key over ``text``.
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
        return _canonical({**self.to_json(), "signature": ""})

    def to_json(self) -> dict[str, Any]:
        """The request as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}

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

    def to_json(self) -> dict[str, Any]:
        """The answer as a JSON object."""
        return {"device": self.device, "devices": self.devices.to_json(), "lent": self.lent}


def fingerprint(public: str) -> str:
    """``ABCD-EFGH-JKMN-PQRS``: 80 bits of a key's SHA-256, for people to compare aloud."""
    bits = int.from_bytes(hashlib.sha256(f"sasae fingerprint\n{public}".encode()).digest()[:10], "big")
    symbols = "".join(_ALPHABET[bits >> shift & 31] for shift in range(75, -1, -5))
    return "-".join(symbols[at : at + 4] for at in range(0, 16, 4))


def same_fingerprint(typed: str, right: str) -> bool:
    """Whether a typed fingerprint is this one, in any width, case and grouping."""
    return read_symbols(typed) == read_symbols(right)
