"""Questions about payees, accounts and banks."""

from __future__ import annotations

from app.storage.queries.base import Source
from app.storage.shield import Guard


class PayeeQueries:
    """See ``usecases.payee_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard
