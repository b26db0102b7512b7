"""Writing many rows at once, past the journal: only resident snapshots, which are immutable data sets and not registry records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.domain.errors import RuleViolation
from app.domain.folding import fold_address, fold_kana, fold_name
from app.domain.resident import Finding, ResidentRow, Snapshot, SourceMark
from app.storage import tables as t
from app.storage.engine import run_many
from app.storage.keys import birth_range, digits
from app.storage.search import address_text, kana_text, name_text
from app.usecases.job import Job

_RESIDENT = (
    "INSERT INTO resident (rid, snapshot, resident_no, household_no, rank, name, kana, birth, sex, relation, postal, address, district, phone,"
    " nationality, protected, key_name, key_kana, key_phone, birth_lo, birth_hi, alias) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_FTS = "INSERT INTO resident_fts (rowid, name, kana, address) VALUES (?,?,?,?)"
_AS_READ = (
    "SELECT resident_no, household_no, name, kana, birth, sex, relation, postal, address, district, phone, nationality, protected, rank, alias"
    " FROM resident WHERE rid BETWEEN ? AND ? ORDER BY rid"
)


class _Tally:
    """Counts and the hash over every row of a load."""

    def __init__(self, first_rid: int) -> None:
        self.next_rid = first_rid
        self.rows = 0
        self.households: set[str] = set()
        self.single = 0
        self.digest = hashlib.sha256()

    def take(self, batch: Sequence[ResidentRow]) -> int:
        """Count a batch; answers the rid of its first row."""
        first = self.next_rid
        self.next_rid += len(batch)
        self.rows += len(batch)
        for row in batch:
            if row.household_no:
                self.households.add(row.household_no)
            else:
                self.single += 1
        self.digest.update(_hashed(batch))
        return first


def _hashed(rows: Iterable[Sequence[Any]]) -> bytes:
    """What the hash of a snapshot covers: the first fourteen fields of each row and its alias if it has one, in any division into batches."""
    return "".join("\x1f".join(map(str, row[: 15 if row[14] else 14])) + "\x1e" for row in rows).encode("utf-8", "surrogatepass")


def snapshot_hash(connection: Connection, first_rid: int, last_rid: int) -> str:
    """The hash of a snapshot's rows as they stand in the store now."""
    digest = hashlib.sha256()
    found = connection.execution_options(yield_per=5000).exec_driver_sql(_AS_READ, (first_rid, last_rid))
    for part in found.partitions():
        digest.update(_hashed((*row[:12], row[12] == 1, *row[13:]) for row in part))
    return digest.hexdigest()


@lru_cache(maxsize=200_000)
def _name_keys(text: str) -> tuple[str, str]:
    key = fold_name(text)
    return key, name_text(key)


@lru_cache(maxsize=200_000)
def _kana_keys(text: str) -> tuple[str, str]:
    key = fold_kana(text)
    return key, kana_text(key)


@lru_cache(maxsize=200_000)
def _address_text(text: str) -> str:
    return address_text(fold_address(text))


def _stored(rid: int, number: int, row: ResidentRow) -> tuple[Any, ...]:
    resident_no, household_no, name, kana, birth, sex, relation, postal, address, district, phone, nationality, protected, order, alias, _ = row
    return (
        *(rid, number, resident_no, household_no, order, name, kana, birth, sex, relation, postal, address, district, phone, nationality),
        *(int(protected), _name_keys(name)[0], _kana_keys(kana)[0], digits(phone), *birth_range(birth), alias),
    )


def _indexed(rid: int, row: ResidentRow) -> tuple[int, str, str, str]:
    return rid, _name_keys(row.name)[1], _kana_keys(row.kana)[1], _address_text(row.address)


def insert_rows(connection: Connection, number: int, rids: Sequence[int], rows: Sequence[ResidentRow]) -> None:
    """Store and index rows of snapshot ``number`` under these row numbers."""
    run_many(connection, _RESIDENT, [_stored(rid, number, row) for rid, row in zip(rids, rows, strict=True)])
    run_many(connection, _FTS, [_indexed(rid, row) for rid, row in zip(rids, rows, strict=True)])


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
    for batch in batches:
        start = tally.take(batch)
        rids = [first_rid + row.line for row in batch] if span else range(start, start + len(batch))
        insert_rows(connection, number, rids, batch)
        job.report(tally.rows, None, "job.loading_residents")
    if not tally.rows:
        raise RuleViolation("residents.nothing_to_load")
    made = Snapshot(
        id=snapshot_id,
        label=label,
        as_of=as_of,
        known_at=known_at,
        residents=tally.rows,
        households=len(tally.households) + tally.single,
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
            last_rid=(first_rid + span if span else tally.next_rid) - 1,
            origin=origin,
            district=district,
            sources=made.sources,
        )
    )
    noted = [{"snapshot": number, **found._asdict()} for found in findings]
    if noted:
        connection.execute(insert(t.finding), noted)
    return made
