"""申請: taken down by keyboard, whoever it is; found again, linked, approved, closed, told to whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain.certificate import Application
from app.ui.certificates.application_new import NewApplication
from app.ui.certificates.linking import LinkApplication
from app.ui.main_window import MainWindow
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import applications
from app.usecases.certificate_rows import ApplicationFilter
from app.usecases.certificate_settings import change_certificate_settings
from tests.certificates_town import ADDRESS, add_building, ask, judge, sign_as_mayor, victim_in
from tests.stores import Town
from tests.ui.conftest import press, say

Settle = Callable[[], None]


@pytest.fixture
def tab(window: MainWindow, settle: Settle) -> Any:
    """The tab, settled."""
    window.go("certificates", tab="applications")
    settle()
    return window.current.tab("applications")


def begin(tab: Any, settle: Settle) -> NewApplication:
    """The screen at the desk."""
    dialog = tab.begin()
    settle()
    return dialog


def find(dialog: Any, words: str, settle: Settle) -> None:
    """Type what somebody says and take the first hit, by keyboard."""
    say(dialog.household.finder, words)
    press(dialog.household.finder, Qt.Key.Key_Return)
    settle()
    press(dialog.household.finder, Qt.Key.Key_Return)
    settle()


def stored(town: Town) -> list[Application]:
    """All applications, oldest first."""
    ids = applications.list_application_ids(town.ctx, filter=ApplicationFilter(sort="number"))
    return [town.ctx.reads.get("application", one) for one in ids]


def test_an_empty_page_says_what_to_do_first(tab: Any) -> None:
    assert tab.empty.isVisibleTo(tab) and not tab.table.isVisibleTo(tab)
    assert tab.empty.buttons[0].text() == "新しい申請（F2）" and tab.empty.buttons[0].isEnabled()


def test_an_application_is_taken_down_by_keyboard(tab: Any, town: Town, settle: Settle) -> None:
    home = add_building(town.ctx, resident=town.resident("太郎"), grade="half")
    change_certificate_settings(town.ctx, values={"queue_prefix": "A"})
    press(tab, Qt.Key.Key_F2)
    settle()
    dialog = tab.findChildren(NewApplication)[-1]
    assert dialog.focusWidget() is dialog.household.finder
    find(dialog, "タカハシ", settle)
    assert dialog.household.household.head.name == "髙橋　太郎" and "髙橋　花" in dialog.household.members.text()
    assert dialog.body.raw()["applicant_name"] == "髙橋　太郎" and dialog.body.raw()["phone"] == "090-0000-1111"
    assert dialog.place.place.id == home and "半壊" in dialog.place.told.text()
    dialog.body.editors["copies"].set_raw("2")
    dialog.body.editors["purposes"].set_raw("relief_fund,insurance")
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    (one,) = stored(town)
    assert (one.applicant_name, one.building_id, one.copies, one.state) == ("髙橋　太郎", home, 2, "judged")
    assert one.purposes == ("relief_fund", "insurance") and one.victim_id == victim_in(town.ctx, home)
    assert dialog.pages.currentIndex() == 1 and dialog.receipt.queue.text() == "A1" and dialog.receipt.number.text() == one.number
    press(dialog, Qt.Key.Key_F2)
    settle()
    assert dialog.pages.currentIndex() == 0 and dialog.body.raw()["applicant_name"] == "" and dialog.household.household is None
    dialog.reject()
    settle()
    assert tab.table.current_id() == one.id, "the new one is at hand"


def test_whoever_is_not_in_the_residents_is_written_down_as_told(tab: Any, town: Town, settle: Settle) -> None:
    dialog = begin(tab, settle)
    press(dialog, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    settle()
    assert dialog.household.by_hand
    say(dialog.household.told.editors["head_name"].target, "グエン　ヴァン")
    say(dialog.household.told.editors["address"].target, "見本市港町9-9")
    settle()
    assert dialog.body.raw()["applicant_name"] == "グエン　ヴァン" and "新しく登録" in dialog.place.choice.currentText()
    dialog.household.told.editors["others"].set_raw("グエン　ティ、妻、H2.3.4")
    dialog.save()
    settle()
    (one,) = stored(town)
    assert one.declared and one.state == "awaiting" and "申告のみ" in dialog.receipt.told.text()
    place = town.ctx.reads.get("building", one.building_id)
    file = applications.open_application(town.ctx, application_id=one.id)
    assert place.address == "見本市港町9-9" and place.number and [m.name for m in file.members] == ["グエン　ヴァン", "グエン　ティ"]


def test_an_agent_needs_the_letter_and_nobody_is_taken_without_a_household(tab: Any, town: Town, settle: Settle) -> None:
    dialog = begin(tab, settle)
    dialog.save()
    assert "世帯を選んで" in dialog.household.banner.words and stored(town) == []
    find(dialog, "髙橋　太郎", settle)
    dialog.body.editors["applicant_role"].set_raw("agent")
    settle()
    assert dialog.body.raw()["applicant_name"] == "", "an agent is not the head"
    dialog.body.editors["applicant_name"].set_raw("見本　代理")
    dialog.save()
    assert "委任状" in dialog.body.editors["proxy"].problem and stored(town) == []
    dialog.body.editors["proxy"].set_raw("yes")
    dialog.save()
    settle()
    assert stored(town)[0].proxy and stored(town)[0].applicant_role == "agent"


def test_warnings_stand_beside_and_stop_nothing(tab: Any, town: Town, settle: Settle) -> None:
    home = add_building(town.ctx, resident=town.resident("静"), grade="half")
    earlier = ask(town.ctx, home, applicant_name="渡邉　静").application
    change_certificate_settings(town.ctx, values={"deadline": "2024-01-01"})
    dialog = begin(tab, settle)
    assert "期限" in dialog.banner.words
    find(dialog, "ワタナベ", settle)
    assert "支援措置" in dialog.banner.words and earlier.number in dialog.banner.words and dialog.household.protected.isVisibleTo(dialog)
    dialog.save()
    settle()
    assert len(stored(town)) == 2 and "もうあります" in dialog.receipt.banner.words


def test_both_kinds_have_their_own_fields(tab: Any, town: Town, settle: Settle) -> None:
    dialog = begin(tab, settle)
    assert dialog.body.editors["self_judgement"].isVisibleTo(dialog) and not dialog.body.editors["objects"].isVisibleTo(dialog)
    press(dialog, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    assert dialog.kind == "report" and dialog.body.editors["objects"].isVisibleTo(dialog)
    find(dialog, "髙橋　太郎", settle)
    dialog.place.choice.setCurrentIndex(dialog.place.choice.count() - 1)
    dialog.place._chosen_by_hand()
    dialog.body.editors["objects"].set_raw("vehicle")
    dialog.save()
    settle()
    (one,) = stored(town)
    assert (one.kind, one.objects, one.building_id, one.state) == ("report", ("vehicle",), "", "judged")


def test_a_building_leads_to_its_household(tab: Any, town: Town, settle: Settle) -> None:
    home = add_building(town.ctx, resident=town.resident("太郎"), address="見本市架空町8-8")
    number = town.ctx.reads.get("building", home).number
    dialog = begin(tab, settle)
    find(dialog, number, settle)
    assert dialog.household.household.head.name == "髙橋　太郎" and dialog.place.place.id == home


def test_without_the_right_a_protected_household_is_not_found(window: MainWindow, town: Town, settle: Settle) -> None:
    window.context = replace(town.acting("desk"), reads=town.ctx.reads.seen_by(see_protected=False))
    window.go("certificates", tab="applications")
    settle()
    dialog = begin(window.current.tab("applications"), settle)
    say(dialog.household.finder, "ワタナベ")
    settle()
    dialog.household.find("ワタナベ")
    settle()
    assert dialog.household.table.rows.rowCount() == 0 and "見つかりません" in dialog.household.nothing.text()


def test_many_are_approved_at_once_and_the_rest_say_why(
    tab: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_as_mayor(town.ctx)
    ready = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half")).application
    waiting = ask(town.ctx, add_building(town.ctx, resident=town.resident("源"), address="見本市山手1"), applicant_name="﨑山　源").application
    settle()
    tab.refresh()
    settle()
    tab.table.selectAll()
    settle()
    assert tab.approve_button.text() == "2件を決裁（A）"
    monkeypatch.setattr("app.ui.certificates.application_acts.ask", lambda *_, **__: True)
    tab.table.setFocus()
    press(tab.table, Qt.Key.Key_A)
    settle()
    assert town.ctx.reads.get("application", ready.id).state == "approved"
    assert town.ctx.reads.get("application", waiting.id).state == "awaiting" and waiting.number in tab.banner.words


def test_the_file_says_what_is_missing_and_leads_on(tab: Any, town: Town, settle: Settle) -> None:
    home = add_building(town.ctx, resident=town.resident("太郎"))
    one = ask(town.ctx, home, self_judgement=True).application
    tab.arrive(application_id=one.id)
    settle()
    dialog = tab.findChildren(type(tab.open_file(one.id)))[-1]
    settle()
    assert "調査がまだ" in dialog.next._words.text() and "【調査待ち】" in dialog.steps.text() and dialog.self_button.isEnabled()
    form = dialog.judge_self()
    form.body.editors["note"].set_raw("写真4枚。細いひびだけ")
    form.save()
    settle()
    assert "確認" in dialog.next._words.text()
    judge(town.ctx, home, "half")
    dialog.read()
    settle()
    assert dialog.approve_button.isEnabled()
    dialog.approve()
    settle()
    assert town.ctx.reads.get("application", one.id).state == "approved" and not dialog.approve_button.isEnabled()


def test_an_application_is_corrected_linked_closed_and_opened_again(tab: Any, town: Town, settle: Settle) -> None:
    one = applications.apply(town.ctx, values={"applicant_name": "髙橋　太郎"}, household={"head_name": "髙橋　太郎"}).application
    home = add_building(town.ctx, resident=town.resident("太郎"), grade="half")
    dialog = tab.open_file(one.id)
    settle()
    correcting = dialog.correct()
    correcting.body.editors["copies"].set_raw("3")
    correcting.save()
    settle()
    assert town.ctx.reads.get("application", one.id).copies == 3
    linking: LinkApplication = dialog.link()
    settle()
    linking.household.finder.setText(ADDRESS)
    linking.household.find(ADDRESS)
    settle()
    rows = linking.household.table.rows
    wanted = next(place for place in range(rows.rowCount()) if rows.row(place).kind == "building")
    linking.household.table.make_current(wanted)
    linking.household.choose()
    settle()
    linking.link()
    settle()
    changed = town.ctx.reads.get("application", one.id)
    assert (changed.building_id, changed.state, changed.declared) == (home, "judged", False)
    closing = dialog.withdraw()
    closing.save()
    assert closing.isVisible(), "a reason is needed"
    closing.body.editors["reason"].set_raw("二重だった")
    closing.save()
    settle()
    assert town.ctx.reads.get("application", one.id).state == "closed" and dialog.reopen_button.isVisibleTo(dialog)
    reopening = dialog.reopen()
    reopening.body.editors["reason"].set_raw("取り消しの連絡")
    reopening.save()
    settle()
    assert town.ctx.reads.get("application", one.id).state == "judged"


def test_whoever_asks_is_told_by_number_and_birth_date(tab: Any, town: Town, settle: Settle) -> None:
    home = add_building(town.ctx, resident=town.resident("太郎"))
    one = ask(town.ctx, home).application
    dialog = tab.look_up()
    say(dialog.body.editors["number"].target, one.number.lower())
    say(dialog.body.editors["birth"].target, "昭和50年3月1日")
    dialog.save()
    settle()
    assert dialog.isVisible() and "調査待ち" in dialog.banner.words and "髙橋" not in dialog.banner.words
    dialog.body.editors["birth"].set_raw("S50.3.2")
    dialog.save()
    settle()
    assert "見つかりません" in dialog.body.editors["number"].problem and not dialog.banner.isVisibleTo(dialog)


def test_settings_of_certificates(tab: Any, town: Town, settle: Settle) -> None:
    tab.acts.settings()
    settle()
    form = tab.findChildren(FormDialog)[-1]
    form.body.editors["deadline"].set_raw("R6.6.30")
    form.body.editors["cause"].set_raw("令和6年1月1日の見本地震による")
    form.save()
    settle()
    read = town.ctx.reads.settings.get
    assert read("certificates.deadline") == "2024-06-30" and read("certificates.cause") == "令和6年1月1日の見本地震による"


def test_conditions_narrow_the_list(tab: Any, town: Town, settle: Settle) -> None:
    ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half"))
    ask(town.ctx, add_building(town.ctx, resident=town.resident("源"), address="見本市山手1"), applicant_name="﨑山　源")
    tab.refresh()
    settle()
    assert tab.filters.count.text() == "2件"
    for box, code, count in ((tab.filters.state, "judged", 1), (tab.filters.missing, "survey", 1), (tab.filters.kind, "report", 0)):
        tab.reset()
        box.setCurrentIndex(box.findData(code))
        tab.list()
        settle()
        assert tab.table.rows.rowCount() == count, code
    assert tab.nothing.isVisibleTo(tab)


def test_a_slip_is_one_click(tab: Any, town: Town, settle: Settle, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    monkeypatch.setattr("app.ui.certificates.slip.open_file", lambda path: opened.append(path) or True)
    tab.shell.preferences.set("export.folder", str(tmp_path))
    home = add_building(town.ctx, resident=town.resident("太郎"))
    one = ask(town.ctx, home).application
    dialog = tab.open_file(one.id)
    settle()
    assert dialog.slip_button.isEnabled()
    dialog.print_slip()
    settle()
    assert opened == [tmp_path / f"受付票_{one.number}.pdf"] and opened[0].stat().st_size > 500


def test_a_report_needs_what_was_damaged_before_it_can_be_printed(tab: Any, town: Town, settle: Settle) -> None:
    dialog = begin(tab, settle)
    find(dialog, "髙橋　太郎", settle)
    press(dialog, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    dialog.save()
    settle()
    assert "1つ以上" in dialog.body.editors["objects"].problem and stored(town) == []


def test_a_correction_meets_one_of_somebody_else(tab: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    one = ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"))).application
    dialog = tab.open_file(one.id)
    settle()
    form = dialog.correct()
    applications.correct_application(town.ctx, application_id=one.id, version=one.version, values={"phone": "090-0000-9999"})
    compared: list[bool] = []
    monkeypatch.setattr(form, "_reconcile", lambda: compared.append(True))
    form.body.editors["copies"].set_raw("4")
    form.save()
    settle()
    assert compared and town.ctx.reads.get("application", one.id).copies == 1


def test_another_place_than_the_address_is_typed(tab: Any, town: Town, settle: Settle) -> None:
    barn = add_building(town.ctx, address="見本市架空町7-7", use="barn")
    dialog = begin(tab, settle)
    find(dialog, "髙橋　太郎", settle)
    dialog.place.finder.clear()
    say(dialog.place.finder, "架空町7-7")
    dialog.place._typed("架空町7-7")
    settle()
    assert not dialog.place.same.isChecked() and dialog.place.place.id == barn
    assert "住家ではない" in dialog.banner.words


def test_numbers_that_wait_stand_beside_the_tabs(window: MainWindow, town: Town, settle: Settle) -> None:
    ask(town.ctx, add_building(town.ctx, resident=town.resident("太郎"), grade="half"))
    applications.apply(town.ctx, values={"applicant_name": "グエン　ヴァン"})
    window.go("certificates")
    settle()
    titles = [window.current.tabs.tabText(place) for place in range(window.current.tabs.count())]
    assert titles == ["申請", "交付・印刷 (1)", "証明書", "申告のみ (1)", "照合"]
