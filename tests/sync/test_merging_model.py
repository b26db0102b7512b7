"""Merging against what is true: laptops in memory with random edits, loss, repetition, reordering, relays, restores, clones and wild clocks."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.domain.journal import GENESIS
from app.domain.merging import GROUPS, Merged, Sight, Write, merge
from app.storage.branches import Link, name_branches
from tests.sync.model import KIND, Model, Op, World, write_of

FIELDS = ("name", "kana", "note", "deleted", "resident_id")
YEARS = 365 * 24 * 3600 * 1000
steps = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "write", "give", "give", "give", "part", "backup", "restore", "clone", "clock"]),
        *[st.integers(0, 999)] * 4,
    ),
    min_size=5,
    max_size=40,
)
HURRIED = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def act(laptops: list[Model], backups: dict[int, Model], step: tuple[str, int, int, int, int]) -> int:
    """One thing that happens to laptops; answers which one to look at."""
    what, a, b, c, d = step
    one, other = a % len(laptops), b % len(laptops)
    laptop = laptops[one]
    if what == "write":
        name = FIELDS[c % len(FIELDS)]
        laptop.write(f"r{b % 3}", name, bool(d % 2) if name == "deleted" else f"v{d % 4}")
    elif what == "give" and one != other:
        told = list(laptop.ops.values())
        laptops[other].take(told[::-1] if c % 2 else told)
    elif what == "part" and one != other:  # a stick of which something was lost
        laptops[other].take([op for n, op in enumerate(laptop.ops.values()) if (n * 7 + c) % 3])
    elif what == "backup":
        backups[one] = laptop.copy()
    elif what == "restore" and one in backups:
        laptops[one] = backups[one].copy()
        laptops[one].renew()
    elif what == "clone" and len(laptops) < 8:  # nobody notices
        laptops.append(laptop.copy())
    elif what == "clock":
        laptop.clock += (c - 500) * YEARS // 100
    return other if what in ("give", "part") else one


def run(count: int, told: list[tuple[str, int, int, int, int]]) -> list[Model]:
    """What comes of it."""
    world = World()
    laptops = [Model(world, world.new_name()) for _ in range(count)]
    backups: dict[int, Model] = {}
    for step in told:
        check_rows(laptops[act(laptops, backups, step)])
    return laptops


def check_rows(laptop: Model) -> None:
    """What its people see is what its operations make: also right after they wrote."""
    assert laptop.rows == {record: dict(found.values) for record, found in laptop.merged().items() if found.exists}


def group_of(name: str) -> frozenset[str]:
    return next((group for group in GROUPS[KIND] if name in group), frozenset({name}))


def check_nothing_lost(laptop: Model) -> None:
    """Every value is shown, a side of a conflict, or was replaced by somebody who had it; different ones are never settled by the machine."""
    ops = laptop.ops
    for record, found in laptop.merged().items():
        if not found.exists:
            continue
        mine = [op for op in ops.values() if op.record == record]
        for group in {group_of(name) for op in mine for name in op.changes}:
            writes = [op for op in mine if group & op.changes.keys()]
            last = [op for op in writes if not any(op.hash in other.had for other in writes)]
            sides = [side for conflict in found.conflicts if group & set(conflict.fields) for side in conflict.sides]
            for op in last:
                for name in group & op.changes.keys():
                    value = op.changes[name][1]
                    assert found.values.get(name) == value or any(side.values.get(name) == value for side in sides), (record, name)
            outcomes = {repr(sorted(_outcome(op, writes, group).items())) for op in last}
            if len(outcomes) > 1:
                assert sides, (record, group)


def _outcome(op: Op, writes: list[Op], group: frozenset[str]) -> dict[str, Any]:
    return {name: change[1] for name, change in op.changes.items() if name in group}


def check_sight(laptop: Model, *, exact: bool) -> None:
    """Contexts never say more than what a writer had; with everything known, not less."""
    sight, names = laptop.sight()
    ops = list(laptop.ops.values())
    for writer in ops:
        for other in ops:
            if writer is other or writer.record != other.record:
                continue
            told = sight.had_seen(write_of(writer, names), write_of(other, names))
            assert not told or other.hash in writer.had, (writer.device, writer.seq, other.device, other.seq)
            if exact and other.hash in writer.had:
                assert told, (writer.device, writer.seq, other.device, other.seq)


def same(found: dict[str, Merged]) -> dict[str, Any]:
    return {record: (one.exists, one.count, dict(one.values), [c.id for c in one.conflicts]) for record, one in found.items()}


@given(st.integers(2, 8), steps)
@HURRIED
def test_whoever_has_seen_the_same_shows_the_same_and_nothing_is_lost(count: int, told: list[tuple[str, int, int, int, int]]) -> None:
    laptops = run(count, told)
    for laptop in laptops:
        check_nothing_lost(laptop)
        check_sight(laptop, exact=False)
    for _ in range(2):  # everybody meets everybody at last
        for giver in laptops:
            for taker in laptops:
                if giver is not taker:
                    taker.take(giver.ops.values())
                    giver.take(reversed(list(taker.ops.values())))
    first = laptops[0]
    for laptop in laptops:
        assert laptop.ops.keys() == first.ops.keys()
        assert same(laptop.merged()) == same(first.merged()) and laptop.rows == first.rows
        assert laptop.families() == first.families()
        check_nothing_lost(laptop)
    check_sight(first, exact=True)
    assert len({(laptop.name, laptop.head) for laptop in laptops}) == len(
        {laptop.name for laptop in laptops}
    )  # copies that both wrote on parted


@given(st.integers(2, 5), steps, st.randoms(use_true_random=False))
@HURRIED
def test_order_and_repetition_change_nothing(count: int, told: list[tuple[str, int, int, int, int]], random: Any) -> None:
    laptops = run(count, told)
    everything = [op for laptop in laptops for op in laptop.ops.values()]
    world = World()
    takers = [Model(world, f"taker{n}") for n in range(2)]
    for taker in takers:
        mixed = everything * 2
        random.shuffle(mixed)
        for start in range(0, len(mixed), 3):
            taker.take(mixed[start : start + 3])
            check_rows(taker)
    assert takers[0].rows == takers[1].rows and same(takers[0].merged()) == same(takers[1].merged())


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=30), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_names_of_branches_do_not_depend_on_arrival(told: list[tuple[int, int]], random: Any) -> None:
    nodes: list[tuple[int, str]] = [(0, GENESIS)]
    links: list[Link] = []
    for n, (at, _) in enumerate(told):
        seq, digest = nodes[at % len(nodes)]
        links.append(Link(seq + 1, seq + 1, digest, f"{n + 1:064x}"[::-1]))
        nodes.append((seq + 1, links[-1].hash))
    family = name_branches("x", links)
    mixed = list(links)
    random.shuffle(mixed)
    assert name_branches("x", mixed) == family
    placed = {(family.names[link.hash], link.first) for link in links}
    assert len(placed) == len(links)
    branches = {branch.name: branch for branch in family.branches}
    for chain in branches.values():
        seqs = sorted(link.first for link in links if family.names[link.hash] == chain.name)
        assert seqs == list(range(chain.forked + 1, chain.known + 1))
        assert not chain.parent or chain.forked <= branches[chain.parent].known


def test_a_later_reader_of_a_conflict_sees_what_the_writer_saw() -> None:
    """Who edits one field of a group while the group is in conflict keeps the other fields as they were shown."""
    sight = Sight()
    writes = [
        Write("1", "a", 1, "1", "create", {"name": [None, "n"], "kana": [None, "k"]}),
        Write("2", "a", 2, "2", "update", {"name": ["n", "x"]}),
        Write("3", "b", 1, "3", "update", {"kana": ["k", "y"]}),
        Write("4", "b", 2, "4", "update", {"kana": ["y", "z"]}),
    ]
    sight.note("b", 1, {"a": 1})
    sight.note("b", 2, {"a": 2})
    open_, closed = merge(KIND, "r", writes[:3], sight), merge(KIND, "r", writes, sight)
    assert [side.values for side in open_.conflicts[0].sides] == [{"name": "x", "kana": "k"}, {"name": "n", "kana": "y"}]
    assert open_.values == {"name": "n", "kana": "y"}
    assert closed.values == {"name": "n", "kana": "z"} and not closed.conflicts
    assert all(before.order < after.order for before, after in pairwise(writes))
