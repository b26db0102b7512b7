"""一覧: the residents of a snapshot, a million of them page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QComboBox

from app.domain.resident import Snapshot
from app.presentation.columns.resident import RESIDENTS
from app.ui import theme
from app.ui.pages.household import HouseholdDialog
from app.ui.residents.nothing import nothing_yet
from app.ui.residents.tab import ResidentsTab
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row, text
from app.usecases import residents

if TYPE_CHECKING:
    from app.ui.pages.residents import ResidentsPage


class ListTab(ResidentsTab):
    """``arrive(text=…)`` finds, ``arrive(snapshot_id=…)`` looks into another snapshot than the one searches use."""

    kinds = frozenset({"snapshot", "resident", "person", "stay", "protection"})

    def __init__(self, page: ResidentsPage) -> None:
        super().__init__(page)
        self.finder = SearchBox("氏名・カナ・住所の一部で探す", name="住民を探す")
        self.finder.setFixedWidth(theme.current().px(300))
        self.which = QComboBox()
        self.which.setAccessibleName("どの住民データを見るか")
        self.which.setMinimumWidth(theme.current().px(260))
        self.which.currentIndexChanged.connect(lambda _: self.list())
        self.table = Table(RESIDENTS, name="住民の一覧", runner=self.runner, preferences=self.shell.preferences, many=False)
        self.table.opened.connect(lambda _: self.open_household())
        self.finder.typed.connect(lambda _: self.list())
        self.finder.entered.connect(lambda _: self.table.focus_first())
        self.finder.down.connect(self.table.focus_first)
        self.finder.left.connect(self.table.focus_first)
        self.count = text("", role="note", wrap=False)
        self.household_button = button("世帯を見る（Enter）", icon="user")
        self.household_button.clicked.connect(self.open_household)
        self.empty = nothing_yet(page)
        top = row(self.finder, self.which, self.count, 1, self.household_button, spacing=10)
        whole = column(top, self.table, self.empty, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self._parts = (self.finder, self.which, self.count, self.household_button, self.table)
        self.empty.hide()
        self._enable()

    def refresh(self) -> None:
        """Read the snapshots again, then the residents of the one looked at."""
        ctx = self.context
        found = self.runner.read(lambda: residents.list_snapshots(ctx), parent=self, latest="residents.snapshots")
        found.success(self.show_snapshots).start()

    def show_snapshots(self, found: Sequence[Snapshot]) -> None:
        """Offer them; the one in use is looked at unless somebody chose another."""
        kept, known = self.which.currentData(), {snapshot.id for snapshot in found}
        followed = self.which.property("followed")
        active = next((snapshot.id for snapshot in found if snapshot.active), found[0].id if found else None)
        wanted = kept if kept in known and kept != followed else active
        self.which.blockSignals(True)
        self.which.clear()
        for snapshot in found:
            self.which.addItem(f"{snapshot.label}（検索に使用中）" if snapshot.active else snapshot.label, snapshot.id)
        self.which.setCurrentIndex(self.which.findData(wanted))
        self.which.setProperty("followed", active)
        self.which.blockSignals(False)
        for part in self._parts:
            part.setVisible(bool(found))
        self.empty.setVisible(not found)
        self.list()

    def arrive(self, **arguments: Any) -> None:
        """Where another page or tab sends."""
        if arguments.get("snapshot_id"):
            self.which.setCurrentIndex(self.which.findData(arguments["snapshot_id"]))
        if arguments.get("text"):
            self.finder.setText(arguments["text"])
            self.list()

    def take_focus(self) -> None:
        """Into the search box, or on the way to the first import."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.finder.setFocus()

    def list(self) -> None:
        """Find what is typed in the snapshot looked at."""
        snapshot_id = self.which.currentData()
        if snapshot_id is None:
            return
        ctx, words = self.context, self.finder.text().strip()
        found = self.runner.read(
            lambda: residents.list_residents(ctx, snapshot_id=snapshot_id, text=words), parent=self, latest="residents.ids"
        )
        found.success(lambda rids: self._show(rids, words)).start()

    def _show(self, rids: Sequence[int], words: str) -> None:
        ctx = self.context
        self.table.show_ids(rids, lambda wanted: residents.show_residents(ctx, rids=wanted))
        self.count.setText(f"{len(rids):,}人が見つかりました" if words else f"{len(rids):,}人")
        self._enable()

    def _enable(self) -> None:
        self.household_button.setEnabled(self.table.rows.rowCount() > 0)

    def open_household(self) -> None:
        """The household of the resident at hand; looking at it is noted."""
        chosen = self.table.current_row()
        if chosen is None:
            return
        ctx = self.context
        operation = self.runner.write(lambda _: residents.open_household(ctx, resident_id=chosen.id), parent=self, label="lists.reading")
        operation.success(lambda members: HouseholdDialog(self, self.shell, members).open()).start()
