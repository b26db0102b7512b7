"""Lists of money as files and on paper: what a calculation comes to, entitlements, claims, casualties. Each is one row of the access log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from app.interchange.exporting.damage_lists import DamageList, write_damage_list
from app.interchange.exporting.rosters import RosterOutcome
from app.presentation.columns.casualty import CASUALTIES
from app.presentation.columns.claim import CLAIMS
from app.presentation.columns.entitlement import CALCULATED, CATEGORY_COUNTS, ENTITLEMENTS
from app.presentation.columns.spec import ColumnSet
from app.presentation.labels import label
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.relief_rows import Calculation, CasualtyRow, ClaimRow, EntitlementRow

Encoding = Literal["utf-8-sig", "cp932"]


def write_calculation(
    ctx: Context, *, calculation: Calculation, out: Path, format: str, encoding: Encoding = "utf-8-sig", folder: Path | None = None, job: Job = QUIET
) -> RosterOutcome:  # fmt: skip
    """Everyone looked at, what is due and why or why not: CSV, XLSX, HTML. On paper (PDF) without those for whom nothing is due and nothing was."""
    rows = [row for row in calculation.rows if row.action != "none"] if format == "pdf" else calculation.rows
    content = DamageList(
        title=_title(calculation), subtitle=say_sums(calculation), columns=CALCULATED, view=_view(CALCULATED, format), rows=rows,
        people=len(rows),
    )  # fmt: skip
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True, job=job)


def write_counts(
    ctx: Context, *, calculation: Calculation, out: Path, format: str, encoding: Encoding = "utf-8-sig", folder: Path | None = None, job: Job = QUIET
) -> RosterOutcome:  # fmt: skip
    """Count × unit price by category, with total, budget and what is left."""
    content = DamageList(
        title=_title(calculation), subtitle=say_sums(calculation), columns=CATEGORY_COUNTS, view="", rows=calculation.categories, people=0
    )
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True, job=job)


def say_sums(calculation: Calculation) -> str:
    """The sums of a calculation in one line."""
    one = calculation
    told = message("relief.sums", count=one.count, total=yen(one.total), already=yen(one.already), to_pay=yen(one.to_pay))
    if one.budget is None or one.left is None:
        return told
    code = "relief.sums_over" if one.left < 0 else "relief.sums_left"
    return f"{told} / {message(code, budget=yen(one.budget), left=yen(abs(one.left)))}"


def _title(calculation: Calculation) -> str:
    kind = message("relief.dry_title" if calculation.dry else "relief.title")
    return f"{kind} {calculation.programme.title} {calculation.round.title or calculation.round.code}"


def write_entitlements(
    ctx: Context, *, rows: Sequence[EntitlementRow], out: Path, format: str, encoding: Encoding = "utf-8-sig", folder: Path | None = None, job: Job = QUIET
) -> RosterOutcome:  # fmt: skip
    """Entitlements with what is paid and what they lack."""
    subtitle = f"{len(rows):,} / {yen(sum(row.due - row.before for row in rows if row.state == 'open'))}"
    content = DamageList(
        title=label("record", "entitlement"), subtitle=subtitle, columns=ENTITLEMENTS, view=_view(ENTITLEMENTS, format), rows=rows, people=len(rows)
    )
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True, job=job)


def write_claims(
    ctx: Context, *, rows: Sequence[ClaimRow], out: Path, format: str, encoding: Encoding = "utf-8-sig", folder: Path | None = None, job: Job = QUIET
) -> RosterOutcome:  # fmt: skip
    """Claims with the documents that are missing."""
    content = DamageList(
        title=label("record", "claim"), subtitle=f"{len(rows):,}", columns=CLAIMS, view=_view(CLAIMS, format), rows=rows, people=len(rows)
    )
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True, job=job)


def write_casualties(
    ctx: Context, *, rows: Sequence[CasualtyRow], out: Path, format: str, encoding: Encoding = "utf-8-sig", folder: Path | None = None, job: Job = QUIET
) -> RosterOutcome:  # fmt: skip
    """Casualties with what shows them."""
    content = DamageList(
        title=label("record", "casualty"), subtitle=f"{len(rows):,}", columns=CASUALTIES, view=_view(CASUALTIES, format), rows=rows, people=len(rows)
    )
    return write_damage_list(ctx, content=content, out=out, format=format, encoding=encoding, folder=folder, substitutes=True, job=job)


def _view(columns: ColumnSet[Any], format: str) -> str:  # a list on paper has room for the first view only
    views = list(columns.views)
    return "" if not views else views[0] if format == "pdf" else views[-1]
