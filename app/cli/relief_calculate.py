"""The verbs of ``relief`` for calculations, entitlements, claims and casualties."""

from __future__ import annotations

from collections.abc import Mapping

from app.cli.relief_making import ReliefMaker, ReliefVerb


def add_verbs(make: ReliefMaker) -> None:
    """Their options."""


VERBS: Mapping[str, ReliefVerb] = {}
