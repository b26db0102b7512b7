"""災害援護資金: lending, the schedule, repayments, arrears, grace and exemption. The books follow in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from app.domain.errors import RuleViolation
from app.domain.identifiers import lettered_number, new_id, read_lettered
from app.domain.loan_schedule import make_schedule, settle_early, split_interest, stand, terms_of
from app.domain.payments import Payment, PaymentShare
from app.domain.programme_plan import LoanTerms, check_terms
from app.domain.records import Record
from app.domain.relief import Entitlement, Loan, Programme, Repayment, Yen, check_yen
from app.usecases import postings
from app.usecases.context import Changes, Context
from app.usecases.loan_rows import LoanFile, LoanFilter, LoanRow
from app.usecases.ports import UnitOfWork
from app.usecases.programmes import read_day
from app.usecases.protections import today
from app.usecases.relief_rows import EntitlementFilter

R = TypeVar("R", bound=Record)
LOAN_STATES = ("running", "finished", "exempted", "deferred")
MOST_TEXT = 200
_EVERY = LoanFilter()


# -- what there is -----------------------------------------------------------------------------------------


def list_loans(ctx: Context, *, filter: LoanFilter = _EVERY) -> list[LoanRow]:
    """Loans as they stand today, those longest in arrears first, then by number. Protected households' are not among them without the right."""
    ctx.require("ledger")
    repayments: dict[str, list[Repayment]] = {}
    for one in _all(ctx, Repayment, "repayment"):
        repayments.setdefault(one.loan_id, []).append(one)
    rates = _late_rates(ctx)
    loans = _all(ctx, Loan, "loan")
    programmes = {one.id: one.programme_id for one in ctx.reads.relief.many(Entitlement, [loan.entitlement_id for loan in loans]).values()}
    rows = [
        _row(loan, repayments.get(loan.id, []), on=today(ctx), late_rate=rates.get(programmes.get(loan.entitlement_id, ""), "5")) for loan in loans
    ]
    found = [row for row in rows if _is_wanted(row, filter)]
    return sorted(found, key=lambda row: (row.late_since or "9", row.number))


def _row(loan: Loan, repayments: Sequence[Repayment], *, on: date, late_rate: str) -> LoanRow:
    schedule = make_schedule(loan.principal, date.fromisoformat(loan.lent_on), terms_of(loan))
    found = stand(loan, schedule if loan.state in ("running", "deferred") else (), repayments, on=on, late_rate=late_rate)
    return LoanRow(
        id=loan.id, number=loan.number, borrower=loan.borrower, guarantor=loan.guarantor, principal=loan.principal, rate=loan.rate,
        lent_on=loan.lent_on, state=loan.state, repaid=found.repaid, owed=found.owed if loan.state != "exempted" else 0, arrears=found.arrears,
        charge=found.charge, late_since=found.late[0].due_on.isoformat() if found.late else "", late_count=len(found.late),
        next_on=found.next.due_on.isoformat() if found.next else "", next_amount=found.next_missing,
    )  # fmt: skip


def _is_wanted(row: LoanRow, filter: LoanFilter) -> bool:
    if filter.state and row.state != filter.state:
        return False
    if filter.late and not row.arrears:
        return False
    return filter.text.strip().casefold() in f"{row.number} {row.borrower}".casefold()


def count_late(ctx: Context) -> int:
    """How many loans are in arrears today."""
    return len(list_loans(ctx, filter=LoanFilter(late=True)))


def list_lendable(ctx: Context) -> list[Entitlement]:
    """Open entitlements of loan programmes that were paid and for which no loan is kept yet, by number; protected households' only with the right."""
    ctx.require("ledger")
    known = {one.entitlement_id for one in _all(ctx, Loan, "loan")}
    kinds = [one.id for one in _all(ctx, Programme, "programme") if one.kind == "loan"]
    found: list[Entitlement] = []
    for programme_id in kinds:
        ids = ctx.reads.relief.entitlement_ids(filter=EntitlementFilter(programme_id=programme_id), sort="number")
        found += ctx.reads.relief.many(Entitlement, ids).values()
    wanted = [one for one in found if one.due > 0 and one.state == "open" and one.id not in known]
    paid = _paid_among(ctx, [one.id for one in wanted])
    return sorted((one for one in wanted if one.id in paid), key=lambda one: one.number)


def _paid_among(ctx: Context, entitlement_ids: Sequence[str]) -> set[str]:
    """Those of the entitlements of which a live share was paid."""
    shares = [one for one in ctx.reads.relief.many_by(PaymentShare, "entitlement_id", entitlement_ids) if one.live]
    payments = ctx.reads.relief.many(Payment, [one.payment_id for one in shares])
    return {one.entitlement_id for one in shares if (found := payments.get(one.payment_id)) is not None and found.state == "paid"}


def find_loan(ctx: Context, *, number: str) -> str:
    """The id for a number or an id; RuleViolation ``record.not_found``."""
    wanted = number.strip()
    written = read_lettered("L", wanted) or wanted.upper()
    for one in _all(ctx, Loan, "loan"):
        if written == one.number or wanted == one.id:
            return one.id
    raise RuleViolation("record.not_found", kind="loan", record=wanted[:60])


def open_loan(ctx: Context, *, loan_id: str, on: date | None = None) -> LoanFile:
    """Everything about a loan as of a day (today); noted in the access log. RuleViolation ``record.not_found``."""
    ctx.require("ledger")
    loan = ctx.reads.get("loan", loan_id)
    if not isinstance(loan, Loan) or loan.deleted:
        raise RuleViolation("record.not_found", kind="loan", record=loan_id)
    entitlement = ctx.reads.relief.many(Entitlement, [loan.entitlement_id]).get(loan.entitlement_id)
    programme = ctx.reads.get("programme", entitlement.programme_id) if entitlement else None
    repayments = tuple(one for one in _all(ctx, Repayment, "repayment") if one.loan_id == loan_id)
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=[loan.victim_id or loan.id], target="loan")
        uow.commit()
    schedule = make_schedule(loan.principal, date.fromisoformat(loan.lent_on), terms_of(loan))
    late_rate = LoanTerms.from_json(programme.terms).late_rate if isinstance(programme, Programme) else "5"
    day = on or today(ctx)
    return LoanFile(
        loan=loan, title=programme.title if isinstance(programme, Programme) else "", address=entitlement.address if entitlement else "",
        schedule=schedule, repayments=repayments, late_rate=late_rate,
        standing=stand(loan, schedule if loan.state in ("running", "deferred") else (), repayments, on=day, late_rate=late_rate),
        settle=settle_early(loan, schedule, repayments, on=day),
    )  # fmt: skip


def _late_rates(ctx: Context) -> dict[str, str]:
    return {one.id: LoanTerms.from_json(one.terms).late_rate for one in _all(ctx, Programme, "programme") if one.kind == "loan"}


def _all(ctx: Context, kind: type[R], name: str) -> list[R]:
    return [one for one in ctx.reads.all(name) if isinstance(one, kind)]


# -- lending ---------------------------------------------------------------------------------------------------


def lend(
    ctx: Context,
    *,
    entitlement_id: str,
    lent_on: str,
    guarantor: str = "",
    payment_id: str = "",
    terms: LoanTerms | None = None,
    note: str = "",
) -> tuple[str, Changes]:
    """Keep a loan for an entitlement whose money was paid (its due is the principal); answers its id.

    ``terms`` default to those of the programme, whose rate is the most there may be. RuleViolation ``loan.not_a_loan``,
    ``loan.nothing_due``, ``loan.exists``, ``loan.not_paid``, ``loan.terms``, ``loan.rate_high``, ``loan.late_day``.
    """
    _require(ctx)
    day = _past_day(ctx, lent_on, field="lent_on")
    check_words(guarantor, field="guarantor")
    with ctx.unit() as uow:
        owner = _seen(ctx, uow, entitlement_id)
        programme = uow.programmes.need(owner.programme_id)
        if programme.kind != "loan":
            raise RuleViolation("loan.not_a_loan", field="entitlement_id", title=programme.title)
        if owner.due <= 0 or owner.state != "open":
            raise RuleViolation("loan.nothing_due", field="entitlement_id", number=owner.number)
        if known := uow.loans.where(entitlement_id=owner.id):
            raise RuleViolation("loan.exists", field="entitlement_id", number=known[0].number)
        paid = _paid(uow, owner.id, payment_id)
        if not paid:
            raise RuleViolation("loan.not_paid", field="entitlement_id", number=owner.number)
        kept = _within(terms, LoanTerms.from_json(programme.terms))
        number = lettered_number("L", ctx.place.device_prefix, uow.next_number("loan"))
        loan = Loan(
            id=new_id(), number=number, entitlement_id=owner.id, payment_id=paid, victim_id=owner.victim_id, borrower=owner.name,
            guarantor=guarantor.strip(), principal=check_yen(owner.due, field="principal"), rate=kept.rate, lent_on=day.isoformat(),
            years=kept.years, grace_years=kept.grace_years, every=kept.every, note=note,
        )  # fmt: skip
        uow.loans.add(loan)
        postings.post_loan_lent(uow, loan, programme_id=programme.id, day=loan.lent_on)
        return loan.id, uow.commit()


def _paid(uow: UnitOfWork, entitlement_id: str, payment_id: str) -> str:
    """The payment by which the money arrived: the one named, else the first; "" when there is none."""
    shares = [one for one in uow.shares.where(entitlement_id=entitlement_id) if one.live and payment_id in ("", one.payment_id)]
    for share in sorted(shares, key=lambda one: one.part):
        if (payment := uow.payments.get(share.payment_id)) is not None and payment.state == "paid":
            return payment.id
    return ""


def _within(terms: LoanTerms | None, own: LoanTerms) -> LoanTerms:
    """The terms, with no more percent than the programme's; RuleViolation ``loan.terms``, ``loan.rate_high``."""
    kept = check_terms(terms or own)
    if Decimal(kept.rate) > Decimal(own.rate):
        raise RuleViolation("loan.rate_high", field="rate", rate=kept.rate, most=own.rate)
    return kept


# -- repaying ------------------------------------------------------------------------------------------------


def repay(
    ctx: Context, *, loan_id: str, amount: Yen, paid_on: str, late: Yen = 0, way: str = "", early: bool = False, note: str = ""
) -> tuple[Repayment, Changes]:
    """Money came back. ``amount`` is all of it, ``late`` the late charge in it; the share of interest follows from the schedule.

    ``early`` ends the loan (繰上償還): the amount must be what ``settle_early`` says. The loan is finished when no principal is owed.
    RuleViolation ``money.…``, ``loan.not_running``, ``loan.late_share``, ``loan.too_much``, ``loan.early_amount``, ``loan.late_day``.
    """
    _require(ctx)
    check_yen(amount)
    day = _past_day(ctx, paid_on, field="paid_on")
    if not 0 <= late <= amount:
        raise RuleViolation("loan.late_share", field="late", late=late, amount=amount)
    check_words(note, field="note")
    with ctx.unit() as uow:
        loan = _running(ctx, uow, loan_id, day)
        before = uow.repayments.where(loan_id=loan_id)
        plain = amount - late
        interest = _interest(loan, before, plain, on=day, early=early)
        made = Repayment(id=new_id(), loan_id=loan_id, paid_on=day.isoformat(), amount=amount, interest=interest, late=late, way=way.strip(), note=note)
        uow.repayments.add(made)
        postings.post_loan_repaid(uow, made, programme_id=_programme_of(uow, loan), day=made.paid_on)
        _settle(uow, loan, [*before, made])
        return made, uow.commit()


def _interest(loan: Loan, before: Sequence[Repayment], plain: Yen, *, on: date, early: bool) -> Yen:
    schedule = make_schedule(loan.principal, date.fromisoformat(loan.lent_on), terms_of(loan))
    if early:
        owed, interest = settle_early(loan, schedule, before, on=on)
        if plain != owed + interest:
            raise RuleViolation("loan.early_amount", field="amount", amount=plain, needed=owed + interest, owed=owed, interest=interest)
        return interest
    rest = stand(loan, schedule, before, on=on).rest
    if plain > rest:
        raise RuleViolation("loan.too_much", field="amount", amount=plain, rest=rest)
    return split_interest(schedule, before, plain)


def take_back(ctx: Context, *, repayment_id: str, reason: str) -> tuple[Repayment, Changes]:
    """A repayment was wrong: a row of the same amounts below zero takes it back, in the books too. Once; with a reason."""
    _require(ctx)
    _need_reason(reason)
    with ctx.unit(reason=reason) as uow:
        wrong = uow.repayments.need(repayment_id)
        loan = _seen_loan(ctx, uow, wrong.loan_id)
        rows = uow.repayments.where(loan_id=wrong.loan_id)
        if wrong.reverses or any(one.reverses == wrong.id for one in rows):
            raise RuleViolation("loan.taken_back", field="repayment")
        made = replace(
            wrong, id=new_id(), version=0, paid_on=today(ctx).isoformat(), amount=-wrong.amount, interest=-wrong.interest, late=-wrong.late,
            reverses=wrong.id, note=reason.strip(),
        )  # fmt: skip
        uow.repayments.add(made)
        postings.post_loan_repaid(uow, made, programme_id=_programme_of(uow, loan), day=made.paid_on)
        _settle(uow, loan, [*rows, made])
        return made, uow.commit()


def set_loan_state(ctx: Context, *, loan_id: str, state: str, reason: str) -> Changes:
    """Grant a delay (猶予, ``deferred``), let it run again, or exempt what is owed (免除): that leaves the books and never comes back."""
    _require(ctx)
    _need_reason(reason)
    if state not in ("running", "deferred", "exempted"):
        raise RuleViolation("programme.unknown_word", field="state", value=state[:40], known="running, deferred, exempted")
    with ctx.unit(reason=reason) as uow:
        loan = _seen_loan(ctx, uow, loan_id)
        if loan.state in ("finished", "exempted"):
            raise RuleViolation("loan.not_running", field="state", number=loan.number)
        if state == "exempted":
            rows = uow.repayments.where(loan_id=loan.id)
            owed = loan.principal - sum(one.amount - one.interest - one.late for one in rows)
            postings.post_loan_exempted(uow, amount=owed, programme_id=_programme_of(uow, loan), day=today(ctx).isoformat(), memo=loan.number)
        uow.loans.save(replace(loan, state=state, reason=reason.strip()))
        return uow.commit()


def _settle(uow: UnitOfWork, loan: Loan, rows: Sequence[Repayment]) -> None:
    """Finished when no principal is owed, running again when it is after all."""
    owed = loan.principal - sum(one.amount - one.interest - one.late for one in rows)
    state = "finished" if owed <= 0 else "running" if loan.state == "finished" else loan.state
    if state != loan.state:
        uow.loans.save(replace(loan, state=state))


# -- checks --------------------------------------------------------------------------------------------------


def _require(ctx: Context) -> None:
    ctx.require("relief")
    if ctx.place.site_kind != "hq":
        raise RuleViolation("relief.not_headquarters")


def _seen(ctx: Context, uow: UnitOfWork, entitlement_id: str) -> Entitlement:
    """The entitlement, for whoever may see it; RuleViolation ``payment.withheld`` that reveals nothing otherwise."""
    if ctx.reads.get("entitlement", entitlement_id) is None:
        if uow.entitlements.get(entitlement_id) is None:
            raise RuleViolation("record.not_found", kind="entitlement", record=entitlement_id[:60])
        raise RuleViolation("payment.withheld", field="entitlement_id")
    return uow.entitlements.need(entitlement_id)


def _seen_loan(ctx: Context, uow: UnitOfWork, loan_id: str) -> Loan:
    loan = uow.loans.need(loan_id)
    if ctx.reads.get("loan", loan_id) is None:
        raise RuleViolation("payment.withheld", field="loan")
    return loan


def _running(ctx: Context, uow: UnitOfWork, loan_id: str, day: date) -> Loan:
    loan = _seen_loan(ctx, uow, loan_id)
    if loan.state not in ("running", "deferred"):
        raise RuleViolation("loan.not_running", field="state", number=loan.number)
    if day.isoformat() < loan.lent_on:
        raise RuleViolation("loan.before_lent", field="paid_on", day=day, lent_on=date.fromisoformat(loan.lent_on))
    return loan


def _programme_of(uow: UnitOfWork, loan: Loan) -> str:
    owner = uow.entitlements.get(loan.entitlement_id)
    return owner.programme_id if owner else ""


def _past_day(ctx: Context, text: str, *, field: str) -> date:
    found = read_day(text, field=field) or today(ctx).isoformat()
    if found > today(ctx).isoformat():
        raise RuleViolation("loan.late_day", field=field, day=date.fromisoformat(found))
    return date.fromisoformat(found)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    check_words(reason, field="reason")


def check_words(text: str, *, field: str) -> None:
    """RuleViolation ``programme.too_long`` for more than a line."""
    if len(text) > MOST_TEXT:
        raise RuleViolation("programme.too_long", field=field, most=MOST_TEXT)
