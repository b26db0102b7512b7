"""The home page, the clock, settings, searching and histories."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import RuleViolation
from app.usecases.backups import back_up_now
from app.usecases.headcounts import record_headcount
from app.usecases.overview import check_clock, take_overview
from app.usecases.reception import Arrival, check_in, check_out, go_out
from app.usecases.records import read_access_log, read_history
from app.usecases.residents import activate_snapshot, list_snapshots, load_residents, open_household
from app.usecases.searching import search
from app.usecases.settings import Settings, change_settings, last_backup, read_settings
from tests.stores import OCCURRED, RESIDENTS, START, Town, open_town


def test_overview_tells_what_wants_doing(town: Town) -> None:
    empty = take_overview(town.ctx)
    assert (empty.shelters_open, empty.rostered, empty.residents, empty.last_backup) == (3, 0, 6, None)
    people = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": f"{n}"}) for n in range(4)]).persons
    town.clock.forward(hours=1)
    check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(person_id=people[0], decision="pending")])
    check_out(town.ctx, person_id=people[1], destination="unknown")
    check_out(town.ctx, person_id=people[2], destination="home")
    go_out(town.ctx, person_id=people[3], expected_at=town.clock() + timedelta(hours=1))
    record_headcount(town.ctx, values={"shelter_id": town.shelters[2], "counted_total": 101})
    town.clock.forward(hours=2)
    back_up_now(town.ctx, folder=town.folder)
    found = take_overview(town.ctx)
    assert (found.without_destination, found.pending, found.absent_overdue) == (1, 1, 1)
    assert [s.id for s in found.overfull] == [town.shelters[2]] and found.declared == 101
    assert {s.id for s in found.uncounted_today} == set(town.shelters[:2])
    assert found.last_backup == town.clock() == last_backup(town.ctx)
    town.clock.forward(days=1)
    assert len(take_overview(town.ctx).uncounted_today) == 3


@pytest.mark.parametrize(
    ("span", "problem"),
    [
        (timedelta(0), ""),
        (timedelta(hours=-20), ""),
        (timedelta(days=300), ""),
        (timedelta(days=400), "clock.far_ahead"),
        (timedelta(days=20 * 365), "clock.far_ahead"),
        (OCCURRED - START - timedelta(days=2), "clock.before_disaster"),
        (timedelta(days=-9 * 365), "clock.before_disaster"),
    ],
)
def test_wrong_clock_is_said_on_opening_and_on_the_home_page(town: Town, span: timedelta, problem: str) -> None:
    town.session.close(backup=False)
    town.clock.time = START + span
    again = open_town(town.folder, town.clock)
    try:
        assert check_clock(again.ctx) == take_overview(again.ctx).clock_problem == problem
        assert (problem in again.session.notices) == bool(problem)
    finally:
        again.session.close(backup=False)


def test_clock_that_went_back_since_the_last_entry(town: Town) -> None:
    town.clock.forward(days=30)
    check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "旅人"})])
    town.clock.forward(days=-5)
    assert check_clock(town.ctx) == "clock.went_back"


def test_settings(town: Town) -> None:
    assert read_settings(town.ctx) == Settings()
    change_settings(town.ctx, values={"backup_minutes": 0, "backup_keep": "12", "backup_folder": "/media/支え"})
    assert read_settings(town.ctx) == Settings(backup_minutes=0, backup_keep=12, backup_folder="/media/支え")
    for values in ({"backup_keep": 1}, {"backup_keep": 501}, {"backup_minutes": 1441}):
        with pytest.raises(RuleViolation) as caught:
            change_settings(town.ctx, values=values)
        assert caught.value.field == next(iter(values))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("タカハシ", {"髙橋　太郎", "髙橋　花", "髙橋　一郎", "髙橋　二葉"}),
        ("たかはし たろう", {"髙橋　太郎"}),
        ("ﾀｶﾊｼ", {"髙橋　太郎", "髙橋　花", "髙橋　一郎", "髙橋　二葉"}),
        ("タロウ", {"髙橋　太郎"}),
        ("高橋", {"髙橋　太郎", "髙橋　花", "髙橋　一郎", "髙橋　二葉"}),
        ("高橋太郎", {"髙橋　太郎"}),
        ("渡辺", {"渡邉　静"}),
        ("崎山", {"﨑山　源"}),
        ("源", {"﨑山　源"}),
        ("昭和50年3月1日", {"髙橋　太郎"}),
        ("S50.3.1", {"髙橋　太郎"}),
        ("1975-03-01", {"髙橋　太郎"}),
        ("タカハシ S50.3.1", {"髙橋　太郎"}),
        ("タロウ S50.3.1", {"髙橋　太郎"}),
        ("高橋 S50.3.1", {"髙橋　太郎"}),
        ("渡辺 S50.3.1", set()),
        ("H25.2.14", {"髙橋　二葉"}),
        ("S20.8.15", {"渡邉　静"}),
        ("S21.1.1", set()),
        ("昭和20年", {"渡邉　静"}),
        ("本町1-2", {"髙橋　太郎", "髙橋　花", "髙橋　一郎", "髙橋　二葉"}),
        ("本町１丁目２番", {"髙橋　太郎", "髙橋　花", "髙橋　一郎", "髙橋　二葉"}),
        ("本町1-23", set()),
        ("山手2-3", {"﨑山　源"}),
        ("090-0000-1111", {"髙橋　太郎"}),
        ("09000001111", {"髙橋　太郎"}),
        ("高橋 本町", {"髙橋　太郎", "髙橋　花", "髙橋　一郎", "髙橋　二葉"}),
        ("源 本町", set()),
        ('"', set()),
        ("%", set()),
        ("' OR 1=1 --", set()),
        ("*", set()),
        ("NEAR(", set()),
        ("　", set()),
        ("", set()),
    ],
)
@pytest.mark.parametrize("registered", [False, True])
def test_one_box_finds(town: Town, text: str, names: set[str], registered: bool) -> None:
    if registered:
        everyone = [Arrival(resident_id=town.resident(row.name.split("　")[1])) for row in RESIDENTS]
        check_in(town.ctx, shelter_id=town.shelters[0], arrivals=everyone)
    for within in ("residents", *(("persons",) if registered else ())):
        found = search(town.ctx, text=text, within=within)
        assert {hit.name for hit in found.hits} == names and found.total == len(found.hits) == len(names), within
    both = search(town.ctx, text=text)
    assert {hit.name for hit in both.hits} == names and both.total == len(names)
    assert {hit.kind for hit in both.hits} <= ({"person"} if registered else {"resident"})


def test_separate_fields_limits_and_the_log(town: Town) -> None:
    assert search(town.ctx, text="", birth="昭和50年3月1日").total == search(town.ctx, text="", address="山手二丁目").total == 1
    cut = search(town.ctx, text="高橋", limit=3)
    assert (len(cut.hits), cut.total, cut.truncated) == (3, 4, True)
    for wrong in ({"limit": 0}, {"within": "moon"}):
        with pytest.raises(RuleViolation):
            search(town.ctx, text="高橋", **wrong)  # type: ignore[arg-type]
    before = len(read_access_log(town.ctx))
    search(town.ctx, text="高橋")
    assert len(read_access_log(town.ctx)) == before
    search(town.ctx, text="高橋", log=True)
    assert (read_access_log(town.ctx)[0].action, read_access_log(town.ctx)[0].persons) == ("search", 4)


def test_snapshots_stay_and_searches_follow_the_active_one(town: Town) -> None:
    first = list_snapshots(town.ctx)[0]
    rows = [RESIDENTS[0]._replace(name="新しい　名", kana="アタラシイ　ナ")]
    second, _ = load_residents(town.ctx, batches=[rows], as_of=town.clock(), label="新")
    assert [s.active for s in list_snapshots(town.ctx)] == [True, False] and search(town.ctx, text="高橋").total == 0
    activate_snapshot(town.ctx, snapshot_id=first.id)
    assert search(town.ctx, text="高橋").total == 4 and search(town.ctx, text="新しい").total == 0
    again, _ = load_residents(town.ctx, batches=[[row] for row in RESIDENTS], as_of=OCCURRED)
    assert (again.sha256, again.residents, again.households) == (first.sha256, 6, 3) and again.sha256 != second.sha256
    with pytest.raises(RuleViolation, match="snapshot.not_found"):
        activate_snapshot(town.ctx, snapshot_id="x")


def test_household_of_a_resident(town: Town) -> None:
    assert [one.name[-2:] for one in open_household(town.ctx, resident_id=town.resident("一郎"))] == ["太郎", "　花", "一郎", "二葉"]
    assert len(open_household(town.ctx, resident_id=town.resident("源"))) == 1
    for wrong in ("x", "x:1", "", town.resident("源")[:-1] + "99", town.resident("源")[:-1] + "-1"):
        with pytest.raises(RuleViolation, match="resident.not_found"):
            open_household(town.ctx, resident_id=wrong)


def test_history_says_who_where_and_why_and_is_logged(town: Town) -> None:
    made = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "旅人"})])
    entries = read_history(town.ctx, record_id=made.persons[0])
    assert {(entry.by, entry.site, entry.action) for entry in entries} == {(town.ctx.actor.name, town.ctx.place.site_name, "create")}
    assert read_access_log(town.ctx, person_id=made.persons[0])[0].action == "history"
    with pytest.raises(RuleViolation, match="record.not_found"):
        read_history(town.ctx, record_id="x")
