"""One certificate whole: as it stands on paper, which papers of it went out, what came before and after, its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QTabWidget, QWidget

from app.domain.certificate import CertificateCopy
from app.domain.errors import RuleViolation, SasaeError
from app.presentation.columns.certificate import COPIES
from app.presentation.columns.evacuee import CHANGES, ChangeRow, change_rows
from app.presentation.columns.snapshot import day_text
from app.presentation.labels import field_label, label
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.certificates.certificate_acts import CertificateActs
from app.ui.certificates.paper_view import PaperView
from app.ui.page import Shell
from app.ui.surveys.asking import bind
from app.ui.widgets.banner import Banner
from app.ui.widgets.table import Table
from app.ui.widgets.text import badge, button, column, frame, heading, note, row, text
from app.usecases import certificates, records
from app.usecases.certificate_rows import CertificateFile
from app.usecases.context import Context

_SHOWN = ("number", "head_name", "head_address", "building_address", "grade", "cause", "issued_on", "mayor_title", "mayor_name")
_UNTOLD = frozenset({"values", "code", "form_digest", "application_id", "victim_id", "building_id", "survey_id"})
"""Fields whose changes say nothing to a reader: ids, digests, the frozen text."""


@dataclass(frozen=True, slots=True)
class _Seen:
    file: CertificateFile
    copies: Sequence[CertificateCopy]
    history: Sequence[ChangeRow]
    issuer: str
    form: str
    words: Sequence[str]


def _read(ctx: Context, certificate_id: str, folder: Path) -> _Seen:
    """The file with names instead of ids, and what stands on the paper with the words of its form."""
    from app.printing.designs import active_layout

    file = certificates.open_certificate(ctx, certificate_id=certificate_id)
    names = {one.id: one.name for one in ctx.reads.all("operator")}  # type: ignore[attr-defined]
    copies = [replace(one, printed_by=names.get(one.printed_by, one.printed_by)) for one in file.copies]
    history = change_rows([one for one in records.read_history(ctx, record_id=certificate_id) if one.field not in _UNTOLD])
    one = file.certificate
    try:
        layout = active_layout(ctx, one.form, version=one.form_version, digest=one.form_digest, folder=folder)
        form, words = layout.title, {name: variable.label for name, variable in layout.variables.items()}
    except SasaeError:  # a form of another laptop
        form, words = one.form, {}
    told = [f"{words.get(name, name)}：{file.values[name]}" for name in _SHOWN if file.values.get(name)]
    return _Seen(file, sorted(copies, key=lambda paper: paper.copy), history, names.get(one.issued_by, ""), form, told)


class CertificateFileDialog(QDialog):
    """``sent`` asks to show something else: a tab and its arguments. F6 prints once more, F7 replaces."""

    sent = Signal(str, dict)

    def __init__(self, parent: QWidget, shell: Shell, certificate_id: str) -> None:
        super().__init__(parent)
        self.shell, self.certificate_id = shell, certificate_id
        self.file: CertificateFile | None = None
        self.acts = CertificateActs(self, shell)
        self.acts.ended.connect(self.read)
        self.acts.faulted.connect(self._failed)
        self.setWindowTitle("証明書")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.title = heading("")
        self.state = badge("")
        self.marks = [badge("支援措置", tone="bad"), badge("申告のみ", tone="warn"), badge("仮番号", tone="info")]
        self.banner = Banner()
        self.banner.hide()
        self.paper = PaperView(shell)
        self.facts = QGridLayout()
        self.facts.setVerticalSpacing(5)
        self.facts.setHorizontalSpacing(12)
        self.copies = Table(COPIES, name="印刷の記録", preferences=shell.preferences, many=False)
        self.history = Table(CHANGES, name="履歴", preferences=shell.preferences, many=False)
        self.copies_note = note("")
        self._make_buttons()
        self._lay_out()
        self.read()

    def _make_buttons(self) -> None:
        self.more_button = button("再交付・追加…（F6）", role="primary", icon="print")
        self.supersede_button = button("差替…（F7）", icon="refresh")
        self.revoke_button = button("取消…", role="danger", icon="close")
        self.application_button = button("申請を開く", icon="list")
        self.other_button = button("", icon="certificates")
        for made, act, keys in (
            (self.more_button, self.print_more, "F6"), (self.supersede_button, self.supersede, "F7"), (self.revoke_button, self.revoke, ""),
            (self.application_button, self.open_application, ""), (self.other_button, self.open_other, ""),
        ):  # fmt: skip
            bind(self, made, act, keys)
            made.setEnabled(False)

    def _lay_out(self) -> None:
        top = row(self.title, self.state, *self.marks, spacing=8)
        top.setStretch(0, 1)
        left = QWidget()
        inside = column(self.paper.banner, self.paper, spacing=6)
        inside.setStretch(1, 1)
        left.setLayout(inside)
        papers = QWidget()
        listed = column(self.copies_note, self.copies, spacing=4, margins=(0, 6, 0, 0))
        listed.setStretch(1, 1)
        papers.setLayout(listed)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(papers, "印刷の記録(&1)")
        self.tabs.addTab(self.history, "履歴(&2)")
        right = column(self.facts, self.tabs, spacing=10)
        right.setStretch(1, 1)
        both = row(left, right, spacing=18)
        both.setStretch(0, 4)
        both.setStretch(1, 5)
        body = column(top, self.banner, both, spacing=8, margins=(24, 16, 24, 10))
        body.setStretch(2, 1)
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        footer = row(
            self.more_button, self.supersede_button, self.revoke_button, self.application_button, self.other_button, 1, leave,
            spacing=6, margins=(20, 10, 20, 10),
        )  # fmt: skip
        whole = column(body, frame("footer", footer), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1180), room.width() - 30), min(look.px(720), room.height() - 40))

    # -- reading

    def read(self) -> None:
        """Read it again; whose it is is noted in the access log."""
        ctx, wanted, folder = self.shell.context, self.certificate_id, self.shell.folder
        work = self.shell.runner.write(lambda _: _read(ctx, wanted, folder), parent=self, label="lists.reading")
        work.success(self._show).failure(self._failed).start()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)

    def _show(self, seen: _Seen) -> None:
        file = self.file = seen.file
        one = file.certificate
        self.title.setText("　".join((one.number, label("application.kind", one.kind), label("grade", one.grade) if one.grade else "")).strip())
        self.state.setText(label("certificate.state", one.state))
        for mark, shown in zip(self.marks, (file.protected, one.declared, one.provisional), strict=True):
            mark.setVisible(shown)
        self._say_state(file)
        self._show_facts(seen)
        self.copies.show_rows(seen.copies)
        self.copies_note.setText(f"発行回数 {one.copies:,}　必要部数 {file.wanted:,}")
        self.history.show_rows(seen.history, key=id)
        self._enable()
        if one.state == "issued" and self.acts.may("issue"):
            self.paper.show_certificate(one.id)
        else:
            self.paper.show_words("\n".join(("記載した内容", "", *seen.words)))

    def _say_state(self, file: CertificateFile) -> None:
        one = file.certificate
        if one.newer_grade:
            words = f"再調査で「{label('grade', one.newer_grade)}」になりました。差替が必要です（F7）。"
            self.banner.show_message(words, tone="warn")
        elif one.state == "superseded":
            after = f"新しい証明書は {file.successor.number} です。" if file.successor else ""
            self.banner.show_message(f"差替済みの証明書です。{after}理由：{one.reason}", tone="warn")
        elif one.state == "revoked":
            self.banner.show_message(f"取り消した証明書です。理由：{one.reason}", tone="bad")
        else:
            self.banner.show_message("")

    def _show_facts(self, seen: _Seen) -> None:
        while (item := self.facts.takeAt(0)) is not None:
            if item.widget() is not None:
                item.widget().hide()
                item.widget().deleteLater()
        file, one = seen.file, seen.file.certificate
        values = file.values
        lines = [
            ("世帯主", values.get("head_name", "")), ("被災住家", values.get("building_address", "")),
            ("連絡先", "　".join(filter(None, (file.application.phone, file.application.contact_address))) if file.application else ""),
            ("発行", "　".join(filter(None, (day_text(one.issued_on), seen.issuer)))),
            (field_label("certificate", "form"), f"{seen.form} 第{one.form_version}版"),
            ("前の証明書", file.replaces.number if file.replaces else ""), ("新しい証明書", file.successor.number if file.successor else ""),
        ]  # fmt: skip
        for at, (name, words) in enumerate((name, words) for name, words in lines if words):
            self.facts.addWidget(text(name, role="field", wrap=False), at, 0, Qt.AlignmentFlag.AlignTop)
            self.facts.addWidget(text(words), at, 1)
        self.facts.setColumnStretch(1, 1)

    def _enable(self) -> None:
        file = self.file
        live = file is not None and file.certificate.state == "issued"
        self.more_button.setEnabled(live and self.acts.may("print") and self.acts.may("issue"))
        self.supersede_button.setEnabled(live and self.acts.may("issue") and self.acts.may("approve"))
        self.revoke_button.setEnabled(live and self.acts.may("approve"))
        self.application_button.setEnabled(file is not None and file.application is not None)
        other = (file.successor or file.replaces) if file is not None else None
        self.other_button.setVisible(other is not None)
        self.other_button.setEnabled(other is not None)
        if other is not None and file is not None:
            self.other_button.setText("新しい証明書を開く" if file.successor else "前の証明書を開く")

    # -- acting

    def print_more(self) -> object:
        """One more paper, with why."""
        return self.acts.print_more(self.certificate_id, self.title.text())

    def supersede(self) -> object:
        """差替."""
        return self.acts.supersede(self.certificate_id, self.title.text())

    def revoke(self) -> object:
        """取消."""
        return self.acts.revoke(self.certificate_id, self.title.text())

    def open_application(self) -> None:
        """To the application."""
        assert self.file is not None
        self.accept()
        self.sent.emit("applications", {"application_id": self.file.certificate.application_id})

    def open_other(self) -> None:
        """The one before or after."""
        file = self.file
        other: Any = (file.successor or file.replaces) if file else None
        if other is not None:
            self.certificate_id = other.id
            self.read()

