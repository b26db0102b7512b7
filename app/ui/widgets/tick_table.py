"""A table whose rows are ticked by Space."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.ui.widgets.table import Table


class TickTable(Table):
    """Space ticks instead of moving the selection."""

    ticked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks; the rest as usual."""
        if event.key() == Qt.Key.Key_Space:
            self.ticked.emit()
            return
        super().keyPressEvent(event)
