"""Nobody is paid twice by a restored copy of headquarters, and nobody is paid what is no longer due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.domain.errors import RuleViolation
from app.domain.payments import MoneyHome, PaymentBatch
from app.presentation.messages import message
from app.usecases import bank_profiles, batches, cash_desk, money_home, relief_calculation, transfer_results, transfers, vouchers
from app.usecases.cash_rows import VoucherFilter
from app.usecases.context import Actor, Context
from app.usecases.transfer_rows import BankAnswer
from tests.batches_town import APPROVER, MAKER, Desk, elsewhere, open_desk, take_over
from tests.stores import OPERATOR, PASSWORD, Town, open_town

DAY = "2024-01-11"
CONSIGNOR = {
    "consignor_code": "0123456789", "consignor_kana": "ミホンシ", "bank": "0001", "bank_kana": "ミズホ", "branch": "001", "branch_kana": "ホンテン",
    "account_kind": "1", "account_number": "7654321",
}  # fmt: skip


@pytest.fixture
def desk(town: Town) -> Desk:
    """A round, three people, and a bank."""
    found = open_desk(town)
    bank_profiles.save_consignor(found.maker, values=CONSIGNOR)
    return found


def refused(act: Callable[[], object]) -> RuleViolation:
    """The refusal."""
    with pytest.raises(RuleViolation) as caught:
        act()
    assert len(message(caught.value)) > 20
    return caught.value


def approved(desk: Desk, *dues: int, way: str = "transfer", first: int = 1) -> PaymentBatch:
    """An approved batch of households with these amounts."""
    for no, due in enumerate(dues, first):
        desk.entitle(no, due=due)
    ids = [one.id for one in desk.town.ctx.reads.all("entitlement")]
    (batch,) = batches.prepare(desk.maker, round_id=desk.round, way=way, entitlement_ids=ids[-len(dues) :]).batches
    batches.check_batch(desk.checker, batch_id=batch.id)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    return stored(desk, batch.id)


def stored(desk: Desk, batch_id: str) -> PaymentBatch:
    with desk.town.ctx.unit() as uow:
        return uow.batches.need(batch_id)


def homes(ctx: Context) -> list[tuple[str, str]]:
    return [(one.state, one.device_id) for one in ctx.reads.all("money_home") if isinstance(one, MoneyHome)]


# -- one device makes money --------------------------------------------------------------------------------


def test_the_first_that_makes_money_is_the_home_and_it_is_written_once(desk: Desk) -> None:
    mine = desk.maker.place.device_id
    assert homes(desk.maker) == [] and money_home.show_home(desk.maker).here
    desk.entitle(1)
    batches.prepare(desk.maker, round_id=desk.round)
    assert homes(desk.maker) == [("current", mine)]
    desk.entitle(2)
    batches.prepare(desk.maker, round_id=desk.round)
    assert homes(desk.maker) == [("current", mine)]
    assert refused(lambda: money_home.ask_home(desk.maker, reason="念のため")).code == "relief.home_here"


def test_another_device_makes_nothing_until_two_people_took_over(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 1_000)
    draft_of = approved(desk, 2_000, way="cash", first=2)
    copy, check, boss = (elsewhere(one) for one in (desk.maker, desk.checker, desk.approver))
    paper = desk.town.ctx.reads.cash.vouchers(desk.town.ctx.reads.cash.voucher_ids(filter=VoucherFilter()))[0].id
    acts: list[Callable[[], object]] = [
        lambda: relief_calculation.calculate(copy, round_id=desk.round), lambda: batches.prepare(copy, round_id=desk.round),
        lambda: batches.prepare_retry(copy, batch_id=batch.id), lambda: batches.check_batch(check, batch_id=batch.id),
        lambda: batches.approve_batch(boss, batch_id=batch.id), lambda: batches.cancel_batch(boss, batch_id=batch.id, reason="x"),
        lambda: transfers.write_transfer(copy, batch_id=batch.id, profile="standard", transfer_on=DAY, out=tmp_path / "a.txt"),
        lambda: transfers.ask_again(copy, batch_id=batch.id, reason="x"), lambda: transfers.allow_again(boss, batch_id=batch.id),
        lambda: vouchers.assign(copy, batch_id=draft_of.id), lambda: vouchers.ask_void(copy, voucher_ids=[paper], reason="x"),
        lambda: vouchers.confirm_void(copy, voucher_ids=[paper]), lambda: vouchers.adopt(copy, reason="x"),
    ]  # fmt: skip
    before = desk.town.sql("SELECT count(*) FROM journal")
    for act in acts:
        found = refused(act)
        assert (found.code, found.params["device"]) == ("relief.other_home", desk.maker.place.device_prefix)
        assert desk.maker.place.device_prefix in message(found) and copy.place.device_prefix in message(found)
    assert desk.town.sql("SELECT count(*) FROM journal") == before and not list(tmp_path.glob("*.txt"))


def test_two_people_take_over_and_the_old_device_is_out(desk: Desk) -> None:
    approved(desk, 1_000)
    copy, boss = elsewhere(desk.maker), elsewhere(desk.approver)
    assert refused(lambda: money_home.confirm_home(boss)).code == "relief.home_not_asked"
    assert refused(lambda: money_home.ask_home(copy, reason="  ")).code == "reason.missing"
    assert refused(lambda: money_home.ask_home(boss, reason="x")).code == "permission.denied"
    money_home.ask_home(copy, reason="水没。支払いは銀行で確かめた")
    assert refused(lambda: money_home.ask_home(copy, reason="もう一度")).code == "relief.home_asked"
    assert refused(lambda: batches.prepare(copy, round_id=desk.round)).code == "relief.other_home"
    both = replace(copy, actor=replace(copy.actor, roles=("accounting", "approval")))
    namesake = replace(boss, actor=replace(boss.actor, name=copy.actor.name))
    for one in (both, namesake):
        assert refused(lambda one=one: money_home.confirm_home(one)).code == "relief.home_own"  # type: ignore[misc]
    assert refused(lambda: money_home.confirm_home(copy)).code == "permission.denied"
    seen = money_home.show_home(boss)
    assert (seen.here, seen.asked_by, seen.may_confirm, seen.may_ask) == (False, MAKER[0], True, False)
    money_home.confirm_home(boss)
    seen = money_home.show_home(copy)
    assert (seen.here, seen.device) == (True, copy.place.device_prefix)
    desk.entitle(2)
    assert batches.prepare(copy, round_id=desk.round).batches
    assert refused(lambda: batches.prepare(desk.maker, round_id=desk.round)).code == "relief.other_home"
    assert sorted(homes(copy)) == sorted([("past", desk.maker.place.device_id), ("current", copy.place.device_id)])


def test_a_take_over_can_be_refused_and_asked_for_anew(desk: Desk) -> None:
    approved(desk, 1_000)
    copy, boss = elsewhere(desk.maker), elsewhere(desk.approver)
    money_home.ask_home(copy, reason="水没")
    money_home.refuse_home(boss, reason="元の端末が見つかった")
    assert refused(lambda: money_home.confirm_home(boss)).code == "relief.home_not_asked"
    money_home.ask_home(copy, reason="やはり動かない")
    money_home.confirm_home(boss)
    assert money_home.is_home(copy)


def test_the_store_itself_has_one_home(desk: Desk) -> None:
    approved(desk, 1_000)
    with pytest.raises(Exception, match="(?i)unique"), desk.town.ctx.unit() as uow:
        uow.homes.add(MoneyHome(id="second", device_id="x", state="current"))
        uow.commit()


@pytest.fixture
def restored(desk: Desk) -> Iterator[Callable[[], Desk]]:
    """Makes a restored copy of the folder as it is, with the same people."""
    opened: list[Town] = []

    def restore() -> Desk:
        town = desk.town
        backup, into = town.folder.with_name("b.sasae-backup"), town.folder.with_name("copy")
        town.ctx.backups.write(backup)
        gateway(now=town.clock).restore(backup, into=into, operator=OPERATOR, password=PASSWORD)
        copy = open_town(into, town.clock)
        opened.append(copy)
        people = {name: _again(copy, ctx.actor) for name, ctx in desk.people.items()}
        return Desk(copy, desk.programme, desk.round, people)

    yield restore
    for one in opened:
        one.session.close(backup=False)


def _again(town: Town, actor: Actor) -> Context:
    from tests.batches_town import acting

    return acting(town, actor)


def test_a_copy_from_before_any_money_was_made_makes_none_either(desk: Desk, restored: Callable[[], Desk]) -> None:
    desk.entitle(1, due=200_000)
    copy = restored()
    (paid,) = batches.prepare(desk.maker, round_id=desk.round).batches
    assert paid.total == 200_000
    found = refused(lambda: batches.prepare(copy.maker, round_id=desk.round))
    assert (found.code, found.params["device"]) == ("relief.other_home", desk.maker.place.device_prefix)
    assert homes(copy.maker) == []
    take_over(copy.maker, copy.approver)
    assert batches.prepare(copy.maker, round_id=desk.round).batches


def test_a_request_of_the_original_counts_nothing_in_a_copy_of_it(desk: Desk, restored: Callable[[], Desk]) -> None:
    approved(desk, 1_000)
    with desk.town.ctx.unit() as uow:
        uow.homes.add(MoneyHome(id="old-request", device_id="older-device", asked_by=desk.maker.actor.operator_id))
        uow.commit()
    copy = restored()
    assert refused(lambda: money_home.confirm_home(copy.approver)).code == "relief.home_not_asked"


# -- what another device made ------------------------------------------------------------------------------


def test_an_approved_batch_of_another_device_is_never_cancelled(desk: Desk) -> None:
    batch = approved(desk, 1_000)
    copy, boss = elsewhere(desk.maker), elsewhere(desk.checker)
    take_over(copy, elsewhere(desk.approver))
    found = refused(lambda: batches.cancel_batch(boss, batch_id=batch.id, reason="作り直す"))
    assert (found.code, found.params["device"]) == ("batch.elsewhere", desk.maker.place.device_prefix)
    assert stored(desk, batch.id).state == "approved"
    assert batches.prepare(copy, round_id=desk.round).batches == ()


def test_what_the_bank_says_of_a_batch_of_another_device_is_taken_without_a_file(desk: Desk) -> None:
    batch = approved(desk, 1_000, 2_000)
    here, copy = desk.maker, elsewhere(desk.maker)
    answers = [
        BankAnswer(line=at, code=row.code, failure=failure)
        for at, (row, failure) in enumerate(zip(batches.payment_rows(here, batch_id=batch.id), ("", "name"), strict=True), 1)
    ]

    def take(ctx: Context) -> transfer_results.Taken:
        return transfer_results.take_results(ctx, answers=answers, batch_id=batch.id, name="kekka.txt", sha256="0" * 64)

    assert refused(lambda: take(here)).code == "transfer.not_sent"
    taken = take(copy)
    assert (taken.paid, taken.failed, stored(desk, batch.id).state) == (1, 1, "settled")


def test_a_draft_of_another_device_ends_by_an_approver_who_did_not_make_it(desk: Desk) -> None:
    desk.entitle(1)
    desk.entitle(2)
    (batch,) = batches.prepare(desk.maker, round_id=desk.round).batches
    copy, boss = elsewhere(desk.maker), elsewhere(desk.approver)
    take_over(copy, boss)
    (first, _) = batches.list_payment_ids(copy, batch_id=batch.id)
    for act in (
        lambda: batches.cancel_batch(copy, batch_id=batch.id, reason="x"),
        lambda: batches.remove_payments(copy, batch_id=batch.id, payment_ids=[first], reason="x"),
    ):
        assert refused(act).code == "batch.elsewhere"
    maker = replace(copy, actor=replace(copy.actor, roles=("accounting", "approval")))
    assert refused(lambda: batches.cancel_batch(maker, batch_id=batch.id, reason="x")).code == "batch.own_work"
    batches.cancel_batch(boss, batch_id=batch.id, reason="元の端末でも承認前だった")
    assert [one.total for one in batches.prepare(copy, round_id=desk.round).batches] == [400_000]


def test_a_cash_draft_of_another_device_gives_frozen_vouchers(desk: Desk) -> None:
    desk.entitle(1)
    ids = [one.id for one in desk.town.ctx.reads.all("entitlement")]
    (batch,) = batches.prepare(desk.maker, round_id=desk.round, way="cash", entitlement_ids=ids).batches
    copy, boss = elsewhere(desk.maker), elsewhere(desk.approver)
    take_over(copy, boss)
    batches.approve_batch(boss, batch_id=batch.id)
    (paper,) = vouchers.list_voucher_ids(copy, filter=VoucherFilter(batch_id=batch.id))
    assert vouchers.voucher_rows(copy, [paper])[0].state == "frozen"
    assert refused(lambda: vouchers.assign(copy, voucher_ids=[paper])).code == "voucher.held"
    assert refused(lambda: cash_desk.pay(copy, voucher_id=paper, identified="card")).code == "voucher.frozen"
    assert refused(lambda: batches.cancel_batch(boss, batch_id=batch.id, reason="x")).code == "batch.elsewhere"


def test_a_batch_with_vouchers_of_another_folder_is_not_cancelled(desk: Desk) -> None:
    batch = approved(desk, 1_000, way="cash")
    desk.town.sql("UPDATE voucher SET home_device = 'another'")
    found = refused(lambda: batches.cancel_batch(desk.checker, batch_id=batch.id, reason="x"))
    assert found.code == "batch.vouchers_elsewhere" and found.params["numbers"]


# -- what is no longer due ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{"due": 50_000, "flag": "over", "over": 150_000}, {"state": "ended"}, {"state": "declined"}, {"before": 1}, {"deleted": True}]
)
def test_a_voucher_of_which_less_is_due_is_not_paid_and_its_money_is_decided_anew(desk: Desk, change: dict[str, object]) -> None:
    batch = approved(desk, 200_000, 70_000, way="cash")
    ctx = desk.maker
    papers = vouchers.list_voucher_ids(ctx, filter=VoucherFilter(batch_id=batch.id))
    vouchers.assign(ctx, voucher_ids=papers[:1])
    (owed, _) = (one.id for one in ctx.reads.all("entitlement"))
    desk.change(owed, **change)
    assert [row.changed for row in vouchers.voucher_rows(ctx, papers)] == [True, False]
    assert vouchers.list_voucher_ids(ctx, filter=VoucherFilter(state="changed")) == papers[:1]
    number = vouchers.voucher_rows(ctx, papers)[0].number
    assert cash_desk.find_voucher(ctx, text=number).rows[0].changed
    for act in (
        lambda: cash_desk.check_payable(ctx, voucher_id=papers[0]),
        lambda: cash_desk.pay(ctx, voucher_id=papers[0], identified="card"),
    ):
        assert refused(act).code == "voucher.amount_changed"
    file = vouchers.open_voucher(ctx, voucher_id=papers[0])
    assert file.refusal is not None and file.refusal.code == "voucher.amount_changed" and "pay" not in file.may
    vouchers.recall(ctx, voucher_ids=papers[:1], reason="減額")
    assert refused(lambda: vouchers.assign(ctx, voucher_ids=papers[:1])).code == "voucher.amount_changed"
    vouchers.ask_void(ctx, voucher_ids=papers[:1], reason="減額")
    second = replace(desk.town.ctx, actor=replace(desk.town.ctx.actor, name=APPROVER[0]))
    vouchers.confirm_void(second, voucher_ids=papers[:1])
    assert vouchers.list_voucher_ids(ctx, filter=VoucherFilter(state="changed")) == []
    made = batches.prepare(ctx, round_id=desk.round, way="cash", entitlement_ids=[owed])
    left = {"due": 50_000, "before": 199_999}.get(next(iter(change)), 0)
    assert [one.total for one in made.batches] == ([left] if left else [])
    vouchers.assign(ctx, voucher_ids=papers[1:])
    assert cash_desk.pay(ctx, voucher_id=papers[1], identified="voucher").receipt.amount == 70_000


def test_what_was_raised_leaves_a_voucher_as_good_as_before(desk: Desk) -> None:
    batch = approved(desk, 200_000, way="cash")
    (owed,) = (one.id for one in desk.maker.reads.all("entitlement"))
    desk.change(owed, due=300_000, flag="raised")
    vouchers.assign(desk.maker, batch_id=batch.id)
    (paper,) = vouchers.list_voucher_ids(desk.maker, filter=VoucherFilter())
    assert cash_desk.pay(desk.maker, voucher_id=paper, identified="card").receipt.amount == 200_000
    desk.change(owed, due=100_000, flag="over", over=100_000)
    assert not vouchers.voucher_rows(desk.maker, [paper])[0].changed, "what is paid is a matter of overpayment"


def test_a_transfer_of_which_less_is_due_is_neither_written_nor_handed_over(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 200_000, 100_000)
    (owed, _) = (one.id for one in desk.maker.reads.all("entitlement"))

    def write(name: str) -> transfers.Written:
        return transfers.write_transfer(desk.maker, batch_id=batch.id, profile="standard", transfer_on=DAY, out=tmp_path / name)

    written = write("a.txt")
    desk.change(owed, due=150_000, flag="over", over=50_000)
    found = refused(lambda: transfers.hand_over(desk.maker, file_ids=[one.id for one in written.files]))
    (wrong, _) = batches.payment_rows(desk.maker, batch_id=batch.id)
    assert (found.code, found.params["numbers"]) == ("transfer.no_longer_due", [wrong.number])
    assert wrong.number in message(found)
    transfers.discard_files(desk.approver, batch_id=batch.id, reason="減額があった")
    assert refused(lambda: write("b.txt")).code == "transfer.no_longer_due"
    assert not (tmp_path / "b.txt").exists()
    batches.cancel_batch(desk.approver, batch_id=batch.id, reason="減額があった")
    desk.change(owed, flag="", over=0)
    assert [one.total for one in batches.prepare(desk.maker, round_id=desk.round).batches] == [250_000]
