"""What leaves the program of batches: the approval sheet, its lists, exemptions and refusals; and what does not."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.domain.errors import IntegrityFault, RuleViolation
from app.domain.identifiers import new_id
from app.domain.protection import Protection
from app.interchange.exporting.batches import print_approval_sheet, write_exemptions, write_payments, write_refusals
from app.interchange.exporting.relief_papers import print_exemption_certificates, print_refusal_forms
from app.printing.raster import read_text
from app.usecases import batches, exemptions
from app.usecases.batch_digest import short_digest
from tests.batches_town import Desk, open_desk
from tests.certificates_town import sign_as_mayor
from tests.store_fixtures import folder, template, town
from tests.stores import Town

__all__ = ["folder", "template", "town"]


@pytest.fixture
def desk(town: Town) -> Iterator[Desk]:
    yield open_desk(town)


def approved(desk: Desk, count: int = 3) -> str:
    for no in range(1, count + 1):
        desk.entitle(no, due=200_000 if no % 2 else 50_000, category="全壊" if no % 2 else "半壊")
    (batch,) = batches.prepare(desk.maker, round_id=desk.round, title="3回目").batches
    batches.check_batch(desk.checker, batch_id=batch.id)
    batches.approve_batch(desk.approver, batch_id=batch.id)
    return batch.id


def accesses(desk: Desk) -> list[tuple[str, int, str]]:
    return [(one.action, one.persons, one.target) for one in desk.town.ctx.reads.journal.access()]


def test_the_sheet_says_what_is_decided(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    done = print_approval_sheet(desk.approver, batch_id=batch, out=tmp_path / "決定書.pdf")
    first, second = read_text(tmp_path / "決定書.pdf")
    file = batches.open_batch(desk.approver, batch_id=batch)
    assert (done.pages, done.count, done.total, done.problems) == (2, 3, 450_000, ())
    for words in (
        "支給決定書", file.batch.number, "見本義援金", "第1次配分", "3回目", "口座振込", "金四拾五万円也", "￥450,000－", "3件", "起案", "確認", "承認",
        "会計", "作成 太郎", "確認 花子", "承認 次郎", short_digest(file.batch.digest), "400,000円", "50,000円", "1 / 2",
    ):  # fmt: skip
        assert words in first, words
    assert "確認前" not in first
    for words in ("見本　0001", "見本　0003", "0000002", "ﾐﾎﾝ ﾀﾛｳ", "200,000", "2 / 2"):
        assert words in second, words
    assert accesses(desk)[0] == ("print", 3, "決定書.pdf")


def test_a_draft_is_marked_and_has_no_digest(desk: Desk, tmp_path: Path) -> None:
    desk.entitle(1)
    (batch,) = batches.prepare(desk.maker, round_id=desk.round).batches
    print_approval_sheet(desk.maker, batch_id=batch.id, out=tmp_path / "a.pdf")
    (first, _) = read_text(tmp_path / "a.pdf")
    assert "案（確認前）" in first and "確認のときに決まります" in first and "支給を決定してよろしいか" in first


def test_every_line_of_a_long_batch_is_on_paper_once(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk, 120)
    done = print_approval_sheet(desk.approver, batch_id=batch, out=tmp_path / "a.pdf")
    pages = read_text(tmp_path / "a.pdf")
    assert done.pages == len(pages) == 4 and "4 / 4" in pages[3]
    listed = "".join(pages[1:])
    assert all(listed.count(f"見本　{no:04d}") == 1 for no in range(1, 121))


def test_many_categories_are_summed_up_in_the_last_line(desk: Desk, tmp_path: Path) -> None:
    for no in range(1, 24):
        desk.entitle(no, due=1_000 * no, category=f"区分{no}")
    (batch,) = batches.prepare(desk.maker, round_id=desk.round).batches
    print_approval_sheet(desk.maker, batch_id=batch.id, out=tmp_path / "a.pdf")
    first = read_text(tmp_path / "a.pdf")[0]
    assert "ほか 8 区分" in first and "36,000円" in first and "276,000円" in first


def test_an_altered_batch_is_not_printed(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    desk.town.sql("UPDATE payment SET holder = 'ﾄﾞﾛﾎﾞｳ' WHERE position = 1")
    with pytest.raises(IntegrityFault):
        print_approval_sheet(desk.approver, batch_id=batch, out=tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_nobody_prints_or_writes_without_the_right_or_about_protected_people(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    with pytest.raises(RuleViolation, match="denied"):
        print_approval_sheet(desk.town.acting("view"), batch_id=batch, out=tmp_path / "a.pdf")
    with desk.town.ctx.unit() as uow:
        uow.entitlements.save(replace(uow.entitlements.where(number="E0001")[0], resident_no="0000000099"))
        uow.protections.add(Protection(id=new_id(), resident_no="0000000099"))
        uow.commit()
    for work in (
        lambda: print_approval_sheet(desk.approver, batch_id=batch, out=tmp_path / "a.pdf"),
        lambda: write_payments(desk.approver, batch_id=batch, out=tmp_path / "a.csv", format="csv"),
    ):
        with pytest.raises(RuleViolation, match="withheld"):
            work()


def test_lists_have_every_line_and_whole_numbers(desk: Desk, tmp_path: Path) -> None:
    batch = approved(desk)
    write_payments(desk.approver, batch_id=batch, out=tmp_path / "a.csv", format="csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert [row["受取人"] for row in rows] == ["見本　0001", "見本　0002", "見本　0003"]
    assert all(len(row["顧客コード"]) == 20 for row in rows)
    write_payments(desk.approver, batch_id=batch, out=tmp_path / "a.xlsx", format="xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx").active
    values = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    heads = next(row for row in sheet.iter_rows(values_only=True) if "金額（円）" in row)
    assert sum(row[heads.index("金額（円）")] for row in values) == 450_000


# -- exemptions and refusals -------------------------------------------------------------------------------


def benefits(*words: str) -> str:
    return json.dumps([{"rule": "r", "category": "半壊", "title": one, "amount": 0, "benefit": one} for one in words], ensure_ascii=False)


@pytest.fixture
def exempt(town: Town) -> Desk:
    """Two households with three exemptions, one that declined, one whose certificate is missing."""
    desk = open_desk(town, kind="exemption")
    sign_as_mayor(town.ctx)
    desk.entitle(1, due=0, lines=benefits("固定資産税 10分の6減額", "住民税 2分の1減額"))
    desk.entitle(2, due=0, lines=benefits("一部負担金 免除"), unit="person", household="victim:H1", name="見本　花")
    desk.entitle(3, due=0, lines=benefits("国民健康保険料 全額免除"))
    desk.change(desk.entitle(4, due=0, lines=benefits("住民税 全額免除")), state="declined", reason="ほかの人へ")
    desk.entitle(5, due=0, lines=benefits("住民税 全額免除"), wants=("certificate",))
    return desk


def test_one_certificate_for_a_household(exempt: Desk, tmp_path: Path) -> None:
    rows = exemptions.list_exemptions(exempt.maker)
    assert [row.number for row in rows] == ["E0001", "E0002", "E0003", "E0004", "E0005"]
    households = exemptions.group_households(rows)
    assert [[row.number for row in one.rows] for one in households] == [["E0001", "E0002"], ["E0003"]]
    done = print_exemption_certificates(exempt.maker, households=households, out=tmp_path / "a.pdf")
    first, second = read_text(tmp_path / "a.pdf")
    assert (done.printed, done.pages, done.stopped) == (2, 2, ())
    for words in (
        "減　免　該　当　証　明　書",
        "E0001",
        "見本　0001",
        "固定資産税 10分の6減額",
        "一部負担金 免除",
        "見本　花",
        "以下余白",
        "見本市長",
        "見本 太郎",
    ):
        assert words in first, words
    assert "国民健康保険料 全額免除" in second and "固定資産税" not in second
    assert print_exemption_certificates(exempt.maker, households=households, out=tmp_path / "b.pdf", nup=2).pages == 1


def test_who_cannot_be_certified_is_told(exempt: Desk) -> None:
    for number in ("E0004", "E0005", "E9999"):
        with pytest.raises(RuleViolation) as caught:
            exemptions.need_certifiable(exempt.maker, numbers=[number])
        assert caught.value.code == "exemption.not_found"
    assert len(exemptions.need_certifiable(exempt.maker, numbers=["e0002", "E0001"])) == 1


def test_nothing_is_paid_of_an_exemption(exempt: Desk) -> None:
    with pytest.raises(RuleViolation, match=r"batch\.exemption"):
        batches.prepare(exempt.maker, round_id=exempt.round)


def test_no_certificate_without_a_mayor_or_the_right(exempt: Desk, tmp_path: Path) -> None:
    households = exemptions.group_households(exemptions.list_exemptions(exempt.maker))
    with pytest.raises(RuleViolation, match="denied"):
        print_exemption_certificates(exempt.town.acting("survey"), households=households, out=tmp_path / "a.pdf")
    with exempt.town.ctx.unit() as uow:
        uow.set_setting("form.mayor_name", "")
        uow.commit()
    with pytest.raises(RuleViolation, match="no_mayor"):
        print_exemption_certificates(exempt.maker, households=households, out=tmp_path / "a.pdf")


def test_lists_of_exemptions_and_refusals(exempt: Desk, tmp_path: Path) -> None:
    write_exemptions(exempt.maker, rows=exemptions.list_exemptions(exempt.maker), out=tmp_path / "a.csv", format="csv")
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["番号"], row["減免の内容"]) for row in rows][:2] == [
        ("E0001", "固定資産税 10分の6減額、住民税 2分の1減額"), ("E0002", "一部負担金 免除"),
    ]  # fmt: skip
    refused = exemptions.list_refusals(exempt.maker)
    assert [(row.number, row.reason, row.declined_by) for row in refused] == [("E0004", "ほかの人へ", "支援 花子")]
    write_refusals(exempt.maker, rows=refused, out=tmp_path / "b.pdf", format="pdf")
    assert "ほかの人へ" in read_text(tmp_path / "b.pdf")[0]
    print_refusal_forms(exempt.maker, rows=refused, out=tmp_path / "c.pdf")
    assert all(words in read_text(tmp_path / "c.pdf")[0] for words in ("辞　退　届", "見本　0004", "見本市長 様", "ほかの人へ"))


def test_protected_people_are_in_no_list_and_on_no_certificate(exempt: Desk) -> None:
    with exempt.town.ctx.unit() as uow:
        for number in ("E0003", "E0004"):
            uow.entitlements.save(replace(uow.entitlements.where(number=number)[0], resident_no="0000000099"))
        uow.protections.add(Protection(id=new_id(), resident_no="0000000099"))
        uow.commit()
    assert [row.number for row in exemptions.list_exemptions(exempt.maker)] == ["E0001", "E0002", "E0005"]
    assert exemptions.list_refusals(exempt.maker) == []
    with pytest.raises(RuleViolation, match="not_found"):
        exemptions.need_certifiable(exempt.maker, numbers=["E0003"])
    seeing = exempt.town.acting("accounting", "protected")
    assert [row.number for row in exemptions.list_exemptions(seeing) if row.protected] == ["E0003", "E0004"]
