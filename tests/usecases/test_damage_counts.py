"""Damage and progress for headquarters, counted on a real store."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.building import Building, Occupancy, Victim, VictimMember
from app.domain.certificate import Application, Certificate
from app.domain.damage_counts import Tally
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.survey import Appeal, Survey
from app.usecases.damage_counts import CountLine, count_damage, save_typed, work_progress
from app.usecases.reception import Arrival, check_in
from tests.stores import START, Town

TODAY = date(2024, 1, 2)


def house(town: Town, grade: str = "", *, state: str = "counted", district: str = "本町", use: str = "dwelling", **survey: Any) -> str:
    """A building, judged unless ``grade`` is empty; checked at this moment when it counts."""
    with town.ctx.unit() as uow:
        building = uow.buildings.add(Building(id=new_id(), number=f"B{uow.next_number('b')}", address="見本市", district=district, use=use))
        uow.commit()
    if grade:
        judge(town, building.id, grade, state=state, **survey)
    return building.id


def judge(town: Town, building_id: str, grade: str, *, state: str = "counted", **survey: Any) -> str:
    given = {"surveyed_on": "2024-01-02", "checked_at": town.clock() if state == "counted" else None, **survey}
    with town.ctx.unit() as uow:
        made = uow.surveys.add(Survey(id=new_id(), building_id=building_id, grade=grade, state=state, **given))
        uow.commit()
    return made.id


def live(town: Town, *buildings: str, people: int = 1, main: bool = True) -> str:
    """A household of so many in these buildings."""
    with town.ctx.unit() as uow:
        victim = uow.victims.add(Victim(id=new_id(), head_name="架空　次郎"))
        for place in range(people):
            uow.members.add(VictimMember(id=new_id(), victim_id=victim.id, position=place, name=f"架空　{place}"))
        for building in buildings:
            uow.occupancies.add(Occupancy(id=new_id(), building_id=building, victim_id=victim.id, main=main))
        uow.commit()
    return victim.id


def lines(town: Town, **given: Any) -> dict[str, CountLine]:
    return {line.district: line for line in count_damage(town.ctx, **given).lines}


def test_houses_households_and_people_by_district_and_degree(town: Town) -> None:
    flat, home = house(town, "half"), house(town, "total", district="港町")
    live(town, flat, people=3)
    live(town, flat, people=2)
    live(town, home, people=4)
    house(town, "partial")
    house(town, "none")
    house(town)
    found = count_damage(town.ctx)
    assert [line.district for line in found.lines] == ["本町", "港町"]
    main, port = found.lines
    assert main.grades == {
        ("confirmed", "half"): (1, 2, 5), ("confirmed", "partial"): (1, 0, 0), ("confirmed", "none"): (1, 0, 0),
    }  # fmt: skip
    assert main.categories == {("confirmed", "half"): (1, 2, 5), ("confirmed", "partial"): (1, 0, 0)}
    assert port.categories == {("confirmed", "total"): (1, 1, 4)}
    assert found.total.grades["confirmed", "half"] == (1, 2, 5) and found.total.suffering == (2, 3, 9)
    assert (found.unjudged, found.unknown_people, found.at) == (1, 0, START)


def test_what_waits_for_its_check_stands_apart_and_a_firm_one_holds(town: Town) -> None:
    waiting = house(town, "half", state="entered")
    firm = house(town, "total")
    judge(town, firm, "partial", state="entered", kind="re", surveyed_on="2024-01-05")
    judge(town, firm, "large", kind="second")
    for state in ("draft", "returned", "withdrawn"):
        house(town, "total", state=state)
    live(town, waiting, people=2)
    found = count_damage(town.ctx).total
    assert found.grades == {("unconfirmed", "half"): (1, 1, 2), ("confirmed", "large"): (1, 0, 0)}
    assert count_damage(town.ctx).unjudged == 3


def test_an_area_judgement_gives_way_to_the_house_itself(town: Town) -> None:
    home = house(town, "total", method="area", surveyed_on="2024-01-09")
    judge(town, home, "half", surveyed_on="2024-01-03")
    assert count_damage(town.ctx).total.grades == {("confirmed", "half"): Tally(buildings=1)}


def test_a_household_with_two_houses_counts_once_where_it_is_worst(town: Town) -> None:
    light, heavy, waiting = house(town, "partial", district="山手"), house(town, "half"), house(town, "total", state="entered", district="港町")
    live(town, light, heavy, waiting, people=3)
    shed = house(town, "total", use="barn")
    live(town, shed, people=2)
    found = lines(town)
    assert found["本町"].grades["confirmed", "half"] == (1, 1, 3)
    assert found["山手"].grades["confirmed", "partial"] == (1, 0, 0)
    assert found["港町"].grades["unconfirmed", "total"] == (1, 0, 0)


def test_owners_who_live_elsewhere_and_taken_out_ones_are_not_households_here(town: Town) -> None:
    home = house(town, "half")
    live(town, home, people=2, main=False)
    gone = live(town, home, people=4)
    with town.ctx.unit() as uow:
        uow.victims.save(replace(uow.victims.need(gone), deleted=True))
        uow.commit()
    assert count_damage(town.ctx).total.grades == {("confirmed", "half"): Tally(buildings=1)}


def test_households_nobody_wrote_down_are_told(town: Town) -> None:
    live(town, house(town, "half"), people=0)
    found = count_damage(town.ctx)
    assert (found.total.grades["confirmed", "half"], found.unknown_people) == ((1, 1, 0), 1)


def test_water_above_and_below_the_floor(town: Town) -> None:
    def flooded(grade: str, **inputs: Any) -> str:
        return house(town, grade, hazard="flood_inland", inputs=json.dumps({"hazard": "flood_inland", **inputs}))

    live(town, flooded("semi_half", depth_cm=10), people=2)
    flooded("partial", above_floor=False)
    flooded("none", depth_cm=-10)
    flooded("half", depth_cm=60)
    flooded("partial", depth_cm=None)
    flooded("none", depth_cm="much")
    house(town, "none", hazard="flood_inland", inputs="{")
    total = count_damage(town.ctx).total
    assert total.categories == {
        ("confirmed", "above_floor"): (1, 1, 2), ("confirmed", "below_floor"): (2, 0, 0), ("confirmed", "half"): (1, 0, 0),
        ("confirmed", "partial"): (1, 0, 0),
    }  # fmt: skip
    assert total.suffering == (2, 1, 2)


def test_what_nobody_lives_in_is_counted_by_the_piece(town: Town) -> None:
    house(town, "total", use="public")
    house(town, "half", use="barn", state="entered")
    house(town, "partial", use="business")
    house(town, "total", use="wall")
    found = count_damage(town.ctx).total
    assert found.other == {("confirmed", "public"): 1, ("unconfirmed", "other"): 1} and found.grades == {}


def test_an_earlier_moment_knows_what_was_known_then(town: Town) -> None:
    first = house(town, "half", state="entered")
    then = town.clock()
    town.clock.forward(hours=2)
    with town.ctx.unit() as uow:
        entered = uow.surveys.where(building_id=first)[0]
        uow.surveys.save(replace(entered, state="counted", checked_at=town.clock()))
        uow.commit()
    later = house(town, "total")
    live(town, later)
    assert count_damage(town.ctx, at=then).total.grades == {("unconfirmed", "half"): (1, 0, 0)}
    assert count_damage(town.ctx, at=town.clock()).total.grades == {("confirmed", "half"): (1, 0, 0), ("confirmed", "total"): (1, 1, 1)}
    assert count_damage(town.ctx, at=then - timedelta(days=1)).lines == ()
    empty = house(town)
    assert (count_damage(town.ctx, at=then).unjudged, count_damage(town.ctx).unjudged, bool(empty)) == (0, 1, True)


def test_people_come_from_the_register_and_from_what_was_typed(town: Town) -> None:
    check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "架空　三郎", "injury": "serious"})])
    check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "架空　四郎", "injury": "light"})])
    assert count_damage(town.ctx).casualties == {"dead": 0, "serious": 1, "light": 1}
    with town.ctx.unit() as uow:
        one = uow.persons.where(injury="light")[0]
        uow.persons.save(replace(one, died_at=town.clock()))
        uow.commit()
    assert count_damage(town.ctx).casualties == {"dead": 1, "serious": 1, "light": 0}
    save_typed(town.ctx, values={"dead": 2, "missing": 1}, number=3)
    save_typed(town.ctx, values={"missing": 0})
    found = count_damage(town.ctx)
    assert (found.typed, found.number) == ({"dead": 2, "missing": 0}, 3)
    save_typed(town.ctx, values={"dead": None})
    assert count_damage(town.ctx).typed == {"missing": 0}


@pytest.mark.parametrize(
    ("values", "number", "code", "field"),
    [({"dead": -1}, None, "counts.negative", "dead"), ({"cows": 1}, None, "word.unknown", "cows"), ({}, -1, "counts.negative", "number")],
)
def test_what_cannot_be_typed_is_refused(town: Town, values: dict[str, int], number: int | None, code: str, field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        save_typed(town.ctx, values=values, number=number)
    assert (refused.value.code, refused.value.field) == (code, field)
    with pytest.raises(RuleViolation):
        save_typed(town.acting("viewer"), values={"dead": 1})
    assert count_damage(town.ctx).typed == {}


def applied(town: Town, on: str, *, state: str = "judged", issued: str = "") -> None:
    """An application of a day, perhaps served."""
    with town.ctx.unit() as uow:
        made = uow.applications.add(Application(id=new_id(), number=f"A{uow.next_number('a')}", applied_on=on, state=state))
        if issued:
            uow.certificates.add(Certificate(id=new_id(), application_id=made.id, number=made.number, issued_on=issued))
        uow.commit()


def test_each_day_says_what_was_done_and_what_is_open(town: Town) -> None:
    town.clock.time = datetime(2024, 1, 11, 3, 0, tzinfo=UTC)
    applied(town, "2024-01-03", state="issued", issued="2024-01-09")
    applied(town, "2024-01-04")
    applied(town, "2024-01-08", state="closed")
    home = house(town, "half", surveyed_on="2024-01-05")
    judge(town, home, "large", kind="second", surveyed_on="2024-01-07")
    house(town, "half", state="entered", surveyed_on="2024-01-07")
    house(town)
    progress = work_progress(town.ctx)
    days = {one.day.day: one for one in progress.days}
    assert list(days) == list(range(3, 12))
    assert [(n, days[n].applied, days[n].surveyed, days[n].judged, days[n].issued, days[n].open) for n in (3, 4, 5, 7, 8, 9, 11)] == [
        (3, 1, 0, 0, 0, 1), (4, 1, 0, 0, 0, 2), (5, 0, 1, 0, 0, 2), (7, 0, 1, 0, 0, 2), (8, 1, 0, 0, 0, 2), (9, 0, 0, 0, 1, 1), (11, 0, 0, 1, 0, 1),
    ]  # fmt: skip
    waiting = progress.waiting
    assert (waiting.open, waiting.median_open, waiting.longest_open, waiting.median_served) == (1, 7, 7, 6)
    assert (progress.surveys.remaining, progress.surveys.days, progress.surveys.finish) == (1, 7, date(2024, 1, 15))
    assert (progress.certificates.remaining, progress.certificates.at_todays_pace) == (1, None)
    few = work_progress(town.ctx, days=2)
    assert [one.day.day for one in few.days] == [10, 11] and few.days[0].open == 1


def test_a_request_for_another_survey_is_work_that_remains(town: Town) -> None:
    home = house(town, "half")
    assert work_progress(town.ctx).surveys.remaining == 0
    with town.ctx.unit() as uow:
        uow.appeals.add(Appeal(id=new_id(), building_id=home))
        uow.commit()
    assert work_progress(town.ctx).surveys.remaining == 1


def test_an_empty_folder_counts_nothing(town: Town) -> None:
    found, progress = count_damage(town.ctx), work_progress(town.ctx)
    assert (found.lines, found.total.grades, found.unjudged) == ((), {}, 0)
    assert (len(progress.days), progress.waiting.open, progress.certificates.finish) == (1, 0, TODAY)
