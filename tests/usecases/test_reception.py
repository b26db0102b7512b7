"""Check-in and what follows: arrivals, leaving, moving, outings, death; what the clerk is warned of and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.codes import DESTINATIONS, STAY_CATEGORIES
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_card_number
from app.usecases.context import Context
from app.usecases.persons import decide, find_duplicates, link_resident, open_person, settle_pending
from app.usecases.reception import (
    Arrival,
    CheckedIn,
    check_in,
    check_out,
    check_out_many,
    come_back,
    find_encounters,
    go_out,
    move,
    record_death,
)
from app.usecases.residents import load_residents
from app.usecases.rows import RosterFilter
from app.usecases.searching import search
from tests.stores import OCCURRED, RESIDENTS, SHELTERS, Town

FAMILY = ("太郎", "花", "一郎", "二葉")
VISITOR = {"name": "旅人　一", "kana": "タビビト　ハジメ", "birth": "昭和60年1月2日"}


def family(town: Town, *, shelter: int = 0, decision: str = "", ctx: Context | None = None) -> CheckedIn:
    """The household of four arrives."""
    arrivals = [Arrival(resident_id=town.resident(name), decision=decision) for name in FAMILY]
    return check_in(ctx or town.ctx, shelter_id=town.shelters[shelter], arrivals=arrivals)


def visitor(town: Town, *, shelter: int = 0, decision: str = "", **values: object) -> CheckedIn:
    """Somebody from out of town arrives."""
    return check_in(town.ctx, shelter_id=town.shelters[shelter], arrivals=[Arrival(values={**VISITOR, **values}, decision=decision)])


def inside(town: Town, shelter: int | None = None) -> list[str]:
    """Names on the roster now."""
    wanted = RosterFilter(at=town.clock(), shelter_id="" if shelter is None else town.shelters[shelter], include_protected=True)
    return [row.name for row in town.ctx.reads.rosters.roster(wanted).rows]


def refusal(town: Town, act: object) -> RuleViolation:
    """What an act is refused with; nothing was written."""
    before = town.sql("SELECT count(*) FROM journal")
    with pytest.raises(RuleViolation) as caught:
        act()  # type: ignore[operator]
    assert town.sql("SELECT count(*) FROM journal") == before
    return caught.value


# -- arriving --------------------------------------------------------------------------------------------------


def test_family_arrives_as_one_household_with_numbers_and_particulars(town: Town) -> None:
    made = family(town)
    assert len(set(made.persons)) == len(set(made.stays)) == 4 and made.warnings == ()
    people = [town.ctx.reads.get("person", one) for one in made.persons]
    assert {person.household_id for person in people} == {made.household}
    assert [person.name for person in people] == ["髙橋　太郎", "髙橋　花", "髙橋　一郎", "髙橋　二葉"]
    assert [person.sex for person in people] == ["male", "female", "male", "female"]
    assert people[3].birth == "平成25年2月" and people[0].phone == "090-0000-1111"
    assert len({person.number for person in people}) == 4
    household = town.ctx.reads.get("household", made.household)
    assert household.label == "髙橋　太郎" and household.address == "見本市本町1-2-3"
    assert set(made.changes) == {"household", "person", "stay"} and len(inside(town, 0)) == 4


def test_same_family_again_is_noticed_and_nothing_doubled(town: Town) -> None:
    first = family(town)
    town.clock.forward(hours=1)
    again = family(town)
    assert again.persons == first.persons and again.stays == first.stays
    assert [warning.code for warning in again.warnings] == ["checkin.already_here"] * 4
    twice = [Arrival(resident_id=town.resident("源"))] * 2
    both = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=twice)
    assert both.persons[0] == both.persons[1] and len(inside(town, 0)) == 5


def test_member_who_comes_later_joins_the_household(town: Town) -> None:
    first = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("太郎"))])
    later = check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(resident_id=town.resident("花"))], household={"pets": "犬"})
    assert later.household == first.household and town.ctx.reads.get("household", first.household).pets == "犬"


def test_people_stay_known_when_newer_residents_are_loaded(town: Town) -> None:
    """The same day rebuilt with what became known later: nobody is checked in a second time, and the home stays one."""
    first = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident(name)) for name in FAMILY[:2]])
    stranger = RESIDENTS[1]._replace(name="別田　花", birth="昭和10年1月1日")
    load_residents(town.ctx, batches=[[RESIDENTS[0], stranger, *RESIDENTS[2:]]], as_of=OCCURRED, label="後で分かった分")
    found = search(town.ctx, text="本町1-2-3", limit=20).hits
    hits = {hit.name: hit for hit in found}
    assert len(found) == 5 and [name for name, hit in hits.items() if hit.status == "staying"] == ["髙橋　太郎", "髙橋　花"]
    assert hits["別田　花"].status == "none", "the same number with another birth date is another person"
    later = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident(n)) for n in ("太郎", "一郎")])
    assert [warning.code for warning in later.warnings] == ["checkin.already_here"]
    assert len(inside(town)) == 3 and later.household == first.household and later.persons[0] == first.persons[0]


def test_baby_joins_the_family_whatever_the_order(town: Town) -> None:
    arrivals = [Arrival(values={"source": "baby", "sex": "female", "relation": "子"}), Arrival(resident_id=town.resident("太郎"))]
    made = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=arrivals)
    baby, father = (town.ctx.reads.get("person", one) for one in made.persons)
    assert baby.source == "baby" and baby.name == "" and father.name == "髙橋　太郎"
    assert baby.household_id == father.household_id == made.household
    assert len(list(town.ctx.reads.all("household"))) == 1


@pytest.mark.parametrize("source", ["baby", "pet_only", "anonymous"])
def test_those_without_a_name_are_not_turned_away(town: Town, source: str) -> None:
    made = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"source": source, "identifying": "赤い服"})])
    assert town.ctx.reads.get("person", made.persons[0]).identifying == "赤い服" and inside(town) == [""]
    assert search(town.ctx, text=town.ctx.reads.get("person", made.persons[0]).number).total == 1


def test_name_is_needed_otherwise(town: Town) -> None:
    assert refusal(town, lambda: visitor(town, name=" ", kana="")).field == "name"


def test_visitor_with_card_is_found_by_it(town: Town) -> None:
    card = new_card_number()
    made = visitor(town, card=card.replace("-", "").lower())
    assert [hit.id for hit in search(town.ctx, text=card).hits] == list(made.persons)
    assert refusal(town, lambda: visitor(town, name="別の人", card=card)).code == "card.taken"
    assert refusal(town, lambda: visitor(town, name="別の人", card="1234")).code == "card.unreadable"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"sex": "男"}, "sex"),
        ({"colour": "red"}, "colour"),
        ({"needs": ["flying"]}, "needs"),
        ({"consent_web": True}, "consent_web"),
        ({"source": "x"}, "source"),
    ],
)
def test_unknown_words_and_fields_are_refused_beside_the_field(town: Town, values: dict[str, object], field: str) -> None:
    found = refusal(town, lambda: visitor(town, **values))
    assert found.code == "word.unknown" and found.field == field


def test_list_of_needs_from_json_is_taken(town: Town) -> None:
    made = visitor(town, needs=["care", "dialysis"])
    assert town.ctx.reads.get("person", made.persons[0]).needs == ("care", "dialysis")


def test_nobody_nowhere_and_wrong_words(town: Town) -> None:
    shelter = town.shelters[0]
    assert refusal(town, lambda: check_in(town.ctx, shelter_id=shelter, arrivals=[])).code == "checkin.nobody"
    assert refusal(town, lambda: check_in(town.ctx, shelter_id="x", arrivals=[Arrival(values=VISITOR)])).code == "record.not_found"
    assert refusal(town, lambda: check_in(town.ctx, shelter_id=shelter, arrivals=[Arrival(resident_id="x:1")])).code == "resident.not_found"
    assert refusal(town, lambda: check_in(town.ctx, shelter_id=shelter, arrivals=[Arrival(resident_id="")])).code == "person.name_missing"
    assert (
        refusal(town, lambda: check_in(town.ctx, shelter_id=shelter, arrivals=[Arrival(values=VISITOR)], category="moon")).code
        == "word.unknown"
    )
    assert (
        refusal(town, lambda: check_in(town.ctx, shelter_id=shelter, arrivals=[Arrival(values=VISITOR)], household={"moon": 1})).code
        == "word.unknown"
    )


@pytest.mark.parametrize("category", STAY_CATEGORIES)
def test_every_category_of_stay(town: Town, category: str) -> None:
    made = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values=VISITOR)], category=category, room="2-B")
    stay = town.ctx.reads.get("stay", made.stays[0])
    assert (stay.category, stay.room) == (category, "2-B")


def test_one_that_fails_leaves_none_of_the_family(town: Town) -> None:
    arrivals = [Arrival(resident_id=town.resident("太郎")), Arrival(values={"name": ""})]
    refusal(town, lambda: check_in(town.ctx, shelter_id=town.shelters[0], arrivals=arrivals))
    assert inside(town) == []


# -- times -----------------------------------------------------------------------------------------------------


def test_odd_times_are_warned_of_and_taken(town: Town) -> None:
    def codes(**when: object) -> list[str]:
        made = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": f"時{when}"})], **when)  # type: ignore[arg-type]
        return [warning.code for warning in made.warnings]

    assert codes() == []
    assert codes(at=town.clock() + timedelta(minutes=5)) == []
    assert codes(at=town.clock() + timedelta(days=1)) == ["checkin.in_future"]
    assert set(codes(at=OCCURRED - timedelta(hours=1))) == {"checkin.before_disaster", "checkin.shelter_not_open"}


def test_back_dated_stay_that_would_overlap_is_refused(town: Town) -> None:
    made = visitor(town)
    start = town.clock()
    town.clock.forward(days=3)
    check_out(town.ctx, person_id=made.persons[0], destination="home")
    town.clock.forward(days=2)
    again = [Arrival(person_id=made.persons[0])]
    for at in (start - timedelta(hours=2), start, start + timedelta(days=1)):
        found = refusal(town, lambda at=at: check_in(town.ctx, shelter_id=town.shelters[1], arrivals=again, at=at))
        assert found.code == "checkin.overlaps" and found.params["started"] == start
    check_in(town.ctx, shelter_id=town.shelters[1], arrivals=again, at=start + timedelta(days=3))
    assert inside(town, 1) == ["旅人　一"]


# -- staying elsewhere, namesakes ------------------------------------------------------------------------------


def test_one_already_elsewhere_stops_the_check_in_until_the_clerk_decides(town: Town) -> None:
    family(town)
    town.clock.forward(hours=2)
    found = refusal(town, lambda: family(town, shelter=1))
    assert found.code == "checkin.already_staying" and found.params["shelter"] == SHELTERS[0] and found.params["since"] < town.clock()
    seen = find_encounters(town.ctx, arrival=Arrival(resident_id=town.resident("太郎")))
    assert [(one.same_resident, one.hit.shelter_name) for one in seen] == [(True, SHELTERS[0])] and seen[0].stay is not None


def test_move_decision_ends_the_old_stay_at_the_same_moment(town: Town) -> None:
    first = family(town)
    town.clock.forward(hours=2)
    second = family(town, shelter=1, decision="move")
    assert second.persons == first.persons and inside(town, 0) == [] and len(inside(town, 1)) == 4
    old, new = (town.ctx.reads.get("stay", made.stays[0]) for made in (first, second))
    assert old.to_at == new.from_at == town.clock() and old.destination == "shelter"
    assert old.destination_text == SHELTERS[1] and new.came_from == SHELTERS[0]


def test_pending_decision_keeps_both_until_one_is_settled(town: Town) -> None:
    first = visitor(town)
    town.clock.forward(hours=2)
    made = check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(person_id=first.persons[0], decision="pending")])
    assert len(inside(town)) == 2
    rows = town.ctx.reads.rosters.roster(RosterFilter(at=town.clock())).rows
    assert all(row.pending for row in rows)
    assert refusal(town, lambda: check_out(town.ctx, person_id=first.persons[0], destination="home")).code == "stay.several_running"
    settle_pending(town.ctx, keep_stay=made.stays[0], reason="本人に確かめた")
    assert inside(town, 0) == [] and inside(town, 1) == ["旅人　一"]
    assert not town.ctx.reads.get("stay", made.stays[0]).pending and town.ctx.reads.get("stay", first.stays[0]).deleted
    assert town.problems() == []


def test_different_person_of_the_same_name_is_registered_apart_and_not_asked_again(town: Town) -> None:
    first = visitor(town)
    second = check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(values=VISITOR, decision="different", others=first.persons)])
    assert second.persons != first.persons and second.warnings == () and find_duplicates(town.ctx) == []


def test_namesake_is_warned_of_with_place_and_time(town: Town) -> None:
    first = visitor(town)
    since = town.clock()
    town.clock.forward(hours=1)
    second = visitor(town, shelter=1, name="旅人　　一")
    assert [(w.code, w.params["person"], w.params["shelter"], w.params["since"]) for w in second.warnings] == [
        ("checkin.namesake", first.persons[0], SHELTERS[0], since)
    ]
    assert [group.persons for group in find_duplicates(town.ctx)] == [tuple(sorted(first.persons + second.persons))]
    assert visitor(town, birth="昭和61年1月2日").warnings == ()


def test_resident_who_was_written_down_by_hand_before_is_warned_of(town: Town) -> None:
    typed = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "高橋太郎", "birth": "S50.3.1"})])
    made = family(town, shelter=1)
    assert [(w.code, w.params["person"]) for w in made.warnings] == [("checkin.namesake", typed.persons[0])]


def test_resident_told_apart_from_a_namesake_keeps_their_particulars(town: Town) -> None:
    typed = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "高橋太郎", "birth": "S50.3.1"})])
    arrival = Arrival(resident_id=town.resident("太郎"), decision="different", others=typed.persons)
    made = check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[arrival])
    person = town.ctx.reads.get("person", made.persons[0])
    assert person.resident_id == town.resident("太郎") and person.address == "見本市本町1-2-3"
    assert made.warnings == () and find_duplicates(town.ctx) == []


def test_other_person_than_the_one_linked_gets_no_link(town: Town) -> None:
    first = family(town)
    arrival = Arrival(resident_id=town.resident("太郎"), decision="different")
    made = check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[arrival])
    person = town.ctx.reads.get("person", made.persons[0])
    assert person.id not in first.persons and person.resident_id == "" and person.name == "髙橋　太郎"
    assert find_duplicates(town.ctx) == []


def test_decisions_about_pairs(town: Town) -> None:
    first, second = visitor(town).persons[0], visitor(town, shelter=1).persons[0]
    assert find_duplicates(town.ctx)[0].score >= 0.9
    decide(town.ctx, first=second, second=first, decision="same", note="本人")
    assert find_duplicates(town.ctx) == []
    decide(town.ctx, first=first, second=second, decision="different")
    assert len(list(town.ctx.reads.all("decision"))) == 1 and len(inside(town)) == 2
    assert refusal(town, lambda: decide(town.ctx, first=first, second=first, decision="same")).code == "decide.one_record"
    assert refusal(town, lambda: decide(town.ctx, first=first, second=second, decision="maybe")).code == "word.unknown"


def test_linking_a_visitor_to_a_resident_later(town: Town) -> None:
    typed = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "ﾀｶﾊｼ太郎", "phone": "1"})]).persons[0]
    link_resident(town.ctx, person_id=typed, resident_id=town.resident("太郎"))
    person = town.ctx.reads.get("person", typed)
    assert (person.name, person.phone, person.sex, person.birth) == ("ﾀｶﾊｼ太郎", "1", "male", "昭和50年3月1日")
    link_resident(town.ctx, person_id=typed, resident_id=town.resident("太郎"), take_particulars=True)
    assert town.ctx.reads.get("person", typed).name == "髙橋　太郎"
    other = visitor(town).persons[0]
    found = refusal(town, lambda: link_resident(town.ctx, person_id=other, resident_id=town.resident("太郎")))
    assert found.code == "resident.linked_elsewhere" and found.params["record"] == typed
    assert family(town, shelter=0).persons[0] == typed
    assert open_person(town.ctx, person_id=typed).person.resident_no == "0000000011"


# -- leaving, moving, outings, death ---------------------------------------------------------------------------


@pytest.mark.parametrize("destination", DESTINATIONS)
def test_leaving_says_where_to(town: Town, destination: str) -> None:
    made = visitor(town)
    town.clock.forward(hours=1)
    check_out(town.ctx, person_id=made.persons[0], destination=destination, destination_text="そこ", reason="帰宅")
    stay = town.ctx.reads.get("stay", made.stays[0])
    assert (stay.to_at, stay.destination, stay.destination_text, stay.exit_reason) == (town.clock(), destination, "そこ", "帰宅")
    assert inside(town) == [] and (town.ctx.reads.get("person", made.persons[0]).died_at == town.clock()) == (destination == "dead")


def test_leaving_needs_a_destination_a_stay_and_an_order_of_times(town: Town) -> None:
    made = visitor(town)
    person = made.persons[0]
    assert refusal(town, lambda: check_out(town.ctx, person_id=person, destination="")).field == "destination"
    assert refusal(town, lambda: check_out(town.ctx, person_id=person, destination="moon")).field == "destination"
    early = town.clock() - timedelta(minutes=1)
    assert refusal(town, lambda: check_out(town.ctx, person_id=person, destination="home", at=early)).code == "stay.ends_before_start"
    check_out(town.ctx, person_id=person, destination="home")
    assert refusal(town, lambda: check_out(town.ctx, person_id=person, destination="home")).code == "stay.none_running"
    assert refusal(town, lambda: check_out(town.ctx, person_id="x", destination="home")).code == "record.not_found"


def test_family_leaves_together_or_not_at_all(town: Town) -> None:
    made = family(town)
    town.clock.forward(hours=1)
    check_out(town.ctx, person_id=made.persons[2], destination="kin")
    assert refusal(town, lambda: check_out_many(town.ctx, person_ids=made.persons, destination="home")).code == "stay.none_running"
    check_out_many(town.ctx, person_ids=[p for p in made.persons if p != made.persons[2]], destination="home")
    assert inside(town) == []
    assert refusal(town, lambda: check_out_many(town.ctx, person_ids=made.persons, destination="dead")).field == "destination"


def test_move_to_another_shelter(town: Town) -> None:
    made = visitor(town)
    town.clock.forward(hours=1)
    assert refusal(town, lambda: move(town.ctx, person_id=made.persons[0], shelter_id=town.shelters[0])).code == "move.same_shelter"
    assert refusal(town, lambda: move(town.ctx, person_id=made.persons[0], shelter_id=town.shelters[1], category="x")).field == "category"
    move(town.ctx, person_id=made.persons[0], shelter_id=town.shelters[1], room="3")
    stays = town.ctx.reads.persons.stays(made.persons[0])
    assert [(stay.shelter_name, stay.to_at) for stay in stays] == [(SHELTERS[1], None), (SHELTERS[0], town.clock())]
    assert inside(town, 1) == ["旅人　一"] and inside(town, 0) == []


def test_outing_and_night_away(town: Town) -> None:
    person = visitor(town).persons[0]
    assert refusal(town, lambda: come_back(town.ctx, person_id=person)).code == "absence.not_out"
    assert refusal(town, lambda: go_out(town.ctx, person_id=person, kind="moon")).field == "kind"
    town.clock.forward(hours=1)
    go_out(town.ctx, person_id=person, kind="overnight", expected_at=town.clock() + timedelta(hours=5))
    assert town.ctx.reads.rosters.roster(RosterFilter(at=town.clock())).rows[0].absence == "overnight"
    assert refusal(town, lambda: go_out(town.ctx, person_id=person)).code == "absence.already_out"
    assert refusal(town, lambda: come_back(town.ctx, person_id=person, at=town.clock() - timedelta(hours=1))).field == "back_at"
    town.clock.forward(hours=1)
    come_back(town.ctx, person_id=person)
    assert town.ctx.reads.rosters.roster(RosterFilter(at=town.clock())).rows[0].absence == ""
    go_out(town.ctx, person_id=person)
    town.clock.forward(hours=1)
    check_out(town.ctx, person_id=person, destination="home")
    assert all(absence.back_at is not None for absence in town.ctx.reads.all("absence"))  # type: ignore[attr-defined]


def test_death_ends_the_stay_and_is_told_when_the_name_comes_again(town: Town) -> None:
    person = visitor(town).persons[0]
    town.clock.forward(hours=1)
    record_death(town.ctx, person_id=person, note="病院から連絡")
    assert inside(town) == [] and town.ctx.reads.get("person", person).died_at == town.clock()
    assert search(town.ctx, text="旅人").hits[0].status == "dead"
    town.clock.forward(hours=1)
    again = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(person_id=person)])
    assert "checkin.marked_dead" in [warning.code for warning in again.warnings]


def test_what_is_said_of_the_household_reaches_those_registered_before(town: Town) -> None:
    first = family(town)
    again = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(person_id=first.persons[0])], household={"pets": "猫1匹"})
    household = town.ctx.reads.get("household", first.household)
    assert again.household == first.household and getattr(household, "pets", "") == "猫1匹"
