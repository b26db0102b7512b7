"""A candidate as a card: its number key, who it is, how sure, and why, in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame

from app.presentation.columns.evacuee import birth_and_age, sex_text
from app.presentation.columns.matching import say_differences, say_reasons
from app.ui.widgets.text import badge, column, restyle, row, text
from app.usecases.matching_rows import ShownCandidate


class CandidateCard(QFrame):
    """``picked`` when clicked, ``taken`` when clicked twice."""

    picked = Signal(int)
    taken = Signal(int)

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._key = text(str(number + 1) if number < 9 else "", role="key", wrap=False)
        self._name = text("", role="section")
        self._score = text("", role="badge", wrap=False)
        self._chosen = badge("選択中", tone="info")
        self._facts = text("", role="note")
        self._reasons = text("")
        self._differences = text("", role="problem")
        head = row(self._key, self._name, self._chosen, self._score, spacing=8)
        head.setStretch(1, 1)
        self.setLayout(column(head, self._facts, self._reasons, self._differences, spacing=4, margins=(12, 9, 12, 9)))

    def show_candidate(self, candidate: ShownCandidate, *, chosen: bool) -> None:
        """Show another one."""
        found = candidate.resident
        self._name.setText(f"{found.name or found.kana}　{found.kana if found.name else ''}".strip())
        self._score.setText(f"{candidate.score}点")
        self._facts.setText("　".join(part for part in (birth_and_age(found.birth), sex_text(found.sex), found.address) if part))
        reasons, differences = say_reasons(candidate), say_differences(candidate)
        self._reasons.setText(f"合う：{reasons}" if reasons else "")
        self._reasons.setVisible(bool(reasons))
        self._differences.setText(f"違う：{differences}" if differences else "")
        self._differences.setVisible(bool(differences))
        self._chosen.setVisible(chosen)
        restyle(self, role="card", state="chosen" if chosen else "")
        self.setAccessibleName(f"候補{self.number + 1}{'、選択中' if chosen else ''}：{self._name.text()}、{candidate.score}点。{reasons}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses."""
        self.picked.emit(self.number)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two take it."""
        self.taken.emit(self.number)
