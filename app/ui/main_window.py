"""The window: rail, search box, pages, status bar. Pages are made when first shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QStackedWidget, QWidget

from app.domain.errors import SasaeError
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.exchange.noticing import StickNotice
from app.ui.glyphs import loading
from app.ui.icons import IconLabel
from app.ui.other_desks import OtherDesks
from app.ui.page import Page
from app.ui.pages import PageEntry, installed_pages, page_keys
from app.ui.preferences import Preferences
from app.ui.runner import Changes, Runner
from app.ui.widgets.banner import Banner
from app.ui.widgets.rail import Rail
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.status_bar import StatusBar
from app.ui.widgets.text import column, frame, row, text
from app.usecases.backups import back_up_now
from app.usecases.gateway import Session
from app.usecases.settings import last_backup, read_settings
from app.usecases.site_board import last_package

_TITLE = "支え 被災者支援台帳"
_SEARCH_HINT = "氏名・カナ・生年月日・住所・電話・整理番号で検索（Ctrl+K）"


class MainWindow(QMainWindow):
    """Implements ``page.Shell``. ``left`` is emitted when the folder is closed: True to sign in again, False to end."""

    left = Signal(bool)

    def __init__(self, session: Session, *, runner: Runner, preferences: Preferences, entries: list[PageEntry] | None = None) -> None:
        super().__init__()
        self.session, self.runner, self.preferences = session, runner, preferences
        self.context = session.context
        self._entries = {entry.key: entry for entry in (installed_pages() if entries is None else entries)}
        self._pages: dict[str, Page] = {}
        self._closing = ""
        place = self.context.place
        self.setWindowTitle(f"{'【訓練】' if place.training else ''}{place.disaster_name} － {place.site_name} － {_TITLE}")
        self.resize(1366, 768)
        self.setMinimumSize(1024, 640)
        self.rail = Rail(list(self._entries))
        self.search = SearchBox(_SEARCH_HINT, name="人を検索")
        self.status = StatusBar(self.context, server=session.server)
        self.notice = Banner(closable=True)
        self.stack = QStackedWidget()
        self._lay_out(place.training)
        self._connect()
        self._notices = [message(code) for code in session.notices]
        self._show_notice()
        self.go(next(iter(self._entries)))
        QTimer.singleShot(0, self.refresh_status)
        loading.load(self)
        self._start_backups()
        self.sticks = StickNotice(self)
        QTimer.singleShot(0, self.sticks.start)
        self.desks = OtherDesks(self)
        self.desks.start()

    @property
    def folder(self) -> Path:
        """The open data folder."""
        return self.session.folder

    # -- layout

    def _lay_out(self, training: bool) -> None:
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.setMaximumWidth(theme.current().px(720))
        self.search.setMinimumWidth(theme.current().px(560))
        top = frame("topbar", row(self.search, spacing=12, margins=(24, 9, 24, 9)))
        top.layout().setAlignment(self.search, Qt.AlignmentFlag.AlignLeft)
        main = column(top, self.notice_frame(), self.stack, spacing=0)
        main.setStretch(2, 1)
        middle = row(self.rail, main, spacing=0)
        parts: list[Any] = [middle, self.status]
        if training:
            words = text("訓練　ここでの登録は練習です。本番の台帳には入りません。", wrap=False)
            parts.insert(0, frame("training", row(1, IconLabel("flag", tint="training_text", size=16), words, 1, margins=(8, 3, 8, 3))))
        whole = column(*parts, spacing=0)
        whole.setStretch(parts.index(middle), 1)
        centre = QWidget()
        centre.setProperty("role", "canvas")
        centre.setLayout(whole)
        self.setCentralWidget(centre)

    def notice_frame(self) -> QWidget:
        """The place for what the window itself has to say."""
        self._notice_box = QWidget()
        self._notice_box.setLayout(row(self.notice, margins=(24, 12, 24, 0)))
        return self._notice_box

    def _connect(self) -> None:
        self.rail.chosen.connect(self.go)
        self.rail.locked.connect(lambda: self.leave(again=True))
        self.search.typed.connect(lambda words: self._search(words, final=False))
        self.search.entered.connect(lambda words: self._search(words, final=True))
        self.search.down.connect(self._enter_page)
        self.search.left.connect(self._enter_page)
        self.runner.changed.connect(self._changed)
        self.notice.closed.connect(self._next_notice)
        for key, stroke in page_keys(self._entries).items():
            if stroke and key in self._entries:
                QShortcut(QKeySequence(stroke), self, lambda key=key: self._walk_to(key))
        for keys, act in (("Ctrl+K", self.focus_search), ("Ctrl+L", lambda: self.leave(again=True)), ("F5", self._refresh_current)):
            QShortcut(QKeySequence(keys), self, act)
        for keys in ("Ctrl+F", "Ctrl+/"):
            QShortcut(QKeySequence(keys), self, self.focus_search)

    # -- Shell

    def go(self, key: str, **arguments: Any) -> None:
        """Show a page; make it on first use; refresh it when it is stale. Unknown pages are ignored."""
        if key not in self._entries:
            return
        page = self._pages.get(key)
        if page is None:
            page = self._pages[key] = self._entries[key].make(self)
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        self.rail.show_current(key)
        self._freshen(page)
        if arguments:
            page.arrive(**arguments)
        elif not self.search.hasFocus():
            page.take_focus()

    def _walk_to(self, key: str) -> None:
        """To a page by its number: the keyboard goes along, also out of the search box."""
        self.go(key)
        self.current.take_focus()

    def say(self, words: str, *, tone: str = "good") -> None:
        """A short message at the foot of the window."""
        self.status.say(words, tone=tone)

    def page(self, key: str) -> Page | None:
        """A page that was made already."""
        return self._pages.get(key)

    @property
    def current(self) -> Page:
        """The page in sight."""
        return cast(Page, self.stack.currentWidget())

    def focus_search(self) -> None:
        """Put the keyboard into the search box, all of it selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    # -- keeping fresh

    def _freshen(self, page: Page) -> None:
        if page.stale:
            page.stale = False
            page.refresh()

    def _refresh_current(self) -> None:
        self.current.stale = True
        self._freshen(self.current)
        self.say(f"{label('page', self.current.key)}を新しくしました")

    def _changed(self, changes: Changes) -> None:
        for page in self._pages.values():
            if page.touched(changes):
                page.stale = True
                if page is self.current:
                    self._freshen(page)
        if not loading.KINDS.isdisjoint(changes):
            loading.load(self)
        if not {"setting", "package"}.isdisjoint(changes):
            self.refresh_status()
        if "setting" in changes:
            self._start_backups()
            self.sticks.start()

    def read_again(self) -> None:
        """Everything that is shown may be old."""
        for page in self._pages.values():
            page.stale = True
        self._freshen(self.current)
        self.refresh_status()

    @property
    def leaving(self) -> bool:
        """Whether the folder is being closed."""
        return bool(self._closing)

    def refresh_status(self) -> None:
        """Read again when the last backup and the last package were."""

        def read() -> tuple[datetime | None, datetime | None]:
            return last_backup(self.context), last_package(self.context)

        def show(found: tuple[datetime | None, datetime | None]) -> None:
            self.status.show_backup(found[0])
            self.status.show_package(found[1])

        self.runner.read(read, parent=self, latest="status").success(show).start()

    def _search(self, words: str, *, final: bool) -> None:
        if words or self.current.key == "search":
            self.go("search", text=words, final=final)

    def _enter_page(self) -> None:
        self.current.take_focus()

    def _show_notice(self) -> None:
        words = self._notices[0] if self._notices else ""
        self.notice.show_message(words, tone="warn")
        self._notice_box.setVisible(bool(words))

    def _next_notice(self) -> None:
        self._notices = self._notices[1:]
        self._show_notice()

    # -- backups

    def _start_backups(self) -> None:
        if not hasattr(self, "_backup_timer"):
            self._backup_timer = QTimer(self)
            self._backup_timer.timeout.connect(self.back_up)

        def use(minutes: int) -> None:
            self._backup_timer.stop()
            if minutes > 0 and self.context.actor.may("backup"):
                self._backup_timer.start(minutes * 60_000)

        self.runner.read(lambda: read_settings(self.context).backup_minutes, parent=self).success(use).start()

    def back_up(self, *, tell: bool = False) -> None:
        """Back up behind the scenes; a stick that is missing is said at the foot of the window."""

        def done(outcome: tuple[list[Path], list[SasaeError]]) -> None:
            made, problems = outcome
            self.refresh_status()
            if problems:
                self.say(message(problems[0]), tone="warn")
            elif made and tell:
                self.say("控えを作りました")

        operation = self.runner.write(lambda _: back_up_now(self.context, folder=self.folder), parent=self, label="window.backing_up")
        operation.success(done).failure(lambda error: self._backup_failed(error, tell))
        (operation if tell else operation.quiet()).start()

    def _backup_failed(self, error: Exception, tell: bool) -> None:
        if tell:
            faults.show(self, error)
        else:
            self.say("控えを作れませんでした。設定の「控え」をご確認ください。", tone="warn")

    # -- leaving

    def leave(self, *, again: bool) -> None:
        """Close the folder (with a backup where set) and then sign in again or end."""
        if self._closing:
            return
        self._closing = "again" if again else "end"
        self.setEnabled(False)
        self._backup_timer.stop()
        self.sticks.watch.stop()
        self.desks.stop()
        operation = self.runner.write(lambda _: self.session.close(), parent=self, label="window.closing")
        operation.success(lambda _: self._left()).failure(self._not_left).start()

    def _not_left(self, error: Exception) -> None:
        """Even when the last backup failed the folder is released; the person is told before the window goes."""
        faults.show(self, error)
        self._left()

    def _left(self) -> None:
        again, self._closing = self._closing == "again", "done"
        QTimer.singleShot(0, lambda: (self.close(), self.left.emit(again)))

    def closeEvent(self, event: QCloseEvent) -> None:
        """The folder is closed first; then the window goes."""
        if self._closing == "done":
            event.accept()
            return
        event.ignore()
        self.leave(again=False)
