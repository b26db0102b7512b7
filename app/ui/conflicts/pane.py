"""One conflict: what each side says, who said it where and when and why, and what stood there before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QWidget

from app.presentation.columns.texts import moment_long
from app.presentation.conflict_words import (
    Names,
    before_words,
    can_join,
    explain,
    fields_words,
    is_deletion,
    record_words,
    shown_fields,
    side_words,
)
from app.presentation.forms.conflict import can_type
from app.presentation.labels import field_label
from app.ui import ime, theme
from app.ui.widgets.flow import flow
from app.ui.widgets.text import Button, badge, button, column, heading, note, row, rule, text
from app.usecases.exchange_rows import ConflictSide, ConflictView

_MOST = 8
LETTERS = "ABCDEFGH"


class ConflictPane(QWidget):
    """``taken`` carries a letter or ``both``; ``typed`` asks for a value of one's own; ``put_off`` and ``opened`` (the record)."""

    taken = Signal(str)
    typed = Signal()
    put_off = Signal()
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.view: ConflictView | None = None
        self.who, self.what, self.lead = heading(""), text("", role="field"), note("")
        self._holder = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        self._holder.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("理由（なくてもよい）　例：本人に電話で確かめた")
        self.reason.setAccessibleName("理由")
        ime.prepare(self.reason, "hiragana")
        self.side_buttons: list[Button] = []
        for letter in LETTERS:
            made = button(f"{letter} にする（{letter}）", role="primary" if letter in "AB" else "")
            made.clicked.connect(lambda _=False, letter=letter: self.taken.emit(letter))
            self.side_buttons.append(made)
        self.both_button = button("両方を残す（W）", icon="plus")
        self.both_button.clicked.connect(lambda: self.taken.emit("both"))
        self.type_button = button("別の値を入れる…（E）", icon="edit")
        self.type_button.clicked.connect(self.typed)
        self.later_button = button("後で（S）", icon="clock")
        self.later_button.clicked.connect(self.put_off)
        self.open_button = button("記録を開く（O）", icon="user")
        self.open_button.clicked.connect(self.opened)
        head = row(column(self.who, self.what, spacing=2), self.open_button, spacing=8)
        head.setStretch(0, 1)
        acts = flow(*self.side_buttons, self.both_button, self.type_button, self.later_button, spacing=8)
        whole = column(head, self.lead, self._holder, self.reason, acts, spacing=8, margins=(14, 0, 0, 0))
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def show_view(self, view: ConflictView, names: Names, *, state: str = "", may: bool = True) -> None:
        """Show a conflict; decided ones and those of others can only be looked at."""
        self.view = view
        self.who.setText(view.title or record_words(view))
        told = {"settled": "　✓ 決めました", "later": "　後で決める"}.get(state, "")
        self.what.setText(f"{record_words(view)}　{fields_words(view)}{told}")
        self.lead.setText(explain(view))
        self._holder.setWidget(self._grid(view, names))
        waits = may and state != "settled" and not view.owned
        for place, made in enumerate(self.side_buttons):
            made.setVisible(place < len(view.sides))
            made.setEnabled(waits and place < len(view.sides))
            if place < len(view.sides):
                made.setText(self._act_words(view, view.sides[place]))
        self.both_button.setVisible(can_join(view))
        self.both_button.setEnabled(waits)
        self.type_button.setVisible(can_type(view))
        self.type_button.setEnabled(waits)
        self.later_button.setEnabled(state != "settled")
        self.reason.setEnabled(waits)
        self.setAccessibleName(f"{self.who.text()} {self.what.text()}")

    @staticmethod
    def _act_words(view: ConflictView, side: ConflictSide) -> str:
        if is_deletion(view):
            return f"{side.letter} 取り消す（{side.letter}）" if side.deleted else f"{side.letter} 残す（{side.letter}）"
        return f"{side.letter} にする（{side.letter}）"

    def _grid(self, view: ConflictView, names: Names) -> QWidget:
        inner = QWidget()
        inner.setProperty("role", "scroll")
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 4, 8, 4)
        grid.setHorizontalSpacing(theme.current().px(16))
        grid.setVerticalSpacing(theme.current().px(7))
        sides = view.sides[:_MOST]
        for place, side in enumerate(sides):
            grid.addLayout(self._head(side), 0, place + 2)
        grid.addWidget(rule(), 1, 0, 1, len(sides) + 2)
        before = [before_words(view, field, names) for field in shown_fields(view)]
        if any(before):
            grid.addWidget(text("前の値", role="field", wrap=False), 0, 1, Qt.AlignmentFlag.AlignBottom)
        for line, field in enumerate(shown_fields(view)):
            self._line(grid, line + 2, view, field, before[line], names)
        for place in range(len(sides)):
            grid.setColumnStretch(place + 2, 3)
        grid.setColumnStretch(1, 2 if any(before) else 0)
        grid.setRowStretch(len(before) + 2, 1)
        return inner

    def _line(self, grid: QGridLayout, line: int, view: ConflictView, field: str, before: str, names: Names) -> None:
        said = [side_words(view, side, field, names) for side in view.sides[:_MOST]]
        disputed = field in view.fields and len(set(said)) > 1
        grid.addWidget(_cell(field_label(view.kind, field) if field != "deleted" else "記録", role="field"), line, 0)
        grid.addWidget(_cell(before, role="note"), line, 1)
        for place, words in enumerate(said):
            grid.addWidget(_cell(words, role="section" if disputed else ""), line, place + 2)

    @staticmethod
    def _head(side: ConflictSide) -> QWidget | object:
        place = " ".join(part for part in (side.site, f"（{side.device}）" if side.device else "") if part) or "拠点不明"
        lines: Sequence[QLabel] = [text(f"{moment_long(side.at)}　{side.by}", role="note")]
        if side.reason:
            lines = [*lines, text(f"理由：{side.reason}", role="note")]
        return column(row(badge(side.letter, tone="info"), text(place, role="section"), 1, spacing=8), *lines, 1, spacing=2)


def _cell(words: str, *, role: str = "") -> QLabel:
    made = text(words, role=role)
    made.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return made
