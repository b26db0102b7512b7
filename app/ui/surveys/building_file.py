"""建物の個票: one building with who lived there, every survey, requests, lists, applications and photographs; acts by key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QTabWidget, QWidget

from app.domain.building import Building
from app.presentation.columns.building import NOT_THE_GRADE, area_text, grade_tone, risk_tone
from app.presentation.columns.snapshot import day_text
from app.presentation.columns.survey import APPLIED, ASSIGNMENTS, OF_BUILDING, OWN_APPEALS, grade_path
from app.presentation.labels import label
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.reception.facts import Facts, scrolled
from app.ui.runner import Changes
from app.ui.surveys import sheets
from app.ui.surveys.building_acts import BuildingActs
from app.ui.surveys.households import HouseholdPane
from app.ui.surveys.strip import make_strip
from app.ui.surveys.survey_view import SurveyView
from app.ui.widgets.banner import Banner
from app.ui.widgets.export_dialog import ExportDialog
from app.ui.widgets.flow import flow
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.table import Table
from app.ui.widgets.text import Button, badge, button, column, frame, heading, note, restyle, row, text
from app.usecases import buildings
from app.usecases.survey_rows import BuildingFile, SurveyRow

_KINDS = frozenset({"building", "survey", "occupancy", "victim", "victim_member", "appeal", "assignment", "application", "photo"})
_OPEN = ("draft", "entered", "returned")


class BuildingFileDialog(QDialog):
    """F2 enters a survey, F4 corrects, F6 links a household; Alt+1… switch. Reads itself again when something of it was changed.

    ``removed`` carries the id of a building that was taken out; the dialog is closed then.
    """

    removed = Signal(str)

    def __init__(self, parent: QWidget, shell: Shell, building_id: str) -> None:
        super().__init__(parent)
        self.shell, self.building_id = shell, building_id
        self.file: BuildingFile | None = None
        self.acts = BuildingActs(self, shell)
        self.acts.removed.connect(self._removed)
        self.setWindowTitle("建物の個票")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._number, self._place = text("", role="display", wrap=False), text("", role="section", elide=True)
        self._grade, self._risk, self._collapsed = badge(""), badge(""), badge("⚠ 倒壊家屋", tone="bad")
        for one in (self._grade, self._risk, self._collapsed):
            one.setMinimumHeight(theme.current().px(22))
            one.hide()
        self._risk.setToolTip(NOT_THE_GRADE)
        self.banner = Banner()
        self.banner.hide()
        self._make_tabs()
        self._buttons: dict[str, Button] = {}
        self._lay_out()
        shell.runner.changed.connect(self._changed)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1240), room.width() - 30), min(look.px(700), room.height() - 40))
        self.refresh()

    # -- layout

    def _make_tabs(self) -> None:
        preferences = self.shell.preferences
        self.facts, self.owner = Facts("建物", columns=1), Facts("所有者", columns=1)
        self.risk = Facts("応急危険度判定（被害の程度とは別）", columns=1)
        self.risk.setToolTip(NOT_THE_GRADE)
        self.households = HouseholdPane(self, self.shell)
        self.surveys = Table(OF_BUILDING, name="調査", preferences=preferences, many=False)
        self.surveys.chosen.connect(lambda _: self._show_survey())
        self.surveys.opened.connect(lambda _: self.open_survey())
        self.view = SurveyView(self.shell)
        self.path = note("")
        self.withdraw_button = button("取り下げる…", icon="undo")
        self.withdraw_button.clicked.connect(self.withdraw)
        self.open_button = button("この調査を開く（Enter）", icon="edit")
        self.open_button.clicked.connect(self.open_survey)
        self.appeals = Table(OWN_APPEALS, name="再調査の依頼", preferences=preferences, many=False)
        self.visits = Table(ASSIGNMENTS, name="班の予定", preferences=preferences, many=False)
        self.visits.set_view("full")
        self.applied = Table(APPLIED, name="証明書の申請", preferences=preferences, many=False)
        self.applied.opened.connect(lambda _: self._show_application())
        pane, papers = QWidget(), QWidget()
        inside = column(self.path, self.surveys, self.view, row(self.open_button, self.withdraw_button, 1), spacing=8, margins=(0, 10, 0, 0))
        inside.setStretch(1, 2)
        inside.setStretch(2, 3)
        pane.setLayout(inside)
        parts = column(
            heading("再調査の依頼"), self.appeals, heading("班の予定"), self.visits, heading("証明書の申請"), self.applied,
            spacing=6, margins=(0, 10, 0, 0),
        )  # fmt: skip
        papers.setLayout(parts)
        self.tabs = QTabWidget()
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setAccessibleName("個票の内容")
        self.tabs.addTab(pane, "調査(&1)")
        self.tabs.addTab(self.households, "世帯(&2)")
        self.tabs.addTab(papers, "依頼・予定・申請(&3)")
        self.photos = make_strip(self.shell)
        if self.photos is not None:
            self.tabs.addTab(self.photos, "写真(&4)")

    def _lay_out(self) -> None:
        acts: tuple[tuple[str, str, str, str, Callable[[], object]], ...] = (
            ("survey", "調査を入力", "F2", "edit", lambda: self.acts.enter_survey(self.building_id)),
            ("correct", "建物を直す…", "F4", "edit", lambda: self._with(self.acts.correct)),
            ("link", "世帯を結び付ける…", "F6", "evacuees", self.households.link),
            ("risk", "応急危険度判定…", "", "shield", lambda: self._with(self.acts.note_risk)),
            ("collapse", "倒壊家屋…", "", "warning", lambda: self._with(self.acts.note_collapse)),
            ("self", "自己判定…", "", "check", lambda: self._with(self.acts.judge_self)),
            ("photo", "写真判定…", "", "eye", lambda: self._with(self.acts.judge_by_photo)),
            ("appeal", "再調査の依頼…", "", "history", self.appeal),
            ("sheet", "調査票を印刷…", "", "print", self.print_sheet),
            ("remove", "登録の取り消し…", "", "close", lambda: self._with(self.acts.remove)),
        )
        for key, words, keys, icon, act in acts:
            made = button(f"{words}（{keys}）" if keys else words, role="primary" if key == "survey" else "", icon=icon)
            made.clicked.connect(lambda _=False, act=act: act())
            if keys:
                QShortcut(QKeySequence(keys), self, lambda key=key: self._buttons[key].isEnabled() and self._buttons[key].click())
            self._buttons[key] = made
        self._buttons["risk"].setToolTip(NOT_THE_GRADE)
        head = row(self._number, self._grade, self._collapsed, self._risk, self._place, spacing=12)
        head.setStretch(4, 1)
        side = scrolled(self.facts, self.risk, self.owner)
        side.setFixedWidth(theme.current().px(316))
        body = row(side, self.tabs, spacing=14)
        body.setStretch(1, 1)
        top = column(head, flow(*self._buttons.values()), self.banner, body, spacing=8, margins=(24, 14, 24, 10))
        top.setStretch(3, 1)
        close = button("閉じる（Esc）")
        close.clicked.connect(self.reject)
        hints = KeyHints([("F2", "調査を入力"), ("F6", "世帯"), ("F4", "直す"), ("Alt+1～4", "切り替え")])
        footer = frame("footer", row(hints, 1, close, margins=(20, 10, 20, 10)))
        whole = column(top, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)

    # -- reading

    def refresh(self) -> None:
        """Read everything again; noted in the access log."""
        ctx, building_id = self.shell.context, self.building_id
        reading = self.shell.runner.write(lambda _: buildings.open_building(ctx, building_id=building_id), parent=self, label="lists.reading")
        reading.success(self.show_file).failure(self._gone).start()

    def _gone(self, error: Exception) -> None:
        if self.isVisible():  # a building that was just taken out cannot be read again: the dialog is closed by then
            faults.show(self, error)
            self.reject()

    def _changed(self, changes: Changes) -> None:
        if not _KINDS.isdisjoint(changes) and self.isVisible():
            self.refresh()

    def _removed(self, building_id: str) -> None:
        self.accept()
        self.removed.emit(building_id)

    def show_file(self, file: BuildingFile) -> None:
        """Show what was read."""
        self.file = file
        building = file.building
        self._number.setText(building.number)
        self._place.setText("　".join(filter(None, (building.address, building.name))))
        self._show_marks(file)
        self.facts.show_facts(_facts(building))
        self.risk.show_facts(_risk(building))
        self.owner.show_facts([(word, getattr(building, key)) for key, word in _OWNER if getattr(building, key) or key == "owner_name"])
        self.surveys.show_rows(file.surveys)
        if file.surveys and self.surveys.current_row() is None:
            self.surveys.make_current(0)
        self._show_survey()
        self.path.setText("判定の移り変わり：" + "　→　".join(grade_path(file.surveys)) if grade_path(file.surveys) else "確定した判定はまだありません。")
        self.households.show_homes(building, file.homes)
        self.appeals.show_rows(file.appeals)
        self.visits.show_rows(file.assignments)
        self.applied.show_rows(file.applications)
        self._count_tabs(file)
        if self.photos is not None:
            self.photos.show_building(building.id)
        self._enable()
        if self.focusWidget() is None or self.focusWidget() is self:
            self._buttons["survey"].setFocus()

    def _show_marks(self, file: BuildingFile) -> None:
        building, counted = file.building, file.counted
        self._grade.setText(f"{label('grade', counted.grade)}" if counted else "判定なし")
        restyle(self._grade, tone=grade_tone(counted.grade) if counted else "")
        self._grade.setVisible(True)
        self._collapsed.setVisible(building.collapsed)
        self._risk.setText(f"応急危険度：{label('building.risk', building.risk)}")
        restyle(self._risk, tone=risk_tone(building.risk))
        self._risk.setVisible(bool(building.risk))
        words = f"倒壊家屋：{building.danger}" if building.collapsed and building.danger else ""
        if file.withheld:
            words = "　".join(filter(None, (words, "この建物には、権限のある人だけに示す内容があります。")))
        self.banner.show_message(words, tone="bad" if building.collapsed else "info")

    def _count_tabs(self, file: BuildingFile) -> None:
        counts = (len(file.surveys), len(file.homes), len(file.appeals) + len(file.applications), file.photos)
        for place, (words, count) in enumerate(zip(("調査", "世帯", "依頼・予定・申請", "写真"), counts, strict=True)):
            if place < self.tabs.count():
                self.tabs.setTabText(place, f"{words} {count:,}(&{place + 1})" if count else f"{words}(&{place + 1})")

    @property
    def survey(self) -> SurveyRow | None:
        """The survey at hand."""
        return self.surveys.current_row()

    def _show_survey(self) -> None:
        survey = self.survey
        if survey is None:
            self.view.show_nothing("調査はまだありません。「調査を入力」で、調査票の内容を入れます。")
        else:
            self.view.show_survey(survey, self.file.counted if self.file else None)
        self._enable()

    def _enable(self) -> None:
        may, survey = self.acts.may("survey") and self.file is not None, self.survey
        for made in self._buttons.values():
            made.setEnabled(may)
        self._buttons["sheet"].setEnabled(self.file is not None and self.acts.may("print"))
        self._buttons["appeal"].setEnabled(may and self.file is not None and self.file.counted is not None)
        self.open_button.setEnabled(may and survey is not None and survey.state in _OPEN)
        out = survey is not None and survey.state == "withdrawn"
        self.withdraw_button.setText("取下げを戻す" if out else "取り下げる…")
        self.withdraw_button.setEnabled(survey is not None and (self.acts.may("check_survey") if survey.state == "counted" else may))

    # -- acting

    def _with(self, act: Callable[[Building], object]) -> None:
        if self.file is not None:
            act(self.file.building)

    def print_sheet(self) -> ExportDialog:
        """The sheet to fill in on the spot."""
        return sheets.open_sheets(self, self.shell, building_ids=[self.building_id])

    def open_survey(self) -> None:
        """The entry screen on the survey at hand, while it may still be changed."""
        if self.survey is not None and self.survey.state in _OPEN:
            self.acts.enter_survey(self.building_id, self.survey.id)

    def withdraw(self) -> None:
        """Take the survey at hand out, or one that was taken out back in."""
        if self.survey is not None and self.survey.state == "withdrawn":
            self.acts.restore_survey(self.survey)
        elif self.file is not None and self.survey is not None:
            self.acts.withdraw(self.file.building, self.survey)

    def appeal(self) -> None:
        """A request of the household at hand."""
        home = self.households.current
        if self.file is not None:
            self.acts.appeal(
                self.file.building, victim_id=home.victim.id if home else "", asked_by=home.victim.head_name if home else ""
            )

    def _show_application(self) -> None:
        chosen = self.applied.current_row()
        if chosen is not None:
            self.accept()
            self.shell.go("certificates", application_id=chosen.id)


_OWNER = (("owner_name", "氏名"), ("owner_kana", "フリガナ"), ("owner_address", "住所"), ("owner_phone", "電話"))
_ALWAYS = frozenset({"所在地", "地区", "用途", "構造"})


def _facts(building: Building) -> list[tuple[str, str]]:
    """What is known of a building, in words; of the rarer things only what is there."""
    storeys = "" if building.storeys is None else f"{building.storeys}階建て"
    area = f"{area_text(building.floor_area)} ㎡" if building.floor_area is not None else ""
    place = f"{building.lat:.5f}, {building.lon:.5f}" if building.lat is not None and building.lon is not None else ""
    told = (
        ("所在地", building.address), ("建物名", building.name), ("地区", building.district), ("区域", building.zone),
        ("用途", label("building.use", building.use)),
        ("構造", "　".join(filter(None, (label("building.structure", building.structure), storeys, area)))),
        ("建築年", building.built), ("家屋番号", building.tax_no), ("地図番号", building.map_no), ("緯度・経度", place), ("備考", building.note),
    )  # fmt: skip
    return [(name, value) for name, value in told if value or name in _ALWAYS]


def _risk(building: Building) -> list[tuple[str, str]]:
    """Whether it is safe to go in."""
    told = (("判定", label("building.risk", building.risk)), ("判定日", day_text(building.risk_on)), ("備考", building.risk_note))
    return [(name, value) for name, value in told if value or name == "判定"]
