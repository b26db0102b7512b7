"""An account from the passbook: typed on the left, understood on the right, with the picture beside it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QWidget

from app.domain.errors import RuleViolation, StaleRecord
from app.domain.payments import Account, Payee
from app.presentation.forms.payee import account_form
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.relief.account_photo import PassbookPicture
from app.ui.relief.account_typing import AccountBody
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import accounts
from app.usecases.banks import bank_book, list_day
from app.usecases.payee_rows import SavedAccount

_STALE = "ほかの人がこの口座を直しました。閉じて、もう一度開いてください。"
_MAYBE = ("entered", "checked", "wrong")


class AccountDialog(QDialog):
    """``saved`` carries the ``SavedAccount``. Ctrl+Enter saves. An account that is closed or out of use opens as a new one beside it."""

    saved = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell, *, payee: Payee, account: Account | None = None) -> None:
        super().__init__(parent)
        self.shell, self.payee = shell, payee
        self.account = account if account is not None and account.state in _MAYBE else None
        self.setWindowTitle("口座")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.body = AccountBody(kana=payee.kana, values=account_form(self.account) if self.account is not None else None)
        self.picture = PassbookPicture(shell, editable=True)
        self.banner = Banner()
        self.banner.hide()
        self.save_button = button("口座を保存（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.setEnabled(False)
        self.save_button.clicked.connect(self.save)
        self._lay_out(account)
        self._before = self.body.raw()
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self, self.save)
        ctx = shell.context
        read = shell.runner.read(
            lambda: (bank_book(ctx.reads), list_day(), bank_book(ctx.reads).banks("")), parent=self, latest="account.banks"
        )
        read.success(self._ready).start()
        if self.account is not None:
            self.picture.show_account(self.account.id)

    def _lay_out(self, shown: Account | None) -> None:
        look, room = theme.current(), self.screen().availableGeometry()
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(self.body, 1, margins=(2, 0, 14, 8)))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        right = QWidget()
        beside = column(self.body.told, self.picture, spacing=10)
        beside.setStretch(1, 1)
        right.setLayout(beside)
        both = row(area, right, spacing=20)
        both.setStretch(0, 6)
        both.setStretch(1, 5)
        who = note(f"受取人：{self.payee.name}　{self.payee.kana or '（フリガナなし）'}　{label('payee.role', self.payee.role)}")
        if shown is not None and self.account is None:
            self.banner.show_message(
                f"いまの口座は「{label('payee_account.state', shown.state)}」です。新しい口座を入れます。", tone="info"
            )
        elif shown is not None and shown.state == "wrong":
            self.banner.show_message(f"誤りとして戻されました：{shown.reason}", tone="warn")
        elif shown is not None and shown.state == "checked":
            self.banner.show_message("確認済みの口座です。番号や名義を直すと、もう一度ほかの人の確認が要ります。", tone="warn")
        upper = column(heading("口座"), who, self.banner, both, spacing=8, margins=(22, 14, 22, 8))
        upper.setStretch(3, 1)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        hints = KeyHints([("Enter", "次の欄"), ("↓", "候補から選ぶ")])
        whole = column(upper, frame("footer", row(hints, 1, cancel, self.save_button, margins=(20, 8, 20, 8))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.resize(min(look.px(1080), room.width() - 16), min(look.px(650), room.height() - 30))

    def _ready(self, found: tuple[Any, str, Any]) -> None:
        book, day, _ = found
        self.body.use_book(book, day)
        self.save_button.setEnabled(True)
        raw = self.body.raw()
        self.body.form.editors["symbol" if not raw["bank"] or raw["symbol"] else "bank"].take_focus()

    def save(self) -> None:
        """Write it down; it waits for another person's check."""
        if not self.save_button.isEnabled() or not self.body.show_problems():
            return
        values = {**self.body.raw(), "symbol_no": ""}
        if values["symbol"].strip():
            values |= dict.fromkeys(("bank", "branch", "number"), "")
        ctx, payee, one, photo = self.shell.context, self.payee, self.account, self.picture.content
        self.save_button.setEnabled(False)
        work = self.shell.runner.write(
            lambda _: accounts.save_account(
                ctx, payee_id=payee.id, values=values, account_id=one.id if one else "", version=one.version if one else None, photo=photo
            ),
            parent=self, label="window.saving",
        )  # fmt: skip
        work.finished(lambda: self.save_button.setEnabled(True)).success(self._succeed).failure(self._fail).start()

    def _succeed(self, done: SavedAccount) -> None:
        self._before, self.picture.content = self.body.raw(), None
        self.accept()
        self.saved.emit(done)

    def _fail(self, error: Exception) -> None:
        editors = self.body.form.editors
        if isinstance(error, RuleViolation) and error.field in editors:
            self.body.form.show_problems({error.field: message(error)})
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        elif isinstance(error, StaleRecord):
            self.banner.show_message(_STALE, tone="warn")
        else:
            faults.show(self, error, retry=self.save)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter walks through the fields; on a button it presses it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            focused = self.focusWidget()
            if hasattr(focused, "click") and not hasattr(focused, "isChecked"):
                focused.click()
            else:
                self.focusNextPrevChild(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Leave; asks first when something was typed."""
        typed = self.body.raw() != self._before or self.picture.content is not None
        if typed and not ask(self, "入力した内容を捨てますか？", "まだ保存していません。", yes="捨てて閉じる", no="入力に戻る"):
            return
        super().reject()
