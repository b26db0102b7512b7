"""Resident snapshots: loading, listing, choosing the one that searches look into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.resident import Finding, ResidentRow, Snapshot, SourceMark
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.rows import ResidentView


def load_residents(
    ctx: Context,
    *,
    batches: Iterable[Sequence[ResidentRow]],
    as_of: datetime,
    known_at: datetime | None = None,
    label: str = "",
    files: Sequence[str] = (),
    job: Job = QUIET,
    findings: Iterable[Finding] = (),
    sources: Sequence[SourceMark] = (),
) -> tuple[Snapshot, Changes]:
    """Load rows into a new immutable snapshot in one transaction; it becomes the active one. Cancel leaves nothing behind.

    ``sources`` and ``findings`` are read after the last batch.
    """
    ctx.require("residents")
    with ctx.unit() as uow:
        snapshot = uow.load_residents(
            batches,
            snapshot_id=new_id(),
            label=label or f"{as_of:%Y-%m-%d %H:%M}",
            as_of=as_of,
            known_at=known_at or ctx.now(),
            files=files,
            job=job,
            findings=findings,
            sources=sources,
        )
        uow.log_access(action="import", persons=snapshot.residents, target=snapshot.id)
        return snapshot, uow.commit()


def list_snapshots(ctx: Context) -> list[Snapshot]:
    """All snapshots, newest first."""
    return ctx.reads.residents.snapshots()


def need_snapshot(ctx: Context, *, snapshot_id: str) -> Snapshot:
    """The snapshot, or RuleViolation ``snapshot.not_found``."""
    for snapshot in ctx.reads.residents.snapshots():
        if snapshot.id == snapshot_id:
            return snapshot
    raise RuleViolation("snapshot.not_found", record=snapshot_id)


def activate_snapshot(ctx: Context, *, snapshot_id: str) -> Changes:
    """Searches look into this snapshot from now on."""
    ctx.require("residents")
    need_snapshot(ctx, snapshot_id=snapshot_id)
    with ctx.unit() as uow:
        uow.activate_snapshot(snapshot_id)
        return uow.commit()


def open_household(ctx: Context, *, resident_id: str) -> list[ResidentView]:
    """The resident's household for the check-in screen, noted in the access log.

    Without the right there is no protected member in it: who lives with one may be the one they are protected from.
    """
    members = ctx.reads.residents.household(resident_id)
    if not members:
        raise RuleViolation("resident.not_found", record=resident_id)
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=[member.id for member in members], target="")
        uow.commit()
    return members


def list_residents(ctx: Context, *, snapshot_id: str, text: str = "") -> Sequence[int]:
    """Row numbers of the residents of a snapshot, in order of kana; with a text those it finds. Rows come by ``show_residents``."""
    return ctx.reads.residents.ids(snapshot_id=snapshot_id, text=text)


def show_residents(ctx: Context, *, rids: Sequence[int]) -> list[ResidentView]:
    """Rows for a list, in the same order, without those the actor may not know of."""
    return ctx.reads.residents.page(rids)
