"""What each role may do, and that protected people are masked or left out everywhere for those without the right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.errors import RuleViolation
from app.domain.governance import ROLES, rights_of
from app.usecases.backups import back_up_to
from app.usecases.context import Context
from app.usecases.headcounts import record_headcount
from app.usecases.operators import add_operator, change_roles, disable_operator, find_operator, list_operators
from app.usecases.overview import take_overview
from app.usecases.persons import (
    correct_household,
    correct_person,
    find_duplicates,
    give_card,
    link_resident,
    list_people,
    open_person,
    show_people,
)
from app.usecases.reception import Arrival, check_in, check_out, find_encounters, go_out, move, record_death
from app.usecases.records import read_access_log, read_history, recent_changes
from app.usecases.residents import list_residents, load_residents, open_household, show_residents
from app.usecases.rosters import take_roster
from app.usecases.rows import RosterFilter
from app.usecases.searching import search
from app.usecases.settings import change_settings
from app.usecases.shelters import add_shelter
from tests.stores import RESIDENTS, SHELTERS, Town

HIDDEN = ("見本市港町5丁目6番", "港町", "090-0000-2222", SHELTERS[1], "08012345678", "勤め先", "夫に知らせない")


def hide(town: Town) -> str:
    """The protected resident checks in at the second shelter, with everything filled in."""
    values = {"mobile": "08012345678", "workplace": "勤め先", "note": "夫に知らせない", "needs": ["care"]}
    made = check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(resident_id=town.resident("静"), values=values)])
    return made.persons[0]


ACTS: dict[str, tuple[set[str], Callable[[Town, Context], object]]] = {
    "check in": ({"shelter", "desk", "admin"}, lambda t, c: check_in(c, shelter_id=t.shelters[0], arrivals=[Arrival(values={"name": "旅人"})])),
    "head count": ({"shelter", "desk", "admin"}, lambda t, c: record_headcount(c, values={"shelter_id": t.shelters[0], "counted_total": 3})),
    "shelter": ({"admin"}, lambda t, c: add_shelter(c, values={"name": "新しい所"})),
    "residents": ({"admin"}, lambda t, c: load_residents(c, batches=[RESIDENTS], as_of=t.clock())),
    "operator": ({"admin"}, lambda t, c: add_operator(c, name="新しい人", roles=["view"], password="long enough secret")),
    "settings": ({"shelter", "desk", "accounting", "admin"}, lambda t, c: change_settings(c, values={"backup_minutes": 5})),
    "backup": ({"shelter", "desk", "accounting", "admin"}, lambda t, c: back_up_to(c, target=t.folder.parent / "a.sasae-backup")),
    "export": ({"shelter", "survey", "desk", "accounting", "approval", "admin"},
               lambda t, c: take_roster(c, wanted=RosterFilter(at=t.clock()), action="export", target="a.csv")),
    "print": ({"shelter", "survey", "desk", "accounting", "approval", "admin"},
              lambda t, c: take_roster(c, wanted=RosterFilter(at=t.clock()), action="print")),
    "look": (set(ROLES), lambda t, c: take_roster(c, wanted=RosterFilter(at=t.clock()))),
    "protected roster": ({"protected"}, lambda t, c: take_roster(c, wanted=RosterFilter(at=t.clock(), include_protected=True))),
    "access log": ({"admin"}, lambda t, c: read_access_log(c)),
    "changes": ({"admin"}, lambda t, c: recent_changes(c)),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_each_role_may_do_what_it_is_for_and_no_more(town: Town, act: str) -> None:
    allowed, call = ACTS[act]
    for role in sorted(set(ROLES) - allowed):
        before = town.sql("SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM access), (SELECT count(*) FROM setting)")
        with pytest.raises(RuleViolation, match="permission.denied"):
            call(town, town.acting(role))
        assert town.sql("SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM access), (SELECT count(*) FROM setting)") == before
    role = "admin" if "admin" in allowed else sorted(allowed)[0]
    call(town, town.acting(role))


def test_unknown_role_gives_nothing_and_roles_add_up() -> None:
    assert rights_of(("magician",)) == rights_of(()) == {"view", "password"}
    assert rights_of(("shelter", "protected")) >= {"register", "see_protected"}


# -- operators -------------------------------------------------------------------------------------------------


def test_last_administrator_stays(town: Town) -> None:
    me = town.ctx.actor.operator_id
    with pytest.raises(RuleViolation, match="operator.last_admin"):
        change_roles(town.ctx, operator_id=me, roles=["view"])
    with pytest.raises(RuleViolation, match="operator.not_oneself"):
        disable_operator(town.ctx, operator_id=me)
    for roles, code in (([], "operator.role_missing"), (["king"], "operator.role_unknown")):
        with pytest.raises(RuleViolation, match=code):
            change_roles(town.ctx, operator_id=me, roles=roles)
    other, _ = add_operator(town.ctx, name="二人目", roles=["admin"], password="long enough secret")
    change_roles(town.ctx, operator_id=me, roles=["view"])
    assert [one.roles for one in list_operators(town.ctx)] == [("view",), ("admin",)]
    assert find_operator(town.ctx, name=other).name == "二人目"
    with pytest.raises(RuleViolation, match="operator.not_found"):
        find_operator(town.ctx, name="いない人")


# -- protected people ------------------------------------------------------------------------------------------


def told(value: object) -> str:
    """Everything an answer says."""
    return repr(value)


def test_protected_person_is_not_there_on_any_way_in(town: Town) -> None:
    """Not a hit, not a gap, not a number; and whoever acts on their id is told what is told of no id at all."""
    person = hide(town)
    clerk = town.acting("shelter", "desk", "admin")
    open_person(town.ctx, person_id=person)
    stay = town.ctx.reads.persons.open_stays([person])[person].id
    household = town.ctx.reads.get("person", person).household_id
    number = town.ctx.reads.get("person", person).number
    found = [
        search(clerk, text=text, birth=birth)
        for text, birth in (("渡辺", ""), ("ワタナベ", ""), ("", "昭和20年"), (number, ""), ("静", ""))
    ]
    assert all(not one.hits and not one.total and not one.truncated for one in found)
    active = clerk.reads.residents.active()
    rids = list_residents(clerk, snapshot_id=active.id)
    answers = {
        "list": show_people(clerk, person_ids=[*list_people(clerk), person]),
        "residents": show_residents(clerk, rids=[*rids, *list_residents(town.ctx, snapshot_id=active.id)]),
        "namesake": find_encounters(clerk, arrival=Arrival(values={"name": "渡辺静", "birth": ""})),
        "encounter": find_encounters(clerk, arrival=Arrival(resident_id=town.resident("静"))),
        "roster": take_roster(clerk, wanted=RosterFilter(at=town.clock(), shelter_id=town.shelters[1])).rows,
        "narrow roster": take_roster(clerk, wanted=RosterFilter(at=town.clock(), text="渡辺")).withheld,
        "changes": recent_changes(clerk),
        "duplicates": find_duplicates(clerk),
        "overview": take_overview(clerk).without_destination,
        "rows": list(clerk.reads.residents.rows(snapshot_id=active.id)),
        "get": [clerk.reads.get(kind, one) for kind, one in (("person", person), ("stay", stay), ("household", household))],
    }
    assert len(rids) == len(RESIDENTS) - 1 and answers["narrow roster"] == 0 and answers["get"] == [None] * 3
    for way, answer in answers.items():
        for secret in (*HIDDEN, "静", "シズカ", person):
            assert secret not in told(answer) or secret == SHELTERS[1], (way, secret)
    refused = {
        "resident": lambda one: check_in(clerk, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=one)]),
        "person": lambda one: check_in(clerk, shelter_id=town.shelters[0], arrivals=[Arrival(person_id=one)]),
        "file": lambda one: open_person(clerk, person_id=one),
        "history": lambda one: read_history(clerk, record_id=one),
        "correct": lambda one: correct_person(clerk, person_id=one, version=1, values={"mobile": "0"}),
        "leave": lambda one: check_out(clerk, person_id=one, destination="home"),
        "move": lambda one: move(clerk, person_id=one, shelter_id=town.shelters[2]),
        "out": lambda one: go_out(clerk, person_id=one),
        "death": lambda one: record_death(clerk, person_id=one),
        "card": lambda one: give_card(clerk, person_ids=[one]),
        "link": lambda one: link_resident(clerk, person_id=one, resident_id=town.resident("源")),
        "household": lambda one: open_household(clerk, resident_id=one),
    }
    for way, call in refused.items():
        known = town.resident("静") if way in ("resident", "household") else person
        caught = []
        for one in (known, f"{active.id}:999" if way in ("resident", "household") else "no-such-id"):
            with pytest.raises(RuleViolation) as error:
                call(one)
            caught.append((error.value.code, {**error.value.params, "record": ""}))
        assert caught[0] == caught[1], way
    for one in (stay, household):
        with pytest.raises(RuleViolation, match="record.not_found"):
            read_history(clerk, record_id=one)
    assert read_access_log(clerk, person_id=person) == [] and len(read_access_log(town.ctx, person_id=person)) >= 1


def test_household_of_a_flatmate_shows_no_protected_person(town: Town) -> None:
    """Who lives with somebody may be the one they are protected from."""
    rows = [
        RESIDENTS[4]._replace(household_no="H9", relation="世帯主"),
        RESIDENTS[0]._replace(household_no="H9", order=2, relation="夫"),
    ]
    load_residents(town.ctx, batches=[rows], as_of=town.clock(), label="同居")
    clerk, active = town.acting("shelter"), town.ctx.reads.residents.active()
    (mate,) = open_household(clerk, resident_id=f"{active.id}:1")
    assert mate.name == "髙橋　太郎"
    assert [view.name for view in clerk.reads.residents.by_household_no(snapshot_id=active.id, household_no="H9")] == ["髙橋　太郎"]
    both = [Arrival(resident_id=f"{active.id}:{place}") for place in (0, 1)]
    made = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=both, household={"label": "渡邉　静", "emergency_contact": "静の姉"})
    seen = open_person(clerk, person_id=made.persons[1])
    assert "静" not in told(
        (seen, clerk.reads.all("household"), search(clerk, text="高橋"), take_roster(clerk, wanted=RosterFilter(at=town.clock())))
    )
    with pytest.raises(RuleViolation, match="record.not_found"):
        read_history(clerk, record_id=made.household)
    correct_household(clerk, household_id=made.household, version=1, values={"pets": "猫", "label": "", "emergency_contact": ""})
    kept = town.ctx.reads.get("household", made.household)
    assert (kept.label, kept.emergency_contact, kept.pets) == ("渡邉　静", "静の姉", "猫")


def test_a_protected_person_at_the_counter_is_registered_and_nothing_is_said(town: Town) -> None:
    hide(town)
    clerk = town.acting("shelter")
    for typed in ({"name": "渡邊静", "birth": "S20"}, {"name": "渡辺　静"}, {"kana": "わたなべ　しずか", "birth": ""}):
        made = check_in(clerk, shelter_id=town.shelters[0], arrivals=[Arrival(values=typed)])
        assert made.warnings == () and made.numbers[0]
        assert town.ctx.reads.get("person", made.persons[0]).protected
        assert clerk.reads.get("person", made.persons[0]) is None
    assert {group.reason for group in find_duplicates(town.ctx)} and not find_duplicates(clerk)


def test_a_namesake_of_a_protected_person_is_registered_like_anybody(town: Town) -> None:
    hide(town)
    clerk = town.acting("shelter")
    made = check_in(clerk, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "渡辺　静", "birth": "S30.1.1"})])
    assert not clerk.reads.get("person", made.persons[0]).protected


def test_protected_person_cannot_be_found_by_address_or_phone(town: Town) -> None:
    hide(town)
    clerk = town.acting("shelter")
    for question in (
        {"text": "", "address": "港町"},
        {"text": "港町5-6"},
        {"text": "090-0000-2222"},
        {"text": "08012345678"},
        {"text": "渡辺 港町"},
    ):
        found = search(clerk, **question)
        assert found.hits == () and found.total == 0 and not found.truncated, question
        assert search(town.ctx, **question).total >= 1, question


def test_audit_page_withholds_values_without_the_right(town: Town) -> None:
    person = hide(town)
    correct_household(
        town.ctx, household_id=town.ctx.reads.get("person", person).household_id, version=1, values={"note": "夫に知らせない"}
    )
    auditor = town.acting("admin")
    assert not any(secret in told(recent_changes(auditor)) for secret in (*HIDDEN, "静", person) if secret != SHELTERS[1])
    assert "夫に知らせない" in told(recent_changes(town.ctx))


def test_roster_leaves_out_and_counts(town: Town) -> None:
    person = hide(town)
    withheld = take_roster(town.acting("view"), wanted=RosterFilter(at=town.clock()))
    assert withheld.rows == () and withheld.withheld == 1
    full = take_roster(town.ctx, wanted=RosterFilter(at=town.clock(), include_protected=True))
    assert [row.person_id for row in full.rows] == [person] and full.withheld == 0
    log = read_access_log(town.ctx)
    assert [(entry.action, entry.persons) for entry in log[:2]] == [("view", 1), ("view", 0)]
    assert len(read_access_log(town.ctx, person_id=person)) == 1


def test_right_shows_everything_and_flag_follows_the_resident(town: Town) -> None:
    person = hide(town)
    found = open_person(town.ctx, person_id=person)
    assert found.person.address == HIDDEN[0] and found.person.protected
    typed = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "別の人"})]).persons[0]
    record_death(town.ctx, person_id=typed)
    link = town.resident("源")
    link_resident(town.ctx, person_id=typed, resident_id=link)
    assert not town.ctx.reads.get("person", typed).protected


def test_flag_typed_off_at_the_door_stays_on(town: Town) -> None:
    made = check_in(
        town.ctx,
        shelter_id=town.shelters[1],
        arrivals=[Arrival(resident_id=town.resident("静"), values={"protected": False})],
    )
    assert town.ctx.reads.get("person", made.persons[0]).protected
