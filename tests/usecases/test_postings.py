"""Every yen is a double entry: what each event posts, that it sums to nothing, that it is only ever added and agrees with payments."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.books import ACCOUNTS, Line, check_entry, moved, summed
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.payments import Posting
from app.domain.relief import Loan, Repayment
from app.usecases import ledger, postings
from app.usecases.ledger_rows import LedgerFilter
from tests.relief_books import SECOND, Books, open_books
from tests.stores import Town

APP = Path(__file__).parents[2] / "app"


@pytest.fixture
def books(town: Town) -> Books:
    return open_books(town)


def balances(books: Books, **scope: str) -> dict[str, int]:
    """Accounts that are not 0."""
    return {row.account: row.balance for row in ledger.trial_balance(books.ctx, **scope) if row.balance}


def problems(books: Books) -> list[str]:
    """Codes of what the check finds."""
    return [one.code.removeprefix("ledger.check.") for one in ledger.verify_books(books.ctx)]


def lines_of(books: Books, entry: str) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Amount and count by account, category and district."""
    with books.ctx.unit() as uow:
        return {(one.account, one.category, one.district): (one.amount, one.count) for one in uow.postings.where(entry=entry)}


def test_a_transfer_goes_from_decision_over_the_bank_to_the_payee(books: Books) -> None:
    ledger.receive_budget(books.ctx, programme_id=books.programme.id, amount=2_000_000, memo="県から")
    batch, payments = books.batch([[0], [1, 3], [2]])
    assert balances(books) == {"source": -2_000_000, "hq": 2_000_000, "committed": 1_500_000, "commitments": -1_500_000}
    with books.ctx.unit() as uow:
        sent = postings.post_sent(uow, batch, payments)
        uow.commit()
    books.save(payments, state="sent")
    assert lines_of(books, sent)[("transit", "全壊", "本町")] == (200_000, 1)
    assert lines_of(books, sent)[("transit", "死者", "港町")] == (1_000_000, 1)
    with books.ctx.unit() as uow:
        paid = postings.post_paid(uow, batch, payments[:2], "2024-01-02")
        failed = postings.post_failed(uow, batch, payments[2:], "2024-01-02")
        uow.commit()
    books.save(payments[:2], state="paid", entry=paid, paid_on="2024-01-02")
    books.save(payments[2:], state="failed", entry="")
    assert failed != paid
    assert balances(books) == {"source": -2_000_000, "hq": 600_000, "paid": 1_400_000}
    assert problems(books) == []


def test_a_recall_after_payment_is_money_that_came_back(books: Books) -> None:
    batch, payments = books.batch([[0], [2]])
    with books.ctx.unit() as uow:
        postings.post_sent(uow, batch, payments)
        entry = postings.post_paid(uow, batch, payments)
        uow.commit()
    paid = books.save(payments, state="paid", entry=entry)
    with books.ctx.unit() as uow:
        postings.post_recalled(uow, batch, paid[:1])
        uow.commit()
    books.save(paid[:1], state="recalled")
    found = balances(books)
    assert (found["paid"], found["refunded"], found["hq"]) == (300_000, -200_000, -100_000)
    assert problems(books) == ["negative_hq"]
    with books.ctx.unit() as uow, pytest.raises(RuleViolation, match=r"ledger\.mixed"):
        postings.post_recalled(uow, batch, [paid[0], payments[1]])


def test_cash_is_paid_from_the_site_once_however_often_its_receipt_comes(books: Books) -> None:
    ledger.receive_budget(books.ctx, programme_id=books.programme.id, amount=500_000)
    site = ledger.find_site(books.ctx, name=books.ctx.place.site_name)
    ledger.allot(books.ctx, site_id=site, amount=300_000, programme_id=books.programme.id, second=SECOND)
    batch, payments = books.batch([[0]], way="cash")
    voucher = books.voucher(batch, payments[0], site)
    receipt = books.receipt(voucher)
    with books.ctx.unit() as uow:
        entry = postings.post_cash_paid(uow, voucher, receipt)
        kept = replace(receipt, entry=entry)
        uow.receipts.add(kept)
        assert postings.post_cash_paid(uow, voucher, kept) == entry
        uow.commit()
    books.save(payments, state="paid", entry=entry)
    assert balances(books) == {"source": -500_000, "hq": 200_000, "site": 100_000, "paid": 200_000}
    with books.ctx.unit() as uow:
        back = books.receipt(voucher, kind="refund")
        uow.receipts.add(replace(back, term=1, entry=postings.post_refund(uow, voucher, back)))
        uow.commit()
    books.save(payments, state="refunded")
    assert balances(books, site_id=site) == {"site": 300_000}
    assert problems(books) == []


def test_the_books_of_a_site_know_no_decision(books: Books) -> None:
    batch, payments = books.batch([[0]], way="cash")
    voucher = replace(books.voucher(batch, payments[0], "s1"), payment_id=new_id())
    with books.ctx.unit() as uow:
        entry = postings.post_cash_paid(uow, voucher, books.receipt(voucher))
        assert {one.account for one in uow.postings.where(entry=entry)} == {"paid", "site"}
        assert postings.post_voucher_released(uow, voucher) == ""


def test_a_voided_voucher_takes_its_decision_out(books: Books) -> None:
    batch, payments = books.batch([[0], [2]], way="cash")
    voucher = books.voucher(batch, payments[0], "")
    with books.ctx.unit() as uow:
        postings.post_voucher_released(uow, voucher)
        uow.commit()
    books.save(payments[:1], state="void")
    assert balances(books) == {"committed": 100_000, "commitments": -100_000}
    assert problems(books) == []


def test_of_protected_people_neither_district_nor_payment_is_in_the_books(books: Books) -> None:
    batch, payments = books.batch([[0]], guarded=True)
    voucher = books.voucher(batch, payments[0], "")
    with books.ctx.unit() as uow:
        postings.post_sent(uow, batch, payments)
        postings.post_cash_paid(uow, voucher, books.receipt(voucher))
        uow.commit()
        assert {(one.district, one.payment_id) for one in uow.postings.where(batch_id=batch.id)} == {("", "")}
    seeing, blind = books.town.acting("admin", "protected"), books.town.acting("admin")
    entries = ledger.list_entries(seeing, filter=LedgerFilter(batch_id=batch.id))
    assert len(entries) == 3
    assert ledger.list_entries(blind, filter=LedgerFilter(batch_id=batch.id)) == []
    with pytest.raises(RuleViolation, match=r"ledger\.entry_unknown"):
        ledger.find_entry(blind, entry=entries[0])
    assert ledger.find_entry(seeing, entry=entries[0][-12:]) == entries[0]


def test_who_is_protected_after_the_payment_leaves_the_journal_of_others(books: Books) -> None:
    batch, payments = books.batch([[0]], way="cash")
    voucher = books.voucher(batch, payments[0], "")
    with books.ctx.unit() as uow:
        entry = postings.post_cash_paid(uow, voucher, books.receipt(voucher))
        uow.entitlements.save(replace(uow.entitlements.need(books.entitlements[0].id), resident_no="0000000021"))
        uow.commit()
    seeing, blind = books.town.acting("admin", "protected"), books.town.acting("admin")
    assert entry in ledger.list_entries(seeing)
    assert entry not in ledger.list_entries(blind)


def test_thousands_of_payments_are_few_lines(books: Books) -> None:
    batch, payments = books.batch([[0]])
    many = [replace(payments[0], id=new_id(), category=f"c{n % 5}", district=f"d{n % 20}") for n in range(2_000)]
    with books.ctx.unit() as uow:
        entry = postings.post_paid(uow, batch, many)
        kept = uow.postings.where(entry=entry)
    assert len(kept) == 2 * 20  # 20 pairs of category and district, two accounts
    assert sum(one.count for one in kept if one.account == "paid") == 2_000


def test_loans_overpayments_differences_and_fees_have_their_accounts(books: Books) -> None:
    loan = Loan(id=new_id(), principal=1_500_000, lent_on="2024-01-02")
    one = books.entitlements[0]
    with books.ctx.unit() as uow:
        postings.post_loan_lent(uow, loan, programme_id=books.programme.id)
        postings.post_loan_repaid(
            uow,
            Repayment(id=new_id(), loan_id=loan.id, paid_on="2024-01-02", amount=110_000, interest=9_000, late=1_000),
            programme_id=books.programme.id,
        )
        postings.post_loan_exempted(uow, amount=400_000, programme_id=books.programme.id)
        assert postings.post_overpaid(uow, [(one, 80_000), (books.entitlements[2], 0)]) != []
        assert postings.post_overpaid(uow, [(one, 5_000), (books.entitlements[2], -5_000)]) == []
        postings.post_overpaid_returned(uow, one, 30_000)
        assert postings.post_difference(uow, difference=0) == ""
        postings.post_difference(uow, difference=-500, site_id="s1")
        postings.post_fee(uow, amount=660)
        uow.commit()
    found = balances(books)
    assert found["loans"] == 1_500_000 - 100_000 - 400_000
    assert (found["interest"], found["lent"]) == (-10_000, -1_100_000)
    assert (found["overpaid"], found["reclaimed"]) == (50_000, -80_000)
    assert (found["difference"], found["site"], found["fee"]) == (500, -500, 660)
    assert sum(found.values()) == 0
    assert "over" in problems(books)
    with books.ctx.unit() as uow:
        uow.entitlements.save(replace(uow.entitlements.need(one.id), over=50_000, flag="over"))
        uow.commit()
    assert "over" not in problems(books)


def test_an_entry_that_does_not_sum_to_nothing_is_refused() -> None:
    with pytest.raises(RuleViolation, match=r"ledger\.unbalanced"):
        check_entry([Line(account="hq", amount=5), Line(account="source", amount=-4)])
    with pytest.raises(RuleViolation, match=r"ledger\.empty"):
        check_entry(summed(moved("hq", "source", 0)))
    with pytest.raises(RuleViolation, match=r"ledger\.account"):
        check_entry([Line(account="pocket", amount=0)])  # type: ignore[arg-type]


def test_no_posting_is_changed_or_removed(books: Books) -> None:
    made = ledger.receive_budget(books.ctx, programme_id=books.programme.id, amount=1_000)
    with books.ctx.unit() as uow:
        one = uow.postings.where(entry=made.entry)[0]
        for wrong in (replace(one, amount=9), replace(one, deleted=True), replace(one, memo="x")):
            with pytest.raises(RuleViolation, match=r"ledger\.immutable"):
                uow.postings.save(wrong)
            with pytest.raises(RuleViolation, match=r"ledger\.immutable"):
                uow.postings.save_many([wrong])
            with pytest.raises(RuleViolation, match=r"ledger\.immutable"):
                uow.repository("posting").save(wrong)
    written = re.compile(r"postings\.(save|save_many)\(|(UPDATE|DELETE FROM) posting|update\(t\.posting\)|delete\(t\.posting\)")
    found = [str(path.relative_to(APP)) for path in APP.rglob("*.py") if written.search(path.read_text("utf-8"))]
    assert found == []


def test_a_correction_is_a_reversal_by_two_people(books: Books) -> None:
    made = ledger.receive_budget(books.ctx, programme_id=books.programme.id, amount=1_000)
    for second, code in (("", "second_missing"), (books.ctx.actor.name, "second_self"), ("知らない人", "second_unknown")):
        with pytest.raises(RuleViolation, match=rf"ledger\.{code}"):
            ledger.reverse(books.ctx, entry=made.entry, reason="金額の誤り", second=second)
    with pytest.raises(RuleViolation, match=r"reason\.missing"):
        ledger.reverse(books.ctx, entry=made.entry, reason=" ", second=SECOND)
    back = ledger.reverse(books.ctx, entry=made.entry[-8:], reason="金額の誤り", second=SECOND)
    assert balances(books) == {}
    with pytest.raises(RuleViolation, match=r"ledger\.reversed"):
        ledger.reverse(books.ctx, entry=made.entry, reason="もう一度", second=SECOND)
    with pytest.raises(RuleViolation, match=r"ledger\.reversal"):
        ledger.reverse(books.ctx, entry=back.entry, reason="もどす", second=SECOND)
    with pytest.raises(RuleViolation, match=r"ledger\.entry_unknown"):
        ledger.reverse(books.ctx, entry="zzzzzzzz", reason="ない", second=SECOND)
    row = ledger.posting_rows(books.ctx, entries=[back.entry])[0]
    assert (row.kind, row.reverses, row.second, row.by) == ("reversal", made.entry, SECOND, books.ctx.actor.name)
    assert ledger.posting_rows(books.ctx, entries=[made.entry])[0].reversed_by == back.entry
    books.batch([[0]])
    approved = ledger.list_entries(books.ctx, filter=LedgerFilter(kind="approved"))[0]
    with pytest.raises(RuleViolation, match=r"ledger\.follows_payment"):
        ledger.reverse(books.ctx, entry=approved, reason="だめ", second=SECOND)


def test_an_overpayment_comes_back(books: Books) -> None:
    one = books.entitlements[0]
    with books.ctx.unit() as uow:
        over = uow.entitlements.save(replace(uow.entitlements.need(one.id), over=80_000, flag="over"))
        postings.post_overpaid(uow, [(over, 80_000)])
        uow.commit()
    with pytest.raises(RuleViolation, match=r"ledger\.over_less"):
        ledger.return_overpaid(books.ctx, entitlement_id=one.id, amount=80_001, second=SECOND)
    with pytest.raises(RuleViolation, match=r"ledger\.second_missing"):
        ledger.return_overpaid(books.ctx, entitlement_id=one.id, amount=1, second="")
    with pytest.raises(RuleViolation, match=r"record\.not_found"):
        ledger.return_overpaid(books.ctx, entitlement_id="nobody", amount=1, second=SECOND)
    ledger.return_overpaid(books.ctx, entitlement_id=one.id, amount=30_000, second=SECOND)
    last = ledger.return_overpaid(books.ctx, entitlement_id=one.id, amount=50_000, second=SECOND)
    with books.ctx.unit() as uow:
        kept = uow.entitlements.need(one.id)
    assert (kept.over, kept.returned, kept.flag) == (0, 80_000, "")
    assert balances(books) == {"hq": 80_000, "reclaimed": -80_000}
    assert ledger.posting_rows(books.ctx, entries=[last.entry])[0].memo == one.number
    assert problems(books) == []


def test_money_that_is_not_there_cannot_be_handed_out(books: Books) -> None:
    programme, site = books.programme.id, ledger.find_site(books.ctx, name=books.ctx.place.site_name)
    ledger.receive_budget(books.ctx, programme_id=programme, amount=100_000)
    with pytest.raises(RuleViolation, match=r"ledger\.short"):
        ledger.allot(books.ctx, site_id=site, amount=100_001, programme_id=programme, second=SECOND)
    ledger.allot(books.ctx, site_id=site, amount=60_000, programme_id=programme, second=SECOND)
    with pytest.raises(RuleViolation, match=r"ledger\.short"):
        ledger.return_budget(books.ctx, programme_id=programme, amount=40_001, second=SECOND)
    with pytest.raises(RuleViolation, match=r"ledger\.short"):
        ledger.bring_back(books.ctx, site_id=site, amount=60_001, second=SECOND)
    ledger.bring_back(books.ctx, site_id=site, amount=60_000, programme_id=programme, second=SECOND)
    ledger.return_budget(books.ctx, programme_id=programme, amount=100_000, second=SECOND)
    assert balances(books) == {"source": -100_000, "returned": 100_000}


@pytest.mark.parametrize("amount", [0, -1, 1_000_000_000_000])
def test_amounts_that_cannot_be(books: Books, amount: int) -> None:
    with pytest.raises(RuleViolation, match=r"(money\.not_positive|ledger\.too_large)"):
        ledger.receive_budget(books.ctx, programme_id=books.programme.id, amount=amount)


def test_who_may_and_where_and_when(books: Books) -> None:
    programme = books.programme.id
    with pytest.raises(RuleViolation, match=r"permission\.denied"):
        ledger.receive_budget(books.town.acting("approval"), programme_id=programme, amount=1)
    with pytest.raises(RuleViolation, match=r"permission\.denied"):
        ledger.trial_balance(books.town.acting("desk"))
    shelter = replace(books.ctx, place=replace(books.ctx.place, site_kind="shelter"))
    with pytest.raises(RuleViolation, match=r"relief\.not_headquarters"):
        ledger.receive_budget(shelter, programme_id=programme, amount=1)
    with pytest.raises(RuleViolation, match=r"ledger\.future"):
        ledger.receive_budget(books.ctx, programme_id=programme, amount=1, day="2024-01-03")
    with pytest.raises(RuleViolation, match=r"ledger\.day"):
        ledger.receive_budget(books.ctx, programme_id=programme, amount=1, day="きのう")
    with pytest.raises(RuleViolation, match=r"record\.not_found"):
        ledger.receive_budget(books.ctx, programme_id="nothing", amount=1)
    with pytest.raises(RuleViolation, match=r"record\.not_found"):
        ledger.receive_budget(books.ctx, programme_id=programme, round_id="nothing", amount=1)


def test_the_check_tells_what_does_not_agree(books: Books) -> None:
    batch, payments = books.batch([[0], [2]])
    books.save(payments[:1], state="sent")
    assert sorted(problems(books)) == ["decided", "transit"]
    books.save(payments[:1], state="paid", entry="nowhere")
    assert sorted(problems(books)) == ["decided", "lost_payment", "paid"]
    with books.ctx.unit() as uow:
        uow.postings.add(Posting(id=new_id(), entry="odd-entry", line=1, account="fee", amount=5, day="2024-01-02"))
        uow.commit()
    assert "unbalanced" in problems(books)


def test_as_of_a_day_only_what_happened_until_then_counts(books: Books) -> None:
    ledger.receive_budget(books.ctx, programme_id=books.programme.id, amount=1_000, day="2024-01-01")
    books.town.clock.forward(days=3)
    ledger.receive_budget(books.ctx, programme_id=books.programme.id, amount=500)
    assert balances(books, day="2024-01-04")["hq"] == 1_000
    lines, whole = ledger.read_funds(books.ctx)
    assert [(one.title, one.received, one.budget_left) for one in lines] == [("義援金", 1_500, 10_000_000)]
    assert (whole.received, whole.free) == (1_500, 1_500)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(
        st.tuples(st.sampled_from(["budget", "allot", "back", "return", "fee", "reverse"]), st.integers(1, 10**6), st.integers(0, 30)),
        max_size=12,
    )
)
def test_whatever_people_do_the_balance_is_nothing(books: Books, acts: list[tuple[str, int, int]]) -> None:
    programme, site = books.programme.id, ledger.find_site(books.ctx, name=books.ctx.place.site_name)
    entries: list[str] = []
    for act, amount, place in acts:
        try:
            match act:
                case "budget":
                    made = ledger.receive_budget(books.ctx, programme_id=programme, amount=amount)
                case "allot":
                    made = ledger.allot(books.ctx, site_id=site, amount=amount, programme_id=programme, second=SECOND)
                case "back":
                    made = ledger.bring_back(books.ctx, site_id=site, amount=amount, programme_id=programme, second=SECOND)
                case "return":
                    made = ledger.return_budget(books.ctx, programme_id=programme, amount=amount, second=SECOND)
                case "fee":
                    made = ledger.book_fee(books.ctx, amount=amount, programme_id=programme)
                case _:
                    if not entries:
                        continue
                    made = ledger.reverse(books.ctx, entry=entries[place % len(entries)], reason="試し", second=SECOND)
        except RuleViolation as fault:
            assert fault.code in ("ledger.short", "ledger.reversed", "ledger.reversal")
            continue
        entries.append(made.entry)
    assert sum(row.balance for row in ledger.trial_balance(books.ctx)) == 0
    assert not [code for code in problems(books) if not code.startswith("negative")]
    assert {row.account for row in ledger.trial_balance(books.ctx)} == set(ACCOUNTS)
