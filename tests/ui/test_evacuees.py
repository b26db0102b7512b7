"""The list of evacuees and what is done from it by key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.evacuee import Person
from app.ui.pages.evacuees import EvacueesPage
from app.ui.reception.cards import CardsDialog
from app.ui.reception.leaving import LeaveDialog, MoveDialog
from app.ui.reception.person_file import PersonFileDialog
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import reception
from app.usecases.reception import Arrival, check_in
from app.usecases.records import read_access_log
from tests.stores import Town
from tests.ui.test_checkin import opened

pytestmark = pytest.mark.gui
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def family(town: Town) -> list[str]:
    """Four people of one household in the first shelter, and one person elsewhere."""
    arrivals = [Arrival(resident_id=town.resident(name)) for name in ("太郎", "花", "一郎", "二葉")]
    people = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=arrivals).persons
    check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(resident_id=town.resident("源"))])
    town.clock.forward(hours=5)
    return list(people)


@pytest.fixture
def page(window, family: list[str], settle) -> EvacueesPage:
    window.go("evacuees")
    settle()
    found = window.current
    show(found, settle)
    return found


def show(page: EvacueesPage, settle) -> None:
    """Wait until the rows in sight have come."""
    page.table.viewport().repaint()
    page.table.current_row()
    settle()


def choose(page: EvacueesPage, person_id: str, settle) -> None:
    assert page.table.select_id(person_id)
    show(page, settle)
    page.table.setFocus()


def strike(widget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key to a widget whose window has the keyboard: shortcuts work only there."""
    window = widget.window()
    window.activateWindow()
    for _ in range(100):
        QTest.qWait(5)
        if window.isActiveWindow():
            break
    assert window.isActiveWindow()
    QTest.keyClick(widget, key, modifiers)


def names(page: EvacueesPage) -> list[str]:
    return [page.table.rows.row(place).name for place in range(page.table.rows.rowCount())]


def test_lists_filters_and_chooses_in_out_all(page, town: Town, family, settle) -> None:
    assert len(names(page)) == 5
    reception.check_out(town.ctx, person_id=family[0], destination="home")
    page.refresh()
    show(page, settle)
    assert len(names(page)) == 4
    page._presences["out"].setChecked(True)
    settle()
    show(page, settle)
    assert names(page) == ["髙橋　太郎"]
    page._presences["all"].setChecked(True)
    page.filter.setText("さきやま")
    page.refresh()
    settle()
    show(page, settle)
    assert names(page) == ["﨑山　源"]
    page.filter.setText("いない")
    page.refresh()
    settle()
    assert page.stack.currentWidget() is page._none


def test_leaving_by_key_asks_where_to(page, town: Town, family, settle) -> None:
    choose(page, family[0], settle)
    strike(page.table, Qt.Key.Key_O, CTRL)
    dialog = opened(LeaveDialog)
    dialog.save()
    assert "退所先" in dialog.banner.words  # never without an answer
    strike(next(iter(dialog.destinations.values())), Qt.Key.Key_5)
    assert dialog.destination == "hospital"
    dialog._texts.set_raw("見本総合病院")
    strike(dialog, Qt.Key.Key_Return, CTRL)
    settle()
    stay = town.ctx.reads.persons.stays(family[0])[0]
    assert (stay.destination, stay.destination_text) == ("hospital", "見本総合病院") and stay.to_at == town.clock.time
    assert len(names(page)) == 4  # the list renewed itself


def test_digits_can_be_typed_into_the_details_of_leaving(page, town: Town, family, settle) -> None:
    choose(page, family[0], settle)
    strike(page.table, Qt.Key.Key_O, CTRL)
    dialog = opened(LeaveDialog)
    dialog.choose("secondary")
    QTest.keyClicks(dialog._texts.target, "305")
    assert (dialog._texts.raw(), dialog.destination) == ("305", "secondary")
    dialog.reject()


def test_a_family_leaves_together(page, town: Town, family, settle) -> None:
    choose(page, family[0], settle)
    strike(page.table, Qt.Key.Key_O, CTRL | Qt.KeyboardModifier.ShiftModifier)
    settle()
    dialog = opened(LeaveDialog)
    assert len(dialog.people) == 4
    dialog._ticks[family[3]].setChecked(False)
    dialog.choose("kin")
    dialog.save()
    settle()
    running = [bool([s for s in town.ctx.reads.persons.stays(person) if s.to_at is None]) for person in family]
    assert running == [False, False, False, True]


def test_an_earlier_time_in_era_style_is_kept(page, town: Town, family, settle) -> None:
    choose(page, family[0], settle)
    strike(page.table, Qt.Key.Key_O, CTRL)
    dialog = opened(LeaveDialog)
    dialog.choose("home")
    dialog._at.editor.set_raw("R6.1.2 10:30")
    dialog.save()
    settle()
    assert town.ctx.reads.persons.stays(family[0])[0].to_at.isoformat() == "2024-01-02T01:30:00+00:00"


def test_moving_by_key(page, town: Town, family, settle) -> None:
    choose(page, family[0], settle)
    strike(page.table, Qt.Key.Key_M, CTRL)
    settle()
    dialog = opened(MoveDialog)
    assert dialog.shelter.findData(town.shelters[0]) < 0  # not to where they are
    dialog.shelter.choose(town.shelters[2])
    dialog.room.set_raw("2階")
    dialog.save()
    settle()
    newest = town.ctx.reads.persons.stays(family[0])[0]
    assert (newest.shelter_name, newest.room, newest.to_at) == ("例示体育館", "2階", None)


def test_out_and_back(page, town: Town, family, settle) -> None:
    choose(page, family[0], settle)
    strike(page.table, Qt.Key.Key_G, CTRL)
    form = opened(FormDialog)
    form.body.editors["kind"].set_raw("overnight")
    form.save()
    settle()
    stay = town.ctx.reads.persons.stays(family[0])[0]
    assert stay.absence_kind == "overnight" and stay.absence_from == town.clock.time
    town.clock.forward(hours=20)
    strike(page.table, Qt.Key.Key_B, CTRL)
    opened(FormDialog).save()
    settle()
    assert town.ctx.reads.persons.stays(family[0])[0].absence_id == ""


def test_those_out_for_too_long_are_listed(page, town: Town, family, window, settle) -> None:
    reception.go_out(town.ctx, person_id=family[1], expected_at=town.clock.time + timedelta(hours=1))
    town.clock.forward(hours=2)
    window.go("evacuees", show="overdue")
    settle()
    show(page, settle)
    assert names(page) == ["髙橋　花"] and "戻る予定" in page.banner.words
    page._show_everyone()
    settle()
    show(page, settle)
    assert len(names(page)) == 5


def test_death_ends_the_stay(page, town: Town, family, settle) -> None:
    choose(page, family[0], settle)
    page.desk.actions.record_death(page.table.current_row())
    opened(FormDialog).save()
    settle()
    person = town.ctx.reads.get("person", family[0])
    assert isinstance(person, Person) and person.died_at is not None
    assert town.ctx.reads.persons.stays(family[0])[0].destination == "dead"


def test_the_last_act_is_taken_back_by_key_with_a_reason(page, town: Town, family, settle) -> None:
    choose(page, family[0], settle)
    reception.check_out(town.ctx, person_id=family[0], destination="home")
    strike(page.table, Qt.Key.Key_F9)
    settle()
    form = opened(FormDialog)
    form.body.editors["reason"].set_raw("押し間違い")
    form.save()
    settle()
    assert town.ctx.reads.persons.stays(family[0])[0].to_at is None
    assert any(entry.reason == "押し間違い" for entry in town.ctx.reads.journal.recent(limit=5))


def test_correcting_somebody_whom_another_corrected_meanwhile_asks_per_field(page, town: Town, family, settle, qtbot, monkeypatch) -> None:
    from app.ui.widgets import stale
    from app.usecases import persons

    choose(page, family[0], settle)
    strike(page.table, Qt.Key.Key_E, CTRL)
    form = opened(FormDialog)
    form.body.editors["phone"].set_raw("090-0000-9999")
    version = town.ctx.reads.get("person", family[0]).version
    persons.correct_person(town.ctx, person_id=family[0], version=version, values={"workplace": "見本商店"})
    monkeypatch.setattr(stale.StaleDialog, "exec", lambda dialog: dialog.DialogCode.Accepted)
    form.save()
    settle()
    form.save()
    settle()
    person = town.ctx.reads.get("person", family[0])
    assert isinstance(person, Person) and (person.phone, person.workplace) == ("090-0000-9999", "見本商店")


def test_cards_for_the_selected_people(page, town: Town, family, settle, tmp_path) -> None:
    pytest.importorskip("app.interchange.exporting.cards")
    choose(page, family[0], settle)
    strike(page.table, Qt.Key.Key_P, CTRL)
    dialog = opened(CardsDialog)
    target = tmp_path / "出力" / "カード.pdf"
    target.parent.mkdir()
    dialog.path.set_raw(str(target))
    dialog.save()
    settle()
    assert target.read_bytes().startswith(b"%PDF") and "PDFを作りました" in dialog.banner.words
    assert town.ctx.reads.get("person", family[0]).card
    assert [(entry.action, entry.persons) for entry in read_access_log(town.ctx, person_id=family[0])][:1] == [("print", 1)]
    dialog.reject()


def test_history_by_key_opens_the_file_on_its_history(page, family, settle) -> None:
    choose(page, family[0], settle)
    strike(page.table, Qt.Key.Key_H, CTRL)
    settle()
    dialog = opened(PersonFileDialog)
    assert dialog.tabs.currentIndex() == 3 and dialog.changes.rows.rowCount() >= 2
    dialog.close()


class Quiet:
    """A window for a page alone."""

    def __init__(self, town: Town, context, runner, preferences) -> None:
        self.context, self.runner, self.preferences, self.folder = context, runner, preferences, town.folder
        self.said: list[str] = []

    def go(self, key, **arguments) -> None: ...

    def say(self, words, *, tone="good") -> None:
        self.said.append(words)


def test_protected_people_are_not_listed_without_the_right(town: Town, runner, preferences, qtbot, settle) -> None:
    check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(resident_id=town.resident("静"))])
    for context, count in ((replace(town.acting("shelter")), 0), (town.ctx, 1)):
        page = EvacueesPage(Quiet(town, context, runner, preferences))
        qtbot.addWidget(page)
        page.show()
        page.refresh()
        settle()
        show(page, settle)
        assert page.table.rows.rowCount() == count


def test_someone_who_may_only_look_cannot_change(town: Town, family, runner, preferences, qtbot, settle) -> None:
    page = EvacueesPage(Quiet(town, town.acting("view"), runner, preferences))
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    settle()
    page.table.make_current(0)
    page._allow()
    assert not page._buttons["leave"].isEnabled() and page._buttons["history"].isEnabled()
