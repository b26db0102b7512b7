"""How records become tables: one column for each field of a dataclass, so that a new field is a dataclass line and a migration.

Moments are integer Unix seconds, tuples are JSON lists.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Dialect, Float, Index, Integer, MetaData, Table, Text, TypeDecorator

from app.domain.records import Record, value_fields
from app.domain.resident import SourceMark

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime as integer Unix seconds."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_seconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_seconds(value)


class JsonList(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        return json.dumps(list(value or ()), ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple(json.loads(value)) if value else ()


class SourceList(TypeDecorator[tuple[SourceMark, ...]]):
    """The files of a snapshot as a JSON list of lists."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[SourceMark, ...] | None, dialect: Dialect) -> str:
        return json.dumps([list(mark) for mark in value or ()], ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[SourceMark, ...]:
        return tuple(SourceMark(*mark) for mark in json.loads(value)) if value else ()


def to_seconds(value: datetime) -> int:
    """Unix seconds of an aware moment; a naive one is a bug."""
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone reached storage")
    return int(value.timestamp())


def from_seconds(value: int) -> datetime:
    """The moment in UTC."""
    return datetime.fromtimestamp(value, UTC)


_TYPES: dict[Any, Callable[[], Any]] = {str: Text, int: Integer, float: Float, bool: Boolean, datetime: Moment}


def _column_type(annotation: Any) -> tuple[Any, bool]:
    """SQL type and whether it may be null. Yen may need more than 32 bits."""
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union):
        return _column_type(next(a for a in arguments if a is not type(None)))[0], True
    if origin is typing.Annotated:
        return BigInteger(), False
    if origin is tuple:
        return JsonList(), False
    return _TYPES[annotation](), False


def record_table(name: str, kind: type[Record], *extra: Column[Any] | Index) -> Table:
    """The table of a record class, with further columns that are derived from others on every write."""
    hints = typing.get_type_hints(kind, include_extras=True)
    columns: list[Any] = [
        Column("rid", Integer, primary_key=True),
        Column("id", Text, nullable=False, unique=True),
        Column("version", Integer, nullable=False),
    ]
    for field in value_fields(kind):
        sql_type, nullable = _column_type(hints[field.name])
        columns.append(Column(field.name, sql_type, nullable=nullable))
    return Table(name, metadata, *columns, *extra)


@dataclass(frozen=True, slots=True)
class Kind:
    """A record kind: its journal name, class, table, and the derived columns computed from a record."""

    name: str
    cls: type[Record]
    table: Table
    derive: Callable[[Any], Mapping[str, Any]] | None = None


def key_columns(*names: str) -> list[Column[Any]]:
    """Derived texts to look up by."""
    return [Column(name, Text, nullable=False, server_default="") for name in names]


def derived_by(name: str) -> Callable[[Any], Mapping[str, Any]]:
    """What makes the derived columns: a function of ``storage.keys``, imported when it is needed."""

    def derive(record: Any) -> Mapping[str, Any]:
        from app.storage import keys

        found: Mapping[str, Any] = getattr(keys, name)(record)
        return found

    return derive
