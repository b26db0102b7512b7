"""What an import would do, row by row, before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ACTIONS = ("create", "update", "unchanged", "review", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """One row of the file. ``record`` is what would be saved; ``existing`` the record it meets; ``code`` says why, for review and error."""

    line: int
    action: str
    label: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    existing: str = ""
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All rows of an import in order of the file."""

    items: Sequence[PlanItem]

    def counts(self) -> Mapping[str, int]:
        """How many rows get each action; every action is there."""
        counted = Counter(item.action for item in self.items)
        return {action: counted.get(action, 0) for action in ACTIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a file, already mapped and checked: values by field."""

    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an import did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    review: int = 0
    changes: Mapping[str, frozenset[str]] = field(default_factory=dict)
