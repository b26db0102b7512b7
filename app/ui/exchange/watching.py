"""Sticks as they are plugged in and pulled out: looked for every two seconds, off the GUI thread, while somebody is to know."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.exchange.sticks import Find, Stick, find_sticks
from app.ui.runner import Runner

PERIOD_MS = 2000


class StickWatch(QObject):
    """``changed`` tells all sticks when one came or went, ``came`` each new one. What was there at the first look also came.

    One look at a time: where a stick keeps the system waiting, no second worker waits with it.
    """

    changed = Signal(object)
    came = Signal(object)

    def __init__(self, runner: Runner, *, find: Find = find_sticks, period_ms: int = PERIOD_MS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self.find = runner, find
        self.sticks: tuple[Stick, ...] = ()
        self._looking = False
        self._told = False
        self._timer = QTimer(self, interval=period_ms)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Look now and from now on."""
        self.look()
        self._timer.start()

    def stop(self) -> None:
        """No longer."""
        self._timer.stop()

    def look(self) -> None:
        """Look once more, unless a look is under way."""
        if self._looking:
            return
        self._looking = True
        find = self.find
        read = self._runner.read(lambda: tuple(find())).quiet().finished(self._ended)
        read.success(self._seen).failure(lambda _: None).start()

    def _ended(self) -> None:
        self._looking = False

    def _seen(self, sticks: Sequence[Stick]) -> None:
        before = {stick.key for stick in self.sticks}
        fresh = [stick for stick in sticks if stick.key not in before]
        gone = before - {stick.key for stick in sticks}
        self.sticks = tuple(sticks)
        if fresh or gone or not self._told:
            self._told = True
            self.changed.emit(self.sticks)
        for stick in fresh:
            self.came.emit(stick)
