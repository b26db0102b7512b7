"""A file with its columns mapped: what every importer of rows starts from and answers with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.errors import InputFault
from app.interchange.importing.mapping import FieldSpec, HeaderMap, Mapping, header_fingerprint, load_fields, map_headers, read_mapping_file
from app.interchange.importing.plausible import check_columns
from app.interchange.importing.postal import PostalCheck
from app.interchange.importing.private import HIDDEN
from app.interchange.importing.reading import SourceRow, SourceTable, open_table
from app.interchange.importing.report import ImportReport, Issue
from app.interchange.importing.shaping import Values, shape_table
from app.interchange.importing.values import read_protected
from app.usecases.context import Context
from app.usecases.plans import Entry

Recall = Callable[[Sequence[str]], Mapping | None]
"""Answers the mapping remembered for a header, if any."""

REJECTED_MOST = 100_000
"""More rejected rows than this mean a wrong file or mapping: the import is refused whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """What a person chose instead of leaving it to be found out. ``mapping`` wins over what ``recall`` remembers.

    ``values`` are words for codes by field, ``dates`` is ``era_code`` where birth dates begin with the number of their era; both are
    in a profile (``profiles``), whose name ``profile`` is then. ``force`` takes a file whose columns look swapped. ``municipality`` is
    where addresses without one lie, for checking postal codes; ``fill_postal`` puts in missing ones that are certain.
    """

    mapping: Mapping | None = None
    values: Values = field(default_factory=dict)
    dates: str = ""
    force: bool = False
    profile: str = ""
    municipality: str = ""
    fill_postal: bool = False
    recall_shape: Callable[[Sequence[str]], tuple[Values, str]] | None = None
    recall: Recall | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None


DEFAULTS = ReadOptions()


@dataclass(slots=True)
class ReadResult:
    """A file read whole: its good rows as ``entries``, everything wrong in ``report``, unusable rows in ``rejected`` by line.

    ``read`` counts rows that held anything; ``cells`` keeps the rows as they were, by line, to write those rejected later on.
    ``protected`` are lines of people under protection: what stood in them is in no report and no file of rejected rows, whoever
    imports, because those are plain files that lie about.
    """

    table: SourceTable
    headers: HeaderMap
    fields: tuple[FieldSpec, ...]
    entries: list[Entry] = field(default_factory=list)
    report: ImportReport = field(default_factory=ImportReport)
    rejected: dict[int, str] = field(default_factory=dict)
    protected: set[int] = field(default_factory=set)
    cells: dict[int, SourceRow] = field(default_factory=dict)
    read: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    postal: PostalCheck = field(default_factory=lambda: PostalCheck(""))

    @property
    def issues(self) -> list[Issue]:
        """Everything worth telling, in order of finding; nothing of what stands in the lines of protected people."""
        hidden = self.hidden_lines()
        return [_without_values(issue) if issue.line in hidden else issue for issue in self.report.all_issues()]

    def hidden_lines(self) -> set[int]:
        """Lines of protected people, as far as the file says it; a rejected row too short to say so may be one."""
        at = self.headers.columns.get("protected")
        if at is None:
            return self.protected
        rejected = (self.cells[line] for line in self.rejected if line in self.cells)
        return self.protected | {row.line for row in rejected if at >= len(row.cells) or read_protected(row.cells[at])[0]}

    @property
    def columns(self) -> dict[str, str]:
        """Field → heading as written."""
        return {key: self.table.heading(index) for key, index in self.headers.columns.items()}

    def heading(self, key: str) -> str:
        """The heading of a field as written; the key when the file has no such column."""
        index = self.headers.columns.get(key)
        return key if index is None else self.table.heading(index)

    def reject(self, line: int, code: str, *, column: str | None = None, value: str = "", **params: Any) -> None:
        """Note why a row cannot be taken. The first reason stands beside the rejected row."""
        self.report.error(code, line=line, column=column, value=value, **params)
        self.rejected.setdefault(line, code)
        if len(self.rejected) > REJECTED_MOST:
            raise InputFault("import.too_many_rejected", path=str(self.table.path), limit=REJECTED_MOST)

    def reason_issue(self, line: int) -> Issue | None:
        """The first error of a line, if it is still kept."""
        return next((issue for issue in self.report.issues if issue.line == line and issue.severity == "error"), None)


def open_source(path: Path | str, target: str, *, options: ReadOptions = DEFAULTS, pad_short: bool = False) -> ReadResult:
    """Open ``path`` for importing residents, shelters, headcounts or evacuees, and map its header.

    InputFault ``import.column_missing`` when a needed column is not there; every fault of ``open_table``.
    """
    fields = load_fields(target)
    if options.mapping:
        _check_mapping(options.mapping, fields)
    known = (*fields, *_as_fields(options.mapping))
    table = open_table(
        path, encoding=options.encoding, delimiter=options.delimiter, sheet=options.sheet, header_row=options.header_row, fields=known,
        pad_short=pad_short,
    )  # fmt: skip
    chosen = options.mapping or (options.recall(table.header) if options.recall else None)
    headers = map_headers(table.mappable, fields, chosen)
    values, dates = options.values, options.dates
    if options.recall_shape and not options.mapping:
        values, dates = options.recall_shape(table.header)
    if any(spec.part_of for spec in fields) or values:
        table, headers = shape_table(table, headers, values=values, dates=dates)
    if headers.missing:
        spec = next(spec for spec in fields if spec.key == headers.missing[0])
        raise InputFault("import.column_missing", path=str(path), line=table.header_line, column=spec.synonyms[0])
    result = ReadResult(table, headers, fields, postal=PostalCheck(options.municipality, fill=options.fill_postal))
    for notice in table.notices:
        result.report.add(notice)
    for heading in headers.duplicates:
        result.report.warn("import.column_duplicate", line=table.header_line, column=heading)
    for heading in headers.unused if options.mapping and not options.profile else ():
        result.report.warn("import.mapping_unused", line=table.header_line, column=heading)
    if target in ("residents", "evacuees"):
        for code, column, params in check_columns(table, headers.columns, force=options.force):
            result.report.warn(code, line=table.header_line, column=column, **params)
    return result


def _without_values(issue: Issue) -> Issue:
    params = {key: HIDDEN if isinstance(value, str) and not key.endswith("code") else value for key, value in issue.params.items()}
    return replace(issue, value=HIDDEN if issue.value else "", params=params)


def tell_postal(result: ReadResult) -> None:
    """How many postal codes do not fit their address, and how many were put in."""
    for code, count in (("import.postal_odd_count", result.postal.odd), ("import.postal_filled", result.postal.filled)):
        if count:
            result.report.warn(code, column=result.heading("postal"), count=count)


def _check_mapping(mapping: Mapping, fields: Sequence[FieldSpec]) -> None:
    keys = {spec.key for spec in fields}
    for heading, key in mapping.items():
        if key and key not in keys:
            raise InputFault("import.mapping_field", path="", column=heading, key=key, offered=", ".join(sorted(keys)))


def _as_fields(mapping: Mapping | None) -> tuple[FieldSpec, ...]:
    """Mapped headings as synonyms, so that the header is found by them too."""
    return tuple(FieldSpec(key, synonyms=(heading,)) for heading, key in (mapping or {}).items() if key)


def each_row(result: ReadResult) -> Iterator[tuple[int, Sequence[str]]]:
    """``(line, cells)`` of usable rows; unusable ones are rejected with their problem. Counts and keeps every row."""
    for row in result.table.rows():
        result.read += 1
        result.cells[row.line] = row
        if row.problem is not None:
            result.reject(row.line, row.problem)
        else:
            yield row.line, row.cells


def drop_row(result: ReadResult, line: int) -> None:
    """The row turned out to hold nothing (a numbered blank line of a form): it does not count."""
    result.read -= 1
    result.cells.pop(line, None)


# What was decided for a header is remembered in the settings of the data folder.


def _setting(target: str, header: Sequence[str]) -> str:
    return f"mapping.{target}.{header_fingerprint(header)}"


def recall_mapping(ctx: Context, target: str) -> Recall:
    """Looks up what was remembered for a header by ``remember_mapping``."""

    def recall(header: Sequence[str]) -> Mapping | None:
        stored = ctx.reads.settings.get(_setting(target, header))
        return dict(json.loads(stored)) if stored else None

    return recall


def recall_shape(ctx: Context, target: str) -> Callable[[Sequence[str]], tuple[Values, str]]:
    """Looks up the words for codes that were remembered with a mapping."""

    def recall(header: Sequence[str]) -> tuple[Values, str]:
        stored = ctx.reads.settings.get(f"shape.{_setting(target, header)}")
        told = json.loads(stored) if stored else {}
        return dict(told.get("values", {})), str(told.get("dates", ""))

    return recall


def remember_mapping(
    ctx: Context, *, target: str, header: Sequence[str], mapping: Mapping, values: Values | None = None, dates: str = ""
) -> None:
    """Keep a mapping, and the words for codes that go with it, for every later file with the same headings."""
    name = _setting(target, header)
    shape = {"values": values, "dates": dates} if values or dates else {}
    with ctx.unit() as uow:
        uow.set_setting(name, json.dumps(mapping, ensure_ascii=False))
        if shape or ctx.reads.settings.get(f"shape.{name}"):
            uow.set_setting(f"shape.{name}", json.dumps(shape, ensure_ascii=False))
        uow.commit()


def load_mapping(path: Path | str | None, target: str) -> Mapping | None:
    """A mapping file checked against the fields of the target; None for None."""
    return None if path is None else read_mapping_file(Path(path), load_fields(target))
