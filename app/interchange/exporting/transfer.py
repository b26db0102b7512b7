"""What leaves the program of transfers besides the file itself: the transmittal with its readable list, and tables. Each is one row of the access log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.domain.characters import PersonText, has_unusual
from app.domain.errors import UsageFault
from app.interchange.exporting.characters import say_characters
from app.interchange.exporting.damage_lists import FORMATS, DamageList, write_damage_list
from app.interchange.exporting.rosters import RosterOutcome, fonts_of, page_stamp
from app.presentation.columns.transfer import LINES, NAMES, UNPAID
from app.presentation.labels import label
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.presentation.transmittal import transmittal
from app.presentation.yen_words import yen
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.transfer_contents import read_contents
from app.usecases.transfer_rows import KanaChange, UnpaidRow

_MOST_FAULTS = 50
Encoding = Literal["utf-8-sig", "cp932"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransmittalOutcome:
    """A transmittal on paper. ``problems``: sentences about characters and texts that did not fit."""

    path: Path
    number: str
    count: int
    total: int
    pages: int
    problems: tuple[str, ...]


def print_transmittal(
    ctx: Context, *, batch_id: str, out: Path, folder: Path | None = None, substitutes: bool = True, job: Job = QUIET
) -> TransmittalOutcome:
    """The 送付書 of a batch's newest files with every line as the bank reads it, whole or not at all. Right ``print``.

    Made from what the files were written with; IntegrityFault ``transfer.again_differs`` when that gives other bytes.
    """
    from app.printing.lists import PrintColumn
    from app.printing.transmittal import render_transmittal
    from app.usecases.characters import check_printable

    found = read_contents(ctx, batch_id=batch_id)
    columns = LINES.exported(next(iter(LINES.views)))
    fonts, unusual = fonts_of(folder, ctx, substitutes=substitutes), list[PersonText]()
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=len(found.lines), target=out.name)
        uow.commit()
    rows = []
    for one in found.lines:
        rows.append(tuple(column.text(one) for column in columns))
        if has_unusual(one.payment.name):
            unusual.append(PersonText("", one.payment.name, columns[2].label, one.payment.name))
    report = render_transmittal(
        out,
        words=transmittal(found),
        columns=[PrintColumn(header=c.label, width=float(c.width), align=c.align, key=c.key) for c in columns],
        rows=job.track(rows, "print.drawing", len(rows)),
        stamp=page_stamp(stamp_for(ctx, at=ctx.now())),
        fonts=fonts,
    )
    missing = say_characters(check_printable(ctx, texts=unusual, fonts=fonts), substituted=substitutes, most=_MOST_FAULTS)
    told = [message(one.code, **one.params) for one in report.problems if not one.code.startswith("print.no_glyph")][:_MOST_FAULTS]
    return TransmittalOutcome(
        path=out, number=found.batch.number, count=len(found.lines), total=sum(one.line.amount for one in found.lines), pages=report.pages,
        problems=tuple(dict.fromkeys((*missing, *told))),
    )  # fmt: skip


def write_lines(
    ctx: Context,
    *,
    batch_id: str,
    out: Path,
    format: str = "",
    encoding: Encoding = "utf-8-sig",
    folder: Path | None = None,
    job: Job = QUIET,
) -> RosterOutcome:
    """Every line of a batch's files in readable form, as CSV, XLSX, HTML or PDF."""
    found = read_contents(ctx, batch_id=batch_id)
    total = sum(one.line.amount for one in found.lines)
    content = DamageList(
        title=f"{label('record', 'transfer_file')} {found.batch.number}", subtitle=f"{len(found.lines):,} / {yen(total)}", columns=LINES,
        view=list(LINES.views)[1], rows=found.lines, people=len(found.lines),
    )  # fmt: skip
    return write_damage_list(
        ctx, content=content, out=out, format=_format(out, format), encoding=encoding, folder=folder, substitutes=True, job=job
    )


def write_names(
    ctx: Context, *, rows: Sequence[KanaChange], out: Path, format: str = "", encoding: Encoding = "utf-8-sig", folder: Path | None = None
) -> RosterOutcome:
    """Every name that was changed or cut."""
    content = DamageList(
        title=message("transfer.names_title"), subtitle=f"{len(rows):,}", columns=NAMES, view="", rows=rows, people=len(rows)
    )
    return write_damage_list(ctx, content=content, out=out, format=_format(out, format), encoding=encoding, folder=folder, substitutes=True)


def write_unpaid(
    ctx: Context, *, rows: Sequence[UnpaidRow], out: Path, format: str = "", encoding: Encoding = "utf-8-sig", folder: Path | None = None
) -> RosterOutcome:
    """Payments that did not arrive, with the reason and the next step."""
    subtitle = f"{len(rows):,} / {yen(sum(row.amount for row in rows))}"
    format = _format(out, format)
    content = DamageList(
        title=message("transfer.unpaid_title"), subtitle=subtitle, columns=UNPAID, view=list(UNPAID.views)[0 if format == "pdf" else 1], rows=rows,
        people=len(rows),
    )  # fmt: skip
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True)


def _format(out: Path, format: str) -> str:
    """The given format, or that of the file's ending; UsageFault ``roster.no_format``."""
    found = format or out.suffix.lstrip(".").lower()
    if found not in FORMATS:
        raise UsageFault("roster.no_format", format=found)
    return found
