"""Shelters, their spells and head counts; openings that follow complete lists in whatever order they come; trends."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain.errors import RuleViolation
from app.domain.shelter import ShelterSpell
from app.usecases import headcounts, shelters
from app.usecases.headcounts import list_headcounts, record_headcount, trend, withdraw_headcount
from app.usecases.plans import Entry
from app.usecases.reception import Arrival, check_in, check_out
from app.usecases.shelters import add_shelter, close_shelter, find_shelter, list_shelters, open_shelter
from tests.stores import OCCURRED, SHELTERS, START, Town

Listing = tuple[datetime, dict[str, int]]


def take_list(town: Town, listing: Listing, *, complete: bool = True) -> headcounts.Applied:
    """Import one published list."""
    at, counts = listing
    entries = [
        Entry(line=n, values={"name": name, "counted_at": at, "counted_total": count}) for n, (name, count) in enumerate(counts.items(), 2)
    ]
    return headcounts.apply_import(town.ctx, plan=headcounts.plan_import(town.ctx, entries=entries, complete=complete), complete=complete)


def spells(town: Town) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """When each shelter that came from lists was open."""
    names = {shelter.id: shelter.name for shelter in town.ctx.reads.all("shelter")}  # type: ignore[attr-defined]
    found: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for spell in town.ctx.reads.all("spell"):
        assert isinstance(spell, ShelterSpell)
        if spell.source == "listing":
            found.setdefault(names[spell.shelter_id], []).append((spell.opened_at, spell.closed_at))
    return {name: sorted(periods) for name, periods in found.items()}


DAYS = [START + timedelta(days=n) for n in range(4)]
LISTS: Sequence[Listing] = [
    (DAYS[0], {"甲寺": 10, "乙館": 5}),
    (DAYS[1], {"甲寺": 8}),
    (DAYS[2], {"甲寺": 3, "乙館": 2, "丙校": 1}),
    (DAYS[3], {"丙校": 4}),
]
OPEN = {
    "甲寺": [(DAYS[0], DAYS[3])],
    "乙館": [(DAYS[0], DAYS[1]), (DAYS[2], DAYS[3])],
    "丙校": [(DAYS[2], None)],
}


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::3])
def test_openings_follow_complete_lists_in_any_order(town: Town, order: tuple[int, ...]) -> None:
    for number in order:
        take_list(town, LISTS[number])
    assert spells(town) == OPEN
    again = [take_list(town, LISTS[number]) for number in order]
    assert spells(town) == OPEN and {(done.created, done.updated) for done in again} == {(0, 0)}
    assert len(find_shelter(town.ctx, name="甲寺").kind) and town.problems() == []


def test_withdrawn_count_and_corrected_number_change_the_openings_too(town: Town) -> None:
    for listing in LISTS:
        take_list(town, listing)
    only = next(row for row in list_headcounts(town.ctx) if row.shelter_name == "丙校" and row.counted_at == DAYS[3])
    withdraw_headcount(town.ctx, headcount_id=only.id, reason="別の市の表")
    assert spells(town) == {"甲寺": [(DAYS[0], None)], "乙館": [(DAYS[0], DAYS[1]), (DAYS[2], None)], "丙校": [(DAYS[2], None)]}
    done = take_list(town, (DAYS[1], {"甲寺": 9, "乙館": 1}))
    assert (done.created, done.updated, done.unchanged) == (1, 1, 0)
    assert spells(town)["乙館"] == [(DAYS[0], None)]


def test_shelter_closed_by_hand_is_not_opened_again_by_older_lists(town: Town) -> None:
    take_list(town, LISTS[0])
    temple = find_shelter(town.ctx, name="甲寺").id
    close_shelter(town.ctx, shelter_id=temple, at=DAYS[0] + timedelta(hours=6))
    take_list(town, (DAYS[0] + timedelta(hours=12), {"乙館": 5}))
    closed = [spell for spell in town.ctx.reads.all("spell") if spell.shelter_id == temple]  # type: ignore[attr-defined]
    assert [(spell.source, spell.closed_at) for spell in closed] == [("manual", DAYS[0] + timedelta(hours=6))]


def test_unknown_shelter_in_several_columns_is_registered_once(town: Town) -> None:
    entries = [Entry(line=2 + n, values={"name": "新寺", "counted_at": day, "counted_total": n}) for n, day in enumerate(DAYS)]
    done = headcounts.apply_import(town.ctx, plan=headcounts.plan_import(town.ctx, entries=entries, complete=False), complete=False)
    assert done.created == 4 and len([s for s in list_shelters(town.ctx) if s.name == "新寺"]) == 1
    assert spells(town) == {}
    for number, day in enumerate(DAYS):
        take_list(town, (day, {"新寺": number}))
    assert spells(town) == {"新寺": [(DAYS[0], None)]}


def test_rows_that_say_the_same_twice_or_fit_two_shelters(town: Town) -> None:
    for address in ("甲町", "乙町"):
        add_shelter(town.ctx, values={"name": "同じ名", "address": address})
    rows = [("同じ名", ""), ("同じ名", "甲町"), (SHELTERS[0], ""), (SHELTERS[0], "")]
    entries = [
        Entry(line=n, values={"name": name, "address": place, "counted_at": START, "counted_total": 1})
        for n, (name, place) in enumerate(rows)
    ]
    plan = headcounts.plan_import(town.ctx, entries=entries, complete=False)
    assert [(item.action, item.code) for item in plan.items] == [
        ("review", "shelter.ambiguous"), ("create", ""), ("create", ""), ("error", "import.duplicate_id")
    ]  # fmt: skip
    done = headcounts.apply_import(town.ctx, plan=plan, complete=False, skip_lines=frozenset({1}))
    assert done.created == 1


def test_count_beside_the_roster(town: Town) -> None:
    people = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": f"{n}"}) for n in range(3)]).persons
    town.clock.forward(hours=1)
    check_out(town.ctx, person_id=people[0], destination="home")
    record_headcount(town.ctx, values={"shelter_id": town.shelters[0], "counted_total": 5, "male": 2, "female": 3, "method": "visit"})
    (row,) = list_headcounts(town.ctx, shelter_id=town.shelters[0])
    assert (row.counted_total, row.rostered, row.difference, row.method) == (5, 2, 3, "visit")
    shown = next(s for s in list_shelters(town.ctx) if s.id == town.shelters[0])
    assert (shown.declared, shown.rostered, shown.is_open, shown.declared_at) == (5, 2, True, town.clock())
    earlier = next(s for s in list_shelters(town.ctx, at=START) if s.id == town.shelters[0])
    assert (earlier.declared, earlier.rostered) == (None, 3)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"counted_total": -1}, "counted_total"), ({"counted_total": 3, "male": 2, "female": 2}, "male"), ({"counted_total": 3, "method": "x"}, "method"),
     ({"counted_total": 3, "infants": 2, "adults": 2}, "infants"), ({"counted_total": 3, "households": 2_000_000}, "households")],
)  # fmt: skip
def test_impossible_counts_are_refused(town: Town, values: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        record_headcount(town.ctx, values={"shelter_id": town.shelters[0], **values})
    assert caught.value.field == field


def test_trend(town: Town) -> None:
    for listing in LISTS:
        take_list(town, listing)
    check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "旅人"})], at=DAYS[1] + timedelta(hours=1))
    points = trend(town.ctx, start=DAYS[0], end=DAYS[3])
    assert [(p.at, p.declared, p.rostered) for p in points] == [(DAYS[0], 15, 0), (DAYS[1], 8, 0), (DAYS[2], 6, 1), (DAYS[3], 4, 1)]
    assert [p.shelters_open for p in points] == [5, 4, 6, 4]
    half = trend(town.ctx, start=DAYS[0], end=DAYS[0] + timedelta(hours=30))
    assert [p.at for p in half] == [DAYS[0], DAYS[1], DAYS[0] + timedelta(hours=30)]
    for wrong in (
        {"every": timedelta(seconds=1)},
        {"start": DAYS[1], "end": DAYS[0]},
        {"every": timedelta(minutes=1), "start": OCCURRED, "end": OCCURRED + timedelta(days=99)},
    ):
        with pytest.raises(RuleViolation):
            trend(town.ctx, **wrong)


def test_hourly_counts_equal_the_roster(town: Town) -> None:
    from app.usecases.rows import RosterFilter

    for number in range(12):
        person = check_in(town.ctx, shelter_id=town.shelters[number % 3], arrivals=[Arrival(values={"name": f"{number}"})]).persons[0]
        town.clock.forward(minutes=37)
        if number % 2:
            check_out(town.ctx, person_id=person, destination="home")
    changed = town.ctx.reads.shelters.rostered_by_hour(start=START, end=START + timedelta(hours=9))
    for shelter in town.shelters:
        steps = {at: people for one, at, people in changed if one == shelter}
        people = 0
        for hour in range(9):
            begin = START + timedelta(hours=hour)
            people = steps.get(begin, people)
            end = begin + timedelta(hours=1) - timedelta(seconds=1)
            assert people == len(town.ctx.reads.rosters.roster(RosterFilter(at=end, shelter_id=shelter)).rows)


def test_hourly_counts_have_who_is_registered_twice_once(town: Town) -> None:
    from app.usecases.persons import decide
    from app.usecases.rows import RosterFilter

    people = []
    for name in ("一人目", "二重", "二重"):
        people.append(check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": name})]).persons[0])
        town.clock.forward(minutes=50)
    decide(town.ctx, first=people[1], second=people[2], decision="same")
    check_out(town.ctx, person_id=people[1], destination="home")
    town.clock.forward(minutes=70)
    changed = town.ctx.reads.shelters.rostered_by_hour(start=START, end=START + timedelta(hours=9))
    steps = {at: count for one, at, count in changed if one == town.shelters[0]}
    assert max(steps.values()) == 2
    count = 0
    for hour in range(9):
        count = steps.get(START + timedelta(hours=hour), count)
        end = START + timedelta(hours=hour + 1) - timedelta(seconds=1)
        rows = town.ctx.reads.rosters.roster(RosterFilter(at=end, shelter_id=town.shelters[0])).rows
        stands = {one.person_id for one in rows}
        assert count == len(stands) - ({people[1], people[2]} <= stands)


def test_opening_and_closing(town: Town) -> None:
    made, _ = add_shelter(town.ctx, values={"name": "新しい所", "kind": "welfare"})
    with pytest.raises(RuleViolation, match="shelter.not_open"):
        close_shelter(town.ctx, shelter_id=made)
    open_shelter(town.ctx, shelter_id=made)
    for at in (None, START + timedelta(days=1)):
        with pytest.raises(RuleViolation, match="shelter.already_open"):
            open_shelter(town.ctx, shelter_id=made, at=at)
    open_shelter(town.ctx, shelter_id=made, at=START - timedelta(hours=3))  # it was open earlier than first said
    assert [s.opened_at for s in town.ctx.reads.all("spell") if s.shelter_id == made] == [START - timedelta(hours=3)]  # type: ignore[attr-defined]
    town.clock.forward(hours=1)
    person = check_in(town.ctx, shelter_id=made, arrivals=[Arrival(values={"name": "旅人"})]).persons[0]
    with pytest.raises(RuleViolation, match="shelter.people_inside"):
        close_shelter(town.ctx, shelter_id=made)
    town.clock.forward(hours=1)
    check_out(town.ctx, person_id=person, destination="home")
    with pytest.raises(RuleViolation, match="shelter.people_inside"):
        close_shelter(town.ctx, shelter_id=made, at=town.clock() - timedelta(minutes=30))
    close_shelter(town.ctx, shelter_id=made)
    town.clock.forward(hours=1)
    open_shelter(town.ctx, shelter_id=made)
    assert len([s for s in town.ctx.reads.all("spell") if s.shelter_id == made]) == 2  # type: ignore[attr-defined]


def test_names_find_one_shelter_or_say_why_not(town: Town) -> None:
    assert find_shelter(town.ctx, name="見本　小学校").name == SHELTERS[0]
    with pytest.raises(RuleViolation) as caught:
        find_shelter(town.ctx, name="見本")
    assert caught.value.code == "shelter.not_found" and caught.value.params["near"] == [SHELTERS[0]]
    for address in ("甲町", "乙町"):
        add_shelter(town.ctx, values={"name": "同じ名", "address": address})
    with pytest.raises(RuleViolation, match="shelter.ambiguous"):
        find_shelter(town.ctx, name="同じ名")
    for values, code in (
        ({"name": " "}, "shelter.name_missing"),
        ({"name": "x", "kind": "moon"}, "word.unknown"),
        ({"name": SHELTERS[0]}, "shelter.name_taken"),
    ):
        with pytest.raises(RuleViolation, match=code):
            add_shelter(town.ctx, values=values)


def test_import_of_shelters(town: Town) -> None:
    rows: list[dict[str, Any]] = [
        {"name": SHELTERS[0], "external_id": "A1", "capacity": 120},
        {"name": "新校", "external_id": "A2", "capacity_text": "屋内480人／屋外3,350人", "capacity": 480, "hazards": ("flood",)},
        {"name": "新校二", "external_id": "A2"},
        {"name": SHELTERS[1]},
    ]
    plan = shelters.plan_import(town.ctx, entries=[Entry(line=n, values=row) for n, row in enumerate(rows)])
    assert [item.action for item in plan.items] == ["update", "create", "error", "unchanged"]
    assert plan.counts() == {"create": 1, "update": 1, "unchanged": 1, "review": 0, "error": 1}
    done = shelters.apply_import(town.ctx, plan=plan, open_at=START)
    assert (done.created, done.updated, done.unchanged) == (1, 1, 1)
    assert next(s for s in list_shelters(town.ctx) if s.external_id == "A1").capacity == 120
    assert all(s.is_open for s in list_shelters(town.ctx))
    again = shelters.plan_import(town.ctx, entries=[Entry(line=n, values=row) for n, row in enumerate(rows)])
    assert [item.action for item in again.items] == ["unchanged", "unchanged", "error", "unchanged"]
