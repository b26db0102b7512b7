"""履歴・記録: recent changes, the history of a record, who used whose data, and the check of the ledger."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QTabWidget, QWidget

from app.ui.page import Page, Shell
from app.ui.records.check_tab import CheckTab
from app.ui.records.tabs import AccessTab, HistoryTab, RecentTab
from app.ui.runner import Changes


class HistoryPage(Page):
    """``go('history', record_id=…)`` shows a history, ``access=person`` their access log, ``tab='check'`` a tab."""

    key = "history"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.history = HistoryTab(self)
        self.recent = RecentTab(self, show_history=self.show_history)
        self.access = AccessTab(self)
        self.check = CheckTab(self)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        audit = self.may("audit")
        self._tabs: dict[str, QWidget] = {"recent": self.recent, "history": self.history, "access": self.access, "check": self.check}
        for (key, tab), words in zip(self._tabs.items(), ("最近の変更", "記録の履歴", "利用の記録", "点検"), strict=True):
            place = self.tabs.addTab(tab, words)
            if key in ("recent", "access") and not audit:
                self.tabs.setTabEnabled(place, False)
                self.tabs.setTabToolTip(place, "管理の役割を持つ人だけが見られます。")
        if not audit:
            self.tabs.setCurrentWidget(self.history)
        self._old: set[QWidget] = set()
        self.tabs.currentChanged.connect(lambda _: self._freshen())
        self.body.addWidget(self.tabs)

    def refresh(self) -> None:
        """The tab in sight now, the others when they are shown."""
        self._old = set(self._tabs.values())
        self._freshen()

    def touched(self, changes: Changes) -> bool:
        """Every change is news here."""
        return True

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        if arguments.get("record_id"):
            self.show_history(arguments["record_id"])
        elif arguments.get("access"):
            self.tabs.setCurrentWidget(self.access)
            self.access.show_person(arguments["access"])
        elif arguments.get("tab") in self._tabs:
            self.tabs.setCurrentWidget(self._tabs[arguments["tab"]])
        self.take_focus()

    def take_focus(self) -> None:
        """On the list of the tab."""
        self.tabs.currentWidget().take_focus()

    def show_history(self, record_id: str) -> None:
        """The history of a record."""
        self._old.discard(self.history)
        self.tabs.setCurrentWidget(self.history)
        self.history.show_record(record_id)

    def _freshen(self) -> None:
        tab = self.tabs.currentWidget()
        if tab in self._old:
            self._old.discard(tab)
            tab.refresh()
