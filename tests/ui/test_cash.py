"""現金窓口 with the keyboard: scan, identity, pay, refuse the second time, refund by two, count, assign and carry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain import voucher_rules
from app.printing.raster import read_text
from app.ui.main_window import MainWindow
from app.usecases import cash_boxes, cash_desk, vouchers
from app.usecases.cash_rows import ReceiptFilter
from tests.cash_town import SECOND, SECOND_PASSWORD, add_second, approve_cash, ledger, open_laptop, voucher
from tests.stores import Town
from tests.ui.conftest import press, say
from tests.voucher_post import post, unpost

Settle = Callable[[], None]


@pytest.fixture
def desk(window: MainWindow, town: Town, settle: Settle, tmp_path: Path) -> Any:
    """The desk with three vouchers of this device; papers go to a folder and are not opened."""
    made = approve_cash(town.ctx, [200_000, 30_000, 1_000], names=["髙橋　太郎", "渡邉　静", "渡邉　源"])
    vouchers.assign(town.ctx, batch_id=made.batch_id)
    window.preferences.set("cash.folder", str(tmp_path / "papers"))
    window.go("cash", tab="pay")
    settle()
    tab = window.current.tab("pay")
    tab.opens_papers = False
    tab.made = made
    return tab


def scan(tab: Any, words: str, settle: Settle) -> None:
    """What a reader does: type, then Enter."""
    tab.take_focus()
    say(tab.field, words)
    press(tab.field, Qt.Key.Key_Return)
    settle()


def test_scan_identity_pay_receipt_and_ready_for_the_next(desk: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    one = voucher(town.ctx, desk.made.ids[0])
    scan(desk, voucher_rules.voucher_code(one, mark=cash_desk.disaster_mark(town.ctx)), settle)
    assert desk.card.isVisible() and desk.card.amount.text() == "200,000円" and desk.card.name.text() == "髙橋　太郎"
    press(desk.card, Qt.Key.Key_F8)
    settle()
    assert voucher(town.ctx, one.id).state == "assigned" and "本人" in desk.card.problem.text(), "not without identity"
    press(desk.card, Qt.Key.Key_2)
    assert "10,000円×20枚" in desk.card.hand_out.text()
    press(desk.card, Qt.Key.Key_F8)
    settle()
    assert voucher(town.ctx, one.id).state == "assigned" and "もう一度" in desk.card.pay_button.text(), "only asked"
    press(desk.card, Qt.Key.Key_F8)
    settle()
    assert voucher(town.ctx, one.id).state == "paid"
    assert desk.banner.words.startswith("支払済み") and not desk.card.isVisible() and desk.field.hasFocus()
    (path,) = (tmp_path / "papers").glob("R-*.pdf")
    text = "".join(read_text(path))
    assert text.count("200,000円") == 2 and "窓口に残す分" in text and "お渡しする分" in text
    assert [row.number for row in desk.receipts.rows] == [path.stem]


def test_the_same_voucher_again_is_refused_in_words_and_nothing_is_asked(desk: Any, town: Town, settle: Settle) -> None:
    cash_desk.pay(town.ctx, voucher_id=desk.made.ids[0], identified="card")
    scan(desk, desk.made.numbers[0], settle)
    assert desk.card.state.text().startswith("支払えません：") and town.ctx.actor.name in desk.card.state.text()
    assert not desk.card.pay_button.isVisible() and not desk.card.asked.isVisible()
    press(desk.field, Qt.Key.Key_F8)
    settle()
    assert len(cash_desk.list_receipt_ids(town.ctx, filter=ReceiptFilter())) == 1


def test_a_paper_scanned_too_early_pays_nobody_and_is_looked_for(desk: Any, town: Town, settle: Settle) -> None:
    scan(desk, desk.made.numbers[0], settle)
    press(desk.card, Qt.Key.Key_1)
    press(desk.card, Qt.Key.Key_F8)
    code = voucher_rules.voucher_code(voucher(town.ctx, desk.made.ids[1]), mark=cash_desk.disaster_mark(town.ctx))
    QTest.keyClicks(QApplication.focusWidget(), code[0])
    QTest.keyClicks(QApplication.focusWidget(), code[1:])
    press(desk.field, Qt.Key.Key_Return)
    settle()
    assert desk.card.row is not None and desk.card.row.id == desk.made.ids[1] and desk.card.choices.checkedId() == -1
    assert [voucher(town.ctx, one).state for one in desk.made.ids] == ["assigned"] * 3


def test_several_of_one_name_are_chosen_from_a_list(desk: Any, town: Town, settle: Settle) -> None:
    scan(desk, "渡邉", settle)
    assert desk.hits.isVisible() and desk.hits.hasFocus()
    press(desk.hits, Qt.Key.Key_Down)
    press(desk.hits, Qt.Key.Key_Return)
    settle()
    assert desk.card.row is not None and desk.card.row.id == desk.made.ids[2]
    press(desk.card, Qt.Key.Key_Escape)
    assert not desk.card.isVisible() and desk.field.hasFocus()


def test_a_refund_is_signed_by_another_beside(desk: Any, town: Town, settle: Settle) -> None:
    cash_desk.pay(town.ctx, voucher_id=desk.made.ids[1], identified="card")
    add_second(town.ctx, roles=("desk",))
    desk.refresh()
    settle()
    dialog = desk.receipts.ask_refund()
    dialog.body.set_values({"reason": "同姓同名の別人"})
    dialog.save()
    settle()
    (waiting, _) = desk.receipts.rows
    assert waiting.state == "asked" and desk.receipts.table.select_id(waiting.id)
    dialog = desk.receipts.confirm_refund()
    dialog.body.set_values({"second": SECOND, "password": SECOND_PASSWORD})
    dialog.save()
    settle()
    assert voucher(town.ctx, desk.made.ids[1]).state == "refunded"
    assert ledger(town.ctx).get("site", 0) == 0


def test_a_box_is_counted_and_a_difference_needs_a_reason(desk: Any, window: MainWindow, town: Town, settle: Settle) -> None:
    box, _ = cash_boxes.save_box(town.ctx, name="金庫1")
    cash_boxes.move_money(town.ctx, box_id=box.id, kind="in", pieces={10_000: 10}, second=SECOND)
    window.go("cash", tab="boxes")
    settle()
    tab = window.current.tab("boxes")
    dialog = tab.count("close")
    dialog.pieces[10_000].set_value(9)
    assert dialog.total.text() == "90,000円" and "-10,000円" in dialog.difference.text()
    dialog.save()
    settle()
    assert dialog.isVisible() and "理由" in dialog.banner.words
    dialog.explanation.setText("数え間違い")
    dialog.save()
    settle()
    assert not dialog.isVisible() and tab.current.balance == 90_000
    assert "231,000円" in tab.needed.text()


def test_vouchers_are_assigned_carried_and_taken_in(desk: Any, window: MainWindow, town: Town, settle: Settle, tmp_path: Path) -> None:
    laptop = open_laptop(tmp_path / "laptop", town.clock)
    try:
        letters = laptop.ctx.place.device_prefix
        vouchers.recall(town.ctx, voucher_ids=desk.made.ids)
        window.go("cash", tab="vouchers")
        settle()
        tab = window.current.tab("vouchers")
        tab.table.selectAll()
        dialog = tab.acts.assign(tab.chosen)
        dialog.body.set_values({"site": "見本小学校", "device": letters, "expires_on": ""})
        dialog.save()
        settle()
        assert {voucher(town.ctx, one).device_id for one in desk.made.ids} == {letters}
        post(town.ctx, laptop.ctx, tmp_path / "a")
        unpost(laptop.ctx, tmp_path / "a")
        cash_desk.pay(laptop.ctx, voucher_id=desk.made.ids[0], identified="card")
        post(laptop.ctx, town.ctx, tmp_path / "b")
        unpost(town.ctx, tmp_path / "b")
        assert voucher(town.ctx, desk.made.ids[0]).state == "paid"
        tab.exchange_button.click()
        settle()
        assert window.current is window.page("exchange")
        window.go("cash", tab="uncollected")
        settle()
        assert window.current.tab("uncollected").count.text() == "2件 31,000円"
    finally:
        laptop.session.close(backup=False)
