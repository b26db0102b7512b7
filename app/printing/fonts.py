"""Which font draws which character: BIZ UD Gothic first, then Mincho fonts of rare kanji and sequences, then the municipality's own.

BIZ UD Gothic and Mincho and a font of some 10,000 kanji of names ship with the program; certificates are set in Mincho. IPAmj Mincho
(45 MB, every character of the national list) is looked for on the machine and in the data folder's ``fonts`` and wins over the small
one. What is left is drawn from the municipality's own fonts in that folder and from registered pictures. A character nobody has is
told, never dropped.
"""

from __future__ import annotations

import os
import re
import struct
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app import resources
from app.domain.characters import SELECTORS, is_private_use, name_code_points, split_clusters
from app.printing.truetype import TrueTypeFace

__all__ = ["FontBook", "Glyph", "SELECTORS", "find_fallback_files", "find_own_files", "name_code_points", "split_clusters"]

FALLBACK_FILES = ("ipamjm.ttf",)
OWN_ENDINGS = (".ttf", ".tte", ".otf")
UNREADABLE = (OSError, ValueError, IndexError, struct.error)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# A default-ignorable sign is drawn as nothing by every program; it is no hole.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_NOTHING: Mapping[str, str] = MappingProxyType({})


def _no_substitute(cluster: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Glyph:
    """Where one character (a code point, or a base with its variation selector) is drawn from.

    ``face`` -1: nowhere; -2: from the registered picture of that text. ``number`` is the glyph in the face, ``advance`` em.
    """

    text: str
    face: int
    number: int
    advance: float


class FontBook:
    """The fonts of one program run. Faces are opened when first needed and shared by all documents.

    ``folders`` hold a municipality's own fonts; they are searched for IPAmj Mincho before the system's font folders. ``pictures`` are PNG in
    base64 by character. ``substitute`` tells what documents may write, marked, for a character that nothing draws (empty: nothing).
    Index 0 is regular, 1 bold, 2 IPAmj Mincho, 3 the bundled font of names, 4 Mincho for text, from 5 on the own fonts in the order
    of their names.
    """

    REGULAR, BOLD, FALLBACK, NAMES_FACE, MINCHO, OWN = 0, 1, 2, 3, 4, 5
    NOWHERE, PICTURE = -1, -2
    NAMES = ("BIZUDGothic-Regular", "BIZUDGothic-Bold", "IPAmjMincho", "SasaeNamesMincho", "BIZUDMincho-Regular")

    def __init__(
        self,
        *,
        folders: Sequence[Path] = (),
        system: bool = True,
        pictures: Mapping[str, str] = _NOTHING,
        substitute: Callable[[str], str] | None = None,
    ) -> None:
        self._folders = tuple(folders)
        self._system = system
        self.pictures = pictures
        self.substitute = substitute or _no_substitute
        self._faces: dict[int, TrueTypeFace | None] = {}
        self._own: tuple[Path, ...] | None = None
        self._glyphs: dict[int, dict[str, Glyph]] = {self.REGULAR: {}, self.BOLD: {}, self.MINCHO: {}}

    @property
    def own_files(self) -> tuple[Path, ...]:
        """The municipality's own font files, readable or not."""
        if self._own is None:
            self._own = tuple(find_own_files(self._folders))
        return self._own

    def open_face(self, index: int) -> TrueTypeFace | None:
        """The face, opened once; None when this machine does not have it or it is damaged (never for regular, bold and Mincho for text)."""
        if index not in self._faces:
            if index == self.FALLBACK:
                self._faces[index] = self._open_fallback()
            elif index >= self.OWN:
                self._faces[index] = _open_quietly(self.own_files[index - self.OWN])
            elif index == self.NAMES_FACE:  # its licence lets everybody replace it by the original
                self._faces[index] = _open_quietly(resources.path("fonts", f"{self.NAMES[index]}.ttf"))
            else:
                self._faces[index] = TrueTypeFace(resources.path("fonts", f"{self.NAMES[index]}.ttf"))
        return self._faces[index]

    def name_face(self, index: int) -> str:
        """The name a document gives the font."""
        return self.NAMES[index] if index < self.OWN else f"Own{index - self.OWN + 1}"

    @property
    def has_fallback(self) -> bool:
        """Whether IPAmj Mincho, with every character of the national list, is on this machine."""
        return self.open_face(self.FALLBACK) is not None

    def find(self, cluster: str, *, bold: bool = False, mincho: bool = False) -> Glyph:
        """The glyph of one cluster (see ``split_clusters``); ``face`` is -1 when nothing has it. Mincho has no bold.

        Control code points are never drawn, private-use ones only from the municipality's own fonts and pictures: what any other
        font shows there is not what the sender's gaiji font showed. A sequence is found only where a font knows that very sequence.
        """
        primary = self.MINCHO if mincho else self.BOLD if bold else self.REGULAR
        known = self._glyphs[primary]
        glyph = known.get(cluster)
        if glyph is None:
            glyph = known[cluster] = self._search(cluster, primary)
        return glyph

    def source_of(self, cluster: str) -> str:
        """See ``usecases.characters.Glyphs``: the file name of the font, ``picture``, or empty."""
        glyph = self.find(cluster)
        if glyph.face == self.PICTURE:
            return "picture"
        face = self.open_face(glyph.face) if glyph.face >= 0 else None
        return face.path.name if face is not None else ""

    def _search(self, cluster: str, primary: int) -> Glyph:
        if cluster in _INVISIBLE:
            return Glyph(cluster, primary, 0, 0.0)
        if not _CONTROL.match(cluster) and not 0xD800 <= ord(cluster[0]) <= 0xDFFF:
            for index in self._order(cluster, primary):
                face = self.open_face(index)
                number = _look_up(face, cluster) if face is not None else 0
                if face is not None and number:
                    return Glyph(cluster, index, number, face.measure_glyph(number))
            if cluster in self.pictures:
                return Glyph(cluster, self.PICTURE, 0, 1.0)
        return Glyph(cluster, self.NOWHERE, 0, 0.0)

    def _order(self, cluster: str, primary: int) -> Iterator[int]:
        if not is_private_use(cluster):
            yield from (primary, self.FALLBACK, self.NAMES_FACE)
            if primary == self.MINCHO:
                yield self.REGULAR
        yield from range(self.OWN, self.OWN + len(self.own_files))

    def _open_fallback(self) -> TrueTypeFace | None:
        for path in find_fallback_files(folders=self._folders, system=self._system):
            if (face := _open_quietly(path)) is not None:
                return face
        return None


def _open_quietly(path: Path) -> TrueTypeFace | None:
    """The face; None for a half-copied or damaged file: the next place may have a sound one."""
    try:
        return TrueTypeFace(path)
    except UNREADABLE:
        return None


def _look_up(face: TrueTypeFace, cluster: str) -> int:
    try:
        if len(cluster) == 1:
            return face.find_glyph(ord(cluster))
        return face.find_variant(ord(cluster[0]), ord(cluster[1]))
    except (IndexError, struct.error):
        return 0  # an own font whose tables end too early has no such glyph


def find_own_files(folders: Sequence[Path]) -> list[Path]:
    """The font files a municipality put into its folders, IPAmj Mincho apart, in the order of their names."""
    found = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.suffix.lower() in OWN_ENDINGS]
    return sorted((path for path in found if path.name.lower() not in FALLBACK_FILES and path.is_file()), key=lambda path: path.name)


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
