"""Telling copies of one device apart: its operations form a tree by their hashes, and a branch is named after its first own operation.

The name is a function of what is known of the tree, not of the order in which it became known (decision 025).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.journal import GENESIS


class Link(NamedTuple):
    """An operation, or a withheld stretch of operations: ``first`` to ``last`` of its device, the hash before it and the one behind it."""

    first: int
    last: int
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A chain: ``parent`` and ``forked`` as in the device table; ``known`` and ``hash``: its end as far as it is known without a gap."""

    name: str
    parent: str
    forked: int
    known: int
    hash: str


@dataclass(frozen=True, slots=True)
class Family:
    """All chains of a device, and the name of the chain of each link by its hash."""

    branches: tuple[Branch, ...]
    names: dict[str, str]


def name_branches(device: str, links: Iterable[Link]) -> Family:
    """The chains of a device. Without copies all is one chain with the device's name, gaps or not."""
    unique = sorted({link.hash: link for link in links}.values(), key=lambda one: (one.first, one.hash))
    if is_simple(unique):
        known, digest = walk(0, GENESIS, unique)
        return Family((Branch(device, "", 0, known, digest),), {link.hash: device for link in unique})
    after: dict[str, list[Link]] = defaultdict(list)
    hashes = {link.hash for link in unique}
    for link in unique:
        after[link.previous].append(link)
    branches: list[Branch] = []
    names: dict[str, str] = {}
    waiting = [(device, "", 0, GENESIS)]
    strangers = [link for link in unique if link.previous != GENESIS and link.previous not in hashes]
    while waiting or strangers:
        lost = not waiting
        if waiting:
            name, parent, forked, digest = waiting.pop()
            start = forked
        else:  # what it follows is not here: of nothing can be said that its writer had seen it
            link = strangers.pop()
            name, parent, forked, digest = _named(device, link), device, 0, link.hash
            names[link.hash], start = name, link.last
        end, digest, split = _follow(start, digest, after, names, name)
        branches.append(Branch(name, parent, forked, 0 if lost else end, GENESIS if lost else digest))
        waiting += [(_named(device, link), name, end, digest) for link in split]
        for link in split:
            names[link.hash] = _named(device, link)
    return Family(tuple(sorted(branches, key=lambda one: (one.parent, one.name))), names)


def _named(device: str, link: Link) -> str:
    return f"{device}~{link.hash[:12]}"


def _follow(
    seq: int, digest: str, after: dict[str, list[Link]], names: dict[str, str], name: str
) -> tuple[int, str, Sequence[Link]]:
    """Along the only way until it ends or parts."""
    first = True
    while True:
        following = after.get(digest, [])
        named = [link for link in following if names.get(link.hash) == name] if first else []
        following, first = named or following, False
        if len(following) != 1:
            return seq, digest, following
        link = following[0]
        names[link.hash] = name
        seq, digest = link.last, link.hash


def is_simple(links: Sequence[Link]) -> bool:
    """Whether no two links, in order, are at the same place, and neighbours follow each other."""
    end, digest = 0, GENESIS
    for link in links:
        if link.first <= end or (link.first == end + 1 and link.previous != digest):
            return False
        end, digest = link.last, link.hash
    return True


def walk(seq: int, digest: str, links: Iterable[Link]) -> tuple[int, str]:
    """How far links, in order, continue a chain without a gap."""
    for link in links:
        if link.first > seq + 1:
            break
        if link.last > seq:
            seq, digest = link.last, link.hash
    return seq, digest
