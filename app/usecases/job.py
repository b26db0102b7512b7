"""Long work: progress that is throttled, and a Cancel that cancels."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sized
from typing import TypeVar

from app.domain.errors import Cancelled

Item = TypeVar("Item")
Listener = Callable[[int, int | None, str], None]

_INTERVAL = 0.1  # seconds between two reports: more often is not seen and costs time


class Job:
    """Handed to every long use case. ``listener(done, total, label)`` is called at most ten times a second."""

    def __init__(self, listener: Listener | None = None, *, cancelled: Callable[[], bool] | None = None) -> None:
        self._listener = listener
        self._cancelled = cancelled
        self._last = 0.0

    def report(self, done: int, total: int | None, label: str) -> None:
        """Tell progress, throttled; raises Cancelled when the person asked to stop."""
        if self._cancelled is not None and self._cancelled():
            raise Cancelled()
        now = time.monotonic()
        if self._listener is not None and (now - self._last >= _INTERVAL or done == total):
            self._last = now
            self._listener(done, total, label)

    def track(self, items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
        """Yield each item, reporting as it goes. ``label`` is a message code."""
        if total is None and isinstance(items, Sized):
            total = len(items)
        done = 0
        for item in items:
            if not done & 63:
                self.report(done, total, label)
            yield item
            done += 1
        self.report(done, total if total is not None else done, label)


QUIET = Job()
"""A job that nobody watches."""
