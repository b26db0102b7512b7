"""Reading and changing many records of a kind by the driver itself: the same rows and the same journal as one by one, several times as fast."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Connection

from app.domain.errors import StaleRecord
from app.domain.journal import to_json_value
from app.domain.records import Record
from app.storage import tables as t
from app.storage.adding import encode, shape_of
from app.storage.engine import run_many

Reader = tuple[tuple[int, Callable[[Any], Any]], ...]


@lru_cache(maxsize=64)
def _reader(name: str) -> Reader:
    """The places of a row whose value is stored otherwise than the record holds it."""
    kind, found = t.KIND_BY_NAME[name], []
    for place, field in enumerate(shape_of(name).names):
        column = kind.table.c[field].type
        if isinstance(column, t.JsonList | t.Moment):
            found.append((place + 2, _unbinder(column)))
        elif isinstance(column, Boolean):
            found.append((place + 2, lambda value: None if value is None else bool(value)))
    return tuple(found)


def _unbinder(column: t.JsonList | t.Moment) -> Callable[[Any], Any]:
    if isinstance(column, t.Moment):
        return lambda value: None if value is None else t.from_seconds(value)
    return lambda value: () if value in ("", "[]", None) else tuple(json.loads(value))


def read_records(connection: Connection, kind: t.Kind, where: str, values: Sequence[Any]) -> list[Any]:
    """Records of a kind, tombstoned ones included, in the order they were made. ``where``: SQL with a question mark for each value."""
    names, reader = shape_of(kind.name).names, _reader(kind.name)
    columns = ", ".join(f'"{name}"' for name in ("id", "version", *names))
    keys = ("id", "version", *names)
    found = []
    for row in connection.exec_driver_sql(
        f"SELECT {columns} FROM {kind.table.name} WHERE {where} ORDER BY rid", tuple(values)
    ).cursor.fetchall():
        cells = list(row)
        for place, read in reader:
            cells[place] = read(cells[place])
        found.append(kind.cls(**dict(zip(keys, cells, strict=True))))
    return found


def change_records(connection: Connection, kind: t.Kind, records: Sequence[Record]) -> list[tuple[str, str]]:
    """Write what differs of each record, at the version it was read; answers ``(id, changes as JSON)`` of those that did.

    StaleRecord when one was saved meanwhile, before any of these is written.
    """
    shape = shape_of(kind.name)
    marks = ",".join("?" * len(records))
    stored = {one.id: one for one in read_records(connection, kind, f"id IN ({marks})", [record.id for record in records])}
    told: list[tuple[str, str]] = []
    writes: dict[tuple[int, ...], list[tuple[Any, ...]]] = defaultdict(list)
    binders = dict(shape.stored)
    for record in records:
        before = stored.get(record.id)
        if before is None or before.version != record.version:
            raise StaleRecord(kind=kind.name, record=record.id, expected=record.version, found=before.version if before else None)
        old, new = shape.read(before), shape.read(record)
        places = tuple(place for place, (left, right) in enumerate(zip(old, new, strict=True)) if left != right)
        if not places:
            continue
        told.append((record.id, encode({shape.names[at]: [to_json_value(old[at]), to_json_value(new[at])] for at in places})))
        cells = [binders[at](new[at]) if at in binders else new[at] for at in places]
        derived = list(kind.derive(record).values()) if kind.derive else []
        writes[places].append((*cells, *derived, record.version + 1, record.id))
    keys = tuple(kind.derive(records[0])) if kind.derive and records else ()
    for places, rows in writes.items():
        columns = ", ".join(f'"{name}" = ?' for name in (*(shape.names[at] for at in places), *keys, "version"))
        run_many(connection, f"UPDATE {kind.table.name} SET {columns} WHERE id = ?", rows)
    return told
