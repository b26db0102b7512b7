"""Issuing and printing from the window: first issued in one transaction, then printed, each with progress and Cancel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import Cancelled, SasaeError
from app.presentation.forms.certificate import FROM_NUMBER
from app.presentation.messages import message
from app.printing.imposition import BatchOptions, plan_sheets
from app.ui import faults
from app.ui.certificates.application_acts import say_refused, say_withheld
from app.ui.certificates.print_result import PrintResult
from app.ui.page import Shell
from app.ui.runner import Operation
from app.ui.surveys.asking import open_form
from app.ui.widgets.form_dialog import FormDialog, ask
from app.usecases import applications, certificates
from app.usecases.certificate_rows import ApplicationFilter, CertificateFilter, Issued
from app.usecases.context import Context
from app.usecases.forms import Offset, list_offsets, read_signature
from app.usecases.job import Job
from app.usecases.municipal_key import list_keys

_PAGE = 2000
_WAYS = {
    "certificate.no_mayor": ("市町村長名を入れる", "forms:signing"), "certificate.no_key": ("鍵を作る・取り込む", "certificates:verify"),
    "print.no_back": ("様式を見る", "forms:design"), "print.code_box_small": ("様式を見る", "forms:design"),
    "print.seal_unreadable": ("公印を見る", "forms:seal"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the tab needs to know beside the list. ``problem`` stands in the way of issuing; ``way`` is a button to ``way_to`` (page:tab)."""

    offsets: Sequence[Offset]
    forms: str
    problem: str = ""
    way: str = ""
    way_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Ids of what can be issued or printed. ``replaced`` counts certificates left out because a newer judgement waits for its own paper."""

    ids: Sequence[str]
    replaced: int = 0


def way_out(error: Exception) -> tuple[str, str, str]:
    """A fault in words, with the word of a button and where it leads (both empty: nowhere)."""
    if not isinstance(error, SasaeError):
        return (str(error), "", "")
    way, where = _WAYS.get(error.code, ("", ""))
    return (message(error), way, where)


def read_desk(ctx: Context, folder: Path) -> Desk:
    """Printers, forms in use, and whether a certificate can be issued at all."""
    from app.interchange.certificates import FORMS
    from app.printing.designs import active_layout

    layouts = [active_layout(ctx, form, folder=folder) for form in FORMS.values()]
    forms = "、".join(f"{layout.title} 第{layout.version}版" for layout in layouts)
    signature = read_signature(ctx)
    code = ""
    if not signature.mayor_title or not signature.mayor_name:
        code = "certificate.no_mayor"
    elif ctx.place.site_kind != "hq" and not any(key.current for key in list_keys(ctx)):
        code = "certificate.no_key"
    way, where = _WAYS.get(code, ("", ""))
    return Desk(offsets=list_offsets(ctx), forms=forms, problem=message(code) if code else "", way=way, way_to=where)


def read_ids(ctx: Context, *, missing: bool, kind: str) -> Ready:
    """Certificates with papers missing (not those to be replaced); or applications approved, and judged ones for whoever may approve."""
    if missing:
        wanted = certificates.list_certificate_ids(ctx, filter=CertificateFilter(state="issued", unprinted=True, kind=kind))
        older = set(certificates.list_certificate_ids(ctx, filter=CertificateFilter(state="issued", replace=True, kind=kind)))
        kept = [one for one in wanted if one not in older]
        return Ready(ids=kept, replaced=len(wanted) - len(kept))
    states = ("approved", "judged") if ctx.actor.may("approve") else ("approved",)
    found = [applications.list_application_ids(ctx, filter=ApplicationFilter(state=state, kind=kind)) for state in states]
    return Ready(ids=[one for part in found for one in part])


def read_plan(ctx: Context, ids: Sequence[str], *, missing: bool, options: BatchOptions) -> str:
    """What it will take, in words. Nothing is issued."""
    if not ids:
        return "対象がありません"
    if missing:
        from app.interchange.certificates import plan_printing

        plan = plan_printing(ctx, certificate_ids=ids, options=options)
        return _say(plan.certificates, plan.papers, plan.sheets, plan.files)
    papers = sum(
        max(1, row.copies) for at in range(0, len(ids), _PAGE) for row in applications.application_rows(ctx, application_ids=ids[at : at + _PAGE])
    )
    sheets = plan_sheets(papers, options)
    return _say(len(ids), papers, sheets.sheets, sheets.files)


def _say(count: int, papers: int, sheets: int, files: int) -> str:
    return f"証明書 {count:,}件・{papers:,}通\n用紙 {sheets:,}枚・ファイル {files:,}個"


class IssueActs(QObject):
    """``ended`` when lists have to be read again; ``faulted`` with what stood in the way, ``told`` with what was left out."""

    ended = Signal()
    told = Signal(str)
    faulted = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self._parent, self.shell = parent, shell

    # -- issuing

    def issue(self, application_ids: Sequence[str]) -> None:
        """Issue these; the papers follow from 「部数が足りない証明書」."""
        self._issue(application_ids, self._issued)

    def issue_and_print(self, application_ids: Sequence[str], arguments: Mapping[str, Any]) -> None:
        """Issue these and print them at once."""
        self._issue(application_ids, lambda issued: self._go_on(issued, arguments))

    def _issue(self, application_ids: Sequence[str], then: Any) -> None:
        from app.interchange.certificates import issue_certificates

        ctx, folder, ids = self.shell.context, self.shell.folder, list(application_ids)
        question = f"{len(ids):,}件の証明書を発行しますか？"
        detail = "発行すると証明書番号が付きます。内容はあとから変えられません（差替か取消になります）。"
        if not ask(self._parent, question, detail, yes="発行する", no="やめる", danger=False):
            return
        work = self.shell.runner.write(
            lambda job: issue_certificates(ctx, application_ids=ids, folder=folder, job=job), parent=self._parent, label="job.issuing"
        )
        work.success(then).failure(self._fail).start()

    def _issued(self, issued: Issued) -> None:
        self.shell.say(f"{len(issued.certificates):,}件を発行しました")
        self.ended.emit()
        left = [f"{len(issued.refused):,}件は発行していません。", say_refused(issued.refused)] if issued.refused else []
        told = [*left, say_withheld(issued.withheld), *(message(code, **params) for code, params in issued.warnings[:3])]
        words = "\n".join(filter(None, told))
        if words:
            self.told.emit(words)

    def _go_on(self, issued: Issued, arguments: Mapping[str, Any]) -> None:
        if not issued.certificates:
            self._issued(issued)
            return
        self._print({"certificate_ids": issued.certificates, **arguments}, issued=issued)

    def push(self) -> None:
        """一斉交付: applications for every household of a judged dwelling that has none; they are then in the list."""
        ctx = self.shell.context
        question = "判定された住家の、申請のない世帯すべてに交付の準備をしますか？"
        detail = "申請（一斉交付）を作り、この一覧に加えます。発行と印刷は、そのあとで行います。"
        if not ask(self._parent, question, detail, yes="準備する", no="やめる", danger=False):
            return
        work = self.shell.runner.write(
            lambda job: certificates.open_push_applications(ctx, job=job), parent=self._parent, label="job.applying"
        )
        work.success(self._pushed).failure(self._fail).start()

    def _pushed(self, done: tuple[tuple[str, ...], int]) -> None:
        made, withheld = done
        more = f"（支援措置のため{withheld:,}世帯を除きました）" if withheld else ""
        self.shell.say(f"{len(made):,}世帯の申請を加えました{more}" if made else f"申請のない世帯はありません{more}")
        self.shell.runner.changed.emit({"application": frozenset(made)})
        self.ended.emit()

    # -- printing

    def print(self, certificate_ids: Sequence[str], arguments: Mapping[str, Any]) -> Operation[Any]:
        """Print the papers that are missing of these."""
        return self._print({"certificate_ids": list(certificate_ids), **arguments})

    def print_more(self, certificate_id: str, arguments: Mapping[str, Any], *, reason: str, copies: int) -> None:
        """再交付・追加・印刷の失敗: so many more papers of one."""
        self._print({"certificate_ids": [certificate_id], **arguments, "reason": reason, "copies": copies})

    def print_from(self, arguments: Mapping[str, Any]) -> FormDialog:
        """Ask for the number to go on from, then print the rest of that run; nothing is counted again."""
        dialog = open_form(self._parent, self.shell, FROM_NUMBER, lambda values: values["number"])
        dialog.saved.connect(lambda number: self._print({**arguments, "from_number": number}))
        return dialog

    def _print(self, arguments: Mapping[str, Any], *, issued: Issued | None = None) -> Operation[Any]:
        from app.interchange.certificates import print_certificates

        ctx, folder = self.shell.context, self.shell.folder

        def work(job: Job) -> Any:
            return print_certificates(ctx, **arguments, folder=folder, job=job)

        running = self.shell.runner.write(work, parent=self._parent, label="print.drawing")
        return running.finished(self._tell_changed).success(lambda outcome: self._printed(outcome, issued)).failure(self._fail).start()

    def _tell_changed(self) -> None:
        """Papers are counted where printing ended well; lists that show them are read again either way."""
        self.shell.runner.changed.emit({"certificate": frozenset(), "certificate_copy": frozenset()})

    def _printed(self, outcome: Any, issued: Issued | None) -> None:
        self.ended.emit()
        dialog = PrintResult(self._parent, self.shell, outcome, issued=issued)
        dialog.open()

    def _fail(self, error: Exception) -> None:
        self.ended.emit()
        if isinstance(error, Cancelled):
            self.shell.say("中止しました。紙も枚数も数えていません", tone="warn")
        elif isinstance(error, SasaeError):
            self.faulted.emit(error)
        else:
            faults.show(self._parent, error)
