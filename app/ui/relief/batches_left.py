"""What preparing made, and who was left out and why."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.presentation.columns.batch import LEFT_OUT
from app.presentation.yen_words import yen
from app.ui import theme
from app.ui.page import Shell
from app.ui.surveys.asking import bind, open_export
from app.ui.widgets.banner import Banner
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, row, text
from app.usecases.batch_rows import Prepared


class PreparedDialog(QDialog):
    """``opened`` asks for a batch that was made."""

    opened = Signal(str)

    def __init__(self, parent: QWidget, shell: Shell, found: Prepared) -> None:
        super().__init__(parent)
        self.shell, self.found = shell, found
        self.setWindowTitle("支給決定簿を作った結果")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        made = found.batches
        self.banner = Banner(
            "　".join(f"{one.number}：{one.count:,}件 {yen(one.total)}{'（支援措置）' if one.guarded else ''}" for one in made)
            if made
            else "載せられる人がいないため、支給決定簿は作っていません。",
            tone="good" if made else "warn",
        )
        self.table = Table(LEFT_OUT, name="載せなかった人", preferences=shell.preferences)
        self.table.show_rows(found.left_out, key=lambda one: one.entitlement_id)
        self.open_button = button("作った決定簿を開く（Enter）", role="primary", icon="ledger")
        self.export_button = button("一覧を書き出す…", icon="save")
        self.open_button.setVisible(bool(made))
        self.export_button.setEnabled(bool(found.left_out))
        bind(self, self.open_button, self.open_batch)
        bind(self, self.export_button, self.export, "Ctrl+E")
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        title = "支給決定簿を作りました" if made else "支給決定簿を作れませんでした"
        body = column(
            heading(title), self.banner, text(f"載せなかった人 {len(found.left_out):,}件", role="section", wrap=False), self.table,
            spacing=8, margins=(24, 16, 24, 10),
        )  # fmt: skip
        body.setStretch(3, 1)
        whole = column(body, frame("footer", row(self.open_button, self.export_button, 1, leave, margins=(20, 10, 20, 10))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(900), room.width() - 30), min(look.px(560), room.height() - 40))
        (self.open_button if made else self.table).setFocus()

    def open_batch(self) -> None:
        """The first that was made."""
        if self.found.batches:
            self.accept()
            self.opened.emit(self.found.batches[0].id)

    def export(self) -> None:
        """Who was left out, as a list to work through."""
        rows = self.found.left_out
        open_export(
            self,
            self.shell,
            title="支給決定簿に載せなかった人",
            subtitle=f"{len(rows):,}件",
            columns=LEFT_OUT,
            view="",
            rows=lambda: rows,
            unit="件",
        )
