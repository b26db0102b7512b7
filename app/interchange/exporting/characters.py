"""Cells that a spreadsheet would run, and characters that an encoding cannot hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

Item = TypeVar("Item")

RISKY = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_NUMBER = re.compile(r"[-\uff0d](?:\d{1,3}(?:,\d{3})+|\d*)(?:\.\d+)?", re.ASCII)
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_VOICED = re.compile("[\u3041-\u30ff][\u3099\u309a]")
LIST_LIMIT = 10_000


class JobLike(Protocol):
    """What a long export needs of a job: progress and Cancel while it iterates. ``label`` is a message code."""

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Yield the items, telling progress; raises Cancelled."""


class Quiet:
    """A job nobody watches."""

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Yield the items."""
        yield from items


@dataclass(frozen=True, slots=True)
class Unencodable:
    """A character the file cannot hold: data row from 1 (0 = headings), heading of its column, whole cell, character, code point(s)."""

    row: int
    column: str
    text: str
    char: str
    code_point: str


@dataclass(frozen=True, slots=True)
class ExportResult:
    """Rows and bytes written. ``unencodable`` holds the first 10,000 of ``unencodable_total`` characters that did not fit.

    ``shortened`` are (row, column) of cells cut to what the format allows.
    """

    rows: int
    bytes: int
    unencodable: tuple[Unencodable, ...] = ()
    unencodable_total: int = 0
    shortened: tuple[tuple[int, str], ...] = ()


_RISKY_START = re.compile("\x00[" + "".join(map(re.escape, sorted(RISKY))) + "]")


def is_harmless(row: Sequence[Any]) -> bool:
    """Whether every cell is a text that ``cell_text`` leaves as it is. Asked of the row at once: cell by cell it takes ten times as long."""
    try:
        joined = "\x00".join(row)
    except TypeError:
        return False
    return joined[:1] not in RISKY and _RISKY_START.search(joined) is None


def neutralise(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula.

    Rule: a text that begins with = + - @, their full-width forms, a tab or a line end gets an apostrophe in front. Left alone:
    a lone minus (it stands for "none") and plain negative numbers (-12, -1,200.5). So +81… and -0767… phone style texts with
    further signs get one too. The importer takes the apostrophe off again.
    """
    if not text or text[0] not in RISKY or _NUMBER.fullmatch(text):
        return text
    return "'" + text


def cell_text(value: Any) -> str:
    """A value as the text of a cell; None is empty. Numbers are no formulas and stay as they are."""
    if isinstance(value, str):
        return neutralise(value) if value and value[0] in RISKY else value
    return "" if value is None else str(value)


@dataclass(slots=True)
class Encodability:
    """Finds and replaces what ``encoding`` cannot hold, and remembers it."""

    encoding: str
    substitute: str
    found: list[Unencodable] = field(default_factory=list)
    total: int = 0

    def fit_row(self, row: int, header: Sequence[str], cells: Sequence[str]) -> list[str]:
        """``cells`` as the encoding can hold them."""
        return [self.fit(cell, row, header[index] if index < len(header) else "") for index, cell in enumerate(cells)]

    def fit(self, text: str, row: int, column: str) -> str:
        """``text`` with each character that does not fit replaced and listed; a variant selector is taken off its character.

        Kana followed by a separate voicing mark (as macOS writes them) become one character, which loses nothing.
        """
        if self._holds(text):
            return text
        whole = _VOICED.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), text)
        result: list[str] = []
        for index, char in enumerate(whole):
            if self._holds(char):
                result.append(char)
            elif _SELECTOR.match(char) and index:
                self.note(row, column, text, whole[index - 1] + char)
            else:
                self.note(row, column, text, char)
                result.append(self.substitute)
        return "".join(result)

    def _holds(self, text: str) -> bool:
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def note(self, row: int, column: str, text: str, char: str) -> None:
        """Remember that ``char`` of ``text`` did not fit."""
        self.total += 1
        if len(self.found) < LIST_LIMIT:
            points = " ".join(f"U+{ord(part):04X}" for part in char)
            self.found.append(Unencodable(row, column, text, char, points))
