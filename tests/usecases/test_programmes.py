"""Programmes in the store: taken over once, changed only where that is honest, and the same when they come out again."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import InputFault, RuleViolation, StaleRecord
from app.domain.identifiers import new_id
from app.domain.payments import PaymentBatch
from app.domain.programme_file import parse_programme
from app.domain.programme_plan import RuleDraft
from app.domain.relief import Entitlement
from app.domain.relief_rules import Criteria
from app.usecases import programmes as p
from tests.stores import Town

FILE = """[programme]
code = "mimai"
title = "見舞金"
kind = "見舞金"

[[round]]
code = "1"
title = "第1次"

[[round.rule]]
title = "全壊"
who = { grades = ["全壊"] }
amount = 100_000

[[round.rule]]
title = "半壊"
who = { grades = ["半壊"] }
amount = 50_000
"""


def taken(town: Town, text: str = FILE) -> p.ProgrammeFile:
    """The programme of a file that was taken over."""
    return p.open_programme(town.ctx, programme_id=p.import_programme(town.ctx, text=text, name="制度.toml").programme_id)


def prepare_something(town: Town, file: p.ProgrammeFile) -> None:
    """A batch for the first round, as if payments were prepared."""
    with town.ctx.unit() as uow:
        uow.batches.add(PaymentBatch(id=new_id(), number="B", programme_id=file.programme.id, round_id=file.rounds[0].round.id))
        uow.commit()


def test_a_file_is_taken_over_once_and_then_is_unchanged(town: Town) -> None:
    first = p.import_programme(town.ctx, text=FILE)
    assert (first.state, first.rounds, first.rules) == ("created", 1, 2)
    again = p.import_programme(town.ctx, text=FILE)
    assert (again.state, again.programme_id) == ("unchanged", first.programme_id)
    assert not any(again.changes.values())
    assert len(p.list_programmes(town.ctx)) == 1


def test_what_differs_is_put_right_and_a_rule_keeps_its_identity(town: Town) -> None:
    before = taken(town)
    changed = p.import_programme(town.ctx, text=FILE.replace("50_000", "60_000"))
    after = p.open_programme(town.ctx, programme_id=before.programme.id)
    assert changed.state == "updated"
    assert [rule.id for rule in after.rounds[0].rules] == [rule.id for rule in before.rounds[0].rules]
    assert [rule.amount for rule in after.rounds[0].rules] == [100_000, 60_000]


def test_a_rule_that_is_left_out_ends_and_a_round_that_is_left_out_stays(town: Town) -> None:
    taken(town, FILE + '\n[[round]]\ncode = "2"\ntitle = "第2次"\n')
    after = taken(town, FILE[: FILE.rindex("[[round.rule]]")])
    assert [rule.title for rule in after.rounds[0].rules] == ["全壊"]
    assert [one.round.code for one in after.rounds] == ["1", "2"]


def test_a_fault_changes_nothing(town: Town) -> None:
    with pytest.raises(InputFault, match="money.not_positive"):
        p.import_programme(town.ctx, text=FILE.replace("50_000", "0"))
    assert p.list_programmes(town.ctx) == []


@pytest.mark.parametrize("one", p.shipped_programmes(), ids=lambda one: one.code)
def test_every_shipped_programme_comes_out_as_it_went_in(town: Town, one: p.Shipped) -> None:
    done = p.import_programme(town.ctx, text=one.text, name=one.name)
    text = p.export_programme(town.ctx, programme_id=done.programme_id)
    assert parse_programme(text).digest() == one.plan.digest()
    assert p.import_programme(town.ctx, text=text).state == "unchanged"


def test_a_round_with_payments_is_corrected_only_with_a_reason(town: Town) -> None:
    file = taken(town)
    prepare_something(town, file)
    assert p.open_programme(town.ctx, programme_id=file.programme.id).rounds[0].locked
    with pytest.raises(RuleViolation, match="programme.round_locked"):
        p.import_programme(town.ctx, text=FILE.replace("50_000", "60_000"))
    assert p.import_programme(town.ctx, text=FILE.replace('見舞金"\nkind', '見舞金（改）"\nkind')).state == "updated"
    assert p.import_programme(town.ctx, text=FILE + '\n[[round]]\ncode = "2"\ntitle = "第2次"\n').state == "updated"
    assert p.import_programme(town.ctx, text=FILE.replace("50_000", "60_000"), reason="告示の訂正").state == "updated"
    with pytest.raises(RuleViolation, match="programme.round_locked"):
        p.save_round(town.ctx, programme_id=file.programme.id, round_id=file.rounds[0].round.id, values={"as_of": "2024-02-01"})
    rule = p.open_programme(town.ctx, programme_id=file.programme.id).rounds[0].rules[1]
    assert rule.amount == 60_000
    assert town.ctx.reads.journal.history(rule.id)[-1].reason == "告示の訂正"


def test_a_batch_that_was_cancelled_holds_nothing_back(town: Town) -> None:
    file = taken(town)
    prepare_something(town, file)
    with town.ctx.unit() as uow:
        (batch,) = uow.batches.where(round_id=file.rounds[0].round.id)
        uow.batches.save(replace(batch, state="cancelled"))
        uow.commit()
    assert p.import_programme(town.ctx, text=FILE.replace("50_000", "60_000")).state == "updated"


def drafts(file: p.ProgrammeFile) -> list[RuleDraft]:
    """The rules of the first round, to be changed."""
    return [RuleDraft.of(rule) for rule in file.rounds[0].rules]


def test_rules_are_typed_moved_and_taken_away(town: Town) -> None:
    file = taken(town)
    round_id = file.rounds[0].round.id
    total, half = drafts(file)
    new = RuleDraft(title="単身の加算", category="加算", amount=5_000, group="加算", criteria=Criteria(size_most=1))
    p.save_rules(town.ctx, round_id=round_id, rules=[new, half, replace(total, single="3/4")])
    found = p.open_round(town.ctx, round_id=round_id).rules
    assert [rule.title for rule in found] == ["単身の加算", "半壊", "全壊"]
    assert [rule.id for rule in found[1:]] == [half.id, total.id]
    p.save_rules(town.ctx, round_id=round_id, rules=[half])
    assert [rule.title for rule in p.open_round(town.ctx, round_id=round_id).rules] == ["半壊"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": 0}, "money.not_positive"),
        ({"amount": -1}, "money.not_positive"),
        ({"amount": 10**10}, "money.too_large"),
        ({"title": " "}, "programme.title_missing"),
        ({"group": ""}, "programme.group_missing"),
        ({"single": "5/4"}, "programme.share"),
        ({"unit": "棟"}, "programme.unknown_word"),
        ({"title": "x" * 301}, "programme.too_long"),
        ({"title": "a\x07"}, "programme.control"),
        ({"criteria": Criteria(grades=("全壊",))}, "programme.unknown_word"),
        ({"criteria": Criteria(grades=("total", "half"))}, "programme.overlap"),
        ({"criteria": Criteria(harms=("dead",))}, "programme.harm_of_household"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused_and_nothing_changes(town: Town, change: dict[str, Any], code: str) -> None:
    file = taken(town)
    total, half = drafts(file)
    with pytest.raises(RuleViolation, match=code):
        p.save_rules(town.ctx, round_id=file.rounds[0].round.id, rules=[replace(total, **change), half])
    assert p.open_programme(town.ctx, programme_id=file.programme.id) == file


def test_a_programme_and_a_round_are_typed(town: Town) -> None:
    made, _ = p.save_programme(
        town.ctx, values={"code": "shi", "title": "市の見舞金", "kind": "sympathy", "deadline": "R6.3.31", "budget": 10**11}
    )
    one, _ = p.save_round(town.ctx, programme_id=made, values={"code": "1", "title": "第1次", "as_of": "2024/1/1"})
    file = p.open_programme(town.ctx, programme_id=made)
    assert (file.programme.deadline, file.rounds[0].round.as_of) == ("2024-03-31", "2024-01-01")
    with pytest.raises(StaleRecord):
        p.save_round(town.ctx, programme_id=made, round_id=one, version=9, values={"title": "別"})
    for values, code in (
        ({"code": "shi", "title": "x"}, "programme.code_taken"),
        ({"code": "市", "title": "x"}, "programme.code"),
        ({"code": "y", "title": ""}, "programme.title_missing"),
        ({"code": "y", "title": "x", "kind": "magic"}, "programme.unknown_word"),
        ({"code": "y", "title": "x", "deadline": "2024年3月"}, "programme.day"),
        ({"code": "y", "title": "x", "budget": 0}, "money.not_positive"),
        ({"code": "y", "title": "x", "terms": '{"rate": "99"}'}, "loan.terms"),
    ):
        with pytest.raises(RuleViolation, match=code):
            p.save_programme(town.ctx, values=values)
    with pytest.raises(RuleViolation, match="programme.round_taken"):
        p.save_round(town.ctx, programme_id=made, values={"code": "1", "title": "もう一つ"})


def test_finding_names_what_there_is(town: Town) -> None:
    file = taken(town)
    for wanted in ("mimai", "見舞金", file.programme.id):
        assert p.find_programme(town.ctx, code=wanted) == file.programme
    assert p.find_round(town.ctx, programme="mimai", code="1") == file.rounds[0].round
    with pytest.raises(RuleViolation) as caught:
        p.find_programme(town.ctx, code="mimay")
    assert caught.value.params["known"] == ["mimai"]
    with pytest.raises(RuleViolation, match="programme.round_not_found"):
        p.find_round(town.ctx, programme="mimai", code="9")
    with pytest.raises(RuleViolation, match="programme.not_shipped"):
        p.find_shipped("mimay")


def test_a_round_without_rules_does_not_open_and_a_used_one_does_not_go(town: Town) -> None:
    file = taken(town, FILE + '\n[[round]]\ncode = "2"\ntitle = "第2次"\n')
    first, second = (one.round.id for one in file.rounds)
    with pytest.raises(RuleViolation, match="programme.no_rules"):
        p.set_state(town.ctx, round_id=second, state="open")
    p.set_state(town.ctx, round_id=first, state="open")
    assert p.open_round(town.ctx, round_id=first).round.state == "open"
    with town.ctx.unit() as uow:
        uow.entitlements.add(Entitlement(id=new_id(), programme_id=file.programme.id, round_id=first, subject="victim:x", number="E1"))
        uow.commit()
    with pytest.raises(RuleViolation, match="programme.round_used"):
        p.remove_round(town.ctx, round_id=first, reason="誤り")
    with pytest.raises(RuleViolation, match="programme.kind_used"):
        p.save_programme(town.ctx, programme_id=file.programme.id, values={"kind": "donation"})
    p.remove_round(town.ctx, round_id=second, reason="誤り")
    assert len(p.open_programme(town.ctx, programme_id=file.programme.id).rounds) == 1


@pytest.mark.parametrize("role", ["view", "shelter", "survey", "desk", "approval"])
def test_only_accounting_and_administration_set_programmes(town: Town, role: str) -> None:
    acting = town.acting(role)
    with pytest.raises(RuleViolation, match="permission.denied"):
        p.import_programme(acting, text=FILE)
    with pytest.raises(RuleViolation, match="permission.denied"):
        p.save_programme(acting, values={"code": "a", "title": "b"})


def test_every_field_of_a_programme_and_a_round_goes_through_a_file(town: Town) -> None:
    """A field added later must be in the file, or be one of those that belong to this store."""
    plan = p.plan_of(taken(town))
    ours = {"id", "version", "digest", "deleted", "state"}
    assert set(plan.values) == {one.name for one in dataclasses.fields(p.Programme)} - ours
    assert set(plan.rounds[0].values) == {one.name for one in dataclasses.fields(p.ReliefRound)} - ours - {"programme_id"}
