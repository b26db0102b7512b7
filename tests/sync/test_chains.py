"""Chains between laptops: gaps, what a site is not given, copies, ends that were vouched for, revoked devices, and manipulations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.building import Building
from app.domain.errors import EnvironmentFault, IntegrityFault
from app.domain.evacuee import Person
from app.domain.exchange import Gap, Known, Segment
from app.domain.identifiers import new_id
from tests.stores import copy_store, open_town
from tests.sync.laptops import Laptop, hand_over, list_of, open_laptop

Open = Callable[..., Laptop]


@pytest.fixture
def laptops(template: Path, tmp_path: Path) -> Iterator[Open]:
    """Opens further laptops, closed at the end."""
    made: list[Laptop] = []

    def open_one(name: str, kind: str = "shelter") -> Laptop:
        made.append(open_laptop(template, tmp_path / name, kind=kind))
        return made[-1]

    yield open_one
    for one in made:
        one.town.session.close(backup=False)


@pytest.fixture
def pair(laptops: Open) -> tuple[Laptop, Laptop]:
    """Headquarters and a shelter."""
    return laptops("hq", "hq"), laptops("one")


def add_people(laptop: Laptop, *names: str) -> list[str]:
    """New people; one operation each."""
    with laptop.ctx.unit() as uow:
        made = [uow.persons.add(Person(id=new_id(), name=name, source="stranger")).id for name in names]
        uow.commit()
    return made


def rename(laptop: Laptop, person: str, name: str) -> None:
    with laptop.ctx.unit() as uow:
        uow.persons.save(replace(uow.persons.need(person), name=name))
        uow.commit()


def known(laptop: Laptop) -> dict[str, Known]:
    return dict(laptop.ctx.reads.exchange.vector())


def own(segments: list[Segment], laptop: Laptop) -> list[Segment]:
    return [one for one in segments if one.device == laptop.device]


def cut(segment: Segment, first: int, last: int, hashes: dict[int, str]) -> Segment:
    """Rows of a segment from place ``first`` to before ``last``."""
    return replace(segment, first=segment.first + first, previous=hashes[segment.first + first - 1], rows=segment.rows[first:last])


def hashes_of(laptop: Laptop) -> dict[int, str]:
    rows = laptop.town.sql("SELECT device_seq, hash FROM journal WHERE device = ?", laptop.device)
    return {0: "0" * 64, **{row[0]: row[1] for row in rows}}


def test_operations_behind_a_gap_are_shown_and_the_gap_is_told_and_asked_for(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    people = add_people(one, "架空　一", "架空　二", "架空　三", "架空　四")
    (segment,) = own(one.write(known(hq)), one)
    late = cut(segment, 2, 4, hashes_of(one))
    report = hq.take([late], devices)
    assert [(gap.first, gap.last, gap.chain) for gap in report.gaps] == [(1, 2, one.device)]
    assert one.device not in known(hq)
    assert {record for _, record in hq.state("person")} == set(people[2:])
    assert hq.town.problems() == []
    rename(hq, people[3], "架空　四郎")  # whoever works on with it has seen it
    assert hand_over(one, hq, devices).operations == 2
    assert hq.ctx.reads.exchange.gaps() == [] and known(hq)[one.device].seq == 4 and not hq.conflicts()
    hand_over(hq, one, devices)
    assert one.state("person") == hq.state("person") and one.town.problems() == hq.town.problems() == []


def test_a_shelter_is_not_given_what_is_the_offices_and_knows_the_chain_nevertheless(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    add_people(hq, "架空　一")
    with hq.ctx.unit() as uow:
        uow.buildings.add(Building(id=new_id(), number="B-1"))
        uow.buildings.add(Building(id=new_id(), number="B-2"))
        uow.commit()
    add_people(hq, "架空　二")
    (segment,) = own(hq.write(known(one), to="shelter"), hq)
    assert [type(row) is Gap for row in segment.rows] == [False, True, False]
    assert hq.ctx.reads.exchange.count_since(known(one), site_kind="shelter") == 2
    report = one.take([segment], devices)
    assert report.operations == 2 and report.gaps == () and one.state("building") == {}
    assert known(one)[hq.device] == known(hq)[hq.device]
    assert one.town.problems() == []


def test_headquarters_never_believes_a_relays_gap(laptops: Open) -> None:
    hq, one, second = laptops("hq", "hq"), laptops("one"), laptops("second", "hq")
    devices = list_of(hq, one, second)
    add_people(hq, "架空　一")
    with hq.ctx.unit() as uow:
        uow.buildings.add(Building(id=new_id(), number="B-1"))
        uow.commit()
    people = add_people(hq, "架空　二")
    hand_over(hq, one, devices)
    report = hand_over(one, second, devices)
    assert [(gap.first, gap.last) for gap in report.gaps] == [(2, 2)]
    assert ("person", people[0]) in second.state("person")
    hand_over(hq, second, devices)
    assert second.ctx.reads.exchange.gaps() == [] and second.state() == hq.state()
    assert second.town.problems() == []


def test_a_shelter_that_becomes_a_desk_gets_what_it_was_not_given(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    with hq.ctx.unit() as uow:
        uow.buildings.add(Building(id=new_id(), number="B-1"))
        uow.commit()
    hand_over(hq, one, list_of(hq, one))
    one.kind = "desk"
    devices = list_of(hq, one)
    one.take([], devices)
    assert hand_over(hq, one, devices).operations == 1
    assert one.state() == hq.state() and one.town.problems() == []


def test_a_copy_that_nobody_noticed_goes_on_as_a_device_of_its_own(pair: tuple[Laptop, Laptop], tmp_path: Path) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    (person,) = add_people(one, "架空　一")
    one.town.session.close(backup=False)
    folder = one.town.folder
    twin = Laptop(open_town(copy_store(folder, tmp_path / "twin"), one.town.clock), "shelter")
    one.town = open_town(folder, one.town.clock)
    try:
        assert twin.device == one.device
        before = one.device
        rename(one, person, "架空　甲")
        rename(twin, person, "架空　乙")
        hand_over(one, hq, devices)
        report = hand_over(twin, hq, devices)
        assert len(report.branches) == 1 and len(hq.conflicts()) == 1
        assert {side.values["name"] for side in hq.conflicts()[0].sides} == {"架空　甲", "架空　乙"}
        hand_over(hq, one, devices)
        assert one.device != before and twin.device == before
        hand_over(hq, twin, devices)
        assert len({one.device, twin.device, before}) == 3
        for laptop in (hq, one, twin):
            assert laptop.state() == hq.state() and known(laptop) == known(hq) and laptop.town.problems() == []
        assert sorted(chain.partition("~")[0] for chain in known(hq) if chain.startswith(before)) == [before] * 3
    finally:
        twin.town.session.close(backup=False)


def test_what_nobody_vouched_for_is_not_taken(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    add_people(one, "架空　一", "架空　二")
    segments = one.write(known(hq))
    (segment,) = own(segments, one)
    assert segment.head is not None
    forged: list[Segment] = [
        replace(segment, head=None),
        replace(segment, head=replace(segment.head, signature="00" * 64)),
        replace(segment, head=replace(segment.head, seq=1)),
        replace(segment, rows=segment.rows[:1]),
        replace(segment, rows=(segment.rows[0], (*segment.rows[1][:13], '{"name":[null,"x"]}'))),  # type: ignore[misc]
    ]
    before = hq.town.sql("SELECT count(*) FROM journal")
    for bad in forged:
        with pytest.raises(IntegrityFault, match="exchange.head_false"):
            hq.take([bad], devices)
    stranger = replace(devices, devices=tuple(one_ for one_ in devices.devices if one_.device != one.device and one_.device != hq.device))
    with pytest.raises(IntegrityFault, match="exchange.head_false"):
        hq.take([segment], stranger)
    assert hq.town.sql("SELECT count(*) FROM journal") == before


def test_rows_that_do_not_follow_each_other_are_refused(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    add_people(one, "架空　一", "架空　二")
    (segment,) = own(one.write(known(hq)), one)
    row: Any = segment.rows[0]
    for bad in (
        replace(segment, rows=segment.rows[::-1]),
        replace(segment, rows=(row[:13],)),
        replace(segment, chain="other"),
        replace(segment, rows=(Gap(5, 6, "office", "x"),)),
        replace(segment, rows=((*row[:10], "voucher", *row[11:]),)),
    ):
        with pytest.raises(IntegrityFault, match="exchange.chain_broken|exchange.head_false"):
            hq.take([bad], devices)


def test_a_kind_of_a_newer_program_is_refused(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    add_people(one, "架空　一")
    one.town.sql("UPDATE journal SET kind = 'dream' WHERE device = ?", one.device)
    (segment,) = own(one.write(known(hq)), one) or [None]  # type: ignore[list-item]
    row: Any = next(iter(segment.rows)) if segment else None
    assert row is None or isinstance(row, Gap)  # it is in no list of what a site is given
    rows = (("o", "a", 1, "{}", "h", 1, "", "", "", "", "dream", "r", "create", "{}"),)
    bad = Segment(chain=one.device, device=one.device, first=1, previous="0" * 64, rows=rows)
    with pytest.raises(EnvironmentFault, match="exchange.unknown_kind"):
        hq.take([bad], devices)


def test_one_operation_with_two_contents_is_refused(pair: tuple[Laptop, Laptop], laptops: Open) -> None:
    hq, one = pair
    other = laptops("other")
    devices = list_of(hq, one, other)
    add_people(one, "架空　一")
    add_people(other, "架空　二")
    hand_over(one, hq, devices)
    (op,) = one.town.sql("SELECT op_id FROM journal WHERE device = ?", one.device)[0]
    other.town.sql("UPDATE journal SET op_id = ? WHERE device = ?", op, other.device)
    row: Any = own(other.write(known(hq)), other)[0]
    with pytest.raises(IntegrityFault, match="exchange.same_operation"):
        hq.take([row], devices)


def test_nothing_behind_the_end_of_a_revoked_device_counts(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one, revoked={one.device: 2})
    people = add_people(one, "架空　一", "架空　二", "架空　三")
    report = hq.take(one.write(known(hq)), devices)
    assert report.refused == 1 and known(hq)[one.device].seq == 2
    assert {record for _, record in hq.state("person")} == set(people[:2])
    assert hq.town.problems() == []


def test_the_clock_of_whoever_takes_in_is_never_behind(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    one.town.clock.forward(days=3000)
    (person,) = add_people(one, "架空　一")
    hand_over(one, hq, devices)
    rename(hq, person, "架空　二")
    hand_over(hq, one, devices)
    assert one.ctx.reads.get("person", person).name == "架空　二"  # type: ignore[union-attr]
    assert one.state() == hq.state() and not hq.conflicts() and hq.town.problems() == []


def test_an_operator_who_signs_in_here_is_changed_by_nobody_else(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    (before,) = hq.town.sql("SELECT id, roles FROM operator")
    with one.ctx.unit() as uow:
        uow.operators.save(replace(uow.operators.need(before[0]), roles=("view",)))
        uow.commit()
    hand_over(one, hq, devices)
    assert hq.town.sql("SELECT id, roles FROM operator") == [before]


MANIPULATIONS = {
    "foreign row changed": "UPDATE journal SET reason = 'x' WHERE chain = ? AND device_seq = 2",
    "foreign row removed": "DELETE FROM journal WHERE chain = ? AND device_seq = 2",
    "last foreign row removed": "DELETE FROM journal WHERE chain = ? AND device_seq = (SELECT max(device_seq) FROM journal j WHERE j.chain = journal.chain)",
    "row given to another chain": "UPDATE journal SET chain = chain || '~abc' WHERE chain = ? AND device_seq = 2",
    "known end moved": "UPDATE device SET journal_seq = journal_seq - 1 WHERE id = ?",
    "conflict hidden": "DELETE FROM open_conflict WHERE ? <> ''",
    "conflict invented": "UPDATE open_conflict SET record = ?",
    "shown value changed": "UPDATE person SET name = 'x' WHERE ? <> '' AND rid = (SELECT max(rid) FROM person)",
    "stretch behind a gap removed": "DELETE FROM journal WHERE chain = ? AND device_seq = 6",
    "what is withheld changed": "UPDATE withheld SET hash = 'x' WHERE ? <> ''",
    "what is withheld removed": "DELETE FROM withheld WHERE ? <> ''",
}


@pytest.mark.parametrize("name", MANIPULATIONS)
def test_manipulations_of_what_others_wrote_are_found(pair: tuple[Laptop, Laptop], name: str) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    (person, *_) = add_people(hq, "架空　一", "架空　二", "架空　三")
    with hq.ctx.unit() as uow:
        uow.buildings.add(Building(id=new_id(), number="B-1"))
        uow.commit()
    hand_over(hq, one, devices)
    rename(hq, person, "架空　甲")
    rename(hq, person, "架空　乙")
    rename(one, person, "架空　丙")
    (segment,) = own(hq.write(known(one), to="shelter"), hq)
    one.take([cut(segment, 1, 2, hashes_of(hq))], devices)
    assert one.conflicts() and one.town.problems() == [] and one.ctx.reads.exchange.gaps()
    one.town.sql(MANIPULATIONS[name], hq.device)
    assert one.town.problems() != []
