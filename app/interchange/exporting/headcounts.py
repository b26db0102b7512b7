"""Head counts and their trend as files, and the trend as a chart that reads in black and white."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from app.domain.dates import JST
from app.domain.errors import UsageFault
from app.interchange.exporting.rosters import RosterOutcome, Sheet, fonts_of, page_stamp, write_sheet
from app.presentation.columns.headcount import HEADCOUNTS, TREND
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.usecases.context import Context
from app.usecases.headcounts import list_headcounts
from app.usecases.job import QUIET, Job
from app.usecases.rows import TrendPoint

FORMATS = ("csv", "xlsx", "html", "pdf")


def write_headcounts(
    ctx: Context, *, out: Path, format: str, shelter_id: str = "", encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig", folder: Path | None = None,
    job: Job = QUIET,
) -> RosterOutcome:  # fmt: skip
    """Every declared count beside the roster's number, newest first, of one shelter or of all."""
    _check(ctx, format)
    rows = list_headcounts(ctx, shelter_id=shelter_id)
    sheet = Sheet(
        title=message("headcount.title"), subtitle=rows[0].shelter_name if shelter_id and rows else "",
        stamp=stamp_for(ctx, at=ctx.now(), personal=False), columns=HEADCOUNTS.columns, rows=rows,
    )  # fmt: skip
    done = write_sheet(sheet, out=out, format=format, encoding=encoding, layout="compact", folder=folder, job=job, ctx=ctx)
    _note(ctx, format, out)
    return done


def write_trend(
    ctx: Context, *, points: Sequence[TrendPoint], out: Path, format: str, encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
    folder: Path | None = None, job: Job = QUIET,
) -> RosterOutcome:  # fmt: skip
    """The trend as a table (CSV, XLSX, HTML) or as a chart (PDF, one page). ``points`` as ``usecases.headcounts.trend`` answers them."""
    _check(ctx, format)
    last = points[-1].at if points else ctx.now()
    sheet = Sheet(
        title=message("headcount.trend_title"),
        subtitle="",
        stamp=stamp_for(ctx, at=last, personal=False),
        columns=TREND.columns,
        rows=points,
    )
    if format == "pdf":
        done = _draw(ctx, sheet, points, out, folder)
    else:
        done = write_sheet(sheet, out=out, format=format, encoding=encoding, layout="compact", folder=folder, job=job, ctx=ctx)
    _note(ctx, format, out)
    return done


def _check(ctx: Context, format: str) -> None:
    ctx.require("print" if format == "pdf" else "export")
    if format not in FORMATS:
        raise UsageFault("roster.no_format", format=format)


def _note(ctx: Context, format: str, out: Path) -> None:
    """One row of the access log, about nobody: there is no name in it."""
    with ctx.unit() as uow:
        uow.log_access(action="print" if format == "pdf" else "export", persons=0, target=out.name)
        uow.commit()


def _draw(ctx: Context, sheet: Sheet, points: Sequence[TrendPoint], out: Path, folder: Path | None) -> RosterOutcome:
    from app.printing.charts import TrendPanel, TrendSeries, render_trend

    def series(word: str, name: str) -> TrendSeries:
        values: list[tuple[datetime, float]] = [(point.at.astimezone(JST), float(getattr(point, name))) for point in points]
        return TrendSeries(label=message(word), points=values, kind="step")

    people = [series("headcount.line_declared", "declared")]
    if any(point.rostered for point in points):
        people.append(series("headcount.line_rostered", "rostered"))
    panels = (
        TrendPanel(title=message("headcount.panel_people"), series=people, share=2.0),
        TrendPanel(title=message("headcount.panel_shelters"), series=[series("headcount.line_shelters", "shelters_open")]),
    )
    report = render_trend(
        out, title=sheet.title, panels=panels, stamp=page_stamp(sheet.stamp), subtitle=sheet.subtitle, fonts=fonts_of(folder, ctx)
    )
    told = tuple(message(problem.code, **problem.params) for problem in report.problems)
    return RosterOutcome(path=out, rows=len(points), withheld=0, pages=report.pages, bytes=out.stat().st_size, problems=told)
