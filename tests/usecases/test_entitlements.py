"""Entitlements in lists, what is still to pay of them, refusals; claims and casualties with what they refuse and warn of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import RuleViolation, StaleRecord
from app.domain.payments import Account, Payee
from app.usecases import accounts, casualties, claims, entitlements, payees
from app.usecases.buildings import victim_of_resident
from app.usecases.context import Actor
from app.usecases.records import read_access_log
from app.usecases.relief_calculation import calculate
from app.usecases.relief_rows import CasualtyFilter, ClaimFilter, EntitlementFilter
from tests.relief_town import add_casualty, add_home, add_programme, add_round, by_grade, by_harm, calculated, judge_home, pay, row_of
from tests.relief_town import entitlements as stored
from tests.stores import Town


def refused(act: Any, *arguments: Any, **values: Any) -> tuple[str, str | None]:
    with pytest.raises(RuleViolation) as caught:
        act(*arguments, **values)
    return caught.value.code, caught.value.field


def names(town: Town, sort: str = "number", **wanted: Any) -> list[str]:
    ids = entitlements.list_entitlement_ids(town.ctx, filter=EntitlementFilter(**wanted), sort=sort)
    return [row.name for row in entitlements.entitlement_rows(town.ctx, ids)]


@pytest.fixture
def round_id(town: Town) -> str:
    """Three households of 20万, 10万 and 5万, and a dead person."""
    for name, kana, grade in (("架空　甲", "カクウ　コウ", "total"), ("見本　乙", "ミホン　オツ", "medium"), ("例示　丙", "レイジ　ヘイ", "half")):
        add_home(town.ctx, name, grade=grade, head_kana=kana)
    add_casualty(town.ctx, "架空　丁", "dead", district="港町")
    rules = (*by_grade(total=200_000, medium=100_000, half=50_000), *by_harm(dead=500_000))
    made = add_round(town.ctx, add_programme(town.ctx), *rules)
    calculate(town.ctx, round_id=made)
    return made


def test_lists_by_progress_amount_and_words(town: Town, round_id: str) -> None:
    ids = {name: one.id for name, one in stored(town.ctx, round_id).items()}
    pay(town.ctx, ids["架空　甲"], 200_000)
    pay(town.ctx, ids["見本　乙"], 100_000, state="approved")
    pay(town.ctx, ids["例示　丙"], 50_000, state="failed", live=False)
    assert [names(town, progress=one) for one in ("paid", "voucher", "failed", "open", "planned")] == [
        ["架空　甲"], ["見本　乙"], ["例示　丙"], ["架空　丁"], [],
    ]  # fmt: skip
    assert names(town, sort="amount") == ["架空　丁", "架空　甲", "見本　乙", "例示　丙"]
    assert names(town, sort="open", owed=True) == ["架空　丁", "例示　丙"]
    assert names(town, text="ﾐﾎﾝ") == ["見本　乙"] and names(town, text="架空 港") == [] and names(town, text="架空 甲") == ["架空　甲"]
    assert names(town, unit="person") == names(town, category="dead") == names(town, district="港町") == ["架空　丁"]
    assert names(town, wants="payee") == names(town, wants="any") == ["例示　丙", "架空　丁"] and names(town, wants="none") == []
    assert names(town, round_id="none") == [] and names(town, round_id=round_id, flag="over") == []
    row = entitlements.entitlement_rows(town.ctx, [ids["見本　乙"]])[0]
    assert (row.due, row.paid, row.under_way, row.open, row.progress) == (100_000, 0, 100_000, 0, "voucher")
    assert refused(entitlements.list_entitlement_ids, town.ctx, sort="luck") == ("word.unknown", "sort")


def test_one_whole_is_noted_in_the_access_log(town: Town, round_id: str) -> None:
    one = stored(town.ctx, round_id)["架空　甲"]
    pay(town.ctx, one.id, 150_000)
    file = entitlements.open_entitlement(town.ctx, entitlement_id=entitlements.find_entitlement(town.ctx, number=one.number.lower()))
    assert file.row.open == 50_000 and [part.payment.amount for part in file.parts] == [150_000] and file.parts[0].batch is not None
    assert [line.amount for line in file.lines] == [200_000] and file.facts["grade"] == "total" and len(file.rules) == 4
    log = read_access_log(town.session.context)
    assert any(entry.target == "entitlement" and entry.action == "view" for entry in log)
    assert refused(entitlements.find_entitlement, town.ctx, number="NO-1") == ("record.not_found", None)
    assert refused(entitlements.open_entitlement, town.ctx, entitlement_id="x") == ("record.not_found", None)


def test_what_is_still_to_pay_is_what_no_live_share_covers(town: Town, round_id: str) -> None:
    ids = {name: one.id for name, one in stored(town.ctx, round_id).items()}
    pay(town.ctx, ids["架空　甲"], 200_000, state="planned")
    pay(town.ctx, ids["見本　乙"], 60_000)
    pay(town.ctx, ids["例示　丙"], 50_000, state="failed", live=False)
    entitlements.decline(town.ctx, entitlement_ids=[ids["架空　丁"]], reason="本人の申し出", document="辞退届")
    owed = {one.entitlement.name: (one.amount, one.part) for one in entitlements.payable(town.ctx.reads, round_id=round_id).values()}
    assert owed == {"見本　乙": (40_000, 2), "例示　丙": (50_000, 2)}
    some = entitlements.payable(town.ctx.reads, entitlement_ids=[ids["例示　丙"], ids["架空　甲"], "x"])
    assert list(some) == [ids["例示　丙"]]


def test_payees_and_accounts_change_what_is_wanted(town: Town, round_id: str) -> None:
    one = stored(town.ctx, round_id)["架空　甲"]
    saved = payees.save_payee(town.ctx, entitlement_id=one.id, values={"role": "head"})
    assert entitlements.entitlement_rows(town.ctx, [one.id])[0].wants == ("account",)
    account = accounts.save_account(
        town.ctx, payee_id=saved.payee_id, values={"bank": "0001", "branch": "001", "number": "1234567", "holder": "ｶｸｳ ｺｳ"}
    )
    row = entitlements.entitlement_rows(town.ctx, [one.id])[0]
    assert row.wants == ("check",) and row.payee_name == "架空　甲" and row.account.endswith("*4567") and row.account_state == "entered"
    with town.ctx.unit() as uow:
        uow.accounts.save(replace(uow.accounts.need(account.account_id), state="checked", checked_by="x"))
        uow.commit()
    assert row_of(calculate(town.ctx, round_id=round_id), "架空　甲").wants == ()
    assert isinstance(town.ctx.reads.get("payee", saved.payee_id), Payee) and isinstance(account.account, Account)


def test_refusals_need_a_reason_and_nothing_on_its_way(town: Town, round_id: str) -> None:
    ids = {name: one.id for name, one in stored(town.ctx, round_id).items()}
    assert refused(entitlements.decline, town.ctx, entitlement_ids=[ids["架空　甲"]], reason=" ") == ("relief.reason_missing", "reason")
    assert refused(entitlements.decline, town.ctx, entitlement_ids=[ids["架空　甲"]], reason="x", declined_on="2030-01-01")[0] == "relief.declined_on"
    assert refused(entitlements.decline, town.ctx, entitlement_ids=["x"], reason="x")[0] == "record.not_found"
    assert refused(entitlements.decline, town.acting("view"), entitlement_ids=[ids["架空　甲"]], reason="x")[0] == "permission.denied"
    pay(town.ctx, ids["見本　乙"], 100_000)
    pay(town.ctx, ids["例示　丙"], 50_000, state="sent")
    assert refused(entitlements.decline, town.ctx, entitlement_ids=[ids["見本　乙"]], reason="x")[0] == "relief.already_paid"
    assert refused(entitlements.decline, town.ctx, entitlement_ids=[ids["架空　甲"], ids["例示　丙"]], reason="x")[0] == "relief.under_way"
    assert stored(town.ctx, round_id)["架空　甲"].state == "open", "none is declined when one cannot be"
    entitlements.decline(town.ctx, entitlement_ids=[ids["架空　甲"]], reason="他の人へ", document="辞退届", declined_on="R6.1.2")
    one = stored(town.ctx, round_id)["架空　甲"]
    assert (one.state, one.reason, one.document, one.declined_on, one.wants) == ("declined", "他の人へ", "辞退届", "2024-01-02", ())
    again = calculate(town.ctx, round_id=round_id)
    assert (again.declined, again.count, row_of(again, "架空　甲").open) == (1, 3, 0)
    assert refused(entitlements.decline, town.ctx, entitlement_ids=[one.id], reason="x")[0] == "relief.not_open"
    assert refused(entitlements.reopen, town.ctx, entitlement_ids=[one.id], reason="")[0] == "relief.reason_missing"
    entitlements.reopen(town.ctx, entitlement_ids=[one.id], reason="やはり受け取る")
    one = stored(town.ctx, round_id)["架空　甲"]
    assert (one.state, one.wants, one.document) == ("open", ("payee",), "")
    assert refused(entitlements.reopen, town.ctx, entitlement_ids=[one.id], reason="x")[0] == "relief.not_declined"


# -- claims ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"victim_id": ""}, "claim.nobody", "victim_id"),
        ({"claimed_on": "2023-12-31"}, "claim.day", "claimed_on"),
        ({"claimed_on": "2030-01-01"}, "claim.day", "claimed_on"),
        ({"household_size": 0, "reason": "x"}, "claim.size", "household_size"),
        ({"household_size": 3}, "claim.size_reason", "reason"),
        ({"apart": True, "reason": "x"}, "claim.apart_members", "members"),
        ({"apart": True, "members": ["a"]}, "claim.apart_reason", "reason"),
        ({"income": -1}, "claim.income", "income"),
        ({"requested": 0}, "money.not_positive", "requested"),
        ({"requested": -5}, "money.not_positive", "requested"),
        ({"requested": 10_000_000_000}, "money.too_large", "requested"),
        ({"method": "buy"}, "word.unknown", "method"),
        ({"state": "lost"}, "word.unknown", "state"),
        ({"state": "declined"}, "relief.reason_missing", "reason"),
        ({"state": "complete"}, "claim.documents_missing", "documents"),
        ({"victim_id": "nobody"}, "record.not_found", "victim_id"),
        ({"contractor_id": "nobody"}, "record.not_found", "contractor_id"),
        ({"nonsense": 1}, "word.unknown", "nonsense"),
    ],
)
def test_claims_that_cannot_be_are_refused_beside_their_field(town: Town, values: dict[str, Any], code: str, field: str) -> None:
    programme = add_programme(town.ctx, documents=("罹災証明書",))
    home = add_home(town.ctx, "申請　人")
    given = {"programme_id": programme, "victim_id": home, **values}
    assert refused(claims.save_claim, town.ctx, values=given) == (code, field)
    assert claims.list_claim_ids(town.ctx) == []


def test_claims_go_from_received_to_complete_with_their_documents(town: Town) -> None:
    programme = add_programme(town.ctx, documents=("罹災証明書", "通帳の写し"), deadline="2024-01-01")
    home = add_home(town.ctx, "申請　人", head_kana="シンセイ　ニン")
    other = add_round(town.ctx, add_programme(town.ctx))
    assert refused(claims.save_claim, town.ctx, values={"programme_id": programme, "victim_id": home, "round_id": other})[0] == "claim.round"
    first = claims.save_claim(town.ctx, values={"programme_id": programme, "victim_id": home, "claimed_by": "申請　人"})
    assert first.claim.state == "received" and first.claim.number and [code for code, _ in first.warnings] == ["claim.late"]
    claims.tick_documents(town.ctx, claim_id=first.claim.id, documents=["罹災証明書", "罹災証明書"])
    row = claims.claim_rows(town.ctx, [first.claim.id])[0]
    assert (row.state, row.documents, row.missing, row.late, row.name) == ("waiting", ("罹災証明書",), ("通帳の写し",), True, "申請　人")
    assert claims.list_claim_ids(town.ctx, filter=ClaimFilter(lacking=True, text="シンセイ")) == [first.claim.id]
    claims.tick_documents(town.ctx, claim_id=first.claim.id, documents=["罹災証明書", "通帳の写し"])
    file = claims.open_claim(town.ctx, claim_id=claims.find_claim(town.ctx, number=first.claim.number))
    assert (file.claim.state, file.missing, file.wanted) == ("complete", (), ("罹災証明書", "通帳の写し"))
    second = claims.save_claim(town.ctx, values={"programme_id": programme, "victim_id": home})
    assert ("claim.again", {"number": first.claim.number}) in second.warnings
    claims.set_claim_state(town.ctx, claim_id=second.claim.id, state="withdrawn", reason="重複")
    assert claims.list_claim_ids(town.ctx, filter=ClaimFilter(state="withdrawn"), sort="kana") == [second.claim.id]
    with pytest.raises(StaleRecord):
        claims.save_claim(town.ctx, values={"note": "x"}, claim_id=first.claim.id, version=1)
    assert town.problems() == []


def test_protected_claims_and_casualties_are_not_there(town: Town) -> None:
    with town.ctx.unit() as uow:
        hidden = victim_of_resident(town.ctx, uow, town.resident("静"))
        uow.commit()
    programme = add_programme(town.ctx)
    seeing, clerk = town.acting("desk", "protected"), town.acting("desk")
    made = claims.save_claim(seeing, values={"programme_id": programme, "victim_id": hidden.id}).claim
    hurt = casualties.save_casualty(seeing, values={"name": "渡邉　静", "harm": "light", "resident_no": "0000000021"}).casualty
    assert hurt.victim_id == hidden.id
    assert claims.list_claim_ids(seeing) == [made.id] and casualties.list_casualty_ids(seeing) == [hurt.id]
    assert claims.list_claim_ids(clerk) == [] and casualties.list_casualty_ids(clerk) == []
    assert claims.claim_rows(clerk, [made.id]) == [] and casualties.casualty_rows(clerk, [hurt.id]) == []
    assert refused(claims.save_claim, clerk, values={"programme_id": programme, "victim_id": hidden.id})[0] == "record.not_found"
    assert refused(claims.save_claim, clerk, values={"note": "x"}, claim_id=made.id)[0] == "record.not_found"
    assert refused(casualties.confirm_casualty, clerk, casualty_id=hurt.id, document="x")[0] == "record.not_found"
    assert refused(claims.find_claim, clerk, number=made.number)[0] == "record.not_found"
    assert refused(claims.save_claim, clerk, values={"programme_id": programme, "casualty_id": hurt.id})[0] == "record.not_found"


# -- casualties --------------------------------------------------------------------------------------------


def other_person(town: Town, *roles: str) -> Any:
    return replace(town.ctx, actor=Actor(operator_id="other", name="別の人", roles=roles, slot=""))


def test_casualties_are_confirmed_by_another_person_who_has_seen_a_paper(town: Town) -> None:
    made = casualties.save_casualty(town.ctx, values={"resident_id": town.resident("源"), "harm": "dead", "harmed_on": "R6.1.1"}).casualty
    assert (made.name, made.resident_no, made.harmed_on, made.state) == ("﨑山　源", "0000000031", "2024-01-01", "reported")
    assert refused(casualties.confirm_casualty, town.ctx, casualty_id=made.id, document="検案書")[0] == "casualty.same_person"
    checker = other_person(town, "approval")
    assert refused(casualties.confirm_casualty, checker, casualty_id=made.id) == ("casualty.document", "document")
    assert refused(casualties.confirm_casualty, other_person(town, "shelter"), casualty_id=made.id, document="x")[0] == "permission.denied"
    casualties.confirm_casualty(checker, casualty_id=made.id, document="検案書")
    row = casualties.casualty_rows(town.ctx, [made.id])[0]
    assert (row.state, row.document, row.linked, row.entered_by) == ("confirmed", "検案書", True, "支援 花子")
    assert refused(casualties.confirm_casualty, checker, casualty_id=made.id)[0] == "casualty.not_reported"
    casualties.save_casualty(town.ctx, values={"note": "電話済み"}, casualty_id=made.id)
    assert casualties.casualty_rows(town.ctx, [made.id])[0].state == "confirmed"
    casualties.save_casualty(town.ctx, values={"harm": "related_death"}, casualty_id=made.id)
    assert casualties.list_casualty_ids(town.ctx, filter=CasualtyFilter(state="reported", harm="related_death")) == [made.id]
    again = casualties.save_casualty(town.ctx, values={"name": "崎山源", "birth": "大正14年1月5日", "harm": "serious"})
    assert again.warnings == (("casualty.again", {"number": made.number, "name": "﨑山　源"}),)
    casualties.withdraw_casualty(town.ctx, casualty_id=again.casualty.id, reason="重複")
    assert casualties.list_casualty_ids(town.ctx, filter=CasualtyFilter(state="withdrawn")) == [again.casualty.id]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"name": " "}, "casualty.name", "name"),
        ({"birth": "きのう"}, "casualty.birth", "birth"),
        ({"harmed_on": "2023-12-31"}, "casualty.day", "harmed_on"),
        ({"harmed_on": "2030-01-01"}, "casualty.day", "harmed_on"),
        ({"harm": "sad"}, "word.unknown", "harm"),
        ({"sex": "x"}, "word.unknown", "sex"),
        ({"victim_id": "nobody"}, "record.not_found", "victim_id"),
        ({"resident_id": "nobody:1"}, "record.not_found", "resident_id"),
    ],
)
def test_casualties_that_cannot_be_are_refused_beside_their_field(town: Town, values: dict[str, Any], code: str, field: str) -> None:
    assert refused(casualties.save_casualty, town.ctx, values={"name": "見本　人", "harm": "dead", **values}) == (code, field)
    assert casualties.list_casualty_ids(town.ctx) == []


def test_a_changed_grade_is_seen_where_money_waits(town: Town) -> None:
    home = add_home(town.ctx, "再調査　家", grade="half")
    made = add_round(town.ctx, add_programme(town.ctx), *by_grade(total=200_000, half=50_000))
    one = calculated(town.ctx, made)["再調査　家"]
    pay(town.ctx, one.id, 50_000)
    judge_home(town.ctx, home, "total", kind="second")
    calculate(town.ctx, round_id=made)
    assert names(town, flag="raised") == names(town, owed=True) == names(town, progress="open") == ["再調査　家"]
