"""What can be done with a batch, from the list and from the file of one alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation, StaleRecord
from app.presentation.forms.batch import CANCEL, PREPARE, REMOVE, RETRY, RETURN
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.ui import faults
from app.ui.page import Shell
from app.ui.relief.batches_left import PreparedDialog
from app.ui.relief.home_dialog import lead_home
from app.ui.surveys.asking import open_form
from app.ui.widgets.form_dialog import FormDialog, ask
from app.ui.widgets.opening import open_file
from app.usecases import batches
from app.usecases.batch_rows import BatchRow, Prepared
from app.usecases.job import Job

PURPOSE = "支給決定書"


class BatchActs(QObject):
    """``done`` when something was done (what is shown has to be read again), ``failed`` with why it was not, ``opened`` asks for a batch."""

    done = Signal()
    failed = Signal(str)
    opened = Signal(str)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self._parent, self.shell = parent, shell

    def may(self, right: str) -> bool:
        """Whether the operator has a right."""
        return self.shell.context.actor.may(right)

    # -- making

    def prepare(self, *, round_id: str, lead: str, entitlement_ids: Sequence[str] | None = None) -> FormDialog:
        """A new batch of a round: how, and under which title."""
        return open_form(
            self._parent, self.shell, PREPARE, lambda values: values, lead=lead,
            then=lambda values: self._make(
                lambda job: batches.prepare(
                    self.shell.context, round_id=round_id, way=values["way"], title=values["title"], entitlement_ids=entitlement_ids, job=job
                )
            ),
        )  # fmt: skip

    def retry(self, row: BatchRow) -> FormDialog:
        """What failed, once more."""
        lead = f"{row.number}　支払いできなかった分 {row.failed:,}件・{yen(row.failed_total)}"
        return open_form(
            self._parent, self.shell, RETRY, lambda values: values, lead=lead, values={"way": row.way, "title": row.title},
            then=lambda values: self._make(
                lambda job: batches.prepare_retry(
                    self.shell.context, batch_id=row.id, way=values["way"], title=values["title"], job=job
                )
            ),
        )  # fmt: skip

    def _make(self, work: Callable[[Job], Prepared]) -> None:
        self.shell.runner.write(work, parent=self._parent, label="job.preparing").success(self._made).failure(self._fail).start()

    def _made(self, found: Prepared) -> None:
        self.done.emit()
        if found.left_out or not found.batches:
            dialog = PreparedDialog(self._parent, self.shell, found)
            dialog.opened.connect(self.opened)
            dialog.open()
            return
        self.shell.say(f"支給決定簿を作りました：{'、'.join(one.number for one in found.batches)}")
        if len(found.batches) == 1:
            self.opened.emit(found.batches[0].id)

    # -- steps

    def check(self, row: BatchRow) -> None:
        """確認: the second look, after a question that says what it fixes."""
        detail = f"{row.number}　{row.count:,}件　{yen(row.total)}\n明細と口座を見て、正しいことを確かめましたか。確認すると、行を外せなくなります。"
        if not ask(self._parent, "この支給決定簿を確認しますか？", detail, yes="確認した", no="やめる", danger=False):
            return
        ctx = self.shell.context
        self._run(lambda _: batches.check_batch(ctx, batch_id=row.id, version=row.version), "確認しました。承認を待っています")

    def approve(self, row: BatchRow) -> None:
        """承認 itself; what is approved was shown before (``batches_approve``)."""
        ctx = self.shell.context
        self._run(lambda job: batches.approve_batch(ctx, batch_id=row.id, version=row.version, job=job), f"{row.number} を承認しました")

    def submit(self, row: BatchRow) -> None:
        """A returned batch handed in again."""
        ctx = self.shell.context
        if ask(self._parent, "この支給決定簿を出し直しますか？", f"差戻しの理由：{row.reason}", yes="出し直す", no="やめる", danger=False):
            self._run(lambda _: batches.submit_batch(ctx, batch_id=row.id, version=row.version), "出し直しました。確認を待っています")

    def give_back(self, row: BatchRow) -> FormDialog:
        """差戻し, with why."""
        ctx = self.shell.context
        return open_form(
            self._parent, self.shell, RETURN,
            lambda values: batches.return_batch(ctx, batch_id=row.id, reason=values["reason"], version=row.version),
            then=lambda _: self._finish(f"{row.number} を差し戻しました"), lead=_lead(row),
        )  # fmt: skip

    def cancel(self, row: BatchRow) -> FormDialog:
        """取りやめ, with why."""
        ctx = self.shell.context
        return open_form(
            self._parent, self.shell, CANCEL,
            lambda values: batches.cancel_batch(ctx, batch_id=row.id, reason=values["reason"], version=row.version),
            then=lambda _: self._finish(f"{row.number} を取りやめました"), lead=_lead(row),
        )  # fmt: skip

    def remove(self, row: BatchRow, payment_ids: Sequence[str]) -> FormDialog | None:
        """Lines out of a draft, with why."""
        if not payment_ids:
            return None
        ctx = self.shell.context
        return open_form(
            self._parent, self.shell, REMOVE,
            lambda values: batches.remove_payments(
                ctx, batch_id=row.id, payment_ids=payment_ids, reason=values["reason"], version=row.version
            ),
            then=lambda _: self._finish(f"{len(payment_ids):,}件を外しました"), lead=f"{row.number}　{len(payment_ids):,}件",
        )  # fmt: skip

    def _run(self, work: Callable[[Job], Any], words: str) -> None:
        operation = self.shell.runner.write(work, parent=self._parent, label="job.approving")
        operation.success(lambda _: self._finish(words)).failure(self._fail).start()

    def _finish(self, words: str) -> None:
        self.shell.say(words)
        self.done.emit()

    def _fail(self, error: Exception) -> None:
        if (dialog := lead_home(self._parent, self.shell, error)) is not None:
            dialog.changed.connect(self.done)
        elif isinstance(error, RuleViolation | StaleRecord):
            self.done.emit()
            self.failed.emit(message(error))
        else:
            faults.show(self._parent, error)

    # -- paper

    def print_sheet(self, row: BatchRow) -> None:
        """支給決定書 as a PDF where lists went last, opened for the printer."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        out = Path(self.shell.preferences.get("export.folder", "") or documents) / f"支給決定書_{row.number}.pdf"
        ctx, folder = self.shell.context.for_purpose(PURPOSE), self.shell.folder

        def write(job: Job) -> Any:
            from app.interchange.exporting.batches import print_approval_sheet

            return print_approval_sheet(ctx, batch_id=row.id, out=out, folder=folder, job=job)

        work = self.shell.runner.write(write, parent=self._parent, label="print.drawing")
        work.success(lambda done: self._printed(out, done)).failure(self._fail).start()

    def _printed(self, out: Path, done: Any) -> None:
        opened = open_file(out)
        self.shell.say(f"支給決定書を作りました（{done.pages:,}ページ）：{out.name if opened else out}")
        if done.problems:
            self.failed.emit("\n".join(done.problems[:5]))


def _lead(row: BatchRow) -> str:
    return f"{row.number}　{row.count:,}件　{yen(row.total)}"
