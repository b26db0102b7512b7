"""Residents as of the day of the disaster: loading a rebuilt snapshot, what it found, counting it, comparing two.

The choice of rows is ``domain.rebuild``; reading the files is ``interchange.importing.rebuilding``, whose ``rebuild_residents`` is what
window and command line call. Protected people are in none of the answers for an actor without the right (decision 006).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from app.domain.comparison import Differences, FieldChange, changed_fields, find_differences
from app.domain.dates import JST
from app.domain.errors import RuleViolation
from app.domain.identifiers import new_id
from app.domain.resident import Finding, ResidentRow, Snapshot, SourceMark
from app.usecases.context import Changes, Context
from app.usecases.job import QUIET, Job
from app.usecases.residents import need_snapshot
from app.usecases.rows import Census

ChangeKind = Literal["appeared", "left", "changed"]
CHANGE_KINDS: tuple[ChangeKind, ...] = ("appeared", "left", "changed")


SUMMED = frozenset(("resident.no_check_digit", "rebuild.reason_unknown", "rebuild.rows_repeated", "rebuild.moved_ahead"))
"""Findings that stand for many rows; ``new`` says how many."""
_REST = "resident.more_of_these"


class Material(Protocol):
    """What a rebuild is loaded from. ``sources`` and ``findings`` are read after the last batch."""

    @property
    def sources(self) -> Sequence[SourceMark]: ...
    def batches(self, job: Job) -> Iterator[Sequence[ResidentRow]]: ...
    def findings(self) -> Iterable[Finding]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A new snapshot; how often each finding was made; who was there on the day."""

    snapshot: Snapshot
    findings: Mapping[str, int]
    census: Census
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildReport:
    """A snapshot with its findings in numbers and its census. Lists come by ``list_findings``."""

    snapshot: Snapshot
    findings: Mapping[str, int]
    census: Census


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How two snapshots differ. Rows come by ``show_changes``, a page at a time. ``by_number``: paired by 宛名番号."""

    before: Snapshot
    after: Snapshot
    by_number: bool
    differences: Differences

    @property
    def appeared(self) -> int:
        """People only in the later one."""
        return len(self.differences.appeared)

    @property
    def left(self) -> int:
        """People only in the earlier one."""
        return len(self.differences.left)

    @property
    def changed(self) -> int:
        """People in both with a field that differs."""
        return len(self.differences.changed_after)

    @property
    def unchanged(self) -> int:
        """People in both, alike."""
        return self.differences.unchanged

    def count(self, kind: ChangeKind) -> int:
        """How many of one kind."""
        return {"appeared": self.appeared, "left": self.left, "changed": self.changed}[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentChange:
    """One person who differs. ``before`` is None for who appeared, ``after`` for who left; ``fields`` only for changed ones."""

    kind: ChangeKind
    before: ResidentRow | None
    after: ResidentRow | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def person(self) -> ResidentRow:
        """The newer of the two rows."""
        row = self.after or self.before
        assert row is not None
        return row


def day_of(moment: datetime) -> date:
    """The day a moment falls on in Japan. Registers know days, not hours: what happened on the day counts as of the day."""
    return moment.astimezone(JST).date()


def load_rebuilt(
    ctx: Context, *, material: Material, as_of: datetime, known_at: datetime, label: str = "", files: Sequence[str] = (), job: Job = QUIET
) -> Rebuilt:
    """Load a rebuilt snapshot in one transaction; it becomes the active one. Any fault, Cancel included, leaves nothing behind."""
    ctx.require("residents")
    with ctx.unit() as uow:
        snapshot = uow.load_residents(
            material.batches(job),
            snapshot_id=new_id(),
            label=label or f"{as_of.astimezone(JST):%Y-%m-%d %H:%M}",
            as_of=as_of,
            known_at=known_at,
            files=files,
            job=QUIET,  # the reader reports and hears Cancel: it knows how much there is
            origin="rebuild",
            sources=_Late(material),
            findings=material.findings(),
        )
        uow.log_access(action="import", persons=snapshot.residents, target=snapshot.id)
        changes = uow.commit()
    counts = count_findings(ctx, snapshot_id=snapshot.id)
    return Rebuilt(snapshot=snapshot, findings=counts, census=take_census(ctx, snapshot_id=snapshot.id), changes=changes)


class _Late(Sequence[SourceMark]):
    """The sources of a material, asked for only when they are read."""

    def __init__(self, material: Material) -> None:
        self._material = material

    def __len__(self) -> int:
        return len(self._material.sources)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]
        return self._material.sources[at]


def take_census(ctx: Context, *, snapshot_id: str) -> Census:
    """Residents of a snapshot by district, five years of age and sex, as of its day."""
    snapshot = need_snapshot(ctx, snapshot_id=snapshot_id)
    return ctx.reads.census.count(snapshot_id=snapshot_id, on=day_of(snapshot.as_of))


def read_report(ctx: Context, *, snapshot_id: str) -> RebuildReport:
    """What a snapshot's import found, in numbers. Any snapshot has one; only a rebuilt one has late notices and the like."""
    snapshot = need_snapshot(ctx, snapshot_id=snapshot_id)
    counts = count_findings(ctx, snapshot_id=snapshot_id)
    return RebuildReport(snapshot=snapshot, findings=counts, census=take_census(ctx, snapshot_id=snapshot_id))


def count_findings(ctx: Context, *, snapshot_id: str) -> dict[str, int]:
    """How many cases of each finding; one finding that stands for many counts as many as it says."""
    counts = ctx.reads.residents.finding_counts(snapshot_id=snapshot_id)
    for code in SUMMED & counts.keys():
        found = ctx.reads.residents.findings(snapshot_id=snapshot_id, code=code)
        counts[code] = sum(int(one.new) for one in found if one.new.isdecimal())
    for one in ctx.reads.residents.findings(snapshot_id=snapshot_id, code=_REST) if _REST in counts else ():
        counts[one.old] = counts.get(one.old, 0) + int(one.new)
    counts.pop(_REST, None)
    return counts


def list_findings(ctx: Context, *, snapshot_id: str, code: str = "", start: int = 0, limit: int | None = None) -> list[Finding]:
    """Findings of one code or all, in order, without those about people the actor may not know of."""
    wanted = None if limit is None else start + limit
    return ctx.reads.residents.findings(snapshot_id=snapshot_id, code=code, limit=wanted)[start:]


def note_listed(ctx: Context, *, persons: int, target: str) -> None:
    """One row of the access log for a list of people shown outside the window."""
    with ctx.unit() as uow:
        uow.log_access(action="view", persons=persons, target=target)
        uow.commit()


def compare_snapshots(ctx: Context, *, before: str, after: str, job: Job = QUIET) -> Comparison:
    """Who appeared, left or changed between two snapshots. RuleViolation ``snapshot.not_found``, ``snapshot.same_twice``."""
    if before == after:
        raise RuleViolation("snapshot.same_twice", record=before)
    first, second = need_snapshot(ctx, snapshot_id=before), need_snapshot(ctx, snapshot_id=after)
    by_number = ctx.reads.census.has_numbers(snapshot_id=before) and ctx.reads.census.has_numbers(snapshot_id=after)
    total = first.residents + second.residents
    done = 0

    def tracked(snapshot_id: str) -> Iterator[list[tuple[int, ResidentRow]]]:
        nonlocal done
        for batch in ctx.reads.census.placed(snapshot_id=snapshot_id):
            done += len(batch)
            job.report(done, total, "job.comparing_residents")
            yield batch

    found = find_differences(tracked(before), tracked(after), by_number=by_number)
    return Comparison(before=first, after=second, by_number=by_number, differences=found)


def show_changes(
    ctx: Context, *, comparison: Comparison, kind: ChangeKind, start: int = 0, limit: int | None = 200
) -> list[ResidentChange]:
    """A page of one kind of difference, in the order of the snapshot."""
    found = comparison.differences
    end = None if limit is None else start + limit
    if kind == "appeared":
        return [ResidentChange(kind=kind, before=None, after=row) for row in ctx.reads.census.rows_at(found.appeared[start:end])]
    if kind == "left":
        return [ResidentChange(kind=kind, before=row, after=None) for row in ctx.reads.census.rows_at(found.left[start:end])]
    old = ctx.reads.census.rows_at(found.changed_before[start:end])
    new = ctx.reads.census.rows_at(found.changed_after[start:end])
    return [ResidentChange(kind=kind, before=a, after=b, fields=changed_fields(a, b)) for a, b in zip(old, new, strict=True)]
