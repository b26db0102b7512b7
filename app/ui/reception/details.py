"""The second part of the check-in screen: the household, and health and consent of the person at hand. Nothing of it must be touched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from app.presentation.forms.household import HOUSEHOLD
from app.presentation.forms.person import CONDITION
from app.ui.glyphs.screen import current as glyphs
from app.ui.reception.family import Candidate
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.text import column


class Details(QTabWidget):
    """``changed`` carries the id of the candidate whose health or consents were touched."""

    changed = Signal(str)

    def __init__(self, household: Mapping[str, Any]) -> None:
        super().__init__()
        self.setAccessibleName("くわしい内容")
        self.household = FormBody(HOUSEHOLD, values=household, columns=3)
        self._household_before = self.household.raw()
        self.condition = FormBody(CONDITION, columns=3)
        self._before: dict[str, dict[str, str]] = {}
        self._raw: dict[str, dict[str, str]] = {}
        self._current = ""
        self._filling = False
        self.addTab(_scrolled(self.condition), "この人の体調・配慮・同意")
        self.addTab(_scrolled(self.household), "世帯のこと")
        self.condition.changed.connect(self._touched)

    def show_candidate(self, candidate: Candidate | None) -> None:
        """Show one person's part; what was typed for the one before is kept."""
        self._keep()
        self._current = candidate.id if candidate else ""
        name = glyphs().write_out(candidate.name or candidate.kana or "氏名なし") if candidate else ""
        self.setTabText(0, f"{name} さんの体調・配慮・同意" if candidate else "体調・配慮・同意")
        self.setTabEnabled(0, candidate is not None)
        if candidate is None:
            return
        before = self._before.setdefault(candidate.id, CONDITION.raw(candidate.condition))
        self._filling = True
        for key, raw in self._raw.get(candidate.id, before).items():
            self.condition.editors[key].set_raw(raw)
        self._filling = False

    def extra(self) -> dict[str, dict[str, Any]] | None:
        """What was changed for each person, or None after saying what cannot be read."""
        self._keep()
        found: dict[str, dict[str, Any]] = {}
        for candidate_id, raw in self._raw.items():
            values, problems = CONDITION.parse(raw)
            if problems:
                self.setCurrentIndex(0)
                self.condition.show_problems(problems)
                return None
            before = self._before[candidate_id]
            found[candidate_id] = {key: value for key, value in values.items() if raw[key] != before[key]}
        return found

    def household_changes(self) -> dict[str, Any] | None:
        """What was changed about the household, or None after saying what cannot be read."""
        values = self.household.read()
        if values is None:
            self.setCurrentIndex(1)
            return None
        raw = self.household.raw()
        return {key: value for key, value in values.items() if raw[key] != self._household_before[key]}

    def touched(self, candidate_id: str) -> bool:
        """Whether anything was changed for a person."""
        self._keep()
        return candidate_id in self._raw and self._raw[candidate_id] != self._before[candidate_id]

    def _keep(self) -> None:
        if self._current:
            self._raw[self._current] = self.condition.raw()

    def _touched(self) -> None:
        if self._current and not self._filling:
            self.changed.emit(self._current)


def _scrolled(body: QWidget) -> QScrollArea:
    inner = QWidget()
    inner.setProperty("role", "scroll")
    layout: QVBoxLayout = column(body, margins=(2, 10, 12, 8))
    inner.setLayout(layout)
    area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
    area.setWidget(inner)
    return area
