"""A certificate as it looks on paper."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QDialog, QLabel, QScrollArea, QWidget

from app.domain.errors import SasaeError
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.text import button, column, frame, row


class PaperView(QScrollArea):
    """Shows the first side of a paper as wide as there is room; a click shows it in its real size and back."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.setAccessibleName("証明書の紙面")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWidgetResizable(False)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWidget(self.picture)
        self._pixmap = QPixmap()
        self._whole = True
        self.banner = Banner()
        self.banner.hide()
        self.certificate_id = ""

    def show_certificate(self, certificate_id: str) -> None:
        """Draw it off the GUI thread. Nothing is counted."""
        from app.interchange.certificates import preview_certificate

        self.certificate_id = certificate_id
        ctx, folder = self.shell.context, self.shell.folder
        work = self.shell.runner.read(
            lambda: preview_certificate(ctx, certificate_id=certificate_id, folder=folder), parent=self, latest="certificate.paper"
        )
        work.success(lambda found: self._show(found) if self.certificate_id == certificate_id else None).failure(self._failed).start()

    def show_words(self, words: str) -> None:
        """Say why there is no picture."""
        self._pixmap = QPixmap()
        self.picture.setPixmap(self._pixmap)
        self.picture.setText(words)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.picture.setWordWrap(True)
        self.picture.setMargin(theme.current().px(24))
        self.picture.resize(self.viewport().size())

    def _show(self, found: Any) -> None:
        problems = [message(one.code, **{**one.params, "column": one.column, "row": one.row + 1}) for one in found.problems[:3]]
        self.banner.show_message("\n".join(problems), tone="warn")
        self._pixmap.loadFromData(found.pictures[0], "PNG")
        self.picture.setMargin(0)
        self._fit()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self.show_words(message(error))
        else:
            faults.show(self, error)

    def _fit(self) -> None:
        if self._pixmap.isNull():
            return
        room = self.viewport().size() - QSize(4, 4)
        shown = self._pixmap
        if self._whole:
            shown = self._pixmap.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        self.picture.setPixmap(shown)
        self.picture.resize(shown.size())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As large as there is room."""
        super().resizeEvent(event)
        if self._pixmap.isNull():
            self.picture.resize(self.viewport().size())
        self._fit()

    def mouseReleaseEvent(self, event: Any) -> None:
        """Nearer, and back."""
        self._whole = not self._whole
        self._fit()
        super().mouseReleaseEvent(event)

    @property
    def drawn(self) -> bool:
        """Whether there is a picture."""
        return not self._pixmap.isNull()


class PaperDialog(QDialog):
    """One certificate on the screen, at once."""

    def __init__(self, parent: QWidget, shell: Shell, certificate_id: str, *, number: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(f"証明書 {number}".strip())
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.view = PaperView(shell)
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.accept)
        body = column(self.view.banner, self.view, spacing=8, margins=(16, 12, 16, 8))
        body.setStretch(1, 1)
        whole = column(body, frame("footer", row(1, leave, margins=(20, 8, 20, 8))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(640), room.width() - 30), room.height() - 60)
        self.view.show_certificate(certificate_id)
