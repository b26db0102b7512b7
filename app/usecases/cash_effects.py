"""What a payment in cash, a refund or a voided voucher means for the payment, its shares, its batch and the books.

A laptop has vouchers without the payments behind them: there only the books of the site move. At headquarters the same receipts, carried
back, settle the payments.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.payments import Payment, Receipt, Voucher
from app.usecases import postings
from app.usecases.ports import UnitOfWork


def on_paid(uow: UnitOfWork, voucher: Voucher, receipt: Receipt) -> str:
    """The payment is paid, its batch settled when it was the last; answers the entry of the books."""
    entry = postings.post_cash_paid(uow, voucher, receipt)
    payment = uow.payments.get(voucher.payment_id)
    if payment is not None and payment.state != "paid":
        revived = payment.state in ("void", "failed", "refunded", "recalled")
        uow.payments.save(replace(payment, state="paid", paid_on=receipt.day, entry=entry))
        if revived:
            _revive_shares(uow, payment)
        _settle(uow, payment)
    return entry


def on_refunded(uow: UnitOfWork, voucher: Voucher, receipt: Receipt) -> str:
    """The money came back: the payment is refunded and no longer stands for its entitlements."""
    entry = postings.post_refund(uow, voucher, receipt)
    payment = uow.payments.get(voucher.payment_id)
    if payment is not None and payment.state != "refunded":
        uow.payments.save(replace(payment, state="refunded", reason=receipt.reason))
        _end_shares(uow, payment)
        _settle(uow, payment)
    return entry


def on_void(uow: UnitOfWork, voucher: Voucher) -> None:
    """The voucher will never be paid: its payment ends, and what it stood for can be paid another way."""
    postings.post_voucher_released(uow, voucher, memo=voucher.reason)
    payment = uow.payments.get(voucher.payment_id)
    if payment is not None and payment.state not in ("paid", "refunded", "void"):
        uow.payments.save(replace(payment, state="void", reason=voucher.reason))
        _end_shares(uow, payment)
        _settle(uow, payment)


def _end_shares(uow: UnitOfWork, payment: Payment) -> None:
    uow.shares.save_many([replace(one, live=False) for one in uow.shares.where(payment_id=payment.id) if one.live])


def _revive_shares(uow: UnitOfWork, payment: Payment) -> None:
    """A payment thought to have failed was made after all. Where something else was paid for the same meanwhile, it is too much."""
    for share in uow.shares.where(payment_id=payment.id):
        taken = [one for one in uow.shares.where(entitlement_id=share.entitlement_id, part=share.part) if one.live and one.id != share.id]
        if not taken:
            uow.shares.save(replace(share, live=True))
            continue
        entitlement = uow.entitlements.get(share.entitlement_id)
        if entitlement is not None:
            uow.entitlements.save(replace(entitlement, over=entitlement.over + share.amount, flag="over"))
            postings.post_overpaid(uow, [(entitlement, share.amount)])


def _settle(uow: UnitOfWork, payment: Payment) -> None:
    """A batch without anything left to wait for is settled."""
    batch = uow.batches.get(payment.batch_id)
    if batch is not None and batch.state in ("approved", "sent") and not uow.reads.cash.open_payments(batch.id):
        uow.batches.save(replace(batch, state="settled"))
