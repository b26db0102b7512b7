"""The window of a restored headquarters says where money is made, leads there from a refusal, and takes over by two people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.domain.payments import MoneyHome
from app.ui.main_window import MainWindow
from app.ui.relief.home_dialog import HomeDialog
from app.usecases import batches, money_home, vouchers
from app.usecases.cash_rows import VoucherFilter
from tests.batches_town import Desk, open_desk
from tests.stores import Town

pytestmark = pytest.mark.gui
Settle = Callable[[], None]


@pytest.fixture
def desk(town: Town) -> Desk:
    """A round with one who can be paid."""
    made = open_desk(town)
    made.entitle(1, due=200_000)
    return made


def move_away(desk: Desk) -> None:
    """As in a restored folder: another device made money before."""
    with desk.town.ctx.unit() as uow:
        uow.homes.add(MoneyHome(id="old-home", device_id="older-device", state="current", since=uow.now))
        uow.commit()


def tab(window: MainWindow, settle: Settle, where: str, name: str) -> Any:
    window.go(where, tab=name)
    settle()
    page: Any = window.current
    return page.tab(name)


def dialogs(window: MainWindow) -> list[HomeDialog]:
    return [one for one in window.findChildren(HomeDialog) if one.isVisible()]


def test_at_home_nothing_is_said(window: MainWindow, desk: Desk, settle: Settle) -> None:
    assert not tab(window, settle, "relief", "batches").home.isVisible()


def test_a_refusal_leads_to_the_take_over_and_another_person_confirms_it(
    window: MainWindow, desk: Desk, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_away(desk)
    found = tab(window, settle, "relief", "batches")
    assert found.home.isVisible() and "older" not in found.home.words and "二重" not in found.home.words
    found.acts._make(lambda job: batches.prepare(window.context, round_id=desk.round, job=job))
    settle()
    (dialog,) = dialogs(window)
    assert "二重払い" in dialog.banner.words and dialog.ask_button.isVisible() and not dialog.confirm_button.isVisible()
    form = dialog.ask_for()
    form.body.set_values({"reason": "前の端末は水没した"})
    form.save()
    settle()
    assert not dialog.ask_button.isVisible() and dialog.refuse_button.isVisible() and not dialog.confirm_button.isVisible()
    assert "前の端末は水没した" in dialog.state.text()
    with desk.town.ctx.unit() as uow:
        (asked,) = uow.homes.where(state="asked")
        uow.homes.save(replace(asked, asked_by=desk.maker.actor.operator_id))
        uow.commit()
    dialog.read()
    settle()
    assert dialog.confirm_button.isVisible()
    said: list[str] = []

    def agree(_: object, *words: str, **__: object) -> bool:
        said.append(" ".join(words))
        return True

    monkeypatch.setattr("app.ui.relief.home_dialog.ask", agree)
    dialog.confirm()
    settle()
    assert "前の端末は水没した" in said[0] and money_home.is_home(window.context)
    assert not found.home.isVisible() and "この端末" in dialog.state.text()
    dialog.close()


def test_vouchers_of_which_less_is_due_are_told_and_found(window: MainWindow, desk: Desk, settle: Settle) -> None:
    (owed,) = (one.id for one in desk.maker.reads.all("entitlement"))
    (batch,) = batches.prepare(desk.maker, round_id=desk.round, way="cash", entitlement_ids=[owed]).batches
    batches.approve_batch(desk.approver, batch_id=batch.id)
    vouchers.assign(desk.maker, batch_id=batch.id)
    desk.change(owed, due=50_000, flag="over", over=150_000)
    found = tab(window, settle, "cash", "vouchers")
    assert "1枚" in found.banner.words and "支給額が変わった" in found.banner.words
    found.show_changed()
    settle()
    assert found.wanted == VoucherFilter(state="changed") and len(found.listed) == 1
    pay = tab(window, settle, "cash", "pay")
    pay.find(vouchers.voucher_rows(desk.maker, found.listed)[0].number)
    settle()
    assert "支給額が変わりました" in pay.card.state.text() and not pay.card.pay_button.isVisible()
