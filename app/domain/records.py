"""What every registry record has in common, and the iteration over its fields that storage, journal, import and sync share."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, cast, get_type_hints

BASE_FIELDS = frozenset({"id", "version"})
"""Fields of a record that are bookkeeping, never journalled values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """``id`` is UUIDv7 text made on the device; ``version`` counts saved states, 0 before the first save."""

    id: str
    version: int = 0


def value_fields(kind: type[Record]) -> tuple[dataclasses.Field[Any], ...]:
    """The fields of a record class that carry values, in declaration order."""
    return _value_fields(cast(Hashable, kind))


@lru_cache(maxsize=64)
def _value_fields(kind: Any) -> tuple[dataclasses.Field[Any], ...]:
    return tuple(field for field in dataclasses.fields(kind) if field.name not in BASE_FIELDS)


def values_of(record: Record) -> dict[str, Any]:
    """The values of a record by field name, without id and version."""
    return {field.name: getattr(record, field.name) for field in value_fields(type(record))}


def differing_fields(before: Record, after: Record) -> Iterator[tuple[str, Any, Any]]:
    """``(field, old, new)`` for each value that differs."""
    for field in value_fields(type(after)):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            yield field.name, old, new


@lru_cache(maxsize=64)
def _moment_fields(kind: Any) -> frozenset[str]:
    hints = get_type_hints(kind)
    return frozenset(name for name, hint in hints.items() if hint in (datetime, datetime | None))


def from_json_value(kind: type[Record], name: str, value: Any) -> Any:
    """A journal value (see ``journal.to_json_value``) as the record holds it."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and name in _moment_fields(cast(Hashable, kind)):
        return datetime.fromisoformat(value)
    return value
