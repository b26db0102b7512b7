"""Writing many rows at once, past the journal: only resident snapshots, which are immutable data sets and not registry records."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, Index, func, insert, select, update

from app.domain.errors import EnvironmentFault, RuleViolation
from app.domain.resident import Finding, ResidentRow, Snapshot, SourceMark
from app.storage import tables as t
from app.storage.dialects import search_of
from app.storage.engine import run_many
from app.storage.indexing import Indexer, Keys, LocalIndexer, columns_of, index_rows, keys_of, open_remote
from app.storage.search import RESIDENT_FTS, SHARED_FTS, part_name, person_texts
from app.storage.streams import stream
from app.usecases.collecting import without_collector
from app.usecases.job import QUIET, Job

_COLUMNS = (
    "rid, snapshot, resident_no, household_no, rank, name, kana, birth, sex, relation, postal, address, district, phone, nationality,"
    " protected, key_name, key_kana, key_phone, birth_lo, birth_hi, alias"
)
_RESIDENT = f"INSERT INTO resident ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
_AS_READ = (
    "SELECT resident_no, household_no, name, kana, birth, sex, relation, postal, address, district, phone, nationality, protected, rank, alias"
    " FROM resident WHERE rid BETWEEN ? AND ? ORDER BY rid"
)
_SORTED = (
    "INSERT INTO resident_kana (snapshot, key_kana, rid) SELECT snapshot, key_kana, rid FROM resident WHERE rid BETWEEN ? AND ?"
    " ORDER BY snapshot, key_kana, rid",
    "INSERT INTO resident_birth (snapshot, birth_lo, rid, birth_hi, key_kana) SELECT snapshot, birth_lo, rid, coalesce(birth_hi, birth_lo),"
    " key_kana FROM resident WHERE rid BETWEEN ? AND ? AND birth_lo IS NOT NULL ORDER BY snapshot, birth_lo, rid",
    "INSERT INTO resident_phone (snapshot, key_phone, rid) SELECT snapshot, key_phone, rid FROM resident WHERE rid BETWEEN ? AND ?"
    " AND key_phone <> '' ORDER BY snapshot, key_phone, rid",
)
"""What the tables that serve as indexes get, in their own order: appending costs a fraction of what inserting here and there does."""
_MANY = 20_000
"""More rows than this are indexed in another process, and the indexes of the table are built when all are in."""
_PART = 200_000
_REREAD = 5_000
_MOST_STORED = 3_000_000
"""With more residents than this in the store, building its indexes anew costs more than keeping them up row by row."""
_FINISHING = "job.indexing_residents"


class _Tally:
    """Counts and the hash over every row of a load."""

    def __init__(self, first_rid: int) -> None:
        self.next_rid = first_rid
        self.rows = 0
        self.digest = hashlib.sha256()

    def take(self, batch: Sequence[ResidentRow]) -> int:
        """Count a batch; answers the rid of its first row."""
        first = self.next_rid
        self.next_rid += len(batch)
        self.rows += len(batch)
        self.digest.update(_hashed(batch))
        return first


def _hashed(rows: Iterable[Sequence[Any]]) -> bytes:
    """What the hash of a snapshot covers: the first fourteen fields of each row and its alias if it has one, in any division into batches."""
    join = "\x1f".join
    lines = [join((*row[:12], str(row[12]), str(row[13]), *((row[14],) if row[14] else ()))) for row in rows]
    return "\x1e".join([*lines, ""]).encode("utf-8", "surrogatepass")


def count_households(connection: Connection, number: int) -> int:
    """Households of a snapshot; somebody without a number is one of their own."""
    query = "SELECT count(DISTINCT nullif(household_no, '')) + count(*) FILTER (WHERE household_no = '') FROM resident WHERE snapshot = ?"
    return int(connection.exec_driver_sql(query, (number,)).scalar_one())


def snapshot_hash(connection: Connection, first_rid: int, last_rid: int) -> str:
    """The hash of a snapshot's rows as they stand in the store now."""
    digest = hashlib.sha256()
    for part in stream(connection, _AS_READ, (first_rid, last_rid)):
        digest.update(_hashed((*row[:12], row[12] == 1, *row[13:]) for row in part))
    return digest.hexdigest()


def _stored(number: int, rids: Sequence[int], rows: Sequence[ResidentRow], keys: Keys) -> Iterable[tuple[Any, ...]]:
    """Rows with their keys as the table has them, by columns: a million rows of a tuple each would cost seconds."""
    no, household, name, kana, birth, sex, relation, postal, address, district, phone, nation, protected, order, alias, _ = zip(
        *rows, strict=True
    )
    return zip(
        *(rids, repeat(number), no, household, order, name, kana, birth, sex, relation, postal, address, district, phone, nation),
        *(map(int, protected), keys.names, keys.kanas, keys.phones, keys.lows, keys.highs, alias),
        strict=False,
    )


def _store(connection: Connection, number: int, rids: Sequence[int], rows: Sequence[ResidentRow], keys: Keys) -> None:
    run_many(connection, _RESIDENT, list(_stored(number, rids, rows, keys)))


def insert_rows(connection: Connection, number: int, rids: Sequence[int], rows: Sequence[ResidentRow]) -> None:
    """Store and index a few more rows of snapshot ``number``, which has some, under these row numbers."""
    columns = columns_of(rids, rows)
    keys = keys_of(columns)
    _store(connection, number, rids, rows, keys)
    last = connection.execute(select(func.max(t.resident_part.c.part)).where(t.resident_part.c.snapshot == number)).scalar_one()
    table = SHARED_FTS if last is None else part_name(number, last)
    search_of(connection).add_to_part(connection, table, index_rows(columns))
    run_many(
        connection,
        "INSERT INTO resident_kana (snapshot, key_kana, rid) VALUES (?,?,?)",
        [(number, kana, rid) for kana, rid in zip(keys.kanas, rids, strict=True)],
    )
    born = [
        (number, low, rid, high or low, kana) for rid, low, high, kana in zip(rids, keys.lows, keys.highs, keys.kanas, strict=True) if low
    ]
    run_many(connection, "INSERT INTO resident_birth (snapshot, birth_lo, rid, birth_hi, key_kana) VALUES (?,?,?,?,?)", born)
    called = [(number, phone, rid) for phone, rid in zip(keys.phones, rids, strict=True) if phone]
    run_many(connection, "INSERT INTO resident_phone (snapshot, key_phone, rid) VALUES (?,?,?)", called)


class _Writer:
    """Rows of one new snapshot on their way into the table and its indexes. Few are indexed here, many in another process meanwhile.

    A batch is stored while the keys of the next are made; ``finish`` stores the last one and builds what is built at the end.
    Without ``storing`` the rows are in the table already and only the indexes are made.
    """

    def __init__(self, connection: Connection, number: int, job: Job, *, storing: bool = True) -> None:
        self._connection, self._number, self._job, self._storing = connection, number, job, storing
        self._indexer: Indexer = LocalIndexer()
        self._remote = False
        self._rows = self._in_part = self._parts = 0
        self._kept: tuple[Sequence[int], Sequence[ResidentRow], Keys] | None = None
        self._dropped: list[Index] = []

    def take(self, rids: Sequence[int], rows: Sequence[ResidentRow]) -> None:
        """The next rows."""
        self._rows += len(rows)
        if self._rows > _MANY and not self._remote:
            self._remote = True
            self._become_many()
        if self._in_part >= _PART:
            self._indexer.end_part()
            self._store_kept()
            self._copy_part()
        self._in_part += len(rows)
        self._indexer.send(columns_of(rids, rows))
        self._store_kept()
        self._kept = rids, rows, self._indexer.receive()

    def finish(self, first_rid: int, last_rid: int) -> None:
        """Everything in its place. Cancel is heard between the steps."""
        self._indexer.end_part()
        self._store_kept()
        steps: list[Callable[[], object]] = [self._copy_part, self._indexer.close]  # first: sorting wants the memory of the other process
        steps += [partial(self._connection.exec_driver_sql, sql, (first_rid, last_rid)) for sql in _SORTED]
        steps += [partial(index.create, self._connection) for index in self._dropped]
        for done, step in enumerate(steps):
            self._job.report(done, len(steps), _FINISHING)
            step()
        self._job.report(len(steps), len(steps), _FINISHING)

    def close(self) -> None:
        """Let go of the other process."""
        self._indexer.close()

    def _store_kept(self) -> None:
        if self._kept is not None:
            rids, rows, keys = self._kept
            self._kept = None
            if self._storing:
                _store(self._connection, self._number, rids, rows, keys)

    def _become_many(self) -> None:
        remote = open_remote()
        if remote is not None:
            self._indexer.end_part()
            self._copy_part()
            self._indexer = remote
        stored = self._connection.execute(select(func.coalesce(func.sum(t.snapshot.c.residents), 0))).scalar_one()
        if stored > _MOST_STORED or not self._storing:
            return
        for name in ("ix_resident_household", "ix_resident_number"):
            index = next(one for one in t.resident.indexes if one.name == name)
            try:
                index.drop(self._connection)
            except EnvironmentFault:
                return  # the rows come from a question that this very connection is still asking
            self._dropped.append(index)

    def _copy_part(self) -> None:
        """The finished part as a table of the store. What is in a new table already is the beginning of an empty index."""
        name = part_name(self._number, self._parts)
        self._connection.exec_driver_sql(f"CREATE VIRTUAL TABLE {name} USING {RESIDENT_FTS}")
        writes = {
            "data": f"INSERT OR REPLACE INTO {name}_data (id, block) VALUES (?,?)",
            "idx": f"INSERT INTO {name}_idx (segid, term, pgno) VALUES (?,?,?)",
        }
        for table, rows in self._indexer.collect():
            run_many(self._connection, writes[table], rows)
        self._connection.execute(insert(t.resident_part).values(snapshot=self._number, part=self._parts))
        self._parts += 1
        self._in_part = 0


class _ServerWriter:
    """The same on a server: rows and vectors go there by COPY, and the server builds the index of the vectors at the end."""

    def __init__(self, connection: Connection, number: int, job: Job, *, storing: bool = True) -> None:
        self._connection, self._number, self._job, self._storing = connection, number, job, storing
        self._speech, self._part = search_of(connection), part_name(number, 0)
        self._speech.make_part(connection, self._part)
        connection.execute(insert(t.resident_part).values(snapshot=number, part=0))

    def take(self, rids: Sequence[int], rows: Sequence[ResidentRow]) -> None:
        """The next rows."""
        columns = columns_of(rids, rows)
        if self._storing:
            self._speech.copy_rows(self._connection, f"resident ({_COLUMNS})", _stored(self._number, rids, rows, keys_of(columns)))
        self._speech.add_to_part(self._connection, self._part, index_rows(columns))

    def finish(self, first_rid: int, last_rid: int) -> None:
        """Everything in its place. Cancel is heard between the steps."""
        steps: list[Callable[[], object]] = [partial(self._connection.exec_driver_sql, sql, (first_rid, last_rid)) for sql in _SORTED]
        steps.append(partial(self._speech.finish_part, self._connection, self._part))
        for done, step in enumerate(steps):
            self._job.report(done, len(steps), _FINISHING)
            step()
        self._job.report(len(steps), len(steps), _FINISHING)

    def close(self) -> None:
        """Nothing is held."""


def _open_writer(connection: Connection, number: int, job: Job, *, storing: bool = True) -> _Writer | _ServerWriter:
    kind = _Writer if connection.dialect.name == "sqlite" else _ServerWriter
    return kind(connection, number, job, storing=storing)


def rebuild_search(connection: Connection, job: Job = QUIET) -> None:
    """Make every table that serves as an index from the records and the residents, in a store that was copied without them."""
    for snapshot in connection.execute(select(t.snapshot.c.num, t.snapshot.c.first_rid, t.snapshot.c.last_rid).order_by(t.snapshot.c.num)).all():
        writer = _open_writer(connection, snapshot.num, job, storing=False)
        try:
            with without_collector():
                for rids, rows in _loaded(connection, snapshot.first_rid, snapshot.last_rid):
                    writer.take(rids, rows)
            writer.finish(snapshot.first_rid, snapshot.last_rid)
        finally:
            writer.close()
    table = t.person
    people = connection.execute(select(table.c.rid, table.c.name, table.c.kana, table.c.address, table.c.deleted).order_by(table.c.rid)).all()
    search_of(connection).add_to_part(connection, "person_fts", [(row.rid, *person_texts(row)) for row in people if not row.deleted])


def _loaded(connection: Connection, first_rid: int, last_rid: int) -> Iterable[tuple[list[int], list[ResidentRow]]]:
    """The rows of a snapshot with their numbers, some thousand at a time; each time asked anew, so that nothing is open meanwhile."""
    names = ", ".join("rank" if name == "order" else name for name in ResidentRow._fields[:-1])
    query = f"SELECT rid, {names} FROM resident WHERE rid BETWEEN ? AND ? ORDER BY rid LIMIT {_REREAD}"
    while found := connection.exec_driver_sql(query, (first_rid, last_rid)).all():
        yield [row[0] for row in found], [ResidentRow._make((*row[1:], 0)) for row in found]
        first_rid = found[-1][0] + 1


def next_rid(connection: Connection) -> int:
    """The first row number behind all rows, and behind the places that a snapshot received in part keeps free."""
    rows = connection.execute(select(func.max(t.resident.c.rid))).scalar_one() or 0
    kept = connection.execute(select(func.max(t.snapshot.c.last_rid))).scalar_one() or 0
    return int(max(rows, kept)) + 1


def load_snapshot(
    connection: Connection,
    batches: Iterable[Sequence[ResidentRow]],
    *,
    snapshot_id: str,
    label: str,
    as_of: datetime,
    known_at: datetime,
    files: Sequence[str],
    created_at: datetime,
    job: Job,
    origin: str = "list",
    district: str = "",
    sources: Sequence[SourceMark] = (),
    findings: Iterable[Finding] = (),
    span: int = 0,
) -> Snapshot:
    """Stream rows into a new snapshot, which becomes the active one. Cancelling rolls the whole transaction back.

    ``span`` is given for rows that come from a snapshot of that many residents: then ``line`` of each row is its place in it
    (from 0, ascending), and it keeps this place here, so that resident ids are the same everywhere.
    RuleViolation ``residents.nothing_to_load`` when there is no row.
    """
    number = (connection.execute(select(func.max(t.snapshot.c.num))).scalar_one() or 0) + 1
    first_rid = next_rid(connection)
    tally = _Tally(first_rid)
    writer = _open_writer(connection, number, job)
    try:
        with without_collector():
            for batch in filter(None, batches):
                start = tally.take(batch)
                writer.take([first_rid + row.line for row in batch] if span else range(start, start + len(batch)), batch)
                job.report(tally.rows, None, "job.loading_residents")
        if not tally.rows:
            raise RuleViolation("residents.nothing_to_load")
        last_rid = (first_rid + span if span else tally.next_rid) - 1
        writer.finish(first_rid, last_rid)
    finally:
        writer.close()
    made = Snapshot(
        id=snapshot_id,
        label=label,
        as_of=as_of,
        known_at=known_at,
        residents=tally.rows,
        households=count_households(connection, number),
        sha256=tally.digest.hexdigest(),
        files=tuple(files),
        created_at=created_at,
        active=True,
        origin=origin,
        district=district,
        sources=tuple(sources),
    )
    connection.execute(update(t.snapshot).values(active=False))
    connection.execute(
        insert(t.snapshot).values(
            num=number,
            id=made.id,
            label=label,
            as_of=as_of,
            known_at=known_at,
            residents=made.residents,
            households=made.households,
            sha256=made.sha256,
            files=made.files,
            created_at=created_at,
            active=True,
            first_rid=first_rid,
            last_rid=last_rid,
            origin=origin,
            district=district,
            sources=made.sources,
        )
    )
    noted = [{"snapshot": number, **found._asdict()} for found in findings]
    if noted:
        connection.execute(insert(t.finding), noted)
    return made
