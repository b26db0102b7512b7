"""What postings and reports ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from typing import Protocol


class LedgerReads(Protocol):
    """Questions about postings and reports. Protected people are in no answer for a reader who may not see them."""
