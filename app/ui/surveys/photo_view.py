"""One photo large. Left and right go through the photos, Ctrl+R turns, Esc closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QKeySequence, QPixmap, QResizeEvent, QShortcut
from PySide6.QtWidgets import QDialog, QLabel, QSizePolicy, QWidget

from app.domain.errors import RuleViolation, StaleRecord
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.surveys.photos_grid import tell_photo
from app.ui.surveys.photos_images import load_image
from app.ui.widgets.text import button, column, note, row, text
from app.usecases import photos as acts
from app.usecases.photo_rows import PhotoRow


class PhotoView(QDialog):
    """Shows photos in their order, beginning at ``place``. ``captioning`` asks for a caption of the photo at hand."""

    def __init__(
        self,
        parent: QWidget,
        shell: Shell,
        photos: Sequence[PhotoRow],
        place: int,
        *,
        captioning: Callable[[PhotoRow], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self.shell, self.photos, self.place = shell, list(photos), place
        self._image = QImage()
        self.picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.picture.setProperty("role", "well")
        self.caption, self.facts = text("", role="heading"), note("")
        self.facts.setFixedWidth(theme.current().px(250))
        self.turn_button = button("右に回す（Ctrl+R）", icon="refresh")
        self.turn_button.clicked.connect(self.turn)
        self.turn_button.setShortcut("Ctrl+R")
        self.caption_button = button("説明を書く…（F2）", icon="edit")
        self.caption_button.setShortcut("F2")
        self.caption_button.setVisible(captioning is not None)
        if captioning is not None:
            self.caption_button.clicked.connect(lambda: captioning(self.photo))
        self.before = button("前へ（←）", icon="chevron-left")
        self.after = button("次へ（→）", icon="chevron-right")
        self.before.clicked.connect(lambda: self.go(-1))
        self.after.clicked.connect(lambda: self.go(1))
        for made in (self.turn_button, self.caption_button):
            made.setEnabled(shell.context.actor.may("survey"))
        close = button("閉じる（Esc）")
        close.clicked.connect(self.accept)
        side = column(self.caption, self.facts, self.turn_button, self.caption_button, 1, row(self.before, self.after), close, spacing=10)
        whole = row(self.picture, side, spacing=14, margins=(14, 12, 14, 12))
        whole.setStretch(0, 1)
        self.setLayout(whole)
        for keys, step in (("Left", -1), ("PgUp", -1), ("Right", 1), ("PgDown", 1), ("Space", 1)):  # buttons would take the arrows
            QShortcut(QKeySequence(keys), self, lambda step=step: self.go(step))
        self.resize(self._fitting(parent))
        self.show_photo()

    @staticmethod
    def _fitting(parent: QWidget) -> QSize:
        room = parent.window().size()
        return QSize(max(760, room.width() - 60), max(520, room.height() - 60))

    @property
    def photo(self) -> PhotoRow:
        """The one in sight."""
        return self.photos[self.place]

    def go(self, step: int) -> None:
        """So many further."""
        there = self.place + step
        if 0 <= there < len(self.photos):
            self.place = there
            self.show_photo()

    def show_photo(self) -> None:
        """Fetch and show the photo at hand."""
        photo, ctx = self.photo, self.shell.context
        self.setWindowTitle(f"写真 {photo.number}（{self.place + 1:,} / {len(self.photos):,}）")
        self.caption.setText(photo.caption or photo.building_number or "建物未定")
        self.facts.setText(tell_photo(photo))
        self.before.setEnabled(self.place > 0)
        self.after.setEnabled(self.place < len(self.photos) - 1)
        read = self.shell.runner.read(lambda: load_image(ctx, photo, 0), parent=self, latest="photo.large")
        read.success(self._show).start()

    def _show(self, image: QImage) -> None:
        self._image = image
        self._fit()

    def _fit(self) -> None:
        if self._image.isNull():
            self.picture.setText("画像がありません。「設定」の「点検」で確かめ、バックアップから戻すか、元の写真を取り込み直してください。")
            self.picture.setWordWrap(True)
            return
        room = self.picture.size()
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        self.picture.setPixmap(QPixmap.fromImage(self._image.scaled(room, keep, smooth)))

    def turn(self) -> None:
        """Turn it clockwise, for everybody."""
        photo, ctx = self.photo, self.shell.context
        write = self.shell.runner.write(lambda _: acts.turn_photos(ctx, photo_ids=[photo.id]), parent=self, label="window.saving")
        write.success(lambda _: self.read_again()).failure(self._failed).start()

    def read_again(self) -> None:
        """What was changed of the photo at hand."""
        place, ctx, photo = self.place, self.shell.context, self.photo

        def take(rows: list[PhotoRow]) -> None:
            if rows:
                self.photos[place] = rows[0]
                self.show_photo()

        self.shell.runner.read(lambda: acts.photo_rows(ctx, [photo.id]), parent=self, latest="photo.row").success(take).start()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, (RuleViolation, StaleRecord)):
            self.shell.say(message(error), tone="bad")
        else:
            faults.show(self, error)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture fills its room."""
        super().resizeEvent(event)
        if not self._image.isNull():
            self._fit()
