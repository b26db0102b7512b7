"""Excel workbooks: judged before anything is loaded, then read as text.

The loader (calamine) is fast and trusting: it unpacks whatever the archive holds and allocates the whole rectangle between
the outermost cells, so that two cells in opposite corners end the program. Everything it would do is therefore measured first.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from app.domain.errors import EnvironmentFault, InputFault

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_CHUNK = 1 << 18
_DTD = tuple(mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be"))
_FILLED = re.compile(rb"<(?:\w+:)?c(?:\s[^>]*)?(?<!/)>")
_REF = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=[\"'](\d{1,7})[\"']")
_ROW_START = re.compile(rb"<(?:\w+:)?row\b")
_BARE_FORMULA = re.compile(rb"<c\b([^>]*)>\s*<f[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_ERROR_CELL = re.compile(rb"<c\b[^>]*\bt=\"e\"[^>]*>")
_CELL_NAME = re.compile(rb"\br=[\"']([A-Z]+\d+)")


@dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """What is refused: unpacked bytes in all, files inside, unpacked : packed of one file over 16 MiB, cells of one sheet."""

    total_bytes: int = 1 << 30
    entries: int = 5_000
    ratio: int = 300
    cells: int = 30_000_000


@dataclass(slots=True)
class SheetFacts:
    """What one sheet holds: outermost filled row and column (from 1), cells that will come out empty though they show something."""

    rows: int = 0
    columns: int = 0
    bare_formulas: int = 0
    first_bare: str = ""
    error_cells: int = 0


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """Facts by sheet name; empty for .xls, whose sheets are small by their format."""

    sheets: dict[str, SheetFacts] = field(default_factory=dict)


def inspect_workbook(path: Path, limits: WorkbookLimits) -> WorkbookFacts:
    """Judge a zip-based workbook without loading it.

    Raises InputFault: ``import.not_a_workbook``, ``import.xlsx_damaged``, ``import.password``, ``import.xlsx_bomb``,
    ``import.xlsx_dtd``, ``import.sheet_too_large``. Sizes are counted by unpacking, not taken from the archive's own word.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                raise InputFault("import.not_a_workbook", path=str(path))
            parts = _scan_entries(path, archive, file, limits)
            titles = _sheet_titles(path, archive)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeError, ValueError) as error:
        raise InputFault("import.xlsx_damaged", path=str(path), reason=str(error)) from error
    facts = {title: parts[part] for title, part in titles.items() if part in parts}
    for part, sheet in parts.items():
        if sheet.rows * sheet.columns > limits.cells:
            name = next((title for title, value in titles.items() if value == part), part)
            raise InputFault("import.sheet_too_large", path=str(path), sheet=name, rows=sheet.rows, columns=sheet.columns)
    return WorkbookFacts(facts)


def _scan_entries(path: Path, archive: zipfile.ZipFile, file: IO[bytes], limits: WorkbookLimits) -> dict[str, SheetFacts]:
    entries = archive.infolist()
    if len(entries) > limits.entries:
        raise InputFault("import.xlsx_bomb", path=str(path), limit=limits.total_bytes >> 20)
    if any(entry.flag_bits & 1 for entry in entries):
        raise InputFault("import.password", path=str(path))
    budget = limits.total_bytes
    sheets: dict[str, SheetFacts] = {}
    for entry in entries:
        facts = sheets.setdefault(entry.filename, SheetFacts()) if entry.filename.startswith("xl/worksheets/sheet") else None
        is_text = entry.filename.endswith((".xml", ".rels", ".vml"))
        size, carry, scan = 0, b"", _SheetScan(facts) if facts is not None else None
        for chunk in _inflate(file, entry):
            size += len(chunk)
            if size > budget or (size > (16 << 20) and size > limits.ratio * max(1, entry.compress_size)):
                raise InputFault("import.xlsx_bomb", path=str(path), limit=limits.total_bytes >> 20)
            if is_text:
                joined = carry + chunk
                if any(mark in joined for mark in _DTD):
                    raise InputFault("import.xlsx_dtd", path=str(path), part=entry.filename)
                carry = joined[-40:]
            if scan is not None:
                scan.feed(chunk)
        if scan is not None:
            scan.close()
        budget -= size
    return sheets


def _inflate(file: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of ``entry``, however many the stream really holds, in bounded pieces."""
    file.seek(entry.header_offset)
    local = file.read(30)
    if local[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("local header")
    name_length, extra_length = struct.unpack("<HH", local[26:30])
    file.seek(name_length + extra_length, 1)
    left = entry.compress_size
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile("compression method")
    unpack = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        packed = file.read(min(_CHUNK, left))
        if not packed:
            raise zipfile.BadZipFile("cut short")
        left -= len(packed)
        if unpack is None:
            yield packed
            continue
        while packed:
            yield unpack.decompress(packed, _CHUNK * 4)
            packed = unpack.unconsumed_tail


class _SheetScan:
    """Reads the XML of a sheet in pieces and fills in its facts."""

    def __init__(self, facts: SheetFacts) -> None:
        self.facts = facts
        self._rest = b""
        self._in_row = 0

    def feed(self, chunk: bytes) -> None:
        """Judge everything up to the last complete cell."""
        data = self._rest + chunk
        end = data.rfind(b"</c>") + 4
        if end < 4:
            end = data.rfind(b">") + 1
        if len(data) - end > (4 << 20):
            end = len(data) - (1 << 16)
        self._judge(data[:end])
        self._rest = data[end:]

    def close(self) -> None:
        """Judge what is left."""
        self._judge(self._rest)
        self._rest = b""

    def _judge(self, data: bytes) -> None:
        facts = self.facts
        refs = _REF.findall(data)
        if refs:
            facts.columns = max(facts.columns, *(_column_number(letters) for letters in {pair[0] for pair in refs}))
            facts.rows = max(facts.rows, *map(int, {pair[1] for pair in refs}))
        if len(refs) != len(_FILLED.findall(data)):
            self._count_unnamed(data)
        if b"<f" in data:
            self._formulas(data)
        if b't="e"' in data:
            facts.error_cells += len(_ERROR_CELL.findall(data))

    def _count_unnamed(self, data: bytes) -> None:
        """Cells may leave out their name and then follow each other: bound columns and rows by counting."""
        facts = self.facts
        for index, part in enumerate(_ROW_START.split(data)):
            self._in_row = (self._in_row if index == 0 else 0) + len(_FILLED.findall(part))
            facts.columns = max(facts.columns, self._in_row)
        facts.rows = max(facts.rows, *(int(number) for number in _ROW.findall(data)), len(_ROW_START.findall(data)))

    def _formulas(self, data: bytes) -> None:
        for found in _BARE_FORMULA.finditer(data):
            if b't="str"' in found[1]:  # a formula whose result really is the empty text
                continue
            self.facts.bare_formulas += 1
            if not self.facts.first_bare and (name := _CELL_NAME.search(found[1])):
                self.facts.first_bare = name[1].decode("ascii")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _sheet_titles(path: Path, archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → part inside the archive."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        book = fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
        links = fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except DefusedXmlException as error:
        raise InputFault("import.xlsx_dtd", path=str(path), part="xl/workbook.xml") from error
    except (ParseError, KeyError) as error:
        raise InputFault("import.xlsx_damaged", path=str(path), reason=str(error)) from error
    targets = {link.get("Id"): str(link.get("Target", "")) for link in links}
    titles: dict[str, str] = {}
    for element in book.iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        link_id = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
        target = targets.get(link_id, "")
        titles[str(element.get("name"))] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return titles


def load_workbook(path: Path) -> CalamineWorkbook:
    """Open an inspected workbook. InputFault ``import.password`` or ``import.xlsx_damaged``."""
    import python_calamine

    if _is_encrypted_ole(path):
        raise InputFault("import.password", path=str(path))
    try:
        return python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError as error:
        raise InputFault("import.password", path=str(path)) from error
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=str(error)) from error
    except BaseException as error:  # a Rust panic is not an Exception
        raise _damaged(path, error) from error


def load_sheet(path: Path, book: CalamineWorkbook, name: str) -> CalamineSheet:
    """One sheet by name. InputFault ``import.xlsx_damaged`` if it cannot be parsed."""
    try:
        return book.get_sheet_by_name(name)
    except BaseException as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: BaseException) -> BaseException:
    if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
        return error
    return InputFault("import.xlsx_damaged", path=str(path), reason=str(error))


def _is_encrypted_ole(path: Path) -> bool:
    """A password-protected .xlsx is an OLE file with a stream of this name in its directory."""
    name = "EncryptedPackage".encode("utf-16-le")
    carry = b""
    with path.open("rb") as file:
        if file.read(4) != b"\xd0\xcf\x11\xe0":
            return False
        while block := file.read(1 << 20):
            if name in carry + block:
                return True
            carry = block[-len(name) :]
    return False


def visible_sheets(book: CalamineWorkbook) -> list[str]:
    """Names of the worksheets a person sees, in order; all worksheets if every one is hidden."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    shown = [meta.name for meta in sheets if meta.visible == SheetVisibleEnum.Visible]
    return shown or [meta.name for meta in sheets]


def cell_text(value: Any) -> str:
    """A cell as text: dates ISO 8601 (midnight as the date alone), whole numbers without ``.0``, other numbers shortest."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(timespec=_precision(value.time()))
    if isinstance(value, time):
        return value.isoformat(timespec=_precision(value))
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        text = f"{minutes // 60}:{minutes % 60:02}"
        return f"{text}:{seconds:02}" if seconds else text
    return value.isoformat() if isinstance(value, date) else str(value)


def _precision(value: time) -> str:
    if value.microsecond:
        return "milliseconds"
    return "seconds" if value.second else "minutes"


def sheet_rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    """All rows from row 1 as text."""
    for row in sheet.iter_rows():
        yield [cell if type(cell) is str else cell_text(cell) for cell in row]
