"""One loan whole: its terms, the plan of repayment and what came back. The plan goes out on paper from here."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QTabWidget, QWidget

from app.domain.relief import Repayment
from app.presentation.columns.loan import PLAN, REPAYMENTS, loan_heading, plan_lines
from app.presentation.columns.snapshot import day_text
from app.presentation.forms.programme import TAKE_BACK
from app.presentation.labels import label
from app.presentation.yen_words import yen
from app.ui import theme
from app.ui.page import Shell
from app.ui.surveys.asking import open_form
from app.ui.widgets.export_dialog import CSV, PDF, XLSX, Choice, ExportDialog, Written
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import loans
from app.usecases.job import Job
from app.usecases.loan_rows import LoanFile
from app.usecases.protections import today


class LoanFileDialog(QDialog):
    """Ctrl+P writes the plan, Delete takes the chosen repayment back."""

    def __init__(self, parent: QWidget, shell: Shell, loan_id: str) -> None:
        super().__init__(parent)
        self.shell, self._loan_id = shell, loan_id
        self.file: LoanFile | None = None
        self.setWindowTitle("貸付")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.title, self.terms, self.stand = heading(""), note(""), text("")
        self.plan = Table(PLAN, name="償還計画", preferences=shell.preferences, many=False)
        self.repayments = Table(REPAYMENTS, name="返済", preferences=shell.preferences, many=False)
        self.repayments.chosen.connect(lambda _: self._enable())
        self.print_button = button("償還計画表…（Ctrl+P）", icon="print")
        self.print_button.clicked.connect(self.export)
        self.back_button = button("返済を取り消す…（Del）", icon="undo")
        self.back_button.clicked.connect(self.take_back)
        QShortcut(QKeySequence("Ctrl+P"), self, self.export)
        QShortcut(QKeySequence("Del"), self.repayments, self.take_back, context=Qt.ShortcutContext.WidgetShortcut)
        self._lay_out()
        self._enable()
        self.read()

    def _lay_out(self) -> None:
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.plan, "償還計画")
        self.tabs.addTab(self.repayments, "返済")
        body = column(self.title, self.terms, self.stand, self.tabs, spacing=8, margins=(22, 16, 22, 8))
        body.setStretch(3, 1)
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        footer = frame("footer", row(self.print_button, self.back_button, 1, leave, margins=(20, 8, 20, 8)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(940), room.width() - 16), min(look.px(620), room.height() - 30))

    def read(self) -> None:
        """Read it again."""
        ctx, wanted = self.shell.context, self._loan_id
        work = self.shell.runner.read(lambda: loans.open_loan(ctx, loan_id=wanted), parent=self, latest="loans.open")
        work.success(self._show).start()

    def _show(self, file: LoanFile) -> None:
        self.file, loan, found = file, file.loan, file.standing
        self.title.setText(f"{loan.borrower}　{yen(loan.principal)}　{label('loan.state', loan.state)}")
        self.terms.setText(loan_heading(file))
        parts = [f"返済済み {yen(found.repaid)}", f"元金の残り {yen(0 if loan.state == 'exempted' else found.owed)}"]
        if found.arrears:
            parts.append(f"滞納 {yen(found.arrears)}（{len(found.late)}回、違約金 {yen(found.charge)}）")
        if found.next is not None:
            parts.append(f"次は {day_text(found.next.due_on.isoformat())} に {yen(found.next_missing)}")
        if loan.state in ("running", "deferred"):
            parts.append(f"今日の繰上償還 {yen(sum(file.settle))}")
        if loan.reason:
            parts.append(loan.reason)
        self.stand.setText("　／　".join(parts))
        self.plan.show_rows(plan_lines(file, on=today(self.shell.context)), key=lambda line: line.number)
        self.repayments.show_rows(file.repayments, key=lambda one: one.id)
        self.tabs.setTabText(1, f"返済 ({len(file.repayments):,})")
        self._enable()

    def _enable(self) -> None:
        one: Repayment | None = self.repayments.current_row()
        actor = self.shell.context.actor
        taken = {other.reverses for other in self.file.repayments} if self.file else set()
        self.back_button.setEnabled(one is not None and not one.reverses and one.id not in taken and actor.may("relief"))
        self.print_button.setEnabled(self.file is not None and (actor.may("print") or actor.may("export")))

    def export(self) -> QWidget | None:
        """償還計画表."""
        file, ctx = self.file, self.shell.context
        if file is None or not self.print_button.isEnabled():
            return None
        wanted, folder = self._loan_id, self.shell.folder

        def write(choice: Choice, job: Job) -> Written:
            from app.interchange.exporting.loans import write_plan

            kind = choice.format.code.partition("-")[0]
            done = write_plan(ctx.for_purpose(choice.purpose), loan_id=wanted, out=choice.path, format=kind, folder=folder, job=job)
            return Written(choice.path, f"{done.pages:,}ページ" if done.pages else f"{done.rows:,}行")

        formats = [*((PDF,) if ctx.actor.may("print") else ()), *((XLSX, CSV) if ctx.actor.may("export") else ())]
        title = f"償還計画表（{file.loan.number}）"
        dialog = ExportDialog(self, self.shell, title=title, name=title, formats=formats, write=write, lead=loan_heading(file))
        dialog.open()
        return dialog

    def take_back(self) -> FormDialog | None:
        """The chosen repayment was wrong."""
        one: Repayment | None = self.repayments.current_row()
        if one is None or not self.back_button.isEnabled():
            return None
        ctx, wrong = self.shell.context, one.id
        return open_form(
            self, self.shell, TAKE_BACK, lambda values: loans.take_back(ctx, repayment_id=wrong, reason=values["reason"]),
            then=lambda _: self.read(), lead=f"{day_text(one.paid_on)}　{yen(one.amount)}",
        )  # fmt: skip
