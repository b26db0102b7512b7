"""Characters of names: what a municipality registered about those that common fonts do not have (gaiji)."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCharacter(Record):
    """What to draw for a character, and what to write where it cannot be drawn.

    ``text`` is the character itself, with its variation selector if it has one. ``picture`` is a PNG in base64, empty when the
    municipality's own font has the glyph. ``substitute`` is the character registered to stand in for it (shukutai).
    """

    text: str
    substitute: str = ""
    picture: str = ""
    description: str = ""
    deleted: bool = False


def is_private_use(char: str) -> bool:
    """Whether a character has no meaning outside the municipality that assigned it."""
    code = ord(char[0])
    return 0xE000 <= code <= 0xF8FF or 0xF0000 <= code <= 0xFFFFD or 0x100000 <= code <= 0x10FFFD
