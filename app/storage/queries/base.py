"""What every query module shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from app.storage.tables import from_seconds

Source = Callable[[], AbstractContextManager[Connection]]
"""Opens a connection for one question."""
T = TypeVar("T")


def moment(seconds: int | None) -> datetime | None:
    """A stored moment, or None."""
    return None if seconds is None else from_seconds(seconds)


def marks(values: Sequence[object]) -> str:
    """Question marks for an IN list."""
    return ",".join("?" * len(values))


def chunked(values: Sequence[T], size: int = 500) -> list[Sequence[T]]:
    """Slices small enough for an IN list."""
    return [values[i : i + size] for i in range(0, len(values), size)]
