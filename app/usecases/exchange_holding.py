"""What devices hold besides operations – residents and pictures – and what of it a package brings (decision 026)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.carrying import CarriedRow, SnapshotCard
from app.domain.errors import IntegrityFault
from app.domain.exchange import EnrolledDevice, Vector
from app.domain.resident import Snapshot
from app.usecases.context import Context
from app.usecases.ports import Reads

HOLDS = "exchange.holds."
"""Setting: what another device, named behind it, said it holds besides operations."""
MOST_PICTURES_ASKED = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a device says it holds: residents and their hash by snapshot; ``lacks``: pictures its records speak of that it has not got."""

    snapshots: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"snapshots": {name: list(held) for name, held in self.snapshots.items()}, "lacks": list(self.lacks)}

    @classmethod
    def from_json(cls, told: Mapping[str, Any], *, path: str = "") -> Holding:
        """What ``to_json`` told. IntegrityFault ``sealed.damaged``."""
        try:
            snapshots = {str(name): (int(held[0]), str(held[1])) for name, held in told["snapshots"].items()}
            return cls(snapshots=snapshots, lacks=tuple(map(str, told["lacks"][:MOST_PICTURES_ASKED])))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise IntegrityFault("sealed.damaged", path=path) from error


def common_holding(ctx: Context, devices: Iterable[EnrolledDevice]) -> Holding:
    """What all of these devices hold, and the pictures that any of them lacks."""
    held = [heard_holding(ctx.reads, device.device) for device in devices]
    if not held:
        return Holding()
    same = {name: one for name, one in held[0].snapshots.items() if all(other.snapshots.get(name) == one for other in held)}
    return Holding(snapshots=same, lacks=tuple(dict.fromkeys(name for one in held for name in one.lacks)))


def heard_holding(reads: Reads, device: str) -> Holding:
    """What a device last told of what it holds; nothing when it never did."""
    text = reads.settings.get(HOLDS + device)
    return Holding.from_json(json.loads(text)) if text else Holding()


def own_holding(ctx: Context) -> Holding:
    """What this device tells others of what it holds."""
    reads = ctx.reads.seen_by(see_protected=True)
    snapshots = {one.id: (one.residents, one.sha256) for one in reads.residents.snapshots()}
    spoken = reads.exchange.pictures_spoken()
    here = ctx.attachments.sizes() if spoken else {}
    lacks = [name for name in spoken if name not in here][:MOST_PICTURES_ASKED]
    return Holding(snapshots=snapshots, lacks=tuple(lacks))


# -- what a package brings ---------------------------------------------------------------------------------------


def lacking_snapshots(ctx: Context, holding: Holding, *, whole: bool) -> list[SnapshotCard]:
    """Residents for a site that does not hold them: those that are searched at headquarters, in a whole package every snapshot.

    Nothing anywhere else: residents come from headquarters. The active one is the last.
    """
    if ctx.place.site_kind != "hq":
        return []
    reads = ctx.reads.seen_by(see_protected=True).residents
    found = sorted(
        (one for one in reads.snapshots() if one.residents and (whole or one.active)), key=lambda one: (one.active, one.created_at)
    )
    cards = []
    for one in found:
        held = holding.snapshots.get(one.id, (0, ""))
        if held[0] < one.residents or (held[0] == one.residents and held[1] != one.sha256):
            cards.append(_card(ctx, one))
    return cards


def _card(ctx: Context, found: Snapshot) -> SnapshotCard:
    """The card of a whole snapshot as it is here, with everybody in it: a package is sealed for devices, not for persons."""
    reads = ctx.reads.seen_by(see_protected=True).carried
    tally = reads.tally(snapshot_id=found.id)
    if tally.residents == found.residents and tally.sha256 != found.sha256:
        raise IntegrityFault("transfer.store_changed", label=found.label)
    span, whole_sha256 = reads.whole(snapshot_id=found.id)
    place = ctx.place
    return SnapshotCard(
        snapshot_id=found.id, label=found.label, as_of=found.as_of, known_at=found.known_at, origin=found.origin, district=found.district,
        residents=tally.residents, households=tally.households, sha256=tally.sha256, span=span, whole_sha256=whole_sha256, files=found.files,
        sources=tuple(mark for mark in found.sources if mark.role != "snapshot"), municipality_code=place.municipality_code,
        municipality=place.municipality_name, disaster=place.disaster_name, site=place.site_name, training=place.training, written_at=ctx.now(),
    )  # fmt: skip


def carry_snapshot(ctx: Context, card: SnapshotCard) -> Iterator[list[CarriedRow]]:
    """The rows of such a card, in order of place, some thousand at a time."""
    return ctx.reads.seen_by(see_protected=True).carried.rows(snapshot_id=card.snapshot_id)


def lacking_pictures(ctx: Context, known: Vector, holding: Holding, *, site_kind: str) -> dict[str, int]:
    """Pictures for a receiver, with their bytes: those that its new operations speak of, and those it said it lacks, as far as it may have
    them.
    """
    reads = ctx.reads.exchange
    names = list(reads.pictures_since(known, site_kind=site_kind))
    if known and holding.lacks:
        may_have = set(reads.pictures_since({}, site_kind=site_kind))
        names += [name for name in holding.lacks if name in may_have]
    here = ctx.attachments.sizes() if names else {}
    return {name: here[name] for name in names if name in here}
