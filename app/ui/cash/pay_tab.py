"""支払: the desk. Scan or search, see name and amount in large letters, note how identity was checked, pay, receipt, and on to the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from app.domain.errors import RuleViolation, SasaeError
from app.presentation.columns.cash import VOUCHERS
from app.presentation.messages import message
from app.presentation.yen_words import yen
from app.ui import faults, ime, theme
from app.ui.cash.paying import PayCard
from app.ui.cash.receipts_pane import ReceiptsPane
from app.ui.cash.saving import paper_folder
from app.ui.surveys.asking import bind
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.opening import open_file
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row
from app.usecases import cash_boxes, cash_desk
from app.usecases.cash_desk import FoundVouchers
from app.usecases.cash_rows import BoxRow, Paid, VoucherRow

if TYPE_CHECKING:
    from app.ui.pages.cash import CashPage


class PayTab(Tab):
    """The keyboard rests in the scan field. Enter finds; 1–8 say how identity was checked; F8 pays; Esc begins anew.

    ``paid`` of the tests: the last ``Paid``. Nothing says 支払済み before it is on the disk.
    """

    kinds = frozenset({"voucher", "receipt", "cash_box", "cash_count"})

    def __init__(self, page: CashPage) -> None:
        super().__init__(page)
        self.paid: Paid | None = None
        self.opens_papers = True
        self.term: int | None = None
        self.field = SearchBox("引換券のQRを読み取る、または番号・氏名・フリガナを入れて Enter", name="引換券を探す")
        ime.prepare(self.field, "off")
        self.field.installEventFilter(self)
        self.field.entered.connect(self.find)
        self.field.setMinimumHeight(theme.current().px(44))
        self.find_button = button("探す（Enter）", icon="search")
        bind(self, self.find_button, lambda: self.find(self.field.text()))
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.hits = Table(VOUCHERS, name="見つかった引換券", preferences=self.shell.preferences, many=False)
        self.hits.opened.connect(lambda _: self.choose())
        self.field.down.connect(self.hits.focus_first)
        self.card = PayCard(self.shell)
        self.card.agreed.connect(self.pay)
        self.card.shown.connect(self._make_room)
        self.card.scanned.connect(self._scan_next)
        self.card.left.connect(self.begin)
        self.receipts = ReceiptsPane(self)
        self._lay_out()
        self.begin()

    def _lay_out(self) -> None:
        hints = KeyHints([("Enter", "探す"), ("1–8", "本人確認"), ("F8 F8", "支払う"), ("Esc", "はじめから")])
        head = row(self.field, self.find_button, spacing=8)
        head.setStretch(0, 1)
        whole = column(head, self.banner, self.hits, self.card, self.receipts, 1, hints, spacing=8, margins=(0, 10, 0, 0))
        for place, stretch in ((2, 100), (4, 1000)):
            whole.setStretch(place, stretch)
        self.setLayout(whole)

    # -- reading

    def refresh(self) -> None:
        """Boxes to pay from, receipts of today."""
        ctx = self.context
        found = self.runner.read(lambda: cash_boxes.list_boxes(ctx), parent=self, latest="cash.pay.boxes")
        found.success(self._show_boxes).start()
        self.receipts.refresh()

    def _show_boxes(self, boxes: list[BoxRow]) -> None:
        self.card.show_boxes([one for one in boxes if one.box.state == "open" and one.box.site_id == self.context.place.site_id])

    def arrive(self, **arguments: Any) -> None:
        """``text`` is looked for at once."""
        if arguments.get("text"):
            self.find(arguments["text"])

    def take_focus(self) -> None:
        """Ready for a reader."""
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A reader types latin letters: the input method starts switched off."""
        if event.type() == QEvent.Type.FocusIn and watched is self.field:
            ime.switch(self.field, "off")
        return super().eventFilter(watched, event)

    # -- finding

    def begin(self) -> None:
        """Ready for the next person; what was done last stays readable above."""
        self.term = None
        self.field.clear()
        self.hits.hide()
        self.card.clear()
        self.field.setFocus()

    def find(self, words: str) -> None:
        """Look for a voucher by QR, number, name or kana."""
        if not words.strip():
            return
        ctx = self.context
        self.banner.show_message("")
        self.hits.hide()
        self.card.clear()
        found = self.runner.read(lambda: cash_desk.find_voucher(ctx, text=words), parent=self, latest="cash.find")
        found.success(lambda some: self._show_found(some, words)).failure(self._refuse).start()

    def _show_found(self, found: FoundVouchers, words: str) -> None:
        self.term = found.term
        if not found.rows:
            self._say(f"「{words.strip()}」の引換券は、この端末にありません。番号か氏名・フリガナを確かめてください。", "warn")
            self.field.selectAll()
            return
        if len(found.rows) == 1:
            self.show_voucher(found.rows[0])
            return
        self.hits.show_rows(found.rows, key=lambda one: one.id)
        self.hits.show()
        self.hits.make_current(0)
        self.hits.setFocus()
        self._say(f"{len(found.rows):,}件見つかりました。↑↓で選んで Enter を押してください。", "info")

    def choose(self) -> None:
        """The one at hand in the list."""
        row: VoucherRow | None = self.hits.current_row()
        if row is not None:
            self.hits.hide()
            self.banner.show_message("")
            self.show_voucher(row)

    def show_voucher(self, row: VoucherRow) -> None:
        """Name and amount in large letters, and whether it may be paid here at all."""
        ctx, term = self.context, self.term
        self.field.clear()
        found = self.runner.write(lambda _: cash_desk.check_payable(ctx, voucher_id=row.id, term=term), parent=self)
        found.success(self.card.show_payable).failure(lambda error: self._refused(row, error)).start()

    def _refused(self, row: VoucherRow, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.card.show_refused(row, message(error))
            self.field.setFocus()
        else:
            faults.show(self, error)

    def _scan_next(self, letter: str) -> None:
        """A paper was scanned while somebody stood here: nobody is paid, the search begins with its first letter."""
        self.begin()
        self.field.setText(letter)

    def _make_room(self, shown: bool) -> None:
        """One person at a time: the receipts of others are out of sight while somebody is paid."""
        self.receipts.setVisible(not shown)

    # -- paying

    def pay(self) -> None:
        """The clerk agreed twice: pay; done is only said when it is on the disk."""
        row, chosen = self.card.row, self.card.read()
        if row is None or chosen is None:
            return
        ctx, term = self.context, self.term
        self.card.set_busy(True)
        work = self.runner.write(
            lambda _: cash_desk.pay(
                ctx, voucher_id=row.id, identified=chosen.identified, received_by=chosen.received_by, relation=chosen.relation,
                box_id=chosen.box_id, term=term,
            ),
            parent=self, label="window.saving",
        )  # fmt: skip
        work.finished(lambda: self.card.set_busy(False)).success(self._done).failure(self._refuse_paying).start()

    def _done(self, paid: Paid) -> None:
        self.paid = paid
        row = paid.row
        lines = [f"支払済み：{row.name}　{yen(row.amount)}（受領書 {row.number}）"]
        lines += [f"ご注意：{message(code, **params)}" for code, params in paid.warnings]
        self._say("\n".join(lines), "warn" if paid.warnings else "good")
        self.shell.say(f"支払いました：{row.name} {yen(row.amount)}")
        self.begin()
        self.print_receipt(row.id, row.number)

    def print_receipt(self, receipt_id: str, number: str) -> None:
        """Two copies on one sheet, saved and opened for printing."""
        ctx, folder = self.context, self.shell.folder

        def write(job: Any) -> Path:
            from app.interchange.exporting.cash import print_receipt

            return print_receipt(ctx, receipt_id=receipt_id, out=paper_folder(self.shell) / f"{number}.pdf", folder=folder, job=job).path

        work = self.runner.write(write, parent=self, label="print.drawing")
        work.success(self._printed).failure(self._refuse).start()

    def _printed(self, path: Path) -> None:
        self.shell.say(f"受領書を保存しました：{path.name}")
        if self.opens_papers:
            open_file(path)

    # -- saying

    def _refuse_paying(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field in ("identified", "relation", "box"):
            self.card.show_problem(error.field, message(error))
        elif isinstance(error, RuleViolation) and self.card.row is not None:
            self._refused(self.card.row, error)
        else:
            self._refuse(error)

    def _refuse(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self._say(message(error), "bad")
            self.field.setFocus()
            self.field.selectAll()
        else:
            faults.show(self, error)

    def _say(self, words: str, tone: str) -> None:
        self.banner.show_message(words, tone=tone)


def _conforms(tab: PayTab) -> QWidget:
    return tab
