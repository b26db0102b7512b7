"""建物: found by anything known, registered, corrected, linked with households; 応急危険度判定 is not the degree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from app.domain.building_code import building_code
from app.ui.main_window import MainWindow
from app.ui.pages.surveys import SurveysPage
from app.ui.surveys.entry import EntryDialog
from app.ui.surveys.linking import LinkHousehold, open_linking
from app.ui.surveys.tabs import TABS
from app.ui.tabbed import TabEntry
from app.ui.widgets.export_dialog import ExportDialog
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import buildings, surveys
from app.usecases.survey_rows import BuildingFilter
from tests.stores import Town
from tests.ui.conftest import press, say
from tests.ui.survey_town import DAY, counted, entered, grade, house

Settle = Callable[[], None]


@pytest.fixture
def tab(window: MainWindow, settle: Settle) -> Any:
    """The tab, settled."""
    window.go("surveys", tab="buildings")
    settle()
    return window.current.tab("buildings")


def shown(tab: Any, key: str = "address") -> list[str]:
    """A column of the list."""
    column = tab.table.rows.column_set.column(key)
    return [column.text(tab.table.rows.row(place)) for place in range(tab.table.rows.rowCount())]


def refresh(tab: Any, settle: Settle) -> None:
    tab.refresh()
    settle()
    [tab.table.rows.row(place) for place in range(tab.table.rows.rowCount())]
    settle()


def test_an_empty_register_says_what_to_do_first(tab: Any) -> None:
    assert tab.empty.isVisibleTo(tab) and not tab.table.isVisibleTo(tab) and not tab.filters.isVisibleTo(tab)
    assert [one.text() for one in tab.empty.buttons] == ["建物の一覧を取り込む", "1棟登録する"]
    assert not tab.survey_button.isEnabled() and tab.add_button.isEnabled()


def test_a_building_is_registered_by_keyboard(tab: Any, town: Town, settle: Settle) -> None:
    dialog = tab.add()
    dialog.save()
    assert dialog.isVisible() and buildings.list_building_ids(town.ctx) == [], "nothing to find it by again"
    settle()
    assert "特定できません" in dialog.body.editors["address"].problem
    say(dialog.body.editors["address"].target, "見本市本町9-9")
    dialog.body.editors["floor_area"].set_raw("百")
    dialog.save()
    assert "平方メートル" in dialog.body.editors["floor_area"].problem
    dialog.body.editors["floor_area"].set_raw("84.5")
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    found = town.ctx.reads.get("building", buildings.list_building_ids(town.ctx)[0])
    assert (found.address, found.floor_area) == ("見本市本町9-9", 84.5) and found.number
    assert tab.table.current_id() == found.id and not dialog.isVisible(), "the new one is at hand"


def test_conditions_narrow_the_list_and_can_be_taken_away(tab: Any, town: Town, settle: Settle) -> None:
    house(town, "見本市本町1-2-3", district="本町", risk="unsafe", owner_name="髙橋　太郎")
    fallen = house(town, "見本市港町5-6", district="港町", collapsed=True, danger="ガス漏れ")
    counted(town, fallen, 100)
    refresh(tab, settle)
    assert shown(tab) == ["見本市本町1-2-3", "見本市港町5-6"] and tab.filters.count.text() == "2棟"
    for box, code, wanted in (
        (tab.filters.district, "港町", "見本市港町5-6"), (tab.filters.grade, "total", "見本市港町5-6"), (tab.filters.grade, "ungraded", "見本市本町1-2-3"),
        (tab.filters.state, "unsurveyed", "見本市本町1-2-3"), (tab.filters.state, "counted", "見本市港町5-6"),
        (tab.filters.risk, "unsafe", "見本市本町1-2-3"), (tab.filters.other, "collapsed", "見本市港町5-6"),
    ):  # fmt: skip
        tab.reset()
        box.setCurrentIndex(box.findData(code))
        tab.list()
        settle()
        shown(tab)
        settle()
        assert shown(tab) == [wanted], code
    tab.filters.finder.setText("どこにもない町")
    tab.list()
    settle()
    assert tab.nothing.isVisibleTo(tab) and not tab.table.isVisibleTo(tab)
    tab.nothing.buttons[0].click()
    settle()
    assert tab.table.rows.rowCount() == 2


def test_the_register_of_collapsed_houses_shows_danger_in_words(tab: Any, town: Town, settle: Settle) -> None:
    house(town, collapsed=True, danger="ブロック塀が道路に倒れている")
    house(town, "見本市港町1")
    tab.arrive(filter=BuildingFilter(collapsed=True))
    settle()
    shown(tab)
    settle()
    column = tab.table.rows.column_set.column("danger")
    row = tab.table.rows.row(0)
    assert column.text(row) == "倒壊 ブロック塀が道路に倒れている" and column.tone(row) == "bad" and column.icon(row) == "warning"
    assert "danger" in [one.key for one in tab.table.rows.columns], "the register has the notes in a column of their own"


def test_a_scanned_sheet_leads_to_the_entry_of_its_building(tab: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    other, wanted = house(town, "見本市本町1"), house(town, "見本市本町2")
    refresh(tab, settle)
    opened: list[str] = []
    monkeypatch.setattr(tab.acts, "open_entry", lambda file, survey, appeal_id="": opened.append(file.building.id))
    number = town.ctx.reads.get("building", wanted).number
    tab.take_focus()
    say(tab.filters.finder, building_code(town.ctx.place.disaster_id, number))
    press(tab.filters.finder, Qt.Key.Key_Return)
    settle()
    assert opened == [wanted] and tab.table.current_id() == wanted and tab.filters.finder.text() == ""
    say(tab.filters.finder, building_code("ffffffff-0000", number))
    press(tab.filters.finder, Qt.Key.Key_Return)
    settle()
    assert opened == [wanted] and tab.page.banner.isVisibleTo(tab.page) and "災害" in tab.page.banner.words
    assert other != wanted


def test_the_file_shows_degree_steps_and_what_hangs_on_it(tab: Any, town: Town, settle: Settle) -> None:
    home = house(town, collapsed=True, danger="塀に注意", risk="inspected")
    buildings.link_household(town.ctx, building_id=home, resident_id=town.resident("太郎"))
    counted(town, home, 40)
    refresh(tab, settle)
    dialog = tab.open_file()
    settle()
    assert dialog._grade.text() == "中規模半壊" and "応急危険度" in dialog._risk.text() and "別" in dialog._risk.toolTip()
    assert dialog.banner.words == "倒壊家屋：塀に注意" and dialog._collapsed.isVisibleTo(dialog)
    assert "壁 75 × Ⅴ 100% × 40% = 30" in dialog.view.steps.text() and "中規模半壊" in dialog.view.steps.text()
    assert "1次調査 中規模半壊" in dialog.path.text().replace("　", " ")
    assert [row.victim.head_name for row in dialog.file.homes] == ["髙橋　太郎"] and dialog.households.members.rows.rowCount() == 4
    assert dialog._buttons["appeal"].isEnabled() and not dialog.open_button.isEnabled(), "a counted survey is not changed any more"
    number = dialog.file.building.number
    assert any((one.action, one.persons, one.target) == ("view", 4, number) for one in town.ctx.reads.journal.access(limit=5))
    dialog.reject()


def test_a_key_does_the_same_in_the_list_and_in_the_file(tab: Any, town: Town, settle: Settle) -> None:
    house(town)
    refresh(tab, settle)
    dialog = tab.open_file()
    settle()
    pairs = ((tab.correct_button, "correct"), (tab.survey_button, "survey"), (tab.link_button, "link"))
    for listed, key in pairs:
        assert listed.text().partition("（")[2] == dialog._buttons[key].text().partition("（")[2] != "", key
    press(dialog, Qt.Key.Key_F4)
    settle()
    forms = dialog.findChildren(FormDialog) or tab.window().findChildren(FormDialog)
    assert any(form.isVisible() for form in forms)
    for form in forms:
        form.reject()
    dialog.reject()


def test_the_emergency_judgement_never_changes_the_degree(tab: Any, town: Town, settle: Settle) -> None:
    home = house(town)
    counted(town, home, 10)
    before = grade(town, home)
    refresh(tab, settle)
    dialog = tab.acts.note_risk(town.ctx.reads.get("building", home))
    assert "被害の程度" in dialog.spec.sections[0].note and "別" in dialog.spec.sections[0].note
    dialog.body.editors["risk"].set_raw("unsafe")
    dialog.save()
    settle()
    assert town.ctx.reads.get("building", home).risk == "unsafe" and town.ctx.reads.get("building", home).risk_on == DAY
    assert grade(town, home) == before == "partial"


def test_a_correction_meets_one_of_somebody_else(tab: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    home = house(town)
    refresh(tab, settle)
    dialog = tab.acts.correct(town.ctx.reads.get("building", home))
    buildings.save_building(town.ctx, values={"owner_name": "相手　が直した"}, building_id=home)
    compared: list[bool] = []
    monkeypatch.setattr(dialog, "_reconcile", lambda: compared.append(True))
    dialog.body.editors["name"].set_raw("見本ハイツ")
    dialog.save()
    settle()
    assert compared and town.ctx.reads.get("building", home).name == ""


def test_households_are_linked_from_the_resident_data(tab: Any, town: Town, settle: Settle) -> None:
    home = house(town, owner_name="髙橋　太郎")
    refresh(tab, settle)
    tab.link_household()
    settle()
    dialog = tab.findChildren(LinkHousehold)[-1]
    assert [one.name for one in dialog._candidates] == ["髙橋　太郎", "髙橋　花", "髙橋　一郎", "髙橋　二葉"], "the owner is looked for at once"
    dialog.members.make_current(2)
    press(dialog.members, Qt.Key.Key_Space) if dialog.members.hasFocus() else dialog.tick()
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    file = buildings.open_building(town.ctx, building_id=home)
    assert [one.name for one in file.homes[0].members] == ["髙橋　太郎", "髙橋　花", "髙橋　二葉"] and file.homes[0].occupancy.tenure == "own"
    assert not dialog.isVisible()


def test_a_typed_household_with_its_members(tab: Any, town: Town, settle: Settle) -> None:
    home = house(town)
    refresh(tab, settle)
    dialog = open_linking(tab, tab.shell, town.ctx.reads.get("building", home))
    dialog.tabs.setCurrentIndex(1)
    dialog.link()
    settle()
    assert dialog.isVisible() and dialog.typed.editors["head_name"].problem, "somebody has to be meant"
    dialog.typed.editors["head_name"].set_raw("グエン　ヴァン")
    dialog.typed.editors["others"].set_raw("グエン　ティ、妻、H2.3.4\n\nグエン　アン、子")
    dialog.typed_living.editors["tenure"].set_raw("rent")
    dialog.link()
    settle()
    found = buildings.open_building(town.ctx, building_id=home).homes[0]
    assert [(one.name, one.relation) for one in found.members] == [
        ("グエン　ヴァン", "世帯主"), ("グエン　ティ", "妻"), ("グエン　アン", "子"),
    ]  # fmt: skip
    assert (found.occupancy.tenure, found.victim.source) == ("rent", "typed")


def test_members_are_added_moved_and_taken_out(tab: Any, town: Town, settle: Settle) -> None:
    home = house(town)
    buildings.link_household(town.ctx, building_id=home, resident_id=town.resident("太郎"))
    refresh(tab, settle)
    dialog = tab.open_file()
    settle()
    pane = dialog.households
    adding = pane.add_member()
    adding.body.editors["name"].set_raw("髙橋　三葉")
    adding.save()
    settle()
    pane.members.make_current(1)
    pane.make_head()
    settle()
    pane.members.make_current(3)
    pane.drop_member()
    settle()
    names = [one.name for one in buildings.open_building(town.ctx, building_id=home).homes[0].members]
    assert names == ["髙橋　花", "髙橋　太郎", "髙橋　一郎", "髙橋　三葉"], names
    leaving = pane.unlink()
    leaving.save()
    assert leaving.isVisible(), "a reason is needed"
    leaving.body.editors["reason"].set_raw("隣の棟だった")
    leaving.save()
    settle()
    assert buildings.open_building(town.ctx, building_id=home).homes == () and pane.empty.isVisibleTo(pane)
    pane.restore()
    settle()
    assert len(buildings.open_building(town.ctx, building_id=home).homes) == 1 and not pane.empty.isVisibleTo(pane)


def test_self_and_photo_judgement_wait_for_the_check(tab: Any, town: Town, settle: Settle) -> None:
    home = house(town)
    refresh(tab, settle)
    building = town.ctx.reads.get("building", home)
    dialog = tab.acts.judge_self(building)
    dialog.save()
    assert dialog.isVisible() and dialog.body.editors["consented_by"].problem, "nobody consented"
    dialog.body.editors["consented_by"].set_raw("髙橋　太郎（世帯主）")
    dialog.save()
    settle()
    photo = tab.acts.judge_by_photo(building)
    photo.body.editors["note"].set_raw("空中写真で屋根が地面に落ちている")
    photo.save()
    settle()
    rows = surveys.survey_rows(town.ctx, surveys.list_survey_ids(town.ctx))
    assert [(one.method, one.grade, one.state) for one in rows] == [("photo", "total", "entered"), ("self", "partial", "entered")]
    assert grade(town, home) == ""


def test_a_survey_is_withdrawn_with_its_reason(tab: Any, town: Town, settle: Settle) -> None:
    home = house(town)
    counted(town, home)
    refresh(tab, settle)
    dialog = tab.open_file()
    settle()
    dialog.withdraw()
    form = dialog.findChildren(FormDialog)[-1]
    form.body.editors["reason"].set_raw("別の家の調査票")
    form.save()
    settle()
    assert grade(town, home) == "" and dialog._grade.text() == "判定なし"
    assert dialog.withdraw_button.text() == "取下げを戻す"
    dialog.withdraw()
    settle()
    assert dialog.survey.state == "entered" and dialog.withdraw_button.text() == "取り下げる…", "it has to be checked again"


def test_a_building_entered_twice_is_taken_out_and_brought_back(tab: Any, town: Town, settle: Settle) -> None:
    home = house(town)
    refresh(tab, settle)
    dialog = tab.open_file()
    settle()
    form = dialog.acts.remove(dialog.file.building)
    form.body.editors["reason"].set_raw("二重に登録した")
    form.save()
    settle()
    assert not dialog.isVisible() and buildings.list_building_ids(town.ctx) == [] and tab.page.banner.isVisibleTo(tab.page)
    tab._bring_back(home)
    settle()
    assert list(buildings.list_building_ids(town.ctx)) == [home]


def test_f2_opens_the_sheet_on_what_was_begun(tab: Any, town: Town, settle: Settle) -> None:
    home = house(town)
    entered(town, home, submit=False)
    refresh(tab, settle)
    tab.table.setFocus()
    press(tab.table, Qt.Key.Key_F2)
    settle()
    dialog = tab.findChildren(EntryDialog)[-1]
    assert dialog.isVisible() and dialog.building.building.id == home and dialog.survey is not None and dialog.survey.state == "draft"
    dialog.reject()


def test_the_list_goes_out_as_a_file_and_is_noted(tab: Any, town: Town, settle: Settle, tmp_path: Path) -> None:
    home = house(town, owner_name="髙橋　太郎", floor_area=132.5, storeys=2)
    buildings.link_household(town.ctx, building_id=home, resident_id=town.resident("太郎"))
    entered(town, home)
    refresh(tab, settle)
    tab.export()
    dialog = tab.findChildren(ExportDialog)[-1]
    target = tmp_path / "建物.csv"
    for code, suffix in (("csv", ".csv"), ("xlsx", ".xlsx"), ("pdf", ".pdf")):
        dialog.choose(code)
        dialog.path.setText(str(target.with_suffix(suffix)))
        dialog.purpose.setText("試し")
        dialog.open_after.setChecked(False)
        dialog.run()
        settle()
        assert target.with_suffix(suffix).stat().st_size > 100, code
    words = target.read_text("utf-8-sig")
    assert "見本市本町1-2-3" in words and "確認待ち" in words and "髙橋　太郎" in words
    assert [one.target for one in town.ctx.reads.journal.access(limit=6) if one.action in ("export", "print")][:3]


def test_without_the_right_nothing_can_be_changed(window: MainWindow, town: Town, settle: Settle) -> None:
    house(town)
    window.context = town.acting("view")
    window.go("surveys")
    settle()
    tab = window.current.tab("buildings")
    assert not any(made.isEnabled() for made in (tab.survey_button, tab.correct_button, tab.add_button, tab.import_button, tab.export_button))
    assert tab.file_button.isEnabled() and not window.current.area_button.isEnabled() and tab.add() is None


def test_a_tab_whose_module_is_not_shipped_is_left_out(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SurveysPage, "entries", (*TABS[:2], TabEntry("later", "あとで", "not_there_yet:LaterTab")))
    page = SurveysPage(window)
    assert [entry.key for entry in page.shown_entries] == ["buildings", "check"] and page.tabs.count() == 2
    page.deleteLater()
