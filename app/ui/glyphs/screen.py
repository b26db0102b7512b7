"""The glyphs of the running application: fonts registered with Qt, what the municipality registered, texts measured and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QByteArray, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QGlyphRun, QImage, QPainter, QPixmap, QRawFont
from PySide6.QtWidgets import QApplication

from app.ui.glyphs.shaping import NOTHING, Book, Piece, Registered, Shaper, describe

_LINES_KEPT = 4096
_PICTURES_KEPT = 256
_BOLD = 1  # the face of a font book that is bold
CODE_SCALE = 0.62
MARK_SCALE = 0.86  # of what stands in a dotted frame, so that the frame is no higher than the text
MARK_ROOM = 0.12  # em on either side of what stands in a frame
SIDE = 0.06  # em of air around a frame


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece at its place in a line, in pixels from its start. ``run`` is there for glyphs."""

    piece: Piece
    x: float
    width: float
    run: QGlyphRun | None = None
    thick: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A text as it is drawn in one font."""

    text: str
    parts: tuple[Placed, ...]
    width: float


class Glyphs(QObject):
    """One for the application, see ``current``. ``changed`` when fonts or registered characters became others."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._book: Book | None = None
        self._registered = NOTHING
        self._families: dict[Path, tuple[int, tuple[str, ...]]] = {}
        self._own: dict[Path, tuple[int, int]] = {}
        self._raw: dict[tuple[int, float], QRawFont | None] = {}
        self._lines: OrderedDict[tuple[Any, ...], Line] = OrderedDict()
        self._masks: OrderedDict[str, QImage] = OrderedDict()
        self._pixmaps: OrderedDict[tuple[Any, ...], QPixmap] = OrderedDict()
        self._forget()

    def use(self, book: Book | None, registered: Registered = NOTHING) -> None:
        """Draw from these from now on; None for the fonts that ship with the program and those of the system."""
        self._book, self._registered = book, registered
        self._raw.clear()
        self._masks.clear()
        self._forget()
        self.changed.emit()

    def _forget(self) -> None:
        self._lines.clear()
        self._pixmaps.clear()
        screen = QRawFont.fromFont(QApplication.font())
        metrics = QFontMetricsF(QApplication.font())
        self._shaper = Shaper(self._open_book, self._registered, has=screen.supportsCharacter, falls_back=metrics.inFontUcs4)

    def _open_book(self) -> Book:
        if self._book is None:
            from app.printing.fonts import FontBook

            self._book = cast(Book, FontBook())
        return self._book

    # -- asking about texts

    def is_plain(self, text: str) -> bool:
        """Whether Qt alone draws a text right."""
        return self._shaper.is_plain(text)

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """What a text is drawn from."""
        return self._shaper.cut(text)

    def remarks(self, text: str) -> list[str]:
        """A sentence for each character that is not drawn as what it is."""
        if self.is_plain(text):
            return []
        return list(dict.fromkeys(words for piece in self.pieces(text) if (words := describe(piece))))

    def write_out(self, text: str) -> str:
        """A text for the few places that only Qt can draw (titles of windows and tabs, menus): what it would draw as a box is
        written as its substitute or its code point in brackets."""
        if self.is_plain(text):
            return text
        return "".join(f"〔{piece.shown}〕" if piece.kind in ("substitute", "code") else piece.text for piece in self.pieces(text))

    def tip(self, text: str) -> str:
        """A text for a tooltip, with a remark on each character that is not drawn as what it is."""
        return text if self.is_plain(text) else "\n".join((self.write_out(text), *self.remarks(text)))

    # -- measuring

    def line(self, text: str, font: QFont) -> Line:
        """A text laid out in a font of the screen."""
        key = (text, font.pixelSize(), font.weight())
        found = self._lines.get(key)
        if found is None:
            found = self._lines[key] = self._lay_out(text, font)
            if len(self._lines) > _LINES_KEPT:
                self._lines.popitem(last=False)
        else:
            self._lines.move_to_end(key)
        return found

    def _lay_out(self, text: str, font: QFont) -> Line:
        metrics = QFontMetricsF(font)
        pixels, bold = _pixels(font), font.weight() >= QFont.Weight.DemiBold
        parts: list[Placed] = []
        x = 0.0
        for piece in self._shaper.cut(text, bold=bold):
            parts.append(self._measure(piece, x, pixels, bold, metrics))
            x += parts[-1].width
        return Line(text, tuple(parts), x)

    def _measure(self, piece: Piece, x: float, pixels: float, bold: bool, metrics: QFontMetricsF) -> Placed:
        if piece.kind == "picture":
            return Placed(piece, x, pixels * 1.04)
        marked = piece.kind not in ("plain", "glyph")
        scale = CODE_SCALE if piece.kind == "code" else MARK_SCALE if marked else 1.0
        run = self._run(piece, pixels * scale) if piece.face >= 0 else None
        room = 2 * (MARK_ROOM + SIDE) * pixels if marked else 0.0
        if run is not None:
            width = piece.advance * pixels * scale
        else:
            width = metrics.horizontalAdvance(piece.shown or piece.text) * scale
        return Placed(piece, x, width + room, run, thick=bold and piece.face > 1)

    def _run(self, piece: Piece, pixels: float) -> QGlyphRun | None:
        raw = self._raw_font(piece.face, pixels)
        if raw is None:
            return None
        run = QGlyphRun()
        run.setRawFont(raw)
        run.setGlyphIndexes([piece.number])
        run.setPositions([QPointF(0, 0)])
        return run

    def _raw_font(self, face: int, pixels: float) -> QRawFont | None:
        key = (face, pixels)
        if key not in self._raw:
            self._raw[key] = self._open_raw(face, pixels)
        return self._raw[key]

    def _open_raw(self, index: int, pixels: float) -> QRawFont | None:
        face = self._open_book().open_face(index)
        if face is None:
            return None
        path = Path(str(face.path))
        for family in self.register(path):
            font = QFont(family)
            font.setPixelSize(max(1, round(pixels)))
            font.setBold(index == _BOLD)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            made = QRawFont.fromFont(font)
            # Glyph numbers belong to one file: a family of the same name from another file would draw other characters.
            if made.isValid() and int.from_bytes(bytes(made.fontTable("maxp"))[4:6], "big") == face.glyph_count:
                return made
        made = QRawFont(str(path), pixels)  # reads the whole file into memory
        return made if made.isValid() else None

    def register(self, path: Path) -> tuple[str, ...]:
        """Make a font file known to Qt, once; answers its families. Qt keeps the name, the file stays on the disk."""
        if path not in self._families:
            number = QFontDatabase.addApplicationFont(str(path))
            self._families[path] = (number, tuple(QFontDatabase.applicationFontFamilies(number)) if number >= 0 else ())
        return self._families[path][1]

    def register_own(self, paths: Sequence[Path]) -> list[str]:
        """The families of the municipality's own files, in this order. Qt forgets those of another folder, and of files that have
        changed since: fonts of one name are one family to Qt, so a character only an earlier file has would still be drawn."""
        wanted = {path: _state(path) for path in paths}
        for path in [path for path, state in self._own.items() if wanted.get(path) != state]:
            number, _ = self._families.pop(path, (-1, ()))
            if number >= 0:
                self._raw.clear()
                QFontDatabase.removeApplicationFont(number)
        self._own = wanted
        return [family for path in paths for family in self.register(path)]

    # -- pictures

    def picture(self, cluster: str, pixels: int, colour: QColor) -> QPixmap:
        """A registered picture as high as the text, in its colour, so that it can be read on a dark ground, too."""
        key = (cluster, pixels, colour.rgba())
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._tint(cluster, pixels, colour)
            if len(self._pixmaps) > _PICTURES_KEPT:
                self._pixmaps.popitem(last=False)
        return found

    def _tint(self, cluster: str, pixels: int, colour: QColor) -> QPixmap:
        mask = self._masks.get(cluster)
        if mask is None:
            mask = self._masks[cluster] = read_ink(self._registered.pictures.get(cluster, ""))
        if mask.isNull():
            return QPixmap()
        small = mask.scaled(pixels, pixels, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        ink = QImage(small.size(), QImage.Format.Format_ARGB32)
        ink.fill(colour)
        ink.setAlphaChannel(small)
        return QPixmap.fromImage(ink)


def read_ink(picture: str) -> QImage:
    """How much ink is where in a PNG (base64): dark pixels that are not transparent. A null image when it cannot be read."""
    from base64 import b64decode

    image = QImage()
    try:
        image.loadFromData(QByteArray(b64decode(picture, validate=True)))
    except ValueError:
        return QImage()
    if image.isNull():
        return QImage()
    flat = QImage(image.size(), QImage.Format.Format_RGB32)
    flat.fill(QColor("white"))
    painter = QPainter(flat)
    painter.drawImage(0, 0, image)
    painter.end()
    flat.invertPixels()
    return flat.convertToFormat(QImage.Format.Format_Grayscale8)


def _state(path: Path) -> tuple[int, int]:
    """When a file was written and how long it is; zeros for one that has gone."""
    try:
        stat = path.stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size


def _pixels(font: QFont) -> float:
    return float(font.pixelSize()) if font.pixelSize() > 0 else QFontMetricsF(font).height()


def current() -> Glyphs:
    """The glyphs of the running application."""
    application = QApplication.instance()
    found = application.property("glyphs")
    if found is None:
        found = Glyphs(application)
        application.setProperty("glyphs", found)
    return found


def is_plain(text: str) -> bool:
    """Whether Qt alone draws a text right."""
    return current().is_plain(text)
