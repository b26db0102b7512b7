"""What programmes, rounds, rules, casualties, claims and entitlements ask of the outside; ``usecases.ports`` has the rest."""

from __future__ import annotations

from typing import Protocol


class ReliefReads(Protocol):
    """Questions about programmes, rounds, rules, casualties, claims and entitlements. Protected people are in no answer for a reader who may not see them."""
