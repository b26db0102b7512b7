"""Loans in the store: lent once, repaid by the plan, taken back, in the books each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.payments import Posting
from app.domain.programme_plan import LoanTerms
from app.domain.protection import Protection
from app.domain.relief import Entitlement
from app.usecases import loans
from app.usecases.loan_rows import LoanFilter
from app.usecases.programmes import find_shipped, import_programme, open_programme
from tests.relief_town import add_home, change, pay
from tests.stores import Town


def owed_to(town: Town, *, due: int = 1_500_000, code: str = "engo", number: str = "E-1", state: str = "open", paid: str = "paid") -> str:
    """An entitlement of a shipped programme, and its payment."""
    done = import_programme(town.ctx, text=find_shipped(code).text)
    round_id = open_programme(town.ctx, programme_id=done.programme_id).rounds[0].round.id
    one = Entitlement(
        id=new_id(),
        number=number,
        programme_id=done.programme_id,
        round_id=round_id,
        subject=f"victim:{number}",
        name="見本　太郎",
        due=due,
        state=state,
    )
    with town.ctx.unit() as uow:
        uow.entitlements.add(one)
        uow.commit()
    if due and paid:
        pay(town.ctx, one.id, due, state=paid, live=paid != "failed")
    return one.id


def lent(town: Town, **values: int) -> str:
    """A loan of 1.5 million at one percent, lent on 2024-01-02."""
    made, _ = loans.lend(town.ctx, entitlement_id=owed_to(town, **values), lent_on="2024-01-02")
    return made


def later(town: Town, year: int, month: int, day: int) -> None:
    """Turn the clock to noon of a day in Japan."""
    town.clock.time = datetime(year, month, day, 3, tzinfo=UTC)


def books(town: Town) -> dict[str, int]:
    """The balance of each account."""
    found: dict[str, int] = {}
    for one in town.ctx.reads.all("posting"):
        assert isinstance(one, Posting)
        found[one.account] = found.get(one.account, 0) + one.amount
    assert sum(found.values()) == 0
    return {account: amount for account, amount in found.items() if amount}


def test_a_loan_keeps_the_terms_of_its_programme_and_enters_the_books(town: Town) -> None:
    file = loans.open_loan(town.ctx, loan_id=lent(town))
    assert (file.loan.principal, file.loan.rate, file.loan.every, file.loan.borrower) == (1_500_000, "1", 2, "見本　太郎")
    assert (len(file.schedule), file.standing.owed, file.standing.arrears) == (14, 1_500_000, 0)
    assert books(town) == {"loans": 1_500_000, "lent": -1_500_000}
    assert loans.find_loan(town.ctx, number=file.loan.number.lower()) == file.loan.id


def test_an_entitlement_is_lent_for_once_and_only_by_a_loan(town: Town) -> None:
    owner = owed_to(town)
    loans.lend(town.ctx, entitlement_id=owner, lent_on="2024-01-02")
    with pytest.raises(RuleViolation, match="loan.exists"):
        loans.lend(town.ctx, entitlement_id=owner, lent_on="2024-01-02")
    with pytest.raises(RuleViolation, match="loan.not_a_loan"):
        loans.lend(town.ctx, entitlement_id=owed_to(town, code="mimai", number="E-2"), lent_on="2024-01-02")
    with pytest.raises(RuleViolation, match="loan.nothing_due"):
        loans.lend(town.ctx, entitlement_id=owed_to(town, due=0, number="E-3"), lent_on="2024-01-02")
    with pytest.raises(RuleViolation, match="loan.nothing_due"):
        loans.lend(town.ctx, entitlement_id=owed_to(town, number="E-4", state="declined"), lent_on="2024-01-02")
    with pytest.raises(RuleViolation, match="loan.late_day"):
        loans.lend(town.ctx, entitlement_id=owed_to(town, number="E-5"), lent_on="2024-02-02")


@pytest.mark.parametrize("paid", ["", "planned", "sent", "failed"])
def test_nothing_is_lent_before_its_money_was_paid(town: Town, paid: str) -> None:
    owner = owed_to(town, paid=paid)
    assert loans.list_lendable(town.ctx) == []
    with pytest.raises(RuleViolation, match=r"loan\.not_paid"):
        loans.lend(town.ctx, entitlement_id=owner, lent_on="2024-01-02")
    payment = pay(town.ctx, owner, 1_500_000, part=2)
    assert [one.id for one in loans.list_lendable(town.ctx)] == [owner]
    made, _ = loans.lend(town.ctx, entitlement_id=owner, lent_on="2024-01-02")
    assert loans.open_loan(town.ctx, loan_id=made).loan.payment_id == payment


def test_a_rate_above_that_of_the_programme_is_refused(town: Town) -> None:
    owner = owed_to(town)
    with pytest.raises(RuleViolation, match=r"loan\.rate_high"):
        loans.lend(town.ctx, entitlement_id=owner, lent_on="2024-01-02", terms=LoanTerms(rate="1.1"))
    made, _ = loans.lend(town.ctx, entitlement_id=owner, lent_on="2024-01-02", terms=LoanTerms(rate="0"))
    assert loans.open_loan(town.ctx, loan_id=made).loan.rate == "0"


def test_repaying_by_the_plan_ends_the_loan_with_nothing_left(town: Town) -> None:
    loan_id = lent(town)
    for one in loans.open_loan(town.ctx, loan_id=loan_id).schedule:
        later(town, one.due_on.year, one.due_on.month, one.due_on.day)
        made, _ = loans.repay(town.ctx, loan_id=loan_id, amount=one.total, paid_on="")
        assert (made.interest, made.late) == (one.interest, 0)
    file = loans.open_loan(town.ctx, loan_id=loan_id)
    assert (file.loan.state, file.standing.owed, file.standing.rest) == ("finished", 0, 0)
    assert books(town).get("loans", 0) == 0
    with pytest.raises(RuleViolation, match="loan.not_running"):
        loans.repay(town.ctx, loan_id=loan_id, amount=1, paid_on="")


def test_arrears_are_listed_first_with_their_charge(town: Town) -> None:
    quiet = lent(town)
    later(town, 2027, 3, 1)
    loans.repay(town.ctx, loan_id=quiet, amount=333_612, paid_on="2027-03-01")
    town.clock.time = datetime(2024, 1, 2, 3, tzinfo=UTC)
    late = lent(town, number="E-2")
    later(town, 2027, 10, 10)
    rows = loans.list_loans(town.ctx)
    assert [row.id for row in rows] == [late, quiet]
    assert (rows[0].arrears, rows[0].late_count, rows[0].late_since, rows[0].charge) == (
        111_204,
        1,
        "2027-07-02",
        int(111_204 * 5 * 100 / 100 / 365),
    )
    assert rows[1].arrears == 0
    assert [row.id for row in loans.list_loans(town.ctx, filter=LoanFilter(late=True))] == [late]
    assert loans.list_loans(town.ctx, filter=LoanFilter(text="いない人")) == []


def test_a_wrong_repayment_is_taken_back_once_with_a_reason(town: Town) -> None:
    loan_id = lent(town)
    before = books(town)
    wrong, _ = loans.repay(town.ctx, loan_id=loan_id, amount=50_000, paid_on="2024-01-02", late=1_000)
    with pytest.raises(RuleViolation, match="reason.missing"):
        loans.take_back(town.ctx, repayment_id=wrong.id, reason=" ")
    made, _ = loans.take_back(town.ctx, repayment_id=wrong.id, reason="別の人の返済")
    assert (made.amount, made.interest, made.late) == (-50_000, -wrong.interest, -1_000)
    assert books(town) == before
    for again in (wrong.id, made.id):
        with pytest.raises(RuleViolation, match="loan.taken_back"):
            loans.take_back(town.ctx, repayment_id=again, reason="もう一度")
    assert loans.open_loan(town.ctx, loan_id=loan_id).standing.repaid == 0


def test_taking_back_the_last_repayment_lets_the_loan_run_again(town: Town) -> None:
    loan_id = lent(town)
    made, _ = loans.repay(town.ctx, loan_id=loan_id, amount=1_500_000, paid_on="2024-01-02", early=True)
    assert loans.open_loan(town.ctx, loan_id=loan_id).loan.state == "finished"
    loans.take_back(town.ctx, repayment_id=made.id, reason="入金なし")
    assert loans.open_loan(town.ctx, loan_id=loan_id).loan.state == "running"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"amount": 0}, "money.not_positive"),
        ({"amount": -5}, "money.not_positive"),
        ({"amount": 10**10}, "money.too_large"),
        ({"amount": 100, "late": 101}, "loan.late_share"),
        ({"amount": 100, "late": -1}, "loan.late_share"),
        ({"amount": 1_600_000}, "loan.too_much"),
        ({"amount": 1_499_999, "early": True}, "loan.early_amount"),
        ({"amount": 100, "paid_on": "2024-01-01"}, "loan.before_lent"),
        ({"amount": 100, "paid_on": "2024-01-03"}, "loan.late_day"),
        ({"amount": 100, "paid_on": "来月"}, "programme.day"),
    ],
)
def test_repayments_that_cannot_be_are_refused(town: Town, values: dict[str, int | str], code: str) -> None:
    loan_id = lent(town)
    with pytest.raises(RuleViolation, match=code):
        loans.repay(town.ctx, **{"loan_id": loan_id, "paid_on": "2024-01-02", **values})  # type: ignore[arg-type]
    assert loans.open_loan(town.ctx, loan_id=loan_id).repayments == ()


def test_delay_and_exemption(town: Town) -> None:
    loan_id = lent(town)
    loans.repay(town.ctx, loan_id=loan_id, amount=100_000, paid_on="2024-01-02")
    later(town, 2028, 1, 1)
    assert loans.list_loans(town.ctx)[0].arrears > 0
    loans.set_loan_state(town.ctx, loan_id=loan_id, state="deferred", reason="再度の被災")
    assert loans.list_loans(town.ctx)[0].arrears == 0
    loans.set_loan_state(town.ctx, loan_id=loan_id, state="exempted", reason="借受人の死亡")
    row = loans.list_loans(town.ctx)[0]
    assert (row.state, row.owed, row.arrears) == ("exempted", 0, 0)
    assert books(town).get("loans", 0) == 0
    with pytest.raises(RuleViolation, match="loan.not_running"):
        loans.set_loan_state(town.ctx, loan_id=loan_id, state="running", reason="やはり")


@pytest.mark.parametrize("role", ["view", "shelter", "desk", "approval"])
def test_who_may_lend_and_look(town: Town, role: str) -> None:
    loan_id, owner = lent(town), owed_to(town, number="E-9")
    acting = town.acting(role)
    with pytest.raises(RuleViolation, match="permission.denied"):
        loans.lend(acting, entitlement_id=owner, lent_on="2024-01-02")
    with pytest.raises(RuleViolation, match="permission.denied"):
        loans.repay(acting, loan_id=loan_id, amount=1, paid_on="")
    if role != "approval":
        with pytest.raises(RuleViolation, match="permission.denied"):
            loans.list_loans(acting)


def test_loans_are_lent_at_headquarters(town: Town) -> None:
    owner = owed_to(town)
    away = replace(town.ctx, place=replace(town.ctx.place, site_kind="shelter"))
    with pytest.raises(RuleViolation, match="relief.not_headquarters"):
        loans.lend(away, entitlement_id=owner, lent_on="2024-01-02")


def test_loans_of_protected_households_are_not_there_without_the_right(town: Town) -> None:
    victim = add_home(town.ctx, "秘密　守")
    with town.ctx.unit() as uow:
        (member,) = uow.members.where(victim_id=victim)
        uow.members.save(replace(member, resident_no="0000000099"))
        uow.protections.add(Protection(id=new_id(), resident_no="0000000099"))
        uow.commit()
    owner, other = owed_to(town, number="E-7"), owed_to(town, number="E-8")
    for one in (owner, other):
        change(town.ctx, "entitlement", one, victim_id=victim)
    clerk, seeing = town.acting("accounting"), town.acting("accounting", "protected")
    loan_id, _ = loans.lend(seeing, entitlement_id=owner, lent_on="2024-01-02")
    made, _ = loans.repay(seeing, loan_id=loan_id, amount=5_000, paid_on="2024-01-02")
    assert [row.id for row in loans.list_loans(seeing)] == [loan_id] and [one.id for one in loans.list_lendable(seeing)] == [other]
    assert loans.list_loans(clerk) == [] and loans.list_lendable(clerk) == [] and loans.count_late(clerk) == 0
    for refused in (
        lambda: loans.lend(clerk, entitlement_id=other, lent_on="2024-01-02"),
        lambda: loans.repay(clerk, loan_id=loan_id, amount=1, paid_on=""),
        lambda: loans.take_back(clerk, repayment_id=made.id, reason="試し"),
        lambda: loans.set_loan_state(clerk, loan_id=loan_id, state="deferred", reason="試し"),
    ):
        with pytest.raises(RuleViolation, match="payment.withheld"):
            refused()
    with pytest.raises(RuleViolation, match="record.not_found"):
        loans.open_loan(clerk, loan_id=loan_id)
    with pytest.raises(RuleViolation, match="record.not_found"):
        loans.find_loan(clerk, number=loans.list_loans(seeing)[0].number)
