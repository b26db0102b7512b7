"""Tables of people with the name large and the kana under it, and the state as a chip. The words stay those of the columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem

from app.presentation.columns.evacuee import PROTECTED
from app.presentation.columns.spec import ColumnSet
from app.ui import icons, theme
from app.ui.glyphs.cells import CellDelegate
from app.ui.glyphs.painting import cut_short, draw_text, measure
from app.ui.glyphs.shaping import clusters
from app.ui.page import Shell
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.widgets.row_model import RowRole
from app.ui.widgets.table import Table
from app.usecases.rows import SearchResult
from app.usecases.searching import search

_CHIPS = {
    "info": ("accent_soft", "accent"), "warn": ("warn_soft", "warn"), "bad": ("danger_soft", "danger"), "good": ("good_soft", "good"),
    "quiet": ("surface2", "text2"), "": ("surface2", "text2"),
}  # fmt: skip
Index = QModelIndex | QPersistentModelIndex


class _Delegate(CellDelegate):
    """Draws the ground of a cell as the style does, then its own contents."""

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> QStyleOptionViewItem:
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        own.text = ""
        own.icon = icons.QIcon()
        widget = option.widget
        style = widget.style() if widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, own, painter, widget)
        return own

    @staticmethod
    def _ink(option: QStyleOptionViewItem, name: str) -> QColor:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        return theme.current().colour("select_text" if chosen else name)


class NameDelegate(_Delegate):
    """The name large, the kana small under it, the mark of a protection measure at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme.current()
        row = index.data(RowRole)
        self._ground(painter, option, index)
        if row is None:
            return
        painter.save()
        box = option.rect.adjusted(look.px(10), look.px(3), -look.px(8), -look.px(4))
        mark = _draw_mark(painter, box) if getattr(row, "protected", False) else 0
        words = box.adjusted(0, 0, -mark, 0)
        large, small = _font(option.font, 17, bold=True), _font(option.font, 12)
        painter.setFont(large)
        painter.setPen(self._ink(option, "text"))
        top = QRect(words.left(), words.top(), words.width(), round(words.height() * 0.6))
        draw_text(painter, top, str(index.data()), elide=Qt.TextElideMode.ElideRight)
        painter.setFont(small)
        painter.setPen(self._ink(option, "muted"))
        below = QRect(words.left(), top.bottom(), words.width(), words.bottom() - top.bottom())
        draw_text(painter, below, row.kana, elide=Qt.TextElideMode.ElideRight)
        painter.restore()


def _draw_mark(painter: QPainter, box: QRect) -> int:
    """A small badge at the right; answers the width it took."""
    look = theme.current()
    font = _font(painter.font(), 11, bold=True)
    width = QFontMetrics(font).horizontalAdvance(PROTECTED) + look.px(12)
    height = look.px(18)
    place = QRect(box.right() - width, box.center().y() - height // 2, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("danger_soft"))
    painter.drawRoundedRect(place, 4, 4)
    painter.setFont(font)
    painter.setPen(look.colour("danger"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, PROTECTED)
    return width + look.px(6)


class ChipDelegate(_Delegate):
    """The state as a word on a coloured ground; longer details wrap under it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme.current()
        self._ground(painter, option, index)
        words = str(index.data() or "")
        row = index.data(RowRole)
        if not words or row is None:
            return
        column = index.model().columns[index.column()]
        ground, ink = _CHIPS[column.tone(row) if column.tone else ""]
        head, _, rest = words.partition(" ")
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(look.px(8), look.px(3), -look.px(6), -look.px(4))
        font = _font(option.font, 12, bold=True)
        width = min(QFontMetrics(font).horizontalAdvance(head) + look.px(14), box.width())
        height = look.px(20)
        top = box.top() if rest else box.center().y() - height // 2
        chip = QRect(box.left(), top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour(ground))
        painter.drawRoundedRect(chip, 4, 4)
        painter.setFont(font)
        painter.setPen(look.colour(ink))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, QFontMetrics(font).elidedText(head, Qt.TextElideMode.ElideRight, width))
        small = _font(option.font, 13)
        painter.setFont(small)
        painter.setPen(self._ink(option, "text"))
        below = QRect(box.left(), chip.bottom() + 1, box.width(), box.bottom() - chip.bottom())
        draw_text(painter, below, rest, elide=Qt.TextElideMode.ElideMiddle)
        painter.restore()


class TickDelegate(_Delegate):
    """A box that is ticked or not; the cell's text says it for screen readers."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme.current()
        self._ground(painter, option, index)
        row = index.data(RowRole)
        if row is None:
            return
        side = look.px(22)
        box = QRect(0, 0, side, side)
        box.moveCenter(option.rect.center())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("accent" if row.ticked else "line_strong"), 1.5))
        painter.setBrush(look.colour("accent" if row.ticked else "input"))
        painter.drawRoundedRect(box, 4, 4)
        if row.ticked:
            painter.drawPixmap(box.adjusted(2, 2, -2, -2), icons.pixmap("check", tint="on_accent", size=18))
        painter.restore()


class AddressDelegate(_Delegate):
    """Two lines of text, so that a long address can be read."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme.current()
        self._ground(painter, option, index)
        painter.save()
        box = option.rect.adjusted(look.px(8), look.px(2), -look.px(6), -look.px(3))
        font = _font(option.font, 13)
        painter.setFont(font)
        painter.setPen(self._ink(option, "text"))
        first, second = _two_lines(str(index.data() or ""), font, box.width())
        if second:
            draw_text(painter, QRect(box.left(), box.top(), box.width(), box.height() // 2), first)
            below = QRect(box.left(), box.top() + box.height() // 2, box.width(), box.height() // 2)
            draw_text(painter, below, cut_short(second, font, below.width()))
        else:
            draw_text(painter, box, first)
        painter.restore()


def _two_lines(words: str, font: QFont, width: int) -> tuple[str, str]:
    parts = list(clusters(words))
    fit = len(parts)
    while fit > 1 and measure("".join(parts[:fit]), font) > width:
        fit -= 1
    return "".join(parts[:fit]), "".join(parts[fit:])


def _font(base: QFont, pixels: int, *, bold: bool = False) -> QFont:
    made = QFont(base)
    made.setPixelSize(theme.current().px(pixels))
    made.setBold(bold)
    return made


_DELEGATES: dict[str, type[_Delegate]] = {
    "tick": TickDelegate, "name": NameDelegate, "address": AddressDelegate, "status": ChipDelegate, "birth": AddressDelegate,
}  # fmt: skip


class HitTable(Table):
    """A table of people with tall rows."""

    def __init__(
        self,
        columns: ColumnSet[Any],
        *,
        name: str,
        runner: Runner | None = None,
        preferences: Preferences | None = None,
        many: bool = False,
    ) -> None:
        super().__init__(columns, name=name, runner=runner, preferences=preferences, many=many)
        for place, column in enumerate(self.rows.columns):
            if column.key in _DELEGATES:
                self.setItemDelegateForColumn(place, _DELEGATES[column.key](self))
        self.horizontalHeader().setSortIndicatorShown(False)
        self.horizontalHeader().setSectionsClickable(False)

    def find(self, words: str, *, shell: Shell, then: Callable[[], None], within: str = "all") -> None:
        """Show who is found by these words, the first one current, and go on; only the newest search counts."""
        ctx = shell.context

        def show(result: SearchResult) -> None:
            self.show_rows(result.hits)
            if result.hits:
                self.make_current(0)
            then()

        shell.runner.read(lambda: search(ctx, text=words, within=within), parent=self, latest=f"find:{id(self)}").success(show).start()

    def _fit_theme(self) -> None:
        super()._fit_theme()
        self.verticalHeader().setDefaultSectionSize(theme.current().px(48))

    def row_height(self) -> int:
        """Pixels of one row."""
        return self.verticalHeader().defaultSectionSize()

    def height_for(self, rows: int) -> int:
        """Pixels that so many rows and the heading need."""
        return self.horizontalHeader().sizeHint().height() + rows * self.row_height() + 6

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.height_for(4))
