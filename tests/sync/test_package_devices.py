"""Packages and devices that are not what they were: copied disks, restored backups, clocks that are wrong, messages about cash and settings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.domain.errors import EnvironmentFault, RuleViolation
from app.presentation.messages import message
from app.syncing.packages import find_packages, inspect_package, take_receipt, write_package
from app.usecases import cash_boxes, cash_desk, vouchers
from app.usecases.enrolment import revoke_device
from tests.cash_town import approve_cash, ledger, voucher
from tests.exchange_town import check_in
from tests.package_town import arrive, content, enrol, enrolled, open_office, reopened, send, take
from tests.stores import OPERATOR, PASSWORD, Clock, Town
from tests.sync.taker import open_folder

SITE = "見本小学校"


@pytest.fixture
def hq(town: Town) -> Town:
    return open_office(town)


@pytest.fixture
def laptop(hq: Town, tmp_path: Path) -> Iterator[Town]:
    made = enrolled(hq, tmp_path / "laptop")
    yield made
    made.session.close(backup=False)


def names(town: Town) -> set[str]:
    return {one.name for one in town.ctx.reads.all("person")}  # type: ignore[attr-defined]


def test_a_copied_disk_becomes_a_device_of_its_own_and_nothing_is_lost(hq: Town, laptop: Town, tmp_path: Path) -> None:
    take(laptop, send(hq, SITE, tmp_path / "a").path)
    key, operator = laptop.data_key, laptop.ctx.actor.operator_id
    laptop.session.close(backup=False)
    shutil.copytree(laptop.folder, tmp_path / "copy")
    one, other = open_folder(laptop.folder, key, operator), open_folder(tmp_path / "copy", key, operator)  # as an image of a disk: nobody noticed
    hq.clock.time = one.clock.time
    try:
        arrive(one, "原本　一郎", "原本　二郎")
        arrive(other, "複写　三郎")
        take(hq, send(one, "hq", tmp_path / "b").path)
        heard = take(hq, send(other, "hq", tmp_path / "b").path)
        assert heard.report.branches == (one.ctx.place.device_prefix,) and names(hq) == {"原本　一郎", "原本　二郎", "複写　三郎"}
        told = send(hq, SITE, tmp_path / "c")
        done = take(one, told.path, receipt=True)
        assert done.became_new and done.receipt is None and [code for code, _ in done.warnings] == ["exchange.became_new"]
        assert "登録" in message("exchange.became_new") and names(one) == names(hq)
        for act in (lambda: send(one, "hq", tmp_path / "d"), lambda: inspect_package(one.ctx, source=told.path)):
            with pytest.raises(RuleViolation) as fault:
                act()
            assert fault.value.code == "exchange.open_again" and "開き直し" in message(fault.value)
        again = reopened(Town(session=one.session, clock=hq.clock, folder=one.folder))
        one.session = again.session
        assert again.ctx.place.device_id != laptop.ctx.place.device_id
        with pytest.raises(RuleViolation, match=r"enrol\."):
            send(again, "hq", tmp_path / "d")
        arrive(again, "原本　四郎")
        enrol(hq, again)
        take(hq, send(again, "hq", tmp_path / "e").path)
        assert "原本　四郎" in names(hq) and hq.problems() == [] and again.problems() == []
    finally:
        for town in (one, other):
            town.session.close(backup=False)


def test_an_open_window_pays_nothing_and_gives_no_number_once_its_folder_is_another_device(hq: Town, laptop: Town, tmp_path: Path) -> None:
    made = approve_cash(hq.ctx, [10_000, 20_000])
    site = vouchers.ensure_site(hq.ctx, name=SITE)
    vouchers.assign(hq.ctx, batch_id=made.batch_id, site_id=site.id, device=laptop.ctx.place.device_prefix)
    take(laptop, send(hq, SITE, tmp_path / "a").path)
    key, operator = laptop.data_key, laptop.ctx.actor.operator_id
    laptop.session.close(backup=False)
    shutil.copytree(laptop.folder, tmp_path / "copy")
    one, other = open_folder(laptop.folder, key, operator), open_folder(tmp_path / "copy", key, operator)
    hq.clock.time = one.clock.time
    try:
        arrive(one, "原本　一郎", "原本　二郎")
        arrive(other, "複写　三郎")
        for town in (one, other):
            take(hq, send(town, "hq", tmp_path / "b").path)
        assert take(one, send(hq, SITE, tmp_path / "c").path).became_new
        before = content(one)
        acts = (
            lambda: cash_desk.pay(one.ctx, voucher_id=made.ids[0], identified="card"),
            lambda: vouchers.give_up(one.ctx, voucher_ids=[made.ids[0]]),
            lambda: arrive(one, "番号　二重"),
            lambda: cash_boxes.save_box(one.ctx, name="金庫"),
        )
        for act in acts:
            with pytest.raises(RuleViolation) as fault:
                act()
            assert fault.value.code == "exchange.open_again"
        assert content(one) == before
        again = reopened(Town(session=one.session, clock=hq.clock, folder=one.folder))
        one.session = again.session
        with pytest.raises(RuleViolation, match=r"voucher\.other_device"):
            cash_desk.pay(again.ctx, voucher_id=made.ids[0], identified="card")
        assert arrive(again, "原本　四郎") and again.problems() == []
    finally:
        for town in (one, other):
            town.session.close(backup=True)  # also as a window closes: nothing hinders that


def test_a_package_from_before_a_restore_is_taken_in(hq: Town, laptop: Town, tmp_path: Path) -> None:
    take(laptop, send(hq, SITE, tmp_path / "a").path)
    arrive(hq, "見本　一郎")
    before = send(hq, SITE, tmp_path / "a")
    laptop.ctx.backups.write(tmp_path / "b.sasae-backup")
    arrive(laptop, "見本　二郎")
    lost = send(laptop, "hq", tmp_path / "b")
    take(hq, lost.path)
    gateway(now=hq.clock).restore(tmp_path / "b.sasae-backup", into=tmp_path / "restored", operator=OPERATOR, password=PASSWORD)
    session = gateway(now=hq.clock).open(tmp_path / "restored", operator=OPERATOR, password=PASSWORD)
    restored = Town(session=session, clock=hq.clock, folder=tmp_path / "restored")
    try:
        assert restored.ctx.place.device_id != laptop.ctx.place.device_id
        take(restored, before.path)
        assert names(restored) == {"見本　一郎"}
        with pytest.raises(RuleViolation, match=r"enrol\."):
            send(restored, "hq", tmp_path / "d")
        enrol(hq, restored, replaces=True)
        take(restored, send(hq, SITE, tmp_path / "c").path)  # what it had written and lost comes back
        assert names(restored) == {"見本　一郎", "見本　二郎"} and restored.problems() == []
    finally:
        session.close(backup=False)


def test_clocks_that_are_years_off_are_told_as_far_as_they_are_certain(hq: Town, tmp_path: Path) -> None:
    wrong = Clock(hq.clock() + timedelta(days=900))
    ahead = enrolled(hq, tmp_path / "ahead", clock=wrong)
    behind = enrolled(hq, tmp_path / "behind", site="架空公民館", clock=Clock(hq.clock() - timedelta(days=900)))
    try:
        for town, site in ((ahead, SITE), (behind, "架空公民館")):
            take(town, send(hq, site, tmp_path / site).path)
            arrive(town, f"{site}の人")
            done = take(hq, send(town, "hq", tmp_path / f"back-{site}").path)
            code = {SITE: "exchange.clock_ahead", "架空公民館": "exchange.clock_behind"}[site]
            assert [found for found, _ in done.warnings] == [code] and site in message(code, **done.warnings[0][1])
            peer = next(one for one in hq.ctx.reads.exchange.peers() if one.device == town.ctx.place.device_id)
            assert abs(peer.clock_offset or 0) > 800 * 86400
        assert len(names(hq)) == 2 and hq.problems() == []
    finally:
        for town in (ahead, behind):
            town.session.close(backup=False)


def test_vouchers_go_out_and_what_was_paid_comes_back(hq: Town, laptop: Town, tmp_path: Path) -> None:
    made = approve_cash(hq.ctx, [10_000, 20_000])
    site = vouchers.ensure_site(hq.ctx, name=SITE)
    vouchers.assign(hq.ctx, batch_id=made.batch_id, site_id=site.id, device=laptop.ctx.place.device_prefix)
    sent = send(hq, SITE, tmp_path / "a")
    assert sent.card.vouchers == 2
    done = take(laptop, sent.path)
    assert done.vouchers is not None and done.vouchers.new == 2
    assert take(laptop, sent.path).already
    box, _ = cash_boxes.save_box(laptop.ctx, name="金庫")
    cash_boxes.move_money(laptop.ctx, box_id=box.id, kind="in", pieces={10_000: 5}, second="本部 一郎")
    cash_desk.pay(laptop.ctx, voucher_id=made.ids[0], identified="card")
    heard = take(hq, send(laptop, "hq", tmp_path / "b").path)
    assert heard.vouchers is not None and (heard.vouchers.paid, heard.vouchers.paid_total) == (1, 10_000)
    assert voucher(hq.ctx, made.ids[0]).state == "paid" and ledger(hq.ctx)["paid"] == 10_000
    assert hq.problems() == [] and laptop.problems() == []


def test_settings_of_headquarters_win_at_sites(hq: Town, laptop: Town, tmp_path: Path) -> None:
    for town, name in ((hq, "本部の市長"), (laptop, "避難所の市長")):
        with town.ctx.unit() as uow:
            uow.set_setting("form.mayor_name", name)
            uow.set_setting("damage_report", name)
            uow.commit()
    desk = enrolled(hq, tmp_path / "desk", site="見本支所", kind="desk")
    try:
        assert take(desk, send(hq, "見本支所", tmp_path / "a").path).settings
        assert desk.ctx.reads.settings.get("form.mayor_name") == "本部の市長"
        take(laptop, send(hq, SITE, tmp_path / "a").path)
        take(hq, send(laptop, "hq", tmp_path / "b").path)
        assert hq.ctx.reads.settings.get("form.mayor_name") == "本部の市長"
    finally:
        desk.session.close(backup=False)


def test_two_laptops_of_a_site_get_what_either_lacks(hq: Town, laptop: Town, tmp_path: Path) -> None:
    second = enrolled(hq, tmp_path / "second")
    try:
        take(laptop, send(hq, SITE, tmp_path / "a").path)
        take(hq, send(laptop, "hq", tmp_path / "a").path)
        arrive(hq, "見本　一郎")
        sent = send(hq, SITE, tmp_path / "b")
        assert set(sent.card.receivers) == {laptop.ctx.place.device_id, second.ctx.place.device_id}
        assert sent.card.residents > 0  # the second one never said that it has them
        for town in (laptop, second):
            take(town, sent.path)
            assert names(town) == {"見本　一郎"}
        take(hq, send(second, "hq", tmp_path / "c").path)
        take(hq, send(laptop, "hq", tmp_path / "c").path)
        again = write_package(hq.ctx, to_site=SITE, target=tmp_path / "b").card
        assert again.residents == 0 and set(again.records) == {"site", "operator"}  # each has not seen yet that the other exists
    finally:
        second.session.close(backup=False)


def test_both_copies_of_a_laptop_pay_the_same_voucher_and_headquarters_says_so(hq: Town, laptop: Town, tmp_path: Path) -> None:
    made = approve_cash(hq.ctx, [10_000, 20_000, 30_000])
    site = vouchers.ensure_site(hq.ctx, name=SITE)
    letters = laptop.ctx.place.device_prefix
    vouchers.assign(hq.ctx, batch_id=made.batch_id, site_id=site.id, device=letters)
    take(laptop, send(hq, SITE, tmp_path / "a").path)
    key, operator = laptop.data_key, laptop.ctx.actor.operator_id
    laptop.session.close(backup=False)
    shutil.copytree(laptop.folder, tmp_path / "copy")
    one, other = open_folder(laptop.folder, key, operator), open_folder(tmp_path / "copy", key, operator)
    hq.clock.time = one.clock.time
    try:
        for town in (one, other):
            cash_desk.pay(town.ctx, voucher_id=made.ids[0], identified="card")
        first = take(hq, send(one, "hq", tmp_path / "b").path)
        assert first.vouchers is not None and (first.vouchers.paid, first.vouchers.conflicts) == (1, ())
        second = take(hq, send(other, "hq", tmp_path / "b").path)
        assert second.vouchers is not None and [told.code for told in second.vouchers.conflicts] == ["voucher.paid_twice"]
        assert second.report.branches == (letters,) and "exchange.vouchers_frozen" in [code for code, _ in second.warnings]
        assert [voucher(hq.ctx, one_id).state for one_id in made.ids] == ["paid", "frozen", "frozen"]
        take(hq, send(one, "hq", tmp_path / "c").path)
        with pytest.raises(RuleViolation, match=r"voucher\.frozen"):
            cash_desk.pay(hq.ctx, voucher_id=made.ids[1], identified="card")
        # what a copy gives up, the other one may still hold
        vouchers.give_up(one.ctx, voucher_ids=[made.ids[1]])
        take(hq, send(one, "hq", tmp_path / "d").path)
        assert voucher(hq.ctx, made.ids[1]).state == "frozen"
        # what somebody decided is not undone by the next package
        vouchers.freeze(hq.ctx, reason="", voucher_ids=[made.ids[2]], release=True)
        take(hq, send(other, "hq", tmp_path / "e").path)
        assert voucher(hq.ctx, made.ids[2]).state == "assigned"
        assert hq.problems() == []
    finally:
        for town in (one, other):
            town.session.close(backup=False)


def test_vouchers_of_a_lost_laptop_are_frozen_until_somebody_decides(hq: Town, laptop: Town, tmp_path: Path) -> None:
    made = approve_cash(hq.ctx, [10_000, 20_000])
    site = vouchers.ensure_site(hq.ctx, name=SITE)
    letters = laptop.ctx.place.device_prefix
    vouchers.assign(hq.ctx, batch_id=made.batch_id, site_id=site.id, device=letters)
    send(hq, SITE, tmp_path / "a")
    done = revoke_device(hq.ctx, device=letters, reason="盗難")
    assert len(done.vouchers) == 2 and "voucher" in done.changes
    assert {voucher(hq.ctx, one).state for one in made.ids} == {"frozen"} and voucher(hq.ctx, made.ids[0]).reason == "盗難"
    assert hq.problems() == []


def test_a_receipt_that_was_taken_in_is_known_on_the_stick(hq: Town, laptop: Town, tmp_path: Path) -> None:
    sent = send(hq, SITE, tmp_path / "a")
    done = take(laptop, sent.path, receipt=True)
    assert done.receipt is not None
    assert {one.kind: one.already for one in find_packages(tmp_path / "a", ctx=hq.ctx)} == {"package": False, "receipt": False}
    take_receipt(hq.ctx, source=done.receipt)
    assert {one.kind: one.already for one in find_packages(tmp_path / "a", ctx=hq.ctx)}["receipt"]


def test_our_own_clock_that_was_ahead_is_not_the_fault_of_others(hq: Town, laptop: Town, tmp_path: Path) -> None:
    right = hq.clock()
    hq.clock.time = right + timedelta(days=400)
    sent = send(hq, SITE, tmp_path / "a")
    hq.clock.time = laptop.clock.time = right + timedelta(hours=1)
    take(laptop, sent.path)
    assert take(hq, send(laptop, "hq", tmp_path / "b").path).warnings == ()


def test_a_package_that_could_not_be_noted_is_told_and_good(hq: Town, laptop: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise EnvironmentFault("store.disk_full", path="x")

    monkeypatch.setattr("app.usecases.exchange.note_written", full)
    sent = send(hq, SITE, tmp_path / "a")
    assert [code for code, _ in sent.warnings] == ["exchange.not_noted"] and sent.path.name in message("exchange.not_noted", **sent.warnings[0][1])
    monkeypatch.undo()
    assert take(laptop, sent.path).report.operations == sent.operations and hq.problems() == []


def test_two_laptops_of_one_new_site_are_one_site_before_its_first_package(hq: Town, tmp_path: Path) -> None:
    first, second = (enrolled(hq, tmp_path / name, site="新設避難所") for name in ("one", "two"))
    try:
        assert first.ctx.place.site_id == second.ctx.place.site_id
        for town in (second, first):
            check_in(town.ctx, name=f"{town.folder.name}の人")
            take(hq, send(town, "hq", tmp_path / town.folder.name).path)
        assert [one.name for one in hq.ctx.reads.all("site")].count("新設避難所") == 1  # type: ignore[attr-defined]
        sent = send(hq, "新設避難所", tmp_path / "c")
        for town in (first, second):
            take(town, sent.path)
            assert names(town) == names(hq) and town.problems() == []
    finally:
        for town in (first, second):
            town.session.close(backup=False)
