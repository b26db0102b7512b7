"""Lists of buildings, surveys, requests and area judgements as files and on paper; each is one row of the access log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.domain.errors import UsageFault
from app.interchange.exporting.rosters import RosterOutcome, Sheet, write_sheet
from app.presentation.columns.spec import ColumnSet
from app.presentation.stamps import stamp_for
from app.usecases.context import Context
from app.usecases.job import QUIET, Job

FORMATS = ("csv", "xlsx", "html", "pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageList:
    """What goes out: rows as the reader may see them, in the columns of a view. ``people`` counts the households in them for the access log."""

    title: str
    subtitle: str
    columns: ColumnSet[Any]
    view: str
    rows: Sequence[Any]
    people: int = 0


def write_damage_list(
    ctx: Context,
    *,
    content: DamageList,
    out: Path,
    format: str,
    encoding: Literal["utf-8-sig", "cp932"] = "utf-8-sig",
    folder: Path | None = None,
    substitutes: bool = False,
    job: Job = QUIET,
) -> RosterOutcome:
    """Write the list, whole or not at all. RuleViolation without the right to print or export, UsageFault for an unknown format."""
    ctx.require("print" if format == "pdf" else "export")
    if format not in FORMATS:
        raise UsageFault("roster.no_format", format=format)
    sheet = Sheet(
        title=content.title,
        subtitle=content.subtitle,
        stamp=stamp_for(ctx, at=ctx.now()),
        columns=content.columns.exported(content.view),
        rows=content.rows,
    )
    with ctx.unit() as uow:
        uow.log_access(action="print" if format == "pdf" else "export", persons=content.people, target=out.name)
        uow.commit()
    return write_sheet(
        sheet, out=out, format=format, encoding=encoding, layout="compact", folder=folder, job=job, ctx=ctx, substitutes=substitutes
    )
