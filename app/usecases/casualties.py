"""Casualties: the dead, missing and hurt, and those left with a disability. Two people: one enters, another confirms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.relief import Casualty
from app.usecases.context import Changes, Context
from app.usecases.relief_rows import CasualtyFilter, CasualtyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedCasualty:
    """A saved casualty. ``warnings``: message codes with parameters (``casualty.again`` …)."""

    casualty: Casualty
    warnings: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    changes: Changes = field(default_factory=dict)


def save_casualty(ctx: Context, *, values: Mapping[str, Any], casualty_id: str | None = None, version: int | None = None) -> SavedCasualty:
    """A new casualty, or with ``casualty_id`` a corrected one: that has to be confirmed again. Right ``claim``."""
    raise NotImplementedError


def confirm_casualty(ctx: Context, *, casualty_id: str, document: str = "", version: int | None = None) -> Changes:
    """Another person than who entered it has seen the paper. Right ``relief`` or ``check_money``."""
    raise NotImplementedError


def withdraw_casualty(ctx: Context, *, casualty_id: str, reason: str, version: int | None = None) -> Changes:
    """It was wrong, or somebody missing was found."""
    raise NotImplementedError


def list_casualty_ids(ctx: Context, *, filter: CasualtyFilter | None = None, sort: str = "number") -> Sequence[str]:
    """Ids in order."""
    raise NotImplementedError


def casualty_rows(ctx: Context, casualty_ids: Sequence[str]) -> list[CasualtyRow]:
    """Rows in the same order."""
    raise NotImplementedError
