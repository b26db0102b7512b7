"""Putting buildings on a team's list: those still to survey of a district or zone, in walking order, or those that were marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDialog, QSpinBox, QWidget

from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.presentation.columns.building import BUILDINGS
from app.presentation.forms.building import day_text
from app.presentation.forms.survey import ASSIGN
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.surveys.asking import labelled, picker
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.usecases import buildings, survey_plans
from app.usecases.survey_rows import BuildingFilter, TeamRow

_A_DAYS_WORK = 20


class AssignDialog(QDialog):
    """``assigned`` carries the ids of the new assignments. Without ``building_ids`` it suggests; with them it takes those.

    When rows are marked in the list, only these go onto it. Ctrl+Enter assigns.
    """

    assigned = Signal(object)

    def __init__(
        self, parent: QWidget, shell: Shell, *, building_ids: Sequence[str] = (), team_id: str = "", day: str = "", kind: str = "first"
    ) -> None:
        super().__init__(parent)
        self.shell, self._given, self._team_id = shell, tuple(building_ids), team_id
        self._ids: Sequence[str] = ()
        self.setWindowTitle(ASSIGN.title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.team = QComboBox()
        self.team.setAccessibleName("班")
        self.team.setMinimumWidth(theme.current().px(220))
        tomorrow = (shell.context.now().astimezone(JST).date() + timedelta(days=1)).isoformat()
        self.body = FormBody(ASSIGN, values={"day": day or tomorrow, "kind": kind}, columns=1)
        self.district, self.zone = picker("地区"), picker("区域")
        self.number = QSpinBox()
        self.number.setAccessibleName("何棟まで")
        self.number.setRange(0, 9999)
        self.number.setSpecialValueText("すべて")
        self.number.setValue(_A_DAYS_WORK)
        self.count = text("", role="section", wrap=False)
        self.table = Table(BUILDINGS, name="予定に入れる建物", runner=shell.runner, preferences=shell.preferences)
        self.table.set_view("plan")
        self.banner = Banner()
        self.banner.hide()
        self.save_button = button(f"{ASSIGN.save}（Ctrl+Enter）", role="primary", icon="check")
        self.save_button.clicked.connect(self.save)
        self._lay_out()
        self._load()

    def _lay_out(self) -> None:
        for box in (self.district, self.zone):
            box.activated.connect(lambda _: self.suggest())
        self.number.editingFinished.connect(self.suggest)
        self.body.editors["kind"].changed.connect(lambda _: self.suggest())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        where = QWidget()
        where.setLayout(
            row(labelled("地区", self.district), labelled("区域", self.zone), labelled("何棟まで", self.number), 1, spacing=10)
        )
        where.setVisible(not self._given)
        lead = "まだ調査していない、どの班の予定にも入っていない建物を、歩く順（地区・町・番地）に出します。" if not self._given else ""
        left = column(labelled("班", self.team), self.body, 1, spacing=12)
        right = column(where, self.count, self.table, note("行を選ぶと（Ctrl・Shift で複数）、選んだ建物だけを入れます。"), spacing=8)
        right.setStretch(2, 1)
        middle = row(left, right, spacing=20)
        middle.setStretch(0, 2)
        middle.setStretch(1, 5)
        body = column(heading(ASSIGN.title), *([note(lead)] if lead else []), self.banner, middle, spacing=8, margins=(24, 16, 24, 10))
        body.setStretch(body.count() - 1, 1)
        cancel = button("やめる（Esc）")
        cancel.clicked.connect(self.reject)
        footer = frame("footer", row(KeyHints([("Tab", "次の欄")]), 1, cancel, self.save_button, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.save)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1160), room.width() - 30), min(look.px(660), room.height() - 40))
        self.team.setFocus()
        self._enable()

    def _load(self) -> None:
        ctx = self.shell.context

        def read() -> tuple[list[TeamRow], list[tuple[str, int]], list[tuple[str, int]]]:
            return survey_plans.list_teams(ctx), buildings.list_districts(ctx), buildings.list_zones(ctx)

        self.shell.runner.read(read, parent=self).success(lambda found: self._show(*found)).start()

    def _show(self, teams: Sequence[TeamRow], districts: Sequence[tuple[str, int]], zones: Sequence[tuple[str, int]]) -> None:
        for row_ in teams:
            self.team.addItem(f"{row_.team.name}（残り{row_.remaining:,}棟）", row_.team.id)
        self.team.setCurrentIndex(max(0, self.team.findData(self._team_id)))
        for box, found in ((self.district, districts), (self.zone, zones)):
            for name, number in found:
                if name:
                    box.addItem(f"{name}（{number:,}）", name)
        if not teams:
            self.banner.show_message("班がまだありません。「班・予定」の「班を作る」で、先に班を登録してください。", tone="warn")
        self.suggest()

    def suggest(self) -> None:
        """Ask again which buildings there are."""
        if self._given:
            self._show_ids(self._given)
            return
        ctx, kind = self.shell.context, self.body.editors["kind"].raw() or "first"
        wanted = BuildingFilter(district=self.district.currentData() or "", zone=self.zone.currentData() or "")
        number = self.number.value()
        read = self.shell.runner.read(
            lambda: survey_plans.suggest_buildings(ctx, filter=wanted, count=number, kind=kind), parent=self, latest="plan.suggest"
        )
        read.success(self._show_ids).start()

    def _show_ids(self, ids: Sequence[str]) -> None:
        ctx = self.shell.context
        self._ids = ids
        self.table.show_ids(ids, lambda some: buildings.building_rows(ctx, some))
        self._enable()

    @property
    def wanted(self) -> Sequence[str]:
        """The buildings that go onto the list."""
        return self.table.selected_ids() or list(self._ids)

    def _enable(self) -> None:
        number = len(self.wanted) if self._ids else 0
        self.count.setText(f"{number:,}棟を予定に入れます" if number else "当てはまる建物がありません")
        self.save_button.setEnabled(number > 0 and self.team.count() > 0)

    def save(self) -> None:
        """Write."""
        values = self.body.read()
        if values is None or not self.save_button.isEnabled():
            return
        ctx, ids, team_id = self.shell.context, list(self.wanted), self.team.currentData()
        day, kind = day_text(values["day"]), values["kind"]
        operation = self.shell.runner.write(
            lambda _: survey_plans.assign_buildings(ctx, team_id=team_id, day=day, building_ids=ids, kind=kind), parent=self, label="window.saving"
        )
        operation.success(self._done).failure(self._fail).start()

    def _done(self, done: tuple[Sequence[str], Any]) -> None:
        self.accept()
        self.shell.say(f"{len(done[0]):,}棟を{self.team.currentText().partition('（')[0]}の予定に入れました")
        self.assigned.emit(done[0])

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field in self.body.editors:
            self.body.show_problems({error.field: message(error)})
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.save)
