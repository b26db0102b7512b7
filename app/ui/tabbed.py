"""A page made of tabs: each made when first shown, refreshed when in sight and old, with the number of things that wait beside its title."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.ui.page import Page, Shell, View
from app.ui.runner import Changes
from app.ui.widgets.empty import EmptyState
from app.usecases.context import Context


class Tab(View):
    """Made when it is first shown. ``refresh`` is called when it is in sight and something of ``kinds`` was changed since.

    ``badged`` tells how many things wait to be done here; the page shows the number beside the title (0: none).
    """

    badged = Signal(int)

    def __init__(self, page: TabbedPage) -> None:
        super().__init__(page.shell)
        self.page: Any = page


@dataclass(frozen=True, slots=True)
class TabEntry:
    """``source`` is ``module:class`` below the page's ``package``; without the right named the tab can be seen but not opened,
    and not even seen when it is ``hidden``. A tab whose module this edition does not ship is left out.

    ``waiting`` is a ``module:function`` (whole path) that answers from a context how many things wait to be done, without
    making the tab; it runs off the GUI thread. It counts again when something of ``kinds`` was changed.
    """

    key: str
    title: str
    source: str
    right: str = ""
    hidden: bool = False
    waiting: str = ""
    kinds: frozenset[str] = frozenset({"snapshot", "resident"})

    def installed(self, package: str) -> bool:
        """Whether this edition ships the tab."""
        return find_spec(f"{package}.{self.source.partition(':')[0]}") is not None

    def make(self, page: TabbedPage) -> Tab:
        """The tab itself."""
        module, _, name = self.source.partition(":")
        made: Tab = getattr(import_module(f"{page.package}.{module}"), name)(page)
        return made

    def counter(self) -> Callable[[Context], int] | None:
        """What counts the things that wait, if anything does."""
        if not self.waiting:
            return None
        module, _, name = self.waiting.partition(":")
        found: Callable[[Context], int] = getattr(import_module(module), name)
        return found


class TabbedPage(Page):
    """``go(key, tab='…')`` shows a tab; other arguments go to the tab (without a tab: to the first). Alt+1… switch.

    ``closed``: the operator may open none of them; a sentence says so.

    Subclasses set ``package`` (where tabs live) and ``entries``.
    """

    package: ClassVar[str] = ""
    entries: ClassVar[tuple[TabEntry, ...]] = ()

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._made: dict[str, Tab] = {}
        self._old: set[str] = set()
        self._told = False
        self.shown_entries = tuple(entry for entry in self.entries if entry.installed(self.package))
        self._entries = {entry.key: entry for entry in self.shown_entries}
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        for place, entry in enumerate(self.shown_entries):
            self._add(place, entry)
        allowed = [place for place in range(self.tabs.count()) if self.tabs.isTabEnabled(place)]
        self.closed = not allowed
        if allowed:
            self.tabs.setCurrentIndex(allowed[0])
        self.tabs.currentChanged.connect(lambda _: self._freshen())
        self.body.addWidget(self.tabs)
        if self.closed:
            self.tabs.hide()
            words = "会計・承認など、この仕事の役割がある人が使います。必要なときは、管理の担当者に確かめてください。"
            self.body.addWidget(EmptyState("この画面を使う権限がありません", words, icon="lock"))

    def _add(self, place: int, entry: TabEntry) -> None:
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

    @property
    def current_key(self) -> str:
        """The key of the tab in sight."""
        return self.shown_entries[self.tabs.currentIndex()].key

    def tab(self, key: str) -> Any:
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
        return [entry.key for entry in self.shown_entries].index(key)

    def _freshen(self) -> None:
        if self.closed:
            return
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
        counted = any(entry.waiting and not entry.kinds.isdisjoint(changes) for entry in self.shown_entries)
        self._told = self._told or bool(old) or counted
        return bool(old) or counted

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        self.open_tab(arguments.pop("tab", self.shown_entries[0].key), **arguments)

    def take_focus(self) -> None:
        """Where work begins in the tab in sight."""
        if self.closed:
            self.setFocus()
            return
        self.tab(self.current_key).take_focus()

    def _count(self) -> None:
        ctx = self.context
        wanted = [entry for entry in self.shown_entries if entry.waiting and (not entry.right or self.may(entry.right))]
        if not wanted:
            return

        def count() -> Mapping[str, int]:
            return {entry.key: counter(ctx) for entry in wanted if (counter := entry.counter()) is not None}

        self.runner.read(count, parent=self, latest=f"{self.key}.waiting").success(self._show_counts).start()

    def _show_counts(self, numbers: Mapping[str, int]) -> None:
        for key, number in numbers.items():
            self.show_badge(key, number)
