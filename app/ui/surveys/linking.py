"""Saying which household lives in a building: found in the resident data, known already, or typed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QTabWidget, QWidget

from app.domain.building import Building
from app.domain.errors import RuleViolation
from app.presentation.columns.evacuee import HITS
from app.presentation.columns.victim import CANDIDATES, Candidate
from app.presentation.forms.victim import LIVING, TYPED, typed_values
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.reception.hit_table import HitTable
from app.ui.surveys.building_acts import naming
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.ui.widgets.tick_table import TickTable
from app.usecases import buildings, residents
from app.usecases.rows import ResidentView, SearchHit


def open_linking(parent: QWidget, shell: Shell, building: Building) -> LinkHousehold:
    """Show the dialog."""
    dialog = LinkHousehold(parent, shell, building)
    dialog.open()
    return dialog


class LinkHousehold(QDialog):
    """``linked`` carries ``usecases.buildings.Linked``. Space leaves a member out, Ctrl+Enter links."""

    linked = Signal(object)

    def __init__(self, parent: QWidget, shell: Shell, building: Building) -> None:
        super().__init__(parent)
        self.shell, self.building = shell, building
        self._candidates: list[Candidate] = []
        self.setWindowTitle("世帯を結び付ける")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.box = SearchBox("氏名・カナ・生年月日・住所で住民を探す", name="住民を検索")
        self.box.typed.connect(self.find)
        self.box.entered.connect(self.find)
        self.table = HitTable(HITS, name="見つかった住民", preferences=shell.preferences)
        self.table.chosen.connect(lambda _: self._choose())
        self.box.down.connect(self.table.focus_first)
        self.members = TickTable(CANDIDATES, name="同じ世帯の人", preferences=shell.preferences, many=False)
        self.members.ticked.connect(self.tick)
        self.living = FormBody(LIVING, columns=1)
        self.typed = FormBody(TYPED, columns=2)
        self.typed_living = FormBody(LIVING, columns=3)
        self.banner = Banner()
        self.banner.hide()
        self.link_button = button("結び付ける（Ctrl+Enter）", role="primary", icon="check")
        self.link_button.clicked.connect(self.link)
        self._lay_out()
        self.box.setText(building.owner_name or building.address)
        self.box.selectAll()
        self.box.setFocus()
        if self.box.text():
            self.find(self.box.text())
        self._enable()

    def _lay_out(self) -> None:
        left = column(self.box, self.table, spacing=8)
        left.setStretch(1, 1)
        right = column(
            text("当時ここで暮らしていた人（Space で外せます）", role="field"), self.members, self.living, spacing=8
        )
        right.setStretch(1, 1)
        found = QWidget()
        middle = row(left, right, spacing=18, margins=(0, 10, 0, 0))
        middle.setStretch(0, 3)
        middle.setStretch(1, 2)
        found.setLayout(middle)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(found, "住民データから(&1)")
        self.tabs.addTab(_scrolled(self.typed, self.typed_living), "手で入力(&2)")
        self.tabs.currentChanged.connect(lambda _: self._enable())
        lead = note("世帯はほかの棟とも結び付けられます。住民データの内容は変わりません。")
        body = column(
            heading(f"世帯を結び付ける　{naming(self.building)}"), lead, self.banner, self.tabs, spacing=8, margins=(24, 16, 24, 10)
        )
        body.setStretch(3, 1)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        hints = KeyHints([("↓", "一覧へ"), ("Space", "外す・戻す"), ("Alt+2", "手で入力")])
        footer = frame("footer", row(hints, 1, cancel, self.link_button, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.link)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1180), room.width() - 30), min(look.px(680), room.height() - 40))

    # -- finding

    def find(self, words: str) -> None:
        """Search within the residents."""
        self.table.find(words, shell=self.shell, then=self._choose, within="residents")

    @property
    def chosen(self) -> SearchHit | None:
        """The resident that is current."""
        return self.table.current_row()

    @property
    def by_hand(self) -> bool:
        """Whether the household is typed in."""
        return self.tabs.currentIndex() == 1

    def _choose(self) -> None:
        hit, ctx = self.chosen, self.shell.context
        self._show_members([])
        if hit is None:
            self._enable()
            return
        read = self.shell.runner.write(
            lambda _: residents.open_household(ctx, resident_id=hit.id), parent=self, label="lists.reading"
        )
        read.success(lambda found: self._show_household(hit, found)).start()
        self._enable()

    def _show_household(self, hit: SearchHit, found: Sequence[ResidentView]) -> None:
        if self.chosen == hit:
            self._show_members([Candidate(id=one.id, name=one.name, kana=one.kana, relation=one.relation, birth=one.birth) for one in found])

    def _show_members(self, found: list[Candidate]) -> None:
        self._candidates = found
        self.members.show_rows(found)
        if found and self.members.current_row() is None:
            self.members.make_current(0)

    def tick(self) -> None:
        """Take the member at hand along, or not."""
        chosen: Candidate | None = self.members.current_row()
        if chosen is not None:
            self._candidates = [
                Candidate(id=c.id, name=c.name, kana=c.kana, relation=c.relation, birth=c.birth, ticked=not c.ticked) if c.id == chosen.id else c
                for c in self._candidates
            ]
            self.members.show_rows(self._candidates)

    def _enable(self) -> None:
        self.link_button.setEnabled(self.shell.context.actor.may("survey") and (self.by_hand or self.chosen is not None))

    # -- linking

    def link(self) -> None:
        """Write."""
        if not self.link_button.isEnabled():
            return
        values = self._typed() if self.by_hand else self._found()
        if values is None:
            return
        ctx, building_id = self.shell.context, self.building.id
        left_out = [] if self.by_hand else [one.id for one in self._candidates if not one.ticked]

        def work() -> buildings.Linked:
            done = buildings.link_household(ctx, building_id=building_id, **values)
            return _leave_out(ctx, done, left_out)

        self.link_button.setEnabled(False)
        operation = self.shell.runner.write(lambda _: work(), parent=self, label="window.saving")
        operation.finished(self._enable).success(self._done).failure(self._fail).start()

    def _found(self) -> dict[str, Any] | None:
        living, hit = self.living.read(), self.chosen
        if living is None or hit is None:
            return None
        if self._candidates and not any(one.ticked for one in self._candidates):
            self.banner.show_message("世帯の人を全員外すことはできません。少なくとも1人を残してください。", tone="bad")
            return None
        return {"resident_id": hit.id, **living}

    def _typed(self) -> dict[str, Any] | None:
        typed, living = self.typed.read(), self.typed_living.read()
        if typed is None or living is None:
            return None
        values, members = typed_values(typed)
        return {"values": values, "members": members, **living}

    def _done(self, done: Any) -> None:
        known = done.victim_id not in done.changes.get("victim", frozenset()) and any(not one.ticked for one in self._candidates)
        self.accept()
        if done.withheld:
            self.shell.say("結び付けました。この世帯は、権限のある人だけに示されます")
        elif known and not self.by_hand:
            self.shell.say("結び付けました。前から登録のある世帯なので、世帯員は変えていません", tone="warn")
        else:
            self.shell.say("世帯を結び付けました")
        self.linked.emit(done)

    def _fail(self, error: Exception) -> None:
        form = self.typed if self.by_hand else self.living
        if isinstance(error, RuleViolation) and error.field in form.editors:
            form.show_problems({error.field: message(error)})
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.link)


def _leave_out(ctx: Any, done: buildings.Linked, resident_ids: Sequence[str]) -> buildings.Linked:
    """Take out of the household those who did not live there, as long as it was made just now and can be seen."""
    if not resident_ids or done.withheld or done.victim_id not in done.changes.get("victim", frozenset()):
        return done
    file = buildings.open_victim(ctx, victim_id=done.victim_id)
    kept = [{"id": one.id} for one in file.members if one.resident_id not in resident_ids]
    if len(kept) == len(file.members):
        return done
    changes = buildings.save_members(ctx, victim_id=done.victim_id, members=kept)
    united = {kind: done.changes.get(kind, frozenset()) | changes.get(kind, frozenset()) for kind in {*done.changes, *changes}}
    return buildings.Linked(victim_id=done.victim_id, occupancy_id=done.occupancy_id, withheld=done.withheld, changes=united)


def _scrolled(*parts: QWidget) -> QScrollArea:
    inner = QWidget()
    inner.setProperty("role", "scroll")
    inner.setLayout(column(*parts, 1, spacing=12, margins=(2, 10, 12, 8)))
    area = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
    area.setWidget(inner)
    return area
