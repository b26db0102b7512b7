"""The import wizard as a dialog: one pattern for shelters, head counts, residents and the lists that shelters keep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from app.ui import faults, theme
from app.ui.importing.check_step import CheckStep, PlanStep
from app.ui.importing.file_step import FileStep
from app.ui.importing.mapping_step import MappingStep
from app.ui.importing.result_step import ResultStep
from app.ui.importing.work import TARGETS, Checked, Done, apply, check
from app.ui.page import Shell
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.steps import StepIndicator
from app.ui.widgets.text import button, column, frame, lead, row, text, title

_LEADS = (
    "取り込むファイルを選びます。文字コードや区切りは自動で見分けます。",
    "ファイルのどの列を、どの項目として取り込むかを決めます。",
    "すべての行を点検した結果です。まだ何も変わっていません。",
    "取り込む内容です。外したい行は Space で外せます。まだ何も変わっていません。",
    "",
)
_NAMES = ("ファイル", "列の対応", "点検", "内容の確認", "結果")


class ImportWizard(QDialog):
    """``imported`` carries the ``Done`` once something was taken in. Ctrl+Enter goes on, Alt+Left back, Esc leaves."""

    imported = Signal(object)

    def __init__(self, parent: QWidget | None, shell: Shell, target: str, *, shelter_id: str = "") -> None:
        super().__init__(parent)
        self.shell, self.target = shell, TARGETS[target]
        self.setWindowTitle(self.target.title)
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        self.setMinimumSize(theme.current().px(960), theme.current().px(600))
        self._checked = Checked()
        self._answers: dict[str, Any] = {}
        self._busy = False
        self.files = FileStep(self.target, shell.context, shell.runner, shelter_id=shelter_id)
        self.mapping = MappingStep(target)
        self.problems = CheckStep(many=self.target.many, preferences=shell.preferences)
        self.plan = PlanStep(target, many=self.target.many, preferences=shell.preferences)
        self.outcome = ResultStep(self.target)
        self.steps: list[QWidget] = [self.files, self.mapping, self.problems]
        self._names = [*_NAMES[:3], *((_NAMES[3],) if self.target.planned else ()), _NAMES[4]]
        self._leads = [*_LEADS[:3], *((_LEADS[3],) if self.target.planned else ()), _LEADS[4]]
        self.steps += [self.plan, self.outcome] if self.target.planned else [self.outcome]
        self._lay_out()
        self._connect()
        self._show(0)

    def _lay_out(self) -> None:
        self._indicator = StepIndicator(self._names)
        side = frame("brand", column(text(self.target.title, role="heading"), self._indicator, 1, spacing=24, margins=(24, 28, 20, 20)))
        side.setFixedWidth(theme.current().px(216))
        self._title, self._lead = title(""), lead("")
        self.stack = QStackedWidget()
        for step in self.steps:
            self.stack.addWidget(step)
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

    def _connect(self) -> None:
        self.back.clicked.connect(self.go_back)
        self.leave.clicked.connect(self.reject)
        self.next.clicked.connect(self.go_on)
        self.files.ready.connect(lambda _: self._enable())
        self.mapping.ready.connect(lambda _: self._enable())
        self.plan.changed.connect(self._enable)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.go_on)
        QShortcut(QKeySequence("Alt+Left"), self, self.go_back)

    # -- steps

    @property
    def step(self) -> QWidget:
        """The step in sight."""
        shown = self.stack.currentWidget()
        assert shown is not None
        return shown

    def add_files(self, paths: Sequence[Path]) -> None:
        """Begin with these files."""
        self.files.add_files(paths)

    def go_on(self) -> None:
        """To the next step, when this one is in order."""
        if not self.next.isEnabled():
            return
        if self.step is self.files:
            answers = self.files.answers()
            if answers is not None:
                self._answers = answers
                self.mapping.show_samples(self.files.ordered())
                self._show(1)
        elif self.step is self.mapping:
            self._check()
        elif self.step is self.problems and self.target.planned:
            self.plan.show_checked(self._checked)
            self._show(3)
        elif self.step in (self.problems, self.plan):
            self._apply()
        else:
            self.accept()

    def go_back(self) -> None:
        """One step back; not once it is done."""
        if self._busy or self.step is self.outcome or self.stack.currentIndex() == 0:
            return
        self._show(self.stack.currentIndex() - 1)

    def _show(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        self._indicator.show_step(place)
        self._title.setText(self._names[place])
        self._lead.setText(self._leads[place])
        self._lead.setVisible(bool(self._leads[place]))
        done = self.step is self.outcome
        self.back.setVisible(place > 0 and not done)
        self.leave.setVisible(not done)
        self._enable()
        focus = getattr(self.step, "take_focus", None)
        if self.step is self.files:
            self.files.choose.setFocus()
        elif focus is not None:
            focus()
        else:
            self.next.setFocus()

    def _enable(self) -> None:
        words, on = "次へ（Ctrl+Enter）", True
        if self.step is self.files:
            on = self.files.complete
        elif self.step is self.mapping:
            words, on = "すべての行を点検（Ctrl+Enter）", not self.mapping.problems()
        elif self.step is self.problems:
            on = self._checked.usable
            if not self.target.planned:
                words = f"{self._checked.read - self._checked.errors:,}人を取り込む（Ctrl+Enter）"
        elif self.step is self.plan:
            opens = self._answers.get("open_at") is not None
            on = self.plan.wanted > 0 or opens
            words = f"{self.plan.wanted:,}件を取り込む（Ctrl+Enter）" if self.plan.wanted else "取り込む行がありません"
            if opens and not self.plan.wanted:
                words = "開設だけを記録する（Ctrl+Enter）"
        else:
            words = "閉じる（Ctrl+Enter）"
        self.next.setText(words)
        self.next.setEnabled(on and not self._busy)

    # -- work

    def _check(self) -> None:
        ctx, target, samples = self.shell.context, self.target.key, self.files.ordered()
        chosen, answers = self.mapping.chosen(), dict(self._answers)
        self._set_busy(True)
        operation = self.shell.runner.write(
            lambda job: check(ctx, target=target, samples=samples, chosen=chosen, answers=answers, job=job),
            parent=self,
            label="lists.checking",
        )
        operation.finished(lambda: self._set_busy(False)).success(self._show_checked).failure(self._failed).start()

    def _show_checked(self, checked: Checked) -> None:
        self._checked = checked
        self.problems.show_checked(checked)
        self._show(2)

    def _apply(self) -> None:
        ctx, target, folder = self.shell.context, self.target.key, self.shell.folder
        samples, checked, chosen = self.files.ordered(), self._checked, self.mapping.chosen()
        answers = {**self._answers, "complete": self.plan.said_complete}
        skipped, decisions = frozenset(self.plan.skipped), dict(self.plan.decisions)
        self._set_busy(True)
        operation = self.shell.runner.write(
            lambda job: apply(
                ctx, target=target, samples=samples, checked=checked, chosen=chosen, answers=answers, skipped=skipped, decisions=decisions,
                folder=folder, job=job,
            ),
            parent=self,
            label="lists.applying",
        )  # fmt: skip
        operation.finished(lambda: self._set_busy(False)).success(self._finish).failure(self._failed).start()

    def _finish(self, done: Done) -> None:
        self.outcome.show_done(done, skipped=len(self.plan.skipped))
        self._show(len(self.steps) - 1)
        self.imported.emit(done)

    def _failed(self, error: Exception) -> None:
        faults.show(self, error)

    def _set_busy(self, on: bool) -> None:
        self._busy = on
        self._enable()
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
        if self.step not in (self.files, self.mapping, self.outcome) and not ask(
            self, "取り込まずに閉じますか？", "点検の結果は残りません。何も変わっていません。", yes="閉じる", no="続ける", danger=False
        ):
            return
        super().reject()
