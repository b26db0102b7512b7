"""What transfer files, results and reconciliations ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from typing import Protocol


class TransferReads(Protocol):
    """Questions about transfer files, results and reconciliations. Protected people are in no answer for a reader who may not see them."""
