"""What narrows the list of buildings: one box for words and scanned sheets, and pickers that stay in sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.presentation.columns.building import STATE_WORDS
from app.presentation.labels import choices, short_label
from app.ui import theme
from app.ui.surveys.asking import labelled, picker
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import button, column, row, text
from app.usecases.survey_rows import LAST_STATES, BuildingFilter

_OTHERS = (
    ("collapsed", "倒壊家屋"),
    ("unlinked", "世帯が結び付いていない"),
    ("appeal", "再調査の依頼がある"),
    ("unassigned", "班の予定に入っていない"),
    ("assigned", "班の予定に入っている"),
)


class BuildingFilters(QWidget):
    """``changed`` when the list has to be asked for again, ``scanned`` with the text of a sheet's code, ``down`` to go into the list."""

    changed = Signal()
    scanned = Signal(str)
    down = Signal()

    def __init__(self, *tools: QWidget) -> None:
        super().__init__()
        self.finder = SearchBox("調査番号・所在地・所有者・世帯主で探す（調査票のQRも読み取れます）", name="建物を探す")
        self.finder.setMinimumWidth(theme.current().px(300))
        self.district = picker("地区")
        grades = [(code, short_label("grade", code)) for code, _ in choices("grade")]
        self.grade = picker("被害の程度", [*grades, ("ungraded", "判定なし")])
        states = dict(choices("survey.state"))
        self.state = picker("調査の状態", [(code, STATE_WORDS.get(code) or states[code]) for code in LAST_STATES])
        self.risk = picker("応急危険度判定", choices("building.risk"))
        self.risk.setToolTip("入っても安全かどうかの判定です。被害の程度（罹災証明書）とは別のものです。")
        self.use = picker("用途", choices("building.use"))
        self.other = picker("そのほかの条件", _OTHERS)
        self.clear = button("条件を消す", icon="undo", role="quiet")
        self.count = text("", role="section", wrap=False)
        self._boxes = (self.district, self.grade, self.state, self.risk, self.use, self.other)
        for box in self._boxes:
            box.activated.connect(lambda _: self.changed.emit())
        self.clear.clicked.connect(lambda: self.show_filter(BuildingFilter(), tell=True))
        self.finder.typed.connect(self._typed)
        self.finder.entered.connect(self._entered)
        self.finder.down.connect(self.down)
        self.finder.left.connect(self.down)
        names = ("地区", "被害の程度", "調査", "応急危険度判定", "用途", "そのほか")
        pickers = row(*(labelled(name, box) for name, box in zip(names, self._boxes, strict=True)), spacing=8)
        pickers.addStretch(1)
        pickers.addWidget(self.clear)
        pickers.addWidget(self.count)
        self.count.setMinimumHeight(theme.current().px(34))
        for part in (self.clear, self.count):
            pickers.setAlignment(part, Qt.AlignmentFlag.AlignBottom)
        for box in self._boxes:
            box.setMinimumWidth(theme.current().px(96))
            box.setMaximumWidth(theme.current().px(190))
        top = row(self.finder, *tools, spacing=8)
        top.setStretch(0, 1)
        self.setLayout(column(top, pickers, spacing=6))

    @property
    def wanted(self) -> BuildingFilter:
        """What is asked for."""
        other = self.other.currentData()
        return BuildingFilter(
            text="" if self._is_code(self.finder.text()) else self.finder.text().strip(),
            district=self.district.currentData(),
            grade=self.grade.currentData(),
            state=self.state.currentData(),
            risk=self.risk.currentData(),
            use=self.use.currentData(),
            collapsed=True if other == "collapsed" else None,
            linked=False if other == "unlinked" else None,
            assigned={"assigned": True, "unassigned": False}.get(other),
            appeal=other == "appeal",
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return self.wanted != BuildingFilter()

    def show_filter(self, wanted: BuildingFilter, *, tell: bool = False) -> None:
        """Put conditions in; with ``tell`` the list is asked for."""
        self.finder.setText(wanted.text)
        other = (
            "collapsed" if wanted.collapsed else "unlinked" if wanted.linked is False else "appeal" if wanted.appeal
            else "unassigned" if wanted.assigned is False else "assigned" if wanted.assigned else ""
        )  # fmt: skip
        for box, value in (
            (self.district, wanted.district), (self.grade, wanted.grade), (self.state, wanted.state), (self.risk, wanted.risk),
            (self.use, wanted.use), (self.other, other),
        ):  # fmt: skip
            box.setCurrentIndex(max(0, box.findData(value)))
        if tell:
            self.changed.emit()

    def show_districts(self, districts: Sequence[tuple[str, int]]) -> None:
        """Offer the districts there are."""
        kept: Any = self.district.currentData()
        self.district.clear()
        self.district.addItem("すべて", "")
        for name, count in districts:
            if name:
                self.district.addItem(f"{name}（{count:,}）", name)
        self.district.setCurrentIndex(max(0, self.district.findData(kept)))

    def say(self) -> str:
        """The conditions in words, for the head of a file."""
        names = ("地区", "被害の程度", "調査", "応急危険度判定", "用途", "")
        told = [f"「{self.finder.text().strip()}」"] if self.finder.text().strip() else []
        for name, box in zip(names, self._boxes, strict=True):
            if box.currentData():
                told.append(f"{name}：{box.currentText()}" if name else box.currentText())
        return "／".join(told)

    @staticmethod
    def _is_code(words: str) -> bool:
        return words.strip().upper().startswith("SASAE-B")

    def _typed(self, words: str) -> None:
        if not self._is_code(words):
            self.changed.emit()

    def _entered(self, words: str) -> None:
        if self._is_code(words):
            self.finder.clear()
            self.scanned.emit(words)
        else:
            self.down.emit()
