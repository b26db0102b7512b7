"""Enrolment and packages together: restored, copied, bound and lost laptops, and a restored headquarters."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import gateway
from app.domain.errors import SasaeError
from app.domain.governance import Site
from app.domain.identifiers import new_id
from app.syncing.packages import apply_package, write_package
from app.usecases.backups import back_up_to
from app.usecases.enrolling import become_new, look_at_request, make_request
from app.usecases.enrolment import create_municipality, need_list, need_member, revoke_device
from app.usecases.shelters import add_shelter
from tests.laptops import Laptop, enrol, found_headquarters, found_laptop, open_laptop
from tests.stores import OPERATOR, PASSWORD, Clock

SCHOOL, HALL = "見本小学校", "架空公民館"


@pytest.fixture
def clock() -> Clock:
    """One clock for all laptops."""
    return Clock()


@pytest.fixture
def hq(tmp_path: Path, clock: Clock) -> Iterator[Laptop]:
    """Headquarters with the municipality's key."""
    made = found_headquarters(tmp_path / "hq", clock)
    yield made
    made.close()


@pytest.fixture
def school(tmp_path: Path, clock: Clock, hq: Laptop) -> Iterator[Laptop]:
    """An enrolled laptop of a shelter."""
    made = found_laptop(tmp_path / "school", clock, site=SCHOOL)
    enrol(hq, made)
    yield made
    made.close()


def carry(giver: Laptop, taker: Laptop, *, to: str = "") -> None:
    """One package on a stick."""
    giver.clock.forward(minutes=1)
    done = write_package(giver.ctx, to_site=to or taker.ctx.place.site_id, target=giver.folder / f"{new_id()}.sasae")
    apply_package(taker.ctx, source=done.path, folder=taker.folder, receipt=False)


def add(laptop: Laptop, name: str) -> None:
    """Something written on a laptop."""
    laptop.clock.forward(minutes=1)
    add_shelter(laptop.ctx, values={"name": name, "kana": "", "capacity": 10})


def names(laptop: Laptop) -> set[str]:
    """The shelters that a laptop knows."""
    return {one.name for one in laptop.ctx.reads.all("shelter")}  # type: ignore[attr-defined]


def sound(*laptops: Laptop) -> bool:
    """Whether every store is as the program left it."""
    return not [problem for one in laptops for problem in one.session.verify().problems]


def test_what_a_restored_laptop_had_written_before_reaches_headquarters(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    add(school, "前の記録")
    back_up_to(school.ctx, target=tmp_path / "b.sasae-backup")
    gateway(now=clock).restore(tmp_path / "b.sasae-backup", into=tmp_path / "restored", operator=OPERATOR, password=PASSWORD)
    restored = open_laptop(tmp_path / "restored", clock)
    add(restored, "後の記録")
    enrol(hq, restored, replaces=True)
    carry(restored, hq)
    assert {"前の記録", "後の記録"} <= names(hq) and sound(hq, restored)
    with pytest.raises(SasaeError):  # the old laptop turns up again: what it wrote since is not believed
        add(school, "失効後")
        carry(school, hq)
    assert "失効後" not in names(hq)
    restored.close()


def test_both_copies_of_a_laptop_bring_what_they_wrote(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    add(school, "共通")
    school.close()
    shutil.copytree(school.folder, tmp_path / "copy")
    copy = open_laptop(tmp_path / "copy", clock)
    school.again()
    assert "enrol.copied_here" in copy.session.notices and copy.letters != school.letters
    add(copy, "写しで書いた")
    add(school, "元で書いた")
    enrol(hq, copy)
    carry(copy, hq)
    carry(school, hq)
    assert {"共通", "写しで書いた", "元で書いた"} <= names(hq)
    carry(hq, copy)
    carry(hq, school)
    assert names(copy) == names(school) == names(hq) and sound(hq, school, copy)
    copy.close()


def test_a_bound_laptop_gets_the_record_of_its_site_with_the_first_package(hq: Laptop, tmp_path: Path, clock: Clock) -> None:
    with hq.ctx.unit() as uow:
        site = uow.sites.add(Site(id=new_id(), name=HALL, kind="shelter"))
        uow.commit()
    hall = found_laptop(tmp_path / "hall", clock, site="公民館のパソコン")
    add(hall, "登録前")
    enrol(hq, hall, site=HALL)
    hall.again()
    assert hall.ctx.place.site_id == site.id and hall.ctx.reads.get("site", site.id) is None
    add(hall, "登録後")
    carry(hq, hall)
    found = hall.ctx.reads.get("site", site.id)
    assert isinstance(found, Site) and found.name == HALL
    hall.again()
    carry(hall, hq)
    assert {"登録前", "登録後"} <= names(hq) and sound(hq, hall)
    for one in (hq, hall):  # the site that the laptop had made for itself is no choice any more, and still has its name in histories
        assert "公民館のパソコン" not in {found.name for found in one.ctx.reads.all("site")}  # type: ignore[attr-defined]
    before = next(one for one in hq.ctx.reads.all("shelter") if one.name == "登録前")  # type: ignore[attr-defined]
    assert hq.ctx.reads.journal.history(before.id)[0].site == "公民館のパソコン"
    hall.close()


def test_a_restored_headquarters_learns_from_a_site_whom_it_had_enrolled(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    back_up_to(hq.ctx, target=tmp_path / "hq.sasae-backup")
    hall = found_laptop(tmp_path / "hall", clock, site=HALL)
    enrol(hq, hall)
    carry(hq, school)
    add(hall, "公民館で")
    add(school, "小学校で")
    to = hq.ctx.place.site_id
    hq.close()
    gateway(now=clock).restore(tmp_path / "hq.sasae-backup", into=tmp_path / "restored", operator=OPERATOR, password=PASSWORD)
    restored = open_laptop(tmp_path / "restored", clock)
    create_municipality(restored.ctx)
    carry(hall, restored, to=to)  # written for the device that is gone
    carry(school, restored, to=to)
    assert {"公民館で", "小学校で"} <= names(restored)
    assert need_list(restored.ctx).find(hall.ctx.place.device_id) is not None
    add(restored, "本部で")
    for one in (school, hall):
        carry(restored, one)
        assert "本部で" in names(one) and need_member(one.ctx)[0] == need_list(restored.ctx)
    assert sound(restored, school, hall)
    for one in (restored, hall):
        one.close()


def test_a_revocation_travels_with_the_next_package(hq: Laptop, school: Laptop, tmp_path: Path, clock: Clock) -> None:
    hall = found_laptop(tmp_path / "hall", clock, site=HALL)
    enrol(hq, hall)
    carry(hq, school)
    add(school, "失くす前")
    carry(school, hq)
    revoke_device(hq.ctx, device=SCHOOL, reason="紛失")
    add(school, "失くした後")
    stolen = write_package(school.ctx, to_site=hall.ctx.place.site_id, target=tmp_path / "stolen.sasae")
    carry(hq, hall)
    with pytest.raises(SasaeError):
        apply_package(hall.ctx, source=stolen.path, folder=hall.folder, receipt=False)
    assert "失くす前" in names(hall) and "失くした後" not in names(hall)
    become_new(school.ctx, reason="見つかった")
    school.again()
    view = look_at_request(hq.ctx, text=make_request(school.ctx).text)
    assert view.before is not None and not view.before.active and view.behind == 1
    accepted, _ = enrol(hq, school, replaces=True)
    assert accepted.replaced == view.before.letters and not need_list(hq.ctx).find(view.before.device).active  # type: ignore[union-attr]
    add(school, "見つかった後")
    carry(school, hq)
    carry(hq, hall)
    assert {"失くした後", "見つかった後"} <= names(hq) == names(hall) == names(school) and sound(hq, hall, school)
    hall.close()


def test_a_laptop_that_was_found_may_be_enrolled_without_what_it_wrote_when_lost(hq: Laptop, school: Laptop) -> None:
    add(school, "失くす前")
    carry(school, hq)
    revoke_device(hq.ctx, device=SCHOOL, reason="紛失")
    add(school, "失くした後")
    become_new(school.ctx, reason="見つかった")
    school.again()
    enrol(hq, school)
    add(school, "見つかった後")
    carry(school, hq)
    assert {"失くす前", "見つかった後"} <= names(hq) and "失くした後" not in names(hq) and sound(hq, school)
