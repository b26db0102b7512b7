"""不能・組戻し: money that did not arrive, why, and what to do next; answers by hand for single payments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QCheckBox, QWidget

from app.presentation.columns.transfer import UNPAID
from app.presentation.yen_words import yen
from app.ui.surveys.asking import bind, open_export
from app.ui.tabbed import Tab
from app.ui.transfers.acts import TransferActs
from app.ui.transfers.payment_dialog import PaymentDialog
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import transfer_results
from app.usecases.transfer_rows import UnpaidRow

if TYPE_CHECKING:
    from app.ui.pages.transfers import TransfersPage


class UnpaidTab(Tab):
    """Enter goes where the next step is done, F6 finds one payment for an answer by hand or 組戻し."""

    kinds = frozenset({"payment", "payment_batch", "payee_account"})

    def __init__(self, page: TransfersPage) -> None:
        super().__init__(page)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.acts = TransferActs(self, page.shell)
        self.acts.done.connect(self.refresh)
        self.acts.told.connect(lambda words, tone: self.banner.show_message(words, tone=tone))
        self._rows: Sequence[UnpaidRow] = ()
        self.count = text("", role="section", wrap=False)
        self.finished = QCheckBox("再支給が済んだものも見る")
        self.finished.toggled.connect(lambda _: self._show())
        self.table = Table(UNPAID, name="不能・組戻しの一覧", preferences=self.shell.preferences, many=False)
        self.table.opened.connect(lambda _: self.do_next())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.empty = EmptyState(
            "支払いできずに残っている振込はありません", "銀行の結果を取り込むと、不能になったものと次にすることがここに並びます。", icon="check",
            actions=[("振込の決定簿へ", "transfers", lambda: self.page.open_tab("waiting"))],
        )  # fmt: skip
        self.next_button = button("次へ進む（Enter）", role="primary", icon="chevron-right", tip="口座の訂正か、再支給の画面へ")
        self.one_button = button("1件の結果・組戻し…（F6）", icon="edit", tip="支給番号を入れて、結果を手で入れるか、組戻しを記録する")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        for made, act, keys in (
            (self.next_button, self.do_next, ""), (self.one_button, self.find_payment, "F6"), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        acts = QWidget()
        acts.setLayout(row(self.next_button, self.one_button, 1, self.export_button, spacing=6))
        top = row(self.count, 1, self.finished, spacing=10)
        whole = column(top, self.banner, self.table, self.empty, acts, spacing=8, margins=(0, 10, 0, 0))
        for place in (2, 3):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.empty.hide()
        self._enable()

    def refresh(self) -> None:
        """Read them again."""
        ctx = self.context
        self.runner.read(lambda: transfer_results.list_unpaid(ctx), parent=self, latest="transfers.unpaid").success(self._take).start()

    def _take(self, rows: Sequence[UnpaidRow]) -> None:
        self._rows = rows
        self._show()

    def _show(self) -> None:
        open_ones = [one for one in self._rows if one.next_step != "done"]
        shown = list(self._rows) if self.finished.isChecked() else open_ones
        self.badged.emit(sum(one.next_step != "wait" for one in open_ones))
        self.table.show_rows(shown)
        if shown and self.table.current_id() is None:
            self.table.make_current(0)
        self.count.setText(f"{len(open_ones):,}件　{yen(sum(one.amount for one in open_ones))}" if open_ones else "")
        self.finished.setVisible(len(open_ones) < len(self._rows))
        self.table.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        self._enable()

    @property
    def current(self) -> UnpaidRow | None:
        """The one at hand."""
        found: UnpaidRow | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        self.next_button.setEnabled(self.table.isVisibleTo(self) and self.current is not None)
        self.one_button.setEnabled(self.may("relief") and self.acts.at_headquarters)
        self.export_button.setEnabled(bool(self._rows) and (self.may("export") or self.may("print")))

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        if arguments.get("payment"):
            self.find_payment(arguments["payment"])

    def take_focus(self) -> None:
        """Into the list."""
        (self.empty.buttons[0] if self.empty.isVisibleTo(self) else self.table).setFocus()

    def do_next(self) -> None:
        """Where the next step is done."""
        one = self.current
        if one is None:
            return
        if one.next_step in ("fix_account", "check_account"):
            self.shell.go("relief", tab="payees")
        else:
            self.shell.go("relief", tab="batches", batch_id=one.batch_id)

    def find_payment(self, number: str = "") -> PaymentDialog:
        """One payment by its number."""
        dialog = PaymentDialog(self, self.shell, number)
        dialog.noted.connect(self.refresh)
        dialog.open()
        return dialog

    def export(self) -> None:
        """The list."""
        ctx = self.context
        open_export(
            self, self.shell, title="振込不能の一覧", subtitle="", columns=UNPAID, view="すべての項目",
            rows=lambda: transfer_results.list_unpaid(ctx), unit="件",
        )  # fmt: skip
