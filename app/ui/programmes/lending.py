"""貸付を記録する: choose the household whose loan was decided, then the day and the terms."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QWidget

from app.domain.errors import RuleViolation
from app.domain.programme_plan import LoanTerms
from app.domain.relief import Entitlement, Programme
from app.presentation.columns.loan import LENDABLE
from app.presentation.forms.programme import LEND, terms_values
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import loans
from app.usecases.protections import today


class LendDialog(QDialog):
    """``lent`` carries the id of the loan. Ctrl+Enter records it."""

    lent = Signal(str)

    def __init__(self, parent: QWidget, shell: Shell) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle("貸付を記録する")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._terms: dict[str, LoanTerms] = {}
        self.body = FormBody(LEND, values={"lent_on": today(shell.context)}, columns=1)
        self.table = Table(LENDABLE, name="貸付の対象", preferences=shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._show_terms())
        self.table.opened.connect(lambda _: self.body.focus_first())
        self.banner = Banner()
        self.banner.hide()
        self.nothing = note("記録を待つ貸付はありません。「支給」の画面で災害援護資金を計算すると、ここに出ます。")
        self.nothing.hide()
        self.save_button = button("記録する（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.clicked.connect(self.save)
        self._lay_out()
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self, self.save)
        self._read()

    def _lay_out(self) -> None:
        left = QWidget()
        inside = column(heading("1　だれに"), self.nothing, self.table, spacing=6)
        inside.setStretch(2, 1)
        left.setLayout(inside)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        inner.setLayout(column(heading("2　いつ、どの条件で"), self.body, 1, spacing=8, margins=(4, 0, 14, 8)))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        both = row(left, area, spacing=20)
        both.setStretch(0, 3)
        both.setStretch(1, 2)
        body = column(heading("貸付を記録する"), self.banner, both, spacing=8, margins=(22, 14, 22, 8))
        body.setStretch(2, 1)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        hints = KeyHints([("↑↓", "選ぶ"), ("Enter", "次の欄")])
        whole = column(body, frame("footer", row(hints, 1, cancel, self.save_button, margins=(20, 8, 20, 8))), spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1080), room.width() - 16), min(look.px(600), room.height() - 30))

    def _read(self) -> None:
        ctx = self.shell.context

        def read() -> tuple[list[Entitlement], dict[str, LoanTerms]]:
            programmes = [one for one in ctx.reads.all("programme") if isinstance(one, Programme) and one.kind == "loan"]
            return loans.list_lendable(ctx), {one.id: LoanTerms.from_json(one.terms) for one in programmes}

        self.shell.runner.read(read, parent=self, latest="loans.lendable").success(self._show).start()

    def _show(self, found: tuple[list[Entitlement], dict[str, LoanTerms]]) -> None:
        rows, self._terms = found
        self.table.show_rows(rows, key=lambda one: one.id)
        self.nothing.setVisible(not rows)
        self.save_button.setEnabled(bool(rows))
        if rows:
            self.table.make_current(0)
            self.table.setFocus()
        self._show_terms()

    def _show_terms(self) -> None:
        """The terms of the programme stand in the fields, to be changed for this loan."""
        one: Entitlement | None = self.table.current_row()
        terms = self._terms.get(one.programme_id) if one is not None else None
        for name in ("rate", "late_rate", "years", "grace_years", "every") if terms is not None else ():
            self.body.editors[name].set_raw(str(getattr(terms, name)))

    def save(self) -> None:
        """Record it."""
        one: Entitlement | None = self.table.current_row()
        values = self.body.read()
        if one is None or values is None or not self.save_button.isEnabled():
            return
        ctx, owner = self.shell.context, one.id
        self.save_button.setEnabled(False)
        work = self.shell.runner.write(
            lambda _: loans.lend(
                ctx, entitlement_id=owner, lent_on=values["lent_on"].isoformat(), guarantor=values["guarantor"], terms=terms_values(values),
                note=values["note"],
            ),
            parent=self, label="window.saving",
        )  # fmt: skip
        work.finished(lambda: self.save_button.setEnabled(True)).success(self._lent).failure(self._refused).start()

    def _lent(self, done: tuple[str, object]) -> None:
        self.accept()
        self.lent.emit(done[0])

    def _refused(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field in self.body.editors:
            self.body.show_problems({error.field: message(error)})
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)
