"""班・予定: teams, their lists of a day, what came of the visits, and how far each district is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QComboBox, QSplitter, QTabWidget, QWidget

from app.domain.dates import JST
from app.presentation.columns.snapshot import day_text as say_day
from app.presentation.columns.survey import ASSIGNMENTS, PROGRESS
from app.presentation.forms.building import day_text
from app.presentation.forms.survey import NEXT_ROUND
from app.presentation.labels import label
from app.ui import theme
from app.ui.surveys import sheets
from app.ui.surveys.asking import bind, labelled, open_export, open_form, use_view
from app.ui.surveys.building_acts import BuildingActs
from app.ui.surveys.building_file import BuildingFileDialog
from app.ui.surveys.plan_assigning import AssignDialog
from app.ui.surveys.plan_teams import TeamPane
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.export_dialog import ExportDialog
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, note, row, text
from app.usecases import survey_plans
from app.usecases.survey_rows import AssignmentRow, BuildingFilter, ProgressLine, TeamRow

if TYPE_CHECKING:
    from app.ui.pages.surveys import SurveysPage

_OUTCOMES = (("absent", "不在", "1"), ("refused", "辞退", "2"), ("not_found", "不明", "3"), ("unsafe", "危険", "4"), ("", "消す", "0"))


class PlanTab(Tab):
    """Insert puts buildings on a list, 1–4 note what came of a visit (0 takes it back), Alt+↑/↓ change the order, Delete takes off."""

    kinds = frozenset({"assignment", "team", "survey", "building", "occupancy", "victim", "appeal"})

    def __init__(self, page: SurveysPage) -> None:
        super().__init__(page)
        self.acts = BuildingActs(self, page.shell)
        self._day = ""
        self.teams = TeamPane(self.shell)
        self.teams.chosen.connect(lambda _: self.list())
        self.day = QComboBox()
        self.day.setAccessibleName("予定日")
        self.day.activated.connect(lambda _: self.list())
        self.count = text("", role="section", wrap=False)
        self.table = Table(ASSIGNMENTS, name="班の予定", preferences=self.shell.preferences)
        self.table.chosen.connect(lambda _: self._enable())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.opened.connect(lambda _: self.open_file())
        self.progress = Table(PROGRESS, name="地区ごとの進み", preferences=self.shell.preferences, many=False)
        self.progress.opened.connect(lambda _: self._show_district())
        self.empty = EmptyState(
            "調査班がまだありません",
            "班を作り、地区ごとに未調査の建物を予定に入れます。予定表とQRの付いた調査票を印刷して現地に持って行き、"
            "結果は「調査を入力」か、取り込みで入れます。",
            icon="calendar",
            actions=[("班を作る", "plus", self.teams.add)],
        )
        self.no_list = note("この日の予定はありません。「建物を入れる…」で、未調査の建物を歩く順に入れます。")
        self._make_buttons()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.assign_button = button("建物を入れる…（Insert）", role="primary", icon="plus")
        self.entry_button = button("調査を入力（F2）", icon="edit")
        self.up_button, self.down_button = button("", icon="chevron-up"), button("", icon="chevron-down")
        self.up_button.setAccessibleName("上へ（Alt+↑）")
        self.down_button.setAccessibleName("下へ（Alt+↓）")
        self.drop_button = button("外す", tip="予定から外す（Delete）")
        self.next_button = button("次の日へ…（F8）", tip="この日に不在だった建物を、次の回の予定に入れる")
        self.list_button = button("予定表…", tip="予定表を印刷する（Ctrl+P）")
        self.sheets_button = button("調査票…", tip="この予定の建物の調査票を印刷する")
        self.export_button = button("書き出す…", tip="予定を書き出す（Ctrl+E）")
        for made, act, keys in (
            (self.assign_button, self.assign, "Insert"), (self.entry_button, self.enter, "F2"), (self.up_button, lambda: self.move(-1), "Alt+Up"),
            (self.down_button, lambda: self.move(1), "Alt+Down"), (self.drop_button, self.drop, "Delete"),
            (self.next_button, self.plan_next, "F8"), (self.list_button, self.print_list, "Ctrl+P"),
            (self.sheets_button, self.print_sheets, ""), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)
        self.outcome_buttons = {}
        for code, words, keys in _OUTCOMES:
            made = button(f"{words}（{keys}）", tip=label("assignment.outcome", code) or "結果を消す")
            bind(self, made, lambda code=code: self.note_outcome(code), keys)
            self.outcome_buttons[code] = made

    def _lay_out(self) -> None:
        top = row(labelled("予定日", self.day), labelled("", self.assign_button), 1, labelled("", self.export_button), spacing=8)
        self.day.setMinimumWidth(theme.current().px(230))
        outcomes = flow(*self.outcome_buttons.values(), self.up_button, self.down_button)
        acts = flow(self.entry_button, self.next_button, self.list_button, self.sheets_button, self.drop_button)
        plan, far = QWidget(), QWidget()
        inside = column(top, self.no_list, self.table, outcomes, acts, spacing=8, margins=(0, 8, 0, 0))
        inside.setStretch(2, 1)
        plan.setLayout(inside)
        hint = note("Enter で、その地区のまだ調査していない建物の一覧に移ります。")
        progress = column(self.progress, hint, spacing=6, margins=(0, 10, 0, 0))
        progress.setStretch(0, 1)
        far.setLayout(progress)
        self.views = QTabWidget(documentMode=True)
        self.views.tabBar().setDrawBase(False)
        self.views.addTab(plan, "予定")
        self.views.addTab(far, "地区ごとの進み")
        self.views.setCornerWidget(self.count)
        self._both = QSplitter()
        self._both.addWidget(self.teams)
        right = QWidget()
        right.setLayout(column(self.views, margins=(12, 0, 0, 0)))
        self._both.addWidget(right)
        self._both.setSizes([270, 860])
        self._both.setStretchFactor(1, 1)
        self._both.setChildrenCollapsible(False)
        whole = column(self._both, self.empty, margins=(0, 10, 0, 0))
        whole.setStretch(0, 1)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.empty.hide()
        self.empty.buttons[0].setEnabled(self.may("survey"))
        self._enable()

    # -- reading

    def refresh(self) -> None:
        """Read teams, days and progress again."""
        ctx = self.context

        def read() -> tuple[list[TeamRow], list[tuple[str, int, int]], list[ProgressLine]]:
            return survey_plans.list_teams(ctx), survey_plans.list_days(ctx), survey_plans.survey_progress(ctx)

        self.runner.read(read, parent=self, latest="plan.teams").success(lambda found: self.show_all(*found)).start()

    def show_all(self, teams: Sequence[TeamRow], days: Sequence[tuple[str, int, int]], progress: Sequence[ProgressLine]) -> None:
        """Show these, then the list of the day."""
        self._both.setVisible(bool(teams))
        self.empty.setVisible(not teams)
        self.teams.show_teams(teams)
        self.progress.show_rows(progress, key=lambda line: line.district)
        kept, today = self.day.currentData() or self._day, self.context.now().astimezone(JST).date().isoformat()
        self.day.clear()
        for day, number, done in sorted({(today, 0, 0)} | set(days) if all(day != today for day, _, _ in days) else set(days), reverse=True):
            word = f"{say_day(day)}{'（今日）' if day == today else ''}"
            self.day.addItem(f"{word}　{done:,}/{number:,}棟" if number else word, day)
        found = self.day.findData(kept) if kept else self.day.findData(today)
        self.day.setCurrentIndex(max(0, found))
        self.list()

    def list(self) -> None:
        """Ask for the list of the day and team."""
        ctx, day, team_id = self.context, self.day.currentData() or "", self.teams.team_id
        if not day:
            return
        self._day = day
        found = self.runner.read(lambda: survey_plans.list_assignments(ctx, day=day, team_id=team_id), parent=self, latest="plan.list")
        found.success(lambda rows: self._show(rows, team_id)).start()

    def _show(self, rows: Sequence[AssignmentRow], team_id: str) -> None:
        use_view(self.table, "standard" if team_id else "full")
        self.table.show_rows(rows)
        if rows and self.table.current_row() is None:
            self.table.make_current(0)
        done = sum(one.outcome == "done" for one in rows)
        self.count.setText(f"{len(rows):,}棟（済み {done:,}）" if rows else "")
        self.no_list.setVisible(not rows)
        self._enable()

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends: ``day``, ``view='progress'``."""
        self._day = arguments.get("day", self._day)
        self.day.setCurrentIndex(max(0, self.day.findData(self._day)))
        self.views.setCurrentIndex(1 if arguments.get("view") == "progress" else 0)
        self.list()

    def take_focus(self) -> None:
        """On the list, or on the way to the first team."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.table.focus_first()

    # -- acting

    @property
    def current(self) -> AssignmentRow | None:
        """The visit at hand."""
        found: AssignmentRow | None = self.table.current_row()
        return found

    def marked(self) -> Sequence[str]:
        """The visits marked, or the one at hand."""
        return self.table.selected_ids() or ([self.table.current_id()] if self.table.current_id() else [])

    def _enable(self) -> None:
        some, may, one_team = self.current is not None, self.may("survey"), bool(self.teams.team_id)
        for made in (*self.outcome_buttons.values(), self.drop_button, self.entry_button):
            made.setEnabled(some and may)
        for made in (self.up_button, self.down_button):
            made.setEnabled(some and may and one_team)
            made.setToolTip(made.accessibleName() if one_team else "順を変えるには、左で班を1つ選びます。")
        self.next_button.setEnabled(may and any(one.outcome == "absent" for one in self._shown()))
        self.assign_button.setEnabled(may)
        for made in (self.list_button, self.sheets_button):
            made.setEnabled(some and self.may("print"))
        self.export_button.setEnabled(some and (self.may("export") or self.may("print")))

    def assign(self) -> AssignDialog:
        """Buildings onto the list of the team and day at hand."""
        day = self.day.currentData() or ""
        dialog = AssignDialog(self, self.shell, team_id=self.teams.team_id, day=day)
        dialog.open()
        return dialog

    def note_outcome(self, outcome: str) -> None:
        """What came of the visits marked."""
        ids, ctx = self.marked(), self.context
        if ids and self.may("survey"):
            operation = self.runner.write(
                lambda _: survey_plans.note_outcomes(ctx, outcomes=dict.fromkeys(ids, outcome)), parent=self, label="window.saving"
            )
            operation.success(lambda _: self._step()).start()

    def _step(self) -> None:
        """On to the next visit, so that a list is gone through with one hand."""
        place = self.table.currentIndex().row() + 1
        if len(self.table.selected_ids()) <= 1 and place < self.table.rows.rowCount():
            self.table.make_current(place)

    def move(self, by: int) -> None:
        """One place up or down in the list."""
        chosen, ctx = self.current, self.context
        if chosen is None or not self.up_button.isEnabled():
            return
        place = self.table.currentIndex().row() + by
        if 0 <= place < self.table.rows.rowCount():
            self.runner.write(
                lambda _: survey_plans.move_assignment(ctx, assignment_id=chosen.id, position=place), parent=self, label="window.saving"
            ).start()

    def drop(self) -> None:
        """Off the list."""
        ids, ctx = self.marked(), self.context
        if ids and self.drop_button.isEnabled():
            operation = self.runner.write(lambda _: survey_plans.remove_assignments(ctx, assignment_ids=ids), parent=self, label="window.saving")
            operation.success(lambda _: self.shell.say(f"{len(ids):,}棟を予定から外しました")).start()

    def plan_next(self) -> FormDialog | None:
        """Another visit for those who were absent."""
        if not self.next_button.isEnabled():
            return None
        ctx, day, team_id = self.context, self._day, self.teams.team_id
        return open_form(
            self, self.shell, NEXT_ROUND,
            lambda values: survey_plans.plan_next_round(ctx, day=day, to_day=day_text(values["to_day"]), team_id=team_id),
            then=lambda done: self.shell.say(f"{len(done[0]):,}棟を次の予定に入れました"),
            lead=f"{say_day(day)}　{self.teams.current.team.name if self.teams.current else 'すべての班'}",
        )  # fmt: skip

    def enter(self) -> None:
        """The paper form of the building at hand."""
        if self.current is not None:
            self.acts.enter_survey(self.current.building_id)

    def open_file(self) -> BuildingFileDialog | None:
        """The building at hand."""
        if self.current is None:
            return None
        dialog = BuildingFileDialog(self, self.shell, self.current.building_id)
        dialog.open()
        return dialog

    def _show_district(self) -> None:
        line: ProgressLine | None = self.progress.current_row()
        if line is not None and line.district:
            self.page.open_tab("buildings", filter=BuildingFilter(district=line.district, state="unsurveyed"))

    def _shown(self) -> Sequence[AssignmentRow]:
        rows = [self.table.rows.row(place) for place in range(self.table.rows.rowCount())]
        return [one for one in rows if one is not None]

    def print_list(self) -> ExportDialog:
        """The list of the day on paper."""
        return sheets.open_list(self, self.shell, assignments=self._shown(), day=self._day)

    def print_sheets(self) -> ExportDialog:
        """The sheets to fill in, in the order of the list."""
        ids = list(dict.fromkeys(one.building_id for one in self._shown()))
        return sheets.open_sheets(self, self.shell, building_ids=ids, lead=say_day(self._day))

    def export(self) -> None:
        """The list as a file."""
        ctx, day, team_id = self.context, self._day, self.teams.team_id
        team = self.teams.current.team.name if self.teams.current else ""
        open_export(
            self, self.shell, title=f"調査の予定 {team}".strip(), subtitle=say_day(day), columns=ASSIGNMENTS, view="full",
            rows=lambda: survey_plans.list_assignments(ctx, day=day, team_id=team_id),
            people=lambda found: sum(len(one.heads) for one in found),
        )  # fmt: skip
