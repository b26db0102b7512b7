"""Reports of money, the books and a family's statement as files and on paper; each is one row of the access log.

Sums tell of nobody, so nobody is named in the access log; a statement is of one household.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

from app.domain.dates import JST, format_era, format_instant
from app.domain.errors import UsageFault
from app.domain.municipality import find_municipality
from app.interchange.exporting.rosters import RosterOutcome, Sheet, fonts_of, page_stamp, write_sheet
from app.presentation.columns.ledger import (
    BALANCE,
    JOURNAL,
    PREFECTURE,
    REPORTS,
    STATEMENT,
    payments_text,
    state_text,
)
from app.presentation.columns.spec import ColumnSet
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.presentation.yen_words import yen
from app.usecases import ledger
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.ledger_rows import AccountBalance, LedgerFilter, PrefectureReport, Report, Statement, StatementLine

FORM, PREFECTURE_FORM = "relief_statement", "relief_prefecture"
FORMATS = ("csv", "xlsx", "html", "pdf")
_LINES, _CATEGORIES = 13, 20
_SEPARATOR = " / "
_FEW_COLUMNS = 5
Encoding = Literal["utf-8-sig", "cp932"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A list of sums that goes out: of the end of ``day``. ``people``: households in it, for the access log."""

    title: str
    subtitle: str
    day: str
    columns: ColumnSet[Any]
    rows: Sequence[Any]
    people: int = 0


def report_content(report: Report) -> Content:
    """A report by round, category, district, site or day; its sum is the last line."""
    scope = _SEPARATOR.join(filter(None, (report.programme_title, report.round_title)))
    return Content(
        title=message(f"ledger.title.{report.by}"),
        subtitle=_SEPARATOR.join(filter(None, (scope, message(f"ledger.note.{_note_of(report.by)}")))),
        day=report.day,
        columns=REPORTS[report.by],
        rows=[*report.lines, report.total],
    )


def _note_of(by: str) -> str:
    return by if by in ("site", "day", "district") else "progress"


def prefecture_content(report: PrefectureReport) -> Content:
    """Forecast, actual and return; what is to be returned stands in the subtitle."""
    sums = message(
        "ledger.prefecture_sums", received=f"{report.received:,}", forecast=f"{report.forecast:,}", paid=f"{report.paid.amount:,}",
        count=f"{report.paid.count:,}", returned=f"{report.returned:,}", left=f"{report.to_return:,}", fees=f"{report.fees:,}",
        under_way=f"{report.under_way:,}",
    )  # fmt: skip
    scope = _SEPARATOR.join(filter(None, (report.programme_title, report.round_title, report.payer)))
    return Content(
        title=message("ledger.title.prefecture"), subtitle=f"{scope} {sums}", day=report.day, columns=PREFECTURE, rows=report.lines
    )


def balance_content(ctx: Context, *, programme_id: str = "", day: str = "") -> Content:
    """The trial balance with its sum, which is 0."""
    until = ledger.read_book_day(ctx, day)
    rows = ledger.trial_balance(ctx, programme_id=programme_id, day=until)
    total = AccountBalance(account="", debit=sum(row.debit for row in rows), credit=sum(row.credit for row in rows))
    return Content(title=message("ledger.title.balance"), subtitle="", day=until, columns=BALANCE, rows=[*rows, total])


def journal_content(ctx: Context, *, filter: LedgerFilter) -> Content:
    """The journal of postings as it is narrowed, newest first."""
    rows = ledger.posting_rows(ctx, entries=ledger.list_entries(ctx, filter=filter))
    until = filter.until or ledger.read_book_day(ctx, "")
    return Content(
        title=message("ledger.title.journal"), subtitle=message("ledger.lines", count=len(rows)), day=until, columns=JOURNAL, rows=rows
    )


def statement_content(ctx: Context, statement: Statement) -> Content:
    """A family's statement as a list: for files; the notice is ``print_statement``."""
    sums = message("ledger.statement_sums", paid=yen(statement.paid), under_way=yen(statement.under_way), open=yen(statement.open))
    return Content(
        title=message("ledger.title.statement", name=statement.head), subtitle=f"{statement.address} {sums}",
        day=ledger.read_book_day(ctx, ""), columns=STATEMENT, rows=statement.lines, people=1,
    )  # fmt: skip


def write_content(
    ctx: Context,
    *,
    content: Content,
    out: Path,
    format: str,
    encoding: Encoding = "utf-8-sig",
    folder: Path | None = None,
    substitutes: bool = False,
    job: Job = QUIET,
) -> RosterOutcome:
    """Write the list, whole or not at all; on paper the columns that fit, in files all of them.

    RuleViolation without the right to print or export; UsageFault for an unknown format; EnvironmentFault when the disk refuses.
    """
    ctx.require("ledger")
    ctx.require("print" if format == "pdf" else "export")
    if format not in FORMATS:
        raise UsageFault("roster.no_format", format=format)
    view = "" if format == "pdf" or "whole" not in content.columns.views else "whole"
    sheet = Sheet(
        title=content.title, subtitle=content.subtitle, stamp=stamp_for(ctx, at=_moment(ctx, content.day), personal=bool(content.people)),
        columns=content.columns.exported(view), rows=content.rows,
    )  # fmt: skip
    with ctx.unit() as uow:
        uow.log_access(action="print" if format == "pdf" else "export", persons=content.people, target=out.name)
        uow.commit()
    layout: Literal["large", "compact"] = "large" if len(sheet.columns) <= _FEW_COLUMNS else "compact"
    return write_sheet(
        sheet, out=out, format=format, encoding=encoding, layout=layout, folder=folder, job=job, ctx=ctx, substitutes=substitutes
    )


def _moment(ctx: Context, day: str) -> datetime:
    """The end of the day, or now when it is not over."""
    end = datetime.combine(date.fromisoformat(day), time(23, 59), JST)
    return min(end, ctx.now())


# -- the notice for a family -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeOutcome:
    """A notice or report on paper."""

    path: Path
    pages: int
    name: str


def print_statement(
    ctx: Context, *, statement: Statement, out: Path, folder: Path | None = None, substitutes: bool = True, job: Job = QUIET
) -> NoticeOutcome:
    """The notice (A4, more sheets for more than thirteen lines). ``folder`` is the data folder, whose own layout and fonts win.

    RuleViolation without the right to print; PrintRefused for a hole; EnvironmentFault when the disk refuses.
    """
    records = statement_values(ctx, statement)
    pages = _print_form(ctx, FORM, records, at=statement.at, out=out, folder=folder, people=1, substitutes=substitutes, job=job)
    return NoticeOutcome(path=out, pages=pages, name=statement.head)


def print_prefecture(ctx: Context, *, report: PrefectureReport, out: Path, folder: Path | None = None, job: Job = QUIET) -> NoticeOutcome:
    """The report to the prefecture (A4, more sheets for more than twenty categories). Faults as ``print_statement``."""
    at = _moment(ctx, report.day)
    records = prefecture_values(ctx, report)
    pages = _print_form(ctx, PREFECTURE_FORM, records, at=at, out=out, folder=folder, people=0, substitutes=True, job=job)
    return NoticeOutcome(path=out, pages=pages, name=report.programme_title)


def _print_form(
    ctx: Context, form: str, records: Sequence[Mapping[str, str]], *, at: datetime, out: Path, folder: Path | None, people: int,
    substitutes: bool, job: Job,
) -> int:  # fmt: skip
    from app.printing.batch import render_batch
    from app.printing.designs import active_layout
    from app.printing.imposition import BatchOptions
    from app.printing.report import PrintRefused

    ctx.require("ledger")
    ctx.require("print")
    report = render_batch(
        out, layout=active_layout(ctx, form, folder=folder), records=records, count=len(records), options=BatchOptions(), job=job,
        fonts=fonts_of(folder, ctx, substitutes=substitutes), stamp=page_stamp(stamp_for(ctx, at=at, personal=bool(people))),
    )  # fmt: skip
    if report.stopped:
        raise PrintRefused(form=form, problems=list(report.stopped))
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=people, target=out.name)
        uow.commit()
    return report.pages


def prefecture_values(ctx: Context, report: PrefectureReport) -> list[Mapping[str, str]]:
    """The variables of the form, a record for each sheet; the sum stands on the last."""
    cells = {column.key: column.text for column in PREFECTURE.columns}
    names = ("round", "title", "unit", "price", "estimated", "forecast", "paid_count", "paid_amount", "rest")
    lines = ["\t".join(cells[name](line) or "0" for name in names) for line in report.lines]
    sheets = [lines[at : at + _CATEGORIES] for at in range(0, len(lines), _CATEGORIES)] or [[]]
    sums = (f"{report.forecast:,}", f"{report.paid.count:,}", f"{report.paid.amount:,}", f"{report.forecast - report.paid.amount:,}")
    sheets[-1].append("\t".join(("", message("ledger.sum"), "", "", "", *sums)))
    at = _moment(ctx, report.day)
    shared = {
        **_letterhead(ctx, at),
        "payer": report.payer,
        "programme": report.programme_title,
        "round": report.round_title,
        "received": yen(report.received),
        "paid": yen(report.paid.amount),
        "returned": yen(report.returned),
        "left": yen(report.to_return),
        "under_way": yen(report.under_way),
        "refused": message("ledger.cases", count=sum(line.refused.count for line in report.lines)),
    }
    return [
        {**shared, "sheet": message("ledger.sheet", number=number, count=len(sheets)), "lines": "\n".join(sheet)}
        for number, sheet in enumerate(sheets, start=1)
    ]


def _letterhead(ctx: Context, at: datetime) -> dict[str, str]:
    found = find_municipality(ctx.place.municipality_code)
    return {
        "made_on": format_era(ctx.now().astimezone(JST).date()),
        "disaster": ctx.place.disaster_name,
        "municipality": f"{found.prefecture}{found.name}" if found else ctx.place.municipality_name,
        "office": ctx.place.site_name,
        "at": format_instant(at),
    }


def statement_values(ctx: Context, statement: Statement) -> list[Mapping[str, str]]:
    """The variables of the form, a record for each sheet."""
    lines = [_line_text(line) for line in statement.lines]
    sheets = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)]
    shared = {
        **_letterhead(ctx, statement.at),
        "name": statement.head,
        "address": statement.address,
        "paid": yen(statement.paid),
        "under_way": yen(statement.under_way),
        "open": yen(statement.open),
        "remark": _remark(statement),
    }
    return [
        {**shared, "sheet": message("ledger.sheet", number=number, count=len(sheets)), "lines": "\n".join(sheet)}
        for number, sheet in enumerate(sheets, start=1)
    ]


def _line_text(line: StatementLine) -> str:
    cells = {column.key: column.text(line) for column in STATEMENT.columns}
    told = payments_text(line) if line.paid and not (line.open or line.under_way or line.over) else state_text(line)
    return "\t".join((cells["programme"], cells["name"], cells["category"], cells["due"], cells["paid"], told))


def _remark(statement: Statement) -> str:
    told = []
    if statement.lent:
        told.append(message("ledger.remark_loan", lent=yen(statement.lent), repaid=yen(statement.repaid)))
    if statement.over:
        told.append(message("ledger.remark_over", over=yen(statement.over)))
    return "".join(told)
