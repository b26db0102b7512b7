"""The same as ``test_merging_model`` on real encrypted stores: random edits, sticks of which parts are lost, restores, undetected clones, wild clocks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.domain.building import Building
from app.domain.evacuee import Person, Stay
from app.domain.exchange import DeviceList, Known
from app.domain.identifiers import new_id
from tests.stores import Clock, copy_store, open_town
from tests.sync.laptops import Laptop, hand_over, list_of, open_laptop

WORDS = ("write", "write", "write", "office", "give", "give", "part", "backup", "restore", "clone", "clock")
steps = st.lists(st.tuples(st.sampled_from(WORDS), *[st.integers(0, 99)] * 4), min_size=6, max_size=16)
KINDS = ("hq", "shelter", "desk")
_NUMBERS = count()


class Office:
    """Some laptops in a folder."""

    def __init__(self, template: Path, folder: Path) -> None:
        self.folder = folder
        self.laptops = [open_laptop(template, folder / f"one{n}", kind=kind) for n, kind in enumerate(KINDS)]
        self.copies: dict[int, Path] = {}

    def close(self) -> None:
        for one in self.laptops:
            one.town.session.close(backup=False)

    def reopen(self, at: int, folder: Path) -> None:
        before = self.laptops[at]
        self.laptops[at] = Laptop(open_town(folder, before.town.clock), before.kind, before.site_id)

    def devices(self) -> DeviceList:
        return list_of(*self.laptops)

    def give(self, giver: int, taker: int) -> None:
        if giver != taker:
            hand_over(self.laptops[giver], self.laptops[taker], self.devices())
            self.look(taker)

    def look(self, at: int) -> None:
        """A laptop that turned out to be a copy goes on as a new one."""
        laptop = self.laptops[at]
        if laptop.device != laptop.ctx.place.device_id:
            laptop.town.session.close(backup=False)
            self.reopen(at, laptop.town.folder)

    def part(self, giver: int, taker: int, lost: int) -> None:
        """A stick of which some files were lost."""
        if giver == taker:
            return
        one, other, devices = self.laptops[giver], self.laptops[taker], self.devices()
        segments = one.write({} if lost % 2 else known(other), to=other.kind, most=3)
        for n, segment in enumerate(segments):
            if (n * 5 + lost) % 3:
                continue
            try:
                other.take([segment], devices)
            except Exception as error:
                assert getattr(error, "code", "") == "exchange.head_false", error  # its end was in another part: nothing came in
        self.look(taker)

    def save(self, at: int) -> None:
        """A backup: a copy of the closed folder."""
        folder = self.laptops[at].town.folder
        self.laptops[at].town.session.close(backup=False)
        self.copies[at] = copy_store(folder, self.folder / f"copy{next(_NUMBERS)}")
        self.reopen(at, folder)

    def restore(self, at: int) -> None:
        if at in self.copies:
            self.laptops[at].town.session.close(backup=False)
            target = self.folder / f"restored{next(_NUMBERS)}"
            shutil.copytree(self.copies[at], target)
            run_forget(target)
            self.reopen(at, target)

    def clone(self, at: int) -> None:
        if len(self.laptops) >= 5:
            return
        self.save(at)
        before = self.laptops[at]
        made = Laptop(open_town(self.copies.pop(at), Clock(before.town.clock.time)), before.kind, before.site_id)
        self.laptops.append(made)


def run_forget(folder: Path) -> None:
    """A restored folder is a new device."""
    from tests.stores import run_sql

    run_sql(
        folder,
        "INSERT INTO setting (name, value) VALUES ('exchange.place', 'elsewhere') ON CONFLICT (name) DO UPDATE SET value = 'elsewhere'",
    )


def known(laptop: Laptop) -> dict[str, Known]:
    return dict(laptop.ctx.reads.exchange.vector())


def write(laptop: Laptop, b: int, c: int, d: int) -> None:
    """Somebody does something to one of a few people."""
    laptop.town.clock.forward(seconds=7)
    people = sorted(record for kind, record in laptop.state("person"))
    with laptop.ctx.unit(reason="試し") as uow:
        if len(people) < 2 or b % 5 == 0:
            person = uow.persons.add(Person(id=new_id(), name=f"架空　{c}郎", source="stranger"))
            uow.stays.add(Stay(id=new_id(), person_id=person.id, shelter_id=laptop.town.shelters[c % 3], from_at=laptop.town.clock()))
        else:
            before: Any = uow.persons.get(people[b % len(people)])
            change: dict[str, Any] = (
                {"name": f"架空　{d}郎"}, {"kana": f"カクウ{d}"}, {"note": f"覚え{d % 3}"}, {"deleted": bool(d % 2)}, {"needs": (("infant", "pet")[d % 2],)},
            )[c % 5]  # fmt: skip
            uow.persons.save(replace(before, **change))
        uow.commit()


def office_work(laptop: Laptop, b: int) -> None:
    """Something that a shelter is not given."""
    buildings = sorted(record for _, record in laptop.state("building"))
    with laptop.ctx.unit(reason="調査") as uow:
        if not buildings or b % 2:
            uow.buildings.add(Building(id=new_id(), number=f"B-{b}"))
        else:
            before: Any = uow.buildings.get(buildings[b % len(buildings)])
            uow.buildings.save(replace(before, note=f"覚え{b}"))
        uow.commit()


def act(office: Office, step: tuple[str, int, int, int, int]) -> None:
    what, a, b, c, d = step
    at, other = a % len(office.laptops), b % len(office.laptops)
    laptop = office.laptops[at]
    if what == "write":
        write(laptop, b, c, d)
    elif what == "office":
        office_work(laptop, b)
    elif what == "give":
        office.give(at, other)
    elif what == "part":
        office.part(at, other, c)
    elif what == "backup":
        office.save(at)
    elif what == "restore":
        office.restore(at)
    elif what == "clone":
        office.clone(at)
    else:
        laptop.town.clock.forward(days=(c - 50) * 30)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the folders of all examples are, gone at the end."""
    folder = tmp_path_factory.mktemp("random")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@given(steps)
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
def test_real_stores_come_to_the_same(template: Path, place: Path, told: list[tuple[str, int, int, int, int]]) -> None:
    office = Office(template, place / f"example{next(_NUMBERS)}")
    try:
        for step in told:
            act(office, step)
        for laptop in office.laptops:
            assert laptop.town.problems() == []
        for _ in range(3):
            for giver in range(len(office.laptops)):
                for taker in range(len(office.laptops)):
                    office.give(giver, taker)
        check_same(office)
    finally:
        office.close()
        shutil.rmtree(office.folder)


def check_same(office: Office) -> None:
    """Everybody knows all, shows the same, waits for the same decisions, and no file is other than the program left it."""
    kinds = ("shelter", "household", "person", "stay", "absence")
    first = office.laptops[0]
    ends = {(chain, at) for chain, at in known(first).items() if at.seq}
    for laptop in office.laptops:
        assert laptop.state(*kinds) == first.state(*kinds)
        assert {one.id for one in laptop.conflicts()} == {
            one.id for one in first.conflicts() if one.kind != "building" or laptop.kind != "shelter"
        }
        assert laptop.ctx.reads.exchange.gaps() == []
        assert {at.hash for chain, at in known(laptop).items() if chain in dict(ends)} <= {at.hash for _, at in ends}
        if laptop.kind != "shelter":
            assert laptop.state("building") == first.state("building") and known(laptop) == known(first)
        assert laptop.town.problems() == []
