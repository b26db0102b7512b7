"""A table in a file, whatever it was written with: CSV of any usual kind, or Excel.

``open_table`` looks at the file and finds its header; the rows are streamed afterwards, as often as wanted. Every way a file
can be wrong is an ``InputFault`` (or ``EnvironmentFault``) with its own code; a single bad row is a row with a ``problem``.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from app.domain.errors import EnvironmentFault, InputFault, UsageFault
from app.interchange.importing import encoding as encodings
from app.interchange.importing import spreadsheets, texts
from app.interchange.importing.mapping import FieldSpec, KnownHeaders
from app.interchange.importing.private import SAMPLE, find_doubtful, find_private, find_watched, hide_cells, hide_loose
from app.interchange.importing.report import Issue
from app.interchange.importing.spreadsheets import WorkbookLimits
from app.interchange.importing.texts import CELL_LIMIT

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_GUARDED = re.compile("^'(?=[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")
_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!\x1a", "RAR"),
    (b"SQLite format 3\0", "SQLite"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\x7fELF", "ELF"),
    (b"{\\rtf", "RTF"),
)


class SourceRow(NamedTuple):
    """A row: line of the file or row of the sheet (from 1), its cells, and the code of what makes it unusable, if anything.

    A tuple, not a dataclass: a million of them are made.
    """

    line: int
    cells: tuple[str, ...]
    problem: str | None = None


class Batch(NamedTuple):
    """Rows as plain lists, exactly as wide as the header, with their lines; rows of another width are in ``problems``."""

    lines: Sequence[int]
    rows: list[list[str]]
    problems: tuple[SourceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceTable:
    """An opened table. ``format`` is csv, xlsx or xls; ``encoding`` and ``delimiter`` are empty for sheets, ``sheet`` for text.

    ``header`` are the headings as written, without outer spaces; ``header_line`` is the line or row it ends on. ``notices``
    are warnings for a person (renamed workbook, formulas without a value, ``import.no_rows``). Iterating reads the
    file again from its start; if it changed since it was opened, InputFault ``import.changed_while_reading``.

    ``shape`` puts further cells behind those of each good row, under the headings ``made``: a name from its two parts, a word for
    a code (``shaping``). Good rows are ``width`` cells wide. ``private`` are the columns that may not be imported: their cells are
    hidden already in the rows.
    """

    path: Path
    format: str
    encoding: str
    delimiter: str
    sheet: str
    sheets: tuple[str, ...]
    header: tuple[str, ...]
    header_line: int
    notices: tuple[Issue, ...]
    pad_short: bool = False
    made: tuple[str, ...] = ()
    private: tuple[int, ...] = ()
    shape: Callable[[list[str]], None] | None = field(default=None, repr=False, compare=False)
    _watched: tuple[int, ...] = field(default=(), repr=False)
    _skip: int = field(default=0, repr=False)
    _stamp: tuple[int, int] = field(default=(0, 0), repr=False)
    _data: CalamineSheet | None = field(default=None, repr=False, compare=False)

    @property
    def width(self) -> int:
        """Cells of a good row: those of the file and those made from them."""
        return len(self.header) + len(self.made)

    def heading(self, index: int) -> str:
        """The heading of a column of the file, or of one made."""
        return self.header[index] if index < len(self.header) else self.made[index - len(self.header)]

    @property
    def mappable(self) -> tuple[str, ...]:
        """The headings that may mean a field: those of private columns are blank."""
        return tuple("" if place in self.private else text for place, text in enumerate(self.header))

    @property
    def has_rows(self) -> bool:
        """Whether anything follows the header."""
        return all(notice.code != "import.no_rows" for notice in self.notices)

    def rows(self) -> Iterator[SourceRow]:
        """All rows after the header; blank ones are left out. Unusable ones carry a ``problem``."""
        for batch in self.batches(200):
            good = map(SourceRow, batch.lines, map(tuple, batch.rows))
            yield from sorted([*good, *batch.problems], key=lambda row: row.line) if batch.problems else good

    def batches(self, size: int = 500) -> Iterator[Batch]:
        """The same rows, ``size`` at a time and with as little work per row as possible."""
        if _stamp(self.path) != self._stamp:
            raise InputFault("import.changed_while_reading", path=str(self.path))
        batches = _sheet_batches(self, size) if self._data is not None else _text_batches(self, size)
        if self.shape is None and not self.private:
            yield from batches
            return
        for batch in batches:
            for row in batch.rows:
                hide_cells(row, self.private, self._watched)
                if self.shape is not None:
                    self.shape(row)
            if self.private and batch.problems:
                hidden = tuple(row._replace(cells=hide_loose(row.cells, self.private)) for row in batch.problems)
                batch = batch._replace(problems=hidden)
            yield batch

    def estimate_rows(self) -> int:
        """About how many rows there are, for a progress bar: counts line ends, at disk speed."""
        if self._data is not None:
            return max(0, int(self._data.total_height) - self.header_line)
        with self.path.open("rb") as file:
            ends = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        return max(0, ends - self.header_line)


def open_table(
    path: Path | str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
    fields: Sequence[FieldSpec] = (),
    pad_short: bool = False,
    limits: WorkbookLimits | None = None,
) -> SourceTable:
    """Open a CSV, XLSX or XLS file and find its header.

    What is not given is found out. ``header_row`` counts rows from 1; without it the header is, among the first ten filled
    rows, the one that names most of ``fields``, or the first that is about as full as the fullest. ``pad_short`` takes rows
    that end early as ending in empty cells (some spreadsheets save them so); otherwise they are rejected, because a
    broken line looks the same. Cells beyond the header are tolerated if empty.
    """
    path = Path(path)
    try:
        kind = _judge_kind(path)
        known = KnownHeaders.of(fields)
        if kind in ("xlsx", "xls"):
            table = _open_workbook(path, kind, sheet, header_row, known, limits or WorkbookLimits())
        else:
            table = _open_text(path, encoding, delimiter, header_row, known)
        return _without_private(replace(table, pad_short=pad_short, _stamp=_stamp(path)), known)
    except FileNotFoundError as error:
        raise EnvironmentFault("import.file_missing", path=str(path)) from error
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or str(error)) from error
    except ValueError as error:  # a zero character in the path itself
        raise EnvironmentFault("import.file_missing", path=repr(str(path))) from error


def _without_private(table: SourceTable, known: KnownHeaders) -> SourceTable:
    """The table with the columns that may not be imported hidden, and a notice for each."""
    try:
        rows = next((batch.rows for batch in table.batches(SAMPLE)), [])
    except InputFault:
        rows = []  # the reading itself says it, with its line
    private = find_private(table.header, rows, known)
    told = tuple(Issue(table.header_line, table.header[place], "", "warning", "import.private_column", {}) for place in private)
    doubtful = find_doubtful(table.header, rows, private)
    told += tuple(Issue(table.header_line, table.header[place], "", "warning", "import.maybe_private_column", {}) for place in doubtful)
    watched = find_watched(len(table.header), rows, private)
    return replace(table, private=private, notices=(*table.notices, *told), _watched=watched) if told else table


def _stamp(path: Path) -> tuple[int, int]:
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns


def _judge_kind(path: Path) -> str:
    """xlsx, xls or text, by content and never by name; anything else is refused."""
    if path.is_dir():
        raise InputFault("import.is_folder", path=str(path))
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if not head.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\0"):
        raise InputFault("import.empty", path=str(path))
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            raise InputFault("import.binary", path=str(path), kind=name)
    if head.startswith(b"MZ") and b"\0" in head:
        raise InputFault("import.binary", path=str(path), kind="EXE")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        raise InputFault("import.markup", path=str(path))
    if not head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        _refuse_binary(path, head)
    return "csv"


def _refuse_binary(path: Path, head: bytes) -> None:
    """Text has next to no control bytes; UTF-16 has zero bytes, but passes as UTF-16."""
    controls = len(head) - len(head.translate(None, bytes({*range(32)} - {0, 9, 10, 11, 12, 13, 26, 27})))
    zeros = head.count(0)
    if controls * 20 > len(head) or (zeros * 20 > len(head) and not encodings.detect_encoding(path).startswith("utf-16")):
        raise InputFault("import.binary", path=str(path), kind="?")


# Text


def _open_text(path: Path, encoding: str | None, delimiter: str | None, header_row: int | None, known: KnownHeaders) -> SourceTable:
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise UsageFault("import.delimiter", delimiter=delimiter)
    codec = encodings.chosen_encoding(path, encoding) if encoding else encodings.detect_encoding(path)
    lines = texts.read_first_lines(path, codec, max(200, header_row or 0))
    mark = delimiter or texts.sniff_delimiter(lines, known)
    records = texts.read_first_records(path, lines, mark)
    if not any(any(map(str.strip, record)) for record in records):
        raise InputFault("import.empty", path=str(path))
    index = _find_header(records, header_row, known, path)
    header = tuple(cell.strip() for cell in records[index])
    line = sum(texts.count_lines(record) for record in records[: index + 1])
    whole = len(lines) < max(200, header_row or 0)
    bare = whole and not any(any(record) and record != ["\x1a"] for record in records[index + 1 :])
    notices = (Issue(line, None, "", "warning", "import.no_rows", {"path": str(path)}),) if bare else ()
    return SourceTable(path, "csv", codec, mark, "", (), header, line, notices, _skip=index + 1)


def _find_header(records: Sequence[Sequence[str]], wanted: int | None, known: KnownHeaders, path: Path) -> int:
    """Index of the header among ``records``."""
    if wanted is not None:
        if not 1 <= wanted <= len(records) or not any(map(str.strip, records[wanted - 1])):
            raise InputFault("import.header_row", path=str(path), line=wanted)
        return wanted - 1
    filled = [index for index, record in enumerate(records) if any(map(str.strip, record))][: texts.SEARCHED]
    named = [known.count(records[index]) for index in filled]
    if named and max(named) >= 2:
        return filled[named.index(max(named))]
    sizes = [len({cell.strip() for cell in records[index]} - {""}) for index in filled]
    return next(index for index, size in zip(filled, sizes, strict=True) if size * 10 >= max(sizes) * 6)


def _text_batches(table: SourceTable, size: int) -> Iterator[Batch]:
    state = texts.BlockState()
    texts.limit_cells()
    try:
        with texts.open_text(table.path, table.encoding) as stream:
            reader = csv.reader(chain.from_iterable(texts.read_blocks(stream, state, table.encoding)), delimiter=table.delimiter)
            for _ in islice(reader, table._skip):
                pass
            last: list[str] = []
            while True:
                before = reader.line_num
                rows = list(islice(reader, size))
                if not rows:
                    break
                last = rows[-1]
                plain = reader.line_num - before == len(rows)
                lines = range(before + 1, before + 1 + len(rows)) if plain else texts.number_lines(rows, before)
                if state.guarded:
                    rows = [[_GUARDED.sub("", cell) if cell[:1] == "'" else cell for cell in row] for row in rows]
                yield _sort_widths(table, lines, rows)
            if any("\n" in cell or "\r" in cell for cell in last):
                texts.refuse_open_quote(table.path, table.encoding, table.delimiter)
    except UnicodeError as error:
        raise encodings.decode_fault(table.path, table.encoding) from error
    except (texts.Suspect, csv.Error) as error:
        raise texts.diagnose(table.path, table.encoding, table.delimiter) from error
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(table.path), reason=error.strerror or str(error)) from error


def _sort_widths(table: SourceTable, lines: Sequence[int], rows: list[list[str]]) -> Batch:
    """Rows as wide as the header, and the others. The usual case is settled without touching a row in Python."""
    width = len(table.header)
    if set(map(len, rows)) == {width} and all(map(any, rows)):
        return Batch(lines, rows)
    good_lines: list[int] = []
    good: list[list[str]] = []
    problems: list[SourceRow] = []
    least = max((index + 1 for index, cell in enumerate(table.header) if cell), default=width)
    for line, row in zip(lines, rows, strict=True):
        if not any(row) or row == ["\x1a"]:  # blank, or the end-of-file mark of old systems
            continue
        if len(row) > width and any(map(str.strip, row[width:])):
            problems.append(SourceRow(line, tuple(row), "import.too_many_cells"))
        elif len(row) < least and not table.pad_short:
            problems.append(SourceRow(line, tuple(row), "import.too_few_cells"))
        else:
            good_lines.append(line)
            good.append((row + [""] * (width - len(row)))[:width])
    return Batch(good_lines, good, tuple(problems))


# Workbooks


def _open_workbook(
    path: Path, kind: str, sheet: str | None, header_row: int | None, known: KnownHeaders, limits: WorkbookLimits
) -> SourceTable:
    facts = spreadsheets.inspect_workbook(path, limits) if kind == "xlsx" else spreadsheets.WorkbookFacts()
    book = spreadsheets.load_workbook(path)
    names = spreadsheets.visible_sheets(book)
    if sheet is not None and sheet not in book.sheet_names:
        raise InputFault("import.sheet_missing", path=str(path), sheet=sheet, offered=", ".join(names))
    name, data, first = _choose_sheet(path, book, [sheet] if sheet is not None else names, known, header_row)
    index = _find_header(first, header_row, known, path)
    rows = max(200, header_row or 0)
    notices = [*_renamed(path, kind), *_sheet_notices(path, facts.sheets.get(name))]
    if len(first) < rows and not any(any(map(str.strip, row)) for row in first[index + 1 :]):
        notices.append(Issue(index + 1, None, "", "warning", "import.no_rows", {"path": str(path)}))
    header = tuple(cell.strip() for cell in first[index])
    return SourceTable(path, kind, "", "", name, tuple(names), header, index + 1, tuple(notices), _skip=index + 1, _data=data)


def _choose_sheet(
    path: Path, book: Any, names: list[str], known: KnownHeaders, header_row: int | None
) -> tuple[str, CalamineSheet, list[list[str]]]:
    """The first sheet that names at least three fields; else the one that names most; an empty one never."""
    best: tuple[int, str, CalamineSheet, list[list[str]]] | None = None
    for name in names:
        data = spreadsheets.load_sheet(path, book, name)
        first = list(islice(spreadsheets.sheet_rows(data), max(200, header_row or 0)))
        filled = [row for row in first if any(map(str.strip, row))]
        if not filled:
            continue
        score = max(known.count(row) for row in filled[: texts.SEARCHED])
        if best is None or score > best[0]:
            best = (score, name, data, first)
        if score >= 3 or not known.exact:
            break
    if best is None:
        raise InputFault("import.empty", path=str(path))
    return best[1:]


def _renamed(path: Path, kind: str) -> list[Issue]:
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xltx", ".xls"):
        return []
    return [Issue(None, None, "", "warning", "import.renamed_workbook", {"path": str(path), "kind": kind})]


def _sheet_notices(path: Path, facts: spreadsheets.SheetFacts | None) -> list[Issue]:
    notices: list[Issue] = []
    if facts is not None and facts.bare_formulas:
        params = {"path": str(path), "count": facts.bare_formulas, "cell": facts.first_bare}
        notices.append(Issue(None, None, "", "warning", "import.formula_without_value", params))
    if facts is not None and facts.error_cells:
        notices.append(Issue(None, None, "", "warning", "import.cell_errors", {"path": str(path), "count": facts.error_cells}))
    return notices


def _sheet_batches(table: SourceTable, size: int) -> Iterator[Batch]:
    assert table._data is not None
    rows = islice(spreadsheets.sheet_rows(table._data), table._skip, None)
    line = table._skip + 1
    while chunk := list(islice(rows, size)):
        kept = [(number, row) for number, row in enumerate(chunk, start=line) if any(map(str.strip, row))]
        for number, row in kept:
            if max(map(len, row)) > CELL_LIMIT:
                raise InputFault("import.cell_too_long", path=str(table.path), line=number, limit=CELL_LIMIT)
        if kept:
            yield _sort_widths(table, [number for number, _ in kept], [row for _, row in kept])
        line += len(chunk)
