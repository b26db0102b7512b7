"""Days on which banks work. The calendar of national holidays comes from outside; weekends and the turn of the year are here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_TURN = frozenset({(12, 31), (1, 1), (1, 2), (1, 3)})
"""Banks are closed then (銀行法施行令 5)."""
_LONGEST = 40
"""No row of closed days is longer, unless somebody closed them by mistake."""


def _never(_: date) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessDays:
    """Which days are business days. ``holiday`` tells national holidays; ``closed`` are days of one's own (a bank's move, a local holiday)."""

    holiday: Callable[[date], bool] = _never
    closed: frozenset[date] = frozenset()

    def reason(self, day: date) -> str:
        """Why no bank works then: ``weekend``, ``turn``, ``holiday``, ``closed``; "" on a business day."""
        if day.weekday() >= 5:
            return "weekend"
        if (day.month, day.day) in _TURN:
            return "turn"
        if self.holiday(day):
            return "holiday"
        return "closed" if day in self.closed else ""

    def open_on(self, day: date) -> bool:
        """Whether banks work on that day."""
        return not self.reason(day)

    def following(self, day: date) -> date:
        """The day itself or the first business day after it; the day itself when forty days in a row are closed."""
        for offset in range(_LONGEST):
            if self.open_on(day + timedelta(days=offset)):
                return day + timedelta(days=offset)
        return day

    def between(self, first: date, last: date) -> Iterator[date]:
        """Business days from ``first`` to ``last``, both included."""
        for offset in range((last - first).days + 1):
            if self.open_on(first + timedelta(days=offset)):
                yield first + timedelta(days=offset)


def day_of(mmdd: str, *, near: date) -> date | None:
    """The day that a month and day without a year mean: the one nearest to ``near``. None when there is no such day."""
    if len(mmdd) != 4 or not mmdd.isascii() or not mmdd.isdigit():
        return None
    found: list[date] = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            found.append(date(year, int(mmdd[:2]), int(mmdd[2:])))
        except ValueError:
            continue
    return min(found, key=lambda day: abs((day - near).days), default=None)
