"""受取人・口座: the list and its conditions, who may receive, an account typed and understood, the second look by keyboard, the banks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain.identifiers import new_id
from app.domain.payments import Account, Payee
from app.domain.relief import Entitlement
from app.ui.main_window import MainWindow
from app.ui.relief.account_check import AccountCheckDialog
from app.ui.relief.account_entry import AccountDialog
from app.ui.relief.payees_entry import PayeeDialog
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import accounts, banks, payees
from app.usecases.context import Context
from tests.photographs import jpeg_of, scene
from tests.stores import Town
from tests.ui.conftest import press, say
from tests.usecases.test_payees import ACCOUNT, died, entitle, household

pytestmark = pytest.mark.gui
Settle = Callable[[], None]


@pytest.fixture
def home(town: Town) -> Entitlement:
    """A household that is owed something."""
    return entitle(town.ctx, household(town))


def clerk(ctx: Context) -> Context:
    """Somebody else, who enters."""
    return replace(ctx, actor=replace(ctx.actor, operator_id=new_id(), name="入力 一郎"))


def tab(window: MainWindow, settle: Settle, **arguments: Any) -> Any:
    window.go("relief", tab="payees", **arguments)
    settle()
    return window.current.tab("payees")


def dialogs(parent: Any, kind: type[Any]) -> Any:
    """The dialog of a kind that is open."""
    return next(one for one in parent.findChildren(kind) if one.isVisible())


def enter(town: Town, one: Entitlement, **values: str) -> str:
    """A payee with an account that waits for its check; the account's id."""
    other = clerk(town.ctx)
    payee = payees.save_payee(other, values={}, entitlement_id=one.id).payee_id
    return accounts.save_account(other, payee_id=payee, values={**ACCOUNT, **values}).account_id


def stored(town: Town, account_id: str) -> Account:
    found = town.ctx.reads.get("payee_account", account_id)
    assert isinstance(found, Account)
    return found


def test_an_empty_list_says_what_to_do_first(window: MainWindow, settle: Settle) -> None:
    shown = tab(window, settle)
    assert shown.empty.isVisible() and not shown.table.isVisible()


def test_from_an_entitlement_to_payee_and_account(window: MainWindow, town: Town, settle: Settle, home: Entitlement) -> None:
    shown = tab(window, settle, entitlement_id=home.id)
    dialog: PayeeDialog = dialogs(shown, PayeeDialog)
    assert [dialog.offers.item(place).text()[:5] for place in range(2)] == ["髙橋　太郎", "髙橋　花（"]
    assert dialog.body.raw()["name"] == "髙橋　太郎"
    dialog.save()
    settle()
    account: AccountDialog = dialogs(shown, AccountDialog)
    form = account.body.form
    for key, words in (("bank", "みずほ"), ("branch", "東京営業部"), ("number", "1234567"), ("holder", "ﾀｶﾊｼ ﾀﾛｳ")):
        form.editors[key].take_focus()
        say(form.editors[key].input, words)
    assert account.body.place.text() == "0001 みずほ　001 東京営業部（トウキヨウ）"
    assert account.body.comparison.text().startswith("✓")
    account.save()
    settle()
    found = town.ctx.reads.get("payee", payees.list_payee_ids(town.ctx)[0])
    assert isinstance(found, Payee) and stored(town, found.account_id).state == "entered"
    assert shown.table.rows.rowCount() == 1 and not account.isVisible()


def test_heirs_stand_in_the_order_of_the_law(window: MainWindow, town: Town, settle: Settle, home: Entitlement) -> None:
    dead = entitle(town.ctx, home.victim_id, unit="person", casualty_id=died(town.ctx, home.victim_id))
    shown = tab(window, settle, entitlement_id=dead.id)
    dialog: PayeeDialog = dialogs(shown, PayeeDialog)
    words = [dialog.offers.item(place).text() for place in range(dialog.offers.count())]
    assert "第1順位" in words[0] and "第2順位" in words[1] and "同じ順位 2人" in words[1]
    dialog.offers.setCurrentRow(1)
    dialog._choose()
    assert dialog.body.raw()["role"] == "child"
    dialog.save()
    settle()
    assert "先の順位の遺族（髙橋　花）" in shown.banner.words and "代表" in shown.banner.words


def test_symbol_and_number_are_converted_while_typed(window: MainWindow, town: Town, settle: Settle, home: Entitlement) -> None:
    payees.save_payee(town.ctx, values={}, entitlement_id=home.id)
    shown = tab(window, settle)
    shown.open_account()
    settle()
    dialog: AccountDialog = dialogs(shown, AccountDialog)
    form = dialog.body.form
    say(form.editors["symbol"].input, "10140-12345672")
    assert "最後が 1" in dialog.body.looks.text() and not form.editors["number"].isEnabled()
    form.editors["symbol"].set_raw("")
    say(form.editors["symbol"].input, "10140-12345671")
    assert dialog.body.converted.text() == "店番 018 〇一八　普通　口座番号 1234567"
    say(form.editors["holder"].input, "ジョー・ヲノ")
    assert "ｼﾞﾖ-.ｵﾉ" in dialog.body.kana.text() and "ヲ→ｵ" in dialog.body.kana.text()
    assert dialog.body.comparison.text().startswith("⚠")
    dialog.save()
    settle()
    row = payees.payee_rows(town.ctx, payees.list_payee_ids(town.ctx))[0]
    assert (row.bank, row.branch, row.account_number, row.warnings) == ("9900", "018", "1234567", ("account.holder_differs",))
    assert "フリガナ" in shown.banner.words


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_saved(
    window: MainWindow, town: Town, settle: Settle, home: Entitlement
) -> None:
    payees.save_payee(town.ctx, values={}, entitlement_id=home.id)
    shown = tab(window, settle)
    shown.open_account()
    settle()
    dialog: AccountDialog = dialogs(shown, AccountDialog)
    form = dialog.body.form
    for key, words in (("bank", "0001"), ("branch", "997"), ("number", "12345678"), ("holder", "髙橋　太郎")):
        say(form.editors[key].input, words)
    dialog.save()
    assert "一覧にありません" in form.editors["branch"].problem and "7けた" in form.editors["number"].problem
    assert "漢字「髙橋太郎」" in form.editors["holder"].problem and dialog.isVisible()
    assert not payees.payee_rows(town.ctx, payees.list_payee_ids(town.ctx))[0].account_id


def test_banks_are_offered_while_typed(window: MainWindow, town: Town, settle: Settle, home: Entitlement) -> None:
    payees.save_payee(town.ctx, values={}, entitlement_id=home.id)
    shown = tab(window, settle)
    shown.open_account()
    settle()
    dialog: AccountDialog = dialogs(shown, AccountDialog)
    offers = dialog.body._offers[0]
    say(dialog.body.form.editors["bank"].input, "ミツビシ")
    words = offers._model.stringList()
    assert words[0].startswith("0005　三菱ＵＦＪ")
    offers._take(words[0])
    assert dialog.body.form.editors["bank"].raw() == "0005"
    assert dialog.body._branches("本店")[0][1].startswith("001　本店")


def test_accounts_are_checked_one_after_the_other_by_keyboard(window: MainWindow, town: Town, settle: Settle, home: Entitlement) -> None:
    first = enter(town, home)
    firm = payees.save_payee(clerk(town.ctx), values={"name": "見本工務店", "kana": "ﾐﾎﾝｺｳﾑﾃﾝ", "role": "contractor"}).payee_id
    second = accounts.save_account(clerk(town.ctx), payee_id=firm, values={**ACCOUNT, "number": "7654321", "holder": "ﾐﾎﾝｺｳﾑﾃﾝ"}).account_id
    shown = tab(window, settle, show="waiting")
    assert shown.table.rows.rowCount() == 2
    press(shown, Qt.Key.Key_F9)
    settle()
    dialog: AccountCheckDialog = dialogs(shown, AccountCheckDialog)
    order = list(dialog._ids)
    assert set(order) == {first, second}
    press(dialog, Qt.Key.Key_A)
    settle()
    assert stored(town, order[0]).state == "checked" and dialog.account_id == order[1]
    press(dialog, Qt.Key.Key_X)
    settle()
    form = dialogs(dialog, FormDialog)
    say(form.body.editors["note"].target, "番号が違う")
    form.save()
    settle()
    assert (stored(town, order[1]).state, stored(town, order[1]).reason) == ("wrong", "番号が違う")
    assert not dialog.accept_button.isEnabled() and (dialog.accepted_count, dialog.refused_count) == (1, 1)
    press(dialog, Qt.Key.Key_Left)
    settle()
    assert dialog.account_id == order[0] and "確認しました" in dialog.banner.words


def test_nobody_checks_what_they_entered(window: MainWindow, town: Town, settle: Settle, home: Entitlement) -> None:
    payee = payees.save_payee(town.ctx, values={}, entitlement_id=home.id).payee_id
    accounts.save_account(town.ctx, payee_id=payee, values=ACCOUNT)
    shown = tab(window, settle)
    assert not shown.check_button.isEnabled() and shown.show_box.itemText(1) == "確認待ち（1）"
    shown.check()
    settle()
    assert "ほかの人が確認します" in shown.banner.words


def test_the_passbook_stands_beside_the_entry(window: MainWindow, town: Town, settle: Settle, home: Entitlement, tmp_path: Path) -> None:
    picture = tmp_path / "通帳.jpg"
    picture.write_bytes(jpeg_of(scene(640, 400)))
    account = enter(town, home)
    shown = tab(window, settle)
    shown.open_account()
    settle()
    dialog: AccountDialog = dialogs(shown, AccountDialog)
    dialog.picture.take(picture)
    settle()
    assert dialog.picture.content and not dialog.picture.picture.pixmap().isNull()
    dialog.save()
    settle()
    assert stored(town, account).photo and stored(town, account).state == "entered"
    shown.check()
    settle()
    check: AccountCheckDialog = dialogs(shown, AccountCheckDialog)
    assert not check.picture.picture.pixmap().isNull()


def test_a_closed_account_is_not_corrected_but_a_new_one_entered(window: MainWindow, town: Town, settle: Settle, home: Entitlement) -> None:
    account = enter(town, home)
    shown = tab(window, settle)
    form = shown.mark()
    form.body.editors["state"].set_raw("closed")
    say(form.body.editors["reason"].target, "銀行から")
    form.save()
    settle()
    assert stored(town, account).state == "closed"
    shown.show_box.setCurrentIndex(3)
    shown.list()
    settle()
    assert shown.table.rows.rowCount() == 1
    shown.open_account()
    settle()
    dialog: AccountDialog = dialogs(shown, AccountDialog)
    assert dialog.account is None and "解約" in dialog.banner.words and dialog.body.raw()["bank"] == ""


def test_the_list_of_banks_takes_corrections(window: MainWindow, town: Town, settle: Settle, home: Entitlement) -> None:
    shown = tab(window, settle)
    dialog = shown.open_banks()
    settle()
    assert dialog.banks.count() == 30 and dialog.branches.count() > 100
    form = dialog.add()
    for key, words in (("branch", "997"), ("name", "見本"), ("note", "銀行の通知")):
        form.body.editors[key].set_raw(words)
    form.save()
    settle()
    assert dialog.own.count() == 1 and "997 見本" in dialog.own.item(0).text()
    assert banks.branch_of(town.ctx.reads, "0001", "997") is not None
