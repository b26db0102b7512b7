"""The hands of a clerk in front of the real window: keys to what has the focus, Japanese through the input method, waits on signals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from app.ui.main_window import MainWindow
from app.ui.pages import installed_pages, page_keys
from app.ui.start import Desk
from tests.ui.conftest import say

CTRL, ALT, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
Key = Qt.Key
STROKES = page_keys(entry.key for entry in installed_pages())
_WAIT_MS = 30_000


class Clerk(QObject):
    """The hands of a clerk. ``strokes`` counts what is pressed, with the letters that compose kana and the Enter that takes them."""

    def __init__(self, desk: Desk, qtbot: Any) -> None:
        super().__init__()
        self.desk, self.qtbot = desk, qtbot
        self.strokes = 0
        self.chosen: list[str] = []

    @property
    def window(self) -> Any:
        """The window in sight."""
        return self.desk.window

    @property
    def page(self) -> Any:
        """The page in sight."""
        return self.desk.window.current

    def wait(self, condition: Callable[[], object]) -> None:
        """Until something holds."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=_WAIT_MS)

    def settle(self) -> None:
        """Until all background work has come back, and what it started, too."""
        for _ in range(3):
            QApplication.processEvents()
            self.wait(lambda: self.desk.runner.idle)
        if QApplication.focusWidget() is None:  # a progress dialog was in front, and this platform gives the keyboard back to nobody
            (QApplication.activeModalWidget() or self.window).activateWindow()
            self.wait(QApplication.focusWidget)

    def front(self, kind: type[QWidget]) -> Any:
        """The window of a kind, once it is in front with the keyboard in it."""

        def found() -> list[QWidget]:
            return [top for top in QApplication.topLevelWidgets() if isinstance(top, kind) and top.isVisible()]

        self.wait(found)
        window = found()[-1]
        window.activateWindow()
        self.wait(lambda: window.isActiveWindow() and window.isAncestorOf(QApplication.focusWidget() or self.desk.window))
        return window

    def gone(self, dialog: QWidget) -> None:
        """Until a dialog is closed, and the main window has the keyboard again."""
        self.wait(lambda: not shiboken6.isValid(dialog) or not dialog.isVisible())
        self.settle()
        self.front(MainWindow)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, *, times: int = 1) -> None:
        """Strokes to whatever has the keyboard: a list of proposals that is open, else the focus."""
        for _ in range(times):
            focused = QApplication.activePopupWidget() or QApplication.focusWidget()
            assert focused is not None, "nothing has the keyboard"
            self.strokes += 1
            QTest.keyClick(focused, key, modifiers)

    def say(self, words: str) -> None:
        """Words through the input method."""
        focused = QApplication.focusWidget()
        assert focused is not None, "nothing has the keyboard"
        self.strokes += strokes_for(words)
        say(focused, words)

    def fill(self, field: QWidget, words: str) -> None:
        """Into a field, over what stood there."""
        field.setFocus()
        self.key(Key.Key_A, CTRL)
        self.say(words)

    def tick(self, box: QWidget) -> None:
        """A box or a choice, with Space."""
        box.setFocus()
        self.key(Key.Key_Space)

    def go(self, page: str) -> Any:
        """To a page by its number."""
        self.front(MainWindow)
        stroke = STROKES[page]
        digit = stroke.rpartition("+")[2]
        held = CTRL | Qt.KeyboardModifier.ShiftModifier if "Shift" in stroke else CTRL
        self.key(Key.Key_Comma if digit == "," else Key(Key.Key_0 + int(digit)), held)
        self.settle()
        assert self.page.key == page
        return self.page

    def press(self, button: QWidget) -> None:
        """A click."""
        assert button.isVisible() and button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


_SMALL, _VOWELS = "ゃゅょぁぃぅぇぉャュョァィゥェォっッー", "あいうえおアイウエオ"


def strokes_for(words: str) -> int:
    """Keys to type words with romaji: two for most kana, one for vowels and what joins to its neighbour, and Enter to take it."""
    kana = [char for char in words if "ぁ" <= char <= "ー"]
    return len(words) + sum(char not in _SMALL + _VOWELS for char in kana) + bool(kana)


class NoQuestions(QObject):
    """Closes questions that nobody expected, which would wait forever; ``seen`` is what they asked."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QMessageBox):
            self.seen.append(f"{watched.text()} {watched.informativeText()}")
            watched.close()
        return False
