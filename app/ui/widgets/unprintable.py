"""Before anything is printed: whose characters nothing can draw, and what would be written instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.characters import CharacterProblem
from app.presentation.columns.character import PROBLEMS
from app.ui import theme
from app.ui.icons import IconLabel
from app.ui.page import Shell
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text


class UnprintableDialog(QDialog):
    """``accepted_with`` is emitted when substitutes shall be written; Esc prints nothing. ``rest`` says what becomes of characters without one.

    ``where`` gives the word for a place (a heading is one already).
    """

    accepted_with = Signal()

    def __init__(
        self, parent: QWidget, shell: Shell, problems: Sequence[CharacterProblem], *, rest: str, where: Callable[[str], str] = str
    ) -> None:
        super().__init__(parent)
        self._shell = shell
        self.setWindowTitle("印刷できない文字")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.problems = [replace(found, where=where(found.where)) for found in problems]
        people, letters = len({found.person_id for found in problems}), len({found.text for found in problems})
        without = [found for found in problems if not found.substitute]
        self.table = Table(PROBLEMS, name="印刷できない文字", preferences=shell.preferences, many=False)
        self.table.show_rows(self.problems, key=id)
        self.table.setMinimumHeight(theme.current().px(150))
        top = row(
            IconLabel("warning", tint="warn", size=28),
            heading(f"{people:,}人の {letters:,}字は、このパソコンに字形がありません"),
            spacing=12,
        )
        top.setStretch(1, 1)
        told = "代わりの字で作ると、その字に灰色の地と下線を付け、縮退文字（本来の字の代わり）であることを紙に書きます。台帳の氏名は変わりません。"
        body = column(top, text(told), self.table, spacing=10, margins=(24, 18, 24, 14))
        if without:
            lost = f"代わりの字もないもの {len({found.text for found in without}):,}字：{rest}"
            body.addWidget(text(lost, role="problem"))
        body.addWidget(note("字形そのものを印刷するには、住民データの「文字」で画像かフォントを登録します。"))
        body.setStretch(2, 1)
        self.use_button = button("代わりの字で作る（Ctrl+Enter）", role="primary", icon="print")
        self.use_button.setEnabled(len(without) < len(problems))
        self.use_button.clicked.connect(self._use)
        self.settle_button = button("「文字」で登録する", icon="edit")
        self.settle_button.clicked.connect(self._settle)
        self.cancel_button = button("やめる（Esc）")
        self.cancel_button.clicked.connect(self.reject)
        footer = frame("footer", row(self.settle_button, 1, self.cancel_button, self.use_button, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._use)
        px, room = theme.current().px, self.screen().availableGeometry().size()
        self.resize(QSize(px(820), px(470)).boundedTo(room - QSize(40, 60)))
        self.cancel_button.setFocus()

    def _use(self) -> None:
        if self.use_button.isEnabled():
            self.accept()
            self.accepted_with.emit()

    def _settle(self) -> None:
        """To the page where they are registered; what was being printed is left."""
        self.reject()
        parent = self.parentWidget()
        if isinstance(parent, QDialog):
            parent.reject()
        self._shell.go("residents", tab="characters")
