"""確実: pairs that fit beyond doubt, looked over in a table and linked together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from app.presentation.columns.matching import SURE, SureRow
from app.presentation.columns.spec import Column, ColumnSet
from app.ui.page import Shell
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import ask
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.side_by_side import SideBySide, compare, side_of
from app.ui.widgets.text import button, column, row, text
from app.ui.widgets.tick_table import TickTable
from app.usecases.matching_rows import MatchCase, ShownCase

Load = Callable[[Sequence[MatchCase]], Sequence[ShownCase]]


class SurePane(QWidget):
    """``confirmed`` carries the pairs ``(person id, resident id)`` after the question was answered; ``undone`` asks to take them back."""

    confirmed = Signal(object)
    undone = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._cases: dict[str, MatchCase] = {}
        self._settled: dict[str, MatchCase] = {}
        self.left_out: set[str] = set()
        self.may_write = True
        self.only_different = QCheckBox("違うところがある組だけを表示")
        self.only_different.toggled.connect(lambda _: self._filter())
        self.count = text("", role="note", wrap=False)
        tick: Column[SureRow] = Column(
            key="tick", label="結び付け", text=lambda r: "☐ 外す" if r.id in self.left_out else "☑ する", width=4,
            tone=lambda r: "quiet" if r.id in self.left_out else "", screen_only=True,
        )  # fmt: skip
        columns: ColumnSet[SureRow] = ColumnSet(key=SURE.key, columns=(tick, *SURE.columns))
        self.table = TickTable(columns, name="確実に同じ人と思われる組", runner=shell.runner, preferences=shell.preferences)
        self.table.ticked.connect(self.toggle)
        self.table.clicked.connect(self._click)
        self.table.chosen.connect(lambda _: self._compare())
        self.table.rows.dataChanged.connect(lambda *_: self._compare())
        self.compared = SideBySide(("避難者の登録", "住民データ"))
        self.all_on, self.all_off = button("表示中をすべて選ぶ", icon="check"), button("表示中をすべて外す", icon="minus")
        self.all_on.clicked.connect(lambda: self.tick_shown(True))
        self.all_off.clicked.connect(lambda: self.tick_shown(False))
        self.link_button = button("", role="primary", icon="check")
        self.link_button.clicked.connect(self.confirm)
        self.undo_button = button("直前の結び付けを元に戻す", icon="undo")
        self.undo_button.clicked.connect(self.undone)
        self.undo_button.hide()
        self.empty = EmptyState("確実な組はありません", "点が高く、ほかに似た人のいない組がここに並びます。", icon="success")
        hints = KeyHints([("Space", "する／外す"), ("↑↓", "前後の組"), ("Ctrl+A", "すべて選ぶ")])
        top = row(self.only_different, self.count, 1, self.undo_button, self.link_button, spacing=10)
        foot = row(self.all_on, self.all_off, 1, hints, spacing=8)
        whole = column(top, self.table, self.empty, self.compared, foot, spacing=8)
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def show_cases(self, cases: Sequence[MatchCase], load: Load) -> None:
        """These pairs, all of them ticked."""
        self._cases = {case.person_id: case for case in cases if case.candidates}
        self._load = load
        self.left_out.clear()
        self._settled = {}
        self._show()

    def _show(self) -> None:
        self.table.setVisible(bool(self._cases))
        self.compared.setVisible(bool(self._cases))
        self.empty.setVisible(not self._cases)
        self._filter()

    def take_focus(self) -> None:
        """On the pairs."""
        self.table.focus_first()

    @property
    def wanted(self) -> list[tuple[str, str]]:
        """The pairs that are ticked."""
        return [(case.person_id, case.candidates[0].resident_id) for case in self._cases.values() if case.person_id not in self.left_out]

    @property
    def remaining(self) -> list[str]:
        """The people not linked yet."""
        return list(self._cases)

    def settle(self, people: Sequence[str]) -> None:
        """These were linked: they leave the list."""
        self._settled = {person: self._cases[person] for person in people if person in self._cases}
        self._cases = {person: case for person, case in self._cases.items() if person not in self._settled}
        self._show()

    def unsettle(self) -> None:
        """The last ones linked were taken back: they come again, unticked."""
        self._cases = {**self._settled, **self._cases}
        self.left_out |= set(self._settled)
        self._settled = {}
        self._show()

    def toggle(self) -> None:
        """Turn the selected pairs: all on if any is off, else all off."""
        ids = set(self.table.selected_ids())
        if ids & self.left_out:
            self.left_out -= ids
        else:
            self.left_out |= ids
        self._redraw()

    def tick_shown(self, on: bool) -> None:
        """All pairs in sight of the filter."""
        ids = {self.table.rows.row_id(place) for place in range(self.table.rows.rowCount())}
        (self.left_out.difference_update if on else self.left_out.update)(ids)
        self._redraw()

    def confirm(self) -> None:
        """Ask, and hand the pairs over."""
        wanted = self.wanted
        if not wanted or not self.may_write:
            return
        different = sum(bool(self._cases[person].candidates[0].differences) for person, _ in wanted)
        told = f"登録した内容はそのまま残り、空の欄だけを住民データで補います。うち{different:,}組には違うところがあります。まとめて元に戻せます。"
        if ask(self, f"{len(wanted):,}組を結び付けますか？", told, yes=f"{len(wanted):,}組を結び付ける", no="やめる", danger=False):
            self.confirmed.emit(wanted)

    def show_undo(self, on: bool) -> None:
        """Whether the last linking can be taken back from here."""
        self.undo_button.setVisible(on)

    def _filter(self) -> None:
        wanted = self.only_different.isChecked()
        ids = [key for key, case in self._cases.items() if not wanted or case.candidates[0].differences]
        self.table.show_ids(ids, self._rows)
        self._redraw()

    def _rows(self, ids: Sequence[Any]) -> list[SureRow | None]:
        shown = {one.person.id: one for one in self._load([self._cases[key] for key in ids]) if one.candidates}
        return [SureRow(id=key, case=shown[key], best=shown[key].candidates[0]) if key in shown else None for key in ids]

    def _click(self, index: QModelIndex) -> None:
        if index.column() == 0:
            self.toggle()

    def _compare(self) -> None:
        chosen: SureRow | None = self.table.current_row()
        self.compared.setVisible(chosen is not None)
        if chosen is not None:
            self.compared.show_lines(compare(side_of(chosen.case.person), side_of(chosen.best.resident)))

    def _redraw(self) -> None:
        number = len(self.wanted)
        self.count.setText(f"{self.table.rows.rowCount():,}組を表示、{number:,}組を選択")
        self.link_button.setText(f"{number:,}組を結び付ける…")
        self.link_button.setEnabled(bool(number) and self.may_write)
        self.table.viewport().update()
        self._compare()
