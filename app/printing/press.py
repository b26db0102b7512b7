"""One file of a batch in the making: pieces drawn one by one and kept packed, then laid on pages and written in one go.

reportlab draws what all papers share, the fonts and each piece (with the painter that cards are drawn with); pikepdf puts the pages
together, each a few references to packed pieces. A page made by reportlab alone takes five times as long and a hundred times the memory.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from app.printing.boxes import BoxPainter
from app.printing.fonts import FontBook
from app.printing.imposition import BatchOptions
from app.printing.layout import FormLayout
from app.printing.papers import Arrangement, Face, arrange, find_cuts
from app.printing.report import PageStamp, Problem
from app.printing.seal import Seal
from app.printing.sheet import MM, Sheet

_LEVEL = 6
_NOTE_AT, _NOTE_SIZE = (6 * MM, 4.0 * MM), 5.0
_END = b"Q\n"


class PieceFace:
    """One side of pieces in one document: what is the same on all of them under a name, values piece by piece."""

    def __init__(self, sheet: Sheet, face: Face, *, name: str, preprinted: bool = False, seal: Seal | None = None) -> None:
        self.face, self.name, self._sheet = face, name, sheet
        self._painter = BoxPainter(
            sheet.canvas, sheet.text, height=face.height * MM, scale=face.scale, preprinted=preprinted, seal=seal
        )  # fmt: skip
        with sheet.draw_form(name, size=(face.width * MM, face.height * MM)):
            sheet.draw_watermark(face.width * MM, face.height * MM)
            self._painter.draw_static(face.cell)
        self.problems = tuple(self._painter.problems)

    def draw(self, values: Mapping[str, str], *, row: int) -> tuple[bytes, list[Problem]]:
        """The values of one record as packed page content, the lower left corner of the piece as origin, and what is wrong with them."""
        painter, canvas = self._painter, self._sheet.canvas
        painter.problems = []
        canvas._code = []
        painter.draw_values(self.face.cell, values, row=row)
        if self._sheet.text.take_marked():
            self._sheet.note_substitutes(x=_NOTE_AT[0], y=_NOTE_AT[1], size=_NOTE_SIZE)
        content = zlib.compress("\n".join(canvas._code).encode("ascii"), _LEVEL) if canvas._code else b""
        return content, painter.problems


class Press:
    """A document of one layout. Sizes are mm unless said otherwise; pages are lists of ``(face, place, content)``."""

    def __init__(
        self,
        paper: Arrangement,
        *,
        title: str,
        fonts: FontBook,
        stamp: PageStamp,
        offset: tuple[float, float] = (0.0, 0.0),
        preprinted: bool = False,
        seal: Seal | None = None,
    ) -> None:
        canvas = Canvas("batch.pdf", pagesize=(paper.width * MM, paper.height * MM), pageCompression=1, lang="ja-JP")
        canvas._preamble = ""  # reportlab's names Helvetica in everything, and print shops refuse a font that is not in the file
        canvas.setTitle(title)
        canvas.setAuthor(stamp.place)
        canvas.setCreator("Sasae")
        self.paper, self._offset = paper, offset
        self.sheet = Sheet(canvas, fonts=fonts, stamp=stamp, size=(paper.width * MM, paper.height * MM))
        self.front = PieceFace(self.sheet, paper.front, name="front", preprinted=preprinted, seal=seal)
        self.back = self.front
        if paper.back is not None and paper.back is not paper.front:
            self.back = PieceFace(self.sheet, paper.back, name="back", preprinted=preprinted, seal=seal)
        self._named = {self.front.name, self.back.name}
        self._pages: list[list[bytes | tuple[str, str]]] = []
        self._sizes: list[tuple[float, float] | None] = []
        self._marks = ""
        self._separator: PieceFace | None = None

    @property
    def pages(self) -> int:
        """Pages laid so far."""
        return len(self._pages)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with what is the same on all papers."""
        return self.front.problems + (self.back.problems if self.back is not self.front else ())

    def draw_cut_marks(self) -> None:
        """From now on each page shows where to cut, between the pieces and at the edge of the paper."""
        down, across = find_cuts(self.paper.places, self.paper.piece, (self.paper.width, self.paper.height))
        with self.sheet.draw_form("marks"):
            self.sheet.draw_cuts(down=down, across=across)
        self._marks = "marks"
        self._named.add("marks")

    def lay_page(self, pieces: Sequence[tuple[PieceFace, tuple[float, float], bytes]]) -> None:
        """A page with the pieces at their places (upper left corners)."""
        page: list[bytes | tuple[str, str]] = []
        if self._marks:
            page.append(("marks", self._place((0.0, 0.0), 1.0, self.paper.height)))
        for piece, (x, y), content in pieces:
            face = piece.face
            page += [(piece.name, self._place((x + face.left, y + face.top), face.scale, face.height * face.scale)), content]
        self._pages.append(page)
        self._sizes.append(None)

    def lay_separator(self, layout: FormLayout, values: Mapping[str, str], *, page: Literal["A4", "A5"], both_sides: bool) -> None:
        """A page of its own, drawn from another layout: the sheet in front of a part. With an empty one behind it if printed on both sides."""
        paper = arrange(layout, BatchOptions(page=page))
        if self._separator is None:
            self._separator = PieceFace(self.sheet, paper.front, name="separator")
            self._named.add("separator")
        content, _ = self._separator.draw(values, row=-1)  # a sign in the batch's name that no font has stops no batch
        face, (x, y) = paper.front, paper.places[0]
        matrix = self._place((x + face.left, y + face.top), face.scale, face.height * face.scale, height=paper.height)
        size = (paper.width * MM, paper.height * MM)
        self._pages.append([("separator", matrix), content])
        self._sizes.append(size)
        if both_sides:
            self._pages.append([])
            self._sizes.append(size)

    def _place(self, corner: tuple[float, float], scale: float, high: float, *, height: float = 0.0) -> str:
        """The transformation that puts a drawing ``high`` mm tall with its upper left corner there."""
        x = (corner[0] + self._offset[0]) * MM
        y = ((height or self.paper.height) - corner[1] - self._offset[1] - high) * MM
        return f"{scale:.5f} 0 0 {scale:.5f} {x:.3f} {y:.3f}"

    def finish(self, *, flip: str = "") -> bytes:
        """The document: fonts with just the glyphs that were drawn, what is shared once. ``flip``: ``long`` or ``short`` for both sides."""
        canvas = self.sheet.canvas
        canvas._code = []
        for name in sorted(self._named):
            canvas.doForm(name)
        canvas.showPage()
        with pikepdf.open(io.BytesIO(canvas.getpdfdata())) as document:
            self._join_pages(document)
            wishes = pikepdf.Dictionary(PrintScaling=pikepdf.Name("/None"))  # a millimetre stays one
            if flip:
                wishes.Duplex = pikepdf.Name("/DuplexFlipLongEdge" if flip == "long" else "/DuplexFlipShortEdge")
            document.Root.ViewerPreferences = wishes
            written = io.BytesIO()  # not the file itself: its faults would come with another name
            document.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate)
            return written.getvalue()

    def _join_pages(self, document: pikepdf.Pdf) -> None:
        tree = document.Root.Pages
        first = tree.Kids[0]
        del first.Resources.Font["/F1"]
        tree.Resources, tree.MediaBox = document.make_indirect(first.Resources), first.MediaBox
        packed = pikepdf.Dictionary(Filter=pikepdf.Name.FlateDecode)
        shared: dict[tuple[str, str], Any] = {}
        end = document.make_stream(_END)
        kids = []
        for page, size in zip(self._pages, self._sizes, strict=True):
            content = []
            for part in page:
                if isinstance(part, bytes):
                    if part:
                        content.append(pikepdf.Stream(document, part, packed))
                    content.append(end)
                    continue
                if part not in shared:
                    shared[part] = document.make_stream(f"q {part[1]} cm /FormXob.{part[0]} Do\n".encode("ascii"))
                content.append(shared[part])
                if part[0] == "marks":
                    content.append(end)
            entry = pikepdf.Dictionary(Type=pikepdf.Name.Page, Parent=tree, Contents=pikepdf.Array(content))
            if size is not None:
                entry.MediaBox = pikepdf.Array([0, 0, *size])
            kids.append(document.make_indirect(entry))
        tree.Kids, tree.Count = pikepdf.Array(kids), len(kids)
