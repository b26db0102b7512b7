"""More than one certificate in force for one household and building, or with one number: found when laptops come together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.presentation.columns.certificate import CERTIFICATES
from app.ui import theme
from app.ui.page import Shell
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import certificates
from app.usecases.certificate_rows import DoubleCertificates


class DoublesDialog(QDialog):
    """``opened`` asks for the file of a certificate: one of each pair is revoked there."""

    opened = Signal(str)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle("二重の証明書")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.table = Table(CERTIFICATES, name="二重の証明書", preferences=shell.preferences, many=False)
        self.table.opened.connect(self._open)
        self.empty = EmptyState("二重の証明書はありません", "", icon="success")
        self.empty.hide()
        self.open_button = button("開く（Enter）", role="primary", icon="list")
        self.open_button.clicked.connect(lambda: self._open(self.table.current_id()))
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        told = "同じ世帯・建物に2つ以上ある証明書と、番号が同じ証明書です。残す方を決めて、もう一方を開いて取り消します。"
        body = column(heading("二重の証明書"), note(told), self.table, self.empty, spacing=8, margins=(24, 16, 24, 10))
        body.setStretch(2, 1)
        whole = column(body, frame("footer", row(1, leave, self.open_button, margins=(20, 10, 20, 10))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1000), room.width() - 30), min(look.px(480), room.height() - 40))
        ctx = shell.context
        shell.runner.read(lambda: certificates.find_double_certificates(ctx), parent=self).success(self._show).start()

    def _show(self, found: Sequence[DoubleCertificates]) -> None:
        rows = {row.id: row for group in found for row in group.certificates}
        self.table.show_rows(list(rows.values()))
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.open_button.setEnabled(bool(rows))
        if rows:
            self.table.make_current(0)
            self.table.setFocus()

    def _open(self, certificate_id: str | None) -> None:
        if certificate_id:
            self.accept()
            self.opened.emit(certificate_id)
