"""Certificates and applications between real laptops: changed only where they were made, and what follows when surveys arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.certificate import Application, Certificate
from app.domain.errors import RuleViolation
from app.presentation.certificate_values import certificate_values
from app.presentation.messages import message
from app.usecases import applications, certificate_copies, certificates, municipal_key, persons, vouchers
from app.usecases.cash_desk import pay
from app.usecases.enrolment import revoke_device
from app.usecases.ownership import foreign_owners, owner_words
from tests.cash_town import approve_cash, voucher
from tests.certificates_town import FORM, add_building, ask, issue, judge, sign_as_mayor
from tests.package_town import enrolled, open_office, send, take
from tests.stores import Town

DESK = "見本支所"


@pytest.fixture
def hq(town: Town) -> Town:
    return open_office(town)


@pytest.fixture
def desk(hq: Town, tmp_path: Path) -> Iterator[Town]:
    made = enrolled(hq, tmp_path / "desk", site=DESK, kind="desk")
    sign_as_mayor(hq.ctx)
    take(made, send(hq, DESK, tmp_path / "first").path)
    municipal_key.make_key(made.ctx)
    yield made
    made.session.close(backup=False)


def issued_at(desk: Town, name: str = "太郎") -> tuple[str, str, str]:
    """A certificate of a desk: its id, its application's, the building's."""
    building = add_building(desk.ctx, resident=desk.resident(name), grade="half")
    asked = ask(desk.ctx, building)
    return issue(desk.ctx, asked.application.id).certificates[0], asked.application.id, building


def give(sender: Town, receiver: Town, folder: Path, to: str) -> None:
    """A package, written and taken in."""
    take(receiver, send(sender, to, folder).path)


def refused_everywhere(place: Town, paper: str, application: str) -> None:
    """Every act that would change them is refused with the name of the desk; nothing is written."""
    ctx = place.ctx
    version = ctx.reads.get("application", application).version  # type: ignore[union-attr]
    acts: list[Callable[[], object]] = [
        lambda: applications.correct_application(ctx, application_id=application, version=version, values={"note": "x"}),
        lambda: applications.close(ctx, application_ids=[application], reason="x"),
        lambda: applications.link_application(ctx, application_id=application),
        lambda: certificates.revoke(ctx, certificate_id=paper, reason="x"),
        lambda: certificates.supersede(ctx, certificate_id=paper, form=FORM, write_values=certificate_values, reason="x"),
        lambda: certificate_copies.count_printed(
            ctx, plans=certificate_copies.plan_copies(ctx, certificate_ids=[paper]), batch="", reason="first", target="x"
        ),
        lambda: persons.restore_version(
            ctx, kind="certificate", record_id=paper, operation=ctx.reads.journal.history(paper)[0].operation, reason="x"
        ),
    ]  # fmt: skip
    before = place.sql("SELECT count(*) FROM journal")
    for at, act in enumerate(acts):
        with pytest.raises(RuleViolation) as refused:
            act()
        assert (refused.value.code, refused.value.params["site"]) == ("ownership.elsewhere", DESK), at
        assert DESK in message(refused.value)
    assert place.sql("SELECT count(*) FROM journal") == before


def test_a_certificate_is_changed_only_where_it_was_made(hq: Town, desk: Town, tmp_path: Path) -> None:
    paper, application, _ = issued_at(desk)
    give(desk, hq, tmp_path / "up", "hq")
    assert owner_words(hq.ctx, "certificate", paper) == DESK and owner_words(desk.ctx, "certificate", paper) == ""
    refused_everywhere(hq, paper, application)
    certificates.confirm_numbers(hq.ctx)  # headquarters has seen the number: nobody else writes that
    give(hq, desk, tmp_path / "down", DESK)
    assert not desk.ctx.reads.get("certificate", paper).provisional  # type: ignore[union-attr]
    certificates.revoke(desk.ctx, certificate_id=paper, reason="誤り")
    give(desk, hq, tmp_path / "again", "hq")
    assert hq.ctx.reads.get("certificate", paper).state == "revoked"  # type: ignore[union-attr]
    assert hq.problems() == [] and desk.problems() == []


def test_headquarters_takes_over_once_every_device_of_the_site_is_revoked(hq: Town, desk: Town, tmp_path: Path) -> None:
    paper, application, _ = issued_at(desk)
    give(desk, hq, tmp_path / "up", "hq")
    second = enrolled(hq, tmp_path / "second", site=DESK, kind="desk")
    try:
        give(hq, second, tmp_path / "over", DESK)
        assert owner_words(second.ctx, "certificate", paper) == ""  # another laptop of the same site
        revoke_device(hq.ctx, device=desk.ctx.place.device_id, reason="水没")
        assert owner_words(hq.ctx, "certificate", paper) == DESK
        revoke_device(hq.ctx, device=second.ctx.place.device_id, reason="水没")
        assert owner_words(hq.ctx, "certificate", paper) == ""
        certificates.revoke(hq.ctx, certificate_id=paper, reason="誤り")
        assert hq.ctx.reads.get("application", application).state != "issued"  # type: ignore[union-attr]
    finally:
        second.session.close(backup=False)


def test_of_many_those_of_others_are_left_and_named(hq: Town, desk: Town, tmp_path: Path) -> None:
    theirs = ask(desk.ctx, add_building(desk.ctx, resident=desk.resident("静"), grade="half")).application
    give(desk, hq, tmp_path / "up", "hq")
    mine = ask(hq.ctx, add_building(hq.ctx, resident=hq.resident("太郎"), grade="half")).application
    done = issue(hq.ctx, mine.id, theirs.id)
    assert len(done.certificates) == 1
    assert [(one.record, one.code, one.params["site"]) for one in done.refused] == [(theirs.id, "ownership.elsewhere", DESK)]
    moved = applications.move(hq.ctx, application_ids=[theirs.id, mine.id], state="closed", reason="x")
    assert {one.record: one.code for one in moved.refused}[theirs.id] == "ownership.elsewhere"
    with pytest.raises(RuleViolation, match=r"ownership\.elsewhere"):
        issue(hq.ctx, theirs.id)


def test_surveys_that_arrive_move_on_what_was_made_here_and_nothing_else(hq: Town, desk: Town, tmp_path: Path) -> None:
    building = add_building(desk.ctx, resident=desk.resident("太郎"))
    asked = ask(desk.ctx, building).application
    paper, _, judged = issued_at(desk, "静")
    assert asked.state == "awaiting"
    give(desk, hq, tmp_path / "up", "hq")
    judge(hq.ctx, building, "large")
    judge(hq.ctx, judged, "total", kind="re")
    application = hq.ctx.reads.get("application", asked.id)
    assert isinstance(application, Application) and application.state == "awaiting"  # the desk's: it moves on there
    give(hq, desk, tmp_path / "down", DESK)
    moved, marked = desk.ctx.reads.get("application", asked.id), desk.ctx.reads.get("certificate", paper)
    assert isinstance(moved, Application) and (moved.state, moved.grade) == ("judged", "large")
    assert isinstance(marked, Certificate) and (marked.grade, marked.newer_grade) == ("half", "total")
    give(desk, hq, tmp_path / "back", "hq")
    for place in (hq, desk):
        assert place.ctx.reads.get("application", asked.id).state == "judged"  # type: ignore[union-attr]
        assert place.ctx.reads.get("certificate", paper).newer_grade == "total"  # type: ignore[union-attr]
        assert place.ctx.reads.exchange.count_conflicts() == 0 and place.problems() == []


def test_a_folder_without_a_list_owns_everything_and_asks_nothing(town: Town) -> None:
    sign_as_mayor(town.ctx)
    building = add_building(town.ctx, resident=town.resident("太郎"), grade="half")
    paper = issue(town.ctx, ask(town.ctx, building).application.id).certificates[0]
    other = replace(town.ctx, place=replace(town.ctx.place, device_id="another", site_id="another"))
    assert foreign_owners(other, "certificate", [paper]) == {}


def test_vouchers_travel_in_the_packages_of_the_day(hq: Town, tmp_path: Path) -> None:
    laptop = enrolled(hq, tmp_path / "laptop")
    try:
        made = approve_cash(hq.ctx, [10_000, 20_000])
        site = vouchers.ensure_site(hq.ctx, name="見本小学校")
        vouchers.assign(hq.ctx, batch_id=made.batch_id, site_id=site.id, device=laptop.ctx.place.device_prefix)
        sent = send(hq, "見本小学校", tmp_path / "a")
        assert sent.card.vouchers == 2
        done = take(laptop, sent.path)
        assert done.vouchers is not None and done.vouchers.new == 2
        assert take(laptop, sent.path).already
        pay(laptop.ctx, voucher_id=made.ids[0], identified="card")
        heard = take(hq, send(laptop, "hq", tmp_path / "b").path).vouchers
        assert heard is not None and (heard.paid, heard.paid_total, heard.conflicts) == (1, 10_000, ())
        assert [voucher(hq.ctx, one).state for one in made.ids] == ["paid", "assigned"]
        assert hq.problems() == [] and laptop.problems() == []
    finally:
        laptop.session.close(backup=False)


def test_vouchers_go_only_to_enrolled_devices_at_their_own_site(hq: Town, tmp_path: Path) -> None:
    laptop = enrolled(hq, tmp_path / "laptop")
    try:
        made = approve_cash(hq.ctx, [10_000, 20_000, 30_000])
        site, letters = vouchers.ensure_site(hq.ctx, name="見本小学校"), laptop.ctx.place.device_prefix
        assert site.id == laptop.ctx.place.site_id  # also before its first package came
        other = vouchers.ensure_site(hq.ctx, name="例示体育館")
        for given, code in (
            ({"site_id": site.id, "device": "ZZZZ"}, "voucher.device_not_enrolled"), ({"site_id": other.id, "device": letters}, "voucher.device_at_other_site"),
            ({"site_id": other.id}, "voucher.device_missing"),
        ):  # fmt: skip
            with pytest.raises(RuleViolation) as refused:
                vouchers.assign(hq.ctx, voucher_ids=[made.ids[0]], **given)
            assert refused.value.code == code
        vouchers.assign(hq.ctx, voucher_ids=[made.ids[0]], site_id=site.id)  # its only device
        vouchers.assign(hq.ctx, voucher_ids=[made.ids[1]], device=letters)
        assert take(laptop, send(hq, "見本小学校", tmp_path / "a").path).vouchers.new == 2  # type: ignore[union-attr]
        revoke_device(hq.ctx, device=laptop.ctx.place.device_id, reason="流失")
        with pytest.raises(RuleViolation, match=r"voucher\.device_not_enrolled"):
            vouchers.assign(hq.ctx, voucher_ids=[made.ids[2]], device=letters)
        assert hq.problems() == []
    finally:
        laptop.session.close(backup=False)
