"""Papers and lists of the cash desk: receipts in two copies, voucher sheets, the day sheet, who has not come yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app.domain import voucher_rules
from app.domain.errors import RuleViolation
from app.interchange.exporting.damage_lists import DamageList, write_damage_list
from app.interchange.exporting.rosters import RosterOutcome, fonts_of, page_stamp
from app.presentation.cash_values import day_sheet_values, receipt_values, voucher_values
from app.presentation.columns.cash import RECEIPTS, VOUCHERS
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.usecases import cash_boxes, cash_desk, vouchers
from app.usecases.cash_rows import ReceiptFilter, VoucherFilter
from app.usecases.context import Context
from app.usecases.forms import read_signature
from app.usecases.job import QUIET, Job

if TYPE_CHECKING:
    from app.printing.batch import BatchReport

RECEIPT_FORM, VOUCHER_FORM, DAY_FORM = "cash_receipt", "cash_voucher", "cash_day_sheet"
PER_SHEET = (2, 8)
VIEWS = {"list": 0, "uncollected": 1, "calls": 2, "all": 3}
"""Views of the list of vouchers, by the word of the command line: their place among ``VOUCHERS.views``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashPaper:
    """Papers that were printed. ``stopped``: numbers left out because a character could not be drawn."""

    path: Path
    printed: int
    pages: int
    stopped: tuple[str, ...] = ()


def print_receipt(ctx: Context, *, receipt_id: str, out: Path, folder: Path | None = None, job: Job = QUIET) -> CashPaper:
    """A receipt twice on one A4: one copy stays at the desk, one is handed over. A character nothing draws is replaced and marked, so that
    nobody waits at the desk; the printing is counted and in the access log.

    RuleViolation ``record.not_found`` also for those the actor may not know of; EnvironmentFault when the disk refuses.
    """
    ctx.require("pay")
    rows = ctx.reads.cash.receipt_rows([receipt_id])
    if not rows:
        raise RuleViolation("record.not_found", kind="receipt", record=receipt_id)
    if rows[0].state != "done":
        raise RuleViolation("cash.receipt_not_done", number=rows[0].number)
    payer = " ".join(part for part in (read_signature(ctx).mayor_title, "") if part) or ctx.place.municipality_name
    records = [receipt_values(rows[0], payer=payer, kept=kept) for kept in (True, False)]
    report = _print(ctx, RECEIPT_FORM, records, out, nup=2, folder=folder, job=job)
    if report.stopped:
        from app.printing.report import PrintRefused

        raise PrintRefused(form=RECEIPT_FORM, problems=list(report.stopped))
    cash_desk.note_printed(ctx, receipt_id=receipt_id)
    return CashPaper(path=out, printed=1, pages=report.pages)


def print_vouchers(
    ctx: Context, *, voucher_ids: Sequence[str], out: Path, nup: int = 2, folder: Path | None = None, job: Job = QUIET
) -> CashPaper:
    """Vouchers with their QR, 2 or 8 to a sheet, in the order given. Those that can no longer be paid are left out.

    RuleViolation ``voucher.none``, ``voucher.per_sheet``.
    """
    ctx.require("print")
    if nup not in PER_SHEET:
        raise RuleViolation("voucher.per_sheet", field="nup", count=nup)
    rows = [one for one in vouchers.voucher_rows(ctx, voucher_ids) if one.state in ("assigned", "recalled", "ready")]
    if not rows:
        raise RuleViolation("voucher.none")
    mark = cash_desk.disaster_mark(ctx)
    records = {one.id: one for one in ctx.reads.cash.vouchers(row.id for row in rows)}
    values = [voucher_values(row, code=voucher_rules.voucher_code(records[row.id], mark=mark)) for row in rows]
    report = _print(ctx, VOUCHER_FORM, values, out, nup=nup, folder=folder, job=job)
    stopped = tuple(dict.fromkeys(rows[one.row].number for one in report.stopped))
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=report.printed, target=out.name)
        uow.commit()
    return CashPaper(path=out, printed=report.printed, pages=report.pages, stopped=stopped)


def print_day_sheet(ctx: Context, *, day: str, out: Path, folder: Path | None = None, job: Job = QUIET) -> CashPaper:
    """The day sheet of this desk, a page for each box. RuleViolation ``cash.no_box`` where none was ever made."""
    sheet, needed = cash_boxes.day_sheet(ctx, day=day), cash_boxes.needed_cash(ctx)
    if not sheet.boxes:
        raise RuleViolation("cash.no_box")
    records = [day_sheet_values(sheet, box, needed) for box in sheet.boxes]
    report = _print(ctx, DAY_FORM, records, out, nup=1, folder=folder, job=job)
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=0, target=out.name)
        uow.commit()
    return CashPaper(path=out, printed=report.printed, pages=report.pages)


def write_vouchers(
    ctx: Context,
    *,
    filter: VoucherFilter,
    view: str,
    out: Path,
    format: str,
    encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
    folder: Path | None = None,
    job: Job = QUIET,
) -> RosterOutcome:
    """A list of vouchers as CSV, XLSX, HTML or PDF: ``list``, ``uncollected``, ``calls`` or ``all`` columns."""
    rows = vouchers.voucher_rows(ctx, vouchers.list_voucher_ids(ctx, filter=filter))
    total = sum(one.amount for one in rows)
    content = DamageList(
        title=message(f"voucher.title_{view}"), subtitle=message("voucher.subtitle", count=len(rows), total=total), columns=VOUCHERS,
        view=tuple(VOUCHERS.views)[VIEWS[view]], rows=rows, people=len(rows),
    )  # fmt: skip
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True, job=job)


def write_receipts(
    ctx: Context,
    *,
    day: str,
    out: Path,
    format: str,
    encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
    folder: Path | None = None,
    job: Job = QUIET,
) -> RosterOutcome:
    """The receipts of a day ("" all) as a list."""
    rows = cash_desk.receipt_rows(ctx, cash_desk.list_receipt_ids(ctx, filter=ReceiptFilter(day=day)))
    done = [one for one in rows if one.state == "done"]
    total = sum(one.amount if one.kind == "payment" else -one.amount for one in done)
    content = DamageList(
        title=message("cash.title_receipts"), subtitle=message("voucher.subtitle", count=len(rows), total=total), columns=RECEIPTS,
        view=tuple(RECEIPTS.views)[1], rows=rows, people=len(rows),
    )  # fmt: skip
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True, job=job)


def _print(
    ctx: Context, form: str, records: Sequence[Mapping[str, str]], out: Path, *, nup: int, folder: Path | None, job: Job
) -> BatchReport:
    from app.printing.batch import render_batch
    from app.printing.designs import active_layout
    from app.printing.imposition import BatchOptions

    layout: Any = active_layout(ctx, form, folder=folder)
    return render_batch(
        out, layout=layout, records=records, count=len(records), options=BatchOptions(nup=nup, cut_marks=nup > 1), job=job,
        fonts=fonts_of(folder, ctx, substitutes=True), stamp=page_stamp(stamp_for(ctx, at=ctx.now())),
    )  # fmt: skip
