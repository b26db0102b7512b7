"""人的被害: who died, is missing or was hurt; found in the registers first, or written down as told."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QWidget

from app.domain.errors import RuleViolation, StaleRecord
from app.domain.relief import Casualty
from app.presentation.columns.whom import Whom
from app.presentation.forms.casualty import CASUALTY, NAME_DIFFERS, casualty_form, casualty_values
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.relief.household_finder import WhomPane
from app.ui.surveys.asking import open_form
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody, FormDialog, ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import casualties
from app.usecases.casualties import SavedCasualty

_PERSON = ("name", "kana", "birth", "sex", "address", "district")
_STALE = "ほかの人がこの記録を直しました。閉じて、もう一度開いてください。"


class CasualtyDialog(QDialog):
    """``saved`` carries the ``SavedCasualty``. Ctrl+Enter saves."""

    saved = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell, *, casualty: Casualty | None = None) -> None:
        super().__init__(parent)
        self.shell, self.casualty = shell, casualty
        self._filled: dict[str, str] = {}
        self.setWindowTitle("人的被害")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.whom = WhomPane(shell, kinds=("victim", "resident"), unit="person")
        self.body = FormBody(CASUALTY, values=casualty_form(casualty) if casualty is not None else None, columns=2)
        self._before = self.body.raw()
        self.banner = Banner()
        self.banner.hide()
        self.save_button = button("保存（Ctrl+Enter）" if casualty is not None else "登録する（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.clicked.connect(self.save)
        self.whom.chosen.connect(self._show_whom)
        self.whom.finder.left.connect(self.reject)
        self._lay_out()
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self, self.save)
        if casualty is not None and casualty.victim_id:
            self.whom.fetch(victim_id=casualty.victim_id)
        (self.whom.finder if casualty is None else self.body.editors["name"].target).setFocus()

    def _lay_out(self) -> None:
        look, room = theme.current(), self.screen().availableGeometry()
        left = QWidget()
        told = note("住民データか被災世帯から選ぶと、氏名や住所が入り、世帯と結び付きます。見つからない人は、右に聞いたとおりに入れます。")
        inside = column(heading("1　だれか"), told, self.whom, spacing=6)
        inside.setStretch(2, 1)
        left.setLayout(inside)
        left.setMinimumWidth(look.px(360))
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(heading("2　被害"), self.body, 1, spacing=8, margins=(4, 0, 14, 8)))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        both = row(left, area, spacing=20)
        both.setStretch(0, 4)
        both.setStretch(1, 5)
        one = self.casualty
        title = heading(f"人的被害を直す　{one.number}" if one is not None else "人的被害の登録")
        if one is not None and one.state == "confirmed":
            self.banner.show_message("確認済みの記録です。直すと、もう一度ほかの人の確認が必要になります。", tone="warn")
        upper = column(title, self.banner, both, spacing=8, margins=(22, 14, 22, 8))
        upper.setStretch(2, 1)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        hints = KeyHints([("↓", "一覧へ"), ("Enter", "選ぶ・次の欄")])
        whole = column(upper, frame("footer", row(hints, 1, cancel, self.save_button, margins=(20, 8, 20, 8))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.resize(min(look.px(1120), room.width() - 16), min(look.px(640), room.height() - 30))

    def _show_whom(self, whom: Whom | None) -> None:
        """A resident is the person; a household only says whose family it is."""
        if whom is None:
            return
        if whom.kind == "resident":
            for key in _PERSON:
                self._fill(key, str(getattr(whom, key)))
        else:
            self._fill("address", whom.address)
            if self.casualty is None:
                self.whom.nothing.setText("世帯と結び付けます。亡くなった人・負傷した人の氏名を右に入れてください。")
        self.body.editors["harm" if whom.kind == "resident" else "name"].take_focus()

    def _fill(self, key: str, raw: str) -> None:
        if raw not in ("", "unknown") and self.body.editors[key].raw() in ("", self._filled.get(key, "")):
            self.body.editors[key].set_raw(raw)
            self._filled[key] = raw

    def save(self) -> None:
        """Write it down."""
        if not self.save_button.isEnabled():
            return
        given = self._given()
        if given is None:
            return
        ctx, one = self.shell.context, self.casualty
        self.save_button.setEnabled(False)
        work = self.shell.runner.write(
            lambda _: casualties.save_casualty(
                ctx, values=given, casualty_id=one.id if one else None, version=one.version if one else None
            ),
            parent=self, label="window.saving",
        )  # fmt: skip
        work.finished(lambda: self.save_button.setEnabled(True)).success(self._succeed).failure(self._fail).start()

    def ask_why(self) -> FormDialog | None:
        """Save it with a name other than the resident's, for a reason."""
        given, ctx, one = self._given(), self.shell.context, self.casualty
        if given is None:
            return None
        return open_form(
            self, self.shell, NAME_DIFFERS,
            lambda values: casualties.save_casualty(
                ctx, values=given, casualty_id=one.id if one else None, version=one.version if one else None, reason=values["reason"]
            ),
            then=self._succeed,
        )  # fmt: skip

    def _given(self) -> dict[str, Any] | None:
        values = self.body.read()
        if values is None:
            return None
        given: dict[str, Any] = casualty_values(values)
        whom = self.whom.whom
        if whom is not None:
            given |= {"victim_id": whom.victim_id}
            if whom.kind == "resident":
                given |= {"resident_id": whom.resident_id, "resident_no": whom.resident_no, "person_id": whom.person_id}
        return given

    def _succeed(self, done: SavedCasualty) -> None:
        self._before = self.body.raw()
        self.accept()
        self.saved.emit(done)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field in self.body.editors:
            self.body.show_problems({error.field: message(error)})
            if error.code == "casualty.name_differs":
                self.ask_why()
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
        typed = {**self.body.raw(), **self._filled} != {**self._before, **self._filled}
        if typed and not ask(self, "入力した内容を捨てますか？", "まだ保存していません。", yes="捨てて閉じる", no="入力に戻る"):
            return
        super().reject()
