"""The foot of the window: disaster, site, operator, what time it is, last backup, last package; short messages come in between."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame

from app.domain.dates import format_instant
from app.ui.icons import IconLabel
from app.ui.widgets.text import restyle, row, text
from app.usecases.context import Context

_MESSAGE_MS = 6000
_TICK_MS = 10_000


class StatusBar(QFrame):
    """What this laptop is and how fresh it is."""

    def __init__(self, context: Context, *, server: str = "") -> None:
        super().__init__()
        self.setProperty("role", "statusbar")
        self._context = context
        place = context.place
        self._message = text("", role="status", wrap=False)
        self._clock = text("", wrap=False)
        self._backup = text("控え：―", wrap=False)
        self._package = text("受け渡し：―", wrap=False)
        where = text(f"{place.disaster_name}　{place.municipality_name}".strip(), wrap=False)
        site = text(place.site_name, wrap=False)
        who = text(context.actor.name, wrap=False)
        for words, name in ((where, "災害"), (site, "拠点"), (who, "操作者")):
            words.setAccessibleName(f"{name} {words.text()}")
        self._server_name = server
        self._server = text("", wrap=False)
        self.show_server(there=True)
        parts = [
            _item("flag", where),
            _item("home", site),
            _item("user", who),
            *([_item("server", self._server)] if server else []),
            1,
            self._message,
            1,
            _item("package", self._package),
            _item("backup", self._backup),
            _item("clock", self._clock),
        ]
        self.setLayout(row(*parts, spacing=18, margins=(14, 4, 14, 4)))
        self._fade = QTimer(self, singleShot=True, interval=_MESSAGE_MS)
        self._fade.timeout.connect(lambda: self._message.setText(""))
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._show_time)
        self._tick.start()
        self._show_time()

    def say(self, words: str, *, tone: str = "good") -> None:
        """A message for some seconds."""
        sign = {"good": "✓ ", "bad": "⚠ ", "warn": "⚠ "}.get(tone, "")
        self._message.setText(sign + words)
        restyle(self._message, tone=tone)
        self._message.setAccessibleName(words)
        self._fade.start()

    @property
    def message(self) -> str:
        """The message in sight."""
        return self._message.text()

    def show_backup(self, at: datetime | None) -> None:
        """When the last backup was finished."""
        self._backup.setText(f"控え：{format_instant(at, 'short')}" if at else "控え：まだありません")

    def show_package(self, at: datetime | None) -> None:
        """When the last package was written or received."""
        self._package.setText(f"受け渡し：{format_instant(at, 'short')}" if at else "受け渡し：なし")

    def show_server(self, *, there: bool) -> None:
        """Whether the server that this desk works on answers."""
        self._server.setText("サーバーで共有中" if there else "⚠ サーバーにつながりません")
        self._server.setAccessibleName(f"{self._server.text()} {self._server_name}")
        self._server.setToolTip(f"データベース {self._server_name}")
        restyle(self._server, tone="" if there else "bad")

    @property
    def server(self) -> str:
        """What is said about the server; "" on a store of this laptop's own."""
        return self._server.text() if self._server_name else ""

    def _show_time(self) -> None:
        self._clock.setText(f"{format_instant(self._context.now(), 'long')} 現在")


def _item(icon: str, words):
    return row(IconLabel(icon, tint="muted", size=15), words, spacing=5)
