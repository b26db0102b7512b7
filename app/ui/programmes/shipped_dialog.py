"""見本: programmes that come with the program, read before they are taken over."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QSplitter, QWidget

from app.domain.errors import SasaeError
from app.presentation.columns.programme import SHIPPED, ShippedLine, rule_sentences
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import programmes
from app.usecases.programmes import Imported

_LEAD = (
    "金額と条件は、出典の時点のものです。取り込んでから、自治体と年度に合わせて必ず確かめてください。取り込んだだけでは何も支給されません。"
    "「例」は自治体の要綱・条例の金額に直して使います。"
)


class ShippedDialog(QDialog):
    """The list at the left, what the chosen one gives at the right. ``imported`` carries what was taken over. Enter takes over."""

    imported = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle("支援制度の見本")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.table = Table(SHIPPED, name="支援制度の見本", preferences=shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._show_current())
        self.table.opened.connect(lambda _: self.take())
        self.told, self.rules = text(""), text("")
        self.banner = Banner()
        self.banner.hide()
        self.take_button = button("取り込む（Enter）", role="primary", icon="import")
        self.take_button.clicked.connect(self.take)
        self._lay_out()
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.take)
        self._read()

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(self.told, self.rules, 1, spacing=10, margins=(4, 0, 12, 8)))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setWidget(inner)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(area)
        look, room = theme.current(), self.screen().availableGeometry()
        split.setSizes([look.px(500), look.px(640)])
        split.setStretchFactor(1, 1)
        body = column(heading("支援制度の見本"), note(_LEAD), self.banner, split, spacing=8, margins=(22, 16, 22, 8))
        body.setStretch(3, 1)
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        hints = KeyHints([("↑↓", "選ぶ"), ("Enter", "取り込む")])
        whole = column(body, frame("footer", row(hints, 1, leave, self.take_button, margins=(20, 8, 20, 8))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.resize(min(look.px(1180), room.width() - 16), min(look.px(640), room.height() - 30))

    def _read(self) -> None:
        ctx = self.shell.context

        def read() -> list[ShippedLine]:
            codes = {one.code for one in programmes.list_programmes(ctx)}
            return [ShippedLine(one=one, taken=one.code in codes) for one in programmes.shipped_programmes()]

        self.shell.runner.read(read, parent=self, latest="programmes.shipped").success(self._show).start()

    def _show(self, lines: list[ShippedLine]) -> None:
        self.table.show_rows(lines, key=lambda line: line.code)
        if self.table.current_row() is None:
            self.table.make_current(0)
        self.table.setFocus()
        self._show_current()

    def _show_current(self) -> None:
        line = self.table.current_row()
        if line is None:
            return
        values = line.one.plan.values
        papers = "、".join(values["documents"])
        parts = [("根拠", values["law"]), ("出典", values["source"]), ("確かさ", values["sure"]), ("必要書類", papers), ("備考", values["note"])]
        self.told.setText("\n".join(f"{name}：{said}" for name, said in parts if said))
        self.rules.setText("\n".join(rule_sentences(line.one)))
        self.take_button.setEnabled(self.shell.context.actor.may("programmes"))

    def take(self) -> None:
        """Take the chosen one over."""
        line, ctx = self.table.current_row(), self.shell.context
        if line is None or not self.take_button.isEnabled():
            return
        one = line.one
        self.take_button.setEnabled(False)
        work = self.shell.runner.write(
            lambda _: programmes.import_programme(ctx, text=one.text, name=one.name), parent=self, label="window.saving"
        )
        work.finished(lambda: self.take_button.setEnabled(True)).success(self._taken).failure(self._refused).start()

    def _taken(self, done: Imported) -> None:
        self.accept()
        self.imported.emit(done)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, SasaeError) and error.exit_code == 1:
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)
