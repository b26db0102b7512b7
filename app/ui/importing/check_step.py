"""Step 3: every row was read; what is wrong with the file. Step 4: what would be done, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QTabBar, QWidget

from app.interchange.importing.outcome import say_issue
from app.presentation.columns.snapshot import SOURCES
from app.presentation.labels import label
from app.ui.importing.columns import _PLAN, issue_columns, plan_columns
from app.ui.importing.work import Checked, PlanLine
from app.ui.preferences import Preferences
from app.ui.widgets.banner import Banner
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.stat import StatTile
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row
from app.ui.widgets.tick_table import TickTable
from app.usecases.plans import ACTIONS

SWAPPED = "列の中身が、見出しと違うようです。前の画面で列の対応を直してください。このままで正しければ、そのまま点検し直せます。"
_WORDS = {"all": "すべて", "error": "エラー", "warning": "警告"}


class CheckStep(QWidget):
    """Numbers and the table of problems (行・列・値・種別・内容)."""

    def __init__(self, *, many: bool, preferences: Preferences | None = None) -> None:
        super().__init__()
        self._checked = Checked()
        self.tiles = {
            "read": StatTile("読んだ行", icon="list", unit="行"),
            "good": StatTile("取り込める行", icon="success", unit="行"),
            "errors": StatTile("エラーの行", icon="error", unit="行"),
            "warnings": StatTile("警告", icon="warning", unit="件"),
        }
        self.banner = Banner()
        self.filters = _filters(_WORDS, self._filter)
        self.table = Table(issue_columns(many=many), name="見つかった問題", preferences=preferences)
        self.sources = Table(SOURCES, name="ファイルの順", preferences=preferences, many=False)
        self.table.chosen.connect(lambda _: self._say())
        self.told = note("")
        self._rest = QWidget()
        self._rest.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        whole = column(
            row(*self.tiles.values(), spacing=10), self.banner, self.sources, self.filters, self.table, self.told, self._rest, spacing=10
        )
        whole.setStretch(2, 2)
        whole.setStretch(4, 3)
        self.setLayout(whole)

    def show_checked(self, checked: Checked) -> None:
        """Show what was found."""
        self._checked = checked
        self.tiles["read"].show_number(checked.read)
        self.tiles["good"].show_number(max(0, checked.read - checked.errors), tone="good")
        self.tiles["errors"].show_number(
            checked.errors, note="取り込みません" if checked.errors else "ありません", tone="bad" if checked.errors else "good"
        )
        self.tiles["warnings"].show_number(checked.warnings, note="確かめてください" if checked.warnings else "ありません")
        if checked.faults:
            self.banner.show_message(
                "読めないファイルがあります。このままでは取り込めません。下の内容を見て、ファイルを直すか外してください。", tone="bad"
            )
        elif not checked.usable:
            self.banner.show_message("取り込める行がありません。ファイルと列の対応を確かめてください。", tone="bad")
        elif checked.errors:
            self.banner.show_message(
                "エラーの行は取り込まず、理由を付けて別のCSVに書き出します。直してから、もう一度取り込めます。", tone="warn"
            )
        elif checked.warnings:
            self.banner.show_message("すべての行を取り込めます。警告の内容を確かめてください。", tone="info")
        else:
            self.banner.show_message("すべての行を点検しました。問題はありません。", tone="good")
        self.sources.show_rows(checked.sources, key=id)
        self.sources.setVisible(bool(checked.sources))
        self._filter()

    def take_focus(self) -> None:
        """On the problems; on the files when there are none: what is hidden cannot have the keyboard."""
        shown = next((table for table in (self.table, self.sources) if not table.isHidden()), None)
        if shown is not None:
            shown.focus_first()

    def _filter(self) -> None:
        wanted = _current(self.filters)
        entries = [*self._checked.faults, *self._checked.issues]
        shown = [entry for entry in entries if wanted == "all" or entry.issue.severity == wanted]
        self.table.show_rows(shown, key=id)
        self.table.setVisible(bool(entries))
        self.told.setVisible(bool(entries))
        self._say()
        self._rest.setVisible(not entries and not self._checked.sources)
        self.filters.setVisible(bool(entries))

    def _say(self) -> None:
        """The problem at hand in full: its column is too narrow for a sentence."""
        chosen = self.table.current_row()
        self.told.setText(say_issue(chosen.issue) if chosen is not None else "")


class PlanStep(QWidget):
    """The plan with ticks. Space ticks or unticks the selected rows; rows in doubt are answered with two buttons."""

    changed = Signal()

    def __init__(self, target: str, *, many: bool, preferences: Preferences | None = None) -> None:
        super().__init__()
        self._target = target
        self._lines: Sequence[PlanLine] = ()
        self.skipped: set[tuple[int, int]] = set()
        self.decisions: dict[tuple[int, int], str] = {}
        words = {"all": "すべて", **{action: label("plan", _PLAN[action]) for action in ACTIONS}}
        self.filters = _filters(words, self._filter)
        self._words = words
        self.complete = QCheckBox("載っていない避難所は、その時点で閉鎖とみなす（開設中の避難所すべての一覧のとき）")
        self.complete.setVisible(target == "headcounts")
        self._complete_touched = False
        self.complete.clicked.connect(self._touch_complete)
        columns = plan_columns(target, skipped=self.skipped, decisions=self.decisions, many=many)
        self.table = TickTable(columns, name="取り込みの内容", preferences=preferences)
        self.table.ticked.connect(self.toggle)
        self.table.clicked.connect(self._click)
        self._same = button("同じ人として取り込む", icon="user")
        self._other = button("別の人として登録", icon="user-plus")
        self._later = button("保留にする", icon="clock")
        for made, answer in ((self._same, "same"), (self._other, "different"), (self._later, "")):
            made.clicked.connect(lambda _=False, answer=answer: self.decide(answer))
        all_on, all_off = button("表示中をすべて取り込む", icon="check"), button("表示中をすべて外す", icon="minus")
        all_on.clicked.connect(lambda: self.tick_shown(True))
        all_off.clicked.connect(lambda: self.tick_shown(False))
        self._doubt = QWidget()
        self._doubt.setLayout(row(note("要確認の行："), self._same, self._other, self._later, 1, spacing=8))
        self._doubt.setVisible(False)
        tools = row(all_on, all_off, 1, KeyHints([("Space", "取り込む／外す"), ("Ctrl+A", "すべて選ぶ")]), spacing=8)
        whole = column(self.filters, self.table, self._doubt, tools, self.complete, spacing=8)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def show_checked(self, checked: Checked) -> None:
        """Show a new plan; ticks start anew."""
        self.skipped.clear()
        self.decisions.clear()
        self._lines = checked.lines()
        counts = checked.counts()
        for place, (code, words) in enumerate(self._words.items()):
            number = len(self._lines) if code == "all" else counts[code]
            self.filters.setTabText(place, f"{words} {number:,}")
            self.filters.setTabEnabled(place, bool(number) or code == "all")
        some = any(prepared.complete for prepared in checked.prepared)
        self._complete_touched = False
        self.complete.setTristate(some and not checked.complete)
        mixed = Qt.CheckState.PartiallyChecked if some else Qt.CheckState.Unchecked
        self.complete.setCheckState(Qt.CheckState.Checked if checked.complete else mixed)
        self._doubt.setVisible(self._target == "evacuees" and bool(counts["review"]))
        first = "review" if counts["review"] and self._target == "evacuees" else "all"
        self.filters.setCurrentIndex(list(self._words).index(first))
        self._filter()

    @property
    def said_complete(self) -> bool | None:
        """What the person said about complete lists; None: as each file looks."""
        return self.complete.isChecked() if self._complete_touched else None

    @property
    def wanted(self) -> int:
        """Rows that will change something."""
        plain = sum(line.item.action in ("create", "update") and line.id not in self.skipped for line in self._lines)
        return plain + len(self.decisions)

    def take_focus(self) -> None:
        """On the rows."""
        self.table.focus_first()

    def toggle(self) -> None:
        """Turn the selected rows: all on if any is off, else all off."""
        ids = self._tickable(self.table.selected_ids())
        if not ids:
            return
        if any(line in self.skipped for line in ids):
            self.skipped.difference_update(ids)
        else:
            self.skipped.update(ids)
        self._redraw()

    def tick_shown(self, on: bool) -> None:
        """All rows in sight."""
        ids = self._tickable([self.table.rows.row_id(place) for place in range(self.table.rows.rowCount())])
        (self.skipped.difference_update if on else self.skipped.update)(ids)
        self._redraw()

    def decide(self, answer: str) -> None:
        """Answer the selected rows in doubt; empty leaves them for later."""
        known = {line.id: line.item for line in self._lines}
        for row_id in self.table.selected_ids():
            item = known[row_id]
            if item.action != "review":
                continue
            if answer and (answer == "different" or item.existing):
                self.decisions[row_id] = answer
            else:
                self.decisions.pop(row_id, None)
        self._redraw()

    def _tickable(self, ids: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        actions = {line.id: line.item.action for line in self._lines}
        return [row_id for row_id in ids if actions[row_id] in ("create", "update")]

    def _click(self, index: QModelIndex) -> None:
        if index.column() == 0:
            self.toggle()

    def _touch_complete(self) -> None:
        self._complete_touched = True
        self.complete.setTristate(False)

    def _redraw(self) -> None:
        self.table.viewport().update()
        self.changed.emit()

    def _filter(self) -> None:
        wanted = _current(self.filters)
        self.table.show_rows([line for line in self._lines if wanted in ("all", line.item.action)], key=lambda line: line.id)
        self.changed.emit()


def _filters(words: dict[str, str], act) -> QTabBar:
    """A bar of choices of which one is in force; arrow keys walk through it."""
    bar = QTabBar(documentMode=True, drawBase=False, expanding=False)
    bar.setAccessibleName("絞り込み")
    for place, (code, caption) in enumerate(words.items()):
        bar.addTab(caption)
        bar.setTabData(place, code)
    bar.currentChanged.connect(lambda _: act())
    return bar


def _current(bar: QTabBar) -> str:
    return bar.tabData(bar.currentIndex()) or "all"
