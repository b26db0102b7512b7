"""支給: trying a round out and calculating it, the list of who receives, claims and their papers, casualties and their second look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.relief import Claim
from app.domain.resident import ResidentRow
from app.ui.main_window import MainWindow
from app.ui.relief.calculation_result import _SHOW
from app.ui.relief.casualties_entry import CasualtyDialog
from app.ui.relief.claims_entry import ClaimDialog
from app.ui.relief.entitlements_file import EntitlementFileDialog
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import batches, casualties, claims, payees
from app.usecases.relief_calculation import calculate
from app.usecases.relief_rows import EntitlementFilter
from app.usecases.residents import load_residents
from tests.batches_town import add_payee
from tests.relief_town import add_casualty, add_home, add_programme, add_round, by_grade, by_harm, change, entitlements, pay
from tests.stores import OCCURRED, Town
from tests.ui.conftest import press, say

pytestmark = pytest.mark.gui
Settle = Callable[[], None]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def given(town: Town) -> str:
    """Three households, one of them not judged, somebody dead, a round with a budget; answers the round's id."""
    ctx = town.ctx
    add_home(ctx, "全壊　一", "全壊　花", grade="total", head_kana="ゼンカイ　イチ")
    add_home(ctx, "半壊　二", grade="half", district="港町")
    add_home(ctx, "未判定　三")
    add_casualty(ctx, "死亡　四", "dead")
    programme = add_programme(ctx, title="見本県義援金", code="gien")
    return add_round(ctx, programme, *by_grade(total=200_000, half=50_000), *by_harm(dead=200_000), budget=1_000_000, state="open")


def tab(window: MainWindow, settle: Settle, key: str, **arguments: Any) -> Any:
    """A tab of the page, settled."""
    window.go("relief", tab=key, **arguments)
    settle()
    return window.current.tab(key)


def answer(qtbot: Any, monkeypatch: Any, module: str, *, yes: bool = True) -> list[str]:
    """Answer questions of a module; what they asked."""
    asked: list[str] = []
    monkeypatch.setattr(f"{module}.ask", lambda _, question, detail="", **__: asked.append(f"{question} {detail}") or yes)
    return asked


# -- trying out and calculating


def test_a_round_is_tried_out_before_anything_is_written(window: MainWindow, town: Town, settle: Settle, given: str) -> None:
    page = tab(window, settle, "calculation")
    assert page.choice.round_id == given and page.begin.isVisible() and not page.run_button.isEnabled()
    press(window, Qt.Key.Key_F2)
    settle()
    result = page.result
    assert [tile.number for tile in result.tiles.values()] == ["3", "450,000円", "450,000円", "550,000円"]
    assert [result.categories.rows.data(result.categories.rows.index(at, 1)) for at in range(3)] == ["1世帯", "1世帯", "1人"]
    assert result.what.currentData() == "due" and result.count.text() == "3件"
    assert "まだ何も書き込んでいません" in page.banner.words and "新しく作る 3件" in page.banner.words
    assert entitlements(town.ctx, given) == {}
    result.what.setCurrentIndex(result.what.findData("none"))
    result.what.activated.emit(0)
    assert [row.name for row in result.rows()] == ["未判定　三"] and "まだ判定されていない" in result.reason.text()


def test_what_is_missing_is_counted_and_leads_to_those_who_lack_it(window: MainWindow, settle: Settle, given: str) -> None:
    page = tab(window, settle, "calculation", round_id=given, run=True)
    buttons = [made for made in page.result.missing.findChildren(type(page.try_button)) if "受取人" in made.text()]
    assert [made.text() for made in buttons] == ["受取人がない 3件"]
    buttons[0].click()
    assert page.result.what.currentText() == "受取人がない" and len(page.result.rows()) == 3


def test_calculating_asks_once_and_makes_the_entitlements(
    window: MainWindow, town: Town, settle: Settle, qtbot, monkeypatch, given: str
) -> None:
    asked = answer(qtbot, monkeypatch, "app.ui.relief.calculation_tab")
    page = tab(window, settle, "calculation", run=True)
    press(window, Qt.Key.Key_F4)
    settle()
    assert len(asked) == 1 and "450,000円" in asked[0] and "新しく作る 3件" in asked[0]
    assert {name: one.due for name, one in entitlements(town.ctx, given).items()} == {"全壊　一": 200_000, "半壊　二": 50_000, "死亡　四": 200_000}
    assert "計算しました" in page.banner.words and "払えるものはまだありません" in page.banner.words and not page.run_button.isEnabled()


def test_a_refusal_of_the_question_writes_nothing(window: MainWindow, town: Town, settle: Settle, qtbot, monkeypatch, given: str) -> None:
    answer(qtbot, monkeypatch, "app.ui.relief.calculation_tab", yes=False)
    page = tab(window, settle, "calculation", run=True)
    page.calculate()
    settle()
    assert entitlements(town.ctx, given) == {}


@pytest.mark.parametrize("dry", [True, False])
def test_cancel_leaves_everything_as_it_was(window: MainWindow, town: Town, settle: Settle, given: str, dry: bool) -> None:
    page = tab(window, settle, "calculation", round_id=given)
    page._run(dry=dry)
    for operation in list(window.runner._running.values()):
        operation.cancel()
    settle()
    assert page.result.calculation is None and page.begin.isVisible() and page.try_button.isEnabled()
    assert entitlements(town.ctx, given) == {}


def test_a_budget_that_is_overrun_stands_out_and_is_refused(
    window: MainWindow, town: Town, settle: Settle, qtbot, monkeypatch, given: str
) -> None:
    change(town.ctx, "relief_round", given, budget=300_000)
    answer(qtbot, monkeypatch, "app.ui.relief.calculation_tab")
    page = tab(window, settle, "calculation", run=True)
    assert page.result.tiles["left"].number == "-150,000円"
    page.calculate()
    settle()
    assert page.banner.property("tone") == "bad" and entitlements(town.ctx, given) == {}


def test_away_from_headquarters_a_round_is_only_tried_out(window: MainWindow, town: Town, settle: Settle, given: str) -> None:
    window.context = replace(window.context, place=replace(window.context.place, site_kind="shelter"))
    page = tab(window, settle, "calculation", run=True)
    assert page.result.calculation is not None and page.result.calculation.count == 3 and not page.run_button.isEnabled()


def test_a_change_after_the_trial_is_told(window: MainWindow, town: Town, settle: Settle, given: str) -> None:
    page = tab(window, settle, "calculation", run=True)
    window.runner.changed.emit({"survey": frozenset({"x"})})
    settle()
    assert "もう一度試算" in page.banner.words


def test_the_result_is_narrowed_by_words_and_by_each_kind(window: MainWindow, settle: Settle, given: str) -> None:
    page = tab(window, settle, "calculation", run=True)
    counts = {}
    for code, _ in _SHOW:
        page.result.what.setCurrentIndex(page.result.what.findData(code))
        counts[code] = len(page.result.rows())
    assert (counts["due"], counts["open"], counts["changed"], counts["none"], counts["over"], counts["problem"]) == (3, 3, 3, 1, 0, 0)
    page.result.what.setCurrentIndex(0)
    page.result.finder.setText("ゼンカイ")
    assert [row.name for row in page.result.rows()] == ["全壊　一"]


def test_without_programmes_the_way_to_them_is_shown(window: MainWindow, settle: Settle, monkeypatch) -> None:
    page = tab(window, settle, "calculation")
    seen = []
    monkeypatch.setattr(window, "go", lambda key, **arguments: seen.append(key))
    assert page.empty.isVisible() and not page.top.isVisible()
    page.empty.buttons[0].click()
    assert seen == ["programmes"]


# -- who receives


@pytest.fixture
def listed(town: Town, given: str) -> str:
    """The round, calculated; one of three paid."""
    calculate(town.ctx, round_id=given)
    paid = entitlements(town.ctx, given)["半壊　二"].id
    pay(town.ctx, paid, 50_000)
    return given


def test_who_receives_is_listed_with_what_is_missing(window: MainWindow, settle: Settle, listed: str) -> None:
    page = tab(window, settle, "entitlements")
    assert page.filters.count.text() == "3件" and page.table.isVisible() and not page.empty.isVisible()
    cells = [page.table.rows.row(at) for at in range(3)]
    assert {one.name: (one.progress, one.open) for one in cells} == {
        "全壊　一": ("open", 200_000), "半壊　二": ("paid", 0), "死亡　四": ("open", 200_000),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (EntitlementFilter(text="ゼンカイ"), ["全壊　一"]),
        (EntitlementFilter(progress="paid"), ["半壊　二"]),
        (EntitlementFilter(owed=True), ["全壊　一", "死亡　四"]),
        (EntitlementFilter(wants="payee"), ["全壊　一", "死亡　四"]),
        (EntitlementFilter(category="total"), ["全壊　一"]),
    ],
)
def test_the_list_is_narrowed(window: MainWindow, settle: Settle, listed: str, wanted: EntitlementFilter, names: list[str]) -> None:
    page = tab(window, settle, "entitlements")
    page.arrive(filter=wanted)
    settle()
    assert page.filters.wanted == wanted
    assert sorted(page.table.rows.row(at).name for at in range(page.table.rows.rowCount())) == sorted(names)


def test_a_column_sorts_both_ways(window: MainWindow, settle: Settle, listed: str) -> None:
    page = tab(window, settle, "entitlements")
    place = [column.key for column in page.table.rows.columns].index("due")
    seen = []
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        page.table.rows.sort(place, order)
        settle()
        seen.append([page.table.rows.row(at).due for at in range(3)])
    assert seen == [[50_000, 200_000, 200_000], [200_000, 200_000, 50_000]]


def test_one_is_opened_with_the_reason_in_words_and_the_next_step(window: MainWindow, settle: Settle, listed: str, town: Town) -> None:
    page = tab(window, settle, "entitlements")
    dialog = page.open_file(entitlements(town.ctx, listed)["全壊　一"].id)
    settle()
    assert isinstance(dialog, EntitlementFileDialog) and dialog.file is not None
    assert "200,000円" in dialog.reasons.text() and "支給額 200,000円" in dialog.figures.text()
    assert "次にすること" in dialog.next.words and "受取人" in dialog.next.words
    dialog.reject()


def test_what_was_paid_shows_in_the_file_and_cannot_be_declined(window: MainWindow, settle: Settle, listed: str, town: Town) -> None:
    page = tab(window, settle, "entitlements")
    dialog = page.open_file(entitlements(town.ctx, listed)["半壊　二"].id)
    settle()
    assert dialog.parts.rows.rowCount() == 1 and "支給済み 50,000円" in dialog.figures.text() and not dialog.decline_button.isEnabled()
    dialog.reject()


def test_a_refusal_is_noted_with_its_reason_and_taken_back(window: MainWindow, settle: Settle, listed: str, town: Town, qtbot) -> None:
    page = tab(window, settle, "entitlements")
    wanted = entitlements(town.ctx, listed)["全壊　一"].id
    assert page.table.select_id(wanted)
    settle()
    dialog = page.decline()
    dialog.save()
    assert dialog.isVisible() and dialog.body.editors["reason"].problem
    dialog.body.editors["reason"].set_raw("本人の申し出")
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    assert entitlements(town.ctx, listed)["全壊　一"].state == "declined"
    assert page.table.select_id(wanted) and page.reopen_button.isVisible() and not page.decline_button.isEnabled()
    dialog = page.reopen()
    dialog.body.editors["reason"].set_raw("やはり受け取る")
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    assert entitlements(town.ctx, listed)["全壊　一"].state == "open"


def test_too_much_paid_is_said_loudly(window: MainWindow, settle: Settle, listed: str, town: Town) -> None:
    change(town.ctx, "entitlement", entitlements(town.ctx, listed)["半壊　二"].id, due=20_000, over=30_000, flag="over")
    page = tab(window, settle, "entitlements", flag="over")
    assert page.filters.count.text() == "1件" and "過払い" in page.table.rows.data(page.table.rows.index(0, 6))
    dialog = page.open_file()
    settle()
    assert "30,000円多く支給" in dialog.next.words and dialog.next.property("tone") == "bad"
    dialog.reject()


# -- claims


def claim_dialog() -> Any:
    """The dialog in front."""
    found = QApplication.activeModalWidget()
    assert isinstance(found, ClaimDialog)
    return found


@pytest.fixture
def law(town: Town) -> str:
    """A programme that needs a claim with two papers; answers its id."""
    add_home(town.ctx, "全壊　一", grade="total", head_kana="ゼンカイ　イチ")
    programme = add_programme(town.ctx, title="見本再建支援金", kind="livelihood", needs_claim=True, documents=("住民票", "通帳の写し"))
    add_round(town.ctx, programme, *by_grade(total=1_000_000), state="open")
    return programme


def test_a_claim_is_taken_down_at_the_desk(window: MainWindow, settle: Settle, town: Town, law: str, qtbot) -> None:
    page = tab(window, settle, "claims")
    assert page.empty.isVisible()
    press(window, Qt.Key.Key_F2)
    settle()
    dialog = claim_dialog()
    assert dialog.choice.programme_id == law and "method" in dialog.body.editors and "income" not in dialog.body.editors
    dialog.save()
    assert "選んでください" in dialog.whom.banner.words and dialog.isVisible()
    say(dialog.whom.finder, "ゼンカイ")
    settle()
    press(dialog, Qt.Key.Key_Return)
    settle()
    assert dialog.whom.whom.name == "全壊　一" and dialog.body.editors["claimed_by"].raw() == "全壊　一"
    dialog.body.editors["method"].set_raw("build")
    papers = [dialog.documents.itemAt(at).widget() for at in range(dialog.documents.count())]
    assert [paper.text() for paper in papers] == ["住民票", "通帳の写し"]
    papers[0].setChecked(True)
    press(dialog, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    (row,) = claims.claim_rows(town.ctx, claims.list_claim_ids(town.ctx))
    assert (row.method, row.documents, row.missing, row.state) == ("build", ("住民票",), ("通帳の写し",), "waiting")
    assert page.count.text() == "1件" and "書類待ち" in page.banner.words


@pytest.fixture
def claimed(town: Town, law: str) -> Claim:
    """A claim without papers."""
    home = town.ctx.reads.buildings.victim_ids(text="")[0]
    return claims.save_claim(town.ctx, values={"programme_id": law, "victim_id": home, "claimed_by": "全壊　一"}).claim


def test_papers_that_came_are_ticked(window: MainWindow, settle: Settle, town: Town, claimed: Claim, qtbot) -> None:
    page = tab(window, settle, "claims")
    page.table.setFocus()
    press(window, Qt.Key.Key_F6)
    settle()
    dialog = QApplication.activeModalWidget()
    press(dialog, Qt.Key.Key_Space)
    assert dialog.ticks["住民票"].isChecked() and not dialog.ticks["通帳の写し"].isChecked()
    dialog.all_button.click()
    press(dialog, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    (row,) = claims.claim_rows(town.ctx, [claimed.id])
    assert row.state == "complete" and row.missing == ()


def test_the_tab_says_how_many_claims_lack_papers(window: MainWindow, settle: Settle, claimed: Claim) -> None:
    tab(window, settle, "claims")
    assert window.current.tabs.tabText(2) == "申請 (1)"


def test_a_claim_is_corrected_withdrawn_and_taken_up_again(window: MainWindow, settle: Settle, town: Town, claimed: Claim, qtbot) -> None:
    page = tab(window, settle, "claims", claim_id=claimed.id)
    dialog = claim_dialog()
    assert dialog.claim.id == claimed.id and dialog.whom.whom.name == "全壊　一"
    dialog.body.editors["household_size"].set_raw("4")
    dialog.save()
    assert dialog.body.editors["reason"].problem
    dialog.body.editors["reason"].set_raw("子どもが戻った")
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    assert town.ctx.reads.get("claim", claimed.id).household_size == 4
    for act, reason, state in ((page.close_claim, "本人の申し出", "withdrawn"), (page.reopen, "取下げを取り消す", "received")):
        form = act()
        form.body.editors["reason"].set_raw(reason)
        form.save()
        qtbot.waitUntil(lambda form=form: not form.isVisible())
        settle()
        assert town.ctx.reads.get("claim", claimed.id).state == state


def test_another_programme_asks_other_things_and_keeps_what_was_typed(window: MainWindow, settle: Settle, town: Town, law: str) -> None:
    loan = add_programme(town.ctx, title="見本援護資金", kind="loan", documents=("借入申込書",))
    page = tab(window, settle, "claims")
    dialog = page.begin()
    settle()
    dialog.body.editors["claimed_by"].set_raw("見本　太郎")
    dialog.choice.choose(loan)
    dialog.choice.chosen.emit()
    assert "income" in dialog.body.editors and "method" not in dialog.body.editors
    assert dialog.body.editors["claimed_by"].raw() == "見本　太郎" and dialog.wanted_documents() == ("借入申込書",)
    dialog.body.set_values({})
    dialog.reject()


def test_a_repair_names_the_contractor_who_is_paid(window: MainWindow, settle: Settle, town: Town, qtbot) -> None:
    add_home(town.ctx, "半壊　二", grade="half", head_kana="ハンカイ　ニ")
    add_programme(town.ctx, title="見本応急修理", kind="repair")
    hired = payees.save_payee(town.ctx, values={"role": "contractor", "name": "見本工務店", "kana": "ミホンコウムテン", "address": "見本市2"}).payee_id
    page = tab(window, settle, "claims")
    dialog = page.begin()
    settle()
    assert dialog.contractor.isVisible() and dialog.contractor.contractor_id == ""
    dialog.contractor.box.setCurrentIndex(dialog.contractor.box.findData(hired))
    say(dialog.whom.finder, "ハンカイ")
    press(dialog, Qt.Key.Key_Return)
    settle()
    dialog.body.editors["requested"].set_raw("706,000")
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    (claim_id,) = claims.list_claim_ids(town.ctx)
    made = town.ctx.reads.get("claim", claim_id)
    assert (made.contractor_id, made.requested) == (hired, 706_000)


# -- casualties


def test_a_casualty_is_found_in_the_registers_and_waits_for_another_person(
    window: MainWindow, settle: Settle, town: Town, qtbot
) -> None:
    add_home(town.ctx, "全壊　一", grade="total", head_kana="ゼンカイ　イチ")
    page = tab(window, settle, "casualties")
    assert page.empty.isVisible()
    press(window, Qt.Key.Key_F2)
    settle()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, CasualtyDialog)
    say(dialog.whom.finder, "ゼンカイ")
    settle()
    press(dialog, Qt.Key.Key_Return)
    settle()
    assert dialog.body.editors["address"].raw() == "見本市本町1" and dialog.body.editors["name"].raw() == ""
    for key, raw in (("name", "全壊　花"), ("harm", "dead"), ("document", "死体検案書"), ("breadwinner", "yes")):
        dialog.body.editors[key].set_raw(raw)
    press(dialog, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    (row,) = casualties.casualty_rows(town.ctx, casualties.list_casualty_ids(town.ctx))
    assert (row.name, row.harm, row.breadwinner, row.state, row.head_name) == ("全壊　花", "dead", True, "reported", "全壊　一")
    assert not page.confirm_button.isEnabled() and "ほかの人が確認" in page.banner.words
    assert window.current.tabs.tabText(3) == "人的被害 (1)"


def test_a_name_other_than_the_residents_is_taken_for_a_reason_only(window: MainWindow, settle: Settle, town: Town, qtbot) -> None:
    rows = [ResidentRow(name="見本　花子", kana="ミホン　ハナコ", birth="1950-04-05", resident_no="0000000051", household_no="H1")]
    load_residents(town.ctx, batches=[rows], as_of=OCCURRED, label="試験")
    tab(window, settle, "casualties")
    press(window, Qt.Key.Key_F2)
    settle()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, CasualtyDialog)
    say(dialog.whom.finder, "ミホン")
    settle()
    press(dialog, Qt.Key.Key_Return)
    settle()
    assert dialog.body.editors["name"].raw() == "見本　花子"
    for key, raw in (("name", "全く　別名"), ("harm", "dead")):
        dialog.body.editors[key].set_raw(raw)
    dialog.save()
    settle()
    asked = QApplication.activeModalWidget()
    assert isinstance(asked, FormDialog) and casualties.list_casualty_ids(town.ctx) == []
    asked.body.editors["reason"].set_raw("改姓。戸籍で確認")
    asked.save()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    (row,) = casualties.casualty_rows(town.ctx, casualties.list_casualty_ids(town.ctx))
    assert (row.name, row.resident_no) == ("全く　別名", "0000000051")


def test_another_person_confirms_with_the_paper_seen(window: MainWindow, settle: Settle, town: Town, qtbot) -> None:
    casualty = add_casualty(town.ctx, "死亡　四", "dead", state="reported", entered_by="somebody-else")
    page = tab(window, settle, "casualties")
    page.table.setFocus()
    press(window, Qt.Key.Key_A)
    settle()
    dialog = QApplication.activeModalWidget()
    dialog.body.editors["document"].set_raw("死体検案書")
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    assert town.ctx.reads.get("casualty", casualty).state == "confirmed"


def test_a_casualty_is_withdrawn_with_a_reason(window: MainWindow, settle: Settle, town: Town, qtbot) -> None:
    casualty = add_casualty(town.ctx, "不明　五", "missing")
    page = tab(window, settle, "casualties")
    dialog = page.withdraw()
    dialog.body.editors["reason"].set_raw("無事が確かめられた")
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    assert town.ctx.reads.get("casualty", casualty).state == "withdrawn"


def test_one_is_opened_and_corrected(window: MainWindow, settle: Settle, town: Town, qtbot) -> None:
    casualty = add_casualty(town.ctx, "死亡　四", "dead")
    tab(window, settle, "casualties", casualty_id=casualty)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, CasualtyDialog) and "もう一度ほかの人の確認" in dialog.banner.words
    dialog.body.editors["harm"].set_raw("related_death")
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    found = town.ctx.reads.get("casualty", casualty)
    assert (found.harm, found.state) == ("related_death", "reported")


# -- on to the money


def test_a_round_goes_from_the_trial_to_a_batch_without_leaving_the_keyboard(
    window: MainWindow, settle: Settle, town: Town, qtbot, monkeypatch, given: str
) -> None:
    answer(qtbot, monkeypatch, "app.ui.relief.calculation_tab")
    for name in ("全壊　一", "半壊　二"):
        (row,) = [one for one in calculate(town.ctx, round_id=given).rows if one.name == name]
        with town.ctx.unit() as uow:
            add_payee(uow, row.subject, name=name, kana="ミホン", number=len(name) + row.due)
            uow.commit()
    page = tab(window, settle, "calculation", round_id=given)
    for key in (Qt.Key.Key_F2, Qt.Key.Key_F4):
        press(window, key)
        settle()
    assert page.result.calculation.payable == 2 and page.batch_button.isEnabled() and "いま払えるもの 2件" in page.banner.words
    press(window, Qt.Key.Key_F8)
    settle()
    assert window.current.current_key == "batches"
    dialog = QApplication.activeModalWidget()
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    (batch,) = batches.list_batches(town.ctx)
    assert (batch.state, batch.count, batch.total) == ("draft", 2, 250_000)
    while QApplication.activeModalWidget() is not None:
        QApplication.activeModalWidget().reject()
        settle()
    rows = page.page.tab("entitlements")
    window.current.open_tab("entitlements", filter=EntitlementFilter(progress="planned"))
    settle()
    assert rows.filters.count.text() == "2件"
    assert window.current.tabs.tabText(window.current._place("batches")) == "支給決定簿", "one's own waits for somebody else"


# -- from elsewhere


@pytest.mark.parametrize(("roles", "place"), [(("desk",), "relief"), (("accounting",), "ledger")])
def test_a_household_leads_to_what_it_received(
    window: MainWindow, settle: Settle, town: Town, monkeypatch, roles: tuple[str, ...], place: str
) -> None:
    from app.ui.pages.household import HouseholdDialog
    from app.usecases import residents

    active = town.ctx.reads.residents.active()
    people = residents.open_household(town.ctx, resident_id=f"{active.id}:1")
    window.context = replace(window.context, actor=replace(window.context.actor, roles=roles))
    dialog = HouseholdDialog(window, window, people)
    seen: list[tuple[str, Any]] = []
    monkeypatch.setattr(window, "go", lambda key, **arguments: seen.append((key, arguments)))
    dialog.money_button.click()
    head = next(one for one in people if one.relation == "世帯主")
    wanted = {"relief": {"tab": "entitlements", "filter": EntitlementFilter(text=head.name)}, "ledger": {"tab": "household", "text": head.name}}
    assert seen == [(place, wanted[place])]
