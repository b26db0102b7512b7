"""What is shown while something takes longer than a moment: how far it is, and a Cancel that cancels."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.presentation.messages import has_message, message
from app.ui.widgets.text import heading, note


class ProgressDialog(QDialog):
    """Window-modal. It closes when the work has ended, not when Cancel is pressed: rolling back takes its moment too."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None, *, label: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("処理しています")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(420)
        self._stopping = False
        self._what = heading(self._words(label) or "処理しています")
        self._count = note("準備しています…")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName("進み具合")
        self._stop = QPushButton("中止（Esc）")
        self._stop.clicked.connect(self._cancel)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self._stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(10)
        for part in (self._what, self._bar, self._count):
            layout.addWidget(part)
        layout.addSpacing(6)
        layout.addLayout(buttons)

    def show_progress(self, done: int, total: int, label: str) -> None:
        """``total`` below zero: not known."""
        if self._stopping:
            return
        if label and (words := self._words(label)):
            self._what.setText(words)
        if total > 0:
            self._bar.setRange(0, 1000)
            self._bar.setValue(min(1000, 1000 * done // total))
            self._count.setText(f"{done:,} / {total:,}（{100 * done // total}%）")
        else:
            self._bar.setRange(0, 0)
            self._count.setText(f"{done:,} 件")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc cancels the work instead of only hiding the dialog."""
        if event.key() == Qt.Key.Key_Escape:
            self._cancel()
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Closing the window is the same as Cancel."""
        self._cancel()

    def _cancel(self) -> None:
        if self._stopping:
            return
        self._stopping = True
        self._stop.setEnabled(False)
        self._bar.setRange(0, 0)
        self._count.setText("中止しています。途中までの内容は元に戻します…")
        self.cancelled.emit()

    @staticmethod
    def _words(label: str) -> str:
        return message(label) if has_message(label) else ""
