"""The file of one person: everything in sight, every change kept, every version within reach."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.domain.evacuee import Person
from app.ui.reception.checkin import CheckInDialog
from app.ui.reception.linking import LinkDialog
from app.ui.reception.person_file import PersonFileDialog
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import persons, reception
from app.usecases.reception import Arrival, check_in
from app.usecases.records import read_access_log
from tests.stores import Town
from tests.ui.test_checkin import opened
from tests.ui.test_evacuees import strike

pytestmark = pytest.mark.gui
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def person_id(town: Town) -> str:
    arrivals = [Arrival(resident_id=town.resident(name)) for name in ("太郎", "花")]
    found = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=arrivals, household={"pets": "猫 2匹"}).persons[0]
    town.clock.forward(hours=2)
    return found


@pytest.fixture
def file(window, person_id: str, settle) -> PersonFileDialog:
    window.go("evacuees")
    dialog = window.current.desk.open_file(person_id)
    settle()
    return dialog


def texts(widget) -> str:
    from PySide6.QtWidgets import QLabel

    return "／".join(label.text() for label in widget.findChildren(QLabel))


def test_shows_particulars_household_stays_and_consents(file, town: Town) -> None:
    assert file._name.text() == "髙橋　太郎" and "入所中 見本小学校" in file._state.text()
    assert "昭和50年3月1日" in texts(file._particulars) and "090-0000-1111" in texts(file._particulars)
    assert "猫 2匹" in texts(file._household) and file.members.rows.rowCount() == 2
    assert "親族・同居者への回答／同意する" in texts(file._consent) and "それ以外への回答・公表／未確認" in texts(file._consent)
    assert file.stays.rows.rowCount() == 1
    assert read_access_log(town.ctx, person_id=file.person_id)[0].action == "view"


def test_acts_by_key_and_renews_itself(file, town: Town, settle) -> None:
    strike(file, Qt.Key.Key_E, CTRL)
    form = opened(FormDialog)
    form.body.editors["phone"].set_raw("090-0000-7777")
    form.save()
    settle()
    assert "090-0000-7777" in texts(file._particulars)
    strike(file, Qt.Key.Key_G, CTRL)
    opened(FormDialog).save()
    settle()
    assert file._buttons["back"].isEnabled() and not file._buttons["out"].isEnabled()


def test_an_older_version_comes_back_as_a_new_change(file, town: Town, settle) -> None:
    person = town.ctx.reads.get("person", file.person_id)
    persons.correct_person(town.ctx, person_id=person.id, version=person.version, values={"phone": "000"}, reason="聞き取り")
    town.clock.forward(minutes=5)
    file.refresh()
    file.tabs.setCurrentIndex(3)
    settle()
    rows = [file.changes.rows.row(place) for place in range(file.changes.rows.rowCount())]
    newest = next(row for row in rows if row.kind == "person")
    assert "電話：090-0000-1111 → 000" in newest.words and newest.reason == "聞き取り" and not newest.restorable
    first = next(row for row in rows if row.kind == "person" and row.action == "登録")
    file.changes.select_id((first.id, first.record))
    strike(file.changes, Qt.Key.Key_Return)
    opened(FormDialog).save()
    settle()
    assert town.ctx.reads.get("person", person.id).phone == "090-0000-1111"
    assert len(town.ctx.reads.journal.history(person.id)) > len([row for row in rows if row.kind == "person"])


def test_a_stay_is_corrected_with_a_reason(file, town: Town, settle) -> None:
    file.tabs.setCurrentIndex(2)
    file.stays.make_current(0)
    before = town.ctx.reads.persons.stays(file.person_id)[0]
    form = file.correct_stay()
    form.body.editors["room"].set_raw("3階 和室")
    form.save()
    assert form.body.editors["reason"].problem
    form.body.editors["reason"].set_raw("部屋替え")
    form.save()
    settle()
    after = town.ctx.reads.persons.stays(file.person_id)[0]
    assert after.room == "3階 和室" and after.from_at == before.from_at


def test_the_household_is_corrected(file, town: Town, settle) -> None:
    form = file.correct_household()
    form.body.editors["house_damage"].set_raw("half")
    form.save()
    settle()
    assert "半壊" in texts(file._household)


def test_somebody_who_left_is_checked_in_again(file, town: Town, settle) -> None:
    reception.check_out(town.ctx, person_id=file.person_id, destination="home")
    file.refresh()
    settle()
    strike(file, Qt.Key.Key_I, CTRL)
    settle()
    dialog = opened(CheckInDialog)
    assert [one.name for one in dialog.ticked] == ["髙橋　太郎"]
    dialog.close()


def test_a_visitor_is_linked_to_a_resident_after_looking_at_both(window, town: Town, settle) -> None:
    visitor = check_in(
        town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values={"kana": "サキヤマ ゲン", "birth": "T14.1.5"})]
    ).persons[0]
    window.go("evacuees")
    file = window.current.desk.open_file(visitor)
    settle()
    strike(file, Qt.Key.Key_L, CTRL)
    settle()
    dialog = opened(LinkDialog)
    assert dialog.chosen.name == "﨑山　源" and dialog._compared is not None
    assert town.ctx.reads.get("person", visitor).resident_id == ""  # looking links nothing
    dialog.link()
    settle()
    person = town.ctx.reads.get("person", visitor)
    assert isinstance(person, Person)
    assert (person.resident_id, person.name, person.kana) == (town.resident("源"), "﨑山　源", "サキヤマ ゲン")
    file.close()
