"""What can be done with the transfers of a batch, from any tab alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import EnvironmentFault, InputFault, RuleViolation, StaleRecord
from app.presentation.forms.transfer import AGAIN, DISCARD, RECALL, RECONCILE, REFUSE, RESULT
from app.presentation.messages import message
from app.presentation.words_transfers import SHEET_ENDING, answer_words
from app.presentation.yen_words import yen
from app.ui import faults
from app.ui.page import Shell
from app.ui.relief.home_dialog import lead_home
from app.ui.surveys.asking import open_form
from app.ui.widgets.form_dialog import FormDialog, ask
from app.ui.widgets.opening import open_file
from app.usecases import transfer_results, transfers
from app.usecases.bank_profiles import list_profiles
from app.usecases.job import Job
from app.usecases.transfer_rows import Taken, TransferFileRow, UnpaidRow, WaitingBatch

PURPOSE = "振込"
_RESULTS = "銀行の結果 (*.txt *.dat *.csv *.xlsx *.xls *.tsv *.*)"


class TransferActs(QObject):
    """``done`` when something was done, ``told`` with words and a tone to show."""

    done = Signal()
    told = Signal(str, str)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self._parent, self.shell = parent, shell

    def may(self, right: str) -> bool:
        """Whether the operator has a right."""
        return self.shell.context.actor.may(right)

    @property
    def at_headquarters(self) -> bool:
        """Money is moved here only."""
        return self.shell.context.place.site_kind == "hq"

    def folder(self) -> Path:
        """Where files went last."""
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(self.shell.preferences.get("transfer.folder", "") or documents)

    def keep_folder(self, path: Path) -> None:
        """Remember where."""
        self.shell.preferences.set("transfer.folder", str(path.parent))

    # -- files

    def hand_over(self, rows: Sequence[TransferFileRow]) -> None:
        """銀行へ渡した, after a question that shows what."""
        files = [row for row in rows if row.state == "written"]
        if not files:
            return
        lines = [f"{row.name}　{row.count:,}件　{yen(row.total)}　照合値 {row.sha256[:16].upper()}" for row in files[:6]]
        detail = "\n".join([*lines, "送付書の照合値と同じファイルですか。記録すると「送信・引渡し済み」になり、帳簿に載ります。"])
        if not ask(self._parent, "このファイルを銀行へ渡しましたか？", detail, yes="渡した", no="やめる", danger=False):
            return
        ctx = self.shell.context
        self.run(
            lambda job: transfers.hand_over(ctx, file_ids=[row.id for row in files], job=job), "引渡しを記録しました", label="job.transfer_handing"
        )

    def ask_again(self, batch_id: str, number: str) -> FormDialog:
        """再出力の依頼."""
        return self._form(AGAIN, number, "再出力を依頼しました。別の承認者の承認を待っています",
                          lambda values: transfers.ask_again(self.shell.context, batch_id=batch_id, reason=values["reason"]))  # fmt: skip

    def allow_again(self, batch_id: str, number: str) -> None:
        """再出力の承認, after a question."""
        detail = f"支給決定簿 {number} のファイルを、同じ内容でもう一度だけ書き出せるようにします。\n前のファイルが銀行に渡っていないことを確かめましたか。"
        if ask(self._parent, "再出力を承認しますか？", detail, yes="承認する", no="やめる", danger=False):
            ctx = self.shell.context
            self.run(lambda _: transfers.allow_again(ctx, batch_id=batch_id), "再出力を承認しました", label="window.saving")

    def refuse_again(self, batch_id: str, number: str) -> FormDialog:
        """再出力を認めない."""
        return self._form(REFUSE, number, "再出力を認めないことにしました",
                          lambda values: transfers.refuse_again(self.shell.context, batch_id=batch_id, reason=values["reason"]))  # fmt: skip

    def discard(self, batch_id: str, number: str) -> FormDialog:
        """渡していないファイルの破棄."""
        return self._form(DISCARD, number, "ファイルを破棄したことを記録しました",
                          lambda values: transfers.discard_files(self.shell.context, batch_id=batch_id, reason=values["reason"]))  # fmt: skip

    def print_sheet(self, batch_id: str, name: str) -> None:
        """送付書 with the list of every line, where files went last, opened for the printer."""
        out = self.folder() / f"{Path(name).stem or 'furikomi'}{SHEET_ENDING}.pdf"
        ctx, folder = self.shell.context.for_purpose(PURPOSE), self.shell.folder

        def write(job: Job) -> Any:
            from app.interchange.exporting.transfer import print_transmittal

            return print_transmittal(ctx, batch_id=batch_id, out=out, folder=folder, job=job)

        work = self.shell.runner.write(write, parent=self._parent, label="print.drawing")
        work.success(lambda done: self._printed(out, done)).failure(self.fail).start()

    def _printed(self, out: Path, done: Any) -> None:
        opened = open_file(out)
        self.shell.say(f"送付書を作りました（{done.pages:,}ページ）：{out.name if opened else out}")
        if done.problems:
            self.told.emit("\n".join(done.problems[:5]), "warn")

    # -- answers

    def take_file(self, *, batch: str = "", profile: str = "") -> None:
        """The bank's file or a table, chosen and taken."""
        chosen, _ = QFileDialog.getOpenFileName(self._parent, "銀行の結果を選ぶ", str(self.folder()), _RESULTS)
        if chosen:
            self.take_path(Path(chosen), batch=batch, profile=profile)

    def take_path(self, path: Path, *, batch: str = "", profile: str = "") -> None:
        """Take this one."""
        ctx = self.shell.context.for_purpose(PURPOSE)

        def take(job: Job) -> Taken:
            from app.interchange.importing.transfer_results import import_results

            known = {one.id for one in list_profiles(ctx)}  # how the file was written says how the answer reads, while that is there
            return import_results(ctx, path=path, batch=batch, profile=profile if profile in known else "", job=job)

        work = self.shell.runner.write(take, parent=self._parent, label="job.transfer_results")
        work.success(self._taken).failure(self.fail).start()

    def _taken(self, done: Taken) -> None:
        words = f"支給決定簿 {done.batch_number}：支給済み {done.paid:,}件 {yen(done.paid_total)}、不能 {done.failed:,}件 {yen(done.failed_total)}"
        if done.unchanged:
            words += f"、記録済み {done.unchanged:,}件"
        words += "。結果がそろいました。" if done.settled else f"。結果待ちが {done.open:,}件あります。"
        if done.problems:
            shown = [answer_words(one) for one in done.problems[:4]]
            words = "\n".join([words, f"取り込まなかったものが {len(done.problems):,}件あります。", *shown])
        words = "\n".join([words, *(message(code, **params) for code, params in done.warnings)])
        self.done.emit()
        self.told.emit(words, "warn" if done.problems or done.failed or done.warnings else "good")

    def set_result(self, payment_id: str, lead: str) -> FormDialog:
        """One answer by hand."""
        ctx = self.shell.context
        return open_form(
            self._parent, self.shell, RESULT,
            lambda values: transfer_results.set_result(
                ctx, payment_id=payment_id, failure=values["failure"] or "", reason=values["reason"], paid_on=_day(values["paid_on"])
            ),
            then=self._taken, lead=lead,
        )  # fmt: skip

    def recall(self, row: UnpaidRow | Any) -> FormDialog:
        """組戻し of a payment."""
        return self._form(
            RECALL, f"{row.number}　{row.name}　{yen(row.amount)}", "組戻しを記録しました",
            lambda values: transfer_results.recall_payment(
                self.shell.context, payment_id=row.id, reason=values["reason"], recalled_on=_day(values["recalled_on"])
            ),
        )  # fmt: skip

    def reconcile(self, row: WaitingBatch) -> FormDialog:
        """The statement beside the books."""
        expected = row.total - row.failed_total
        return self._form(
            RECONCILE, f"{row.number}　帳簿では {yen(expected)}（振込 {yen(row.total)}、不能・組戻し {yen(row.failed_total)}）", "照合を記録しました",
            lambda values: transfer_results.reconcile(
                self.shell.context, batch_id=row.id, day=_day(values["day"]), statement=values["statement"], fee=values["fee"] or 0,
                explanation=values["explanation"],
            ),
        )  # fmt: skip

    # -- within

    def _form(self, spec: Any, lead: str, words: str, act: Callable[[dict[str, Any]], Any]) -> FormDialog:
        return open_form(self._parent, self.shell, spec, act, then=lambda _: self._finish(words), lead=lead)

    def run(self, work: Callable[[Job], Any], words: str, *, label: str) -> None:
        """Do it on the writer thread and say so."""
        operation = self.shell.runner.write(work, parent=self._parent, label=label)
        operation.success(lambda _: self._finish(words)).failure(self.fail).start()

    def _finish(self, words: str) -> None:
        self.shell.say(words)
        self.done.emit()

    def fail(self, error: Exception) -> None:
        """What a person can do something about is said in the page; the rest as everywhere."""
        if (dialog := lead_home(self._parent, self.shell, error)) is not None:
            dialog.changed.connect(self.done)
        elif isinstance(error, RuleViolation | StaleRecord | InputFault | EnvironmentFault):
            self.done.emit()
            self.told.emit(message(error), "bad")
        else:
            faults.show(self._parent, error)


def _day(value: date | None) -> str:
    """A day of a form as ISO text; "" for none."""
    return value.isoformat() if value else ""
