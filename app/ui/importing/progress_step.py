"""While files are taken in: how far it is, and a Cancel that leaves nothing behind."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from app.presentation.messages import has_message, message
from app.ui.runner import Operation
from app.ui.widgets.text import button, column, heading, note, row, text


class ProgressStep(QWidget):
    """``stopped`` is Cancel."""

    stopped = Signal()

    def __init__(self, told: str) -> None:
        super().__init__()
        self.what = heading("")
        self.count = note("")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName("進み具合")
        self.stop = button("中止する（Esc）", icon="close")
        self.stop.clicked.connect(self.cancel)
        self.setLayout(column(1, self.what, self.bar, self.count, row(self.stop, 1), text(told, role="note"), 2, spacing=12))

    def follow(self, operation: Operation, label: str) -> None:
        """Show the progress of an operation not yet started."""
        self.bar.setRange(0, 0)
        self.what.setText(message(label))
        self.count.setText("準備しています…")
        self.stop.setEnabled(True)
        operation.quiet().progressed.connect(self._show)
        self.stopped.connect(operation.cancel)

    def cancel(self) -> None:
        """Ask it to stop."""
        if self.stop.isEnabled():
            self.stop.setEnabled(False)
            self.bar.setRange(0, 0)
            self.count.setText("中止しています。途中までの内容は元に戻します…")
            self.stopped.emit()

    def take_focus(self) -> None:
        """On Cancel."""
        self.stop.setFocus()

    def _show(self, done: int, total: int, label: str) -> None:
        if not self.stop.isEnabled():
            return
        if label and has_message(label):
            self.what.setText(message(label))
        if total > 0:
            self.bar.setRange(0, 1000)
            self.bar.setValue(min(1000, 1000 * done // total))
            self.count.setText(f"{done:,} / {total:,}行（{100 * done // total}%）")
        else:
            self.bar.setRange(0, 0)
            self.count.setText(f"{done:,}行")
