"""Questions about vouchers, receipts and boxes of cash."""

from __future__ import annotations

from app.storage.queries.base import Source
from app.storage.shield import Guard


class CashQueries:
    """See ``usecases.cash_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard
