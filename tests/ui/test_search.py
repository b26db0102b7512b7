"""The box that is always there: answers while typing, Enter, cards from a reader, and nobody found."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.identifiers import new_card_number
from app.ui.page import Page
from app.ui.reception.checkin import CheckInDialog
from app.ui.reception.person_file import PersonFileDialog
from app.ui.reception.places import remember_shelter
from app.ui.widgets.form_dialog import FormDialog
from app.usecases import persons
from app.usecases.reception import Arrival, check_in, check_out, record_death
from app.usecases.rows import SearchResult
from tests.stores import Town
from tests.ui.conftest import say
from tests.ui.test_checkin import opened

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def usual_place(preferences, town: Town) -> None:
    remember_shelter(preferences, town.shelters[0])


def type_words(window, words: str, qtbot) -> Page:
    """Type into the box and wait for the answer to exactly that."""
    window.focus_search()
    window.search.clear()
    if words.isascii():
        QTest.keyClicks(window.search, words)
    else:
        say(window.search, words)
    qtbot.waitUntil(lambda: window.current.key == "search" and window.current.words == words)
    page = window.current
    qtbot.waitUntil(lambda: page.shown == page._generation)
    return page


def names(page) -> list[str]:
    return [page.table.rows.row(place).name for place in range(page.table.rows.rowCount())]


def register(town: Town, name: str, shelter: int = 0, **values) -> str:
    done = check_in(town.ctx, shelter_id=town.shelters[shelter], arrivals=[Arrival(resident_id=town.resident(name), values=values)])
    town.clock.forward(hours=1)
    return done.persons[0]


def cell(page, column: str, place: int = 0) -> str:
    at = [c.key for c in page.table.rows.columns].index(column)
    return page.table.rows.index(place, at).data()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("たかはし", 4), ("タカハシ　タロウ", 1), ("高橋", 4), ("S50.3.1", 1), ("本町1-2", 4), ("090-0000-1111", 1), ("崎山", 1),
    ],
)  # fmt: skip
def test_results_come_while_typing(window, qtbot, words: str, found: int) -> None:
    page = type_words(window, words, qtbot)
    assert page.table.rows.rowCount() == found


def test_rows_say_who_and_where(window, town: Town, qtbot) -> None:
    register(town, "太郎")
    page = type_words(window, "タカハシ　タロウ", qtbot)
    assert cell(page, "name") == "髙橋　太郎"
    assert cell(page, "birth").startswith("昭和50年3月1日（") and cell(page, "birth").endswith("歳）")
    assert cell(page, "status") == "入所中 見本小学校 1/2 から"
    assert cell(type_words(window, "タカハシ　ハナ", qtbot), "status") == "登録なし"


def test_status_says_left_and_dead(window, town: Town, qtbot) -> None:
    check_out(town.ctx, person_id=register(town, "太郎"), destination="home")
    record_death(town.ctx, person_id=register(town, "花"))
    assert cell(type_words(window, "タカハシ　タロウ", qtbot), "status") == "退所 1/2"
    assert cell(type_words(window, "タカハシ　ハナ", qtbot), "status") == "死亡"


def test_an_old_answer_never_replaces_a_new_one(window, qtbot) -> None:
    page = type_words(window, "タカハシ", qtbot)
    old = page._generation
    page = type_words(window, "サキヤマ", qtbot)
    page.show_result(SearchResult(hits=(), total=0, truncated=False, ms=0), generation=old, final=True)
    assert names(page) == ["﨑山　源"]


def test_the_search_runs_off_the_gui_thread(window, town: Town, qtbot, monkeypatch) -> None:
    seen: list[str] = []
    real = town.ctx.reads.search.find

    def find(*args, **kwargs):
        seen.append(threading.current_thread().name)
        return real(*args, **kwargs)

    monkeypatch.setattr(type(town.ctx.reads.search), "find", lambda _self, *args, **kwargs: find(*args, **kwargs))
    type_words(window, "タカハシ", qtbot)
    assert seen and all(name.startswith("sasae-reader") for name in seen)


def test_enter_on_several_goes_into_the_list_then_opens(window, qtbot, settle) -> None:
    page = type_words(window, "タカハシ", qtbot)
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    settle()
    assert page.table.hasFocus() and page.table.currentIndex().row() == 0
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    settle()
    assert [one.name for one in opened(CheckInDialog).ticked] == [page.table.current_row().name]
    opened(CheckInDialog).close()


def test_enter_on_somebody_registered_opens_the_file(window, town: Town, qtbot, settle) -> None:
    person_id = register(town, "太郎")
    type_words(window, "タカハシ　タロウ", qtbot)
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    settle()
    assert opened(PersonFileDialog).person_id == person_id
    opened(PersonFileDialog).close()


def test_ctrl_i_leads_to_the_household_of_somebody_registered(window, town: Town, qtbot, settle) -> None:
    register(town, "太郎")
    page = type_words(window, "タカハシ　タロウ", qtbot)
    page.check_in_current()
    settle()
    assert len(opened(CheckInDialog).family.candidates) == 4
    opened(CheckInDialog).close()


def test_a_scanned_card_and_a_typed_number_find_the_person_at_once(window, town: Town, qtbot, settle) -> None:
    card = new_card_number()
    person_id = register(town, "太郎", card=card)
    number = town.ctx.reads.get("person", person_id).number
    for scanned in (card, card.replace("-", "").lower(), number, number.replace("-", "").lower()):
        window.focus_search()
        window.search.clear()
        QTest.keyClicks(window.search, scanned)
        QTest.keyClick(window.search, Qt.Key.Key_Return)  # a reader ends with Enter, before any answer has come
        settle()
        assert opened(PersonFileDialog).person_id == person_id
        opened(PersonFileDialog).close()
        QApplication.sendPostedEvents(None, 52)


def test_a_blank_card_goes_to_the_next_person_checked_in(window, town: Town, qtbot, settle) -> None:
    card = new_card_number()
    page = type_words(window, card, qtbot)
    assert page.stack.currentWidget() is page.unknown_card
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    settle()
    assert page.unknown_card.buttons[0].hasFocus()
    page.unknown_card.buttons[0].click()
    assert card in page.banner.words
    page = type_words(window, "タカハシ　ハナ", qtbot)
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    settle()
    dialog = opened(CheckInDialog)
    dialog.tick_everyone()
    assert [row.more for row in (dialog.table.rows.row(place) for place in range(4))].count("カード") == 1
    dialog.check_in()
    settle()
    holders = [hit.name for hit in persons.show_people(town.ctx, person_ids=[town.ctx.reads.persons.by_card(card)])]
    assert len(holders) == 1 and page.desk.card == ""


def test_nobody_found_leads_to_the_short_form(window, town: Town, qtbot, settle) -> None:
    page = type_words(window, "ノト　ハナコ", qtbot)
    assert page.stack.currentWidget() is page.nobody
    QTest.keyClick(window.search, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    form = opened(FormDialog)
    assert form.body.raw()["kana"] == "ノト　ハナコ"
    form.save()
    settle()
    opened(CheckInDialog).check_in()
    settle()
    people = [town.ctx.reads.get("person", person_id) for person_id in persons.list_people(town.ctx)]
    assert [(person.kana, person.source) for person in people] == [("ノト　ハナコ", "visitor")]


def test_emptying_the_box_shows_what_can_be_typed(window, qtbot) -> None:
    page = type_words(window, "タカハシ", qtbot)
    QTest.keyClick(window.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.idle)
    assert page.words == ""


def test_results_renew_themselves_after_a_check_in(window, town: Town, qtbot, settle) -> None:
    page = type_words(window, "タカハシ　タロウ", qtbot)
    QTest.keyClick(window.search, Qt.Key.Key_Return)
    settle()
    opened(CheckInDialog).check_in()
    settle()
    qtbot.waitUntil(lambda: cell(page, "status").startswith("入所中"))


def test_protected_people_are_not_found_without_the_right(town: Town, runner, preferences, qtbot, settle) -> None:
    from dataclasses import replace

    from app.ui.pages.search import SearchPage

    register(town, "静", 1)

    class Quiet:
        def __init__(self, context) -> None:
            self.context, self.runner, self.preferences, self.folder = context, runner, preferences, town.folder

        def go(self, key, **arguments) -> None: ...
        def say(self, words, *, tone="good") -> None: ...

    page = SearchPage(Quiet(replace(town.acting("shelter"))))
    qtbot.addWidget(page)
    page.arrive(text="ワタナベ")
    settle()
    assert page.table.rows.rowCount() == 0
