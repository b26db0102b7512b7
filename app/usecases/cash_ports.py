"""What vouchers, receipts and boxes of cash ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from typing import Protocol


class CashReads(Protocol):
    """Questions about vouchers, receipts and boxes of cash. Protected people are in no answer for a reader who may not see them."""
