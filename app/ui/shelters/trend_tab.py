"""The trend of all shelters: a chart to see, a table to read, both to take along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSplitter, QWidget

from app.presentation.columns.headcount import TREND
from app.ui import theme
from app.ui.page import Page
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.export_dialog import CSV, CSV_CP932, HTML, PDF, XLSX, Choice, ExportDialog, Written, lost_of
from app.ui.widgets.moment_field import MomentField
from app.ui.widgets.table import Table
from app.ui.widgets.text import button, column, frame, note, row, text
from app.ui.widgets.trend_chart import TrendChart, say_point
from app.usecases import headcounts
from app.usecases.context import Context
from app.usecases.job import Job
from app.usecases.rows import TrendPoint

_STEPS = (("自動", 0), ("1時間ごと", 1), ("6時間ごと", 6), ("1日ごと", 24), ("1週間ごと", 168))


def take_trend(ctx: Context, *, start: datetime | None, end: datetime | None, hours: int) -> list[TrendPoint]:
    """The trend; without hours a step that gives some dozens of points."""
    if not hours:
        span = ctx.reads.shelters.span()
        first, last = start or (span[0] if span else None), end or (span[1] if span else None)
        days = (last - first) / timedelta(days=1) if first and last else 1.0
        hours = 1 if days <= 2 else 6 if days <= 12 else 24 if days <= 500 else 168
    return headcounts.trend(ctx, start=start, end=end, every=timedelta(hours=hours))


class TrendTab(QWidget):
    """From, to and step; empty means everything known."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.points: Sequence[TrendPoint] = ()
        self.start, self.end = MomentField("はじめ", empty="最初から"), MomentField("終わり", empty="最後まで")
        self.every = QComboBox()
        self.every.setAccessibleName("間隔")
        for words, hours in _STEPS:
            self.every.addItem(words, hours)
        self.every.currentIndexChanged.connect(lambda _: self.refresh())
        for field in (self.start, self.end):
            field.changed.connect(self.refresh)
        self.export_button = button("書き出す…", icon="save")
        self.export_button.clicked.connect(self.export)
        self.chart = TrendChart()
        self.chart.setMinimumWidth(theme.current().px(430))
        self.chart.pointed.connect(self._point)
        self._reading = note("グラフの上に置くか、←→ で各時点を読めます。")
        self.table = Table(TREND, name="推移の表", preferences=page.shell.preferences)
        self.table.chosen.connect(lambda place: self.chart.point_at(place if isinstance(place, int) else -1))
        step = column(text("間隔", role="field", wrap=False), self.every, spacing=2)
        top = row(self.start, self.end, step, 1, self.export_button, spacing=14)
        top.setAlignment(self.export_button, Qt.AlignmentFlag.AlignBottom)
        left = frame("card", column(self.chart, self._reading, spacing=4, margins=(8, 8, 8, 6)))
        left.layout().setStretch(0, 1)
        self.halves = QSplitter(Qt.Orientation.Horizontal)
        self.halves.addWidget(left)
        self.halves.addWidget(self.table)
        self.halves.setStretchFactor(0, 1)
        self.halves.setSizes([theme.current().px(570), theme.current().px(580)])
        self.halves.setHandleWidth(10)
        self.halves.setChildrenCollapsible(False)
        self.empty = EmptyState(
            "推移にする記録がまだありません",
            "人数の報告を入れるか、避難者を受け付けると、日ごとの推移がここに表とグラフで出ます。",
            icon="chart",
        )
        outer = column(top, self.halves, self.empty, spacing=10, margins=(0, 10, 0, 0))
        outer.setStretch(1, 1)
        outer.setStretch(2, 1)
        self.setLayout(outer)
        self.empty.hide()

    def refresh(self) -> None:
        """Compute again."""
        ctx, start, end, hours = self._page.context, self.start.moment, self.end.moment, self.every.currentData()
        found = self._page.runner.read(lambda: take_trend(ctx, start=start, end=end, hours=hours), parent=self, latest="trend")
        found.success(self.show_points).start()

    def show_points(self, points: Sequence[TrendPoint]) -> None:
        """Draw and list these; the newest on top of the table."""
        self.points = tuple(points)
        self.chart.show_points(self.points)
        self.table.show_rows(self.points, key=self.points.index)
        self.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        self.halves.setVisible(bool(points))
        self.empty.setVisible(not points)
        self.export_button.setEnabled(bool(points) and self._page.may("export"))

    def take_focus(self) -> None:
        """On the chart."""
        self.chart.setFocus()

    def _point(self, point: TrendPoint | None) -> None:
        self._reading.setText(say_point(point) if point else "グラフの上に置くか、←→ で各時点を読めます。")

    def export(self) -> None:
        """The table, or with PDF the chart on one page."""
        ctx, folder, points = self._page.context, self._page.shell.folder, list(self.points)

        def write(choice: Choice, job: Job) -> Written:
            from app.interchange.exporting.headcounts import write_trend

            kind, _, encoding = choice.format.code.partition("-")
            done = write_trend(
                ctx.for_purpose(choice.purpose),
                points=points,
                out=choice.path,
                format=kind,
                encoding=encoding or "utf-8-sig",
                folder=folder,
                job=job,
            )
            return Written(choice.path, f"{done.rows:,}時点", lost_of(done), done.problems)

        ExportDialog(
            self, self._page.shell, title="推移の書き出し", name="避難者数の推移", formats=(PDF, XLSX, CSV, CSV_CP932, HTML), write=write, personal=False,
            lead="PDFは1枚のグラフ（白黒で印刷しても見分けられます）、ほかは表になります。",
        ).open()  # fmt: skip
