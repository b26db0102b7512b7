"""Lists that shelters keep: identity, households, stays; twice changes nothing; doubt waits for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from app.domain.dates import parse_instant
from app.domain.errors import RuleViolation
from app.domain.evacuee import Household, Person, Stay
from app.domain.identifiers import new_card_number
from app.usecases import evacuee_import, persons, reception
from app.usecases.context import Context
from app.usecases.plans import Applied, Entry, Plan
from app.usecases.reception import Arrival
from app.usecases.rows import RosterFilter
from tests.pace import Stopwatch
from tests.stores import Town

AT = parse_instant("2024-01-03T18:00+09:00")


def plan(town: Town, *rows: Mapping[str, Any], shelter: int = 0) -> Plan:
    entries = [Entry(line=line, values=values) for line, values in enumerate(rows, start=2)]
    return evacuee_import.plan_import(town.ctx, entries=entries, shelter_id=town.shelters[shelter], at=AT)


def load(town: Town, *rows: Mapping[str, Any], shelter: int = 0, decisions: Mapping[int, str] | None = None) -> Applied:
    town.clock.forward(days=2, minutes=1)
    made = plan(town, *rows, shelter=shelter)
    return evacuee_import.apply_import(town.ctx, plan=made, shelter_id=town.shelters[shelter], at=AT, decisions=decisions)


def actions(made: Plan) -> list[str]:
    return [item.action for item in made.items]


def people(town: Town) -> dict[str, Person]:
    return {person.name or person.kana: person for person in town.ctx.reads.all("person") if isinstance(person, Person)}


def stays_of(town: Town, person: Person) -> list[Stay]:
    stays = [stay for stay in town.ctx.reads.all("stay") if isinstance(stay, Stay)]
    return sorted((stay for stay in stays if stay.person_id == person.id), key=lambda stay: stay.from_at)


FAMILY: Sequence[dict[str, Any]] = (
    {"name": "高橋 太郎", "birth": "S50.3.1", "relation": "世帯主", "phone": "09000001111", "house_damage": "half", "pets": "犬1"},
    {"name": "髙橋 花", "kana": "たかはし はな", "birth": "1977-07-08", "relation": "妻", "needs": ("medication",)},
    {"name": "架空 旅人", "birth": "H1.2.3", "relation": "世帯主", "address": "例示県例示市1", "consent_board": "yes"},
    {"kana": "ナナシ", "note": "年齢 70"},
)


def test_residents_are_linked_and_others_registered(town: Town) -> None:
    done = load(town, *FAMILY)
    assert (done.created, done.updated, done.unchanged, done.review) == (4, 0, 0, 0)
    found = people(town)
    taro, hana, guest, nameless = found["髙橋　太郎"], found["髙橋　花"], found["架空 旅人"], found["ナナシ"]
    assert taro.resident_id == town.resident("太郎") and (taro.name, taro.birth, taro.phone) == (
        "髙橋　太郎",
        "昭和50年3月1日",
        "090-0000-1111",
    )
    assert (hana.needs, hana.kana, hana.source) == (("medication",), "タカハシ　ハナ", "resident")
    assert (guest.source, guest.resident_id, guest.consent_board, guest.address) == ("file", "", "yes", "例示県例示市1")
    assert nameless.note == "年齢 70" and nameless.number != guest.number
    assert taro.household_id == hana.household_id and len({taro.household_id, guest.household_id, nameless.household_id}) == 3
    home = town.ctx.reads.get("household", taro.household_id)
    assert isinstance(home, Household)
    assert (home.label, home.house_damage, home.pets, home.resident_household) == ("高橋 太郎", "half", "犬1", "H1")
    (stay,) = stays_of(town, taro)
    assert (stay.from_at, stay.shelter_id, stay.reception, stay.to_at) == (AT, town.shelters[0], "file", None)
    assert town.problems() == []


def test_twice_changes_nothing(town: Town) -> None:
    load(town, *FAMILY)
    before = town.sql("SELECT count(*) FROM journal")
    again = load(town, *FAMILY)
    assert (again.created, again.updated, again.unchanged, again.review) == (0, 0, 4, 0)
    assert town.sql("SELECT count(*) FROM journal") == before


def test_what_changed_is_an_update(town: Town) -> None:
    load(town, *FAMILY)
    changed = [
        {**FAMILY[0], "phone": "090-9999-0000", "house_damage": "total"},
        {**FAMILY[1], "room": "B-2", "needs": ("medication", "allergy")},
    ]
    made = plan(town, *changed)
    assert actions(made) == ["update", "update"]
    assert made.items[0].changes == {"phone": ("090-0000-1111", "090-9999-0000"), "household.house_damage": ("half", "total")}
    assert set(made.items[1].changes) == {"needs", "stay.room"}
    assert load(town, *changed).updated == 2
    assert actions(plan(town, *changed)) == ["unchanged", "unchanged"]
    hana = people(town)["髙橋　花"]
    assert hana.needs == ("medication", "allergy") and stays_of(town, hana)[0].room == "B-2"


def test_arrival_and_leaving(town: Town) -> None:
    entered, left = parse_instant("2024-01-02T10:00+09:00"), parse_instant("2024-01-03T09:00+09:00")
    row = {"name": "架空 旅人", "birth": "H1.2.3", "entered_at": entered}
    load(town, row)
    gone = {**row, "left_at": left, "destination": "hospital", "destination_text": "見本病院"}
    assert load(town, gone).updated == 1
    person = people(town)["架空 旅人"]
    (stay,) = stays_of(town, person)
    assert (stay.from_at, stay.to_at, stay.destination, stay.destination_text) == (entered, left, "hospital", "見本病院")
    assert actions(plan(town, gone)) == ["unchanged"]
    assert actions(plan(town, row)) == ["unchanged"]  # an older copy of the list does not bring anybody back
    back = {**row, "entered_at": parse_instant("2024-01-03T12:00+09:00")}
    assert load(town, back).updated == 1 and len(stays_of(town, person)) == 2
    no_time = plan(town, {"name": "架空 旅人", "birth": "H1.2.3", "left_at": left, "destination": "home"})
    assert actions(no_time) == ["update"]


def test_someone_who_left_is_not_brought_back_by_a_list_without_times(town: Town) -> None:
    row = {"name": "架空 旅人", "birth": "H1.2.3"}
    load(town, row)
    reception.check_out(town.ctx, person_id=people(town)["架空 旅人"].id, destination="home", at=town.clock())
    made = plan(town, row)
    assert actions(made) == ["review"] and made.items[0].code == "evacuee.left_already"
    assert load(town, row, decisions={2: "same"}).updated == 1
    assert len(stays_of(town, people(town)["架空 旅人"])) == 2


def test_death_is_noted(town: Town) -> None:
    left = parse_instant("2024-01-03T09:00+09:00")
    load(town, {"name": "架空 旅人", "birth": "H1.2.3", "entered_at": parse_instant("2024-01-02"), "left_at": left, "destination": "dead"})
    assert people(town)["架空 旅人"].died_at == left


def test_numbers_and_cards_identify(town: Town) -> None:
    load(town, {"name": "架空 旅人"})
    person = people(town)["架空 旅人"]
    cards, _ = persons.give_card(town.ctx, person_ids=[person.id])
    assert actions(plan(town, {"name": "架空 旅人", "person_no": person.number, "birth": "H1.2.3"})) == ["update"]
    assert actions(plan(town, {"name": "架空 旅人", "card": cards[person.id]})) == ["unchanged"]
    other = plan(town, {"name": "別名 花子", "person_no": person.number})
    assert actions(other) == ["review"] and other.items[0].code == "evacuee.number_of_another"
    fresh = new_card_number()
    assert load(town, {"name": "例示 花子", "card": fresh}).created == 1 and people(town)["例示 花子"].card == fresh
    assert actions(plan(town, {"name": "タカハシ", "kana": "タカハシ", "resident_no": "0000000011"})) == ["create"]
    numbered = plan(town, {"name": "高橋太郎", "resident_no": "0000000011"})
    assert numbered.items[0].values["resident_id"] == town.resident("太郎")


def test_staying_elsewhere_waits_for_a_person(town: Town) -> None:
    load(town, FAMILY[0], shelter=1)
    made = plan(town, FAMILY[0])
    assert actions(made) == ["review"] and made.items[0].code == "evacuee.namesake_elsewhere"
    assert made.items[0].params["shelter"] == "架空公民館"
    done = load(town, FAMILY[0])
    assert (done.created, done.updated, done.review) == (0, 0, 1) and len(people(town)) == 1
    assert load(town, FAMILY[0], decisions={2: "same"}).updated == 1
    first, second = stays_of(town, people(town)["髙橋　太郎"])
    assert (first.to_at, first.destination, first.destination_text) == (AT, "shelter", "見本小学校")
    assert (second.shelter_id, second.to_at) == (town.shelters[0], None)


def test_somebody_different_is_registered_when_a_person_says_so(town: Town) -> None:
    load(town, {"name": "架空 旅人", "birth": "H1.2.3"}, shelter=1)
    assert load(town, {"name": "架空 旅人", "birth": "H1.2.3"}, decisions={2: "different"}).created == 1
    assert len([p for p in town.ctx.reads.all("person") if isinstance(p, Person) and p.name == "架空 旅人"]) == 2
    with pytest.raises(RuleViolation, match="word.unknown"):
        load(town, {"name": "別"}, decisions={2: "maybe"})


def test_a_name_alone_never_decides(town: Town) -> None:
    load(town, {"name": "架空 旅人", "birth": "H1.2.3"})
    made = plan(town, {"name": "架空 旅人"}, {"name": "架空 旅人", "phone": "1"})
    assert actions(made) == ["review", "review"]
    assert [item.code for item in made.items] == ["evacuee.namesake_here", "evacuee.same_name_in_file"]
    load(town, {"name": "例示 花子"})
    assert actions(plan(town, {"name": "例示 花子"})) == ["unchanged"]
    assert actions(plan(town, {"name": "例示 花子", "phone": "090-1"})) == ["review"]
    assert actions(plan(town, {"name": "例示 花子", "birth": "S1.1.1"})) == ["review"]
    assert actions(plan(town, {"name": "架空 旅人", "birth": "S1.1.1"})) == ["create"]


def test_the_same_person_twice_in_a_file(town: Town) -> None:
    made = plan(town, {"name": "架空 旅人", "birth": "H1.2.3"}, {"name": "架空旅人", "birth": "1989/2/3"})
    assert actions(made) == ["create", "error"]
    assert (made.items[1].code, made.items[1].params["first"]) == ("import.same_person_twice", 2)


def test_protected_residents_are_never_let_in_unmarked(town: Town) -> None:
    """Linked with the birth date they are protected; without it a person must look."""
    made = plan(town, {"name": "渡辺 静"}, {"name": "渡辺静", "birth": "昭和20年"})
    assert actions(made) == ["review", "create"] and made.items[0].code == "evacuee.maybe_protected"
    assert load(town, {"name": "渡辺静", "birth": "昭和20年"}).created == 1
    assert people(town)["渡邉　静"].protected
    roster = town.ctx.reads.rosters.roster(RosterFilter(at=town.clock()))
    assert (roster.rows, roster.withheld) == ((), 1)


def test_who_may_not_see_protected_people_learns_and_changes_nothing_of_them(town: Town) -> None:
    """A row that means one looks like any new row, wherever they stay and whatever is guessed."""
    load(town, {"name": "渡辺静", "birth": "昭和20年"})
    before = people(town)["渡邉　静"]
    clerk = town.acting("shelter")
    for shelter in (0, 1):
        for told in ({"birth": "昭和20年", "address": "当て推量"}, {"birth": "昭和20年"}, {}, {"person_no": before.number}):
            made = plan_as(clerk, town.shelters[shelter], [Entry(line=2, values={"name": "渡辺静", **told})])
            stranger = plan_as(clerk, town.shelters[shelter], [Entry(line=2, values={**told, "name": "誰　でもない", "person_no": ""})])
            (item,), (other,) = made.items, stranger.items
            assert (item.action, item.code, item.existing, dict(item.params), dict(item.changes)) == ("create", "", "", {}, {})
            assert (other.action, other.code, other.existing) == (item.action, item.code, item.existing)
    assert people(town) == {"渡邉　静": before} and town.problems() == []
    assert plan(town, {"name": "渡辺静", "birth": "昭和20年"}, shelter=1).items[0].code == "evacuee.namesake_elsewhere"


def plan_as(ctx: Context, shelter: str, entries: list[Entry]) -> Plan:
    """The plan that this actor gets."""
    return evacuee_import.plan_import(ctx, entries=entries, shelter_id=shelter, at=AT)


def test_a_protected_person_on_a_clerks_list_is_registered_hidden_and_only_once_a_shelter(town: Town) -> None:
    """Nobody slips onto a list by leaving a birth date out, and a list imported twice changes nothing, seen or not."""
    clerk = town.acting("shelter")
    rows = (
        (0, {"name": "渡辺　静", "birth": "昭和20年"}, 1),
        (0, {"name": "渡辺　静", "birth": "S20"}, 1),
        (1, {"kana": "わたなべ しずか"}, 2),
    )
    for shelter, row, count in rows:
        entries = [Entry(line=2, values=row)]
        made = plan_as(clerk, town.shelters[shelter], entries)
        done = evacuee_import.apply_import(clerk, plan=made, shelter_id=town.shelters[shelter], at=AT)
        assert (done.created, done.review) == (1, 0)  # told like for anybody else
        found = [person for person in town.ctx.reads.all("person")]
        assert len(found) == count and all(person.protected for person in found)
    assert list(clerk.reads.all("person")) == [] and list(clerk.reads.persons.ids()) == []
    made = plan_as(clerk, town.shelters[0], [Entry(line=2, values={"name": "渡辺　静子", "birth": "S20"})])
    evacuee_import.apply_import(clerk, plan=made, shelter_id=town.shelters[0], at=AT)
    assert [person.name for person in clerk.reads.all("person")] == ["渡辺　静子"]


def test_the_doubt_about_a_protected_resident_is_settled_by_a_person(town: Town) -> None:
    assert load(town, {"name": "渡辺 静"}, decisions={2: "same"}).created == 1
    assert people(town)["渡邉　静"].protected


def test_households_by_their_column(town: Town) -> None:
    rows = [
        {"name": f"架空 {n}", "birth": f"H{n + 1}.1.1", "household": "見本家" if n < 2 else "", "vehicles": "白" if n == 1 else ""}
        for n in range(4)
    ]
    load(town, *rows)
    found = [people(town)[f"架空 {n}"].household_id for n in range(4)]
    assert found[0] == found[1] and len(set(found)) == 3
    home = town.ctx.reads.get("household", found[0])
    assert isinstance(home, Household) and (home.label, home.vehicles) == ("見本家", "白")
    late = [*rows, {"name": "架空 赤子", "birth": "R6.1.1", "household": "見本家"}]
    assert load(town, *late).created == 1
    assert people(town)["架空 赤子"].household_id == found[0]


def test_one_transaction_one_access_row(town: Town) -> None:
    load(town, *FAMILY)
    assert town.sql("SELECT count(DISTINCT act) FROM journal WHERE kind IN ('person', 'stay', 'household')") == [(1,)]
    assert town.sql("SELECT persons FROM access WHERE action = 'import' ORDER BY seq DESC LIMIT 1") == [(4,)]


def test_someone_registered_while_the_preview_was_open(town: Town) -> None:
    made = plan(town, FAMILY[0], FAMILY[2])
    reception.check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(resident_id=town.resident("太郎"))], at=town.clock())
    done = evacuee_import.apply_import(town.ctx, plan=made, shelter_id=town.shelters[0])
    assert (done.created, done.review) == (1, 1)


def test_rights_and_lines_left_out(town: Town) -> None:
    made = plan(town, FAMILY[0], FAMILY[2])
    with pytest.raises(RuleViolation, match="permission.denied"):
        evacuee_import.apply_import(town.acting("view"), plan=made, shelter_id=town.shelters[0])
    assert evacuee_import.apply_import(town.ctx, plan=made, shelter_id=town.shelters[0], skip_lines=frozenset({2})).created == 1
    assert evacuee_import.check_target(town.ctx, shelter_id=town.shelters[0], at=AT) == []
    early = evacuee_import.check_target(town.ctx, shelter_id=town.shelters[0], at=parse_instant("2023-12-01"))
    assert [warning.code for warning in early] == ["checkin.shelter_not_open"]


def test_two_thousand_rows_in_a_few_seconds(town: Town) -> None:
    rows = [{"name": f"架空{n} 旅人", "birth": f"S{20 + n % 40}.{1 + n % 12}.{1 + n % 28}", "relation": "世帯主"} for n in range(2000)]
    watch = Stopwatch()
    assert load(town, *rows).created == 2000
    assert load(town, *rows).unchanged == 2000
    assert watch.seconds < 20
