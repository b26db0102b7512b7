"""Loans and their plans of repayment as files and on paper; each is one row of the access log."""

from __future__ import annotations

from pathlib import Path

from app.interchange.exporting.damage_lists import DamageList, write_damage_list
from app.interchange.exporting.rosters import RosterOutcome
from app.presentation.columns.loan import LOANS, PLAN, loan_heading, plan_lines
from app.presentation.messages import message
from app.usecases.context import Context
from app.usecases.loan_rows import LoanFilter
from app.usecases.loans import list_loans, open_loan
from app.usecases.protections import today


def write_loans(ctx: Context, *, filter: LoanFilter, out: Path, format: str, view: str = "", folder: Path | None = None) -> RosterOutcome:
    """The list of loans, those in arrears first."""
    rows = list_loans(ctx, filter=filter)
    content = DamageList(title=message("loan.list_title"), subtitle="", columns=LOANS, view=view, rows=rows, people=len(rows))
    return write_damage_list(ctx, content=content, out=out, format=format, folder=folder)


def write_plan(ctx: Context, *, loan_id: str, out: Path, format: str, folder: Path | None = None) -> RosterOutcome:
    """The plan of repayment of one loan (償還計画表), with what has come back by today."""
    file = open_loan(ctx, loan_id=loan_id)
    title = message("loan.plan_title", title=file.title)
    content = DamageList(title=title, subtitle=loan_heading(file), columns=PLAN, view="", rows=plan_lines(file, on=today(ctx)), people=1)
    return write_damage_list(ctx, content=content, out=out, format=format, folder=folder)
