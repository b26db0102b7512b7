"""Reading the journal and the access log: history of a record, recent acts, and values as they were known."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select

from app.domain.journal import to_json_value
from app.storage import tables as t
from app.storage.access import crowds_with
from app.storage.queries.base import NO_LIMIT, Source, chunked, marks
from app.storage.shield import PERSONAL, Guard, concealed
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

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def _select(self, where: str, values: tuple[Any, ...]) -> list[HistoryEntry]:
        with self._source() as connection:
            return list(_entries(self._seen(connection, connection.exec_driver_sql(_ROW + where, values).all())))

    def _seen(self, connection: Connection, rows: Sequence[Any]) -> Sequence[Any]:
        """The operations without those about people the reader may not learn of."""
        if not self._guard.hides:
            return rows
        people, by_kind = self._guard.people(connection), defaultdict(set)
        for row in rows:
            by_kind[row[6]].add(row[7])
        hidden = {
            (kind, one) for kind, ids in by_kind.items() if kind in PERSONAL for one in concealed(connection, kind, people, ids, past=True)
        }
        return [row for row in rows if (row[6], row[7]) not in hidden]

    def history(self, record_id: str) -> list[HistoryEntry]:
        """Every change of a record, oldest first: in the order of its operations, wherever and whenever they arrived."""
        return self._select("j.record = ? ORDER BY j.hlc, j.op_id, j.seq", (record_id,))

    def recent(self, *, limit: int = 200) -> list[HistoryEntry]:
        """The newest changes first."""
        if not self._guard.hides:
            return self._select("true ORDER BY j.seq DESC LIMIT ?", (limit,))
        with self._source() as connection:  # as many as asked for, so that no gap tells of those left out
            found: list[Any] = []
            before = 2**62
            while len(found) < limit:
                rows = connection.exec_driver_sql(
                    _ROW.replace("SELECT ", "SELECT j.seq, ", 1) + "j.seq < ? ORDER BY j.seq DESC LIMIT ?", (before, limit)
                ).all()
                if not rows:
                    break
                before = rows[-1][0]
                found += self._seen(connection, [row[1:] for row in rows])
            return list(_entries(found[:limit]))

    def group(self, group_id: str) -> list[HistoryEntry]:
        """Everything that one act changed, in order."""
        return self._select("j.act = ? ORDER BY j.seq", (group_id,))

    def groups_touching(self, record_ids: Sequence[str]) -> list[str]:
        """Acts that changed any of these records, or an outing during one of these stays, newest first."""
        newest: dict[str, int] = {}
        with self._source() as connection:
            hidden = self._guard.hidden(connection).persons
            hidden |= {stay for stay, person in _stays_of(connection, hidden)}
            for part in chunked([one for one in record_ids if one not in hidden]):
                outings = f"SELECT id FROM absence WHERE stay_id IN ({marks(part)})"
                query = f"SELECT act, max(seq) FROM journal WHERE record IN ({marks(part)}) OR record IN ({outings}) GROUP BY act"
                for act, seq in connection.exec_driver_sql(query, (*part, *part)):
                    newest[act] = max(seq, newest.get(act, 0))
        return sorted(newest, key=lambda act: -newest[act])

    def access(self, *, person_id: str = "", limit: int | None = None) -> list[AccessEntry]:
        """Accesses, newest first; those that touched one person when an id is given."""
        among = "SELECT access_seq FROM access_person WHERE person = :person UNION ALL SELECT CAST(value AS INTEGER) FROM json_each(:crowds)"
        where = f"WHERE a.seq IN ({among})" if person_id else ""
        query = (
            "SELECT a.at_ms, coalesce(o.name, ''), a.action, a.purpose, a.persons, a.target FROM access a LEFT JOIN operator o ON o.id = a.operator"
            f" {where} ORDER BY a.seq DESC LIMIT :limit"
        )
        with self._source() as connection:
            if person_id and person_id in self._guard.hidden(connection).persons:
                return []
            crowds = json.dumps(crowds_with(connection, person_id)) if person_id else "[]"
            given = {"person": person_id, "crowds": crowds, "limit": NO_LIMIT if limit is None else limit}
            rows = connection.exec_driver_sql(query, given).all()
        return [
            AccessEntry(at=datetime.fromtimestamp(r[0] / 1000, UTC), by=r[1], action=r[2], purpose=r[3], persons=r[4], target=r[5])
            for r in rows
        ]

    def last_time(self) -> datetime | None:
        """The latest wall-clock time that any operation here carries."""
        with self._source() as connection:
            value = connection.exec_driver_sql(
                "SELECT max(at_ms) FROM (SELECT at_ms FROM journal ORDER BY seq DESC LIMIT 200) AS newest"
            ).scalar_one()
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def _stays_of(connection: Connection, persons: Iterable[str]) -> list[Any]:
    query = "SELECT id, person_id FROM stay WHERE person_id IN ({})"
    return [row for part in chunked(sorted(persons)) for row in connection.exec_driver_sql(query.format(marks(part)), tuple(part)).all()]


def changed_since(connection: Connection, known_ms: int, kinds: Sequence[str]) -> dict[str, dict[str, dict[str, Any] | None]]:
    """What was not yet known at ``known_ms``: kind → record → ``{field: value as known then}``, None when the record was not known at all.

    Undoing the later operations in reverse gives the state as it was known, as long as one device alone wrote the record; otherwise it is
    what the operations that had arrived by then make of it. The journal is the only history.
    """
    columns = (t.journal.c.kind, t.journal.c.record, t.journal.c.action, t.journal.c.changes)
    query = select(*columns).where(t.journal.c.received_ms > known_ms, t.journal.c.kind.in_(kinds)).order_by(t.journal.c.seq.desc())
    undone: dict[str, dict[str, dict[str, Any] | None]] = {kind: {} for kind in kinds}
    for kind, record, action, changes in connection.execute(query):
        if action == "create":
            undone[kind][record] = None
            continue
        before = undone[kind].setdefault(record, {})
        if before is not None:
            before.update({field: old for field, (old, _) in json.loads(changes).items()})
    if connection.exec_driver_sql("SELECT count(*) FROM device").scalar_one() > 1:
        for kind, records in undone.items():
            _merge_again(connection, known_ms, kind, records)
    return undone


# what several wrote, and what arrived in another order than it was written
_TOGETHER = """
SELECT record FROM journal WHERE record IN ({}) GROUP BY record HAVING count(DISTINCT chain) > 1
UNION SELECT a.record FROM journal a JOIN journal b ON b.record = a.record AND b.chain = a.chain AND b.device_seq > a.device_seq
AND b.received_ms < a.received_ms WHERE a.record IN ({})
"""


def _merge_again(connection: Connection, known_ms: int, kind: str, records: dict[str, dict[str, Any] | None]) -> None:
    """The same for records that several devices wrote: from the operations that had arrived."""
    from app.storage.adding import shape_of
    from app.storage.merged import Merger

    merger = Merger(connection)
    blanks = dict(zip(shape_of(kind).names, map(to_json_value, shape_of(kind).blanks), strict=True))
    for part in chunked(sorted(records)):
        together = _TOGETHER.format(marks(part), marks(part))
        several = sorted(connection.exec_driver_sql(together, (*part, *part)).scalars())
        if not several:
            continue
        then, now = merger.merged(kind, several, received=known_ms), merger.merged(kind, several)
        for record in several:
            was, made = then.get(record), now[record]
            if was is None or not was.exists:
                records[record] = None
                continue
            names = was.values.keys() | made.values.keys()
            told = {name: was.values.get(name, blanks.get(name)) for name in names}
            records[record] = {name: value for name, value in told.items() if value != made.values.get(name, blanks.get(name))}
