"""The contents of a batch compared with its digest in narrow rows, and many payments changed a part at a time: sixty thousand in bounded memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import cast

from app.domain.errors import IntegrityFault
from app.domain.payments import Payment, PaymentBatch, PaymentShare
from app.usecases.batch_digest import digest_of, is_decided
from app.usecases.ports import UnitOfWork
from app.usecases.transfer_rows import PaymentLine

_PART = 2_000


def verify_lines(uow: UnitOfWork, batch: PaymentBatch) -> tuple[PaymentLine, ...]:
    """As ``batch_digest.verify_batch`` for an approved batch: every payment in order, or IntegrityFault ``batch.altered``."""
    lines, shares = uow.reads.transfers.lines(batch.id), uow.reads.transfers.share_lines(batch.id)
    sums: dict[str, int] = defaultdict(int)
    for share in shares:
        sums[share.payment_id] += share.amount
    right = (
        len(lines) == batch.count == len(sums)
        and sum(one.amount for one in lines) == batch.total
        and all(one.amount == sums.get(one.id) and one.amount > 0 for one in lines)
        and bool(batch.digest)
        and digest_of(batch=batch, payments=as_payments(lines), shares=cast("Sequence[PaymentShare]", shares)) == batch.digest
        and is_decided(uow, batch)
    )
    if not right:
        raise IntegrityFault("batch.altered", kind="payment_batch", record=batch.id, number=batch.number)
    return tuple(lines)


def as_payments(lines: Sequence[PaymentLine]) -> Sequence[Payment]:
    """The lines for a function that reads payments and keeps none: digests and postings."""
    return cast("Sequence[Payment]", lines)


def change_payments(uow: UnitOfWork, payment_ids: Sequence[str], change: Callable[[Payment], Payment]) -> None:
    """Save each payment as ``change`` makes it, some thousand at a time."""
    for at in range(0, len(payment_ids), _PART):
        uow.payments.save_many([change(one) for one in uow.reads.transfers.payments(payment_ids[at : at + _PART])])
