"""One payment by its number: what became of it, an answer by hand, 組戻し."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from app.presentation.columns.texts import place_words
from app.presentation.labels import label
from app.presentation.yen_words import yen
from app.ui import theme
from app.ui.page import Shell
from app.ui.surveys.asking import bind
from app.ui.transfers.acts import TransferActs
from app.ui.widgets.banner import Banner
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import button, column, frame, heading, row, text
from app.usecases import batches
from app.usecases.batch_rows import PaymentRow
from app.usecases.context import Context


def look_up(ctx: Context, number: str) -> Sequence[PaymentRow]:
    """The payment with this number or code; RuleViolation ``payment.not_found``."""
    return batches.payment_rows(ctx, payment_ids=[batches.find_payment(ctx, number=number)])


class PaymentDialog(QDialog):
    """``noted`` when something was."""

    noted = Signal()
    banner: Banner

    def __init__(self, parent: QWidget, shell: Shell, number: str = "") -> None:
        super().__init__(parent)
        self.shell = shell
        self.row: PaymentRow | None = None
        self.acts = TransferActs(self, shell)
        self.acts.done.connect(self._again)
        self.acts.told.connect(lambda words, tone: self.banner.show_message(words, tone=tone))
        self.setWindowTitle("1件の結果・組戻し")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumSize(theme.current().px(640), theme.current().px(360))
        self.finder = SearchBox("支給番号か顧客コードを入れて Enter", name="支給番号")
        self.finder.entered.connect(lambda _: self.find())
        self.banner = Banner()
        self.banner.hide()
        self.name, self.money, self.about = text("", role="heading", wrap=False), text("", role="number", wrap=False), text("", role="lead")
        self.card = frame("well", column(row(self.name, 1, self.money), self.about, spacing=6, margins=(16, 10, 16, 12)))
        self.card.hide()
        self.result_button = button("結果を入れる…", role="primary", icon="edit")
        self.recall_button = button("組戻し…", icon="undo")
        leave = button("閉じる（Esc）")
        leave.clicked.connect(self.reject)
        bind(self, self.result_button, self.set_result)
        bind(self, self.recall_button, self.recall)
        body = column(heading("どの支給ですか"), self.finder, self.banner, self.card, 1, spacing=10, margins=(24, 18, 24, 16))
        footer = frame("footer", row(self.result_button, self.recall_button, 1, leave, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self._enable()
        if number:
            self.finder.setText(number)
            self.find()

    def find(self) -> None:
        """The payment that was typed."""
        ctx, number = self.shell.context, self.finder.text().strip()
        if number:
            self.shell.runner.read(lambda: look_up(ctx, number), parent=self).success(self._show).failure(self._not_found).start()

    def _not_found(self, error: Exception) -> None:
        self.row = None
        self.card.hide()
        self._enable()
        self.acts.fail(error)

    def _show(self, rows: Sequence[PaymentRow]) -> None:
        if not rows:
            return
        self.row = one = rows[0]
        self.name.setText(one.name)
        self.money.setText(yen(one.amount))
        words = [f"支給番号 {one.number}　決定簿 {one.batch_number}", label("payment.state", one.state)]
        if one.failure:
            words.append(label("payment.failure", one.failure))
        account = f"{place_words(one.bank, one.bank_name, one.branch, one.branch_name)} {label('account.kind', one.account_kind)} {one.account_number}"
        self.about.setText("　".join(words) + (f"\n{account}　{one.holder}" if one.bank else "") + (f"\n{one.reason}" if one.reason else ""))
        self.card.show()
        self._enable()

    def _again(self) -> None:
        self.noted.emit()
        self.find()

    def _enable(self) -> None:
        one = self.row
        answers = ("sent", "approved") if one is not None and one.way == "in_kind" else ("sent",)
        self.result_button.setEnabled(one is not None and one.state in answers)
        self.recall_button.setEnabled(one is not None and one.way == "transfer" and one.state in ("sent", "paid"))

    def set_result(self) -> object:
        """An answer by hand."""
        one = self.row
        return self.acts.set_result(one.id, f"{one.number}　{one.name}　{yen(one.amount)}") if one is not None else None

    def recall(self) -> object:
        """組戻し."""
        return self.acts.recall(self.row) if self.row is not None else None
