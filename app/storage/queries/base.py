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
_SMALL = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
NO_LIMIT = 2**62
"""A LIMIT that leaves nothing out, in every dialect."""


def moment(seconds: int | None) -> datetime | None:
    """A stored moment, or None."""
    return None if seconds is None else from_seconds(seconds)


def holds(column: str) -> str:
    """A condition that the column has the text in it, in large or small letters; its value is ``small(text)``."""
    return f"instr(lower({column}), ?) > 0"


def small(text: str) -> str:
    """The text in small letters of the basic alphabet, as ``lower`` makes them of a column in every dialect."""
    return text.translate(_SMALL)


def marks(values: Sequence[object]) -> str:
    """Question marks for an IN list."""
    return ",".join("?" * len(values))


def chunked(values: Sequence[T], size: int = 500) -> list[Sequence[T]]:
    """Slices small enough for an IN list."""
    return [values[i : i + size] for i in range(0, len(values), size)]
