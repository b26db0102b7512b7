"""Cells of tables: as the style draws them, and with our own drawing for texts that Qt cannot draw."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QLocale, QModelIndex, QObject, QPersistentModelIndex, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui import theme
from app.ui.glyphs.painting import draw_text
from app.ui.glyphs.screen import current

Index = QModelIndex | QPersistentModelIndex


class CellDelegate(QStyledItemDelegate):
    """The delegate of every table that may show names.

    A table asks for hundreds of cells a frame: Qt paints each in one call, and on the way ``displayText`` keeps back what Qt cannot
    draw. Only those cells are then drawn over here.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_plain = current().is_plain
        self._painting = False
        self._kept = ""

    def displayText(self, value: Any, locale: QLocale) -> str:
        if not self._painting or not isinstance(value, str) or self._is_plain(value):
            return value if isinstance(value, str) else super().displayText(value, locale)
        self._kept = value
        return ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self._painting, self._kept = True, ""
        super().paint(painter, option, index)
        self._painting = False
        if self._kept:
            self._draw(painter, option, index, self._kept)

    def _draw(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, words: str) -> None:
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        widget = own.widget
        style = widget.style() if widget else QApplication.style()
        box = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, own, widget)
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, own, widget) + 1
        chosen = bool(own.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setFont(own.font)
        painter.setPen(theme.current().colour("select_text") if chosen else own.palette.text().color())
        draw_text(painter, QRect(box).adjusted(margin, 0, -margin, 0), words, align=own.displayAlignment, elide=own.textElideMode)
        painter.restore()
