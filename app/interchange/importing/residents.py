"""Lists of residents, streamed: a million rows pass through without being kept.

Texts go on exactly as written, without outer spaces. A birth date that cannot be read is a warning and stays as it is; a row
with neither name nor kana, or with a number that an earlier row has, is rejected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import or_
from pathlib import Path

from app.domain.errors import InputFault, RuleViolation
from app.domain.folding import fold_name
from app.domain.households import HouseholdCheck
from app.domain.resident import ALIAS_BETWEEN, ResidentRow
from app.domain.words import find_code
from app.interchange.importing.mapping import KnownHeaders, load_fields
from app.interchange.importing.outcome import broken_params, mostly_broken
from app.interchange.importing.reading import SourceRow
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, open_source, tell_postal
from app.interchange.importing.values import birth_problem, fold_word, read_integer, read_protected, word_set
from app.presentation.messages import message
from app.usecases.job import QUIET, Job

BATCH = 1000
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
_ALIASES = ("former_name", "common_name", "latin_name")
_READING, _CHECKING = "import.reading", "import.checking"
_MARKS_BITS = 27
_MARKS_MASK = (1 << _MARKS_BITS) - 1
_PAGE_BITS = 10
_PAGE_MASK = (1 << _PAGE_BITS) - 1
_PAGES_LEAST = 10_000
_DIGITS_MOST = 40


@dataclass(slots=True)
class ResidentSource:
    """Files of residents, opened and mapped but not yet read. ``batches`` reads them once and fills ``results`` and ``accepted``."""

    results: list[ReadResult]
    stop_on_error: bool = False
    force: bool = False
    accepted: int = 0
    households: HouseholdCheck = field(default_factory=HouseholdCheck)

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
        order of the file behind the head. The end raises RuleViolation ``import.stopped`` with ``stop_on_error``, and
        ``import.mostly_broken`` without ``force`` when more than half of the rows are no good, so that a transaction around it is
        rolled back.
        """
        total = sum(result.table.estimate_rows() for result in self.results)
        seen = _Numbers(self.results, job)
        for number, result in enumerate(self.results):
            for rows in _read(result, number, seen):
                self.accepted += len(rows)
                job.report(self.read, total, _READING)
                if rows:
                    self.households.take(rows, result.table.path.name)
                    yield rows
        if self.stop_on_error and self.rejected:
            raise RuleViolation("import.stopped", path=str(self.results[0].table.path), count=self.rejected, report="")
        if self.accepted and not self.force and mostly_broken(self.read, self.rejected):
            raise RuleViolation("import.mostly_broken", **broken_params(self.results))


def open_residents(paths: Iterable[Path | str], *, options: ReadOptions = DEFAULTS, stop_on_error: bool = False) -> ResidentSource:
    """Open and map resident files, all of them before anything is read. Raises what ``open_source`` raises."""
    results = [open_source(path, "residents", options=options) for path in paths]
    for result in results:
        refuse_other_lists(result)
    return ResidentSource(results, stop_on_error, options.force)


def refuse_other_lists(result: ReadResult) -> None:
    """InputFault ``rebuild.wrong_file`` for a list of shelters or the like: no column of a person, several of a shelter."""
    personal = {"resident_no", "kana", "birth", "sex", "relation", "household_no"}
    if personal & result.headers.columns.keys():
        return
    header = [*result.table.header]
    for target, least in (("shelters", 4), ("headcounts", 4)):
        known = KnownHeaders.of(load_fields(target))
        own = {found[1] for cell in header if (found := known.recognise(cell))} - {"name", "address", "phone", "district", "note", "kind"}
        if known.count(header) >= least and own:
            raise InputFault(
                "rebuild.wrong_file", path=str(result.table.path), line=result.table.header_line, kind=message(f"rebuild.kind_{target}")
            )


class NumberSet:
    """Remembers very many numbers in little memory, and may rarely know one it was never given.

    Numbers of residents lie close together: they are bits in pages of a thousand. When the pages stay nearly empty, or for texts that
    are no numbers, it keeps hashes.
    """

    def __init__(self) -> None:
        self._pages: dict[int, int] | None = {}
        self._hashes: set[int] = set()
        self._count = 0

    def add(self, text: str) -> bool:
        """Take a number; answers whether it is new."""
        if self._pages is not None and text.isdecimal() and text.isascii() and len(text) <= _DIGITS_MOST:
            value = int("1" + text)  # so that zeros in front count
            page, bit = value >> _PAGE_BITS, 1 << (value & _PAGE_MASK)
            bits = self._pages.get(page, 0)
            if bits & bit:
                return False
            self._pages[page] = bits | bit
            self._count += 1
            if len(self._pages) > _PAGES_LEAST + self._count // 8:
                self._keep_hashes()
            return True
        mark = hash(text)
        if mark in self._hashes:
            return False
        self._hashes.add(mark)
        return True

    def _keep_hashes(self) -> None:
        pages, self._pages = self._pages or {}, None
        for page, bits in pages.items():
            while bits:
                lowest = bits & -bits
                self._hashes.add(hash(str((page << _PAGE_BITS) + lowest.bit_length() - 1)[1:]))
                bits ^= lowest


class _Numbers:
    """Numbers of the residents taken so far. Only when one seems to come twice are the files read again, to know for certain and to say
    where it was first.
    """

    def __init__(self, results: Sequence[ReadResult], job: Job) -> None:
        self._results, self._job = results, job
        self._seen = NumberSet()
        self._first: dict[str, tuple[int, int]] | None = None
        self._who: dict[str, tuple[str, str]] = {}

    def add(self, text: str) -> bool:
        """Take the number of a resident; False when somebody else seems to have it, which ``first`` tells for certain."""
        return self._seen.add(text)

    def first(self, text: str, place: tuple[int, int]) -> tuple[int, int] | None:
        """The place (file and line) of the resident who has the number already, or None if nobody but the one at ``place`` has."""
        if self._first is None:
            self._first = self._find_first()
        first = self._first.get(text, place)
        return None if first == place else first

    def is_other(self, text: str, name: str, birth: str) -> bool:
        """Whether the resident who has the number already differs in name and birth date: not the same person given twice."""
        first_name, first_birth = self._who.get(text, (name, birth))
        return fold_name(first_name) != fold_name(name) and first_birth != birth

    def _find_first(self) -> dict[str, tuple[int, int]]:
        """Where each number that may come more than once comes first, at somebody with a name. Reads all files twice."""
        suspects = self._find_suspects()
        first: dict[str, tuple[int, int]] = {}
        for number, line, text, who in self._all():
            if text in suspects:
                first.setdefault(text, (number, line))
                self._who.setdefault(text, who)
        return first

    def _find_suspects(self) -> set[str]:
        """Numbers that may occur more than once; a few others are among them."""
        marks = bytearray(1 << _MARKS_BITS - 3)
        suspects: set[str] = set()
        for _, _, text, _ in self._all():
            place = hash(text) & _MARKS_MASK
            bit = 1 << (place & 7)
            if marks[place >> 3] & bit:
                suspects.add(text)
            else:
                marks[place >> 3] |= bit
        return suspects

    def _all(self) -> Iterator[tuple[int, int, str, tuple[str, str]]]:
        """File, line and number of every row that names somebody, with name and birth date."""
        for number, result in enumerate(self._results):
            columns = result.headers.columns
            if "resident_no" not in columns:
                continue
            at, named = columns["resident_no"], [columns[key] for key in ("name", "kana") if key in columns]
            born = columns.get("birth")
            for batch in result.table.batches(BATCH):
                self._job.report(batch.lines[-1] if batch.lines else 0, None, _CHECKING)
                for line, cells in zip(batch.lines, batch.rows, strict=True):
                    text = cells[at].strip()
                    if text and any(cells[place].strip() for place in named):
                        yield number, line, text, (cells[named[0]].strip(), "" if born is None else cells[born].strip())


def _read(result: ReadResult, number: int, seen: _Numbers) -> Iterator[list[ResidentRow]]:
    make = RowMaker(result, number, seen)
    for batch in result.table.batches(BATCH):
        result.read += len(batch.lines) + len(batch.problems)
        for row in batch.problems:
            result.cells[row.line] = row
            result.reject(row.line, row.problem or "import.too_few_cells")
        yield make.rows(batch.lines, batch.rows)
    if make.gone:
        result.report.warn("import.residents_gone", column=result.heading("status"), count=make.gone)
    tell_postal(result)


class RowMaker:
    """Turns rows of one file into residents, column by column: what is the same for all rows is settled once.

    ``seen`` is None when each number is known to come once.
    """

    def __init__(self, result: ReadResult, number: int, seen: _Numbers | None) -> None:
        self.result = result
        self.gone = 0
        self._number = number
        self._seen = seen
        self._at = result.headers.columns
        self._aliases = [key for key in _ALIASES if key in self._at]

    def rows(self, lines: Sequence[int], rows: list[list[str]]) -> list[ResidentRow]:
        """The good rows of a batch."""
        lines, columns = self._good(lines, rows)
        if not lines:
            return []
        plain = {key: self._column(columns, key, len(lines)) for key in _PLAIN}
        self._warn_births(lines, plain["birth"])
        if "status" in self._at:
            self.gone += sum(map(_is_gone, columns[self._at["status"]]))
        plain["address"] = self._addresses(columns, plain["address"])
        plain["postal"] = self._postals(lines, plain["postal"], plain["address"])
        made = zip(
            *plain.values(),
            self._protected(lines, columns),
            self._orders(lines, columns, plain["relation"]),
            self._other_names(columns, plain["name"]),
            lines,
            strict=True,
        )
        return list(map(ResidentRow._make, made))

    def _column(self, columns: Sequence[Sequence[str]], key: str, height: int) -> list[str]:
        """The cells of a field without outer spaces; empty ones for a field that the file lacks."""
        at = self._at.get(key)
        return [""] * height if at is None else list(map(str.strip, columns[at]))

    def _good(self, lines: Sequence[int], rows: list[list[str]]) -> tuple[Sequence[int], Sequence[Sequence[str]]]:
        """Lines and columns of the rows that name somebody whose number no earlier row has. The others are rejected."""
        columns: Sequence[Sequence[str]] = list(zip(*rows, strict=True))
        if not lines:
            return lines, columns
        names, kanas = self._column(columns, "name", len(rows)), self._column(columns, "kana", len(rows))
        numbers = self._column(columns, "resident_no", len(rows))
        seen = self._seen if "resident_no" in self._at else None
        named = list(map(or_, map(bool, names), map(bool, kanas)))
        again = set() if seen is None else {at for at, number in enumerate(numbers) if number and named[at] and not seen.add(number)}
        if not again and all(named):
            return lines, columns
        births = self._column(columns, "birth", len(rows))
        kept = []
        for at, (line, number) in enumerate(zip(lines, numbers, strict=True)):
            if not named[at]:
                self._reject(line, rows[at], "name", "import.name_missing")
            elif seen is not None and at in again and (first := seen.first(number, (self._number, line))) is not None:
                if "history_no" in self._at:
                    raise RuleViolation("import.history_found", path=str(self.result.table.path), line=line, first=first[1])
                place = str(first[1]) if first[0] == self._number else "-"
                code = (
                    "rebuild.two_people_one_number" if seen.is_other(number, names[at] or kanas[at], births[at]) else "import.duplicate_id"
                )
                self._reject(line, rows[at], "resident_no", code, value=number, id=number, first=place)
            else:
                kept.append(at)
        return [lines[at] for at in kept], list(zip(*(rows[at] for at in kept), strict=True))

    def _reject(self, line: int, cells: Sequence[str], key: str, code: str, *, value: str = "", **params: object) -> None:
        self.result.cells[line] = SourceRow(line, tuple(cells))
        self.result.reject(line, code, column=self.result.heading(key), value=value, **params)

    def _warn_births(self, lines: Sequence[int], births: Sequence[str]) -> None:
        problems = list(map(birth_problem, births))
        if not any(problems):
            return
        for line, birth, problem in zip(lines, births, problems, strict=True):
            if problem is not None:
                self.result.report.warn(
                    "import.birth_odd", line=line, column=self.result.heading("birth"), value=birth, text=birth, reason_code=problem
                )

    def _addresses(self, columns: Sequence[Sequence[str]], addresses: list[str]) -> list[str]:
        """Addresses with building and room, where these have a column of their own."""
        details = self._column(columns, "address_detail", len(addresses))
        if not any(details):
            return addresses
        return [f"{one}{_WIDE_SPACE}{detail}" if one and detail else one or detail for one, detail in zip(addresses, details, strict=True)]

    def _postals(self, lines: Sequence[int], postals: list[str], addresses: Sequence[str]) -> list[str]:
        """Postal codes checked against the addresses; as the file has them, unless missing ones are to be put in."""
        check = self.result.postal
        if "postal" not in self._at and not check.fill:
            return postals
        for place, kept, odd in check.look_at_all(postals, addresses):
            if odd:
                self.result.report.warn(f"import.{odd}", line=lines[place], column=self.result.heading("postal"), value=postals[place])
            postals[place] = kept
        return postals

    def _other_names(self, columns: Sequence[Sequence[str]], names: list[str]) -> list[str]:
        found = [self._column(columns, key, len(names)) for key in self._aliases]
        if not any(map(any, found)):
            return [""] * len(names)
        return [ALIAS_BETWEEN.join(dict.fromkeys(o for o in others if o and o != n)) for n, *others in zip(names, *found, strict=True)]

    def _protected(self, lines: Sequence[int], columns: Sequence[Sequence[str]]) -> list[bool]:
        marks = columns[self._at["protected"]] if "protected" in self._at else ()
        if not any(marks):
            return [False] * len(lines)
        told = list(map(read_protected, marks))
        for line, mark, (_, understood) in zip(lines, marks, told, strict=True):
            if not understood:
                heading = self.result.heading("protected")
                self.result.report.warn("import.protected_unknown", line=line, column=heading, value=mark, text=mark)
        self.result.protected.update(line for line, (protected, _) in zip(lines, told, strict=True) if protected)
        return [protected for protected, _ in told]

    def _orders(self, lines: Sequence[int], columns: Sequence[Sequence[str]], relations: list[str]) -> list[int]:
        if "order" not in self._at:
            return list(map(_rank_of, relations))
        texts = self._column(columns, "order", len(lines))
        orders = list(map(_read_order, texts))
        if None in orders:
            for line, text, order in zip(lines, texts, orders, strict=True):
                if order is None:
                    heading = self.result.heading("order")
                    self.result.report.warn("import.number_unreadable", line=line, column=heading, value=text, text=text)
        return [order or 0 for order in orders]


@lru_cache(maxsize=4096)
def _read_order(text: str) -> int | None:
    """The rank in a household; 0 for none, None for what is no rank."""
    number = read_integer(text) if text else 0
    return None if number is None or not 0 <= number < 1_000_000 else number


@lru_cache(maxsize=4096)
def _rank_of(relation: str) -> int:
    """1 for the head, 0 for anybody else."""
    return int(bool(relation) and find_code("relation_head", relation) is not None)


@lru_cache(maxsize=4096)
def _is_gone(status: str) -> bool:
    return fold_word(status) in word_set("status", "gone")
