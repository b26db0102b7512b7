"""The same human being registered at two laptops that had not met: shown with places, decided once, counted once everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.evacuee import Person
from app.usecases import persons, rosters
from app.usecases.overview import take_overview
from app.usecases.reception import Arrival, check_in
from tests.package_town import enrolled, open_office, send, take
from tests.stores import SHELTERS, Town

WHO = {"name": "見本　梅", "kana": "ミホン　ウメ", "birth": "S10.2.3"}
OTHER = "架空公民館"


@pytest.fixture
def hq(town: Town) -> Town:
    return open_office(town)


@pytest.fixture
def laptops(hq: Town, tmp_path: Path) -> Iterator[list[Town]]:
    """Two shelters' laptops that have the shelters."""
    made = [enrolled(hq, tmp_path / str(at), site=site) for at, site in enumerate(("見本小学校", OTHER))]
    for at, laptop in enumerate(made):
        take(laptop, send(hq, laptop.ctx.place.site_name, tmp_path / f"first{at}").path)
    yield made
    for laptop in made:
        laptop.session.close(backup=False)


def rostered(place: Town) -> int:
    """People on the roster, over all shelters, in every way they are counted."""
    roster = rosters.take_roster(place.ctx, wanted=rosters.now_filter(place.ctx))
    people = len({line.person_id for line in roster.rows}) - roster.twice
    assert people == take_overview(place.ctx).rostered
    return people


def meet(hq: Town, laptops: list[Town], folder: Path, name: str) -> None:
    """Everybody's packages to headquarters, then headquarters' to everybody."""
    for at, laptop in enumerate(laptops):
        take(hq, send(laptop, "hq", folder / f"{name}-up{at}").path)
    for at, laptop in enumerate(laptops):
        take(laptop, send(hq, laptop.ctx.place.site_name, folder / f"{name}-down{at}").path)


@pytest.mark.parametrize("same_shelter", [False, True])
def test_registered_at_two_laptops_is_one_human_being_once_decided(hq: Town, laptops: list[Town], tmp_path: Path, same_shelter: bool) -> None:
    for at, laptop in enumerate(laptops):
        check_in(laptop.ctx, shelter_id=hq.shelters[0 if same_shelter else at], arrivals=[Arrival(values=WHO)])
        check_in(laptop.ctx, shelter_id=hq.shelters[at], arrivals=[Arrival(values={"name": f"例示　{at}"})])
        laptop.clock.forward(minutes=5)
    meet(hq, laptops, tmp_path, "a")
    everybody = [hq, *laptops]
    (group,) = persons.find_duplicates(hq.ctx)
    hits = persons.show_people(hq.ctx, person_ids=group.persons)
    assert {hit.shelter_name for hit in hits} == set(SHELTERS[:1] if same_shelter else SHELTERS[:2]) and all(hit.since for hit in hits)
    origins = hq.ctx.reads.persons.origins(group.persons)
    assert {one.site for one in origins.values()} == {"見本小学校", OTHER} and len({one.at for one in origins.values()}) == 2
    assert [rostered(one) for one in everybody] == [4, 4, 4]
    persons.decide(laptops[0].ctx, first=group.persons[0], second=group.persons[1], decision="same")
    assert [rostered(one) for one in everybody] == [4, 3, 4]
    meet(hq, laptops, tmp_path, "b")
    assert [rostered(one) for one in everybody] == [3, 3, 3]
    for one in everybody:
        assert persons.find_duplicates(one.ctx) == [] and len([who for who in one.ctx.reads.all("person") if isinstance(who, Person)]) == 4
        by_shelter = {row.name: row.rostered for row in one.ctx.reads.shelters.rows(at=one.ctx.now())}
        assert [by_shelter[name] for name in SHELTERS[:2]] == ([2, 1] if same_shelter else [2, 2])
        assert one.ctx.reads.exchange.count_conflicts() == 0 and one.problems() == []


def test_decided_differently_at_two_laptops_waits_for_a_person_and_counts_two(hq: Town, laptops: list[Town], tmp_path: Path) -> None:
    for at, laptop in enumerate(laptops):
        check_in(laptop.ctx, shelter_id=hq.shelters[at], arrivals=[Arrival(values=WHO)])
    meet(hq, laptops, tmp_path, "a")
    (group,) = persons.find_duplicates(hq.ctx)
    persons.decide(laptops[0].ctx, first=group.persons[0], second=group.persons[1], decision="same")
    persons.decide(laptops[1].ctx, first=group.persons[0], second=group.persons[1], decision="different")
    meet(hq, laptops, tmp_path, "b")
    counted = {rostered(one) for one in (hq, *laptops)}
    assert len(counted) == 1
