"""競合 by keyboard, on conflicts made by two real laptops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.evacuee import Person, Stay
from app.ui.main_window import MainWindow
from app.usecases.conflicts import list_conflicts
from app.usecases.context import Context
from tests import desktop
from tests.exchange_town import Laptop, carry, change, change_all, check_in, enrol, found_laptop
from tests.pace import Stopwatch
from tests.stores import Town
from tests.ui.conftest import press, say

pytestmark = pytest.mark.gui
Settle = Callable[[], None]
SHELTER = "見本小学校"


@pytest.fixture
def laptop(town: Town, tmp_path: Path) -> Iterator[Laptop]:
    """A shelter's laptop that headquarters enrolled."""
    made = found_laptop(tmp_path / "laptop", town.clock, site=SHELTER)
    enrol(town.ctx, made.ctx)
    yield made
    made.session.close(backup=False)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Where packages go."""
    return tmp_path / "stick"


def home(town: Town) -> Laptop:
    """Headquarters as the other end of ``carry``."""
    return Laptop(town.session, town.folder)


def parted(town: Town, laptop: Laptop, stick: Path, *names: str, **values: Any) -> list[Person]:
    """People whom both laptops know."""
    made = [check_in(laptop.ctx, name=name, serial=place, **values) for place, name in enumerate(names, 1)]
    carry(laptop.ctx, home(town), stick, to="hq")
    carry(town.ctx, laptop, stick, to=SHELTER)
    town.clock.forward(minutes=1)
    return made


def person(ctx: Context, one: Person) -> Person:
    """As it is now."""
    found = ctx.reads.get("person", one.id)
    assert isinstance(found, Person)
    return found


@pytest.fixture
def page(window: MainWindow, town: Town, laptop: Laptop, stick: Path, settle: Settle) -> Any:
    """Three people: a name, a note, a telephone number, each corrected at both laptops."""
    people = parted(town, laptop, stick, "髙橋　太郎", "渡邉　静", "﨑山　源")
    for ctx, (name, note, phone) in (
        (town.ctx, ("高橋　太郎", "薬あり", "0900-00-0001")),
        (laptop.ctx, ("髙橋　太朗", "犬1頭", "0900-00-0002")),
    ):
        change(ctx, people[0].id, name=name, reason="本人に聞いた")
        change(ctx, people[1].id, note=note)
        change(ctx, people[2].id, phone=phone)
        town.clock.forward(minutes=1)
    carry(laptop.ctx, home(town), stick, to="hq")
    window.go("conflicts")
    settle()
    found = window.current
    found.people = people
    return found


def go_to(page: Any, field: str) -> Any:
    """The conflict about a field comes into sight."""
    view = next(one for one in page.views.values() if field in one.fields)
    page.tree.make_current(view.id)
    return view


def cells(page: Any) -> str:
    """Every word in sight of the case."""
    from PySide6.QtWidgets import QLabel

    return "\n".join(label.text() for label in page.pane.findChildren(QLabel) if label.isVisible())


def test_both_sides_say_who_where_when_why_and_what_was_before(page: Any) -> None:
    assert page.left.text() == "決めたもの 0 / 3" and page.tree.hasFocus()
    go_to(page, "name")
    told = cells(page)
    for words in (
        "高橋　太郎",
        "髙橋　太朗",
        "髙橋　太郎",
        "見本市役所本部",
        SHELTER,
        "支援 花子",
        "本人に聞いた",
        "令和6年1月2日 09時01分",
        "前の値",
    ):
        assert words in told, words


def test_a_key_takes_a_side_and_the_next_case_comes(page: Any, town: Town, settle: Settle) -> None:
    view = go_to(page, "name")
    letter = next(side.letter for side in view.sides if side.values["name"] == "高橋　太郎")
    press(page.tree, getattr(Qt.Key, f"Key_{letter}"))
    assert page.current.id != view.id, "at once"
    settle()
    assert person(town.ctx, page.people[0]).name == "高橋　太郎" and page.left.text() == "決めたもの 1 / 3"
    assert len(list_conflicts(town.ctx)) == 2
    page.tree.make_current(view.id)
    assert not page.pane.side_buttons[0].isEnabled()
    press(page.tree, Qt.Key.Key_B)
    settle()
    assert person(town.ctx, page.people[0]).name == "高橋　太郎", "decided once"


def test_both_notes_and_a_value_of_ones_own(page: Any, town: Town, settle: Settle) -> None:
    go_to(page, "name")
    assert not page.pane.both_button.isVisible(), "two names cannot stand one after the other"
    go_to(page, "note")
    press(page.tree, Qt.Key.Key_W)
    settle()
    note = person(town.ctx, page.people[1]).note
    assert "薬あり" in note and "犬1頭" in note
    go_to(page, "phone")
    press(page.tree, Qt.Key.Key_E)
    dialog: Any = desktop.in_front()
    dialog.body.editors["phone"].set_raw("0900-00-0009")
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert person(town.ctx, page.people[2]).phone == "0900-00-0009"


def test_later_comes_again_and_the_reason_is_kept(page: Any, town: Town, settle: Settle) -> None:
    first = page.current
    press(page.tree, Qt.Key.Key_S)
    assert page.current.id != first.id and page.states[first.id] == "later"
    view = go_to(page, "phone")
    press(page.tree, Qt.Key.Key_R)
    say(page.pane.reason, "電話で確かめた")
    QTest.keyClick(page.pane.reason, Qt.Key.Key_B)
    settle()
    assert page.states.get(view.id, "") != "settled" and page.pane.reason.text().endswith("b"), "letters belong to the field being typed in"
    QTest.keyClick(page.pane.reason, Qt.Key.Key_Backspace)
    press(page.pane.reason, Qt.Key.Key_Return)
    press(page.tree, Qt.Key.Key_A)
    settle()
    newest = town.ctx.reads.journal.history(page.people[2].id)[-1]
    assert newest.reason == "電話で確かめた"


def test_all_of_it_with_the_keyboard_and_then_there_is_nothing_left(page: Any, town: Town, settle: Settle) -> None:
    for _ in range(3):
        press(page.tree, Qt.Key.Key_A)
    settle()
    settle()
    assert list_conflicts(town.ctx) == [] and page.empty.isVisible() and not page.work.isVisible()
    assert "決めました" in page.shell.status.message


def test_a_held_key_decides_only_once(page: Any, town: Town, settle: Settle) -> None:
    from PySide6.QtGui import QKeyEvent

    held = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a", True, 1)
    for _ in range(5):
        QApplication.sendEvent(page.tree, held)
    settle()
    assert len(list_conflicts(town.ctx)) == 3


def test_what_cannot_be_written_waits_again(page: Any, town: Town, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.domain.errors import RuleViolation
    from app.ui.pages import conflicts

    def refuse(*_: Any, **__: Any) -> None:
        raise RuleViolation("reason.missing", field="reason")

    monkeypatch.setattr(conflicts, "settle_conflict", refuse)
    view = page.current
    press(page.tree, Qt.Key.Key_A)
    settle()
    assert page.banner.isVisible() and page.current.id == view.id and page.left.text() == "決めたもの 0 / 3"
    assert page.pane.side_buttons[0].isEnabled()


def test_protected_people_are_shown_to_those_who_may(window: MainWindow, town: Town, laptop: Laptop, stick: Path, settle: Settle) -> None:
    (one,) = parted(town, laptop, stick, "秘密　花", protected=True)
    change(town.ctx, one.id, phone="0900-00-0001")
    change(laptop.ctx, one.id, phone="0900-00-0002")
    carry(laptop.ctx, home(town), stick, to="hq")
    assert [view.title for view in list_conflicts(town.ctx)] == ["秘密　花"]
    assert list_conflicts(town.acting("shelter")) == []


def test_five_hundred_open_in_a_second_and_are_walked_through(
    window: MainWindow, town: Town, laptop: Laptop, stick: Path, settle: Settle
) -> None:
    with laptop.ctx.unit() as uow:
        people = [uow.persons.add(Person(id=f"00000000-0000-7000-8000-{n:012d}", number=f"X{n}", name=f"見本　{n}")) for n in range(500)]
        uow.commit()
    carry(laptop.ctx, home(town), stick, to="hq")
    carry(town.ctx, laptop, stick, to=SHELTER)
    for ctx, phone in ((town.ctx, "0900-00-0001"), (laptop.ctx, "0900-00-0002")):
        change_all(ctx, [one.id for one in people], phone=phone)
    carry(laptop.ctx, home(town), stick, to="hq")
    watch = Stopwatch()
    window.go("conflicts")
    settle()
    took = watch.seconds
    page: Any = window.current
    assert page.left.text() == "決めたもの 0 / 500" and took < 1.0
    watch = Stopwatch()
    for _ in range(20):
        press(page.tree, Qt.Key.Key_A)
    settle()
    assert page.left.text() == "決めたもの 20 / 500" and watch.seconds < 10


def test_two_shelters_at_once(window: MainWindow, town: Town, laptop: Laptop, stick: Path, settle: Settle) -> None:
    (one,) = parted(town, laptop, stick, "髙橋　太郎")
    for ctx, shelter in ((town.ctx, town.shelters[0]), (laptop.ctx, town.shelters[1])):
        with ctx.unit() as uow:
            uow.stays.add(Stay(id=f"stay-{shelter}", person_id=one.id, shelter_id=shelter, from_at=uow.now))
            uow.commit()
    carry(laptop.ctx, home(town), stick, to="hq")
    window.go("conflicts")
    settle()
    page: Any = window.current
    (view,) = page.views.values()
    told = cells(page)
    assert view.person_id == one.id and "髙橋　太郎" in told and "見本小学校" in told and "架空公民館" in told
