"""Packages between real stores: what is lacking travels, nothing else; looked into without a trace; taken in once; receipts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import EnvironmentFault, IntegrityFault
from app.presentation.messages import message
from app.syncing.packages import find_packages, inspect_package, kind_of, take_receipt
from app.usecases.residents import load_residents
from tests.package_town import add_picture, arrive, content, enrolled, open_office, send, take
from tests.stores import RESIDENTS, Town


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


def test_a_site_gets_shelters_people_and_residents_and_sends_back_what_is_new(hq: Town, laptop: Town, tmp_path: Path) -> None:
    arrive(hq, "見本　一郎")
    sent = send(hq, "見本小学校", tmp_path / "stick")
    assert sent.path.name.startswith(f"sasae-{laptop.ctx.place.device_prefix}-{hq.ctx.place.device_prefix}-2024010")
    assert sent.card.residents == len(RESIDENTS) and sent.operations == sent.card.operations > 5
    done = take(laptop, sent.path)
    assert not done.already and done.report.operations == sent.operations and done.residents == len(RESIDENTS)
    assert done.backup is not None and done.backup.is_file()
    assert names(laptop) == {"見本　一郎"} and laptop.ctx.reads.residents.active() is not None
    arrive(laptop, "見本　二郎")
    back = send(laptop, "hq", tmp_path / "back", pictures=False)
    assert back.card.records["person"] == 1 and back.card.residents == 0
    take(hq, back.path)
    assert names(hq) == {"見本　一郎", "見本　二郎"}
    again = send(hq, "見本小学校", tmp_path / "stick2")
    assert again.operations < 5 and again.card.residents == 0  # what it told it has is not sent again
    assert hq.problems() == [] and laptop.problems() == []


def test_looking_into_a_package_leaves_no_trace(hq: Town, laptop: Town, tmp_path: Path) -> None:
    arrive(hq, "見本　一郎", "見本　二郎")
    path = send(hq, "見本小学校", tmp_path / "stick").path
    before, files = content(laptop), sorted(laptop.folder.rglob("*"))
    found = inspect_package(laptop.ctx, source=path)
    assert content(laptop) == before and sorted(laptop.folder.rglob("*")) == files
    assert (found.new, found.known, found.conflicts, found.already) == (found.card.operations, 0, 0, False)
    assert found.records["person"] == 2 and found.residents == len(RESIDENTS) and found.gaps == ()
    assert found.card.site == hq.ctx.place.site_name and found.card.since is not None and found.card.since <= found.card.until
    assert found.bytes == path.stat().st_size
    done = take(laptop, path)
    assert (done.report.operations, done.report.records) == (found.new, found.records) and done.card == found.card
    again = inspect_package(laptop.ctx, source=path)
    assert (again.new, again.known, again.already) == (0, found.new, True)


def test_a_package_taken_twice_changes_nothing_and_says_so(hq: Town, laptop: Town, tmp_path: Path) -> None:
    path = send(hq, "見本小学校", tmp_path / "stick").path
    take(laptop, path)
    before, backups = content(laptop), len(list((laptop.folder / "backups").iterdir()))
    again = take(laptop, path)
    assert again.already and again.backup is None and again.changes == {} and again.report.operations == 0
    assert content(laptop) == before and len(list((laptop.folder / "backups").iterdir())) == backups


def test_packages_may_come_in_any_order_and_some_never(hq: Town, laptop: Town, tmp_path: Path) -> None:
    first = send(hq, "見本小学校", tmp_path / "a").path
    arrive(hq, "見本　一郎")
    second = send(hq, "見本小学校", tmp_path / "b").path
    arrive(hq, "見本　二郎")
    third = send(hq, "見本小学校", tmp_path / "c", whole=True).path
    take(laptop, third)
    assert names(laptop) == {"見本　一郎", "見本　二郎"}
    late = take(laptop, first)
    assert not late.already and late.report.operations == 0 and late.report.known == late.card.operations
    assert late.residents == 0 and names(laptop) == {"見本　一郎", "見本　二郎"}
    take(laptop, second)
    assert laptop.problems() == []


def test_several_packages_of_a_stick_share_one_backup(hq: Town, laptop: Town, tmp_path: Path) -> None:
    paths = []
    for name in ("見本　一郎", "見本　二郎"):
        arrive(hq, name)
        paths.append(send(hq, "見本小学校", tmp_path / "stick").path)
    done = [take(laptop, path).backup for path in paths]
    assert done[0] == done[1] and len(list((laptop.folder / "backups").iterdir())) == 1
    arrive(laptop, "見本　三郎")  # written here since: it stands in no package
    arrive(hq, "見本　四郎")
    done.append(take(laptop, send(hq, "見本小学校", tmp_path / "stick").path).backup)
    load_residents(laptop.ctx, batches=[RESIDENTS[:2]], as_of=laptop.clock(), label="手元")  # as little
    arrive(hq, "見本　五郎")
    done.append(take(laptop, send(hq, "見本小学校", tmp_path / "stick").path).backup)
    laptop.clock.forward(minutes=20)
    arrive(hq, "見本　六郎")
    done.append(take(laptop, send(hq, "見本小学校", tmp_path / "stick").path).backup)
    assert len(set(done[1:])) == 4


def test_a_receipt_lies_beside_the_package_and_acknowledges_it(hq: Town, laptop: Town, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    sent = send(hq, "見本小学校", stick)
    done = take(laptop, sent.path, receipt=True)
    assert done.receipt is not None and done.receipt.parent == stick and done.warnings == ()
    assert kind_of(done.receipt) == "receipt" and done.receipt.name.startswith("sasae-hq-") and done.receipt.stat().st_size < 40_000
    waiting = next(one for one in hq.ctx.reads.exchange.packages() if one.id == sent.card.id)
    assert waiting.state == "written"
    told = take_receipt(hq.ctx, source=done.receipt)
    assert told.packages == (sent.card.id,) and told.letters == laptop.ctx.place.device_prefix and not told.already
    assert next(one for one in hq.ctx.reads.exchange.packages() if one.id == sent.card.id).state == "acknowledged"
    peer = next(one for one in hq.ctx.reads.exchange.peers() if one.device == laptop.ctx.place.device_id)
    assert peer.acknowledged_at is not None and peer.sent_at is not None
    again = take_receipt(hq.ctx, source=done.receipt)
    assert again.already and again.packages == ()
    assert send(hq, "見本小学校", tmp_path / "next").operations == 0


def test_every_package_is_a_receipt_too(hq: Town, laptop: Town, tmp_path: Path) -> None:
    sent = send(hq, "見本小学校", tmp_path / "stick")
    take(laptop, sent.path)
    take(hq, send(laptop, "hq", tmp_path / "back").path)
    assert {one.state for one in hq.ctx.reads.exchange.packages() if one.id == sent.card.id} == {"acknowledged"}


def test_what_was_sent_but_never_arrived_is_sent_again(hq: Town, laptop: Town, tmp_path: Path) -> None:
    arrive(hq, "見本　一郎")
    lost = send(hq, "見本小学校", tmp_path / "a")
    arrive(hq, "見本　二郎")
    second = send(hq, "見本小学校", tmp_path / "b")
    assert second.operations > lost.operations > 0
    take(laptop, second.path)
    assert names(laptop) == {"見本　一郎", "見本　二郎"}


def test_a_package_for_another_site_is_carried_unopened(hq: Town, laptop: Town, tmp_path: Path) -> None:
    other = enrolled(hq, tmp_path / "other", site="架空公民館")
    try:
        take(laptop, send(hq, "見本小学校", tmp_path / "stick").path)  # the newest list of devices
        sent = send(hq, "架空公民館", tmp_path / "stick")
        mine = send(hq, "見本小学校", tmp_path / "stick")
        with pytest.raises(EnvironmentFault) as fault:
            take(laptop, sent.path)
        assert fault.value.code == "exchange.for_someone_else" and "架空公民館" in message(fault.value)
        found = {one.path: one for one in find_packages(tmp_path / "stick", ctx=laptop.ctx)}
        assert found[sent.path].for_us is False and found[sent.path].to.startswith("架空公民館")
        assert found[mine.path].for_us is True and found[mine.path].site == hq.ctx.place.site_name and not found[mine.path].already
        assert {one.mine for one in find_packages(tmp_path / "stick", ctx=hq.ctx)} == {True}
        assert {one.for_us for one in find_packages(tmp_path / "stick")} == {None}
        take(other, sent.path)
    finally:
        other.session.close(backup=False)


def test_a_relay_passes_operations_on(hq: Town, laptop: Town, tmp_path: Path) -> None:
    other = enrolled(hq, tmp_path / "other", site="架空公民館")
    try:
        take(laptop, send(hq, "見本小学校", tmp_path / "a").path)
        take(other, send(hq, "架空公民館", tmp_path / "a").path)
        arrive(other, "見本　五郎")
        take(laptop, send(other, "見本小学校", tmp_path / "b").path)
        assert names(laptop) == {"見本　五郎"}
        take(hq, send(laptop, "hq", tmp_path / "c").path)
        assert names(hq) == {"見本　五郎"} and hq.problems() == []
        direct = take(hq, send(other, "hq", tmp_path / "d").path)
        assert direct.report.operations == 0 and direct.report.known > 0
    finally:
        other.session.close(backup=False)


def test_pictures_travel_and_those_left_out_are_asked_for(hq: Town, tmp_path: Path) -> None:
    desk = enrolled(hq, tmp_path / "desk", site="見本支所", kind="desk")
    try:
        name = add_picture(desk, bytes(range(256)) * 5000)
        without = send(desk, "hq", tmp_path / "a", pictures=False)
        assert without.left_out == 1 and without.card.pictures == 0 and [code for code, _ in without.warnings] == ["exchange.pictures_left_out"]
        take(hq, without.path)
        with pytest.raises(IntegrityFault, match=r"attachment\.missing"):
            hq.ctx.attachments.get(name)
        for town in (desk, hq):
            assert town.ctx.reads.exchange.pictures_spoken() == town.ctx.reads.exchange.pictures_since({}, site_kind="hq") == [name]
        take(desk, send(hq, "見本支所", tmp_path / "b").path)  # tells what is lacking
        asked = send(desk, "hq", tmp_path / "c")
        assert asked.card.pictures == 1
        done = take(hq, asked.path)
        assert done.pictures == 1 and hq.ctx.attachments.get(name) == bytes(range(256)) * 5000
        assert hq.problems() == []
    finally:
        desk.session.close(backup=False)
