"""住民データ: residents, the snapshots they come from, and what has to be settled about them, tab by tab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.domain.resident import Snapshot
from app.ui.importing.residents_wizard import ResidentsWizard
from app.ui.page import Page, Shell
from app.ui.residents.tab import ResidentsTab
from app.ui.residents.tabs import TABS
from app.ui.runner import Changes
from app.ui.widgets.text import button


class ResidentsPage(Page):
    """``go('residents', tab='snapshots')`` shows a tab; other arguments go to the tab (without a tab: to the list). Alt+1… switch."""

    key = "residents"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._made: dict[str, ResidentsTab] = {}
        self._old: set[str] = set()
        self._told = False
        self._entries = {entry.key: entry for entry in TABS}
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        for place, entry in enumerate(TABS):
            holder = QWidget()
            QVBoxLayout(holder).setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(holder, entry.title)
            allowed = not entry.right or self.may(entry.right)
            self.tabs.setTabEnabled(place, allowed)
            self.tabs.setTabVisible(place, allowed or not entry.hidden)
            self.tabs.setTabToolTip(
                place, f"Alt+{place + 1}" if allowed else "この画面を使う権限がありません。管理の担当者に確かめてください。"
            )
            QShortcut(QKeySequence(f"Alt+{place + 1}"), self, lambda key=entry.key: self.open_tab(key))
        self.tabs.currentChanged.connect(lambda _: self._freshen())
        self.body.addWidget(self.tabs)
        self.import_button = button("住民データを取り込む…（Ctrl+N）", role="primary", icon="import")
        self.import_button.clicked.connect(self.import_files)
        self.import_button.setEnabled(self.may("residents"))
        QShortcut(QKeySequence("Ctrl+N"), self, lambda: self.import_button.isEnabled() and self.import_files())
        self.tools.addWidget(self.import_button)

    # -- tabs

    @property
    def current_key(self) -> str:
        """The key of the tab in sight."""
        return TABS[self.tabs.currentIndex()].key

    def tab(self, key: str) -> ResidentsTab:
        """A tab, made now if it was not yet."""
        if key not in self._made:
            made = self._made[key] = self._entries[key].make(self)
            made.badged.connect(lambda number: self.show_badge(key, number))
            self.tabs.widget(self._place(key)).layout().addWidget(made)
            self._old.add(key)
        return self._made[key]

    def open_tab(self, key: str, **arguments: Any) -> None:
        """Show a tab and put the keyboard into it; without the right for it nothing happens."""
        place = self._place(key)
        if not self.tabs.isTabEnabled(place):
            return
        self.tabs.setCurrentIndex(place)
        self._freshen()
        if arguments:
            self.tab(key).arrive(**arguments)
        self.tab(key).take_focus()

    def show_badge(self, key: str, number: int) -> None:
        """So many things wait in a tab; 0 shows none."""
        title = self._entries[key].title
        self.tabs.setTabText(self._place(key), f"{title} ({number:,})" if number else title)

    def _place(self, key: str) -> int:
        return [entry.key for entry in TABS].index(key)

    def _freshen(self) -> None:
        key = self.current_key
        tab = self.tab(key)
        if key in self._old and not self.stale:
            self._old.discard(key)
            tab.refresh()

    # -- the page

    def refresh(self) -> None:
        """The tab in sight if it is old, the others when they are shown; the numbers beside the titles."""
        if not self._told:
            self._old = set(self._made)
        self._told = False
        self._freshen()
        self._count()

    def touched(self, changes: Changes) -> bool:
        """Each tab made says for itself; a tab not yet made reads when it is."""
        old = {key for key, tab in self._made.items() if tab.touched(changes)}
        self._old |= old
        counted = any(entry.waiting and not entry.kinds.isdisjoint(changes) for entry in TABS)
        self._told = self._told or bool(old) or counted
        return bool(old) or counted

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        self.open_tab(arguments.pop("tab", "list"), **arguments)

    def take_focus(self) -> None:
        """Where work begins in the tab in sight."""
        self.tab(self.current_key).take_focus()

    def import_files(self) -> ResidentsWizard:
        """A new snapshot from files."""
        wizard = ResidentsWizard(self, self.shell)
        wizard.open()
        return wizard

    def import_again(self, snapshot: Snapshot) -> ResidentsWizard:
        """The files of a snapshot again, so that later ones can be added."""
        wizard = self.import_files()
        wizard.run_again(snapshot)
        return wizard

    def receive(self) -> None:
        """A snapshot from a file that another laptop wrote."""
        from app.ui.residents.transfer import ReceiveDialog

        ReceiveDialog(self, self.shell).open()

    def _count(self) -> None:
        ctx = self.context
        counters = {entry.key: entry.counter for entry in TABS if entry.waiting and (not entry.right or self.may(entry.right))}
        if not counters:
            return

        def count() -> Mapping[str, int]:
            return {key: found(ctx) for key, counter in counters.items() if (found := counter()) is not None}

        self.runner.read(count, parent=self, latest="residents.waiting").success(self._show_counts).start()

    def _show_counts(self, numbers: Mapping[str, int]) -> None:
        for key, number in numbers.items():
            self.show_badge(key, number)
