"""進み具合: what is done day by day, how long people wait, and when it will be finished at the present pace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from app.presentation.columns.damage import PROGRESS_DAYS, forecast_text, waiting_text
from app.ui import theme
from app.ui.surveys.asking import bind, open_export
from app.ui.surveys.progress_chart import ProgressChart
from app.ui.tabbed import Tab
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.export_dialog import ExportDialog
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, note, row, text
from app.usecases.damage_counts import WorkProgress, work_progress

if TYPE_CHECKING:
    from app.ui.pages.surveys import SurveysPage

_READ = "グラフの上に置くか、←→ で1日ごとの数を読めます。"


class ProgressTab(Tab):
    """Ctrl+E writes the days as a list."""

    kinds = frozenset({"survey", "building", "application", "certificate", "appeal"})

    def __init__(self, page: SurveysPage) -> None:
        super().__init__(page)
        self.progress: WorkProgress | None = None
        self.survey_words, self.certificate_words, self.waiting_words = (text("", role="lead") for _ in range(3))
        self.chart = ProgressChart()
        self.chart.setMinimumSize(theme.current().px(430), theme.current().px(170))
        self.chart.pointed.connect(self._point)
        self.reading = note(_READ)
        self.table = Table(PROGRESS_DAYS, name="日ごとの数", preferences=self.shell.preferences, many=False)
        self.table.chosen.connect(self._chose)
        self.export_button = button("書き出す・印刷…（Ctrl+E）", icon="save")
        bind(self, self.export_button, self.export, "Ctrl+E")
        self.empty = EmptyState(
            "進み具合にする記録がまだありません",
            "申請を受け付けるか、調査を入力すると、日ごとの数と終わる見込みがここに出ます。",
            icon="chart",
        )
        self._lay_out()

    def _lay_out(self) -> None:
        px = theme.current().px
        self.words = frame(
            "card", column(self.survey_words, self.certificate_words, self.waiting_words, spacing=4, margins=(14, 10, 14, 10))
        )
        top = row(self.words, self.export_button, spacing=12)
        top.setStretch(0, 1)
        top.setAlignment(self.export_button, Qt.AlignmentFlag.AlignTop)
        card = frame("card", column(self.chart, self.reading, spacing=4, margins=(8, 8, 8, 6)))
        card.layout().setStretch(0, 1)
        self.halves = QSplitter(Qt.Orientation.Horizontal)
        for part in (card, self.table):
            self.halves.addWidget(part)
        self.halves.setChildrenCollapsible(False)
        self.halves.setHandleWidth(10)
        self.halves.setStretchFactor(0, 1)
        self.halves.setSizes([px(680), px(450)])
        self.body = frame("plain", column(top, self.halves, spacing=8))
        self.body.layout().setStretch(1, 1)
        whole = column(self.body, self.empty, margins=(0, 10, 0, 0))
        whole.setStretch(0, 1)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.empty.hide()

    def refresh(self) -> None:
        """Count again."""
        ctx = self.context
        self.runner.read(lambda: work_progress(ctx), parent=self, latest="surveys.progress").success(self.show_progress).start()

    def show_progress(self, progress: WorkProgress) -> None:
        """Show these days, the newest on top of the table."""
        self.progress = progress
        anything = any(one.applied or one.surveyed or one.judged or one.issued or one.open for one in progress.days)
        anything = anything or progress.surveys.remaining > 0 or progress.certificates.remaining > 0
        self.body.setVisible(anything)
        self.empty.setVisible(not anything)
        self.survey_words.setText(forecast_text("調査", progress.surveys, unit="棟"))
        self.certificate_words.setText(forecast_text("証明書の交付", progress.certificates))
        self.waiting_words.setText(waiting_text(progress))
        self.chart.show_days(progress.days)
        self.table.show_rows(tuple(reversed(progress.days)), key=lambda one: one.day)
        self.export_button.setEnabled(anything and (self.may("export") or self.may("print")))

    def _chose(self, day: Any) -> None:
        places = [one.day for one in self.progress.days] if self.progress else []
        self.chart.point_at(places.index(day) if day in places else -1)

    def _point(self, point: Any) -> None:
        self.reading.setText(self.chart.say(point) if point else _READ)

    def take_focus(self) -> None:
        """On the chart."""
        self.chart.setFocus()

    def export(self) -> ExportDialog:
        """The days as a file or on paper."""
        ctx = self.context
        return open_export(
            self, self.shell, title="日ごとの進み具合", subtitle="", columns=PROGRESS_DAYS, view="", rows=lambda: work_progress(ctx).days,
            unit="日", people=lambda _: 0,
        )  # fmt: skip
