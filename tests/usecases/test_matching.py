"""Proposing, linking, rejecting: people on the roster and residents."""

from __future__ import annotations

import pytest

from app.domain.errors import Cancelled, RuleViolation
from app.domain.evacuee import Person
from app.domain.resident import ResidentRow
from app.usecases import matching
from app.usecases.job import Job
from app.usecases.persons import decide, duplicate_pairs, find_duplicates, undo
from app.usecases.reception import Arrival, check_in
from app.usecases.residents import load_residents
from tests.stores import OCCURRED, RESIDENTS, Town

TARO = {"name": "高橋太郎", "kana": "", "birth": "S50.3.1", "source": "file"}
HANA = {"name": "たかはしはな", "kana": "", "birth": "S52.7.8", "source": "file"}
ICHIRO = {"name": "いちろう", "source": "file"}
STRANGER = {"name": "五百旗頭　一徹", "birth": "S31.12.24", "source": "file"}
SHIZUKA = {"name": "渡辺静", "address": "港町5-6", "source": "file"}


def arrive(town: Town, *values: dict[str, str], shelter: int = 0) -> tuple[str, ...]:
    """Typed people check in together."""
    return check_in(
        town.ctx, shelter_id=town.shelters[shelter], arrivals=[Arrival(values=one, decision="different") for one in values]
    ).persons


def person(town: Town, person_id: str) -> Person:
    found = town.ctx.reads.get("person", person_id)
    assert isinstance(found, Person)
    return found


def test_a_family_is_proposed_with_scores_and_reasons(town: Town) -> None:
    ids = arrive(town, TARO, HANA, ICHIRO)
    stranger = arrive(town, STRANGER)[0]
    run = matching.run_matching(town.ctx)
    cases = {case.person_id: case for case in run.cases}
    assert [cases[one].candidates[0].resident_id for one in ids] == [town.resident(name) for name in ("太郎", "花", "一郎")]
    assert stranger not in cases and run.people == 4 and run.counts["none"] == 1
    assert run.counts["sure"] + run.counts["review"] == 3 == len(run.cases)
    assert ("match.birth_same", "") in cases[ids[0]].candidates[0].reasons
    assert any(code == "match.household" for code, _ in cases[ids[2]].candidates[0].reasons)
    shown = matching.show_cases(town.ctx, cases=run.cases)
    assert {one.person.id: one.candidates[0].resident.name for one in shown}[ids[0]] == "髙橋　太郎"


def test_linking_all_is_one_act_that_undo_takes_back(town: Town) -> None:
    ids = arrive(town, TARO, HANA)
    links = [(ids[0], town.resident("太郎")), (ids[1], town.resident("花"))]
    linked = matching.link_all(town.ctx, links=links, reason="名寄せ")
    assert linked.changes["person"] == set(ids)
    taro = person(town, ids[0])
    assert (taro.resident_id, taro.resident_no, taro.name) == (town.resident("太郎"), "0000000011", "高橋太郎")  # typed stays
    assert (taro.kana, taro.sex) == ("タカハシ　タロウ", "male")  # what was empty is filled
    assert matching.run_matching(town.ctx).people == 0
    undo(town.ctx, act=linked.act, reason="間違い")
    assert all(person(town, one).resident_id == "" for one in ids)
    assert matching.run_matching(town.ctx).people == 2 and town.problems() == []


def test_what_cannot_be_linked_leaves_everything_as_it_was(town: Town) -> None:
    ids = arrive(town, TARO, HANA)
    taro, hana = town.resident("太郎"), town.resident("花")
    for links, code in (
        ([(ids[0], taro), (ids[1], taro)], "match.twice"),
        ([(ids[0], taro), (ids[0], hana)], "match.twice"),
        ([(ids[0], taro), (ids[1], "no:9")], "resident.not_found"),
        ([(ids[0], taro), ("nobody", hana)], "record.not_found"),
    ):
        with pytest.raises(RuleViolation) as fault:
            matching.link_all(town.ctx, links=links, reason="")
        assert fault.value.code == code and person(town, ids[0]).resident_id == ""
    matching.link_all(town.ctx, links=[(ids[0], taro)], reason="")
    with pytest.raises(RuleViolation) as fault:
        matching.link_all(town.ctx, links=[(ids[1], taro)], reason="")
    assert fault.value.code == "resident.linked_elsewhere"
    with pytest.raises(RuleViolation) as fault:
        matching.link_all(town.ctx, links=[(ids[0], hana)], reason="")
    assert fault.value.code == "match.person_linked"
    assert matching.link_all(town.ctx, links=[], reason="") == matching.Linked(act="", changes={})


def test_a_link_to_an_older_snapshot_counts(town: Town) -> None:
    ids = arrive(town, TARO, HANA)
    matching.link_all(town.ctx, links=[(ids[0], town.resident("太郎"))], reason="")
    load_residents(
        town.ctx, batches=[(ResidentRow("0000000099", "H9", "新井　新", "アライ　シン"), *RESIDENTS)], as_of=OCCURRED, label="二回目"
    )
    again = arrive(town, TARO, shelter=1)[0]
    run = matching.run_matching(town.ctx)
    case = next(case for case in run.cases if case.person_id == again)
    assert case.doubt == "match.taken" and run.people == 2
    with pytest.raises(RuleViolation) as fault:
        matching.link_all(town.ctx, links=[(again, case.candidates[0].resident_id)], reason="")
    assert fault.value.code == "resident.linked_elsewhere"


def test_not_the_same_is_remembered_also_for_a_newer_snapshot(town: Town) -> None:
    one = arrive(town, TARO)[0]
    matching.reject(town.ctx, person_id=one, resident_id=town.resident("太郎"), note="別人と確認")

    def proposed() -> set[str]:
        found = matching.run_matching(town.ctx)
        shown = matching.show_cases(town.ctx, cases=found.cases)
        return {c.resident.resident_no for case in shown for c in case.candidates}

    assert "0000000011" not in proposed()
    load_residents(
        town.ctx, batches=[(ResidentRow("0000000099", "H9", "新井　新", "アライ　シン"), *RESIDENTS)], as_of=OCCURRED, label="二回目"
    )
    assert "0000000011" not in proposed()
    active = town.ctx.reads.residents.active()
    assert active is not None
    matching.unreject(town.ctx, person_id=one, resident_id=f"{active.id}:1")
    assert "0000000011" in proposed()
    matching.reject(town.ctx, person_id=one, resident_id=f"{active.id}:1")
    matching.reject(town.ctx, person_id=one, resident_id=f"{active.id}:1")  # saying it twice changes nothing
    assert "0000000011" not in proposed() and town.problems() == []
    with pytest.raises(RuleViolation):
        matching.reject(town.ctx, person_id=one, resident_id="no:1")


def test_a_rejected_resident_without_a_number(town: Town) -> None:
    row = RESIDENTS[0]._replace(resident_no="")
    load_residents(town.ctx, batches=[(row,)], as_of=OCCURRED, label="番号なし")
    one = arrive(town, TARO)[0]
    case = matching.run_matching(town.ctx).cases[0]
    matching.reject(town.ctx, person_id=one, resident_id=case.candidates[0].resident_id)
    assert matching.run_matching(town.ctx).cases == ()


def test_the_right_to_link_is_needed(town: Town) -> None:
    one = arrive(town, TARO)[0]
    ctx = town.acting("shelter")
    for act in (
        lambda: matching.run_matching(ctx),
        lambda: matching.show_cases(ctx, cases=[]),
        lambda: matching.link_all(ctx, links=[], reason=""),
        lambda: matching.reject(ctx, person_id=one, resident_id=town.resident("太郎")),
        lambda: matching.unreject(ctx, person_id=one, resident_id=town.resident("太郎")),
    ):
        with pytest.raises(RuleViolation) as fault:
            act()
        assert fault.value.code == "permission.denied"


def test_nobody_learns_of_a_protected_resident(town: Town) -> None:
    one = arrive(town, SHIZUKA)[0]
    shizuka = town.resident("静")
    assert matching.run_matching(town.ctx).cases[0].candidates[0].resident_id == shizuka  # the administrator may
    desk = town.acting("desk")
    run = matching.run_matching(desk)
    assert run.cases == () and run.counts == {"sure": 0, "review": 0, "none": 1}
    with pytest.raises(RuleViolation) as fault:
        matching.link_all(desk, links=[(one, shizuka)], reason="")
    assert fault.value.code == "resident.not_found"
    matching.link_all(town.ctx, links=[(one, shizuka)], reason="")
    assert person(town, one).protected


def test_without_residents_there_is_nothing_to_match(tmp_path_factory: pytest.TempPathFactory, town: Town) -> None:
    town.session.close(backup=False)
    from app.bootstrap import gateway
    from tests.stores import Clock, setup_of

    session, _ = gateway(now=Clock()).create(tmp_path_factory.mktemp("bare") / "data", setup_of())
    try:
        with pytest.raises(RuleViolation) as fault:
            matching.run_matching(session.context)
        assert fault.value.code == "match.no_snapshot"
        assert find_duplicates(session.context) == []
    finally:
        session.close(backup=False)


def test_no_people_no_cases(town: Town) -> None:
    run = matching.run_matching(town.ctx)
    assert (run.people, run.cases) == (0, ())


def test_cancel_leaves_nothing(town: Town) -> None:
    arrive(town, TARO)
    with pytest.raises(Cancelled):
        matching.run_matching(town.ctx, job=Job(cancelled=lambda: True))
    with pytest.raises(Cancelled):
        matching.link_all(town.ctx, links=[(arrive(town, HANA)[0], town.resident("花"))], reason="", job=Job(cancelled=lambda: True))
    assert matching.run_matching(town.ctx).people == 2


def test_the_dead_are_not_proposed_but_are_still_duplicates(town: Town) -> None:
    from app.usecases.reception import record_death

    first = arrive(town, TARO)[0]
    record_death(town.ctx, person_id=first)
    second = arrive(town, TARO, shelter=1)[0]
    assert {case.person_id for case in matching.run_matching(town.ctx).cases} == {second}
    assert find_duplicates(town.ctx)[0].persons == tuple(sorted((first, second)))


def test_duplicates_across_shelters_until_decided(town: Town) -> None:
    first = arrive(town, TARO)[0]
    second = arrive(town, {"name": "たかはし たろう", "birth": "昭和50年3月1日", "source": "file"}, shelter=1)[0]
    third = arrive(town, {"name": "髙橋　太郎", "birth": "1975-03-01", "source": "file"}, shelter=2)[0]
    groups = find_duplicates(town.ctx)
    assert len(groups) == 1 and set(groups[0].persons) >= {first, third} and groups[0].score >= 0.9
    decide(town.ctx, first=first, second=third, decision="different")
    assert {frozenset(pair[:2]) for pair in duplicate_pairs(town.ctx)}.isdisjoint({frozenset((first, third))})
    assert second not in {one for group in find_duplicates(town.ctx) for one in group.persons} or len(groups[0].persons) == 3
