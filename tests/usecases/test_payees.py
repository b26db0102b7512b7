"""Payees: who receives, heirs in legal order, one in use for each subject, what stands in the way of paying."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.relief import Casualty, Claim, Entitlement
from app.domain.relief_rules import subject_keys
from app.usecases import accounts, banks, payees
from app.usecases.buildings import link_household, save_building
from app.usecases.context import Context
from app.usecases.payee_rows import PayeeFilter
from tests.stores import OCCURRED, RESIDENTS, Town

KANA = "タカハシ　タロウ"
HEAD = {"name": "髙橋　太郎", "kana": KANA, "birth": "昭和50年3月1日"}


def other(ctx: Context, name: str = "確認する人") -> Context:
    """The same folder with another person before it."""
    return replace(ctx, actor=replace(ctx.actor, operator_id=new_id(), name=name))


def household(town: Town) -> str:
    """The household of 髙橋 with its four members; its id."""
    from app.usecases.residents import load_residents

    snapshot, _ = load_residents(town.ctx, batches=[list(RESIDENTS)], as_of=OCCURRED, label="試験")
    house, _ = save_building(town.ctx, values={"address": "見本市本町1-2-3"})
    return link_household(town.ctx, building_id=house, resident_id=f"{snapshot.id}:0").victim_id


def _home(ctx: Context) -> str:
    """How the household of 髙橋 is known: its number with its snapshot."""
    active = ctx.reads.residents.active()
    return f"{active.id if active else ''}:H1"


def entitle(ctx: Context, victim: str, *, unit: str = "household", programme: str = "p1", **values: Any) -> Entitlement:
    """An entitlement written down directly."""
    keys = subject_keys(
        unit,
        snapshot_household=_home(ctx),
        resident_no=values.get("resident_no", "0000000011"),
        victim_id=victim,
        casualty_id=values.get("casualty_id", ""),
    )
    given = {
        **HEAD, "resident_no": "0000000011", "number": f"E-{new_id()[-6:].upper()}", "victim_id": victim, "household": f"household:{_home(ctx)}",
        "programme_id": programme, "round_id": new_id(), "unit": unit, "subject": keys[0], "aliases": keys[1:], "due": 100_000, **values,
    }  # fmt: skip
    with ctx.unit() as uow:
        made = uow.entitlements.add(Entitlement(id=new_id(), **given))
        uow.commit()
    return made


def died(ctx: Context, victim: str, **values: Any) -> str:
    with ctx.unit() as uow:
        made = uow.casualties.add(
            Casualty(id=new_id(), victim_id=victim, state="confirmed", **{**HEAD, "resident_no": "0000000011", **values})
        )
        uow.commit()
    return made.id


ACCOUNT = {"bank": "0001", "branch": "001", "kind": "普通", "number": "1234567", "holder": "ﾀｶﾊｼ ﾀﾛｳ"}


def payable(ctx: Context, payee_id: str, **values: Any) -> str:
    """A checked account of a payee."""
    made = accounts.save_account(ctx, payee_id=payee_id, values={**ACCOUNT, **values})
    accounts.check_account(other(ctx), account_id=made.account_id, accept=True)
    return made.account_id


def test_the_head_receives_for_the_household_and_the_same_again_changes_nothing(town: Town) -> None:
    one = entitle(town.ctx, household(town))
    assert payees.payees_for(town.ctx.reads, [one])[one.id].problem == "payee.missing"
    made = payees.save_payee(town.ctx, values={}, entitlement_id=one.id)
    assert made.changes
    choice = payees.payees_for(town.ctx.reads, [one])[one.id]
    assert choice.payee and (choice.payee.name, choice.payee.role, choice.payee.kana, choice.problem) == (
        "髙橋　太郎",
        "head",
        KANA,
        "account.missing",
    )
    assert not payees.save_payee(town.ctx, values={}, entitlement_id=one.id).changes
    payable(town.ctx, made.payee_id)
    assert payees.payees_for(town.ctx.reads, [one])[one.id].problem == ""


def test_another_than_the_head_needs_consent_and_gives_way_only_with_a_reason(town: Town) -> None:
    one = entitle(town.ctx, household(town))
    wife = {"name": "髙橋　花", "kana": "タカハシ　ハナ", "role": "妻"}
    with pytest.raises(RuleViolation, match="payee.consent_missing"):
        payees.save_payee(town.ctx, values=wife, entitlement_id=one.id)
    first = payees.save_payee(town.ctx, values={}, entitlement_id=one.id)
    agreed = {**wife, "consent": "同意書 令和6年2月1日"}
    with pytest.raises(RuleViolation, match="payee.exists"):
        payees.save_payee(town.ctx, values=agreed, entitlement_id=one.id)
    with pytest.raises(RuleViolation, match="payee.reason_missing"):
        payees.save_payee(town.ctx, values=agreed, entitlement_id=one.id, replace_old=True)
    second = payees.save_payee(town.ctx, values=agreed, entitlement_id=one.id, replace_old=True, reason="世帯主が入院")
    assert second.replaced == first.payee_id
    chosen = payees.payees_for(town.ctx.reads, [one])[one.id].payee
    assert chosen and (chosen.name, chosen.role) == ("髙橋　花", "spouse")
    assert payees.list_payee_ids(town.ctx) == [second.payee_id]
    assert payees.list_payee_ids(town.ctx, filter=PayeeFilter(show="ended")) == [first.payee_id]


def test_a_payee_of_one_programme_comes_before_the_general_one(town: Town) -> None:
    victim = household(town)
    one, two = entitle(town.ctx, victim), entitle(town.ctx, victim, programme="p2")
    payees.save_payee(town.ctx, values={}, entitlement_id=one.id)
    payees.save_payee(
        town.ctx, values={"name": "髙橋　花", "role": "spouse", "consent": "同意書", "programme_id": "p2"}, entitlement_id=two.id
    )
    chosen = payees.payees_for(town.ctx.reads, [one, two])
    assert [chosen[e.id].payee.name for e in (one, two)] == ["髙橋　太郎", "髙橋　花"]  # type: ignore[union-attr]


def test_a_later_round_finds_the_payee_under_another_link(town: Town) -> None:
    victim = household(town)
    payees.save_payee(town.ctx, values={}, victim_id=victim)
    later = entitle(town.ctx, victim, subject=f"victim:{victim}", aliases=(f"household:{_home(town.ctx)}",), household="")
    assert payees.payees_for(town.ctx.reads, [later])[later.id].payee is not None


def test_a_living_person_is_paid_by_way_of_the_household_and_a_dead_one_is_not(town: Town) -> None:
    victim = household(town)
    home = entitle(town.ctx, victim)
    payees.save_payee(town.ctx, values={}, entitlement_id=home.id)
    child = entitle(town.ctx, victim, unit="person", resident_no="0000000013", name="髙橋　一郎")
    dead = entitle(town.ctx, victim, unit="person", casualty_id=died(town.ctx, victim))
    chosen = payees.payees_for(town.ctx.reads, [child, dead])
    assert chosen[child.id].payee and chosen[child.id].payee.name == "髙橋　太郎"
    assert chosen[dead.id].payee is None and chosen[dead.id].wanted == "payee"


def test_heirs_are_proposed_in_legal_order_and_a_later_one_is_warned_of(town: Town) -> None:
    victim = household(town)
    dead = entitle(town.ctx, victim, unit="person", casualty_id=died(town.ctx, victim))
    found = payees.propose_payees(town.ctx, entitlement_id=dead.id)
    assert [(one.name, one.role, one.order, one.equals) for one in found] == [
        ("髙橋　花", "spouse", 1, 1), ("髙橋　一郎", "child", 2, 2), ("髙橋　二葉", "child", 2, 2),
    ]  # fmt: skip
    first = payees.save_payee(town.ctx, values=found[0].values, entitlement_id=dead.id)
    assert first.warnings == ()
    child = payees.save_payee(town.ctx, values=found[1].values, entitlement_id=dead.id, replace_old=True, reason="母は辞退")
    assert {code for code, _ in child.warnings} == {"payee.heir_order", "payee.heir_consent"}


def test_a_child_is_proposed_a_parent_and_a_household_its_head(town: Town) -> None:
    victim = household(town)
    child = entitle(town.ctx, victim, unit="person", resident_no="0000000014", name="髙橋　二葉", birth="平成25年2月")
    assert [(one.name, one.role) for one in payees.propose_payees(town.ctx, entitlement_id=child.id)] == [
        ("髙橋　太郎", "guardian"), ("髙橋　花", "guardian"), ("髙橋　二葉", "self"),
    ]  # fmt: skip
    home = payees.propose_payees(town.ctx, entitlement_id=entitle(town.ctx, victim).id)
    assert (home[0].role, home[0].consent, home[1].name, home[1].consent) == ("head", False, "髙橋　花", True)


def test_guardian_agent_and_apart_say_what_shows_it(town: Town) -> None:
    one = entitle(town.ctx, household(town), unit="person", resident_no="0000000013", name="髙橋　一郎")
    with pytest.raises(RuleViolation, match="payee.document_missing"):
        payees.save_payee(town.ctx, values={"name": "後見　人", "role": "後見人"}, entitlement_id=one.id)
    payees.save_payee(town.ctx, values={"name": "後見　人", "role": "後見人", "documents": ["登記事項証明書"]}, entitlement_id=one.id)
    apart = entitle(town.ctx, one.victim_id, subject="apart:c1", aliases=(), household="apart:c1")
    with pytest.raises(RuleViolation, match="payee.reason_missing"):
        payees.save_payee(town.ctx, values={"name": "髙橋　花", "role": "apart"}, entitlement_id=apart.id)
    payees.save_payee(town.ctx, values={"name": "髙橋　花", "role": "apart", "reason": "別居"}, entitlement_id=apart.id)
    chosen = payees.payees_for(town.ctx.reads, [apart])[apart.id].payee
    assert chosen and chosen.name == "髙橋　花"


def test_a_contractor_is_paid_for_a_repair_and_has_no_household(town: Town) -> None:
    victim = household(town)
    firm = payees.save_payee(town.ctx, values={"name": "株式会社見本工務店", "kana": "カブシキガイシャミホンコウムテン", "role": "業者"})
    again = payees.save_payee(town.ctx, values={"name": "株式会社見本工務店", "role": "業者"})
    assert again.payee_id == firm.payee_id
    with town.ctx.unit() as uow:
        claim = uow.claims.add(Claim(id=new_id(), programme_id="p1", victim_id=victim, contractor_id=firm.payee_id))
        uow.commit()
    repair = entitle(town.ctx, victim, claim_id=claim.id)
    chosen = payees.payees_for(town.ctx.reads, [repair])[repair.id]
    assert chosen.payee and (chosen.payee.way, chosen.problem) == ("in_kind", "account.missing")
    payable(town.ctx, firm.payee_id, holder="カ）ミホンコウムテン")
    assert payees.payees_for(town.ctx.reads, [repair])[repair.id].problem == ""


def test_cash_needs_no_account_and_many_heads_are_adopted_in_one_act(town: Town) -> None:
    victim = household(town)
    home = entitle(town.ctx, victim)
    dead = entitle(town.ctx, victim, unit="person", casualty_id=died(town.ctx, victim))
    count, _ = payees.adopt_payees(town.ctx, entitlements=[home, dead], way="cash")
    chosen = payees.payees_for(town.ctx.reads, [home, dead])
    assert (count, chosen[home.id].problem, chosen[dead.id].problem) == (1, "", "payee.missing")
    assert payees.adopt_payees(town.ctx, entitlements=[home, dead])[0] == 0


def test_an_account_that_is_not_right_stands_in_the_way(town: Town) -> None:
    one = entitle(town.ctx, household(town))
    payee = payees.save_payee(town.ctx, values={}, entitlement_id=one.id).payee_id
    made = accounts.save_account(town.ctx, payee_id=payee, values=ACCOUNT).account_id

    def problem() -> str:
        return payees.payees_for(town.ctx.reads, [one])[one.id].problem

    assert problem() == "account.unchecked"
    accounts.check_account(other(town.ctx), account_id=made, accept=True)
    assert problem() == ""
    for state in ("wrong", "closed", "deceased"):
        accounts.mark_account(town.ctx, account_id=made, state=state, reason="銀行から")
        assert problem() == f"account.{state}"
    second = payable(town.ctx, payee, number="7654321")
    assert second != made and problem() == ""
    banks.save_own_bank(town.ctx, values={"bank": "0001", "branch": "001", "closed_on": "R6.3.1", "moved_to": "004"}, reason="統合")
    assert problem() == "account.branch_closed"


def test_find_by_number_or_name(town: Town) -> None:
    one = entitle(town.ctx, household(town))
    made = payees.save_payee(town.ctx, values={}, entitlement_id=one.id).payee_id
    assert payees.find_payee(town.ctx, text=one.number) == payees.find_payee(town.ctx, text="高橋太郎") == made
    with pytest.raises(RuleViolation, match="payee.not_found"):
        payees.find_payee(town.ctx, text="いない人")
    file = payees.open_payee(town.ctx, payee_id=made)
    assert file.row.entitlement_number == one.number and file.entitlements == ((one.id, one.number),)


def test_a_payee_of_a_household_is_known_by_the_number_of_a_person(town: Town) -> None:
    victim = household(town)
    hurt = entitle(town.ctx, victim, unit="person", casualty_id=died(town.ctx, victim, harm="serious"), number="T-K7QF-00001-A")
    dead = entitle(town.ctx, victim, unit="person", casualty_id=died(town.ctx, victim), number="T-K7QF-00000-A")
    made = payees.save_payee(town.ctx, values={}, victim_id=victim).payee_id
    (row,) = payees.payee_rows(town.ctx, [made])
    assert (row.entitlement_number, row.entitlement_name) == (hurt.number, hurt.name)
    assert payees.find_payee(town.ctx, text=hurt.number) == made
    with pytest.raises(RuleViolation, match="payee.not_found"):
        payees.find_payee(town.ctx, text=dead.number)
    home = entitle(town.ctx, victim)
    assert payees.payee_rows(town.ctx, [made])[0].entitlement_number == home.number
    assert payees.find_payee(town.ctx, text=hurt.number) == made
