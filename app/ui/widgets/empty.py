"""What a page shows when it has nothing to show: why, and what to do first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.ui import theme
from app.ui.icons import IconLabel
from app.ui.widgets.text import button, column, heading, row, text


class EmptyState(QWidget):
    """``actions`` are ``(words, icon, what to call)``; the first is the thing to do."""

    def __init__(
        self, title: str, explanation: str, *, icon: str = "empty", actions: Sequence[tuple[str, str, Callable[[], object]]] = ()
    ) -> None:
        super().__init__()
        picture, words, reason = IconLabel(icon, tint="muted", size=44), heading(title), text(explanation, role="lead")
        self.title, self.explanation = words, reason
        buttons = row(1, spacing=10)
        self.buttons = []
        for place, (caption, name, act) in enumerate(actions):
            made = button(caption, role="" if place else "primary", icon=name)
            made.clicked.connect(lambda _=False, act=act: act())
            self.buttons.append(made)
            buttons.addWidget(made)
        buttons.addStretch(1)
        for label in (words, reason):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        reason.setFixedWidth(theme.current().px(560))
        middle = column(spacing=8)
        middle.addStretch(2)
        middle.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addWidget(words)
        middle.addLayout(row(1, reason, 1))  # an aligned widget would not get the height its wrapped lines need
        middle.addSpacing(8)
        middle.addLayout(buttons)
        middle.addStretch(3)
        self.setLayout(middle)
