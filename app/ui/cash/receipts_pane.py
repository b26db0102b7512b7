"""Today's receipts below the desk: printing again, asking for a refund, and the second person who confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.presentation.columns.cash import RECEIPTS
from app.presentation.forms.cash import CONFIRM_REFUND, REFUND
from app.presentation.yen_words import yen
from app.ui.surveys.asking import bind, open_export, open_form
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, heading, row, text
from app.usecases import cash_desk
from app.usecases.cash_rows import ReceiptFilter, ReceiptRow
from app.usecases.protections import today

if TYPE_CHECKING:
    from app.ui.cash.pay_tab import PayTab


class ReceiptsPane(QWidget):
    """Refunds that wait stand first, whatever their day."""

    def __init__(self, tab: PayTab) -> None:
        super().__init__()
        self._tab, self.shell = tab, tab.shell
        self.rows: Sequence[ReceiptRow] = ()
        self.table = Table(RECEIPTS, name="今日の受領書", preferences=self.shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._enable())
        self.table.opened.connect(lambda _: self.print_again())
        self.sums = text("", role="section", wrap=False)
        self.print_button = button("受領書をもう一度（P）", icon="print")
        self.refund_button = button("返納を求める…", icon="undo")
        self.confirm_button = button("返納を確認する…", role="primary", icon="check")
        self.refuse_button = button("返納を取りやめる", icon="minus")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        for made, act, keys in (
            (self.print_button, self.print_again, "P"), (self.refund_button, self.ask_refund, ""),
            (self.confirm_button, self.confirm_refund, ""), (self.refuse_button, self.refuse_refund, ""),
            (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        acts = flow(self.print_button, self.refund_button, self.confirm_button, self.refuse_button, self.export_button)
        whole = column(row(heading("今日の受領書（この端末）"), 1, self.sums), self.table, acts, spacing=6)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self._enable()

    @property
    def current(self) -> ReceiptRow | None:
        """The receipt at hand."""
        found: ReceiptRow | None = self.table.current_row()
        return found

    def refresh(self) -> None:
        """Read them again."""
        ctx = self.shell.context

        def read() -> list[ReceiptRow]:
            mine = ctx.place.device_id
            waiting = cash_desk.list_receipt_ids(ctx, filter=ReceiptFilter(kind="refund", waiting=True, device=mine))
            ids = cash_desk.list_receipt_ids(ctx, filter=ReceiptFilter(day=today(ctx).isoformat(), device=mine))
            return cash_desk.receipt_rows(ctx, list(dict.fromkeys([*waiting, *ids])))

        self.shell.runner.read(read, parent=self, latest="cash.receipts").success(self.show_rows).start()

    def show_rows(self, rows: Sequence[ReceiptRow]) -> None:
        """These, and their sums."""
        self.rows = rows
        self.table.show_rows(rows, key=lambda one: one.id)
        done = [one for one in rows if one.state == "done"]
        paid = [one for one in done if one.kind == "payment"]
        back = sum(one.amount for one in done if one.kind == "refund")
        words = f"支払 {len(paid):,}件 {yen(sum(one.amount for one in paid))}"
        self.sums.setText(words + (f"　返納 {yen(back)}" if back else ""))
        if rows and self.table.current_id() is None:
            self.table.make_current(0)
        self._enable()

    def _enable(self) -> None:
        one = self.current
        waits = one is not None and one.kind == "refund" and one.state == "asked"
        self.print_button.setEnabled(one is not None and one.state == "done")
        self.refund_button.setEnabled(one is not None and one.kind == "payment")
        self.confirm_button.setVisible(waits)
        self.refuse_button.setVisible(waits)
        self.export_button.setEnabled(bool(self.rows))

    def print_again(self) -> None:
        """Another print of the receipt at hand."""
        one = self.current
        if one is not None and one.state == "done":
            self._tab.print_receipt(one.id, one.number)

    def ask_refund(self) -> FormDialog | None:
        """Ask to take a payment back."""
        one = self.current
        if one is None:
            return None
        ctx, receipt_id = self.shell.context, one.id
        lead = f"{one.number}　{one.name}　{yen(one.amount)}"
        return open_form(
            self, self.shell, REFUND, lambda given: cash_desk.ask_refund(ctx, receipt_id=receipt_id, reason=given["reason"]),
            then=lambda _: self._told("返納を求めました。現金を受け取り、別の操作者が確認してください。"), lead=lead,
        )  # fmt: skip

    def confirm_refund(self) -> FormDialog | None:
        """The second person signs beside the first."""
        one = self.current
        if one is None:
            return None
        ctx, refund_id = self.shell.context, one.id
        lead = f"{one.number}　{one.name}　{yen(one.amount)}　求めた人：{one.clerk}　理由：{one.reason}"
        return open_form(
            self, self.shell, CONFIRM_REFUND,
            lambda given: cash_desk.confirm_refund(ctx, refund_id=refund_id, second=given["second"], password=given["password"]),
            then=lambda _: self._told("返納を確認しました。支給は返納になり、帳簿も戻りました。"), lead=lead,
            values={"second": "" if one.clerk == ctx.actor.name else ctx.actor.name},
        )  # fmt: skip

    def refuse_refund(self) -> None:
        """It does not happen."""
        one = self.current
        if one is None:
            return
        ctx, refund_id = self.shell.context, one.id
        work = self.shell.runner.write(lambda _: cash_desk.refuse_refund(ctx, refund_id=refund_id), parent=self, label="window.saving")
        work.success(lambda _: self._told("返納を取りやめました。支払いはそのままです。")).start()

    def _told(self, words: str) -> None:
        self._tab.banner.show_message(words, tone="good")
        self.refresh()

    def export(self) -> None:
        """These as a file."""
        ctx = self.shell.context
        ids = [one.id for one in self.rows]
        open_export(
            self, self.shell, title="受領書の一覧", subtitle=self.sums.text(), columns=RECEIPTS, view="すべての項目", unit="件",
            rows=lambda: cash_desk.receipt_rows(ctx, ids),
        )  # fmt: skip
