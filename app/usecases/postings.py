"""Postings: one function for each event that moves money. They take the unit of work of the act itself, so that both happen or neither.

Every function answers the id of its entry ("" when nothing moved), which the caller keeps in ``Payment.entry``, ``Receipt.entry`` or
``CashCount.entry``. An entry sums to 0 or is refused; entries are never changed, only reversed. ``domain.books`` has the accounts.

Lines of one category, district and site are one line: 60,000 payments are some hundred postings. Their ``count`` is that of the
entitlements paid, since one payment may pay several of different categories. Of a ``guarded`` batch or voucher neither district nor
payment is in the books, so that no line tells where a protected person lives (decision 020).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain

from app.domain.books import ACCOUNTS, Ledger, Line, check_entry, check_sum, moved, summed
from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.payments import Payment, PaymentBatch, Posting, Receipt, Voucher
from app.domain.relief import Entitlement, Loan, Repayment, Yen, check_yen
from app.usecases.ledger_ports import ShareLine
from app.usecases.ports import UnitOfWork

_FEW = 50
"""So many payments are looked up one by one, more by their batch."""

# -- the budget: by people -------------------------------------------------------------------------------------


def post_budget(uow: UnitOfWork, *, programme_id: str, amount: Yen, round_id: str = "", day: str = "", memo: str = "") -> str:
    """Money came from prefecture, state, donors or the municipality itself: 本部の資金 / 財源."""
    lines = moved("hq", "source", check_sum(amount))
    return _post(uow, "budget", lines, day=day, programme_id=programme_id, round_id=round_id, memo=memo)


def post_budget_returned(
    uow: UnitOfWork, *, programme_id: str, amount: Yen, round_id: str = "", day: str = "", second: str = "", memo: str = ""
) -> str:
    """What was left went back to where it came from (返還・精算): 財源へ返還 / 本部の資金."""
    lines = moved("returned", "hq", check_sum(amount))
    return _post(uow, "budget_returned", lines, day=day, programme_id=programme_id, round_id=round_id, second=second, memo=memo)


def post_allotment(
    uow: UnitOfWork, *, site_id: str, amount: Yen, programme_id: str = "", day: str = "", second: str = "", memo: str = ""
) -> str:
    """Cash was handed to a site: 拠点の資金 / 本部の資金."""
    lines = moved("site", "hq", check_sum(amount), debit_site=site_id)
    return _post(uow, "allotment", lines, day=day, programme_id=programme_id, second=second, memo=memo)


def post_allotment_back(
    uow: UnitOfWork, *, site_id: str, amount: Yen, programme_id: str = "", day: str = "", second: str = "", memo: str = ""
) -> str:
    """A site brought cash back to headquarters: 本部の資金 / 拠点の資金."""
    lines = moved("hq", "site", check_sum(amount), credit_site=site_id)
    return _post(uow, "allotment_back", lines, day=day, programme_id=programme_id, second=second, memo=memo)


# -- batches: decided, sent, paid, failed ----------------------------------------------------------------------


def post_approved(uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment]) -> str:
    """Decided: no money moves yet. 支給決定 / 支給決定の見返り."""
    return _post_batch(uow, "approved", batch, payments, {"committed": 1, "commitments": -1})


def post_released(uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment], *, day: str = "", memo: str = "") -> str:
    """Approved payments will not be paid (cancelled, given up): the decision is taken out of the books."""
    return _post_batch(uow, "released", batch, payments, {"commitments": 1, "committed": -1}, day=day, memo=memo)


def post_sent(uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment], *, day: str = "") -> str:
    """Handed to the bank: 銀行で処理中 / 本部の資金, and the decision is carried out."""
    return _post_batch(uow, "sent", batch, payments, {"transit": 1, "hq": -1, "commitments": 1, "committed": -1}, day=day)


def post_paid(uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment], day: str = "", *, sent: bool = True) -> str:
    """The money arrived: 支給 / 銀行で処理中. ``sent=False``: it was never posted as sent (a bill paid directly): 支給 / 本部の資金.

    The caller saves the payments with ``state="paid"``, ``paid_on`` and this ``entry``.
    """
    moves: dict[Ledger, int] = {"paid": 1, "transit": -1} if sent else {"paid": 1, "hq": -1, "commitments": 1, "committed": -1}
    return _post_batch(uow, "paid", batch, payments, moves, day=day)


def post_failed(uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment], day: str = "", *, sent: bool = True) -> str:
    """The bank could not pay: 本部の資金 / 銀行で処理中. ``sent=False``: it was never posted as sent; only the decision ends."""
    moves: dict[Ledger, int] = {"hq": 1, "transit": -1} if sent else {"commitments": 1, "committed": -1}
    return _post_batch(uow, "failed", batch, payments, moves, day=day)


def post_recalled(uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment], day: str = "") -> str:
    """組戻し. Of payments with an ``entry`` (paid already) the money comes back: 本部の資金 / 返納・組戻し; of others as ``post_failed``.

    Give the payments as they were before the recall, all paid or none of them; RuleViolation ``ledger.mixed`` otherwise.
    """
    paid = [one for one in payments if one.entry]
    if paid and len(paid) < len(payments):
        raise RuleViolation("ledger.mixed", count=len(paid))
    moves: dict[Ledger, int] = {"hq": 1, "refunded": -1} if paid else {"hq": 1, "transit": -1}
    return _post_batch(uow, "recalled", batch, payments, moves, day=day)


# -- cash ------------------------------------------------------------------------------------------------------


def post_cash_paid(uow: UnitOfWork, voucher: Voucher, receipt: Receipt) -> str:
    """Cash was paid at a site: 支給 / 拠点の資金, and the decision is carried out. ``receipt.entry`` is the id when it is set.

    Call it before the payment is saved as paid. Where the decision is not in these books (a site's laptop) or was taken out of them
    (a voucher voided, then found to be paid), only the money moves. A receipt whose entry is in the books already is not posted again:
    what a site carries back may come twice.
    """
    moves: tuple[tuple[Ledger, int], ...] = (("paid", 1), ("site", -1))
    if _decided(uow, voucher):
        moves += (("commitments", 1), ("committed", -1))
    lines = _cash_lines(uow, voucher, receipt.amount, moves, site_id=receipt.site_id)
    return _post_receipt(uow, "cash_paid", lines, voucher, receipt)


def post_refund(uow: UnitOfWork, voucher: Voucher, receipt: Receipt) -> str:
    """Cash came back, two people confirm it: 拠点の資金 / 返納・組戻し. Posted once, as ``post_cash_paid``."""
    lines = _cash_lines(uow, voucher, receipt.amount, (("site", 1), ("refunded", -1)), site_id=receipt.site_id)
    return _post_receipt(uow, "refund", lines, voucher, receipt)


def post_voucher_released(uow: UnitOfWork, voucher: Voucher, *, day: str = "", memo: str = "") -> str:
    """A voucher ends unpaid: its decision is taken out of the books, when it is in them. Call it before the payment is saved as void."""
    if not _decided(uow, voucher):
        return ""
    lines = _cash_lines(uow, voucher, voucher.amount, (("commitments", 1), ("committed", -1)))
    return _post(
        uow, "released", lines, day=day, programme_id=voucher.programme_id, round_id=voucher.round_id, batch_id=voucher.batch_id,
        payment_id="" if voucher.guarded else voucher.payment_id, memo=memo,
    )  # fmt: skip


def post_difference(uow: UnitOfWork, *, difference: Yen, site_id: str = "", day: str = "", memo: str = "", batch_id: str = "") -> str:
    """Counted or stated minus expected. More than expected is positive: 拠点の資金 / 過不足; site "" is the account of headquarters."""
    if not difference:
        return ""
    lines = moved("site" if site_id else "hq", "difference", difference, debit_site=site_id, credit_site=site_id)
    return _post(uow, "difference", lines, day=day, memo=memo, batch_id=batch_id)


def post_fee(uow: UnitOfWork, *, amount: Yen, programme_id: str = "", batch_id: str = "", day: str = "", memo: str = "") -> str:
    """The bank took a fee: 手数料 / 本部の資金."""
    return _post(uow, "fee", moved("fee", "hq", check_yen(amount)), day=day, programme_id=programme_id, batch_id=batch_id, memo=memo)


# -- paid too much, and loans ----------------------------------------------------------------------------------


def post_overpaid(uow: UnitOfWork, changes: Iterable[tuple[Entitlement, Yen]], *, day: str = "") -> list[str]:
    """What is owed back changed (``Entitlement.over`` after minus before): 過払いの請求 / 過払いの戻り, an entry for each round."""
    rounds: dict[tuple[str, str], list[Line]] = {}
    for entitlement, change in changes:
        rounds.setdefault((entitlement.programme_id, entitlement.round_id), []).extend(moved("overpaid", "reclaimed", change, count=1))
    return [
        _post(uow, "overpaid", lines, day=day, programme_id=programme, round_id=round_id)
        for (programme, round_id), lines in rounds.items() if summed(lines)
    ]  # fmt: skip


def post_overpaid_returned(
    uow: UnitOfWork, entitlement: Entitlement, amount: Yen, *, site_id: str = "", day: str = "", second: str = "", memo: str = ""
) -> str:
    """An overpayment came back, to headquarters or in cash to a site: 資金 / 過払いの請求. The caller lowers ``over`` by it."""
    lines = moved("site" if site_id else "hq", "overpaid", check_yen(amount), debit_site=site_id, count=1)
    return _post(
        uow, "overpaid_returned", lines, day=day, programme_id=entitlement.programme_id, round_id=entitlement.round_id, second=second, memo=memo
    )  # fmt: skip


def post_loan_lent(uow: UnitOfWork, loan: Loan, *, programme_id: str, day: str = "") -> str:
    """A loan was paid out (the payment itself is posted by its batch): 貸付金 / 貸付金の見返り."""
    return _post(
        uow, "loan", moved("loans", "lent", check_yen(loan.principal), count=1), day=day or loan.lent_on, programme_id=programme_id
    )


def post_loan_repaid(uow: UnitOfWork, repayment: Repayment, *, programme_id: str, day: str = "") -> str:
    """A repayment: its whole into 本部の資金, principal from 貸付金, interest and late charge to 利子・違約金. Negative amounts take one back."""
    extra = repayment.interest + repayment.late
    lines = [*moved("hq", "loans", repayment.amount - extra, count=1), *moved("hq", "interest", extra, count=0)]
    return _post(uow, "loan_repaid", lines, day=day or repayment.paid_on, programme_id=programme_id)


def post_loan_exempted(uow: UnitOfWork, *, amount: Yen, programme_id: str, day: str = "", memo: str = "") -> str:
    """What need not be repaid (償還免除): 貸付金の見返り / 貸付金."""
    return _post(uow, "loan_exempted", moved("lent", "loans", check_yen(amount), count=1), day=day, programme_id=programme_id, memo=memo)


# -- corrections -----------------------------------------------------------------------------------------------


def reverse_entry(uow: UnitOfWork, entry: str, *, reason: str, day: str = "", second: str = "") -> str:
    """Take an entry back by a new one with every amount turned round; answers its id.

    RuleViolation ``reason.missing``, ``ledger.entry_unknown``, ``ledger.reversal`` (of a reversal), ``ledger.reversed`` (a second time).
    """
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    lines = uow.postings.where(entry=entry)
    if not lines:
        raise RuleViolation("ledger.entry_unknown", field="entry", entry=entry)
    first = lines[0]
    if first.reverses:
        raise RuleViolation("ledger.reversal", field="entry", entry=entry)
    if uow.postings.where(reverses=entry):
        raise RuleViolation("ledger.reversed", field="entry", entry=entry)
    turned = [
        Line(
            account=_known(one.account),
            amount=-one.amount,
            count=one.count,
            site_id=one.site_id,
            category=one.category,
            district=one.district,
        )
        for one in lines
    ]
    return _post(
        uow, "reversal", turned, day=day, programme_id=first.programme_id, round_id=first.round_id, batch_id=first.batch_id,
        payment_id=first.payment_id, reverses=entry, second=second, memo=reason.strip(),
    )  # fmt: skip


# -- within ----------------------------------------------------------------------------------------------------


def _known(account: str) -> Ledger:
    for one in ACCOUNTS:
        if one == account:
            return one
    raise RuleViolation("ledger.account", field="account", account=account)


def _post_batch(
    uow: UnitOfWork,
    kind: str,
    batch: PaymentBatch,
    payments: Sequence[Payment],
    moves: dict[Ledger, int],
    *,
    day: str = "",
    memo: str = "",
) -> str:
    if not payments:
        return ""
    sums = _summed_parts(uow, batch, payments)
    lines = [
        Line(account=account, amount=amount * sign, count=count, category=category, district=district)
        for account, sign in moves.items()
        for (category, district), (amount, count) in sums.items()
    ]
    return _post(uow, kind, lines, day=day, programme_id=batch.programme_id, round_id=batch.round_id, batch_id=batch.id, memo=memo)


def _summed_parts(uow: UnitOfWork, batch: PaymentBatch, payments: Sequence[Payment]) -> dict[tuple[str, str], tuple[Yen, int]]:
    """Yen and entitlements that the payments pay, by category and district (of a guarded batch without district).

    Of a payment whose shares do not come to its amount, its own category and district count.
    """
    reads = uow.reads.ledger
    few = len(payments) <= _FEW
    shares: dict[str, list[ShareLine]] = {}
    for share in (
        chain.from_iterable(reads.share_lines(payment_id=one.id) for one in payments) if few else reads.share_lines(batch_id=batch.id)
    ):
        shares.setdefault(share.payment_id, []).append(share)
    sums: dict[tuple[str, str], tuple[Yen, int]] = {}
    for one in payments:
        parts: Sequence[ShareLine | Payment] = shares.get(one.id, ())
        for part in parts if sum(each.amount for each in parts) == one.amount else (one,):
            key = (part.category, "" if batch.guarded else part.district)
            amount, count = sums.get(key, (0, 0))
            sums[key] = (amount + part.amount, count + 1)
    return sums


def _decided(uow: UnitOfWork, voucher: Voucher) -> bool:
    """Whether the decision to pay the voucher stands in these books."""
    payment = uow.payments.get(voucher.payment_id)
    return payment is not None and payment.state == "approved"


def _cash_lines(uow: UnitOfWork, voucher: Voucher, amount: Yen, moves: Sequence[tuple[Ledger, int]], *, site_id: str = "") -> list[Line]:
    """A line for each entitlement that the voucher pays, and account; the site stands beside the account ``site`` only."""
    check_yen(amount)
    parts = uow.reads.ledger.share_lines(payment_id=voucher.payment_id)
    if sum(part.amount for part in parts) != amount:
        parts = [ShareLine(payment_id=voucher.payment_id, category=voucher.category, district=voucher.district, amount=amount)]
    return [
        Line(
            account=account,
            amount=part.amount * sign,
            count=1,
            category=part.category,
            district="" if voucher.guarded else part.district,
            site_id=site_id if account == "site" else "",
        )
        for account, sign in moves
        for part in parts
    ]


def _post_receipt(uow: UnitOfWork, kind: str, lines: Sequence[Line], voucher: Voucher, receipt: Receipt) -> str:
    if receipt.entry and uow.postings.where(entry=receipt.entry):
        return receipt.entry
    return _post(
        uow, kind, lines, day=receipt.day, programme_id=voucher.programme_id, round_id=voucher.round_id, batch_id=voucher.batch_id,
        payment_id="" if voucher.guarded else voucher.payment_id, entry=receipt.entry, memo=receipt.number,
    )  # fmt: skip


def _post(
    uow: UnitOfWork,
    kind: str,
    lines: Sequence[Line],
    *,
    day: str = "",
    programme_id: str = "",
    round_id: str = "",
    batch_id: str = "",
    payment_id: str = "",
    reverses: str = "",
    entry: str = "",
    second: str = "",
    memo: str = "",
) -> str:
    """Write one entry. ``day`` "" is today in Japan; RuleViolation of ``check_entry``, ``ledger.day`` for what is no ISO day."""
    kept = summed(lines)
    check_entry(kept)
    entry = entry or new_id()
    day = _day(uow, day)
    uow.postings.add_many(
        [
            Posting(
                id=new_id(), entry=entry, line=place, kind=kind, day=day, posted_at=uow.now, account=line.account, amount=line.amount,
                count=line.count, programme_id=programme_id, round_id=round_id, site_id=line.site_id, category=line.category,
                district=line.district, batch_id=batch_id, payment_id=payment_id, reverses=reverses, second=second, memo=memo.strip(),
            )
            for place, line in enumerate(kept, start=1)
        ]
    )  # fmt: skip
    return entry


def _day(uow: UnitOfWork, day: str) -> str:
    if not day:
        return uow.now.astimezone(JST).date().isoformat()
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        raise RuleViolation("ledger.day", field="day", text=day) from None
