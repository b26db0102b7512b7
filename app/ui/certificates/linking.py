"""Saying whose and about which building an application is."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.certificate import Application
from app.domain.errors import RuleViolation
from app.presentation.columns.applying import Household
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.certificates.household_pane import HouseholdPane
from app.ui.certificates.place_pane import PlacePane
from app.ui.page import Shell
from app.ui.widgets.banner import Banner
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.text import button, column, frame, heading, row
from app.usecases import applications, buildings
from app.usecases.context import Changes, Context


class LinkApplication(QDialog):
    """``linked`` when it was written. Ctrl+Enter links."""

    linked = Signal()

    def __init__(self, parent: QWidget, shell: Shell, one: Application) -> None:
        super().__init__(parent)
        self.shell, self.application = shell, one
        self.setWindowTitle("申請に世帯と建物を結び付ける")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.household = HouseholdPane(shell)
        self.household.tabs.setTabVisible(1, False)
        self.place = PlacePane(shell)
        self.household.finder.left.connect(self.reject)
        self.household.chosen.connect(self.place.show_household)
        self.household.placed.connect(self.place.show_place)
        self.banner = Banner()
        self.banner.hide()
        self.link_button = button("結び付ける（Ctrl+Enter）", role="primary", icon="check")
        self.link_button.clicked.connect(self.link)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        left = column(heading("世帯"), self.household, spacing=4)
        left.setStretch(1, 1)
        right = column(heading("被災した建物"), self.place, 1, spacing=4)
        both = row(left, right, spacing=20)
        both.setStretch(0, 3)
        both.setStretch(1, 2)
        title = heading("　".join((one.number, one.applicant_name)))
        body = column(title, self.banner, both, spacing=8, margins=(24, 16, 24, 10))
        body.setStretch(2, 1)
        footer = frame("footer", row(KeyHints([("↓", "一覧へ"), ("Enter", "選ぶ")]), 1, cancel, self.link_button, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.link)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1120), room.width() - 30), min(look.px(640), room.height() - 40))
        self.household.finder.setFocus()
        if one.victim_id:
            self._open_known(one.victim_id, one.building_id)
        else:
            self.household.finder.setText(one.applicant_name)
            self.household.find(one.applicant_name)

    def _open_known(self, victim_id: str, building_id: str) -> None:
        from app.ui.certificates.finding import open_place, open_victim

        ctx = self.shell.context
        work = self.shell.runner.write(
            lambda _: (open_victim(ctx, victim_id), open_place(ctx, building_id) if building_id else None), parent=self, label="lists.reading"
        )
        work.success(self._show_known).start()

    def _show_known(self, result: tuple[Household, Any]) -> None:
        self.household.take(result[0])
        if result[1] is not None:
            self.place.show_place(result[1])

    def link(self) -> None:
        """Write."""
        whose = self.household.read()
        if whose is None or not self.link_button.isEnabled():
            return
        where, ctx, wanted = self.place.read(), self.shell.context, self.application.id
        if "resident_id" in whose and not where:
            self.banner.show_message("住民データから選んだ世帯は、建物と一緒に結び付けます。建物も選んでください。", tone="warn")
            return
        if not self.shell.context.actor.may("survey") and ("building" in where or "resident_id" in whose):
            self.banner.show_message("登録のない建物や世帯を結び付けるには、調査の権限が要ります。「家屋・調査」の担当者に頼んでください。", tone="warn")
            return
        self.link_button.setEnabled(False)
        work = self.shell.runner.write(lambda _: _link(ctx, wanted, whose, where), parent=self, label="window.saving")
        work.finished(lambda: self.link_button.setEnabled(True)).success(self._done).failure(self._fail).start()

    def _done(self, _: object) -> None:
        self.accept()
        self.linked.emit()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.link)


def _link(ctx: Context, application_id: str, whose: dict[str, Any], where: dict[str, Any]) -> dict[str, frozenset[str]]:
    """Register what is not there yet, then link; what all of it changed."""
    found: list[Changes] = []
    tenure, building_id = where.get("tenure", "unknown"), where.get("building_id", "")
    if "building" in where:
        building_id, changes = buildings.save_building(ctx, values=where["building"])
        found.append(changes)
    victim_id = whose.get("victim_id", "")
    if "resident_id" in whose:
        done = buildings.link_household(ctx, building_id=building_id, resident_id=whose["resident_id"], tenure=tenure)
        victim_id = done.victim_id
        found.append(done.changes)
    found.append(applications.link_application(ctx, application_id=application_id, victim_id=victim_id, building_id=building_id, tenure=tenure))
    return {kind: frozenset().union(*(one.get(kind, frozenset()) for one in found)) for kind in {kind for one in found for kind in one}}
