"""Batches: who gets into one, who may take which step, and that nothing can be paid twice or changed behind the program's back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.errors import IntegrityFault, RuleViolation, SasaeError, StaleRecord
from app.domain.payments import PaymentBatch, PaymentShare
from app.domain.protection import Protection
from app.usecases import approval_limits, batches
from app.usecases.batch_rows import BatchFilter
from app.usecases.context import Actor
from app.usecases.transfer_verifying import verify_lines
from tests.batches_town import Desk, acting, correct_account, open_desk
from tests.stores import Town


@pytest.fixture
def desk(town: Town) -> Desk:
    """A round, and three people."""
    return open_desk(town)


def refused(act: Callable[[], object]) -> str:
    """The code of the refusal."""
    with pytest.raises(RuleViolation) as caught:
        act()
    return caught.value.code


def draft(desk: Desk, *dues: int) -> PaymentBatch:
    """A draft with a household for each amount."""
    for no, due in enumerate(dues or (200_000, 150_000), 1):
        desk.entitle(no, due=due)
    (batch,) = batches.prepare(desk.maker, round_id=desk.round).batches
    return batch


def stored(desk: Desk, batch_id: str) -> PaymentBatch:
    with desk.town.ctx.unit() as uow:
        return uow.batches.need(batch_id)


def fail(desk: Desk, batch_id: str, *numbers: int, failure: str = "no_account") -> None:
    """The bank's answer for payments at these positions: not arrived."""
    with desk.town.ctx.unit() as uow:
        for payment in uow.payments.where(batch_id=batch_id):
            if payment.position in numbers:
                uow.payments.save(replace(payment, state="failed", failure=failure))
                for share in uow.shares.where(payment_id=payment.id):
                    uow.shares.save(replace(share, live=False))
            else:
                uow.payments.save(replace(payment, state="paid"))
        uow.batches.save(replace(uow.batches.need(batch_id), state="settled"))
        uow.commit()


# -- preparing ---------------------------------------------------------------------------------------------


def test_what_is_prepared_is_due_less_what_is_live(desk: Desk) -> None:
    first = desk.entitle(1, due=200_000)
    done = batches.prepare(desk.maker, round_id=desk.round)
    assert [(one.count, one.total, one.state, one.way) for one in done.batches] == [(1, 200_000, "draft", "transfer")]
    assert batches.prepare(desk.maker, round_id=desk.round).batches == ()
    desk.change(first, due=300_000, flag="raised")
    (second,) = batches.prepare(desk.maker, round_id=desk.round).batches
    assert second.total == 100_000
    with desk.town.ctx.unit() as uow:
        assert sorted((one.part, one.amount) for one in uow.shares.where(entitlement_id=first)) == [(1, 200_000), (2, 100_000)]
    desk.change(first, due=250_000, flag="over", over=50_000)
    assert batches.prepare(desk.maker, round_id=desk.round).batches == ()


def test_one_payee_gets_one_payment_for_everything(desk: Desk) -> None:
    desk.entitle(1, due=200_000)
    with desk.town.ctx.unit() as uow:
        uow.payees.save(replace(uow.payees.where(subject="victim:H1")[0], subject="victim:H2"))
        uow.commit()
    add = desk.entitle(2, due=50_000, payee=1, subject="person:P2", household="victim:H2", unit="person", category="重傷")
    with desk.town.ctx.unit() as uow:
        first = uow.entitlements.where(subject="victim:H1")[0]
        uow.entitlements.save(replace(first, subject="victim:H2", household="victim:H2"))
        uow.commit()
    done = batches.prepare(desk.maker, round_id=desk.round)
    (batch,) = done.batches
    assert (batch.count, batch.total) == (1, 250_000)
    (row,) = batches.payment_rows(desk.maker, batch_id=batch.id)
    assert row.amount == 250_000 and row.entitlements == ("E0001", "E0002") and add
    lines = batches.open_batch(desk.maker, batch_id=batch.id).lines
    assert [(one.category, one.amount, one.count) for one in lines] == [("全壊", 200_000, 1), ("重傷", 50_000, 1)]


def test_who_cannot_be_paid_is_left_out_with_a_reason(desk: Desk) -> None:
    desk.entitle(1)
    no_payee = desk.entitle(2, payee=0)
    unchecked, twin, papers, cash = desk.entitle(3), desk.entitle(4, account=1), desk.entitle(5, wants=("documents",)), desk.entitle(6)
    large = desk.entitle(7, due=10_000_000_000)
    with desk.town.ctx.unit() as uow:
        account = uow.accounts.where(number="0000003")[0]
        uow.accounts.save(replace(account, state="entered"))
        uow.payees.save(replace(uow.payees.where(subject="victim:H6")[0], way="cash"))
        uow.commit()
    done = batches.prepare(desk.maker, round_id=desk.round)
    assert [one.count for one in done.batches] == [1]
    assert {one.entitlement_id: one.code for one in done.left_out} == {
        no_payee: "batch.left.payee", unchecked: "batch.left.account.unchecked", twin: "batch.left.same_account",
        papers: "batch.left.documents", cash: "batch.left.wants_cash", large: "batch.left.too_large",
    }  # fmt: skip
    second = batches.prepare(desk.maker, round_id=desk.round)
    assert [one.count for one in second.batches] == [1], "the second payee of an account is paid by the next batch"


def test_those_named_are_all_accounted_for(desk: Desk) -> None:
    declined = desk.entitle(1, state="declined")
    nothing = desk.entitle(2, due=5)
    batches.prepare(desk.maker, round_id=desk.round, entitlement_ids=[nothing])
    done = batches.prepare(desk.maker, round_id=desk.round, entitlement_ids=[declined, nothing, "unknown"])
    assert {one.entitlement_id: one.code for one in done.left_out} == {
        declined: "batch.left.declined", nothing: "batch.left.nothing", "unknown": "batch.left.unknown",
    }  # fmt: skip


def test_cash_needs_no_account_and_for_the_living_no_payee(desk: Desk) -> None:
    desk.entitle(1, payee=0)
    with desk.town.ctx.unit() as uow:
        from app.domain.identifiers import new_id
        from app.domain.relief import Casualty

        dead = uow.casualties.add(Casualty(id=new_id(), name="見本", harm="dead", state="confirmed"))
        uow.commit()
    lost = desk.entitle(2, payee=0, casualty_id=dead.id, unit="person")
    done = batches.prepare(desk.maker, round_id=desk.round, way="cash")
    assert [one.count for one in done.batches] == [1]
    assert [(one.entitlement_id, one.code) for one in done.left_out] == [(lost, "batch.left.payee")]
    (row,) = batches.payment_rows(desk.maker, batch_id=done.batches[0].id)
    assert (row.name, row.bank, row.payee_id) == ("見本　0001", "", "")


def test_each_way_is_for_those_who_receive_that_way(desk: Desk) -> None:
    transfer, cash, bare, builder = desk.entitle(1), desk.entitle(2), desk.entitle(3), desk.entitle(4)
    with desk.town.ctx.unit() as uow:
        for no, values in ((2, {"way": "cash"}), (3, {"account_id": ""}), (4, {"way": "in_kind", "role": "contractor"})):
            uow.payees.save(replace(uow.payees.where(subject=f"victim:H{no}")[0], **values))
        uow.commit()
    kind = batches.prepare(desk.maker, round_id=desk.round, way="in_kind")
    assert [one.count for one in kind.batches] == [1]
    assert {one.entitlement_id: one.code for one in kind.left_out} == dict.fromkeys((transfer, cash, bare), "batch.left.no_contractor")
    paid = batches.prepare(desk.maker, round_id=desk.round, way="cash")
    assert [one.count for one in paid.batches] == [2]
    assert {one.entitlement_id: one.code for one in paid.left_out} == {transfer: "batch.left.wants_transfer"}
    named = batches.prepare(desk.maker, round_id=desk.round, way="cash", entitlement_ids=[transfer, builder])
    assert [one.count for one in named.batches] == [1] and named.left_out[0].code == "batch.left.nothing"


def test_a_budget_is_never_overrun(desk: Desk) -> None:
    town = desk.town
    with town.ctx.unit() as uow:
        uow.rounds.save(replace(uow.rounds.need(desk.round), budget=300_000))
        uow.commit()
    desk.entitle(1, due=200_000)
    assert batches.prepare(desk.maker, round_id=desk.round).batches
    late = desk.entitle(2, due=100_001)
    with pytest.raises(RuleViolation) as caught:
        batches.prepare(desk.maker, round_id=desk.round)
    assert (caught.value.code, caught.value.params["short"]) == ("batch.over_budget", 1)
    desk.change(late, due=100_000)
    assert batches.prepare(desk.maker, round_id=desk.round).batches


def test_only_headquarters_prepares_and_only_with_the_right(desk: Desk) -> None:
    desk.entitle(1)
    elsewhere = replace(desk.maker, place=replace(desk.maker.place, site_kind="shelter"))
    assert refused(lambda: batches.prepare(elsewhere, round_id=desk.round)) == "relief.not_headquarters"
    assert refused(lambda: batches.prepare(desk.checker, round_id=desk.round)) == "permission.denied"


# -- protected people --------------------------------------------------------------------------------------


def protect(desk: Desk, number: str) -> None:
    from app.domain.identifiers import new_id

    with desk.town.ctx.unit() as uow:
        uow.protections.add(Protection(id=new_id(), resident_no=number))
        uow.commit()


def test_protected_people_come_into_a_batch_of_their_own_that_nobody_else_sees(desk: Desk) -> None:
    desk.entitle(1)
    hidden = desk.entitle(2, resident_no="0000000099")
    protect(desk, "0000000099")
    blind = batches.prepare(desk.maker, round_id=desk.round)
    assert [one.count for one in blind.batches] == [1] and not blind.left_out
    named = batches.prepare(desk.maker, round_id=desk.round, entitlement_ids=[hidden])
    assert [one.code for one in named.left_out] == ["batch.left.unknown"] and named.left_out[0].name == ""
    seeing = acting(desk.town, replace(desk.maker.actor, roles=("accounting", "protected")))
    (guarded,) = batches.prepare(seeing, round_id=desk.round).batches
    assert guarded.guarded and guarded.count == 1
    assert guarded.id not in batches.list_batch_ids(desk.checker)
    assert guarded.id in batches.list_batch_ids(seeing)
    assert refused(lambda: batches.find_batch(desk.checker, number=guarded.number)) == "batch.not_found"
    assert refused(lambda: batches.check_batch(desk.checker, batch_id=guarded.id)) == "payment.withheld"
    assert refused(lambda: batches.approve_batch(desk.approver, batch_id=guarded.id)) == "payment.withheld"
    assert batches.payment_rows(desk.checker, batch_id=guarded.id) == []
    batches.approve_batch(acting(desk.town, replace(desk.approver.actor, roles=("approval", "protected"))), batch_id=guarded.id)


def test_somebody_protected_meanwhile_is_no_longer_shown_or_counted(desk: Desk) -> None:
    desk.entitle(1, due=200_000)
    desk.entitle(2, due=100_000, resident_no="0000000099")
    (batch,) = batches.prepare(desk.maker, round_id=desk.round).batches
    protect(desk, "0000000099")
    (row,) = batches.list_batches(desk.checker)
    assert (row.count, row.total) == (1, 200_000)
    assert len(batches.payment_rows(desk.checker, batch_id=batch.id)) == 1
    assert refused(lambda: batches.check_batch(desk.checker, batch_id=batch.id)) == "payment.withheld"


# -- two people --------------------------------------------------------------------------------------------


def test_nobody_checks_or_approves_their_own_work(desk: Desk) -> None:
    batch = draft(desk)
    both = acting(desk.town, replace(desk.maker.actor, roles=("accounting", "approval")))
    assert refused(lambda: batches.check_batch(both, batch_id=batch.id)) == "batch.own_work"
    assert refused(lambda: batches.approve_batch(both, batch_id=batch.id)) == "batch.own_work"
    twin = acting(desk.town, Actor(operator_id="another", name="作成　太郎", roles=("approval",), slot=""))
    assert refused(lambda: batches.approve_batch(twin, batch_id=batch.id)) == "batch.own_work"
    assert refused(lambda: batches.approve_batch(desk.maker, batch_id=batch.id)) == "permission.denied"


def test_who_took_lines_out_made_it_too(desk: Desk) -> None:
    batch = draft(desk)
    other = acting(desk.town, replace(desk.approver.actor, roles=("accounting", "approval")))
    gone = batches.payment_rows(desk.maker, batch_id=batch.id)[0]
    batches.remove_payments(other, batch_id=batch.id, payment_ids=[gone.id], reason="重複の疑い")
    assert refused(lambda: batches.approve_batch(other, batch_id=batch.id)) == "batch.own_work"
    batches.approve_batch(desk.checker, batch_id=batch.id)


def test_checked_then_approved_with_every_step_in_the_journal(desk: Desk) -> None:
    batch = draft(desk)
    batches.check_batch(desk.checker, batch_id=batch.id)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    found = batches.open_batch(desk.approver, batch_id=batch.id)
    assert [(one.state, one.by) for one in found.steps] == [("draft", "作成 太郎"), ("checked", "確認 花子"), ("approved", "承認 次郎")]
    assert found.intact and len(found.batch.digest) == 64
    assert {one.state for one in batches.payment_rows(desk.maker, batch_id=batch.id)} == {"approved"}
    with desk.town.ctx.unit() as uow:
        posted = uow.postings.where(batch_id=batch.id)
        assert sum(one.amount for one in posted) == 0 and sum(max(one.amount, 0) for one in posted) == batch.total


def test_returned_with_a_reason_corrected_and_handed_in_again(desk: Desk) -> None:
    batch = draft(desk)
    batches.check_batch(desk.checker, batch_id=batch.id)
    assert refused(lambda: batches.return_batch(desk.approver, batch_id=batch.id, reason=" ")) == "reason.missing"
    rows = batches.payment_rows(desk.maker, batch_id=batch.id)
    assert refused(lambda: batches.remove_payments(desk.maker, batch_id=batch.id, payment_ids=[rows[0].id], reason="x")) == "batch.fixed"
    batches.return_batch(desk.approver, batch_id=batch.id, reason="口座を確かめること")
    assert (stored(desk, batch.id).state, stored(desk, batch.id).digest) == ("returned", "")
    assert refused(lambda: batches.check_batch(desk.checker, batch_id=batch.id)) == "batch.wrong_state"
    batches.remove_payments(desk.maker, batch_id=batch.id, payment_ids=[rows[0].id], reason="口座の疑い")
    assert refused(lambda: batches.remove_payments(desk.maker, batch_id=batch.id, payment_ids=[rows[1].id], reason="全部")) == "batch.empty"
    batches.submit_batch(desk.maker, batch_id=batch.id)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    found = batches.open_batch(desk.maker, batch_id=batch.id)
    assert [one.state for one in found.steps] == ["draft", "checked", "returned", "removed", "draft", "checked", "approved"]
    assert (found.batch.count, found.steps[2].reason) == (1, "口座を確かめること")
    (again,) = batches.prepare(desk.maker, round_id=desk.round).batches
    assert again.total == rows[0].amount, "what was taken out is open again"


def test_cancelled_money_is_open_again_and_out_of_the_books(desk: Desk) -> None:
    batch = draft(desk)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    assert refused(lambda: batches.cancel_batch(desk.maker, batch_id=batch.id, reason="誤り")) == "permission.denied"
    batches.cancel_batch(desk.approver, batch_id=batch.id, reason="誤り")
    assert {one.state for one in batches.payment_rows(desk.maker, batch_id=batch.id)} == {"void"}
    with desk.town.ctx.unit() as uow:
        sums: dict[str, int] = {}
        for one in uow.postings.where(batch_id=batch.id):
            sums[one.account] = sums.get(one.account, 0) + one.amount
        assert set(sums.values()) == {0}
    (again,) = batches.prepare(desk.maker, round_id=desk.round).batches
    assert again.total == batch.total
    assert refused(lambda: batches.cancel_batch(desk.approver, batch_id=batch.id, reason="もう一度")) == "batch.wrong_state"


def test_cash_makes_vouchers_and_cancelling_ends_them(desk: Desk) -> None:
    desk.entitle(1, payee=0)
    (batch,) = batches.prepare(desk.maker, round_id=desk.round, way="cash").batches
    batches.approve_batch(desk.approver, batch_id=batch.id)
    with desk.town.ctx.unit() as uow:
        assert [one.state for one in uow.vouchers.where(batch_id=batch.id)] == ["ready"]
    batches.cancel_batch(desk.approver, batch_id=batch.id, reason="振込に変更")
    with desk.town.ctx.unit() as uow:
        assert [one.state for one in uow.vouchers.where(batch_id=batch.id)] == ["void"]


def test_limits_of_roles(desk: Desk) -> None:
    batch = draft(desk, 400_000, 300_000)
    approval_limits.set_limit(desk.town.ctx, role="approval", most_total=500_000, most_single=None)
    assert refused(lambda: batches.approve_batch(desk.approver, batch_id=batch.id)) == "batch.limit_total"
    approval_limits.set_limit(desk.town.ctx, role="approval", most_total=700_000, most_single=399_999)
    assert refused(lambda: batches.approve_batch(desk.approver, batch_id=batch.id)) == "batch.limit_single"
    generous = acting(desk.town, replace(desk.approver.actor, roles=("approval", "admin")))
    batches.approve_batch(generous, batch_id=batch.id)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"role": "desk", "most_total": 1, "most_single": None}, "batch.limit_role"),
        ({"role": "approval", "most_total": 0, "most_single": None}, "money.not_positive"),
        ({"role": "approval", "most_total": -5, "most_single": None}, "money.not_positive"),
        ({"role": "approval", "most_total": None, "most_single": 10_000_000_000}, "money.too_large"),
        ({"role": "approval", "most_total": 10**12, "most_single": None}, "batch.limit_large"),
        ({"role": "approval", "most_total": 5, "most_single": 6}, "batch.limit_order"),
    ],
)
def test_limits_that_are_none(desk: Desk, values: dict[str, object], code: str) -> None:
    assert refused(lambda: approval_limits.set_limit(desk.town.ctx, **values)) == code  # type: ignore[arg-type]
    assert refused(lambda: approval_limits.set_limit(desk.approver, role="approval", most_total=1, most_single=1)) == "permission.denied"


# -- what changed meanwhile --------------------------------------------------------------------------------


def test_an_account_that_changed_after_preparing_is_not_approved(desk: Desk) -> None:
    batch = draft(desk)
    with desk.town.ctx.unit() as uow:
        uow.accounts.save(replace(uow.accounts.where(number="0000001")[0], state="closed"))
        uow.commit()
    assert refused(lambda: batches.approve_batch(desk.approver, batch_id=batch.id)) == "batch.account_changed"


def test_money_that_is_no_longer_due_is_not_approved(desk: Desk) -> None:
    first = desk.entitle(1, due=200_000)
    (batch,) = batches.prepare(desk.maker, round_id=desk.round).batches
    batches.check_batch(desk.checker, batch_id=batch.id)
    desk.change(first, due=150_000)
    assert refused(lambda: batches.approve_batch(desk.approver, batch_id=batch.id)) == "batch.no_longer_due"
    desk.change(first, due=200_000, state="declined")
    assert refused(lambda: batches.approve_batch(desk.approver, batch_id=batch.id)) == "batch.no_longer_due"


def test_two_who_approve_at_once(desk: Desk) -> None:
    batch = draft(desk)
    batches.check_batch(desk.checker, batch_id=batch.id)
    seen = stored(desk, batch.id).version
    other = acting(desk.town, replace(desk.checker.actor, roles=("approval",)))
    gate, outcomes = threading.Barrier(2), []

    def approve(ctx: object) -> None:
        gate.wait()
        try:
            batches.approve_batch(ctx, batch_id=batch.id, version=seen)  # type: ignore[arg-type]
            outcomes.append("done")
        except SasaeError as fault:
            outcomes.append(type(fault).__name__)

    threads = [threading.Thread(target=approve, args=(ctx,)) for ctx in (desk.approver, other)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["StaleRecord", "done"]
    with desk.town.ctx.unit() as uow:
        assert sum(one.amount for one in uow.postings.where(batch_id=batch.id, account="committed")) == batch.total, "posted once"


def test_a_stale_version_is_refused_at_each_step(desk: Desk) -> None:
    batch = draft(desk)
    for act in (
        lambda: batches.check_batch(desk.checker, batch_id=batch.id, version=batch.version + 1),
        lambda: batches.return_batch(desk.checker, batch_id=batch.id, reason="x", version=batch.version + 1),
        lambda: batches.cancel_batch(desk.maker, batch_id=batch.id, reason="x", version=batch.version + 1),
    ):
        with pytest.raises(StaleRecord):
            act()


# -- behind the program's back -----------------------------------------------------------------------------

TAMPERED = [
    "UPDATE payment SET account_number = '7654321' WHERE position = 1",
    "UPDATE payment SET holder = 'ﾄﾞﾛﾎﾞｳ' WHERE position = 1",
    "UPDATE payment SET amount = amount + 1 WHERE position = 1",
    "UPDATE payment SET amount = CASE position WHEN 1 THEN 150000 ELSE 200000 END",
    "UPDATE payment_share SET amount = amount - 1 WHERE rid = 1",
    "UPDATE payment_share SET deleted = true, live = false WHERE rid = 1",
    "UPDATE payment SET deleted = true WHERE position = 2",
    "UPDATE payment_batch SET total = total - 1",
    "UPDATE payment_batch SET way = 'cash'",
    "UPDATE payment_batch SET digest = ''",
    "UPDATE payment_batch SET digest = replace(digest, substr(digest, 1, 1), 'z')",
]


@pytest.mark.parametrize("statement", TAMPERED)
def test_a_row_changed_behind_the_programs_back_stops_every_later_step(desk: Desk, statement: str) -> None:
    batch = draft(desk)
    batches.check_batch(desk.checker, batch_id=batch.id)
    desk.town.sql(statement)
    for act in (
        lambda: batches.approve_batch(desk.approver, batch_id=batch.id),
        lambda: batches.return_batch(desk.approver, batch_id=batch.id, reason="x"),
        lambda: batches.cancel_batch(desk.maker, batch_id=batch.id, reason="x"),
    ):
        with pytest.raises(IntegrityFault) as caught:
            act()
        assert caught.value.code == "batch.altered"
    found = batches.open_batch(desk.approver, batch_id=batch.id)
    assert not found.intact and not found.may


def test_an_approved_batch_changed_behind_the_programs_back_is_noticed(desk: Desk) -> None:
    batch = draft(desk)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    desk.town.sql("UPDATE payment SET account_number = '7654321' WHERE position = 1")
    with desk.town.ctx.unit() as uow, pytest.raises(IntegrityFault):
        batches.verify_batch(uow, uow.batches.need(batch.id))


@pytest.mark.parametrize(
    "approver", ["''", "(SELECT id FROM operator WHERE name = '承認 次郎')", "(SELECT id FROM operator WHERE name = '作成 太郎')"]
)
@pytest.mark.parametrize("state", ["approved", "sent", "settled"])
def test_a_state_that_nobody_approved_is_no_approval(desk: Desk, state: str, approver: str) -> None:
    batch = draft(desk)
    batches.check_batch(desk.checker, batch_id=batch.id)
    desk.town.sql(f"UPDATE payment_batch SET state = '{state}', approved_by = {approver}")
    with desk.town.ctx.unit() as uow:
        for verify in (batches.verify_batch, verify_lines):
            with pytest.raises(IntegrityFault) as caught:
                verify(uow, uow.batches.need(batch.id))
            assert caught.value.code == "batch.altered"
    assert not batches.open_batch(desk.approver, batch_id=batch.id).intact


def test_an_approved_batch_given_another_approver_is_noticed(desk: Desk) -> None:
    batch = draft(desk)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    with desk.town.ctx.unit() as uow:
        batches.verify_batch(uow, uow.batches.need(batch.id))
        assert uow.reads.batches.approvers(batch.id) == {desk.approver.actor.operator_id}
    for other in (desk.checker, desk.maker):
        desk.town.sql(f"UPDATE payment_batch SET approved_by = '{other.actor.operator_id}'")
        with desk.town.ctx.unit() as uow, pytest.raises(IntegrityFault):
            batches.verify_batch(uow, uow.batches.need(batch.id))


def test_the_store_itself_refuses_a_second_live_share_and_an_account_twice(desk: Desk) -> None:
    batch = draft(desk)
    with desk.town.ctx.unit() as uow:
        share = uow.shares.where(batch_id=batch.id)[0]
        payments = uow.payments.where(batch_id=batch.id)
    for again in (
        replace(share, id="again", version=0),
        replace(payments[0], id="again", code="9" * 20, version=0),
    ):
        with desk.town.ctx.unit() as uow, pytest.raises(Exception, match="(?i)unique"):
            (uow.shares if isinstance(again, PaymentShare) else uow.payments).add(again)  # type: ignore[arg-type]


# -- repeats -----------------------------------------------------------------------------------------------


def test_a_failed_payment_is_repeated_only_on_a_corrected_account(desk: Desk) -> None:
    batch = draft(desk, 200_000, 150_000)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    fail(desk, batch.id, 1)
    same = batches.prepare_retry(desk.maker, batch_id=batch.id)
    assert not same.batches and [one.code for one in same.left_out] == ["batch.left.uncorrected"]
    assert not batches.prepare(desk.maker, round_id=desk.round).batches
    with desk.town.ctx.unit() as uow:
        payee = uow.payees.where(subject="victim:H1")[0].id
    correct_account(desk.town.ctx, payee, number=1, holder="ﾐﾎﾝ ﾊﾅｺ")
    (again,) = batches.prepare_retry(desk.maker, batch_id=batch.id).batches
    assert (again.retry_of, again.total, again.count) == (batch.id, 200_000, 1)
    (row,) = batches.payment_rows(desk.maker, batch_id=again.id)
    first = batches.payment_rows(desk.maker, batch_id=batch.id)[0]
    assert row.retry_of == first.number and row.code != first.code
    (shown,) = batches.open_batch(desk.maker, batch_id=batch.id).retries
    assert shown.id == again.id
    assert refused(lambda: batches.prepare_retry(desk.maker, batch_id=batch.id)) == "batch.nothing_failed"


def test_a_repeat_never_pays_a_second_time(desk: Desk) -> None:
    batch = draft(desk, 200_000)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    fail(desk, batch.id, 1, failure="cancelled")
    (again,) = batches.prepare_retry(desk.maker, batch_id=batch.id).batches
    batches.approve_batch(desk.approver, batch_id=again.id)
    assert refused(lambda: batches.prepare_retry(desk.maker, batch_id=batch.id)) == "batch.nothing_failed"
    assert batches.prepare(desk.maker, round_id=desk.round).batches == ()


def test_what_failed_can_be_paid_in_cash(desk: Desk) -> None:
    batch = draft(desk, 200_000)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    fail(desk, batch.id, 1)
    (again,) = batches.prepare_retry(desk.maker, batch_id=batch.id, way="cash").batches
    assert (again.way, again.retry_of) == ("cash", batch.id)


def test_batches_are_found_by_number_state_and_text(desk: Desk) -> None:
    batch = draft(desk)
    assert batches.find_batch(desk.maker, number=batch.number.lower().replace("-", " ")) == batch.id
    assert refused(lambda: batches.find_batch(desk.maker, number="K7QF-99999-X")) == "batch.not_found"
    assert batches.list_batch_ids(desk.maker, filter=BatchFilter(state="draft", text="義援金")) == [batch.id]
    assert batches.list_batch_ids(desk.maker, filter=BatchFilter(state="approved")) == []
    assert batches.list_payment_ids(desk.maker, batch_id=batch.id, text="みほん 0002")[0] in {
        one.id for one in batches.payment_rows(desk.maker, batch_id=batch.id) if one.name.endswith("0002")
    }


def test_a_budget_that_hidden_people_use_up_tells_no_number(desk: Desk) -> None:
    with desk.town.ctx.unit() as uow:
        uow.rounds.save(replace(uow.rounds.need(desk.round), budget=300_000))
        uow.commit()
    desk.entitle(1, due=200_000, resident_no="0000000099")
    protect(desk, "0000000099")
    seeing = acting(desk.town, replace(desk.maker.actor, roles=("accounting", "protected")))
    assert batches.prepare(seeing, round_id=desk.round).batches[0].guarded
    desk.entitle(2, due=150_000)
    with pytest.raises(RuleViolation) as caught:
        batches.prepare(desk.maker, round_id=desk.round)
    assert (caught.value.code, caught.value.params) == ("batch.over_budget_all", {"field": None, "budget": 300_000})
    with pytest.raises(RuleViolation) as caught:
        batches.prepare(seeing, round_id=desk.round)
    assert caught.value.params["committed"] == 200_000


def test_the_general_undo_takes_no_decision_about_money_back(desk: Desk) -> None:
    from app.usecases.persons import restore_version, undo

    batch = draft(desk)
    batches.check_batch(desk.checker, batch_id=batch.id)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    history = desk.town.ctx.reads.journal.history(batch.id)
    for act in dict.fromkeys(entry.group for entry in history):
        assert refused(lambda act=act: undo(desk.town.ctx, act=act, reason="試し")) == "undo.money"
    assert (
        refused(
            lambda: restore_version(desk.town.ctx, kind="payment_batch", record_id=batch.id, operation=history[0].operation, reason="試し")
        )
        == "undo.money"
    )
    assert stored(desk, batch.id).state == "approved"


def test_every_kind_of_money_is_kept_from_the_general_undo() -> None:
    from app.domain.payments import NEVER_UNDONE
    from app.presentation.words_relief import RELIEF_RECORDS

    assert set(RELIEF_RECORDS) == NEVER_UNDONE


def test_who_has_to_do_something_next(desk: Desk) -> None:
    def waiting() -> tuple[int, int, int]:
        return batches.count_waiting(desk.maker), batches.count_waiting(desk.checker), batches.count_waiting(desk.approver)

    assert waiting() == (0, 0, 0)
    batch = draft(desk)
    assert waiting() == (0, 1, 1)
    batches.return_batch(desk.checker, batch_id=batch.id, reason="確かめる")
    assert waiting() == (1, 0, 0)
    batches.submit_batch(desk.maker, batch_id=batch.id)
    batches.check_batch(desk.checker, batch_id=batch.id)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    assert waiting() == (0, 0, 0)
