"""What was done each day, drawn: applied, surveyed, judged, issued, and below it how many applications are open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import NamedTuple

from app.domain.dates import JST
from app.ui.widgets.trend_chart import TrendChart, TrendLine
from app.usecases.damage_counts import ProgressDay


class DayPoint(NamedTuple):
    """A day as the chart wants it."""

    at: datetime
    applied: int
    surveyed: int
    judged: int
    issued: int
    open: int


class ProgressChart(TrendChart):
    """Four lines of work a day, one of what is open."""

    lines = (
        TrendLine("申請", "件", 1, (), False, 0),
        TrendLine("調査", "棟", 2, (5, 3), False, 0),
        TrendLine("判定", "棟", 3, (1.5, 2), False, 0),
        TrendLine("交付", "通", 4, (7, 2, 1.5, 2), False, 0),
        TrendLine("受付中", "件", 5, (), True, 1),
    )
    titles = ("1日に済んだ数", "交付を待っている申請（件）")
    empty = "申請も調査もまだないため、進み具合を表せません。"
    name = "日ごとの進み具合のグラフ"

    def show_days(self, days: Sequence[ProgressDay]) -> None:
        """Draw these."""
        self.show_points(
            [DayPoint(datetime.combine(one.day, time(), JST), one.applied, one.surveyed, one.judged, one.issued, one.open) for one in days]
        )

    def say(self, point: DayPoint) -> str:
        """One day in words."""
        return (
            f"{point.at.month}月{point.at.day}日　申請 {point.applied:,}　調査 {point.surveyed:,}　判定 {point.judged:,}　"
            f"交付 {point.issued:,}　受付中 {point.open:,}"
        )

    def describe(self) -> str:
        """First and last day, and all together."""
        first, last = self.points[0], self.points[-1]
        sums = [sum(point[place] for point in self.points) for place in range(1, 5)]
        return (
            f"{first.at.month}月{first.at.day}日から{last.at.month}月{last.at.day}日まで。申請 {sums[0]:,}件、調査 {sums[1]:,}棟、判定 {sums[2]:,}棟、"
            f"交付 {sums[3]:,}通。終わりの日に受付中の申請は {last.open:,}件。"
        )
