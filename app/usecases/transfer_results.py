"""What banks answer: taken from their return file, a table or by hand. A payment is answered once; a contradiction is told, never taken."""

from __future__ import annotations

from collections.abc import Sequence

from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.transfer_rows import BankAnswer, Reconciled, Taken, UnpaidRow


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
    """Answers about one batch. RuleViolation ``transfer.other_batch`` (with its number), ``transfer.result_twice``, ``transfer.nothing_known``."""
    raise NotImplementedError


def set_result(ctx: Context, *, payment_id: str, failure: str = "", reason: str = "", paid_on: str = "") -> Taken:
    """One answer by hand; ``failure`` "" is paid."""
    raise NotImplementedError


def recall_payment(ctx: Context, *, payment_id: str, reason: str, recalled_on: str = "") -> Changes:
    """組戻し: money that had arrived came back. Its shares are free to be paid again."""
    raise NotImplementedError


def list_unpaid(ctx: Context, *, batch_id: str = "") -> list[UnpaidRow]:
    """Payments that did not arrive, with the reason and what to do next."""
    raise NotImplementedError


def reconcile(ctx: Context, *, batch_id: str, day: str, statement: int, fee: int = 0, explanation: str = "") -> Reconciled:
    """The bank statement (without the fee) beside the books; a difference needs an explanation."""
    raise NotImplementedError
