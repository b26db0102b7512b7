"""Dialogs as high as their words need at their width."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.ui.widgets.text import column


class FittedDialog(QDialog):
    """A body that takes what room there is, and a footer that stays as it is."""

    def lay_out(self, body: QVBoxLayout, footer: QWidget) -> None:
        """Put body and footer in."""
        body.addStretch(1)
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height that wrapped lines have at this width."""
        super().showEvent(event)
        self.fit()

    def fit(self) -> None:
        """Again, after something was shown or hidden."""
        layout = self.layout()
        layout.activate()
        wanted = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        room = self.screen().availableGeometry().height() - 60
        self.resize(self.width(), min(wanted, room))
