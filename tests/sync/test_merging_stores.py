"""Laptops that meet: what each case comes to, on real stores. The rules are in ARCHITECTURE.md, "Rules for merging"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.codes import DESTINATIONS
from app.domain.errors import RuleViolation
from app.usecases.conflicts import list_conflicts, settle_conflict
from app.usecases.persons import correct_person, link_resident, undo
from app.usecases.reception import Arrival, check_in, check_out, move
from app.usecases.rosters import RosterFilter
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


def arrive(laptop: Laptop, name: str, shelter: int = 0) -> str:
    """Somebody who is in no register; answers the person's id."""
    before = set(laptop.state("person"))
    check_in(laptop.ctx, shelter_id=laptop.town.shelters[shelter], arrivals=[Arrival(values={"name": name})])
    return next(record for kind, record in laptop.state("person") if (kind, record) not in before)


def correct(laptop: Laptop, person: str, **values: Any) -> None:
    record: Any = laptop.ctx.reads.get("person", person)
    correct_person(laptop.ctx, person_id=person, version=record.version, values=values)


def meet(*laptops: Laptop) -> None:
    """Everybody gives everybody what they have, twice, so that all know all."""
    devices = list_of(*laptops)
    for _ in range(2):
        for giver in laptops:
            for taker in laptops:
                if giver is not taker:
                    hand_over(giver, taker, devices)


def agree(*laptops: Laptop) -> None:
    """All show the same, and their files are as the program left them."""
    first = laptops[0]
    for other in laptops[1:]:
        assert other.state() == first.state()
        assert [c.id for c in other.conflicts()] == [c.id for c in first.conflicts()] or {c.id for c in other.conflicts()} == {
            c.id for c in first.conflicts()
        }
    for one in laptops:
        assert one.town.problems() == []


def present(laptop: Laptop, *, at: Any = None) -> list[tuple[str, str]]:
    when = at or laptop.town.clock.time + timedelta(minutes=1)
    return [(row.name, row.shelter) for row in laptop.ctx.reads.rosters.roster(RosterFilter(at=when)).rows]


def test_operations_arrive_and_the_same_record_is_there(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    person = arrive(one, "架空　一郎")
    report = hand_over(one, hq, devices)
    assert report.operations >= 3 and report.records["person"] == 1 and not report.conflicts
    assert hq.state() == one.state()
    again = hand_over(one, hq, devices)
    assert again.operations == 0 and again.known == 0
    assert hq.ctx.reads.get("person", person) is not None
    agree(hq, one)


def test_different_fields_corrected_at_both_are_one_record_without_a_word(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    person = arrive(one, "架空　一郎")
    meet(hq, one)
    correct(hq, person, phone="090-0000-0001")
    correct(one, person, note="杖を使う")
    meet(hq, one)
    record: Any = hq.ctx.reads.get("person", person)
    assert (record.phone, record.note, hq.conflicts()) == ("090-0000-0001", "杖を使う", [])
    agree(hq, one)


def test_corrected_at_both(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    person = arrive(one, "架空　一郎")
    meet(hq, one)
    correct(hq, person, name="架空　二郎")
    one.town.clock.forward(minutes=5)
    correct(one, person, name="架空　三郎")
    meet(hq, one)
    (told,) = hq.conflicts()
    assert (told.fields, told.title, told.person_id) == (("name",), "架空　三郎", person)
    assert [(side.letter, side.values["name"], side.before["name"]) for side in told.sides] == [
        ("A", "架空　二郎", "架空　一郎"),
        ("B", "架空　三郎", "架空　一郎"),
    ]
    settle_conflict(hq.ctx, conflict_id=told.id, take="A", reason="本人に確かめた")
    meet(hq, one)
    assert one.ctx.reads.get("person", person).name == "架空　二郎"  # type: ignore[union-attr]
    assert not one.conflicts()
    agree(hq, one)


def test_the_same_correction_at_both_is_no_conflict(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    person = arrive(one, "架空　一郎")
    meet(hq, one)
    for laptop in pair:
        correct(laptop, person, name="架空　二郎")
    meet(hq, one)
    assert not hq.conflicts()
    agree(hq, one)


def test_settling_for_what_is_shown_is_known_everywhere(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    person = arrive(one, "架空　一郎")
    meet(hq, one)
    correct(hq, person, name="架空　二郎")
    one.town.clock.forward(minutes=5)
    correct(one, person, name="架空　三郎")
    meet(hq, one)
    (told,) = one.conflicts()
    assert told.shown["name"] == "架空　三郎"
    settle_conflict(one.ctx, conflict_id=told.id, take="B")
    assert not one.conflicts()
    meet(hq, one)
    assert not hq.conflicts()
    agree(hq, one)
    with pytest.raises(RuleViolation, match="conflict.not_found"):
        settle_conflict(hq.ctx, conflict_id=told.id, take="A")


def test_a_correction_by_somebody_who_saw_both_decides(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    person = arrive(one, "架空　一郎")
    meet(hq, one)
    correct(hq, person, name="架空　二郎", note="北側")
    one.town.clock.forward(minutes=5)
    correct(one, person, name="架空　三郎", note="南側")
    meet(hq, one)
    assert {c.fields for c in hq.conflicts()} == {("name",), ("note",)}
    correct(hq, person, name="架空　四郎")
    assert [c.fields for c in hq.conflicts()] == [("note",)]
    agree_note = hq.conflicts()[0]
    settle_conflict(hq.ctx, conflict_id=agree_note.id, take="both")
    meet(hq, one)
    assert one.ctx.reads.get("person", person).note == "北側\n南側"  # type: ignore[union-attr]
    agree(hq, one)


def test_a_third_value_is_written(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    person = arrive(one, "架空　一郎")
    meet(hq, one)
    correct(hq, person, name="架空　二郎")
    correct(one, person, name="架空　三郎")
    meet(hq, one)
    (told,) = hq.conflicts()
    for wrong, code in (({"age": 3}, "conflict.field_unknown"), ({"name": 3}, "conflict.value_wrong"), ({"name": ""}, "person.name_missing")):
        with pytest.raises(RuleViolation, match=code):
            settle_conflict(hq.ctx, conflict_id=told.id, values=wrong)
    with pytest.raises(RuleViolation, match="conflict.no_such_side"):
        settle_conflict(hq.ctx, conflict_id=told.id, take="C")
    with pytest.raises(RuleViolation, match="conflict.not_both"):
        settle_conflict(hq.ctx, conflict_id=told.id, take="both")
    settle_conflict(hq.ctx, conflict_id=told.id, values={"name": "架空　五郎"})
    meet(hq, one)
    assert one.ctx.reads.get("person", person).name == "架空　五郎"  # type: ignore[union-attr]
    agree(hq, one)


def test_checked_in_at_two_shelters(pair: tuple[Laptop, Laptop]) -> None:
    """Both stays are kept, both rosters show the person, who counts once; it waits for somebody to say where."""
    hq, one = pair
    person = arrive(hq, "架空　一郎", shelter=0)
    check_out(hq.ctx, person_id=person, destination="home")
    meet(hq, one)
    hq.town.clock.forward(hours=1)
    check_in(hq.ctx, shelter_id=hq.town.shelters[0], arrivals=[Arrival(person_id=person)])
    one.town.clock.forward(hours=2)
    check_in(one.ctx, shelter_id=one.town.shelters[1], arrivals=[Arrival(person_id=person)])
    hq.town.clock.forward(hours=1)
    meet(hq, one)
    assert sorted(shelter for _, shelter in present(one)) == sorted([one.ctx.reads.get("shelter", s).name for s in one.town.shelters[:2]])  # type: ignore[union-attr]
    assert one.ctx.reads.shelters.trend(moments=[one.town.clock.time])[0].rostered == 1
    (told,) = list_conflicts(hq.ctx)
    assert (told.kind, told.fields, told.title, told.person_id) == ("stay", ("shelter_id",), "架空　一郎", person)
    assert [side.values["shelter_id"] for side in told.sides] == hq.town.shelters[:2]
    settle_conflict(hq.ctx, conflict_id=told.id, take="B")
    meet(hq, one)
    assert [shelter for _, shelter in present(one)] == [one.ctx.reads.get("shelter", one.town.shelters[1]).name]  # type: ignore[union-attr]
    assert list_conflicts(one.ctx) == []
    agree(hq, one)


def test_checked_in_at_two_shelters_is_over_when_one_stay_ends(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    person = arrive(hq, "架空　一郎", shelter=0)
    check_out(hq.ctx, person_id=person, destination="home")
    meet(hq, one)
    for laptop, shelter in ((hq, 0), (one, 1)):
        laptop.town.clock.forward(hours=1)
        check_in(laptop.ctx, shelter_id=laptop.town.shelters[shelter], arrivals=[Arrival(person_id=person)])
    meet(hq, one)
    running = [values["id"] for (kind, _), values in one.state("stay").items() if values["to_at"] is None]
    assert len(running) == 2 and len(list_conflicts(one.ctx)) == 1
    check_out(one.ctx, person_id=person, destination="home", stay_id=running[0])
    meet(hq, one)
    assert list_conflicts(hq.ctx) == []
    agree(hq, one)


def test_moved_at_one_and_left_at_another(pair: tuple[Laptop, Laptop]) -> None:
    """Both ends of the stay wait side by side; who decides that the person left takes back the stay that the move began."""
    hq, one = pair
    person = arrive(one, "架空　一郎")
    meet(hq, one)
    hq.town.clock.forward(hours=1)
    move(hq.ctx, person_id=person, shelter_id=hq.town.shelters[1])
    one.town.clock.forward(hours=2)
    check_out(one.ctx, person_id=person, destination=next(d for d in DESTINATIONS if d not in ("dead", "shelter")))
    meet(hq, one)
    (told,) = list_conflicts(hq.ctx)
    assert told.kind == "stay" and "destination" in told.fields and told.person_id == person
    assert [side.values["destination"] for side in told.sides][0] == "shelter"
    assert len([1 for _, values in hq.state("stay").items() if values["to_at"] is None]) == 1
    settle_conflict(hq.ctx, conflict_id=told.id, take="B")
    meet(hq, one)
    assert present(one) == [] and list_conflicts(one.ctx) == []
    agree(hq, one)


def test_linked_to_two_residents(pair: tuple[Laptop, Laptop]) -> None:
    """Number and row of a resident go together: never the row of one and the number of the other."""
    hq, one = pair
    person = arrive(one, "髙橋　太郎")
    meet(hq, one)
    link_resident(hq.ctx, person_id=person, resident_id=hq.town.resident("太郎"))
    one.town.clock.forward(minutes=1)
    link_resident(one.ctx, person_id=person, resident_id=one.town.resident("一郎"))
    meet(hq, one)
    told = next(c for c in hq.conflicts() if "resident_id" in c.fields)
    assert told.fields == ("resident_id", "resident_no")
    assert [side.values for side in told.sides] == [
        {"resident_id": hq.town.resident("太郎"), "resident_no": "0000000011"},
        {"resident_id": hq.town.resident("一郎"), "resident_no": "0000000013"},
    ]
    settle_conflict(one.ctx, conflict_id=told.id, take="A")
    meet(hq, one)
    record: Any = hq.ctx.reads.get("person", person)
    assert (record.resident_id, record.resident_no) == (hq.town.resident("太郎"), "0000000011")
    agree(hq, one)


@pytest.mark.parametrize("take", ["A", "B"])
def test_deleted_here_and_edited_there(pair: tuple[Laptop, Laptop], take: str) -> None:
    """The record stays, shown as edited, until somebody decides."""
    hq, one = pair
    person = arrive(one, "架空　一郎")
    meet(hq, one)
    hq.town.clock.forward(minutes=1)
    (act, *_) = [entry.group for entry in hq.ctx.reads.journal.history(person)]
    undo(hq.ctx, act=act, reason="二重に入れた")
    one.town.clock.forward(minutes=2)
    correct(one, person, note="杖を使う")
    meet(hq, one)
    told = next(c for c in hq.conflicts() if c.kind == "person")
    assert told.fields == ("deleted",) and [side.deleted for side in told.sides] == [True, False]
    record: Any = hq.ctx.reads.get("person", person)
    assert (record.deleted, record.note) == (False, "杖を使う")
    settle_conflict(hq.ctx, conflict_id=told.id, take=take)
    meet(hq, one)
    assert one.ctx.reads.get("person", person).deleted is (take == "A")  # type: ignore[union-attr]
    assert not [c for c in one.conflicts() if c.kind == "person"]
    agree(hq, one)


def test_protected_on_either_side_is_protected_and_hidden(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    person = arrive(one, "架空　一郎")
    meet(hq, one)
    correct(hq, person, name="架空　二郎", protected=True)
    correct(one, person, name="架空　三郎")
    meet(hq, one)
    record: Any = one.ctx.reads.get("person", person)
    assert record.protected and len(one.conflicts()) == 1
    clerk = one.town.acting("desk")
    assert not clerk.actor.may("see_protected")
    assert list_conflicts(clerk) == [] and clerk.reads.exchange.count_conflicts() == 0
    with pytest.raises(RuleViolation, match="conflict.not_found"):
        settle_conflict(clerk, conflict_id=one.conflicts()[0].id, take="A")


def test_history_is_in_the_order_of_operations_and_what_was_known_stays_known(pair: tuple[Laptop, Laptop]) -> None:
    hq, one = pair
    devices = list_of(hq, one)
    person = arrive(one, "架空　一郎")
    hq.town.clock.forward(minutes=10)
    hand_over(one, hq, devices)
    first = hq.town.clock.time
    one.town.clock.forward(minutes=5)
    correct(one, person, name="架空　二郎")
    hq.town.clock.forward(minutes=10)
    correct(hq, person, note="杖を使う")
    second = hq.town.clock.time
    hq.town.clock.forward(minutes=10)
    hand_over(one, hq, devices)
    told = [(entry.field, entry.new) for entry in hq.ctx.reads.journal.history(person) if entry.field in ("name", "note") and entry.new]
    assert told == [("name", "架空　一郎"), ("name", "架空　二郎"), ("note", "杖を使う")]
    now = hq.town.clock.time
    for known, expected in ((first, ("架空　一郎", "")), (second, ("架空　一郎", "杖を使う")), (now, ("架空　二郎", "杖を使う"))):
        rows = hq.ctx.reads.rosters.roster(RosterFilter(at=now, known_at=known)).rows
        assert [(row.name, row.note) for row in rows] == [expected]
