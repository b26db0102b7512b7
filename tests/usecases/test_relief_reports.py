"""Reports add up to the books and to the entitlements, and a family finds everything of it in one statement."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.protection import Protection
from app.domain.relief import Entitlement, Programme, ReliefRound
from app.usecases import ledger, postings
from app.usecases.ledger_rows import DayLine, Report, ReportLine, SiteLine, Tally
from app.usecases.operators import add_operator
from app.usecases.relief_calculation import calculate
from app.usecases.relief_reports import (
    estimate_from_calculation,
    make_report,
    read_estimates,
    report_to_prefecture,
    save_estimates,
)
from app.usecases.relief_statements import find_families, make_statement
from tests import relief_town
from tests.relief_books import SECOND, Books, open_books
from tests.relief_town import add_home, add_programme, add_round, by_grade, calculated, judge_home
from tests.stores import Town


@pytest.fixture
def books(town: Town) -> Books:
    made = open_books(town)
    ledger.receive_budget(made.ctx, programme_id=made.programme.id, amount=3_000_000)
    return made


def pay(books: Books, groups: list[list[int]], *, failed: int = 0) -> None:
    """A batch that was sent on 2 January and answered on the 3rd; the last ``failed`` payments did not arrive."""
    batch, payments = books.batch(groups)
    with books.ctx.unit() as uow:
        postings.post_sent(uow, batch, payments)
        uow.commit()
    books.save(payments, state="sent")
    books.town.clock.forward(days=1)
    good, bad = payments[: len(payments) - failed], payments[len(payments) - failed :]
    with books.ctx.unit() as uow:
        entry = postings.post_paid(uow, batch, good)
        postings.post_failed(uow, batch, bad)
        for one in bad:
            uow.shares.save_many([replace(share, live=False) for share in uow.shares.where(payment_id=one.id)])
        uow.commit()
    books.save(good, state="paid", entry=entry, paid_on="2024-01-03")
    books.save(bad, state="failed", failure="name")


def lines(report: Report) -> dict[str, ReportLine]:
    """By code or title."""
    return {line.code or line.title: line for line in report.lines if isinstance(line, ReportLine)}


def test_by_category_one_payment_counts_for_each_of_its_entitlements(books: Books) -> None:
    pay(books, [[0], [1, 3], [2]], failed=1)
    report = make_report(books.ctx, by="category", programme_id=books.programme.id)
    found = lines(report)
    assert [line.title for line in report.lines if isinstance(line, ReportLine)] == ["全壊", "半壊", "死者"]
    assert found["全壊"].paid == Tally(count=2, amount=400_000)
    assert found["死者"].paid == Tally(count=1, amount=1_000_000)
    assert found["半壊"].failed == Tally(count=1, amount=100_000) == found["半壊"].open
    assert isinstance(report.total, ReportLine)
    assert report.total.due == Tally(count=4, amount=1_500_000)
    assert report.total.paid == Tally(count=3, amount=1_400_000)
    assert report.total.transit == report.total.decided == Tally()


def test_as_of_the_day_before_it_was_still_on_its_way(books: Books) -> None:
    pay(books, [[0], [2]])
    before = make_report(books.ctx, by="round", day="R6.1.2").total
    after = make_report(books.ctx, by="round", round_id=books.round.id).total
    assert isinstance(before, ReportLine) and isinstance(after, ReportLine)
    assert (before.transit, before.paid) == (Tally(count=2, amount=300_000), Tally())
    assert (after.transit, after.paid) == (Tally(), Tally(count=2, amount=300_000))
    assert before.open == Tally(count=2, amount=1_200_000)


def test_by_district_the_place_of_protected_people_is_not_told(books: Books) -> None:
    victim = "v-protected"
    with books.ctx.unit() as uow:
        uow.entitlements.save(replace(books.entitlements[1], victim_id=victim, resident_no="0000000021", version=1))
        uow.protections.add(Protection(id=new_id(), resident_no="0000000021"))
        uow.commit()
    guarded, payments = books.batch([[1]], guarded=True)
    with books.ctx.unit() as uow:
        entry = postings.post_paid(uow, guarded, payments, sent=False)
        uow.commit()
    books.save(payments, state="paid", entry=entry)
    found = {line.title: line for line in make_report(books.ctx, by="district").lines if isinstance(line, ReportLine)}
    assert found["港町"].due == Tally(count=1, amount=1_000_000)  # the dead person of the other household key
    assert found["港町"].paid == Tally()
    assert found[""].paid == found[""].due == Tally(count=1, amount=200_000)
    whole = make_report(books.ctx, by="category").total
    assert isinstance(whole, ReportLine)
    assert whole.paid == Tally(count=1, amount=200_000)


def test_declined_and_ended_ones(books: Books) -> None:
    with books.ctx.unit() as uow:
        uow.entitlements.save(replace(uow.entitlements.need(books.entitlements[0].id), state="declined"))
        uow.entitlements.save(replace(uow.entitlements.need(books.entitlements[2].id), state="ended"))
        uow.commit()
    total = make_report(books.ctx, by="category").total
    assert isinstance(total, ReportLine)
    assert (total.due, total.refused) == (Tally(count=3, amount=1_400_000), Tally(count=1, amount=200_000))
    assert total.open == Tally(count=2, amount=1_200_000)


def test_by_site_and_day(books: Books) -> None:
    site = ledger.find_site(books.ctx, name=books.ctx.place.site_name)
    ledger.allot(books.ctx, site_id=site, amount=400_000, programme_id=books.programme.id, second=SECOND)
    batch, payments = books.batch([[0], [2]], way="cash")
    vouchers = [books.voucher(batch, one, site) for one in payments]
    receipt = books.receipt(vouchers[0])
    with books.ctx.unit() as uow:
        entry = postings.post_cash_paid(uow, vouchers[0], receipt)
        uow.receipts.add(replace(receipt, entry=entry))
        uow.vouchers.save(replace(uow.vouchers.need(vouchers[0].id), state="paid"))
        uow.commit()
    books.save(payments[:1], state="paid", entry=entry, paid_on=receipt.day)
    pay(books, [[1, 3]])
    ledger.bring_back(books.ctx, site_id=site, amount=50_000, programme_id=books.programme.id, second=SECOND)
    made = make_report(books.ctx, by="site")
    hq, at = made.lines
    assert isinstance(hq, SiteLine) and isinstance(at, SiteLine) and isinstance(made.total, SiteLine)
    assert hq.paid == Tally(count=2, amount=1_200_000)
    assert at.title == books.ctx.place.site_name
    assert (at.allotted, at.brought_back, at.balance) == (400_000, 50_000, 150_000)
    assert at.paid == Tally(count=1, amount=200_000)
    assert at.uncollected == Tally(count=1, amount=100_000)
    assert made.total.balance == 3_000_000 - 1_200_000 - 200_000
    days = make_report(books.ctx, by="day")
    first, second = days.lines
    assert isinstance(first, DayLine) and isinstance(second, DayLine) and isinstance(days.total, DayLine)
    assert (first.day, second.day) == ("2024-01-02", "2024-01-03")
    assert (first.received, first.cash, first.paid_so_far) == (3_000_000, Tally(count=1, amount=200_000), 200_000)
    assert (second.paid, second.paid_so_far) == (Tally(count=2, amount=1_200_000), 1_400_000)
    assert days.total.decided == Tally(count=4, amount=1_500_000)
    assert ledger.verify_books(books.ctx) == []


def test_a_reversed_allotment_leaves_the_site_as_it_was(books: Books) -> None:
    site = ledger.find_site(books.ctx, name=books.ctx.place.site_name)
    made = ledger.allot(books.ctx, site_id=site, amount=400_000, second=SECOND)
    ledger.reverse(books.ctx, entry=made.entry, reason="渡さなかった", second=SECOND)
    at = next(line for line in make_report(books.ctx, by="site").lines if isinstance(line, SiteLine) and line.site_id == site)
    assert (at.allotted, at.balance) == (0, 0)


def test_the_prefecture_is_told_forecast_actual_and_return(books: Books) -> None:
    save_estimates(books.ctx, round_id=books.round.id, estimates={"全壊": 10, "死者": 2})
    pay(books, [[0], [1, 3]])
    ledger.return_budget(books.ctx, programme_id=books.programme.id, amount=500_000, second=SECOND)
    found = report_to_prefecture(books.ctx, programme_id=books.programme.id)
    by_code = {line.category: line for line in found.lines}
    assert (by_code["全壊"].estimated, by_code["全壊"].forecast, by_code["全壊"].typed) == (10, 2_000_000, True)
    assert (by_code["半壊"].estimated, by_code["半壊"].forecast, by_code["半壊"].typed) == (1, 100_000, False)
    assert by_code["死者"].paid == Tally(count=1, amount=1_000_000)
    assert found.forecast == 2_000_000 + 100_000 + 2_000_000
    assert found.paid == Tally(count=3, amount=1_400_000)
    assert (found.received, found.returned, found.to_return) == (3_000_000, 500_000, 1_100_000)
    save_estimates(books.ctx, round_id=books.round.id, estimates={"全壊": None})
    assert read_estimates(books.ctx)[books.round.id] == {"死者": 2}


def test_a_rule_with_single_shares_has_no_one_price(books: Books) -> None:
    with books.ctx.unit() as uow:
        rule = uow.rules.where(category="全壊")[0]
        uow.rules.save(replace(rule, single="3/4"))
        uow.commit()
    line = next(one for one in report_to_prefecture(books.ctx, round_id=books.round.id).lines if one.category == "全壊")
    assert (line.unit_amount, line.forecast) == (None, 400_000)


def test_what_cannot_be_asked(books: Books) -> None:
    for act, code in (
        (lambda: make_report(books.ctx, by="moon"), "word.unknown"),
        (lambda: make_report(books.ctx, by="round", programme_id="no"), "record.not_found"),
        (lambda: make_report(books.ctx, by="round", round_id="no"), "record.not_found"),
        (lambda: make_report(books.ctx, by="round", day="いつか"), "ledger.day"),
        (lambda: make_report(books.town.acting("desk"), by="round"), "permission.denied"),
        (lambda: report_to_prefecture(books.ctx), "ledger.programme_missing"),
        (lambda: save_estimates(books.ctx, round_id=books.round.id, estimates={"全壊": -1}), "ledger.estimate"),
        (lambda: save_estimates(books.ctx, round_id=books.round.id, estimates={"no": 1}), "ledger.category_unknown"),
        (lambda: save_estimates(books.ctx, round_id="no", estimates={}), "record.not_found"),
        (lambda: make_statement(books.ctx, entitlement_id="no"), "record.not_found"),
    ):
        with pytest.raises(RuleViolation) as caught:
            act()
        assert caught.value.code == code


def test_a_dry_run_gives_the_estimates(books: Books) -> None:
    estimate_from_calculation(books.ctx, round_id=books.round.id)
    assert all(number >= 0 for number in read_estimates(books.ctx)[books.round.id].values())


def test_a_family_has_everything_in_one_statement(books: Books) -> None:
    pay(books, [[0], [1, 3]])
    with books.ctx.unit() as uow:
        gift = uow.programmes.add(Programme(id=new_id(), code="mimai", title="見舞金", kind="sympathy"))
        first = uow.rounds.add(ReliefRound(id=new_id(), programme_id=gift.id, title="第1回"))
        other = uow.entitlements.add(
            Entitlement(
                id=new_id(), number="E900", programme_id=gift.id, round_id=first.id, subject="resident:H9", aliases=("victim:2",),
                household="resident:H9", name="見本　次郎", category="全壊", due=50_000,
            )
        )  # fmt: skip
        uow.commit()
    found = make_statement(books.ctx, entitlement_id=other.id)
    assert [line.number for line in found.lines] == ["E001", "E003", "E900"]
    assert (found.head, found.paid, found.open) == ("見本　次郎", 1_200_000, 50_000)
    assert found.lines[0].parts[0].amount == 200_000
    assert found.lines[0].parts[0].day == "2024-01-03"
    hit = find_families(books.ctx, text="見本　父")[0]
    again = make_statement(books.ctx, entitlement_id=hit.entitlement_id)
    assert [line.number for line in again.lines][:2] == ["E001", "E003"]
    assert find_families(books.ctx, text=" ") == []


def test_a_lower_grade_after_payment_is_owed_back_in_the_books(town: Town) -> None:
    ctx = town.ctx
    home = add_home(ctx, "再調査　家", grade="half")
    round_id = add_round(ctx, add_programme(ctx), *by_grade(half=150_000, partial=50_000))
    one = calculated(ctx, round_id)["再調査　家"]
    relief_town.pay(ctx, one.id, 150_000)
    judge_home(ctx, home, "partial", kind="re", day="2024-01-03")
    calculate(ctx, round_id=round_id)
    add_operator(ctx, name=SECOND, password="another good password", roles=("accounting",))
    ledger.return_overpaid(ctx, entitlement_id=one.id, amount=60_000, second=SECOND)
    calculate(ctx, round_id=round_id)
    with ctx.unit() as uow:
        kept = uow.entitlements.need(one.id)
    balances = {row.account: row.balance for row in ledger.trial_balance(ctx)}
    assert (kept.over, kept.returned, kept.flag) == (40_000, 60_000, "over")
    assert (balances["overpaid"], balances["reclaimed"]) == (40_000, -100_000)
    assert "ledger.check.over" not in {problem.code for problem in ledger.verify_books(ctx)}
