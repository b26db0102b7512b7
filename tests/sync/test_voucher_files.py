"""Vouchers travel: real stores, real sealed files, lost, repeated, late, broken and meant for somebody else."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.domain.errors import InputFault, IntegrityFault, RuleViolation
from app.domain.payments import Receipt
from app.syncing.vouchers import inspect_vouchers, read_vouchers, write_answer, write_carry
from app.usecases import cash_boxes, cash_desk, vouchers
from app.usecases.context import Context
from app.usecases.voucher_files import TakenIn
from tests.cash_town import OPERATOR, PASSWORD, SECOND_PASSWORD, Vouchers, add_second, approve_cash, ledger, open_laptop, voucher
from tests.stores import Clock, Town

WORD = "1234-5678-9012"
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
    """The file for the laptop."""
    write_carry(town.ctx, target=target, device=laptop.ctx.place.device_prefix, passphrase=WORD)
    return target


def read(ctx: Context, path: Path) -> TakenIn:
    return read_vouchers(ctx, source=path, passphrases=[WORD])


def answer(laptop: Town, target: Path) -> Path:
    write_answer(laptop.ctx, target=target, passphrase=WORD)
    return target


def test_there_and_back(town: Town, laptop: Town, tmp_path: Path) -> None:
    made = give(town, laptop, 10_000, 20_000, 30_000)
    sent = carry(town, laptop, tmp_path / "a")
    card = inspect_vouchers(laptop.ctx, source=sent, passphrases=[WORD])
    assert (card.kind, card.vouchers, card.total, card.site) == ("carry", 3, 60_000, "見本小学校")
    assert read(laptop.ctx, sent).new == 3
    again = read(laptop.ctx, sent)
    assert (again.new, again.unchanged) == (0, 3)
    box, _ = cash_boxes.save_box(laptop.ctx, name="金庫")
    cash_boxes.move_money(laptop.ctx, box_id=box.id, kind="in", pieces={10_000: 5}, second="本部 一郎")
    first = cash_desk.pay(laptop.ctx, voucher_id=made.ids[0], identified="card")
    second = cash_desk.pay(laptop.ctx, voucher_id=made.ids[1], identified="card")
    asked = cash_desk.ask_refund(laptop.ctx, receipt_id=second.receipt.id, reason="人違い")
    back = answer(laptop, tmp_path / "b")
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
    later = read(town.ctx, answer(laptop, tmp_path / "c"))
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
    heard = read(town.ctx, answer(laptop, tmp_path / "c"))
    assert (heard.paid, heard.home) == (1, 1)
    vouchers.assign(town.ctx, voucher_ids=[made.ids[1]])
    assert cash_desk.pay(town.ctx, voucher_id=made.ids[1], identified="card").voucher.term == 2


def test_a_file_for_another_laptop_disaster_town_or_training_is_refused(town: Town, laptop: Town, tmp_path: Path) -> None:
    give(town, laptop, 10_000)
    sent = carry(town, laptop, tmp_path / "a")
    others = {
        "voucher.file_device": {},
        "voucher.file_disaster": {"disaster_name": "別の地震"},
        "voucher.file_municipality": {"municipality_code": "162019"},
        "voucher.file_real": {"training": True},
    }
    for at, (code, changes) in enumerate(others.items()):
        other = open_laptop(tmp_path / f"other{at}", town.clock, **changes)
        try:
            with pytest.raises(RuleViolation) as refused:
                read(other.ctx, sent)
            assert refused.value.code == code
            assert vouchers.site_counts(other.ctx) == []
        finally:
            other.session.close(backup=False)
    with pytest.raises(RuleViolation, match=r"voucher\.file_own"):
        read(town.ctx, sent)
    with pytest.raises(RuleViolation, match=r"voucher\.nothing_to_carry"):
        write_carry(town.ctx, target=tmp_path / "x", device="ZZZZ", passphrase=WORD)


def test_a_broken_or_cut_file_changes_nothing(town: Town, laptop: Town, tmp_path: Path) -> None:
    give(town, laptop, *[1_000 * at for at in range(1, 40)])
    data = carry(town, laptop, tmp_path / "a").read_bytes()
    for cut in (0, 5, 200, len(data) // 2, len(data) - 1):
        (tmp_path / "cut").write_bytes(data[:cut])
        with pytest.raises((IntegrityFault, InputFault)):
            read(laptop.ctx, tmp_path / "cut")
    for at in (60, len(data) // 2, len(data) - 40):
        (tmp_path / "bad").write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises((IntegrityFault, InputFault)):
            read(laptop.ctx, tmp_path / "bad")
    (tmp_path / "text").write_text("名前,金額\n", "utf-8")
    with pytest.raises(InputFault, match=r"voucher\.file_not_ours"):
        read(laptop.ctx, tmp_path / "text")
    assert vouchers.site_counts(laptop.ctx) == []


def test_a_lost_laptops_vouchers_are_voided_by_two_and_its_receipts_still_count(town: Town, laptop: Town, tmp_path: Path) -> None:
    made = give(town, laptop, 10_000, 20_000)
    read(laptop.ctx, carry(town, laptop, tmp_path / "a"))
    cash_desk.pay(laptop.ctx, voucher_id=made.ids[0], identified="card")
    vouchers.freeze(town.ctx, device=laptop.ctx.place.device_prefix, reason="流失")
    vouchers.ask_void(town.ctx, voucher_ids=made.ids, reason="流失")
    vouchers.confirm_void(add_second(town.ctx), voucher_ids=made.ids)
    heard = read(town.ctx, answer(laptop, tmp_path / "b"))
    assert [one.code for one in heard.conflicts] == ["voucher.paid_late"]
    assert [voucher(town.ctx, one).state for one in made.ids] == ["paid", "void"]
    assert ledger(town.ctx)["paid"] == 10_000
    ended = read(laptop.ctx, carry(town, laptop, tmp_path / "c"))
    assert ended.ended == 1
    with pytest.raises(RuleViolation, match=r"voucher\.void"):
        cash_desk.pay(laptop.ctx, voucher_id=made.ids[1], identified="card")


def test_a_protected_persons_voucher_leaves_only_with_the_right(town: Town, laptop: Town, tmp_path: Path) -> None:
    made = approve_cash(town.ctx, [70_000], guarded=True)
    site = vouchers.ensure_site(town.ctx, name="見本小学校")
    vouchers.assign(town.ctx, batch_id=made.batch_id, site_id=site.id, device=laptop.ctx.place.device_prefix)
    with pytest.raises(RuleViolation, match=r"voucher\.nothing_to_carry"):
        write_carry(town.acting("accounting"), target=tmp_path / "a", device=laptop.ctx.place.device_prefix, passphrase=WORD)
    read(laptop.ctx, carry(town, laptop, tmp_path / "a"))
    with pytest.raises(RuleViolation, match=r"payment\.withheld"):
        cash_desk.pay(laptop.acting("shelter"), voucher_id=made.ids[0], identified="card")


@dataclass
class Field:
    """Headquarters, two laptops and perhaps a restored copy, with every file ever written."""

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
            self.files.append((answer(laptop, path), self.hq))
        elif act == "read" and self.files:
            file, meant = dice.choice(self.files[-3:] if dice.random() < 0.7 else self.files)
            read((meant if dice.random() < 0.8 else dice.choice([self.hq, *self.sites])).ctx, file)
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
            try:
                read(self.hq.ctx, answer(laptop, self.folder / f"last{at}"))
            except RuleViolation as fault:
                assert fault.code == "voucher.nothing_to_answer", fault.code

    def receipts(self) -> dict[str, Receipt]:
        found = {}
        for one in (self.hq, *self.sites):
            found |= {receipt.id: receipt for receipt in one.ctx.reads.cash.receipts_to_carry()}
        return found


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_random_schedules_of_real_files(town: Town, tmp_path: Path, seed: int) -> None:
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
