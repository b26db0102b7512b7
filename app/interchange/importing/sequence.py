"""The files of a rebuild before they are read: which day and number each is of, whether it is whole, and in which order they belong.

Day and number come from a header or trailer record, else from the name of the file. A file that does not match its checksum stops
everything; a missing day, a file given twice or files out of order are told, put right and gone on with.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from app import resources
from app.domain.dates import parse_date
from app.domain.errors import EnvironmentFault, InputFault, SasaeError
from app.domain.resident import Finding
from app.interchange.importing.source import ReadResult
from app.interchange.importing.values import fold_word

Role = Literal["full", "difference"]
_BLOCK = 1 << 20
_TAIL = 4096
_DAY = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_ERA_DAY = re.compile(r"(?<![A-Za-z\d])R0?(\d{1,2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)", re.IGNORECASE)
_SHORT_DAY = re.compile(r"(?<!\d)(0[1-9]|1[0-2])[-_]?(0[1-9]|[12]\d|3[01])(?!\d)")
_LAST_NUMBER = re.compile(r"(\d{1,5})(?=\D*$)")
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_REIWA = 2018
_MOST_CELLS = 6


class Record(NamedTuple):
    """A header or trailer: what it says, and its filled cells to know it again."""

    cells: tuple[str, ...]
    day: date | None = None
    serial: int | None = None
    rows: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFile:
    """A file of a rebuild. ``day`` is the last it covers, ``serial`` its number in a row; None when nothing tells. ``sha256`` of all of it."""

    result: ReadResult
    role: Role
    sha256: str
    day: date | None
    serial: int | None
    trailer: Record | None

    @property
    def name(self) -> str:
        """Its name without folder."""
        return self.result.table.path.name

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.result.table.path


def look_at(result: ReadResult, role: Role, *, about: date) -> HistoryFile:
    """Read a file once as bytes: hash, trailer, checksums; and its name. ``about`` gives a year to a day without one.

    InputFault ``rebuild.checksum_mismatch``.
    """
    path = result.table.path
    head, trailer = _records(result)
    whole, before = _hash_file(path, trailer, result.table.encoding)
    _check_hash(path, whole, before, trailer)
    named_day, named_serial = read_name(path.stem, about=about)
    says = [record for record in (head, trailer) if record is not None]
    day = next((record.day for record in says if record.day), named_day)
    serial = next((record.serial for record in says if record.serial is not None), named_serial)
    return HistoryFile(result=result, role=role, sha256=whole, day=day, serial=serial, trailer=trailer)


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    data: dict[str, Any] = resources.read_toml("import", "reasons.toml")["sequence"]
    return data | {key: frozenset(map(fold_word, data[key])) for key in ("trailer", "header", "serial", "count")}


def read_name(stem: str, *, about: date) -> tuple[date | None, int | None]:
    """Day and number that the name of a file tells. Four digits are a day only when they can be one."""
    day: date | None = None
    rest = stem
    for pattern in (_DAY, _ERA_DAY, _SHORT_DAY):
        if found := pattern.search(stem):
            day = _named_day(found, pattern, about)
            if day is not None:
                rest = stem[: found.start()] + " " + stem[found.end() :]
                break
    named = re.search(_words()["serial_name"], rest, re.IGNORECASE)
    number = named or _LAST_NUMBER.search(rest)
    return day, int(number[1]) if number else None


def _named_day(found: re.Match[str], pattern: re.Pattern[str], about: date) -> date | None:
    try:
        if pattern is _SHORT_DAY:
            years = (about.year, about.year - 1, about.year + 1)
            days = [date(year, int(found[1]), int(found[2])) for year in years]
            return min(days, key=lambda day: abs((day - about).days))
        year = int(found[1]) + (_REIWA if pattern is _ERA_DAY else 0)
        return date(year, int(found[2]), int(found[3]))
    except ValueError:
        return None


def _records(result: ReadResult) -> tuple[Record | None, Record | None]:
    """The record before the headings and the one after the last row, of a text file that has them."""
    table = result.table
    if table.format != "csv" or table.encoding.startswith("utf-16"):
        return None, None
    try:
        with table.path.open("rb") as file:
            start = file.read(_BLOCK if table.header_line > 1 else 0).splitlines()[: table.header_line - 1]
            file.seek(max(0, table.path.stat().st_size - _TAIL))
            end = [line for line in file.read().splitlines() if line.strip(b" \t\x1a,")]
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(table.path), reason=error.strerror or str(error)) from error
    head = next((found for line in start if (found := _read_record(line, result, _words()["header"])) is not None), None)
    return head, _read_record(end[-1], result, _words()["trailer"]) if end else None


def _read_record(line: bytes, result: ReadResult, firsts: frozenset[str]) -> Record | None:
    text = line.decode(result.table.encoding, errors="replace").lstrip("\ufeff")
    cells = next(csv.reader([text], delimiter=result.table.delimiter), [])
    filled = tuple(cell.strip() for cell in cells if cell.strip())
    if not filled or len(filled) > min(_MOST_CELLS, len(result.table.header) - 1) or fold_word(filled[0]) not in firsts:
        return None
    day, serial, count, sha256 = None, None, None, ""
    for before, cell in zip(("", *filled), filled, strict=False):
        plain = fold_word(cell)
        if _HASH.fullmatch(plain):
            sha256 = plain
        elif len(plain) >= 8 and (found := _as_day(plain)) is not None:
            day = found
        elif plain.isdecimal() and fold_word(before) in _words()["serial"]:
            serial = int(plain)
        elif plain.replace(",", "").isdecimal() and fold_word(before) in _words()["count"]:
            count = int(plain.replace(",", ""))
        elif (found := _as_day(plain) if len(plain) >= 6 else None) is not None:
            day = found
        elif plain.isdecimal() and cell is not filled[0]:
            count, serial = (int(plain), serial) if count is None and "T" in _kind(filled[0]) else (count, int(plain))
    return Record(filled, day, serial, count, sha256)


def _kind(first: str) -> str:
    return "T" if fold_word(first) in _words()["trailer"] else "H"


def _as_day(text: str) -> date | None:
    try:
        found = parse_date(text).day
    except SasaeError:
        return None
    return found if found is not None and found.year >= 2000 else None


def _hash_file(path: Path, trailer: Record | None, encoding: str) -> tuple[str, str]:
    """The hash of the file, and of what stands before its trailer line."""
    try:
        size, whole, before = path.stat().st_size, hashlib.sha256(), ""
        cut = size
        with path.open("rb") as file:
            if trailer is not None and trailer.sha256:
                file.seek(max(0, size - _TAIL))
                tail = file.read()
                cut = size - len(tail) + tail.rfind(trailer.cells[0].encode(encoding), 0, tail.lower().rfind(trailer.sha256.encode()))
                file.seek(0)
            done = 0
            while block := file.read(min(_BLOCK, cut - done) if done < cut else _BLOCK):
                whole.update(block)
                done += len(block)
                if done == cut:
                    before = whole.hexdigest()
    except OSError as error:
        raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or str(error)) from error
    return whole.hexdigest(), before


def _check_hash(path: Path, whole: str, before: str, trailer: Record | None) -> None:
    for source, said in _written_hashes(path):
        if said != whole:
            raise InputFault("rebuild.checksum_mismatch", path=str(path), source=source)
    if trailer is not None and trailer.sha256 and trailer.sha256 not in (whole, before):
        raise InputFault("rebuild.checksum_mismatch", path=str(path), source=path.name)


def _written_hashes(path: Path) -> Iterable[tuple[str, str]]:
    """``(file, hash)`` that files beside this one say about it."""
    for beside in (path.with_name(path.name + ".sha256"), path.with_suffix(".sha256")):
        for line in _lines(beside):
            if found := _HASH.search(line):
                yield beside.name, found[0].lower()
                break
    for name in _words()["checksum_names"]:
        for line in _lines(path.with_name(name)):
            said, _, rest = line.partition(" ")
            if _HASH.fullmatch(said) and Path(rest.strip().lstrip("*")).name == path.name:
                yield name, said.lower()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace").splitlines() if path.is_file() else []
    except OSError:
        return []


def arrange(files: Sequence[HistoryFile]) -> tuple[list[HistoryFile], list[Finding]]:
    """Full dumps first, differences in their order, each content once; and what had to be put right."""
    notes: list[Finding] = []
    seen: dict[str, str] = {}
    kept: list[HistoryFile] = []
    for file in files:
        if file.sha256 in seen:
            notes.append(Finding("rebuild.same_file_twice", file=file.name, old=seen[file.sha256], new=file.name))
        else:
            seen[file.sha256] = file.name
            kept.append(file)
    full = [file for file in kept if file.role == "full"]
    given = [file for file in kept if file.role == "difference"]
    ordered = _ordered(given, notes)
    if [file.sha256 for file in ordered] != [file.sha256 for file in given]:
        notes.append(Finding("rebuild.put_in_order", old=_names(given), new=_names(ordered)))
    return [*full, *ordered], notes


def _names(files: Sequence[HistoryFile]) -> str:
    shown = " → ".join(file.name for file in files[:6])
    return shown + (" …" if len(files) > 6 else "")


def _ordered(given: list[HistoryFile], notes: list[Finding]) -> list[HistoryFile]:
    by_day = sorted(given, key=lambda file: file.day or date.max) if all(file.day for file in given) else None
    serials = [file.serial for file in given if file.serial is not None]
    by_serial = None
    if len(serials) == len(given) and len(set(serials)) == len(serials):
        by_serial = sorted(given, key=lambda file: file.serial or 0)
    if by_serial and by_day and [file.day for file in by_serial] != [file.day for file in by_day]:
        notes.append(Finding("rebuild.order_unclear", old=_names(by_serial), new=_names(by_day)))
        return by_day
    if by_serial is None and by_day is None and len(given) > 1:
        notes.append(Finding("rebuild.order_unknown", new=_names(given)))
    return by_day if by_day and by_serial is None else by_serial or by_day or given


def find_gaps(files: Sequence[HistoryFile], *, start: date | None, day: date, known: date) -> list[Finding]:
    """Missing numbers and days among the differences after ``start``, the day of the full dump; and where knowledge ends."""
    given = [file for file in files if file.role == "difference"]
    notes: list[Finding] = []
    serials = sorted({file.serial for file in given if file.serial is not None}) if all(file.serial is not None for file in given) else []
    for before, after in zip(serials, serials[1:], strict=False):
        if after > before + 1:
            missing = str(before + 1) if after == before + 2 else f"{before + 1}–{after - 1}"
            notes.append(Finding("rebuild.missing_serial", old=str(before), new=missing))
    days = sorted({file.day for file in given if file.day is not None})
    if days and start is not None:
        wanted = days[:1] if serials and not notes else days
        last = min(wanted[-1], known)
        missing_days = [one for n in range(1, (last - start).days) if (one := start + timedelta(days=n)) not in days]
        if missing_days:
            weekend = all(one.weekday() >= 5 for one in missing_days)
            text = ", ".join(one.isoformat() for one in missing_days[:12]) + (" …" if len(missing_days) > 12 else "")
            notes.append(Finding("rebuild.missing_weekend" if weekend else "rebuild.missing_day", old=str(len(missing_days)), new=text))
    if start is not None:
        notes += [
            Finding("rebuild.before_full", file=file.name, new=file.day.isoformat()) for file in given if file.day and file.day < start
        ]
    covered = max([*days, *([start] if start else [])], default=None)
    if covered is not None and covered < day:
        notes.append(Finding("rebuild.ends_before_day", old=day.isoformat(), new=covered.isoformat()))
    elif covered is not None and covered < known:
        notes.append(Finding("rebuild.known_until", old=known.isoformat(), new=covered.isoformat()))
    return notes


def check_count(file: HistoryFile) -> list[Finding]:
    """InputFault ``rebuild.count_mismatch`` when the trailer counts other rows than there are.

    Up to three more may be the headings, a header record and the trailer itself: that is only told.
    """
    said = file.trailer.rows if file.trailer else None
    if said is None or said == file.result.read:
        return []
    if said - file.result.read in (1, 2, 3):
        return [Finding("rebuild.count_off", file=file.name, old=str(said), new=str(file.result.read))]
    raise InputFault("rebuild.count_mismatch", path=str(file.path), declared=said, rows=file.result.read)


def with_day(file: HistoryFile, day: date | None) -> HistoryFile:
    """The file with the day its rows tell, when nothing else did."""
    return file if file.day is not None else replace(file, day=day)
