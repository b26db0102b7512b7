"""The second look at accounts: one after the other by keyboard, the passbook on the left, what was typed on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from app.domain.errors import StaleRecord
from app.presentation.account_words import comparison_words, kana_words, warning_words
from app.presentation.forms.payee import REFUSE
from app.presentation.labels import label
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.relief.account_photo import PassbookPicture
from app.ui.surveys.asking import open_form
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.text import button, column, frame, heading, note, restyle, row, text
from app.usecases import accounts
from app.usecases.payee_rows import AccountFile

_ROWS = (
    ("who", "受取人"),
    ("kana", "フリガナ"),
    ("place", "金融機関・支店"),
    ("number", "種目・口座番号"),
    ("holder", "口座名義（カナ）"),
    ("symbol", "記号・番号"),
)
_SAID_BESIDE = ("account.holder_differs", "account.holder_spelling", "account.kana_unknown")


class AccountCheckDialog(QDialog):
    """``done`` when it closes, with how many were accepted and refused. A 合っている, X 誤り, → the next, ← the one before."""

    done_checking = Signal(int, int)

    def __init__(self, parent: QWidget, shell: Shell, *, account_ids: Sequence[str]) -> None:
        super().__init__(parent)
        self.shell, self._ids, self.place = shell, list(account_ids), 0
        self.accepted_count = self.refused_count = 0
        self.file: AccountFile | None = None
        self._answers: dict[str, str] = {}
        self.setWindowTitle("口座の確認")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.picture = PassbookPicture(shell, editable=False)
        self.count = text("", role="note", wrap=False)
        self.banner = Banner()
        self.banner.hide()
        self.shown = {key: text("", role="mono" if key in ("number", "holder", "symbol") else "section") for key, _ in _ROWS}
        self.comparison = text("", role="note")
        self.kana = note("")
        self.looks = text("", role="note")
        restyle(self.looks, tone="warn")
        self.entered = note("")
        self._make_buttons()
        self._lay_out()
        self.show_account()

    def _make_buttons(self) -> None:
        self.accept_button = button("合っている（A）", role="primary", icon="check")
        self.refuse_button = button("違う…（X）", icon="close")
        self.back_button = button("前へ（←）", icon="chevron-left")
        self.next_button = button("後で・次へ（→）", icon="chevron-right")
        for made, act, keys in (
            (self.accept_button, self.accept_account, ("A",)), (self.refuse_button, self.refuse, ("X",)),
            (self.back_button, lambda: self.go(-1), ("Left", "PgUp")), (self.next_button, lambda: self.go(1), ("Right", "PgDown")),
        ):  # fmt: skip
            made.clicked.connect(lambda _=False, act=act: act())
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            for key in keys:
                QShortcut(QKeySequence(key), self, lambda made=made, act=act: made.isEnabled() and act())

    def _lay_out(self) -> None:
        look, room = theme.current(), self.screen().availableGeometry()
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(14))
        grid.setVerticalSpacing(look.px(10))
        grid.setColumnStretch(1, 1)
        for place, (key, words) in enumerate(_ROWS):
            grid.addWidget(text(words, role="field", wrap=False), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self.shown[key], place, 1)
        right = QWidget()
        right.setLayout(column(grid, self.comparison, self.kana, self.looks, 1, self.entered, spacing=10))
        both = row(self.picture, right, spacing=20)
        both.setStretch(0, 5)
        both.setStretch(1, 6)
        upper = column(row(heading("口座の確認"), 1, self.count), self.banner, both, spacing=8, margins=(22, 14, 22, 8))
        upper.setStretch(2, 1)
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        leave.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        hints = KeyHints([("A", "合っている"), ("X", "違う"), ("←→", "前後")])
        feet = row(hints, 1, leave, self.back_button, self.next_button, self.refuse_button, self.accept_button, margins=(20, 8, 20, 8))
        whole = column(upper, frame("footer", feet), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.resize(min(look.px(1080), room.width() - 16), min(look.px(600), room.height() - 30))

    @property
    def account_id(self) -> str:
        """The one in sight."""
        return self._ids[self.place]

    def go(self, step: int) -> None:
        """So many further."""
        there = self.place + step
        if 0 <= there < len(self._ids):
            self.place = there
            self.show_account()

    def show_account(self) -> None:
        """Fetch and show the one at hand."""
        self.file = None
        self._enable()
        self.count.setText(f"{self.place + 1:,} ／ {len(self._ids):,}件　確認 {self.accepted_count:,}　誤り {self.refused_count:,}")
        ctx, wanted = self.shell.context, self.account_id
        read = self.shell.runner.read(lambda: accounts.open_account(ctx, account_id=wanted), parent=self, latest="account.check")
        read.success(self._show).failure(lambda error: self.banner.show_message(message(error), tone="bad")).start()
        self.picture.show_account(wanted)

    def _show(self, file: AccountFile) -> None:
        self.file = file
        one = file.account
        told = {
            "who": f"{file.payee.name}（{label('payee.role', file.payee.role)}）", "kana": file.payee.kana or "（なし）",
            "place": f"{one.bank} {one.bank_name or '（一覧になし）'}　{one.branch} {one.branch_name or '（一覧になし）'}",
            "number": f"{label('payee_account.kind', one.kind)}　{one.number}", "holder": one.holder,
            "symbol": "-".join(filter(None, (one.symbol, one.symbol_no))) or "―",
        }  # fmt: skip
        for key, words in told.items():
            self.shown[key].setText(words)
        codes = [code for code, _ in file.warnings]
        beside = next((code for code in codes if code in _SAID_BESIDE), "")
        self.comparison.setText(comparison_words(beside, holder=file.legal, kana=file.payee.kana))
        restyle(self.comparison, tone="warn" if beside else "good")
        self.kana.setText(kana_words(file))
        looks = [line for code, line in zip(codes, warning_words(file), strict=True) if code not in (*_SAID_BESIDE, "account.kana_long")]
        self.looks.setText("\n".join(f"⚠ {line}" for line in looks))
        self.entered.setText(
            f"入力：{file.entered_by or '―'}　一覧：{one.list_day or '―'} 現在" + (f"　理由：{one.reason}" if one.reason else "")
        )
        answered = self._answers.get(one.id, "")
        own = one.state == "entered" and not file.may_check
        self.banner.show_message(answered or (message("account.same_person") if own else ""), tone="info" if answered else "warn")
        self._enable()

    def _enable(self) -> None:
        may = self.file is not None and self.file.may_check and self.file.account.state == "entered"
        self.accept_button.setEnabled(may)
        self.refuse_button.setEnabled(may)
        self.back_button.setEnabled(self.place > 0)
        self.next_button.setEnabled(self.place < len(self._ids) - 1)

    def accept_account(self) -> None:
        """The passbook says the same."""
        if self.file is None or not self.accept_button.isEnabled():
            return
        ctx, one = self.shell.context, self.file.account
        self.accept_button.setEnabled(False)
        work = self.shell.runner.write(
            lambda _: accounts.check_account(ctx, account_id=one.id, accept=True, version=one.version), parent=self, label="window.saving"
        )
        work.success(lambda _: self._answered(one.id, "確認しました。", good=True)).failure(self._fail).start()

    def refuse(self) -> FormDialog | None:
        """It says something else: what, in words."""
        if self.file is None or not self.refuse_button.isEnabled():
            return None
        ctx, one = self.shell.context, self.file.account
        return open_form(
            self, self.shell, REFUSE,
            lambda values: accounts.check_account(ctx, account_id=one.id, accept=False, note=values["note"], version=one.version),
            then=lambda _: self._answered(one.id, "誤りとして戻しました。", good=False), lead=f"{self.file.payee.name}　{one.number}",
        )  # fmt: skip

    def _answered(self, account_id: str, words: str, *, good: bool) -> None:
        self._answers[account_id] = words
        self.accepted_count += good
        self.refused_count += not good
        if self.place < len(self._ids) - 1:
            self.go(1)
        else:
            self.show_account()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, StaleRecord):
            self.banner.show_message("ほかの人がこの口座を直しました。いまの内容を見直してください。", tone="warn")
            self.show_account()
        elif hasattr(error, "code"):
            self.banner.show_message(message(error), tone="bad")
            self._enable()
        else:
            faults.show(self, error)

    def reject(self) -> None:
        """Leave; what was answered is kept."""
        super().reject()
        self.done_checking.emit(self.accepted_count, self.refused_count)
