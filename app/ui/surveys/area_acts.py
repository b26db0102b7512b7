"""The area judgements that were made: their lists, and taking one back as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QWidget

from app.presentation.columns.snapshot import day_text
from app.presentation.columns.survey import AREA_ACTS, SURVEYS
from app.presentation.forms.survey import UNDO_AREA
from app.presentation.labels import label
from app.ui.page import Shell
from app.ui.surveys.asking import bind, open_export, open_form
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, row
from app.usecases import surveys
from app.usecases.survey_rows import AreaAct, SurveyFilter, SurveyRow

_PAGE = 500


class AreaActsPane(QWidget):
    """Newest first."""

    def __init__(self, owner: QDialog, shell: Shell) -> None:
        super().__init__()
        self.shell, self._owner = shell, owner
        self.table = Table(AREA_ACTS, name="これまでの一括判定", preferences=shell.preferences, many=False)
        self.table.chosen.connect(lambda _: self._enable())
        self.undo_button = button("この判定を取り消す…", icon="undo")
        self.export_button = button("判定した建物の一覧…", icon="save")
        bind(self, self.undo_button, self.undo)
        bind(self, self.export_button, self.export)
        self.empty = EmptyState("区域一括判定はまだありません", "判定すると、ここに残り、まとめて取り消すことも、一覧を書き出すこともできます。", icon="list")
        whole = column(self.table, self.empty, row(self.undo_button, self.export_button, 1, spacing=6), spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(0, 1)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.show_acts([])
        self.refresh()

    def refresh(self) -> None:
        """Read them again."""
        ctx = self.shell.context
        self.shell.runner.read(lambda: surveys.list_area_acts(ctx), parent=self, latest="area.acts").success(self.show_acts).start()

    def show_acts(self, acts: Sequence[AreaAct]) -> None:
        """Show these."""
        self.table.show_rows(acts, key=lambda act: act.act)
        self.table.setVisible(bool(acts))
        self.empty.setVisible(not acts)
        if acts and self.table.current_row() is None:
            self.table.make_current(0)
        self._enable()

    @property
    def current(self) -> AreaAct | None:
        """The judgement at hand."""
        found: AreaAct | None = self.table.current_row()
        return found

    def _enable(self) -> None:
        chosen, actor = self.current, self.shell.context.actor
        self.undo_button.setEnabled(chosen is not None and chosen.standing > 0 and actor.may("check_survey"))
        self.export_button.setEnabled(chosen is not None and (actor.may("export") or actor.may("print")))

    def undo(self) -> FormDialog | None:
        """Take the whole judgement back."""
        chosen, ctx = self.current, self.shell.context
        if chosen is None or not self.undo_button.isEnabled():
            return None
        dialog = open_form(
            self._owner, self.shell, UNDO_AREA, lambda values: surveys.undo_area(ctx, act=chosen.act, reason=values["reason"]),
            lead=f"{day_text(chosen.surveyed_on)}　{label('grade', chosen.grade)}　いまも有効 {chosen.standing:,}棟",
        )  # fmt: skip
        dialog.saved.connect(lambda _: self._undone(chosen))
        return dialog

    def _undone(self, act: AreaAct) -> None:
        self.shell.say(f"{act.standing:,}棟の一括判定を取り消しました")
        self.refresh()

    def export(self) -> None:
        """Every building that the judgement at hand was about."""
        chosen, ctx = self.current, self.shell.context
        if chosen is None:
            return

        def rows() -> list[SurveyRow]:
            ids = surveys.list_survey_ids(ctx, filter=SurveyFilter(act=chosen.act))
            return [one for at in range(0, len(ids), _PAGE) for one in surveys.survey_rows(ctx, ids[at : at + _PAGE])]

        subtitle = f"{day_text(chosen.surveyed_on)}　{label('grade', chosen.grade)}　{chosen.reason}"
        open_export(self._owner, self.shell, title="区域一括判定", subtitle=subtitle, columns=SURVEYS, view="", rows=rows)
