"""Papers of relief that are filled in one by one: certificates of exemption for households, forms to decline."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import RuleViolation
from app.interchange.exporting.rosters import fonts_of, page_stamp
from app.presentation.exemption_values import exemption_values, refusal_values
from app.presentation.messages import message
from app.presentation.stamps import stamp_for
from app.usecases.batch_rows import RefusalRow
from app.usecases.context import Context
from app.usecases.exemptions import ExemptedHousehold, exemption_facts
from app.usecases.forms import find_seal, read_signature
from app.usecases.job import QUIET, Job
from app.usecases.relief_rows import EntitlementRow

EXEMPTION, REFUSAL = "exemption_certificate", "relief_refusal"


@dataclass(frozen=True, slots=True, kw_only=True)
class PapersOutcome:
    """What was printed. ``stopped``: number and sentence of each paper that could not be printed; the others are."""

    files: tuple[Path, ...]
    printed: int
    pages: int
    stopped: tuple[tuple[str, str], ...]


def print_exemption_certificates(
    ctx: Context,
    *,
    households: Sequence[ExemptedHousehold],
    out: Path,
    nup: int = 1,
    issued_on: str = "",
    folder: Path | None = None,
    job: Job = QUIET,
) -> PapersOutcome:
    """A certificate for each household (two to a sheet with ``nup`` 2). Rights ``print`` and ``claim``; noted in the access log.

    A paper with a character that nothing draws is left out and told. RuleViolation ``exemption.nobody``, ``certificate.no_mayor``, ``certificate.day``.
    """
    ctx.require("claim")
    if not households:
        raise RuleViolation("exemption.nobody")
    facts = exemption_facts(ctx, issued_on=issued_on)
    records = [exemption_values(one, facts) for one in households]
    return _print(ctx, EXEMPTION, records, out=out, nup=nup, folder=folder, job=job)


def print_refusal_forms(
    ctx: Context, *, rows: Sequence[EntitlementRow | RefusalRow], out: Path, folder: Path | None = None, job: Job = QUIET
) -> PapersOutcome:
    """A form to sign for each entitlement, declined already or not. Rights ``print`` and ``claim``. RuleViolation ``refusal.nobody``."""
    ctx.require("claim")
    if not rows:
        raise RuleViolation("refusal.nobody")
    signature = read_signature(ctx)
    to = (
        message("refusal.to", title=signature.mayor_title)
        if signature.mayor_title
        else message("refusal.to_office", name=signature.municipality)
    )
    records = [refusal_values(row, programme=_programme(row), to=to) for row in rows]
    return _print(ctx, REFUSAL, records, out=out, nup=1, folder=folder, job=job)


def _programme(row: EntitlementRow | RefusalRow) -> str:
    parts = (row.programme, row.round) if isinstance(row, RefusalRow) else (row.programme_title, row.round_title)
    return " ".join(part for part in parts if part)


def _print(
    ctx: Context, form: str, records: Sequence[Mapping[str, str]], *, out: Path, nup: int, folder: Path | None, job: Job
) -> PapersOutcome:
    from app.printing.batch import render_batch
    from app.printing.designs import active_layout
    from app.printing.imposition import BatchOptions

    ctx.require("print")
    seal = find_seal(ctx) if form == EXEMPTION else None
    with ctx.unit() as uow:
        uow.log_access(action="print", persons=len(records), target=out.name)
        uow.commit()
    report = render_batch(
        out, layout=active_layout(ctx, form, folder=folder), records=records, count=len(records), options=BatchOptions(nup=nup), job=job,
        fonts=fonts_of(folder, ctx, substitutes=True), stamp=page_stamp(stamp_for(ctx, at=ctx.now())),
        seal=base64.b64decode(seal.picture) if seal else None, seal_width=seal.width if seal else 0.0,
    )  # fmt: skip
    stopped = tuple((records[one.row]["number"], message(one.code, **one.params)) for one in report.stopped)
    return PapersOutcome(files=report.files, printed=report.printed, pages=report.pages, stopped=stopped)
