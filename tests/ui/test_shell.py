"""The window around the pages."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit

from app import resources
from app.ui import icons, theme
from app.ui.main_window import MainWindow
from app.ui.page import Page
from app.ui.pages import PAGES, PageEntry, page_keys, section_of
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.tokens import MARK_PAIRS, TEXT_PAIRS, THEMES, contrast
from app.usecases import operators
from app.usecases.shelters import add_shelter
from tests import desktop
from tests.stores import PASSWORD, Town
from tests.ui.conftest import press, say

pytestmark = pytest.mark.gui


@pytest.mark.parametrize("mode", list(THEMES))
def test_text_can_be_read(mode: str) -> None:
    colours = THEMES[mode]
    assert {
        pair: round(contrast(*(colours[name] for name in pair)), 2) for pair in TEXT_PAIRS if contrast(*(colours[n] for n in pair)) < 4.5
    } == {}
    assert {
        pair: round(contrast(*(colours[name] for name in pair)), 2) for pair in MARK_PAIRS if contrast(*(colours[n] for n in pair)) < 3
    } == {}
    assert set(THEMES["light"]) == set(THEMES["dark"])


def test_contrast_knows_its_ends() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21) and contrast("#777777", "#777777") == 1


def test_icons_are_whole_and_alike() -> None:
    for path in resources.path("icons").glob("*.svg"):
        root = ET.fromstring(path.read_text("utf-8"))
        assert root.get("viewBox") == "0 0 24 24" and root.get("stroke") == "currentColor", path.name
    assert all(icons.exists(entry.key) for entry in PAGES)


def test_icons_are_drawn(look) -> None:
    drawn = icons.pixmap("home", tint="accent", size=24).toImage()
    assert any(drawn.pixelColor(x, y).alpha() > 200 for x in range(drawn.width()) for y in range(drawn.height()))


def test_large_text_and_dark_change_the_look(look) -> None:
    now = theme.current()
    now.apply(mode="dark", text_size="large")
    try:
        assert now.px(20) == 25 and look.font().pixelSize() == round(14 * 1.25)
        assert look.palette().window().color().lightness() < 60
    finally:
        now.apply(mode="light", text_size="normal")


def test_pages_are_made_when_first_shown(window: MainWindow, settle) -> None:
    assert window.current.key == "home" and window.page("settings") is None
    press(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert window.current.key == "settings" and window.page("settings") is not None


def test_every_page_has_a_key_of_its_own(window: MainWindow, settle) -> None:
    strokes = page_keys(window._entries)
    assert all(strokes.values()) and len(set(strokes.values())) == len(strokes) == len(window._entries)
    assert strokes["home"] == "Ctrl+1" and strokes["history"] == "Ctrl+0"
    press(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert window.current.key == "history"


def test_pages_about_money_have_keys_beside_the_ten_digits() -> None:
    whole, without = page_keys([entry.key for entry in PAGES]), page_keys([entry.key for entry in PAGES if section_of(entry.key) != "支援金"])
    assert len(PAGES) == 19 and all(whole.values()) and len(set(whole.values())) == 19
    assert [whole[key] for key in ("exchange", "conflicts", "sites")] == ["Ctrl+Shift+7", "Ctrl+Shift+8", "Ctrl+Shift+9"]
    assert whole["programmes"] == "Ctrl+Shift+1" and whole["ledger"] == "Ctrl+Shift+5"
    assert {key: whole[key] for key in without} == without  # no key hangs on whether the others are there


def test_pages_of_a_section_stand_together() -> None:
    sections = [entry.section for entry in PAGES]
    assert [name for place, name in enumerate(sections) if name not in sections[:place]] == [
        name for place, name in enumerate(sections) if place == 0 or sections[place - 1] != name
    ]


class _Empty(Page):
    def __init__(self, shell, key: str) -> None:
        self.key = key  # type: ignore[misc]
        super().__init__(shell)

    def refresh(self) -> None:
        self.stale = False


@pytest.fixture
def whole_window(town: Town, runner: Runner, preferences: Preferences, monkeypatch, settle) -> Iterator[MainWindow]:
    """All pages, each empty, on the smallest screen."""
    monkeypatch.setattr(PageEntry, "make", lambda self, shell: _Empty(shell, self.key))
    made = MainWindow(town.session, runner=runner, preferences=preferences, entries=list(PAGES))
    made.resize(1366, 768)
    desktop.bring(made)
    settle()
    yield made
    made._closing = "done"
    made.close()
    made.deleteLater()


def test_the_keys_with_shift_lead_to_their_pages(whole_window: MainWindow, settle) -> None:
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for key, digit in (("programmes", Qt.Key.Key_1), ("ledger", Qt.Key.Key_5), ("exchange", Qt.Key.Key_7), ("sites", Qt.Key.Key_9)):
        press(whole_window, digit, held)
        settle()
        assert whole_window.current.key == key


def test_nineteen_pages_fit_the_smallest_screen(whole_window: MainWindow, settle) -> None:
    rail = whole_window.rail
    assert all(rail.in_sight(entry.key) for entry in PAGES)
    assert all(line.isVisible() for _, line in rail._headings), "lines in the place of headings"
    whole_window.resize(1366, 960)
    settle()
    assert all(words.isVisible() for words, _ in rail._headings) and [words.text() for words, _ in rail._headings] == [
        "避難", "受け渡し", "調査・証明", "支援金", "記録・設定",
    ]  # fmt: skip
    assert all(rail.in_sight(entry.key) for entry in PAGES)


@pytest.mark.parametrize("size", ["large", "larger"])
def test_the_page_shown_is_in_sight_in_large_text(whole_window: MainWindow, settle, size: str) -> None:
    theme.current().apply(mode="light", text_size=size)
    try:
        settle()
        rail = whole_window.rail
        assert not any(words.isVisible() for words, _ in rail._headings) and all(line.isVisible() for _, line in rail._headings)
        for key in ("settings", "home", "cash", "settings"):
            whole_window.go(key)
            settle()
            assert rail.in_sight(key) and rail._leave.isVisible()
            assert rail._leave.geometry().bottom() < rail.height()
    finally:
        theme.current().apply(mode="light", text_size="normal")


def test_ctrl_k_searches_from_anywhere(window: MainWindow) -> None:
    window.go("settings")
    press(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is window.search


def test_the_home_page_says_what_needs_doing(window: MainWindow, settle) -> None:
    home = window.page("home")
    assert home.tiles["shelters"].number == "3" and home.tiles["residents"].number == "6"
    assert home.table.rows.rowCount() == 3


def test_a_change_refreshes_the_page_in_sight(window: MainWindow, town: Town, settle) -> None:
    window.runner.write(lambda job: add_shelter(town.ctx, values={"name": "増設体育館", "kana": ""}, open_at=town.clock())).start()
    settle()
    assert window.page("home").tiles["shelters"].number == "4"


def test_a_page_out_of_sight_waits(window: MainWindow, settle) -> None:
    home = window.page("home")
    window.go("settings")
    settle()
    window.runner.changed.emit({"shelter": frozenset({"x"})})
    assert home.stale
    window.go("home")
    assert not home.stale


def test_adding_a_page_is_one_line(town: Town, runner: Runner, preferences: Preferences, qtbot, monkeypatch) -> None:
    class Plain(Page):
        key = "roster"

        def __init__(self, shell) -> None:
            super().__init__(shell)
            self.seen: list[object] = []

        def refresh(self) -> None:
            self.seen.append("refresh")

        def arrive(self, **arguments) -> None:
            self.seen.append(arguments)

    monkeypatch.setattr(PageEntry, "make", lambda self, shell: Plain(shell))
    window = MainWindow(town.session, runner=runner, preferences=preferences, entries=[PageEntry("roster", "roster:RosterPage")])
    qtbot.addWidget(window, before_close_func=lambda made: setattr(made, "_closing", "done"))
    window.go("roster", at="now")
    assert window.current.seen == ["refresh", {"at": "now"}]
    qtbot.waitUntil(lambda: runner.idle)


def test_training_is_across_the_screen(town: Town, runner: Runner, preferences: Preferences, qtbot) -> None:
    from dataclasses import replace

    town.session.context = replace(town.ctx, place=replace(town.ctx.place, training=True))
    window = MainWindow(town.session, runner=runner, preferences=preferences)
    qtbot.addWidget(window, before_close_func=lambda made: setattr(made, "_closing", "done"))
    assert "訓練" in window.windowTitle()
    assert any("訓練" in label.text() for label in window.findChildren(type(window.status._clock)) if "本番" in label.text())
    qtbot.waitUntil(lambda: runner.idle)


def test_closing_the_window_closes_the_folder(window: MainWindow, town: Town, qtbot) -> None:
    left = []
    window.left.connect(left.append)
    window.close()
    qtbot.waitUntil(lambda: left == [False])
    assert town.session._closed and list((town.folder / "backups").glob("*.sasae-backup"))


def test_a_backup_shows_at_the_foot(window: MainWindow, settle) -> None:
    assert "まだありません" in window.status._backup.text()
    window.back_up(tell=True)
    settle()
    settle()
    assert "控えを作りました" in window.status.message and "まだ" not in window.status._backup.text()


def test_everything_that_takes_the_focus_has_a_name(window: MainWindow, settle) -> None:
    window.go("settings")
    settle()
    nameless = [
        widget for kind in (QAbstractButton, QLineEdit) for widget in window.findChildren(kind)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible() and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]  # fmt: skip
    assert nameless == []


def test_an_operator_is_added_and_stopped(window: MainWindow, town: Town, settle, qtbot, monkeypatch) -> None:
    from app.ui.pages import settings

    window.go("settings", tab="operators")
    settle()
    tab = window.page("settings").operators
    tab.add.click()
    dialog = QApplication.activeModalWidget()
    dialog.body.editors["name"].set_raw("加賀 次郎")
    for key in ("password", "password_again"):
        dialog.body.editors[key].set_raw("hakusan-hakusan")
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible())
    settle()
    added = operators.find_operator(town.ctx, name="加賀 次郎")
    assert added.roles == ("shelter",) and tab.table.select_id(added.id)
    monkeypatch.setattr(settings, "ask", lambda *_, **__: True)
    tab.disable.click()
    settle()
    assert operators.find_operator(town.ctx, name="加賀 次郎").disabled
    assert not tab.disable.isEnabled()


def test_oneself_cannot_be_stopped(window: MainWindow, town: Town, settle) -> None:
    window.go("settings", tab="operators")
    settle()
    tab = window.page("settings").operators
    assert tab.table.select_id(town.ctx.actor.operator_id) and not tab.disable.isEnabled()


def test_a_new_password_opens_the_folder(window: MainWindow, town: Town, settle, qtbot) -> None:
    window.go("settings", tab="account")
    settle()
    window.page("settings").account.change_password()
    dialog = QApplication.activeModalWidget()
    for key, words in (("old", "wrong-wrong"), ("new", "umi-yama-sora"), ("new_again", "umi-yama-sora")):
        dialog.body.editors[key].set_raw(words)
    dialog.body.editors["old"].set_raw(PASSWORD)
    dialog.save()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=15_000)
    operators.change_password(town.ctx, old="umi-yama-sora", new=PASSWORD)


def test_the_look_is_kept(window: MainWindow, settle, preferences: Preferences) -> None:
    window.go("settings", tab="look")
    settle()
    choice = next(b for b in window.page("settings").look.findChildren(QAbstractButton) if b.accessibleName() == "画面の明るさ 暗い")
    choice.click()
    assert theme.current().mode == "dark" and preferences.get("theme") == "dark"
    next(b for b in window.page("settings").look.findChildren(QAbstractButton) if b.accessibleName() == "画面の明るさ 明るい").click()
    assert theme.current().mode == "light"


def test_a_search_goes_to_its_page(window: MainWindow, monkeypatch, qtbot) -> None:
    seen = []
    monkeypatch.setattr(window, "go", lambda key, **arguments: seen.append((key, arguments)))
    window.focus_search()
    say(window.search, "ノト")
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[-1] == ("search", {"text": "ノト", "final": False})
    press(window.search, Qt.Key.Key_Return)
    assert seen[-1] == ("search", {"text": "ノト", "final": True})


def test_nothing_heavy_is_imported_for_the_first_window() -> None:
    program = (
        "import sys; from app.bootstrap import gateway; from app.ui.start import run;"
        "run(gateway(), ['--data', 'nowhere', '--painted']);"
        "bad = {'pandas','numpy','openpyxl','reportlab','sqlalchemy','alembic','PIL','jinja2'} & set(sys.modules); print('bad', sorted(bad))"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60, check=True
    )
    seconds, _, found = outcome.stdout.partition("\n")
    assert found.strip() == "bad []"
    assert float(seconds) < 5
