"""What waits where money is concerned: each number by the right to do it, and none of it names anybody."""

from __future__ import annotations

from dataclasses import fields

from app.usecases import batches
from app.usecases.relief_overview import NO_MONEY, ReliefOverview, take_relief_overview
from tests.batches_town import Desk, open_desk
from tests.cash_town import approve_cash
from tests.relief_town import add_casualty
from tests.stores import Town


def drafts(desk: Desk, *dues: int) -> str:
    """A draft with a household for each amount; answers its id."""
    for no, due in enumerate(dues, 1):
        desk.entitle(no, due=due)
    (batch,) = batches.prepare(desk.maker, round_id=desk.round).batches
    return batch.id


def test_nothing_waits_in_a_new_folder(town: Town) -> None:
    assert take_relief_overview(town.ctx) == NO_MONEY
    assert all(getattr(NO_MONEY, one.name) == 0 for one in fields(ReliefOverview))


def test_a_batch_waits_for_each_of_its_people_in_turn(town: Town) -> None:
    desk = open_desk(town)
    batch_id = drafts(desk, 200_000, 150_000)
    assert take_relief_overview(desk.checker).to_check == 1 and take_relief_overview(desk.checker).to_approve == 0
    batches.check_batch(desk.checker, batch_id=batch_id)
    seen = take_relief_overview(desk.approver)
    assert (seen.to_check, seen.to_approve, seen.to_approve_total) == (0, 1, 350_000)
    assert take_relief_overview(desk.maker).to_approve == 0, "whoever prepares may not approve"
    batches.return_batch(desk.approver, batch_id=batch_id, reason="金額を確かめる")
    assert take_relief_overview(desk.maker).returned == 1 and take_relief_overview(desk.approver).returned == 0


def test_an_approved_transfer_waits_for_its_file(town: Town) -> None:
    desk = open_desk(town)
    batch_id = drafts(desk, 200_000)
    batches.check_batch(desk.checker, batch_id=batch_id)
    batches.approve_batch(desk.approver, batch_id=batch_id)
    assert take_relief_overview(desk.maker).to_write == 1 and take_relief_overview(desk.approver).to_write == 0


def test_vouchers_wait_for_a_site(town: Town) -> None:
    approve_cash(town.ctx, (30_000, 20_000))
    seen = take_relief_overview(town.ctx)
    assert seen.unassigned == 2 and seen.uncollected == 0


def test_a_casualty_waits_for_another_person(town: Town) -> None:
    add_casualty(town.ctx, "死亡　四", "dead", state="reported")
    add_casualty(town.ctx, "死亡　五", "dead")
    assert take_relief_overview(town.ctx).casualties == 1
