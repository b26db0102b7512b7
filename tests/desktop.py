"""What a window system does for a program and Qt's offscreen platform leaves out; and a clean desk for each test."""

from __future__ import annotations

import time

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

_PATIENCE_S = 10.0
_HINTS = (Qt.WindowType.ToolTip, Qt.WindowType.SplashScreen, Qt.WindowType.Popup)


class Desktop(QObject):
    """Gives the keyboard back to the window below when the one in front closes, as every window system does.

    Offscreen it would go to nobody. So whether a widget has the focus after a piece of work would hang on how long the work took: a
    progress dialog opens after a moment, and takes the keyboard with it when it closes.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._order: list[QWindow] = []
        application.focusWindowChanged.connect(self._take_note)

    def _take_note(self, window: QWindow | None) -> None:
        if window is None:
            return
        if window not in self._order:
            window.installEventFilter(self)
        self._order = [one for one in self._order if shiboken6.isValid(one) and one is not window] + [window]
        if not window.isVisible():  # closed again before it got the keyboard
            self._give_back(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window is hidden, or deleted as it stands."""
        if event.type() in (QEvent.Type.Hide, QEvent.Type.PlatformSurface) and isinstance(watched, QWindow) and not watched.isVisible():
            self._give_back(watched)
        return False

    def _give_back(self, closed: QWindow) -> None:
        """To the window that had it last and is still there; a modal one goes before all."""
        if QGuiApplication.focusWindow() not in (None, closed):
            return
        left = [one for one in self._order if one is not closed and shiboken6.isValid(one) and one.isVisible()]
        modal = QGuiApplication.modalWindow()
        below = modal if modal is not None and modal is not closed else left[-1] if left else None
        if below is not None:
            below.requestActivate()


def of(application: QApplication) -> Desktop:
    """The one of the application."""
    found = application.property("desktop")
    if found is None:
        found = Desktop(application)
        application.setProperty("desktop", found)
        application.setCursorFlashTime(0)  # a picture of a field must not hang on when it is taken
    return found


def in_sight() -> list[QWidget]:
    """Windows that are shown and can have the keyboard."""
    return [top for top in QApplication.topLevelWidgets() if top.isVisible() and top.windowType() not in _HINTS]


def in_front() -> QWidget | None:
    """The window that the keyboard belongs to: a modal one, else the one that has it, else the only one there is."""
    windows = in_sight()
    return QApplication.activeModalWidget() or QApplication.activeWindow() or (windows[0] if len(windows) == 1 else None)


def bring(widget: QWidget) -> QWidget:
    """Show a widget's window and wait until it is drawn and has the keyboard."""
    window = widget.window()
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowExposed(window) and QTest.qWaitForWindowActive(window), f"{window} does not come to the front"
    if window.focusWidget() is None and window.focusPolicy() != Qt.FocusPolicy.NoFocus:
        window.setFocus(Qt.FocusReason.ActiveWindowFocusReason)  # a window of one widget: Qt gives it the focus if nothing else had it
    return widget


def wait_for_front() -> None:
    """Until the window in front has the keyboard; at once where no window is shown."""
    deadline = time.monotonic() + _PATIENCE_S
    while in_sight() and not ((front := in_front()) and front.isActiveWindow()):
        if front is not None and ((holder := QGuiApplication.focusWindow()) is None or not holder.isVisible()):
            front.activateWindow()
        assert time.monotonic() < deadline, f"none of {in_sight()} has the keyboard"
        QTest.qWait(5)


def clear() -> None:
    """Close and delete every window that is left, so that the next test neither shares the keyboard with it nor pays for its style."""
    for top in QApplication.topLevelWidgets():
        if shiboken6.isValid(top) and not isinstance(top.parent(), QObject) and top.windowType() != Qt.WindowType.Popup:
            top.hide()
            top.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
