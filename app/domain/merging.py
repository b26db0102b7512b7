"""Merging: what a record is, as a function of the set of operations known about it. Nothing else decides, least of all the order of arrival.

An operation supersedes another one when its writer had seen it. What nobody had superseded stands beside each other: equal outcomes are one
outcome, different ones are a conflict that only a person settles. Until then every device shows the same one of them (``Merged.values``).

Shown while a conflict is open: the side with the greatest hybrid clock, whole; a record deleted here and edited there is shown; a person
protected on either side is protected. Decision 025 says why.
"""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.exchange import ALL, AUDIENCES
from app.domain.journal import CREATE

GROUPS: Mapping[str, tuple[frozenset[str], ...]] = {
    "person": (frozenset({"resident_id", "resident_no"}), frozenset({"name", "kana"})),
    "household": (frozenset({"snapshot_id", "resident_household"}),),
    "stay": (frozenset({"to_at", "destination", "destination_text", "exit_reason"}),),
    "absence": (frozenset({"back_at", "expected_at"}),),
    "victim": (frozenset({"snapshot_id", "resident_household", "resident_no"}),),
    "victim_member": (frozenset({"resident_id", "resident_no"}),),
}
"""Fields that mean something only together: a resident's number without the snapshot's row would link to two people at once."""


@dataclass(frozen=True, slots=True)
class Write:
    """An operation as merging needs it: ``chain`` and ``seq`` say who wrote it when in their own order; ``changes`` as in the journal."""

    op_id: str
    chain: str
    seq: int
    hlc: str
    action: str
    changes: Mapping[str, Sequence[Any]]

    @property
    def order(self) -> tuple[str, str]:
        """Later is greater, the same on every device. Whoever had seen an operation is later than it."""
        return self.hlc, self.op_id


@dataclass(frozen=True, slots=True)
class Side:
    """One of the outcomes that stand beside each other: the values as its writer saw them, and the operation that made it so."""

    op_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conflict:
    """``fields`` that were changed without knowing of each other; ``sides`` in the order of their operations. ``id`` is the same on every
    device that has the same operations."""

    id: str
    kind: str
    record: str
    fields: tuple[str, ...]
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """``values`` by field in JSON values (fields that nobody wrote are not there); ``count`` of operations, which is the record's version.

    ``exists`` is false until the operation that made the record has arrived.
    """

    exists: bool
    count: int
    values: Mapping[str, Any]
    conflicts: tuple[Conflict, ...] = ()


# -- what the writer of an operation had seen


def device_of(chain: str) -> str:
    """The device that a chain, or a branch of one, is of."""
    return chain.partition("~")[0]


def seen_key(chain: str, digest: str, *, first: int = 0) -> str:
    """How an operation's context names what had arrived: of a chain up to a hash, or with ``first`` only from there on, behind a gap.

    The hash tells copies of one device apart, also for whoever knew of one copy only.
    """
    return f"{device_of(chain)}{f'+{first}' if first else ''}@{digest[:12]}"


def lack_key(audience: str) -> str:
    """How a context says (1, later 0) that operations of this audience are not given to its writer."""
    return f"-{audience}"


@dataclass(slots=True)
class _Seen:
    """What had arrived: of each chain up to a sequence, stretches behind gaps, audiences that do not arrive."""

    upto: dict[str, int] = field(default_factory=dict)
    beyond: dict[str, dict[int, int]] = field(default_factory=dict)
    lacks: frozenset[str] = frozenset()

    def has(self, chain: str, seq: int) -> bool:
        """Whether this operation is among it."""
        if self.upto.get(chain, 0) >= seq:
            return True
        return any(first <= seq <= last for first, last in self.beyond.get(chain, {}).items())


_NOTHING = _Seen()


@dataclass
class Sight:
    """What the writer of each operation had seen. Fill it with ``note`` in any order, then ask.

    ``parents``: chain → (the chain it was copied from, the last sequence they share). ``locate`` answers the chain in which a device's
    operation with this sequence and beginning of a hash is, "" when it is not here.
    """

    parents: dict[str, tuple[str, int]] = field(default_factory=dict)
    locate: Callable[[str, int, str], str] = lambda device, seq, digest: device
    _told: dict[str, list[tuple[int, Mapping[str, int]]]] = field(default_factory=dict)
    _sums: dict[str, tuple[list[int], list[_Seen]]] = field(default_factory=dict)

    def note(self, chain: str, seq: int, context: Mapping[str, int]) -> None:
        """An operation's context: what had arrived at its device since it told of it before."""
        if context:
            self._told.setdefault(chain, []).append((seq, context))
            self._sums.pop(chain, None)

    def had_seen(self, writer: Write, other: Write, audience: str = ALL) -> bool:
        """Whether who wrote ``writer`` had ``other`` before, of records of this audience; an operation has seen itself."""
        return any(self._covers(chain, seq, other, audience) for chain, seq in self._lineage(writer.chain, writer.seq))

    def _lineage(self, chain: str, seq: int) -> Iterable[tuple[str, int]]:
        """The chain up to a sequence, then what it was copied from."""
        while True:
            yield chain, seq
            if chain not in self.parents:
                return
            parent, last = self.parents[chain]
            chain, seq = parent, min(seq, last)

    def _covers(self, chain: str, seq: int, other: Write, audience: str) -> bool:
        if chain == other.chain:
            return other.seq <= seq
        seen = self._seen(chain, seq)
        if audience in seen.lacks:
            return False
        if seen.has(other.chain, other.seq):
            return True
        if not self.parents:
            return False
        reached = ((1, *step) for one, upto in seen.upto.items() if one in self.parents for step in self._lineage(one, upto))
        behind = (
            (first, *step)
            for one, parts in seen.beyond.items()
            if one in self.parents
            for first, last in parts.items()
            for step in self._lineage(one, last)
        )
        return any(one == other.chain and first <= other.seq <= last for first, one, last in (*reached, *behind))

    def _seen(self, chain: str, seq: int) -> _Seen:
        """What had arrived of other chains when this chain wrote ``seq``."""
        if chain not in self._sums:
            self._sums[chain] = self._sum_up(chain)
        places, sums = self._sums[chain]
        at = bisect.bisect_right(places, seq)
        return sums[at - 1] if at else _NOTHING

    def _sum_up(self, chain: str) -> tuple[list[int], list[_Seen]]:
        places: list[int] = []
        sums: list[_Seen] = []
        for place, context in sorted(self._told.get(chain, ()), key=lambda told: told[0]):
            before = sums[-1] if sums else _NOTHING
            seen = _Seen(dict(before.upto), {name: dict(parts) for name, parts in before.beyond.items()}, before.lacks)
            for key, value in context.items():
                self._add(seen, key, value)
            places.append(place)
            sums.append(seen)
        return places, sums

    def _add(self, seen: _Seen, key: str, value: int) -> None:
        if key.startswith("-"):
            seen.lacks = seen.lacks | {key[1:]} if value else seen.lacks - {key[1:]}
            return
        name, _, digest = key.partition("@")
        device, _, first = name.partition("+")
        chain = self.locate(device, value, digest) if digest else device
        if not chain:
            return
        if first:
            parts = seen.beyond.setdefault(chain, {})
            parts[int(first)] = max(value, parts.get(int(first), 0))
        else:
            seen.upto[chain] = max(value, seen.upto.get(chain, 0))


# -- merging


def merge(kind: str, record: str, writes: Iterable[Write], sight: Sight) -> Merged:
    """What the record is. The same for every order of ``writes`` and however often one is repeated."""
    unique = {one.op_id: one for one in writes}
    ordered = sorted(unique.values(), key=lambda one: one.order) if len(unique) > 1 else list(unique.values())
    if not any(one.action == CREATE for one in ordered):
        return Merged(False, len(ordered), {})
    if len({one.chain for one in ordered}) == 1:
        return Merged(True, len(ordered), _overlay(sorted(ordered, key=lambda one: one.seq)))
    audience = AUDIENCES.get(kind, ALL)
    if all(sight.had_seen(later, before, audience) for before, later in zip(ordered, ordered[1:], strict=False)):
        return Merged(True, len(ordered), _overlay(ordered))
    table = _Table(ordered, sight, audience)
    values: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for fields in _grouped(kind, ordered):
        shown, sides = table.settle(fields)
        values.update(shown)
        if sides:
            conflicts.append(_conflict(kind, record, tuple(sorted({name for side in sides for name in side.values})), sides))
    undecided = any("deleted" in conflict.fields for conflict in conflicts)
    if values.get("deleted") and not undecided and (sides := table.deleted_and_edited()):
        values["deleted"] = False
        conflicts.append(_conflict(kind, record, ("deleted",), sides))
    return Merged(True, len(ordered), values, tuple(conflicts))


def conflict_id(kind: str, record: str, fields: Iterable[str], ops: Iterable[str]) -> str:
    """``C-`` and ten hexadecimal digits: of what, and between which operations."""
    text = "\n".join([kind, record, *sorted(fields), "", *sorted(ops)])
    return "C-" + hashlib.sha256(text.encode()).hexdigest()[:10].upper()


def _conflict(kind: str, record: str, fields: tuple[str, ...], sides: Sequence[Side]) -> Conflict:
    return Conflict(conflict_id(kind, record, fields, [side.op_id for side in sides]), kind, record, fields, tuple(sides))


def _grouped(kind: str, ordered: Sequence[Write]) -> list[frozenset[str]]:
    """The groups of fields that were written, in a fixed order."""
    written = {name for one in ordered for name in one.changes}
    groups = [group for group in GROUPS.get(kind, ()) if not group.isdisjoint(written)]
    single = written.difference(*groups) if groups else written
    return [*groups, *(frozenset({name}) for name in sorted(single))]


def _overlay(ordered: Iterable[Write]) -> dict[str, Any]:
    """The values after operations of which each had seen those before it."""
    values: dict[str, Any] = {}
    for one in ordered:
        values.update({name: change[1] for name, change in one.changes.items()})
    return values


class _Table:
    """The operations of one record, and which of their writers had seen which."""

    def __init__(self, ordered: Sequence[Write], sight: Sight, audience: str) -> None:
        self._ordered = ordered
        count = range(len(ordered))
        self._seen = [
            frozenset(j for j in count if j != i and sight.had_seen(ordered[i], ordered[j], audience)) for i in count
        ]  # fmt: skip

    def settle(self, fields: frozenset[str]) -> tuple[Mapping[str, Any], tuple[Side, ...]]:
        """What is shown of fields that belong together, and the sides if they differ."""
        places = [at for at, one in enumerate(self._ordered) if not fields.isdisjoint(one.changes)]
        if len(places) == 1:
            return {name: change[1] for name, change in self._ordered[places[0]].changes.items() if name in fields}, ()
        views: dict[int, Mapping[str, Any]] = {}
        for at in places:  # in order: whatever a writer had seen is before it
            before = self._shown(self._last([one for one in places if one in self._seen[at] and one in views]), views, fields)
            views[at] = {**before, **{name: change[1] for name, change in self._ordered[at].changes.items() if name in fields}}
        last = self._last(places)
        shown = self._shown(last, views, fields)
        if all(views[at] == views[last[0]] for at in last):
            return shown, ()
        return shown, tuple(Side(self._ordered[at].op_id, views[at]) for at in last)

    def _last(self, places: Sequence[int]) -> list[int]:
        """Those that nobody of the others had seen."""
        return [at for at in places if not any(at in self._seen[other] for other in places if other != at)]

    def _shown(self, last: Sequence[int], views: Mapping[int, Mapping[str, Any]], fields: frozenset[str]) -> Mapping[str, Any]:
        if not last:
            return {}
        shown = views[last[-1]]
        if any(views[at] != shown for at in last):
            if "protected" in fields:
                return {**shown, "protected": True}
            if "deleted" in fields:
                return {**shown, "deleted": False}
        return shown

    def deleted_and_edited(self) -> tuple[Side, ...]:
        """The sides where somebody deleted the record and somebody else, not knowing of it, edited it; none otherwise."""
        places = range(len(self._ordered))
        ends = self._last([at for at in places if "deleted" in self._ordered[at].changes])
        edits = [
            at for at in places
            if "deleted" not in self._ordered[at].changes and any(end not in self._seen[at] and at not in self._seen[end] for end in ends)
        ]  # fmt: skip
        edits = self._last(edits)
        if not edits:
            return ()
        sides = [(at, {"deleted": True}) for at in ends]
        sides += [(at, {"deleted": False, **{name: change[1] for name, change in self._ordered[at].changes.items()}}) for at in edits]
        return tuple(Side(self._ordered[at].op_id, values) for at, values in sorted(sides))
