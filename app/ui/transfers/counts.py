"""How many things wait on the page 振込."""

from __future__ import annotations

from app.usecases.context import Context
from app.usecases.transfer_results import list_unpaid
from app.usecases.transfers import list_waiting


def count_waiting(ctx: Context) -> int:
    """Batches with something left to do."""
    return sum(bool(row.next_step) for row in list_waiting(ctx))


def count_unpaid(ctx: Context) -> int:
    """Payments that did not arrive and are not yet paid again."""
    return sum(row.next_step not in ("done", "wait") for row in list_unpaid(ctx))
