"""Lists of residents, streamed: a million rows pass through without being kept.

Texts go on exactly as written, without outer spaces. A birth date that cannot be read is a warning and stays as it is; a row
with neither name nor kana, or with a number that an earlier row has, is rejected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.domain.errors import RuleViolation
from app.domain.resident import ResidentRow
from app.domain.words import find_code
from app.interchange.importing.reading import SourceRow
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, open_source
from app.interchange.importing.values import birth_problem, fold_word, read_integer, read_protected, word_set
from app.usecases.job import QUIET, Job

BATCH = 500
_WIDE_SPACE = "\u3000"
_PLAIN = (
    "resident_no",
    "household_no",
    "name",
    "kana",
    "birth",
    "sex",
    "relation",
    "postal",
    "address",
    "district",
    "phone",
    "nationality",
)
_READING, _CHECKING = "import.reading", "import.checking"
_MARKS_BITS = 27
_MARKS_MASK = (1 << _MARKS_BITS) - 1


@dataclass(slots=True)
class ResidentSource:
    """Files of residents, opened and mapped but not yet read. ``batches`` reads them once and fills ``results`` and ``accepted``."""

    results: list[ReadResult]
    stop_on_error: bool = False
    accepted: int = 0

    @property
    def read(self) -> int:
        """Rows that held anything."""
        return sum(result.read for result in self.results)

    @property
    def rejected(self) -> int:
        """Rows that were not taken."""
        return sum(len(result.rejected) for result in self.results)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files, without folders."""
        return tuple(result.table.path.name for result in self.results)

    def batches(self, job: Job = QUIET) -> Iterator[list[ResidentRow]]:
        """All good rows, some hundred at a time.

        Household order: the file's own column where there is one; else heads get 1 and the others 0, which leaves them in the
        order of the file behind the head. With ``stop_on_error`` the end raises RuleViolation ``import.stopped``, so that a
        transaction around it is rolled back.
        """
        total = sum(result.table.estimate_rows() for result in self.results)
        seen: dict[str, tuple[int, int] | None] = dict.fromkeys(_find_suspects(self.results, job))
        for number, result in enumerate(self.results):
            for rows in _read(result, number, seen):
                self.accepted += len(rows)
                job.report(self.read, total, _READING)
                if rows:
                    yield rows
        if self.stop_on_error and self.rejected:
            raise RuleViolation("import.stopped", path=str(self.results[0].table.path), count=self.rejected, report="")


def open_residents(paths: Iterable[Path | str], *, options: ReadOptions = DEFAULTS, stop_on_error: bool = False) -> ResidentSource:
    """Open and map resident files, all of them before anything is read. Raises what ``open_source`` raises."""
    return ResidentSource([open_source(path, "residents", options=options) for path in paths], stop_on_error)


def _find_suspects(results: Sequence[ReadResult], job: Job) -> set[str]:
    """Numbers that may occur more than once: a first, quick reading, so that not a million numbers must be kept for it.

    A few others are among them. It also finds a file that breaks off or changes its encoding before anything is stored.
    """
    marks = bytearray(1 << _MARKS_BITS - 3)
    suspects: set[str] = set()
    total = sum(result.table.estimate_rows() for result in results)
    done = 0
    for result in results:
        at = result.headers.columns.get("resident_no")
        for batch in result.table.batches(BATCH):
            done += len(batch.lines)
            job.report(done, total, _CHECKING)
            if at is None:
                continue
            for cells in batch.rows:
                text = cells[at].strip()
                place = hash(text) & _MARKS_MASK
                bit = 1 << (place & 7)
                if marks[place >> 3] & bit:
                    suspects.add(text)
                else:
                    marks[place >> 3] |= bit
    return suspects


def _read(result: ReadResult, number: int, seen: dict[str, tuple[int, int] | None]) -> Iterator[list[ResidentRow]]:
    make = _RowMaker(result, number, seen)
    for batch in result.table.batches(BATCH):
        result.read += len(batch.lines) + len(batch.problems)
        for row in batch.problems:
            result.cells[row.line] = row
            result.reject(row.line, row.problem or "import.too_few_cells")
        yield make.rows(batch.lines, batch.rows)
    if make.gone:
        result.report.warn("import.residents_gone", column=result.heading("status"), count=make.gone)


class _RowMaker:
    """Turns rows of one file into residents. Written for speed: what is the same for all rows is settled once."""

    def __init__(self, result: ReadResult, number: int, seen: dict[str, tuple[int, int] | None]) -> None:
        self.result = result
        self.gone = 0
        self._number = number
        self._seen = seen
        self._at = result.headers.columns
        end = result.table.width  # an empty cell is put there for fields the file lacks
        self._picks = [self._at.get(key, end) for key in _PLAIN]
        self._detail = self._at.get("address_detail")
        self._protected = self._at.get("protected")
        self._order = self._at.get("order")
        self._status = self._at.get("status")

    def rows(self, lines: Sequence[int], rows: list[list[str]]) -> list[ResidentRow]:
        """The good rows of a batch."""
        made = []
        for line, cells in zip(lines, rows, strict=True):
            row = self._row(line, cells)
            if row is not None:
                made.append(row)
        return made

    def _row(self, line: int, cells: list[str]) -> ResidentRow | None:
        cells.append("")
        values = [cells[index].strip() for index in self._picks]
        cells.pop()
        resident_no, household_no, name, kana, birth, sex, relation, postal, address, district, phone, nationality = values
        if not name and not kana:
            self._reject(line, cells, "name", "import.name_missing")
            return None
        if resident_no in self._seen and resident_no and not self._is_new(line, cells, resident_no):
            return None
        if birth and (problem := birth_problem(birth)) is not None:
            self._warn_birth(line, birth, problem)
        if self._detail is not None and (detail := cells[self._detail].strip()):
            address = f"{address}{_WIDE_SPACE}{detail}" if address else detail
        protected = False
        if self._protected is not None and (mark := cells[self._protected]):
            protected = self._read_protected(line, mark)
        if self._status is not None and _is_gone(cells[self._status]):
            self.gone += 1
        order = self._read_order(line, cells, relation)
        return ResidentRow(
            resident_no,
            household_no,
            name,
            kana,
            birth,
            sex,
            relation,
            postal,
            address,
            district,
            phone,
            nationality,
            protected,
            order,
            "",
            line,
        )

    def _reject(self, line: int, cells: Sequence[str], key: str, code: str, *, value: str = "", **params: object) -> None:
        self.result.cells[line] = SourceRow(line, tuple(cells))
        self.result.reject(line, code, column=self.result.heading(key), value=value, **params)

    def _is_new(self, line: int, cells: Sequence[str], resident_no: str) -> bool:
        first = self._seen[resident_no]
        if first is None:
            self._seen[resident_no] = (self._number, line)
            return True
        place = str(first[1]) if first[0] == self._number else "-"
        self._reject(line, cells, "resident_no", "import.duplicate_id", value=resident_no, id=resident_no, first=place)
        return False

    def _warn_birth(self, line: int, birth: str, problem: str) -> None:
        self.result.report.warn(
            "import.birth_odd", line=line, column=self.result.heading("birth"), value=birth, text=birth, reason_code=problem
        )

    def _read_protected(self, line: int, mark: str) -> bool:
        protected, understood = read_protected(mark)
        if not understood:
            self.result.report.warn("import.protected_unknown", line=line, column=self.result.heading("protected"), value=mark, text=mark)
        return protected

    def _read_order(self, line: int, cells: Sequence[str], relation: str) -> int:
        if self._order is None:
            return 1 if relation and _is_head(relation) else 0
        text = cells[self._order].strip()
        if not text:
            return 0
        number = read_integer(text)
        if number is None or not 0 <= number < 1_000_000:
            self.result.report.warn("import.number_unreadable", line=line, column=self.result.heading("order"), value=text, text=text)
            return 0
        return number


@lru_cache(maxsize=4096)
def _is_head(relation: str) -> bool:
    return find_code("relation_head", relation) is not None


@lru_cache(maxsize=4096)
def _is_gone(status: str) -> bool:
    return fold_word(status) in word_set("status", "gone")
