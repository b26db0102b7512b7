"""Who would get the same money a second time under another number, another year or another name, and who is not to get it at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.identifiers import new_id
from app.domain.relief import Claim
from app.usecases.batch_preparing import prepare
from app.usecases.entitlements import payable
from app.usecases.payees import adopt_payees, save_payee
from app.usecases.relief_calculation import calculate, dry_run
from tests.relief_town import add_casualty, add_home, add_programme, add_round, by_grade, by_harm, entitlements, pay, row_of
from tests.store_fixtures import template
from tests.stores import Clock, Town, copy_store, open_town

__all__ = ["template"]


@pytest.fixture
def town(template: Path, tmp_path: Path) -> Any:
    town = open_town(copy_store(template, tmp_path / "data"), Clock())
    yield town
    town.session.close(backup=False)


@pytest.mark.parametrize(
    ("other", "counted"),
    [
        ({}, 1),
        ({"birth": "昭和30年9月21日"}, 1),
        ({"address": "架空町1-20-20"}, 1),
        ({"birth": "昭和31年1月1日"}, 2),
        ({"address": "見本町9番"}, 2),
        ({"address": "見本町9番", "birth": "昭和30年9月21日"}, 1),
        ({"resident_no": "0000099999"}, 2),
    ],
    ids=("name only", "same birth", "same address", "another birth", "another address", "same birth, another address", "another number"),
)
def test_a_dead_person_known_by_name_only_is_not_counted_again(town: Town, other: dict[str, str], counted: int) -> None:
    known = {"birth": "昭和30年9月21日", "address": "架空町１丁目２０番２０号", "resident_no": "0000088888"}
    round_id = add_round(town.ctx, add_programme(town.ctx, kind="condolence"), *by_harm(dead=5_000_000))
    add_casualty(town.ctx, "架空　甲一", "dead", **known)
    assert calculate(town.ctx, round_id=round_id).total == 5_000_000
    add_casualty(town.ctx, "架空甲一", "dead", **other)
    told = dry_run(town.ctx, round_id=round_id)
    assert (told.count, told.total) == (counted, counted * 5_000_000)
    assert [one.problem for one in told.rows if one.problem] == ["relief.same_name"] * (2 - counted)
    calculate(town.ctx, round_id=round_id)
    assert sum(one.due for one in town.ctx.reads.relief.entitlements(round_id=round_id)) == counted * 5_000_000


def test_what_was_paid_under_a_name_only_counts_for_the_person_found_in_the_register(town: Town) -> None:
    round_id = add_round(town.ctx, add_programme(town.ctx, kind="condolence"), *by_harm(dead=5_000_000))
    add_casualty(town.ctx, "架空　甲一", "dead")
    calculate(town.ctx, round_id=round_id)
    pay(town.ctx, town.ctx.reads.relief.entitlements(round_id=round_id)[0].id, 5_000_000)
    add_casualty(town.ctx, "架空　甲一", "dead", resident_no="0000088888")
    calculate(town.ctx, round_id=round_id)
    assert sum(one.amount for one in payable(town.ctx.reads, round_id=round_id).values()) == 0
    assert dry_run(town.ctx, round_id=round_id).to_pay == 0


def _claim(town: Town, programme: str, victim: str, contractor: str = "") -> None:
    with town.ctx.unit() as uow:
        uow.claims.add(
            Claim(id=new_id(), programme_id=programme, victim_id=victim, contractor_id=contractor, requested=700_000, state="complete")
        )
        uow.commit()


def test_a_repair_is_paid_to_a_contractor_or_to_nobody(town: Town) -> None:
    programme = add_programme(town.ctx, kind="repair", needs_claim=True)
    round_id = add_round(town.ctx, programme, *by_grade(half=717_000))
    hired, alone = (add_home(town.ctx, name, grade="half") for name in ("架空　甲", "見本　乙"))
    firm = save_payee(town.ctx, values={"name": "株式会社見本工務店", "role": "業者"}).payee_id
    _claim(town, programme, hired, firm)
    _claim(town, programme, alone)
    for victim, name in ((hired, "架空　甲"), (alone, "見本　乙")):
        save_payee(town.ctx, values={"name": name, "role": "head", "way": "cash"}, victim_id=victim)
    calculate(town.ctx, round_id=round_id)
    found = entitlements(town.ctx, round_id)
    assert "payee" in found["見本　乙"].wants and "payee" not in found["架空　甲"].wants
    assert adopt_payees(town.ctx, entitlements=found.values())[0] == 0
    for way in ("cash", "transfer"):
        told = prepare(town.ctx, round_id=round_id, way=way, entitlement_ids=[found["見本　乙"].id])
        assert not told.batches and [one.code for one in told.left_out] == ["batch.left.no_contractor"]
    (batch,) = prepare(town.ctx, round_id=round_id, way="in_kind").batches
    with town.ctx.unit() as uow:
        assert [(one.name, one.amount) for one in uow.reads.batches.payments(batch.id)] == [("株式会社見本工務店", 700_000)]


def test_a_dwelling_is_repaired_under_the_limits_of_one_year(town: Town) -> None:
    programme = add_programme(town.ctx, kind="repair", needs_claim=True)
    earlier = add_round(town.ctx, programme, *by_grade(half=706_000), code="R5", title="5年度")
    later = add_round(town.ctx, programme, *by_grade(half=717_000), code="R6", title="6年度")
    _claim(town, programme, add_home(town.ctx, "架空　甲", grade="half"))
    assert calculate(town.ctx, round_id=later).total == 700_000
    told = dry_run(town.ctx, round_id=earlier)
    assert (told.count, [one.problem for one in told.rows if one.problem]) == (0, ["relief.other_round"])
    assert row_of(told, "架空　甲").due == 0
    again = calculate(town.ctx, round_id=later)
    assert (again.total, again.unchanged, again.problems) == (700_000, 1, 0)
