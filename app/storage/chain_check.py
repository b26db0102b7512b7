"""Checking every chain: that each operation is what was hashed, follows the one before, and that nothing was taken out."""

from __future__ import annotations

import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from app.domain.journal import GENESIS, canonical, chain_hash
from app.domain.merging import device_of
from app.storage import tables as t
from app.storage.branches import Link
from app.storage.chains import beyond_seal, stretches_beyond
from app.storage.journal import BEYOND, as_written, operation_of, seal_of

Problem = tuple[str, dict[str, Any]]
_MOST = 50


class _Chain:
    """A chain while its rows pass by in order."""

    def __init__(self, connection: Connection, name: str, device: Any, stretches: Iterable[Link]) -> None:
        self.name = name
        self.own = bool(device and device.is_self)
        self._known = device.journal_seq if device else 0
        start: tuple[int, str] = (device.forked, _hash_at(connection, device)) if device and device.parent else (0, GENESIS)
        self.seq, self.hash = start
        self._stretches = sorted(stretches)
        self.ended: tuple[int, str] | None = None
        """Where it ends without a gap."""

    def step(self, row: Any) -> str | None:
        """What is wrong with a row as the next of the chain; the code."""
        problem = self._hop(row.device_seq)
        if problem is None and row.device_seq != self.seq + 1:
            if row.device_seq <= self.seq or self.own or self.seq < self._known:
                problem = "verify.journal_missing"
            self._end()
        elif problem is None and row.previous != self.hash:
            problem = "verify.journal_broken"
        if problem is None:
            problem = _content_problem(row, self.name, own=self.own)
        self.seq, self.hash = row.device_seq, row.hash
        return problem

    def finish(self) -> tuple[int, str]:
        """The end without a gap."""
        self._hop(2**62)
        self._end()
        assert self.ended is not None
        return self.ended

    def _end(self) -> None:
        if self.ended is None:
            self.ended = self.seq, self.hash

    def _hop(self, before: int) -> str | None:
        """Over what this site is not given, as far as it lies before a sequence."""
        while self._stretches and self._stretches[0].first < before:
            first, last, previous, digest = self._stretches.pop(0)
            if first > self.seq + 1:
                self._end()
            elif first == self.seq + 1 and previous != self.hash:
                return "verify.journal_broken"
            if last > self.seq:
                self.seq, self.hash = last, digest
        return None


def _hash_at(connection: Connection, device: Any) -> str:
    """The hash of the chain that this one was copied from, where they part."""
    if not device.forked:
        return GENESIS
    query = "SELECT hash FROM journal WHERE chain = ? AND device_seq = ?"
    found = connection.exec_driver_sql(query, (device.parent, device.forked)).scalar()
    if found is None:
        found = connection.exec_driver_sql("SELECT hash FROM withheld WHERE chain = ? AND last = ?", (device.parent, device.forked)).scalar()
    return str(found) if found is not None else ""


def _content_problem(row: Any, chain: str, *, own: bool) -> str | None:
    """Whether the row is what was hashed. When it arrived is outside the hash: on its own device, when it was made."""
    if (own and row.received_ms != row.at_ms) or row.device != device_of(chain):
        return "verify.journal_changed"
    try:
        operation = operation_of(row)
        same = as_written(row, operation)
    except (ValueError, TypeError):
        return "verify.journal_changed"
    return None if same and chain_hash(row.previous, canonical(operation)) == row.hash else "verify.journal_changed"


def check_chain(connection: Connection, data_key: bytes) -> tuple[int, list[Problem]]:
    """Walk every chain. Answers the number of rows and the problems as ``(code, params)``."""
    problems: list[Problem] = []
    ends: dict[str, tuple[int, str]] = {}
    devices = {row.id: row for row in connection.execute(select(t.device))}
    stretches: dict[str, list[Link]] = defaultdict(list)
    for row in connection.exec_driver_sql("SELECT chain, first, last, previous, hash FROM withheld").all():
        stretches[row[0]].append(Link(*row[1:]))
    known = {device_of(name) for name in devices}
    count = 0
    chain: _Chain | None = None
    rows = select(t.journal).order_by(t.journal.c.chain, t.journal.c.device_seq)
    for row in connection.execute(rows, execution_options={"yield_per": 2000}):  # of this question only, not of the connection
        count += 1
        if chain is None or chain.name != row.chain:
            if chain is not None:
                ends[chain.name] = chain.finish()
            chain = _Chain(connection, row.chain, devices.get(row.chain), stretches.get(row.chain, ()))
        expected = chain.seq + 1
        problem = chain.step(row) if row.device in known else "verify.journal_stranger"
        if problem is not None and len(problems) < _MOST:
            problems.append((problem, {"device": row.chain[:8], "seq": row.device_seq, "expected": expected}))
    if chain is not None:
        ends[chain.name] = chain.finish()
    for name, device in devices.items():
        if name not in ends:
            ends[name] = _Chain(connection, name, device, stretches.get(name, ())).finish()
    problems.extend(_head_problems(data_key, devices, ends))
    problems.extend(_beyond_problems(connection, data_key))
    return count, problems


def _head_problems(data_key: bytes, devices: Mapping[str, Any], ends: Mapping[str, tuple[int, str]]) -> Iterable[Problem]:
    for name, row in devices.items():
        seq, head = ends[name]
        lost = row.parent and not row.forked and not row.journal_seq  # what it follows is not here
        if not lost and (row.journal_seq, row.journal_hash) != (seq, head):
            yield "verify.journal_head", {"device": name[:8], "seq": seq, "expected": row.journal_seq}
        elif not hmac.compare_digest(row.seal, seal_of(data_key, name, row.journal_seq, row.journal_hash)):
            yield "verify.journal_seal", {"device": name[:8], "seq": seq, "expected": row.journal_seq}
    for name in ends.keys() - devices.keys():
        yield "verify.journal_stranger", {"device": name[:8], "seq": ends[name][0], "expected": 0}


def _beyond_problems(connection: Connection, data_key: bytes) -> Iterable[Problem]:
    """What is here behind gaps must be what was noted when it came."""
    value = connection.execute(select(t.setting.c.value).where(t.setting.c.name == BEYOND)).scalar_one_or_none()
    told: dict[str, Any] = json.loads(value) if value else {"stretches": {}, "lacks": []}
    seal = told.pop("seal", "")
    noted: dict[str, list[Any]] = told["stretches"]
    if value and not hmac.compare_digest(seal, beyond_seal(data_key, told)):
        yield "verify.journal_seal", {"device": "", "seq": 0, "expected": 0}
    here = stretches_beyond(connection)
    for name in sorted(here.keys() | noted.keys()):
        if here.get(name, []) != noted.get(name, []):
            first = (here.get(name) or noted[name])[0][0]
            yield "verify.journal_missing", {"device": name[:8], "seq": first, "expected": first}
