"""What banks answer: taken from their return file, a table or by hand. A payment is answered once; a contradiction is told, never taken.

Money that did not arrive frees its shares, so that ``batches.prepare_retry`` can pay it again; nothing else does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.payments import FAILURES, Payment, PaymentBatch, Reconciliation, TransferFile, TransferResult
from app.usecases.account_masking import shown_rows
from app.usecases.batch_preparing import need_batch
from app.usecases.collecting import without_collector
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.masking import sees_protected
from app.usecases.money_home import need_headquarters
from app.usecases.ports import UnitOfWork
from app.usecases.postings import post_difference, post_failed, post_fee, post_paid, post_recalled, post_sent
from app.usecases.protections import read_day, today
from app.usecases.transfer_days import before_the_day, day_of_answer, day_of_recall, paid_day
from app.usecases.transfer_rows import AnswerProblem, BankAnswer, PaymentLine, Reconciled, Taken, UnpaidRow, Warned
from app.usecases.transfer_verifying import as_payments, change_payments, verify_lines

_ACCOUNT_STATES = {"no_account": "wrong", "name": "wrong", "stopped": "wrong", "closed": "closed", "deceased": "deceased"}
"""What a failure says about the account: it is not paid to again before somebody corrects it."""
_WAITING = frozenset({"planned", "approved", "sent"})


@dataclass(slots=True)
class _Sorted:
    """Answers beside the payments they are about."""

    paid: dict[str, list[PaymentLine]] = field(default_factory=lambda: defaultdict(list))
    failed: list[tuple[PaymentLine, BankAnswer]] = field(default_factory=list)
    unchanged: int = 0
    problems: list[AnswerProblem] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Payments that get an answer now."""
        return len(self.failed) + sum(map(len, self.paid.values()))


def take_results(
    ctx: Context,
    *,
    answers: Sequence[BankAnswer],
    name: str,
    sha256: str,
    profile: str = "",
    batch_id: str = "",
    paid_on: str = "",
    job: Job = QUIET,
) -> Taken:
    """Answers about one batch, in one transaction. Right ``relief``, at headquarters.

    What is known already is counted as ``unchanged``; what contradicts it or is unknown is in ``problems`` and not taken. A batch whose
    files are written but not marked as handed over is handed over by it: the bank has them, or could not answer.
    RuleViolation ``transfer.result_empty``, ``transfer.result_twice`` (the same file), ``transfer.other_batch`` (``belongs``: its number),
    ``transfer.several_batches``, ``transfer.nothing_known``, ``transfer.not_sent``, ``transfer.paid_in_future``. Without ``paid_on`` the money
    arrived on the day of the transfer, or today when that is still to come; then ``warnings`` has ``transfer.before_day``.
    """
    ctx.require("relief")
    need_headquarters(ctx)
    day = paid_day(ctx, paid_on)
    if not answers:
        raise RuleViolation("transfer.result_empty", name=name)
    with without_collector(), ctx.unit() as uow:
        _refuse_twice(uow, sha256, name)
        batch = _find_batch(ctx, uow, answers, batch_id)
        batch, payments = _as_sent(ctx, uow, batch, verify_lines(uow, batch), job)
        found = _sort(answers, payments, day or day_of_answer(ctx, batch), today(ctx).isoformat())
        if not found.count and not found.unchanged:
            first = found.problems[0]
            raise RuleViolation("transfer.nothing_known", name=name, number=batch.number, count=len(found.problems), line=first.line)
        if found.count:
            batch = _apply(ctx, uow, batch, payments, found, job)
            uow.results.add(_result(ctx, uow, batch, found, name=name, sha256=sha256, profile=profile))
            uow.log_access(action="import", persons=found.count, target=f"{batch.number} {name}")
        changes = uow.commit()
    return _taken(batch, payments, found, changes, before_the_day(ctx, batch))


def set_result(ctx: Context, *, payment_id: str, failure: str = "", reason: str = "", paid_on: str = "") -> Taken:
    """One answer by hand; ``failure`` "" is paid. A bill (in kind) needs no file: it is paid directly once its batch is approved.

    RuleViolation ``transfer.failure_unknown``, ``transfer.not_sent``, ``transfer.contradiction``, ``transfer.paid_in_future``.
    """
    ctx.require("relief")
    need_headquarters(ctx)
    if failure not in FAILURES:
        raise RuleViolation("transfer.failure_unknown", field="failure", failure=failure)
    day = paid_day(ctx, paid_on)
    with ctx.unit(reason=reason.strip()) as uow:
        payment = uow.payments.need(payment_id)
        batch = need_batch(ctx, uow, payment.batch_id)
        if batch.way == "cash":
            raise RuleViolation("transfer.other_way", number=batch.number, way=batch.way)
        if batch.state not in ("sent", "settled") and (batch.way, batch.state) != ("in_kind", "approved"):
            raise RuleViolation("transfer.not_sent", number=batch.number, batch_state=batch.state)
        payments = verify_lines(uow, batch)
        answer = BankAnswer(line=1, code=payment.code, failure=failure, reason=reason.strip())
        found = _sort([answer], payments, day or day_of_answer(ctx, batch), today(ctx).isoformat())
        if found.problems:
            problem = found.problems[0]
            raise RuleViolation(problem.code, **problem.params)
        if found.count:
            batch = _apply(ctx, uow, batch, payments, found, QUIET)
            uow.results.add(_result(ctx, uow, batch, found, name="", sha256="", profile=""))
        changes = uow.commit()
    return _taken(batch, payments, found, changes, before_the_day(ctx, batch))


def recall_payment(ctx: Context, *, payment_id: str, reason: str, recalled_on: str = "") -> Changes:
    """組戻し: money that was sent or had arrived came back. Its shares are free to be paid again; the books say so.

    RuleViolation ``reason.missing``, ``transfer.not_recallable`` for one that is neither sent nor paid, ``transfer.recall_before_paid``,
    ``transfer.paid_in_future``. Without a day it is today, or the day of the payment when that is later.
    """
    ctx.require("relief")
    need_headquarters(ctx)
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    with ctx.unit(reason=reason.strip()) as uow:
        payment = uow.payments.need(payment_id)
        batch = _need_transfer(ctx, uow, payment.batch_id)
        verify_lines(uow, batch)
        if payment.state not in ("sent", "paid"):
            raise RuleViolation("transfer.not_recallable", number=payment.number, payment_state=payment.state)
        post_recalled(uow, batch, [payment], day_of_recall(ctx, payment, recalled_on))
        uow.payments.save(replace(payment, state="recalled", failure="recalled", reason=reason.strip()))
        _free(uow, [payment.id])
        if batch.state == "sent" and not _WAITING & set(uow.reads.transfers.states(batch.id)):
            uow.batches.save(replace(batch, state="settled"))
        return uow.commit()


def list_unpaid(ctx: Context, *, batch_id: str = "") -> list[UnpaidRow]:
    """Payments that did not arrive, with the reason and what to do next."""
    return shown_rows(ctx, ctx.reads.transfers.unpaid(batch_id=batch_id))


def expected_on_statement(ctx: Context, *, batch_id: str) -> int:
    """Yen that the statement should show as gone for the batch: what was sent less what is known to have come back."""
    with ctx.unit() as uow:
        return _expected(uow, _need_transfer(ctx, uow, batch_id))


def reconcile(ctx: Context, *, batch_id: str, day: str, statement: int, fee: int = 0, explanation: str = "") -> Reconciled:
    """The bank statement beside the books: ``statement`` is what went out for the batch less what came back, without the ``fee``.

    ``day`` is that of the statement, "" the day of the transfer. A difference needs an explanation (``transfer.difference_unexplained``;
    ``difference_is_fee`` when it is just the fee) and is posted, as is the fee.
    RuleViolation ``transfer.not_sent``, ``transfer.statement_wrong``, ``transfer.reconciled`` when the same was noted before.
    """
    ctx.require("relief")
    need_headquarters(ctx)
    for name, amount in (("statement", statement), ("fee", fee)):
        if not 0 <= amount <= 10**13:
            raise RuleViolation("transfer.statement_wrong", field=name, amount=amount)
    with ctx.unit(reason=explanation.strip()) as uow:
        batch = _need_transfer(ctx, uow, batch_id)
        if batch.state not in ("sent", "settled"):
            raise RuleViolation("transfer.not_sent", number=batch.number, batch_state=batch.state)
        on = read_day(day.strip() or batch.transfer_on, field="day")
        if not on:
            raise RuleViolation("transfer.statement_day", field="day")
        earlier = uow.reads.transfers.reconciliations(batch.id)
        if any((one.day, one.statement, one.fee) == (on, statement, fee) for one in earlier):
            raise RuleViolation("transfer.reconciled", number=batch.number, day=on)
        expected = _expected(uow, batch)
        difference = statement - expected
        if difference and not explanation.strip():
            code = "transfer.difference_is_fee" if fee and difference == fee else "transfer.difference_unexplained"
            raise RuleViolation(code, field="explanation", statement=statement, expected=expected, difference=difference, fee=fee)
        _post_statement(uow, batch, earlier, difference, fee, on, explanation.strip())
        uow.reconciliations.add(
            Reconciliation(
                id=new_id(), batch_id=batch.id, day=on, statement=statement, expected=expected, difference=difference, fee=fee,
                explanation=explanation.strip(), done_by=ctx.actor.operator_id,
            )
        )  # fmt: skip
        changes = uow.commit()
    return Reconciled(
        batch_number=batch.number, day=on, statement=statement, expected=expected, difference=difference, fee=fee, changes=changes
    )


def _post_statement(
    uow: UnitOfWork, batch: PaymentBatch, earlier: Sequence[Reconciliation], difference: int, fee: int, day: str, memo: str
) -> None:
    """Only what is new since the last time: a batch may be compared again when money came back."""
    last = earlier[-1] if earlier else None
    moved = difference - (last.difference if last else 0)
    if moved:  # more went out than the books say: less is left
        post_difference(uow, difference=-moved, day=day, memo=memo, batch_id=batch.id)
    more = fee - (last.fee if last else 0)
    if more > 0:
        post_fee(uow, amount=more, programme_id=batch.programme_id, batch_id=batch.id, day=day, memo=memo)


def _expected(uow: UnitOfWork, batch: PaymentBatch) -> int:
    states = uow.reads.transfers.states(batch.id)
    return sum(states.get(state, (0, 0))[1] for state in ("sent", "paid"))


# -- which batch -------------------------------------------------------------------------------------------


def _refuse_twice(uow: UnitOfWork, sha256: str, name: str) -> None:
    earlier = uow.reads.transfers.result_by_hash(sha256) if sha256 else None
    if earlier is None:
        return
    batch = uow.batches.get(earlier.batch_id)
    raise RuleViolation("transfer.result_twice", name=name, at=earlier.taken_at, number=batch.number if batch else "")


def _find_batch(ctx: Context, uow: UnitOfWork, answers: Sequence[BankAnswer], batch_id: str) -> PaymentBatch:
    """The batch that the answers are about: the given one, or the one whose payments they name."""
    keys = {one.code for one in answers} | {one.number for one in answers}
    owners = set(uow.reads.transfers.batches_of(keys - {""}).values())
    wanted = _need_transfer(ctx, uow, batch_id) if batch_id else None
    if wanted is not None:
        if owners - {wanted.id}:
            numbers = _numbers(ctx, uow, owners - {wanted.id})
            raise RuleViolation("transfer.other_batch", number=wanted.number, belongs=numbers)
        return wanted
    if len(owners) > 1:
        raise RuleViolation("transfer.several_batches", belongs=_numbers(ctx, uow, owners))
    if not owners:
        raise RuleViolation("transfer.which_batch", field="batch", count=len(answers))
    return _need_transfer(ctx, uow, owners.pop())


def _numbers(ctx: Context, uow: UnitOfWork, batch_ids: Iterable[str]) -> list[str]:
    """Numbers of the batches that this actor may know of."""
    found = [uow.batches.need(one) for one in sorted(batch_ids)]
    return [one.number for one in found if sees_protected(ctx) or not (one.guarded or uow.reads.batches.guarded_payments(one.id))]


def _need_transfer(ctx: Context, uow: UnitOfWork, batch_id: str) -> PaymentBatch:
    batch = need_batch(ctx, uow, batch_id)
    if batch.way != "transfer":
        raise RuleViolation("transfer.other_way", number=batch.number, way=batch.way)
    return batch


def _as_sent(
    ctx: Context, uow: UnitOfWork, batch: PaymentBatch, payments: tuple[PaymentLine, ...], job: Job
) -> tuple[PaymentBatch, tuple[PaymentLine, ...]]:
    """The batch as sent. One that is approved and whose files are all written is handed over now: the bank has them.

    One of another device counts as written: its file may have gone to the bank from there.
    """
    if batch.state in ("sent", "settled"):
        return batch, payments
    files = uow.transfers.where(batch_id=batch.id) if batch.state == "approved" else []
    elsewhere = batch.state == "approved" and batch.device_id not in ("", ctx.place.device_id)
    if not elsewhere and not _is_written(files):
        raise RuleViolation("transfer.not_sent", number=batch.number, batch_state=batch.state)
    for one in files:
        if one.state == "written":
            uow.transfers.save(replace(one, state="handed", handed_at=uow.now))
    job.report(0, len(payments), "job.transfer_handing")
    change_payments(uow, [one.id for one in payments], lambda one: replace(one, state="sent"))
    batch = uow.batches.save(replace(batch, state="sent"))
    post_sent(uow, batch, as_payments(payments), day=today(ctx).isoformat())
    return batch, tuple(one._replace(state="sent") for one in payments)


def _is_written(files: Sequence[TransferFile]) -> bool:
    done = [one for one in files if one.state in ("written", "handed")]
    return bool(done) and {one.part for one in done} == set(range(1, max(one.parts for one in done) + 1))


# -- which payment -----------------------------------------------------------------------------------------


def _sort(answers: Sequence[BankAnswer], payments: Sequence[PaymentLine], day: str, now: str) -> _Sorted:
    """Each answer beside its payment: new, known, or a problem. ``now`` is today: nothing was paid after it."""
    by_code = {one.code: one for one in payments if one.code}
    by_number = {one.number: one for one in payments}
    by_account = {(one.bank, one.branch, one.account_kind, one.account_number): one for one in payments}
    found, told = _Sorted(), dict[str, str]()
    meant: list[tuple[BankAnswer, PaymentLine | None]] = []
    for answer in answers:
        payment = by_code.get(answer.code) or by_number.get(answer.number)
        if payment is None and not (answer.code or answer.number):
            payment = by_account.get((answer.bank, answer.branch, answer.kind, answer.account))
        meant.append((answer, payment))
    disputed = _disputed(meant)
    for answer, payment in meant:
        problem = _problem(answer, payment, disputed, now)
        if problem is not None:
            found.problems.append(problem)
        elif payment is not None and (payment.id in told or payment.state not in _WAITING):
            found.unchanged += payment.id not in told
        elif payment is not None:
            told[payment.id] = answer.failure
            if answer.failure:
                found.failed.append((payment, answer))
            else:
                found.paid[answer.paid_on or day].append(payment)
    return found


def _disputed(meant: Sequence[tuple[BankAnswer, PaymentLine | None]]) -> frozenset[str]:
    """Payments said to be paid and not paid by the same file: neither answer is believed, whichever came first."""
    said: defaultdict[str, set[bool]] = defaultdict(set)
    for answer, payment in meant:
        if payment is not None:
            said[payment.id].add(bool(answer.failure))
    return frozenset(one for one, outcomes in said.items() if len(outcomes) > 1)


def _problem(answer: BankAnswer, payment: PaymentLine | None, disputed: frozenset[str], now: str) -> AnswerProblem | None:
    """Why an answer is not taken; None when it may be."""
    if payment is None:
        shown = answer.number or answer.code or f"{answer.bank}-{answer.branch}-{answer.account}"
        return AnswerProblem(line=answer.line, code="transfer.unknown_payment", params={"payment": shown, "line": answer.line})
    params = {"number": payment.number, "line": answer.line}
    if answer.amount is not None and answer.amount != payment.amount:
        return AnswerProblem(
            line=answer.line, code="transfer.amount_differs", params={**params, "found": answer.amount, "amount": payment.amount}
        )
    if payment.id in disputed and payment.state in _WAITING:
        return AnswerProblem(line=answer.line, code="transfer.answered_twice", params=params)
    if answer.paid_on > now and not answer.failure and payment.state in _WAITING:
        return AnswerProblem(line=answer.line, code="transfer.paid_later", params={**params, "day": answer.paid_on})
    was_paid = payment.state == "paid"
    if payment.state not in _WAITING and was_paid != (not answer.failure):
        return AnswerProblem(line=answer.line, code="transfer.contradiction", params={**params, "payment_state": payment.state})
    return None


# -- what follows ------------------------------------------------------------------------------------------


def _apply(ctx: Context, uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[PaymentLine], found: _Sorted, job: Job) -> PaymentBatch:
    """Payments answered, in the books, shares of the failed free, their accounts marked; the batch settled when nothing is open."""
    job.report(0, len(payments), "job.transfer_results")
    for day, group in found.paid.items():
        entry = post_paid(uow, batch, as_payments(group), day, sent=batch.way == "transfer")
        change_payments(uow, [one.id for one in group], partial(_paid, day=day, entry=entry))
    failed = [one for one, _ in found.failed]
    if failed:
        post_failed(uow, batch, as_payments(failed), today(ctx).isoformat(), sent=batch.way == "transfer")
        why = {one.id: told for one, told in found.failed}
        change_payments(
            uow, list(why), lambda one: replace(one, state="failed", failure=why[one.id].failure, reason=why[one.id].reason)
        )  # fmt: skip
        _free(uow, list(why))
        _mark_accounts(uow, found.failed)
    job.report(len(payments), len(payments), "job.transfer_results")
    answered = {one.id for group in found.paid.values() for one in group} | {one.id for one in failed}
    if batch.state in ("sent", "approved") and all(one.id in answered or one.state not in _WAITING for one in payments):
        batch = uow.batches.save(replace(batch, state="settled"))
    return batch


def _paid(payment: Payment, *, day: str, entry: str) -> Payment:
    return replace(payment, state="paid", paid_on=day, failure="", reason="", entry=entry)


def _free(uow: UnitOfWork, payment_ids: Sequence[str]) -> None:
    """The money did not arrive: what it was for may be paid again."""
    shares = uow.reads.transfers.shares_of(payment_ids)
    uow.shares.save_many([replace(one, live=False) for one in shares])


def _mark_accounts(uow: UnitOfWork, failed: Sequence[tuple[PaymentLine, BankAnswer]]) -> None:
    """Accounts that the bank found wrong, unless they were corrected meanwhile."""
    blamed = {payment.account_id: (payment, told) for payment, told in failed if told.failure in _ACCOUNT_STATES}
    marked = []
    for account in uow.reads.transfers.accounts(blamed):
        payment, told = blamed[account.id]
        now = (account.bank, account.branch, account.kind, account.number, account.holder)
        then = (payment.bank, payment.branch, payment.account_kind, payment.account_number, payment.holder)
        if now == then and account.state == "checked":
            marked.append(replace(account, state=_ACCOUNT_STATES[told.failure], reason=told.reason or account.reason))
    uow.accounts.save_many(marked)


def _result(ctx: Context, uow: UnitOfWork, batch: PaymentBatch, found: _Sorted, *, name: str, sha256: str, profile: str) -> TransferResult:
    paid = [one for group in found.paid.values() for one in group]
    return TransferResult(
        id=new_id(), batch_id=batch.id, sha256=sha256, name=name, profile=profile, paid=len(paid), paid_total=sum(one.amount for one in paid),
        failed=len(found.failed), failed_total=sum(one.amount for one, _ in found.failed), taken_at=uow.now, taken_by=ctx.actor.operator_id,
    )  # fmt: skip


def _taken(batch: PaymentBatch, payments: Collection[PaymentLine], found: _Sorted, changes: Changes, warnings: tuple[Warned, ...]) -> Taken:
    paid = [one for group in found.paid.values() for one in group]
    before = sum(one.state in _WAITING for one in payments)
    return Taken(
        batch_id=batch.id, batch_number=batch.number, paid=len(paid), paid_total=sum(one.amount for one in paid), failed=len(found.failed),
        failed_total=sum(one.amount for one, _ in found.failed), unchanged=found.unchanged, open=before - found.count,
        settled=batch.state == "settled", problems=tuple(found.problems), changes=changes,
        warnings=warnings if found.count else (),
    )  # fmt: skip
