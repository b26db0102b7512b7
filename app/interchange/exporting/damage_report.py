"""Damage for headquarters as a file: the lines of 消防庁第4号様式(その2), and the degrees by district.

Sums of a municipality tell of nobody, so nobody is named in the access log.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.domain.dates import JST, format_instant
from app.domain.errors import UsageFault
from app.domain.municipality import find_municipality
from app.interchange.exporting.rosters import Sheet, fonts_of, page_stamp, write_sheet
from app.presentation.columns.damage import DEGREES, REPORT, counts_note, degree_lines, report_lines
from app.presentation.labels import label
from app.presentation.messages import message
from app.presentation.stamps import Stamp, stamp_for
from app.usecases.context import Context
from app.usecases.damage_counts import CountLine, DamageCounts
from app.usecases.files import atomic_output
from app.usecases.job import QUIET, Job

FORM = "damage_report"
FORMATS = ("pdf", "xlsx", "csv", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOutcome:
    """What was written: CSV and XLSX are two files, the form and the districts. ``pages`` of a PDF; ``problems`` in sentences."""

    files: tuple[Path, ...]
    pages: int = 0
    problems: tuple[str, ...] = ()


def write_damage_report(
    ctx: Context, *, counts: DamageCounts, out: Path, format: str, encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
    folder: Path | None = None, job: Job = QUIET,
) -> ReportOutcome:  # fmt: skip
    """Write what ``count_damage`` answered. ``folder`` is the data folder, whose own layout wins.

    RuleViolation without the right to print or export; UsageFault for an unknown format; EnvironmentFault when the disk refuses.
    """
    ctx.require("print" if format == "pdf" else "export")
    if format not in FORMATS:
        raise UsageFault("roster.no_format", format=format)
    stamp = stamp_for(ctx, at=counts.at, personal=False)
    if format == "pdf":
        done = _write_pdf(ctx, counts, stamp, out, folder, job)
    elif format == "json":
        with atomic_output(out) as part:
            part.write_text(json.dumps(damage_object(ctx, counts), ensure_ascii=False, indent=1), encoding="utf-8")
        done = ReportOutcome(files=(out,))
    else:
        done = _write_tables(ctx, counts, stamp, out, format, encoding, job)
    with ctx.unit() as uow:
        uow.log_access(action="print" if format == "pdf" else "export", persons=0, target=out.name)
        uow.commit()
    return done


def _sheet(ctx: Context, counts: DamageCounts, stamp: Stamp, *, districts: bool) -> Sheet:
    number = message("counts.number", number=counts.number) if counts.number else ""
    return Sheet(
        title=message("counts.title_districts" if districts else "counts.title"),
        subtitle=" ".join(filter(None, (number, counts_note(counts)))),
        stamp=stamp,
        columns=DEGREES.columns if districts else REPORT.columns,
        rows=degree_lines(counts) if districts else report_lines(counts),
    )


def _write_tables(
    ctx: Context, counts: DamageCounts, stamp: Stamp, out: Path, format: str, encoding: Literal["utf-8-sig", "cp932"], job: Job
) -> ReportOutcome:
    second = out.with_name(f"{out.stem}-{message('counts.file_districts')}{out.suffix}")
    problems: list[str] = []
    for path, districts in ((out, False), (second, True)):
        done = write_sheet(
            _sheet(ctx, counts, stamp, districts=districts),
            out=path,
            format=format,
            encoding=encoding,
            layout="compact",
            folder=None,
            job=job,
            ctx=ctx,
        )
        problems += done.problems
    return ReportOutcome(files=(out, second), problems=tuple(problems))


def _write_pdf(ctx: Context, counts: DamageCounts, stamp: Stamp, out: Path, folder: Path | None, job: Job) -> ReportOutcome:
    """The form, then the districts."""
    from app.printing.batch import render_batch
    from app.printing.designs import active_layout
    from app.printing.imposition import BatchOptions
    from app.printing.joining import join_pdfs

    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".report-") as work:
        form, rest = Path(work) / "form.pdf", Path(work) / "districts.pdf"
        report = render_batch(
            form, layout=active_layout(ctx, FORM, folder=folder), records=[report_values(ctx, counts)], count=1, options=BatchOptions(),
            fonts=fonts_of(folder, ctx, substitutes=True), job=job, stamp=page_stamp(stamp),
        )  # fmt: skip
        problems = [message(one.code, **one.params) for one in report.stopped]
        listed = write_sheet(
            _sheet(ctx, counts, stamp, districts=True),
            out=rest,
            format="pdf",
            encoding="utf-8-sig",
            layout="compact",
            folder=folder,
            job=job,
            ctx=ctx,
        )
        pages = join_pdfs([*([form] if report.printed else []), rest], out)
    return ReportOutcome(files=(out,), pages=pages, problems=(*problems, *listed.problems))


def report_values(ctx: Context, counts: DamageCounts) -> Mapping[str, str]:
    """The variables of the form."""
    found = find_municipality(ctx.place.municipality_code)
    values = {
        "number": message("counts.number", number=counts.number) if counts.number else "",
        "prefecture": found.prefecture if found else "",
        "municipality": found.name if found else ctx.place.municipality_name,
        "disaster": ctx.place.disaster_name,
        "at": format_instant(counts.at),
        "note": counts_note(counts),
    }
    cells = {column.key: column.text for column in REPORT.columns}
    for line in report_lines(counts):
        values |= {f"{line.key}_{name}": cells[name](line) for name in ("confirmed", "unconfirmed", "whole", "note")}
    return values


def damage_object(ctx: Context, counts: DamageCounts) -> dict[str, Any]:
    """The counts as JSON: codes, not words."""
    return {
        "at": counts.at.astimezone(JST).isoformat(timespec="seconds"),
        "number": counts.number,
        "municipality": ctx.place.municipality_code,
        "disaster": ctx.place.disaster_name,
        "report": [
            {name: getattr(line, name) for name in ("key", "group", "item", "unit", "confirmed", "unconfirmed", "whole")}
            for line in report_lines(counts)
        ],
        "total": _line_object(counts.total),
        "districts": [{"district": line.district, **_line_object(line)} for line in counts.lines],
        "suffering": counts.total.suffering._asdict(),
        "casualties": dict(counts.casualties),
        "typed": dict(counts.typed),
        "unjudged": counts.unjudged,
        "unknown_people": counts.unknown_people,
    }


def _line_object(line: CountLine) -> dict[str, Any]:
    return {
        "grades": [
            {"grade": grade, "label": label("grade", grade), "status": status, **tally._asdict()}
            for (status, grade), tally in sorted(line.grades.items())
        ],
        "categories": [
            {"category": category, "status": status, **tally._asdict()} for (status, category), tally in sorted(line.categories.items())
        ],
        "other": [{"kind": kind, "status": status, "buildings": count} for (status, kind), count in sorted(line.other.items())],
    }
