"""Backspace in a field takes a character as people see it: a kanji goes with its variation selector, not the selector alone.

Qt moves and deletes forward by whole characters, but Backspace takes one code point: what remains would be another name that
looks the same.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from app.ui.glyphs.shaping import SELECTORS


class _ClusterKeys(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() != Qt.Key.Key_Backspace or event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            return False
        if isinstance(watched, QLineEdit):
            return _take_back_in_line(watched)
        return isinstance(watched, QPlainTextEdit) and _take_back_in_area(watched)


def keep_clusters(field: QLineEdit | QPlainTextEdit) -> None:
    """Let Backspace in this field delete whole characters."""
    field.installEventFilter(_ClusterKeys(field))


def _take_back_in_line(line: QLineEdit) -> bool:
    before = _before(line.text(), line.cursorPosition())
    if line.isReadOnly() or line.hasSelectedText() or not SELECTORS.fullmatch(before[-1:]):
        return False
    line.cursorBackward(True, 1)
    line.backspace()
    return True


def _take_back_in_area(area: QPlainTextEdit) -> bool:
    cursor = area.textCursor()
    before = _before(cursor.block().text(), cursor.positionInBlock())
    if area.isReadOnly() or cursor.hasSelection() or not SELECTORS.fullmatch(before[-1:]):
        return False
    cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()
    return True


def _before(text: str, place: int) -> str:
    """What stands before a place that Qt counts in UTF-16 units."""
    return text.encode("utf-16-le", "surrogatepass")[: place * 2].decode("utf-16-le", "ignore")
