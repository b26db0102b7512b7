"""The steps of a batch after it is prepared: check, approve, return, submit again, cancel, and taking lines out of a draft.

Each step reads the batch inside its transaction, compares its contents with its digest and writes the journal by saving it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from app.domain.errors import RuleViolation, StaleRecord
from app.domain.folding import fold_name
from app.domain.governance import Operator
from app.domain.identifiers import device_prefix
from app.domain.payments import Payment, PaymentBatch
from app.usecases.approval_limits import check_limits
from app.usecases.batch_digest import digest_of, verify_batch
from app.usecases.batch_preparing import check_budget, need_batch
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.money_home import need_home
from app.usecases.ports import UnitOfWork

_NAMED = 5
"""So many payments are named in a refusal."""


def check_batch(ctx: Context, *, batch_id: str, version: int | None = None) -> Changes:
    """The second look: fixes the contents by their digest. Right ``check_money``, not by who prepared (``batch.own_work``).

    RuleViolation ``batch.wrong_state``, ``batch.account_changed``, ``batch.no_longer_due``, ``payment.withheld``; StaleRecord when it was
    saved meanwhile; IntegrityFault ``batch.altered``.
    """
    ctx.require("check_money")
    need_home(ctx)
    with ctx.unit() as uow:
        batch = _open(ctx, uow, batch_id, version, "draft")
        _refuse_own_work(ctx, uow, batch)
        payments = verify_batch(uow, batch)
        _check_contents(uow, batch)
        uow.batches.save(_checked(ctx, uow, batch, payments))
        return uow.commit()


def approve_batch(ctx: Context, *, batch_id: str, version: int | None = None, job: Job = QUIET) -> Changes:
    """Decide: from here on the batch is immutable, its payments are approved and in the books; of a cash batch vouchers are made.

    Right ``approve_money``, not by who prepared, within the limits of the actor's roles (``batch.limit_total``, ``batch.limit_single``). A
    draft that nobody checked is checked in the same act. Else as ``check_batch``, and ``batch.over_budget``.
    """
    from app.usecases.postings import post_approved

    ctx.require("approve_money")
    need_home(ctx)
    with ctx.unit() as uow:
        batch = _open(ctx, uow, batch_id, version, "draft", "checked")
        _refuse_own_work(ctx, uow, batch)
        payments = verify_batch(uow, batch)
        check_limits(ctx, uow, batch, payments)
        _check_contents(uow, batch)
        check_budget(ctx, uow, uow.programmes.need(batch.programme_id), uow.rounds.need(batch.round_id))
        if batch.state == "draft":
            ctx.require("check_money")
            batch = uow.batches.save(_checked(ctx, uow, batch, payments))
        job.report(0, len(payments), "job.approving")
        uow.payments.save_many([replace(one, state="approved") for one in payments])
        batch = uow.batches.save(
            replace(batch, state="approved", approved_by=ctx.actor.operator_id, approved_at=uow.now, reason="")
        )  # fmt: skip
        approved = tuple(replace(one, state="approved", version=one.version + 1) for one in payments)
        post_approved(uow, batch, approved)
        if batch.way == "cash":
            from app.usecases.vouchers import make_vouchers

            make_vouchers(uow, batch, approved, device_id=ctx.place.device_id)
        job.report(len(payments), len(payments), "job.approving")
        return uow.commit()


def return_batch(ctx: Context, *, batch_id: str, reason: str, version: int | None = None) -> Changes:
    """Give a draft or checked batch back to its maker. Right ``check_money``. RuleViolation ``reason.missing``, ``batch.wrong_state``."""
    ctx.require("check_money")
    need_home(ctx)
    _need_reason(reason)
    with ctx.unit(reason=reason.strip()) as uow:
        batch = _open(ctx, uow, batch_id, version, "draft", "checked")
        verify_batch(uow, batch)
        uow.batches.save(replace(batch, state="returned", digest="", checked_by="", checked_at=None, reason=reason.strip()))
        return uow.commit()


def submit_batch(ctx: Context, *, batch_id: str, version: int | None = None) -> Changes:
    """Hand a returned batch in again, after lines were taken out or the reason was dealt with. Right ``relief``."""
    ctx.require("relief")
    need_home(ctx)
    with ctx.unit() as uow:
        batch = _open(ctx, uow, batch_id, version, "returned")
        verify_batch(uow, batch)
        uow.batches.save(replace(batch, state="draft", reason=""))
        return uow.commit()


def cancel_batch(ctx: Context, *, batch_id: str, reason: str, version: int | None = None, job: Job = QUIET) -> Changes:
    """Give a batch up: its payments are void and what they were for is open again. It stays in the records.

    Right ``relief``; an approved one ``approve_money``, and only while no file was written (``batch.file_written``) and every voucher is
    still here (``batch.vouchers_out``). One of another device never once it is approved, since its file may have been written there; before,
    by somebody with ``approve_money`` who did not make it (``batch.elsewhere``). RuleViolation ``reason.missing``, ``batch.wrong_state``.
    """
    need_home(ctx)
    _need_reason(reason)
    with ctx.unit(reason=reason.strip()) as uow:
        batch = _open(ctx, uow, batch_id, version, "draft", "checked", "returned", "approved")
        _refuse_elsewhere(ctx, uow, batch)
        ctx.require("approve_money" if batch.state == "approved" or _is_elsewhere(ctx, batch) else "relief")
        payments = verify_batch(uow, batch)
        if batch.state == "approved":
            _take_back(ctx, uow, batch, payments, reason.strip())
        job.report(0, len(payments), "job.cancelling")
        uow.payments.save_many([replace(one, state="void", reason=reason.strip()) for one in payments])
        uow.shares.save_many([replace(one, live=False) for one in uow.reads.batches.shares(batch.id) if one.live])
        uow.batches.save(replace(batch, state="cancelled", reason=reason.strip()))
        job.report(len(payments), len(payments), "job.cancelling")
        return uow.commit()


def remove_payments(ctx: Context, *, batch_id: str, payment_ids: Sequence[str], reason: str, version: int | None = None) -> Changes:
    """Take lines out of a draft or returned batch: what they were for is open again. Right ``relief``.

    RuleViolation ``batch.elsewhere`` for one that another device made, ``batch.fixed`` from the check on, ``batch.not_in_it``, ``batch.empty``
    for the last line (cancel the batch then).
    """
    ctx.require("relief")
    need_home(ctx)
    _need_reason(reason)
    with ctx.unit(reason=reason.strip()) as uow:
        batch = _open(ctx, uow, batch_id, version)
        if batch.state not in ("draft", "returned"):
            raise RuleViolation("batch.fixed", number=batch.number)
        if _is_elsewhere(ctx, batch):
            raise RuleViolation("batch.elsewhere", number=batch.number, device=device_prefix(batch.device_id))
        payments = verify_batch(uow, batch)
        gone = set(payment_ids)
        if not gone or not gone <= {one.id for one in payments}:
            raise RuleViolation("batch.not_in_it", number=batch.number)
        kept = [one for one in payments if one.id not in gone]
        if not kept:
            raise RuleViolation("batch.empty", number=batch.number)
        uow.payments.save_many(
            [replace(one, state="void", reason=reason.strip(), deleted=True) for one in payments if one.id in gone]
        )  # fmt: skip
        shares = uow.reads.batches.shares(batch.id)
        uow.shares.save_many([replace(one, live=False, deleted=True) for one in shares if one.payment_id in gone])
        uow.batches.save(replace(batch, count=len(kept), total=sum(one.amount for one in kept)))
        return uow.commit()


# -- what stands in the way --------------------------------------------------------------------------------


def _open(ctx: Context, uow: UnitOfWork, batch_id: str, version: int | None, *states: str) -> PaymentBatch:
    """The batch at this version and in one of these states; StaleRecord or RuleViolation ``batch.wrong_state`` else."""
    batch = need_batch(ctx, uow, batch_id)
    if version is not None and version != batch.version:
        raise StaleRecord(kind="payment_batch", record=batch.id, expected=version, found=batch.version)
    if states and batch.state not in states:
        raise RuleViolation("batch.wrong_state", number=batch.number, batch_state=batch.state)
    return batch


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")


def is_own_work(ctx: Context, batch: PaymentBatch, makers: Collection[str], operators: Iterable[Operator]) -> bool:
    """Whether the actor prepared the batch or changed what is in it: the same operator, or one of the same name."""
    ids = {*makers, batch.prepared_by}
    me = fold_name(ctx.actor.name)
    return ctx.actor.operator_id in ids or any(one.id in ids and fold_name(one.name) == me for one in operators)


def _refuse_own_work(ctx: Context, uow: UnitOfWork, batch: PaymentBatch) -> None:
    operators = [one for one in uow.reads.all("operator") if isinstance(one, Operator)]
    if is_own_work(ctx, batch, uow.reads.batches.makers(batch.id), operators):
        raise RuleViolation("batch.own_work", number=batch.number)


def _checked(ctx: Context, uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment]) -> PaymentBatch:
    digest = digest_of(batch=batch, payments=payments, shares=uow.reads.batches.shares(batch.id))
    return replace(batch, state="checked", digest=digest, checked_by=ctx.actor.operator_id, checked_at=uow.now, reason="")


def _check_contents(uow: UnitOfWork, batch: PaymentBatch) -> None:
    """Accounts are still the checked ones; nothing is paid that is not due any more."""
    wrong = uow.reads.batches.changed_accounts(batch.id) if batch.way == "transfer" else []
    if wrong:
        raise RuleViolation("batch.account_changed", count=len(wrong), numbers=wrong[:_NAMED])
    found = uow.reads.batches.no_longer_due(batch.id)
    if found:
        raise RuleViolation("batch.no_longer_due", count=len(found), numbers=found[:_NAMED])


def _is_elsewhere(ctx: Context, batch: PaymentBatch) -> bool:
    """Whether another device made it: a restored folder does not know what became of it there."""
    return batch.device_id not in ("", ctx.place.device_id)


def _refuse_elsewhere(ctx: Context, uow: UnitOfWork, batch: PaymentBatch) -> None:
    """RuleViolation ``batch.elsewhere``, unless it was not approved here and an approver who did not make it gives it up."""
    if not _is_elsewhere(ctx, batch):
        return
    if batch.state == "approved" or not ctx.actor.may("approve_money"):
        raise RuleViolation("batch.elsewhere", number=batch.number, device=device_prefix(batch.device_id))
    _refuse_own_work(ctx, uow, batch)


def _take_back(ctx: Context, uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment], reason: str) -> None:
    """What approving did, undone: nothing may have left the house."""
    from app.usecases.postings import post_released

    if uow.transfers.where(batch_id=batch.id):
        raise RuleViolation("batch.file_written", number=batch.number)
    vouchers = uow.vouchers.where(batch_id=batch.id)
    elsewhere = [one.number for one in vouchers if one.home_device != ctx.place.device_id]
    if elsewhere:
        raise RuleViolation("batch.vouchers_elsewhere", number=batch.number, numbers=elsewhere[:_NAMED])
    out = [one.number for one in vouchers if one.state != "ready"]
    if out or any(one.state != "approved" for one in payments):
        raise RuleViolation("batch.vouchers_out", number=batch.number, numbers=out[:_NAMED])
    uow.vouchers.save_many([replace(one, state="void", reason=reason) for one in vouchers])
    post_released(uow, batch, payments, memo=reason)
