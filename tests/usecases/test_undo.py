"""Taking a mistaken step back by a correcting entry, older versions, corrections of particulars."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.errors import RuleViolation, StaleRecord
from app.domain.identifiers import new_card_number
from app.usecases.headcounts import record_headcount
from app.usecases.persons import correct_household, correct_person, correct_stay, give_card, last_acts, restore_version, undo
from app.usecases.reception import Arrival, check_in, check_out, come_back, go_out, move, record_death
from app.usecases.rows import RosterFilter
from app.usecases.shelters import correct_shelter
from tests.stores import Town

WHY = "入力の間違い"


def arrive(town: Town, *names: str) -> tuple[str, ...]:
    """Residents check in at the first shelter."""
    return check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident(name)) for name in names]).persons


def inside(town: Town) -> set[str]:
    """Who is on a roster now, with where."""
    roster = town.ctx.reads.rosters.roster(RosterFilter(at=town.clock(), include_protected=True))
    return {f"{row.name[-2:]}@{town.shelters.index(row.shelter_id)}" for row in roster.rows}


def undo_last(town: Town, person: str) -> None:
    """Undo the newest act that touched a person."""
    undo(town.ctx, act=last_acts(town.ctx, person_id=person)[0], reason=WHY)


def test_mistaken_check_in_goes_and_can_be_done_again(town: Town) -> None:
    person = arrive(town, "太郎", "花")[0]
    undo_last(town, person)
    assert inside(town) == set() and town.ctx.reads.persons.ids() == []
    history = town.ctx.reads.journal.history(person)
    assert history[-1].field == "deleted" and history[-1].reason == WHY
    arrive(town, "太郎", "花")
    assert len(inside(town)) == 2 and town.problems() == []


def test_leaving_moving_and_death_are_taken_back(town: Town) -> None:
    person = arrive(town, "太郎")[0]
    for act in (
        lambda: check_out(town.ctx, person_id=person, destination="home"),
        lambda: move(town.ctx, person_id=person, shelter_id=town.shelters[1]),
        lambda: record_death(town.ctx, person_id=person),
    ):
        town.clock.forward(hours=1)
        act()
        undo_last(town, person)
        assert inside(town) == {"太郎@0"}
        assert town.ctx.reads.get("person", person).died_at is None
    assert town.problems() == []


def test_undo_of_an_undo_brings_it_back(town: Town) -> None:
    person = arrive(town, "太郎", "花")[0]
    undo_last(town, person)
    act = town.ctx.reads.journal.recent(limit=1)[0].group
    undo(town.ctx, act=act, reason="やはり来ていた")
    assert len(inside(town)) == 2
    with pytest.raises(RuleViolation, match="undo.changed_since"):
        undo(town.ctx, act=act, reason=WHY)


def test_what_was_changed_since_is_not_overwritten(town: Town) -> None:
    person = arrive(town, "太郎")[0]
    first = last_acts(town.ctx, person_id=person)[0]
    correct_person(town.ctx, person_id=person, version=1, values={"mobile": "1"})
    second = last_acts(town.ctx, person_id=person)[0]
    correct_person(town.ctx, person_id=person, version=2, values={"mobile": "2", "note": "x"})
    for act in (first, second):
        before = town.sql("SELECT count(*) FROM journal")
        with pytest.raises(RuleViolation, match="undo.changed_since"):
            undo(town.ctx, act=act, reason=WHY)
        assert town.sql("SELECT count(*) FROM journal") == before
    undo_last(town, person)
    undo(town.ctx, act=second, reason=WHY)
    assert town.ctx.reads.get("person", person).mobile == ""


def test_check_in_with_something_hanging_on_it_is_not_undone(town: Town) -> None:
    person = arrive(town, "太郎")[0]
    act = last_acts(town.ctx, person_id=person)[0]
    town.clock.forward(hours=1)
    go_out(town.ctx, person_id=person)
    with pytest.raises(RuleViolation, match="undo.changed_since"):
        undo(town.ctx, act=act, reason=WHY)
    assert inside(town) == {"太郎@0"}


def test_an_outing_and_a_return_are_taken_back(town: Town) -> None:
    person = arrive(town, "太郎")[0]
    town.clock.forward(hours=1)
    go_out(town.ctx, person_id=person)
    town.clock.forward(hours=1)
    come_back(town.ctx, person_id=person)
    undo_last(town, person)
    assert town.ctx.reads.persons.open_stays([person])[person].absence_kind == "outing"
    come_back(town.ctx, person_id=person)
    town.clock.forward(hours=1)
    go_out(town.ctx, person_id=person, kind="overnight")
    undo_last(town, person)
    assert town.ctx.reads.persons.open_stays([person])[person].absence_kind == ""
    assert inside(town) == {"太郎@0"} and town.problems() == []


def test_household_stays_while_others_belong_to_it(town: Town) -> None:
    first = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("太郎"))])
    arrive(town, "花")
    undo(town.ctx, act=first.act, reason=WHY)
    assert inside(town) == {"　花@0"} and not town.ctx.reads.get("household", first.household).deleted


def test_undo_never_puts_anyone_at_two_places(town: Town) -> None:
    person = arrive(town, "太郎")[0]
    town.clock.forward(hours=1)
    check_out(town.ctx, person_id=person, destination="home")
    left = last_acts(town.ctx, person_id=person)[0]
    town.clock.forward(hours=1)
    check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(person_id=person)])
    with pytest.raises(RuleViolation, match="checkin.already_staying"):
        undo(town.ctx, act=left, reason=WHY)
    assert inside(town) == {"太郎@1"}


def test_undo_needs_a_reason_an_act_and_the_right(town: Town) -> None:
    person = arrive(town, "太郎")[0]
    act = last_acts(town.ctx, person_id=person)[0]
    for ctx, which, reason, code in (
        (town.ctx, act, "  ", "reason.missing"),
        (town.ctx, "no-such-act", WHY, "undo.nothing"),
        (town.acting("view"), act, WHY, "permission.denied"),
    ):
        with pytest.raises(RuleViolation, match=code):
            undo(ctx, act=which, reason=reason)
    founding = town.ctx.reads.journal.history(town.ctx.actor.operator_id)[0].group
    with pytest.raises(RuleViolation, match="undo.not_this"):
        undo(town.ctx, act=founding, reason=WHY)
    made = town.ctx.reads.journal.history(town.shelters[0])[0].group
    with pytest.raises(RuleViolation, match="permission.denied"):
        undo(town.acting("shelter"), act=made, reason=WHY)
    with pytest.raises(RuleViolation, match="undo.changed_since"):
        undo(town.ctx, act=made, reason=WHY)  # somebody stays there


def test_head_count_can_be_undone_by_the_shelter(town: Town) -> None:
    record_headcount(town.ctx, values={"shelter_id": town.shelters[0], "counted_total": 5})
    undo(town.acting("shelter"), act=town.ctx.reads.journal.recent(limit=1)[0].group, reason=WHY)
    assert town.ctx.reads.shelters.headcounts() == []


def test_older_version_comes_back_as_a_new_change(town: Town) -> None:
    person = arrive(town, "太郎")[0]
    for number in range(3):
        town.clock.forward(minutes=1)
        correct_person(town.ctx, person_id=person, version=1 + number, values={"mobile": str(number), "needs": ("care",) * number})
    operations = list(dict.fromkeys(entry.operation for entry in town.ctx.reads.journal.history(person)))
    restore_version(town.ctx, kind="person", record_id=person, operation=operations[1], reason=WHY)
    found = town.ctx.reads.get("person", person)
    assert (found.mobile, found.needs, found.version) == ("0", (), 5)
    restore_version(town.ctx, kind="person", record_id=person, operation=operations[3], reason=WHY)
    assert town.ctx.reads.get("person", person).mobile == "2"
    with pytest.raises(RuleViolation, match="undo.nothing"):
        restore_version(town.ctx, kind="person", record_id=person, operation="x", reason=WHY)
    assert town.problems() == []


def test_restoring_never_gives_roles_or_lifts_protection(town: Town) -> None:
    operator = town.ctx.actor.operator_id
    first = town.ctx.reads.journal.history(operator)[0].operation
    with pytest.raises(RuleViolation, match="undo.not_this"):
        restore_version(town.acting("shelter"), kind="operator", record_id=operator, operation=first, reason=WHY)
    person = arrive(town, "太郎")[0]
    made = town.ctx.reads.journal.history(person)[0].operation
    correct_person(town.ctx, person_id=person, version=1, values={"protected": True})
    act = last_acts(town.ctx, person_id=person)[0]
    for call in (
        lambda: restore_version(town.acting("desk"), kind="person", record_id=person, operation=made, reason=WHY),
        lambda: undo(town.acting("desk"), act=act, reason=WHY),
        lambda: check_in(
            town.acting("desk"), shelter_id=town.shelters[0], arrivals=[Arrival(person_id=person, values={"protected": False})]
        ),
        lambda: correct_person(town.acting("desk"), person_id=person, version=2, values={"protected": False}),
    ):
        with pytest.raises(RuleViolation) as caught:
            call()
        assert caught.value.code in ("person.protected", "record.not_found", "undo.nothing")
    assert town.ctx.reads.get("person", person).protected


def test_restored_stay_must_not_overlap(town: Town) -> None:
    made = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "旅人"})])
    town.clock.forward(hours=1)
    move(town.ctx, person_id=made.persons[0], shelter_id=town.shelters[1])
    first = town.ctx.reads.journal.history(made.stays[0])[0].operation
    with pytest.raises(RuleViolation, match="checkin.already_staying"):
        restore_version(town.ctx, kind="stay", record_id=made.stays[0], operation=first, reason=WHY)


def test_corrections_of_particulars(town: Town) -> None:
    one, two = arrive(town, "太郎", "花")
    cards, _ = give_card(town.ctx, person_ids=[one])
    with pytest.raises(StaleRecord):
        correct_person(town.ctx, person_id=one, version=1, values={"mobile": "2"})
    with pytest.raises(RuleViolation, match="card.taken"):
        correct_person(town.ctx, person_id=two, version=1, values={"card": cards[one]})
    with pytest.raises(RuleViolation, match="card.unreadable"):
        correct_person(town.ctx, person_id=two, version=1, values={"card": "x"})
    with pytest.raises(RuleViolation, match="word.unknown"):
        correct_person(town.ctx, person_id=two, version=1, values={"sex": "女"})
    with pytest.raises(RuleViolation, match="person.name_missing"):
        correct_person(town.ctx, person_id=two, version=1, values={"name": "", "kana": " "})
    card = new_card_number()
    number = town.ctx.reads.get("person", two).number
    correct_person(
        town.ctx, person_id=two, version=1, values={"card": card.lower(), "number": "X", "id": "y", "name": "葛󠄀西　花"}, reason="本人の申出"
    )
    found = town.ctx.reads.get("person", two)
    assert (found.card, found.number, found.name) == (card, number, "葛󠄀西　花")
    assert give_card(town.ctx, person_ids=[one, two])[0] == {one: cards[one], two: card}
    assert [hit.id for hit in town.ctx.reads.search.find("葛西", within="persons")[0]] == [two]
    household = town.ctx.reads.get("person", one).household_id
    correct_household(town.ctx, household_id=household, version=1, values={"house_damage": "half", "vehicles": "軽1台"})
    with pytest.raises(StaleRecord):
        correct_household(town.ctx, household_id=household, version=1, values={"pets": "猫"})


def test_corrections_of_stays_and_shelters(town: Town) -> None:
    made = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "旅人"})])
    start, stay = town.clock(), made.stays[0]
    with pytest.raises(RuleViolation, match="reason.missing"):
        correct_stay(town.ctx, stay_id=stay, version=1, values={"room": "2"}, reason=" ")
    with pytest.raises(RuleViolation, match="stay.ends_before_start"):
        correct_stay(town.ctx, stay_id=stay, version=1, values={"to_at": start - timedelta(days=1), "destination": "home"}, reason=WHY)
    with pytest.raises(RuleViolation, match="record.not_found"):
        correct_stay(town.ctx, stay_id=stay, version=1, values={"shelter_id": "x"}, reason=WHY)
    town.clock.forward(days=1)
    check_out(town.ctx, person_id=made.persons[0], destination="home")
    town.clock.forward(days=1)
    check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(person_id=made.persons[0])])
    with pytest.raises(RuleViolation, match="checkin.already_staying"):
        correct_stay(town.ctx, stay_id=stay, version=2, values={"to_at": town.clock() + timedelta(hours=1)}, reason=WHY)
    correct_stay(town.ctx, stay_id=stay, version=2, values={"to_at": town.clock(), "room": "B"}, reason=WHY)
    correct_shelter(town.ctx, shelter_id=town.shelters[0], version=1, values={"capacity": 50})
    with pytest.raises(StaleRecord):
        correct_shelter(town.ctx, shelter_id=town.shelters[0], version=1, values={"capacity": 60})
