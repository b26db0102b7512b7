"""What stands in the way of a payment: documents come with a claim, and those of a case never stand in the way."""

from __future__ import annotations

from app.usecases import accounts, certificates, claims, payees
from app.usecases.relief_calculation import calculate, dry_run
from app.usecases.relief_rows import ClaimFilter
from tests.certificates_town import add_building, ask, issue, sign_as_mayor
from tests.relief_town import add_home, add_programme, add_round, by_grade, entitlements
from tests.stores import Town

PAPERS = ("通帳の写し", "診断書（重傷のとき）")


def test_where_no_claim_is_needed_nobody_lacks_documents(town: Town) -> None:
    add_home(town.ctx, "全壊　一", grade="total")
    round_id = add_round(town.ctx, add_programme(town.ctx, documents=PAPERS), *by_grade(total=200_000))
    assert dry_run(town.ctx, round_id=round_id).missing == {"payee": 1}


def test_a_claim_lacks_what_everybody_brings_and_no_more(town: Town) -> None:
    home = add_home(town.ctx, "全壊　一", grade="total")
    programme = add_programme(town.ctx, documents=PAPERS, needs_claim=True)
    round_id = add_round(town.ctx, programme, *by_grade(total=200_000))
    claim = claims.save_claim(town.ctx, values={"programme_id": programme, "victim_id": home}).claim
    calculate(town.ctx, round_id=round_id)
    assert entitlements(town.ctx, round_id)["全壊　一"].wants == ("documents", "payee")
    (row,) = claims.claim_rows(town.ctx, claims.list_claim_ids(town.ctx, filter=ClaimFilter(lacking=True)))
    assert row.missing == ("通帳の写し",) and claims.open_claim(town.ctx, claim_id=claim.id).wanted == PAPERS
    claims.tick_documents(town.ctx, claim_id=claim.id, documents=["通帳の写し"])
    assert entitlements(town.ctx, round_id)["全壊　一"].wants == ("payee",)
    assert claims.list_claim_ids(town.ctx, filter=ClaimFilter(lacking=True)) == [] and town.ctx.reads.get("claim", claim.id).state == "complete"


def test_a_certificate_is_lacking_until_it_is_issued_and_again_when_it_is_taken_back(town: Town) -> None:
    sign_as_mayor(town.ctx)
    building = add_building(town.ctx, resident=town.resident("太郎"), grade="half")
    round_id = add_round(town.ctx, add_programme(town.ctx, needs_certificate=True), *by_grade(half=50_000))
    calculate(town.ctx, round_id=round_id)

    def wants() -> tuple[str, ...]:
        return next(iter(entitlements(town.ctx, round_id).values())).wants

    assert wants() == ("certificate", "payee")
    paper = issue(town.ctx, ask(town.ctx, building).application.id).certificates[0]
    assert wants() == ("payee",)
    certificates.revoke(town.ctx, certificate_id=paper, reason="別の世帯の建物で発行していた")
    assert wants() == ("certificate", "payee")


def test_a_payee_and_an_account_change_what_is_lacking_at_once(town: Town) -> None:
    add_home(town.ctx, "全壊　一", grade="total", head_kana="ゼンカイ　イチ")
    round_id = add_round(town.ctx, add_programme(town.ctx), *by_grade(total=200_000))
    calculate(town.ctx, round_id=round_id)
    one = entitlements(town.ctx, round_id)["全壊　一"]
    payee = payees.save_payee(town.ctx, values={"role": "head", "kana": "ゼンカイ　イチ"}, entitlement_id=one.id).payee_id
    assert entitlements(town.ctx, round_id)["全壊　一"].wants == ("account",)
    values = {"bank": "0001", "branch": "001", "kind": "1", "number": "1234567", "holder": "ゼンカイ　イチ"}
    account = accounts.save_account(town.ctx, payee_id=payee, values=values).account_id
    assert entitlements(town.ctx, round_id)["全壊　一"].wants == ("check",)
    accounts.mark_account(town.ctx, account_id=account, state="closed", reason="解約した")
    assert entitlements(town.ctx, round_id)["全壊　一"].wants == ("account",)
    payees.end_payee(town.ctx, payee_id=payee, reason="別の人が受け取る")
    assert entitlements(town.ctx, round_id)["全壊　一"].wants == ("payee",)
