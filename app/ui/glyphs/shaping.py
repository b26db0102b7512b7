"""What each part of a text is drawn from: Qt's own way, a glyph of a font, a registered picture, or a mark that says there is none.

No widgets and no painting here; ``measuring`` makes pieces as wide as they are, ``painting`` draws them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["plain", "glyph", "picture", "substitute", "base", "code"]
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Ranges of code points, not patterns: compiling those takes milliseconds of every start.
_PRIVATE = ((0xE000, 0xF8FF), (0xF0000, 0xFFFFD), (0x100000, 0x10FFFD))
_HAN = ((0x2E80, 0x2FDF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
_UNSEEN = ((0, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x2060), (0xFEFF, 0xFEFF))
_CLUSTER = re.compile(".[\ufe00-\ufe0f\U000e0100-\U000e01ef]?", re.DOTALL)


class GlyphPlace(Protocol):
    """Where a cluster is drawn from; ``face`` is negative when no font has it, ``advance`` is in em."""

    face: int
    number: int
    advance: float


class Face(Protocol):
    """A font file."""

    path: object
    glyph_count: int


class Book(Protocol):
    """The fonts that paper is printed with, see ``app.printing.fonts.FontBook``."""

    def find(self, cluster: str, *, bold: bool = False) -> GlyphPlace:
        """The glyph of one cluster."""
        ...

    def open_face(self, index: int) -> Face | None:
        """A face by its index."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text. ``text`` is the original; ``shown`` what is drawn instead of it (a substitute, the base, a code point)."""

    text: str
    kind: Kind
    shown: str = ""
    face: int = -1
    number: int = 0
    advance: float = 1.0


@dataclass(frozen=True, slots=True)
class Registered:
    """What the municipality registered: pictures (PNG in base64) and substitutes by character."""

    pictures: Mapping[str, str]
    substitutes: Mapping[str, str]


NOTHING = Registered({}, {})


def clusters(text: str) -> Iterator[str]:
    """The parts that are drawn as one: a character with the variation selector after it."""
    return (found[0] for found in _CLUSTER.finditer(text))


def is_private(cluster: str) -> bool:
    """Whether a character means nothing outside the municipality that assigned it."""
    return _within(cluster, _PRIVATE)


def _within(cluster: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    code = ord(cluster[0])
    return any(low <= code <= high for low, high in ranges)


def is_variant(cluster: str) -> bool:
    """Whether a character comes with a variation selector."""
    return len(cluster) > 1


def code_points(cluster: str) -> str:
    """``U+845B U+E0100``."""
    return " ".join(f"U+{ord(char):04X}" for char in cluster)


class Shaper:
    """Cuts texts into pieces. ``has`` answers whether the font of the screen has a code point, ``falls_back`` whether Qt finds any font."""

    def __init__(
        self, book: Callable[[], Book], registered: Registered, *, has: Callable[[int], bool], falls_back: Callable[[int], bool]
    ) -> None:
        self._book, self._registered, self._has, self._falls_back = book, registered, has, falls_back
        self._plain: set[str] = {"\n", "\t", " ", "\u3000"}
        self._special: tuple[dict[str, Piece], dict[str, Piece]] = ({}, {})  # regular, bold

    def is_plain(self, text: str) -> bool:
        """Whether Qt alone draws a text right. Costs about a microsecond once its characters were seen."""
        return self._plain.issuperset(text) or self._learn(text)

    def _learn(self, text: str) -> bool:
        new = {char for char in text if char not in self._plain}
        self._plain |= {char for char in new if self._qt_draws(char)}
        return self._plain.issuperset(new)

    def _qt_draws(self, char: str) -> bool:
        if SELECTORS.match(char) or is_private(char):
            return False
        if self._has(ord(char)) or _within(char, _UNSEEN):
            return True
        # A fallback that Qt picks may be a Chinese font: kanji come from the book, other scripts from whatever the system has.
        return not _within(char, _HAN) and self._falls_back(ord(char))

    def cut(self, text: str, *, bold: bool = False) -> tuple[Piece, ...]:
        """The pieces of a text, in order; neighbours that Qt draws are one piece."""
        self._learn(text)
        plain, special = self._plain, self._special[bold]
        pieces: list[Piece] = []
        waiting = ""
        for cluster in clusters(text):
            if cluster in plain:
                waiting += cluster
                continue
            made = special.get(cluster) or special.setdefault(cluster, self._place(cluster, bold))
            if made.kind == "plain":
                waiting += cluster
                continue
            if waiting:
                pieces.append(Piece(waiting, "plain"))
                waiting = ""
            pieces.append(made)
        return (*pieces, Piece(waiting, "plain")) if waiting else tuple(pieces)

    def _place(self, cluster: str, bold: bool) -> Piece:
        if self.is_plain(cluster) or (len(cluster) == 1 and SELECTORS.match(cluster)):
            return Piece(cluster, "plain")
        found = self._book().find(cluster, bold=bold)
        if found.face >= 0:
            return Piece(cluster, "glyph", face=found.face, number=found.number, advance=found.advance)
        if cluster in self._registered.pictures:
            return Piece(cluster, "picture")
        if substitute := self._registered.substitutes.get(cluster) or self._registered.substitutes.get(cluster[0]):
            return Piece(cluster, "substitute", shown=substitute)
        if is_variant(cluster):
            base = self._place(cluster[0], bold)
            if base.kind == "plain" and not _within(cluster, _HAN):
                return Piece(cluster, "plain")  # a selector for the style of a sign, not for the form of a kanji
            if base.kind in ("plain", "glyph"):
                return Piece(cluster, "base", shown=cluster[0], face=base.face, number=base.number, advance=base.advance)
        return Piece(cluster, "code", shown=f"U+{ord(cluster[0]):04X}")


def describe(piece: Piece) -> str:
    """What is to be said about a piece that is not drawn as what it is; empty for the others."""
    code = code_points(piece.text)
    if piece.kind == "substitute":
        return f"{code}：このパソコンに字形がないため、登録された代替文字「{piece.shown}」を枠付きで表示しています。"
    if piece.kind == "base":
        return f"{code}：この異体字の字形がないため、基本の字「{piece.shown}」を枠付きで表示しています。元の文字は変わりません。"
    if piece.kind == "code":
        return f"{code}：字形も代替文字もありません。住民データの「文字」で登録できます。"
    return ""
