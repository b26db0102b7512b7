"""Residents as of the day of the disaster, from a full dump and daily differences: from files to a snapshot, in one transaction.

A moment becomes its day in Japan: registers know days. ``as_of`` 16:10 on 1 January is the whole of 1 January, of which deaths and
removals are not yet true (直前); ``known_at`` counts everything processed on its day. See ``domain.rebuild`` for the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from app.domain.dates import JST
from app.domain.errors import InputFault, RuleViolation
from app.domain.resident import Finding, SourceMark
from app.interchange.importing import run
from app.interchange.importing.history import HistoryMaterial
from app.interchange.importing.outcome import (
    ImportOutcome,
    ReportTo,
    broken_params,
    mostly_broken,
    shown_warnings,
    tell_share,
    write_outputs,
)
from app.interchange.importing.report import Issue
from app.interchange.importing.residents import refuse_other_lists
from app.interchange.importing.sequence import HistoryFile, arrange, check_count, find_gaps, look_at, with_day
from app.interchange.importing.source import DEFAULTS, ReadOptions, open_source
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.rebuild import Rebuilt, day_of, load_rebuilt
from app.usecases.rows import Census

OnError = Literal["reject", "stop"]
BESIDE = ReportTo()
_TIMES = ("history_no", "moved_on", "processed_on", "notified_on")
_WHOLE = 0.95
"""When the rows of so many people begin with the first 履歴番号, a dump holds whole histories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildOutcome(ImportOutcome):
    """What a rebuild did: the outcome of an import, how often each finding was made, and who was there on the day."""

    findings: Mapping[str, int] = field(default_factory=dict)
    census: Census | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The files in the order they are used in, and what there is to say about their sequence before they are read."""

    files: tuple[HistoryFile, ...]
    findings: tuple[Finding, ...]


def holds_history(ctx: Context, paths: Iterable[Path], *, options: ReadOptions = DEFAULTS) -> bool:
    """Whether any of the files has dated history rows (columns 履歴番号 and 異動日 or 処理日), so that it must be rebuilt.

    A list of today's residents may also have a history number in each row; see ``import.history_found``.
    """
    options = run.recalling(ctx, options, "residents")
    columns = [open_source(path, "residents", options=options).headers.columns for path in paths]
    return any("history_no" in one and ("moved_on" in one or "processed_on" in one) for one in columns)


def inspect_files(
    ctx: Context, *, full: Sequence[Path], differences: Sequence[Path] = (), as_of: datetime, known_at: datetime | None = None,
    options: ReadOptions = DEFAULTS,
) -> Inspection:  # fmt: skip
    """Look at names, records and checksums without reading the rows: which day each is of, what is missing, given twice or out of order."""
    day, known = day_of(as_of), day_of(known_at or ctx.now())
    files, told = arrange(_open(ctx, full, differences, options, day))
    start = max((file.day for file in files if file.role == "full" and file.day), default=None)
    return Inspection(files=tuple(files), findings=(*told, *find_gaps(files, start=start, day=day, known=known)))


def rebuild_residents(
    ctx: Context, *, full: Sequence[Path], differences: Sequence[Path] = (), as_of: datetime, known_at: datetime | None = None,
    label: str = "", options: ReadOptions = DEFAULTS, on_error: OnError = "reject", report: ReportTo = BESIDE, job: Job = QUIET,
) -> RebuildOutcome:  # fmt: skip
    """Residents effective on the day of ``as_of``, known on the day of ``known_at`` (default now), as a new active snapshot.

    What is not safe stops before anything is written: a checksum or record count that does not fit, a full dump from after the day
    without history (RuleViolation ``rebuild.full_after_day``), nobody left (``rebuild.nobody``). Everything else is a finding.
    """
    ctx.require("residents")
    known = known_at or ctx.now()
    options = run.recalling(ctx, options, "residents")
    files, told = arrange(_open(ctx, full, differences, options, day_of(as_of)))
    material = HistoryMaterial(files, told)
    _scan(material, day=day_of(as_of), known=day_of(known), force=options.force, job=job)
    _refuse_rows(ctx, material, on_error, options.force, report)
    try:
        done = load_rebuilt(
            ctx, material=material, as_of=as_of, known_at=known, label=label, files=[file.name for file in material.files], job=job
        )
    except RuleViolation as fault:
        if fault.code == "residents.nothing_to_load":
            raise RuleViolation("rebuild.nobody", day=day_of(as_of), path=str(material.files[0].path)) from fault
        raise
    run.remember(ctx, material.results, options)
    return _tell(ctx, material, done, report)


def _open(ctx: Context, full: Sequence[Path], differences: Sequence[Path], options: ReadOptions, day: date) -> list[HistoryFile]:
    files = []
    for role, paths in (("full", full), ("difference", differences)):
        for path in paths:
            result = open_source(path, "residents", options=options)
            columns = result.headers.columns
            refuse_other_lists(result)
            if "resident_no" not in columns:
                raise InputFault("rebuild.number_column_missing", path=str(path), line=result.table.header_line)
            if role == "difference" and not any(key in columns for key in _TIMES):
                raise InputFault("rebuild.no_history_columns", path=str(path), line=result.table.header_line)
            files.append(look_at(result, "full" if role == "full" else "difference", about=day))
    return files


def _scan(material: HistoryMaterial, *, day: date, known: date, force: bool, job: Job) -> None:
    """Read, check the sequence, choose."""
    material.scan(job, force=force)
    told = material.told
    for file in material.files:
        told += check_count(file)
    today = datetime.now(JST).date()
    material.files = [with_day(file, material.latest_processed(at, limit=today)) for at, file in enumerate(material.files)]
    if known < day:
        told.append(Finding("rebuild.known_before_day", old=day.isoformat(), new=known.isoformat()))
    start = _check_full(material, day)
    told += find_gaps(material.files, start=start, day=day, known=known)
    material.sources = tuple(
        SourceMark(file.name, file.role, file.sha256, file.result.read, file.day.isoformat() if file.day else "") for file in material.files
    )
    material.decide(day=day, known=known)


def _check_full(material: HistoryMaterial, day: date) -> date | None:
    """The day of the full dump; refuses one from after ``day`` that holds only the rows of its own day."""
    full = [file for file in material.files if file.role == "full"]
    dated = [file for file in full if file.day is not None]
    material.told += [Finding("rebuild.full_date_unknown", file=file.name, old=day.isoformat()) for file in full if file.day is None]
    later = next((file for file in dated if file.day and file.day > day), None)
    if later is not None and later.day is not None:
        people, whole = material.ledger.count_base()
        if "history_no" not in later.result.headers.columns or whole < people * _WHOLE:
            raise RuleViolation("rebuild.full_after_day", path=str(later.path), full=later.day, day=day)
        code = "rebuild.full_after_day_history" if material.ledger.holds_past() else "rebuild.full_after_day_unsure"
        material.told.append(Finding(code, file=later.name, old=day.isoformat(), new=later.day.isoformat()))
    return max((file.day for file in dated if file.day), default=None)


def _issues(material: HistoryMaterial) -> list[Issue]:
    return [issue for result in material.results for issue in result.issues]


def _refuse_rows(ctx: Context, material: HistoryMaterial, on_error: OnError, force: bool, report: ReportTo) -> None:
    """Stop when rows are rejected and that was asked for, or when most of them are."""
    results = material.results
    read, rejected = sum(result.read for result in results), sum(len(result.rejected) for result in results)
    if on_error == "stop" and not rejected and material.has_strangers:
        for _ in material.batches(QUIET):
            pass  # names the rows that would be refused
        rejected = sum(len(result.rejected) for result in results)
    if on_error == "stop" and rejected:
        written = write_outputs(results, _issues(material), to=report, now=ctx.now())
        path = str(results[0].table.path)
        told = {"report": str(written.report or ""), "rejected": str(written.rejected or "")}
        raise RuleViolation("import.stopped", path=path, count=rejected, **told)
    if not force and mostly_broken(read, rejected):
        written = write_outputs(results, _issues(material), to=report, now=ctx.now())
        raise RuleViolation("import.mostly_broken", **broken_params(results, written.report))


def _tell(ctx: Context, material: HistoryMaterial, done: Rebuilt, report: ReportTo) -> RebuildOutcome:
    """The outcome, with the report beside the file. Findings about people are in it as numbers only: the file is not encrypted."""
    results = material.results
    read, rejected = sum(result.read for result in results), sum(len(result.rejected) for result in results)
    issues = [*tell_share(read, rejected), *_issues(material), *run.tell_findings(material.told, done.findings)]
    written = write_outputs(results, issues, to=report, now=ctx.now())
    said = [*issues, *([written.problem] if written.problem else [])]
    return RebuildOutcome(
        read=read,
        created=done.snapshot.residents,
        rejected=rejected,
        report=written.report,
        rejected_rows=written.rejected,
        warnings=shown_warnings([*said[len(issues) - len(material.told) :], *said]),
        warning_count=sum(issue.severity == "warning" for issue in said),
        changes=done.changes,
        snapshot=done.snapshot,
        findings=done.findings,
        census=done.census,
    )
