"""The picture of the passbook: shown as large as there is room, replaced from a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QSizePolicy, QWidget

from app.presentation.messages import message
from app.ui import theme
from app.ui.page import Shell
from app.ui.widgets.text import button, column, row, text
from app.usecases import accounts
from app.usecases.context import Context

_NONE = "通帳の写真はありません。"
_ENDINGS = "画像 (*.jpg *.jpeg *.png *.heic *.heif *.tif *.tiff *.webp)"


class PassbookPicture(QWidget):
    """Shows the picture of an account; ``chosen`` says that another was picked (``content``), not yet saved."""

    chosen = Signal()

    def __init__(self, shell: Shell, *, editable: bool) -> None:
        super().__init__()
        self.shell = shell
        self.content: bytes | None = None
        self._image = QImage()
        self.picture = QLabel(_NONE)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setWordWrap(True)
        self.picture.setProperty("role", "placeholder")
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.picture.setMinimumSize(QSize(theme.current().px(220), theme.current().px(120)))
        self.picture.setAccessibleName("通帳の写真")
        self.problem = text("", role="problem")
        self.problem.hide()
        self.choose_button = button("通帳の写真を付ける…", icon="card")
        self.choose_button.clicked.connect(self.choose)
        whole = column(self.picture, self.problem, *([row(self.choose_button, 1)] if editable else []), spacing=6)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    def show_account(self, account_id: str) -> None:
        """Fetch and show what is kept."""
        ctx = self.shell.context
        self._show(QImage())
        if not account_id:
            return
        read = self.shell.runner.read(lambda: _load(ctx, account_id), parent=self, latest="account.photo")
        read.success(self._show).failure(lambda error: self._say(message(error))).start()

    def choose(self) -> None:
        """Pick a file."""
        path, _ = QFileDialog.getOpenFileName(self, "通帳の写真", "", _ENDINGS)
        if path:
            self.take(Path(path))

    def take(self, path: Path) -> None:
        """Read a file; it is kept when the account is saved."""
        from app.interchange.importing.account_photo import read_account_photo

        read = self.shell.runner.read(lambda: read_account_photo(path), parent=self, latest="account.photo.take")
        read.success(self._take).failure(lambda error: self._say(message(error))).start()

    def _take(self, content: bytes) -> None:
        self.content = content
        self._say("")
        self._show(QImage.fromData(content))
        self.chosen.emit()

    def _say(self, words: str) -> None:
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def _show(self, image: QImage) -> None:
        self._image = image
        self._fit()

    def _fit(self) -> None:
        if self._image.isNull():
            self.picture.setText(_NONE)
            return
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        self.picture.setPixmap(QPixmap.fromImage(self._image.scaled(self.picture.size(), keep, smooth)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As large as there is room."""
        super().resizeEvent(event)
        self._fit()


def _load(ctx: Context, account_id: str) -> QImage:
    account = accounts.need_account(ctx, account_id)
    return QImage.fromData(accounts.account_photo(ctx, account_id=account_id)) if account.photo else QImage()
