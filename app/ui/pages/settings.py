"""設定: look, own password, operators, backups, about."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QButtonGroup, QFrame, QPlainTextEdit, QRadioButton, QScrollArea, QTabWidget, QWidget

from app import resources
from app.domain.governance import Operator
from app.presentation.columns.operators import OPERATORS
from app.presentation.forms.signing import ADD_OPERATOR, BACKUP, CHANGE_PASSWORD, CHANGE_ROLES, RESET_PASSWORD
from app.presentation.labels import choices, labels_of
from app.ui import faults, theme
from app.ui.page import Page, Shell
from app.ui.widgets.form_dialog import FormBody, FormDialog, ask
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import operators
from app.usecases.settings import Settings, change_settings, read_settings


class SettingsPage(Page):
    """Tabs; Ctrl+Tab walks through them."""

    key = "settings"
    kinds = frozenset({"operator", "setting"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.tabs = QTabWidget()
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.look = LookTab(self)
        self.account = AccountTab(self)
        self.operators = OperatorsTab(self)
        self.backup = BackupTab(self)
        for words, tab in (
            ("表示", self.look),
            ("操作者", self.operators),
            ("控え", self.backup),
            ("自分", self.account),
            ("このソフトについて", AboutTab()),
        ):
            self.tabs.addTab(_padded(tab), words)
        self.body.addWidget(self.tabs)

    def refresh(self) -> None:
        """Read operators and settings."""
        found = self.runner.read(
            lambda: (operators.list_operators(self.context), read_settings(self.context)), parent=self, latest="settings"
        )
        found.success(self._show).start()

    def arrive(self, **arguments: Any) -> None:
        """``go('settings', tab='backup')``"""
        order = ["look", "operators", "backup", "account", "about"]
        if arguments.get("tab") in order:
            self.tabs.setCurrentIndex(order.index(arguments["tab"]))

    def take_focus(self) -> None:
        """On the tabs."""
        self.tabs.tabBar().setFocus()

    def _show(self, found: tuple[list[Operator], Settings]) -> None:
        self.operators.show_operators(found[0])
        self.backup.show_settings(found[1])


class LookTab(QWidget):
    """Text size and theme; in force at once, kept for this computer."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self._page = page
        size = self._choices("text_size", "normal", "文字の大きさ")
        mode = self._choices("theme", "system", "画面の明るさ")
        card = frame("card", column(*size, 6, *mode, spacing=8, margins=(20, 16, 20, 18)))
        self.setLayout(column(card, note("この設定は、このパソコンのすべての台帳に効きます。"), 1, spacing=10))

    def _choices(self, kind: str, default: str, words: str) -> list[QWidget]:
        now = self._page.shell.preferences.get(kind, default)
        group = QButtonGroup(self)
        line = QWidget()
        layout = row(spacing=14)
        for code, caption in choices(kind):
            made = QRadioButton(caption)
            made.setAccessibleName(f"{words} {caption}")
            made.setChecked(code == now)
            made.toggled.connect(lambda on, code=code: on and self._use(kind, code))
            group.addButton(made)
            layout.addWidget(made)
        layout.addStretch()
        line.setLayout(layout)
        return [heading(words), line]

    def _use(self, kind: str, code: str) -> None:
        preferences = self._page.shell.preferences
        preferences.set(kind, code)
        theme.current().apply(mode=preferences.get("theme", "system"), text_size=preferences.get("text_size", "normal"))


class AccountTab(QWidget):
    """Who is signed in, and the own password."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self._page = page
        actor = page.context.actor
        change = button("パスワードを変える…", icon="key")
        change.clicked.connect(self.change_password)
        card = frame(
            "card",
            column(
                heading(actor.name),
                note(f"役割：{labels_of('role', actor.roles)}"),
                row(change, 1),
                spacing=10,
                margins=(20, 16, 20, 18),
            ),
        )
        self.setLayout(column(card, 1))

    def change_password(self) -> None:
        """A new password for oneself."""
        page = self._page

        def save(values: dict[str, Any]):
            return page.runner.write(
                lambda _: operators.change_password(page.context, old=values["old"], new=values["new"]),
                parent=dialog,
                label="window.saving",
            )

        dialog = FormDialog(self, CHANGE_PASSWORD, save=save, columns=1)
        dialog.saved.connect(lambda _: page.shell.say("パスワードを変えました"))
        dialog.open()


class OperatorsTab(QWidget):
    """Everybody with a key to this ledger."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self._page = page
        self.table = Table(OPERATORS, name="操作者の一覧", preferences=page.shell.preferences, many=False)
        self.add = button("操作者を追加…", role="primary", icon="user-plus")
        self._roles = button("役割を変える…", icon="edit")
        self._reset = button("パスワードを再設定…", icon="key")
        self.disable = button("停止する…", role="danger", icon="user-off")
        for made, act in (
            (self.add, self.add_operator),
            (self._roles, self.change_roles),
            (self._reset, self.reset),
            (self.disable, self.stop),
        ):
            made.clicked.connect(act)
        self.table.opened.connect(lambda _: self._roles.isEnabled() and self.change_roles())
        self.table.chosen.connect(lambda _: self._enable())
        buttons = row(self.add, self._roles, self._reset, 1, self.disable, spacing=8)
        self.setLayout(
            column(buttons, self.table, note("停止した人は、この台帳を開けなくなります。その人がした記録は残ります。"), spacing=10)
        )
        self._enable()

    def show_operators(self, found: list[Operator]) -> None:
        """Show everybody, those in use first."""
        self.table.show_rows(sorted(found, key=lambda operator: (operator.disabled, operator.name)))
        self._enable()

    def add_operator(self) -> None:
        """A new operator."""
        page = self._page

        def save(values: dict[str, Any]):
            return page.runner.write(
                lambda _: operators.add_operator(page.context, name=values["name"], roles=values["roles"], password=values["password"]),
                parent=dialog,
                label="window.saving",
            )

        dialog = FormDialog(self, ADD_OPERATOR, save=save, columns=1)
        dialog.saved.connect(lambda _: page.shell.say("操作者を追加しました"))
        dialog.open()

    def change_roles(self) -> None:
        """Other roles for the operator chosen."""
        page, chosen = self._page, self.table.current_row()
        if chosen is None:
            return

        def save(values: dict[str, Any]):
            return page.runner.write(
                lambda _: operators.change_roles(page.context, operator_id=chosen.id, roles=values["roles"], reason=values["reason"]),
                parent=dialog,
                label="window.saving",
            )

        dialog = FormDialog(self, CHANGE_ROLES, save=save, values={"roles": chosen.roles}, lead=chosen.name, columns=1)
        dialog.saved.connect(lambda _: page.shell.say(f"{chosen.name} さんの役割を変えました"))
        dialog.open()

    def reset(self) -> None:
        """A new password for somebody who forgot theirs."""
        page, chosen = self._page, self.table.current_row()
        if chosen is None:
            return

        def save(values: dict[str, Any]):
            return page.runner.write(
                lambda _: operators.reset_password(page.context, operator_id=chosen.id, new=values["new"]),
                parent=dialog,
                label="window.saving",
            )

        dialog = FormDialog(self, RESET_PASSWORD, save=save, lead=chosen.name, columns=1)
        dialog.saved.connect(lambda _: page.shell.say(f"{chosen.name} さんのパスワードを再設定しました"))
        dialog.open()

    def stop(self) -> None:
        """Take somebody's key away."""
        page, chosen = self._page, self.table.current_row()
        if chosen is None or not ask(
            self, f"{chosen.name} さんを停止しますか？", "この人のパスワードでは台帳を開けなくなります。", yes="停止する", no="やめる"
        ):
            return
        done = page.runner.write(
            lambda _: operators.disable_operator(page.context, operator_id=chosen.id), parent=self, label="window.saving"
        )
        done.success(lambda _: page.shell.say(f"{chosen.name} さんを停止しました")).failure(lambda error: faults.show(self, error)).start()

    def _enable(self) -> None:
        may, chosen = self._page.may("operators"), self.table.current_row()
        usable = may and chosen is not None and not chosen.disabled
        self.add.setEnabled(may)
        for made in (self._roles, self._reset):
            made.setEnabled(usable)
        self.disable.setEnabled(usable and chosen.id != self._page.context.actor.operator_id)


class BackupTab(QWidget):
    """Where and how often copies are made."""

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self._page = page
        self.form = FormBody(BACKUP)
        self.save = button("保存", role="primary", icon="check")
        self.save.clicked.connect(self.store)
        now = button("いま控えを作る", icon="backup")
        now.clicked.connect(lambda: page.shell.back_up(tell=True))
        for made in (self.save, now, self.form):
            made.setEnabled(page.may("backup"))
        where = note(f"データフォルダー：{page.shell.folder}")
        inside = column(self.form, row(self.save, now, 1, spacing=8), where, spacing=14, margins=(20, 16, 20, 18))
        self.setLayout(
            column(
                frame("card", inside),
                note("控えも暗号化されています。開くには、作ったときのパスワードか復旧キーが必要です。"),
                1,
                spacing=10,
            )
        )

    def show_settings(self, settings: Settings) -> None:
        """Fill the form."""
        self.form.set_values({name: getattr(settings, name) for name in ("backup_folder", "backup_minutes", "backup_keep")})

    def store(self) -> None:
        """Keep what is in the form."""
        page, values = self._page, self.form.read()
        if values is None:
            return
        done = page.runner.write(lambda _: change_settings(page.context, values=values), parent=self, label="window.saving")
        done.success(lambda _: page.shell.say("控えの設定を保存しました")).start()


class AboutTab(QWidget):
    """What this is and whose work it stands on."""

    def __init__(self) -> None:
        super().__init__()
        licences = resources.root() / "THIRD_PARTY.md"
        shown = QPlainTextEdit(licences.read_text("utf-8") if licences.exists() else "", readOnly=True)
        shown.setAccessibleName("使っているソフトウェアのライセンス")
        shown.setTabChangesFocus(True)
        about = text("支え（被災者支援台帳）は、市区町村が災害のときに使う台帳です。Apache License 2.0 で公開されています。")
        qt = note(f"画面には Qt {qVersion()}（LGPL v3）を使っています。Qt は差し替えできる形で同梱しています。")
        self.setLayout(column(about, qt, heading("使っているソフトウェアとデータ"), shown, spacing=10))


def _padded(tab: QWidget) -> QScrollArea:
    inner = QWidget()
    inner.setProperty("role", "scroll")
    inner.setLayout(column(tab, margins=(2, 14, 2, 4)))
    area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
    area.setWidget(inner)
    return area
