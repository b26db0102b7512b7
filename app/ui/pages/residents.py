"""住民データ: the snapshots that were imported, which one searches look into, and its residents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QWidget

from app.domain.resident import Snapshot
from app.presentation.columns.resident import RESIDENTS, SNAPSHOTS
from app.ui import theme
from app.ui.importing.wizard import ImportWizard
from app.ui.page import Page, Shell
from app.ui.pages.household import HouseholdDialog
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, heading, row, text
from app.usecases import residents


class ResidentsPage(Page):
    """Snapshots above, residents of the one chosen below; a million of them page by page."""

    key = "residents"
    kinds = frozenset({"snapshot", "resident"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.finder = SearchBox("氏名・カナ・住所の一部で探す", name="住民を探す")
        self.snapshots = Table(SNAPSHOTS, name="取り込んだ住民データ", preferences=shell.preferences, many=False)
        self.snapshots.chosen.connect(lambda _: self._chose())
        self.snapshots.opened.connect(lambda _: self.finder.setFocus())
        self.table = Table(RESIDENTS, name="住民の一覧", runner=self.runner, preferences=shell.preferences, many=False)
        self.table.opened.connect(lambda _: self._open_household())
        self.finder.typed.connect(lambda _: self._list())
        self.finder.entered.connect(lambda _: self.table.focus_first())
        self.finder.down.connect(self.table.focus_first)
        self.finder.left.connect(self.snapshots.focus_first)
        self._whose = text("住民", role="heading", wrap=False)
        self._count = text("", role="note", wrap=False)
        self.import_button = button("住民データを取り込む…（Ctrl+N）", role="primary", icon="import")
        self.activate_button = button("検索に使うデータにする", icon="check")
        self.household_button = button("世帯を見る（Enter）", icon="user")
        self.import_button.clicked.connect(self.import_files)
        self.activate_button.clicked.connect(self.activate)
        self.household_button.clicked.connect(self._open_household)
        self.import_button.setEnabled(self.may("residents"))
        QShortcut(QKeySequence("Ctrl+N"), self, lambda: self.import_button.isEnabled() and self.import_files())
        self.tools.addWidget(self.import_button)
        self.empty = EmptyState(
            "住民データがまだありません",
            "住民基本台帳などから書き出した一覧（CSV・Excel）を取り込むと、カナや生年月日ですぐに見つけて受け付けられます。"
            "取り込んだデータは、その時点の写しとして変わらずに残ります。",
            icon="residents",
            actions=[("住民データを取り込む", "import", self.import_files)],
        )
        self.empty.buttons[0].setEnabled(self.may("residents"))
        self._lay_out()

    def _lay_out(self) -> None:
        upper, lower = QWidget(), QWidget()
        inside = column(row(heading("取り込んだデータ"), 1, self.activate_button), self.snapshots, spacing=6)
        inside.setStretch(1, 1)
        upper.setLayout(inside)
        search = row(self._whose, self._count, 1, self.finder, self.household_button, spacing=10)
        self.finder.setFixedWidth(theme.current().px(300))
        below = column(search, self.table, spacing=6)
        below.setContentsMargins(0, 6, 0, 0)
        below.setStretch(1, 1)
        lower.setLayout(below)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.addWidget(upper)
        self.halves.addWidget(lower)
        self.halves.setStretchFactor(1, 1)
        self.halves.setSizes([theme.current().px(170), theme.current().px(420)])
        self.halves.setChildrenCollapsible(False)
        self.body.addWidget(self.halves, 1)
        self.body.addWidget(self.empty, 1)
        self.empty.hide()
        self._enable()

    def refresh(self) -> None:
        """Read the snapshots again."""
        ctx = self.context
        self.runner.read(lambda: residents.list_snapshots(ctx), parent=self, latest="snapshots").success(self.show_snapshots).start()

    def show_snapshots(self, found: Sequence[Snapshot]) -> None:
        """Show them; the one in use is chosen first."""
        self.snapshots.show_rows(found)
        self.halves.setVisible(bool(found))
        self.empty.setVisible(not found)
        if found and self.snapshots.current_row() is None:
            self.snapshots.select_id(next((snapshot.id for snapshot in found if snapshot.active), found[0].id))
        self._chose()

    def arrive(self, **arguments: Any) -> None:
        """``go('residents', text=…)``"""
        if arguments.get("text"):
            self.finder.setText(arguments["text"])
            self._list()

    def take_focus(self) -> None:
        """Into the search box, or on the way to the first import."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.finder.setFocus()

    def import_files(self) -> None:
        """A new snapshot from files."""
        ImportWizard(self, self.shell, "residents").open()

    def activate(self) -> None:
        """Searches look into the snapshot chosen from now on."""
        chosen: Snapshot | None = self.snapshots.current_row()
        if chosen is None or chosen.active:
            return
        told = "受付の検索が、このデータを見るようになります。今までのデータも残ります。"
        if not ask(self, f"「{chosen.label}」を検索に使いますか？", told, yes="使う", no="やめる", danger=False):
            return
        ctx = self.context
        operation = self.runner.write(lambda _: residents.activate_snapshot(ctx, snapshot_id=chosen.id), parent=self, label="lists.saving")
        operation.success(lambda _: self._activated(chosen)).start()

    def _activated(self, snapshot: Snapshot) -> None:
        self.shell.say(f"「{snapshot.label}」を検索に使います")
        self.refresh()

    def _chose(self) -> None:
        self._enable()
        self._list()

    def _list(self) -> None:
        chosen: Snapshot | None = self.snapshots.current_row()
        if chosen is None:
            return
        ctx, words, snapshot_id = self.context, self.finder.text().strip(), chosen.id
        self._whose.setText(f"「{chosen.label}」の住民")
        found = self.runner.read(
            lambda: residents.list_residents(ctx, snapshot_id=snapshot_id, text=words), parent=self, latest="residents.ids"
        )
        found.success(lambda rids: self._show(rids, words)).start()

    def _show(self, rids: Sequence[int], words: str) -> None:
        ctx = self.context
        self.table.show_ids(rids, lambda wanted: residents.show_residents(ctx, rids=wanted))
        self._count.setText(f"{len(rids):,}人が見つかりました" if words else f"{len(rids):,}人")
        self._enable()

    def _enable(self) -> None:
        chosen: Snapshot | None = self.snapshots.current_row()
        self.activate_button.setEnabled(chosen is not None and not chosen.active and self.may("residents"))
        self.household_button.setEnabled(self.table.rows.rowCount() > 0)

    def _open_household(self) -> None:
        chosen = self.table.current_row()
        if chosen is None:
            return
        ctx = self.context
        operation = self.runner.write(lambda _: residents.open_household(ctx, resident_id=chosen.id), parent=self, label="lists.reading")
        operation.success(lambda members: HouseholdDialog(self, self.shell, members).open()).start()
