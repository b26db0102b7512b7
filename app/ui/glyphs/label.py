"""A label that shows every name as it is written, and gives the original text when it is copied."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QLabel, QMenu, QToolTip

from app.ui import theme
from app.ui.glyphs.painting import draw_line, draw_text, measure, wrap
from app.ui.glyphs.screen import current

LEADING = 1.35  # the family of the screen font has no room between lines of its own
_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse
_NARROW = 40


class NameLabel(QLabel):
    """Plain text on one line, or ``wrapped``; nothing in it can become markup. ``elided``: cut short where there is no room.

    Texts that Qt draws right are left to it. The others are drawn here; where they may be selected, a click selects all of it.
    """

    def __init__(self, words: str = "", *, wrapped: bool = False, elided: bool = False) -> None:
        super().__init__()
        self._words = ""
        self._elided, self._chosen = elided, False
        self.setTextFormat(Qt.TextFormat.RichText if wrapped else Qt.TextFormat.PlainText)
        self.setWordWrap(wrapped)
        self.setText(words)

    # -- the words

    def text(self) -> str:
        """The words, without markup."""
        return self._words

    def setText(self, words: str) -> None:
        """Show words; line ends stay where the label wraps."""
        self._words = words
        self._chosen = False
        if self.wordWrap():
            lines = html.escape(words).replace("\n", "<br>")
            super().setText(f'<div style="line-height: {LEADING:.0%}">{lines}</div>' if words else "")
            self.setAccessibleName(words)
        else:
            super().setText(words)
        self.updateGeometry()

    @property
    def drawn_here(self) -> bool:
        """Whether these words are not left to Qt."""
        return self._elided or not current().is_plain(self._words)

    # -- room

    def minimumSizeHint(self) -> QSize:
        """One line; how many it needs depends on the width it gets (``heightForWidth``). Qt's own guess is far too tall."""
        if self.wordWrap():
            return QSize(theme.current().px(_NARROW), round(self.fontMetrics().height() * LEADING))
        if self._elided:
            return QSize(min(theme.current().px(_NARROW), self.sizeHint().width()), self.sizeHint().height())
        return self.sizeHint() if self.drawn_here else super().minimumSizeHint()

    def sizeHint(self) -> QSize:
        """As much as the words need."""
        hint = super().sizeHint()
        if self.wordWrap() or not self.drawn_here:
            return hint
        plain = QFontMetricsF(self.font()).horizontalAdvance(self._words)
        return QSize(hint.width() + int(measure(self._words, self.font()) - plain + 0.999), hint.height())

    def heightForWidth(self, width: int) -> int:
        """The height of the wrapped words."""
        if not self.wordWrap() or not self.drawn_here:
            return super().heightForWidth(width)
        around = self.height() - self.contentsRect().height() if self.height() else 0
        lines = wrap(self._words, self.font(), max(1, width - (self.width() - self.contentsRect().width())))
        return round(len(lines) * self._pitch()) + around

    def _pitch(self) -> float:
        return QFontMetricsF(self.font()).height() * LEADING

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Left to Qt where it can."""
        if not self.drawn_here:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        self.drawFrame(painter)
        painter.setFont(self.font())
        box = self._room()
        painter.setPen(self.palette().color(self.foregroundRole()))
        if self._chosen:
            painter.fillRect(box, theme.current().colour("select"))
            painter.setPen(theme.current().colour("select_text"))
        if self.wordWrap():
            self._paint_lines(painter, box)
        else:
            draw_text(painter, box, self._words, align=self.alignment(), elide=Qt.TextElideMode.ElideRight)
        painter.end()

    def _room(self) -> QRectF:
        """Where Qt would put the words: a label with a frame of its own keeps half an x from it."""
        box = QRectF(self.contentsRect())
        indent = self.indent() if self.indent() >= 0 else self.fontMetrics().horizontalAdvance("x") // 2 if self.frameWidth() else 0
        if self.alignment() & Qt.AlignmentFlag.AlignLeft and not self.wordWrap():
            box.adjust(indent, 0, 0, 0)
        return box

    def _paint_lines(self, painter: QPainter, box: QRectF) -> None:
        lines, pitch, metrics, glyphs = wrap(self._words, self.font(), box.width()), self._pitch(), QFontMetricsF(self.font()), current()
        top = box.top()
        if self.alignment() & Qt.AlignmentFlag.AlignVCenter:
            top += max(0.0, (box.height() - pitch * len(lines)) / 2)
        for place, words in enumerate(lines):
            line = glyphs.line(words, self.font())
            slack = box.width() - line.width
            x = box.left() + (slack / 2 if self.alignment() & Qt.AlignmentFlag.AlignHCenter else 0)
            draw_line(painter, glyphs, line, QPointF(x, top + place * pitch + metrics.ascent()))

    # -- taking the words along

    @property
    def _copied_here(self) -> bool:
        return self.drawn_here and bool(self.textInteractionFlags() & _SELECTABLE)

    def copy(self) -> None:
        """The original words, every selector and private character in them, to the clipboard."""
        QGuiApplication.clipboard().setText(self._words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click selects all."""
        if not self._copied_here:
            super().mousePressEvent(event)
            return
        self._choose(True)
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Nothing to drag over in words drawn here."""
        if not self._copied_here:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The selection stays."""
        if not self._copied_here:
            super().mouseReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The selection goes with the keyboard."""
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._choose(False)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies."""
        if self._copied_here and event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu under the right button."""
        if not self._copied_here:
            super().contextMenuEvent(event)
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("コピー", self.copy)
        menu.popup(event.globalPos())

    def _choose(self, on: bool) -> None:
        if self._chosen != on:
            self._chosen = on
            self.update(self.rect())

    def event(self, event: QEvent) -> bool:
        """A tooltip says what is not drawn as what it is."""
        if event.type() == QEvent.Type.ToolTip and not self.toolTip() and self.drawn_here:
            remarks = current().remarks(self._words)
            if remarks or self._elided:
                QToolTip.showText(event.globalPos(), current().tip(self._words), self)  # type: ignore[attr-defined]
                return True
        return super().event(event)
