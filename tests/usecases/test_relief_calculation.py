"""Calculating a round: who gets what, that nobody gets it twice, what is raised, lowered and too much, budgets, protected people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.building import Building, Occupancy
from app.domain.certificate import Certificate
from app.domain.errors import Cancelled, RuleViolation
from app.domain.identifiers import new_id
from app.presentation.messages import message
from app.usecases import claims
from app.usecases.buildings import victim_of_resident
from app.usecases.job import Job
from app.usecases.protections import Target, add_protection
from app.usecases.relief_calculation import calculate, dry_run
from app.usecases.relief_wants import announce_homes
from tests.relief_town import (
    add_casualty,
    add_home,
    add_programme,
    add_round,
    by_grade,
    by_harm,
    calculated,
    change,
    entitlements,
    home_of,
    judge_home,
    pay,
    row_of,
)
from tests.stores import OCCURRED, Town

ISHIKAWA = by_grade(total=200_000, large=150_000, medium=100_000, half=50_000)


def test_a_dry_run_writes_nothing_and_says_what_it_comes_to(town: Town) -> None:
    ctx = town.ctx
    add_home(ctx, "全壊　一", grade="total")
    add_home(ctx, "全壊　二", grade="total")
    add_home(ctx, "半壊　三", grade="half")
    add_home(ctx, "一部　四", grade="partial")
    add_home(ctx, "未判定　五")
    add_casualty(ctx, "死亡　六", "dead")
    round_id = add_round(ctx, add_programme(ctx), *ISHIKAWA, *by_harm(dead=200_000, serious=100_000), budget=1_000_000)
    found = dry_run(ctx, round_id=round_id)
    assert [(one.category, one.unit, one.count, one.unit_amount, one.total) for one in found.categories] == [
        ("total", "household", 2, 200_000, 400_000), ("half", "household", 1, 50_000, 50_000), ("dead", "person", 1, 200_000, 200_000),
    ]  # fmt: skip
    assert (found.count, found.total, found.already, found.to_pay, found.budget, found.left) == (4, 650_000, 0, 650_000, 1_000_000, 350_000)
    assert found.dry and found.created == 4 and found.missing == {"payee": 4} and found.payable == 0
    assert row_of(found, "一部　四").action == "none" and row_of(found, "一部　四").reasons[0].code == "relief.not.grade"
    assert row_of(found, "未判定　五").reasons[0].code == "relief.unknown.grade"
    assert row_of(found, "全壊　一").entitlement_id == "" and row_of(found, "全壊　一").open == 200_000
    assert entitlements(ctx, round_id) == {}
    made = calculate(ctx, round_id=round_id)
    assert made.created == 4 and len(made.changes["entitlement"]) == 4 and not made.dry
    stored = entitlements(ctx, round_id)
    assert stored["全壊　一"].due == 200_000 and stored["全壊　一"].wants == ("payee",) and stored["死亡　六"].unit == "person"
    assert len({one.number for one in stored.values()}) == 4 and all(one.number for one in stored.values())
    again = calculate(ctx, round_id=round_id)
    assert again.created == 0 and again.unchanged == 4 and "entitlement" not in again.changes
    assert town.problems() == []


def test_who_sees_what_is_decided_at_headquarters_only(town: Town) -> None:
    ctx = town.ctx
    round_id = add_round(ctx, add_programme(ctx), *ISHIKAWA)
    with pytest.raises(RuleViolation) as caught:
        calculate(replace(ctx, place=replace(ctx.place, site_kind="shelter")), round_id=round_id)
    assert caught.value.code == "relief.not_headquarters"
    with pytest.raises(RuleViolation) as caught:
        calculate(town.acting("desk"), round_id=round_id)
    assert caught.value.code == "permission.denied"
    empty = add_round(ctx, add_programme(ctx))
    with pytest.raises(RuleViolation) as caught:
        dry_run(ctx, round_id=empty)
    assert caught.value.code == "relief.no_rules"
    change(ctx, "relief_round", round_id, state="closed")
    with pytest.raises(RuleViolation) as caught:
        calculate(ctx, round_id=round_id)
    assert caught.value.code == "relief.round_closed"
    with pytest.raises(RuleViolation) as caught:
        calculate(ctx, round_id=new_id())
    assert caught.value.code == "record.not_found"


def test_rules_that_overlap_are_shown_dry_and_refused(town: Town) -> None:
    twice = [*by_grade(total=1), {"category": "both", "amount": 2, "criteria": {"grades": ("total", "half")}}]
    round_id = add_round(town.ctx, add_programme(town.ctx), *twice)
    assert [code for code, _ in dry_run(town.ctx, round_id=round_id).warnings] == ["programme.overlap"]
    with pytest.raises(RuleViolation) as caught:
        calculate(town.ctx, round_id=round_id)
    assert caught.value.code == "programme.overlap"


def test_a_budget_overrun_is_shown_dry_and_refused_by_how_much(town: Town) -> None:
    ctx = town.ctx
    add_home(ctx, "全壊　一", grade="total")
    programme = add_programme(ctx, budget=250_000)
    first = add_round(ctx, programme, *ISHIKAWA)
    assert dry_run(ctx, round_id=first).left == 50_000
    calculate(ctx, round_id=first)
    second = add_round(ctx, programme, *by_grade(total=80_000), code="2")
    dry = dry_run(ctx, round_id=second)
    assert dry.left == -30_000 and dry.budget == 250_000
    assert dry.warnings == (("relief.over_budget", {"over": 30_000, "budget": 250_000}),)
    with pytest.raises(RuleViolation) as caught:
        calculate(ctx, round_id=second)
    assert caught.value.code == "relief.over_budget" and caught.value.params["over"] == 30_000
    assert entitlements(ctx, second) == {}
    own = add_round(ctx, add_programme(ctx), *ISHIKAWA, budget=199_999)
    with pytest.raises(RuleViolation) as caught:
        calculate(ctx, round_id=own)
    assert caught.value.params["over"] == 1


def test_a_changed_grade_raises_lowers_and_flags_never_pays_a_second_time(town: Town) -> None:
    ctx = town.ctx
    home = add_home(ctx, "再調査　家", grade="half")
    round_id = add_round(ctx, add_programme(ctx), *ISHIKAWA)
    one = calculated(ctx, round_id)["再調査　家"]
    judge_home(ctx, home, "total", kind="second")
    raised = calculate(ctx, round_id=round_id)
    assert raised.raised == 1 and row_of(raised, "再調査　家").flag == "" and raised.to_pay == 200_000
    judge_home(ctx, home, "large", kind="re", day="2024-01-03")
    lowered = calculate(ctx, round_id=round_id)
    assert lowered.lowered == 1 and entitlements(ctx, round_id)["再調査　家"].flag == "less" and lowered.to_pay == 150_000
    payment = pay(ctx, one.id, 150_000)
    judge_home(ctx, home, "total", kind="re", day="2024-01-04")
    again = calculate(ctx, round_id=round_id)
    row = row_of(again, "再調査　家")
    assert (row.action, row.flag, row.already, row.open) == ("raised", "raised", 150_000, 50_000)
    assert row_of(calculate(ctx, round_id=round_id), "再調査　家").flag == "raised"
    judge_home(ctx, home, "half", kind="re", day="2024-01-05")
    over = calculate(ctx, round_id=round_id)
    row = row_of(over, "再調査　家")
    assert (row.action, row.flag, row.over, row.open, row.due) == ("over", "over", 100_000, 0, 50_000)
    assert (over.over, over.over_total, over.to_pay) == (1, 100_000, 0)
    judge_home(ctx, home, "partial", kind="re", day="2024-01-06")
    calculate(ctx, round_id=round_id)
    ended = entitlements(ctx, round_id)["再調査　家"]
    assert (ended.state, ended.over, ended.flag, ended.due, ended.id) == ("ended", 150_000, "over", 0, one.id)
    with ctx.unit() as uow:
        (share,) = uow.shares.where(payment_id=payment)
        uow.commit()
    change(ctx, "payment_share", share.id, live=False)
    calculate(ctx, round_id=round_id)
    assert entitlements(ctx, round_id)["再調査　家"].over == 0
    judge_home(ctx, home, "half", kind="re", day="2024-01-07")
    assert row_of(calculate(ctx, round_id=round_id), "再調査　家").open == 50_000
    assert len(ctx.reads.relief.entitlements(round_id=round_id)) == 1


def test_what_came_back_is_paid_again_when_more_is_due_after_all(town: Town) -> None:
    ctx = town.ctx
    home = add_home(ctx, "返納　家", grade="total")
    round_id = add_round(ctx, add_programme(ctx), *ISHIKAWA)
    one = calculated(ctx, round_id)["返納　家"]
    pay(ctx, one.id, 200_000)
    judge_home(ctx, home, "half", kind="re", day="2024-01-03")
    assert calculated(ctx, round_id)["返納　家"].over == 150_000
    change(ctx, "entitlement", one.id, returned=150_000)
    after = calculated(ctx, round_id)["返納　家"]
    assert (after.over, after.flag, after.before) == (0, "", 0)
    judge_home(ctx, home, "large", kind="re", day="2024-01-04")
    row = row_of(calculate(ctx, round_id=round_id), "返納　家")
    assert (row.open, row.over, row.flag) == (100_000, 0, "raised"), "150,000 are due and 50,000 were kept"
    pay(ctx, one.id, 100_000, part=2)
    row = row_of(calculate(ctx, round_id=round_id), "返納　家")
    assert (row.open, row.over, row.before) == (0, 0, 0)


def test_later_rounds_of_a_total_pay_what_is_added(town: Town) -> None:
    ctx = town.ctx
    add_home(ctx, "全壊　一", grade="total")
    add_home(ctx, "半壊　二", grade="half")
    programme = add_programme(ctx, increments="total")
    first = add_round(ctx, programme, *by_grade(total=100_000, half=50_000))
    stored = calculated(ctx, first)
    pay(ctx, stored["全壊　一"].id, 100_000)
    second = add_round(ctx, programme, *by_grade(total=180_000, half=50_000), code="2")
    later = calculate(ctx, round_id=second)
    assert (row_of(later, "全壊　一").due, row_of(later, "全壊　一").before, row_of(later, "全壊　一").open) == (180_000, 100_000, 80_000)
    assert row_of(later, "半壊　二").open == 0, "what the first round owes is not owed a second time"
    assert (later.total, later.to_pay) == (80_000, 80_000)
    third = add_round(ctx, programme, *by_grade(total=180_000), code="10")
    assert row_of(dry_run(ctx, round_id=third), "全壊　一").before == 180_000
    assert row_of(dry_run(ctx, round_id=first), "全壊　一").before == 0, "an earlier round takes nothing off for a later one"


def test_rounds_that_add_do_not_look_at_each_other(town: Town) -> None:
    ctx = town.ctx
    add_home(ctx, "全壊　一", grade="total")
    programme = add_programme(ctx)
    calculated(ctx, add_round(ctx, programme, *by_grade(total=200_000)))
    second = add_round(ctx, programme, *by_grade(total=800_000), code="2")
    assert row_of(dry_run(ctx, round_id=second), "全壊　一").open == 800_000


def test_a_household_linked_later_to_the_register_is_the_same(town: Town) -> None:
    ctx = town.ctx
    typed = add_home(ctx, "髙橋　太郎", "髙橋　花", grade="total")
    round_id = add_round(ctx, add_programme(ctx), *ISHIKAWA)
    before = calculated(ctx, round_id)["髙橋　太郎"]
    snapshot = ctx.reads.residents.active()
    assert snapshot is not None
    change(ctx, "victim", typed, snapshot_id=snapshot.id, resident_household="H1", resident_no="0000000011")
    again = calculate(ctx, round_id=round_id)
    after = entitlements(ctx, round_id)["髙橋　太郎"]
    assert again.created == 0 and after.id == before.id and after.subject == before.subject == f"victim:{typed}"
    assert {f"household:{snapshot.id}:H1", "head:0000000011"} <= set(after.aliases)
    with ctx.unit() as uow:
        other = victim_of_resident(ctx, uow, town.resident("花"))
        uow.commit()
    assert other.id == typed
    twin = add_home(ctx, "髙橋　花", grade="total", snapshot_id=snapshot.id, resident_household="H1")
    listed = calculate(ctx, round_id=round_id)
    row = next(one for one in listed.rows if one.victim_id == twin)
    assert (row.action, row.problem, row.params["name"], row.open) == ("problem", "relief.same_household", "髙橋　太郎", 0)
    assert listed.problems == 1 and len(ctx.reads.relief.entitlements(round_id=round_id)) == 1


def test_two_entries_for_one_shared_house_and_shared_members_are_listed(town: Town) -> None:
    ctx = town.ctx
    first = add_home(ctx, "見本　一郎", "見本　花子", grade="total", head_birth="S50.3.1")
    add_home(ctx, "見本一郎", building=home_of(ctx, first))
    add_home(ctx, "見本　次郎", building=home_of(ctx, first))
    third = add_home(ctx, "別家　三郎", grade="half")
    fourth = add_home(ctx, "別家　四郎", grade="half")
    with ctx.unit() as uow:
        for victim in (third, fourth):
            member = uow.members.where(victim_id=victim)[0]
            uow.members.save(replace(member, resident_no="0000000099"))
        uow.commit()
    round_id = add_round(ctx, add_programme(ctx), *ISHIKAWA)
    found = dry_run(ctx, round_id=round_id)
    assert row_of(found, "見本一郎").problem == "relief.same_house"
    assert row_of(found, "別家　四郎").problem == "relief.shared_member" and row_of(found, "別家　四郎").params["name"] == "別家　三郎"
    assert (row_of(found, "見本　次郎").due, row_of(found, "別家　三郎").due, found.created) == (200_000, 50_000, 3)


def test_two_entitlements_that_turn_out_to_be_one_household_become_one(town: Town) -> None:
    ctx = town.ctx
    one, two = add_home(ctx, "甲　太郎", grade="total"), add_home(ctx, "乙　花子", grade="total")
    round_id = add_round(ctx, add_programme(ctx), *ISHIKAWA)
    stored = calculated(ctx, round_id)
    pay(ctx, stored["乙　花子"].id, 200_000)
    snapshot = ctx.reads.residents.active()
    assert snapshot is not None
    for victim in (one, two):
        change(ctx, "victim", victim, snapshot_id=snapshot.id, resident_household="H9")
    found = calculate(ctx, round_id=round_id)
    after = entitlements(ctx, round_id)
    assert (found.problems, found.created, found.to_pay, found.already) == (1, 0, 0, 200_000)
    assert (after["乙　花子"].state, after["甲　太郎"].state, after["甲　太郎"].over) == ("open", "ended", 0)
    assert after["乙　花子"].id == stored["乙　花子"].id and after["甲　太郎"].id == stored["甲　太郎"].id


def test_removed_households_and_withdrawn_casualties_end(town: Town) -> None:
    ctx = town.ctx
    home = add_home(ctx, "取消　家", grade="half")
    dead = add_casualty(ctx, "誤報　人", "dead")
    round_id = add_round(ctx, add_programme(ctx), *ISHIKAWA, *by_harm(dead=200_000))
    stored = calculated(ctx, round_id)
    pay(ctx, stored["誤報　人"].id, 200_000, state="sent")
    change(ctx, "victim", home, deleted=True)
    change(ctx, "casualty", dead, state="withdrawn")
    found = calculate(ctx, round_id=round_id)
    after = entitlements(ctx, round_id)
    assert (after["取消　家"].state, after["取消　家"].over) == ("ended", 0)
    assert (after["誤報　人"].state, after["誤報　人"].over, after["誤報　人"].flag) == ("ended", 200_000, "over")
    assert row_of(found, "取消　家").problem == "relief.gone" and found.ended == 1 and found.over == 1
    change(ctx, "casualty", dead, state="confirmed")
    assert calculate(ctx, round_id=round_id).raised == 1
    again = entitlements(ctx, round_id)["誤報　人"]
    assert (again.state, again.over, again.flag, again.due, again.id) == ("open", 0, "", 200_000, stored["誤報　人"].id)


def test_every_resident_of_a_district_on_a_day_and_the_dead_among_them(town: Town) -> None:
    ctx = town.ctx
    everyone = {
        "category": "resident", "unit": "person", "group": "resident", "amount": 50_000, "criteria": {"districts": ("本町",), "resident_on": "2024-01-01"},
    }  # fmt: skip
    add_casualty(ctx, "髙橋　花", "dead", resident_no="0000000012")
    round_id = add_round(ctx, add_programme(ctx), everyone, *by_harm(dead=200_000))
    found = dry_run(ctx, round_id=round_id)
    assert {row.name: row.due for row in found.rows} == {
        "髙橋　太郎": 50_000, "髙橋　花": 250_000, "髙橋　一郎": 50_000, "髙橋　二葉": 50_000,
    }  # fmt: skip
    snapshot = ctx.reads.residents.active()
    assert snapshot is not None and snapshot.as_of == OCCURRED
    stored = calculated(ctx, round_id)
    assert {one.household for one in stored.values()} == {f"household:{snapshot.id}:H1"}
    late = dict(everyone, criteria={"districts": ("本町",), "resident_on": "2024-02-01"})
    other = add_round(ctx, add_programme(ctx), late)
    assert dry_run(ctx, round_id=other).warnings == (("relief.no_residents", {"days": ["2024-02-01"]}),)
    with pytest.raises(RuleViolation) as caught:
        calculate(ctx, round_id=other)
    assert caught.value.code == "relief.no_residents"


def test_somebody_listed_with_two_harms_counts_once_by_the_worse(town: Town) -> None:
    ctx = town.ctx
    add_casualty(ctx, "重傷　後に死亡", "serious", resident_no="0000000031")
    add_casualty(ctx, "重傷　後に死亡", "dead", resident_no="0000000031")
    round_id = add_round(ctx, add_programme(ctx), *by_harm(dead=200_000, serious=100_000))
    found = calculate(ctx, round_id=round_id)
    assert sorted((row.action, row.due, row.problem) for row in found.rows) == [("created", 200_000, ""), ("problem", 0, "relief.same_person")]
    assert found.to_pay == 200_000


def test_unconfirmed_casualties_and_businesses_are_not_counted(town: Town) -> None:
    ctx = town.ctx
    add_casualty(ctx, "届出　のみ", "dead", state="reported")
    add_home(ctx, "見本商店", grade="total", source="business")
    add_home(ctx, "遠方　所有者", grade="total", source="owner")
    barn = add_home(ctx, "納屋　主", grade="total")
    change(ctx, "building", home_of(ctx, barn), use="barn")
    found = dry_run(ctx, round_id=add_round(ctx, add_programme(ctx), *ISHIKAWA, *by_harm(dead=1)))
    assert [row.name for row in found.rows] == ["納屋　主"] and row_of(found, "納屋　主").reasons[0].code == "relief.not.use"


def test_single_people_get_three_quarters_and_claims_tell_the_rest(town: Town) -> None:
    ctx = town.ctx
    programme = add_programme(ctx, kind="livelihood", increments="total", needs_claim=True, documents=("罹災証明書", "通帳の写し"))
    rules = [
        {"category": "base", "amount": 1_000_000, "single": "3/4", "criteria": {"grades": ("total",)}},
        {"category": "build", "group": "add", "amount": 2_000_000, "single": "3/4", "criteria": {"grades": ("total",), "methods": ("build",)}},
        {"category": "rent", "group": "add", "amount": 500_000, "single": "3/4", "criteria": {"grades": ("total",), "methods": ("rent",)}},
    ]  # fmt: skip
    round_id = add_round(ctx, programme, *rules)
    alone = add_home(ctx, "独り　一", grade="total")
    add_home(ctx, "二人　二", "二人　三", grade="total")
    found = calculate(ctx, round_id=round_id)
    assert (row_of(found, "独り　一").due, row_of(found, "二人　二").due) == (750_000, 1_000_000)
    assert found.missing == {"claim": 2, "documents": 2, "payee": 2}
    first = claims.save_claim(ctx, values={"programme_id": programme, "victim_id": alone, "method": "rent", "documents": ["罹災証明書"]}).claim
    assert first.state == "waiting" and entitlements(ctx, round_id)["独り　一"].wants == ("documents", "payee")
    assert row_of(calculate(ctx, round_id=round_id), "独り　一").due == 750_000 + 375_000
    claims.tick_documents(ctx, claim_id=first.id, documents=["罹災証明書", "通帳の写し"])
    one = entitlements(ctx, round_id)["独り　一"]
    assert one.wants == ("payee",) and one.claim_id == first.id
    pay(ctx, one.id, 1_125_000)
    claims.save_claim(ctx, values={"programme_id": programme, "victim_id": alone, "method": "build"})
    more = row_of(calculate(ctx, round_id=round_id), "独り　一")
    assert (more.due, more.already, more.open, more.flag) == (2_250_000, 1_125_000, 1_125_000, "raised"), "the difference to the higher way"
    claims.save_claim(ctx, values={"household_size": 2, "reason": "住民票を移していない子と同居"}, claim_id=first.id)
    assert row_of(dry_run(ctx, round_id=round_id), "独り　一").due == 3_000_000


def test_who_lives_apart_is_a_household_of_its_own_and_not_counted_in_the_other(town: Town) -> None:
    ctx = town.ctx
    home = add_home(ctx, "世帯　主", "世帯　妻", grade="total")
    programme = add_programme(ctx)
    round_id = add_round(ctx, programme, {"category": "base", "amount": 1_000_000, "single": "3/4", "criteria": {"grades": ("total",)}})
    claims.save_claim(
        ctx, values={"programme_id": programme, "victim_id": home, "apart": True, "members": ["世帯　妻"], "reason": "別居（公共料金の領収書）"}
    )
    found = calculate(ctx, round_id=round_id)
    assert {row.name: (row.due, row.size) for row in found.rows} == {"世帯　主": (750_000, 1), "世帯　妻": (750_000, 1)}
    stored = entitlements(ctx, round_id)
    assert stored["世帯　主"].household != stored["世帯　妻"].household and stored["世帯　妻"].subject.startswith("apart:")
    assert calculate(ctx, round_id=round_id).unchanged == 2
    claims.save_claim(ctx, values={"programme_id": programme, "victim_id": home, "apart": True, "members": ["いない　人"], "reason": "別居"})
    assert dry_run(ctx, round_id=round_id).problems == 1


def test_a_certificate_is_wanted_where_the_programme_asks_for_one(town: Town) -> None:
    ctx = town.ctx
    home = add_home(ctx, "証明　なし", grade="half")
    round_id = add_round(ctx, add_programme(ctx, needs_certificate=True), *ISHIKAWA)
    assert calculated(ctx, round_id)["証明　なし"].wants == ("certificate", "payee")
    with ctx.unit() as uow:
        uow.certificates.add(Certificate(id=new_id(), victim_id=home, kind="damage", grade="half"))
        uow.commit()
    assert calculated(ctx, round_id)["証明　なし"].wants == ("payee",)


def test_a_certificate_of_another_degree_has_to_be_replaced_before_more_is_paid(town: Town) -> None:
    ctx = town.ctx
    home = add_home(ctx, "程度　違い", grade="half")
    round_id = add_round(ctx, add_programme(ctx, needs_certificate=True), *ISHIKAWA)
    with ctx.unit() as uow:
        old = uow.certificates.add(Certificate(id=new_id(), victim_id=home, kind="damage", grade="half"))
        uow.commit()
    first = calculate(ctx, round_id=round_id)
    assert (first.rows[0].wants, first.warnings) == (("payee",), ())
    judge_home(ctx, home, "total", kind="re", day="2024-02-01")
    dry = dry_run(ctx, round_id=round_id)
    raised = calculate(ctx, round_id=round_id)
    for told in (dry, raised):
        assert (told.raised, told.rows[0].wants, told.missing["certificate"]) == (1, ("certificate", "payee"), 1)
        assert told.warnings == (("relief.reissue", {"count": 1}),)
    assert "差替えが要ります" in message("relief.reissue", count=1)
    with ctx.unit() as uow:  # what is announced in between says the same as a calculation
        (stored,) = uow.entitlements.where(round_id=round_id)
        announce_homes(uow, victim_ids=[home])
        assert uow.entitlements.need(stored.id).wants == stored.wants == ("certificate", "payee")
        uow.certificates.save(replace(old, state="superseded"))
        uow.certificates.add(Certificate(id=new_id(), victim_id=home, kind="damage", grade="total"))
        announce_homes(uow, victim_ids=[home])
        assert uow.entitlements.need(stored.id).wants == ("payee",)
        uow.commit()
    after = calculate(ctx, round_id=round_id)
    assert (after.rows[0].wants, after.warnings) == (("payee",), ())


def test_who_may_not_know_of_protected_people_is_always_told_that_they_are_left_out(town: Town) -> None:
    ctx = town.ctx
    add_home(ctx, "見える　家", grade="total")
    round_id = add_round(ctx, add_programme(ctx), *ISHIKAWA)
    clerk, seeing = town.acting("accounting"), town.acting("accounting", "protected")
    line = (("relief.without_protected", {}),)
    assert dry_run(clerk, round_id=round_id).warnings == line, "nobody is protected, and still it says so"
    with ctx.unit() as uow:
        hidden = victim_of_resident(ctx.for_purpose("x"), uow, town.resident("静"))
        house = uow.buildings.add(Building(id=new_id(), number="HID", address="見本市港町5"))
        uow.occupancies.add(Occupancy(id=new_id(), building_id=house.id, victim_id=hidden.id))
        uow.commit()
    judge_home(ctx, hidden.id, "total")
    assert dry_run(clerk, round_id=round_id).warnings == line == calculate(clerk, round_id=round_id).warnings
    assert dry_run(seeing, round_id=round_id).warnings == () and dry_run(seeing, round_id=round_id).count == 2


def test_protected_people_are_not_there_for_those_without_the_right(town: Town) -> None:
    ctx = town.ctx
    with ctx.unit() as uow:
        hidden = victim_of_resident(ctx.for_purpose("x"), uow, town.resident("静"))
        uow.commit()
    change(ctx, "victim", hidden.id, district="港町")
    add_casualty(ctx, "渡邉　静", "serious", resident_no="0000000021")
    add_home(ctx, "見える　家", grade="total")
    with ctx.unit() as uow:
        house = uow.buildings.add(Building(id=new_id(), number="HID", address="見本市港町5"))
        uow.occupancies.add(Occupancy(id=new_id(), building_id=house.id, victim_id=hidden.id))
        uow.commit()
    judge_home(ctx, hidden.id, "total")
    everyone = {"category": "all", "unit": "person", "group": "all", "amount": 1_000, "criteria": {"districts": ("港町",)}}
    rules = (*ISHIKAWA, *by_harm(serious=100_000), everyone)
    round_id = add_round(ctx, add_programme(ctx), *rules)
    clerk, seeing = town.acting("accounting"), town.acting("accounting", "protected")
    assert [row.name for row in dry_run(clerk, round_id=round_id).rows] == ["見える　家"]
    whole = calculate(seeing, round_id=round_id)
    assert whole.total == 200_000 * 2 + 101_000 and sum(row.protected for row in whole.rows) == 2
    seen = calculate(clerk, round_id=round_id)
    assert (seen.count, seen.total, seen.ended, seen.unchanged) == (1, 200_000, 0, 1)
    assert len(ctx.reads.relief.entitlements(round_id=round_id)) == 3
    assert {one.state for one in ctx.reads.relief.entitlements(round_id=round_id)} == {"open"}


def test_cancel_leaves_everything_as_it_was(town: Town) -> None:
    add_home(town.ctx, "全壊　一", grade="total")
    round_id = add_round(town.ctx, add_programme(town.ctx), *ISHIKAWA)
    with pytest.raises(Cancelled):
        calculate(town.ctx, round_id=round_id, job=Job(cancelled=lambda: True))
    assert entitlements(town.ctx, round_id) == {}
    one = town.ctx.reads.get("relief_round", round_id)
    assert getattr(one, "state", "") == "draft"
    calculate(town.ctx, round_id=round_id)
    assert getattr(town.ctx.reads.get("relief_round", round_id), "state", "") == "open"


def test_a_raise_is_never_more_than_what_is_left_after_payments_on_their_way(town: Town) -> None:
    home = add_home(town.ctx, "手続き中　家", grade="half")
    round_id = add_round(town.ctx, add_programme(town.ctx), *ISHIKAWA)
    one = calculated(town.ctx, round_id)["手続き中　家"]
    pay(town.ctx, one.id, 50_000, state="planned")
    judge_home(town.ctx, home, "total", kind="second")
    row = row_of(calculate(town.ctx, round_id=round_id), "手続き中　家")
    assert (row.already, row.open, row.flag) == (50_000, 150_000, "raised")
    pay(town.ctx, one.id, 150_000, state="approved", part=2)
    assert row_of(calculate(town.ctx, round_id=round_id), "手続き中　家").open == 0


def test_the_household_of_a_protected_person_is_left_alone_by_others(town: Town) -> None:
    everyone = {"category": "all", "unit": "person", "group": "all", "amount": 1_000, "criteria": {"districts": ("本町", "山手")}}
    round_id = add_round(town.ctx, add_programme(town.ctx), everyone, *by_harm(serious=100_000))
    add_casualty(town.ctx, "髙橋　太郎", "serious", resident_no="0000000011")
    add_protection(town.acting("admin", "protected"), target=Target(resident_no="0000000012"))
    clerk, seeing = town.acting("accounting"), town.acting("accounting", "protected")
    assert [row.name for row in calculate(clerk, round_id=round_id).rows] == ["﨑山　源"]
    whole = calculate(seeing, round_id=round_id)
    assert whole.created == 4 and sum(row.protected for row in whole.rows) == 4
    again = calculate(clerk, round_id=round_id)
    assert ([row.name for row in again.rows], again.unchanged, again.ended) == (["﨑山　源"], 1, 0)
    assert {one.state for one in town.ctx.reads.relief.entitlements(round_id=round_id)} == {"open"}
