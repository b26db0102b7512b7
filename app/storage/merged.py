"""Records as functions of their operations, many at a time: what ``domain.merging`` says of a chunk, and the rows, keys and conflicts of it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection

from app.domain.errors import IntegrityFault
from app.domain.journal import CREATE
from app.domain.merging import Conflict, Merged, Sight, Write, device_of, merge
from app.domain.records import from_json_value
from app.storage import tables as t
from app.storage.adding import encode, shape_of
from app.storage.arrivals import Arrivals
from app.storage.dialects import dialect_of
from app.storage.engine import run_many
from app.storage.queries.base import chunked, marks
from app.storage.search import index_people

CHUNK = 500
_OPERATIONS = "SELECT record, op_id, chain, device_seq, hlc, action, changes FROM journal WHERE record IN ({}) AND kind = ?"
_COUNTS = "SELECT record, count(*) FROM journal WHERE record IN ({}) GROUP BY record"
_CONTEXTS = "SELECT device_seq, context FROM journal WHERE chain = ? AND context <> '{}' ORDER BY device_seq"
_PLACE = "SELECT chain FROM journal WHERE device = ? AND device_seq = ? AND hash LIKE ?"
_STRETCH = "SELECT chain FROM withheld WHERE last = ? AND hash LIKE ?"


class Merger:
    """Works records out from the operations that a connection sees. Keeps what it read of contexts: make a new one after operations came in."""

    def __init__(self, connection: Connection, arrived: Arrivals | None = None) -> None:
        self._connection = connection
        self._arrived = arrived
        rows = connection.exec_driver_sql("SELECT id, parent, forked, prefix FROM device").all()
        self._mine = frozenset(row[0] for row in rows if row[3])
        parents = {row[0]: (row[1], row[2]) for row in rows if row[1]}
        self._copied = frozenset(device_of(chain) for chain in parents)
        self.sight = Sight(parents=parents, locate=self._locate)
        self._noted: set[str] = set()

    def _locate(self, device: str, seq: int, digest: str) -> str:
        """See ``Sight.locate``: only of copied devices the hash matters."""
        if device not in self._copied:
            return device
        found = self._connection.exec_driver_sql(_PLACE, (device, seq, digest + "%")).scalar()
        if found is None:
            found = self._connection.exec_driver_sql(_STRETCH, (seq, digest + "%")).scalar()
        return str(found) if found is not None else ""

    def merge(self, kind: str, record: str, writes: Sequence[Write]) -> Merged:
        """The record. Whom an own device made to sign in here is changed by no other device."""
        if len(writes) == 1 and writes[0].action == CREATE:  # most of a first day
            return Merged(True, 1, {name: change[1] for name, change in writes[0].changes.items()})
        counted: Sequence[Write] = writes
        if kind == "operator" and any(one.action == "create" and one.chain in self._mine for one in writes):
            counted = [one for one in writes if one.chain in self._mine]
        chains = {one.chain for one in counted}
        if len(chains) > 1:
            self._note(chains)
        found = merge(kind, record, counted, self.sight)
        if len(counted) == len(writes):
            return found
        return Merged(found.exists, len(writes), found.values, found.conflicts)

    def _note(self, chains: Iterable[str]) -> None:
        for chain in chains:
            lineage: str | None = chain
            while lineage is not None and lineage not in self._noted:
                self._noted.add(lineage)
                for seq, context in self._connection.exec_driver_sql(_CONTEXTS, (lineage,)).all():
                    self.sight.note(lineage, seq, json.loads(context))
                lineage = self.sight.parents[lineage][0] if lineage in self.sight.parents else None

    def operations(self, kind: str, ids: Sequence[str], *, received: int | None = None) -> dict[str, list[Write]]:
        """Every operation about these records, those received until a moment (Unix milliseconds) if one is given."""
        found: dict[str, list[Write]] = defaultdict(list)
        loads = json.loads
        if received is None and self._arrived is not None:
            counts = self._connection.exec_driver_sql(_COUNTS.format(marks(ids)), tuple(ids)).all()
            for record, told in self._arrived.whole(kind, counts).items():
                found[record] = [Write(op, chain, seq, hlc, action, loads(changes)) for op, chain, seq, hlc, action, changes in told]
            ids = [record for record in ids if record not in found]
        if not ids:
            return found
        query = _OPERATIONS.format(marks(ids)) + ("" if received is None else " AND received_ms <= ?")
        values = (*ids, kind) if received is None else (*ids, kind, received)
        for record, op, chain, seq, hlc, action, changes in self._connection.exec_driver_sql(query, values).all():
            found[record].append(Write(op, chain, seq, hlc, action, loads(changes)))
        return found

    def merged(self, kind: str, ids: Sequence[str], *, received: int | None = None) -> dict[str, Merged]:
        """What each of these records is."""
        told = self.operations(kind, ids, received=received)
        return {record: self.merge(kind, record, writes) for record, writes in told.items()}


@lru_cache(maxsize=64)
def _columns(kind: str) -> tuple[str, ...]:
    """Derived columns of a kind."""
    table, names = t.KIND_BY_NAME[kind].table, shape_of(kind).names
    return tuple(column.name for column in table.columns if column.name not in ("rid", "id", "version", *names))


@lru_cache(maxsize=64)
def _places(kind: str) -> Mapping[str, int]:
    """Where each field of a kind is in its row."""
    return {name: place for place, name in enumerate(shape_of(kind).names)}


class RecordWriter:
    """Puts merged records into their tables: rows, derived columns, search index, open conflicts."""

    def __init__(self, connection: Connection, *, now: datetime, arrived: Arrivals | None = None) -> None:
        self._connection = connection
        self._merger = Merger(connection, arrived)
        self._now = t.to_seconds(now)
        self.opened = 0
        self.settled = 0
        self.counts: Counter[str] = Counter()

    def write(self, kind: str, ids: Iterable[str]) -> None:
        """Work these records out anew and write what differs. IntegrityFault ``conflict.not_a_record`` when something cannot be one."""
        for part in chunked(sorted(ids), CHUNK):
            merged = self._merger.merged(kind, part)
            try:
                self._write_rows(t.KIND_BY_NAME[kind], {one: found for one, found in merged.items() if found.exists})
            except (ValueError, TypeError, *dialect_of(self._connection).REFUSALS) as error:
                raise IntegrityFault("conflict.not_a_record", kind=kind) from error
            self._write_conflicts(part, [conflict for found in merged.values() for conflict in found.conflicts])

    # -- rows ----------------------------------------------------------------------------------------------------

    def _write_rows(self, kind: t.Kind, merged: Mapping[str, Merged]) -> None:
        names = ("version", *shape_of(kind.name).names, *_columns(kind.name))
        stored = self._stored(kind, names, list(merged))
        added: list[tuple[Any, ...]] = []
        writes: dict[tuple[int, ...], list[tuple[Any, ...]]] = defaultdict(list)
        people: list[Any] = []
        searched = frozenset(names.index(name) for name in ("name", "kana", "address", "deleted")) if kind.name == "person" else frozenset()
        for record_id, found in merged.items():
            record, cells = _cells(kind, record_id, found)
            before = stored.get(record_id)
            if before is None:
                added.append((record_id, *cells))
                places: tuple[int, ...] = ()
            else:
                places = tuple(at for at, (old, new) in enumerate(zip(before, cells, strict=True)) if old != new)
                if not places:
                    continue
                writes[places].append((*(cells[at] for at in places), record_id))
            self.counts[kind.name] += 1
            if searched and (before is None or not searched.isdisjoint(places)):
                people.append(record)
        self._send(kind, names, added, writes)
        if people:
            self._index(people)

    def _stored(self, kind: t.Kind, names: Sequence[str], ids: Sequence[str]) -> dict[str, tuple[Any, ...]]:
        listed = ", ".join(f'"{name}"' for name in names)
        query = f"SELECT id, {listed} FROM {kind.table.name} WHERE id IN ({marks(ids)})"
        return {row[0]: tuple(row[1:]) for row in self._connection.exec_driver_sql(query, tuple(ids)).all()} if ids else {}

    def _send(
        self, kind: t.Kind, names: Sequence[str], added: Sequence[tuple[Any, ...]], writes: Mapping[tuple[int, ...], list[tuple[Any, ...]]]
    ) -> None:
        if added:
            listed = ", ".join(f'"{name}"' for name in ("id", *names))
            run_many(self._connection, f"INSERT INTO {kind.table.name} ({listed}) VALUES ({','.join('?' * (len(names) + 1))})", added)
        for places, rows in writes.items():
            listed = ", ".join(f'"{names[at]}" = ?' for at in places)
            run_many(self._connection, f"UPDATE {kind.table.name} SET {listed} WHERE id = ?", rows)

    def _index(self, people: Sequence[Any]) -> None:
        query = f"SELECT id, rid FROM person WHERE id IN ({marks(people)})"
        rids = {row[0]: row[1] for row in self._connection.exec_driver_sql(query, tuple(one.id for one in people)).all()}
        index_people(self._connection, [(rids[one.id], one) for one in people])

    # -- conflicts -----------------------------------------------------------------------------------------------

    def _write_conflicts(self, ids: Sequence[str], conflicts: Sequence[Conflict]) -> None:
        query = f"SELECT id FROM open_conflict WHERE record IN ({marks(ids)})"
        before = {row[0] for row in self._connection.exec_driver_sql(query, tuple(ids)).all()}
        now = {conflict.id: conflict for conflict in conflicts}
        gone, new = before - now.keys(), [conflict for name, conflict in now.items() if name not in before]
        if gone:
            run_many(self._connection, "DELETE FROM open_conflict WHERE id = ?", [(name,) for name in sorted(gone)])
        if new:
            run_many(
                self._connection,
                "INSERT INTO open_conflict (id, kind, record, fields, sides, found_at) VALUES (?,?,?,?,?,?)",
                [(one.id, one.kind, one.record, encode(list(one.fields)), encode([side.op_id for side in one.sides]), self._now) for one in new],
            )
        still = {(one.record, one.fields) for one in conflicts}
        self.opened += len(new)
        self.settled += max(0, len(gone) - len([one for one in new if (one.record, one.fields) in still]))


def _cells(kind: t.Kind, record_id: str, found: Merged) -> tuple[Any, tuple[Any, ...]]:
    """What derived columns and the search index are made of, and the row behind the id: version, fields, derived columns.

    Not a record of the kind's class: making a frozen one costs more than everything else here, and only its fields are asked.
    """
    shape, told, cls = shape_of(kind.name), found.values, kind.cls
    values, places = list(shape.blanks), _places(kind.name)
    for name, value in told.items():
        if name in places:
            values[places[name]] = value
    for place, _ in shape.stored:
        values[place] = from_json_value(cls, shape.names[place], values[place])
    record = None
    derived: Iterable[Any] = ()
    if kind.derive is not None:
        record = SimpleNamespace(id=record_id, version=found.count, **dict(zip(shape.names, values, strict=True)))
        derived = kind.derive(record).values()
    for place, bind in shape.stored:
        values[place] = bind(values[place])
    return record, (found.count, *values, *derived)



