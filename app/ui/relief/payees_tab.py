"""受取人・口座: who receives and where; accounts are entered by one person and checked by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.domain.payments import Account, Payee
from app.domain.relief import Entitlement
from app.presentation.columns.payee import PAYEES, account_state_text, place_text, warning_text
from app.presentation.forms.payee import END, MARK
from app.presentation.labels import choices, label
from app.presentation.messages import message
from app.ui.relief.account_check import AccountCheckDialog
from app.ui.relief.account_entry import AccountDialog
from app.ui.relief.banks_list import BanksDialog
from app.ui.relief.payees_entry import PayeeDialog
from app.ui.relief.programme_choice import Sort
from app.ui.relief.sorted_tab import SortedTab
from app.ui.surveys.asking import bind, labelled, open_export, open_form, picker
from app.ui.surveys.importing import open_import
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import accounts, payees
from app.usecases.context import Context
from app.usecases.payee_rows import PayeeFilter, PayeeRow, SavedAccount, SavedPayee, Warned

if TYPE_CHECKING:
    from app.ui.importing.wizard import ImportWizard
    from app.ui.pages.relief import ReliefPage

_PAGE = 500
_SHOWS = (
    ("all", "すべて"), ("waiting", "確認待ち"), ("mine", "自分が確認できる"), ("wrong", "誤り・解約・死亡"), ("missing", "口座なし"),
    ("warned", "注意あり"), ("twins", "同じ口座"), ("photo_missing", "通帳の写真なし"), ("ended", "使わない受取人"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Opened:
    """A payee with the account in use, or an entitlement that has no payee."""

    payee: Payee | None
    account: Account | None = None
    entitlement: Entitlement | None = None


class PayeesTab(SortedTab):
    """Enter the account, F2 a payee, F9 check one after the other. ``arrive(entitlement_id=…)``, ``(payee_id=…)``, ``(show='waiting')``."""

    kinds = frozenset({"payee", "payee_account", "own_bank", "entitlement", "victim"})

    def __init__(self, page: ReliefPage) -> None:
        super().__init__(page)
        self._wanted, self._sort = "", Sort("kana")
        self.finder = SearchBox("氏名・カナ・対象番号・口座番号で探す", name="受取人を探す")
        self.show_box = picker("見るもの", _SHOWS[1:], every=_SHOWS[0][1])
        self.role = picker("関係", choices("payee.role"))
        self.way = picker("受取方法", choices("payee.way"))
        self.count = text("", role="section", wrap=False)
        self._make_buttons()
        self.table = Table(PAYEES, name="受取人", runner=self.runner, preferences=self.shell.preferences)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.empty = EmptyState(
            "受取人はまだ決まっていません",
            "「対象者」で支給対象を選んで F6 を押すと、受取人と口座を決められます。口座の一覧（CSV・Excel）をまとめて取り込むこともできます。",
            icon="user",
            actions=[
                ("対象者へ", "relief", lambda: self.page.open_tab("entitlements")),
                ("口座の一覧を取り込む…", "import", self.import_file),
            ],
        )
        self.nothing = EmptyState(
            "この条件に当てはまる受取人はいません",
            "条件を消してお試しください。",
            icon="search",
            actions=[("条件を消す", "undo", self.reset)],
        )
        self._connect()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.account_button = button("口座を入れる・直す…（Enter）", role="primary", icon="card")
        self.check_button = button("口座を続けて確認…（F9）", icon="check", tip="入力した人とは別の人が、通帳と見比べて確認します")
        self.payee_button = button("受取人を直す…", icon="edit")
        self.firm_button = button("業者を登録…", icon="plus")
        self.mark_button = button("口座を使えなくする…", icon="warning")
        self.end_button = button("受取人を使わない…", icon="minus")
        self.banks_button = button("金融機関の一覧…", icon="list")
        self.import_button = button("口座を取り込む…", icon="import")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")

    def _connect(self) -> None:
        for made, act, keys in (
            (self.account_button, self.open_account, ""), (self.check_button, self.check, "F9"), (self.payee_button, self.open_payee, "F2"),
            (self.firm_button, self.add_firm, ""), (self.mark_button, self.mark, ""), (self.end_button, self.end, ""),
            (self.banks_button, self.open_banks, ""), (self.import_button, self.import_file, ""), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        QShortcut(QKeySequence("F6"), self, self.open_account, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.finder.typed.connect(lambda _: self.list())
        for leave in (self.finder.down, self.finder.left):
            leave.connect(self.table.focus_first)
        self.finder.entered.connect(lambda _: self.table.focus_first())
        for box in (self.show_box, self.role, self.way):
            box.activated.connect(lambda _: self.list())
        self.table.opened.connect(lambda _: self.open_account())
        self.table.rows.resort.connect(self._resort)
        self.table.rows.dataChanged.connect(lambda *_: self._enable())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())

    def _lay_out(self) -> None:
        boxes = zip(("見るもの", "関係", "受取方法"), (self.show_box, self.role, self.way), strict=True)
        self.top = QWidget()
        line = row(labelled("絞り込み", self.finder), *(labelled(name, box) for name, box in boxes), labelled("", self.count), spacing=8)
        line.setStretch(0, 1)
        self.top.setLayout(line)
        self._acts = flow(
            self.account_button, self.check_button, self.payee_button, self.mark_button, self.end_button, self.firm_button, self.banks_button,
            self.import_button, self.export_button,
        )  # fmt: skip
        whole = column(self.top, self.banner, self.table, self.nothing, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        for place in (2, 3, 4):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.empty.hide()
        self.nothing.hide()
        for made in (self.firm_button, self.import_button, self.empty.buttons[1]):
            made.setEnabled(self.may("claim"))
        self._enable()

    # -- reading

    @property
    def wanted(self) -> PayeeFilter:
        """What is asked for."""
        return PayeeFilter(
            text=self.finder.text().strip(), show=self.show_box.currentData() or "all", role=self.role.currentData(), way=self.way.currentData(),
            sort=self._sort.key,
        )  # fmt: skip

    def refresh(self) -> None:
        """List again."""
        self.list()

    def list(self) -> None:
        """Ask for those that the conditions leave, and how many each condition would."""
        ctx, wanted, sort = self.context, self.wanted, self._sort

        def read() -> tuple[Sequence[str], dict[str, int]]:
            return sort.of(payees.list_payee_ids(ctx, filter=wanted)), payees.payee_counts(ctx)

        self.runner.read(read, parent=self, latest="payees.ids").success(lambda found: self._show_ids(*found, wanted)).start()

    def _show_ids(self, ids: Sequence[str], counts: dict[str, int], wanted: PayeeFilter) -> None:
        if wanted != self.wanted:
            return
        ctx, narrowed = self.context, wanted != PayeeFilter(sort=wanted.sort)
        for place, (code, words) in enumerate(_SHOWS):
            self.show_box.setItemText(place, f"{words}（{counts.get(code, 0):,}）")
        self.table.show_ids(ids, lambda some: payees.payee_rows(ctx, some))
        self.count.setText(f"{len(ids):,}人")
        mine = counts.get("mine", 0) if self.may("check_account") else 0
        self.badged.emit(mine)
        self.check_button.setEnabled(mine > 0)
        anything = bool(ids) or narrowed or counts.get("ended", 0) > 0
        self.top.setVisible(anything)
        self._settle(ids, anything=anything)

    def reset(self) -> None:
        """No conditions."""
        self.finder.clear()
        for box in (self.show_box, self.role, self.way):
            box.setCurrentIndex(0)
        self.list()

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        if arguments.get("show"):
            place = [code for code, _ in _SHOWS].index(arguments["show"])
            self.show_box.setCurrentIndex(place)
            self.list()
        if arguments.get("payee_id"):
            self._wanted = arguments["payee_id"]
            self.list()
        if arguments.get("entitlement_id"):
            self.open_for(arguments["entitlement_id"])
        if arguments.get("check"):
            self.check()

    # -- acting

    @property
    def current(self) -> PayeeRow | None:
        """The one at hand, once the row has arrived."""
        found: PayeeRow | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        one, may = self.current, self.may("claim")
        self.account_button.setEnabled(may and one is not None and one.state == "active")
        self.payee_button.setEnabled(may and one is not None)
        self.mark_button.setEnabled(
            (may or self.may("relief")) and one is not None and one.account_state in ("entered", "checked", "wrong")
        )
        self.end_button.setEnabled(may and one is not None and one.state == "active")
        self.export_button.setEnabled(self.table.rows.rowCount() > 0 and (self.may("export") or self.may("print")))

    def open_for(self, entitlement_id: str) -> None:
        """Payee and account of an entitlement: what is lacking is asked for first."""
        ctx = self.context
        read = self.runner.read(lambda: _read_for(ctx, entitlement_id), parent=self, latest="payees.for")
        read.success(self._open_for).failure(lambda error: self.banner.show_message(message(error), tone="bad")).start()

    def _open_for(self, found: _Opened) -> None:
        if found.payee is not None:
            self._wanted = found.payee.id
            self.reset()
            if (
                self.may("claim")
                and found.payee.way != "cash"
                and (found.account is None or found.account.state not in ("entered", "checked"))
            ):
                self._show_account(found)
        elif found.entitlement is not None and self.may("claim"):
            self._show_payee(entitlement=found.entitlement)

    def open_account(self) -> None:
        """The account of the one at hand, to enter or to correct."""
        one = self.current
        if one is None or not self.account_button.isEnabled():
            return
        ctx, wanted, account = self.context, one.id, one.account_id
        read = self.runner.read(lambda: _read(ctx, wanted, account), parent=self, latest="payees.account")
        read.success(self._show_account).failure(lambda error: self.banner.show_message(message(error), tone="bad")).start()

    def _show_account(self, found: _Opened) -> AccountDialog | None:
        if found.payee is None:
            return None
        dialog = AccountDialog(self, self.shell, payee=found.payee, account=found.account)
        dialog.saved.connect(self._account_saved)
        dialog.open()
        return dialog

    def _account_saved(self, done: SavedAccount) -> None:
        self.shell.say("口座を保存しました。ほかの人の確認を待ちます" if done.account.state == "entered" else "口座を保存しました")
        self._wanted = done.account.payee_id
        self._tell(done.warnings)
        self.list()

    def _tell(self, warnings: Sequence[Warned]) -> None:
        self.banner.show_message("\n".join(message(code, **params) for code, params in warnings), tone="warn")

    def open_payee(self) -> None:
        """The payee at hand, to correct."""
        one = self.current
        if one is None or not self.payee_button.isEnabled():
            return
        ctx, wanted = self.context, one.id
        read = self.runner.read(lambda: _read(ctx, wanted, ""), parent=self, latest="payees.payee")
        read.success(lambda found: self._show_payee(payee=found.payee)).failure(
            lambda error: self.banner.show_message(message(error), tone="bad")
        ).start()

    def _show_payee(self, *, entitlement: Entitlement | None = None, payee: Payee | None = None) -> PayeeDialog:
        whose = f"支給対象：{entitlement.number}　{entitlement.name}　{entitlement.address}" if entitlement is not None else ""
        dialog = PayeeDialog(self, self.shell, entitlement_id=entitlement.id if entitlement else "", whose=whose, payee=payee)
        dialog.saved.connect(lambda done: self._payee_saved(done, then_account=payee is None))
        dialog.open()
        return dialog

    def _payee_saved(self, done: SavedPayee, *, then_account: bool) -> None:
        self.shell.say("受取人を保存しました")
        self._wanted = done.payee_id
        self._tell(done.warnings)
        self.list()
        if then_account:
            ctx = self.context
            read = self.runner.read(lambda: _read(ctx, done.payee_id, "?"), parent=self, latest="payees.then")
            read.success(
                lambda found: self._show_account(found) if found.payee and found.payee.way != "cash" and not found.account else None
            ).start()

    def add_firm(self) -> PayeeDialog:
        """A contractor: a payee without a household."""
        return self._show_payee()

    def check(self) -> None:
        """Every account that waits and that this person may check, one after the other; the one at hand first."""
        ctx = self.context
        self.runner.read(lambda: accounts.next_to_check(ctx), parent=self, latest="payees.check").success(self._check).start()

    def _check(self, ids: Sequence[str]) -> AccountCheckDialog | None:
        if not ids:
            self.banner.show_message("確認できる口座はありません。自分が入れた口座は、ほかの人が確認します。", tone="info")
            return None
        one = self.current
        if one is not None and one.account_id in ids:
            ids = (one.account_id, *(each for each in ids if each != one.account_id))
        dialog = AccountCheckDialog(self, self.shell, account_ids=ids)
        dialog.done_checking.connect(self._checked)
        dialog.open()
        return dialog

    def _checked(self, accepted: int, refused: int) -> None:
        if accepted or refused:
            self.shell.say(f"口座を確認しました（合っている {accepted:,}件、誤り {refused:,}件）")
        self.list()

    def _lead(self, one: PayeeRow) -> str:
        return "　".join(filter(None, (one.name, place_text(one), one.account_number, account_state_text(one), warning_text(one))))

    def mark(self) -> FormDialog | None:
        """The account at hand is wrong, closed, of somebody who died, or not used any more."""
        one, ctx = self.current, self.context
        if one is None:
            return None
        return open_form(
            self, self.shell, MARK,
            lambda values: accounts.mark_account(ctx, account_id=one.account_id, state=values["state"], reason=values["reason"]),
            then=lambda _: self.shell.say("口座の状態を変えました"), lead=self._lead(one),
        )  # fmt: skip

    def end(self) -> FormDialog | None:
        """The payee at hand receives nothing any more."""
        one, ctx = self.current, self.context
        if one is None:
            return None
        return open_form(
            self, self.shell, END, lambda values: payees.end_payee(ctx, payee_id=one.id, reason=values["reason"], version=one.version),
            then=lambda _: self.shell.say("使わないことにしました"), lead=f"{one.name}　{label('payee.role', one.role)}",
        )  # fmt: skip

    def open_banks(self) -> BanksDialog:
        """The list of banks and this municipality's corrections."""
        dialog = BanksDialog(self, self.shell)
        dialog.open()
        return dialog

    def import_file(self) -> ImportWizard:
        """From a list of accounts."""
        return open_import(self, self.shell, "accounts")

    def export(self) -> QWidget:
        """The list as it is narrowed now."""
        ctx, wanted, sort = self.context, self.wanted, self._sort

        def rows() -> list[PayeeRow]:
            ids = sort.of(payees.list_payee_ids(ctx, filter=wanted))
            return [one for at in range(0, len(ids), _PAGE) for one in payees.payee_rows(ctx, ids[at : at + _PAGE])]

        return open_export(self, self.shell, title="受取人・口座", subtitle="", columns=PAYEES, view="すべての項目", rows=rows, unit="人")


def _read(ctx: Context, payee_id: str, account_id: str) -> _Opened:
    """A payee, with an account: "" for none, "?" for the one in use."""
    payee = accounts.need_payee(ctx, payee_id)
    wanted = payee.account_id if account_id == "?" else account_id
    return _Opened(payee, accounts.need_account(ctx, wanted) if wanted else None)


def _read_for(ctx: Context, entitlement_id: str) -> _Opened:
    found = ctx.reads.get("entitlement", entitlement_id)
    if not isinstance(found, Entitlement):
        return _Opened(None)
    choice = payees.payees_for(ctx.reads, [found])[found.id]
    return _Opened(choice.payee, choice.account, found)
