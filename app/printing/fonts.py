"""Which font draws which character: BIZ UD Gothic first, IPAmj Mincho for rare kanji and variation sequences.

Both weights of BIZ UD Gothic ship with the program, so paper and screen look the same everywhere. IPAmj Mincho (45 MB) is
looked for on the machine and in the data folder's ``fonts``. A character neither has is told, never dropped.
"""

from __future__ import annotations

import os
import re
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import resources
from app.printing.truetype import TrueTypeFace

FALLBACK_FILES = ("ipamjm.ttf",)
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_UNDRAWABLE = re.compile("[\x00-\x1f\x7f-\x9f\ue000-\uf8ff\U000f0000-\U0010ffff]")
# A default-ignorable sign is drawn as nothing by every program; it is no hole.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True, slots=True)
class Glyph:
    """Where one character (a code point, or a base with its variation selector) is drawn from. ``face`` -1: nowhere."""

    text: str
    face: int
    number: int
    advance: float


class FontBook:
    """The fonts of one program run. Faces are opened when first needed and shared by all documents.

    ``folders`` are searched for the fallback before the system's font folders. Index 0 is regular, 1 bold, 2 the fallback.
    """

    REGULAR, BOLD, FALLBACK = 0, 1, 2
    NAMES = ("BIZUDGothic-Regular", "BIZUDGothic-Bold", "IPAmjMincho")

    def __init__(self, *, folders: Sequence[Path] = (), system: bool = True) -> None:
        self._folders = tuple(folders)
        self._system = system
        self._faces: dict[int, TrueTypeFace | None] = {}
        self._glyphs: tuple[dict[str, Glyph], dict[str, Glyph]] = ({}, {})

    def open_face(self, index: int) -> TrueTypeFace | None:
        """The face, opened once; None when it is the fallback and this machine has none (or a damaged one)."""
        if index not in self._faces:
            if index == self.FALLBACK:
                self._faces[index] = self._open_fallback()
            else:
                self._faces[index] = TrueTypeFace(resources.path("fonts", f"{self.NAMES[index]}.ttf"))
        return self._faces[index]

    @property
    def has_fallback(self) -> bool:
        """Whether rare kanji can be drawn on this machine."""
        return self.open_face(self.FALLBACK) is not None

    def find(self, cluster: str, *, bold: bool = False) -> Glyph:
        """The glyph of one cluster (see ``split_clusters``); ``face`` is -1 when no font has it.

        Private-use and control code points are never drawn: what a font shows there is not what the sender's gaiji font showed.
        """
        known = self._glyphs[bold]
        glyph = known.get(cluster)
        if glyph is None:
            glyph = known[cluster] = self._search(cluster, self.BOLD if bold else self.REGULAR)
        return glyph

    def _search(self, cluster: str, primary: int) -> Glyph:
        if cluster in _INVISIBLE:
            return Glyph(cluster, primary, 0, 0.0)
        if not _UNDRAWABLE.match(cluster):
            for index in (primary, self.FALLBACK):
                face = self.open_face(index)
                number = _look_up(face, cluster) if face is not None else 0
                if face is not None and number:
                    return Glyph(cluster, index, number, face.measure_glyph(number))
        return Glyph(cluster, -1, 0, 0.0)

    def _open_fallback(self) -> TrueTypeFace | None:
        for path in find_fallback_files(folders=self._folders, system=self._system):
            try:
                return TrueTypeFace(path)
            except (OSError, ValueError, struct.error):
                continue  # a half-copied font file: the next place may have a sound one
        return None


def _look_up(face: TrueTypeFace, cluster: str) -> int:
    if len(cluster) == 1:
        return face.find_glyph(ord(cluster))
    return face.find_variant(ord(cluster[0]), ord(cluster[1]))


def split_clusters(text: str) -> Iterable[str]:
    """The parts that are drawn as one glyph: a character with the variation selector that follows it, else each character."""
    if SELECTORS.search(text) is None:
        return text
    clusters: list[str] = []
    for character in text:
        if clusters and len(clusters[-1]) == 1 and SELECTORS.match(character) and not SELECTORS.match(clusters[-1]):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def name_code_points(cluster: str) -> str:
    """``U+845B U+E0100``: how a character is named in a problem report."""
    return " ".join(f"U+{ord(character):04X}" for character in cluster)


def find_fallback_files(*, folders: Sequence[Path] = (), system: bool = True) -> Iterator[Path]:
    """Every IPAmj Mincho file found, the data folder's first. Folders that are missing or unreadable are passed over."""
    places = [*folders, *(_system_folders() if system else ())]
    for place in places:
        for base, _, names in os.walk(place):
            for name in names:
                if name.lower() in FALLBACK_FILES:
                    yield Path(base, name)


def _system_folders() -> Iterator[Path]:
    """Where fonts are installed, for all users and for this one."""
    home = Path.home()
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows"), "Fonts")
        yield Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"), "Microsoft", "Windows", "Fonts")
    elif sys.platform == "darwin":
        yield from (home / "Library" / "Fonts", Path("/Library/Fonts"))
    else:
        yield from (Path("/usr/share/fonts/truetype/ipamj"), home / ".local" / "share" / "fonts", home / ".fonts")
        yield from (Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))
