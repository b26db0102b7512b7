"""再調査: requests for a second or another survey, answered and done; how the degree went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app.presentation.columns.survey import APPEALS, grade_path
from app.presentation.forms.survey import ACCEPT, DECLINE
from app.presentation.labels import choices, label
from app.ui.surveys.asking import bind, labelled, open_export, open_form, picker
from app.ui.surveys.building_acts import BuildingActs
from app.ui.surveys.building_file import BuildingFileDialog
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import FormDialog
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, heading, note, row, text
from app.usecases import surveys
from app.usecases.context import Context
from app.usecases.survey_rows import AppealRow, SurveyFilter

if TYPE_CHECKING:
    from app.ui.pages.surveys import SurveysPage

_WAITING = ("open", "accepted")
_OUTSTANDING = "outstanding"


def count_waiting(ctx: Context) -> int:
    """Requests nobody has answered yet."""
    return len(surveys.list_appeals(ctx, state="open"))


class AppealsTab(Tab):
    """A: a survey follows; D: it does not, with an answer; F2 enters the survey that was asked for; Enter opens the building."""

    kinds = frozenset({"appeal", "survey", "building", "victim", "occupancy"})

    def __init__(self, page: SurveysPage) -> None:
        super().__init__(page)
        self._rows: Sequence[AppealRow] = ()
        self.acts = BuildingActs(self, page.shell)
        self.finder = SearchBox("調査番号・所在地・世帯主・依頼した人で絞る", name="依頼を絞る")
        self.state = picker("状態", [(_OUTSTANDING, "終わっていないもの"), *choices("appeal.state")])
        self.state.setCurrentIndex(1)
        self.count = text("", role="section", wrap=False)
        self.table = Table(APPEALS, name="再調査の依頼", preferences=self.shell.preferences, many=False)
        self.path = note("")
        self.reason = text("")
        self.accept_button = button("調査する…（A）", role="primary", icon="check")
        self.decline_button = button("調査しない…（D）", icon="close")
        self.entry_button = button("調査を入力（F2）", icon="edit")
        self.open_button = button("建物を開く（Enter）", icon="list")
        self.plan_button = button("班の予定に入れる…（F7）", icon="calendar")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        self.empty = EmptyState(
            "再調査の依頼はありません",
            "判定が確定した建物で、本人から2次調査や再調査を求められたら、建物を開いて「再調査の依頼」で受け付けます。"
            "程度は重くなることも軽くなることもあり、前の証明書は差替になります。",
            icon="history",
            actions=[("建物を探す", "search", lambda: page.open_tab("buildings"))],
        )
        self._connect()
        self._lay_out()

    def _connect(self) -> None:
        self.finder.typed.connect(lambda _: self._filter())
        self.finder.down.connect(self.table.focus_first)
        self.finder.entered.connect(lambda _: self.table.focus_first())
        self.finder.left.connect(self.table.focus_first)
        self.state.activated.connect(lambda _: self._filter())
        self.table.chosen.connect(lambda _: self._show_current())
        self.table.opened.connect(lambda _: self.open_file())
        for made, act, keys in (
            (self.accept_button, self.accept, "A"), (self.decline_button, self.decline, "D"), (self.entry_button, self.enter, "F2"),
            (self.open_button, self.open_file, ""), (self.plan_button, self.plan, "F7"), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)

    def _lay_out(self) -> None:
        top = row(labelled("絞り込み", self.finder), labelled("状態", self.state), labelled("", self.count), spacing=10)
        top.setStretch(0, 1)
        self._work = QWidget()
        acts = flow(
            self.accept_button, self.decline_button, self.entry_button, self.plan_button, self.open_button, self.export_button
        )
        inside = column(self.table, heading("判定の移り変わり"), self.path, self.reason, acts, spacing=6)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setStretch(0, 1)
        self._work.setLayout(inside)
        whole = column(top, self._work, self.empty, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.empty.hide()
        self._enable()

    # -- reading

    def refresh(self) -> None:
        """Read the requests again."""
        ctx = self.context
        self.runner.read(lambda: surveys.list_appeals(ctx), parent=self, latest="appeals").success(self.show_appeals).start()

    def show_appeals(self, rows: Sequence[AppealRow]) -> None:
        """Show these."""
        self._rows = rows
        self.badged.emit(sum(one.appeal.state == "open" for one in rows))
        self._work.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self._filter()

    def _filter(self) -> None:
        state, words = self.state.currentData(), self.finder.text().strip()
        states = _WAITING if state == _OUTSTANDING else (state,)
        kept = [one for one in self._rows if not state or one.appeal.state in states]
        kept = [one for one in kept if not words or any(words in part for part in (one.number, one.address, one.head, one.appeal.asked_by))]
        self.table.show_rows(kept, key=lambda one: one.appeal.id)
        if kept and self.table.current_row() is None:
            self.table.make_current(0)
        self.count.setText(f"{len(kept):,}件")
        self._show_current()

    @property
    def current(self) -> AppealRow | None:
        """The request at hand."""
        found: AppealRow | None = self.table.current_row()
        return found

    def _show_current(self) -> None:
        self._enable()
        chosen = self.current
        self.path.setText("")
        self.reason.setText("")
        if chosen is None:
            return
        told = (("依頼の理由", chosen.appeal.reason), ("回答", chosen.appeal.answer), ("備考", chosen.appeal.note))
        self.reason.setText("\n".join(f"{name}：{words}" for name, words in told if words))
        ctx, building_id = self.context, chosen.appeal.building_id

        def read() -> list[str]:
            ids = surveys.list_survey_ids(ctx, filter=SurveyFilter(building_id=building_id))
            return grade_path(surveys.survey_rows(ctx, ids))

        self.runner.read(read, parent=self, latest="appeals.path").success(
            lambda path: self.path.setText("　→　".join(path)) if self.current == chosen else None
        ).start()

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        self.state.setCurrentIndex(max(0, self.state.findData(arguments.get("state", _OUTSTANDING))))
        self._filter()

    def take_focus(self) -> None:
        """On the list."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.table.focus_first()

    # -- acting

    def _enable(self) -> None:
        chosen = self.current
        state = chosen.appeal.state if chosen else ""
        answers = self.may("check_survey")
        self.accept_button.setEnabled(answers and state in ("open", "declined"))
        self.decline_button.setEnabled(answers and state in _WAITING)
        self.entry_button.setEnabled(self.may("survey") and state == "accepted")
        self.entry_button.setToolTip("" if state == "accepted" else "「調査する」にした依頼で入力できます。")
        self.plan_button.setEnabled(self.may("survey") and state == "accepted")
        self.open_button.setEnabled(chosen is not None)
        self.export_button.setEnabled(bool(self._rows) and (self.may("export") or self.may("print")))

    def accept(self) -> FormDialog | None:
        """A survey follows."""
        return self._answer(accept=True) if self.accept_button.isEnabled() else None

    def decline(self) -> FormDialog | None:
        """No survey follows; what was answered is kept."""
        return self._answer(accept=False) if self.decline_button.isEnabled() else None

    def _answer(self, *, accept: bool) -> FormDialog | None:
        chosen, ctx = self.current, self.context
        if chosen is None:
            return None
        appeal = chosen.appeal
        return open_form(
            self, self.shell, ACCEPT if accept else DECLINE,
            lambda values: surveys.answer_appeal(ctx, appeal_id=appeal.id, accept=accept, answer=values["answer"], version=appeal.version),
            then=lambda _: self.shell.say("「調査する」にしました" if accept else "「調査しない」にしました"),
            lead=f"{chosen.number}　{chosen.address}　{chosen.head}　{label('appeal.wants', appeal.wants)}",
        )  # fmt: skip

    def enter(self) -> None:
        """The entry screen for the survey that was asked for."""
        if self.current is not None and self.entry_button.isEnabled():
            appeal = self.current.appeal
            self.acts.enter_survey(appeal.building_id, appeal_id=appeal.id)

    def plan(self) -> object:
        """Onto a team's list."""
        chosen = self.current
        if chosen is None or not self.plan_button.isEnabled():
            return None
        from app.ui.surveys.plan_assigning import AssignDialog

        dialog = AssignDialog(self, self.shell, building_ids=[chosen.appeal.building_id], kind=chosen.appeal.wants)
        dialog.open()
        return dialog

    def open_file(self) -> BuildingFileDialog | None:
        """The building of the request at hand."""
        if self.current is None:
            return None
        dialog = BuildingFileDialog(self, self.shell, self.current.appeal.building_id)
        dialog.open()
        return dialog

    def export(self) -> None:
        """All requests."""
        ctx = self.context
        open_export(
            self, self.shell, title="再調査の依頼", subtitle="", columns=APPEALS, view="", rows=lambda: surveys.list_appeals(ctx), unit="件"
        )
