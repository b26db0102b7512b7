"""Somebody registered may be the person who came: both side by side, and the clerk says which. The machine never decides."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.presentation.columns.evacuee import status_text, stay_text
from app.ui import theme
from app.ui.icons import IconLabel
from app.ui.reception.family import Candidate
from app.ui.reception.fitting import FittedDialog
from app.ui.widgets.side_by_side import SideBySide, compare, side_of
from app.ui.widgets.text import button, column, frame, heading, row, text
from app.usecases.reception import Encounter

SAME, DIFFERENT, PENDING = "same", "different", "pending"


class EncounterDialog(FittedDialog):
    """``decided`` carries same, different or pending; Esc decides nothing."""

    decided = Signal(str)

    def __init__(self, parent: QWidget, candidate: Candidate, met: Encounter, *, shelter: str, here: bool) -> None:
        super().__init__(parent)
        self.setWindowTitle("同じ人かどうかの確認")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(820)
        self.choices: dict[str, QWidget] = {}
        name = candidate.name or candidate.kana
        top = row(IconLabel("warning", tint="warn", size=30), heading(_question(name, met)), spacing=12)
        top.setStretch(1, 1)
        body = column(top, text(_fact(met), role="lead"), compare_grid(candidate, met), spacing=12, margins=(24, 20, 24, 14))
        for key, code, words, detail in _answers(met, shelter, here):
            choice = button(f"{key}　{words}\n　　{detail}", role="choice")
            choice.setAccessibleName(f"{words}。{detail}")
            choice.setMinimumHeight(theme.current().px(60))
            choice.clicked.connect(lambda _=False, code=code: self._decide(code))
            self.choices[code] = choice
            body.addWidget(choice)
        back = button("受付の画面に戻る（Esc）")
        back.clicked.connect(self.reject)
        hint = text("数字のキーで選べます。統合はせず、記録はどれも残ります。", role="note", wrap=False)
        footer = frame("footer", row(hint, 1, back, margins=(20, 10, 20, 10)))
        self.lay_out(body, footer)
        next(iter(self.choices.values())).setFocus()

    def _decide(self, code: str) -> None:
        self.accept()
        self.decided.emit(code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1, 2, 3 choose; arrows move; Enter takes what has the focus."""
        codes = list(self.choices)
        if event.text() in ("1", "2", "3"):
            self._decide(codes[int(event.text()) - 1])
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.focusWidget() in self.choices.values():
            self.focusWidget().click()
        else:
            super().keyPressEvent(event)


def _question(name: str, met: Encounter) -> str:
    if met.same_resident:
        return f"{name} さんは、別の避難所に入所中です"
    return f"{name} さんと同じ氏名・生年月日の人が登録されています"


def _fact(met: Encounter) -> str:
    if met.stay is not None:
        return f"{met.hit.number}　{stay_text(met.stay)}"
    return f"{met.hit.number}　{status_text(met.hit)}"


def _answers(met: Encounter, shelter: str, here: bool) -> list[tuple[str, str, str, str]]:
    if met.stay is not None and not here:
        same = ("転所（同じ人）", f"前の避難所を退所し、{shelter}に入所します。")
    elif here:
        same = ("同じ人", "すでにここに入所しています。二重には登録しません。")
    else:
        same = ("同じ人", f"前の登録を使って、{shelter}に入所します。")
    kept = "両方の入所を残し、「確認待ち」の印を付けます。" if met.same_resident else "別々に登録し、「重複の確認」に出します。"
    return [
        ("1", SAME, *same),
        ("2", DIFFERENT, "別の人", "登録されている人には触れず、新しい人として入所します。"),
        ("3", PENDING, "同じ人かもしれない・両方残す", f"{kept}あとで決められます。"),
    ]


def compare_grid(candidate: Candidate, met: Encounter) -> QWidget:
    """Who came beside who is registered; what differs is marked in words and colour."""
    return SideBySide(("いま来た人", f"登録されている人（{met.hit.number}）"), compare(side_of(candidate), side_of(met.hit)))
