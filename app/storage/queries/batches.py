"""Questions about batches, payments and their approval."""

from __future__ import annotations

from app.storage.queries.base import Source
from app.storage.shield import Guard


class BatchQueries:
    """See ``usecases.batch_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard
