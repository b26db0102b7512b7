"""What a calculation comes to: figures, count × unit price by category, what is missing, and a list per person with the reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QWidget

from app.presentation.columns.entitlement import CALCULATED, CATEGORY_COUNTS
from app.presentation.labels import label
from app.presentation.yen_words import yen
from app.ui import theme
from app.ui.page import Shell
from app.ui.surveys.asking import picker
from app.ui.widgets.flow import flow
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.stat import StatTile
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, heading, note, row, text
from app.usecases.relief_rows import WANTS, CalculatedRow, Calculation

_SHOW = (
    ("due", "対象になる人・世帯"), ("open", "これから払う"), ("wants", "足りないものがある"), ("changed", "前の計算から変わる"),
    ("over", "過払い"), ("problem", "手で確かめる"), ("none", "対象でない"), *((f"wants:{code}", f"{label('wants', code)}がない") for code in WANTS),
)  # fmt: skip


_CHANGED = frozenset({"created", "raised", "lowered", "over", "ended"})
_UNITS = (("household", "世帯"), ("person", "人"))


class CalculationResult(QWidget):
    """``wanted`` asks for the list of what is missing: a code of ``WANTS``. ``opened`` carries the entitlement of a row, if it has one."""

    wanted = Signal(str)
    opened = Signal(str)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.calculation: Calculation | None = None
        self.tiles = {
            "count": StatTile("対象", icon="evacuees", unit="件"),
            "total": StatTile("支給の総額", icon="relief"),
            "to_pay": StatTile("これから払う額", icon="cash"),
            "left": StatTile("予算の残り", icon="ledger"),
        }
        self.categories = Table(CATEGORY_COUNTS, name="区分ごとの件数と金額", preferences=shell.preferences, many=False)
        self.missing = QWidget()
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        self.rules_button = button("この回の決まり", icon="programmes", role="quiet")
        self.finder = SearchBox("氏名・カナ・住所・区分で絞る", name="計算の結果を絞る")
        self.finder.typed.connect(lambda _: self._narrow())
        self.what = picker("どの行を見るか", _SHOW)
        self.what.setMinimumWidth(theme.current().px(150))
        self.what.activated.connect(lambda _: self._narrow())
        self.count = text("", role="section", wrap=False)
        self.table = Table(CALCULATED, name="計算の結果", preferences=shell.preferences)
        self.table.opened.connect(lambda _: self._open())
        self.finder.down.connect(self.table.focus_first)
        self.reason = note("")
        self.table.chosen.connect(lambda _: self._explain())
        self._lay_out()

    def _lay_out(self) -> None:
        left = QWidget()
        self._under = column(row(heading("区分ごとの件数と金額"), 1, self.rules_button), self.categories, heading("足りないもの"), self.missing, spacing=6)
        self._under.setStretch(1, 1)
        left.setLayout(self._under)
        right = QWidget()
        top = row(self.finder, self.what, self.count, self.export_button, spacing=8)
        top.setStretch(0, 1)
        list_ = column(top, self.table, self.reason, spacing=6, margins=(10, 0, 0, 0))
        list_.setStretch(1, 1)
        right.setLayout(list_)
        both = QSplitter()
        both.addWidget(left)
        both.addWidget(right)
        both.setStretchFactor(0, 2)
        both.setStretchFactor(1, 5)
        both.setSizes([470, 670])
        both.setChildrenCollapsible(False)
        inner = QWidget()
        inner.setProperty("role", "scroll")
        parts = column(row(*self.tiles.values(), spacing=10), both, spacing=10)
        parts.setStretch(1, 1)
        inner.setLayout(parts)
        inner.setMinimumHeight(theme.current().px(430))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        self.setLayout(column(area, spacing=0))

    def show_calculation(self, found: Calculation) -> None:
        """This one."""
        self.calculation = found
        units = "　".join(f"{number:,}{word}" for code, word in _UNITS if (number := _count(found, code)))
        self.tiles["count"].show_number(found.count, note=units or "当てはまる人・世帯はいません")
        self.tiles["total"].show_number(yen(found.total), note=f"うち支給済み・手続き中 {yen(found.already)}" if found.already else "")
        ready = f"いま払える {found.payable:,}件" if found.to_pay else "払うものはありません"
        self.tiles["to_pay"].show_number(yen(found.to_pay), note=ready)
        self._show_budget(found)
        self.categories.show_rows(found.categories, key=lambda one: f"{one.category}{one.unit}{one.unit_amount}")
        self._show_missing(found)
        self.what.setCurrentIndex(self.what.findData("due" if found.count else ""))
        self._narrow()

    def _show_budget(self, found: Calculation) -> None:
        tile = self.tiles["left"]
        if found.left is None or found.budget is None:
            tile.show_number("―", note="予算が決まっていません")
        elif found.left < 0:
            tile.show_number(yen(found.left), note=f"⚠ 予算 {yen(found.budget)} を超えます", tone="bad")
        else:
            tile.show_number(yen(found.left), note=f"予算 {yen(found.budget)}")

    def _show_missing(self, found: Calculation) -> None:
        lines: list[QWidget] = []
        for code, number in found.missing.items():
            if number:
                made = button(f"{label('wants', code)}がない {number:,}件", icon="warning", tip="この人たちの一覧を開きます")
                made.clicked.connect(lambda _=False, code=code: self.wanted.emit(code))
                lines.append(made)
        told = "足りないものはありません。" if found.to_pay else "払うものがないので、足りないものもありません。"
        fresh = flow(*lines) if lines else note(told)
        self._under.replaceWidget(self.missing, fresh)
        self.missing.hide()
        self.missing.deleteLater()
        self.missing = fresh

    # -- the list

    def show_wants(self, code: str) -> None:
        """Only those who lack this."""
        self.what.setCurrentIndex(self.what.findData(f"wants:{code}"))
        self.finder.clear()
        self._narrow()
        self.table.setFocus()

    def rows(self) -> list[CalculatedRow]:
        """The rows that the conditions leave."""
        if self.calculation is None:
            return []
        words, belongs = self.finder.text().split(), _test(self.what.currentData())
        return [one for one in self.calculation.rows if belongs(one) and (not words or all(word in _searched(one) for word in words))]

    def _narrow(self) -> None:
        rows = self.rows()
        self.table.show_rows(rows, key=lambda one: one.subject)
        self.count.setText(f"{len(rows):,}件")
        if rows and self.table.current_id() is None:
            self.table.make_current(0)
        self._explain()

    def _explain(self) -> None:
        found: CalculatedRow | None = self.table.current_row()
        self.reason.setText("" if found is None else f"{found.name}：{CALCULATED.column('reasons').text(found)}")

    def _open(self) -> None:
        found: CalculatedRow | None = self.table.current_row()
        if found is not None and found.entitlement_id:
            self.opened.emit(found.entitlement_id)

    def say(self) -> str:
        """The conditions in words, for the head of a file."""
        told = [f"「{self.finder.text().strip()}」"] if self.finder.text().strip() else []
        return "／".join([*told, *([self.what.currentText()] if self.what.currentData() else [])])


def _count(found: Calculation, unit: str) -> int:
    return sum(one.unit == unit and (one.due > 0 or bool(one.lines)) for one in found.rows)


_TESTS: Mapping[str, Callable[[CalculatedRow], bool]] = {
    "": lambda one: True,
    "due": lambda one: one.due > 0 or bool(one.lines),
    "open": lambda one: one.open > 0,
    "wants": lambda one: bool(one.wants),
    "changed": lambda one: one.action in _CHANGED,
    "over": lambda one: one.over > 0,
    "problem": lambda one: bool(one.problem),
    "none": lambda one: one.action == "none",
}


def _test(what: str) -> Callable[[CalculatedRow], bool]:
    """Whether a row belongs to a choice of ``_SHOW``."""
    kind, _, code = what.partition(":")
    return (lambda one: code in one.wants) if code else _TESTS[kind]


def _searched(one: CalculatedRow) -> str:
    return f"{one.number} {one.name} {one.kana} {one.address} {one.district} {one.category}"


def changes_words(found: Calculation) -> Sequence[str]:
    """What calculating does to the register, the parts that are not zero."""
    parts = (
        ("新しく作る", found.created), ("増額", found.raised), ("減額", found.lowered), ("過払い", found.over), ("対象外にする", found.ended),
        ("辞退のまま", found.declined), ("手で確かめる", found.problems), ("変わらない", found.unchanged),
    )  # fmt: skip
    return [f"{words} {number:,}件" for words, number in parts if number]
