"""What became of an import, and the two files that tell it: the report, and the rejected rows to mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.dates import JST
from app.domain.errors import EnvironmentFault, SasaeError
from app.domain.resident import Snapshot
from app.interchange.importing.reading import SourceRow
from app.interchange.importing.report import Issue, write_rejected, write_report
from app.interchange.importing.source import ReadResult
from app.interchange.importing.values import words
from app.presentation.messages import message
from app.usecases.plans import Plan

_SHOWN = 50
_NAME_BYTES = 180
_FEW = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTo:
    """Where the report goes: ``path`` exactly there; else beside the source; ``folder`` when that cannot be written."""

    path: Path | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOutcome:
    """What an import did. ``rejected`` rows were not taken because of an error, ``review`` rows wait for a person.

    ``report`` and ``rejected_rows`` are the files written, None when there was nothing to tell or nowhere to write.
    ``warnings`` are sentences, the first 50 of ``warning_count``.
    """

    read: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    review: int = 0
    rejected: int = 0
    report: Path | None = None
    rejected_rows: Path | None = None
    warnings: tuple[str, ...] = ()
    warning_count: int = 0
    changes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The files of one report, and a warning when they could not be written."""

    report: Path | None = None
    rejected: Path | None = None
    problem: Issue | None = None


def say_issue(issue: Issue) -> str:
    """The sentence of an issue, with the reason inside it where there is one."""
    params: dict[str, Any] = {"line": issue.line, "column": issue.column, "value": issue.value, **issue.params}
    if "reason_code" in params:
        params["reason"] = message(str(params["reason_code"]), **params)
    return message(issue.code, **params)


def plan_issues(plan: Plan, rows: ReadResult) -> Iterator[Issue]:
    """The errors and doubts of a plan as issues of its file."""
    column = rows.heading("name") if "name" in rows.headers.columns else None
    for item in plan.items:
        if item.action in ("error", "review"):
            params = dict(item.params)
            at, value = params.pop("column", None) or column, str(params.pop("cell", item.label))
            yield Issue(item.line, at, value, "error" if item.action == "error" else "warning", item.code, params)


def write_outputs(results: Sequence[ReadResult], issues: Sequence[Issue], *, to: ReportTo, now: datetime) -> Written:
    """Write the report, and for each file its rejected rows, whose lines ``issues`` name as errors or doubts.

    Nothing to tell: nothing is written. A place that cannot be written is never a reason to fail: the work is done by then.
    """
    if not issues:
        return Written()
    problem: Issue | None = None
    for folder, name in _places(results[0].table.path, to, now):
        try:
            write_report(name, issues, words=say_issue)
        except EnvironmentFault as fault:
            problem = Issue(
                None, None, str(name), "warning", "import.report_not_written", {"folder": str(folder), "reason": message(fault)}
            )
            continue
        return Written(name, _write_rejected(results, issues, folder, now))
    return Written(problem=problem)


def mostly_broken(read: int, rejected: int) -> bool:
    """Whether so many rows cannot be taken that the file or its mapping must be the wrong one."""
    return read >= _FEW and rejected * 2 > read


def broken_params(results: Sequence[ReadResult], report: Path | None = None) -> dict[str, Any]:
    """What ``import.mostly_broken`` tells."""
    read, count = sum(result.read for result in results), sum(len(result.rejected) for result in results)
    told = str(report) if report else ""
    return {"path": str(results[0].table.path), "read": read, "count": count, "share": round(100 * count / max(1, read)), "report": told}


def tell_share(read: int, rejected: int) -> list[Issue]:
    """What is to be said first when more than a few rows could not be taken."""
    if read < _FEW or rejected * 20 < read:
        return []
    params = {"read": read, "count": rejected, "share": round(100 * rejected / read)}
    return [Issue(None, None, "", "warning", "import.many_broken", params)]


def _places(source: Path, to: ReportTo, now: datetime) -> Iterator[tuple[Path, Path]]:
    """``(folder, report file)`` to try one after the other."""
    if to.path is not None:
        yield to.path.parent, to.path
    for folder in dict.fromkeys(folder for folder in (None if to.path else source.parent, to.folder) if folder is not None):
        yield folder, folder / _name(source, "report", now)


def _name(source: Path, kind: str, now: datetime) -> str:
    stem = source.stem
    while len(stem.encode("utf-8", "surrogatepass")) > _NAME_BYTES:
        stem = stem[:-1]
    return f"{stem}-{words('files')[kind]}-{now.astimezone(JST):%Y%m%d-%H%M%S}.csv"


def _write_rejected(results: Sequence[ReadResult], issues: Iterable[Issue], folder: Path, now: datetime) -> Path | None:
    """Rejected rows of each file that has any; answers the first file written."""
    reasons: dict[int, list[str]] = {}
    for issue in issues:
        if issue.line is not None:
            reasons.setdefault(issue.line, []).append(say_issue(issue))
    first: Path | None = None
    for result in results:
        wanted = [line for line in sorted(result.rejected) if line in result.cells]
        if not wanted:
            continue
        path = folder / _name(result.table.path, "rejected", now)
        with suppress(SasaeError):
            write_rejected(path, result.table, _with_reasons(result, wanted, reasons))
            first = first or path
    return first


def _with_reasons(result: ReadResult, lines: Sequence[int], reasons: Mapping[int, Sequence[str]]) -> Iterator[tuple[SourceRow, str]]:
    hidden = result.hidden_lines()
    for line in lines:
        told = reasons.get(line) or [message(result.rejected[line])]
        row = _as_in_file(result, line)
        if line in hidden:
            row, told = row._replace(cells=tuple("" for _ in row.cells)), [message("import.protected_row", line=line), *told]
        yield row, " ".join(dict.fromkeys(told))


def _as_in_file(result: ReadResult, line: int) -> SourceRow:
    """The row without the cells that were made from others."""
    row = result.cells[line]
    return row if row.problem is not None else row._replace(cells=row.cells[: len(result.table.header)])


def shown_warnings(issues: Iterable[Issue]) -> tuple[str, ...]:
    """The first warnings as sentences, each once."""
    said: dict[str, None] = {}
    for issue in issues:
        if issue.severity == "warning":
            said.setdefault(say_issue(issue))
        if len(said) >= _SHOWN:
            break
    return tuple(said)
