"""What other desks at the same server change appears here within seconds; and whether the server is there at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.domain.errors import EnvironmentFault
from app.ui.runner import Changes

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

_EVERY_MS = 3000


class OtherDesks(QObject):
    """Asks every few seconds, off the GUI thread, and tells the pages through ``runner.changed``. Does nothing on a store of one's own."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._there = True
        self._timer = QTimer(self, singleShot=True, interval=_EVERY_MS)
        self._timer.timeout.connect(self.ask)

    def start(self) -> None:
        """Begin to ask."""
        if self._window.session.server:
            self._timer.start()

    def stop(self) -> None:
        """Ask no more."""
        self._timer.stop()

    def ask(self) -> None:
        """Ask now; the next question comes some seconds after the answer."""
        window = self._window
        operation = window.runner.read(window.session.changes_elsewhere, parent=window).quiet()
        operation.success(self._tell).failure(self._missed).start()

    def _tell(self, changes: Changes) -> None:
        self._show(True)
        if changes:
            self._window.runner.changed.emit(changes)
        self._again()

    def _missed(self, error: Exception) -> None:
        if isinstance(error, EnvironmentFault):  # anything else will be told where somebody works with it
            self._show(False)
        self._again()

    def _again(self) -> None:
        if not self._window.leaving:
            self._timer.start()

    def _show(self, there: bool) -> None:
        if there == self._there:
            return
        self._there = there
        self._window.status.show_server(there=there)
        if there:
            self._window.read_again()
            self._window.say("サーバーにつながりました")
        else:
            self._window.say("サーバーとの接続が切れました。つながるまで待っています。", tone="warn")
