"""What narrows the list of applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.certificate_states import MISSING
from app.presentation.labels import choices, short_label
from app.presentation.messages import message
from app.ui import theme
from app.ui.surveys.asking import labelled, picker
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import button, column, row, text
from app.usecases.certificate_rows import ApplicationFilter

_OTHERS = (
    ("waiting", "待ちの長い順"),
    ("waiting14", "2週間以上待っている"),
    ("waiting30", "1か月以上待っている"),
    ("declared", "申告のみ"),
)


class ApplicationFilters(QWidget):
    """``changed`` when the list has to be asked for again, ``down`` to go into it, ``entered`` with a number that was typed or scanned."""

    changed = Signal()
    down = Signal()

    def __init__(self, *tools: QWidget) -> None:
        super().__init__()
        self.finder = SearchBox("受付番号・呼出番号・氏名・カナ・住所・電話で探す", name="申請を探す")
        self.finder.setMinimumWidth(theme.current().px(280))
        self.state = picker("状態", choices("application.state"))
        self.kind = picker("種類", [(code, short_label("application.kind", code)) for code, _ in choices("application.kind")])
        self.missing = picker("足りないもの", [(code, message(f"application.missing.{code}")) for code in MISSING])
        self.district = picker("地区")
        self.other = picker("そのほか", _OTHERS, every="受付番号の順")
        self.clear = button("条件を消す", icon="undo", role="quiet")
        self.count = text("", role="section", wrap=False)
        self._boxes = (self.state, self.kind, self.missing, self.district, self.other)
        for box in self._boxes:
            box.activated.connect(lambda _: self.changed.emit())
            box.setMinimumWidth(theme.current().px(110))
            box.setMaximumWidth(theme.current().px(210))
        self.clear.clicked.connect(lambda: self.show_filter(ApplicationFilter(), tell=True))
        self.finder.typed.connect(lambda _: self.changed.emit())
        for leave in (self.finder.down, self.finder.left):
            leave.connect(self.down)
        self.finder.entered.connect(lambda _: self.down.emit())
        names = ("状態", "種類", "足りないもの", "地区", "並び・そのほか")
        pickers = row(*(labelled(name, box) for name, box in zip(names, self._boxes, strict=True)), spacing=8)
        pickers.addStretch(1)
        for part in (self.clear, self.count):
            pickers.addWidget(part)
            pickers.setAlignment(part, Qt.AlignmentFlag.AlignBottom)
        self.count.setMinimumHeight(theme.current().px(34))
        top = row(self.finder, *tools, spacing=8)
        top.setStretch(0, 1)
        self.setLayout(column(top, pickers, spacing=6))

    @property
    def wanted(self) -> ApplicationFilter:
        """What is asked for."""
        other = self.other.currentData()
        return ApplicationFilter(
            text=self.finder.text().strip(), state=self.state.currentData(), kind=self.kind.currentData(),
            missing=self.missing.currentData(), district=self.district.currentData(), declared=True if other == "declared" else None,
            waiting={"waiting14": 14, "waiting30": 30}.get(other, 0), sort="waiting" if other.startswith("waiting") else "number",
        )  # fmt: skip

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return replace(self.wanted, sort="number") != ApplicationFilter()

    def show_filter(self, wanted: ApplicationFilter, *, tell: bool = False) -> None:
        """Put conditions in; with ``tell`` the list is asked for."""
        self.finder.setText(wanted.text)
        other = "declared" if wanted.declared else f"waiting{wanted.waiting or ''}" if wanted.waiting or wanted.sort == "waiting" else ""
        for box, value in (
            (self.state, wanted.state), (self.kind, wanted.kind), (self.missing, wanted.missing), (self.district, wanted.district), (self.other, other),
        ):  # fmt: skip
            box.setCurrentIndex(max(0, box.findData(value)))
        if tell:
            self.changed.emit()

    def show_districts(self, districts: Sequence[tuple[str, int]]) -> None:
        """Offer the districts there are."""
        kept = self.district.currentData()
        self.district.clear()
        self.district.addItem("すべて", "")
        for name, _ in districts:
            if name:
                self.district.addItem(name, name)
        self.district.setCurrentIndex(max(0, self.district.findData(kept)))

    def say(self) -> str:
        """The conditions in words, for the head of a file."""
        told = [f"「{self.finder.text().strip()}」"] if self.finder.text().strip() else []
        told += [box.currentText() for box in self._boxes if box.currentData()]
        return "／".join(told)
