"""Adding many new records of a kind: the same rows and the same journal as one by one, by the driver's own ``executemany``.

SQLAlchemy's building of parameters and the making of a JSON encoder for each call cost three times what the store itself does.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, get_origin, get_type_hints

from sqlalchemy import Connection

from app.domain.compact_json import make_encoder
from app.domain.journal import to_json_value
from app.domain.records import Record, value_fields
from app.storage import tables as t
from app.storage.engine import run_many

encode = make_encoder(sort_keys=True)
"""JSON as the journal writes it."""
quote: Callable[[str], str] = json.encoder.encode_basestring
"""A text as JSON."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """How records of a kind become rows. ``stored`` and ``told`` change values at these places: for the table, for the journal."""

    names: tuple[str, ...]
    read: Callable[[Any], tuple[Any, ...]]
    blanks: tuple[Any, ...]
    stored: tuple[tuple[int, Callable[[Any], Any]], ...]
    told: tuple[int, ...]


@lru_cache(maxsize=64)
def shape_of(name: str) -> Shape:
    """The shape of a kind by its journal name."""
    cls = t.KIND_BY_NAME[name].cls
    fields = value_fields(cls)
    hints = get_type_hints(cls)
    stored: list[tuple[int, Callable[[Any], Any]]] = []
    told: list[int] = []
    for place, field in enumerate(fields):
        hint = hints[field.name]
        column = t.KIND_BY_NAME[name].table.c[field.name].type
        if isinstance(column, t.JsonList | t.Moment):
            stored.append((place, _binder(column)))
            told.append(place)
        elif get_origin(hint) is tuple:
            raise TypeError(field.name)
    return Shape(
        names=tuple(field.name for field in fields),
        read=attrgetter(*(field.name for field in fields)),
        blanks=tuple(None if field.default is dataclasses.MISSING else field.default for field in fields),
        stored=tuple(stored),
        told=tuple(told),
    )


def _binder(column: Any) -> Callable[[Any], Any]:
    return lambda value: column.process_bind_param(value, None)


def insert_records(connection: Connection, kind: t.Kind, records: Sequence[Record]) -> list[str]:
    """Insert new records as version 1; answers for each what the journal says of it (``changes`` as JSON)."""
    shape = shape_of(kind.name)
    derive = kind.derive
    changes: list[str] = []
    rows: list[tuple[Any, ...]] = []
    keys: tuple[str, ...] = ()
    for record in records:
        values = shape.read(record)
        changes.append(_changes(shape, values))
        row = list(values)
        for place, bind in shape.stored:
            row[place] = bind(row[place])
        if derive is not None:
            derived = derive(record)
            keys = keys or tuple(derived)
            row += derived.values()
        rows.append((record.id, 1, *row))
    columns = ("id", "version", *shape.names, *keys)
    names, marks = ", ".join(f'"{column}"' for column in columns), ",".join("?" * len(columns))
    run_many(connection, f"INSERT INTO {kind.table.name} ({names}) VALUES ({marks})", rows)
    return changes


def _changes(shape: Shape, values: tuple[Any, ...]) -> str:
    told: Sequence[Any] = values
    if shape.told:
        told = list(values)
        for place in shape.told:
            told[place] = to_json_value(told[place])
        return encode({name: [None, say] for name, say, value, blank in zip(shape.names, told, values, shape.blanks, strict=True) if value != blank})
    return encode({name: [None, value] for name, value, blank in zip(shape.names, values, shape.blanks, strict=True) if value != blank})
