"""The import wizard as a dialog: one pattern for shelters, head counts, residents and the lists that shelters keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.ui import faults
from app.ui.importing.check_step import SWAPPED, CheckStep, PlanStep
from app.ui.importing.file_step import FileStep
from app.ui.importing.frame import Step, WizardFrame
from app.ui.importing.mapping_step import MappingStep
from app.ui.importing.result_step import ResultStep
from app.ui.importing.work import TARGETS, Checked, Choice, Done, apply, check
from app.ui.page import Shell

_LEADS = (
    "取り込むファイルを選びます。文字コードや区切りは自動で見分けます。",
    "ファイルのどの列を、どの項目として取り込むかを決めます。",
    "すべての行を点検した結果です。まだ何も変わっていません。",
    "取り込む内容です。外したい行は Space で外せます。まだ何も変わっていません。",
    "",
)
_WITH_PROFILES = ("shelters", "evacuees", "buildings", "survey_results")
_BROKEN = "半分より多くの行が取り込めません。列の対応か、ファイルそのものが違うようです。前の画面で直すか、残りの行だけでよければそのまま進めます。"
_NAMES = ("ファイル", "列の対応", "点検", "内容の確認", "結果")


class ImportWizard(WizardFrame):
    """``imported`` carries the ``Done`` once something was taken in. ``given`` are answers that were settled before, such as the programme."""

    imported = Signal(object)

    def __init__(
        self, parent: QWidget | None, shell: Shell, target: str, *, shelter_id: str = "", given: Mapping[str, Any] | None = None
    ) -> None:
        self.target = TARGETS[target]
        self._given = dict(given or {})
        super().__init__(parent, shell, self.target.title)
        self._checked = Checked()
        self._answers: dict[str, Any] = {}
        self._force = False
        self.files = FileStep(self.target, shell.context, shell.runner, shelter_id=shelter_id)
        self.mapping = MappingStep(target, shell if target in _WITH_PROFILES else None)
        self.problems = CheckStep(many=self.target.many, preferences=shell.preferences)
        self.plan = PlanStep(target, many=self.target.many, preferences=shell.preferences)
        self.outcome = ResultStep(self.target)
        widgets = (self.files, self.mapping, self.problems, self.plan, self.outcome)
        self.lay_out([Step(*parts) for parts in zip(_NAMES, _LEADS, widgets, strict=True)])
        self.files.ready.connect(lambda _: self.enable())
        self.mapping.ready.connect(lambda _: self.enable())
        self.plan.changed.connect(self.enable)
        self.show_step(0)

    # -- steps

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
                self._answers = {**answers, **self._given}
                self.mapping.show_samples(self.files.ordered())
                self.show_step(1)
        elif self.step is self.mapping:
            self._force = False
            self._check()
        elif self.step is self.problems:
            self.plan.show_checked(self._checked)
            self.show_step(3)
        elif self.step is self.plan:
            self._apply()
        else:
            self.accept()

    def describe_next(self) -> tuple[str, bool]:
        """The words on the button that goes on, and whether it may be pressed."""
        if self.step is self.files:
            return "次へ（Ctrl+Enter）", self.files.complete
        if self.step is self.mapping:
            return "すべての行を点検（Ctrl+Enter）", not self.mapping.problems()
        if self.step is self.problems:
            return "次へ（Ctrl+Enter）", self._checked.usable and (self._force or not self._checked.broken)
        if self.step is self.plan:
            opens = self._answers.get("open_at") is not None
            if opens and not self.plan.wanted:
                return "開設だけを記録する（Ctrl+Enter）", True
            return (f"{self.plan.wanted:,}件を取り込む（Ctrl+Enter）", True) if self.plan.wanted else ("取り込む行がありません", False)
        return "閉じる（Ctrl+Enter）", True

    @property
    def unfinished(self) -> bool:
        """A check took its time."""
        return self.step in (self.problems, self.plan)

    # -- work

    def _check(self) -> None:
        ctx, target, samples = self.shell.context, self.target.key, self.files.ordered()
        choice, answers = self._choice(), dict(self._answers)
        self.set_busy(True)
        operation = self.shell.runner.write(
            lambda job: check(ctx, target=target, samples=samples, choice=choice, answers=answers, job=job),
            parent=self,
            label="lists.checking",
        )
        operation.finished(lambda: self.set_busy(False)).success(self._show_checked).failure(self._failed).start()

    def _show_checked(self, checked: Checked) -> None:
        self._checked = checked
        self.problems.show_checked(checked)
        if checked.swapped:
            self.problems.banner.show_message(SWAPPED, tone="bad", action="このままで正しい", act=self._insist)
        elif checked.broken and not self._force:
            self.problems.banner.show_message(_BROKEN, tone="bad", action="残りの行だけを取り込む", act=self._take_rest)
        self.show_step(2)

    def _choice(self) -> Choice:
        return Choice(self.mapping.chosen(), self.mapping.profile, self._force)

    def _insist(self) -> None:
        self._force = True
        self._check()

    def _take_rest(self) -> None:
        self._force = True
        self.enable()
        self.go_on()

    def _apply(self) -> None:
        ctx, target, folder = self.shell.context, self.target.key, self.shell.folder
        samples, checked, choice = self.files.ordered(), self._checked, self._choice()
        answers = {**self._answers, "complete": self.plan.said_complete}
        skipped, decisions = frozenset(self.plan.skipped), dict(self.plan.decisions)
        self.set_busy(True)
        operation = self.shell.runner.write(
            lambda job: apply(
                ctx, target=target, samples=samples, checked=checked, choice=choice, answers=answers, skipped=skipped, decisions=decisions,
                folder=folder, job=job,
            ),
            parent=self,
            label="lists.applying",
        )  # fmt: skip
        operation.finished(lambda: self.set_busy(False)).success(self._finish).failure(self._failed).start()

    def _finish(self, done: Done) -> None:
        self.outcome.show_done(done, skipped=len(self.plan.skipped))
        self.show_step(4)
        self.imported.emit(done)

    def _failed(self, error: Exception) -> None:
        faults.show(self, error)
