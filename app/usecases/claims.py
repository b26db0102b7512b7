"""Claims for support: entered, their documents ticked, moved on. What no survey tells stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.relief import Claim, Programme, ReliefRound
from app.usecases.context import Changes, Context
from app.usecases.relief_rows import ClaimFilter, ClaimRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedClaim:
    """A saved claim. ``warnings``: message codes with parameters (``claim.late``, ``claim.again`` …); never refusals."""

    claim: Claim
    warnings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    changes: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFile:
    """A claim for one screen. ``wanted``: all documents of programme and round, in order; ``missing``: of them not ticked."""

    claim: Claim
    row: ClaimRow
    programme: Programme
    round: ReliefRound | None
    wanted: tuple[str, ...]
    missing: tuple[str, ...]


def save_claim(ctx: Context, *, values: Mapping[str, Any], claim_id: str | None = None, version: int | None = None) -> SavedClaim:
    """A new claim, or with ``claim_id`` a corrected one. Right ``claim``. ``values``: fields of ``Claim``."""
    raise NotImplementedError


def set_claim_state(ctx: Context, *, claim_id: str, state: str, reason: str = "", version: int | None = None) -> Changes:
    """Move a claim; declined and withdrawn need a reason, complete needs its documents (``claim.documents_missing``)."""
    raise NotImplementedError


def tick_documents(ctx: Context, *, claim_id: str, documents: Sequence[str], version: int | None = None) -> Changes:
    """Which documents have come; the state follows (waiting while some are missing, complete when none is)."""
    raise NotImplementedError


def list_claim_ids(ctx: Context, *, filter: ClaimFilter | None = None, sort: str = "number") -> Sequence[str]:
    """Ids in order."""
    raise NotImplementedError


def claim_rows(ctx: Context, claim_ids: Sequence[str]) -> list[ClaimRow]:
    """Rows in the same order."""
    raise NotImplementedError


def open_claim(ctx: Context, *, claim_id: str) -> ClaimFile:
    """One claim whole; noted in the access log."""
    raise NotImplementedError
