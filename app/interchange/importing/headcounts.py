"""Head counts by shelter: published lists of open shelters in both real header styles, and plain tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.errors import RuleViolation, SasaeError
from app.domain.shelter import Headcount, check_headcount
from app.interchange.importing.mapping import fold_header
from app.interchange.importing.shelters import read_shelter_row
from app.interchange.importing.source import DEFAULTS, ReadOptions, ReadResult, each_row, open_source
from app.interchange.importing.values import read_integer, read_moment, words
from app.usecases.plans import Entry

_PARTS = ("male", "female", "households")


def read_headcounts(
    path: Path | str, *, at: datetime | None = None, complete: bool | None = None, options: ReadOptions = DEFAULTS
) -> ReadResult:
    """Read counts. The moment of a row is its own column, else the heading of the counts, else ``at``; without any, an error.

    Each entry has ``counted_at``, ``counted_total`` and perhaps ``male``, ``female``, ``households`` beside fields of the
    shelter. ``facts["complete"]``: the file lists every open shelter of one moment. It is decided by ``complete`` if given;
    else a file in a publication's layout (a heading such as in ``row_words.toml`` or a time in the heading) with one moment is.
    """
    result = open_source(path, "headcounts", options=options)
    usual = _heading_moment(result) or at
    for line, cells in each_row(result):
        values = _read_row(result, line, cells, usual)
        if values is not None:
            result.entries.append(Entry(line=line, values=values))
    moments = {entry.values["counted_at"] for entry in result.entries}
    published = _is_publication(result) and len(moments) == 1
    result.facts["complete"] = published if complete is None else complete
    if result.facts["complete"] and result.rejected:  # they look closed until the mended rows are imported, which sets it right
        result.report.warn("import.listing_with_gaps", count=len(result.rejected))
    result.facts["moments"] = sorted(moments)
    return result


def _is_publication(result: ReadResult) -> bool:
    if "count_at_text" in result.headers.extras:
        return True
    return fold_header(result.heading("at")) in {fold_header(word) for word in words("publication")}


def _heading_moment(result: ReadResult) -> datetime | None:
    text = result.headers.extras.get("count_at_text", "")
    if not text:
        return None
    try:
        return read_moment(text)
    except SasaeError as fault:
        result.report.warn(fault.code, line=result.table.header_line, column=result.heading("count"), value=text, **_params(fault, text))
        return None


def _params(fault: SasaeError, text: str) -> dict[str, Any]:
    return {**{key: value for key, value in fault.params.items() if key not in ("field", "line", "column", "value")}, "text": text}


def _read_row(result: ReadResult, line: int, cells: Sequence[str], usual: datetime | None) -> dict[str, Any] | None:
    values = read_shelter_row(result, line, cells)
    if values is None:
        return None
    text = result.headers.take("count", cells)
    total = read_integer(text)
    if total is None:
        code = "import.number_unreadable" if text else "import.value_missing"
        result.reject(line, code, column=result.heading("count"), value=text, text=text)
        return None
    moment = _row_moment(result, line, cells, usual)
    if moment is None:
        return None
    values |= {"counted_total": total, "counted_at": moment}
    for key in _PARTS:
        part = result.headers.take(key, cells)
        if part and (number := read_integer(part)) is not None:
            values[key] = number
        elif part:
            result.report.warn("import.number_unreadable", line=line, column=result.heading(key), value=part, text=part)
    return values if _possible(result, line, values) else None


def _row_moment(result: ReadResult, line: int, cells: Sequence[str], usual: datetime | None) -> datetime | None:
    text = result.headers.take("at", cells)
    if not text:
        if usual is None:
            result.reject(line, "import.moment_missing", column=result.heading("at"))
        return usual
    try:
        return read_moment(text, about=usual)
    except SasaeError as fault:
        result.reject(line, fault.code, column=result.heading("at"), value=text, **_params(fault, text))
        return None


def _possible(result: ReadResult, line: int, values: dict[str, Any]) -> bool:
    kept = {key: values[key] for key in ("counted_at", "counted_total", *_PARTS) if key in values}
    try:
        check_headcount(Headcount(id="", shelter_id="", **kept))
    except RuleViolation as fault:
        column = "count" if fault.field == "counted_total" else fault.field or "count"
        value = str(values.get(fault.field or "", ""))
        params = {key: item for key, item in fault.params.items() if key not in ("field", "value")}
        result.reject(line, fault.code, column=result.heading(column), value=value, **params)
        return False
    return True
