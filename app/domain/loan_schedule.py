"""Repaying 災害援護資金: the schedule, where a loan stands on a day, and what money that is late costs. DOMAIN 4.2.

No interest during grace; then equal instalments of principal and interest together (元利均等償還), yearly, half-yearly or monthly. Everything is
whole yen: each instalment, its interest and a late charge are cut off below a yen, and the last instalment takes what remains.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.domain.programme_plan import LoanTerms, check_terms
from app.domain.relief import Loan, Repayment, Yen, check_yen

YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """One repayment as planned. ``left`` is the principal that is owed after it."""

    number: int
    due_on: date
    principal: Yen
    interest: Yen
    left: Yen

    @property
    def total(self) -> Yen:
        """What is to be paid."""
        return self.principal + self.interest


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """An instalment that was not, or not wholly, repaid by its day. ``charge``: what that costs by the day asked about (違約金)."""

    number: int
    due_on: date
    missing: Yen
    days: int
    charge: Yen


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a loan stands on a day. ``owed``: principal not yet repaid; ``arrears``: what fell due and was not repaid, without charges.

    ``rest``: all instalments not yet repaid, with their interest; ``next``: the first instalment that is not wholly repaid and not late.
    """

    repaid: Yen
    principal: Yen
    interest: Yen
    charges: Yen
    owed: Yen
    rest: Yen
    arrears: Yen
    late: tuple[Late, ...]
    next: Instalment | None
    next_missing: Yen

    @property
    def charge(self) -> Yen:
        """What all late instalments cost by now."""
        return sum(one.charge for one in self.late)


def terms_of(loan: Loan, *, late_rate: str = "5") -> LoanTerms:
    """The terms a loan was lent on."""
    return LoanTerms(rate=loan.rate, years=loan.years, grace_years=loan.grace_years, every=loan.every, late_rate=late_rate)


def make_schedule(principal: Yen, lent_on: date, terms: LoanTerms) -> tuple[Instalment, ...]:
    """The plan of repayment; principals add up to the loan. RuleViolation ``money.…``, ``loan.terms``, ``loan.every``."""
    check_terms(terms)
    check_yen(principal, field="principal")
    count = (terms.years - terms.grace_years) * terms.every
    rate = Fraction(terms.rate) / 100 / terms.every
    each = _level(principal, rate, count)
    left, found = principal, []
    for number in range(1, count + 1):
        interest = int(left * rate)
        part = left if number == count else min(left, max(0, each - interest))
        left -= part
        due_on = add_months(lent_on, 12 * terms.grace_years + 12 // terms.every * number)
        found.append(Instalment(number=number, due_on=due_on, principal=part, interest=interest, left=left))
    return tuple(found)


def _level(principal: Yen, rate: Fraction, count: int) -> Yen:
    """One of ``count`` equal instalments, cut off below a yen."""
    if not rate:
        return principal // count
    growth = (1 + rate) ** count
    return int(principal * rate * growth / (growth - 1))


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def total_of(repayments: Iterable[Repayment]) -> tuple[Yen, Yen, Yen]:
    """Principal, interest and late charges that came back; repayments that were taken back are negative rows and cancel out."""
    rows = list(repayments)
    interest, charges = sum(one.interest for one in rows), sum(one.late for one in rows)
    return sum(one.amount for one in rows) - interest - charges, interest, charges


def stand(loan: Loan, schedule: Sequence[Instalment], repayments: Sequence[Repayment], *, on: date, late_rate: str = "5") -> Standing:
    """Where the loan stands at the end of a day. Money counts for the oldest instalment first."""
    principal, interest, charges = total_of(repayments)
    owed = loan.principal - principal
    money, late, following = principal + interest, list[Late](), None
    missing_next = 0
    rest = 0
    for one in schedule if owed > 0 else ():
        missing = max(0, one.total - money)
        money = max(0, money - one.total)
        rest += missing
        if missing and one.due_on < on and loan.state != "deferred":
            days = (on - one.due_on).days
            late.append(Late(number=one.number, due_on=one.due_on, missing=missing, days=days, charge=late_charge(missing, days, late_rate)))
        elif missing and following is None:
            following, missing_next = one, missing
    return Standing(
        repaid=principal + interest + charges, principal=principal, interest=interest, charges=charges, owed=owed, rest=rest,
        arrears=sum(one.missing for one in late), late=tuple(late), next=following, next_missing=missing_next,
    )  # fmt: skip


def late_charge(missing: Yen, days: int, late_rate: str) -> Yen:
    """What money costs that came so many days late, cut off below a yen."""
    return int(missing * Fraction(late_rate) / 100 * days / YEAR_DAYS)


def split_interest(schedule: Sequence[Instalment], repayments: Sequence[Repayment], amount: Yen) -> Yen:
    """How much of an amount (without late charges) is interest, when it counts for the oldest instalments first, interest before principal."""
    principal, interest, _ = total_of(repayments)
    money, found = principal + interest, 0
    for one in schedule:
        paid = min(money, one.total)
        money -= paid
        open_interest = max(0, one.interest - paid)
        taken = min(amount, one.total - paid)
        found += min(taken, open_interest)
        amount -= taken
    return found


def settle_early(loan: Loan, schedule: Sequence[Instalment], repayments: Sequence[Repayment], *, on: date) -> tuple[Yen, Yen]:
    """Principal and interest that end the loan on a day (繰上償還): what is owed, unpaid interest that fell due, and that of the days since.

    Days of grace bear none.
    """
    principal, interest, _ = total_of(repayments)
    owed = loan.principal - principal
    fallen = [one for one in schedule if one.due_on <= on]
    unpaid = max(0, sum(one.interest for one in fallen) - interest)
    since = fallen[-1].due_on if fallen else add_months(date.fromisoformat(loan.lent_on), 12 * loan.grace_years)
    running = int(owed * Fraction(loan.rate) / 100 * max(0, (on - since).days) / YEAR_DAYS)
    return owed, unpaid + running
