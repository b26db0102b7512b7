"""住民データを取り込む: files and the two moments, columns, check, run, result. A plain list goes the same way as a rebuild."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import Cancelled
from app.domain.resident import Snapshot
from app.ui import faults
from app.ui.importing.check_step import SWAPPED, CheckStep
from app.ui.importing.frame import Step, WizardFrame
from app.ui.importing.mapping_step import MappingStep
from app.ui.importing.progress_step import ProgressStep
from app.ui.importing.resident_files import ResidentFilesStep
from app.ui.importing.resident_result import ResidentResult
from app.ui.importing.resident_work import Asked, Choice, Taken, check, take_in
from app.ui.importing.work import Checked
from app.ui.page import Shell
from app.ui.runner import Operation
from app.usecases.snapshot_paths import KnownFile, recall_paths

_LEADS = (
    "住民の一覧、または全件と日ごとの異動のファイルを選びます。何のファイルかは自動で見分けます。",
    "ファイルのどの列を、どの項目として取り込むかを決めます。個人番号と住民票コードの列は取り込みません。",
    "すべての行と、ファイルの順番・抜けを確かめた結果です。まだ何も変わっていません。",
    "",
    "",
)
_NAMES = ("ファイル", "列の対応", "点検", "取り込み", "結果")
_TOLD = "中止すると、途中までの内容は残りません。今までのデータもそのままです。"


class ResidentsWizard(WizardFrame):
    """``imported`` carries the ``Taken`` once there is a new snapshot."""

    imported = Signal(object)

    def __init__(self, parent: QWidget | None, shell: Shell) -> None:
        super().__init__(parent, shell, "住民データの取り込み")
        self._asked = Asked()
        self._checked = Checked()
        self._force = False
        self.files = ResidentFilesStep(shell.context, shell.runner)
        self.mapping = MappingStep("residents", shell)
        self.problems = CheckStep(many=True, preferences=shell.preferences)
        self.progress = ProgressStep(_TOLD)
        self.outcome = ResidentResult(shell)
        widgets = (self.files, self.mapping, self.problems, self.progress, self.outcome)
        self.lay_out([Step(*parts) for parts in zip(_NAMES, _LEADS, widgets, strict=True)])
        self.files.ready.connect(lambda _: self.enable())
        self.mapping.ready.connect(lambda _: self.enable())
        self.show_step(0)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Begin with these files."""
        self.files.add_files(paths)

    def run_again(self, snapshot: Snapshot) -> None:
        """Begin with the files of a snapshot and its moment; 'until when' becomes now. Missing files are named."""
        ctx = self.shell.context
        self.files.form.editors["as_of"].set_raw(self.files.form.spec.raw({"as_of": snapshot.as_of})["as_of"])
        read = self.shell.runner.read(lambda: recall_paths(ctx, snapshot=snapshot), parent=self)
        read.success(self._expect).start()

    def _expect(self, files: Sequence[KnownFile]) -> None:
        self.files.expect(files)

    # -- steps

    def go_on(self) -> None:
        """To the next step, when this one is in order."""
        if not self.next.isEnabled():
            return
        if self.step is self.files:
            self._leave_files()
        elif self.step is self.mapping:
            self._force = False
            self._check()
        elif self.step is self.problems:
            self._run()
        elif self.step is self.outcome:
            self.accept()

    def describe_next(self) -> tuple[str, bool]:
        """The words on the button that goes on, and whether it may be pressed."""
        if self.step is self.files:
            return "次へ（Ctrl+Enter）", self.files.complete
        if self.step is self.mapping:
            return "すべての行を点検（Ctrl+Enter）", not self.mapping.problems()
        if self.step is self.problems:
            number = self._checked.read - self._checked.errors
            words = f"{number:,}行から組み立てる（Ctrl+Enter）" if self._asked.rebuilds else f"{number:,}人を取り込む（Ctrl+Enter）"
            return words, self._checked.usable
        return ("閉じる（Ctrl+Enter）", True) if self.step is self.outcome else ("取り込んでいます", False)

    @property
    def unfinished(self) -> bool:
        """A check took its time."""
        return self.step is self.problems

    def _leave_files(self) -> None:
        answers = self.files.answers()
        if answers is None:
            return
        files = self.files.ordered
        self._asked = Asked(
            files=files, as_of=answers["as_of"], known_at=answers["known_at"] or self.shell.context.now(), label=answers["label"]
        )
        self.mapping.show_samples(self._asked.samples)
        self.show_step(1)

    # -- work

    def _check(self) -> None:
        self._asked.choice = Choice(self.mapping.chosen(), self.mapping.profile, self._force)
        ctx, asked = self.shell.context, self._asked
        self.set_busy(True)
        operation = self.shell.runner.write(lambda job: check(ctx, asked, job), parent=self, label="lists.checking")
        operation.finished(lambda: self.set_busy(False)).success(self._show_checked).failure(self._failed).start()

    def _show_checked(self, checked: Checked) -> None:
        self._checked = checked
        self.problems.show_checked(checked)
        if checked.swapped:
            self.problems.banner.show_message(SWAPPED, tone="bad", action="このままで正しい", act=self._insist)
        self.show_step(2)

    def _insist(self) -> None:
        self._force = True
        self._check()

    def _run(self) -> None:
        ctx, asked, folder = self.shell.context, self._asked, self.shell.folder
        self.show_step(3)
        self.set_busy(True)
        operation: Operation[Taken] = self.shell.runner.write(lambda job: take_in(ctx, asked, folder=folder, job=job), parent=self)
        self.progress.follow(cast(Operation, operation), "lists.applying")
        operation.finished(lambda: self.set_busy(False)).success(self._finish).failure(self._stopped).start()

    def _finish(self, taken: Taken) -> None:
        self.outcome.show_taken(taken)
        self.show_step(4)
        self.imported.emit(taken)

    def _stopped(self, error: Exception) -> None:
        """Nothing was taken in: back to what was checked."""
        self.show_step(2)
        if not isinstance(error, Cancelled):
            faults.show(self, error)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            faults.show(self, error)

    def reject(self) -> None:
        """Esc stops a run instead of closing over it."""
        if self.step is self.progress:
            self.progress.cancel()
        else:
            super().reject()
