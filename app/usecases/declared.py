"""Households written down before the residents of the day were there, matched with the snapshot afterwards, one decision each."""

from __future__ import annotations

from app.usecases.certificate_rows import DeclaredCase
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job


def list_declared(ctx: Context, *, job: Job = QUIET) -> list[DeclaredCase]:
    """Every declared household not yet matched, with whom the active snapshot offers, most likely first."""
    raise NotImplementedError


def confirm_match(ctx: Context, *, victim_id: str, resident_id: str) -> Changes:
    """This household is that of this resident: linked; what was issued keeps its words, its mark "declared" goes."""
    raise NotImplementedError


def confirm_absence(ctx: Context, *, victim_id: str, note: str = "") -> Changes:
    """Nobody of the snapshot: stays as told, and is not asked again."""
    raise NotImplementedError
