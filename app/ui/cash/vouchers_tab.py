"""引換券: where each voucher is; assigning and recalling at headquarters, giving back at a site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.presentation.columns.cash import VOUCHERS
from app.presentation.labels import choices
from app.presentation.yen_words import yen
from app.ui import theme
from app.ui.cash.voucher_acts import VoucherActs
from app.ui.surveys.asking import bind, open_export, picker
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, note, row, text
from app.usecases import vouchers
from app.usecases.cash_rows import SiteCount, VoucherFilter, VoucherRow

if TYPE_CHECKING:
    from app.ui.pages.cash import CashPage

_WAITING = ("ready", "assigned", "recalled", "frozen")


class VouchersTab(Tab):
    """The four letters of this device stand at the top: headquarters asks for them. ``arrive(batch_id=…)`` narrows the list."""

    kinds = frozenset({"voucher", "receipt", "site"})

    def __init__(self, page: CashPage) -> None:
        super().__init__(page)
        self.batch_id = ""
        self.listed: Sequence[str] = ()
        self._sort, self._foreign = "number", 0
        self._holders: dict[str, str] = {}
        self.acts = VoucherActs(self, page.shell)
        self.acts.told.connect(self._told)
        self.finder = SearchBox("番号・氏名・フリガナ・住所で絞る", name="引換券を絞る")
        self.finder.typed.connect(lambda _: self.list())
        asked = [("unpaid", "まだ受け取っていないもの"), ("changed", "支給額が変わったもの"), *choices("voucher.state")]
        self.state = picker("状態", asked, every="すべての状態")
        self.place = picker("割当先", every="すべての割当先")
        for box in (self.state, self.place):
            box.activated.connect(lambda _: self.list())
            box.setMaximumWidth(theme.current().px(230))
        self.count = text("", role="section", wrap=False)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.table = Table(VOUCHERS, name="引換券", runner=self.runner, preferences=self.shell.preferences)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.rows.dataChanged.connect(lambda *_: self._enable())
        self.finder.down.connect(self.table.focus_first)
        self.sums = text("", role="note")
        self._make_buttons()
        self.empty = EmptyState(
            "引換券はまだありません",
            "本部では、現金の支給決定簿を承認すると、引換券ができます。拠点では、本部から届いたUSBメモリを「受け渡し」で取り込みます。",
            icon="cash", actions=[("受け渡しへ", "package", self.acts.exchange), ("支給へ", "relief", lambda: self.shell.go("relief"))],
        )  # fmt: skip
        self._lay_out()

    def _make_buttons(self) -> None:
        self.assign_button = button("割り当てる…（F6）", role="primary", icon="check")
        self.recall_button = button("回収を頼む…", icon="undo")
        self.freeze_button = button("端末の紛失…", icon="warning")
        self.release_button = button("凍結を解く…", icon="unlock")
        self.adopt_button = button("前のデータから引き継ぐ…", icon="restore")
        self.void_button = button("取消を求める…", icon="minus")
        self.confirm_button = button("取消を確認する…", icon="check")
        self.give_button = button("本部へ返す…", icon="undo")
        self.exchange_button = button("受け渡しへ（Ctrl+O）", icon="package")
        self.print_button = button("引換券を印刷…（Ctrl+P）", icon="print")
        self.export_button = button("書き出す…（Ctrl+E）", icon="list")
        for made, act, keys in (
            (self.assign_button, lambda: self.acts.assign(self.chosen, self.batch_id), "F6"),
            (self.recall_button, lambda: self.acts.recall(self.chosen), ""),
            (self.freeze_button, lambda: self.acts.freeze(self.device), ""), (self.void_button, lambda: self.acts.void(self.chosen), ""),
            (self.confirm_button, lambda: self.acts.confirm_void(self.chosen), ""),
            (self.release_button, lambda: self.acts.release(self.chosen), ""),
            (self.adopt_button, self.acts.adopt, ""),
            (self.give_button, lambda: self.acts.give_up(self.chosen), ""),
            (self.exchange_button, self.acts.exchange, "Ctrl+O"), (self.print_button, lambda: self.acts.print(self.listed), "Ctrl+P"),
            (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)

    def _lay_out(self) -> None:
        place = self.context.place
        letters = text(place.device_prefix, role="number", wrap=False)
        letters.setAccessibleName(f"この端末の4文字 {place.device_prefix}")
        told = "引換券は1台の端末だけが支払えます。本部で割り当てるときは、支払う端末のこの4文字を入れます。"
        head = row(
            text("この端末", role="field", wrap=False), letters, note(f"{place.site_name}　{told}"), spacing=14, margins=(14, 6, 14, 6)
        )
        head.setStretch(2, 1)
        filters = row(self.finder, self.state, self.place, self.count, spacing=8)
        filters.setStretch(0, 1)
        hq = place.site_kind == "hq"
        ours = (
            self.assign_button, self.recall_button, self.freeze_button, self.release_button, self.void_button,
            self.confirm_button, self.adopt_button,
        )  # fmt: skip
        theirs = (self.give_button,)
        for one in ours:
            one.setVisible(hq)
        for one in theirs:
            one.setVisible(not hq)
        acts = flow(*(ours if hq else theirs), self.exchange_button, self.print_button, self.export_button)
        whole = column(frame("well", head), filters, self.banner, self.table, self.empty, self.sums, acts, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(3, 1)
        whole.setStretch(4, 1)
        self.setLayout(whole)
        self.empty.hide()
        self._enable()

    # -- reading

    @property
    def wanted(self) -> VoucherFilter:
        """What is asked for."""
        site, _, device = str(self.place.currentData() or "").partition("|")
        return VoucherFilter(
            text=self.finder.text().strip(), state=str(self.state.currentData() or ""), site_id=site, batch_id=self.batch_id,
            device="" if not device else self._holders.get(device, device), sort=self._sort,
        )  # fmt: skip

    @property
    def device(self) -> str:
        """The four letters of the place chosen above, or of the voucher at hand."""
        chosen = str(self.place.currentData() or "").partition("|")[2]
        current: VoucherRow | None = self.table.current_row()
        return chosen or (current.device if current is not None else "")

    def refresh(self) -> None:
        """Places, and the list."""
        ctx = self.context
        self._holders = {ctx.place.device_prefix: ctx.place.device_id}
        found = self.runner.read(
            lambda: (vouchers.site_counts(ctx), vouchers.count_not_home(ctx), vouchers.count_changed(ctx)), parent=self, latest="vouchers.sites"
        )
        found.success(lambda three: self._show_sites(*three)).start()

    def _show_sites(self, counts: Sequence[SiteCount], foreign: int, changed: int) -> None:
        self._foreign = foreign
        if changed and not self.banner.words:
            words = f"支給額が変わった引換券が {changed:,}枚あります。支払わないよう、回収し、2人で取り消してから、決定簿を作り直してください。"
            self.banner.show_message(words, tone="warn", action="見る", act=self.show_changed)
        if foreign:
            words = f"復元する前のデータが割り当てた未払いの引換券が {foreign:,}枚あります。引き継ぐまで、割り当ても支払いもできません。"
            self.banner.show_message(words, tone="warn", action="引き継ぐ…", act=self.acts.adopt)
        kept = self.place.currentData()
        self.place.clear()
        self.place.addItem("すべての割当先", "")
        places = dict.fromkeys((one.site_id, one.site_name, one.device) for one in counts if one.site_id)
        for site_id, name, device in places:
            self.place.addItem(f"{name}（{device}）", f"{site_id}|{device}")
        self.place.setCurrentIndex(max(0, self.place.findData(kept)))
        waiting = [one for one in counts if one.state in _WAITING]
        left = sum(one.total for one in waiting)
        paid = [one for one in counts if one.state == "paid"]
        self.sums.setText(
            f"支払済み {sum(one.count for one in paid):,}枚 {yen(sum(one.total for one in paid))}　"
            f"未受領 {sum(one.count for one in waiting):,}枚 {yen(left)}"
        )
        self.list()

    def list(self) -> None:
        """Ask for the vouchers that the conditions leave."""
        ctx, wanted = self.context, self.wanted
        found = self.runner.read(lambda: vouchers.list_voucher_ids(ctx, filter=wanted), parent=self, latest="vouchers.ids")
        found.success(lambda ids: self._show_ids(ids, wanted)).start()

    def _show_ids(self, ids: Sequence[str], wanted: VoucherFilter) -> None:
        if wanted != self.wanted:
            return
        ctx = self.context
        self.listed = list(ids)
        self.table.show_ids(ids, lambda some: vouchers.voucher_rows(ctx, some))
        self.count.setText(f"{len(ids):,}枚")
        narrowed = wanted != VoucherFilter()
        self.table.setVisible(bool(ids) or narrowed)
        self.empty.setVisible(not ids and not narrowed)
        if ids and self.table.current_id() is None:
            self.table.make_current(0)
        self._enable()

    @property
    def chosen(self) -> Sequence[str]:
        """Ids of the selected vouchers."""
        return self.table.selected_ids()

    def _enable(self) -> None:
        some, may = bool(self.chosen), self.may("relief")
        for one in (self.assign_button, self.recall_button, self.void_button, self.confirm_button, self.release_button):
            one.setEnabled(some and may)
        current: VoucherRow | None = self.table.current_row()
        hq = self.context.place.site_kind == "hq"
        self.release_button.setVisible(hq and current is not None and current.state == "frozen" and bool(current.device))
        self.confirm_button.setVisible(hq and current is not None and bool(current.asked_by) and current.state != "void")
        self.adopt_button.setVisible(hq and self._foreign > 0)
        self.freeze_button.setEnabled(may)
        self.give_button.setEnabled(some and self.may("pay"))
        self.exchange_button.setEnabled(self.may("exchange"))
        self.print_button.setEnabled(bool(self.listed) and self.may("print"))
        self.export_button.setEnabled(bool(self.listed))

    def arrive(self, **arguments: Any) -> None:
        """``batch_id`` narrows to the vouchers of a batch, ``text`` to what is typed."""
        self.batch_id = str(arguments.get("batch_id") or "")
        if arguments.get("text"):
            self.finder.setText(arguments["text"])
        self.list()

    def show_changed(self) -> None:
        """Only those of which less is due now than they say: to recall, then to void."""
        self.finder.setText("")
        self.place.setCurrentIndex(0)
        self.state.setCurrentIndex(self.state.findData("changed"))
        self.list()

    def take_focus(self) -> None:
        """On the list, or where work begins without one."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.table.focus_first()

    def _told(self, words: str, tone: str) -> None:
        self.banner.show_message(words, tone=tone)
        self.refresh()

    def export(self) -> None:
        """These as a file."""
        ctx, wanted = self.context, self.wanted
        open_export(
            self, self.shell, title="引換券の一覧", subtitle=f"{self.count.text()}", columns=VOUCHERS, view="すべての項目", unit="枚",
            rows=lambda: vouchers.voucher_rows(ctx, vouchers.list_voucher_ids(ctx, filter=wanted)),
        )  # fmt: skip
