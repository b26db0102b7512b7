"""Casualties of people in the register: the number fills in who it is, and another name is not taken for it without a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.protection import Protection
from app.domain.resident import ResidentRow
from app.usecases.casualties import save_casualty
from app.usecases.residents import load_residents
from tests.store_fixtures import template
from tests.stores import OCCURRED, Town

__all__ = ["template"]
ROWS = (
    ResidentRow(
        name="見本　花子", kana="ミホン　ハナコ", birth="1950-04-05", sex="女", address="見本町1丁目2番3号", district="見本町", resident_no="0000000051",
        household_no="H1",
    ),
    ResidentRow(name="秘密　守", kana="ヒミツ　マモル", birth="1960-04-05", address="隠町1", district="隠町", resident_no="0000000052", household_no="H2"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def register(town: Town) -> None:
    load_residents(town.ctx, batches=[list(ROWS)], as_of=OCCURRED, label="試験")


def test_a_resident_number_fills_in_who_it_is(town: Town) -> None:
    made = save_casualty(town.ctx, values={"resident_no": "0000000051", "harm": "dead"}).casualty
    assert (made.name, made.kana, made.birth, made.address, made.district, made.sex) == (
        "見本　花子",
        "ミホン　ハナコ",
        "1950-04-05",
        "見本町1丁目2番3号",
        "見本町",
        "female",
    )
    assert save_casualty(town.ctx, values={"resident_no": "0000000051", "name": "見本花子", "harm": "dead"}).casualty.kana == "ミホン　ハナコ"


def test_another_name_is_refused_but_for_a_reason_or_without_the_number(town: Town) -> None:
    values = {"resident_no": "0000000051", "name": "全く　別名", "harm": "dead"}
    with pytest.raises(RuleViolation, match=r"casualty\.name_differs") as refused:
        save_casualty(town.ctx, values=values)
    assert refused.value.field == "name" and "花子" not in str(refused.value.params)
    assert save_casualty(town.ctx, values=values, reason="改姓（戸籍で確認）").casualty.name == "全く　別名"
    bare = save_casualty(town.ctx, values={"name": "全く　別名", "harm": "dead"}).casualty
    with pytest.raises(RuleViolation, match=r"casualty\.name_differs"):
        save_casualty(town.ctx, values={"resident_no": "0000000051"}, casualty_id=bare.id)
    assert save_casualty(town.ctx, values={"note": "聞き取り"}, casualty_id=bare.id).casualty.note == "聞き取り"


def test_a_protected_resident_is_as_a_number_nobody_has(town: Town, tmp_path: Path) -> None:
    with town.ctx.unit() as uow:
        uow.protections.add(Protection(id=new_id(), resident_no="0000000052"))
        uow.commit()
    clerk = town.acting("desk")
    for number in ("0000000052", "9999999999"):
        made = save_casualty(clerk, values={"resident_no": number, "name": "全く　別名", "harm": "dead"}).casualty
        assert (made.kana, made.address) == ("", "")
        with pytest.raises(RuleViolation, match=r"casualty\.name$"):
            save_casualty(clerk, values={"resident_no": number, "harm": "dead"})
    with pytest.raises(RuleViolation, match=r"casualty\.name_differs"):
        save_casualty(town.acting("desk", "protected"), values={"resident_no": "0000000052", "name": "全く　別名", "harm": "dead"})
