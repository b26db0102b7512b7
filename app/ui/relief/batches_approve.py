"""承認: what is decided, in large figures and in formal numerals, before the button that decides it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from app.presentation.columns.batch import CATEGORY_LINES, programme_text
from app.presentation.labels import label
from app.presentation.yen_words import yen, yen_words
from app.ui import theme
from app.ui.page import Shell
from app.ui.surveys.asking import bind
from app.ui.widgets.banner import Banner
from app.ui.widgets.table import Table
from app.ui.widgets.text import badge, button, column, frame, heading, row, text
from app.usecases.batch_digest import short_digest
from app.usecases.batch_rows import BatchFile


class ApproveDialog(QDialog):
    """``approved`` when the person ticked that it was looked at and pressed 承認する. F7 approves, too."""

    approved = Signal()

    def __init__(self, parent: QWidget, shell: Shell, file: BatchFile) -> None:
        super().__init__(parent)
        self.file = file
        one = file.row
        self.setWindowTitle("承認")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.figures = text(yen(one.total), role="number", wrap=False)
        self.figures.setStyleSheet(f"font-size: {theme.current().px(44)}px;")
        self.words = text(yen_words(one.total), role="lead", wrap=False)
        self.count = text(f"{one.count:,}件", role="number", wrap=False)
        facts = "　".join(
            filter(None, (one.number, programme_text(one), label("way", one.way), f"再支給（元 {one.retry_of}）" if one.retry_of else ""))
        )
        people = f"作成 {one.prepared_by}　確認 {one.checked_by or 'まだ（承認と同時に確認します）'}"
        digest = f"照合値 {short_digest(one.digest)}" if one.digest else "照合値は承認と同時に決まります"
        self.banner = Banner("承認すると、この決定簿はだれにも変えられなくなり、振込データや引換券を作れるようになります。", tone="warn")
        self.lines = Table(CATEGORY_LINES, name="区分ごとの件数と金額", preferences=shell.preferences, many=False)
        self.lines.show_rows(file.lines, key=lambda line: (line.category, line.amount))
        self.seen = QCheckBox("金額と明細を確かめました(&K)")
        self.approve_button = button("承認する（F7）", role="primary", icon="check")
        self.approve_button.setEnabled(False)
        self.seen.toggled.connect(self.approve_button.setEnabled)
        bind(self, self.approve_button, self.approve, "F7")
        leave = button("やめる（Esc）")
        leave.clicked.connect(self.reject)
        money = frame(
            "well", column(row(self.figures, 1, self.count), self.words, spacing=6, margins=(18, 12, 18, 14))
        )  # fmt: skip
        mark = badge("支援措置", tone="bad")
        top = row(heading("この支給を承認しますか"), mark)
        top.setStretch(0, 1)
        body = column(
            top, text(facts), money, self.lines, text(f"{people}　{digest}", role="note"), self.banner, self.seen, spacing=10,
            margins=(24, 16, 24, 12),
        )  # fmt: skip
        mark.setVisible(one.guarded)
        body.setStretch(3, 1)
        whole = column(body, frame("footer", row(1, self.approve_button, leave, margins=(20, 10, 20, 10))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(760), room.width() - 30), min(look.px(620), room.height() - 40))
        self.seen.setFocus()

    def approve(self) -> None:
        """Decide."""
        if self.seen.isChecked():
            self.accept()
            self.approved.emit()
