"""The paper on screen: how it will be printed, and boxes to take hold of.

Click selects, drag moves, the marks at the edges resize, on a grid of 0.5 mm (Shift:
0.1). Arrow keys move by 0.5 mm (Shift: 0.1), with Ctrl they resize, Tab goes to the next box, Delete takes it away.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.printing.layout import Box
from app.ui import theme
from app.ui.forms.draft import FINE, STEP, Draft

_MARK = 8  # pixels of the marks to pull
_START_PX = 4  # pixels before a click becomes a drag
_EDGE = 14  # pixels of ground around the paper
_ZOOMS = (0.4, 4.0)
_CURSORS = {
    "left": Qt.CursorShape.SizeHorCursor, "right": Qt.CursorShape.SizeHorCursor, "top": Qt.CursorShape.SizeVerCursor,
    "bottom": Qt.CursorShape.SizeVerCursor, "left-top": Qt.CursorShape.SizeFDiagCursor, "right-bottom": Qt.CursorShape.SizeFDiagCursor,
    "right-top": Qt.CursorShape.SizeBDiagCursor, "left-bottom": Qt.CursorShape.SizeBDiagCursor,
}  # fmt: skip
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class Canvas(QWidget):
    """``selected`` tells the number of a box, ``edited`` that the draft changed, ``opened`` a double click on a box."""

    selected = Signal(int)
    edited = Signal()
    opened = Signal(int)
    zoomed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.draft: Draft | None = None
        self.editable = True
        self.per_mm = 3.0
        self.picture = QImage()
        self.ground = QImage()
        self.problems: frozenset[int] = frozenset()
        self._pull = ""
        self._pressed: QPointF | None = None
        self._from: tuple[float, float] = (0.0, 0.0)
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("様式の見本")

    # -- showing

    def show_draft(self, draft: Draft | None) -> None:
        """Another draft, or another paper of it."""
        self.draft = draft
        self.picture = QImage()
        self._fit()

    def show_picture(self, picture: QImage) -> None:
        """The paper as it will be printed."""
        self.picture = picture
        self.update(self.rect())

    def show_ground(self, picture: QImage) -> None:
        """A picture of the paper printed beforehand, to aim at; a null one takes it away."""
        self.ground = picture
        self.update(self.rect())

    def set_scale(self, per_mm: float) -> None:
        """Pixels per mm."""
        self.per_mm = min(max(per_mm, _ZOOMS[0] * 3), _ZOOMS[1] * 3)
        self._fit()

    def _fit(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update(self.rect())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The paper and some ground around it."""
        width, height = self.draft.size if self.draft else (210.0, 297.0)
        return QSize(round(width * self.per_mm) + 2 * _EDGE, round(height * self.per_mm) + 2 * _EDGE)

    def rect_of(self, box: Box) -> QRectF:
        """Where a box is on the widget, pixels."""
        scale = self.per_mm
        return QRectF(_EDGE + box.x * scale, _EDGE + box.y * scale, box.w * scale, box.h * scale)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Ground, paper, what is printed, the marks."""
        if self.draft is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        width, height = self.draft.size
        paper = QRectF(_EDGE, _EDGE, width * self.per_mm, height * self.per_mm)
        painter.fillRect(paper, Qt.GlobalColor.white)
        if not self.ground.isNull():
            painter.setOpacity(0.55)
            painter.drawImage(paper, self.ground)
            painter.setOpacity(1.0)
        if not self.picture.isNull():
            if not self.ground.isNull():
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
            painter.drawImage(paper, self.picture)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setPen(QPen(theme.current().colour("line_strong"), 1))
        painter.drawRect(paper)
        self._paint_boxes(painter)
        painter.end()

    def _paint_boxes(self, painter: QPainter) -> None:
        assert self.draft is not None
        faint = QPen(QColor(27, 95, 170, 70), 1, Qt.PenStyle.DotLine)
        wrong = QPen(QColor("#B3261E"), 1.4)
        for number, box in enumerate(self.draft.boxes):
            if number == self.draft.selected:
                continue
            if number in self.problems or (self.editable and box.kind not in ("rule", "frame")):
                painter.setPen(wrong if number in self.problems else faint)
                painter.drawRect(self.rect_of(box))
        chosen = self.draft.box
        if chosen is None:
            return
        rect = self.rect_of(chosen)
        painter.setPen(QPen(QColor("#1B5FAA"), 1.6))
        painter.fillRect(rect, QColor(27, 95, 170, 26))
        painter.drawRect(rect)
        if self.editable and self.hasFocus():
            painter.setPen(QPen(QColor("#1B5FAA"), 1))
            painter.setBrush(Qt.GlobalColor.white)
            for mark in self._marks(rect).values():
                painter.drawRect(mark)

    def _marks(self, rect: QRectF) -> dict[str, QRectF]:
        """Where to pull, by the part that moves."""
        places = {
            "left-top": rect.topLeft(), "right-top": rect.topRight(), "left-bottom": rect.bottomLeft(), "right-bottom": rect.bottomRight(),
        }  # fmt: skip
        if rect.width() > 4 * _MARK:
            places |= {"top": QPointF(rect.center().x(), rect.top()), "bottom": QPointF(rect.center().x(), rect.bottom())}
        if rect.height() > 3 * _MARK:
            places |= {"left": QPointF(rect.left(), rect.center().y()), "right": QPointF(rect.right(), rect.center().y())}
        half = _MARK / 2
        return {part: QRectF(at.x() - half, at.y() - half, _MARK, _MARK) for part, at in places.items()}

    # -- mouse

    def mm(self, at: QPointF) -> tuple[float, float]:
        """A place on the widget in mm on the paper."""
        return (at.x() - _EDGE) / self.per_mm, (at.y() - _EDGE) / self.per_mm

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Take hold of a mark or a box, or of nothing."""
        if self.draft is None or event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        self._pull = self._part_at(at)
        if not self._pull:
            found = self.draft.at(*self.mm(at))
            if found != self.draft.selected:
                self.select(found)
        self._pressed, self._dragging = at, False
        box = self.draft.box
        self._from = (box.x, box.y) if box else (0.0, 0.0)
        self.update(self.rect())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag, or show what could be pulled."""
        if self.draft is None:
            return
        at = event.position()
        if self._pressed is None:
            part = self._part_at(at)
            self.setCursor(QCursor(_CURSORS[part] if part else Qt.CursorShape.ArrowCursor))
            return
        if not self.editable or self.draft.box is None:
            return
        if not self._dragging and (at - self._pressed).manhattanLength() < _START_PX:
            return
        self._dragging = True
        step = FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        if self._pull:
            x, y = self.mm(at)
            self.draft.resize(self.draft.selected, self._pull, x=x, y=y, step=step, tag="drag")
        else:
            right, down = ((at.x() - self._pressed.x()) / self.per_mm, (at.y() - self._pressed.y()) / self.per_mm)
            self.draft.place(self.draft.selected, x=self._from[0] + right, y=self._from[1] + down, step=step, tag="drag")
        self._tell()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go; the drag was one step."""
        if self.draft is not None:
            self.draft.end_step()
        self._pressed, self._pull, self._dragging = None, "", False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Write into the box."""
        if self.draft is not None and self.draft.box is not None:
            self.opened.emit(self.draft.selected)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """With Ctrl: nearer or farther."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1.1 if event.angleDelta().y() > 0 else 1 / 1.1)
            event.accept()
        else:
            event.ignore()

    def _part_at(self, at: QPointF) -> str:
        box = self.draft.box if self.draft and self.editable else None
        if box is None:
            return ""
        grown = ((part, mark.adjusted(-2, -2, 2, 2)) for part, mark in self._marks(self.rect_of(box)).items())
        return next((part for part, mark in grown if mark.contains(at)), "")

    # -- keyboard

    def event(self, event: QEvent) -> bool:
        """From a box Tab walks to the next as long as there is one; from none it leaves the paper, as anywhere."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.draft is not None:
            by = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()), 0)
            target = self.draft.selected + by
            if by and self.draft.selected >= 0 and 0 <= target < len(self.draft.boxes):
                self.select(target)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows, Delete, Esc, Enter; Down begins with the first box."""
        draft = self.draft
        if draft is not None and draft.box is None and event.key() == Qt.Key.Key_Down and draft.boxes:
            self.select(0)
            return
        if draft is None or draft.box is None:
            super().keyPressEvent(event)
            return
        key, held = Qt.Key(event.key()), event.modifiers()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(draft.selected)
        elif key == Qt.Key.Key_Escape:
            self.select(-1)
        elif self.editable and key in _ARROWS:
            step = FINE if held & Qt.KeyboardModifier.ShiftModifier else STEP
            self._nudge(*_ARROWS[key], step=step, resize=bool(held & Qt.KeyboardModifier.ControlModifier))
        elif self.editable and key == Qt.Key.Key_Delete:
            draft.remove(draft.selected)
            self._tell()
            self.selected.emit(draft.selected)
        else:
            super().keyPressEvent(event)

    def _nudge(self, across: int, down: int, *, step: float, resize: bool) -> None:
        draft = self.draft
        assert draft is not None and draft.box is not None
        box = draft.box
        if resize:
            draft.resize(
                draft.selected, "right-bottom", x=box.x + box.w + across * step, y=box.y + box.h + down * step, step=FINE, tag="keys"
            )
        else:
            draft.move(draft.selected, right=across * step, down=down * step, tag="keys")
        self._tell()

    def select(self, number: int) -> None:
        """Choose a box; -1 none."""
        if self.draft is not None:
            self.draft.selected = number
            self.draft.end_step()
            self.selected.emit(number)
            self.update(self.rect())

    def _tell(self) -> None:
        self.update(self.rect())
        self.edited.emit()
