"""名寄せ on screen: bands, linking many with undo, review by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication

from app.ui.main_window import MainWindow
from app.usecases.matching_rows import Candidate, MatchCase, MatchRun
from app.usecases.persons import correct_person
from app.usecases.reception import Arrival, check_in
from tests.stores import Town
from tests.ui.conftest import press

pytestmark = pytest.mark.gui
Settle = Callable[[], None]
TYPED = (
    {"name": "高橋 太郎", "kana": "タカハシ タロウ", "birth": "S50.3.1", "address": "本町1の2の3"},
    {"name": "高橋 はな", "kana": "タカハシ ハナ", "birth": "S52.7.8", "address": "見本市本町1-2-3"},
    {"name": "崎山 源", "kana": "サキヤマ ゲン", "birth": "T14.1.5", "address": ""},
)
NAMES = ("太郎", "花", "源")


@pytest.fixture
def people(town: Town) -> list[str]:
    """Three people typed in a gymnasium."""
    return list(check_in(town.ctx, shelter_id=town.shelters[0], arrivals=[Arrival(values=values) for values in TYPED]).persons)


@pytest.fixture
def tab(window: MainWindow, settle: Settle, people: list[str]) -> Any:
    """The tab, settled."""
    window.go("residents", tab="matching")
    settle()
    return window.current.tab("matching")


def candidate(town: Town, name: str, score: int, *differences: str) -> Candidate:
    said = tuple((code, "") for code in differences)
    return Candidate(resident_id=town.resident(name), score=score, reasons=(("match.reading_same", ""),), differences=said)


def run_of(town: Town, people: list[str], band: str) -> MatchRun:
    """Each person with the right resident first and a wrong one behind; the second one differs in something."""
    cases = []
    for place, (person, name) in enumerate(zip(people, NAMES, strict=True)):
        right = candidate(town, name, 95 - place, *(("match.given_writing_differs",) if place == 1 else ()))
        cases.append(MatchCase(person_id=person, band=band, doubt="", candidates=(right, candidate(town, "一郎", 60))))
    counts = {"sure": 0, "review": 0, "none": 7} | {band: len(cases)}
    return MatchRun(snapshot=town.ctx.reads.residents.active(), people=len(cases) + 7, counts=counts, cases=tuple(cases))


def linked(town: Town, person: str) -> str:
    return town.ctx.reads.get("person", person).resident_id  # type: ignore[union-attr]


def test_matching_runs_and_shows_three_bands(tab: Any, people: list[str], settle: Settle, window: MainWindow) -> None:
    assert tab.intro.isVisible() and tab.intro.buttons[0].isEnabled()
    tab.intro.buttons[0].click()
    settle()
    assert tab.run is not None and tab.run.people == 3 and sum(tab.run.counts.values()) == 3 and not tab.intro.isVisible()
    waiting = tab.run.counts["sure"] + tab.run.counts["review"]
    assert waiting and window.current.tabs.tabText(2) == f"名寄せ ({waiting})"


def test_many_are_linked_after_review_and_taken_back(
    tab: Any, town: Town, people: list[str], settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("app.ui.residents.matching_sure.ask", lambda _, words, *__, **___: asked.append(words) or True)
    tab.show_run(run_of(town, people, "sure"))
    settle()
    pane = tab.sure
    pane.table.grab()
    settle()
    pane.only_different.setChecked(True)
    assert pane.table.rows.rowCount() == 1
    pane.table.setFocus()
    pane.table.make_current(0)
    press(pane.table, Qt.Key.Key_Space)
    pane.only_different.setChecked(False)
    assert pane.left_out == {people[1]} and "2組を結び付ける" in pane.link_button.text()
    pane.link_button.click()
    settle()
    assert asked == ["2組を結び付けますか？"]
    assert [bool(linked(town, person)) for person in people] == [True, False, True]
    assert pane.remaining == [people[1]] and not pane.undo_button.isHidden()
    for _ in range(2):
        pane.undo_button.click()
    settle()
    assert not any(linked(town, person) for person in people) and len(pane.remaining) == 3
    assert not tab.banner.isVisible(), "a double click takes back once and blames nobody"


def test_review_by_keyboard(tab: Any, town: Town, people: list[str], settle: Settle, window: MainWindow) -> None:
    tab.show_run(run_of(town, people, "review"))
    tab.bands.setCurrentIndex(1)
    settle()
    pane = tab.review
    pane.take_focus()
    assert pane.left.text() == "残り 3 / 3" and pane.current.case.person_id == people[0]
    assert [line.verdict for line in pane.compared.lines][:3] == ["written", "same", "same"]
    press(pane, Qt.Key.Key_2)
    assert "一郎" in pane.candidates[pane._chosen].resident.name
    press(pane, Qt.Key.Key_N)
    settle()
    assert len(pane.candidates) == 1 and pane.left.text() == "残り 3 / 3", "one candidate is out, the case still open"
    press(pane, Qt.Key.Key_Return)
    settle()
    assert linked(town, people[0]) == town.resident("太郎") and pane.left.text() == "残り 2 / 3"
    assert pane.current.case.person_id == people[1]
    press(pane, Qt.Key.Key_S)
    settle()
    assert pane.current.case.person_id == people[2]
    press(pane, Qt.Key.Key_Up)
    settle()
    assert pane.current.case.person_id == people[1] and "後で" in pane.banner.words
    press(pane, Qt.Key.Key_Down)
    settle()
    press(pane, Qt.Key.Key_Return)
    settle()
    assert linked(town, people[2]) and pane.current.case.person_id == people[1], "those put off come at the end"
    press(pane, Qt.Key.Key_U)
    settle()
    assert not linked(town, people[2]) and pane.left.text() == "残り 2 / 3"


def test_not_the_same_is_remembered_and_taken_back(tab: Any, town: Town, people: list[str], settle: Settle) -> None:
    tab.show_run(run_of(town, people, "review"))
    tab.bands.setCurrentIndex(1)
    settle()
    pane = tab.review
    pane.take_focus()
    for _ in range(2):
        press(pane, Qt.Key.Key_N)
        settle()
    assert pane.left.text() == "残り 2 / 3"
    decided = [one for one in town.ctx.reads.all("decision") if not one.deleted]  # type: ignore[attr-defined]
    assert {one.decision for one in decided} == {"different"} and len(decided) == 2  # type: ignore[attr-defined]
    press(pane, Qt.Key.Key_U)
    settle()
    assert pane.left.text() == "残り 3 / 3" and pane.current.case.person_id == people[0] and len(pane.candidates) == 1


def test_what_cannot_be_linked_comes_back_with_the_reason(tab: Any, town: Town, people: list[str], settle: Settle) -> None:
    check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(resident_id=town.resident("太郎"))])
    tab.show_run(run_of(town, people, "review"))
    tab.bands.setCurrentIndex(1)
    settle()
    tab.review.take_focus()
    press(tab.review, Qt.Key.Key_Return)
    settle()
    assert "すでに" in tab.banner.words and tab.review.left.text() == "残り 3 / 3" and not linked(town, people[0])


def test_enter_on_a_button_presses_that_button(tab: Any, town: Town, people: list[str], settle: Settle) -> None:
    tab.show_run(run_of(town, people, "review"))
    tab.bands.setCurrentIndex(1)
    settle()
    tab.review.later_button.setFocus()
    press(tab.review, Qt.Key.Key_Return)
    settle()
    assert not linked(town, people[0]) and tab.review._cases[0].state == "later"


def test_other_data_in_use_asks_for_another_run(tab: Any, town: Town, people: list[str], settle: Settle) -> None:
    from app.domain.resident import ResidentRow
    from app.usecases.residents import load_residents
    from tests.stores import OCCURRED

    tab.show_run(run_of(town, people, "review"))
    load_residents(town.ctx, batches=[[ResidentRow(name="新　一", resident_no="9")]], as_of=OCCURRED, label="翌日")
    tab.refresh()
    settle()
    assert "照合し直して" in tab.banner.words


def test_without_the_right_the_tab_stays_shut(window: MainWindow, town: Town, settle: Settle) -> None:
    window.context = town.acting("shelter")
    window.go("residents", tab="matching")
    settle()
    assert window.current.current_key == "list" and not window.current.tabs.isTabEnabled(2)


def test_taking_back_many_leaves_what_was_changed_since(tab: Any, town: Town, people: list[str], settle: Settle) -> None:
    tab.show_run(run_of(town, people, "sure"))
    settle()
    tab.link_all(tab.sure.wanted)
    settle()
    assert all(linked(town, person) for person in people)
    correct_person(
        town.ctx,
        person_id=people[0],
        version=town.ctx.reads.get("person", people[0]).version,
        values={"note": "犬がいる"},
        reason="聞き取り",
    )
    tab.undo_all()
    settle()
    assert not any(linked(town, person) for person in people)
    assert town.ctx.reads.get("person", people[0]).note == "犬がいる"  # type: ignore[union-attr]


def test_as_many_cards_as_candidates_are_made(tab: Any, town: Town, people: list[str], settle: Settle) -> None:
    assert tab.review.cards == []
    tab.show_run(run_of(town, people, "review"))
    tab.bands.setCurrentIndex(1)
    settle()
    assert [card.isVisible() for card in tab.review.cards] == [True, True]
    tab.review.cards[1].picked.emit(1)
    assert "選択中" in tab.review.cards[1].accessibleName()


def test_taking_back_what_was_typed_over_since_is_refused_in_words(tab: Any, town: Town, people: list[str], settle: Settle) -> None:
    tab.show_run(run_of(town, people, "sure"))
    settle()
    tab.link_all(tab.sure.wanted)
    settle()
    person = town.ctx.reads.get("person", people[0])
    correct_person(town.ctx, person_id=people[0], version=person.version, values={"sex": "other"}, reason="聞き取り")  # type: ignore[union-attr]
    tab.undo_all()
    settle()
    assert tab.banner.isVisible() and tab.banner.words and all(linked(town, one) for one in people)
    assert not tab.sure.undo_button.isHidden()


def test_a_key_held_down_and_a_double_click_decide_once(tab: Any, town: Town, people: list[str], settle: Settle) -> None:
    tab.show_run(run_of(town, people, "review"))
    tab.bands.setCurrentIndex(1)
    settle()
    pane = tab.review
    held = {made.key().toString(): made.autoRepeat() for made in pane.findChildren(QShortcut)}
    assert not any(held[key] for key in ("Return", "Enter", "N", "S", "U", "Ctrl+Z")) and held["Down"]
    application = QApplication.instance()
    usual = application.doubleClickInterval()
    application.setDoubleClickInterval(60_000)  # however long a busy machine takes between the two
    try:
        for _ in range(2):
            pane.link_button.click()
            settle()
    finally:
        application.setDoubleClickInterval(usual)
    assert linked(town, people[0]) and not linked(town, people[1]) and pane.left.text() == "残り 2 / 3"
    pane._clicked.invalidate()
    pane.link_button.click()
    settle()
    assert linked(town, people[1])


def test_the_reason_of_a_refusal_goes_with_the_next_decision(tab: Any, town: Town, people: list[str], settle: Settle) -> None:
    check_in(town.ctx, shelter_id=town.shelters[1], arrivals=[Arrival(resident_id=town.resident("太郎"))])
    tab.show_run(run_of(town, people, "review"))
    tab.bands.setCurrentIndex(1)
    settle()
    tab.review.take_focus()
    press(tab.review, Qt.Key.Key_Return)
    settle()
    assert tab.banner.isVisible() and "二重に登録" in tab.banner.words
    press(tab.review, Qt.Key.Key_N)
    settle()
    assert not tab.banner.isVisible()
