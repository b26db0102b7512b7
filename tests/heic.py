"""A HEIC picture made by hand: one plain grey tile of HEVC intra coding in an ISO base media file, with the header a phone writes.

Nothing here encodes pictures in general: every block is predicted from nothing and has no residual, so that the whole picture is the
middle grey. Sources: ITU-T H.265 (7.3 syntax, 9.3 CABAC), ISO/IEC 14496-12 and 23008-12 (boxes).
"""

from __future__ import annotations

import struct
from typing import Any

_RANGE_LPS_FIRST = (
    (128, 176, 208, 240), (128, 167, 197, 227), (128, 158, 187, 216), (123, 150, 178, 205), (116, 142, 169, 195), (111, 135, 160, 185),
    (105, 128, 152, 175), (100, 122, 144, 166), (95, 116, 137, 158), (90, 110, 130, 150), (85, 104, 123, 142), (81, 99, 117, 135),
    (77, 94, 111, 128), (73, 89, 105, 122), (69, 85, 100, 116), (66, 80, 95, 110), (62, 76, 90, 104), (59, 72, 86, 99), (56, 69, 81, 94),
    (53, 65, 77, 89), (51, 62, 73, 85), (48, 59, 69, 80), (46, 56, 66, 76), (43, 53, 63, 72), (41, 50, 59, 69), (39, 48, 56, 65),
    (37, 45, 54, 62), (35, 43, 51, 59), (33, 41, 48, 56), (32, 39, 46, 53), (30, 37, 43, 50), (29, 35, 41, 48), (27, 33, 39, 45),
    (26, 31, 37, 43), (24, 30, 35, 41), (23, 28, 33, 39), (22, 27, 32, 37), (21, 26, 30, 35), (20, 24, 29, 33), (19, 23, 27, 31),
    (18, 22, 26, 30), (17, 21, 25, 28), (16, 20, 23, 27), (15, 19, 22, 25), (14, 18, 21, 24), (14, 17, 20, 23), (13, 16, 19, 22),
    (12, 15, 18, 21), (12, 14, 17, 20), (11, 14, 16, 19), (11, 13, 15, 18), (10, 12, 15, 17), (10, 12, 14, 16), (9, 11, 13, 15),
    (9, 11, 12, 14), (8, 10, 12, 14), (8, 9, 11, 13), (7, 9, 11, 12), (7, 9, 10, 12), (7, 8, 10, 11), (6, 8, 9, 11), (6, 7, 9, 10),
    (6, 7, 8, 9), (2, 2, 2, 2),
)  # fmt: skip
_NEXT_LPS = (
    0, 0, 1, 2, 2, 4, 4, 5, 6, 7, 8, 9, 9, 11, 11, 12, 13, 13, 15, 15, 16, 16, 18, 18, 19, 19, 21, 21, 22, 22, 23, 24, 24, 25, 26, 26, 27, 27,
    28, 29, 29, 30, 30, 30, 31, 32, 32, 33, 33, 33, 34, 34, 35, 35, 35, 36, 36, 36, 37, 37, 37, 38, 38, 63,
)  # fmt: skip
_QP = 26
_CONTEXTS = {
    "split": (139, 141, 157),
    "part": (184,),
    "mpm": (184,),
    "chroma": (63,),
    "luma_cbf": (111, 141),
    "chroma_cbf": (94, 138, 182, 154),
}


class Bits:
    """Bits written from the left."""

    def __init__(self) -> None:
        self.bits: list[int] = []

    def u(self, value: int, count: int) -> None:
        """A number of so many bits."""
        self.bits += [value >> at & 1 for at in reversed(range(count))]

    def ue(self, value: int) -> None:
        """A number in the Exp-Golomb code."""
        length = (value + 1).bit_length()
        self.u(0, length - 1)
        self.u(value + 1, length)

    def se(self, value: int) -> None:
        """A signed number in that code."""
        self.ue(2 * value - 1 if value > 0 else -2 * value)

    def trail(self) -> None:
        """A one and zeros to the end of the byte."""
        self.u(1, 1)
        self.u(0, -len(self.bits) % 8)

    def pack(self) -> bytes:
        """As bytes."""
        return bytes(int("".join(map(str, self.bits[at : at + 8])), 2) for at in range(0, len(self.bits), 8))


class Cabac:
    """The arithmetic coder of 9.3.4."""

    def __init__(self) -> None:
        self.low, self.range, self.first, self.outstanding, self.out = 0, 510, True, 0, Bits()
        self.states = {name: [_start(value) for value in values] for name, values in _CONTEXTS.items()}

    def bin(self, value: int, name: str, at: int = 0) -> None:
        """A decision with a context."""
        state, likely = self.states[name][at]
        lps = _RANGE_LPS_FIRST[state][self.range >> 6 & 3]
        self.range -= lps
        if value != likely:
            self.low += self.range
            self.range = lps
            self.states[name][at] = (_NEXT_LPS[state], likely if state else 1 - likely)
        else:
            self.states[name][at] = (min(state + 1, 62), likely)
        self._renew()

    def bypass(self, value: int) -> None:
        """A decision of even odds."""
        self.low = 2 * self.low + (self.range if value else 0)
        if self.low >= 1024:
            self._put(1)
            self.low -= 1024
        elif self.low < 512:
            self._put(0)
        else:
            self.low -= 512
            self.outstanding += 1

    def end(self, value: int) -> None:
        """Whether the slice ends here."""
        self.range -= 2
        if not value:
            self._renew()
            return
        self.low += self.range
        self.range = 2
        self._renew()
        self._put(self.low >> 9 & 1)
        self.out.u(self.low >> 7 & 3 | 1, 2)

    def _renew(self) -> None:
        while self.range < 256:
            if self.low < 256:
                self._put(0)
            elif self.low >= 512:
                self.low -= 512
                self._put(1)
            else:
                self.low -= 256
                self.outstanding += 1
            self.range <<= 1
            self.low <<= 1

    def _put(self, bit: int) -> None:
        if self.first:
            self.first = False
        else:
            self.out.u(bit, 1)
        self.out.bits += [1 - bit] * self.outstanding
        self.outstanding = 0


def _start(value: int) -> tuple[int, int]:
    slope, offset = (value >> 4) * 5 - 45, ((value & 15) << 3) - 16
    state = min(126, max(1, (slope * _QP >> 4) + offset))
    return (state - 64, 1) if state > 63 else (63 - state, 0)


def _nal(kind: int, payload: bytes) -> bytes:
    guarded, zeros = bytearray(), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            guarded.append(3)
            zeros = 0
        guarded.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes((kind << 1, 1)) + bytes(guarded)


def _profile(bits: Bits) -> None:
    bits.u(3, 8)  # main still picture
    bits.u(0x70000000, 32)
    bits.u(0b1001, 4)
    bits.u(0, 44)
    bits.u(60, 8)


def _parameter_sets(side: int) -> tuple[bytes, bytes, bytes]:
    vps, sps, pps = Bits(), Bits(), Bits()
    vps.u(0, 4)
    vps.u(3, 2)
    vps.u(0, 6)
    vps.u(0, 3)
    vps.u(1, 1)
    vps.u(0xFFFF, 16)
    _profile(vps)
    vps.u(1, 1)
    for value in (0, 0, 0):
        vps.ue(value)
    vps.u(0, 6)
    vps.ue(0)
    vps.u(0, 1)
    vps.u(0, 1)
    vps.trail()
    sps.u(0, 4)
    sps.u(0, 3)
    sps.u(1, 1)
    _profile(sps)
    for value in (0, 1, side, side):
        sps.ue(value)
    sps.u(0, 1)  # no cropping
    for value in (0, 0, 0):
        sps.ue(value)
    sps.u(1, 1)
    for value in (0, 0, 0, 0, 3, 0, 3, 0, 0):  # ordering, blocks of 8 to 64, transforms of 4 to 32, no deeper
        sps.ue(value)
    sps.u(0, 4)  # scaling lists, asymmetric, sample offsets, plain samples
    sps.ue(0)
    sps.u(0, 5)
    sps.trail()
    for value in (0, 0):
        pps.ue(value)
    pps.u(0, 7)
    pps.ue(0)
    pps.ue(0)
    pps.se(0)
    pps.u(0, 3)
    pps.se(0)
    pps.se(0)
    pps.u(0, 6)
    pps.u(0, 1)  # across slices
    pps.u(0, 3)
    pps.ue(0)
    pps.u(0, 2)
    pps.trail()
    return _nal(32, vps.pack()), _nal(33, sps.pack()), _nal(34, pps.pack())


def _slice(blocks: int) -> bytes:
    head = Bits()
    head.u(1, 1)
    head.u(0, 1)
    head.ue(0)
    head.ue(2)  # intra
    head.se(0)
    head.trail()
    coder = Cabac()
    for block in range(blocks):
        coder.bin(0, "split")
        coder.bin(1, "mpm")
        coder.bypass(0)
        coder.bin(0, "chroma")
        coder.bin(0, "chroma_cbf")
        coder.bin(0, "chroma_cbf")
        for _ in range(4):  # a block of 64 is four transforms of 32
            coder.bin(0, "luma_cbf", 0)
        coder.end(int(block == blocks - 1))
    coder.out.u(0, -len(coder.out.bits) % 8)
    return _nal(19, head.pack() + coder.out.pack())


def _box(kind: str, *parts: bytes, version: int | None = None, flags: int = 0) -> bytes:
    body = (b"" if version is None else struct.pack(">I", version << 24 | flags)) + b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind.encode() + body


def grey_heic(*, tiles: int = 2, exif: Any = None, claim: int | None = None) -> bytes:
    """A grey square of ``tiles`` × 64 pixels. ``exif``: a Pillow Exif for its header. ``claim``: the side that the file says it has."""
    side = tiles * 64
    vps, sps, pps = _parameter_sets(side)
    coded = _slice(tiles * tiles)
    image = struct.pack(">I", len(coded)) + coded
    arrays = b"".join(bytes((0x80 | kind,)) + struct.pack(">HH", 1, len(nal)) + nal for kind, nal in ((32, vps), (33, sps), (34, pps)))
    record = (
        b"\x01\x03"
        + struct.pack(">I", 0x70000000)
        + b"\x90\0\0\0\0\0"
        + bytes((60, 0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, 3))
        + arrays
    )
    shown = claim or side
    header = b"" if exif is None else struct.pack(">I", 6) + b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")
    items = [(1, b"hvc1", image)] + ([(2, b"Exif", header)] if header else [])
    entries = [_box("infe", struct.pack(">HH", number, 0), kind, b"\0", version=2) for number, kind, _ in items]
    shared = [
        _box("hdlr", struct.pack(">I", 0), b"pict", bytes(12), b"\0", version=0),
        _box("pitm", struct.pack(">H", 1), version=0),
        _box("iinf", struct.pack(">H", len(items)), *entries, version=0),
        _box("iprp", _box("ipco", _box("hvcC", record), _box("ispe", struct.pack(">II", shown, shown), version=0)),
             _box("ipma", struct.pack(">IHBBB", 1, 1, 2, 0x81, 2), version=0)),
    ]  # fmt: skip
    if header:
        shared.append(_box("iref", _box("cdsc", struct.pack(">HHH", 2, 1, 1)), version=0))
    start = _box("ftyp", b"heic", struct.pack(">I", 0), b"mif1heic")
    located = 8 + 4 + 4 + 14 * len(items)
    at = len(start) + 12 + sum(map(len, shared)) + located + 8
    places = b""
    for number, _, content in items:
        places += struct.pack(">HHHII", number, 0, 1, at, len(content))
        at += len(content)
    shared.append(_box("iloc", struct.pack(">BBH", 0x44, 0, len(items)), places, version=0))
    return start + _box("meta", *shared, version=0) + _box("mdat", *(content for _, _, content in items))
