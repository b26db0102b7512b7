"""Whose application it is: found among residents, registered households and buildings, or written down as told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QTabWidget, QWidget

from app.domain.errors import RuleViolation
from app.presentation.columns.applying import FOUND, Dweller, Found, Household, members_text, place_text
from app.presentation.columns.texts import birth_era
from app.presentation.forms.application import HOUSEHOLD
from app.presentation.forms.victim import typed_values
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.certificates.finding import find_everything, open_found, open_place
from app.ui.page import Shell
from app.ui.reception.hit_table import HitTable
from app.ui.surveys.asking import picker
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import badge, column, frame, note, row, text


class HouseholdPane(QWidget):
    """``chosen`` carries the ``Household`` (None: none any more), ``place`` a building that was chosen along with it, ``typed`` for told ones."""

    chosen = Signal(object)
    placed = Signal(object)
    typed = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.household: Household | None = None
        self._several: Sequence[Household] = ()
        self.finder = SearchBox("氏名・カナ・生年月日・住所・調査番号で探す", name="世帯を探す")
        self.finder.typed.connect(self.find)
        self.finder.entered.connect(self._enter)
        self.table = HitTable(FOUND, name="見つかった世帯と建物", preferences=shell.preferences)
        self.finder.down.connect(self.table.focus_first)
        self.table.opened.connect(lambda _: self.choose())
        self.table.clicked.connect(lambda _: self.choose())
        self.nothing = note("")
        self.homes = picker("この建物の世帯", every="世帯を選んでください")
        self.homes.activated.connect(lambda _: self._take_home())
        self.homes.hide()
        self.banner = Banner()
        self.banner.hide()
        self.told = FormBody(HOUSEHOLD, columns=2, marks=False)
        self.told.changed.connect(self.typed)
        self._make_card()
        self._lay_out()

    def _make_card(self) -> None:
        self.head = text("", role="heading")
        self.facts = text("")
        self.members = text("", role="note")
        self.protected = badge("支援措置", tone="bad")
        top = row(self.head, self.protected, spacing=8)
        top.setStretch(0, 1)
        self.card = frame("well", column(top, self.facts, self.members, spacing=3, margins=(12, 8, 12, 8)))
        self.card.hide()

    def _lay_out(self) -> None:
        search = QWidget()
        inside = column(self.finder, self.nothing, self.table, self.homes, self.banner, self.card, spacing=6, margins=(0, 8, 0, 0))
        inside.setStretch(2, 1)
        inside.addStretch(0)
        search.setLayout(inside)
        told = QWidget()
        told.setProperty("role", "scroll")
        told.setLayout(column(self.told, 1, margins=(0, 8, 10, 4)))
        area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        area.setWidget(told)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(search, "世帯を探す(&1)")
        self.tabs.addTab(area, "住民データにない・まだない(&2)")
        self.tabs.currentChanged.connect(lambda _: self.typed.emit())
        whole = column(self.tabs)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.table.setMinimumHeight(theme.current().px(100))

    @property
    def by_hand(self) -> bool:
        """Whether the household is written down as told."""
        return self.tabs.currentIndex() == 1

    # -- finding

    def find(self, words: str) -> None:
        """Look for it."""
        ctx = self.shell.context
        self.shell.runner.read(lambda: find_everything(ctx, words), parent=self, latest="applying.find").success(
            lambda found: self._show_found(found, words)
        ).start()

    def _show_found(self, found: Sequence[Found], words: str) -> None:
        if self.finder.text().strip() != words.strip():
            return
        self.table.show()
        self.table.show_rows(found)
        if found:
            self.table.make_current(0)
        missing = bool(words.strip()) and not found
        self.nothing.setText("見つかりません。字やよみを減らすか、Alt+2 の「住民データにない」で、聞いたとおりに入れます。" if missing else "")

    def _enter(self, words: str) -> None:
        if self.table.isVisibleTo(self) and self.table.current_row() is not None:
            self.choose()
        else:
            self.find(words)

    def choose(self) -> None:
        """Take the one at hand."""
        found: Found | None = self.table.current_row()
        if found is None:
            return
        ctx = self.shell.context
        work = self.shell.runner.write(
            lambda _: (open_found(ctx, found), open_place(ctx, found.id) if found.kind == "building" else None),
            parent=self, label="lists.reading",
        )  # fmt: skip
        work.success(self._opened).failure(self._failed).start()

    def _opened(self, result: Any) -> None:
        homes, place = result
        self.banner.show_message("")
        if place is not None:
            self.placed.emit(place)
        self._several = homes
        self.homes.setVisible(len(homes) > 1)
        while self.homes.count() > 1:
            self.homes.removeItem(1)
        for home in homes:
            self.homes.addItem(home.head.name or home.head.kana, home)
        if len(homes) == 1:
            self.take(homes[0])
        elif place is not None and not homes:
            self.banner.show_message("この建物に世帯はまだ結び付いていません。住んでいた世帯を氏名で探してください。", tone="info")
            self.finder.setFocus()
            self.finder.selectAll()

    def _take_home(self) -> None:
        home = self.homes.currentData()
        if isinstance(home, Household):
            self.take(home)

    def take(self, home: Household | None) -> None:
        """This household, or none."""
        self.household = home
        self.card.setVisible(home is not None)
        self.table.setVisible(home is None)
        if home is not None:
            self._show_card(home)
        self.chosen.emit(home)

    def _show_card(self, home: Household) -> None:
        head = home.head
        self.head.setText("　".join(filter(None, (head.name, head.kana))))
        self.facts.setText("　".join(filter(None, (birth_era(head.birth), home.address, home.phone))))
        others = [one for one in home.members if (one.name, one.birth) != (head.name, head.birth)]
        places = "／".join(place_text(one) for one in home.places)
        parts = (f"世帯員：{members_text(others)}" if others else "世帯員：ほかにいません", f"建物：{places}" if places else "")
        self.members.setText("\n".join(filter(None, parts)))
        self.protected.setVisible(home.protected)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.choose)

    # -- what came of it

    def told_head(self) -> tuple[Dweller, str, str]:
        """Head, address and postal code as written down so far."""
        raw = self.told.raw()
        return Dweller(name=raw["head_name"], kana=raw["head_kana"], birth=raw["head_birth"]), raw["address"], raw["postal"]

    def read(self) -> dict[str, Any] | None:
        """The arguments of ``applications.apply`` that say whose it is; None after saying what is missing."""
        if self.by_hand:
            values = self.told.read()
            if values is None:
                return None
            household, members = typed_values(values)
            blank = not any(household.values())
            return {} if blank else {"household": {**household, "source": "typed"}, "members": members}
        if self.household is None:
            self.banner.show_message("世帯を選んでください。見つからないときは Alt+2 で、聞いたとおりに入れます。", tone="warn")
            self.finder.setFocus()
            return None
        return {"victim_id": self.household.victim_id} if self.household.victim_id else {"resident_id": self.household.resident_id}

    def clear(self) -> None:
        """For the next one."""
        self.finder.clear()
        self.table.show_rows([])
        self.nothing.setText("")
        self.banner.show_message("")
        self.homes.hide()
        self.told.set_values({})
        self.tabs.setCurrentIndex(0)
        self.take(None)
