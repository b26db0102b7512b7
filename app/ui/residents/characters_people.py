"""Who has a character in their name, reading or address."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QWidget

from app.presentation.columns.character import BEARERS
from app.ui import theme
from app.ui.page import Shell
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases.characters import CharacterUse
from app.usecases.rows import ResidentView, SearchHit


class BearersDialog(QDialog):
    """The first of them. Enter opens the file of an evacuee, and the list at a resident."""

    def __init__(self, parent: QWidget, shell: Shell, use: CharacterUse, found: Sequence[ResidentView | SearchHit]) -> None:
        super().__init__(parent)
        self._shell = shell
        self.setWindowTitle("この字のある人")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.table = Table(BEARERS, name="この字のある人", preferences=shell.preferences, many=False)
        self.table.show_rows(found)
        self.table.opened.connect(lambda _: self._open())
        open_button = button("開く（Enter）", icon="user")
        open_button.clicked.connect(self._open)
        close = button("閉じる（Esc）", role="primary")
        close.clicked.connect(self.reject)
        rest = use.people - len(found)
        told = f"このうち{len(found):,}人を示しています。" if rest > 0 else ""
        body = column(
            heading(f"「{use.text}」（{use.code}）のある人　住民 {use.residents:,}人・避難者 {use.persons:,}人"),
            note(f"{told}氏名・フリガナ・住所のどれかにこの字があります。見たことは記録に残りました。"),
            self.table, spacing=8, margins=(22, 16, 22, 12),
        )  # fmt: skip
        body.setStretch(2, 1)
        whole = column(body, frame("footer", row(open_button, 1, close, margins=(20, 10, 20, 10))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        px = theme.current().px
        self.resize(QSize(px(1000), px(460)).boundedTo(parent.window().size() - QSize(40, 40)))
        self.table.focus_first()

    def _open(self) -> None:
        chosen = self.table.current_row()
        if chosen is None:
            return
        self.accept()
        if isinstance(chosen, ResidentView):
            self._shell.go("residents", tab="list", text=chosen.kana or chosen.name)
        else:
            self._shell.go("evacuees", person_id=chosen.id)
