"""A table as every page uses it: whole rows, keyboard, copying, remembered column widths."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from app.presentation.columns.spec import ColumnSet
from app.presentation.labels import label
from app.ui import theme
from app.ui.glyphs.cells import CellDelegate
from app.ui.preferences import Preferences
from app.ui.runner import Runner
from app.ui.widgets.row_model import RowModel

_COPY_LIMIT = 20_000
_SAVE_AFTER_MS = 800
_LINE_ENDS = re.compile("[\t\r\n]+")


class Table(QTableView):
    """``opened`` is Enter or a double click (id), ``chosen`` the current id, ``viewed`` a view taken from the header's menu."""

    opened = Signal(object)
    chosen = Signal(object)
    viewed = Signal(str)

    def __init__(
        self, columns: ColumnSet[Any], *, name: str, runner: Runner | None = None, preferences: Preferences | None = None, many: bool = True
    ) -> None:
        super().__init__()
        self._preferences, self._key = preferences, f"columns.{columns.key}"
        self.rows = RowModel(columns, runner=runner)
        self._view = ""
        self._sizing = True
        self.setModel(self.rows)
        self.setItemDelegate(CellDelegate(self))
        self.setAccessibleName(name)
        self._set_up(many)
        self._save_timer = QTimer(self, singleShot=True, interval=_SAVE_AFTER_MS)
        self._save_timer.timeout.connect(self._save_widths)
        self.horizontalHeader().sectionResized.connect(self._resized)
        self.horizontalHeader().sortIndicatorChanged.connect(self.rows.sort)
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows.row_id(index.row())))
        theme.current().changed.connect(self._fit_theme)
        self.rows.modelReset.connect(self._restore_widths)
        self._fit_theme()

    def _set_up(self, many: bool) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if many else mode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setAlternatingRowColors(True)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSectionsMovable(False)
        header.setStretchLastSection(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._offer_views)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    # -- content

    def show_rows(self, rows: Sequence[Any], *, key: Any = None) -> None:
        """A short list; the current row stays current when it is still there."""
        self._keep_place(lambda: self.rows.show_rows(rows, key=key))

    def show_ids(self, ids: Sequence[Any], load: Any) -> None:
        """A long list, see ``RowModel.show_ids``."""
        self._keep_place(lambda: self.rows.show_ids(ids, load))

    def set_view(self, title: str) -> None:
        """Show another view of the columns."""
        self._view = title
        self.rows.set_view(title)

    def current_id(self) -> Any | None:
        """The id of the current row."""
        return self.rows.row_id(self.currentIndex().row())

    def current_row(self) -> Any | None:
        """The current row, if it has arrived."""
        return self.rows.row(self.currentIndex().row())

    def selected_ids(self) -> list[Any]:
        """The ids of all selected rows, top to bottom."""
        return [self.rows.row_id(index.row()) for index in sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())]

    def select_id(self, row_id: Any) -> bool:
        """Make a row current; False when it is not in the list."""
        position = self.rows.position(row_id)
        if position < 0:
            return False
        self.make_current(position)
        return True

    def make_current(self, position: int) -> None:
        """This row and no other, whatever keys are held: ``selectRow`` would toggle while Ctrl of a shortcut is still down."""
        index = self.rows.index(position, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def focus_first(self) -> None:
        """Put the keyboard into the list, on its first row if none is current."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.currentIndex().isValid() and self.rows.rowCount():
            self.make_current(0)

    def _keep_place(self, change: Any) -> None:
        current, row = self.current_id(), self.currentIndex().row()
        change()
        if current is not None and not self.select_id(current) and self.rows.rowCount():
            self.make_current(max(0, min(row, self.rows.rowCount() - 1)))

    # -- keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Ctrl+C copies; everything else as usual."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self.currentIndex().isValid():
                self.opened.emit(self.current_id())
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """The selected rows to the clipboard, cells divided by tabs, with the headings when there are several."""
        positions = sorted({index.row() for index in self.selectionModel().selectedRows()})[:_COPY_LIMIT]
        columns = [column for column in self.rows.columns if not column.screen_only]
        lines = [[column.text(row) for column in columns] for place in positions if (row := self.rows.row(place)) is not None]
        if len(lines) > 1:
            lines.insert(0, [column.label for column in columns])
        QGuiApplication.clipboard().setText("\n".join("\t".join(_LINE_ENDS.sub(" ", cell) for cell in line) for line in lines))

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Announce the current id."""
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.chosen.emit(self.rows.row_id(current.row()))

    # -- widths

    def _fit_theme(self) -> None:
        self.verticalHeader().setDefaultSectionSize(theme.current().px(34))
        self._restore_widths()

    def _restore_widths(self) -> None:
        kept = self._preferences.get(self._key, {}) if self._preferences else {}
        em = theme.current().px(14)
        self._sizing = True
        for place, column in enumerate(self.rows.columns):
            self.setColumnWidth(place, int(kept.get(column.key, column.width) * em) + theme.current().px(18))
        self._sizing = False

    def _resized(self) -> None:
        if not self._sizing and self._preferences is not None and self.isVisible():
            self._save_timer.start()

    def _save_widths(self) -> None:
        kept = dict(self._preferences.get(self._key, {}))
        em = theme.current().px(14)
        for place, column in enumerate(self.rows.columns[:-1]):
            kept[column.key] = round((self.columnWidth(place) - theme.current().px(18)) / em, 2)
        self._preferences.set(self._key, kept)

    def _offer_views(self, place: QPoint) -> None:
        menu = QMenu(self)
        for title in self.rows.column_set.views:
            entry = menu.addAction(label("view", title), lambda title=title: self._pick_view(title))
            entry.setCheckable(True)
            entry.setChecked(title == (self._view or next(iter(self.rows.column_set.views))))
        if menu.actions():
            menu.addSeparator()
        menu.addAction("列の幅を元に戻す", self._reset_widths)
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def _pick_view(self, title: str) -> None:
        self.set_view(title)
        self.viewed.emit(title)

    def _reset_widths(self) -> None:
        if self._preferences is not None:
            self._preferences.set(self._key, {})
        self._restore_widths()
