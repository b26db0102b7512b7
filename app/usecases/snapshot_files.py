"""Snapshots that travel: what is taken out of the store for a file, and what is put in from one.

The files themselves (``syncing/snapshots.py``) are encrypted; nothing here knows how. Data about perpetrators are nowhere in the
program, so none can travel; of a measure only the fact travels.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set

from app.domain.carrying import CarriedRow, Received, SnapshotCard
from app.domain.errors import IntegrityFault, RuleViolation
from app.domain.resident import Finding, SourceMark
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.reception import Warning
from app.usecases.residents import need_snapshot

MIN_PASSPHRASE = 8
_GROUPS = 4


def suggest_passphrase() -> str:
    """A new passphrase that can be read over the telephone: four times four digits (53 bits)."""
    return "-".join(f"{secrets.randbelow(10_000):04d}" for _ in range(_GROUPS))


def fold_passphrase(text: str) -> str:
    """The passphrase as it counts, so that width, spaces and hyphens between digits make no difference."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(char for char in plain if char not in " -\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc.,/_")
    return digits if digits.isdecimal() else plain


def check_passphrase(text: str) -> str:
    """The folded passphrase; RuleViolation ``transfer.passphrase_short`` when it is too short to protect anybody."""
    folded = fold_passphrase(text)
    if len(folded) < MIN_PASSPHRASE:
        raise RuleViolation("transfer.passphrase_short", field="passphrase", least=MIN_PASSPHRASE)
    return folded


def list_districts(ctx: Context, *, snapshot_id: str) -> list[tuple[str, int]]:
    """The districts of a snapshot with their numbers of residents, for choosing one to export."""
    ctx.require("residents")
    return ctx.reads.carried.districts(snapshot_id=snapshot_id)


def describe_export(ctx: Context, *, snapshot_id: str, district: str = "") -> SnapshotCard:
    """The card of a file that would carry this snapshot or one district of it.

    RuleViolation ``snapshot.not_found``, ``transfer.no_such_district``; IntegrityFault ``transfer.store_changed`` when the rows
    are no longer what was imported.
    """
    ctx.require("residents")
    found = need_snapshot(ctx, snapshot_id=snapshot_id)
    if district and district not in dict(ctx.reads.carried.districts(snapshot_id=snapshot_id)):
        raise RuleViolation("transfer.no_such_district", field="district", district=district)
    tally = ctx.reads.carried.tally(snapshot_id=snapshot_id, district=district)
    if not tally.residents:
        raise RuleViolation("residents.nothing_to_load")
    if not district and tally.residents == found.residents and tally.sha256 != found.sha256:
        raise IntegrityFault("transfer.store_changed", label=found.label)
    span, whole_sha256 = ctx.reads.carried.whole(snapshot_id=snapshot_id)
    return SnapshotCard(
        snapshot_id=found.id, label=found.label, as_of=found.as_of, known_at=found.known_at, origin=found.origin,
        district=district or found.district, residents=tally.residents, households=tally.households, sha256=tally.sha256, span=span,
        whole_sha256=whole_sha256, files=found.files, sources=tuple(mark for mark in found.sources if mark.role != "snapshot"),
        municipality_code=ctx.place.municipality_code, municipality=ctx.place.municipality_name, disaster=ctx.place.disaster_name,
        site=ctx.place.site_name, training=ctx.place.training, written_at=ctx.now(),
    )  # fmt: skip


def carry_residents(ctx: Context, *, card: SnapshotCard, district: str = "") -> Iterator[list[CarriedRow]]:
    """The rows of the card that ``describe_export`` made for ``district``, in order of place."""
    ctx.require("residents")
    return ctx.reads.carried.rows(snapshot_id=card.snapshot_id, district=district)


def carry_findings(ctx: Context, *, card: SnapshotCard, carried: Set[str]) -> list[Finding]:
    """What the import found; of a file that does not carry everybody only what names one of ``carried``: numbers of residents
    and households, the latter with ``H`` in front.
    """
    ctx.require("residents")
    found = ctx.reads.residents.findings(snapshot_id=card.snapshot_id)
    if card.whole:
        return found
    return [one for one in found if (one.resident_no or f"H{one.household_no}") in carried]


def note_export(ctx: Context, *, card: SnapshotCard, target: str) -> None:
    """The row of the access log: how many people went out, into which file."""
    with ctx.unit() as uow:
        uow.log_access(action="export", persons=card.residents, target=target)
        uow.commit()


def check_origin(ctx: Context, *, card: SnapshotCard) -> list[Warning]:
    """What a person should know before loading: the file is another municipality's, or of another disaster.

    RuleViolation ``transfer.training`` when invented people would come among real ones.
    """
    if card.training and not ctx.place.training:
        raise RuleViolation("transfer.training")
    told = []
    if card.municipality_code != ctx.place.municipality_code:
        told.append(Warning(code="transfer.other_municipality", params={"municipality": card.municipality}))
    elif card.disaster != ctx.place.disaster_name:
        told.append(Warning(code="transfer.other_disaster", params={"disaster": card.disaster}))
    return told


def receive_residents(
    ctx: Context, *, card: SnapshotCard, batches: Iterable[Sequence[CarriedRow]], findings: Sequence[Finding], mark: SourceMark,
    job: Job = QUIET,
) -> tuple[Received, Changes]:  # fmt: skip
    """Put the rows of a file into the store in one transaction; everything rolls back when ``batches`` raises or does not agree.

    A new snapshot becomes the one that is searched. What is here already stays; missing residents and marks of protection are
    added, with the same ids as everywhere. ``findings`` is read after the last batch.
    """
    ctx.require("residents")
    check_origin(ctx, card=card)
    with ctx.unit() as uow:
        done = uow.receive_residents(batches, card=card, mark=mark, findings=findings, job=job)
        if done.added or done.flagged:
            uow.log_access(action="import", persons=done.carried, target=mark.name)
            return done, uow.commit()
    return done, {}
