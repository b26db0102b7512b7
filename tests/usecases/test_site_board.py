"""What headquarters knows of its sites, on two real laptops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.syncing.packages import apply_package, take_receipt, write_package
from app.usecases.enrolment import revoke_device
from app.usecases.site_board import exchange_hints, freshness, known_until, last_package, receivers, site_board
from tests.exchange_town import Laptop, carry, change, check_in, enrol, found_laptop
from tests.stores import Town

SHELTER, OTHER = "見本小学校", "架空公民館"


@pytest.fixture
def laptop(town: Town, tmp_path: Path) -> Iterator[Laptop]:
    """A shelter's laptop, not enrolled yet."""
    made = found_laptop(tmp_path / "laptop", town.clock, site=SHELTER)
    yield made
    made.session.close(backup=False)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Where packages go."""
    return tmp_path / "stick"


def home(town: Town) -> Laptop:
    """Headquarters as the other end of ``carry``."""
    return Laptop(town.session, town.folder)


def test_before_anybody_is_enrolled_there_is_nothing_to_say(town: Town) -> None:
    assert site_board(town.ctx) == [] and freshness(town.ctx) is None and last_package(town.ctx) is None
    assert not exchange_hints(town.ctx).enrolled


def test_a_site_nothing_came_from(town: Town, laptop: Laptop) -> None:
    enrol(town.ctx, laptop.ctx)
    mine, theirs = site_board(town.ctx)
    assert mine.mine and mine.waiting == 0 and theirs.site == SHELTER and theirs.waiting > 0
    fresh = freshness(town.ctx)
    assert fresh is not None and fresh.oldest is None and [one.site for one in fresh.never] == [SHELTER]
    assert freshness(laptop.ctx) is None, "only headquarters has a picture of all"


def test_what_waits_goes_with_a_package_and_its_receipt(town: Town, laptop: Laptop, stick: Path) -> None:
    enrol(town.ctx, laptop.ctx)
    check_in(laptop.ctx, name="見本　花")
    waiting = exchange_hints(laptop.ctx).waiting
    assert waiting >= 3
    stick.mkdir()
    done = write_package(laptop.ctx, to_site="hq", target=stick)
    (receiver,) = receivers(laptop.ctx, site_board(laptop.ctx))
    assert receiver.unread == 1 and receiver.waiting >= 3, "written is not received"
    apply_package(town.ctx, source=done.path, folder=town.folder)
    (theirs,) = [one for one in site_board(town.ctx) if not one.mine]
    assert theirs.heard_at == theirs.written_at == town.clock() and theirs.gaps == 0 and theirs.clock_offset == 0
    carry(town.ctx, laptop, stick, to=SHELTER)
    (receiver,) = receivers(laptop.ctx, site_board(laptop.ctx))
    assert receiver.unread == 0 and receiver.waiting == 0
    assert exchange_hints(laptop.ctx).waiting == 0 and last_package(laptop.ctx) == town.clock()


def test_a_receipt_is_no_data(town: Town, laptop: Laptop, stick: Path) -> None:
    enrol(town.ctx, laptop.ctx)
    town.clock.forward(hours=1)
    done = carry(town.ctx, laptop, stick, to=SHELTER)
    town.clock.forward(hours=1)
    assert take_receipt(town.ctx, source=done.receipt).packages == (done.card.id,)
    (theirs,) = [one for one in site_board(town.ctx) if not one.mine]
    assert theirs.heard_at == town.clock() and theirs.written_at is None and known_until(theirs) is None
    fresh = freshness(town.ctx)
    assert fresh is not None and [one.site for one in fresh.never] == [SHELTER] and fresh.oldest is None
    carry(laptop.ctx, home(town), stick, to="hq")
    came = town.clock()
    town.clock.forward(hours=3)
    receipt = carry(town.ctx, laptop, stick, to=SHELTER).receipt
    take_receipt(town.ctx, source=receipt)
    fresh = freshness(town.ctx)
    assert fresh is not None and fresh.oldest is not None and fresh.oldest.until == came, "as of its last package, not of the receipt"


def test_silence_is_told_after_half_a_day(town: Town, laptop: Laptop, stick: Path) -> None:
    enrol(town.ctx, laptop.ctx)
    carry(laptop.ctx, home(town), stick, to="hq")
    heard = town.clock()
    town.clock.forward(hours=12)
    fresh = freshness(town.ctx)
    assert fresh is not None and fresh.silent == () and fresh.oldest is not None and fresh.oldest.until == heard
    town.clock.forward(minutes=1)
    assert [one.site for one in exchange_hints(town.ctx).silent] == [SHELTER]


def test_what_came_by_way_of_another_site_counts(town: Town, laptop: Laptop, stick: Path, tmp_path: Path) -> None:
    other = found_laptop(tmp_path / "other", town.clock, site=OTHER)
    for one in (laptop, other):
        enrol(town.ctx, one.ctx)
    carry(town.ctx, laptop, stick, to=SHELTER)  # now it knows that the other one takes part
    town.clock.forward(hours=1)
    check_in(other.ctx, name="見本　花")
    carry(other.ctx, laptop, stick, to=SHELTER)
    town.clock.forward(hours=1)
    carry(laptop.ctx, home(town), stick, to="hq")
    fresh = freshness(town.ctx)
    assert fresh is not None and fresh.never == () and fresh.oldest is not None
    assert (fresh.oldest.site, fresh.oldest.until) == (OTHER, town.clock() - timedelta(hours=1))
    other.session.close(backup=False)


def test_a_lost_laptop_is_no_longer_waited_for(town: Town, laptop: Laptop, tmp_path: Path) -> None:
    enrol(town.ctx, laptop.ctx)
    revoke_device(town.ctx, device=SHELTER, reason="盗まれた")
    assert freshness(town.ctx) is None and receivers(town.ctx, site_board(town.ctx)) == []
    assert [one.state for one in site_board(town.ctx)] == ["active", "revoked"]


def test_a_site_with_two_laptops_is_as_old_as_the_older(town: Town, laptop: Laptop, stick: Path, tmp_path: Path) -> None:
    second = found_laptop(tmp_path / "second", town.clock, site=SHELTER)
    enrol(town.ctx, laptop.ctx)
    carry(laptop.ctx, home(town), stick, to="hq")
    enrol(town.ctx, second.ctx)  # by now headquarters knows a site of this name
    old = town.clock()
    town.clock.forward(hours=3)
    carry(second.ctx, home(town), stick, to="hq")
    fresh = freshness(town.ctx)
    assert fresh is not None and fresh.oldest is not None and fresh.oldest.until == old
    (receiver,) = receivers(town.ctx, site_board(town.ctx))
    assert receiver.devices == 2
    second.session.close(backup=False)


def test_hints_count_what_the_operator_may_settle(town: Town, laptop: Laptop, stick: Path) -> None:
    enrol(town.ctx, laptop.ctx)
    person = check_in(laptop.ctx, name="髙橋　太郎")
    carry(laptop.ctx, home(town), stick, to="hq")
    carry(town.ctx, laptop, stick, to=SHELTER)
    change(town.ctx, person.id, phone="0900-00-0001")
    change(laptop.ctx, person.id, phone="0900-00-0002")
    carry(laptop.ctx, home(town), stick, to="hq")
    assert exchange_hints(town.ctx).conflicts == 1
    assert exchange_hints(town.acting("view")).conflicts == 0
