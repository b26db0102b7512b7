"""Which text encoding a file is in, and where it stops being that encoding.

Rule (own, because charset guessers fail on ordinary CP932 lists): byte order mark, UTF-16 by the position of its zero
bytes, ISO-2022-JP by its escape, strict UTF-8, strict CP932. Nothing is ever decoded with replacement characters.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from app.domain.errors import InputFault, UsageFault

_BLOCK = 1 << 20
_SLICE = 1 << 17  # decoded at once: nobody else gets a turn meanwhile, not even the window
_WINDOW = 8  # blocks judged after the first one that is not ASCII
_HEAD = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALIASES = {"windows-31j": "cp932", "windows_31j": "cp932", "x-sjis": "cp932", "sjis-win": "cp932", "ansi": "cp932"}
_CP932_HOLES = re.compile("[\x80\uf8f0-\uf8f3]")  # Python's codec takes the bytes 80 A0 FD FE FF, which mean nothing
# Windows writes CP932 and calls it Shift_JIS; the stricter codec cannot read 5 of the commonest name characters.
_ALLOWED = {
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-32": "utf-32",
    "cp932": "cp932",
    "shift_jis": "cp932",
    "ascii": "utf-8",
    "euc_jp": "euc_jp",
    "iso2022_jp": "iso2022_jp",
}


def canonical_encoding(name: str) -> str:
    """The codec meant by a name that a person typed. UsageFault ``import.encoding_name`` if it is not one offered."""
    try:
        found = _ALLOWED.get(codecs.lookup(_ALIASES.get(name.strip().lower(), name.strip())).name)
    except (LookupError, ValueError):
        found = None
    if found is None:
        raise UsageFault("import.encoding_name", encoding=name, offered=", ".join(sorted(set(_ALLOWED.values()))))
    return found


def chosen_encoding(path: Path, name: str) -> str:
    """The codec a person named; as UTF-8 may or may not begin with a byte order mark, the file decides that."""
    found = canonical_encoding(name)
    if found not in ("utf-8", "utf-8-sig"):
        return found
    with path.open("rb") as file:
        return "utf-8-sig" if file.read(3) == codecs.BOM_UTF8 else "utf-8"


def detect_encoding(path: Path) -> str:
    """The codec to open ``path`` with.

    Files up to 8 MiB past their first non-ASCII megabyte are judged whole; in longer ones a later byte that does not fit is
    reported while reading. Raises InputFault ``import.encoding_unknown`` with the line and the byte offset that got furthest.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        for bom, name in _BOMS:
            if head.startswith(bom):
                return name
        if b"\0" in head:
            return _utf16_without_bom(head) or "utf-8"
        if b"\x1b$" in head and head.isascii():
            return "iso2022_jp"
        file.seek(0)
        block = file.read(_BLOCK)
        while block and block.isascii():
            block = file.read(_BLOCK)
        window = block + file.read(_BLOCK * _WINDOW)
        at_end = not file.read(1)
    for name in ("utf-8", "cp932"):
        if _decodes(window, name, final=at_end):
            return name
    raise _unknown(path)


def _decodes(data: bytes, encoding: str, *, final: bool) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for start in range(0, max(1, len(data)), _SLICE):
            end = start + _SLICE
            if holds_stray_bytes(decoder.decode(data[start:end], final and end >= len(data)), encoding):
                return False
    except UnicodeDecodeError:
        return False
    return True


def holds_stray_bytes(text: str, encoding: str) -> bool:
    """Whether ``text``, decoded as CP932, came from bytes that are no CP932."""
    return encoding == "cp932" and any(char in text for char in "\x80\uf8f0\uf8f1\uf8f2\uf8f3")


def _utf16_without_bom(head: bytes) -> str | None:
    """ASCII commas, digits and line ends leave most zero bytes on one side; ideographic spaces leave some on the other.

    Text of any other encoding has none at all, and other data in this reading have control characters or no lines.
    """
    encoding = "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
    whole = head[: len(head) // 2 * 2]
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(whole, False)
    except UnicodeDecodeError:
        return None
    controls = sum(1 for char in text if char < " " and char not in "\t\r\n")
    ends = text.count("\n") + text.count("\r")
    return encoding if ends and not controls else None


def locate_decode_error(path: Path, encoding: str) -> tuple[int, int, bytes] | None:
    """Line (from 1), byte offset (from 0) and the bytes that ``encoding`` cannot hold; None if the whole file decodes."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, done, start = 1, 0, 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            done += len(block)
            try:
                text = decoder.decode(block, not block)
            except UnicodeDecodeError as error:
                offset = max(0, done - len(error.object) + error.start)
                good = error.object[: error.start].decode(encoding, "ignore")
                stray = _locate_stray(good, encoding, line, start)
                return stray or (line + _line_ends(good), offset, error.object[error.start : error.end])
            if stray := _locate_stray(text, encoding, line, start):
                return stray
            line += _line_ends(text)
            start = done - len(decoder.getstate()[0])
            if not block:
                return None


def _locate_stray(text: str, encoding: str, line: int, start: int) -> tuple[int, int, bytes] | None:
    """Like ``locate_decode_error`` for bytes CP932 does not define; ``text`` begins on ``line`` at byte ``start``."""
    found = _CP932_HOLES.search(text) if encoding == "cp932" else None
    if found is None:
        return None
    before = text[: found.start()]
    return line + _line_ends(before), start + len(before.encode(encoding)), found[0].encode(encoding)


def _line_ends(text: str) -> int:
    return text.count("\n") or text.count("\r")


def decode_fault(path: Path, encoding: str) -> InputFault:
    """The fault to raise after a decoder failed on ``path``: says line, byte offset and bytes."""
    found = locate_decode_error(path, encoding)
    if found is None:
        return InputFault("import.changed_while_reading", path=str(path))
    line, offset, data = found
    return InputFault("import.encoding", path=str(path), line=line, offset=offset, encoding=encoding, bytes=data.hex(" "))


def _unknown(path: Path) -> InputFault:
    """Neither encoding fits: point at the place where the better of the two gave up."""
    tries = [found for name in ("utf-8", "cp932") if (found := locate_decode_error(path, name)) is not None]
    line, offset, data = max(tries, key=lambda found: found[1], default=(1, 0, b""))
    return InputFault("import.encoding_unknown", path=str(path), line=line, offset=offset, bytes=data.hex(" "))
