"""Boxes to tick and choices whose words are names."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QStyle, QStyleOptionButton

from app.ui.glyphs.painting import draw_text, measure
from app.ui.glyphs.screen import current


class NameTick(QCheckBox):
    """A box to tick; its words are drawn as they are written."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box as the style draws it, the words as ours where Qt cannot."""
        if current().is_plain(self.text()):
            super().paintEvent(event)
        else:
            _paint(self, QStyle.ControlElement.CE_CheckBox, QStyle.SubElement.SE_CheckBoxContents)

    def sizeHint(self) -> QSize:
        """Room for what is drawn."""
        return _widened(self, super().sizeHint())


class NameChoice(QRadioButton):
    """One of several; its words are drawn as they are written."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button as the style draws it, the words as ours where Qt cannot."""
        if current().is_plain(self.text()):
            super().paintEvent(event)
        else:
            _paint(self, QStyle.ControlElement.CE_RadioButton, QStyle.SubElement.SE_RadioButtonContents)

    def sizeHint(self) -> QSize:
        """Room for what is drawn."""
        return _widened(self, super().sizeHint())


def _paint(button: NameTick | NameChoice, control: QStyle.ControlElement, contents: QStyle.SubElement) -> None:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    box = button.style().subElementRect(contents, option, button)
    option.text = ""
    painter = QPainter(button)
    button.style().drawControl(control, option, painter, button)
    painter.setFont(button.font())
    painter.setPen(button.palette().color(button.foregroundRole()))
    draw_text(painter, box, button.text(), elide=Qt.TextElideMode.ElideRight)
    painter.end()


def _widened(button: QAbstractButton, hint: QSize) -> QSize:
    words = button.text()
    if current().is_plain(words):
        return hint
    return QSize(
        hint.width() + int(measure(words, button.font()) - QFontMetricsF(button.font()).horizontalAdvance(words) + 1), hint.height()
    )
