"""Which building an application is about: one that is registered, a new one at an address, or none yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from app.domain.building import TENURES
from app.presentation.columns.applying import Household, Place, place_text
from app.presentation.labels import label
from app.ui.certificates.finding import find_places
from app.ui.page import Shell
from app.ui.surveys.asking import labelled
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import column, note, row

_NEW, _LATER = "new", "later"


class PlacePane(QWidget):
    """``changed`` when another building is meant. The household's address is searched as long as the tick stands; typing takes it away."""

    changed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self._known: Sequence[Place] = ()
        self._address = ""
        self._wanted = ""
        self.same = QCheckBox("住所と同じ所が被災した")
        self.same.setChecked(True)
        self.same.toggled.connect(lambda _: self._use_address())
        self.finder = SearchBox("所在地・調査番号", name="被災した建物を探す")
        self.finder.typed.connect(self._typed)
        self.finder.entered.connect(self.find)
        self.choice = QComboBox()
        self.choice.setAccessibleName("被災した建物")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(12)
        self.choice.activated.connect(lambda _: self._chosen_by_hand())
        self.tenure = QComboBox()
        self.tenure.setAccessibleName("住まいの種類")
        for code in TENURES:
            self.tenure.addItem(label("occupancy.tenure", code), code)
        self.tenure.setCurrentIndex(self.tenure.findData("unknown"))
        self.told = note("")
        top = row(self.same, 1, spacing=8)
        below = row(labelled("建物", self.choice), labelled("住まいの種類", self.tenure), spacing=8)
        below.setStretch(0, 1)
        self.setLayout(column(top, self.finder, below, self.told, spacing=5))
        self.show_places([])

    # -- from the household

    def show_household(self, household: Household | None) -> None:
        """Offer the buildings of this household and those at its address."""
        self._known = household.places if household else ()
        self.show_address(household.address if household else "")

    def show_address(self, address: str) -> None:
        """Where the household is written down."""
        self._address = address
        if self.same.isChecked():
            self._use_address()

    def show_place(self, place: Place) -> None:
        """A building that was chosen along with the household."""
        self._wanted = place.id
        self._known = (place, *(one for one in self._known if one.id != place.id))
        self.show_places(self._known)

    def _use_address(self) -> None:
        if self.same.isChecked():
            self.finder.setText(self._address)
        self.find(self.finder.text())

    # -- finding

    def _typed(self, words: str) -> None:
        if self.same.isChecked() and words != self._address:
            self.same.setChecked(False)
        self._wanted = ""
        self.find(words)

    def find(self, words: str) -> None:
        """Buildings at this address, or with this number."""
        ctx, known = self.shell.context, tuple(self._known)
        found = self.shell.runner.read(lambda: find_places(ctx, words, known=known), parent=self, latest="applying.places")
        found.success(lambda places: self.show_places(places) if self.finder.text().strip() == words.strip() else None).start()

    def show_places(self, places: Sequence[Place]) -> None:
        """Offer these, a new one at the address, and none yet."""
        kept = self._wanted or (self.choice.currentData() if isinstance(self.choice.currentData(), str) else "")
        self.choice.clear()
        for place in places:
            self.choice.addItem(place_text(place), place.id)
        self._places = {place.id: place for place in places}
        address = self.finder.text().strip()
        if address:
            self.choice.addItem(f"新しく登録する：{address}", _NEW)
        self.choice.addItem("まだ分からない・建物ではない", _LATER)
        at = self.choice.findData(kept)
        self.choice.setCurrentIndex(at if at >= 0 and (self._wanted or kept == _LATER and not address) else 0)
        self._tell()

    def _chosen_by_hand(self) -> None:
        self._wanted = self.choice.currentData()
        self._tell()

    def _tell(self) -> None:
        place = self.place
        words = ""
        if place is None and self.choice.currentData() == _NEW:
            words = "登録のない建物です。受け付けると、調査する建物として登録します。"
        elif place is not None and not place.dwelling:
            words = "住家ではない建物です。罹災証明書ではなく、被災証明書で受け付けます。"
        elif place is not None and place.grade:
            words = f"この建物は「{label('grade', place.grade)}」と判定済みです。"
        elif place is not None:
            words = "この建物の調査は、まだ確定していません。"
        self.told.setText(words)
        self.told.setVisible(bool(words))
        self.changed.emit()

    # -- what came of it

    @property
    def place(self) -> Place | None:
        """The registered building that is chosen."""
        return self._places.get(self.choice.currentData())

    def read(self) -> dict[str, Any]:
        """The arguments of ``applications.apply`` that say which building."""
        tenure = self.tenure.currentData()
        if self.place is not None:
            return {"building_id": self.place.id, "tenure": tenure}
        if self.choice.currentData() == _NEW:
            return {"building": {"address": self.finder.text().strip()}, "tenure": tenure}
        return {}

    def clear(self) -> None:
        """For the next one."""
        self._known, self._address, self._wanted = (), "", ""
        self.finder.clear()
        self.same.setChecked(True)
        self.tenure.setCurrentIndex(self.tenure.findData("unknown"))
        self.show_places([])
