"""Loans and their plans of repayment as files and on paper; each is one row of the access log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from app.domain.dates import JST, format_era
from app.domain.municipality import find_municipality
from app.interchange.exporting.damage_lists import DamageList, write_damage_list
from app.interchange.exporting.rosters import RosterOutcome, fonts_of, page_stamp
from app.presentation.columns.loan import LOANS, PLAN, loan_heading, plan_lines, plan_remark, plan_terms
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.loan_rows import LoanFile, LoanFilter
from app.usecases.loans import list_loans, open_loan
from app.usecases.protections import today

FORM = "loan_plan"
_LINES = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOutcome:
    """A plan that was written: ``rows`` its lines, with the sum of all."""

    rows: int
    pages: int


def write_loans(ctx: Context, *, filter: LoanFilter, out: Path, format: str, view: str = "", folder: Path | None = None) -> RosterOutcome:
    """The list of loans, those in arrears first."""
    rows = list_loans(ctx, filter=filter)
    content = DamageList(title=message("loan.list_title"), subtitle="", columns=LOANS, view=view, rows=rows, people=len(rows))
    return write_damage_list(ctx, content=content, out=out, format=format, folder=folder)


def write_plan(ctx: Context, *, loan_id: str, out: Path, format: str, folder: Path | None = None, job: Job = QUIET) -> PlanOutcome:
    """The plan of repayment of one loan (償還計画表) with what has come back by today: a letter as PDF, else a list.

    PrintRefused when something of it cannot be printed; RuleViolation without the right to print or export.
    """
    file = open_loan(ctx, loan_id=loan_id)
    lines = plan_lines(file, on=today(ctx))
    if format == "pdf":
        return PlanOutcome(rows=len(lines), pages=_print_plan(ctx, file, out=out, folder=folder, job=job))
    title = message("loan.plan_title", title=file.title)
    content = DamageList(title=title, subtitle=loan_heading(file), columns=PLAN, view="", rows=lines, people=1)
    done = write_damage_list(ctx, content=content, out=out, format=format, folder=folder)
    return PlanOutcome(rows=done.rows, pages=done.pages or 0)


def _print_plan(ctx: Context, file: LoanFile, *, out: Path, folder: Path | None, job: Job) -> int:
    from app.printing.batch import render_batch
    from app.printing.designs import active_layout
    from app.printing.imposition import BatchOptions
    from app.printing.report import PrintRefused

    ctx.require("print")
    records = plan_values(ctx, file)
    at = datetime.combine(today(ctx), time(23, 59), JST)
    report = render_batch(
        out, layout=active_layout(ctx, FORM, folder=folder), records=records, count=len(records), options=BatchOptions(), job=job,
        fonts=fonts_of(folder, ctx, substitutes=True), stamp=page_stamp(stamp_for(ctx, at=min(at, ctx.now()))),
    )  # fmt: skip
    if report.stopped:
        raise PrintRefused(form=FORM, problems=list(report.stopped))
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=[file.loan.victim_id or file.loan.id], target=out.name)
        uow.commit()
    return report.pages


def plan_values(ctx: Context, file: LoanFile) -> list[Mapping[str, str]]:
    """The variables of the form, a record for each sheet; the sum stands on the last."""
    rows = ["\t".join(column.text(line) for column in PLAN.columns) for line in plan_lines(file, on=today(ctx))]
    lines, total = rows[:-1], rows[-1]
    sheets = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)]
    sheets[-1].append(total)
    found = find_municipality(ctx.place.municipality_code)
    shared = {
        "made_on": format_era(today(ctx)),
        "name": file.loan.borrower,
        "address": file.address,
        "municipality": f"{found.prefecture}{found.name}" if found else ctx.place.municipality_name,
        "office": ctx.place.site_name,
        "title": file.title,
        "remark": plan_remark(file, on=today(ctx)),
        **plan_terms(file),
    }
    return [
        {**shared, "sheet": message("loan.sheet", number=number, count=len(sheets)), "lines": "\n".join(sheet)}
        for number, sheet in enumerate(sheets, start=1)
    ]
