"""Papers of the desk: QR that scans, two copies of a receipt, lists without hidden people."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp

from app.domain.errors import RuleViolation
from app.domain.voucher_rules import read_voucher_code
from app.interchange.exporting.cash import print_day_sheet, print_receipt, print_vouchers, write_receipts, write_vouchers
from app.printing.raster import draw_pages, read_text
from app.usecases import cash_boxes, cash_desk, vouchers
from app.usecases.cash_rows import VoucherFilter
from tests.cash_town import approve_cash, voucher
from tests.store_fixtures import folder, template, town
from tests.stores import Town

__all__ = ["folder", "template", "town"]


@pytest.mark.parametrize(("nup", "dpi"), [(2, 150), (8, 150)])
def test_printed_vouchers_scan_and_say_nothing_of_anybody(town: Town, tmp_path: Path, nup: int, dpi: int) -> None:
    made = approve_cash(town.ctx, [200_000, 30_000, 1_000], names=["髙橋　太郎", "渡邉　静", "﨑山　源"])
    vouchers.assign(town.ctx, batch_id=made.batch_id, expires_on="2024-03-31")
    done = print_vouchers(town.ctx, voucher_ids=made.ids, out=tmp_path / "v.pdf", nup=nup)
    assert (done.printed, done.pages, done.stopped) == (3, -(-3 // nup), ())
    codes = [code.text for page in draw_pages(tmp_path / "v.pdf", dpi=dpi) for code in zxingcpp.read_barcodes(page.convert("L"))]
    found = sorted(read.number for text in codes if (read := read_voucher_code(text)))
    assert found == sorted(made.numbers)
    assert not any(name in text for text in codes for name in ("髙橋", "200"))
    assert "200,000円" in "".join(read_text(tmp_path / "v.pdf"))
    shown = cash_desk.find_voucher(town.ctx, text=codes[0])
    assert shown.exact and shown.term == 1
    vouchers.recall(town.ctx, batch_id=made.batch_id)
    vouchers.assign(town.ctx, batch_id=made.batch_id)
    old = cash_desk.find_voucher(town.ctx, text=codes[0])
    with pytest.raises(RuleViolation, match=r"voucher\.older_term"):
        cash_desk.check_payable(town.ctx, voucher_id=old.rows[0].id, term=old.term)


def test_a_receipt_has_two_copies_and_a_refund_names_both_people(town: Town, tmp_path: Path) -> None:
    made = approve_cash(town.ctx, [12_345], names=["髙橋　太郎"])
    vouchers.assign(town.ctx, batch_id=made.batch_id)
    paid = cash_desk.pay(town.ctx, voucher_id=made.ids[0], identified="licence", received_by="髙橋　花", relation="妻")
    done = print_receipt(town.ctx, receipt_id=paid.receipt.id, out=tmp_path / "r.pdf")
    text = "".join(read_text(tmp_path / "r.pdf"))
    assert done.pages == 1 and text.count("12,345円") == 2 and text.count("壱万弐千参百四拾五") == 2
    assert "髙橋　花（妻）" in text.replace(" ", "　") and "運転免許証" in text and paid.receipt.number in text
    assert cash_desk.receipt_rows(town.ctx, [paid.receipt.id])[0].copies == 1 and "回目" not in text
    print_receipt(town.ctx, receipt_id=paid.receipt.id, out=tmp_path / "r2.pdf")
    assert "".join(read_text(tmp_path / "r2.pdf")).count("印刷2回目") == 2
    asked = cash_desk.ask_refund(town.ctx, receipt_id=paid.receipt.id, reason="人違い")
    with pytest.raises(RuleViolation, match=r"cash\.receipt_not_done"):
        print_receipt(town.ctx, receipt_id=asked.receipt.id, out=tmp_path / "a.pdf")
    assert not (tmp_path / "a.pdf").exists()


def test_papers_leave_protected_people_out(town: Town, tmp_path: Path) -> None:
    hidden = approve_cash(town.ctx, [70_000], guarded=True, names=["秘匿　花子"])
    shown = approve_cash(town.ctx, [10_000], names=["公開　一郎"])
    for batch in (hidden, shown):
        vouchers.assign(town.ctx, batch_id=batch.batch_id)
    paid = cash_desk.pay(town.ctx, voucher_id=hidden.ids[0], identified="card")
    cash_boxes.save_box(town.ctx, name="金庫")
    desk = town.acting("accounting")
    for view in ("list", "uncollected", "calls", "all"):
        for format in ("csv", "pdf"):
            out = tmp_path / f"{view}.{format}"
            done = write_vouchers(desk, filter=VoucherFilter(), view=view, out=out, format=format)
            text = out.read_text("utf-8-sig") if format == "csv" else "".join(read_text(out))
            assert done.rows == 1 and "公開" in text and "秘匿" not in text and hidden.numbers[0] not in text
    assert write_receipts(desk, day="", out=tmp_path / "r.csv", format="csv").rows == 0
    print_day_sheet(desk, day="", out=tmp_path / "day.pdf")
    assert "秘匿" not in "".join(read_text(tmp_path / "day.pdf"))
    with pytest.raises(RuleViolation, match=r"record\.not_found"):
        print_receipt(desk, receipt_id=paid.receipt.id, out=tmp_path / "x.pdf")
    with pytest.raises(RuleViolation, match=r"voucher\.none"):
        print_vouchers(desk, voucher_ids=hidden.ids, out=tmp_path / "x.pdf")
    assert voucher(town.ctx, hidden.ids[0]).state == "paid"
