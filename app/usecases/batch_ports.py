"""What batches, payments and their approval ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from typing import Protocol


class BatchReads(Protocol):
    """Questions about batches, payments and their approval. Protected people are in no answer for a reader who may not see them."""
