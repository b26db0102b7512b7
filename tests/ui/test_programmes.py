"""支援制度 in the window: a shipped programme taken over and read, rules typed, moved and refused; loans lent, repaid and printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain.identifiers import new_id
from app.domain.payments import PaymentBatch
from app.domain.relief import Entitlement
from app.ui.main_window import MainWindow
from app.ui.programmes.loans_tab import LoansTab
from app.ui.programmes.rule_dialog import RuleDialog
from app.ui.programmes.rules_tab import RulesTab
from app.ui.programmes.shipped_dialog import ShippedDialog
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import loans, programmes
from tests.relief_town import pay
from tests.stores import Town
from tests.ui.conftest import press

pytestmark = pytest.mark.gui
Settle = Callable[[], None]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def tab(window: MainWindow, settle: Settle) -> RulesTab:
    window.go("programmes")
    settle()
    found = window.current.tab("rules")
    assert isinstance(found, RulesTab)
    return found


def take(town: Town, code: str) -> str:
    """Take a shipped programme over; answers its id."""
    return programmes.import_programme(town.ctx, text=programmes.find_shipped(code).text).programme_id


def shown(tab: RulesTab) -> list[str]:
    """The names of the rules in sight."""
    return [tab.rules.rows.row(place).title for place in range(tab.rules.rows.rowCount())]


def test_an_empty_page_says_what_to_do_and_a_shipped_programme_is_taken_over(tab: RulesTab, settle: Settle) -> None:
    assert tab.empty.isVisibleTo(tab) and not tab.split.isVisibleTo(tab)
    press(tab, Qt.Key.Key_F2)
    settle()
    dialog = tab.findChild(ShippedDialog)
    assert dialog is not None
    assert dialog.table.rows.rowCount() == len(programmes.shipped_programmes())
    dialog.table.select_id("choui")
    assert "5,000,000円" in dialog.rules.text() and "確かさ" in dialog.told.text()
    dialog.take()
    settle()
    assert tab.programmes.current_row().code == "choui"
    assert shown(tab) == ["災害弔慰金（生計維持者）", "災害弔慰金（その他の人）"]
    assert tab.rules.rows.columns[1].text(tab.rules.rows.row(0)) == "死亡・災害関連死で、生計維持者である人"


def test_a_rule_is_typed_and_its_sentence_grows_with_it(tab: RulesTab, town: Town, settle: Settle) -> None:
    take(town, "mimai")
    tab.refresh()
    settle()
    dialog = tab.acts.add_rule()
    assert dialog is not None
    for key, raw in {"title": "準半壊", "amount": "１０，０００", "grades": "semi_half", "size_least": "2", "single": "3/4"}.items():
        dialog.body.editors[key].set_raw(raw)
    dialog.body.changed.emit()
    assert dialog.sentence.text() == "準半壊で、2人以上の世帯に10,000円（単身世帯は4分の3、円未満切捨て）"
    dialog.save()
    settle()
    assert shown(tab)[-1] == "準半壊"
    assert tab.round is not None and tab.round.rules[-1].amount == 10_000


@pytest.mark.parametrize(
    ("raw", "field", "words"),
    [
        ({"amount": "0"}, "amount", "1円以上"),
        ({"amount": "99999999999"}, "amount", "9999999999"),
        ({"single": "4/3"}, "single", "分数"),
        ({"income_most": "二百万"}, "income_most", "読めません"),
        ({"municipalities": "七尾市"}, "municipalities", "コード"),
        ({"harms": "dead"}, "harms", "人的被害"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_its_field(
    tab: RulesTab, town: Town, settle: Settle, raw: dict[str, str], field: str, words: str
) -> None:
    take(town, "mimai")
    tab.refresh()
    settle()
    tab.rules.make_current(0)
    dialog = tab.acts.edit_rule()
    assert dialog is not None
    for key, text in raw.items():
        dialog.body.editors[key].set_raw(text)
    dialog.save()
    settle()
    assert dialog.isVisible() and words in dialog.body.editors[field].problem
    dialog._before = dialog.body.raw()
    dialog.reject()


def test_an_overlap_is_refused_with_both_names(tab: RulesTab, town: Town, settle: Settle) -> None:
    take(town, "mimai")
    tab.refresh()
    settle()
    tab.rules.make_current(0)
    dialog = tab.acts.edit_rule()
    assert dialog is not None
    dialog.body.editors["grades"].set_raw("total,half")
    dialog.save()
    settle()
    assert "「全壊」と「半壊（大規模・中規模を含む）」" in dialog.banner.words
    dialog._before = dialog.body.raw()
    dialog.reject()


def test_rules_move_and_go(tab: RulesTab, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    take(town, "mimai")
    tab.refresh()
    settle()
    before = shown(tab)
    tab.rules.setFocus()
    tab.rules.make_current(0)
    press(tab.rules, Qt.Key.Key_Down, CTRL)
    settle()
    assert shown(tab)[:2] == before[1::-1]
    monkeypatch.setattr("app.ui.programmes.programme_acts.ask", lambda *_, **__: True)
    tab.rules.make_current(0)
    tab.acts.drop_rule()
    settle()
    assert shown(tab) == [before[0], *before[2:]]


def test_a_round_with_payments_asks_for_a_reason(tab: RulesTab, town: Town, settle: Settle) -> None:
    found = take(town, "mimai")
    one = programmes.list_rounds(town.ctx, programme_id=found)[0]
    with town.ctx.unit() as uow:
        uow.batches.add(PaymentBatch(id=new_id(), number="B", programme_id=found, round_id=one.id))
        uow.commit()
    tab.refresh()
    settle()
    assert "理由が要ります" in tab.rules_title.text() and not tab.drop_round_button.isEnabled()
    tab.rules.make_current(0)
    assert tab.acts.edit_rule() is None
    settle()
    (asked,) = [one for one in tab.findChildren(FormDialog) if one.isVisible()]
    asked.body.editors["reason"].set_raw("要綱の訂正")
    asked.save()
    settle()
    (dialog,) = [one for one in tab.findChildren(RuleDialog) if one.isVisible()]
    dialog.body.editors["amount"].set_raw("120,000")
    dialog.save()
    settle()
    assert tab.round is not None and tab.round.rules[0].amount == 120_000
    assert town.ctx.reads.journal.history(tab.round.rules[0].id)[-1].reason == "要綱の訂正"


def test_a_file_with_a_fault_is_refused_with_its_line_and_a_good_one_comes_in(
    tab: RulesTab, town: Town, settle: Settle, tmp_path: Path
) -> None:
    take(town, "mimai")
    tab.refresh()
    settle()
    out = tmp_path / "mimai.toml"
    tab.acts.save_file(out)
    settle()
    text = out.read_text("utf-8")
    out.write_text(text.replace("100_000", "0", 1), "utf-8")
    tab.acts.import_file(out)
    settle()
    assert "行目" in tab.banner.words and "1円以上" in tab.banner.words
    out.write_text(text.replace("50_000", "60_000", 1), "utf-8")
    tab.acts.import_file(out)
    settle()
    assert tab.round is not None and tab.round.rules[1].amount == 60_000


def test_a_programme_and_a_round_are_typed(tab: RulesTab, settle: Settle) -> None:
    dialog = tab.acts.add_programme()
    assert dialog is not None
    for key, raw in {"title": "市義援金", "code": "shi", "kind": "donation", "documents": "罹災証明書\n通帳の写し"}.items():
        dialog.body.editors[key].set_raw(raw)
    dialog.save()
    settle()
    assert tab.file is not None and tab.file.programme.documents == ("罹災証明書", "通帳の写し")
    again = tab.acts.add_round()
    assert again is not None and again.body.editors["title"].raw() == "第1次配分"
    again.body.editors["budget"].set_raw("120,000,000,000")
    again.save()
    settle()
    assert tab.round is not None and (tab.round.round.code, tab.round.round.budget) == ("1", 120_000_000_000)
    assert not tab.open_round_button.isEnabled()


# -- loans -----------------------------------------------------------------------------------------------------


@pytest.fixture
def owed(town: Town) -> str:
    """An entitlement to a loan of 1.5 million."""
    found = take(town, "engo")
    one = Entitlement(
        id=new_id(), number="E-1", programme_id=found, round_id=programmes.list_rounds(town.ctx, programme_id=found)[0].id, subject="victim:x",
        name="見本　太郎", due=1_500_000,
    )  # fmt: skip
    with town.ctx.unit() as uow:
        uow.entitlements.add(one)
        uow.commit()
    pay(town.ctx, one.id, one.due)
    return one.id


def loans_tab(window: MainWindow, settle: Settle) -> LoansTab:
    """The tab, settled."""
    window.go("programmes", tab="loans")
    settle()
    found = window.current.tab("loans")
    assert isinstance(found, LoansTab)
    return found


def test_a_loan_is_lent_repaid_and_taken_back(window: MainWindow, town: Town, settle: Settle, owed: str) -> None:
    tab = loans_tab(window, settle)
    assert tab.empty.isVisibleTo(tab)
    dialog: Any = tab.begin()
    settle()
    assert dialog.table.rows.rowCount() == 1 and dialog.body.editors["rate"].raw() == "1"
    dialog.body.editors["rate"].set_raw("0")
    dialog.save()
    settle()
    assert tab.current is not None and (tab.current.principal, tab.current.rate) == (1_500_000, "0")
    form = tab.repay()
    assert form is not None and form.body.editors["amount"].raw() == "107,142"
    form.save()
    settle()
    assert tab.current.repaid == 107_142
    file: Any = tab.open_file()
    settle()
    assert file.plan.rows.rowCount() == 15 and file.plan.rows.row(0).state == "paid"
    file.repayments.make_current(0)
    back = file.take_back()
    back.body.editors["reason"].set_raw("別の人の返済")
    back.save()
    settle()
    assert file.repayments.rows.rowCount() == 2 and not file.back_button.isEnabled()
    file.reject()
    settle()
    assert tab.current.repaid == 0


def test_arrears_are_counted_on_the_tab(window: MainWindow, town: Town, settle: Settle, owed: str) -> None:
    loans.lend(town.ctx, entitlement_id=owed, lent_on="2024-01-02")
    town.clock.forward(days=4 * 365)
    tab = loans_tab(window, settle)
    assert "(1)" in tab.page.tabs.tabText(1)
    assert "滞納" in tab.count.text() and tab.current is not None and tab.current.arrears > 0
    tab.late.setChecked(True)
    settle()
    assert tab.table.rows.rowCount() == 1
