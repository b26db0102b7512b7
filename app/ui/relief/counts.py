"""How many things wait in each tab. Off the GUI thread, without making the tab."""

from __future__ import annotations

from app.usecases import casualties, claims
from app.usecases.batches import count_waiting
from app.usecases.context import Context
from app.usecases.relief_rows import CasualtyFilter, ClaimFilter


def count_lacking(ctx: Context) -> int:
    """Claims whose documents have not all come."""
    return len(claims.list_claim_ids(ctx, filter=ClaimFilter(lacking=True)))


def count_reported(ctx: Context) -> int:
    """Casualties that a second person has to confirm."""
    return len(casualties.list_casualty_ids(ctx, filter=CasualtyFilter(state="reported")))


def count_batches(ctx: Context) -> int:
    """Batches that wait for the actor: to check, to approve, to put right. Nobody checks or approves their own."""
    return count_waiting(ctx)
