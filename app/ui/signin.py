"""The first window: sign in, or begin – a new ledger, training, a backup. Light to import: it is painted before anything else."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFileDialog, QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import EnvironmentFault
from app.presentation.forms.signing import RECOVER, RESTORE, SIGN_IN
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.icons import IconLabel
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody, FormDialog
from app.ui.widgets.text import button, column, frame, lead, note, row, text, title
from app.usecases.gateway import Gateway, Session

TRAINING_OPERATOR, TRAINING_PASSWORD = "訓練", "kunren-kunren"
"""The way into training folders. No secret: everybody in them is invented."""
_TICK_MS = 250


class SignInWindow(QWidget):
    """``opened`` hands over the session; then this window closes by itself."""

    opened = Signal(object)

    def __init__(self, gateway: Gateway, *, runner: Runner, preferences: Preferences, folder: Path | None = None) -> None:
        super().__init__()
        self.gateway, self.runner, self.preferences = gateway, runner, preferences
        self.folder = folder or Path(preferences.get("folder", "") or gateway.default_folder())
        self.setWindowTitle("支え 被災者支援台帳")
        self.setProperty("role", "page")
        self.side = QStackedWidget()
        self.side.addWidget(_brand())
        self.side.setFixedWidth(theme.current().px(300))
        self.panels = QStackedWidget()
        self.sign_in = SignInPanel(self)
        self.begin = BeginPanel(self)
        for panel in (self.sign_in, self.begin):
            self.panels.addWidget(_scrolled(panel))
        self.setLayout(row(self.side, self.panels, spacing=0))
        room = self.screen().availableGeometry()
        self.resize(min(theme.current().px(940), room.width()), min(theme.current().px(620), room.height()))
        self.show_start()

    def show_start(self, words: str = "") -> None:
        """Sign in where there is a ledger, else the ways to begin."""
        self._drop_guide()
        holds = self.gateway.holds_store(self.folder)
        panel = self.sign_in if holds else self.begin
        panel.show_folder(self.folder, words)
        self._show(panel)

    def show_begin(self) -> None:
        """The ways to begin."""
        self.begin.show_folder(self.folder, "")
        self._show(self.begin)

    def open_with(self, work: Callable[[Any], Session], *, label: str, failed: Callable[[Exception], object] | None = None) -> None:
        """Run what answers a session, and hand it over."""
        operation = self.runner.write(work, parent=self, label=label).success(self.hand_over)
        if failed is not None:
            operation.failure(failed)
        operation.start()

    def hand_over(self, session: Session) -> None:
        """A folder is open: remember it (training aside) and let the main window come."""
        if not session.context.place.training:
            self.preferences.set("folder", str(session.folder))
            self.preferences.set("operator", session.context.actor.name)
        self.opened.emit(session)

    def start_training(self) -> None:
        """A folder with invented people, opened at once; made on first use."""
        home = self.gateway.default_folder()
        folder = home.with_name(f"{home.name}-training")

        def work(job: Any) -> Session:
            if self.gateway.holds_store(folder):
                return self.gateway.open(folder, operator=TRAINING_OPERATOR, password=TRAINING_PASSWORD)
            return self.gateway.demo(folder, operator=TRAINING_OPERATOR, password=TRAINING_PASSWORD, job=job)

        self.open_with(work, label="window.training")

    def _empty_folder(self) -> Path | None:
        """This folder when nothing is in it, else another that is chosen; None when the person changed their mind."""
        if not self.gateway.holds_store(self.folder):
            return self.folder
        chosen = QFileDialog.getExistingDirectory(self, "新しい台帳を置く空のフォルダー", str(self.folder.parent))
        return Path(os.path.normpath(chosen)) if chosen else None

    def use_server(self) -> None:
        """Share a store on a server with other desks: join the one that is there, or make one."""
        from app.ui.server_dialog import ServerDialog

        folder = self._empty_folder()
        if folder is None:
            return
        dialog = ServerDialog(self, self.gateway, folder=folder, runner=self.runner, operator=self.sign_in.operator)
        dialog.joined.connect(self.hand_over)
        dialog.wanted.connect(lambda database: self.start_guide(folder=folder, database=database))
        dialog.open()

    def start_guide(self, *_: object, folder: Path | None = None, database: str = "") -> None:
        """The first-run guide, in this window; with ``database`` the new store goes there."""
        from app.ui.welcome import Guide

        folder = folder or self._empty_folder()
        if folder is None:
            return
        guide = Guide(self.gateway, folder=folder, runner=self.runner, database=database)
        guide.finished.connect(self.hand_over)
        guide.left.connect(self.show_start)
        self.panels.addWidget(guide)
        self.side.addWidget(guide.side)
        self.panels.setCurrentWidget(guide)
        self.side.setCurrentWidget(guide.side)
        guide.take_focus()

    def recover(self) -> None:
        """A new password by the recovery key."""

        def save(values: dict[str, Any]):
            return self.runner.write(
                lambda _: self.gateway.recover(
                    self.folder, recovery_key=values["recovery_key"], operator=values["operator"], password=values["password"]
                ),
                parent=dialog,
                label="window.opening",
            )

        dialog = FormDialog(self, RECOVER, save=save, values={"operator": self.sign_in.operator}, columns=1)
        dialog.saved.connect(self.hand_over)
        dialog.open()

    def restore(self) -> None:
        """A backup laid into an empty folder; then sign in there."""

        def save(values: dict[str, Any]):
            return self.runner.write(
                lambda _: self.gateway.restore(
                    Path(values["backup"]), into=Path(values["folder"]), operator=values["operator"], password=values["password"]
                ),
                parent=dialog,
                label="window.restoring",
            )

        def restored(_: object) -> None:
            self.folder = Path(dialog.body.raw()["folder"].strip())
            self.show_start("控えから復元しました。このパソコンは新しい端末として扱われます。パスワードを入れて台帳を開いてください。")

        start = "" if self.gateway.holds_store(self.folder) else str(self.folder)
        dialog = FormDialog(self, RESTORE, save=save, values={"folder": start, "operator": self.sign_in.operator}, columns=1)
        dialog.saved.connect(restored)
        dialog.open()

    def choose_folder(self) -> None:
        """Another data folder."""
        chosen = QFileDialog.getExistingDirectory(self, "データフォルダーを選ぶ", str(self.folder))
        if chosen:
            self.folder = Path(os.path.normpath(chosen))
            self.show_start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing is open yet, so nothing is asked."""
        event.accept()

    def _show(self, panel: QWidget) -> None:
        self.panels.setCurrentIndex(0 if panel is self.sign_in else 1)
        self.side.setCurrentIndex(0)
        panel.take_focus()

    def _drop_guide(self) -> None:
        for stack, keep in ((self.panels, 2), (self.side, 1)):
            while stack.count() > keep:
                extra = stack.widget(stack.count() - 1)
                stack.removeWidget(extra)
                extra.deleteLater()


class SignInPanel(QWidget):
    """Name and password for the ledger in a folder; says how long to wait after wrong passwords."""

    def __init__(self, window: SignInWindow) -> None:
        super().__init__()
        self._window = window
        self.banner = Banner()
        self.banner.hide()
        self.form = FormBody(SIGN_IN, columns=1, marks=False)
        self.enter = button("台帳を開く", role="primary", icon="unlock")
        self.enter.setMinimumHeight(theme.current().px(40))
        self.enter.clicked.connect(self.submit)
        self._folder = note("")
        change = button("別のフォルダー…", role="quiet", icon="folder")
        change.clicked.connect(window.choose_folder)
        forgot = button("パスワードを忘れた", role="quiet", icon="key")
        forgot.clicked.connect(window.recover)
        others = button("新しく始める・訓練・復元", role="quiet", icon="chevron-right")
        others.clicked.connect(window.show_begin)
        self.setLayout(
            column(
                1,
                title("台帳を開く"),
                lead("操作者名とパスワードを入力してください。"),
                self.banner,
                self.form,
                row(self.enter, forgot, 1, spacing=10),
                2,
                frame("rule"),
                row(self._folder, spacing=4),
                row(change, 1, others, spacing=4),
                spacing=12,
                margins=(44, 24, 44, 20),
            )
        )
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._count_down)
        self._until = 0.0

    @property
    def operator(self) -> str:
        """The name as typed."""
        return self.form.editors["operator"].raw()

    def show_folder(self, folder: Path, words: str) -> None:
        """Which ledger this opens, and perhaps a message."""
        self._folder.setText(f"データフォルダー：{folder}")
        if not self.operator:
            self.form.editors["operator"].set_raw(self._window.preferences.get("operator", ""))
        self.form.editors["password"].set_raw("")
        self.banner.show_message(words, tone="good")
        self._tick.stop()
        self.enter.setEnabled(True)
        self.enter.setText("台帳を開く")

    def take_focus(self) -> None:
        """Into the first empty field."""
        empty = [editor for editor in self.form.editors.values() if not editor.raw()]
        (empty or [self.form.editors["password"]])[0].take_focus()

    def submit(self) -> None:
        """Try name and password."""
        values = self.form.read() if self.enter.isEnabled() else None
        if values is None:
            return
        folder, gateway = self._window.folder, self._window.gateway
        self.enter.setEnabled(False)
        self._window.open_with(
            lambda _: gateway.open(folder, operator=values["operator"], password=values["password"]),
            label="window.opening",
            failed=self._refused,
        )

    def _refused(self, error: Exception) -> None:
        self.enter.setEnabled(True)
        password = self.form.editors["password"]
        if not isinstance(error, EnvironmentFault):
            faults.show(self, error)
            return
        self.banner.show_message(message(error), tone="bad")
        password.input.selectAll()
        password.take_focus()
        self._begin_wait()

    def _begin_wait(self) -> None:
        """Ask the key ring for the delay and count it down; the button comes back when a password may be tried again.

        The key ring of a desk is on a server: the window does not wait for it.
        """
        gateway, folder = self._window.gateway, self._window.folder

        def ask() -> float:
            try:
                return gateway.wait_seconds(folder)
            except EnvironmentFault:  # a server that is away says so when somebody signs in
                return 0.0

        self._window.runner.read(ask, parent=self, latest="signin.wait").quiet().success(self._wait).start()

    def _wait(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._count_down()

    def _count_down(self) -> None:
        wait = self._until - time.monotonic()
        self.enter.setEnabled(wait <= 0)
        self.enter.setText(f"あと {math.ceil(wait)} 秒お待ちください" if wait > 0 else "台帳を開く")
        if wait > 0:
            self._tick.start()
        else:
            self._tick.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the password, then opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if focused is self.form.editors["operator"].target and not self.form.editors["password"].raw():
                self.form.editors["password"].take_focus()
            elif hasattr(focused, "click") and focused is not self.enter:
                focused.click()
            else:
                self.submit()
            return
        super().keyPressEvent(event)


class BeginPanel(QWidget):
    """Where there is no ledger yet: the ways to get one."""

    def __init__(self, window: SignInWindow) -> None:
        super().__init__()
        self._window = window
        self._folder = note("")
        self.banner = Banner()
        self._choices = [
            _choice("新しく始める", "市区町村・災害・拠点・操作者を順にお聞きします（3分ほど）。", "plus", window.start_guide),
            _choice("訓練を始める", "架空のまちの台帳をすぐに開きます。何をしても本番に影響しません。", "flag", window.start_training),
            _choice("控えから復元する", "控えのファイルを、このパソコンの空のフォルダーに戻します。", "restore", window.restore),
            _choice(
                "本部の複数の窓口で使う（PostgreSQL）", "サーバーの台帳にこの窓口を加えるか、サーバーに新しく作ります。", "server", window.use_server
            ),
            _choice("すでにある台帳を開く", "データフォルダーの場所を選びます。", "folder", window.choose_folder),
        ]
        lines = column(
            1,
            title("はじめに"),
            lead("このパソコンには、まだ台帳がありません。どれかを選んでください。"),
            self.banner,
            spacing=10,
            margins=(44, 24, 44, 20),
        )
        self._lead = lines.itemAt(2).widget()
        for choice in self._choices:
            lines.addWidget(choice)
        lines.addStretch(2)
        lines.addWidget(self._folder)
        back = button("サインインに戻る", role="quiet", icon="chevron-left")
        back.clicked.connect(window.show_start)
        self._back = back
        lines.addLayout(row(back, 1))
        self.setLayout(lines)
        QShortcut(QKeySequence("Esc"), self, self._escape, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def show_folder(self, folder: Path, words: str) -> None:
        """Where a new ledger would go."""
        holds = self._window.gateway.holds_store(folder)
        self._lead.setText(
            "台帳の始め方を選んでください。" if holds else "このパソコンには、まだ台帳がありません。どれかを選んでください。"
        )
        self._folder.setText(f"データフォルダー：{folder}")
        self._back.setVisible(holds)
        self.banner.show_message(words)

    def take_focus(self) -> None:
        """On the first choice."""
        self._choices[0].button.setFocus()

    def _escape(self) -> None:
        if self._back.isVisible():
            self._window.show_start()


def _choice(words: str, explanation: str, icon: str, act: Callable[[], object]) -> QFrame:
    """A large choice with a sentence: the whole card is the button."""
    made = ChoiceCard(words, explanation, icon)
    made.button.clicked.connect(act)
    return made


class ChoiceCard(QFrame):
    """A button with an explanation inside."""

    def __init__(self, words: str, explanation: str, icon: str) -> None:
        super().__init__()
        self.button = button("", role="choice")
        self.button.setAccessibleName(words)
        self.button.setAccessibleDescription(explanation)
        self.button.setAutoDefault(True)
        inside = row(
            IconLabel(icon, tint="accent", size=24),
            column(1, text(words, role="section"), note(explanation), 1, spacing=2),
            spacing=14,
            margins=(14, 8, 14, 8),
        )
        inside.setStretch(1, 1)
        self.button.setLayout(inside)
        for part in self.button.findChildren(QWidget):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A button does not grow with wrapped words by itself."""
        super().resizeEvent(event)
        self.button.setMinimumHeight(max(theme.current().px(58), self.button.layout().totalHeightForWidth(self.width())))


def _brand() -> QFrame:
    """The left side: what this is."""
    mark = IconLabel("logo", tint="rail_active_text", size=56)
    name = text("支え", role="brandtitle", wrap=False)
    what = text("被災者支援台帳", role="brandsub", wrap=False)
    promise = text(
        "電気も回線もない避難所でも動く、市区町村のための台帳です。データはこのパソコンの中だけに、暗号化して保存します。", role="note"
    )
    return frame("brand", column(2, mark, name, what, 1, promise, 3, spacing=8, margins=(34, 30, 30, 26)))


def _scrolled(panel: QWidget) -> QScrollArea:
    """Small screens and large text scroll instead of cutting."""
    area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    panel.setProperty("role", "scroll")
    area.setWidget(panel)
    return area
