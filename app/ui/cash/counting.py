"""Counting a box by notes and coins: sums as one types, the difference in large letters, a reason where it is not 0."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QGridLayout, QLineEdit, QWidget

from app.domain.errors import RuleViolation
from app.domain.voucher_rules import DENOMINATIONS
from app.presentation.labels import label
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.ui import faults, ime, theme
from app.ui.page import Shell
from app.ui.surveys.asking import labelled
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import button, column, frame, heading, note, restyle, row, text
from app.usecases import cash_boxes
from app.usecases.cash_rows import BoxRow

_LEADS = {
    "open": "始める前に、金庫の中を金種ごとに数えます。帳簿と違うときは、理由を書いて記録します。",
    "close": "終わったら、金庫の中を金種ごとに数えます。帳簿と違うときは、数え直し、それでも違えば理由を書きます。",
    "in": "本部などから受け取った現金を入れます。2人の名前を残します。",
    "out": "金庫から現金を出して本部へ戻します。2人の名前を残します。",
}
_MOST = 99_999


class PiecesField(QLineEdit):
    """So many notes or coins: digits only, empty is none."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setValidator(QIntValidator(0, _MOST, self))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        ime.prepare(self, "digits")

    def value(self) -> int:
        """The number."""
        return int(self.text() or 0)

    def set_value(self, count: int) -> None:
        """Show a number."""
        self.setText(str(count) if count else "")


class CountDialog(QDialog):
    """``counted`` carries the ``Counted``. Ctrl+Enter keeps it, Esc leaves."""

    counted = Signal(object)

    def __init__(self, parent: QWidget | None, shell: Shell, *, box: BoxRow, kind: str) -> None:
        super().__init__(parent)
        self.shell, self._box, self._kind = shell, box, kind
        self._counts = kind in ("open", "close")
        word = f"{box.box.name}：{label('cash_count.kind', kind)}" + ("の確認" if self._counts else "")
        self.setWindowTitle(word)
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        self.setMinimumWidth(theme.current().px(640))
        self.banner = Banner()
        self.banner.hide()
        self.pieces: dict[int, PiecesField] = {}
        self._amounts: dict[int, Any] = {}
        self.total = text("", role="display", wrap=False)
        self.difference = text("", role="heading", wrap=False)
        self.explanation, self.second = QLineEdit(), QLineEdit()
        self.second.setPlaceholderText("立ち会った人の氏名")
        for line in (self.explanation, self.second):
            ime.prepare(line, "hiragana")
        self.save_button = button("記録する（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.clicked.connect(lambda _=False: self.save())
        self.leave_button = button("やめる（Esc）")
        self.leave_button.clicked.connect(lambda _=False: self.reject())
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.save)
        self._lay_out(word)
        self._sum()
        self.pieces[DENOMINATIONS[0]].setFocus()
        self.pieces[DENOMINATIONS[0]].selectAll()

    def _lay_out(self, word: str) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for place, one in enumerate(DENOMINATIONS):
            at, side = place % 5, place // 5 * 4
            box = PiecesField(f"{one}円の枚数")
            box.setFixedWidth(theme.current().px(86))
            box.textChanged.connect(lambda _: self._sum())
            box.returnPressed.connect(self.focusNextChild)
            amount = text("", role="section", wrap=False)
            amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            amount.setMinimumWidth(theme.current().px(96))
            name = text(f"{one:,}円", role="field", wrap=False)
            name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, at, side)
            grid.addWidget(box, at, side + 1)
            grid.addWidget(amount, at, side + 2)
            self.pieces[one], self._amounts[one] = box, amount
        grid.setColumnMinimumWidth(3, theme.current().px(18))
        sums = row(text("合計", role="field", wrap=False), self.total, 1, self.difference, spacing=12)
        asked = row(labelled("理由" if self._counts else "摘要", self.explanation), labelled("立ち会った人", self.second), spacing=12)
        asked.setStretch(0, 3)
        asked.setStretch(1, 2)
        body = column(heading(word), note(_LEADS[self._kind]), self.banner, grid, sums, asked, 1, spacing=12, margins=(24, 18, 24, 14))
        foot = row(1, self.leave_button, self.save_button, margins=(20, 10, 20, 10))
        whole = column(body, frame("footer", foot), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def read(self) -> dict[int, int]:
        """Pieces by denomination, those that are there."""
        return {one: box.value() for one, box in self.pieces.items() if box.value()}

    def _sum(self) -> None:
        total = sum(one * count for one, count in self.read().items())
        for one, box in self.pieces.items():
            self._amounts[one].setText(yen(one * box.value()) if box.value() else "")
        self.total.setText(yen(total))
        if not self._counts:
            left = self._box.balance + (total if self._kind == "in" else -total)
            self.difference.setText(f"帳簿の残高 {yen(self._box.balance)} → {yen(left)}")
            return
        found = total - self._box.balance
        self.difference.setText(f"帳簿 {yen(self._box.balance)}　" + (f"過不足 {yen(found)}" if found else "合っています"))
        restyle(self.difference, role="heading", tone="bad" if found else "good")

    def save(self) -> None:
        """Keep it; a difference without a reason is asked about."""
        ctx, box_id, kind, pieces = self.shell.context, self._box.box.id, self._kind, self.read()
        why, second = self.explanation.text(), self.second.text()

        def act(_: Any) -> Any:
            if kind in ("in", "out"):
                return cash_boxes.move_money(ctx, box_id=box_id, kind=kind, pieces=pieces, second=second, explanation=why)
            return cash_boxes.count_box(ctx, box_id=box_id, kind=kind, pieces=pieces, explanation=why, second=second)

        self.save_button.setEnabled(False)
        work = self.shell.runner.write(act, parent=self, label="window.saving")
        work.finished(lambda: self.save_button.setEnabled(True)).success(self._done).failure(self._failed).start()

    def _done(self, done: Any) -> None:
        self.counted.emit(done)
        self.accept()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
            {"explanation": self.explanation, "second": self.second}.get(error.field or "", self.pieces[DENOMINATIONS[0]]).setFocus()
        else:
            faults.show(self, error)
