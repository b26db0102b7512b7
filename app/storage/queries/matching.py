"""What matching reads: traits of everyone registered and of every resident, who is linked, who was told apart.

Protected people are left out for who may not see them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from app.storage import tables as t
from app.storage.queries.base import Source
from app.storage.shield import Guard
from app.storage.streams import stream
from app.usecases.matching_rows import PersonTraits, ResidentTraits

_BATCH = 20_000
# A link to an older snapshot counts for the resident of the same number in this one.
_PEOPLE = (
    "SELECT p.id, p.household_id, p.name, p.kana, p.birth, p.birth_lo, p.birth_hi, p.sex, p.address, p.phone, p.mobile,"
    " CASE WHEN p.resident_id = '' THEN NULL WHEN substr(p.resident_id, 1, length(:snapshot) + 1) = :snapshot || ':'"
    " THEN CAST(substr(p.resident_id, length(:snapshot) + 2) AS INTEGER)"
    " ELSE coalesce((SELECT r.rid - sn.first_rid FROM snapshot sn JOIN resident r ON r.snapshot = sn.num"
    " WHERE sn.id = :snapshot AND p.resident_no <> '' AND r.resident_no = p.resident_no ORDER BY r.rid LIMIT 1), -1) END, p.resident_no, p.resident_id"
    " FROM person p WHERE NOT p.deleted AND (p.died_at IS NULL OR :dead) ORDER BY p.rid"
)
_RESIDENTS = (
    "SELECT r.rid - sn.first_rid, r.household_no, r.name, r.kana, r.birth_lo, r.birth_hi, r.sex, r.address, r.key_phone, r.alias"
    " FROM snapshot sn JOIN resident r ON r.rid BETWEEN sn.first_rid AND sn.last_rid WHERE sn.id = ? ORDER BY r.rid"
)
_REJECTED = (
    "SELECT d.first_id, r.rid - sn.first_rid FROM snapshot sn JOIN person_decision d"
    " ON NOT d.deleted AND d.decision = 'different' AND substr(d.second_id, 1, 9) = 'resident:'"
    " JOIN resident r ON r.snapshot = sn.num AND ((r.resident_no <> '' AND r.resident_no = substr(d.second_id, 10))"
    " OR (r.resident_no = '' AND 'resident:' || sn.id || ':' || (r.rid - sn.first_rid) = d.second_id)) WHERE sn.id = ?"
)


class MatchingQueries:
    """See ``usecases.ports.MatchingReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def people(self, *, snapshot_id: str, dead: bool = False) -> Iterator[list[PersonTraits]]:
        """Everyone alive (with ``dead`` everyone) and registered; ``settled`` is -1 for a link that leads nowhere in this snapshot."""
        with self._source() as connection:
            hidden = self._guard.hidden(connection).persons
            for part in stream(connection, _PEOPLE, {"snapshot": snapshot_id, "dead": dead}, size=_BATCH):
                yield [PersonTraits._make(row) for row in part if row[0] not in hidden]

    def residents(self, *, snapshot_id: str) -> Iterator[list[ResidentTraits]]:
        """Everyone in a snapshot, in order, some thousand at a time."""
        with self._source() as connection:
            hidden = self._places(connection, snapshot_id) if self._guard.hides else frozenset()
            for part in stream(connection, _RESIDENTS, (snapshot_id,), size=_BATCH):
                yield [ResidentTraits._make(row) for row in part if row[0] not in hidden]

    def rejected(self, *, snapshot_id: str) -> frozenset[tuple[str, int]]:
        """Person and place of the residents whom somebody said they are not, in this snapshot."""
        with self._source() as connection:
            return frozenset((row[0], row[1]) for row in connection.exec_driver_sql(_REJECTED, (snapshot_id,)))

    def decided(self) -> frozenset[frozenset[str]]:
        """Pairs of registered people about whom somebody decided."""
        query = "SELECT first_id, second_id FROM person_decision WHERE NOT deleted AND substr(second_id, 1, 9) <> 'resident:'"
        with self._source() as connection:
            return frozenset(frozenset((row[0], row[1])) for row in connection.exec_driver_sql(query))

    def _places(self, connection: Connection, snapshot_id: str) -> frozenset[int]:
        found = connection.execute(select(t.snapshot).where(t.snapshot.c.id == snapshot_id)).one_or_none()
        if found is None:
            return frozenset()
        rows = self._guard.shield.rows(connection, found.num, found.first_rid, found.id)
        return frozenset(rid - found.first_rid for rid in rows)
