"""対象者: who may receive what, how far it is, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app.presentation.columns.entitlement import ENTITLEMENTS
from app.presentation.yen_words import yen
from app.ui.relief.entitlements_acts import EntitlementActs
from app.ui.relief.entitlements_file import EntitlementFileDialog
from app.ui.relief.entitlements_filters import EntitlementFilters
from app.ui.relief.programme_choice import Offered, Sort, read_offered
from app.ui.surveys.asking import bind, open_export
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, text
from app.usecases import buildings, entitlements
from app.usecases.relief_rows import EntitlementFilter, EntitlementRow

if TYPE_CHECKING:
    from app.ui.pages.relief import ReliefPage

_PAGE = 500


class EntitlementsTab(Tab):
    """Enter opens one, F6 goes to the payee and account of one, F8 to calculating.

    ``arrive(entitlement_id=…)`` opens one; ``arrive(filter=EntitlementFilter(…))``, ``arrive(text=…)`` and ``arrive(round_id=…)`` narrow the list.
    """

    kinds = frozenset({"entitlement", "payment_batch", "payment", "payment_share", "payee", "payee_account", "programme", "relief_round", "claim"})

    def __init__(self, page: ReliefPage) -> None:
        super().__init__(page)
        self.acts = EntitlementActs(self, page.shell)
        self._make_buttons()
        self.filters = EntitlementFilters(self.export_button)
        self.filters.changed.connect(self.list)
        self.table = Table(ENTITLEMENTS, name="支給の対象者", runner=self.runner, preferences=self.shell.preferences)
        self.filters.down.connect(self.table.focus_first)
        self.table.opened.connect(self.open_file)
        self.table.rows.resort.connect(self._resort)
        self._sort = Sort("number")
        self.table.rows.dataChanged.connect(lambda *_: self._enable())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.sums = text("", role="note")
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.empty = EmptyState(
            "支給の対象者はまだいません",
            "はじめに「支援制度」で制度と回を用意し、ここの「試算・計算」で計算すると、対象の世帯と人が並びます。",
            icon="relief",
            actions=[("試算・計算へ（F8）", "calculate", self.go_calculate), ("支援制度を見る", "programmes", lambda: self.shell.go("programmes"))],
        )
        self.nothing = EmptyState(
            "この条件に当てはまる対象者はいません", "条件を消すか、対象番号を確かめてください。", icon="search",
            actions=[("条件を消す", "undo", self.reset)],
        )  # fmt: skip
        self._lay_out()

    def _make_buttons(self) -> None:
        self.file_button = button("開く（Enter）", role="primary", icon="list")
        self.payee_button = button("受取人・口座…（F6）", icon="user")
        self.decline_button = button("辞退にする…", icon="minus")
        self.reopen_button = button("辞退を取り消す…", icon="undo")
        self.calculate_button = button("試算・計算へ（F8）", icon="calculate")
        self.batch_button = button("決定簿へ（F9）", icon="ledger")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        for made, act, keys in (
            (self.file_button, self.open_file, ""), (self.payee_button, self.go_payee, "F6"), (self.decline_button, self.decline, ""),
            (self.reopen_button, self.reopen, ""), (self.calculate_button, self.go_calculate, "F8"), (self.batch_button, self.go_batches, "F9"),
            (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)

    def _lay_out(self) -> None:
        self._acts = flow(
            self.file_button, self.payee_button, self.decline_button, self.reopen_button, self.calculate_button, self.batch_button
        )
        whole = column(
            self.filters, self.banner, self.table, self.nothing, self.empty, self.sums, self._acts, spacing=8, margins=(0, 10, 0, 0)
        )
        for place in (2, 3, 4):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self.empty.hide()
        self.nothing.hide()
        self._enable()

    # -- reading

    def refresh(self) -> None:
        """Read what can be filtered by, and list again."""
        ctx = self.context

        def read() -> tuple[list[Offered], list[str]]:
            return read_offered(ctx), [name for name, _ in buildings.list_districts(ctx) if name]

        found = self.runner.read(read, parent=self, latest="entitlements.choices")
        found.success(lambda both: self.filters.show_choices(*both)).start()
        self.list()

    def list(self) -> None:
        """Ask for the entitlements that the conditions leave."""
        ctx, wanted, sort = self.context, self.filters.wanted, self._sort
        found = self.runner.read(
            lambda: sort.of(entitlements.list_entitlement_ids(ctx, filter=wanted, sort=sort.key)), parent=self, latest="entitlements.ids"
        )
        found.success(lambda ids: self._show_ids(ids, wanted)).start()

    def _show_ids(self, ids: Sequence[str], wanted: EntitlementFilter) -> None:
        if wanted != self.filters.wanted:
            return
        ctx, narrowed = self.context, self.filters.narrowed
        self.table.show_ids(ids, lambda some: entitlements.entitlement_rows(ctx, some))
        self.filters.count.setText(f"{len(ids):,}件")
        for part in (self.filters, self._acts):
            part.setVisible(bool(ids) or narrowed)
        self.table.setVisible(bool(ids))
        self.nothing.setVisible(not ids and narrowed)
        self.empty.setVisible(not ids and not narrowed)
        if ids and self.table.current_id() is None:
            self.table.make_current(0)
        self._enable()

    def _resort(self, key: str, descending: bool) -> None:
        self._sort = Sort(key, descending)
        self.list()

    def reset(self) -> None:
        """No conditions."""
        self.filters.show_filter(EntitlementFilter(), tell=True)

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        wanted = arguments.get("filter")
        if isinstance(wanted, EntitlementFilter):
            self.filters.show_filter(wanted, tell=True)
        for key in ("text", "round_id", "progress", "wants", "flag"):
            if arguments.get(key):
                self.filters.show_filter(EntitlementFilter(**{key: arguments[key]}), tell=True)
        if arguments.get("entitlement_id"):
            self.open_file(arguments["entitlement_id"])

    def take_focus(self) -> None:
        """Into the search box, or on the way to the first entitlement."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.filters.finder.setFocus()

    # -- acting

    def marked(self) -> Sequence[str]:
        """The entitlements marked, or the one at hand."""
        found: Sequence[str] = self.table.selected_ids() or ([self.table.current_id()] if self.table.current_id() else [])
        return found

    def _rows(self) -> Sequence[EntitlementRow]:
        places = [index.row() for index in self.table.selectionModel().selectedRows()[:_PAGE]] or [self.table.currentIndex().row()]
        return [one for place in places if (one := self.table.rows.row(place)) is not None]

    @property
    def current(self) -> EntitlementRow | None:
        """The one at hand, once its row has arrived."""
        found: EntitlementRow | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        marked = self.marked() if self.table.rows.rowCount() else []
        rows = self._rows()
        may = self.may("claim") or self.may("relief")
        self.file_button.setEnabled(bool(marked))
        self.payee_button.setEnabled(len(marked) == 1 and "payees" in self._tabs())
        self.decline_button.setEnabled(may and bool(rows) and all(one.state == "open" and not one.paid and not one.under_way for one in rows))
        self.reopen_button.setEnabled(may and bool(rows) and all(one.state == "declined" for one in rows))
        self.reopen_button.setVisible(any(one.state == "declined" for one in rows))
        self.batch_button.setEnabled("batches" in self._tabs())
        self.export_button.setEnabled(bool(marked) and (self.may("export") or self.may("print")))
        more = f"{len(marked):,}件を" if len(marked) > 1 else ""
        self.decline_button.setText(f"{more}辞退にする…")
        self.sums.setText(self._sum_words(rows) if len(rows) > 1 else "")
        self.sums.setVisible(len(rows) > 1)

    @staticmethod
    def _sum_words(rows: Sequence[EntitlementRow]) -> str:
        due, paid, rest = (sum(getattr(one, key) for one in rows) for key in ("due", "paid", "open"))
        return f"選んだ{len(rows):,}件：支給額 {yen(due)}　支給済み {yen(paid)}　残り {yen(rest)}"

    def _tabs(self) -> set[str]:
        return {entry.key for entry in self.page.shown_entries}

    def _lead(self, ids: Sequence[str]) -> str:
        one = self.current
        return f"{len(ids):,}件" if len(ids) > 1 or one is None else f"{one.number}　{one.name}　{one.programme_title}　{yen(one.due)}"

    def open_file(self, entitlement_id: str = "") -> EntitlementFileDialog | None:
        """One entitlement whole."""
        wanted = entitlement_id or self.table.current_id()
        if not wanted:
            return None
        dialog = EntitlementFileDialog(self, self.shell, wanted)
        dialog.sent.connect(lambda key, given: self.page.open_tab(key, **given))
        dialog.open()
        return dialog

    def go_payee(self) -> None:
        """To who receives it, and where to."""
        if self.current is not None:
            self.page.open_tab("payees", entitlement_id=self.current.id)

    def go_calculate(self) -> None:
        """To calculating, with the round that the list is narrowed to."""
        round_id = self.filters.programmes.round_id
        self.page.open_tab("calculation", **({"round_id": round_id} if round_id else {}))

    def go_batches(self) -> None:
        """To the batches."""
        if "batches" in self._tabs():
            self.page.open_tab("batches")

    def decline(self) -> FormDialog | None:
        """辞退 of what is marked."""
        ids = list(self.marked())
        return self.acts.decline(ids, lead=self._lead(ids))

    def reopen(self) -> FormDialog | None:
        """Back again."""
        ids = list(self.marked())
        return self.acts.reopen(ids, lead=self._lead(ids))

    def export(self) -> QWidget:
        """The list as it is narrowed now."""
        ctx, wanted, sort = self.context, self.filters.wanted, self._sort

        def rows() -> list[EntitlementRow]:
            ids = sort.of(entitlements.list_entitlement_ids(ctx, filter=wanted, sort=sort.key))
            return [one for at in range(0, len(ids), _PAGE) for one in entitlements.entitlement_rows(ctx, ids[at : at + _PAGE])]

        return open_export(
            self, self.shell, title="支給の対象者", subtitle=self.filters.say(), columns=ENTITLEMENTS, view="すべての項目", rows=rows, unit="件"
        )
