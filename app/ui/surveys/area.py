"""区域一括判定: one degree for all dwellings of an area as one act. What will change is shown before; it is taken back as one, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDialog, QFrame, QScrollArea, QTabWidget, QWidget

from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.presentation.columns.survey import AREA_LINES, CORNERS, AreaLine, Corner
from app.presentation.forms.building import day_text
from app.presentation.forms.survey import AREA
from app.presentation.labels import short_label
from app.presentation.messages import message
from app.ui import faults, theme
from app.ui.page import Shell
from app.ui.surveys.area_acts import AreaActsPane
from app.ui.surveys.asking import labelled, open_export
from app.ui.widgets.banner import Banner
from app.ui.widgets.form_dialog import FormBody
from app.ui.widgets.hints import KeyHints
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, heading, note, row, text
from app.ui.widgets.tick_table import TickTable
from app.usecases import buildings, surveys
from app.usecases.context import Context
from app.usecases.survey_rows import BuildingFilter, BuildingRow, SurveyRow
from app.usecases.surveys import AreaJudged

_CORNERS_MOST = 400


@dataclass(frozen=True, slots=True)
class Area:
    """The buildings of a place, and the counted surveys among them that did not come from an area judgement."""

    rows: Sequence[BuildingRow]
    corners: Sequence[SurveyRow]


def read_area(ctx: Context, where: tuple[str, str], marked: Sequence[str]) -> Area:
    """What there is in a zone, a district, or among the buildings marked."""
    kind, name = where
    ids = list(marked)
    if kind != "marked":
        wanted = BuildingFilter(zone=name) if kind == "zone" else BuildingFilter(district=name)
        ids = list(buildings.list_building_ids(ctx, filter=wanted))
    counted = surveys.grades_of(ctx.reads, ids)
    chosen = [one.survey_id for one in counted.values() if one.method != "area"][:_CORNERS_MOST]
    return Area(buildings.building_rows(ctx, ids), surveys.survey_rows(ctx, chosen))


def area_lines(area: Area, judged: AreaJudged, grade: str) -> list[AreaLine]:
    """Building by building what is judged and what is left alone, those that change first."""
    left = {one.id: one.code for one in judged.left}
    lines = [
        AreaLine(
            id=one.id, number=one.number, address=one.address, before=one.grade, after=one.grade if one.id in left else grade,
            left=message(left[one.id], number=one.number) if one.id in left else "",
        )
        for one in area.rows
    ]  # fmt: skip
    return sorted(lines, key=lambda line: bool(line.left))


class AreaDialog(QDialog):
    """Ctrl+Enter first shows what would change, then judges. Space marks a corner survey."""

    def __init__(self, parent: QWidget, shell: Shell, *, building_ids: Sequence[str] = ()) -> None:
        super().__init__(parent)
        self.shell, self._marked = shell, tuple(building_ids)
        self._area = Area((), ())
        self._corners: list[Corner] = []
        self._planned: AreaJudged | None = None
        self.judged: AreaJudged | None = None
        self.lines: list[AreaLine] = []
        self.setWindowTitle(AREA.title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.where = QComboBox()
        self.where.setAccessibleName("どこを判定するか")
        today = shell.context.now().astimezone(JST).date().isoformat()
        self.body = FormBody(AREA, values={"surveyed_on": today}, columns=1)
        self.corners = TickTable(CORNERS, name="根拠にする調査", preferences=shell.preferences, many=False)
        self.preview = Table(AREA_LINES, name="判定すると変わる建物", preferences=shell.preferences, many=False)
        self.told = text("", role="section", wrap=False)
        self.chosen = text("", role="note", wrap=False)
        self.banner = Banner()
        self.banner.hide()
        self.go_button = button("", role="primary", icon="check")
        self.export_button = button("結果の一覧を書き出す・印刷…（Ctrl+E）", icon="print")
        self.close_button = button("やめる（Esc）")
        self.acts = AreaActsPane(self, shell)
        self._lay_out()
        self._connect()
        self._load()

    def _connect(self) -> None:
        self.where.activated.connect(lambda _: self._read_area())
        self.corners.ticked.connect(self.tick)
        self.corners.doubleClicked.connect(lambda _: self.tick())
        self.body.changed.connect(self._forget)
        self.go_button.clicked.connect(self.go_on)
        self.export_button.clicked.connect(self.export)
        self.close_button.clicked.connect(self.reject)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.go_on)
        QShortcut(QKeySequence("Ctrl+E"), self, lambda: self.export_button.isVisible() and self.export())

    def _lay_out(self) -> None:
        form = QWidget()
        form.setProperty("role", "scroll")
        form.setLayout(column(labelled("どこを", self.where), self.body, 1, spacing=12, margins=(0, 0, 10, 0)))
        left = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        left.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left.setWidget(form)
        left.setFixedWidth(theme.current().px(360))
        right = column(
            row(text("根拠にする四隅の調査（Space で選ぶ）", role="heading", wrap=False), 1, self.chosen), self.corners, row(self.told, 1, self.export_button),
            self.preview, spacing=6,
        )  # fmt: skip
        right.setStretch(1, 2)
        right.setStretch(3, 3)
        page = QWidget()
        inside = row(left, right, spacing=18, margins=(0, 10, 0, 0))
        inside.setStretch(1, 1)
        page.setLayout(inside)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(page, "判定する(&1)")
        self.tabs.addTab(self.acts, "これまでの一括判定(&2)")
        self.tabs.currentChanged.connect(lambda _: self._enable())
        lead = note("水害で一帯の浸水が明らかなときなど、区域のすべての住家を同じ程度とします。自分の調査で確定した建物と、住家でない建物は変わりません。")
        body = column(heading(AREA.title), lead, self.banner, self.tabs, spacing=6, margins=(24, 14, 24, 8))
        body.setStretch(3, 1)
        hints = KeyHints([("Space", "根拠に選ぶ"), ("Ctrl+Enter", "次へ")])
        footer = frame("footer", row(hints, 1, self.close_button, self.go_button, margins=(20, 10, 20, 10)))
        whole = column(body, footer, spacing=0)
        whole.setStretch(0, 1)
        self.setLayout(whole)
        look, room = theme.current(), self.screen().availableGeometry()
        self.resize(min(look.px(1220), room.width() - 30), min(look.px(720), room.height() - 30))
        self.export_button.hide()
        self._enable()

    # -- reading

    def _load(self) -> None:
        ctx = self.shell.context
        read = self.shell.runner.read(lambda: (buildings.list_zones(ctx), buildings.list_districts(ctx)), parent=self)
        read.success(lambda found: self._show_places(*found)).start()

    def _show_places(self, zones: Sequence[tuple[str, int]], districts: Sequence[tuple[str, int]]) -> None:
        if self._marked:
            self.where.addItem(f"印を付けた建物（{len(self._marked):,}棟）", ("marked", ""))
        for kind, word, found in (("zone", "区域", zones), ("district", "地区", districts)):
            for name, number in found:
                if name:
                    self.where.addItem(f"{word}：{name}（{number:,}棟）", (kind, name))
        if self.where.count() == 0:
            self.banner.show_message("区域も地区もまだありません。建物に区域か地区を入れるか、一覧で建物に印を付けてから開いてください。", tone="warn")
        self._read_area()

    def _read_area(self) -> None:
        where, ctx, marked = self.where.currentData(), self.shell.context, self._marked
        self._forget()
        if where is None:
            return
        read = self.shell.runner.read(lambda: read_area(ctx, tuple(where), marked), parent=self, label="lists.reading", latest="area")
        read.success(self._show_area).start()

    def _show_area(self, area: Area) -> None:
        self._area = area
        self._corners = [Corner(survey=one) for one in area.corners]
        self._show_corners()
        self._forget()

    def _show_corners(self) -> None:
        self.corners.show_rows(self._corners)
        if self._corners and self.corners.current_row() is None:
            self.corners.make_current(0)
        ticked = sum(one.ticked for one in self._corners)
        self.chosen.setText(f"{ticked:,}件を選択／確定した調査 {len(self._corners):,}件")

    def tick(self) -> None:
        """The survey at hand is one of the corners, or not."""
        chosen: Corner | None = self.corners.current_row()
        if chosen is not None and self.judged is None:
            self._corners = [replace(one, ticked=not one.ticked) if one.id == chosen.id else one for one in self._corners]
            self._show_corners()
            self._forget()

    def _forget(self) -> None:
        """What was shown no longer holds."""
        if self.judged is not None:
            return
        self._planned = None
        self.preview.show_rows([])
        self.told.setText(f"この範囲に {len(self._area.rows):,}棟あります。何が変わるかは、判定の前に一覧で確かめられます。")
        self._enable()

    def _enable(self) -> None:
        here = self.tabs.currentIndex() == 0
        words = f"{len(self._planned.made):,}棟を判定する（Ctrl+Enter）" if self._planned else "何が変わるか見る（Ctrl+Enter）"
        self.go_button.setText(words)
        self.go_button.setVisible(here and self.judged is None)
        self.go_button.setEnabled(bool(self._area.rows) and self.shell.context.actor.may("check_survey"))
        self.close_button.setText("やめる（Esc）" if self.judged is None and here else "閉じる（Esc）")

    # -- judging

    def _asked(self) -> dict[str, Any] | None:
        values, where = self.body.read(), self.where.currentData()
        if values is None or where is None:
            return None
        ids = [one.id for one in self._area.rows] if where[0] != "zone" else []
        return {
            **values, "surveyed_on": day_text(values["surveyed_on"]), "zone": where[1] if where[0] == "zone" else "", "building_ids": ids,
            "corner_survey_ids": [one.id for one in self._corners if one.ticked],
        }  # fmt: skip

    def go_on(self) -> None:
        """What would change; once that was seen, judge."""
        asked = self._asked() if self.go_button.isVisible() and self.go_button.isEnabled() else None
        if asked is None:
            return
        ctx, dry = self.shell.context, self._planned is None
        self.go_button.setEnabled(False)
        operation = self.shell.runner.write(lambda _: surveys.judge_area(ctx, **asked, dry_run=dry), parent=self, label="window.saving")
        operation.finished(self._enable).success(lambda done: self._show_judged(done, asked["grade"], dry)).failure(self._fail).start()

    def _show_judged(self, done: AreaJudged, grade: str, dry: bool) -> None:
        self.banner.show_message("")
        self.lines = area_lines(self._area, done, grade)
        self.preview.show_rows(self.lines)
        counted = f"{short_label('grade', grade)}にする {len(done.made):,}棟／変えない {len(done.left):,}棟"
        if dry:
            self._planned = done
            self.told.setText(f"判定すると：{counted}")
            self._enable()
            self.go_button.setFocus()
            return
        self.judged = done
        self.told.setText(f"判定しました：{counted}")
        self.body.setEnabled(False)
        self.where.setEnabled(False)
        self.export_button.show()
        self.acts.refresh()
        self.shell.say(f"{len(done.made):,}棟を{short_label('grade', grade)}と判定しました")
        self._enable()
        self.export_button.setFocus()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, RuleViolation) and error.field in self.body.editors:
            self.body.show_problems({error.field: message(error)})
        elif isinstance(error, RuleViolation):
            self.banner.show_message(message(error), tone="bad")
        else:
            faults.show(self, error, retry=self.go_on)

    def export(self) -> None:
        """What was judged and what was left alone, building by building."""
        lines = list(self.lines)
        open_export(
            self, self.shell, title="区域一括判定の結果", subtitle=f"{self.where.currentText()}　{self.told.text()}", columns=AREA_LINES, view="",
            rows=lambda: lines,
        )  # fmt: skip
