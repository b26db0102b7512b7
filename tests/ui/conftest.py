"""Windows in tests: one application, own preferences, real stores in temporary folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.ui import start
from app.ui.main_window import MainWindow
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from tests import desktop
from tests.stores import Clock, Town, copy_store, found_store, open_town


def say(widget: QWidget, words: str) -> None:
    """Type text as an input method commits it. Japanese must never go through ``keyClicks``: it aborts the interpreter."""
    for char in words:
        event = QInputMethodEvent()
        event.setCommitString(char)
        QApplication.sendEvent(widget, event)


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """One key stroke to whatever has the focus in the widget's window, as the window system would send it."""
    desktop.wait_for_front()
    QTest.keyClick(QApplication.focusWidget() or widget, key, modifiers)


@pytest.fixture(autouse=True)
def clean_desk(qapp: QApplication) -> Iterator[None]:
    """No window of another test has the keyboard, or is styled once more when the next one sets the look."""
    desktop.of(qapp)
    yield
    desktop.clear()


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    """Preferences that touch nobody's."""
    return Preferences(tmp_path / "window.json")


@pytest.fixture
def look(qapp: QApplication, preferences: Preferences) -> QApplication:
    """The application with the light theme."""
    preferences.set("theme", "light")
    application, _ = start.prepare(preferences=preferences)
    return application


@pytest.fixture
def runner(look: QApplication) -> Iterator[Runner]:
    """A runner whose threads have ended when the test has."""
    made = Runner()
    yield made
    assert made.close()


@pytest.fixture(scope="session")
def store_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with shelters and residents; never written to again."""
    folder = tmp_path_factory.mktemp("window-template") / "data"
    found_store(folder, Clock())
    return folder


@pytest.fixture
def folder(store_template: Path, tmp_path: Path) -> Path:
    """A closed store to open and change."""
    return copy_store(store_template, tmp_path / "支え data")


@pytest.fixture
def town(folder: Path) -> Iterator[Town]:
    """The store, open."""
    made = open_town(folder, Clock())
    yield made
    made.session.close(backup=False)


@pytest.fixture
def settle(qtbot: Any, runner: Runner) -> Callable[[], None]:
    """Wait until all background work has come back and what it started has, too, and the window in front has the keyboard."""

    def wait() -> None:
        for _ in range(2):
            QApplication.processEvents()
            qtbot.waitUntil(lambda: runner.idle, timeout=30_000)
        desktop.wait_for_front()

    return wait


@pytest.fixture
def window(town: Town, runner: Runner, preferences: Preferences, settle: Callable[[], None]) -> Iterator[MainWindow]:
    """The main window on an open store, settled and active."""
    made = MainWindow(town.session, runner=runner, preferences=preferences)
    desktop.bring(made)
    settle()
    yield made
    made._closing = "done"
    made.close()
    made.deleteLater()
