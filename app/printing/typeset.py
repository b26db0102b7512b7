"""Text in a PDF: measured, fitted, drawn and copied exactly, variation sequences and rare kanji included.

reportlab's own TrueType fonts draw a box after a kanji with a variation selector and write a wrong ToUnicode beyond U+FFFF.
Here each font is one composite font (Identity-H): a character *with* its selector gets a number of its own, the font
file holds just those glyphs, and ToUnicode maps the number back to the very text. Source: ISO 32000-1, 9.7 and 9.10.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reportlab.pdfbase import pdfdoc

from app.printing.fonts import FontBook, name_code_points, split_clusters
from app.printing.pictures import PictureFont, mask_bits
from app.printing.report import Problem

MISSING_SIGN = chr(0x3013)  # the geta sign Japanese printers set where a type is missing
ELLIPSIS = "\u2026"
_MARK_BELOW, _MARK = 0.19, 0.05  # em from the baseline to the line under a substitute, and how thick it is
_BASELINE = 0.12  # em that the body of a kanji reaches below the baseline


@dataclass(frozen=True, slots=True)
class Line:
    """A shaped text: width in em, the pieces to draw as (font, hexadecimal codes), and the clusters nothing draws.

    ``marks`` are (start, width) in em of the substitutes written for characters that nothing draws: a line goes under them.
    """

    text: str
    width: float
    pieces: tuple[tuple[int, str], ...]
    missing: tuple[str, ...] = ()
    marks: tuple[tuple[float, float], ...] = ()


class SubsetFont:
    """One composite font in one document; gives each cluster its number and writes the font objects at the end."""

    def __init__(self, name: str, book: FontBook, index: int) -> None:
        self.name, self._book, self._index = name, book, index
        self.texts: list[str] = [""]
        self._glyphs: list[int] = [0]
        self._widths: list[float] = [0.0]

    def add(self, text: str, glyph: int, advance: float) -> str:
        """The four hexadecimal digits that draw ``glyph`` and copy as ``text``."""
        self.texts.append(text)
        self._glyphs.append(glyph)
        self._widths.append(advance)
        return f"{len(self.texts) - 1:04X}"

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab calls it by this name for each delayed font
        """Write font program, widths and ToUnicode into the document."""
        face = self._book.open_face(self._index)
        assert face is not None, "a glyph came from a font that is not there"
        base = f"SASAEB+{self._book.name_face(self._index)}"
        scale = 1000 / face.units_per_em
        program = pdf_stream(doc, face.build_subset(self._glyphs))
        program.dictionary["Length1"] = len(program.content)
        descriptor = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("FontDescriptor"),
                "FontName": pdfdoc.PDFName(base),
                "Flags": 4,
                "FontBBox": pdfdoc.PDFArray([round(value * scale) for value in face.box]),
                "ItalicAngle": 0,
                "Ascent": round(face.ascent * scale),
                "Descent": round(face.descent * scale),
                "CapHeight": round(face.ascent * scale),
                "StemV": 80,
                "FontFile2": doc.Reference(program, f"program:{self.name}"),
            }
        )
        descendant = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("CIDFontType2"),
                "BaseFont": pdfdoc.PDFName(base),
                "CIDSystemInfo": pdfdoc.PDFDictionary(
                    {"Registry": pdfdoc.PDFString("Adobe"), "Ordering": pdfdoc.PDFString("Identity"), "Supplement": 0}
                ),
                "FontDescriptor": doc.Reference(descriptor, f"descriptor:{self.name}"),
                "DW": 1000,
                "W": pdfdoc.PDFArray([0, pdfdoc.PDFArray([round(width * 1000, 2) for width in self._widths])]),
                "CIDToGIDMap": pdfdoc.PDFName("Identity"),
            }
        )
        font = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type0"),
                "BaseFont": pdfdoc.PDFName(base),
                "Encoding": pdfdoc.PDFName("Identity-H"),
                "DescendantFonts": pdfdoc.PDFArray([doc.Reference(descendant, f"descendant:{self.name}")]),
                "ToUnicode": doc.Reference(pdf_stream(doc, map_to_unicode(self.texts).encode("ascii")), f"unicode:{self.name}"),
            }
        )
        doc.idToObject["BasicFonts"].dict[self.name] = doc.Reference(font, f"font:{self.name}")


def pdf_stream(doc: Any, content: bytes) -> Any:
    """A stream object, compressed where the document is."""
    stream = pdfdoc.PDFStream()
    stream.content = content
    if doc.compression:
        stream.filters = [pdfdoc.PDFZCompress]
    return stream


def map_to_unicode(texts: list[str], *, digits: int = 4) -> str:
    """The ToUnicode program for codes of so many hexadecimal digits: code n copies as ``texts[n]``."""
    rows = [
        f"<{number:0{digits}X}> <{text.encode('utf-16-be', 'surrogatepass').hex().upper()}>" for number, text in enumerate(texts) if text
    ]
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        f"1 begincodespacerange <{'0' * digits}> <{'F' * digits}> endcodespacerange",
    ]
    for start in range(0, len(rows), 100):  # the format allows a hundred a block
        block = rows[start : start + 100]
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, "endcmap CMapName currentdict /CMap defineresource pop end end"])


def _shade(x: float, y: float, width: float, size: float) -> str:
    """What goes under a substitute: pale grey behind it and a line below, seen on copies and in dense lists alike."""
    bottom = y - _MARK_BELOW * size
    grey = f"0.86 g {x:.2f} {bottom:.2f} {width:.2f} {1.06 * size:.2f} re f"
    return f"q {grey} 0 g {x:.2f} {bottom:.2f} {width:.2f} {_MARK * size:.2f} re f Q"


class Typesetter:
    """Shapes and draws text on one reportlab canvas. Lengths are points, widths of shaped lines em."""

    def __init__(self, canvas: Any, book: FontBook) -> None:
        self._canvas, self._book = canvas, book
        self._fonts: dict[int, SubsetFont | PictureFont] = {}
        self._tables: tuple[dict[str, tuple[int, str, float]], dict[str, tuple[int, str, float]]] = ({}, {})
        self._is_mincho = False
        self._mincho: Typesetter | None = None
        self._missing: set[str] = set()
        self._substituted: set[str] = set()
        self._marked = [False]  # shared with the setter in Mincho

    @property
    def mincho(self) -> Typesetter:
        """The same setter in Mincho, on the same page and with the same fonts."""
        if self._is_mincho:
            return self
        if self._mincho is None:
            made = self._mincho = Typesetter(self._canvas, self._book)
            made._is_mincho, made._fonts, made._marked = True, self._fonts, self._marked
        return self._mincho

    @property
    def has_fallback(self) -> bool:
        """Whether the font for rare kanji was found."""
        return self._book.has_fallback

    def shape(self, text: str, *, bold: bool = False) -> Line:
        """The text as glyphs. What nothing draws becomes its substitute, marked, where the fonts hold one; else a geta sign.

        The geta sign follows the base kanji if only the variant is lacking.
        """
        table, clusters = self._tables[bold], split_clusters(text)
        entries = [table.get(cluster) or self._enter(cluster, bold=bold) for cluster in clusters]
        faces = {entry[0] for entry in entries}
        if len(faces) == 1 and self._missing.isdisjoint(clusters) and self._substituted.isdisjoint(clusters):
            return Line(text, sum([entry[2] for entry in entries]), ((entries[0][0], "".join([entry[1] for entry in entries])),))
        return self._join(text, clusters, entries)

    def _join(self, text: str, clusters: Iterable[str], entries: list[tuple[int, str, float]]) -> Line:
        """A line of several fonts, or one with characters that nothing draws."""
        width = 0.0
        pieces: list[tuple[int, str]] = []
        codes: list[str] = []
        missing: list[str] = []
        marks: list[tuple[float, float]] = []
        current = -1
        for cluster, entry in zip(clusters, entries, strict=True):
            if entry[0] != current:
                if codes:
                    pieces.append((current, "".join(codes)))
                current, codes = entry[0], []
            codes.append(entry[1])
            if cluster in self._missing:
                missing.append(cluster)
            elif cluster in self._substituted:
                marks.append((width, entry[2]))
            width += entry[2]
        if codes:
            pieces.append((current, "".join(codes)))
        return Line(text, width, tuple(pieces), tuple(missing), tuple(marks))

    def measure(self, cluster: str, *, bold: bool = False) -> float:
        """Width of one cluster in em, as it will be drawn."""
        return (self._tables[bold].get(cluster) or self._enter(cluster, bold=bold))[2]

    def _enter(self, cluster: str, *, bold: bool) -> tuple[int, str, float]:
        glyph = self._book.find(cluster, bold=bold, mincho=self._is_mincho)
        entry = self._enter_picture(cluster) if glyph.face == FontBook.PICTURE else None
        if glyph.face >= 0:
            entry = (glyph.face, self._font(glyph.face).add(cluster, glyph.number, glyph.advance), glyph.advance)
        if entry is None:
            entry = self._enter_substitute(cluster, bold=bold)
        if entry is None:
            self._missing.add(cluster)
            entry = self._enter_missing(cluster, bold=bold)
        self._tables[bold][cluster] = entry
        return entry

    def _enter_picture(self, cluster: str) -> tuple[int, str, float] | None:
        """The registered picture as a glyph; None when it cannot be read."""
        try:
            mask = mask_bits(self._book.pictures[cluster])
        except ValueError:
            return None
        index = FontBook.PICTURE
        while (font := self._fonts.get(index)) is not None and len(font.texts) >= PictureFont.MOST:
            index -= 1
        if not isinstance(font, PictureFont):
            font = self._fonts[index] = PictureFont(f"S{index}")
            self._canvas._doc.delayedFonts.append(font)
        return index, font.add(cluster, mask), 1.0

    def _enter_substitute(self, cluster: str, *, bold: bool) -> tuple[int, str, float] | None:
        """The characters written instead; they copy as what is seen. None without a substitute that one font can draw."""
        parts = [self._tables[bold].get(char) or self._enter(char, bold=bold) for char in self._book.substitute(cluster)]
        if not parts or len({part[0] for part in parts}) > 1:
            return None
        self._substituted.add(cluster)
        return parts[0][0], "".join(part[1] for part in parts), sum(part[2] for part in parts)

    def _enter_missing(self, cluster: str, *, bold: bool) -> tuple[int, str, float]:
        """A sign that is seen, yet copies as the text that was meant."""
        sign = self._book.find(MISSING_SIGN, bold=bold, mincho=self._is_mincho)
        base = self._book.find(cluster[0], bold=bold, mincho=self._is_mincho)
        font = self._font(sign.face)
        if len(cluster) == 2 and base.face == sign.face:
            code = font.add(cluster[0], base.number, base.advance) + font.add(cluster[1], sign.number, sign.advance)
            return sign.face, code, base.advance + sign.advance
        copied = "" if cluster < " " or "\x7f" <= cluster <= "\x9f" else cluster
        return sign.face, font.add(copied, sign.number, sign.advance), sign.advance

    def _font(self, index: int) -> SubsetFont:
        font = self._fonts.get(index)
        if not isinstance(font, SubsetFont):
            font = self._fonts[index] = SubsetFont(f"S{index}", self._book, index)
            self._canvas._doc.delayedFonts.append(font)
        return font

    def take_marked(self) -> bool:
        """Whether a substitute was drawn since this was last asked."""
        marked, self._marked[0] = self._marked[0], False
        return marked

    def draw(self, line: Line, *, x: float, y: float, size: float, stretch: float = 1.0) -> None:
        """Draw with the baseline at ``y``. ``stretch`` narrows the glyphs (1 = natural width)."""
        if not line.pieces:
            return
        parts: list[str] = []
        if line.marks:
            self._marked[0] = True
            parts += [_shade(x + start * size * stretch, y, width * size * stretch, size) for start, width in line.marks]
        parts.append(f"BT 1 0 0 1 {x:.2f} {y:.2f} Tm")
        if stretch != 1.0:
            parts.append(f"{100 * stretch:.1f} Tz")
        for font, codes in line.pieces:
            parts.append(f"/S{font} {size:g} Tf <{codes}> Tj")
        parts.append("100 Tz ET" if stretch != 1.0 else "ET")
        self._canvas._code.append(" ".join(parts))

    def write(self, text: str, *, x: float, y: float, size: float, bold: bool = False, align: str = "left", width: float = 0.0) -> Line:
        """Draw one line of our own words; narrowed to ``width`` if that is given and too small. Returns the line."""
        line = self.shape(text, bold=bold)
        natural = line.width * size
        stretch = min(1.0, width / natural) if width and natural else 1.0
        room = (width or 0.0) - natural * stretch
        shift = room if align == "right" else room / 2 if align == "center" else 0.0
        if not width and align != "left":
            shift = -natural if align == "right" else -natural / 2
        self.draw(line, x=x + shift, y=y, size=size, stretch=stretch)
        return line

    def find_problems(self, lines: tuple[Line, ...], *, row: int, column: str) -> list[Problem]:
        """One problem for each character of the lines that no font has."""
        if not any(line.missing for line in lines):
            return []
        code = "print.no_glyph" if self.has_fallback else "print.no_glyph_no_font"
        clusters = dict.fromkeys(cluster for line in lines for cluster in line.missing)
        return [
            Problem(code=code, row=row, column=column, params={"character": cluster, "code_points": name_code_points(cluster)})
            for cluster in clusters
        ]


def middle_baseline(*, bottom: float, height: float, size: float) -> float:
    """The baseline that sets text of ``size`` in the middle of a band."""
    return bottom + (height - size) / 2 + _BASELINE * size
