"""仕訳帳: every entry of the books, newest first; never changed, only taken back by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabWidget

from app.domain.books import BY_HAND
from app.presentation.columns.ledger import BALANCE, JOURNAL
from app.presentation.labels import choices
from app.ui import theme
from app.ui.ledger.entries import Entries
from app.ui.ledger.shared import KINDS, Offers, read_offers, write_list
from app.ui.surveys.asking import bind, labelled, picker
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.export_dialog import ExportDialog
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row, text
from app.usecases import ledger
from app.usecases.context import Context
from app.usecases.ledger_rows import AccountBalance, LedgerFilter, PostingRow

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage

_MOST = 2_000
_HINT = "借方の合計と貸方の合計は、いつも同じです（残高の合計は0円）。間違いは、元の仕訳を消さずに「取消の仕訳」で直します。"


class JournalTab(Tab):
    """F6 takes an entry back that people made, Ctrl+E writes the list. ``arrive(filter=LedgerFilter(…))`` narrows it."""

    kinds = KINDS

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self.entries = Entries(self, page.shell)
        self.wanted = LedgerFilter()
        self.finder = SearchBox("摘要・仕訳の番号・決定簿番号で探す", name="仕訳を探す")
        self.finder.typed.connect(lambda _: self.narrow())
        self.account = picker("勘定", choices("posting.account"))
        self.kind = picker("種類", choices("posting.kind"))
        for box in (self.account, self.kind):
            box.activated.connect(lambda _: self.narrow())
            box.setMaximumWidth(theme.current().px(220))
        self.count = text("", role="section", wrap=False)
        self.table = Table(JOURNAL, name="仕訳帳", preferences=self.shell.preferences, many=False)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.opened.connect(lambda _: self.reverse())
        self.balance = Table(BALANCE, name="試算表", preferences=self.shell.preferences, many=False)
        self.balance.horizontalHeader().setStretchLastSection(False)
        self.finder.down.connect(self.table.focus_first)
        self.reverse_button = button("取消の仕訳…（F6）", icon="undo", tip="人が記帳した仕訳を、逆の仕訳で元に戻します")
        self.export_button = button("印刷・書き出す…（Ctrl+E）", icon="save")
        bind(self, self.reverse_button, self.reverse, "F6")
        bind(self, self.export_button, self.export, "Ctrl+E")
        self.empty = EmptyState(
            "当てはまる仕訳はありません",
            "お金が動くと、ここに1件ずつ並びます。条件を絞っているときは、条件を消してください。",
            icon="ledger",
        )
        self._lay_out()

    def _lay_out(self) -> None:
        top = row(
            labelled("絞り込み", self.finder), labelled("勘定", self.account), labelled("種類", self.kind), self.count, self.reverse_button,
            self.export_button, spacing=8,
        )  # fmt: skip
        top.setStretch(0, 1)
        for made in (self.count, self.reverse_button, self.export_button):
            top.setAlignment(made, Qt.AlignmentFlag.AlignBottom)
        self.count.setMinimumHeight(theme.current().px(34))
        self.halves = QTabWidget(documentMode=True)
        self.halves.tabBar().setDrawBase(False)
        self.halves.addTab(self.table, "仕訳帳")
        self.halves.addTab(self.balance, "試算表")
        self.halves.currentChanged.connect(lambda _: self._enable())
        whole = column(top, self.halves, self.empty, note(_HINT), spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.empty.hide()

    def arrive(self, *, filter: LedgerFilter) -> None:
        """Show what is asked."""
        self.wanted = filter
        self.finder.setText(filter.text)
        self.account.setCurrentIndex(max(0, self.account.findData(filter.account)))
        self.kind.setCurrentIndex(max(0, self.kind.findData(filter.kind)))
        self.refresh()

    def narrow(self) -> None:
        """As the boxes say."""
        self.wanted = replace(
            self.wanted, text=self.finder.text().strip(), account=self.account.currentData() or "", kind=self.kind.currentData() or ""
        )
        self.refresh()

    def refresh(self) -> None:
        """Read again."""
        ctx, wanted = self.context, self.wanted

        def read() -> tuple[int, list[PostingRow], list[AccountBalance], Offers]:
            entries = ledger.list_entries(ctx, filter=wanted)
            rows = ledger.posting_rows(ctx, entries=entries[:_MOST])
            return len(entries), rows, ledger.trial_balance(ctx), read_offers(ctx)

        self.runner.read(read, parent=self, latest="ledger.journal").success(lambda found: self.show_entries(*found)).start()

    def show_entries(self, count: int, rows: Sequence[PostingRow], balance: Sequence[AccountBalance], offers: Offers) -> None:
        """Show these."""
        self.entries.offers = offers
        self.table.show_rows(rows, key=lambda one: one.id)
        total = AccountBalance(account="", debit=sum(one.debit for one in balance), credit=sum(one.credit for one in balance))
        self.balance.show_rows([*balance, total], key=lambda one: one.account)
        self.count.setText(f"{count:,}件" + (f"（新しい {_MOST:,}件を表示）" if count > _MOST else ""))
        self.halves.setVisible(bool(rows) or bool(total.debit))
        self.empty.setVisible(not rows and not total.debit)
        self._enable()

    def _enable(self) -> None:
        one = self.table.current_row()
        first = self.halves.currentWidget() is self.table
        mine = (
            one is not None and one.kind in BY_HAND and not one.reversed_by and self.may("relief") and self.context.place.site_kind == "hq"
        )
        self.reverse_button.setEnabled(first and mine)
        words = "支給に伴う仕訳は、支給・振込・現金窓口の画面で取り消すと、帳簿も直ります。"
        self.reverse_button.setToolTip("人が記帳した仕訳を、逆の仕訳で元に戻します" if one is None or mine else words)
        self.export_button.setEnabled(self.may("export") or self.may("print"))

    def reverse(self) -> None:
        """Take the current entry back."""
        one = self.table.current_row()
        if one is not None and self.reverse_button.isEnabled():
            self.entries.reverse(one)

    def take_focus(self) -> None:
        """Into the journal."""
        self.table.setFocus()

    def export(self) -> ExportDialog:
        """The journal as it is narrowed, or the trial balance."""
        wanted, books = self.wanted, self.halves.currentWidget() is self.table

        def content(ctx: Context) -> object:
            from app.interchange.exporting.relief_reports import balance_content, journal_content

            return journal_content(ctx, filter=wanted) if books else balance_content(ctx)

        return write_list(self, self.shell, title="仕訳帳" if books else "試算表", content=content)
