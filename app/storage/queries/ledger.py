"""Questions about postings and reports."""

from __future__ import annotations

from app.storage.queries.base import Source
from app.storage.shield import Guard


class LedgerQueries:
    """See ``usecases.ledger_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard
