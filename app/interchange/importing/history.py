"""Files of history rows: read twice, first for what decides about each person, then for the rows chosen.

Between the two only some numbers of each row are kept, so that a million history rows fit in little memory. A row without a number, a
name or a readable date is rejected; a blank 異動日 or 処理日 counts as not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

from app import resources
from app.domain.dates import parse_date
from app.domain.errors import InputFault, SasaeError
from app.domain.folding import fold_kana, fold_name
from app.domain.history_ledger import Decisions, Facts, Ledger
from app.domain.households import HouseholdCheck
from app.domain.rebuild import EVER, NEVER, STRUCK_OFF, Kind, Note
from app.domain.resident import Finding, ResidentRow, SourceMark
from app.interchange.importing import residents
from app.interchange.importing.reading import Batch, SourceRow
from app.interchange.importing.sequence import HistoryFile
from app.interchange.importing.source import ReadResult
from app.interchange.importing.values import fold_word, read_integer, read_protected
from app.usecases.job import Job

BATCH = 1_000
_READING, _CHECKING = "import.reading", "import.checking"
_KEPT = ("resident_no", "history_no", "moved_on", "processed_on", "notified_on", "reason", "status", "name", "kana", "birth", "planned_on")
_STRUCK = (Kind.death, Kind.removal)
_MOST_NUMBER = 9_999_999
_BAD = (-1, -1)
_MAY_BE_AHEAD = frozenset((Kind.move_out, Kind.decrease, Kind.cancel_decrease, Kind.cancel_increase, Kind.cancel_change))
"""What may be entered before its day: a departure, and what undoes something."""
_FEWEST_AHEAD = 3
"""Fewer rows entered before they happened tell nothing about the columns."""


@lru_cache(maxsize=1)
def _reasons() -> tuple[dict[str, Kind], list[tuple[str, Kind]]]:
    words = {
        fold_word(word): Kind[code] for code, many in resources.read_toml("import", "reasons.toml")["reasons"].items() for word in many
    }
    return words, sorted(words.items(), key=lambda pair: len(pair[0]), reverse=True)


@lru_cache(maxsize=8192)
def read_reason(text: str) -> Kind:
    """What an 異動事由 does: a word of ``reasons.toml``, or the longest of them inside the text."""
    plain = fold_word(text)
    words, by_length = _reasons()
    found = words.get(plain)
    if found is not None or not plain:
        return found or Kind.unknown
    return next((kind for word, kind in by_length if len(word) > 1 and word in plain), Kind.unknown)


@lru_cache(maxsize=1024)
def read_status(text: str) -> int:
    """1 a resident, 0 gone, ``STRUCK_OFF`` dead or struck off, 2 when the 住民状態 says none of it."""
    plain = fold_word(text)
    status = resources.read_toml("import", "reasons.toml")["status"]
    if plain in map(fold_word, status["struck"]):
        return STRUCK_OFF
    if plain in map(fold_word, status["gone"]):
        return 0
    return 1 if plain in map(fold_word, (*status["here"], *status["planned"])) else 2


@lru_cache(maxsize=100_000)
def read_days(text: str) -> tuple[int, int]:
    """Earliest and latest day as ordinals; all days for blank and wholly unknown, ``(-1, -1)`` for what is no date. A time is dropped."""
    plain = text.strip()
    if not plain:
        return EVER, NEVER
    if len(plain) > 10 and plain[10] in " T":
        plain = plain[:10]
    elif len(plain) == 14 and plain.isdecimal():
        plain = plain[:8]
    try:
        found = parse_date(plain, lenient=True)
    except SasaeError:
        return _BAD
    return (
        found.earliest.toordinal() if found.earliest else EVER,
        found.latest.toordinal() if found.latest else NEVER,
    )


@lru_cache(maxsize=200_000)
def _birth_mark(text: str) -> int:
    return hash(read_days(text)) if text else 0


def _iso(days: tuple[int, int]) -> str:
    low, high = days
    if low == EVER or low < 0:
        return ""
    first = date.fromordinal(low).isoformat()
    return first if low == high else f"{first}/{date.fromordinal(high).isoformat() if high < NEVER else ''}"


@dataclass(slots=True)
class HistoryMaterial:
    """History files in their order. ``scan`` reads them, ``decide`` chooses; then it is a ``usecases.rebuild.Material``.

    ``told`` are findings about files and order; those about people come from the second reading.
    """

    files: list[HistoryFile]
    told: list[Finding] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    sources: tuple[SourceMark, ...] = ()
    accepted: int = 0
    _starts: list[int] = field(default_factory=list)
    _found: list[tuple[int, Finding]] = field(default_factory=list)
    _decisions: Decisions | None = None
    _check: HouseholdCheck = field(default_factory=HouseholdCheck)

    @property
    def has_strangers(self) -> bool:
        """Whether one number was found to have two people."""
        return self._decisions is not None and bool(self._decisions.strangers)

    @property
    def results(self) -> list[ReadResult]:
        """What was read of each file, with everything wrong in it."""
        return [file.result for file in self.files]

    def scan(self, job: Job, *, force: bool = False) -> None:
        """The first reading. Rejects what cannot be used.

        InputFault ``rebuild.days_swapped`` when most rows of a file were entered before they happened, unless ``force``.
        """
        total = 2 * sum(result.table.estimate_rows() for result in self.results)
        done = 0
        for file in self.files:
            self._starts.append(len(self.ledger))
            scanner = _Scanner(file, self.ledger)
            for batch in file.result.table.batches(BATCH):
                done += len(batch.lines)
                scanner.take(batch)
                job.report(done, total, _CHECKING)
            scanner.tell_unknown(self.told)
            scanner.tell_ahead(self.told, force=force)

    def latest_processed(self, at: int, *, limit: date) -> date | None:
        """The last 処理日 in a file, not after ``limit``."""
        ends = [*self._starts[1:], len(self.ledger)]
        found = self.ledger.latest_processed(self._starts[at], ends[at], limit=limit.toordinal())
        return date.fromordinal(found) if found else None

    def decide(self, *, day: date, known: date) -> None:
        """Choose the row of each person. People of one number who are not the same are refused: the later row, both lines named."""
        decisions = self._decisions = self.ledger.decide(day=day.toordinal(), known=known.toordinal())
        self.ledger = Ledger()  # a million rows of it are not needed any more
        if decisions.repeated:
            self.told.append(Finding("rebuild.rows_repeated", new=str(decisions.repeated)))

    def batches(self, job: Job) -> Iterator[Sequence[ResidentRow]]:
        """The second reading: the rows chosen, and what is to be told of people."""
        decisions = self._decisions
        assert decisions is not None
        total = 2 * sum(result.read for result in self.results)
        done = total // 2
        place = 0
        lines = self._lines_of(decisions)
        for number, file in enumerate(self.files):
            writer = _Writer(file, number, decisions, lines)
            for batch in file.result.table.batches(BATCH):
                rows = writer.rows(batch, place)
                place += len(batch.rows)
                done += len(batch.rows)
                job.report(done, total, _READING)
                if rows:
                    self.accepted += len(rows)
                    self._check.take(rows, file.name)
                    yield rows
            self._found += writer.found

    def _lines_of(self, decisions: Decisions) -> dict[int, str]:
        """File and line of the rows that others are compared with; filled while reading, as they always come first."""
        wanted = {note.other for notes in decisions.notes.values() for note in notes if note.other >= 0}
        return dict.fromkeys(wanted | set(decisions.strangers.values()), "")

    def findings(self) -> Iterator[Finding]:
        """Files first, then people case by case, then households."""
        yield from self.told
        yield from (finding for _, finding in sorted(self._found, key=lambda pair: (pair[1].code, pair[0])))
        yield from self._check.findings()


class _Scanner:
    """First reading of one file."""

    def __init__(self, file: HistoryFile, ledger: Ledger) -> None:
        self._file, self._result, self._ledger = file, file.result, ledger
        self._base = file.role == "full"
        columns, end = file.result.headers.columns, file.result.table.width
        self._kept = itemgetter(*[columns.get(key, end) for key in _KEPT])
        self._all: Callable[[list[str]], Any] = itemgetter(*sorted(columns.values()), end)
        self._trailer = file.trailer.cells if file.trailer else None
        self._unknown: dict[str, int] = {}
        self._dated = self._ahead = self._first_ahead = 0

    def take(self, batch: Batch) -> None:
        """The rows of a batch, each entered or skipped: a row's place is its position among all good rows of all files."""
        result = self._result
        result.read += len(batch.lines) + len(batch.problems)
        for row in batch.problems:
            if self._is_trailer(row.cells):
                result.read -= 1
                continue
            result.cells[row.line] = row
            result.reject(row.line, row.problem or "import.too_few_cells")
        last = len(batch.rows) - 1
        for at, (line, cells) in enumerate(zip(batch.lines, batch.rows, strict=True)):
            if at == last and self._is_trailer(cells):
                result.read -= 1
                self._ledger.skip()
                continue
            cells.append("")
            self._enter(line, cells)
            cells.pop()

    def _is_trailer(self, cells: Sequence[str]) -> bool:
        return self._trailer is not None and tuple(cell.strip() for cell in cells if cell.strip()) == self._trailer

    def _enter(self, line: int, cells: list[str]) -> None:
        number, history, moved, processed, notified, reason, status, name, kana, birth, planned = self._kept(cells)
        person = number.strip()
        if not person or not (name.strip() or kana.strip()):
            return self._refuse(line, cells, "name" if person else "resident_no", "import.name_missing" if person else "rebuild.no_number")
        serial = _read_number(history)
        if serial is None:
            return self._refuse(line, cells, "history_no", "rebuild.history_no_unreadable", text=history)
        days, entered, leaves = read_days(moved), read_days(processed if processed.strip() else notified), read_days(planned)
        for key, text, found in (("moved_on", moved, days), ("processed_on", processed, entered)):
            if found == _BAD:
                return self._refuse(line, cells, key, "rebuild.date_unreadable", text=text)
        kind = read_reason(reason)
        if kind not in _MAY_BE_AHEAD and days[0] > EVER and EVER < entered[1] < NEVER:
            self._dated += 1
            if days[0] > entered[1]:
                self._ahead += 1
                self._first_ahead = self._first_ahead or line
        if kind is Kind.unknown and reason.strip():
            self._unknown[reason.strip()] = self._unknown.get(reason.strip(), 0) + 1
        low, high = _narrow(days, entered, kind, bool(moved.strip()))
        facts = Facts(
            serial, low, high, entered[0], leaves[0] if leaves[0] > 0 and leaves[1] < NEVER else 0, kind, read_status(status),
            hash(self._all(cells)), hash(fold_name(name) if name.strip() else fold_kana(kana)), _birth_mark(birth.strip()),
        )  # fmt: skip
        self._ledger.add(person, facts, base=self._base)

    def _refuse(self, line: int, cells: list[str], key: str, code: str, *, text: str = "") -> None:
        self._ledger.skip()
        self._result.cells[line] = SourceRow(line, tuple(cells[:-1]))
        self._result.reject(line, code, column=self._result.heading(key), value=text, text=text)

    def tell_unknown(self, told: list[Finding]) -> None:
        """Reasons that no table knows, with how often they occur."""
        for reason, count in sorted(self._unknown.items(), key=lambda pair: -pair[1])[:50]:
            told.append(Finding("rebuild.reason_unknown", reason=reason, new=str(count), file=self._file.name))

    def tell_ahead(self, told: list[Finding], *, force: bool) -> None:
        """Rows entered before they happened, which only a departure can be. Most of a file: its two columns of days are swapped."""
        if not self._ahead:
            return
        if not force and self._ahead >= _FEWEST_AHEAD and self._ahead * 2 > self._dated:
            heading = self._result.heading
            raise InputFault(
                "rebuild.days_swapped", path=str(self._file.path), line=self._first_ahead, column=heading("moved_on"),
                other=heading("processed_on" if "processed_on" in self._result.headers.columns else "notified_on"),
                count=self._ahead, rows=self._dated,
            )  # fmt: skip
        told.append(
            Finding("rebuild.moved_ahead", old=str(self._first_ahead), new=str(self._ahead), file=self._file.name, line=self._first_ahead)
        )


@lru_cache(maxsize=65536)
def _read_number(text: str) -> int | None:
    """履歴番号 from 1; 0 for none."""
    if not text.strip():
        return 0
    number = read_integer(text)
    return number if number is not None and 0 <= number <= _MOST_NUMBER else None


def _narrow(days: tuple[int, int], entered: tuple[int, int], kind: Kind, given: bool) -> tuple[int, int]:
    """A day that is not certain cannot lie after the day it was entered, except for a departure planned.

    A row without any 異動日 counts as of always; a departure without one as of the day it was entered.
    """
    low, high = days
    if not given:
        return (low, low) if kind not in (*_STRUCK, Kind.move_out, Kind.decrease) else (low, min(high, entered[1]))
    if low != high and kind is not Kind.move_out and entered[1] < NEVER:
        high = max(low, min(high, entered[1]))
    return low, high


class _Writer:
    """Second reading of one file: rows chosen and findings."""

    def __init__(self, file: HistoryFile, number: int, decisions: Decisions, lines: dict[int, str]) -> None:
        self._file, self._decisions, self._lines = file, decisions, lines
        self._make = residents.RowMaker(file.result, number, None)
        columns, end = file.result.headers.columns, file.result.table.width
        self._end = end
        self._at = {key: columns.get(key, end) for key in (*_KEPT, "household_no", "protected")}
        self.found: list[tuple[int, Finding]] = []

    def rows(self, batch: Batch, first: int) -> list[ResidentRow]:
        """The rows chosen out of a batch whose first row stands at ``first``."""
        decisions = self._decisions
        flags = decisions.chosen[first : first + len(batch.rows)]
        if decisions.notes or decisions.strangers or self._lines:
            self._tell(batch, first)
        if not any(flags):
            return []
        if all(flags):
            return self._make.rows(batch.lines, batch.rows)
        picked = [at for at, flag in enumerate(flags) if flag]
        return self._make.rows([batch.lines[at] for at in picked], [batch.rows[at] for at in picked])

    def _tell(self, batch: Batch, first: int) -> None:
        notes, strangers, lines = self._decisions.notes, self._decisions.strangers, self._lines
        for at in range(len(batch.rows)):
            place = first + at
            if place in lines:
                lines[place] = f"{self._file.name}:{batch.lines[at]}"
            if place in notes:
                self.found += [(place, self._finding(note, batch, at, place)) for note in notes[place]]
            if place in strangers:
                self._refuse_stranger(batch, at, strangers[place])

    def _cell(self, cells: Sequence[str], key: str) -> str:
        at = self._at[key]
        return cells[at].strip() if at < self._end else ""

    def _finding(self, note: Note, batch: Batch, at: int, place: int) -> Finding:
        """The finding with the words of its row. Of a protected person who is not in the snapshot only file and line are kept."""
        cells = batch.rows[at]
        hidden = not self._decisions.chosen[place] and read_protected(self._cell(cells, "protected"))[0]
        own = ("", "", "") if hidden else (self._cell(cells, "resident_no"), self._cell(cells, "household_no"), self._cell(cells, "name"))
        processed = self._cell(cells, "processed_on") or self._cell(cells, "notified_on")
        other = self._lines.get(note.other, "")
        return Finding(
            note.code, *own, _iso(read_days(self._cell(cells, "moved_on"))), _iso(read_days(processed)), self._cell(cells, "reason"),
            note.old or other, note.new, self._file.name, batch.lines[at],
        )  # fmt: skip

    def _refuse_stranger(self, batch: Batch, at: int, other: int) -> None:
        result, line = self._file.result, batch.lines[at]
        number = self._cell(batch.rows[at], "resident_no")
        result.cells[line] = SourceRow(line, tuple(batch.rows[at]))
        first = self._lines.get(other, "") or "-"
        result.reject(line, "rebuild.two_people_one_number", column=result.heading("resident_no"), value=number, id=number, first=first)
