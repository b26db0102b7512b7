"""Plans of repayment: whole yen, nothing lost, days that exist."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import RuleViolation
from app.domain.loan_schedule import add_months, late_charge, make_schedule, settle_early, split_interest, stand, terms_of
from app.domain.programme_plan import LoanTerms
from app.domain.relief import Loan, Repayment

LENT = date(2024, 3, 15)


def loan(**values: object) -> Loan:
    """A loan of 1.5 million at 1 % from the day of LENT."""
    return Loan(id="l", entitlement_id="e", **{"principal": 1_500_000, "rate": "1", "lent_on": LENT.isoformat(), **values})  # type: ignore[arg-type]


def paid(amount: int, *, on: str = "2027-09-15", interest: int = 0, late: int = 0) -> Repayment:
    """Money that came back."""
    return Repayment(id=f"r{on}{amount}", loan_id="l", paid_on=on, amount=amount, interest=interest, late=late)


def test_a_loan_without_interest_in_half_years_puts_the_rest_in_the_last() -> None:
    plan = make_schedule(1_500_000, LENT, LoanTerms(rate="0"))
    assert len(plan) == 14
    assert [one.total for one in plan] == [107_142] * 13 + [107_154]
    assert (plan[0].due_on, plan[-1].due_on) == (date(2027, 9, 15), date(2034, 3, 15))
    assert plan[-1].left == 0


@pytest.mark.parametrize(("every", "count", "first"), [(1, 7, date(2028, 3, 15)), (2, 14, date(2027, 9, 15)), (12, 84, date(2027, 4, 15))])
def test_yearly_half_yearly_and_monthly(every: int, count: int, first: date) -> None:
    plan = make_schedule(3_500_000, LENT, LoanTerms(rate="3", every=every))
    assert (len(plan), plan[0].due_on, plan[-1].due_on) == (count, first, date(2034, 3, 15))
    assert len({one.total for one in plan[:-1]}) == 1
    assert sum(one.principal for one in plan) == 3_500_000


def test_interest_begins_after_grace_and_falls_with_what_is_owed() -> None:
    plan = make_schedule(1_500_000, LENT, LoanTerms(rate="1"))
    assert plan[0].interest == 7_500  # half a year of one percent, none for the three years before
    assert [one.interest for one in plan] == sorted((one.interest for one in plan), reverse=True)
    assert plan[0].total == 111_204


def test_the_equal_instalment_is_that_of_the_formula() -> None:
    plan = make_schedule(1_000_000, LENT, LoanTerms(rate="3", every=1))
    rate = Fraction(3, 100)
    assert plan[0].total == int(1_000_000 * rate / (1 - (1 + rate) ** -7))


@given(
    st.integers(1, 3_500_000), st.sampled_from(["0", "0.5", "1", "1.25", "3"]), st.sampled_from([1, 2, 12]), st.integers(1, 15), st.integers(0, 14),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)  # fmt: skip
def test_every_plan_repays_exactly_the_loan(principal: int, rate: str, every: int, years: int, grace: int, lent_on: date) -> None:
    terms = LoanTerms(rate=rate, every=every, years=years, grace_years=min(grace, years - 1))
    plan = make_schedule(principal, lent_on, terms)
    assert sum(one.principal for one in plan) == principal
    assert plan[-1].left == 0
    assert all(one.principal >= 0 and one.interest >= 0 for one in plan)
    assert [one.due_on for one in plan] == sorted({one.due_on for one in plan})
    assert plan[0].due_on > add_months(lent_on, 12 * terms.grace_years)
    everything = Repayment(
        id="r", loan_id="l", amount=sum(one.total for one in plan), interest=split_interest(plan, [], sum(one.total for one in plan))
    )
    end = stand(loan(principal=principal), plan, [everything], on=date(2080, 1, 1))
    assert (end.owed, end.rest, end.arrears) == (0, 0, 0)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [(date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2023, 1, 31), 1, date(2023, 2, 28)), (date(2024, 12, 31), 2, date(2025, 2, 28))],
)
def test_a_month_without_such_a_day_ends_on_its_last(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


def test_what_was_not_repaid_is_late_from_the_day_after() -> None:
    plan = make_schedule(1_500_000, LENT, terms_of(loan()))
    on_the_day = stand(loan(), plan, [], on=date(2027, 9, 15))
    assert (on_the_day.arrears, on_the_day.next) == (0, plan[0])
    after = stand(loan(), plan, [paid(11_204, interest=7_500)], on=date(2027, 12, 24), late_rate="5")
    assert (after.arrears, after.late[0].days) == (100_000, 100)
    assert after.charge == late_charge(100_000, 100, "5") == 1_369
    assert after.next == plan[1]
    assert after.owed == 1_500_000 - (11_204 - 7_500)


def test_delay_that_was_granted_is_not_late() -> None:
    plan = make_schedule(1_500_000, LENT, terms_of(loan()))
    assert stand(loan(state="deferred"), plan, [], on=date(2030, 1, 1)).arrears == 0


def test_money_counts_for_interest_first_and_late_charges_apart() -> None:
    plan = make_schedule(1_500_000, LENT, terms_of(loan()))
    assert split_interest(plan, [], 5_000) == 5_000
    assert split_interest(plan, [paid(5_000, interest=5_000)], 10_000) == 2_500
    assert split_interest(plan, [paid(111_204, interest=7_500)], 111_204) == plan[1].interest
    found = stand(loan(), plan, [paid(112_204, interest=7_500, late=1_000)], on=date(2027, 9, 16))
    assert (found.repaid, found.charges, found.arrears) == (112_204, 1_000, 0)


def test_paying_all_at_once_costs_what_is_owed_and_the_interest_of_the_days() -> None:
    plan = make_schedule(1_500_000, LENT, terms_of(loan()))
    assert settle_early(loan(), plan, [], on=date(2025, 1, 1)) == (1_500_000, 0)
    assert settle_early(loan(), plan, [], on=date(2027, 9, 15)) == (1_500_000, 7_500)
    owed, interest = settle_early(loan(), plan, [paid(111_204, interest=7_500)], on=date(2027, 12, 24))
    assert (owed, interest) == (1_396_296, int(1_396_296 * Fraction(1, 100) * 100 / 365))


@pytest.mark.parametrize(("principal", "code"), [(0, "money.not_positive"), (-1, "money.not_positive"), (10**10, "money.too_large")])
def test_a_loan_of_nothing_is_none(principal: int, code: str) -> None:
    with pytest.raises(RuleViolation, match=code):
        make_schedule(principal, LENT, LoanTerms())
