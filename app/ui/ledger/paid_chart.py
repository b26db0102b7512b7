"""How much was paid, day by day, beside how much came in and how much is decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from app.domain.dates import JST
from app.ui.widgets.trend_chart import TrendChart, TrendLine
from app.usecases.ledger_rows import DayLine

_UNIT = 10_000


class PaidPoint(NamedTuple):
    """The end of a day, in ten thousand yen (万円), and payments of the day."""

    at: datetime
    received: float
    decided: float
    paid: float
    payments: int


class PaidChart(TrendChart):
    """Three lines that go up: received, decided, paid; below it how many were paid each day."""

    lines = (
        TrendLine("受入", "万円", 1, (), True, 0),
        TrendLine("決定", "万円", 2, (5, 3), True, 0),
        TrendLine("支給", "万円", 3, (1.5, 2), True, 0),
        TrendLine("支給", "件", 4, (), False, 1),
    )
    titles = ("累計（万円）", "1日の支給（件）")
    empty = "まだお金が動いていないため、推移を表せません。"
    name = "受入・決定・支給の推移のグラフ"

    def show_days(self, days: Sequence[DayLine]) -> None:
        """Draw these."""
        received = decided = 0
        points = []
        for one in days:
            received += one.received
            decided += one.decided.amount
            at = datetime.combine(date.fromisoformat(one.day), time(), JST)
            count = one.paid.count + one.cash.count
            points.append(PaidPoint(at, received / _UNIT, decided / _UNIT, one.paid_so_far / _UNIT, count))
        self.show_points(points)

    def say(self, point: PaidPoint) -> str:
        """One day in words."""
        return (
            f"{point.at.month}月{point.at.day}日まで　受入 {point.received:,.0f}万円　決定 {point.decided:,.0f}万円　"
            f"支給 {point.paid:,.0f}万円　この日の支給 {point.payments:,}件"
        )

    def describe(self) -> str:
        """First and last day, and where it stands."""
        first, last = self.points[0], self.points[-1]
        return (
            f"{first.at.month}月{first.at.day}日から{last.at.month}月{last.at.day}日まで。終わりの日の累計は、受入 {last.received:,.0f}万円、"
            f"決定 {last.decided:,.0f}万円、支給 {last.paid:,.0f}万円。"
        )
