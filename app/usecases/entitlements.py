"""Entitlements: lists, one of them whole, what is still to pay, refusals (辞退) and taking them up again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.usecases.context import Changes, Context
from app.usecases.ports import Reads
from app.usecases.relief_rows import EntitlementFile, EntitlementFilter, EntitlementRow, Payable


def list_entitlement_ids(ctx: Context, *, filter: EntitlementFilter | None = None, sort: str = "number") -> Sequence[str]:
    """Ids in order. Protected people's are not among them without the right."""
    raise NotImplementedError


def entitlement_rows(ctx: Context, entitlement_ids: Sequence[str]) -> list[EntitlementRow]:
    """Rows in the same order."""
    raise NotImplementedError


def find_entitlement(ctx: Context, *, number: str) -> str:
    """The id for a number. RuleViolation ``record.not_found``."""
    raise NotImplementedError


def open_entitlement(ctx: Context, *, entitlement_id: str) -> EntitlementFile:
    """One entitlement with its rules, facts, claim and payments; noted in the access log. RuleViolation ``record.not_found``."""
    raise NotImplementedError


def payable(reads: Reads, *, round_id: str = "", entitlement_ids: Iterable[str] | None = None) -> dict[str, Payable]:
    """What is still to pay, by entitlement id: due - before - live shares, where it is more than 0 and the entitlement is open.

    Of a whole round or of these ids. ``reads`` decides who sees protected people: pass ``ctx.reads``, or inside a unit of work
    ``uow.reads.seen_by(see_protected=…)``.
    """
    raise NotImplementedError


def decline(ctx: Context, *, entitlement_ids: Sequence[str], reason: str, document: str = "", declined_on: str = "") -> Changes:
    """Somebody does not want the money (辞退). RuleViolation ``relief.reason_missing``, ``relief.already_paid``, ``relief.under_way``."""
    raise NotImplementedError


def reopen(ctx: Context, *, entitlement_ids: Sequence[str], reason: str) -> Changes:
    """A refusal is taken back. RuleViolation ``relief.reason_missing``, ``relief.not_declined``."""
    raise NotImplementedError
