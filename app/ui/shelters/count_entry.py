"""Taking head counts by phone: one shelter after the other without leaving the keyboard, or a grid down the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QSplitter, QTabWidget, QWidget

from app.domain.errors import RuleViolation
from app.presentation.columns.spec import Column, ColumnSet
from app.presentation.forms.headcount import HEADCOUNT
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.shelters.count_grid import GridTab, last_count, last_time
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody, ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row
from app.usecases import headcounts
from app.usecases.rows import ShelterRow


class CountEntry(QDialog):
    """``recorded`` is emitted after each save. Ctrl+Enter saves and goes to the next shelter; PageDown goes on without saving."""

    recorded = Signal()

    def __init__(
        self, parent: QWidget | None, shell: Shell, rows: Sequence[ShelterRow], *, shelter_id: str = "", grid: bool = False
    ) -> None:
        super().__init__(parent)
        self.shell = shell
        self.setWindowTitle("避難者数の報告")
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        opened = [shelter for shelter in rows if shelter.is_open or shelter.id == shelter_id]
        self.call = CallTab(self, opened, shelter_id=shelter_id)
        self.grid = GridTab(shell, opened)
        self.grid.recorded.connect(self._noted)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.call, "1か所ずつ（電話）")
        self.tabs.addTab(self.grid, "まとめて入力（一覧）")
        self.tabs.currentChanged.connect(lambda _: self.take_focus())
        close = button("閉じる（Esc）")
        close.clicked.connect(self.reject)
        body = column(heading("避難者数の報告"), self.tabs, spacing=4, margins=(22, 16, 22, 8))
        body.setStretch(1, 1)
        footer = frame(
            "footer", row(KeyHints([("Ctrl+Enter", "登録"), ("Ctrl+Tab", "入力のしかたを切り替える")]), 1, close, margins=(20, 10, 20, 10))
        )
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

    def _noted(self, totals: Mapping[str, int]) -> None:
        self.call.told.update(totals)
        self.recorded.emit()

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
                Column(key="name", label="避難所", text=lambda r: r.name, width=12, tip=lambda r: f"{r.name}　前回 {last_time(r)}"),
                Column(key="now", label="今回", text=self._now, width=4, align="right", tone=lambda r: "good"),
                Column(key="last", label="前回", text=last_count, width=4, align="right"),
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
        first = next(
            (row for row in self.rows if row.declared_at is None or (today - row.declared_at).total_seconds() > 12 * 3600), self.rows[0]
        )
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
        last = f"前回 {last_count(shelter)}人（{last_time(shelter)}）" if shelter.declared is not None else "前回の報告なし"
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
            self.banner.show_message(
                f"すべての避難所（{len(self.told)}か所）の報告を登録しました。合計 {sum(self.told.values()):,}人", tone="good"
            )
        else:
            self.table.select_id(following.id)
        self.take_focus()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            if error.field not in self.form.editors or not self.form.show_problems({error.field: message(error)}):
                self.banner.show_message(message(error), tone="bad")
            return
        faults.show(self, error, retry=self.save)
