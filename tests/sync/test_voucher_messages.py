"""What laptops tell each other about vouchers: real stores, messages lost, repeated, late, broken and meant for somebody else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.domain.errors import IntegrityFault, RuleViolation
from app.domain.payments import Receipt
from app.usecases import cash_boxes, cash_desk, vouchers
from app.usecases.cash_rows import VoucherFilter
from app.usecases.context import Context
from app.usecases.voucher_messages import TakenIn
from app.usecases.voucher_sections import build_messages, take_messages
from tests.cash_town import OPERATOR, PASSWORD, SECOND_PASSWORD, Vouchers, add_second, approve_cash, ledger, open_laptop, voucher
from tests.stores import Clock, Town
from tests.voucher_post import post, unpost

SCHEDULES = 24
_ACTS = "assign assign carry carry read read read read pay pay pay answer recall give refund copy".split()


@pytest.fixture
def laptop(town: Town, tmp_path: Path) -> Iterator[Town]:
    """The laptop of a shelter."""
    made = open_laptop(tmp_path / "laptop", town.clock)
    yield made
    made.session.close(backup=False)


def give(town: Town, laptop: Town, *amounts: int) -> Vouchers:
    """Vouchers assigned to the laptop, not carried yet."""
    made = approve_cash(town.ctx, amounts)
    site = vouchers.ensure_site(town.ctx, name="見本小学校")
    vouchers.assign(town.ctx, batch_id=made.batch_id, site_id=site.id, device=laptop.ctx.place.device_prefix)
    return made


def carry(town: Town, laptop: Town, target: Path) -> Path:
    """What the laptop has to know."""
    post(town.ctx, laptop.ctx, target)
    return target


def read(ctx: Context, path: Path) -> TakenIn:
    """What it did; it did something."""
    taken = unpost(ctx, path)
    assert taken is not None
    return taken


def answer(hq: Town, laptop: Town, target: Path) -> Path:
    """What headquarters has to know."""
    post(laptop.ctx, hq.ctx, target)
    return target


def test_there_and_back(town: Town, laptop: Town, tmp_path: Path) -> None:
    made = give(town, laptop, 10_000, 20_000, 30_000)
    sent = tmp_path / "a"
    messages = post(town.ctx, laptop.ctx, sent)
    assert (messages.vouchers, messages.total, messages.carries[0].card.site) == (3, 60_000, "見本小学校")
    assert read(laptop.ctx, sent).new == 3
    again = read(laptop.ctx, sent)
    assert (again.new, again.unchanged) == (0, 3)
    box, _ = cash_boxes.save_box(laptop.ctx, name="金庫")
    cash_boxes.move_money(laptop.ctx, box_id=box.id, kind="in", pieces={10_000: 5}, second="本部 一郎")
    first = cash_desk.pay(laptop.ctx, voucher_id=made.ids[0], identified="card")
    second = cash_desk.pay(laptop.ctx, voucher_id=made.ids[1], identified="card")
    asked = cash_desk.ask_refund(laptop.ctx, receipt_id=second.receipt.id, reason="人違い")
    back = answer(town, laptop, tmp_path / "b")
    heard = read(town.ctx, back)
    assert (heard.paid, heard.paid_total, heard.receipts, heard.counts, heard.conflicts) == (2, 30_000, 3, 1, ())
    assert voucher(town.ctx, made.ids[0]).state == "paid"
    payment = town.ctx.reads.get("payment", first.receipt.payment_id)
    assert payment.state == "paid"  # type: ignore[union-attr]
    row = cash_desk.need_receipt(town.ctx, text=first.receipt.number)
    assert (row.clerk, row.site_name, row.device) == (OPERATOR, "見本小学校", laptop.ctx.place.device_prefix)
    twice = read(town.ctx, back)
    assert (twice.paid, twice.receipts, twice.counts) == (0, 0, 0)
    add_second(laptop.ctx, roles=("desk",))
    cash_desk.confirm_refund(laptop.ctx, refund_id=asked.receipt.id, second="立会 次郎", password=SECOND_PASSWORD)
    later = read(town.ctx, answer(town, laptop, tmp_path / "c"))
    assert (later.refunded, later.refunded_total) == (1, 20_000)
    assert voucher(town.ctx, made.ids[1]).state == "refunded"
    old = read(town.ctx, back)
    assert (old.paid, old.refunded, voucher(town.ctx, made.ids[1]).state) == (0, 0, "refunded")
    sums = ledger(town.ctx)
    assert sums["paid"] == 30_000 and sums["refunded"] == -20_000 and sums["site"] == -10_000
    assert town.problems() == [] and laptop.problems() == []


def test_a_recall_comes_home_only_by_the_answer(town: Town, laptop: Town, tmp_path: Path) -> None:
    made = give(town, laptop, 10_000, 20_000)
    sent = carry(town, laptop, tmp_path / "a")
    read(laptop.ctx, sent)
    cash_desk.pay(laptop.ctx, voucher_id=made.ids[0], identified="card")
    vouchers.recall(town.ctx, batch_id=made.batch_id, reason="閉所")
    asked = read(laptop.ctx, carry(town, laptop, tmp_path / "b"))
    assert (asked.given_up, asked.unchanged) == (1, 1)
    with pytest.raises(RuleViolation, match=r"voucher\.given_up"):
        cash_desk.pay(laptop.ctx, voucher_id=made.ids[1], identified="card")
    read(laptop.ctx, sent)  # the first file again
    with pytest.raises(RuleViolation, match=r"voucher\.given_up"):
        cash_desk.pay(laptop.ctx, voucher_id=made.ids[1], identified="card")
    assert voucher(town.ctx, made.ids[1]).state == "recalled"
    heard = read(town.ctx, answer(town, laptop, tmp_path / "c"))
    assert (heard.paid, heard.home) == (1, 1)
    vouchers.assign(town.ctx, voucher_ids=[made.ids[1]])
    assert cash_desk.pay(town.ctx, voucher_id=made.ids[1], identified="card").voucher.term == 2


def test_only_the_device_that_is_meant_takes_a_message_in(town: Town, laptop: Town, tmp_path: Path) -> None:
    give(town, laptop, 10_000)
    sent = carry(town, laptop, tmp_path / "a")
    other = open_laptop(tmp_path / "other", town.clock)
    second = open_laptop(tmp_path / "second", town.clock, site="見本市役所本部", site_kind="hq")
    try:
        assert unpost(other.ctx, sent) is None and vouchers.site_counts(other.ctx) == []
        assert unpost(town.ctx, sent) is None
        assert post(town.ctx, other.ctx, tmp_path / "x").carries == ()
        read(laptop.ctx, sent)
        cash_desk.pay(laptop.ctx, voucher_id=laptop.ctx.reads.all("voucher")[0].id, identified="card")
        told = answer(town, laptop, tmp_path / "b")
        assert unpost(other.ctx, told) is None  # a shelter takes no answers
        passed_over = read(second.ctx, told)  # nor another laptop of headquarters
        assert [one.code for one in passed_over.warnings] == ["voucher.answer_elsewhere"] and second.ctx.reads.all("receipt") == []
        assert read(town.ctx, told).paid == 1
    finally:
        other.session.close(backup=False)
        second.session.close(backup=False)


def test_all_devices_of_a_site_are_told_at_once(town: Town, laptop: Town, tmp_path: Path) -> None:
    give(town, laptop, 10_000)
    other = open_laptop(tmp_path / "other", town.clock)
    try:
        give(town, other, 20_000)
        letters = [one.ctx.place.device_prefix for one in (laptop, other)]
        messages = build_messages(town.ctx, to_kind="shelter", letters=[*letters, "ZZZZ"])
        assert (len(messages.carries), messages.vouchers, messages.total) == (2, 2, 30_000)
        rows = list(messages.rows())
        for one, amount in ((laptop, 10_000), (other, 20_000)):
            with one.ctx.unit() as uow:
                taken = take_messages(one.ctx, uow, rows, sender=town.ctx.place.device_id)
                uow.commit()
            assert taken is not None and taken.new == 1
            assert [found.amount for found in one.ctx.reads.all("voucher")] == [amount]  # type: ignore[attr-defined]
    finally:
        other.session.close(backup=False)


def test_what_is_no_message_is_refused_and_changes_nothing(town: Town, laptop: Town, tmp_path: Path) -> None:
    give(town, laptop, 10_000)
    rows = list(build_messages(town.ctx, to_kind="shelter", letters=[laptop.ctx.place.device_prefix]).rows())
    sender = town.ctx.place.device_id
    card, vouchers_row = rows
    broken = [
        [vouchers_row], [{"card": 3}], [{"card": {**card["card"], "kind": "other"}}], [card, {"vouchers": {}}], [card, {"vouchers": [{"id": "x"}]}],
        [card, {"vouchers": [{**vouchers_row["vouchers"][0], "amount": 1.5}]}], [card, {"vouchers": [3]}],
    ]  # fmt: skip
    for bad in broken:
        with pytest.raises(IntegrityFault), laptop.ctx.unit() as uow:
            take_messages(laptop.ctx, uow, bad, sender=sender)
    with pytest.raises(IntegrityFault), laptop.ctx.unit() as uow:
        take_messages(laptop.ctx, uow, rows, sender="somebody else")
    assert laptop.ctx.reads.all("voucher") == []


def test_a_lost_laptops_vouchers_are_voided_by_two_and_its_receipts_still_count(town: Town, laptop: Town, tmp_path: Path) -> None:
    made = give(town, laptop, 10_000, 20_000)
    read(laptop.ctx, carry(town, laptop, tmp_path / "a"))
    cash_desk.pay(laptop.ctx, voucher_id=made.ids[0], identified="card")
    vouchers.freeze(town.ctx, device=laptop.ctx.place.device_prefix, reason="流失")
    vouchers.ask_void(town.ctx, voucher_ids=made.ids, reason="流失")
    vouchers.confirm_void(add_second(town.ctx), voucher_ids=made.ids)
    heard = read(town.ctx, answer(town, laptop, tmp_path / "b"))
    assert [one.code for one in heard.conflicts] == ["voucher.paid_late"]
    assert [voucher(town.ctx, one).state for one in made.ids] == ["paid", "void"]
    assert ledger(town.ctx)["paid"] == 10_000
    ended = read(laptop.ctx, carry(town, laptop, tmp_path / "c"))
    assert ended.ended == 1
    with pytest.raises(RuleViolation, match=r"voucher\.void"):
        cash_desk.pay(laptop.ctx, voucher_id=made.ids[1], identified="card")


def test_a_message_is_complete_whoever_writes_or_takes_it_and_counts_only_what_they_may_know(town: Town, laptop: Town, tmp_path: Path) -> None:
    made = approve_cash(town.ctx, [70_000], guarded=True)
    site = vouchers.ensure_site(town.ctx, name="見本小学校")
    vouchers.assign(town.ctx, batch_id=made.batch_id, site_id=site.id, device=laptop.ctx.place.device_prefix)
    messages = post(town.acting("shelter"), laptop.ctx, tmp_path / "a")
    assert (messages.vouchers, messages.total, len(messages.carries[0].vouchers)) == (0, 0, 1)
    clerk = laptop.acting("shelter")
    assert read(clerk, tmp_path / "a").new == 0
    assert vouchers.list_voucher_ids(clerk, filter=VoucherFilter()) == [] and len(laptop.ctx.reads.all("voucher")) == 1
    with pytest.raises(RuleViolation, match=r"payment\.withheld"):
        cash_desk.pay(clerk, voucher_id=made.ids[0], identified="card")
    cash_desk.pay(laptop.ctx, voucher_id=made.ids[0], identified="card")
    told = post(clerk, town.ctx, tmp_path / "b")
    assert told.vouchers == 0 and told.answer is not None and len(told.answer.receipts) == 1
    read(town.acting("shelter"), tmp_path / "b")
    assert voucher(town.ctx, made.ids[0]).state == "paid"


@dataclass
class Field:
    """Headquarters, two laptops and perhaps a restored copy, with every message ever written."""

    seed: int
    hq: Town
    sites: list[Town]
    folder: Path
    files: list[tuple[Path, Town]] = field(default_factory=list)

    def run(self, steps: int) -> None:
        dice = random.Random(self.seed)
        made = approve_cash(self.hq.ctx, [dice.randint(1, 50) * 1000 for _ in range(4)])
        site = vouchers.ensure_site(self.hq.ctx, name="見本小学校")
        for _ in range(steps):
            for clock in {id(one.clock): one.clock for one in (self.hq, *self.sites)}.values():
                clock.forward(hours=dice.randint(-300, 400))  # clocks are wrong, and differently
            try:
                self._step(dice, made.ids, site.id)
            except RuleViolation:
                continue

    def _step(self, dice: random.Random, ids: list[str], site_id: str) -> None:
        act, one, laptop = dice.choice(_ACTS), dice.choice(ids), dice.choice(self.sites)
        path = self.folder / f"f{len(self.files)}"
        if act == "assign":
            device = dice.choice([self.hq, *self.sites]).ctx.place.device_prefix
            vouchers.assign(self.hq.ctx, voucher_ids=[one], site_id=site_id, device=device)
        elif act == "recall":
            vouchers.recall(self.hq.ctx, voucher_ids=[one])
        elif act == "carry":
            self.files.append((carry(self.hq, laptop, path), laptop))
        elif act == "answer":
            self.files.append((answer(self.hq, laptop, path), self.hq))
        elif act == "read" and self.files:
            file, meant = dice.choice(self.files[-3:] if dice.random() < 0.7 else self.files)
            unpost((meant if dice.random() < 0.8 else dice.choice([self.hq, *self.sites])).ctx, file)
        elif act == "pay":
            where, one = self._somebody(dice, "assigned", one)
            cash_desk.pay(where.ctx, voucher_id=one, identified="card")
        elif act == "give":
            where, one = self._somebody(dice, "assigned", one)
            vouchers.give_up(where.ctx, voucher_ids=[one])
        elif act == "refund":
            self._refund(*self._somebody(dice, "paid", one))
        elif act == "copy" and len(self.sites) < 3:
            self._copy(laptop)

    def _somebody(self, dice: random.Random, state: str, one: str) -> tuple[Town, str]:
        """Mostly who has such a voucher by the state it has there, whoever's it is; else anybody."""
        places = [self.hq, *self.sites]
        found = [(place, each.id) for place in places for each in place.ctx.reads.all("voucher") if each.state == state]  # type: ignore[attr-defined]
        return dice.choice(found) if found and dice.random() < 0.9 else (dice.choice(places), one)

    def _refund(self, where: Town, one: str) -> None:
        paid = cash_desk.need_receipt(where.ctx, text=voucher(where.ctx, one).number) if self._has(where, one) else None
        if paid is not None and where is not self.hq:
            asked = cash_desk.ask_refund(where.ctx, receipt_id=paid.id, reason="誤り")
            cash_desk.confirm_refund(where.ctx, refund_id=asked.receipt.id, second="立会 次郎", password=SECOND_PASSWORD)

    def _has(self, laptop: Town, voucher_id: str) -> bool:
        return bool(laptop.ctx.reads.cash.vouchers([voucher_id]))

    def _copy(self, laptop: Town) -> None:
        """A backup of a laptop is restored on another while the first goes on working."""
        target, into = self.folder / f"copy{len(self.sites)}", self.folder / f"restored{len(self.sites)}"
        laptop.ctx.backups.write(target)
        clock = Clock()
        gateway(now=clock).restore(target, into=into, operator=OPERATOR, password=PASSWORD)
        self.sites.append(Town(session=gateway(now=clock).open(into, operator=OPERATOR, password=PASSWORD), clock=clock, folder=into))

    def finish(self) -> None:
        """Every file arrives in the end."""
        for at, laptop in enumerate(self.sites):
            unpost(self.hq.ctx, answer(self.hq, laptop, self.folder / f"last{at}"))

    def receipts(self) -> dict[str, Receipt]:
        found = {}
        for one in (self.hq, *self.sites):
            found |= {receipt.id: receipt for receipt in one.ctx.reads.cash.receipts_to_carry()}
        return found


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_random_schedules_of_real_stores(town: Town, tmp_path: Path, seed: int) -> None:
    sites = [open_laptop(tmp_path / name, Clock()) for name in ("one", "two")]
    for one in sites:
        add_second(one.ctx, roles=("desk",))
    world = Field(seed, town, sites, tmp_path)
    try:
        world.run(90)
        world.finish()
        found = world.receipts()
        paid = [one.voucher_id for one in found.values() if one.kind == "payment"]
        assert len(paid) == len(set(paid))
        assert {one.id for one in town.ctx.reads.cash.receipts_to_carry()} == set(found)
        total = sum(one.amount if one.kind == "payment" else -one.amount for one in found.values() if one.state == "done")
        sums = ledger(town.ctx)
        assert sums.get("site", 0) == -total
        assert sums.get("paid", 0) + sums.get("refunded", 0) == total
        assert town.problems() == []
    finally:
        for one in world.sites:
            one.session.close(backup=False)
