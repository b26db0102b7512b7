"""The report on a snapshot and the difference of two, as files and on paper. Each is one row of the access log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from app.domain.errors import UsageFault
from app.interchange.exporting.rosters import RosterOutcome, Sheet, write_sheet
from app.presentation.columns.snapshot import CHANGES, REPORT, report_lines
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.rebuild import Comparison, ResidentChange, list_findings, read_report

FORMATS = ("csv", "xlsx", "html", "pdf")


def write_snapshot_report(
    ctx: Context, *, snapshot_id: str, out: Path, format: str, encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
    folder: Path | None = None, job: Job = QUIET,
) -> RosterOutcome:  # fmt: skip
    """What a snapshot was made from, what was found, who was there; everybody found by name follows. Needs ``export`` or ``print``."""
    _check(ctx, format)
    report = read_report(ctx, snapshot_id=snapshot_id)
    found = list_findings(ctx, snapshot_id=snapshot_id)
    lines = report_lines(
        report.snapshot, findings=report.findings, districts=report.census.by_district(), bands=report.census.by_band(), found=found
    )
    sheet = Sheet(
        title=message("snapshot.report_title"), subtitle=report.snapshot.label,
        stamp=stamp_for(ctx, at=report.snapshot.as_of, known_at=report.snapshot.known_at), columns=REPORT.columns, rows=lines,
    )  # fmt: skip
    _note(ctx, format, len({one.resident_no for one in found if one.resident_no}), report.snapshot.id)
    return write_sheet(sheet, out=out, format=format, encoding=encoding, layout="compact", folder=folder, job=job, ctx=ctx)


def write_comparison(
    ctx: Context, *, comparison: Comparison, changes: Sequence[ResidentChange], out: Path, format: str,
    encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig", folder: Path | None = None, job: Job = QUIET,
) -> RosterOutcome:  # fmt: skip
    """The people who differ between two snapshots, as they were shown. Needs ``export`` or ``print``."""
    _check(ctx, format)
    before, after = comparison.before, comparison.after
    sheet = Sheet(
        title=message("snapshot.difference_title"),
        subtitle=message("snapshot.difference_of", before=before.label, after=after.label),
        stamp=stamp_for(ctx, at=after.as_of, known_at=after.known_at), columns=CHANGES.columns, rows=changes,
    )  # fmt: skip
    _note(ctx, format, len(changes), after.id)
    return write_sheet(sheet, out=out, format=format, encoding=encoding, layout="compact", folder=folder, job=job, ctx=ctx)


def _check(ctx: Context, format: str) -> None:
    ctx.require("print" if format == "pdf" else "export")
    if format not in FORMATS:
        raise UsageFault("roster.no_format", format=format)


def _note(ctx: Context, format: str, persons: int, target: str) -> None:
    """Written before the file gets its name: nothing leaves without its row."""
    with ctx.unit() as uow:
        uow.log_access(action="print" if format == "pdf" else "export", persons=persons, target=target)
        uow.commit()
