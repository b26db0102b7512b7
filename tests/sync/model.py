"""Laptops in memory: the same rules as the stores, without a file. What each writer truly had is remembered, to hold merging against it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from app.domain.journal import CREATE, GENESIS, UPDATE, next_hlc
from app.domain.merging import Merged, Sight, Write, merge, seen_key
from app.storage.branches import Family, Link, name_branches

KIND = "person"


@dataclass(frozen=True)
class Op:
    """An operation; ``had`` are the hashes of everything that its writer truly had."""

    device: str
    seq: int
    previous: str
    hash: str
    hlc: str
    context: Mapping[str, int]
    record: str
    action: str
    changes: Mapping[str, list[Any]]
    had: frozenset[str]


class World:
    """Names and hashes for everybody."""

    def __init__(self) -> None:
        self.devices = 0

    def new_name(self) -> str:
        """A device that nobody was."""
        self.devices += 1
        return f"dev{self.devices}"


@dataclass
class Model:
    """A laptop."""

    world: World
    name: str
    clock: int = 1_700_000_000_000
    ops: dict[str, Op] = field(default_factory=dict)
    head: str = GENESIS
    seq: int = 0
    hlc: str = ""
    told: dict[str, int] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    became: int = 0

    # -- what is known

    def families(self) -> dict[str, Family]:
        """The chains of every device."""
        links: dict[str, list[Link]] = {}
        for op in self.ops.values():
            links.setdefault(op.device, []).append(Link(op.seq, op.seq, op.previous, op.hash))
        return {device: name_branches(device, found) for device, found in links.items()}

    def sight(self) -> tuple[Sight, dict[str, str]]:
        """What every writer had seen as the contexts tell it, and the chain of each operation."""
        families = self.families()
        names = {digest: chain for family in families.values() for digest, chain in family.names.items()}
        places = {(op.device, op.seq, op.hash[:12]): names[op.hash] for op in self.ops.values()}
        copied = {device for device, family in families.items() if len(family.branches) > 1}
        parents = {b.name: (b.parent, b.forked) for family in families.values() for b in family.branches if b.parent}
        sight = Sight(
            parents=parents, locate=lambda device, seq, digest: places.get((device, seq, digest), "") if device in copied else device
        )
        for op in self.ops.values():
            sight.note(names[op.hash], op.seq, op.context)
        return sight, names

    def seen(self) -> dict[str, int]:
        """What is here of others, as a context says it."""
        found: dict[str, int] = {}
        for device, family in self.families().items():
            if device == self.name:
                continue
            for branch in family.branches:
                if branch.known > branch.forked:
                    found[seen_key(branch.name, branch.hash)] = branch.known
                rest = sorted(
                    (op for op in self.ops.values() if family.names.get(op.hash) == branch.name and op.seq > branch.known),
                    key=lambda op: op.seq,
                )
                stretch: list[Op] = []
                for op in [*rest, None]:
                    if op is not None and (not stretch or op.previous == stretch[-1].hash):
                        stretch.append(op)
                        continue
                    if stretch:
                        found[seen_key(device, stretch[-1].hash, first=stretch[0].seq)] = stretch[-1].seq
                    stretch = [op] if op is not None else []
        return found

    def merged(self) -> dict[str, Merged]:
        """Every record."""
        sight, names = self.sight()
        by_record: dict[str, list[Write]] = {}
        for op in self.ops.values():
            by_record.setdefault(op.record, []).append(write_of(op, names))
        return {record: merge(KIND, record, writes, sight) for record, writes in by_record.items()}

    # -- what people do

    def write(self, record: str, name: str, value: Any) -> Op:
        """Somebody changes a field, or makes the record."""
        self.clock += 1000
        row = self.rows.get(record)
        action = CREATE if row is None else UPDATE
        changes = {name: [None if row is None else row.get(name), value]}
        if row is None and not record.startswith(self.name):
            changes["number"] = [None, record]
        seen = self.seen()
        context = {key: at for key, at in seen.items() if self.told.get(key) != at}
        self.told = seen
        self.seq, self.hlc = self.seq + 1, next_hlc(self.hlc, self.clock)
        text = repr(
            (
                self.head,
                self.name,
                self.seq,
                self.hlc,
                sorted(context.items()),
                record,
                action,
                sorted(changes.items()),
                self.world.devices,
                id(self),
            )
        )
        op = Op(
            self.name,
            self.seq,
            self.head,
            sha256(text.encode()).hexdigest(),
            self.hlc,
            context,
            record,
            action,
            changes,
            frozenset(self.ops),
        )
        self.ops[op.hash] = op
        self.head = op.hash
        self.rows.setdefault(record, {}).update({key: new for key, (_, new) in changes.items()})
        return op

    def take(self, ops: Iterable[Op]) -> None:
        """Operations arrive."""
        new = [op for op in ops if op.hash not in self.ops]
        self.ops.update({op.hash: op for op in new})
        self.hlc = max([self.hlc, *(op.hlc for op in new)])
        if any(op.device == self.name for op in new):
            self.renew()
        if new:
            self.rows = {record: dict(found.values) for record, found in self.merged().items() if found.exists}

    def renew(self) -> None:
        """Go on as a new device."""
        self.name, self.head, self.seq, self.told = self.world.new_name(), GENESIS, 0, {}
        self.became += 1

    def copy(self) -> Model:
        """A backup, or the disk of a clone."""
        return Model(
            self.world,
            self.name,
            self.clock,
            dict(self.ops),
            self.head,
            self.seq,
            self.hlc,
            dict(self.told),
            copy.deepcopy(self.rows),
            self.became,
        )


def write_of(op: Op, names: Mapping[str, str]) -> Write:
    """The operation as merging needs it."""
    return Write(op.hash, names[op.hash], op.seq, op.hlc, op.action, op.changes)
