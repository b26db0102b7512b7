"""The exchange inside one unit of work: operations come in, records are worked out, decisions of people are written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update

from app.domain.exchange import AUDIENCES, DeviceList, Head, PeerNews, Segment, head_text
from app.domain.identifiers import device_prefix
from app.domain.journal import UPDATE, to_json_value
from app.domain.merging import Conflict, device_of
from app.storage import tables as t
from app.storage.adding import encode
from app.storage.chains import ChainWriter
from app.storage.devices import become_new, own_site
from app.storage.engine import widen
from app.storage.journal import JournalWriter
from app.storage.merged import CHUNK, RecordWriter
from app.storage.queries.base import chunked
from app.storage.queries.exchange import ExchangeQueries, device_list, known_json
from app.storage.shield import Shield
from app.usecases.collecting import without_collector
from app.usecases.exchange_rows import MergeReport, PackageRow
from app.usecases.job import QUIET, Job

if TYPE_CHECKING:
    from app.usecases.exchange_ports import ExchangeWrites


class ExchangeUnit:
    """See ``usecases.exchange_ports.ExchangeWrites``. ``journal`` answers the unit's writer, ``end_journal`` closes it so far."""

    def __init__(
        self, connection: Connection, data_key: bytes, *, now: datetime, operator: str, journal: Callable[[], JournalWriter],
        end_journal: Callable[[], None], touched: dict[str, set[str]], shield: Shield, reads: ExchangeQueries,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._data_key = data_key
        self._now = now
        self._operator = operator
        self._journal = journal
        self._end_journal = end_journal
        self._touched = touched
        self._shield = shield
        self._reads = reads

    # -- taking in -----------------------------------------------------------------------------------------------

    def take(self, segments: Iterable[Segment], *, devices: DeviceList, job: Job = QUIET) -> MergeReport:
        """Put operations in and work out every record they touch."""
        with without_collector():
            return self._take(segments, devices, job)

    def _take(self, segments: Iterable[Segment], devices: DeviceList, job: Job) -> MergeReport:
        self._end_journal()
        widen(self._connection)
        chains = ChainWriter(self._connection, self._data_key, devices, now_ms=int(self._now.timestamp() * 1000))
        for segment in segments:
            chains.take(segment)
            job.report(chains.new + chains.known, None, "job.taking_operations")
        chains.finish(self._now)
        records = RecordWriter(self._connection, now=self._now, arrived=chains.arrived)
        touched = self._also_copied(chains)
        total, done = sum(map(len, touched.values())), 0
        for kind in t.KIND_BY_NAME:
            for part in chunked(sorted(touched.get(kind, ())), CHUNK):
                records.write(kind, part)
                done += len(part)
                job.report(done, total, "job.merging_records")
            self._touched[kind].update(touched.get(kind, ()))
        if chains.own in chains.copies or chains.own_continued:
            become_new(self._connection, self._data_key, site_id=own_site(self._connection), now=self._now)
        self._shield.forget()
        return MergeReport(
            operations=chains.new,
            known=chains.known,
            records=dict(records.counts),
            conflicts=records.opened,
            settled=records.settled,
            gaps=tuple(self._reads.gaps()),
            branches=tuple(device_prefix(device) for device in chains.copies),
            refused=chains.refused,
            touched={kind: frozenset(ids) for kind, ids in touched.items()},
        )

    def _also_copied(self, chains: ChainWriter) -> Mapping[str, set[str]]:
        """The records that were touched; those of copied devices besides, because what their writers had seen is known better now."""
        if not chains.copies:
            return chains.touched
        touched: dict[str, set[str]] = defaultdict(set, chains.touched)
        for kind, record in self._connection.exec_driver_sql("SELECT DISTINCT kind, record FROM open_conflict").all():
            touched[kind].add(record)
        for device in chains.copies:
            query = "SELECT DISTINCT kind, record FROM journal WHERE device = ?"
            for kind, record in self._connection.exec_driver_sql(query, (device,)).all():
                touched[kind].add(record)
        return touched

    # -- decisions -----------------------------------------------------------------------------------------------

    def settle(self, conflict: Conflict, values: dict[str, object]) -> None:
        """Write what a person decided: an operation about all fields of the conflict, also where nothing changes."""
        record = self._reads.stored(conflict.kind, conflict.record)
        told = {name: [to_json_value(record.get(name)), values.get(name, to_json_value(record.get(name)))] for name in conflict.fields}
        told.update({name: [to_json_value(record.get(name)), value] for name, value in values.items()})
        self._journal().append(kind=conflict.kind, record=conflict.record, action=UPDATE, changes=told)
        self.work_out({conflict.kind: {conflict.record}})

    def work_out(self, touched: Mapping[str, set[str]]) -> None:
        """Records as functions of their operations, those of this unit included."""
        self._journal().flush()
        records = RecordWriter(self._connection, now=self._now)
        for kind, ids in touched.items():
            records.write(kind, ids)
            self._touched[kind].update(ids)
        self._shield.forget()

    def work_out_undecided(self) -> None:
        """Before a commit: a change of a record with an open conflict decides it for the fields it writes."""
        rows = self._connection.exec_driver_sql("SELECT DISTINCT kind, record FROM open_conflict").all()
        touched: dict[str, set[str]] = defaultdict(set)
        for kind, record in rows:
            if record in self._touched.get(kind, ()):
                touched[kind].add(record)
        lacks = self._connection.exec_driver_sql("SELECT DISTINCT audience FROM withheld").scalars().all()
        for kind, ids in self._touched.items():
            if AUDIENCES.get(kind) in lacks and ids:
                touched[kind] |= ids
        if touched:
            self.work_out(touched)

    # -- heads, peers, packages ----------------------------------------------------------------------------------

    def vouch(self) -> Head:
        """Sign the end of this device's own chain, and of those that nobody else can vouch for: this folder's former ones."""
        from app.storage.device_keys import StoreDeviceKeys

        self._end_journal()
        rows = self._connection.execute(select(t.device).where(t.device.c.journal_seq > t.device.c.forked)).all()
        own = self._connection.execute(select(t.device).where(t.device.c.is_self)).one()
        keys = StoreDeviceKeys(self._data_key, device=own.id, read=self._setting, write=self._set_setting)
        devices = device_list(self._connection)
        for row in rows:
            ours = row.is_self or row.prefix or devices is None or devices.find(device_of(row.id)) is None
            if ours and row.signed_seq < row.journal_seq:
                signature = keys.sign(head_text(device_of(row.id), row.journal_seq, row.journal_hash))
                values = {"signed_seq": row.journal_seq, "signed_hash": row.journal_hash, "signature": signature}
                self._connection.execute(update(t.device).where(t.device.c.id == row.id).values(**values))
        own = self._connection.execute(select(t.device).where(t.device.c.is_self)).one()
        return Head(chain=own.id, seq=own.signed_seq, hash=own.signed_hash, signature=own.signature)

    def _setting(self, name: str) -> str:
        return self._connection.execute(select(t.setting.c.value).where(t.setting.c.name == name)).scalar_one_or_none() or ""

    def _set_setting(self, name: str, value: str) -> None:
        from app.storage.chains import write_setting

        write_setting(self._connection, name, value)

    def note_peer(self, news: PeerNews) -> None:
        """Keep what is known of a device; what is None in ``news`` and empty vectors leave what was known."""
        row = self._connection.execute(select(t.peer).where(t.peer.c.device == news.device)).one_or_none()
        told: dict[str, Any] = {
            "heard_at": news.heard_at,
            "written_at": news.written_at,
            "sent_at": news.sent_at,
            "acknowledged_at": news.acknowledged_at,
            "clock_offset": news.clock_offset,
        }
        values = {name: value for name, value in told.items() if value is not None}
        if news.knows or row is None:
            values["knows"] = encode(known_json(news.knows))
        if row is None:
            self._connection.execute(insert(t.peer).values(device=news.device, **values))
        elif values:
            self._connection.execute(update(t.peer).where(t.peer.c.device == news.device).values(**values))
        self._touched["peer"].add(news.device)

    def note_package(self, row: PackageRow, *, sha256: str, details: str = "{}") -> None:
        """A package was written or taken in."""
        self._connection.execute(
            insert(t.package).values(
                id=row.id,
                direction=row.direction,
                device=row.device,
                site_id=self._site_of(row.device),
                written_at=row.written_at,
                handled_at=row.handled_at,
                since=row.since,
                until=row.until,
                records=row.records,
                conflicts=row.conflicts,
                gaps=row.gaps,
                bytes=row.bytes,
                sha256=sha256,
                name=row.name,
                state=row.state,
                operator=self._operator,
                details=details,
            )
        )
        self._touched["package"].add(row.id)

    def _site_of(self, device: str) -> str:
        devices = device_list(self._connection)
        found = devices.find(device) if devices else None
        return found.site_id if found else ""

    def mark_package(self, package_id: str, *, state: str, at: datetime) -> None:
        """A package's state, and when it came to it: ``details`` keeps the moment."""
        changed = self._connection.execute(
            update(t.package).where(t.package.c.id == package_id).values(state=state, details=encode({state: to_json_value(at)}))
        )
        if changed.rowcount:
            self._touched["package"].add(package_id)


def _conforms(unit: ExchangeUnit) -> ExchangeWrites:
    return unit
