"""The card of one voucher at the desk: who, how much, how identity was checked, who takes it, from which box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFrame, QGridLayout, QLineEdit, QRadioButton, QSizePolicy

from app.domain.payments import IDENTIFIED
from app.domain.voucher_rules import split_amount
from app.presentation.cash_values import pieces_text
from app.presentation.columns.texts import birth_era
from app.presentation.labels import label
from app.presentation.yen_words import yen, yen_words
from app.ui import ime, theme
from app.ui.page import Shell
from app.ui.surveys.asking import labelled
from app.ui.widgets.text import button, column, frame, heading, restyle, row, text
from app.usecases.cash_rows import BoxRow, VoucherRow

_ASKED = tuple(code for code in IDENTIFIED if code not in ("voucher", "none"))
"""The paper alone is not enough at the window: somebody may have found it. Nor is nothing."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the clerk entered."""

    identified: str
    received_by: str
    relation: str
    box_id: str


class PayCard(QFrame):
    """``agreed`` to pay (F8, and F8 once more), ``left`` without (Esc). 1–8 choose how identity was checked unless letters are being typed.

    Paying takes a key that no scanner sends, twice: the next paper scanned too early begins a search (``scanned``), it never pays.
    """

    agreed = Signal()
    scanned = Signal(str)
    left = Signal()
    shown = Signal(bool)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.row: VoucherRow | None = None
        self.setProperty("role", "banner")
        self.name = text("", role="display")
        self.kana = text("", role="lead", wrap=False)
        self.facts = text("", role="lead")
        self.amount = text("", role="amount", wrap=False)
        self.words = text("", role="note", wrap=False)
        self.state = text("", role="heading")
        self.hand_out = text("", role="section")
        self.problem = text("", role="problem")
        self.choices = QButtonGroup(self)
        self.taker, self.relation = QLineEdit(), QLineEdit()
        for line, name, hint in (
            (self.taker, "代わりに受け取る人", "本人なら空のまま"),
            (self.relation, "受取人との関係", "例：妻、子、成年後見人"),
        ):
            line.setAccessibleName(name)
            line.setPlaceholderText(hint)
            ime.prepare(line, "hiragana")
        self.box = QComboBox()
        self.box.setAccessibleName("金庫")
        self.pay_button = button("支払う（F8）", role="primary", icon="check")
        self.pay_button.clicked.connect(lambda _=False: self._agree())
        self.leave_button = button("はじめから（Esc）", icon="undo")
        self.leave_button.clicked.connect(lambda _=False: self.left.emit())
        self._armed = False
        keys = QShortcut(QKeySequence("F8"), self, self._agree, context=Qt.ShortcutContext.WindowShortcut)
        keys.setAutoRepeat(False)
        self.choices.idClicked.connect(lambda _: self._disarm())
        for line in (self.taker, self.relation):
            line.textEdited.connect(lambda _: self._disarm())
        self.box.activated.connect(lambda _: self._disarm())
        self._lay_out()
        self.clear()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(10)
        for place, code in enumerate(_ASKED):
            made = QRadioButton(f"{place + 1}　{label('identified', code)}")
            made.setAccessibleName(label("identified", code))
            self.choices.addButton(made, place)
            grid.addWidget(made, place % 4, place // 4)
        left = column(self.name, self.kana, self.facts, 1, spacing=4)
        right = column(self.amount, self.words, spacing=0)
        for part in (self.amount, self.words):
            right.setAlignment(part, Qt.AlignmentFlag.AlignRight)
        top = row(left, right, spacing=18)
        top.setStretch(0, 1)
        taker = column(labelled("代わりに受け取る人", self.taker), labelled("受取人との関係", self.relation), spacing=6)
        box = column(labelled("金庫", self.box), 1, spacing=6)
        self.box.setMinimumWidth(theme.current().px(150))
        asked = row(column(heading("本人をどう確かめましたか"), grid, 1, spacing=10), taker, box, spacing=22)
        asked.setStretch(0, 3)
        asked.setStretch(1, 2)
        self.asked = frame("well", asked)
        asked.setContentsMargins(16, 14, 16, 14)
        acts = row(column(self.hand_out, self.problem, spacing=0), self.leave_button, self.pay_button, spacing=8)
        acts.setStretch(0, 1)
        self.setLayout(column(self.state, top, self.asked, acts, spacing=14, margins=(22, 18, 22, 18)))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    # -- showing

    def clear(self) -> None:
        """Nobody is at the desk."""
        self.row = None
        self.hide()
        self.shown.emit(False)

    def show_boxes(self, boxes: Sequence[BoxRow]) -> None:
        """The boxes to pay from; the one chosen stays."""
        kept = self.box.currentData()
        self.box.clear()
        for one in boxes:
            self.box.addItem(f"{one.box.name}（{yen(one.balance)}）", one.box.id)
        if not boxes:
            self.box.addItem("金庫を使わない", "")
        self.box.setCurrentIndex(max(0, self.box.findData(kept)))
        self.box.setEnabled(len(boxes) > 1)

    def show_payable(self, row: VoucherRow) -> None:
        """A voucher that may be paid here: everything is asked anew for each."""
        self._show(row)
        restyle(self, tone="info")
        self.state.hide()
        self.choices.setExclusive(False)
        for one in self.choices.buttons():
            one.setChecked(False)
        self.choices.setExclusive(True)
        self.taker.clear()
        self.relation.clear()
        self.problem.setText("")
        self.asked.show()
        self.pay_button.show()
        self.hand_out.setText(self.pieces())
        self._disarm()
        self._appear()
        self.choices.button(0).setFocus()

    def show_refused(self, row: VoucherRow, why: str) -> None:
        """A voucher that must not be paid here, and why."""
        self._show(row)
        restyle(self, tone="bad")
        self.state.setText(f"支払えません：{why}")
        self.state.show()
        self.problem.setText("")
        self.asked.hide()
        self.pay_button.hide()
        self.hand_out.setText("")
        self._armed = False
        self.row = None
        self._appear()

    def _appear(self) -> None:
        self.show()
        self.shown.emit(True)

    def _show(self, row: VoucherRow) -> None:
        self.row = row
        self.name.setText(row.name or row.kana or "（氏名なし）")
        self.kana.setText(f"{row.kana}　引換券 {row.number}")
        facts = (birth_era(row.birth), row.address, row.title)
        self.facts.setText("　".join(part for part in facts if part))
        self.amount.setText(yen(row.amount))
        self.words.setText(yen_words(row.amount))
        self.setAccessibleName(f"{row.name} {yen(row.amount)}")

    def set_busy(self, busy: bool) -> None:
        """No second press while it is being paid."""
        self.pay_button.setEnabled(not busy)

    def pieces(self) -> str:
        """The notes to hand out."""
        return f"お渡しする現金：{pieces_text(split_amount(self.row.amount))}" if self.row is not None else ""

    # -- reading

    def read(self) -> Chosen | None:
        """What was entered, or None with what is missing said."""
        place = self.choices.checkedId()
        if place < 0:
            self.show_problem("identified", "本人をどう確かめたかを、1〜8で選んでください。")
            return None
        taker, relation = self.taker.text().strip(), self.relation.text().strip()
        if taker and not relation:
            self.show_problem("relation", "受取人との関係を入れてください。")
            return None
        return Chosen(_ASKED[place], taker, relation, str(self.box.currentData() or ""))

    def show_problem(self, field: str, words: str) -> None:
        """What is missing, and the keyboard there."""
        self.problem.setText(words)
        {"relation": self.relation, "box": self.box}.get(field, self.choices.button(0)).setFocus()

    def identify(self, place: int) -> None:
        """Identity was checked in this way (from 0)."""
        self.choices.button(place).setChecked(True)
        self.problem.setText("")
        self._disarm()
        self.pay_button.setFocus()

    def _disarm(self) -> None:
        """The next F8 only asks."""
        self._armed = False
        if self.row is not None:
            self.pay_button.setText(f"{yen(self.row.amount)}を支払う（F8）")

    def _agree(self) -> None:
        """The first time shows what will be done, the second time does it."""
        if self.row is None or not self.isVisible() or not self.pay_button.isEnabled() or self.read() is None:
            return
        if self._armed:
            self._disarm()
            self.agreed.emit()
            return
        self._armed = True
        self.problem.setText("")
        self.pay_button.setText(f"現金を渡しました：{yen(self.row.amount)}（もう一度 F8）")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose, Esc leaves; any other letter is the beginning of the next scan."""
        digit = event.key() - Qt.Key.Key_1
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif self.row is not None and 0 <= digit < len(_ASKED) and not (self.taker.hasFocus() or self.relation.hasFocus()):
            self.identify(digit)
        elif event.text().isprintable() and event.text().strip() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.scanned.emit(event.text())
        else:
            super().keyPressEvent(event)
