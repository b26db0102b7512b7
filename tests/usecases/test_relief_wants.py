"""What stands in the way of a payment: documents come with a claim, and those of a case never stand in the way."""

from __future__ import annotations

from app.usecases import claims
from app.usecases.relief_calculation import calculate, dry_run
from app.usecases.relief_rows import ClaimFilter
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
