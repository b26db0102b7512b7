"""確認: results that wait for a second person. What they entered themselves nobody can check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QSplitter, QWidget

from app.domain.errors import RuleViolation, StaleRecord
from app.presentation.columns.survey import OWN_ENTRY, WAITING
from app.presentation.forms.survey import RETURN
from app.presentation.labels import choices, short_label
from app.presentation.messages import message
from app.ui import faults
from app.ui.surveys.asking import bind, labelled, open_export, open_form, picker
from app.ui.surveys.building_acts import BuildingActs
from app.ui.surveys.building_file import BuildingFileDialog
from app.ui.surveys.strip import make_strip
from app.ui.surveys.survey_view import SurveyView
from app.ui.tabbed import Tab
from app.ui.widgets.banner import Banner
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.form_dialog import FormDialog, ask
from app.ui.widgets.search_box import SearchBox
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, heading, row, text
from app.usecases import buildings, surveys
from app.usecases.context import Context
from app.usecases.survey_rows import SurveyFilter, SurveyRow
from app.usecases.surveys import Checked

if TYPE_CHECKING:
    from app.ui.pages.surveys import SurveysPage

_PAGE = 500


def count_waiting(ctx: Context) -> int:
    """Results that wait for their check."""
    return len(surveys.list_survey_ids(ctx, filter=SurveyFilter(state="entered")))


class CheckTab(Tab):
    """A accepts what is marked, R returns it with a reason, Enter opens the building. ``arrive(district=…)`` narrows."""

    kinds = frozenset({"survey", "building", "occupancy", "victim", "photo"})

    def __init__(self, page: SurveysPage) -> None:
        super().__init__(page)
        self.acts = BuildingActs(self, page.shell)
        self.finder = SearchBox("調査番号・所在地・世帯主で絞る", name="確認待ちを絞る")
        self.district = picker("地区")
        self.grade = picker("被害の程度", [(code, short_label("grade", code)) for code, _ in choices("grade")])
        self.method = picker("方法", choices("survey.method"))
        self.count = text("", role="section", wrap=False)
        self.table = Table(WAITING, name="確認待ちの調査", runner=self.runner, preferences=self.shell.preferences)
        self.view = SurveyView(self.shell)
        self.strip = make_strip(self.shell)
        self.banner = Banner(closable=True)
        self.banner.hide()
        self.accept_button = button("認める（A）", role="primary", icon="check")
        self.return_button = button("差し戻す…（R）", icon="undo")
        self.open_button = button("建物を開く（Enter）", icon="list")
        self.entry_button = button("調査票を開く（F2）", icon="edit")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        self.empty = EmptyState(
            "確認を待っている調査はありません",
            "調査を入力して「確認待ちにする」と、ここに並びます。入力した人とは別の人が、調査票や写真と見比べて認めると、被害の程度として確定します。",
            icon="success",
        )
        self._connect()
        self._lay_out()

    def _connect(self) -> None:
        self.finder.typed.connect(lambda _: self.list())
        self.finder.down.connect(self.table.focus_first)
        self.finder.entered.connect(lambda _: self.table.focus_first())
        self.finder.left.connect(self.table.focus_first)
        for box in (self.district, self.grade, self.method):
            box.activated.connect(lambda _: self.list())
        self.table.chosen.connect(lambda _: self._show_current())
        self.table.rows.dataChanged.connect(lambda *_: self._show_current())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.opened.connect(lambda _: self.open_file())
        for made, act, keys in (
            (self.accept_button, self.accept, "A"), (self.return_button, self.send_back, "R"), (self.open_button, self.open_file, ""),
            (self.entry_button, self.open_entry, "F2"), (self.export_button, self.export, "Ctrl+E"),
        ):  # fmt: skip
            bind(self, made, act, keys)

    def _lay_out(self) -> None:
        pickers = zip(("地区", "被害の程度", "方法"), (self.district, self.grade, self.method), strict=True)
        top = row(labelled("絞り込み", self.finder), *(labelled(name, box) for name, box in pickers), labelled("", self.count), spacing=10)
        top.setStretch(0, 1)
        side = QWidget()
        parts = column(heading("判定の根拠"), self.view, spacing=6, margins=(12, 0, 0, 0))
        parts.setStretch(1, 1)
        if self.strip is not None:
            parts.addWidget(self.strip)
        side.setLayout(parts)
        self._both = QSplitter()
        self._both.addWidget(self.table)
        self._both.addWidget(side)
        self._both.setStretchFactor(0, 5)
        self._both.setStretchFactor(1, 4)
        self._both.setSizes([640, 480])
        self._both.setChildrenCollapsible(False)
        self._acts = flow(self.accept_button, self.return_button, self.open_button, self.entry_button, self.export_button)
        whole = column(top, self.banner, self._both, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        whole.setStretch(2, 1)
        whole.setStretch(3, 1)
        self.setLayout(whole)
        self.empty.hide()
        self._enable()

    # -- reading

    def refresh(self) -> None:
        """Read districts and the waiting again."""
        ctx = self.context
        self.runner.read(lambda: buildings.list_districts(ctx), parent=self, latest="check.districts").success(self._show_districts).start()
        self.list()

    def _show_districts(self, districts: Sequence[tuple[str, int]]) -> None:
        kept = self.district.currentData()
        self.district.clear()
        self.district.addItem("すべて", "")
        for name, _ in districts:
            if name:
                self.district.addItem(name, name)
        self.district.setCurrentIndex(max(0, self.district.findData(kept)))

    @property
    def wanted(self) -> SurveyFilter:
        """What is asked for."""
        return SurveyFilter(
            state="entered", text=self.finder.text().strip(), district=self.district.currentData() or "",
            grade=self.grade.currentData() or "", method=self.method.currentData() or "",
        )  # fmt: skip

    def list(self) -> None:
        """Ask for what waits."""
        ctx, wanted = self.context, self.wanted
        found = self.runner.read(lambda: surveys.list_survey_ids(ctx, filter=wanted), parent=self, latest="check.ids")
        found.success(lambda ids: self._show_ids(ids, wanted)).start()

    def _show_ids(self, ids: Sequence[str], wanted: SurveyFilter) -> None:
        if wanted != self.wanted:
            return
        ctx = self.context
        self.table.show_ids(ids, lambda some: surveys.survey_rows(ctx, some))
        narrowed = wanted != SurveyFilter(state="entered")
        self.count.setText(f"{len(ids):,}件")
        if not narrowed:
            self.badged.emit(len(ids))
        self._both.setVisible(bool(ids) or narrowed)
        self._acts.setVisible(bool(ids) or narrowed)
        self.empty.setVisible(not ids and not narrowed)
        if ids and self.table.current_id() is None:
            self.table.make_current(0)
        self._show_current()

    @property
    def current(self) -> SurveyRow | None:
        """The survey at hand, once it has arrived."""
        found: SurveyRow | None = self.table.current_row()
        return found

    def _show_current(self) -> None:
        survey = self.current
        self._enable()
        if survey is None:
            self.view.show_nothing()
            return
        ctx, building_id = self.context, survey.building_id
        found = self.runner.read(lambda: surveys.grade_of(ctx.reads, building_id), parent=self, latest="check.counted")
        found.success(lambda counted: self.view.show_survey(survey, counted) if self.current == survey else None).start()
        if self.strip is not None:
            self.strip.show_building(building_id)

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        self.district.setCurrentIndex(max(0, self.district.findData(arguments.get("district", ""))))
        self.list()

    def take_focus(self) -> None:
        """On the list: that is where A and R work."""
        self.table.focus_first()

    # -- acting

    def marked(self) -> Sequence[str]:
        """The surveys marked, or the one at hand."""
        found: Sequence[str] = self.table.selected_ids() or ([self.table.current_id()] if self.table.current_id() else [])
        return found

    def _rows(self) -> Sequence[SurveyRow]:
        found = (self.table.rows.row(self.table.rows.position(one)) for one in self.marked())
        return [one for one in found if one is not None]

    def _enable(self) -> None:
        marked, rows = self.marked(), self._rows()
        own = bool(rows) and len(rows) == len(marked) and all(one.mine for one in rows)
        may = self.may("check_survey") and bool(marked) and not own
        for made in (self.accept_button, self.return_button):
            made.setEnabled(may)
            made.setToolTip(OWN_ENTRY if own else "")
        more = f" {len(marked):,}件" if len(marked) > 1 else ""
        self.accept_button.setText(f"{more.strip()}を認める（A）" if more else "認める（A）")
        self.return_button.setText(f"{more.strip()}を差し戻す…（R）" if more else "差し戻す…（R）")
        self.open_button.setEnabled(bool(marked))
        self.entry_button.setEnabled(bool(marked) and self.may("survey"))
        self.export_button.setEnabled(bool(marked) and (self.may("export") or self.may("print")))
        if own and len(marked) == 1:
            self.banner.show_message(OWN_ENTRY, tone="info")
        elif self.banner.words == OWN_ENTRY:
            self.banner.show_message("")

    def accept(self) -> None:
        """The surveys marked count from now on."""
        ids = list(self.marked())
        if not ids or not self.accept_button.isEnabled():
            return
        if len(ids) > 1:
            grades = Counter(short_label("grade", one.grade) for one in self._rows())
            told = "、".join(f"{name} {number:,}件" for name, number in grades.most_common())
            if not ask(self, f"{len(ids):,}件の調査をまとめて認めますか？", told, yes="認める", no="やめる", danger=False):
                return
        ctx, versions = self.context, {one.id: one.version for one in self._rows()}
        operation = self.runner.write(
            lambda job: surveys.check_surveys(ctx, survey_ids=ids, accept=True, versions=versions, job=job), parent=self, label="window.saving"
        )
        operation.success(lambda done: self._checked(done, "認めました")).failure(self._failed).start()

    def send_back(self) -> FormDialog | None:
        """Return the surveys marked to those who entered them, with a reason."""
        ids = list(self.marked())
        if not ids or not self.return_button.isEnabled():
            return None
        ctx, versions = self.context, {one.id: one.version for one in self._rows()}
        current = self.current
        return open_form(
            self, self.shell, RETURN,
            lambda values: surveys.check_surveys(ctx, survey_ids=ids, accept=False, note=values["reason"], versions=versions),
            then=lambda done: self._checked(done, "差し戻しました"),
            lead=f"{len(ids):,}件の調査" if len(ids) > 1 or current is None else f"{current.number}　{current.address}",
        )  # fmt: skip

    def _checked(self, done: Checked, words: str) -> None:
        self.shell.say(f"{len(done.done):,}件を{words}")
        if done.left:
            reasons = "、".join(f"{one.number}（{message(one.code)}）" for one in done.left[:3])
            more = f" ほか{len(done.left) - 3:,}件" if len(done.left) > 3 else ""
            self.banner.show_message(f"{len(done.left):,}件はそのままです：{reasons}{more}", tone="warn")
        self.list()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        elif isinstance(error, StaleRecord):
            self.banner.show_message("ほかの人がこの調査を直しました。新しい内容を読み直したので、もう一度確かめてください。", tone="warn")
            self.list()
        else:
            faults.show(self, error)

    def open_file(self) -> BuildingFileDialog | None:
        """The building of the survey at hand."""
        if self.current is None:
            return None
        dialog = BuildingFileDialog(self, self.shell, self.current.building_id)
        dialog.open()
        return dialog

    def open_entry(self) -> None:
        """The entry screen of the survey at hand."""
        if self.current is not None:
            self.acts.enter_survey(self.current.building_id, self.current.id)

    def export(self) -> None:
        """What waits, as it is narrowed now."""
        ctx, wanted = self.context, self.wanted

        def rows() -> list[SurveyRow]:
            ids = surveys.list_survey_ids(ctx, filter=wanted)
            return [one for at in range(0, len(ids), _PAGE) for one in surveys.survey_rows(ctx, ids[at : at + _PAGE])]

        open_export(self, self.shell, title="確認待ちの調査", subtitle="", columns=WAITING, view="standard", rows=rows, unit="件")
