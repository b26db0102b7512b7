"""Questions about programmes, rounds, rules, casualties, claims and entitlements."""

from __future__ import annotations

from app.storage.queries.base import Source
from app.storage.shield import Guard


class ReliefQueries:
    """See ``usecases.relief_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard
