"""Head counts down the list of open shelters: type a number, Enter, the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.domain.dates import format_instant
from app.presentation.forms.headcount import HEADCOUNT
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.moment_field import MomentField
from app.ui.widgets.text import button, column, row
from app.usecases import headcounts
from app.usecases.job import Job
from app.usecases.rows import ShelterRow

_GRID = (("counted_total", "今回"), ("households", "世帯"), ("male", "男"), ("female", "女"), ("reported_by", "報告者"), ("note", "備考"))
_FIXED = 3  # columns before those that are typed in
_ENTERED = QAbstractItemDelegate.EndEditHint.SubmitModelCache


def last_count(shelter: ShelterRow) -> str:
    """The last declared number."""
    return "" if shelter.declared is None else f"{shelter.declared:,}"


def last_time(shelter: ShelterRow) -> str:
    """When that was."""
    return format_instant(shelter.declared_at, "short") if shelter.declared_at else "なし"


class GridTab(QWidget):
    """One line a shelter; typing starts at once, Enter goes down. ``recorded`` carries what was saved: total by shelter id."""

    recorded = Signal(object)

    def __init__(self, shell: Shell, rows: Sequence[ShelterRow]) -> None:
        super().__init__()
        self._shell, self.rows = shell, list(rows)
        self.at = MomentField("時点", empty="いま")
        self.banner = Banner()
        self.table = _Grid(len(self.rows), _FIXED + len(_GRID))
        self.table.setHorizontalHeaderLabels(["避難所", "前回", "名簿", *(words for _, words in _GRID)])
        for place, shelter in enumerate(self.rows):
            for at, words in enumerate((shelter.name, last_count(shelter), f"{shelter.rostered:,}")):
                cell = QTableWidgetItem(words)
                cell.setFlags(Qt.ItemFlag.ItemIsEnabled)
                if at:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                    cell.setForeground(QColor(theme.current().colours["muted"]))
                    cell.setToolTip(f"前回の時点 {last_time(shelter)}" if at == 1 else "")
                self.table.setItem(place, at, cell)
            for at in range(_FIXED, _FIXED + len(_GRID)):
                cell = QTableWidgetItem("")
                if at < _FIXED + 4:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(place, at, cell)
        px = theme.current().px
        for at, width in enumerate((230, 66, 66, 84, 66, 66, 66, 130, 150)):
            self.table.setColumnWidth(at, px(width))
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.itemChanged.connect(lambda _: self._count())
        self.save_button = button("登録（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.clicked.connect(self.save)
        hints = KeyHints([("数字", "そのまま入力"), ("Enter", "下へ"), ("Tab", "右へ")])
        whole = column(
            row(self.at, 1, hints, spacing=10), self.banner, self.table, row(1, self.save_button), spacing=8, margins=(0, 10, 0, 0)
        )
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self._count()

    def take_focus(self) -> None:
        """Into the first number that is missing."""
        place = next((n for n in range(len(self.rows)) if not self._text(n, _FIXED)), 0)
        self.table.setCurrentCell(place, _FIXED)
        self.table.setFocus()

    def type_in(self, place: int, key: str, words: str) -> None:
        """Put a text into a cell, as if typed."""
        self.table.item(place, _FIXED + [name for name, _ in _GRID].index(key)).setText(words)

    @property
    def dirty(self) -> bool:
        """Whether anything was typed."""
        return any(self._text(place, at) for place in range(len(self.rows)) for at in range(_FIXED, _FIXED + len(_GRID)))

    def entries(self) -> tuple[list[tuple[int, dict[str, Any]]], dict[tuple[int, int], str]]:
        """``(line, values)`` of lines with anything in them, and what is wrong by cell."""
        found: list[tuple[int, dict[str, Any]]] = []
        problems: dict[tuple[int, int], str] = {}
        at = self.at.moment or self._shell.context.now()
        for place, shelter in enumerate(self.rows):
            typed = {key: self._text(place, _FIXED + n) for n, (key, _) in enumerate(_GRID)}
            if not any(typed.values()):
                continue
            raw = {**HEADCOUNT.raw({"counted_at": at}), **typed}
            values, wrong = HEADCOUNT.parse(raw)
            for key, words in wrong.items():
                column_at = next((n for n, (name, _) in enumerate(_GRID) if name == key), 0)
                problems[(place, _FIXED + column_at)] = words
            if not wrong:
                found.append((place, {**values, "counted_at": at, "shelter_id": shelter.id}))
        return found, problems

    def save(self) -> None:
        """Record all lines, or none when one is wrong."""
        if self.at.problem or not self.save_button.isEnabled():
            return
        found, problems = self.entries()
        self._mark(problems)
        if problems:
            place = min(problems)
            self.banner.show_message(f"{self.rows[place[0]].name}：{problems[place]}", tone="bad")
            self.table.setCurrentCell(*place)
            self.table.setFocus()
            return
        ctx = self._shell.context
        values = [entry for _, entry in found]
        self.save_button.setEnabled(False)
        operation = self._shell.runner.write(lambda job: record_all(ctx, values, job), parent=self, label="lists.counts")
        operation.finished(self._count).success(lambda _: self._saved(found)).failure(lambda error: faults.show(self, error)).start()

    def _saved(self, found: Sequence[tuple[int, dict[str, Any]]]) -> None:
        total = sum(values["counted_total"] for _, values in found)
        self.table.blockSignals(True)
        for place, values in found:
            self.table.item(place, 1).setText(f"✓ {values['counted_total']:,}")
            for at in range(_FIXED, _FIXED + len(_GRID)):
                self.table.item(place, at).setText("")
        self.table.blockSignals(False)
        self._count()
        self.recorded.emit({self.rows[place].id: values["counted_total"] for place, values in found})
        self.banner.show_message(f"{len(found)}か所の報告を登録しました。合計 {total:,}人", tone="good")
        self.take_focus()

    def _text(self, place: int, at: int) -> str:
        cell = self.table.item(place, at)
        return cell.text().strip() if cell is not None else ""

    def _count(self) -> None:
        lines = sum(any(self._text(place, at) for at in range(_FIXED, _FIXED + len(_GRID))) for place in range(len(self.rows)))
        self.save_button.setText(f"{lines}か所を登録（Ctrl+Enter）" if lines else "登録（Ctrl+Enter）")
        self.save_button.setEnabled(bool(lines))

    def _mark(self, problems: Mapping[tuple[int, int], str]) -> None:
        self.table.blockSignals(True)
        look = theme.current()
        for place in range(len(self.rows)):
            for at in range(_FIXED, _FIXED + len(_GRID)):
                cell, words = self.table.item(place, at), problems.get((place, at), "")
                cell.setToolTip(words)
                cell.setBackground(look.colour("danger_soft") if words else QColor(0, 0, 0, 0))
        self.table.blockSignals(False)


def record_all(ctx: Any, values: Sequence[Mapping[str, Any]], job: Job) -> Mapping[str, frozenset[str]]:
    """Record counts one after the other; answers what changed."""
    made: set[str] = set()
    for entry in job.track(values, "lists.counts"):
        made.add(headcounts.record_headcount(ctx, values=entry)[0])
    return {"headcount": frozenset(made)}


class _Grid(QTableWidget):
    """Enter ends a number and goes down to the next shelter; Tab goes right."""

    def __init__(self, lines: int, columns: int) -> None:
        super().__init__(lines, columns)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.AnyKeyPressed | triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName("避難者数の一覧入力")
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.current().px(34))
        self.setAlternatingRowColors(True)

    def closeEditor(self, editor: QWidget, hint: Any) -> None:
        """After Enter, the cell below."""
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint if hint == _ENTERED else hint)
        if hint == _ENTERED:
            self._down()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter on a cell goes down, Delete empties it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.state() == self.State.EditingState:
            return  # the editor passes Enter on; going down is for when it has closed
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._down()
            return
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.currentItem() is not None and self.currentColumn() >= _FIXED:
            self.currentItem().setText("")
            return
        super().keyPressEvent(event)

    def _down(self) -> None:
        if self.currentRow() + 1 < self.rowCount():
            self.setCurrentCell(self.currentRow() + 1, max(_FIXED, self.currentColumn()))

    def moveCursor(self, action: Any, modifiers: Any) -> QModelIndex:
        """Tab skips the columns that are not typed in."""
        index = super().moveCursor(action, modifiers)
        if index.isValid() and index.column() < _FIXED and action == QAbstractItemView.CursorAction.MoveNext:
            return self.model().index(index.row(), _FIXED)
        return index
