"""A grid of photos. Only what is in sight is fetched and drawn, so that five thousand feel like fifty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.presentation.photo_words import matched_text, time_text
from app.ui import theme
from app.ui.page import Shell
from app.ui.surveys.photos_images import Thumbnails
from app.usecases.photo_rows import PhotoRow

Index = QModelIndex | QPersistentModelIndex
SIDE = 160
_PICTURE = 120
_NOWHERE = QModelIndex()


class PhotoModel(QAbstractListModel):
    """Photos in order."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.photos: list[PhotoRow] = []

    def show(self, photos: Sequence[PhotoRow]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.photos = list(photos)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self.photos)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words for screen readers and tooltips."""
        if not index.isValid():
            return None
        photo = self.photos[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{photo.number} {photo.building_number or '建物未定'} {time_text(photo.taken_at)} {photo.caption}".strip()
        if role == Qt.ItemDataRole.ToolTipRole:
            return tell_photo(photo)
        return None


def tell_photo(photo: PhotoRow) -> str:
    """Everything known of a photo, line by line."""
    place = f"{photo.lat:.5f}, {photo.lon:.5f}" if photo.lat is not None and photo.lon is not None else "なし"
    building = f"{photo.building_number}　{photo.address}（{matched_text(photo.matched)}）" if photo.building_id else "建物未定"
    lines = (
        f"写真番号　{photo.number}",
        f"建物　{building}",
        f"撮影　{time_text(photo.taken_at, seconds=True)}",
        f"位置　{place}",
        f"元の名前　{photo.name}",
    )
    return "\n".join((*lines, f"説明　{photo.caption}") if photo.caption else lines)


class PhotoDelegate(QStyledItemDelegate):
    """Draws a photo with number, time and building. Waiting for a building is said in words and by a colour."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The same for all."""
        look = theme.current()
        return QSize(look.px(SIDE + 12), look.px(_PICTURE + 54))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One photo."""
        model = index.model()
        if not isinstance(model, PhotoModel):
            return
        photo, look = model.photos[index.row()], theme.current()
        box = option.rect.adjusted(3, 3, -3, -3)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("focus" if focused else "accent_line" if chosen else "line"), 2 if focused else 1))
        painter.setBrush(look.colour("select" if chosen else "surface"))
        painter.drawRoundedRect(box, 5, 5)
        self._picture(painter, photo, QRect(box.left() + 4, box.top() + 4, box.width() - 8, look.px(_PICTURE)))
        self._words(painter, photo, box, look.px(_PICTURE) + 8)
        painter.restore()

    def _picture(self, painter: QPainter, photo: PhotoRow, room: QRect) -> None:
        look, found = theme.current(), self._thumbnails.get(photo)
        if found is None or found.isNull():
            painter.fillRect(room, look.colour("surface2"))
            painter.setPen(look.colour("muted" if found is None else "danger"))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "…" if found is None else "画像がありません")
            return
        size = found.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(
            room.left() + (room.width() - size.width()) // 2, room.top() + (room.height() - size.height()) // 2, size.width(), size.height()
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, found)

    def _words(self, painter: QPainter, photo: PhotoRow, box: QRect, down: int) -> None:
        look, metrics = theme.current(), painter.fontMetrics()
        high = metrics.height() + look.px(3)
        line = QRect(box.left() + 6, box.top() + down, box.width() - 12, high)
        painter.setPen(look.colour("text" if photo.building_id else "warn"))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, photo.building_number or "建物未定")
        painter.setPen(look.colour("muted"))
        told = photo.caption or ("" if photo.taken_at else photo.name.rpartition("/")[2])
        below = "　".join(filter(None, (time_text(photo.taken_at), told)))
        below = metrics.elidedText(below, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line.translated(0, high), Qt.AlignmentFlag.AlignLeft, below)


class PhotoGrid(QListView):
    """``typed`` is a letter or digit pressed: the beginning of a number. ``opened``: Enter, Space or a double click on a photo."""

    typed = Signal(str)
    opened = Signal(int)

    def __init__(self, shell: Shell, *, strip: bool = False, name: str = "写真") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.photo_model = PhotoModel(self)
        self.thumbnails = Thumbnails(shell, theme.current().px(SIDE), self)
        self.setModel(self.photo_model)
        self.setItemDelegate(PhotoDelegate(self.thumbnails, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setWrapping(not strip)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(40)
        self.thumbnails.came.connect(self.viewport().update)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        if strip:
            self.setFlow(QListView.Flow.LeftToRight)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_photos(self, photos: Sequence[PhotoRow]) -> None:
        """Show these; the selection and the place stay with the photos that are still there."""
        kept = {photo.id for photo in self.chosen}
        at, down = self.currentIndex().row(), self.verticalScrollBar().value()
        self.photo_model.show(photos)
        places = [place for place, photo in enumerate(photos) if photo.id in kept]
        if photos:
            self.choose(places or [min(max(at, 0), len(photos) - 1)])
        self.verticalScrollBar().setValue(down)

    def choose(self, places: Sequence[int]) -> None:
        """Select the photos at these places; the first becomes the current one."""
        flags = self.selectionModel().SelectionFlag
        self.selectionModel().clearSelection()
        for place in places:
            self.selectionModel().select(self.photo_model.index(place), flags.Select)
        if places:
            self.selectionModel().setCurrentIndex(self.photo_model.index(places[0]), flags.NoUpdate)

    @property
    def chosen(self) -> list[PhotoRow]:
        """The selected photos in order."""
        return [self.photo_model.photos[place] for place in sorted({index.row() for index in self.selectedIndexes()})]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters and digits begin a number, Enter and Space open, the rest moves."""
        text = event.text()
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        elif plain and len(text) == 1 and text.isascii() and text.isalnum():
            self.typed.emit(text)
        else:
            super().keyPressEvent(event)
