"""The survey teams with what each still has to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.presentation.columns.survey import TEAMS
from app.presentation.forms.survey import REMOVE_TEAM, TEAM, team_values
from app.ui.page import Shell
from app.ui.surveys.asking import bind, open_form
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, heading, row
from app.usecases import survey_plans
from app.usecases.survey_rows import TeamRow


class TeamPane(QWidget):
    """``chosen`` carries the id of the team at hand ("" for all)."""

    chosen = Signal(str)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self._teams: Sequence[TeamRow] = ()
        self.table = Table(TEAMS, name="班", preferences=shell.preferences, many=False)
        self.table.chosen.connect(lambda found: self._choose(found or ""))
        self.table.opened.connect(lambda _: self.correct())
        self.add_button = button("作る…", icon="plus", tip="新しい班を作る")
        self.correct_button = button("直す…", icon="edit")
        self.remove_button = button("なくす…", icon="minus")
        self.all_button = button("すべての班", icon="list", role="quiet")
        for made, act in (
            (self.add_button, self.add), (self.correct_button, self.correct), (self.remove_button, self.remove), (self.all_button, self.show_all),
        ):  # fmt: skip
            bind(self, made, act)
        head = row(heading("班"), 1, self.all_button)
        whole = column(head, self.table, row(self.add_button, self.correct_button, self.remove_button, 1, spacing=6), spacing=6)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self._enable()

    def show_teams(self, teams: Sequence[TeamRow]) -> None:
        """Show these."""
        self._teams = teams
        self.table.show_rows(teams, key=lambda row_: row_.team.id)
        self._enable()

    @property
    def current(self) -> TeamRow | None:
        """The team at hand."""
        found: TeamRow | None = self.table.current_row()
        return found

    @property
    def team_id(self) -> str:
        """Its id, "" for all of them."""
        return self.current.team.id if self.current else ""

    def _choose(self, team_id: str) -> None:
        self._enable()
        self.chosen.emit(team_id)

    def show_all(self) -> None:
        """No team in particular."""
        self.table.clearSelection()
        self.table.setCurrentIndex(self.table.rows.index(-1, -1))
        self._choose("")

    def _enable(self) -> None:
        may = self.shell.context.actor.may("survey")
        self.add_button.setEnabled(may)
        for made in (self.correct_button, self.remove_button):
            made.setEnabled(may and self.current is not None)
        self.all_button.setEnabled(self.current is not None)

    def add(self) -> FormDialog:
        """A new team."""
        ctx = self.shell.context
        return open_form(
            self, self.shell, TEAM, lambda values: survey_plans.save_team(ctx, values=team_values(values)),
            then=lambda _: self.shell.say("班を登録しました"),
        )  # fmt: skip

    def correct(self) -> FormDialog | None:
        """Correct the team at hand."""
        chosen, ctx = self.current, self.shell.context
        if chosen is None or not self.correct_button.isEnabled():
            return None
        team = chosen.team
        values = {"name": team.name, "from_town": team.from_town, "members": "\n".join(team.members), "note": team.note}
        return open_form(
            self, self.shell, TEAM,
            lambda given: survey_plans.save_team(ctx, values=team_values(given), team_id=team.id, version=team.version),
            then=lambda _: self.shell.say("班を直しました"), values=values,
        )  # fmt: skip

    def remove(self) -> FormDialog | None:
        """The team has gone home."""
        chosen, ctx = self.current, self.shell.context
        if chosen is None:
            return None
        return open_form(
            self, self.shell, REMOVE_TEAM,
            lambda values: survey_plans.remove_team(ctx, team_id=chosen.team.id, reason=values["reason"]),
            then=lambda _: self.shell.say("班をなくしました"), lead=chosen.team.name,
        )  # fmt: skip
