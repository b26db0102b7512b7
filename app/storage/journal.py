"""Writing and checking the journal: one row per changed record, hash-chained per device."""

from __future__ import annotations

import hmac
import json
import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select, update

from app.domain.errors import IntegrityFault
from app.domain.exchange import ALL, AUDIENCES, HQ, NONE, OFFICE
from app.domain.journal import Operation, chain_hash, next_hlc
from app.domain.merging import lack_key, seen_key
from app.storage import tables as t
from app.storage.adding import encode, quote
from app.storage.engine import run_many
from app.storage.keyring import derive_subkey

_COLUMNS = tuple(column.name for column in t.journal.columns if column.name != "seq")
_INSERT = f"INSERT INTO journal ({', '.join(_COLUMNS)}) VALUES ({','.join('?' * len(_COLUMNS))})"
_SEAL = "journal-head"
CONTEXT = "journal.context"
"""Setting: by audience, what this device has told it had seen of other chains to whoever gets operations of that audience."""
BEYOND = "exchange.beyond"
"""Setting: what is here behind gaps, and which audiences this device is not given (``chains.note_beyond``)."""
_LEVELS = (ALL, OFFICE, HQ, NONE)
"""Whoever gets operations of one of these gets those of all before it."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every row of one unit of work shares."""

    operator: str
    site: str
    purpose: str
    reason: str
    at_ms: int


def insert_sql() -> str:
    """What puts a whole row into the journal, its columns in the order of the table without ``seq``."""
    return _INSERT


def seal_of(data_key: bytes, device: str, seq: int, head: str) -> str:
    """Keyed digest of a chain head, so that rows cut off at the end are noticed."""
    return hmac.new(derive_subkey(data_key, _SEAL), f"{device}/{seq}/{head}".encode(), sha256).hexdigest()


class JournalWriter:
    """Appends operations of this device inside one transaction; ``close`` writes the new chain head."""

    def __init__(self, connection: Connection, data_key: bytes, stamp: Stamp) -> None:
        self._connection = connection
        self._data_key = data_key
        self._stamp = stamp
        row = connection.execute(select(t.device).where(t.device.c.is_self)).one_or_none()
        if row is None:
            raise IntegrityFault("store.no_device")
        self._device, self._seq, self._head, self._hlc = row.id, row.journal_seq, row.journal_hash, row.hlc
        self._told: dict[str, Mapping[str, int]] = {}
        self._seen = self._seen_now()
        self._telling = False
        self.act = str(uuid.uuid4())
        self._written = 0
        self._pending: list[tuple[Any, ...]] = []

    def _seen_now(self) -> Mapping[str, int]:
        """What is here of other chains, as contexts say it (``merging.seen_key``)."""
        chain = t.device.c
        rows = self._connection.execute(
            select(chain.id, chain.journal_seq, chain.journal_hash).where(~chain.is_self, chain.journal_seq > chain.forked)
        ).all()
        if not rows:
            return {}
        query = select(t.setting.c.name, t.setting.c.value).where(t.setting.c.name.in_((CONTEXT, BEYOND)))
        kept = {name: json.loads(value) for name, value in self._connection.execute(query)}
        told = kept.get(CONTEXT, {})
        self._told = told if _LEVELS[-1] in told else {}
        seen = {seen_key(row.id, row.journal_hash): row.journal_seq for row in rows}
        beyond = kept.get(BEYOND, {})
        for name, stretches in beyond.get("stretches", {}).items():
            seen.update({seen_key(name, digest, first=first): last for first, last, digest in stretches})
        lacks = beyond.get("lacks", ())
        for audience in _LEVELS[:-1]:
            if audience in lacks or any(lack_key(audience) in one for one in self._told.values()):
                seen[lack_key(audience)] = int(audience in lacks)
        return seen

    def _context(self, kind: str) -> str:
        """What the next operation tells: what those who get it have not been told yet."""
        at = _LEVELS.index(AUDIENCES.get(kind, NONE))
        before = self._told.get(_LEVELS[at], {})
        if before == self._seen:
            return "{}"
        self._telling = True
        self._told.update(dict.fromkeys(_LEVELS[at:], self._seen))
        return _dump({key: value for key, value in self._seen.items() if before.get(key) != value})

    @property
    def device(self) -> str:
        """This device's id."""
        return str(self._device)

    def append(self, *, kind: str, record: str, action: str, changes: Mapping[str, list[Any]]) -> None:
        """One operation. Values must be JSON values already."""
        self.append_many(kind, action, ((record, _dump(changes)),))

    def append_many(self, kind: str, action: str, changes: Iterable[tuple[str, str]]) -> None:
        """Operations of one kind: record and what changed of it, as JSON (``storage.adding.encode``).

        Each has an operation id of its own as ``domain.identifiers.operation_id`` makes them. Their canonical text
        (``domain.journal.canonical``) is put together from parts that are the same for all.
        """
        stamp, told = self._stamp, list(changes)
        start = f"{encode(self.act)},{encode(self._device)},"
        middle = f",{stamp.at_ms},{encode(stamp.operator)},{encode(stamp.site)},{encode(stamp.purpose)},{encode(stamp.reason)},{encode(kind)},"
        before = (self.act, self._device)
        behind = (stamp.at_ms, stamp.at_ms, stamp.operator, stamp.site, stamp.purpose, stamp.reason, kind)
        ops = secrets.token_hex(16 * len(told))
        for place, (record, what) in enumerate(told):
            context = self._context(kind) if self._seen and not place else "{}"
            self._seq += 1
            self._hlc = next_hlc(self._hlc, stamp.at_ms)
            op = ops[32 * place : 32 * place + 32]
            text = f'["{op}",{start}{self._seq},{context},"{self._hlc}"{middle}{quote(record)},"{action}",{what}]'
            previous, self._head = self._head, chain_hash(self._head, text)
            self._pending.append((op, *before, self._seq, context, self._hlc, *behind, record, action, what, previous, self._head, self._device))
            self._written += 1
        if len(self._pending) >= 1000:
            self.flush()

    def flush(self) -> None:
        """Send pending rows to the transaction."""
        if self._pending:
            run_many(self._connection, _INSERT, self._pending)
            self._pending = []

    def close(self) -> None:
        """Flush and move the sealed chain head."""
        self.flush()
        if not self._written:
            return
        self._connection.execute(
            update(t.device)
            .where(t.device.c.id == self._device)
            .values(
                journal_seq=self._seq,
                journal_hash=self._head,
                hlc=self._hlc,
                seal=seal_of(self._data_key, self._device, self._seq, self._head),
            )
        )
        if self._telling:
            self._connection.exec_driver_sql(
                "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (CONTEXT, _dump(self._told)),
            )


def _dump(value: Mapping[str, Any]) -> str:
    return encode(dict(value))


def operation_of(row: Any) -> Operation:
    """The operation that a journal row holds."""
    return Operation(
        op_id=row.op_id,
        group=row.act,
        device=row.device,
        device_seq=row.device_seq,
        context=json.loads(row.context),
        hlc=row.hlc,
        at_ms=row.at_ms,
        operator=row.operator,
        site=row.site,
        purpose=row.purpose,
        reason=row.reason,
        kind=row.kind,
        record=row.record,
        action=row.action,
        changes=json.loads(row.changes),
    )


def as_written(row: Any, operation: Operation) -> bool:
    """Whether the texts of a row are the canonical ones of its operation."""
    return (row.context, row.changes) == (_dump(operation.context), _dump(operation.changes))
