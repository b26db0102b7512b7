"""Protection measures: who is covered, terms that never end by themselves, rights of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.errors import RuleViolation, StaleRecord
from app.domain.protection import Protection, extendable_from, term_state
from app.usecases.context import Context
from app.usecases.overview import take_overview
from app.usecases.persons import correct_person, decide, link_resident, open_person, undo
from app.usecases.protections import (
    Target,
    add_protection,
    correct_protection,
    default_end,
    extend_protection,
    find_doubts,
    list_protections,
    release_protection,
)
from app.usecases.reception import Arrival, check_in
from app.usecases.records import read_access_log
from app.usecases.residents import load_residents
from app.usecases.rosters import take_roster
from app.usecases.rows import RosterFilter
from app.usecases.searching import search
from tests.stores import OPERATOR, PASSWORD, RESIDENTS, Clock, Town, open_town

TARO, HANA = "0000000011", "0000000012"


def seen(ctx: Context, text: str) -> list[str]:
    """Names that a search finds."""
    return sorted({hit.name for hit in search(ctx, text=text).hits})


def roster(town: Town, ctx: Context) -> list[str]:
    return [row.name for row in take_roster(ctx, wanted=RosterFilter(at=town.clock())).rows]


def test_a_measure_covers_what_is_there_and_what_comes(town: Town) -> None:
    clerk = town.acting("desk", "admin")
    made = check_in(clerk, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("太郎"))])
    assert seen(clerk, "太郎") == ["髙橋　太郎"] == roster(town, clerk)
    ids, changes = add_protection(
        town.ctx, target=Target(resident_no=TARO), companions=[Target(resident_id=town.resident("花"))], ends="R7.1.1"
    )
    assert len(ids) == 2 and changes["protection"] == frozenset(ids)
    assert seen(clerk, "太郎") == seen(clerk, "花") == roster(town, clerk) == []
    assert clerk.reads.get("person", made.persons[0]) is None and open_person(town.ctx, person_id=made.persons[0]).person.protected
    assert seen(clerk, "一郎") == ["髙橋　一郎"]
    assert [view.name for view in clerk.reads.residents.household(town.resident("一郎"))] == ["髙橋　一郎", "髙橋　二葉"]
    later = [RESIDENTS[2], RESIDENTS[1]._replace(household_no="H7", address="見本市新町1"), RESIDENTS[0]._replace(name="高橋　太郎")]
    load_residents(town.ctx, batches=[later], as_of=town.clock(), label="あとの住民データ")
    assert seen(clerk, "太郎") == seen(clerk, "花") == seen(clerk, "新町") == [] and seen(clerk, "一郎") == ["髙橋　一郎"]
    assert seen(town.ctx, "新町") == ["髙橋　花"]


def test_a_flag_is_kept_by_a_later_list_that_says_nothing_and_dropped_by_one_that_says_better(town: Town) -> None:
    clerk = town.acting("desk")
    silent = [row._replace(protected=False) for row in RESIDENTS]
    load_residents(town.ctx, batches=[silent], as_of=town.clock(), label="支援措置の欄のない一覧")
    assert seen(clerk, "静") == []
    other = [row._replace(protected=row.resident_no == "0000000031") for row in RESIDENTS]
    load_residents(town.ctx, batches=[other], as_of=town.clock(), label="正しい一覧")
    assert seen(clerk, "静") == ["渡邉　静"] and seen(clerk, "源") == []


def test_a_list_without_numbers_hides_its_flagged_rows(town: Town) -> None:
    clerk = town.acting("desk")
    rows = [row._replace(resident_no="", household_no="") for row in RESIDENTS]
    load_residents(town.ctx, batches=[rows], as_of=town.clock(), label="番号のない一覧")
    assert seen(clerk, "静") == [] and seen(town.ctx, "静") == ["渡邉　静"]
    check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("静"))])
    assert roster(town, clerk) == [] and seen(clerk, "静") == []
    with pytest.raises(RuleViolation, match=r"protection\.no_number"):
        add_protection(town.ctx, target=Target(resident_id=town.resident("太郎")))


def test_the_resident_of_a_protected_person_is_protected_too(town: Town) -> None:
    clerk = town.acting("desk")
    typed = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "旅人", "protected": True})]).persons[0]
    assert seen(clerk, "源") == ["﨑山　源"]
    link_resident(town.ctx, person_id=typed, resident_id=town.resident("源"))
    assert seen(clerk, "源") == [] and seen(town.ctx, "山手") == ["旅人"]


def test_same_person_by_decision_is_protected_too(town: Town) -> None:
    clerk = town.acting("desk")
    one, two = (
        check_in(town.ctx, shelter_id=shelter, arrivals=[Arrival(values={"name": name, "birth": "S50.1.1"})]).persons[0]
        for shelter, name in zip(town.shelters, ("架空　凛", "カクウリン"), strict=False)
    )
    add_protection(town.ctx, target=Target(person_id=one))
    assert roster(town, clerk) == ["カクウリン"]
    decide(town.ctx, first=one, second=two, decision="same")
    assert roster(town, clerk) == []


def test_releasing_shows_again_only_when_nothing_else_protects(town: Town) -> None:
    clerk = town.acting("desk")
    person = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("太郎"))]).persons[0]
    (taro,), _ = add_protection(town.ctx, target=Target(resident_no=TARO))
    assert roster(town, clerk) == []
    done = release_protection(town.ctx, protection_ids=[taro], reason="本人の申出")
    assert done.still == () and roster(town, clerk) == ["髙橋　太郎"] and seen(clerk, "太郎") == ["髙橋　太郎"]
    (flagged,), _ = add_protection(town.ctx, target=Target(resident_id=town.resident("静")))
    assert release_protection(town.ctx, protection_ids=[flagged], reason="誤り").still == ("import",)
    assert seen(clerk, "静") == []
    (again,), _ = add_protection(town.ctx, target=Target(person_id=person))
    version = town.ctx.reads.get("person", person).version
    correct_person(town.ctx, person_id=person, version=version, values={"protected": True})
    assert release_protection(town.ctx, protection_ids=[again], reason="誤り").still == ("person",)
    assert seen(clerk, "太郎") == []
    assert {row.state for row in list_protections(town.ctx)} == {"released"}


def test_undo_takes_a_registration_or_a_release_back(town: Town) -> None:
    clerk = town.acting("desk")
    ids, _ = add_protection(town.ctx, target=Target(resident_no=TARO), companions=[Target(resident_no=HANA)])
    act = town.ctx.reads.journal.history(ids[0])[0].group
    with pytest.raises(RuleViolation, match=r"permission\.denied"):
        undo(clerk, act=act, reason="誤り")
    undo(town.ctx, act=act, reason="誤り")
    assert seen(clerk, "太郎") == ["髙橋　太郎"] and list_protections(town.ctx) == []
    (one,), _ = add_protection(town.ctx, target=Target(resident_no=TARO))
    release_protection(town.ctx, protection_ids=[one], reason="解除")
    undo(town.ctx, act=town.ctx.reads.journal.history(one)[-1].group, reason="早まった")
    assert seen(clerk, "太郎") == []


def test_terms_are_told_and_never_end_by_themselves(town: Town) -> None:
    clerk = town.acting("desk", "admin")
    (one,), _ = add_protection(town.ctx, target=Target(resident_no=TARO), starts="R6.1.2", ends="令和6年4月30日")
    (row,) = list_protections(town.ctx)
    assert (row.state, row.left, row.name, row.ends) == ("running", 119, "髙橋　太郎", "2024-04-30")
    with pytest.raises(RuleViolation, match=r"protection\.too_early") as early:
        extend_protection(town.ctx, protection_ids=[one], ends="R7.4.30")
    assert early.value.params["day"] == "2024-03-30"
    town.clock.time = datetime(2024, 3, 29, 15, tzinfo=UTC)  # 30 March in Japan
    assert list_protections(town.ctx, state="ending")[0].left == 31
    assert town.ctx.reads.get("protection", one) is not None and take_overview(town.ctx).protections.ending == 1  # type: ignore[union-attr]
    town.clock.time = datetime(2024, 5, 2, tzinfo=UTC)
    assert list_protections(town.ctx)[0].state == "overdue" and seen(clerk, "太郎") == []
    assert take_overview(clerk).protections is None
    extend_protection(town.ctx, protection_ids=[one], ends="2025-04-30")
    assert list_protections(town.ctx)[0].state == "running"


def test_terms_over_are_told_at_sign_in_to_those_who_may_know(folder: Path) -> None:
    clock = Clock()
    town = open_town(folder, clock)
    add_protection(town.ctx, target=Target(resident_no=TARO), ends="R6.1.10")
    assert "protection.overdue" not in town.session.notices
    from app.usecases.operators import add_operator

    add_operator(town.ctx, name="窓口の人", roles=["desk"], password="long enough secret")
    town.session.close(backup=False)
    clock.forward(days=20)
    from app.bootstrap import gateway

    for name, password, told in ((OPERATOR, PASSWORD, True), ("窓口の人", "long enough secret", False)):
        session = gateway(now=clock).open(folder, operator=name, password=password)
        assert ("protection.overdue" in session.notices) is told
        session.close(backup=False)


def test_bad_input_is_refused_with_its_reason(town: Town) -> None:
    def refused(code: str, **values: object) -> None:
        with pytest.raises(RuleViolation) as caught:
            add_protection(town.ctx, **{"target": Target(resident_no=TARO), **values})  # type: ignore[arg-type]
        assert caught.value.code == code

    refused("protection.unknown_resident", target=Target(resident_no="9999999999"))
    refused("protection.unknown_resident", target=Target(resident_id="none:1"))
    refused("record.not_found", target=Target(person_id="nobody"))
    refused("protection.nobody", target=Target())
    refused("protection.ends_before_start", starts="R6.5.1", ends="R6.4.1")
    refused("protection.day", starts="R6.5")
    refused("protection.day", ends="あした")
    refused("protection.already", companions=[Target(resident_no=TARO)])
    assert list_protections(town.ctx) == []
    (one,), _ = add_protection(town.ctx, target=Target(resident_no=TARO), ends="R6.1.20")
    refused("protection.already")
    refused("protection.already", target=Target(resident_id=town.resident("太郎")))
    for ends, code in (("R6.1.20", "protection.not_later"), ("", "protection.end_missing"), ("x", "protection.day")):
        with pytest.raises(RuleViolation) as caught:
            extend_protection(town.ctx, protection_ids=[one], ends=ends)
        assert caught.value.code == code
    with pytest.raises(RuleViolation, match=r"reason\.missing"):
        release_protection(town.ctx, protection_ids=[one], reason=" ")
    release_protection(town.ctx, protection_ids=[one], reason="解除")
    for call in (
        lambda: release_protection(town.ctx, protection_ids=[one], reason="解除"),
        lambda: extend_protection(town.ctx, protection_ids=[one], ends="R8.1.1"),
        lambda: correct_protection(town.ctx, protection_id=one, version=2, values={"note": "x"}, reason="誤記"),
    ):
        with pytest.raises(RuleViolation, match=r"protection\.released"):
            call()
    with pytest.raises(RuleViolation, match=r"word\.unknown"):
        list_protections(town.ctx, state="gone")


def test_corrections(town: Town) -> None:
    (one,), _ = add_protection(town.ctx, target=Target(resident_no=TARO), starts="R6.1.1", ends="R6.12.31")
    correct_protection(town.ctx, protection_id=one, version=1, values={"ends": "R7.1.1", "provisional": True}, reason="誤記")
    assert (list_protections(town.ctx)[0].ends, list_protections(town.ctx)[0].provisional) == ("2025-01-01", True)
    with pytest.raises(StaleRecord):
        correct_protection(town.ctx, protection_id=one, version=1, values={"note": "x"}, reason="誤記")
    for values, code in (
        ({"ends": "R5.1.1"}, "protection.ends_before_start"),
        ({"resident_no": "1"}, "word.unknown"),
        ({"role": "boss"}, "word.unknown"),
    ):
        with pytest.raises(RuleViolation) as caught:
            correct_protection(town.ctx, protection_id=one, version=2, values=values, reason="誤記")
        assert caught.value.code == code
    town.clock.forward(days=400)
    with pytest.raises(RuleViolation, match=r"protection\.later_is_extension"):
        correct_protection(town.ctx, protection_id=one, version=2, values={"ends": "R9.1.1"}, reason="誤記")


def test_registering_and_releasing_are_rights_of_their_own(town: Town) -> None:
    (one,), _ = add_protection(town.acting("protected"), target=Target(resident_no=TARO), ends="R6.1.10")
    extend_protection(town.acting("protected"), protection_ids=[one], ends="R7.1.10")
    for roles in (("protected",), ("admin",), ("shelter", "desk", "protected")):
        with pytest.raises(RuleViolation, match=r"permission\.denied"):
            release_protection(town.acting(*roles), protection_ids=[one], reason="解除")
    for roles in (("admin", "desk", "shelter", "approval"), ("view",)):
        for call in (
            lambda ctx: add_protection(ctx, target=Target(resident_no=HANA)),
            lambda ctx: extend_protection(ctx, protection_ids=[one], ends="R8.1.1"),
            lambda ctx: correct_protection(ctx, protection_id=one, version=1, values={}, reason="x"),
            list_protections,
            find_doubts,
        ):
            with pytest.raises(RuleViolation, match=r"permission\.denied"):
                call(town.acting(*roles))
    release_protection(town.acting("admin", "protected"), protection_ids=[one], reason="解除")
    assert town.acting("admin").reads.all("protection") == [] and town.acting("admin").reads.journal.history(one) == []


def test_a_protected_person_typed_in_as_new_is_a_question_for_those_who_may_know(town: Town) -> None:
    clerk = town.acting("shelter")
    typed = check_in(clerk, shelter_id=town.shelters[0], arrivals=[Arrival(values={"name": "渡邊静", "birth": "S20"})]).persons[0]
    (doubt,) = find_doubts(town.ctx)
    assert doubt.person.id == typed and [hit.name for hit in doubt.likely] == ["渡邉　静"]
    assert take_overview(town.ctx).protections.doubtful == 1  # type: ignore[union-attr]
    link_resident(town.ctx, person_id=typed, resident_id=town.resident("静"))
    assert find_doubts(town.ctx) == []
    other = check_in(clerk, shelter_id=town.shelters[1], arrivals=[Arrival(values={"name": "渡邊静", "birth": "S20"})]).persons[0]
    assert {hit.person_id for hit in find_doubts(town.ctx)[0].likely} == {typed}
    decide(town.ctx, first=typed, second=other, decision="different")
    assert find_doubts(town.ctx) == []


def test_looking_at_the_list_is_in_the_access_log_and_the_store_is_sound(town: Town) -> None:
    add_protection(town.ctx, target=Target(resident_no=TARO))
    list_protections(town.ctx)
    assert (read_access_log(town.ctx)[0].action, read_access_log(town.ctx)[0].target) == ("view", "protections")
    assert town.problems() == []


@pytest.mark.parametrize(
    ("ends", "first"),
    [("2024-03-31", date(2024, 2, 29)), ("2025-03-30", date(2025, 2, 28)), ("2025-01-15", date(2024, 12, 15)), ("", None)],
)
def test_a_month_before_the_end(ends: str, first: date | None) -> None:
    measure = Protection(id="x", resident_no="1", ends=ends)
    assert extendable_from(measure) == first
    if first is not None:
        assert term_state(measure, first) == "ending"
        assert term_state(measure, date.fromordinal(first.toordinal() - 1)) == "running"
        assert term_state(measure, date.fromisoformat(ends)) == "ending"
        assert term_state(measure, date.fromordinal(date.fromisoformat(ends).toordinal() + 1)) == "overdue"


def test_the_usual_term_is_a_year() -> None:
    assert default_end(date(2024, 4, 1)) == date(2025, 3, 31)
    assert default_end(date(2024, 2, 29)) == date(2025, 2, 28)
