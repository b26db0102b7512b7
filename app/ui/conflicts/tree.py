"""Conflicts by the person or thing they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from app.presentation.conflict_words import fields_words, record_words
from app.ui import theme
from app.ui.glyphs.cells import CellDelegate
from app.usecases.exchange_rows import ConflictView

_ID = Qt.ItemDataRole.UserRole
_STATES = {"": "", "settled": "✓ 済み", "later": "後で"}


class ConflictTree(QTreeWidget):
    """``picked`` carries the id of the conflict that became current; a person's line leads to their first one."""

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("競合の一覧")
        self.setHeaderLabels(["誰の・どこの", "食い違い", ""])
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setItemDelegate(CellDelegate(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setIndentation(theme.current().px(14))
        self.header().setSectionsMovable(False)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._items: dict[str, QTreeWidgetItem] = {}
        self.order: list[str] = []
        self.currentItemChanged.connect(self._changed)
        theme.current().changed.connect(self._fit)
        self._fit()
        self.setMinimumWidth(theme.current().px(300))

    def _fit(self) -> None:
        px = theme.current().px
        for place, width in enumerate((168, 150, 62)):
            self.setColumnWidth(place, px(width))

    def show_views(self, views: Sequence[ConflictView], states: Mapping[str, str]) -> None:
        """Show these, those of one person together, in the order they come."""
        self.blockSignals(True)
        self.clear()
        self._items, self.order = {}, []
        groups: dict[str, list[ConflictView]] = {}
        for view in views:
            groups.setdefault(view.person_id or f"{view.kind} {view.record}", []).append(view)
        tops = [self._group(found, states) for found in groups.values()]
        self.addTopLevelItems(tops)
        self.expandAll()
        self.blockSignals(False)

    def _group(self, views: Sequence[ConflictView], states: Mapping[str, str]) -> QTreeWidgetItem:
        title = views[0].title or record_words(views[0])
        top = QTreeWidgetItem([title, f"{len(views)}件" if len(views) > 1 else "", ""])
        top.setToolTip(0, title)
        top.setSizeHint(0, QSize(0, theme.current().px(28)))
        heavy = top.font(0)
        heavy.setBold(True)
        top.setFont(0, heavy)
        for view in views:
            words = fields_words(view)
            item = QTreeWidgetItem([record_words(view), words, _STATES[states.get(view.id, "")]])
            item.setData(0, _ID, view.id)
            item.setToolTip(1, words)
            top.addChild(item)
            self._items[view.id] = item
            self.order.append(view.id)
        return top

    def mark(self, conflict_id: str, state: str) -> None:
        """Say what became of one."""
        if (item := self._items.get(conflict_id)) is not None:
            item.setText(2, _STATES[state])

    def make_current(self, conflict_id: str) -> None:
        """Go to one."""
        if (item := self._items.get(conflict_id)) is not None:
            self.setCurrentItem(item)
            self.scrollToItem(item)

    @property
    def current_id(self) -> str:
        """The conflict in sight, "" for none."""
        item = self.currentItem()
        return str(item.data(0, _ID) or "") if item is not None else ""

    def _changed(self, item: QTreeWidgetItem | None, before: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        found = item.data(0, _ID) or (item.child(0).data(0, _ID) if item.childCount() else "")
        if found:
            self.picked.emit(found)
