"""Merging: what a record is, as a function of the set of operations known about it. Nothing else decides, least of all the order of arrival.

An operation supersedes another one when its writer had seen it. What nobody had superseded stands beside each other: equal outcomes are one
outcome, different ones are a conflict that only a person settles. Until then every device shows the same one of them (``Merged.values``).

Shown while a conflict is open: the side with the greatest hybrid clock, whole; a record deleted here and edited there is shown; a person
protected on either side is protected.
"""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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


@dataclass
class Sight:
    """What the writer of each operation had seen. Fill it with ``note`` in any order, then ask.

    ``parents``: chain → (the chain it was copied from, the last sequence they share); see decision 025.
    """

    parents: dict[str, tuple[str, int]] = field(default_factory=dict)
    _told: dict[str, list[tuple[int, Mapping[str, int]]]] = field(default_factory=dict)
    _sums: dict[str, tuple[list[int], list[dict[str, int]]]] = field(default_factory=dict)

    def note(self, chain: str, seq: int, context: Mapping[str, int]) -> None:
        """An operation's context: what had arrived at its device since it wrote before."""
        if context:
            self._told.setdefault(chain, []).append((seq, context))
            self._sums.pop(chain, None)

    def had_seen(self, writer: Write, other: Write) -> bool:
        """Whether who wrote ``writer`` had ``other`` before; an operation has seen itself."""
        return any(self._covers(chain, seq, other) for chain, seq in self._lineage(writer.chain, writer.seq))

    def _lineage(self, chain: str, seq: int) -> Iterable[tuple[str, int]]:
        """The chain up to a sequence, then what it was copied from."""
        while True:
            yield chain, seq
            if chain not in self.parents:
                return
            parent, last = self.parents[chain]
            chain, seq = parent, min(seq, last)

    def _covers(self, chain: str, seq: int, other: Write) -> bool:
        if chain == other.chain:
            return other.seq <= seq
        reached = (step for seen, upto in self._seen(chain, seq).items() for step in self._lineage(seen, upto))
        return any(one == other.chain and other.seq <= last for one, last in reached)

    def _seen(self, chain: str, seq: int) -> Mapping[str, int]:
        """Sequences of other chains that had arrived when this chain wrote ``seq``."""
        if chain not in self._sums:
            places: list[int] = []
            sums: list[dict[str, int]] = []
            for place, context in sorted(self._told.get(chain, ()), key=lambda told: told[0]):
                places.append(place)
                sums.append({**(sums[-1] if sums else {}), **context})
            self._sums[chain] = places, sums
        places, sums = self._sums[chain]
        at = bisect.bisect_right(places, seq)
        return sums[at - 1] if at else {}


def merge(kind: str, record: str, writes: Iterable[Write], sight: Sight) -> Merged:
    """What the record is. The same for every order of ``writes`` and however often one is repeated."""
    ordered = sorted({one.op_id: one for one in writes}.values(), key=lambda one: one.order)
    if not any(one.action == CREATE for one in ordered):
        return Merged(False, len(ordered), {})
    if len({one.chain for one in ordered}) == 1:
        return Merged(True, len(ordered), _outcome(ordered, None))
    values: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for fields in _grouped(kind, ordered):
        shown, conflict = _merge_group(kind, record, fields, [one for one in ordered if not fields.isdisjoint(one.changes)], sight)
        values.update(shown)
        conflicts += [conflict] if conflict else []
    conflicts += _deleted_and_edited(kind, record, ordered, values, conflicts, sight)
    return Merged(True, len(ordered), values, tuple(conflicts))


def conflict_id(kind: str, record: str, fields: Iterable[str], ops: Iterable[str]) -> str:
    """``C-`` and ten hexadecimal digits: of what, and between which operations."""
    text = "\n".join([kind, record, *sorted(fields), "", *sorted(ops)])
    return "C-" + hashlib.sha256(text.encode()).hexdigest()[:10].upper()


def _grouped(kind: str, ordered: Sequence[Write]) -> list[frozenset[str]]:
    """The groups of fields that were written, in a fixed order."""
    written = {name for one in ordered for name in one.changes}
    groups = [group for group in GROUPS.get(kind, ()) if not group.isdisjoint(written)]
    single = written.difference(*groups) if groups else written
    return [*groups, *(frozenset({name}) for name in sorted(single))]


def _outcome(ordered: Iterable[Write], fields: frozenset[str] | None) -> dict[str, Any]:
    """The values after operations in order, of some fields or of all."""
    values: dict[str, Any] = {}
    for one in ordered:
        values.update({name: change[1] for name, change in one.changes.items() if fields is None or name in fields})
    return values


def _merge_group(
    kind: str, record: str, fields: frozenset[str], writes: Sequence[Write], sight: Sight
) -> tuple[Mapping[str, Any], Conflict | None]:
    """What is shown of fields that belong together, and the conflict about them if there is one."""
    last = [one for one in writes if not any(other is not one and sight.had_seen(other, one) for other in writes)]
    sides = [Side(one.op_id, _outcome([before for before in writes if sight.had_seen(one, before)], fields)) for one in last]
    if all(side.values == sides[0].values for side in sides):
        return sides[-1].values, None
    names = tuple(sorted({name for side in sides for name in side.values}))
    shown = sides[-1].values
    if "protected" in fields:
        shown = {**shown, "protected": True}
    if "deleted" in fields:
        shown = {**shown, "deleted": False}
    ops = [side.op_id for side in sides]
    return shown, Conflict(conflict_id(kind, record, names, ops), kind, record, names, tuple(sides))


def _deleted_and_edited(
    kind: str, record: str, ordered: Sequence[Write], values: dict[str, Any], conflicts: Sequence[Conflict], sight: Sight
) -> list[Conflict]:
    """A record deleted by somebody who did not know of somebody's edit stays until a person has looked. Changes ``values``."""
    if not values.get("deleted") or any("deleted" in conflict.fields for conflict in conflicts):
        return []
    writes = [one for one in ordered if "deleted" in one.changes]
    last = [one for one in writes if not any(other is not one and sight.had_seen(other, one) for other in writes)]
    edits = [
        one for one in ordered
        if "deleted" not in one.changes and any(not sight.had_seen(end, one) and not sight.had_seen(one, end) for end in last)
    ]  # fmt: skip
    edits = [one for one in edits if not any(other is not one and sight.had_seen(other, one) for other in edits)]
    if not edits:
        return []
    values["deleted"] = False
    sides = [*(Side(one.op_id, {"deleted": True}) for one in last)]
    sides += [Side(one.op_id, {"deleted": False, **{name: change[1] for name, change in one.changes.items()}}) for one in edits]
    ops = [side.op_id for side in sides]
    return [Conflict(conflict_id(kind, record, ("deleted",), ops), kind, record, ("deleted",), tuple(sides))]
