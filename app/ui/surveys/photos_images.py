"""Pictures of photos for the screen: decrypted and made small off the GUI thread, a few at a time, the last asked for first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap, QTransform

from app.domain.errors import SasaeError
from app.ui.page import Shell
from app.usecases.context import Context
from app.usecases.photo_rows import PhotoRow
from app.usecases.photos import read_picture

_AT_ONCE = 8
_KEPT = 400


def load_image(ctx: Context, photo: PhotoRow, side: int) -> QImage:
    """The picture, turned, no longer than ``side`` (0: as large as it is). Null when it is missing or damaged. For any thread."""
    try:
        data = read_picture(ctx, photo=photo)
    except SasaeError:
        return QImage()
    source = QBuffer()
    source.setData(QByteArray(data))
    source.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(source, QByteArray(b"jpeg"))
    whole = QSize(photo.width, photo.height)
    if side and max(photo.width, photo.height) > side:
        reader.setScaledSize(whole.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return image.transformed(QTransform().rotate(photo.turn)) if photo.turn and not image.isNull() else image


class Thumbnails(QObject):
    """Small pictures by photo. ``get`` answers at once with what is there and fetches what is not; ``came`` tells when more is there."""

    came = Signal()

    def __init__(self, shell: Shell, side: int, parent: QObject) -> None:
        super().__init__(parent)
        self._shell, self._side = shell, side
        self._kept: OrderedDict[tuple[str, int], QPixmap] = OrderedDict()
        self._wanted: OrderedDict[tuple[str, int], PhotoRow] = OrderedDict()
        self._reading = False

    def get(self, photo: PhotoRow) -> QPixmap | None:
        """The picture; None while it is being fetched, a null one when there is none."""
        key = (photo.content, photo.turn)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        self._wanted[key] = photo
        self._wanted.move_to_end(key)
        while len(self._wanted) > _KEPT // 2:
            self._wanted.popitem(last=False)
        self._read()
        return None

    def _read(self) -> None:
        if self._reading or not self._wanted:
            return
        some = [self._wanted.popitem() for _ in range(min(_AT_ONCE, len(self._wanted)))]
        ctx, side = self._shell.context, self._side
        self._reading = True
        read = self._shell.runner.read(lambda: [(key, load_image(ctx, photo, side)) for key, photo in some])
        read.success(self._take).finished(self._done).start()

    def _take(self, found: Sequence[tuple[tuple[str, int], QImage]]) -> None:
        for key, image in found:
            self._kept[key] = QPixmap.fromImage(image)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self.came.emit()
        self._read()

    def _done(self) -> None:
        self._reading = False
