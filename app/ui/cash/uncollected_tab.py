"""未受領: who has a voucher and has not come yet, to call them and to know what is left at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.presentation.columns.cash import VOUCHERS
from app.presentation.yen_words import yen
from app.ui import theme
from app.ui.surveys.asking import bind, open_export, picker, use_view
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import vouchers
from app.usecases.cash_rows import VOUCHER_SORTS, SiteCount, VoucherFilter, VoucherRow

if TYPE_CHECKING:
    from app.ui.pages.cash import CashPage

_SORTS = {
    "number": "番号の順",
    "kana": "フリガナの順",
    "district": "地区の順",
    "address": "住所の順",
    "amount": "金額の大きい順",
    "site": "割当先の順",
}


class UncollectedTab(Tab):
    """Enter goes to the desk with the one at hand. L writes the list, C the list for calling."""

    kinds = frozenset({"voucher", "receipt"})

    def __init__(self, page: CashPage) -> None:
        super().__init__(page)
        self.finder = SearchBox("氏名・フリガナ・住所・番号で絞る", name="未受領者を絞る")
        self.finder.typed.connect(lambda _: self.list())
        self.place = picker("割当先")
        self.sort = picker("並び", [(one, _SORTS[one]) for one in VOUCHER_SORTS if one in _SORTS], every="番号の順")
        self.sort.removeItem(1)
        for box in (self.place, self.sort):
            box.activated.connect(lambda _: self.list())
            box.setMaximumWidth(theme.current().px(230))
        self.count = text("", role="section", wrap=False)
        self.table = Table(VOUCHERS, name="未受領者", runner=self.runner, preferences=self.shell.preferences)
        use_view(self.table, "未受領")
        self.table.opened.connect(lambda _: self.pay())
        self.finder.down.connect(self.table.focus_first)
        self.pay_button = button("窓口で支払う（Enter）", role="primary", icon="check")
        self.list_button = button("未受領者の一覧…（Ctrl+E）", icon="save")
        self.call_button = button("呼び出しの一覧…", icon="phone")
        for made, act, keys in (
            (self.pay_button, self.pay, ""),
            (self.list_button, self.export, "Ctrl+E"),
            (self.call_button, self.calls, ""),
        ):
            bind(self, made, act, keys)
        self.empty = EmptyState("未受領の引換券はありません", "割り当てた引換券は、全部受け取られています。", icon="success")
        filters = row(self.finder, self.place, self.sort, self.count, spacing=8)
        filters.setStretch(0, 1)
        acts = row(self.pay_button, self.list_button, self.call_button, 1, spacing=6)
        whole = column(filters, self.table, self.empty, acts, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.empty.hide()

    @property
    def wanted(self) -> VoucherFilter:
        """What is asked for."""
        return VoucherFilter(
            state="unpaid", text=self.finder.text().strip(), site_id=str(self.place.currentData() or ""),
            sort=str(self.sort.currentData() or "number"),
        )  # fmt: skip

    def refresh(self) -> None:
        """Places, and the list."""
        ctx = self.context
        self.runner.read(lambda: vouchers.site_counts(ctx), parent=self, latest="uncollected.sites").success(self._show_sites).start()

    def _show_sites(self, counts: Sequence[SiteCount]) -> None:
        kept = self.place.currentData()
        self.place.clear()
        self.place.addItem("すべての割当先", "")
        for site_id, name in dict.fromkeys((one.site_id, one.site_name) for one in counts if one.site_id):
            self.place.addItem(name, site_id)
        self.place.setCurrentIndex(max(0, self.place.findData(kept)))
        self.list()

    def list(self) -> None:
        """Ask for them, with their sum."""
        ctx, wanted = self.context, self.wanted

        def read() -> list[VoucherRow]:
            return vouchers.voucher_rows(ctx, vouchers.list_voucher_ids(ctx, filter=wanted))

        found = self.runner.read(read, parent=self, latest="uncollected.rows", label="lists.reading")
        found.success(lambda rows: self._show(rows, wanted)).start()

    def _show(self, rows: Sequence[VoucherRow], wanted: VoucherFilter) -> None:
        if wanted != self.wanted:
            return
        self.table.show_rows(rows, key=lambda one: one.id)
        self.count.setText(f"{len(rows):,}件 {yen(sum(one.amount for one in rows))}")
        narrowed = bool(wanted.text or wanted.site_id)
        self.table.setVisible(bool(rows) or narrowed)
        self.empty.setVisible(not rows and not narrowed)
        for one in (self.pay_button, self.list_button, self.call_button):
            one.setEnabled(bool(rows))
        self.pay_button.setEnabled(bool(rows) and self.may("pay"))
        if rows and self.table.current_id() is None:
            self.table.make_current(0)

    def take_focus(self) -> None:
        """On the list."""
        self.table.focus_first()

    def pay(self) -> None:
        """To the desk with the one at hand."""
        one: VoucherRow | None = self.table.current_row()
        if one is not None and self.pay_button.isEnabled():
            self.page.open_tab("pay", text=one.number)

    def export(self) -> None:
        """The list as a file or on paper."""
        self._write("未受領者の一覧", "未受領")

    def calls(self) -> None:
        """With room to write down who was reached."""
        self._write("呼び出し・来所の記録", "呼び出し")

    def _write(self, title: str, view: str) -> None:
        ctx, wanted = self.context, self.wanted
        open_export(
            self, self.shell, title=title, subtitle=self.count.text(), columns=VOUCHERS, view=view, unit="件",
            rows=lambda: vouchers.voucher_rows(ctx, vouchers.list_voucher_ids(ctx, filter=wanted)),
        )  # fmt: skip
