"""A moment typed freely (R6.1.5 18:00, 1/5 18時, 2024-01-05); empty means now. Says what was understood or what is wrong."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.dates import format_instant, parse_instant
from app.domain.errors import RuleViolation
from app.presentation.messages import message
from app.ui import ime, theme
from app.ui.widgets.text import column, restyle, row, text


class MomentField(QWidget):
    """``changed`` is emitted when another readable moment (or none) was entered and the field is left or Enter pressed."""

    changed = Signal()

    def __init__(self, caption: str, *, empty: str = "いま", width: int = 168) -> None:
        super().__init__()
        self._caption, self._empty = caption, empty
        self.line = QLineEdit()
        self.line.setPlaceholderText(empty)
        self.line.setAccessibleName(caption)
        self.line.setClearButtonEnabled(True)
        self.line.setFixedWidth(theme.current().px(width))
        ime.prepare(self.line, "latin")
        self._note = text("", role="understood", wrap=False)
        label = text(caption, role="field", wrap=False)
        label.setBuddy(self.line)
        self.setLayout(column(row(label, self._note, 1, spacing=8), self.line, spacing=2))
        self._taken: datetime | None = None
        self.problem = ""
        self.line.textChanged.connect(lambda _: self._explain())
        self.line.editingFinished.connect(self._take)

    @property
    def moment(self) -> datetime | None:
        """The last readable moment entered; None for now."""
        return self._taken

    def set_moment(self, moment: datetime | None) -> None:
        """Put one in, without telling."""
        self._taken = moment
        self.line.setText(format_instant(moment, "iso") if moment else "")
        self._explain()

    def _parse(self) -> datetime | None:
        words = self.line.text().strip()
        return parse_instant(words) if words else None

    def _explain(self) -> None:
        self.problem = ""
        try:
            found = self._parse()
            words, role = (f"→ {format_instant(found, 'short')}" if found else ""), "understood"
        except RuleViolation as fault:
            self.problem = message(fault)
            words, role = "⚠ 読めません", "problem"
        self._note.setText(words)
        self._note.setToolTip(self.problem)
        self.line.setToolTip(self.problem)
        self.line.setAccessibleDescription(self.problem or words)
        if self._note.property("role") != role:
            restyle(self._note, role=role)
        restyle(self.line, state="problem" if self.problem else "")

    def _take(self) -> None:
        if self.problem:
            return
        found = self._parse()
        if found != self._taken:
            self._taken = found
            self.changed.emit()
