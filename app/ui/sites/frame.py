"""The frame of the dialogs about devices: a heading, a banner, one body, buttons at the foot."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.errors import SasaeError
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import button, column, frame, heading, row, text


class DeviceDialog(QDialog):
    """``body`` takes the parts; Ctrl+Enter does what ``act_button`` does when it can be pressed."""

    banner: Banner

    def __init__(self, parent: QWidget, shell: Shell, title: str, lead: str, *, width: int = 900, height: int = 690) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.banner = Banner()
        self.banner.hide()
        self.lead = text(lead, role="lead")
        self.body = column(spacing=10)
        self.act_button = button("", role="primary", icon="check")
        self.act_button.hide()
        self.leave_button = button("閉じる（Esc）")
        self.leave_button.clicked.connect(self.reject)
        self.foot = row(1, self.leave_button, self.act_button, margins=(20, 10, 20, 10))
        inside = column(heading(title), self.lead, self.banner, spacing=8, margins=(24, 16, 24, 12))
        inside.addLayout(self.body, 1)
        whole = column(inside, frame("footer", self.foot), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, lambda: self.act_button.isVisible() and self.act_button.click())
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(width), room.width() - 30), min(look.px(height), room.height() - 50))

    def fail(self, error: Exception) -> None:
        """What a person can mend is said here, the rest in a dialog of its own."""
        if isinstance(error, SasaeError):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)
