"""貸付・返済: who owes what, who is late, what came back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QWidget

from app.presentation.columns.loan import LOANS
from app.presentation.forms.programme import CHANGE_LOAN, REPAY, money
from app.presentation.labels import choices, label
from app.presentation.yen_words import yen
from app.ui.programmes.lending import LendDialog
from app.ui.programmes.loan_file import LoanFileDialog
from app.ui.surveys.asking import bind, labelled, open_export, open_form, picker
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import loans
from app.usecases.loan_rows import LoanFilter, LoanRow
from app.usecases.protections import today

if TYPE_CHECKING:
    from app.ui.pages.programmes import ProgrammesPage


class LoansTab(Tab):
    """F2 keeps a new loan, F6 a repayment, Enter opens one. ``arrive(late=True)`` shows those in arrears, ``arrive(loan_id=…)`` opens one."""

    kinds = frozenset({"loan", "repayment", "entitlement", "programme"})

    def __init__(self, page: ProgrammesPage) -> None:
        super().__init__(page)
        self.finder = SearchBox("貸付番号・借受人で探す", name="貸付を探す")
        self.state = picker("状態", choices("loan.state"))
        self.late = QCheckBox("滞納だけ")
        self.count = text("", role="section", wrap=False)
        self.new_button = button("貸付を記録…（F2）", role="primary", icon="plus")
        self.file_button = button("開く（Enter）", icon="list")
        self.repay_button = button("返済を記録…（F6）", icon="cash")
        self.state_button = button("猶予・免除…", icon="edit")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        self.table = Table(LOANS, name="貸付の一覧", preferences=self.shell.preferences, many=False)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.empty = EmptyState(
            "貸付はまだありません",
            "災害援護資金を計算し、貸付金を渡したあとに「貸付を記録」（F2）で記録すると、償還計画・返済・滞納がここで分かります。",
            icon="ledger",
            actions=[("貸付を記録…（F2）", "plus", self.begin)],
        )
        self._connect()
        self._lay_out()

    def _connect(self) -> None:
        for made, act, keys in (
            (self.new_button, self.begin, ""), (self.file_button, self.open_file, ""), (self.repay_button, self.repay, "F6"),
            (self.state_button, self.change_state, ""), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        QShortcut(QKeySequence("F2"), self, self.begin, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.finder.typed.connect(lambda _: self.list())
        for leave in (self.finder.down, self.finder.left):
            leave.connect(self.table.focus_first)
        self.finder.entered.connect(lambda _: self.table.focus_first())
        self.state.activated.connect(lambda _: self.list())
        self.late.toggled.connect(lambda _: self.list())
        self.table.opened.connect(lambda _: self.open_file())
        self.table.chosen.connect(lambda _: self._enable())

    def _lay_out(self) -> None:
        self.top = QWidget()
        line = row(labelled("絞り込み", self.finder), labelled("状態", self.state), labelled("", self.late), labelled("", self.count), spacing=8)
        line.setStretch(0, 1)
        self.top.setLayout(line)
        self._acts = flow(self.new_button, self.file_button, self.repay_button, self.state_button, self.export_button)
        whole = column(self.top, self.banner, self.table, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(2, 1)
        whole.setStretch(3, 1)
        self.setLayout(whole)
        self.empty.hide()
        for made in (self.new_button, *self.empty.buttons):
            made.setEnabled(self.may("relief"))
        self._enable()

    # -- reading

    @property
    def wanted(self) -> LoanFilter:
        """What is asked for."""
        return LoanFilter(text=self.finder.text().strip(), state=self.state.currentData(), late=self.late.isChecked())

    def refresh(self) -> None:
        """List again."""
        self.list()

    def list(self) -> None:
        """Ask for the loans that the conditions leave."""
        ctx, wanted = self.context, self.wanted
        found = self.runner.read(lambda: loans.list_loans(ctx, filter=wanted), parent=self, latest="loans.list")
        found.success(lambda rows: self._show(rows, wanted)).start()

    def _show(self, rows: Sequence[LoanRow], wanted: LoanFilter) -> None:
        if wanted != self.wanted:
            return
        narrowed = wanted != LoanFilter()
        self.table.show_rows(rows, key=lambda one: one.id)
        late = sum(one.arrears for one in rows)
        self.count.setText(f"{len(rows):,}件　元金の残り {yen(sum(one.owed for one in rows))}" + (f"　滞納 {yen(late)}" if late else ""))
        for part in (self.top, self._acts):
            part.setVisible(bool(rows) or narrowed)
        self.table.setVisible(bool(rows) or narrowed)
        self.empty.setVisible(not rows and not narrowed)
        if rows and self.table.current_id() is None:
            self.table.make_current(0)
        self._enable()

    @property
    def current(self) -> LoanRow | None:
        """The one at hand."""
        found: LoanRow | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        one, may = self.current, self.may("relief")
        running = one is not None and one.state in ("running", "deferred")
        self.file_button.setEnabled(one is not None)
        self.repay_button.setEnabled(may and running)
        self.state_button.setEnabled(may and running)
        self.export_button.setEnabled(one is not None and (self.may("export") or self.may("print")))

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        if arguments.get("late"):
            self.late.setChecked(True)
        if arguments.get("loan_id"):
            self.open_file(arguments["loan_id"])

    def take_focus(self) -> None:
        """Into the search box, or on the way to the first loan."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.finder.setFocus()

    # -- acting

    def begin(self) -> LendDialog | None:
        """Money was lent."""
        if not self.may("relief"):
            return None
        dialog = LendDialog(self, self.shell)
        dialog.lent.connect(lambda _: self.shell.say("貸付を記録しました"))
        dialog.open()
        return dialog

    def open_file(self, loan_id: str = "") -> LoanFileDialog | None:
        """One loan whole."""
        wanted = loan_id or self.table.current_id()
        if not wanted:
            return None
        dialog = LoanFileDialog(self, self.shell, wanted)
        dialog.open()
        return dialog

    def repay(self) -> FormDialog | None:
        """Money came back."""
        one, ctx = self.current, self.context
        if one is None or not self.repay_button.isEnabled():
            return None
        due = one.arrears or one.next_amount

        def act(values: dict[str, Any]) -> Any:
            return loans.repay(
                ctx, loan_id=one.id, amount=values["amount"], paid_on=values["paid_on"].isoformat(), late=values["late"] or 0, way=values["way"],
                early=values["early"], note=values["note"],
            )  # fmt: skip

        return open_form(
            self, self.shell, REPAY, act, then=lambda _: self.shell.say("返済を記録しました"), values={"amount": money(due), "paid_on": today(ctx)},
            lead=self._lead(one), columns=2,
        )  # fmt: skip

    def _lead(self, one: LoanRow) -> str:
        late = f"　滞納 {yen(one.arrears)}（違約金 {yen(one.charge)}）" if one.arrears else ""
        following = f"　次は {one.next_on} に {yen(one.next_amount)}" if one.next_on else ""
        return f"{one.number}　{one.borrower}　{label('loan.state', one.state)}　元金の残り {yen(one.owed)}{late}{following}"

    def change_state(self) -> FormDialog | None:
        """Delay, exemption, or running again."""
        one, ctx = self.current, self.context
        if one is None or not self.state_button.isEnabled():
            return None
        return open_form(
            self, self.shell, CHANGE_LOAN,
            lambda values: loans.set_loan_state(ctx, loan_id=one.id, state=values["state"], reason=values["reason"]),
            then=lambda _: self.shell.say("状態を変えました"), values={"state": "running" if one.state == "deferred" else "deferred"}, lead=self._lead(one),
        )  # fmt: skip

    def export(self) -> QWidget:
        """The list as it is narrowed now."""
        ctx, wanted = self.context, self.wanted
        subtitle = f"{label('loan.state', wanted.state)}{'　滞納だけ' if wanted.late else ''}".strip()
        return open_export(
            self, self.shell, title="貸付の一覧（災害援護資金）", subtitle=subtitle, columns=LOANS, view="すべての項目",
            rows=lambda: loans.list_loans(ctx, filter=wanted), unit="件",
        )  # fmt: skip

