"""What can be done with a certificate that was issued, from the ledger and from the file of one alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import Cancelled, SasaeError
from app.presentation.forms.certificate import REPRINT, REVOKE, SUPERSEDE
from app.presentation.messages import message
from app.ui import faults
from app.ui.certificates.issue_acts import IssueActs
from app.ui.certificates.print_options import PrintOptions
from app.ui.page import Shell
from app.ui.surveys.asking import open_form
from app.ui.widgets.form_dialog import FormDialog, ask
from app.usecases import certificates
from app.usecases.certificate_rows import Issued, Refusal
from app.usecases.context import Changes, Context
from app.usecases.job import Job


class CertificateActs(QObject):
    """``ended`` when what is shown has to be read again, ``faulted`` with what stood in the way, ``told`` with what was left out."""

    ended = Signal()
    faulted = Signal(object)
    told = Signal(str)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self._parent, self.shell = parent, shell
        self._printing = IssueActs(parent, shell)
        self._printing.ended.connect(self.ended)
        self._printing.faulted.connect(self.faulted)

    def may(self, right: str) -> bool:
        """Whether the operator has a right."""
        return self.shell.context.actor.may(right)

    def print_more(self, certificate_id: str, lead: str = "") -> FormDialog:
        """再交付・追加・印刷の失敗: so many more papers, where and how the tab 交付・印刷 prints."""
        options = PrintOptions(self.shell)
        dialog = open_form(self._parent, self.shell, REPRINT, lambda values: values, lead=f"{lead}\n保存先：{options.folder.text()}".strip())

        def go_on(values: dict[str, Any]) -> None:
            arguments = {**options.arguments(), "labels": None}
            self._printing.print_more(certificate_id, arguments, reason=values["reason"], copies=values["copies"])

        dialog.saved.connect(go_on)
        dialog.finished.connect(options.deleteLater)
        return dialog

    def supersede(self, certificate_id: str, lead: str = "") -> FormDialog:
        """差替: a new certificate by today's judgement; the older one names it."""
        ctx, folder = self.shell.context, self.shell.folder

        def act(values: dict[str, Any]) -> Issued:
            from app.interchange.certificates import supersede_certificate

            return supersede_certificate(ctx, certificate_id=certificate_id, reason=values["reason"], folder=folder)

        return open_form(self._parent, self.shell, SUPERSEDE, act, then=self._superseded, lead=lead)

    def _superseded(self, done: Issued) -> None:
        self.shell.say(f"差し替えました：{done.numbers[0]}。「交付・印刷」で印刷します")
        self.ended.emit()

    def supersede_many(self, certificate_ids: Sequence[str], *, reason: str) -> None:
        """差替 of many, each in a transaction of its own; those that cannot be are told."""
        if not ask(
            self._parent, f"{len(certificate_ids):,}件をいまの判定で差し替えますか？", f"理由：{reason}", yes="差し替える", no="やめる", danger=False
        ):
            return
        ctx, folder, ids = self.shell.context, self.shell.folder, list(certificate_ids)
        work = self.shell.runner.write(lambda job: _supersede_all(ctx, ids, reason, folder, job), parent=self._parent, label="job.issuing")
        work.success(self._all_superseded).failure(self._fail).start()

    def _all_superseded(self, done: tuple[int, list[Refusal], Changes]) -> None:
        count, refused, _ = done
        self.shell.say(f"{count:,}件を差し替えました。「交付・印刷」で印刷します")
        self.ended.emit()
        if refused:
            from app.ui.certificates.application_acts import say_refused

            self.told.emit(f"{len(refused):,}件は差し替えていません。\n{say_refused(refused)}")

    def revoke(self, certificate_id: str, lead: str = "") -> FormDialog:
        """取消, with a reason."""
        ctx = self.shell.context

        def act(values: dict[str, Any]) -> Changes:
            return certificates.revoke(ctx, certificate_id=certificate_id, reason=values["reason"])

        return open_form(self._parent, self.shell, REVOKE, act, then=lambda _: self._revoked(), lead=lead)

    def _revoked(self) -> None:
        self.shell.say("証明書を取り消しました")
        self.ended.emit()

    def confirm(self) -> None:
        """Headquarters has seen the numbers: no longer provisional."""
        ctx = self.shell.context
        question = "仮番号の証明書を、すべて正式な番号にしますか？"
        if not ask(self._parent, question, "二重の番号は仮番号のまま残ります。", yes="正式にする", no="やめる", danger=False):
            return
        work = self.shell.runner.write(lambda _: certificates.confirm_numbers(ctx), parent=self._parent, label="window.saving")
        work.success(self._confirmed).failure(self._fail).start()

    def _confirmed(self, changes: Changes) -> None:
        self.shell.say(f"{len(changes.get('certificate', ())):,}件を正式な番号にしました")
        self.ended.emit()

    def _fail(self, error: Exception) -> None:
        self.ended.emit()
        if isinstance(error, Cancelled):
            self.shell.say("中止しました。差し替えたところまでは残っています", tone="warn")
        elif isinstance(error, SasaeError):
            self.told.emit(message(error))
        else:
            faults.show(self._parent, error)


def _supersede_all(ctx: Context, ids: Sequence[str], reason: str, folder: Any, job: Job) -> tuple[int, list[Refusal], Changes]:
    from app.interchange.certificates import supersede_certificate

    refused: list[Refusal] = []
    changed: dict[str, frozenset[str]] = {}
    count = 0
    for one in job.track(ids, "job.issuing", total=len(ids)):
        try:
            done = supersede_certificate(ctx, certificate_id=one, reason=reason, folder=folder)
        except SasaeError as fault:
            if isinstance(fault, Cancelled):
                raise
            refused.append(Refusal(record=one, number=str(fault.params.get("number", "")), code=fault.code, params=fault.params))
            continue
        count += 1
        for kind, found in done.changes.items():
            changed[kind] = changed.get(kind, frozenset()) | found
    return count, refused, changed
