"""Who is who, decided by people; and which of two stays is true."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from app.ui.reception.duplicates import DuplicatesDialog
from app.usecases import persons
from app.usecases.reception import Arrival, check_in
from tests.stores import Town
from tests.ui.test_evacuees import strike

pytestmark = pytest.mark.gui
TWIN = {"name": "高橋 太郎", "kana": "タカハシ タロウ", "birth": "S50.3.1", "address": "遠方市海1"}


@pytest.fixture
def doubt(town: Town) -> tuple[str, str]:
    """Two records that may be one human being, in two shelters."""
    first = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("太郎"))]).persons[0]
    second = check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(values=TWIN)]).persons[0]
    return first, second


def show(window, settle) -> DuplicatesDialog:
    window.go("evacuees")
    dialog = window.current.desk.duplicates()
    settle()
    return dialog


@pytest.mark.parametrize(("key", "decision"), [(Qt.Key.Key_1, "same"), (Qt.Key.Key_2, "different")])
def test_a_pair_is_decided_by_key(window, town: Town, doubt, settle, key, decision: str) -> None:
    dialog = show(window, settle)
    assert dialog.pairs.rows.rowCount() == 1
    strike(dialog.pairs, key)
    settle()
    decided = [record for record in town.ctx.reads.all("decision")]
    assert [(record.decision, {record.first_id, record.second_id}) for record in decided] == [(decision, set(doubt))]
    assert dialog.pairs.rows.rowCount() == 0 and dialog._no_pairs.isVisible()
    assert len(persons.list_people(town.ctx)) == 2  # nothing was merged
    assert ("2つの登録で入所したまま" in dialog.banner.words) == (decision == "same")
    dialog.close()


def test_differences_are_marked_in_words(window, doubt, settle) -> None:
    from PySide6.QtWidgets import QLabel

    dialog = show(window, settle)
    words = [label.text() for label in dialog._compared.findChildren(QLabel)]
    place = words.index("住所")
    assert words[place + 3] == "違う" and words[words.index("フリガナ") + 3] == "同じ"
    dialog.close()


def test_the_true_one_of_pending_stays_is_chosen(window, town: Town, settle) -> None:
    person = check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(resident_id=town.resident("花"))]).persons[0]
    town.clock.forward(hours=1)
    check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(resident_id=town.resident("花"), decision="pending")])
    window.go("evacuees", show="pending")
    dialog = window.current.desk.dialog
    settle()
    assert dialog.tabs.currentIndex() == 1 and dialog.stays.rows.rowCount() == 2
    wanted = next(stay.id for stay in town.ctx.reads.persons.stays(person) if stay.shelter_id == town.shelters[1])
    dialog.stays.select_id(wanted)
    strike(dialog.stays, Qt.Key.Key_Return)
    form = dialog.findChildren(type(dialog.settle()))[-1]
    form.save()
    settle()
    left = town.ctx.reads.persons.stays(person)
    assert [(stay.id, stay.pending) for stay in left] == [(wanted, False)]
    dialog.close()
