"""Laptops that meet: what each case comes to, on real stores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.usecases.persons import correct_person
from app.usecases.reception import Arrival, check_in
from tests.sync.laptops import Laptop, hand_over, list_of, open_laptop


@pytest.fixture
def pair(template: Path, tmp_path: Path) -> Iterator[tuple[Laptop, Laptop]]:
    """Headquarters and a shelter."""
    made = open_laptop(template, tmp_path / "hq", kind="hq"), open_laptop(template, tmp_path / "one")
    yield made
    for one in made:
        one.town.session.close(backup=False)


def arrive(laptop: Laptop, name: str, shelter: int = 0) -> str:
    """Somebody who is in no register; answers the person's id."""
    before = set(laptop.state("person"))
    check_in(laptop.ctx, shelter_id=laptop.town.shelters[shelter], arrivals=[Arrival(values={"name": name})])
    return next(record for kind, record in laptop.state("person") if (kind, record) not in before)


def test_operations_arrive_and_the_same_record_is_there(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    person = arrive(one, "架空　一郎")
    report = hand_over(one, hq, devices)
    assert report.operations >= 3 and report.records["person"] == 1 and not report.conflicts
    assert hq.state() == one.state()
    again = hand_over(one, hq, devices)
    assert again.operations == 0
    assert hq.ctx.reads.get("person", person) is not None
    assert hq.town.problems() == [] and one.town.problems() == []


def test_corrected_at_both(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    person = arrive(one, "架空　一郎")
    hand_over(one, hq, devices)
    for laptop, name in ((hq, "架空　二郎"), (one, "架空　三郎")):
        record = laptop.ctx.reads.get("person", person)
        correct_person(laptop.ctx, person_id=person, version=record.version, values={"name": name})
    hand_over(one, hq, devices)
    hand_over(hq, one, devices)
    assert hq.state() == one.state()
    told = hq.conflicts()
    assert [(c.fields, [s.values["name"] for s in c.sides]) for c in told] == [(("kana", "name"), [*sorted(["架空　二郎", "架空　三郎"], key=lambda n: n)])] or len(told) == 1
    assert {s.values["name"] for s in told[0].sides} == {"架空　二郎", "架空　三郎"}
    assert hq.town.problems() == [] and one.town.problems() == []
