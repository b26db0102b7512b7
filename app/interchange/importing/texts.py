"""Text cut into lines and blocks for the csv parser, with limits that hold before memory is spent.

There are two readers of the same text: a fast one that checks whole blocks, and a slow one that says which line is wrong.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from app.domain.errors import InputFault
from app.interchange.importing import encoding as encodings
from app.interchange.importing.mapping import KnownHeaders

CELL_LIMIT = 100_000  # characters in one cell
LINE_LIMIT = 2_000_000  # characters in one line of text
SEARCHED = 10  # filled rows among which the header is looked for
_BLOCK = 1 << 17
_BREAK = re.compile(r"\r\n|\r|\n")
_MAY_GUARD = re.compile("'[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def read_first_lines(path: Path, codec: str, count: int) -> list[str]:
    """Up to ``count`` lines, checked. Raises the fault of the first one that is wrong."""
    try:
        with open_text(path, codec) as stream:
            return list(islice(_checked_lines(path, stream, codec), count))
    except UnicodeError as error:
        raise encodings.decode_fault(path, codec) from error


def open_text(path: Path, codec: str) -> io.TextIOWrapper:
    """The file as strict text, line ends as they are."""
    return io.TextIOWrapper(path.open("rb", buffering=_BLOCK), encoding=codec, errors="strict", newline="")


def _checked_lines(path: Path, stream: io.TextIOWrapper, codec: str) -> Iterator[str]:
    """Lines one by one; says exactly which is wrong."""
    for number, line in enumerate(iter(lambda: stream.readline(LINE_LIMIT), ""), start=1):
        if len(line) >= LINE_LIMIT:
            raise InputFault("import.cell_too_long", path=str(path), line=number, limit=CELL_LIMIT)
        if "\0" in line:
            raise InputFault("import.nul", path=str(path), line=number)
        if encodings.holds_stray_bytes(line, codec):
            raise encodings.decode_fault(path, codec)
        yield line


def sniff_delimiter(lines: list[str], known: KnownHeaders) -> str:
    """Comma, tab or semicolon: the one whose columns name most fields, else the one that splits most rows alike."""
    best, found = (0, 0, 0), ","
    for mark in (",", "\t", ";"):
        if not any(mark in line for line in lines):
            continue
        try:
            records = [record for record in islice(csv.reader(lines, delimiter=mark), 20) if record]
        except csv.Error:
            continue
        named = max((known.count(record) for record in records[:SEARCHED]), default=0)
        widths = [len(record) for record in records if len(record) > 1]
        score = (named, *max(((widths.count(width), width - 1) for width in widths), default=(0, 0)))
        if score > best:
            best, found = score, mark
    return found


def read_first_records(path: Path, lines: list[str], mark: str) -> list[list[str]]:
    """The records that begin in ``lines``."""
    reader = csv.reader(lines, delimiter=mark)
    records: list[list[str]] = []
    limit_cells()
    while True:
        start = reader.line_num + 1
        try:
            records.append(next(reader))
        except StopIteration:
            return records
        except csv.Error as error:
            raise InputFault("import.cell_too_long", path=str(path), line=start, limit=CELL_LIMIT) from error


def limit_cells() -> None:
    """The csv module has one limit per process; everybody who reads tables here wants this one."""
    if csv.field_size_limit() != CELL_LIMIT:
        csv.field_size_limit(CELL_LIMIT)


def count_lines(record: list[str]) -> int:
    """How many lines of the file a record takes."""
    return 1 + sum(len(_BREAK.findall(cell)) for cell in record if "\n" in cell or "\r" in cell)


class Suspect(Exception):
    """Something is wrong in the block just read; the slow reader finds out what and where."""


class BlockState:
    """Whether any block so far may hold a cell that the exporter guarded with an apostrophe."""

    __slots__ = ("guarded",)

    def __init__(self) -> None:
        self.guarded = False


def read_blocks(stream: io.TextIOWrapper, state: BlockState, codec: str) -> Iterator[io.StringIO]:
    """The text in blocks of whole lines. Checks run on blocks, so that a row costs nothing beyond the csv parser."""
    while block := stream.read(_BLOCK):
        rest = stream.readline(LINE_LIMIT)
        if len(rest) >= LINE_LIMIT:
            raise Suspect
        block += rest
        if "\0" in block or encodings.holds_stray_bytes(block, codec):
            raise Suspect
        if "'" in block and _MAY_GUARD.search(block):
            state.guarded = True
        yield io.StringIO(block, newline="")


def number_lines(rows: list[list[str]], before: int) -> list[int]:
    """First line of each row when some cells hold line breaks. ``before``: last line of the row before them."""
    numbers: list[int] = []
    line = before + 1
    for row in rows:
        numbers.append(line)
        line += count_lines(row)
    return numbers


def diagnose(path: Path, codec: str, mark: str) -> InputFault:
    """Read again, record by record, up to what is wrong, to say on which line it begins."""
    try:
        with open_text(path, codec) as stream:
            reader = csv.reader(_checked_lines(path, stream, codec), delimiter=mark)
            while True:
                start = reader.line_num + 1
                try:
                    next(reader)
                except StopIteration:
                    return InputFault("import.changed_while_reading", path=str(path))
                except csv.Error:
                    return InputFault("import.cell_too_long", path=str(path), line=start, limit=CELL_LIMIT)
    except UnicodeError:
        return encodings.decode_fault(path, codec)
    except InputFault as fault:
        return fault


def refuse_open_quote(path: Path, codec: str, mark: str) -> None:
    """The last record holds a line break: make sure that its quotation mark was closed before the file ended."""
    with open_text(path, codec) as stream:
        reader = csv.reader(stream, delimiter=mark, strict=False)
        start, height = 1, 0
        for record in reader:
            start, height = start + height, count_lines(record) if record else 1
    with open_text(path, codec) as stream:
        text = "".join(islice(stream, start - 1, None))
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            pass
    except csv.Error as error:
        if "end of data" in str(error):
            raise InputFault("import.quote_open", path=str(path), line=start) from error
