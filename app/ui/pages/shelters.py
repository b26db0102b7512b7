"""避難所: the list as of a moment, declared head counts, and their trend."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget

from app.ui.page import Page, Shell
from app.ui.shelters.counts_tab import CountsTab
from app.ui.shelters.list_tab import ListTab
from app.ui.shelters.trend_tab import TrendTab
from app.ui.widgets.text import button


class SheltersPage(Page):
    """``go('shelters', shelter_id=…)`` shows one, ``show='overfull'`` or ``'uncounted'`` those, ``tab='counts'`` a tab."""

    key = "shelters"
    kinds = frozenset({"shelter", "spell", "shelter_spell", "headcount", "stay", "person"})

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.counts = CountsTab(self)
        self.list = ListTab(self, count=self.counts.take)
        self.trend = TrendTab(self)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        for words, tab in (("一覧", self.list), ("人数の報告", self.counts), ("推移", self.trend)):
            self.tabs.addTab(tab, words)
        self._old = {self.counts, self.trend}
        self.tabs.currentChanged.connect(self._freshen)
        self.body.addWidget(self.tabs)
        self.import_button = button("避難所を取り込む…", icon="import")
        self.add_button = button("避難所を登録（Ctrl+N）", icon="plus")
        self.take_button = button("人数の報告を受ける（F4）", role="primary", icon="phone")
        for made, act, right in (
            (self.import_button, self.list.import_file, "shelters"),
            (self.add_button, self.list.add, "shelters"),
            (self.take_button, self._take, "headcount"),
        ):
            made.clicked.connect(lambda _=False, act=act: act())
            made.setEnabled(self.may(right))
            self.tools.addWidget(made)
        QShortcut(QKeySequence("F4"), self, lambda: self.take_button.isEnabled() and self._take())
        QShortcut(QKeySequence("Ctrl+N"), self, lambda: self.add_button.isEnabled() and self.list.add())

    def refresh(self) -> None:
        """The tab in sight now, the others when they are shown."""
        self._old = {self.list, self.counts, self.trend}
        self._freshen()

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        if "tab" in arguments:
            self.tabs.setCurrentWidget({"list": self.list, "counts": self.counts, "trend": self.trend}[arguments["tab"]])
        elif arguments:
            self.tabs.setCurrentWidget(self.list)
        if arguments.get("show"):
            self.list.show_only(arguments["show"])
        if arguments.get("shelter_id"):
            self.list.show_only("all")
            self.list.finder.clear()
            self.list.select(arguments["shelter_id"])
        self.take_focus()

    def take_focus(self) -> None:
        """On the list of the tab."""
        self.tabs.currentWidget().take_focus()

    def _take(self) -> None:
        chosen = self.list.table.current_id() if self.tabs.currentWidget() is self.list else None
        self.counts.take(chosen or "")

    def _freshen(self) -> None:
        tab = self.tabs.currentWidget()
        if tab in self._old:
            self._old.discard(tab)
            tab.refresh()
