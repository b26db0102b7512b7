"""What leaves the program of batches: the approval sheet, lists of lines, exemptions and refusals. Each is one row of the access log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.domain.characters import PersonText, has_unusual
from app.domain.errors import IntegrityFault
from app.interchange.exporting.characters import say_characters
from app.interchange.exporting.damage_lists import DamageList, write_damage_list
from app.interchange.exporting.rosters import RosterOutcome, fonts_of, page_stamp
from app.presentation.approval_sheet import approval_sheet
from app.presentation.columns.batch import EXEMPTIONS, PAYMENTS, REFUSALS, programme_text
from app.presentation.columns.spec import Column
from app.presentation.labels import label
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.presentation.yen_words import yen
from app.usecases.batch_digest import short_digest
from app.usecases.batch_rows import ExemptionRow, PaymentRow, RefusalRow
from app.usecases.batches import open_batch, payment_rows
from app.usecases.context import Context
from app.usecases.job import QUIET, Job

_SHEET_VIEWS = {"transfer": 3, "in_kind": 3, "cash": 4}
"""Which view of the payments a sheet lists, by way: the place among ``PAYMENTS.views``."""
_ROWS = 2_000
_MOST_FAULTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetOutcome:
    """An approval sheet on paper. ``problems``: sentences about characters and texts that did not fit."""

    path: Path
    number: str
    count: int
    total: int
    digest: str
    pages: int
    problems: tuple[str, ...]


def print_approval_sheet(
    ctx: Context, *, batch_id: str, out: Path, folder: Path | None = None, substitutes: bool = True, job: Job = QUIET
) -> SheetOutcome:
    """The 支給決定書 of a batch in any state, whole or not at all. Right ``print``.

    IntegrityFault ``batch.altered`` when its contents are not what they were; RuleViolation ``payment.withheld``; EnvironmentFault; Cancelled.
    """
    from app.printing.approval_sheet import render_approval_sheet
    from app.printing.lists import PrintColumn
    from app.usecases.characters import check_printable

    ctx.require("print")
    file = open_batch(ctx, batch_id=batch_id)
    if not file.intact:
        raise IntegrityFault("batch.altered", kind="payment_batch", record=batch_id, number=file.batch.number)
    view = list(PAYMENTS.views)[_SHEET_VIEWS[file.batch.way]]
    columns = PAYMENTS.exported(view)
    ids = ctx.reads.batches.payment_ids(batch_id=batch_id)
    fonts, unusual = fonts_of(folder, ctx, substitutes=substitutes), list[PersonText]()
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=len(ids), target=out.name)
        uow.commit()
    rows = job.track(_cells(ctx, ids, columns, unusual), "print.drawing", len(ids))
    report = render_approval_sheet(
        out,
        words=approval_sheet(file),
        columns=[PrintColumn(header=c.label, width=float(c.width), align=c.align, key=c.key) for c in columns],
        rows=rows,
        stamp=page_stamp(stamp_for(ctx, at=ctx.now())),
        fonts=fonts,
    )
    missing = say_characters(check_printable(ctx, texts=unusual, fonts=fonts), substituted=substitutes, most=_MOST_FAULTS)
    told = [message(one.code, **one.params) for one in report.problems if not one.code.startswith("print.no_glyph")][:_MOST_FAULTS]
    return SheetOutcome(
        path=out, number=file.batch.number, count=file.batch.count, total=file.batch.total, digest=short_digest(file.batch.digest),
        pages=report.pages, problems=tuple(dict.fromkeys((*missing, *told))),
    )  # fmt: skip


def _cells(ctx: Context, ids: Sequence[str], columns: Sequence[Column[PaymentRow]], unusual: list[PersonText]) -> Iterator[tuple[str, ...]]:
    """The lines as texts, some thousand read at a time; those with a character worth a look are noted."""
    for start in range(0, len(ids), _ROWS):
        for at, row in enumerate(payment_rows(ctx, payment_ids=ids[start : start + _ROWS]), start + 1):
            texts = tuple(f"{at:,}" if column.key == "position" else column.text(row) for column in columns)
            if has_unusual("".join(texts)):
                unusual += [PersonText("", row.name, column.label, text) for column, text in zip(columns, texts, strict=True)]
            yield texts


def write_payments(
    ctx: Context,
    *,
    batch_id: str,
    out: Path,
    format: str,
    view: str = "",
    encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
    folder: Path | None = None,
    job: Job = QUIET,
) -> RosterOutcome:
    """The lines of a batch as CSV, XLSX, HTML or a PDF list. ``view`` "" is everything (on paper what its way needs)."""
    file = open_batch(ctx, batch_id=batch_id)
    views = list(PAYMENTS.views)
    chosen = view or (views[_SHEET_VIEWS[file.batch.way]] if format == "pdf" else views[2])
    rows = payment_rows(ctx, batch_id=batch_id)
    subtitle = f"{programme_text(file.row)} / {label('payment_batch.state', file.batch.state)} / {len(rows):,} / {yen(sum(r.amount for r in rows))}"
    content = DamageList(
        title=f"{label('record', 'payment_batch')} {file.batch.number}", subtitle=subtitle, columns=PAYMENTS, view=chosen, rows=rows,
        people=len(rows),
    )  # fmt: skip
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True, job=job)


def write_exemptions(
    ctx: Context, *, rows: Sequence[ExemptionRow], out: Path, format: str, view: str = "",
    encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig", folder: Path | None = None, job: Job = QUIET,
) -> RosterOutcome:  # fmt: skip
    """Who is exempted from what, for the offices that exempt (tax, insurance, care …)."""
    title = f"{label('programme.kind', 'exemption')} {rows[0].programme if rows else ''}".strip()
    content = DamageList(
        title=title, subtitle=f"{len(rows):,}", columns=EXEMPTIONS, view=view or list(EXEMPTIONS.views)[1], rows=rows, people=len(rows)
    )
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True, job=job)


def write_refusals(
    ctx: Context, *, rows: Sequence[RefusalRow], out: Path, format: str, encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
    folder: Path | None = None, job: Job = QUIET,
) -> RosterOutcome:  # fmt: skip
    """The statement of refusals (辞退): who declined what, why, and what it comes to."""
    subtitle = f"{len(rows):,} / {yen(sum(row.due for row in rows))}"
    content = DamageList(
        title=message("batch.refusals_title"), subtitle=subtitle, columns=REFUSALS, view=list(REFUSALS.views)[1 if format != "pdf" else 0],
        rows=rows, people=len(rows),
    )  # fmt: skip
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True, job=job)
