"""Where one is in a guide: numbered steps, done ones ticked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.ui.icons import IconLabel
from app.ui.widgets.text import column, restyle, row, text


class StepIndicator(QWidget):
    """Steps under each other; ``show_step`` says which is current."""

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self._steps = list(steps)
        self._marks: list[IconLabel] = []
        self._numbers = []
        self._words = []
        lines = column(spacing=14)
        for place, words in enumerate(self._steps, 1):
            number = text(str(place), role="step", wrap=False)
            mark = IconLabel("check", tint="rail_text", size=16)
            caption = text(words, role="stepname", wrap=False)
            self._numbers.append(number)
            self._marks.append(mark)
            self._words.append(caption)
            lines.addLayout(row(number, caption, 1, mark, spacing=10))
        self.setLayout(lines)
        self.show_step(0)

    def show_step(self, current: int) -> None:
        """Steps before are done, the rest is to come."""
        for place, words in enumerate(self._steps):
            state = "done" if place < current else "now" if place == current else "later"
            self._marks[place].setVisible(state == "done")
            for part in (self._numbers[place], self._words[place]):
                restyle(part, state=state)
            spoken = {"done": "済み", "now": "いまここ", "later": ""}[state]
            self._words[place].setAccessibleName(f"{place + 1} {words} {spoken}")
