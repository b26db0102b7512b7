"""Rows of the survey sheet: a part with its degrees Ⅰ–Ⅴ and the share of its area, typed with two digits; equipment in points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.presentation.steps import ROMAN
from app.ui import theme

DEGREES = (1, 2, 3, 4, 5)
_NAME, _WEIGHT, _CELL, _POINTS, _HEIGHT = 180, 46, 78, 56, 30
_BUCKET_KEYS = {"1": 10, "2": 20, "4": 40, "6": 60, "8": 80, "0": 100}
NEED_DEGREE = "程度は 1〜5（Ⅰ〜Ⅴ）、損傷なしは 0 です"
NEED_BUCKET = "面積率は 1・2・4・6・8・0（10・20・40・60・80・100%）です"


class SheetRow(QWidget):
    """What all rows share: a name, a weight, points at the right, the keyboard. ``moved`` is +1 or -1, ``told`` a hint ("" clears it)."""

    changed = Signal()
    moved = Signal(int)
    told = Signal(str)

    def __init__(self, part: str, name: str, weight: int) -> None:
        super().__init__()
        self.part, self.name, self.weight = part, name, weight
        self.points: int | None = None
        self.needed = True
        self.problem = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.current().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """As wide as the columns."""
        px = theme.current().px
        return QSize(px(_NAME + _WEIGHT + _CELL * len(DEGREES) + _POINTS), px(_HEIGHT))

    def show_result(self, points: int | None, *, needed: bool, problem: str = "") -> None:
        """Points reckoned; whether the part still matters; what is wrong with it."""
        self.points, self.needed, self.problem = points, needed, problem
        self.setToolTip(problem)
        self._describe()
        self.update(self.rect())

    def spoken(self) -> str:
        """What the row says, for who cannot see it."""
        raise NotImplementedError

    def _describe(self) -> None:
        points = "" if self.points is None else f"{self.points}点"
        self.setAccessibleName("　".join(filter(None, (self.name, self.spoken(), points, self.problem))))

    def focusInEvent(self, event: object) -> None:
        super().focusInEvent(event)
        self.told.emit("")
        self.update(self.rect())

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)
        self.update(self.rect())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and arrows move on; the rest belongs to the kind of row."""
        key = event.key()
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.moved.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif key == Qt.Key.Key_Up:
            self.moved.emit(-1)
        elif not self.take_key(key, event.text()):
            super().keyPressEvent(event)

    def take_key(self, key: int, letter: str) -> bool:
        """Whether the row used a key."""
        raise NotImplementedError

    # -- drawing

    def _cell_rect(self, place: int) -> QRect:
        px = theme.current().px
        return QRect(px(_NAME + _WEIGHT) + px(_CELL) * place, 0, px(_CELL), self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        focused = self.hasFocus()
        painter.fillRect(self.rect(), look.colour("accent_soft" if focused else "surface"))
        ink = look.colour("text" if self.needed else "disabled")
        _write(painter, QRect(look.px(12), 0, look.px(_NAME - 16), self.height()), self.name, ink, bold=focused, left=True)
        _write(painter, QRect(look.px(_NAME), 0, look.px(_WEIGHT), self.height()), str(self.weight), look.colour("muted"))
        self.draw_cells(painter, ink)
        right = QRect(self.width() - look.px(_POINTS), 0, look.px(_POINTS), self.height())
        if self.problem:
            _write(painter, right, "⚠", look.colour("danger"), bold=True)
        elif self.points is not None:
            _write(painter, right, str(self.points), ink, bold=True)
        painter.setPen(look.colour("hairline"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        if focused:
            painter.setPen(QPen(look.colour("focus"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def draw_cells(self, painter: QPainter, ink: QColor) -> None:
        """Draw between name and points."""
        raise NotImplementedError


class PartRow(SheetRow):
    """A part: ``areas`` are buckets in percent by degree. Two digits (degree, area) and the keyboard moves on; ``+`` adds another degree."""

    again = Signal()

    def __init__(self, part: str, name: str, weight: int) -> None:
        super().__init__(part, name, weight)
        self.areas: dict[int, int] = {}
        self.pending = 0
        self._adding = False
        self._describe()

    def rows(self) -> list[list[int]]:
        """``[[degree, bucket], …]`` of the sheet."""
        return [[degree, self.areas[degree]] for degree in sorted(self.areas)]

    def set_rows(self, rows: Sequence[Sequence[int]]) -> None:
        """Show what was written down."""
        self.areas = {int(degree): int(bucket) for degree, bucket in rows if degree}
        self.pending, self._adding = 0, False
        self._describe()
        self.update(self.rect())

    def spoken(self) -> str:
        return "、".join(f"{ROMAN[degree]} {bucket}%" for degree, bucket in sorted(self.areas.items())) or "記入なし"

    def add_another(self) -> None:
        """The next degree is added to those there are."""
        self._adding = True
        self.setFocus()
        self.told.emit(f"{self.name}にもう1つ：程度（1〜5）と面積率")
        self.update(self.rect())

    def take_key(self, key: int, letter: str) -> bool:
        digit = chr(ord(letter) - 0xFEE0) if letter and "０" <= letter <= "９" else letter
        if digit.isdigit() and len(digit) == 1:
            self._take_digit(digit)
        elif letter in ("+", "＋", ";"):
            if self.areas:
                self.add_another()
            else:
                self.again.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            self.pending = (self.pending + step) % 6 if self.pending else (1 if step > 0 else 5)
            self._adding = True
            self.update(self.rect())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove()
        elif key == Qt.Key.Key_Escape and (self.pending or self._adding):
            self._settle()
        else:
            return False
        return True

    def _take_digit(self, digit: str) -> None:
        if self.pending:
            if digit not in _BUCKET_KEYS:
                self.told.emit(NEED_BUCKET)
                return
            self._put(self.pending, _BUCKET_KEYS[digit])
            self.moved.emit(1)
        elif digit == "0":
            self.areas = {}
            self._settle()
            self.changed.emit()
            self.moved.emit(1)
        elif int(digit) in DEGREES:
            self.pending = int(digit)
            self.told.emit(f"{ROMAN[self.pending]} の面積率：1・2・4・6・8・0（100%）")
            self.update(self.rect())
        else:
            self.told.emit(NEED_DEGREE)

    def _put(self, degree: int, bucket: int) -> None:
        self.areas = {**(self.areas if self._adding else {}), degree: bucket}
        self._settle()
        self.changed.emit()

    def _settle(self) -> None:
        self.pending, self._adding = 0, False
        self.told.emit("")
        self._describe()
        self.update(self.rect())

    def _remove(self) -> None:
        if self.pending and self.pending not in self.areas:
            self._settle()
            return
        self.areas = {degree: bucket for degree, bucket in self.areas.items() if self.pending and degree != self.pending}
        self._settle()
        self.changed.emit()

    def focusOutEvent(self, event: object) -> None:
        self.pending, self._adding = 0, False
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses a degree; another raises its area step by step."""
        self.setFocus()
        found = next((degree for degree in DEGREES if self._cell_rect(degree - 1).contains(event.position().toPoint())), 0)
        if not found:
            return
        self._adding = True
        steps = [*_BUCKET_KEYS.values()]
        if self.pending != found and found not in self.areas:
            self.pending = found
            self.areas[found] = steps[0]
        else:
            self.pending = found
            place = steps.index(self.areas[found]) + 1 if found in self.areas else 0
            self.areas = {**self.areas, found: steps[place]} if place < len(steps) else {d: b for d, b in self.areas.items() if d != found}
        self._describe()
        self.update(self.rect())
        self.changed.emit()

    def draw_cells(self, painter: QPainter, ink: QColor) -> None:
        look = theme.current()
        for degree in DEGREES:
            rect = self._cell_rect(degree - 1).adjusted(look.px(4), look.px(3), -look.px(4), -look.px(3))
            chosen = degree in self.areas
            if chosen:
                painter.fillRect(rect, look.colour("select"))
            painter.setPen(QPen(look.colour("focus" if degree == self.pending else "line"), 2 if degree == self.pending else 1))
            painter.drawRect(rect)
            if chosen:
                _write(painter, rect, f"{self.areas[degree]}%", look.colour("select_text") if self.needed else ink, bold=True)
            elif degree == self.pending:
                _write(painter, rect, "？%", look.colour("accent"), bold=True)


class PointsRow(SheetRow):
    """Equipment: points typed as a number up to the weight."""

    def __init__(self, part: str, name: str, weight: int) -> None:
        super().__init__(part, name, weight)
        self.value: int | None = None
        self._fresh = True
        self._describe()

    def spoken(self) -> str:
        return "記入なし" if self.value is None else f"{self.value}"

    def set_value(self, value: int | None) -> None:
        """Show what was written down."""
        self.value = value
        self._describe()
        self.update(self.rect())

    def focusInEvent(self, event: object) -> None:
        self._fresh = True
        super().focusInEvent(event)

    def take_key(self, key: int, letter: str) -> bool:
        digit = chr(ord(letter) - 0xFEE0) if letter and "０" <= letter <= "９" else letter
        if digit.isdigit() and len(digit) == 1:
            typed = int(digit) if self._fresh or self.value is None else self.value * 10 + int(digit)
            if typed > self.weight:
                self.told.emit(f"{self.name}は {self.weight} 点までです")
                return True
            self.value, self._fresh = typed, False
        elif key == Qt.Key.Key_Backspace and self.value is not None and self.value > 9 and not self._fresh:
            self.value //= 10
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.value = None
        else:
            return False
        self.set_value(self.value)
        self.told.emit("")
        self.changed.emit()
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()

    def draw_cells(self, painter: QPainter, ink: QColor) -> None:
        look = theme.current()
        first, last = self._cell_rect(0), self._cell_rect(len(DEGREES) - 1)
        rect = first.united(last).adjusted(look.px(4), look.px(3), -look.px(4), -look.px(3))
        box = QRect(rect.left(), rect.top(), look.px(_CELL - 8), rect.height())
        painter.setPen(look.colour("line"))
        painter.drawRect(box)
        if self.value is not None:
            _write(painter, box, str(self.value), ink, bold=True)
        words = f"点（{self.weight}点まで。一覧の点数の合計）"
        _write(painter, rect.adjusted(look.px(_CELL), 0, 0, 0), words, look.colour("muted"), left=True)


class SheetHead(QWidget):
    """The headings over the columns."""

    def __init__(self, coefficients: Mapping[int, str]) -> None:
        super().__init__()
        self._coefficients = coefficients
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        px = theme.current().px
        return QSize(px(_NAME + _WEIGHT + _CELL * len(DEGREES) + _POINTS), px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        px, ink = look.px, look.colour("text2")
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour("surface2"))
        _write(painter, QRect(px(12), 0, px(_NAME - 16), self.height()), "部位", ink, bold=True, left=True)
        _write(painter, QRect(px(_NAME - 12), 0, px(_WEIGHT + 20), self.height()), "構成比", ink)
        for degree in DEGREES:
            rect = QRect(px(_NAME + _WEIGHT) + px(_CELL) * (degree - 1), 0, px(_CELL), self.height())
            _write(painter, rect, f"{ROMAN[degree]} {self._coefficients.get(degree, '')}%", ink, bold=True)
        _write(painter, QRect(self.width() - px(_POINTS), 0, px(_POINTS), self.height()), "点", ink, bold=True)
        painter.end()


def _write(painter: QPainter, rect: QRect, words: str, ink: QColor, *, bold: bool = False, left: bool = False) -> None:
    font = QFont(painter.font())
    font.setBold(bold)
    painter.setFont(font)
    painter.setPen(ink)
    across = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignHCenter
    painter.drawText(rect, int(across | Qt.AlignmentFlag.AlignVCenter), words)
    font.setBold(False)
    painter.setFont(font)
