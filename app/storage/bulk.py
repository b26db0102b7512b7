"""Writing many rows at once, past the journal: only resident snapshots, which are immutable data sets and not registry records."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.domain.errors import RuleViolation
from app.domain.resident import ResidentRow, Snapshot
from app.storage import tables as t
from app.storage.keys import birth_range, digits, fold_key_address, fold_key_kana, fold_key_name
from app.storage.search import fts_text
from app.usecases.job import Job

_RESIDENT = (
    "INSERT INTO resident (rid, snapshot, resident_no, household_no, rank, name, kana, birth, sex, relation, postal, address, district, phone,"
    " nationality, protected, key_name, key_kana, key_phone, birth_lo, birth_hi) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_FTS = "INSERT INTO resident_fts (rowid, name, kana, address) VALUES (?,?,?,?)"


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
        text = "\x1e".join("\x1f".join(map(str, row[:14])) for row in batch)
        self.digest.update(text.encode("utf-8", "surrogatepass") + b"\x1e")
        return first


def _stored(rid: int, number: int, row: ResidentRow) -> tuple[Any, ...]:
    low, high = birth_range(row.birth)
    return (
        rid,
        number,
        row.resident_no,
        row.household_no,
        row.order,
        row.name,
        row.kana,
        row.birth,
        row.sex,
        row.relation,
        row.postal,
        row.address,
        row.district,
        row.phone,
        row.nationality,
        int(row.protected),
        fold_key_name(row.name),
        fold_key_kana(row.kana),
        digits(row.phone),
        low,
        high,
    )


def _indexed(rid: int, row: ResidentRow) -> tuple[int, str, str, str]:
    return rid, fts_text(fold_key_name(row.name)), fts_text(fold_key_kana(row.kana)), fts_text(fold_key_address(row.address))


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
) -> Snapshot:
    """Stream rows into a new snapshot, which becomes the active one. Cancelling rolls the whole transaction back.

    RuleViolation ``residents.nothing_to_load`` when there is no row.
    """
    number = (connection.execute(select(func.max(t.snapshot.c.num))).scalar_one() or 0) + 1
    first_rid = (connection.execute(select(func.max(t.resident.c.rid))).scalar_one() or 0) + 1
    cursor = connection.connection.cursor()
    tally = _Tally(first_rid)
    for batch in batches:
        start = tally.take(batch)
        _guarded(cursor.executemany, _RESIDENT, (_stored(start + i, number, row) for i, row in enumerate(batch)))
        _guarded(cursor.executemany, _FTS, (_indexed(start + i, row) for i, row in enumerate(batch)))
        job.report(tally.rows, None, "job.loading_residents")
    cursor.close()
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
            last_rid=tally.next_rid - 1,
        )
    )
    return made


def _guarded(run: Callable[..., Any], sql: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """Run a driver call with driver errors in our words."""
    import sqlcipher3.dbapi2 as driver

    from app.storage.engine import translate

    try:
        run(sql, rows)
    except driver.OperationalError as error:
        raise translate(error) from error
