"""Taking head counts by phone: one shelter after the other without leaving the keyboard, or a grid down the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QWidget,
)

from app.domain.dates import format_instant
from app.domain.errors import RuleViolation
from app.presentation.columns.spec import Column, ColumnSet
from app.presentation.forms.headcount import HEADCOUNT
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody, ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.moment_field import MomentField
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import headcounts
from app.usecases.job import Job
from app.usecases.rows import ShelterRow

_GRID = (("counted_total", "今回"), ("households", "世帯"), ("male", "男"), ("female", "女"), ("reported_by", "報告者"), ("note", "備考"))
_FIXED = 3  # columns before those that are typed in
_ENTERED = QAbstractItemDelegate.EndEditHint.SubmitModelCache


def _last(shelter: ShelterRow) -> str:
    return "" if shelter.declared is None else f"{shelter.declared:,}"


def _when(shelter: ShelterRow) -> str:
    return format_instant(shelter.declared_at, "short") if shelter.declared_at else "なし"


class CountEntry(QDialog):
    """``recorded`` is emitted after each save. Ctrl+Enter saves and goes to the next shelter; PageDown goes on without saving."""

    recorded = Signal()

    def __init__(self, parent: QWidget | None, shell: Shell, rows: Sequence[ShelterRow], *, shelter_id: str = "", grid: bool = False) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle("避難者数の報告")
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        opened = [shelter for shelter in rows if shelter.is_open or shelter.id == shelter_id]
        self.call = CallTab(self, opened, shelter_id=shelter_id)
        self.grid = GridTab(self, opened)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.call, "1か所ずつ（電話）")
        self.tabs.addTab(self.grid, "まとめて入力（一覧）")
        self.tabs.currentChanged.connect(lambda _: self.take_focus())
        close = button("閉じる（Esc）")
        close.clicked.connect(self.reject)
        body = column(heading("避難者数の報告"), self.tabs, spacing=4, margins=(22, 16, 22, 8))
        body.setStretch(1, 1)
        footer = frame("footer", row(KeyHints([("Ctrl+Enter", "登録"), ("Ctrl+Tab", "入力のしかたを切り替える")]), 1, close, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        around = parent.window().size() if parent else self.screen().availableGeometry().size()
        px = theme.current().px
        self.resize(QSize(px(1060), px(690)).boundedTo(around - QSize(40, 20)))
        for keys in ("Ctrl+Return", "Ctrl+Enter", "Ctrl+S"):
            QShortcut(QKeySequence(keys), self, self.save)
        self.tabs.setCurrentIndex(1 if grid else 0)
        self.take_focus()

    def take_focus(self) -> None:
        """Where numbers are typed."""
        self.tabs.currentWidget().take_focus()

    def save(self) -> None:
        """Save what is in the tab in sight."""
        self.tabs.currentWidget().save()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter walks through the fields; PageDown and PageUp through the shelters."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            if hasattr(focused, "click") and not hasattr(focused, "isChecked"):
                focused.click()
            else:
                self.focusNextPrevChild(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return
        if self.tabs.currentWidget() is self.call and event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.call.step(1 if event.key() == Qt.Key.Key_PageDown else -1)
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Leave; asks first when numbers were typed and not saved."""
        typed = self.call.dirty or self.grid.dirty
        if typed and not ask(self, "入力した人数を捨てますか？", "まだ登録していません。", yes="捨てて閉じる", no="入力に戻る"):
            return
        super().reject()


class CallTab(QWidget):
    """The list of shelters at the left, the form at the right."""

    def __init__(self, dialog: CountEntry, rows: Sequence[ShelterRow], *, shelter_id: str) -> None:
        super().__init__()
        self._dialog = dialog
        self.told: dict[str, int] = {}
        self.rows = list(rows)
        columns: ColumnSet[ShelterRow] = ColumnSet(
            key="count_entry",
            columns=(
                Column(key="name", label="避難所", text=lambda r: r.name, width=12, tip=lambda r: f"{r.name}　前回 {_when(r)}"),
                Column(key="now", label="今回", text=self._now, width=4, align="right", tone=lambda r: "good"),
                Column(key="last", label="前回", text=_last, width=4, align="right"),
            ),
        )
        self.table = Table(columns, name="開設中の避難所", many=False)
        self.table.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.table.show_rows(self.rows)
        self.table.chosen.connect(self._choose)
        self.name = heading("")
        self.facts = note("")
        self.banner = Banner()
        self.form = FormBody(HEADCOUNT)
        self.save_button = button("登録して次の避難所へ（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.clicked.connect(self.save)
        forward = button("登録せずに次へ（PageDown）", icon="chevron-right")
        forward.clicked.connect(lambda: self.step(1))
        right = QWidget()
        inside = column(self.name, self.facts, self.banner, self.form, row(1, forward, self.save_button), spacing=7, margins=(16, 8, 0, 4))
        inside.setStretch(3, 1)
        right.setLayout(inside)
        halves = QSplitter(Qt.Orientation.Horizontal)
        halves.addWidget(self.table)
        halves.addWidget(right)
        halves.setStretchFactor(1, 1)
        halves.setSizes([theme.current().px(360), theme.current().px(640)])
        halves.setChildrenCollapsible(False)
        self.setLayout(column(halves, margins=(0, 8, 0, 0)))
        self._shelter: ShelterRow | None = None
        self._fresh: Mapping[str, str] = self.form.raw()
        self._start(shelter_id)

    @property
    def dirty(self) -> bool:
        """Whether a number was typed that is not saved."""
        return any(self.form.editors[key].raw().strip() for key in ("counted_total", "households", "male", "female", "note"))

    def take_focus(self) -> None:
        """Into the number."""
        self.form.editors["counted_total"].take_focus()

    def step(self, by: int) -> None:
        """To another shelter without saving."""
        place = self.table.currentIndex().row() + by
        if 0 <= place < len(self.rows):
            self.table.selectRow(place)
        self.take_focus()

    def save(self) -> None:
        """Record the count; then the next shelter that has none yet."""
        values = self.form.read()
        if values is None or self._shelter is None or not self.save_button.isEnabled():
            return
        shelter, ctx = self._shelter, self._dialog.shell.context
        self.save_button.setEnabled(False)
        operation = self._dialog.shell.runner.write(
            lambda _: headcounts.record_headcount(ctx, values={**values, "shelter_id": shelter.id}), parent=self, label="lists.saving"
        )
        operation.finished(lambda: self.save_button.setEnabled(True))
        operation.success(lambda _: self._saved(shelter, values["counted_total"])).failure(self._failed).start()

    def _start(self, shelter_id: str) -> None:
        if not self.rows:
            self.save_button.setEnabled(False)
            self.banner.show_message("開設中の避難所がありません。先に避難所を開設してください。", tone="warn")
            return
        today = self._dialog.shell.context.now()
        first = next((row for row in self.rows if row.declared_at is None or (today - row.declared_at).total_seconds() > 12 * 3600), self.rows[0])
        self.table.select_id(shelter_id or first.id)

    def _now(self, shelter: ShelterRow) -> str:
        return f"✓ {self.told[shelter.id]:,}" if shelter.id in self.told else ""

    def _choose(self, shelter_id: Any) -> None:
        shelter = next((row for row in self.rows if row.id == shelter_id), None)
        if shelter is None or shelter is self._shelter:
            return
        self._shelter = shelter
        now = self._dialog.shell.context.now()
        self.form.set_values({"counted_at": now, "reported_by": shelter.in_charge})
        self.form.show_problems({})
        self.banner.show_message("")
        self.name.setText(shelter.name)
        phone = f"電話 {shelter.phone}　" if shelter.phone else ""
        last = f"前回 {_last(shelter)}人（{_when(shelter)}）" if shelter.declared is not None else "前回の報告なし"
        self.facts.setText(f"{phone}{last}　名簿 {shelter.rostered:,}人" + (f"　収容 {shelter.capacity:,}人" if shelter.capacity else ""))

    def _saved(self, shelter: ShelterRow, total: int) -> None:
        self.told[shelter.id] = total
        self._dialog.recorded.emit()
        self._dialog.shell.say(f"{shelter.name} {total:,}人 を登録しました")
        place = next((n for n, row in enumerate(self.rows) if row.id == shelter.id), 0)
        order = [*self.rows[place + 1 :], *self.rows[:place]]
        following = next((row for row in order if row.id not in self.told), None)
        self._shelter = None
        self.table.viewport().update()
        if following is None:
            self._choose(shelter.id)
            self.banner.show_message(f"すべての避難所（{len(self.told)}か所）の報告を登録しました。合計 {sum(self.told.values()):,}人", tone="good")
        else:
            self.table.select_id(following.id)
        self.take_focus()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            if error.field not in self.form.editors or not self.form.show_problems({error.field: message(error)}):
                self.banner.show_message(message(error), tone="bad")
            return
        faults.show(self, error, retry=self.save)


class GridTab(QWidget):
    """One line a shelter; typing starts at once, Enter goes down. Everything is saved together."""

    def __init__(self, dialog: CountEntry, rows: Sequence[ShelterRow]) -> None:
        super().__init__()
        self._dialog, self.rows = dialog, list(rows)
        self.at = MomentField("時点", empty="いま")
        self.banner = Banner()
        self.table = _Grid(len(self.rows), _FIXED + len(_GRID))
        self.table.setHorizontalHeaderLabels(["避難所", "前回", "名簿", *(words for _, words in _GRID)])
        for place, shelter in enumerate(self.rows):
            for at, words in enumerate((shelter.name, _last(shelter), f"{shelter.rostered:,}")):
                cell = QTableWidgetItem(words)
                cell.setFlags(Qt.ItemFlag.ItemIsEnabled)
                if at:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                    cell.setForeground(QColor(theme.current().colours["muted"]))
                    cell.setToolTip(f"前回の時点 {_when(shelter)}" if at == 1 else "")
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
        whole = column(row(self.at, 1, hints, spacing=10), self.banner, self.table, row(1, self.save_button), spacing=8, margins=(0, 10, 0, 0))
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
        at = self.at.moment or self._dialog.shell.context.now()
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
        ctx = self._dialog.shell.context
        values = [entry for _, entry in found]
        self.save_button.setEnabled(False)
        operation = self._dialog.shell.runner.write(lambda job: record_all(ctx, values, job), parent=self, label="lists.counts")
        operation.finished(self._count).success(lambda _: self._saved(found)).failure(lambda error: faults.show(self, error)).start()

    def _saved(self, found: Sequence[tuple[int, dict[str, Any]]]) -> None:
        total = sum(values["counted_total"] for _, values in found)
        self.table.blockSignals(True)
        for place, values in found:
            self._dialog.call.told[self.rows[place].id] = values["counted_total"]
            self.table.item(place, 1).setText(f"✓ {values['counted_total']:,}")
            for at in range(_FIXED, _FIXED + len(_GRID)):
                self.table.item(place, at).setText("")
        self.table.blockSignals(False)
        self._count()
        self._dialog.recorded.emit()
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
