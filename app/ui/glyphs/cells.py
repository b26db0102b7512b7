"""Cells of tables: as the style draws them, and with our own drawing for texts that Qt cannot draw."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui import theme
from app.ui.glyphs.painting import draw_text
from app.ui.glyphs.screen import Glyphs, current

Index = QModelIndex | QPersistentModelIndex
_CELL = QStyle.ControlElement.CE_ItemViewItem


class CellDelegate(QStyledItemDelegate):
    """The delegate of every table that may show names."""

    def __init__(self, parent: QStyledItemDelegate | None = None) -> None:
        super().__init__(parent)
        self._glyphs: Glyphs = current()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        widget = own.widget
        style = widget.style() if widget else QApplication.style()
        words = own.text
        if self._glyphs.is_plain(words):
            style.drawControl(_CELL, own, painter, widget)
            return
        box = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, own, widget)
        own.text = ""
        style.drawControl(_CELL, own, painter, widget)
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, own, widget) + 1
        chosen = bool(own.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setFont(own.font)
        painter.setPen(theme.current().colour("select_text") if chosen else own.palette.text().color())
        room = QRect(box).adjusted(margin, 0, -margin, 0)
        draw_text(painter, room, words, align=own.displayAlignment, elide=own.textElideMode)
        painter.restore()
