"""端末の登録 in the window: the key, a laptop that asks by photo or typing, the answer, a lost laptop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.ui.main_window import MainWindow
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.sites.accept_panes import AnswerPane, RequestPane
from app.usecases.enrolling import accept_request, make_request
from app.usecases.enrolment import create_municipality, device_list, need_list, show_municipality
from tests import desktop
from tests.laptops import Laptop, enrol, found_laptop
from tests.ui.conftest import press, say

Settle = Callable[[], None]


@pytest.fixture
def school(tmp_path: Path) -> Iterator[Laptop]:
    """A laptop of a shelter."""
    from tests.stores import Clock

    made = found_laptop(tmp_path / "school", Clock(), site="見本小学校")
    yield made
    made.close()


@pytest.fixture
def at_school(school: Laptop, runner: Runner, preferences: Preferences, settle: Settle) -> Iterator[MainWindow]:
    """A window on the laptop."""
    made = MainWindow(school.session, runner=runner, preferences=preferences)
    desktop.bring(made)
    settle()
    yield made
    made._closing = "done"
    made.close()
    made.deleteLater()


def devices(window: MainWindow, settle: Settle) -> Any:
    """The tab."""
    window.go("sites", tab="devices")
    settle()
    return window.current.tab("devices")


def test_headquarters_makes_its_key_and_accepts_a_photo(
    window: MainWindow, school: Laptop, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = devices(window, settle)
    assert tab.create_button.isVisible() and not tab.accept_button.isVisible() and "まだありません" in tab.said.text()
    monkeypatch.setattr("app.ui.sites.devices_tab.ask", lambda *_, **__: True)
    tab.create_button.click()
    settle()
    assert tab.accept_button.isVisible() and not tab.create_button.isVisible() and len(tab.key.text()) == 19
    tab.accept_button.setFocus()
    dialog = tab.accept_request()
    settle()
    from app.ui.sites.qr_view import QrView

    asked = make_request(school.ctx)
    view = QrView(side=400)
    view.show_text(asked.text, name="x")
    assert view.pixmap().save(str(tmp_path / "photo.png"))
    dialog.read_file(tmp_path / "photo.png")
    settle()
    assert isinstance(dialog.pane, RequestPane) and dialog.pane.view.fingerprint == asked.fingerprint
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert dialog.code is not None and dialog.code.fingerprint.text() == tab.key.text()
    dialog.code.save_to(tmp_path / "a.txt")
    settle()
    assert (tmp_path / "a.txt").exists() and "a.txt" in dialog.banner.words
    assert [one.site_name for one in tab.found.devices] == ["見本市役所本部", "見本小学校"]
    dialog.reject()


def test_a_laptop_asks_and_takes_the_answer(at_school: MainWindow, school: Laptop, window: MainWindow, settle: Settle) -> None:
    hq = window.context
    create_municipality(hq)
    tab = devices(at_school, settle)
    assert tab.request_button.isVisible() and tab.answer_button.isVisible() and tab.steps.isVisible() and not tab.table.isVisible()
    request = tab.request()
    settle()
    assert request.made is not None and request.code.qr.words == request.made.text and " 1. " in request.code.typed.toPlainText()
    accepted = accept_request(hq, text=request.code.typed.toPlainText())  # as it stands on the screen, with its numbers
    request.answer_button.click()
    settle()
    dialog = desktop.in_front()
    dialog.reading.typed.setFocus()
    QTest.keyClicks(dialog.reading.typed, accepted.text)
    dialog.reading.typed_button.click()
    settle()
    pane = dialog.pane
    assert isinstance(pane, AnswerPane) and not dialog.act_button.isEnabled()
    QTest.keyClicks(pane.typed, "ABCD-EFGH-JKMN-PQRS")
    assert not dialog.act_button.isEnabled() and "違います" in pane.said.text()
    pane.typed.clear()
    QTest.keyClicks(pane.typed, accepted.fingerprint.lower())
    assert dialog.act_button.isEnabled()
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert "登録されました" in dialog.banner.words and show_municipality(school.ctx).confirmed
    dialog.reject()
    settle()
    assert tab.table.isVisible() and not tab.request_button.isVisible() and "登録されています" in tab.said.text()


def test_mistakes_are_said_in_the_dialog(window: MainWindow, school: Laptop, settle: Settle, tmp_path: Path) -> None:
    create_municipality(window.context)
    tab = devices(window, settle)
    dialog = tab.accept_request()
    lines = make_request(school.ctx).lines.splitlines()
    dialog.reading.typed.setPlainText("\n".join([*lines[:3], lines[3].replace(lines[3][:5], "ZZZZZ"), *lines[4:]]))
    dialog.reading.typed_button.click()
    settle()
    assert "3 行目" in dialog.banner.words and dialog.reading.isVisible()
    (tmp_path / "memo.txt").write_text("めも", "utf-8")
    dialog.read_file(tmp_path / "memo.txt")
    settle()
    assert "依頼でも" in dialog.banner.words
    enrol(Laptop(window.session, school.clock, school.folder), school)
    dialog.look("\n".join(lines))
    settle()
    assert "もう登録されています" in dialog.banner.words and dialog.act_button.isVisible()
    dialog.run()
    settle()
    assert dialog.code is not None and need_list(window.context).number == 2
    dialog.reject()


def test_a_lost_laptop_is_revoked(window: MainWindow, school: Laptop, settle: Settle) -> None:
    create_municipality(window.context)
    enrol(Laptop(window.session, school.clock, school.folder), school)
    tab = devices(window, settle)
    tab.table.select_id(window.context.place.device_id)
    assert not tab.revoke_button.isEnabled()
    tab.table.select_id(school.ctx.place.device_id)
    assert tab.revoke_button.isEnabled()
    dialog = tab.revoke()
    settle()
    say(dialog.findChild(type(dialog)) or dialog.focusWidget(), "盗まれた")
    press(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    lost = need_list(window.context).find(school.ctx.place.device_id)
    assert lost is not None and (lost.state, lost.reason) == ("revoked", "盗まれた")
    assert "失効にしました" in tab.banner.words and school.letters in tab.banner.words


def test_without_the_right_everything_can_be_seen_and_nothing_done(
    window: MainWindow, settle: Settle, runner: Runner, preferences: Preferences
) -> None:
    from dataclasses import replace

    from app.usecases.context import Actor

    create_municipality(window.context)
    actor = Actor(operator_id=window.context.actor.operator_id, name="別の人", roles=("desk",), slot="")
    window.session.context = replace(window.context, actor=actor)
    window.context = window.session.context
    tab = devices(window, settle)
    assert tab.table.isVisible() and not tab.accept_button.isEnabled() and not tab.revoke_button.isEnabled()
    assert device_list(window.context) is not None
