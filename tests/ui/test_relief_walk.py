"""Money from the first trial to an approved batch, through the window: one prepares, another checks accounts and batch, a third approves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.domain.governance import Operator
from app.domain.identifiers import new_id
from app.ui.main_window import MainWindow
from app.ui.relief.account_check import AccountCheckDialog
from app.ui.relief.account_entry import AccountDialog
from app.ui.relief.batches_approve import ApproveDialog
from app.ui.relief.payees_entry import PayeeDialog
from app.usecases import batches
from app.usecases.context import Actor, Context
from tests.batches_town import APPROVER, CHECKER, MAKER, acting
from tests.relief_town import add_home, add_programme, add_round, by_grade, entitlements
from tests.stores import Town
from tests.ui.conftest import press, say

pytestmark = pytest.mark.gui
CTRL = Qt.KeyboardModifier.ControlModifier


class Walk:
    """The window, and who sits before it."""

    def __init__(self, window: MainWindow, town: Town, settle: Callable[[], None], qtbot: Any) -> None:
        self.window, self.town, self.settle, self.qtbot = window, town, settle, qtbot
        self.people: dict[str, Context] = {}
        self._left: list[Any] = []
        with town.ctx.unit() as uow:
            for name, roles in (MAKER, CHECKER, APPROVER):
                one = uow.operators.add(Operator(id=new_id(), name=name, roles=roles, slot=f"slot-{name}"))
                self.people[name] = acting(town, Actor(operator_id=one.id, name=name, roles=roles, slot=one.slot))
            uow.commit()

    def sits(self, who: tuple[str, tuple[str, ...]]) -> None:
        """Somebody else takes the seat: a page made for one person is not shown to another."""
        self.window.context = self.people[who[0]]
        self._left = [*self._left, *self.window._pages.values()]
        self.window._pages.clear()

    def tab(self, key: str, **arguments: Any) -> Any:
        """A tab of 支給."""
        self.window.go("relief", tab=key, **arguments)
        self.settle()
        return self.window.current.tab(key)

    def front(self, kind: type[QDialog]) -> Any:
        """The dialog in front, of a kind."""
        self.qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
        self.settle()
        return QApplication.activeModalWidget()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key to whatever is in front."""
        press(QApplication.activeModalWidget() or self.window, key, modifiers)
        self.settle()


def test_from_the_trial_to_an_approved_batch(window: MainWindow, town: Town, settle, qtbot, monkeypatch) -> None:
    add_home(town.ctx, "全壊　一", grade="total", head_kana="ゼンカイ　イチ", head_birth="1950-02-03")
    round_id = add_round(town.ctx, add_programme(town.ctx, title="見本県義援金"), *by_grade(total=200_000), state="open")
    for module in ("calculation_tab", "batches_acts"):
        monkeypatch.setattr(f"app.ui.relief.{module}.ask", lambda *_, **__: True)
    walk = Walk(window, town, settle, qtbot)

    walk.sits(MAKER)
    page = walk.tab("calculation", round_id=round_id)
    walk.key(Qt.Key.Key_F2)
    walk.key(Qt.Key.Key_F4)
    assert "払えるものはまだありません" in page.banner.words and not page.batch_button.isEnabled()
    page = walk.tab("entitlements")
    page.table.setFocus()
    walk.key(Qt.Key.Key_F6)
    payee = walk.front(PayeeDialog)
    assert payee.offers.count() >= 1
    payee.offers.setCurrentRow(0)
    payee._choose()
    walk.key(Qt.Key.Key_Return, CTRL)
    account = walk.front(AccountDialog)
    for name, raw in (("bank", "0001"), ("branch", "001"), ("number", "1234567"), ("holder", "ゼンカイ イチ")):
        account.body.form.editors[name].take_focus()
        say(account.body.form.editors[name].input, raw)
    walk.key(Qt.Key.Key_Return, CTRL)
    assert entitlements(town.ctx, round_id)["全壊　一"].wants == ("check",)

    walk.sits(CHECKER)
    page = walk.tab("payees")
    page.check_button.click()
    check = walk.front(AccountCheckDialog)
    walk.key(Qt.Key.Key_A)
    if check.isVisible():
        check.reject()
    assert entitlements(town.ctx, round_id)["全壊　一"].wants == ()

    walk.sits(MAKER)
    page = walk.tab("calculation", round_id=round_id)
    walk.key(Qt.Key.Key_F2)
    assert page.result.calculation.payable == 1
    walk.key(Qt.Key.Key_F8)
    QApplication.activeModalWidget().save()
    settle()
    (batch,) = batches.list_batches(town.ctx)
    assert (batch.state, batch.count, batch.total) == ("draft", 1, 200_000)
    while QApplication.activeModalWidget() is not None:
        QApplication.activeModalWidget().reject()
        settle()

    for who, key, state in ((CHECKER, Qt.Key.Key_F6, "checked"), (APPROVER, Qt.Key.Key_F7, "approved")):
        walk.sits(who)
        walk.tab("batches", batch_id=batch.id)
        walk.key(key)
        if isinstance(QApplication.activeModalWidget(), ApproveDialog):
            QApplication.activeModalWidget().seen.setChecked(True)
            walk.key(Qt.Key.Key_F7)
        assert batches.batch_rows(town.ctx, [batch.id])[0].state == state
        while QApplication.activeModalWidget() is not None:
            QApplication.activeModalWidget().reject()
            settle()

    walk.sits(MAKER)
    page = walk.tab("entitlements")
    row = page.table.rows.row(0)
    assert (row.progress, row.open, row.under_way) == ("approved", 0, 200_000)
