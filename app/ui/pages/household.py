"""A household of the resident data, as it was imported."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.words import find_code
from app.presentation.columns.resident import RESIDENTS
from app.presentation.columns.spec import ColumnSet
from app.ui import theme
from app.ui.page import Shell
from app.ui.relief.household_way import show_received
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases.rows import ResidentView

_SHOWN = ("name", "kana", "birth", "sex", "relation", "address", "phone", "resident_no", "state", "protected")


class HouseholdDialog(QDialog):
    """Everyone of the household. Looking at it is in the access log already. Enter goes to the evacuee's file, if there is one."""

    def __init__(self, parent: QWidget | None, shell: Shell, members: Sequence[ResidentView]) -> None:
        super().__init__(parent)
        self._shell, self._members = shell, members
        first = members[0]
        self.setWindowTitle("世帯")
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        columns: ColumnSet[ResidentView] = ColumnSet(key="household", columns=tuple(RESIDENTS.column(key) for key in _SHOWN))
        self.table = Table(columns, name="世帯の人", preferences=shell.preferences, many=False)
        self.table.show_rows(members)
        self.table.opened.connect(lambda _: self._open())
        self.table.chosen.connect(lambda _: self._enable())
        self.file_button = button("避難者の記録を開く（Enter）", icon="user")
        self.file_button.clicked.connect(self._open)
        self.money_button = button("支援金…", icon="relief", tip="この世帯が受け取ったものと、まだのもの")
        self.money_button.clicked.connect(self._show_received)
        close = button("閉じる（Esc）", role="primary")
        close.clicked.connect(self.accept)
        number = f"世帯番号 {first.household_no}　" if first.household_no else ""
        body = column(
            heading(f"{first.name or first.kana} の世帯（{len(members)}人）"),
            note(f"{number}{first.address or '住所は表示しません（支援措置）' if first.protected else first.address}"),
            self.table,
            note("取り込んだときの内容です。ここでは直せません。この世帯を見たことは記録に残りました。"),
            spacing=8,
            margins=(22, 16, 22, 12),
        )
        body.setStretch(2, 1)
        footer = frame("footer", row(self.file_button, self.money_button, 1, close, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        px = theme.current().px
        around = parent.window().size() if parent else self.screen().availableGeometry().size()
        self.resize(QSize(px(1080), px(420)).boundedTo(around - QSize(40, 40)))
        self.table.focus_first()
        self._enable()

    def _enable(self) -> None:
        chosen = self.table.current_row()
        self.file_button.setEnabled(chosen is not None and bool(chosen.person_id))

    def _show_received(self) -> None:
        """Entitlements stand under the head's name."""
        head = next((one for one in self._members if find_code("relation_head", one.relation)), self._members[0])
        self.accept()
        show_received(self._shell, name=head.name)

    def _open(self) -> None:
        chosen = self.table.current_row()
        if chosen is not None and chosen.person_id:
            self.accept()
            self._shell.go("evacuees", person_id=chosen.person_id)
