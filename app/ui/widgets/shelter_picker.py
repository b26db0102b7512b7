"""Choosing a shelter: open ones first; typing a part of its name finds it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter

from app.ui import ime, theme
from app.ui.runner import Runner
from app.usecases.context import Context
from app.usecases.rows import ShelterRow
from app.usecases.shelters import list_shelters

_CLOSED = "（閉鎖中）"


class ShelterPicker(QComboBox):
    """``picked`` carries the id, empty for none. Words that are no shelter fall back to what was chosen before."""

    picked = Signal(str)

    def __init__(self, *, empty: str = "すべての避難所") -> None:
        super().__init__()
        self._empty = empty
        self._wanted = ""
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(18)
        self.setAccessibleName("避難所")
        self.setMinimumWidth(theme.current().px(210))
        finder = QCompleter(self.model(), self)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        finder.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(finder)
        ime.prepare(self.lineEdit(), "hiragana")
        self.show_shelters(())
        self.activated.connect(lambda _: self._took())
        self.lineEdit().editingFinished.connect(self._typed)

    @property
    def shelter_id(self) -> str:
        """What is chosen or typed, also before the field is left; empty when the words mean no shelter, or several."""
        words = self.lineEdit().text().strip()
        if words == self.itemText(self.currentIndex()):
            return self.currentData() or ""
        exact = [place for place in range(1, self.count()) if self.itemText(place).removesuffix(_CLOSED) == words]
        meant = exact or [place for place in range(1, self.count()) if words and words in self.itemText(place)]
        return self.itemData(meant[0]) if len(meant) == 1 else ""

    def choose(self, shelter_id: str) -> None:
        """Choose one, now or as soon as it is listed."""
        self._wanted = shelter_id
        self.setCurrentIndex(max(0, self.findData(shelter_id)))

    def show_shelters(self, rows: Sequence[ShelterRow]) -> None:
        """List these; the choice stays."""
        kept = self._wanted or self.shelter_id
        self.blockSignals(True)
        self.clear()
        self.addItem(self._empty, "")
        for shelter in sorted(rows, key=lambda row: not row.is_open):
            self.addItem(shelter.name if shelter.is_open else f"{shelter.name}{_CLOSED}", shelter.id)
        self.setCurrentIndex(max(0, self.findData(kept)))
        self.blockSignals(False)

    def load(self, ctx: Context, runner: Runner, *, chosen: str = "") -> None:
        """Read them behind the scenes."""
        self._wanted = chosen or self._wanted
        runner.read(lambda: list_shelters(ctx), latest=f"shelters:{id(self)}").success(self.show_shelters).start()

    def _typed(self) -> None:
        words = self.lineEdit().text().strip()
        found = self.findText(words, Qt.MatchFlag.MatchFixedString)
        if found < 0:
            found = self.findText(f"{words}{_CLOSED}", Qt.MatchFlag.MatchFixedString)
        if found < 0 and words:
            found = self.findText(words, Qt.MatchFlag.MatchContains)
        place = found if found >= 0 else max(0, self.findData(self._wanted))
        if not words:
            place = 0
        self.setCurrentIndex(place)
        self.setEditText(self.itemText(place))
        self._took()

    def _took(self) -> None:
        if self.shelter_id != self._wanted:
            self._wanted = self.shelter_id
            self.picked.emit(self.shelter_id)
