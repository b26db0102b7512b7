"""Reading a TrueType file just far enough to print with it: glyphs, variation sequences, widths, subsets.

Nothing is expanded on opening (a 45 MB font opens in under a millisecond); look-ups search the mapped tables.
Source: OpenType specification, tables cmap (formats 4, 12, 14), hmtx, loca, glyf.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

_COPIED = ("cvt ", "fpgm", "prep")
_HAS_SCALE, _HAS_XY, _HAS_2X2 = 0x0008, 0x0040, 0x0080
_WORDS, _MORE = 0x0001, 0x0020


class TrueTypeFace:
    """One TrueType font file with ``glyf`` outlines. Code points and glyph numbers are ints, widths are in em.

    Raises ValueError when the file is not a TrueType font (CFF outlines and collections are not supported).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._tables = self._read_directory()
        missing = {"cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp"} - self._tables.keys()
        if missing:
            raise ValueError(f"not a TrueType font with outlines: {path}")
        self.units_per_em: int = self._unpack("head", 18, ">H")[0]
        self.box: tuple[int, ...] = self._unpack("head", 36, ">4h")
        self._long_loca: bool = bool(self._unpack("head", 50, ">h")[0])
        self.ascent, self.descent = self._unpack("hhea", 4, ">2h")
        self._metrics_count: int = self._unpack("hhea", 34, ">H")[0]
        self.glyph_count: int = self._unpack("maxp", 4, ">H")[0]
        self._segments, self._groups, self._selectors = self._read_cmaps()

    def _read_directory(self) -> dict[str, tuple[int, int]]:
        if self._data[:4] not in (b"\x00\x01\x00\x00", b"true"):
            raise ValueError(f"not a TrueType font: {self.path}")
        (count,) = struct.unpack_from(">H", self._data, 4)
        records = (struct.unpack_from(">4s4xII", self._data, 12 + 16 * index) for index in range(count))
        return {tag.decode("latin-1"): (offset, length) for tag, offset, length in records}

    def _unpack(self, tag: str, at: int, layout: str) -> tuple[int, ...]:
        return struct.unpack_from(layout, self._data, self._tables[tag][0] + at)

    def _read_cmaps(self) -> tuple[int, int, dict[int, tuple[int, int]]]:
        """Offsets of the format 4 and format 12 tables (0 if absent) and of the two lists of each variation selector."""
        base = self._tables["cmap"][0]
        (count,) = struct.unpack_from(">H", self._data, base + 2)
        found: dict[int, int] = {}
        for index in range(count):
            platform, encoding, offset = struct.unpack_from(">HHI", self._data, base + 4 + 8 * index)
            (kind,) = struct.unpack_from(">H", self._data, base + offset)
            if kind == 14 or platform == 0 or (platform, encoding) in ((3, 1), (3, 10)):
                found[kind] = base + offset
        return found.get(4, 0), found.get(12, 0), self._read_selectors(found.get(14, 0))

    def _read_selectors(self, at: int) -> dict[int, tuple[int, int]]:
        if not at:
            return {}
        selectors = {}
        (count,) = struct.unpack_from(">I", self._data, at + 6)
        for index in range(count):
            record = at + 10 + 11 * index
            selector = int.from_bytes(self._data[record : record + 3], "big")
            default, other = struct.unpack_from(">II", self._data, record + 3)
            selectors[selector] = (at + default if default else 0, at + other if other else 0)
        return selectors

    def find_glyph(self, code: int) -> int:
        """The glyph of a code point, or 0 when the font has none."""
        if self._groups:
            return self._search_groups(code)
        return self._search_segments(code) if self._segments and code <= 0xFFFF else 0

    def _search_groups(self, code: int) -> int:
        data, first = self._data, self._groups + 16
        low, high = 0, struct.unpack_from(">I", data, self._groups + 12)[0] - 1
        while low <= high:
            middle = (low + high) // 2
            start, end, glyph = struct.unpack_from(">III", data, first + 12 * middle)
            if code < start:
                high = middle - 1
            elif code > end:
                low = middle + 1
            else:
                return int(glyph + code - start)
        return 0

    def _search_segments(self, code: int) -> int:
        data, at = self._data, self._segments
        (size,) = struct.unpack_from(">H", data, at + 6)  # twice the number of segments
        ends = struct.unpack_from(f">{size // 2}H", data, at + 14)
        index = next((i for i, end in enumerate(ends) if end >= code), -1)
        if index < 0:
            return 0
        starts = at + 16 + size
        start, delta, jump = (struct.unpack_from(">H", data, starts + part * size + 2 * index)[0] for part in range(3))
        if code < start:
            return 0
        if not jump:
            return int((code + delta) & 0xFFFF)
        (glyph,) = struct.unpack_from(">H", data, starts + 2 * size + 2 * index + jump + 2 * (code - start))
        return int((glyph + delta) & 0xFFFF) if glyph else 0

    def list_code_points(self) -> Iterator[int]:
        """Every code point that has a glyph, in order."""
        data = self._data
        spans: list[tuple[int, int]] = []
        if self._groups:
            (count,) = struct.unpack_from(">I", data, self._groups + 12)
            spans = [struct.unpack_from(">II", data, self._groups + 16 + 12 * index) for index in range(count)]
        elif self._segments:
            (size,) = struct.unpack_from(">H", data, self._segments + 6)
            ends = struct.unpack_from(f">{size // 2}H", data, self._segments + 14)
            starts = struct.unpack_from(f">{size // 2}H", data, self._segments + 16 + size)
            spans = [(start, end) for start, end in zip(starts, ends, strict=True) if start != 0xFFFF]
        if sum(end - start + 1 for start, end in spans) > 0x110000:
            raise ValueError(f"more characters than there are: {self.path}")
        return (code for start, end in spans for code in range(start, end + 1) if self.find_glyph(code))

    def check_outlines(self, glyphs: Iterable[int]) -> None:
        """ValueError when a table reaches beyond the file, or the outline of a glyph beyond its table."""
        for tag, (offset, length) in self._tables.items():
            if offset + length > len(self._data):
                raise ValueError(f"table {tag} is cut off: {self.path}")
        room = self._tables["glyf"][1]
        for glyph in glyphs:
            start, end = self._outline_span(glyph) if glyph < self.glyph_count else (1, 0)
            if not start <= end <= room:
                raise ValueError(f"glyph {glyph} is damaged: {self.path}")

    def find_variant(self, code: int, selector: int) -> int:
        """The glyph of a variation sequence, or 0 when this font does not know the sequence."""
        default, other = self._selectors.get(selector, (0, 0))
        if other:
            glyph = self._search_variants(other, code)
            if glyph:
                return glyph
        if default and self._is_default(default, code):
            return self.find_glyph(code)
        return 0

    def _search_variants(self, at: int, code: int) -> int:
        low, high = 0, struct.unpack_from(">I", self._data, at)[0] - 1
        while low <= high:
            middle = (low + high) // 2
            record = at + 4 + 5 * middle
            found = int.from_bytes(self._data[record : record + 3], "big")
            if found == code:
                return int(struct.unpack_from(">H", self._data, record + 3)[0])
            low, high = (middle + 1, high) if found < code else (low, middle - 1)
        return 0

    def _is_default(self, at: int, code: int) -> bool:
        low, high = 0, struct.unpack_from(">I", self._data, at)[0] - 1
        while low <= high:
            middle = (low + high) // 2
            record = at + 4 + 4 * middle
            start = int.from_bytes(self._data[record : record + 3], "big")
            if start <= code <= start + self._data[record + 3]:
                return True
            low, high = (middle + 1, high) if start < code else (low, middle - 1)
        return False

    def measure_glyph(self, glyph: int) -> float:
        """Advance width in em."""
        return self._read_metric(glyph)[0] / self.units_per_em

    def _read_metric(self, glyph: int) -> tuple[int, int]:
        last = self._metrics_count - 1
        advance, bearing = self._unpack("hmtx", 4 * min(glyph, last), ">Hh")
        if glyph > last:
            (bearing,) = self._unpack("hmtx", 4 * self._metrics_count + 2 * (glyph - last - 1), ">h")
        return advance, bearing

    def _outline_span(self, glyph: int) -> tuple[int, int]:
        if self._long_loca:
            start, end = self._unpack("loca", 4 * glyph, ">II")
        else:
            start, end = (2 * value for value in self._unpack("loca", 2 * glyph, ">HH"))
        return start, end

    def _read_outline(self, glyph: int) -> bytes:
        start, end = self._outline_span(glyph)
        base = self._tables["glyf"][0]
        return self._data[base + start : base + end]

    def build_subset(self, glyphs: Sequence[int]) -> bytes:
        """A font file whose glyph ``n`` is ``glyphs[n]``; parts of composite glyphs follow after them. ``glyphs[0]`` must be 0."""
        order = list(glyphs)
        places = {glyph: index for index, glyph in reversed(list(enumerate(order)))}
        outlines: list[bytes] = []
        for glyph in order:  # grows while composites name their parts
            outlines.append(_renumber_parts(self._read_outline(glyph), order, places))
        body, offsets = bytearray(), [0]
        for outline in outlines:
            body += outline + b"\0" * (-len(outline) % 4)
            offsets.append(len(body))
        metrics = b"".join(struct.pack(">Hh", *self._read_metric(glyph)) for glyph in order)
        tables = {tag: self._copy(tag) for tag in _COPIED if tag in self._tables}
        tables["glyf"], tables["hmtx"] = bytes(body), metrics
        tables["loca"] = struct.pack(f">{len(offsets)}I", *offsets)
        tables["head"] = _patch(_patch(self._copy("head"), 50, ">h", 1), 8, ">I", 0)
        tables["hhea"] = _patch(self._copy("hhea"), 34, ">H", len(order))
        tables["maxp"] = _patch(self._copy("maxp"), 4, ">H", len(order))
        return _assemble(tables)

    def _copy(self, tag: str) -> bytes:
        offset, length = self._tables[tag]
        return self._data[offset : offset + length]


def _renumber_parts(outline: bytes, order: list[int], places: dict[int, int]) -> bytes:
    """A composite glyph with its parts' numbers replaced; parts not yet in ``order`` are added to it."""
    if len(outline) < 10 or struct.unpack_from(">h", outline)[0] >= 0:
        return outline
    changed, at, flags = bytearray(outline), 10, _MORE
    while flags & _MORE:
        flags, glyph = struct.unpack_from(">HH", changed, at)
        if glyph not in places:
            places[glyph] = len(order)
            order.append(glyph)
        struct.pack_into(">H", changed, at + 2, places[glyph])
        at += 8 if flags & _WORDS else 6
        at += 2 if flags & _HAS_SCALE else 4 if flags & _HAS_XY else 8 if flags & _HAS_2X2 else 0
    return bytes(changed)


def _patch(table: bytes, at: int, layout: str, value: int) -> bytes:
    changed = bytearray(table)
    struct.pack_into(layout, changed, at, value)
    return bytes(changed)


def _checksum(content: bytes) -> int:
    padded = content + b"\0" * (-len(content) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def _assemble(tables: dict[str, bytes]) -> bytes:
    power = 1 << (len(tables).bit_length() - 1)
    head = struct.pack(">4sHHHH", b"\0\1\0\0", len(tables), 16 * power, power.bit_length() - 1, 16 * (len(tables) - power))
    directory, body, start = b"", b"", 12 + 16 * len(tables)
    for tag in sorted(tables):
        content = tables[tag]
        directory += struct.pack(">4sIII", tag.encode("latin-1"), _checksum(content), start + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    return head + directory + body
