"""Putting a snapshot from a file into the store: new, or what is missing of one that is here in part. Always in the caller's transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import ge
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.domain.carrying import FLAGGED, CarriedRow, Received, SnapshotCard, join_districts
from app.domain.errors import IntegrityFault
from app.domain.resident import Finding, ResidentRow, SourceMark
from app.storage import tables as t
from app.storage.bulk import _hashed, insert_rows, load_snapshot, snapshot_hash
from app.storage.queries.carried import WHOLE, whole_hash
from app.storage.queries.residents import snapshot_of
from app.usecases.job import Job

RECEIVED = "residents.received"
"""Setting that counts the snapshot files taken in."""
_FLAG = "UPDATE resident SET protected = ? WHERE rid = ? AND protected = 0"


def receive_snapshot(
    connection: Connection, batches: Iterable[Sequence[CarriedRow]], *, card: SnapshotCard, mark: SourceMark, findings: Sequence[Finding],
    created_at: datetime, job: Job,
) -> Received:  # fmt: skip
    """Load the rows of a file. IntegrityFault ``transfer.content_changed`` when they are not those that the card promises,
    ``transfer.other_content`` when the snapshot of this id here is another one; then nothing may be committed.
    """
    stream = _Stream(batches)
    found = connection.execute(select(t.snapshot).where(t.snapshot.c.id == card.snapshot_id)).one_or_none()
    if found is None:
        sha256 = _load(connection, stream, card, mark, findings, created_at, job)
        added, first_rid = stream.residents, _first_rid(connection, card)
    else:
        added, first_rid = _extend(connection, stream, found, card, mark, findings, created_at, job), found.first_rid
        sha256 = stream.digest.hexdigest()
    if stream.residents != card.residents or sha256 != card.sha256:
        raise IntegrityFault("transfer.content_changed", path=mark.name)
    flagged = _flag(connection, first_rid, stream.flagged)
    if added or flagged:
        _count_up(connection)
    made = connection.execute(select(t.snapshot).where(t.snapshot.c.id == card.snapshot_id)).one()
    return Received(
        snapshot=snapshot_of(made), added=added, flagged=flagged, carried=stream.residents, extended=found is not None and added > 0
    )


class _Stream:
    """Rows passing by in order of place, counted and, unless who takes them does it, hashed."""

    def __init__(self, batches: Iterable[Sequence[CarriedRow]]) -> None:
        self._batches = batches
        self.hashes = True
        self.residents = 0
        self.digest = hashlib.sha256()
        self.flagged: list[int] = []

    def __iter__(self) -> Iterator[list[ResidentRow]]:
        last = -1
        for batch in self._batches:
            places = [one[0] for one in batch]
            if places and (places[0] <= last or any(map(ge, places, places[1:]))):
                raise IntegrityFault("transfer.content_changed", path="")
            last = places[-1] if places else last
            self.flagged += [one[0] for one in batch if one[2]]
            rows = [one[1] for one in batch]
            self.residents += len(rows)
            if self.hashes:
                self.digest.update(_hashed(rows))
            yield rows


def _load(
    connection: Connection, stream: _Stream, card: SnapshotCard, mark: SourceMark, findings: Sequence[Finding], created_at: datetime, job: Job
) -> str:  # fmt: skip
    """Load a snapshot that is not here at all; answers the hash of what was loaded."""
    stream.hashes = False
    made = load_snapshot(
        connection, stream, snapshot_id=card.snapshot_id, label=card.label, as_of=card.as_of, known_at=card.known_at, files=card.files,
        created_at=created_at, job=job, origin="received", district=card.district, sources=(*card.sources, mark), findings=findings,
        span=card.span,
    )  # fmt: skip
    if not card.whole:
        _keep_whole_hash(connection, card)
    return made.sha256


def _keep_whole_hash(connection: Connection, card: SnapshotCard) -> None:
    connection.execute(t.setting.delete().where(t.setting.c.name == WHOLE + card.snapshot_id))
    connection.execute(insert(t.setting).values(name=WHOLE + card.snapshot_id, value=card.whole_sha256))


def _first_rid(connection: Connection, card: SnapshotCard) -> int:
    return int(connection.execute(select(t.snapshot.c.first_rid).where(t.snapshot.c.id == card.snapshot_id)).scalar_one())


def _extend(
    connection: Connection, stream: _Stream, found: Any, card: SnapshotCard, mark: SourceMark, findings: Sequence[Finding],
    created_at: datetime, job: Job,
) -> int:  # fmt: skip
    """Add the residents that are missing here; answers how many. Those that are here stay, with everything linked to them."""
    span = found.last_rid - found.first_rid + 1
    known = found.sha256 if found.residents == span else whole_hash(connection, card.snapshot_id)
    if span != card.span or (known and card.whole_sha256 and known != card.whole_sha256):
        raise IntegrityFault("transfer.other_content", label=found.label)
    query = select(t.resident.c.rid).where(t.resident.c.rid.between(found.first_rid, found.last_rid))
    complete = found.residents == span
    here = set() if complete else set(connection.execute(query).scalars())
    added = done = 0
    for rows in stream:
        done += len(rows)
        job.report(done, card.residents, "job.loading_residents")
        if complete:
            continue
        new = [row for row in rows if found.first_rid + row.line not in here]
        if new:
            insert_rows(connection, found.num, [found.first_rid + row.line for row in new], new)
            added += len(new)
    if added:
        _settle(connection, found, card, mark, findings, created_at)
    return added


def _settle(
    connection: Connection, found: Any, card: SnapshotCard, mark: SourceMark, findings: Sequence[Finding], created_at: datetime
) -> None:
    """Say anew what the extended snapshot is, and check that a complete one is the one that was sent."""
    mine = t.resident.c.rid.between(found.first_rid, found.last_rid)
    number = t.resident.c.household_no
    residents = connection.execute(select(func.count()).where(mine)).scalar_one()
    households = connection.execute(select(func.count(number.distinct())).where(mine, number != "")).scalar_one()
    single = connection.execute(select(func.count()).where(mine, number == "")).scalar_one()
    digest = snapshot_hash(connection, found.first_rid, found.last_rid)
    whole = residents == card.span
    if whole and card.whole_sha256 and digest != card.whole_sha256:
        raise IntegrityFault("transfer.other_content", label=found.label)
    connection.execute(
        update(t.snapshot)
        .where(t.snapshot.c.num == found.num)
        .values(
            residents=residents, households=households + single, sha256=digest, created_at=created_at,
            district="" if whole else join_districts((found.district, card.district)), sources=(*found.sources, mark),
        )
    )  # fmt: skip
    columns = [t.finding.c[name] for name in Finding._fields]
    told = {Finding(*row) for row in connection.execute(select(*columns).where(t.finding.c.snapshot == found.num))}
    noted = [{"snapshot": found.num, **one._asdict()} for one in findings if one not in told]
    if noted:
        connection.execute(insert(t.finding), noted)


def _count_up(connection: Connection) -> None:
    """Tell whoever keeps a list of protected people that snapshots have changed (``storage.shield``)."""
    now = connection.execute(select(t.setting.c.value).where(t.setting.c.name == RECEIVED)).scalar_one_or_none()
    connection.execute(t.setting.delete().where(t.setting.c.name == RECEIVED))
    connection.execute(insert(t.setting).values(name=RECEIVED, value=str(int(now or 0) + 1)))


def _flag(connection: Connection, first_rid: int, places: Sequence[int]) -> int:
    """Mark people as protected who were not; answers how many. A mark is never taken away here."""
    return sum(connection.exec_driver_sql(_FLAG, (FLAGGED, first_rid + place)).rowcount for place in places)
