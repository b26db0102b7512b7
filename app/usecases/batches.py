"""Batches (支給決定簿): lists, one of them whole, and their steps. What pays money is decided here, by two people, and fixed by a digest.

``prepare``, ``prepare_retry``: usecases.batch_preparing. ``check_batch``, ``approve_batch``, ``return_batch``, ``submit_batch``, ``cancel_batch``,
``remove_payments``: usecases.batch_steps. ``verify_batch``, ``digest_of``, ``short_digest``: usecases.batch_digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.errors import IntegrityFault, RuleViolation
from app.domain.governance import Operator
from app.domain.identifiers import read_lettered
from app.domain.payments import PaymentBatch, TransferFile
from app.domain.relief import Programme, ReliefRound
from app.usecases.account_masking import shown_rows
from app.usecases.batch_digest import digest_of, short_digest, verify_batch
from app.usecases.batch_preparing import prepare, prepare_retry
from app.usecases.batch_rows import BatchFile, BatchFilter, BatchRow, BatchStep, PaymentRow
from app.usecases.batch_steps import (
    approve_batch,
    cancel_batch,
    check_batch,
    is_own_work,
    remove_payments,
    return_batch,
    submit_batch,
)
from app.usecases.context import Context
from app.usecases.ports import UnitOfWork
from app.usecases.rows import HistoryEntry

__all__ = [
    "approve_batch",
    "cancel_batch",
    "check_batch",
    "digest_of",
    "find_batch",
    "find_payment",
    "list_batch_ids",
    "list_batches",
    "batch_rows",
    "count_waiting",
    "list_payment_ids",
    "note_seen",
    "open_batch",
    "payment_rows",
    "prepare",
    "prepare_retry",
    "read_lines",
    "remove_payments",
    "return_batch",
    "short_digest",
    "submit_batch",
    "verify_batch",
]


def list_batch_ids(ctx: Context, *, filter: BatchFilter | None = None) -> list[str]:
    """Ids in the order of the filter's sort. Batches of protected people are not among them without the right."""
    return ctx.reads.batches.batch_ids(filter=filter or BatchFilter())


def batch_rows(ctx: Context, batch_ids: Sequence[str]) -> list[BatchRow]:
    """Rows in the same order."""
    return ctx.reads.batches.batch_rows(batch_ids)


def list_batches(ctx: Context, *, filter: BatchFilter | None = None) -> list[BatchRow]:
    """Ids and rows in one: there are some hundred batches at most."""
    return batch_rows(ctx, list_batch_ids(ctx, filter=filter))


_WAITING = {"draft": ("check_money", False), "checked": ("approve_money", False), "returned": ("relief", True)}
"""By state: the right that the next person needs, and whether that is who prepared it."""


def count_waiting(ctx: Context) -> int:
    """Batches that wait for this actor: to be checked or approved by another person, or given back to whoever prepared them."""
    if ctx.place.site_kind != "hq":
        return 0
    rows = list_batches(ctx, filter=BatchFilter(open=True))
    return sum(
        ctx.actor.may(_WAITING[row.state][0]) and (row.prepared_by == ctx.actor.name) is _WAITING[row.state][1]
        for row in rows if row.state in _WAITING
    )  # fmt: skip


def find_batch(ctx: Context, *, number: str) -> str:
    """The id for a number typed in any way, with its letter or without, or an id.

    RuleViolation ``batch.not_found``, also for one the actor may not know of.
    """
    found = ctx.reads.batches.batch_by_number(read_lettered("K", number) or number.strip())
    if found is None:
        raise RuleViolation("batch.not_found", field="batch", number=number)
    return found


def find_payment(ctx: Context, *, number: str) -> str:
    """The id for a payment's number or code. RuleViolation ``payment.not_found``."""
    found = ctx.reads.batches.payment_by_number(read_lettered("S", number) or number.strip())
    if found is None:
        raise RuleViolation("payment.not_found", field="payment", number=number)
    return found


def list_payment_ids(ctx: Context, *, batch_id: str = "", state: str = "", text: str = "", sort: str = "position") -> list[str]:
    """Payments of a batch in order. Protected people's are not among them without the right."""
    return ctx.reads.batches.payment_ids(batch_id=batch_id, state=state, text=text, sort=sort)


def payment_rows(ctx: Context, *, batch_id: str = "", payment_ids: Sequence[str] | None = None) -> list[PaymentRow]:
    """The lines of a batch, or these payments in their order. Accounts are masked for an actor without a right to them."""
    ids = list_payment_ids(ctx, batch_id=batch_id) if payment_ids is None else payment_ids
    return shown_rows(ctx, ctx.reads.batches.payment_rows(ids))


def read_lines(ctx: Context, *, batch_id: str) -> list[PaymentRow]:
    """The lines of a batch to show or hand out, with names and accounts: noted in the access log."""
    rows = payment_rows(ctx, batch_id=batch_id)
    note_seen(ctx, batch_id=batch_id, count=len(rows))
    return rows


def note_seen(ctx: Context, *, batch_id: str, count: int) -> None:
    """That somebody saw the names and accounts of so many lines: for whoever shows them a screen at a time."""
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=count, target=uow.batches.need(batch_id).number)
        uow.commit()


def open_batch(ctx: Context, *, batch_id: str) -> BatchFile:
    """A batch with everything about it but its lines. RuleViolation ``record.not_found``, ``payment.withheld``; damage is in ``intact``."""
    from app.usecases.batch_preparing import need_batch

    with ctx.unit() as uow:
        batch = need_batch(ctx, uow, batch_id)
        intact = _is_intact(uow, batch)
        makers = uow.reads.batches.makers(batch_id)
        operators = [one for one in uow.reads.all("operator") if isinstance(one, Operator)]
        own = is_own_work(ctx, batch, makers, operators)
        files = tuple(uow.transfers.where(batch_id=batch_id))
    (row,) = ctx.reads.batches.batch_rows([batch_id])
    programme, round_ = ctx.reads.get("programme", batch.programme_id), ctx.reads.get("relief_round", batch.round_id)
    if not isinstance(programme, Programme) or not isinstance(round_, ReliefRound):
        raise IntegrityFault("batch.altered", kind="payment_batch", record=batch.id, number=batch.number)
    retries = [one for one in list_batches(ctx, filter=BatchFilter(round_id=batch.round_id)) if one.retry_of == batch.number]
    return BatchFile(
        batch=batch, row=row, programme=programme, round=round_, lines=tuple(ctx.reads.batches.category_lines(batch_id)),
        steps=_steps(ctx.reads.journal.history(batch_id)), files=files, retries=tuple(retries), intact=intact,
        may=_allowed(ctx, batch, row, files, own) if intact else frozenset(),
    )  # fmt: skip


def _is_intact(uow: UnitOfWork, batch: PaymentBatch) -> bool:
    try:
        verify_batch(uow, batch)
    except IntegrityFault:
        return False
    return True


def _steps(history: Sequence[HistoryEntry]) -> tuple[BatchStep, ...]:
    """From the journal: every state it came into, and every time lines were taken out (``removed``)."""
    steps: dict[str, BatchStep] = {}
    for entry in history:
        if entry.action == "create":
            steps.setdefault(entry.operation, _step(entry, "draft"))
        elif entry.field == "state":
            steps[entry.operation] = _step(entry, str(entry.new))
        elif entry.field == "count":
            steps.setdefault(entry.operation, _step(entry, "removed"))
    return tuple(steps.values())


def _step(entry: HistoryEntry, state: Any) -> BatchStep:
    return BatchStep(at=entry.at, by=entry.by, state=state, reason=entry.reason)


def _allowed(ctx: Context, batch: PaymentBatch, row: BatchRow, files: Sequence[TransferFile], own: bool) -> frozenset[str]:
    """What the actor may do with it now: buttons of a window, no promise (limits and budget are asked at the act)."""
    if ctx.place.site_kind != "hq":
        return frozenset({"sheet"})
    state, may = batch.state, ctx.actor.may
    other = not own
    allowed = {
        "sheet": may("print"),
        "check": state == "draft" and other and may("check_money"),
        "approve": state in ("draft", "checked") and other and may("approve_money"),
        "return": state in ("draft", "checked") and other and may("check_money"),
        "submit": state == "returned" and may("relief"),
        "remove": state in ("draft", "returned") and may("relief"),
        "cancel": (state in ("draft", "checked", "returned") and may("relief"))
        or (state == "approved" and not files and may("approve_money")),
        "retry": row.failed > 0 and state in ("approved", "sent", "settled") and may("relief"),
    }
    return frozenset(word for word, holds in allowed.items() if holds)
