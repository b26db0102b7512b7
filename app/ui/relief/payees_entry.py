"""受取人: who may receive, best first, on the left; the one chosen or written down on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QListWidget, QListWidgetItem, QScrollArea, QWidget

from app.domain.errors import RuleViolation, StaleRecord
from app.domain.payments import Payee
from app.presentation.account_words import proposal_words
from app.presentation.forms.payee import PAYEE, payee_form, payee_values
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody, ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import payees
from app.usecases.payee_rows import Proposal, SavedPayee

_STALE = "ほかの人がこの受取人を直しました。閉じて、もう一度開いてください。"
_LINKS = ("resident_no", "person_id")


class PayeeDialog(QDialog):
    """``saved`` carries the ``SavedPayee``. For an entitlement (``entitlement_id``) or to correct a payee; with neither a contractor."""

    saved = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell, *, entitlement_id: str = "", whose: str = "", payee: Payee | None = None) -> None:
        super().__init__(parent)
        self.shell, self.entitlement_id, self.payee = shell, entitlement_id, payee
        self._proposals: list[Proposal] = []
        self._links: dict[str, Any] = {}
        self.setWindowTitle("受取人")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        contractor = {"role": "contractor", "way": "in_kind"} if payee is None and not entitlement_id else None
        self.body = FormBody(PAYEE, values=payee_form(payee) if payee is not None else contractor, columns=2)
        self._before = self.body.raw()
        self.offers = QListWidget()
        self.offers.setAccessibleName("受取人の候補")
        self.offers.setWordWrap(True)
        self.offers.itemActivated.connect(lambda _: self._choose())
        self.offers.itemClicked.connect(lambda _: self._choose())
        self.told = note("")
        self.banner = Banner()
        self.banner.hide()
        self.instead = QCheckBox("いまの受取人に替えて（理由が要ります）")
        self.save_button = button(
            "この人を受取人にする（Ctrl+Enter）" if payee is None else "保存（Ctrl+Enter）", role="primary", icon="check"
        )
        self.save_button.clicked.connect(self.save)
        self._lay_out(whose)
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self, self.save)
        self._fetch()

    def _lay_out(self, whose: str) -> None:
        look, room = theme.current(), self.screen().availableGeometry()
        left = QWidget()
        inside = column(heading("1　候補から選ぶ"), self.told, self.offers, spacing=6)
        inside.setStretch(2, 1)
        left.setLayout(inside)
        left.setMinimumWidth(look.px(300))
        left.setVisible(bool(self.entitlement_id))
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(self.body, self.instead, 1, spacing=8, margins=(4, 0, 14, 8)))
        self.instead.setVisible(bool(self.entitlement_id))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        both = row(left, area, spacing=20)
        both.setStretch(0, 4)
        both.setStretch(1, 6)
        title = heading("受取人を直す" if self.payee is not None else "受取人を決める" if self.entitlement_id else "業者を登録する")
        upper = column(title, *([note(whose)] if whose else []), self.banner, both, spacing=8, margins=(22, 14, 22, 8))
        upper.setStretch(upper.count() - 1, 1)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        hints = KeyHints([("↑↓ Enter", "候補を選ぶ"), ("Enter", "次の欄")] if self.entitlement_id else [("Enter", "次の欄")])
        whole = column(upper, frame("footer", row(hints, 1, cancel, self.save_button, margins=(20, 8, 20, 8))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.resize(min(look.px(1060 if self.entitlement_id else 760), room.width() - 16), min(look.px(640), room.height() - 30))

    def _fetch(self) -> None:
        if not self.entitlement_id:
            self.body.editors["name"].take_focus()
            return
        ctx, wanted = self.shell.context, self.entitlement_id
        read = self.shell.runner.read(lambda: payees.propose_payees(ctx, entitlement_id=wanted), parent=self, latest="payee.offers")
        read.success(self._offer).failure(lambda error: self.banner.show_message(message(error), tone="bad")).start()

    def _offer(self, found: Sequence[Proposal]) -> None:
        self._proposals = list(found)
        for one in found:
            item = QListWidgetItem(proposal_words(one))
            self.offers.addItem(item)
        death = any(one.order for one in found)
        self.told.setText(
            "法律の順位に並べました。先の順位の人がいるときは、その人が受け取ります。" if death else "選ぶと、右に氏名などが入ります。" if found
            else message("payee.nobody_to_propose")
        )  # fmt: skip
        if found:
            self.offers.setCurrentRow(0)
            self.offers.setFocus()
            if self.payee is None:
                self._fill(found[0])

    def _choose(self) -> None:
        place = self.offers.currentRow()
        if 0 <= place < len(self._proposals):
            self._fill(self._proposals[place])
            self.body.editors["consent" if self._proposals[place].consent else "way"].take_focus()

    def _fill(self, one: Proposal) -> None:
        for key, value in one.values.items():
            if key in self.body.editors:
                self.body.editors[key].set_raw(str(value))
        self._links = {key: one.values.get(key, "") for key in _LINKS}
        self._before = self.body.raw()

    def save(self) -> None:
        """Write it down."""
        if not self.save_button.isEnabled():
            return
        values = self.body.read()
        if values is None:
            return
        given = {**self._links, **payee_values(values)}
        ctx, one, wanted, instead = self.shell.context, self.payee, self.entitlement_id, self.instead.isChecked()
        self.save_button.setEnabled(False)
        work = self.shell.runner.write(
            lambda _: payees.save_payee(
                ctx, values=given, entitlement_id=wanted, payee_id=one.id if one else "", version=one.version if one else None,
                replace_old=instead, reason=str(given.get("reason") or ""),
            ),
            parent=self, label="window.saving",
        )  # fmt: skip
        work.finished(lambda: self.save_button.setEnabled(True)).success(self._succeed).failure(self._fail).start()

    def _succeed(self, done: SavedPayee) -> None:
        self._before = self.body.raw()
        self.accept()
        self.saved.emit(done)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field in self.body.editors:
            self.body.show_problems({error.field: message(error)})
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        elif isinstance(error, StaleRecord):
            self.banner.show_message(_STALE, tone="warn")
        else:
            faults.show(self, error, retry=self.save)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter walks through the fields, chooses in the list, and presses a button."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            focused = self.focusWidget()
            if focused is self.offers:
                self._choose()
            elif hasattr(focused, "click") and not hasattr(focused, "isChecked"):
                focused.click()
            else:
                self.focusNextPrevChild(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Leave; asks first when something was typed."""
        if self.body.raw() != self._before and not ask(
            self, "入力した内容を捨てますか？", "まだ保存していません。", yes="捨てて閉じる", no="入力に戻る"
        ):
            return
        super().reject()
