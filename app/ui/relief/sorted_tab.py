"""What tabs with one sorted, searchable table share: what is in sight, which row is at hand, where the keyboard goes."""

from __future__ import annotations

from collections.abc import Sequence

from app.ui.relief.programme_choice import Sort
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table


class SortedTab(Tab):
    """A tab makes ``table``, ``finder``, ``empty`` (nothing at all yet) and ``nothing`` (the conditions leave nothing) itself.

    ``_wanted`` is the id that is chosen when the list has arrived, "" for none.
    """

    table: Table
    finder: SearchBox
    empty: EmptyState
    nothing: EmptyState
    _wanted: str
    _sort: Sort

    def list(self) -> None:
        """Ask for what the conditions leave."""
        raise NotImplementedError

    def _enable(self) -> None:
        """Buttons as the row at hand allows."""
        raise NotImplementedError

    def _settle(self, ids: Sequence[str], *, anything: bool) -> None:
        """Table or one of the two empty states; the wanted row or the first. ``anything``: there is something that conditions hide."""
        self.table.setVisible(bool(ids))
        self.nothing.setVisible(not ids and anything)
        self.empty.setVisible(not ids and not anything)
        if self._wanted and self.table.select_id(self._wanted):
            self._wanted = ""
        if ids and self.table.current_id() is None:
            self.table.make_current(0)
        self._enable()

    def _resort(self, key: str, descending: bool) -> None:
        self._sort = Sort(key, descending)
        self.list()

    def take_focus(self) -> None:
        """Into the search box, or on the way to the first one."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.finder.setFocus()
