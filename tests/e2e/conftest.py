"""A clerk before the window of a program of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from app.bootstrap import gateway
from app.ui import start
from app.ui.main_window import MainWindow
from app.ui.preferences import Preferences
from app.ui.start import Desk
from tests import desktop
from tests.e2e.clerk import Clerk, NoQuestions


@pytest.fixture
def clerk(qapp: QApplication, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clerk]:
    """A clerk before the first window of a program on an empty folder, with preferences of its own."""
    monkeypatch.setenv("SASAE_DATA", str(tmp_path / "支え データ"))
    preferences = Preferences(tmp_path / "window.json")
    preferences.set("theme", "light")
    start.prepare(preferences=preferences)
    desktop.of(qapp)
    desk = Desk(gateway(), preferences=preferences)
    made, boxes = Clerk(desk, qtbot), NoQuestions()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (made.chosen[0], ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (made.chosen, ""))
    qapp.installEventFilter(boxes)
    yield made
    qapp.removeEventFilter(boxes)
    desk.close()
    if isinstance(desk.window, MainWindow):
        desk.window.session.close(backup=False)
        desk.window._closing = "done"
    if desk.window is not None:
        desk.window.close()
        desk.window.deleteLater()
    desktop.clear()
    assert boxes.seen == []
