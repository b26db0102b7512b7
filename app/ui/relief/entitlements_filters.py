"""What narrows the list of entitlements."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.presentation.labels import choices
from app.ui import theme
from app.ui.relief.programme_choice import Offered, ProgrammeChoice
from app.ui.surveys.asking import labelled, picker
from app.ui.widgets.flow import flow
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import button, column, row, text
from app.usecases.relief_rows import EntitlementFilter

_WANTS = (("any", "何か足りない"), ("none", "そろっている"), *choices("wants"))
_FLAGS = (*((code, word) for code, word in choices("entitlement.flag") if code), ("owed", "これから払う"))


class EntitlementFilters(QWidget):
    """``changed`` when the list has to be asked for again, ``down`` to go into it."""

    changed = Signal()
    down = Signal()

    def __init__(self, *tools: QWidget) -> None:
        super().__init__()
        self.finder = SearchBox("対象番号・氏名・カナ・住所・宛名番号で探す", name="対象者を探す")
        self.finder.setMinimumWidth(theme.current().px(260))
        self.programmes = ProgrammeChoice(self)
        self.progress = picker("進み", choices("entitlement.progress"))
        self.wants = picker("足りないもの", _WANTS)
        self.category = picker("区分")
        self.district = picker("地区")
        self.flag = picker("注意", _FLAGS)
        self.clear = button("条件を消す", icon="undo", role="quiet")
        self.count = text("", role="section", wrap=False)
        self._boxes = (self.progress, self.wants, self.category, self.district, self.flag)
        for box in self._boxes:
            box.activated.connect(lambda _: self.changed.emit())
            box.setMinimumWidth(theme.current().px(96))
            box.setMaximumWidth(theme.current().px(180))
        self.programmes.chosen.connect(self.changed)
        self.clear.clicked.connect(lambda: self.show_filter(EntitlementFilter(), tell=True))
        self.finder.typed.connect(lambda _: self.changed.emit())
        for leave in (self.finder.down, self.finder.left):
            leave.connect(self.down)
        self.finder.entered.connect(lambda _: self.down.emit())
        self._lay_out(tools)

    def _lay_out(self, tools: Sequence[QWidget]) -> None:
        names = ("支援制度", "回", "進み", "足りないもの", "区分", "地区", "注意")
        boxes = (self.programmes.programme, self.programmes.round, *self._boxes)
        for box, width in ((self.programmes.programme, 240), (self.programmes.round, 140)):
            box.setMaximumWidth(theme.current().px(width))
        pickers = flow(*(labelled(name, box) for name, box in zip(names, boxes, strict=True)), spacing=8)
        top = row(self.finder, self.clear, *tools, self.count, spacing=8)
        top.setStretch(0, 1)
        top.setAlignment(self.count, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(column(top, pickers, spacing=6))

    @property
    def wanted(self) -> EntitlementFilter:
        """What is asked for."""
        flag = self.flag.currentData()
        return EntitlementFilter(
            text=self.finder.text().strip(), programme_id=self.programmes.programme_id, round_id=self.programmes.round_id,
            progress=self.progress.currentData(), wants=self.wants.currentData(), category=self.category.currentData(),
            district=self.district.currentData(), flag="" if flag == "owed" else flag, owed=True if flag == "owed" else None,
        )  # fmt: skip

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return self.wanted != EntitlementFilter()

    def show_filter(self, wanted: EntitlementFilter, *, tell: bool = False) -> None:
        """Put conditions in; with ``tell`` the list is asked for."""
        self.finder.setText(wanted.text)
        self.programmes.choose(wanted.programme_id, wanted.round_id)
        values = (wanted.progress, wanted.wants, wanted.category, wanted.district, "owed" if wanted.owed else wanted.flag)
        for box, value in zip(self._boxes, values, strict=True):
            box.setCurrentIndex(max(0, box.findData(value)))
        if tell:
            self.changed.emit()

    def show_choices(self, offered: Sequence[Offered], districts: Sequence[str]) -> None:
        """Offer the programmes, categories and districts there are."""
        self.programmes.show(offered)
        categories = list(dict.fromkeys(name for one in offered for name in one.categories))
        for box, names in ((self.category, categories), (self.district, districts)):
            kept = box.currentData()
            while box.count() > 1:
                box.removeItem(1)
            for name in names:
                box.addItem(name, name)
            box.setCurrentIndex(max(0, box.findData(kept)))

    def say(self) -> str:
        """The conditions in words, for the head of a file."""
        told = [f"「{self.finder.text().strip()}」"] if self.finder.text().strip() else []
        told += [box.currentText() for box in (self.programmes.programme, self.programmes.round, *self._boxes) if box.currentData()]
        return "／".join(told)
