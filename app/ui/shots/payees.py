"""受取人・口座: the list, who may receive, an account being typed, the second look, the list of banks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.identifiers import new_id
from app.domain.relief import Entitlement
from app.ui.relief.account_check import AccountCheckDialog
from app.ui.shots.relief import tab_of, town
from app.ui.stage import Stage, shot
from app.usecases import accounts, banks, entitlements, payees
from app.usecases.context import Context
from app.usecases.payee_rows import PayeeFilter
from app.usecases.relief_rows import EntitlementFilter

_ACCOUNTS = (
    {"bank": "0001", "branch": "001", "number": "1234567"}, {"symbol": "10140-12345671"}, {"bank": "0146", "branch": "101", "number": "0200345"},
    {"bank": "0001", "branch": "001", "number": "1234567"},
)  # fmt: skip


def _money(ctx: Context) -> list[Entitlement]:
    ids = entitlements.list_entitlement_ids(ctx, filter=EntitlementFilter(unit="household"))[:60]
    found = [ctx.reads.get("entitlement", one) for one in ids]
    return [one for one in found if isinstance(one, Entitlement)]


def _fill(stage: Stage) -> Context:
    """Payees of some households, with accounts in every state; done once."""
    ctx = town(stage).context
    if payees.list_payee_ids(ctx, filter=PayeeFilter(role="contractor", text="見本工務店")):
        return ctx
    clerk = replace(ctx, actor=replace(ctx.actor, operator_id=new_id(), name="入力した人"))
    wanted = _money(ctx)
    chosen = payees.payees_for(ctx.reads, wanted)
    for place, one in enumerate([each for each in wanted if chosen[each.id].payee is None][1:6]):
        payee = payees.save_payee(clerk, values={}, entitlement_id=one.id).payee_id
        if place < len(_ACCOUNTS):
            holder = one.kana if place != 2 else "ミホン　ハナコ"
            done = accounts.save_account(
                clerk, payee_id=payee, values={**_ACCOUNTS[place], "holder": holder, "reason": "通帳で確認"}, photo=_passbook()
            )
            if place == 0:
                accounts.check_account(ctx, account_id=done.account_id, accept=True)
    payees.save_payee(clerk, values={"name": "株式会社見本工務店", "kana": "カ）ミホンコウムテン", "role": "contractor"})
    banks.save_own_bank(
        clerk,
        values={"bank": "0001", "branch": "997", "closed_on": "2024-03-01", "moved_to": "001", "name": "見本"},
        reason="統合（銀行の通知）",
    )
    return ctx


def _passbook() -> bytes:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
    from PySide6.QtGui import QFont, QImage, QPainter

    image = QImage(900, 560, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setFont(QFont("BIZ UDGothic", 26))
    for place, line in enumerate(("普通預金通帳（見本）", "店番 001　口座番号 1234567", "ミホン　タロウ 様")):
        painter.drawText(60, 120 + place * 120, line)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", 80)
    return bytes(data.data())


def _tab(stage: Stage) -> Any:
    _fill(stage)
    return tab_of(stage, "payees")


@shot("relief-payees")
def _list(stage: Stage) -> QWidget:
    return _tab(stage).window()


@shot("relief-payees-empty")
def _empty(stage: Stage) -> QWidget:
    tab = tab_of(stage, "payees")
    tab._show_ids([], {}, tab.wanted)
    return tab.window()


@shot("relief-payee-new")
def _new(stage: Stage) -> QWidget:
    ctx = _fill(stage)
    tab = tab_of(stage, "payees")
    wanted = _money(ctx)
    nobody = payees.payees_for(ctx.reads, wanted)
    lonely = next((one for one in wanted if nobody[one.id].payee is None), wanted[0])
    dialog = tab._show_payee(entitlement=lonely)
    stage.settle()
    return dialog


@shot("relief-payee-heirs")
def _heirs(stage: Stage) -> QWidget:
    ctx = _fill(stage)
    ids = entitlements.list_entitlement_ids(ctx, filter=EntitlementFilter(unit="person"))
    dead = [one for one in ids if len(payees.propose_payees(ctx, entitlement_id=one)) > 1] or ids
    found = ctx.reads.get("entitlement", dead[0])
    assert isinstance(found, Entitlement)
    dialog = tab_of(stage, "payees")._show_payee(entitlement=found)
    stage.settle()
    return dialog


@shot("relief-payee-firm")
def _firm(stage: Stage) -> QWidget:
    return _tab(stage).add_firm()


def _account(stage: Stage, **raw: str) -> Any:
    ctx = _fill(stage)
    tab = tab_of(stage, "payees")
    payee = payees.list_payee_ids(ctx)[0]
    from app.ui.relief.payees_tab import _read

    dialog = tab._show_account(_read(ctx, payee, ""))
    stage.settle()
    for key, value in raw.items():
        dialog.body.form.editors[key].set_raw(value)
    dialog.body._read()
    return dialog


@shot("relief-account")
def _typed(stage: Stage) -> QWidget:
    return _account(stage, bank="みずほ", branch="東京営業部", number="123456", holder="ジョージ・ヴァン")


@shot("relief-account-post")
def _post(stage: Stage) -> QWidget:
    return _account(stage, symbol="10140-12345671", holder="ｵｶﾞﾜ ｱｵｲ")


@shot("relief-account-problems")
def _problems(stage: Stage) -> QWidget:
    dialog = _account(stage, bank="0001", branch="997", number="12345678", holder="山田　太郎")
    dialog.body.show_problems()
    return dialog


@shot("relief-account-check")
def _check(stage: Stage) -> QWidget:
    tab = _tab(stage)
    dialog = AccountCheckDialog(tab, tab.shell, account_ids=list(accounts.next_to_check(town(stage).context)))
    dialog.open()
    stage.settle()
    return dialog


@shot("relief-account-mark")
def _mark(stage: Stage) -> QWidget:
    tab = _tab(stage)
    tab.show_box.setCurrentIndex(1)
    tab.list()
    stage.settle()
    return tab.mark()


@shot("relief-banks")
def _banks(stage: Stage) -> QWidget:
    dialog = _tab(stage).open_banks()
    stage.settle()
    return dialog
