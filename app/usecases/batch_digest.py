"""What fixes a batch: the SHA-256 of its canonical lines, taken at the check and compared before each later step.

In it is what a decision is about – who gets how much for what, on which account –, not what happens to a payment afterwards
(state, failure, day, posting).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from app.domain.compact_json import make_encoder
from app.domain.errors import IntegrityFault
from app.domain.payments import Payment, PaymentBatch, PaymentShare
from app.usecases.ports import UnitOfWork

_encode = make_encoder(sort_keys=False)
_DECIDED = ("approved", "sent", "settled")
SHORT = 16
"""Characters of the digest that are printed for people to compare."""


def digest_of(*, batch: PaymentBatch, payments: Iterable[Payment], shares: Iterable[PaymentShare]) -> str:
    """64 hexadecimal digits over the batch, its payments in their order and their shares; the order of the arguments does not matter."""
    parts: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for share in shares:
        parts[share.payment_id].append((share.entitlement_id, share.part, share.amount))
    total = hashlib.sha256()
    ordered = sorted(payments, key=lambda one: (one.position, one.id))
    total.update(_line((1, batch.id, batch.number, batch.programme_id, batch.round_id, batch.way, batch.guarded, batch.retry_of)))
    for one in ordered:
        total.update(
            _line(
                (
                    one.position, one.id, one.number, one.code, one.way, one.payee_id, one.account_id, one.name, one.kana, one.birth,
                    one.address, one.bank, one.branch, one.account_kind, one.account_number, one.holder, one.amount, one.retry_of,
                    sorted(parts.pop(one.id, [])),
                )
            )
        )  # fmt: skip
    total.update(_line((len(ordered), sum(one.amount for one in ordered), sorted(parts))))
    return total.hexdigest()


def _line(values: tuple[object, ...]) -> bytes:
    return _encode(values).encode() + b"\n"


def short_digest(digest: str) -> str:
    """The first sixteen characters in groups of four, as printed on paper and shown in the window."""
    head = digest[:SHORT].upper()
    return "-".join(head[at : at + 4] for at in range(0, len(head), 4))


def verify_batch(uow: UnitOfWork, batch: PaymentBatch) -> tuple[Payment, ...]:
    """Every payment of a batch in its order, its contents compared with its digest, count and total.

    IntegrityFault ``batch.altered`` when anything differs (somebody changed the store behind the program's back), also when a batch
    that was checked has no digest, or one that is decided has no approver (``is_decided``). A draft has no digest yet: then only count,
    total and shares are compared.
    """
    payments = uow.reads.batches.payments(batch.id)
    shares = uow.reads.batches.shares(batch.id)
    if not _holds(batch, payments, shares) or not is_decided(uow, batch):
        raise IntegrityFault("batch.altered", kind="payment_batch", record=batch.id, number=batch.number)
    return tuple(payments)


def is_decided(uow: UnitOfWork, batch: PaymentBatch) -> bool:
    """Whether a batch that counts as approved was approved: by somebody who did not prepare it, as the journal says. True before that step.

    The digest holds the contents alone, so a state that was only written into the store has to be told by the journal.
    """
    if batch.state not in _DECIDED:
        return True
    who = batch.approved_by
    return bool(who) and who != batch.prepared_by and who in uow.reads.batches.approvers(batch.id)


def _holds(batch: PaymentBatch, payments: Sequence[Payment], shares: Sequence[PaymentShare]) -> bool:
    sums: dict[str, int] = defaultdict(int)
    for share in shares:
        sums[share.payment_id] += share.amount
    if len(payments) != batch.count or sum(one.amount for one in payments) != batch.total:
        return False
    if any(one.amount != sums[one.id] or one.amount <= 0 for one in payments) or len(sums) != len(payments):
        return False
    if not batch.digest:
        return batch.state in ("draft", "returned", "cancelled")
    return digest_of(batch=batch, payments=payments, shares=shares) == batch.digest
