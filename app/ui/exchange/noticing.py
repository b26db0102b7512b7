"""A stick that is plugged in while somebody works on another page: said across the top, with the way to 受け渡し."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.ui.exchange.sticks import Stick, find_sticks
from app.ui.exchange.watching import StickWatch
from app.ui.exchange.words import is_new
from app.usecases.enrolment import device_list

if TYPE_CHECKING:
    from app.syncing.package_rows import FoundPackage
    from app.ui.main_window import MainWindow


class StickNotice(QObject):
    """Only where this laptop takes part in the exchange and the operator may; what is in at the start was there before, and is not news."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._before: set[tuple[str, int]] | None = None
        self._told: Stick | None = None
        self.watch = StickWatch(window.runner, find=find_sticks, parent=self)
        self.watch.changed.connect(self._changed)
        self.watch.came.connect(self._came)

    def start(self) -> None:
        """Look from now on, if this laptop takes part."""
        ctx = self._window.context
        if not ctx.actor.may("exchange"):
            return

        def takes_part() -> bool:
            known = device_list(ctx)
            mine = known.find(ctx.place.device_id) if known else None
            return mine is not None and mine.active

        read = self._window.runner.read(takes_part, parent=self._window, latest="exchange.member")
        read.success(lambda takes: takes and self.watch.start()).failure(lambda _: None).start()

    def _changed(self, sticks: Sequence[Stick]) -> None:
        here = {stick.key for stick in sticks}
        self._before = here if self._before is None else self._before & here
        if self._told is not None and self._told.key not in here:
            self._window.notice.show_message("")
            self._window._show_notice()
            self._told = None

    def _came(self, stick: Stick) -> None:
        if stick.key in (self._before or ()) or self._window.current.key == "exchange":
            return
        ctx = self._window.context

        def look() -> Sequence[FoundPackage]:
            from app.syncing.packages import find_packages  # only when a stick comes: the window opens without it

            return find_packages(stick.path, ctx=ctx)

        read = self._window.runner.read(look, parent=self._window, latest="exchange.came")
        read.success(lambda found: self._tell(stick, found)).failure(lambda _: self._tell(stick, ())).start()

    def _tell(self, stick: Stick, found: Sequence[FoundPackage]) -> None:
        new = sum(is_new(one) for one in found)
        words = f"USBメモリー「{stick.name}」が入りました。" + (f"取り込むものが {new:,}件あります。" if new else "")
        act = "取り込む" if new else "受け渡しを開く"
        arguments = {"path": str(stick.path)} if new else {}
        self._told = stick
        self._window.notice.show_message(words, tone="info", action=act, act=lambda: self._open(**arguments))
        self._window._notice_box.show()

    def _open(self, **arguments: str) -> None:
        self._window.notice.show_message("")
        self._window._show_notice()
        self._told = None
        self._window.go("exchange", **arguments)
