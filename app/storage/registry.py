"""Repositories and the unit of work: one transaction, one journal row per changed record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from app.domain.carrying import CarriedRow, Received, SnapshotCard
from app.domain.errors import EnvironmentFault, RuleViolation, StaleRecord
from app.domain.journal import CREATE, UPDATE, to_json_value
from app.domain.records import Record, differing_fields, value_fields, values_of
from app.domain.resident import Finding, ResidentRow, Snapshot, SourceMark
from app.storage import tables as t
from app.storage.access import new_key, write_access
from app.storage.adding import insert_records
from app.storage.bulk import load_snapshot
from app.storage.changing import change_records
from app.storage.devices import become_new, own_site, work_at
from app.storage.exchange import ExchangeUnit
from app.storage.journal import JournalWriter, Stamp
from app.storage.queries import StoreReads
from app.storage.received import receive_snapshot
from app.storage.search import index_person
from app.storage.shield import Guard, Shield
from app.usecases.job import Job

R = TypeVar("R", bound=Record)
_BATCH = 500
_PROTECTING = frozenset({"protection", "decision", "victim", "victim_member"})
_PROTECTING_FIELDS = frozenset({"protected", "resident_id", "resident_no", "deleted"})
"""What decides who is protected: a change inside a transaction must count at once."""
_IMMUTABLE = frozenset({"posting"})
"""Kinds that are only ever added: not even a use case with a mistake may change one."""


class RecordRepository(Generic[R]):
    """Records of one kind in one transaction. Iterates over the dataclass fields, so a new field needs no line here."""

    def __init__(
        self, kind: t.Kind, connection: Connection, journal: Callable[[], JournalWriter], touched: dict[str, set[str]], shield: Shield
    ) -> None:
        self._kind = kind
        self._connection = connection
        self._journal = journal
        self._touched = touched
        self._shield = shield

    def _record(self, row: Any) -> R:
        mapping = row._mapping
        values = {field.name: mapping[field.name] for field in value_fields(self._kind.cls)}
        return cast(R, self._kind.cls(id=mapping["id"], version=mapping["version"], **values))

    def get(self, record_id: str) -> R | None:
        """The record, tombstoned or not, or None."""
        row = self._connection.execute(select(self._kind.table).where(self._kind.table.c.id == record_id)).one_or_none()
        return None if row is None else self._record(row)

    def need(self, record_id: str) -> R:
        """The live record; RuleViolation ``record.not_found`` otherwise."""
        record = self.get(record_id)
        if record is None or getattr(record, "deleted", False):
            raise RuleViolation("record.not_found", kind=self._kind.name, record=record_id)
        return record

    def where(self, **values: object) -> list[R]:
        """Live records whose fields equal the values, oldest first."""
        table = self._kind.table
        query = select(table).where(~table.c.deleted, *(table.c[name] == value for name, value in values.items())).order_by(table.c.rid)
        return [self._record(row) for row in self._connection.execute(query)]

    def _columns(self, record: Record) -> dict[str, Any]:
        derived = self._kind.derive(record) if self._kind.derive else {}
        return {"id": record.id, **values_of(record), **derived}

    def add(self, record: R) -> R:
        """Insert a new record."""
        saved = replace(record, version=1)
        result = self._connection.execute(insert(self._kind.table).values(version=1, **self._columns(saved)))
        self._after_insert(saved, new_key(result))
        return saved

    def add_many(self, records: Sequence[R]) -> None:
        """Insert many new records; journalled like single ones."""
        if self._kind.name == "person":  # each has a row of the search index besides
            for record in records:
                self.add(record)
            return
        for start in range(0, len(records), _BATCH):
            part = records[start : start + _BATCH]
            changes = insert_records(self._connection, self._kind, part)
            self._journal().append_many(self._kind.name, CREATE, zip((record.id for record in part), changes, strict=True))
        if not records:
            return
        self._touched[self._kind.name].update(record.id for record in records)
        if self._kind.name in _PROTECTING:
            self._shield.forget()

    def _rids(self, ids: Sequence[str]) -> dict[str, int]:
        table = self._kind.table
        return {row.id: row.rid for row in self._connection.execute(select(table.c.id, table.c.rid).where(table.c.id.in_(ids)))}

    def _after_insert(self, record: Record, rid: int) -> None:
        blank = {field.name: _default(field) for field in value_fields(self._kind.cls)}
        changes = {name: [None, to_json_value(value)] for name, value in values_of(record).items() if value != blank[name]}
        self._note(record, CREATE, changes, rid)

    def save(self, record: R, *, expected_version: int | None = None) -> R:
        """Write what differs from the stored state; StaleRecord when the stored version is not the expected one.

        RuleViolation ``ledger.immutable`` for postings: books are put right by reversals.
        """
        self._check_changeable()
        expected = record.version if expected_version is None else expected_version
        stored = self.get(record.id)
        if stored is None or stored.version != expected:
            raise StaleRecord(kind=self._kind.name, record=record.id, expected=expected, found=stored.version if stored else None)
        changes = {name: [to_json_value(old), to_json_value(new)] for name, old, new in differing_fields(stored, record)}
        if not changes:
            return stored
        saved = replace(record, version=expected + 1)
        table = self._kind.table
        result = self._connection.execute(
            update(table).where(table.c.id == bindparam("_id"), table.c.version == bindparam("_version")),
            {
                "_id": record.id,
                "_version": expected,
                "version": expected + 1,
                **{k: v for k, v in self._columns(saved).items() if k != "id"},
            },
        )
        if result.rowcount != 1:
            raise StaleRecord(kind=self._kind.name, record=record.id, expected=expected, found=None)
        rid = self._rids([record.id])[record.id] if self._kind.name == "person" else 0
        self._note(saved, UPDATE, changes, rid)
        return saved

    def save_many(self, records: Sequence[R]) -> None:
        """Write what differs of many, each at the version it was read; journalled like single ones. ``ledger.immutable`` as ``save``."""
        self._check_changeable()
        if self._kind.name == "person":  # each has a row of the search index besides
            for record in records:
                self.save(record)
            return
        for start in range(0, len(records), _BATCH):
            changes = change_records(self._connection, self._kind, records[start : start + _BATCH])
            self._journal().append_many(self._kind.name, UPDATE, changes)
            self._touched[self._kind.name].update(record for record, _ in changes)
        if records and self._kind.name in _PROTECTING:
            self._shield.forget()

    def _check_changeable(self) -> None:
        if self._kind.name in _IMMUTABLE:
            raise RuleViolation("ledger.immutable", kind=self._kind.name)

    def _note(self, record: Record, action: str, changes: Mapping[str, list[Any]], rid: int) -> None:
        self._journal().append(kind=self._kind.name, record=record.id, action=action, changes=changes)
        self._touched[self._kind.name].add(record.id)
        if self._kind.name == "person":
            index_person(self._connection, rid, record)  # type: ignore[arg-type]
        if self._kind.name == "person" and action == CREATE:
            self._shield.forget_unless_apart(record)
        elif self._kind.name in _PROTECTING or (self._kind.name == "person" and not _PROTECTING_FIELDS.isdisjoint(changes)):
            self._shield.forget()


def _default(field: Any) -> Any:
    import dataclasses

    return None if field.default is dataclasses.MISSING else field.default


class StoreUnit:
    """See ``usecases.ports.UnitOfWork``."""

    def __init__(
        self, engine: Engine, data_key: bytes, *, operator: str, site: str, purpose: str, reason: str, now: datetime, device: str = ""
    ) -> None:
        self._engine = engine
        self._data_key = data_key
        self._stamp = Stamp(operator=operator, site=site, purpose=purpose, reason=reason, at_ms=int(now.timestamp() * 1000))
        self._now = now
        self._device = device
        self._another = False
        self._touched: dict[str, set[str]] = defaultdict(set)
        self._writer: JournalWriter | None = None
        self._act = ""
        self._done = False
        self.noted: Callable[[str], object] = lambda act: None
        """Told the act once it is on the disk."""

    def __enter__(self) -> StoreUnit:
        self._connection = self._engine.connect()
        try:
            self._transaction = self._connection.begin()
            self._another = self._device not in ("", self._own_device())
        except BaseException:
            self._connection.close()
            raise
        self._shield = Shield(version=lambda _: (None,))
        repositories = {
            kind.name: RecordRepository[Any](kind, self._connection, self._journal, self._touched, self._shield) for kind in t.KINDS
        }
        self._repositories = repositories
        self.disasters, self.sites, self.operators = repositories["disaster"], repositories["site"], repositories["operator"]
        self.shelters, self.spells, self.headcounts = repositories["shelter"], repositories["spell"], repositories["headcount"]
        self.households, self.persons, self.stays = repositories["household"], repositories["person"], repositories["stay"]
        self.absences, self.decisions = repositories["absence"], repositories["decision"]
        self.protections, self.characters = repositories["protection"], repositories["character"]
        self.buildings, self.victims = repositories["building"], repositories["victim"]
        self.members, self.occupancies = repositories["victim_member"], repositories["occupancy"]
        self.surveys, self.teams, self.assignments = repositories["survey"], repositories["team"], repositories["assignment"]
        self.appeals, self.photos = repositories["appeal"], repositories["photo"]
        self.applications, self.certificates = repositories["application"], repositories["certificate"]
        self.copies, self.designs, self.seals = (repositories[kind] for kind in ("certificate_copy", "form_design", "seal_picture"))
        self.programmes, self.rounds, self.rules = (repositories[kind] for kind in ("programme", "relief_round", "relief_rule"))
        self.casualties, self.claims, self.entitlements = (repositories[kind] for kind in ("casualty", "claim", "entitlement"))
        self.loans, self.repayments, self.limits = (repositories[kind] for kind in ("loan", "repayment", "approval_limit"))
        self.payees, self.accounts, self.own_banks = (repositories[kind] for kind in ("payee", "payee_account", "own_bank"))
        self.batches, self.payments, self.shares = (repositories[kind] for kind in ("payment_batch", "payment", "payment_share"))
        self.transfers, self.results = repositories["transfer_file"], repositories["transfer_result"]
        self.reconciliations, self.postings = repositories["reconciliation"], repositories["posting"]
        self.vouchers, self.receipts = repositories["voucher"], repositories["receipt"]
        self.boxes, self.counts = repositories["cash_box"], repositories["cash_count"]
        self.homes = repositories["money_home"]
        self.reads = StoreReads(lambda: self._connection, own=False, guard=Guard(self._shield))
        self.exchange = ExchangeUnit(
            self._connection, self._data_key, now=self._now, operator=self._stamp.operator, journal=self._journal, end_journal=self._end_journal,
            touched=self._touched, shield=self._shield, reads=self.reads.exchange,
        )  # fmt: skip
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if not self._done:
                self._transaction.rollback()
        finally:
            self._connection.close()

    def repository(self, kind: str) -> RecordRepository[Any]:
        """The repository of a kind by its journal name."""
        return self._repositories[kind]

    def _own_device(self) -> str:
        found = self._connection.execute(select(t.device.c.id).where(t.device.c.is_self)).scalar_one_or_none()
        return found or self._device

    def _need_same_device(self) -> None:
        """RuleViolation ``exchange.open_again``: numbers, vouchers and boxes of the device that this session acts for are not ours."""
        if self._another:
            raise RuleViolation("exchange.open_again")

    def _journal(self) -> JournalWriter:
        if self._writer is None:
            self._need_same_device()
            self._writer = JournalWriter(self._connection, self._data_key, self._stamp)
            self._writer.act = self._act or self._writer.act
        return self._writer

    def _end_journal(self) -> None:
        """Close the writer so far: what is written next looks at the chains anew, and is of the same act."""
        if self._writer is not None:
            self._writer.close()
            self._act, self._writer = self._writer.act, None

    def speak_for(self, site: str) -> None:
        """What is written from now on is told by that site."""
        self._end_journal()
        self._stamp = replace(self._stamp, site=site)

    @property
    def act(self) -> str:
        """The id that everything this unit changed shares."""
        return self._journal().act

    @property
    def now(self) -> datetime:
        """The moment that everything this unit writes bears."""
        return self._now

    def commit(self) -> Mapping[str, frozenset[str]]:
        """Write the chain head and COMMIT; after this returns it is on the disk."""
        if self._writer is not None:
            self.exchange.work_out_undecided()
            self._writer.close()
        try:
            self._transaction.commit()
        except EnvironmentFault as fault:
            if fault.code != "database.lost" or not self._arrived():
                raise
        self._done = True
        if self._writer is not None:
            self.noted(self._writer.act)
        return {kind: frozenset(ids) for kind, ids in self._touched.items()}

    def _arrived(self) -> bool:
        """Whether a COMMIT whose answer was lost on its way was carried out all the same.

        The lock of the writer is taken for it, so that the server has ended that transaction. EnvironmentFault ``database.commit_unknown``.
        """
        if self._writer is None:
            raise EnvironmentFault("database.commit_unknown")
        try:
            with self._engine.connect() as connection, connection.begin():
                found = connection.execute(select(t.journal.c.seq).where(t.journal.c.act == self._writer.act).limit(1)).first()
        except EnvironmentFault:
            raise EnvironmentFault("database.commit_unknown") from None
        return found is not None

    def next_number(self, name: str) -> int:
        """The next serial of this device, from 1."""
        self._need_same_device()
        current = self._connection.execute(select(t.serial.c.next).where(t.serial.c.name == name)).scalar_one_or_none()
        if current is None:
            self._connection.execute(insert(t.serial).values(name=name, next=2))
            return 1
        self._connection.execute(update(t.serial).where(t.serial.c.name == name).values(next=current + 1))
        return int(current)

    def reserve_numbers(self, name: str, count: int) -> int:
        """The first of ``count`` serials of this device that follow each other."""
        first = self.next_number(name)
        if count > 1:
            self._connection.execute(update(t.serial).where(t.serial.c.name == name).values(next=first + count))
        return first

    def load_residents(
        self,
        batches: Iterable[Sequence[ResidentRow]],
        *,
        snapshot_id: str,
        label: str,
        as_of: datetime,
        known_at: datetime,
        files: Sequence[str],
        job: Job,
        origin: str = "list",
        district: str = "",
        sources: Sequence[SourceMark] = (),
        findings: Iterable[Finding] = (),
        span: int = 0,
    ) -> Snapshot:
        """Write an immutable snapshot; see ``storage.bulk``."""
        self._touched["snapshot"].add(snapshot_id)
        self._shield.forget()
        return load_snapshot(
            self._connection,
            batches,
            snapshot_id=snapshot_id,
            label=label,
            as_of=as_of,
            known_at=known_at,
            files=files,
            created_at=self._now,
            job=job,
            origin=origin,
            district=district,
            sources=sources,
            findings=findings,
            span=span,
        )

    def receive_residents(
        self, batches: Iterable[Sequence[CarriedRow]], *, card: SnapshotCard, mark: SourceMark, findings: Sequence[Finding], job: Job
    ) -> Received:
        """Put in what a snapshot file holds; see ``storage.received``."""
        self._touched["snapshot"].add(card.snapshot_id)
        return receive_snapshot(self._connection, batches, card=card, mark=mark, findings=findings, created_at=self._now, job=job)

    def activate_snapshot(self, snapshot_id: str) -> None:
        """Make this the snapshot that searches look into."""
        self._connection.execute(update(t.snapshot).values(active=t.snapshot.c.id == snapshot_id))
        self._shield.forget()
        self._touched["snapshot"].add(snapshot_id)

    def log_access(self, *, action: str, persons: Sequence[str] | int, target: str) -> None:
        """One row of the access log, in this transaction."""
        device = self._connection.execute(select(t.device.c.id).where(t.device.c.is_self)).scalar_one()
        write_access(
            self._connection,
            self._data_key,
            device=device,
            at_ms=self._stamp.at_ms,
            operator=self._stamp.operator,
            action=action,
            purpose=self._stamp.purpose,
            persons=persons,
            target=target,
        )

    def work_at(self, site_id: str) -> None:
        """This device works for another site from its next opening on."""
        work_at(self._connection, site_id)

    def become_new_device(self) -> str:
        """This folder is a device of its own: its id. What this unit has written is still the old one's, what it writes then is not."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        return become_new(self._connection, self._data_key, site_id=own_site(self._connection), now=self._now)

    def set_setting(self, name: str, value: str) -> None:
        """A setting of this folder; not a registry record, not journalled."""
        if self._connection.execute(update(t.setting).where(t.setting.c.name == name).values(value=value)).rowcount == 0:
            self._connection.execute(insert(t.setting).values(name=name, value=value))
        self._touched["setting"].add(name)
