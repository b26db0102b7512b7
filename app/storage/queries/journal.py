"""Reading the journal and the access log: history of a record, recent acts, and values as they were known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from app.storage import tables as t
from app.storage.queries.base import Source, chunked, marks
from app.usecases.rows import AccessEntry, HistoryEntry

_ROW = (
    "SELECT j.at_ms, coalesce(o.name, ''), coalesce(s.name, ''), j.device, j.op_id, j.act, j.kind, j.record, j.action, j.changes, j.reason, j.purpose"
    " FROM journal j LEFT JOIN operator o ON o.id = j.operator LEFT JOIN site s ON s.id = j.site WHERE "
)


def _entries(rows: Sequence[Any]) -> Iterator[HistoryEntry]:
    for r in rows:
        at = datetime.fromtimestamp(r[0] / 1000, UTC)
        for field, (old, new) in (json.loads(r[9]) or {"": [None, None]}).items():
            yield HistoryEntry(
                at=at,
                by=r[1],
                site=r[2],
                device=r[3],
                operation=r[4],
                group=r[5],
                kind=r[6],
                record=r[7],
                action=r[8],
                field=field,
                old=old,
                new=new,
                reason=r[10],
                purpose=r[11],
            )


class JournalQueries:
    """See ``usecases.ports.JournalReads``."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def _select(self, where: str, values: tuple[Any, ...]) -> list[HistoryEntry]:
        with self._source() as connection:
            return list(_entries(connection.exec_driver_sql(_ROW + where, values).all()))

    def history(self, record_id: str) -> list[HistoryEntry]:
        """Every change of a record, oldest first."""
        return self._select("j.record = ? ORDER BY j.seq", (record_id,))

    def recent(self, *, limit: int = 200) -> list[HistoryEntry]:
        """The newest changes first."""
        return self._select("1 ORDER BY j.seq DESC LIMIT ?", (limit,))

    def group(self, group_id: str) -> list[HistoryEntry]:
        """Everything that one act changed, in order."""
        return self._select("j.act = ? ORDER BY j.seq", (group_id,))

    def groups_touching(self, record_ids: Sequence[str]) -> list[str]:
        """Acts that changed any of these records, or an outing during one of these stays, newest first."""
        newest: dict[str, int] = {}
        with self._source() as connection:
            for part in chunked(record_ids):
                outings = f"SELECT id FROM absence WHERE stay_id IN ({marks(part)})"
                query = f"SELECT act, max(seq) FROM journal WHERE record IN ({marks(part)}) OR record IN ({outings}) GROUP BY act"
                for act, seq in connection.exec_driver_sql(query, (*part, *part)):
                    newest[act] = max(seq, newest.get(act, 0))
        return sorted(newest, key=lambda act: -newest[act])

    def access(self, *, person_id: str = "", limit: int | None = None) -> list[AccessEntry]:
        """Accesses, newest first; those that touched one person when an id is given."""
        where = "WHERE a.seq IN (SELECT access_seq FROM access_person WHERE person = :person)" if person_id else ""
        query = (
            "SELECT a.at_ms, coalesce(o.name, ''), a.action, a.purpose, a.persons, a.target FROM access a LEFT JOIN operator o ON o.id = a.operator"
            f" {where} ORDER BY a.seq DESC LIMIT :limit"
        )
        with self._source() as connection:
            rows = connection.exec_driver_sql(query, {"person": person_id, "limit": -1 if limit is None else limit}).all()
        return [
            AccessEntry(at=datetime.fromtimestamp(r[0] / 1000, UTC), by=r[1], action=r[2], purpose=r[3], persons=r[4], target=r[5])
            for r in rows
        ]

    def last_time(self) -> datetime | None:
        """The latest wall-clock time that any operation here carries."""
        with self._source() as connection:
            value = connection.exec_driver_sql(
                "SELECT max(at_ms) FROM (SELECT at_ms FROM journal ORDER BY seq DESC LIMIT 200)"
            ).scalar_one()
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def changed_since(connection: Connection, known_ms: int, kinds: Sequence[str]) -> dict[str, dict[str, dict[str, Any] | None]]:
    """What was not yet known at ``known_ms``: kind → record → ``{field: value as known then}``, None when the record was not known at all.

    Undoing the later operations in reverse gives the state as it was known; the journal is the only history.
    """
    query = (
        select(t.journal.c.kind, t.journal.c.record, t.journal.c.action, t.journal.c.changes)
        .where(t.journal.c.received_ms > known_ms, t.journal.c.kind.in_(kinds))
        .order_by(t.journal.c.seq.desc())
    )
    undone: dict[str, dict[str, dict[str, Any] | None]] = {kind: {} for kind in kinds}
    for kind, record, action, changes in connection.execute(query):
        if action == "create":
            undone[kind][record] = None
            continue
        before = undone[kind].setdefault(record, {})
        if before is not None:
            before.update({field: old for field, (old, _) in json.loads(changes).items()})
    return undone
