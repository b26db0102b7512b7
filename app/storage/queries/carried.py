"""What leaves the store in a snapshot file: rows with their places, their hash, the districts.

People whom the reader may not learn of are in none of it (``storage.shield``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from app.domain.carrying import FLAGGED, CarriedRow, Tally
from app.domain.protection import ProtectedPeople
from app.domain.resident import ResidentRow
from app.storage import tables as t
from app.storage.bulk import _hashed
from app.storage.queries.base import Source, chunked, marks
from app.storage.shield import Guard
from app.storage.streams import stream

WHOLE = "snapshot.whole."
"""Setting that keeps the hash of the whole snapshot of which a part was received."""

_FIELDS = ", ".join("rank" if name == "order" else name for name in ResidentRow._fields[:-1])


class CarriedQueries:
    """See ``usecases.ports.CarriedReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def districts(self, *, snapshot_id: str) -> list[tuple[str, int]]:
        """The districts of a snapshot and their numbers of residents, by name; those without a district are left out."""
        query = "SELECT district, count(*) FROM resident WHERE rid BETWEEN ? AND ? AND district <> '' GROUP BY district ORDER BY district"
        with self._source() as connection:
            found = _snapshot(connection, snapshot_id)
            if found is None:
                return []
            counts = {row[0]: row[1] for row in connection.exec_driver_sql(query, (found.first_rid, found.last_rid))}
            for part in chunked(sorted(self._guard.hidden_rows(connection, found))):
                for row in connection.exec_driver_sql(f"SELECT district FROM resident WHERE rid IN ({marks(part)})", tuple(part)):
                    counts[row[0]] = counts.get(row[0], 0) - 1
            return [(name, count) for name, count in counts.items() if name and count > 0]

    def whole(self, *, snapshot_id: str) -> tuple[int, str]:
        """``(residents, hash)`` of the whole snapshot, also when only a part of it is here. The hash is empty when nobody told it."""
        with self._source() as connection:
            found = _snapshot(connection, snapshot_id)
            if found is None:
                return 0, ""
            span = found.last_rid - found.first_rid + 1
            return span, found.sha256 if found.residents == span else whole_hash(connection, snapshot_id)

    def tally(self, *, snapshot_id: str, district: str = "") -> Tally:
        """Count and hash what ``rows`` would give."""
        households: set[str] = set()
        residents, single, digest = 0, 0, hashlib.sha256()
        for batch in self.rows(snapshot_id=snapshot_id, district=district):
            residents += len(batch)
            numbers = [carried.row.household_no for carried in batch]
            households.update(numbers)
            single += numbers.count("")
            digest.update(_hashed(carried.row for carried in batch))
        households.discard("")
        return Tally(residents, len(households) + single, digest.hexdigest())

    def rows(self, *, snapshot_id: str, district: str = "") -> Iterator[list[CarriedRow]]:
        """Every row as it was loaded, with its place, in order of place; only those of one district when it is named."""
        with self._source() as connection:
            found = _snapshot(connection, snapshot_id)
            if found is None:
                return
            hidden, people = self._guard.hidden_rows(connection, found), self._guard.people(connection)
            query = f"SELECT rid, {_FIELDS} FROM resident WHERE rid BETWEEN ? AND ? {'AND district = ?' if district else ''} ORDER BY rid"
            given = (found.first_rid, found.last_rid, *((district,) if district else ()))
            for part in stream(connection, query, given, size=2000):
                yield [_carried(row, found, people) for row in part if row[0] not in hidden]


def _snapshot(connection: Connection, snapshot_id: str) -> Any:
    return connection.execute(select(t.snapshot).where(t.snapshot.c.id == snapshot_id)).one_or_none()


def whole_hash(connection: Connection, snapshot_id: str) -> str:
    """The hash of the whole snapshot as a file told it."""
    return connection.execute(select(t.setting.c.value).where(t.setting.c.name == WHOLE + snapshot_id)).scalar_one_or_none() or ""


def _carried(row: Any, found: Any, people: ProtectedPeople) -> CarriedRow:
    place, own = row[0] - found.first_rid, row[13] == 1
    flagged = not own and people.resident(f"{found.id}:{place}", row[1], row[13] == FLAGGED)
    return CarriedRow(place, ResidentRow._make((*row[1:13], own, row[14], row[15], place)), flagged)
