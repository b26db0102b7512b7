"""The only table model: ids first, rows by page as they come into view, columns from a ColumnSet.

A list too long to hold gives its ids (any sequence) and a loader of rows; a short one gives its rows. Cells of a page that
is still on its way show an ellipsis.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from app.presentation.columns.spec import Column, ColumnSet
from app.ui import icons, theme
from app.ui.glyphs.screen import current as glyphs
from app.ui.runner import Operation, Runner

PAGE = 200
_PAGES_KEPT = 64
_WAITING = "…"
_ALIGN = {
    "left": Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
    "right": Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
    "center": Qt.AlignmentFlag.AlignCenter,
}
_TONES = {"good": "good", "warn": "warn", "bad": "danger", "info": "accent", "quiet": "muted"}

Index = QModelIndex | QPersistentModelIndex
Loader = Callable[[Sequence[Any]], Sequence[Any]]
IdRole = Qt.ItemDataRole.UserRole
RowRole = Qt.ItemDataRole.UserRole + 1


class RowModel(QAbstractTableModel):
    """Rows of one list. ``resort`` is emitted when ids in another order are wanted: ``(column key, descending)``."""

    resort = Signal(str, bool)
    counted = Signal(int)

    def __init__(self, columns: ColumnSet[Any], *, runner: Runner | None = None, view: str = "") -> None:
        super().__init__()
        self.column_set = columns
        self._columns: tuple[Column[Any], ...] = columns.view(view)
        self._runner = runner
        self._ids: Sequence[Any] = ()
        self._load: Loader | None = None
        self._whole: Sequence[Any] | None = ()
        self._pages: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._coming: dict[int, Operation[Any]] = {}
        self._turn = 0

    # -- what is shown

    def show_ids(self, ids: Sequence[Any], load: Loader) -> None:
        """A long list: ``load(some ids)`` answers their rows in the same order; it runs off the GUI thread."""
        self.beginResetModel()
        self._forget()
        self._ids, self._load, self._whole = ids, load, None
        self.endResetModel()
        self.counted.emit(len(ids))

    def show_rows(self, rows: Sequence[Any], *, key: Callable[[Any], Any] | None = None) -> None:
        """A list held whole; it sorts by itself. ``key`` gives the id of a row, else ``row.id`` where there is one."""
        self.beginResetModel()
        self._forget()
        self._whole, self._load = rows, None
        self._ids = [key(row) if key else getattr(row, "id", number) for number, row in enumerate(rows)]
        self.endResetModel()
        self.counted.emit(len(rows))

    def set_view(self, title: str) -> None:
        """Show the columns of another view."""
        self.beginResetModel()
        self._columns = self.column_set.view(title)
        self.endResetModel()

    def reload(self) -> None:
        """Ask for the visible rows again; the ids stay."""
        if self._whole is None:
            self._forget()
            self._touch(0, self.rowCount() - 1)

    @property
    def columns(self) -> tuple[Column[Any], ...]:
        """The columns shown, left to right."""
        return self._columns

    def row(self, position: int) -> Any | None:
        """The row at a position, or None while it is on its way or there is none."""
        if not 0 <= position < len(self._ids):
            return None
        if self._whole is not None:
            return self._whole[position]
        page = self._page(position // PAGE)
        return page[position % PAGE] if page is not None and position % PAGE < len(page) else None

    def row_id(self, position: int) -> Any | None:
        """The id at a position."""
        return self._ids[position] if 0 <= position < len(self._ids) else None

    def position(self, row_id: Any) -> int:
        """Where an id is, or -1."""
        try:
            return self._ids.index(row_id)
        except ValueError:
            return -1

    # -- QAbstractTableModel

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].label
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[self._columns[section].align]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.column() < len(self._columns):
            return None
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN[column.align]
        if role == IdRole:
            return self.row_id(index.row())
        if role not in _ANSWERED:
            return None
        row = self.row(index.row())
        if row is None:
            return _WAITING if role == Qt.ItemDataRole.DisplayRole else None
        return self._answer(column, row, role)

    def _answer(self, column: Column[Any], row: Any, role: int) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            text = column.text(row)
            return text.replace("\n", " ") if "\n" in text else text
        if role == Qt.ItemDataRole.ToolTipRole:
            return glyphs().tip((column.tip or column.text)(row)) or None
        if role == Qt.ItemDataRole.ForegroundRole:
            tone = column.tone(row) if column.tone else ""
            return theme.current().colour(_TONES[tone]) if tone else None
        if role == Qt.ItemDataRole.DecorationRole:
            name = column.icon(row) if column.icon else ""
            tone = column.tone(row) if column.tone else ""
            return icons.icon(name, tint=_TONES.get(tone, "text2"), size=18) if name else None
        return row if role == RowRole else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort a whole list here; for a long one ask for ids in that order."""
        if not 0 <= column < len(self._columns) or (by := self._columns[column].sort) is None:
            return
        descending = order == Qt.SortOrder.DescendingOrder
        if self._whole is None or isinstance(by, str):
            self.resort.emit(by if isinstance(by, str) else self._columns[column].key, descending)
            return
        places = sorted(range(len(self._whole)), key=lambda place: _sortable(by(self._whole[place])), reverse=descending)
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        moved = {old: new for new, old in enumerate(places)}
        self._whole = [self._whole[place] for place in places]
        self._ids = [self._ids[place] for place in places]
        self.changePersistentIndexList(before, [self.index(moved[index.row()], index.column()) for index in before])
        self.layoutChanged.emit()

    # -- pages

    def _page(self, number: int) -> Sequence[Any] | None:
        found = self._pages.get(number)
        if found is not None:
            self._pages.move_to_end(number)
            return found
        self._fetch(number)
        return self._pages.get(number)

    def _fetch(self, number: int) -> None:
        if number in self._coming or self._load is None:
            return
        ids, load, turn = list(self._ids[number * PAGE : (number + 1) * PAGE]), self._load, self._turn
        if self._runner is None:
            self._keep(number, turn, load(ids))
            return
        operation = self._runner.read(lambda: load(ids)).quiet()
        self._coming[number] = operation
        operation.success(lambda rows: self._keep(number, turn, rows)).failure(lambda _: self._keep(number, turn, ())).start()

    def _keep(self, number: int, turn: int, rows: Sequence[Any]) -> None:
        if turn != self._turn:
            return
        self._coming.pop(number, None)
        self._pages[number] = rows
        while len(self._pages) > _PAGES_KEPT:
            self._pages.popitem(last=False)
        if self._runner is not None:
            self._touch(number * PAGE, min(len(self._ids), (number + 1) * PAGE) - 1)

    def _touch(self, first: int, last: int) -> None:
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))

    def _forget(self) -> None:
        self._turn += 1
        for operation in self._coming.values():
            operation.cancel()
        self._coming.clear()
        self._pages.clear()


_ANSWERED = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.ForegroundRole,
        Qt.ItemDataRole.DecorationRole,
        Qt.ItemDataRole.AccessibleTextRole,
        RowRole,
    }
)


def _sortable(value: Any) -> tuple[bool, Any]:
    """Missing values last."""
    return value is None or value == "", value if value is not None else 0
