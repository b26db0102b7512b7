"""建物: every building of the register, found by whatever is known of it, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from app.domain.building import Building
from app.domain.errors import SasaeError
from app.presentation.columns.building import BUILDINGS
from app.presentation.messages import message
from app.ui import faults
from app.ui.surveys.asking import bind, open_export, use_view
from app.ui.surveys.building_acts import BuildingActs
from app.ui.surveys.building_file import BuildingFileDialog
from app.ui.surveys.building_filters import BuildingFilters
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.flow import flow
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column
from app.usecases import buildings
from app.usecases.survey_rows import BuildingFilter, BuildingRow

if TYPE_CHECKING:
    from app.ui.pages.surveys import SurveysPage

_PAGE = 500


class BuildingsTab(Tab):
    """Enter opens the building's file, F2 enters a survey, F6 links a household, F7 plans, Insert registers. A scanned sheet leads to its building.

    ``arrive(building_id=…)`` opens a file, ``arrive(filter=BuildingFilter(…))`` and ``arrive(text=…)`` narrow the list.
    """

    kinds = frozenset({"building", "survey", "occupancy", "victim", "photo", "appeal", "assignment"})

    def __init__(self, page: SurveysPage) -> None:
        super().__init__(page)
        self.acts = BuildingActs(self, page.shell)
        self.acts.done.connect(self._wanted_next)
        self._wanted = ""
        self._make_buttons()
        self.filters = BuildingFilters(self.add_button, self.import_button, self.export_button)
        self.filters.changed.connect(self.list)
        self.filters.scanned.connect(self.scan)
        self.table = Table(BUILDINGS, name="建物の一覧", runner=self.runner, preferences=self.shell.preferences)
        self.filters.down.connect(self.table.focus_first)
        self.table.opened.connect(lambda _: self.open_file())
        self.table.chosen.connect(lambda _: self._enable())
        self.table.rows.dataChanged.connect(lambda *_: self._enable())
        self.empty = EmptyState(
            "建物がまだありません",
            "家屋課税台帳などの一覧（CSV・Excel）を取り込むか、1棟ずつ登録します。"
            "登録した建物には調査番号が付き、調査の入力・班の予定・証明書はこの番号でつながります。",
            icon="surveys",
            actions=[("建物の一覧を取り込む", "import", self.import_buildings), ("1棟登録する", "plus", self.add)],
        )
        self.nothing = EmptyState(
            "この条件に当てはまる建物はありません",
            "条件を消すか、まだ登録していない建物なら登録します。",
            icon="search",
            actions=[("条件を消す", "undo", self.reset), ("1棟登録する", "plus", self.add)],
        )
        self._lay_out()

    def _make_buttons(self) -> None:
        self.file_button = button("建物を開く（Enter）", icon="list")
        self.survey_button = button("調査を入力（F2）", role="primary", icon="edit")
        self.link_button = button("世帯…（F6）", icon="evacuees", tip="世帯を結び付ける")
        self.correct_button = button("建物を直す…（F4）", icon="edit")
        self.risk_button = button("応急危険度判定…", icon="shield", tip="入っても安全かどうかの判定です。被害の程度とは別のものです。")
        self.collapse_button = button("倒壊家屋…", icon="warning")
        self.plan_button = button("班の予定…（F7）", icon="calendar", tip="印を付けた建物を、班の予定に入れる")
        self.add_button = button("登録…（Insert）", icon="plus")
        self.import_button = button("取り込む…（Ctrl+I）", icon="import")
        self.export_button = button("書き出す…（Ctrl+E）", icon="save")
        for made, act, keys in (
            (self.file_button, self.open_file, ""),
            (self.survey_button, self.enter_survey, "F2"),
            (self.link_button, self.link_household, "F6"),
            (self.correct_button, lambda: self._with(self.acts.correct), "F4"),
            (self.risk_button, lambda: self._with(self.acts.note_risk), ""),
            (self.collapse_button, lambda: self._with(self.acts.note_collapse), ""),
            (self.plan_button, self.plan, "F7"),
            (self.add_button, self.add, "Insert"),
            (self.import_button, self.import_any, "Ctrl+I"),
            (self.export_button, self.export, "Ctrl+E"),
        ):
            bind(self, made, act, keys)

    def _lay_out(self) -> None:
        needs_row = (self.survey_button, self.file_button, self.link_button, self.correct_button)
        more = (self.plan_button, self.risk_button, self.collapse_button)
        self._acts = flow(*needs_row, *more)
        whole = column(self.filters, self.table, self.nothing, self.empty, self._acts, spacing=8, margins=(0, 10, 0, 0))
        for place in (1, 2, 3):
            whole.setStretch(place, 1)
        self.setLayout(whole)
        self._row_buttons = (*needs_row, *more)
        self.empty.hide()
        self.nothing.hide()
        for way in (*self.empty.buttons, self.nothing.buttons[1], self.add_button, self.import_button):
            way.setEnabled(self.may("survey"))
        self._enable()

    # -- reading

    def refresh(self) -> None:
        """Read districts and list again."""
        ctx = self.context
        found = self.runner.read(lambda: buildings.list_districts(ctx), parent=self, latest="buildings.districts")
        found.success(self.filters.show_districts).start()
        self.list()

    def list(self) -> None:
        """Ask for the buildings that the conditions leave."""
        ctx, wanted = self.context, self.filters.wanted
        found = self.runner.read(lambda: buildings.list_building_ids(ctx, filter=wanted), parent=self, latest="buildings.ids")
        found.success(lambda ids: self.show_ids(ids, wanted)).start()

    def show_ids(self, ids: Sequence[str], wanted: BuildingFilter) -> None:
        """Show these; rows are read as they come into view."""
        if wanted != self.filters.wanted:
            return
        ctx, narrowed = self.context, self.filters.narrowed
        use_view(self.table, "collapsed" if wanted.collapsed else "standard")
        self.table.show_ids(ids, lambda some: buildings.building_rows(ctx, some))
        self.filters.count.setText(f"{len(ids):,}棟")
        typing = self.filters.finder.hasFocus()
        self.filters.setVisible(bool(ids) or narrowed)
        for part in (self.table, self._acts):
            part.setVisible(bool(ids))
        self.nothing.setVisible(not ids and narrowed)
        self.empty.setVisible(not ids and not narrowed)
        if typing and not self.filters.isVisibleTo(self):
            self.take_focus()
        if self._wanted and self.table.select_id(self._wanted):
            self._wanted = ""
        if ids and self.table.current_id() is None:
            self.table.make_current(0)
        self._enable()

    def _wanted_next(self, building_id: str) -> None:
        self._wanted = building_id

    def reset(self) -> None:
        """No conditions."""
        self.filters.show_filter(BuildingFilter(), tell=True)

    def arrive(self, **arguments: Any) -> None:
        """Where another page sends."""
        wanted = arguments.get("filter")
        if isinstance(wanted, BuildingFilter):
            self.filters.show_filter(wanted, tell=True)
        if arguments.get("text"):
            self.filters.show_filter(BuildingFilter(text=arguments["text"]), tell=True)
        if arguments.get("building_id"):
            self.open_file(arguments["building_id"])

    def take_focus(self) -> None:
        """Into the search box, or on the way to the first building."""
        if self.empty.isVisibleTo(self):
            self.empty.buttons[0].setFocus()
        else:
            self.filters.finder.setFocus()

    # -- acting

    @property
    def current(self) -> BuildingRow | None:
        """The building at hand, once its row has arrived."""
        return self.table.current_row()

    def selected_ids(self) -> Sequence[str]:
        """The buildings marked, or the one at hand."""
        found: Sequence[str] = self.table.selected_ids() or ([self.table.current_id()] if self.table.current_id() else [])
        return found

    def _enable(self) -> None:
        some, may = self.table.current_id() is not None and self.table.rows.rowCount() > 0, self.may("survey")
        for made in self._row_buttons:
            made.setEnabled(some and (may or made is self.file_button))
        self.export_button.setEnabled(some and (self.may("export") or self.may("print")))

    def _with(self, act: Callable[[Building], object]) -> None:
        building_id = self.table.current_id()
        if building_id:
            self.acts.with_building(building_id, act)

    def add(self) -> object:
        """A new building, in the district looked at."""
        return self.acts.add(district=self.filters.district.currentData() or "")

    def open_file(self, building_id: str = "") -> BuildingFileDialog | None:
        """The building with everything that hangs on it."""
        wanted = building_id or self.table.current_id()
        if not wanted:
            return None
        dialog = BuildingFileDialog(self, self.shell, wanted)
        dialog.removed.connect(self._offer_back)
        dialog.open()
        return dialog

    def _offer_back(self, building_id: str) -> None:
        words = "建物の登録を取り消しました。記録は残っていて、すぐに戻せます。"
        self.page.banner.show_message(words, tone="info", action="登録を戻す", act=lambda: self._bring_back(building_id))

    def _bring_back(self, building_id: str) -> None:
        self.page.banner.show_message("")
        self.acts.restore(building_id)

    def enter_survey(self) -> None:
        """The paper form of the building at hand."""
        if self.table.current_id():
            self.acts.enter_survey(self.table.current_id())

    def link_household(self) -> None:
        """Say who lives there."""
        from app.ui.surveys.linking import open_linking

        self._with(lambda building: open_linking(self, self.shell, building))

    def plan(self) -> object:
        """The buildings marked onto a team's list."""
        from app.ui.surveys.plan_assigning import AssignDialog

        dialog = AssignDialog(self, self.shell, building_ids=self.selected_ids())
        dialog.open()
        return dialog

    def scan(self, words: str) -> None:
        """A sheet's code leads to its building: the entry screen for those who may enter, else its file."""
        ctx = self.context
        found = self.runner.read(lambda: buildings.find_by_code(ctx, text=words), parent=self, latest="buildings.scan")
        found.success(self._scanned).failure(self._not_scanned).start()

    def _scanned(self, building_id: str) -> None:
        self.page.banner.show_message("")
        self.table.select_id(building_id)
        if self.may("survey"):
            self.acts.enter_survey(building_id)
        else:
            self.open_file(building_id)

    def _not_scanned(self, error: Exception) -> None:
        if isinstance(error, SasaeError):
            self.page.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error)

    # -- files

    def import_any(self) -> object:
        """Buildings or results of surveys."""
        from app.ui.surveys.importing import ImportChoice

        dialog = ImportChoice(self, self.shell)
        dialog.open()
        return dialog

    def import_buildings(self) -> object:
        """A list of buildings."""
        from app.ui.surveys.importing import open_import

        return open_import(self, self.shell, "buildings")

    def export(self) -> None:
        """The list as it is narrowed now."""
        ctx, wanted = self.context, self.filters.wanted

        def rows() -> list[BuildingRow]:
            ids = buildings.list_building_ids(ctx, filter=wanted)
            return [one for at in range(0, len(ids), _PAGE) for one in buildings.building_rows(ctx, ids[at : at + _PAGE])]

        open_export(
            self, self.shell, title="倒壊家屋の一覧" if wanted.collapsed else "建物の一覧", subtitle=self.filters.say(), columns=BUILDINGS,
            view="collapsed" if wanted.collapsed else "standard", rows=rows, people=lambda found: sum(one.households for one in found),
        )  # fmt: skip
