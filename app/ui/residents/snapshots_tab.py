"""取り込んだデータ: the snapshots, and which one searches look into."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.resident import Snapshot
from app.presentation.columns.resident import SNAPSHOTS
from app.ui.residents.nothing import nothing_yet
from app.ui.residents.tab import ResidentsTab
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row
from app.usecases import residents

if TYPE_CHECKING:
    from app.ui.pages.residents import ResidentsPage


class SnapshotsTab(ResidentsTab):
    """Enter shows the residents of a snapshot."""

    def __init__(self, page: ResidentsPage) -> None:
        super().__init__(page)
        self.table = Table(SNAPSHOTS, name="取り込んだ住民データ", preferences=self.shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._enable())
        self.table.opened.connect(lambda snapshot_id: page.open_tab("list", snapshot_id=snapshot_id))
        self.activate_button = button("検索に使うデータにする", icon="check")
        self.activate_button.clicked.connect(self.activate)
        self.empty = nothing_yet(page)
        whole = column(row(self.activate_button, 1), self.table, self.empty, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.empty.hide()
        self._enable()

    def refresh(self) -> None:
        """Read the snapshots again."""
        ctx = self.context
        self.runner.read(lambda: residents.list_snapshots(ctx), parent=self, latest="snapshots").success(self.show_snapshots).start()

    def show_snapshots(self, found: Sequence[Snapshot]) -> None:
        """Show them; the one in use is chosen first."""
        self.table.show_rows(found)
        self.table.setVisible(bool(found))
        self.activate_button.setVisible(bool(found))
        self.empty.setVisible(not found)
        if found and self.table.current_row() is None:
            self.table.select_id(next((snapshot.id for snapshot in found if snapshot.active), found[0].id))
        self._enable()

    def take_focus(self) -> None:
        """On the list."""
        (self.empty.buttons[0] if self.empty.isVisibleTo(self) else self.table).setFocus()

    def activate(self) -> None:
        """Searches look into the snapshot chosen from now on."""
        chosen: Snapshot | None = self.table.current_row()
        if chosen is None or chosen.active:
            return
        told = "受付の検索が、このデータを見るようになります。今までのデータも残ります。"
        if not ask(self, f"「{chosen.label}」を検索に使いますか？", told, yes="使う", no="やめる", danger=False):
            return
        ctx = self.context
        operation = self.runner.write(lambda _: residents.activate_snapshot(ctx, snapshot_id=chosen.id), parent=self, label="lists.saving")
        operation.success(lambda _: self.shell.say(f"「{chosen.label}」を検索に使います")).start()

    def _enable(self) -> None:
        chosen: Snapshot | None = self.table.current_row()
        self.activate_button.setEnabled(chosen is not None and not chosen.active and self.may("residents"))
