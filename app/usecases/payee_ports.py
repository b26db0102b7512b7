"""What payees, accounts and banks ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from typing import Protocol


class PayeeReads(Protocol):
    """Questions about payees, accounts and banks. Protected people are in no answer for a reader who may not see them."""
