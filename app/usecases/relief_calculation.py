"""Calculating a round: who receives how much, why, and what is still missing. One entitlement for each subject and round, ever.

A dry run does everything but writing. What is calculated again raises or lowers what is there; it never makes a second entitlement.
"""

from __future__ import annotations

from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.relief_rows import Calculation

__all__ = ["calculate", "dry_run"]


def dry_run(ctx: Context, *, round_id: str, job: Job = QUIET) -> Calculation:
    """What ``calculate`` would do. Nothing is written but a line in the access log. Right ``relief`` or ``ledger``."""
    raise NotImplementedError


def calculate(ctx: Context, *, round_id: str, job: Job = QUIET) -> Calculation:
    """Make, raise, lower and end the entitlements of a round, in one transaction. Right ``relief``, at headquarters only.

    RuleViolation ``relief.not_headquarters``, ``relief.round_closed``, ``relief.no_rules``, ``relief.over_budget`` (``over``: by how many
    yen; nothing is written then).
    """
    raise NotImplementedError
