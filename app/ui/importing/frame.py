"""What every import wizard looks like: steps at the left, one in sight, back, leave and next at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from app.ui import theme
from app.ui.page import Shell
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.steps import StepIndicator
from app.ui.widgets.text import button, column, frame, lead, row, text, title


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its name, a sentence about it, and its widget (with ``take_focus`` where work begins)."""

    name: str
    lead: str
    widget: QWidget


class WizardFrame(QDialog):
    """Ctrl+Enter goes on, Alt+Left back, Esc leaves. Subclasses say what goes on means (``go_on``) and when it may (``enable``)."""

    def __init__(self, parent: QWidget | None, shell: Shell, title_words: str) -> None:
        super().__init__(parent)
        self.shell = shell
        self._words = title_words
        self._steps: Sequence[Step] = ()
        self._busy = False
        self.setWindowTitle(title_words)
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        self.setMinimumSize(theme.current().px(960), theme.current().px(600))

    def lay_out(self, steps: Sequence[Step]) -> None:
        """Show these steps, the first in sight."""
        self._steps = steps
        self._indicator = StepIndicator([step.name for step in steps])
        side = frame("brand", column(text(self._words, role="heading"), self._indicator, 1, spacing=24, margins=(24, 28, 20, 20)))
        side.setFixedWidth(theme.current().px(216))
        self._title, self._lead = title(""), lead("")
        self.stack = QStackedWidget()
        for step in steps:
            self.stack.addWidget(step.widget)
        self.back = button("戻る（Alt+←）", icon="chevron-left")
        self.leave = button("やめる（Esc）")
        self.next = button("次へ（Ctrl+Enter）", role="primary", icon="chevron-right")
        top = column(self._title, self._lead, self.stack, spacing=8, margins=(26, 22, 26, 12))
        top.setStretch(2, 1)
        footer = frame("footer", row(self.back, 1, self.leave, self.next, margins=(20, 10, 20, 10)))
        main = column(top, footer, spacing=0)
        main.setStretch(0, 1)
        whole = row(side, main, spacing=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        around = self.parentWidget().window().size() if self.parentWidget() else self.screen().availableGeometry().size()
        self.resize(min(theme.current().px(1200), around.width() - 30), min(theme.current().px(720), around.height() - 20))
        self.back.clicked.connect(self.go_back)
        self.leave.clicked.connect(self.reject)
        self.next.clicked.connect(self.go_on)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.go_on)
        QShortcut(QKeySequence("Alt+Left"), self, self.go_back)

    # -- what a wizard says

    def go_on(self) -> None:
        """To the next step, when this one is in order."""
        raise NotImplementedError

    def describe_next(self) -> tuple[str, bool]:
        """The words on the button that goes on, and whether it may be pressed."""
        raise NotImplementedError

    @property
    def unfinished(self) -> bool:
        """Whether leaving now throws away work that took time: asked about first."""
        return False

    # -- steps

    @property
    def step(self) -> QWidget:
        """The step in sight."""
        shown = self.stack.currentWidget()
        assert shown is not None
        return shown

    @property
    def at_end(self) -> bool:
        """Whether the last step is in sight: it is done."""
        return self.stack.currentIndex() == len(self._steps) - 1

    def go_back(self) -> None:
        """One step back; not once it is done."""
        if self._busy or self.at_end or self.stack.currentIndex() == 0:
            return
        self.show_step(self.stack.currentIndex() - 1)

    def show_step(self, place: int) -> None:
        """A step by its number."""
        step = self._steps[place]
        self.stack.setCurrentIndex(place)
        self._indicator.show_step(place)
        self._title.setText(step.name)
        self._lead.setText(step.lead)
        self._lead.setVisible(bool(step.lead))
        self.back.setVisible(place > 0 and not self.at_end)
        self.leave.setVisible(not self.at_end)
        self.enable()
        focus = getattr(step.widget, "take_focus", self.next.setFocus)
        focus()

    def enable(self) -> None:
        """Look again whether one can go on."""
        words, on = self.describe_next()
        self.next.setText(words)
        self.next.setEnabled(on and not self._busy)

    def set_busy(self, on: bool) -> None:
        """While work runs nothing else can be begun."""
        self._busy = on
        self.enable()
        self.back.setEnabled(not on)
        self.leave.setEnabled(not on)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field must not press a button somewhere else."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if hasattr(focused, "click") and not hasattr(focused, "currentData"):
                focused.click()
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Leave; asks first when a check has been done and nothing was taken in yet."""
        if self._busy:
            return
        told = "点検の結果は残りません。何も変わっていません。"
        if self.unfinished and not ask(self, "取り込まずに閉じますか？", told, yes="閉じる", no="続ける", danger=False):
            return
        super().reject()
