"""Snapshots of residents as sealed files: a whole one or one district, written at headquarters, loaded on a laptop without the CSV.

Rows are streamed both ways. Reading, they go straight into the load's transaction, which is rolled back unless the file verifies to
its last byte and its rows are those its card promises.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.carrying import CarriedRow, Received, SnapshotCard
from app.domain.errors import EnvironmentFault, IntegrityFault
from app.domain.resident import Finding, ResidentRow, SourceMark
from app.syncing.sealed import Keys, Lock, SealedReader, open_sealed, write_sealed
from app.usecases import snapshot_files
from app.usecases.context import Context
from app.usecases.job import QUIET, Job
from app.usecases.reception import Warning

KIND = "residents"
LAYOUT = 1
SUFFIX = ".sasae-residents"
_FINDINGS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedSnapshot:
    """A snapshot file that was written and verified. ``sha256`` is of the residents in it, ``file_sha256`` of the file."""

    card: SnapshotCard
    path: Path
    bytes: int
    file_sha256: str
    warnings: tuple[Warning, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSnapshot:
    """What loading a file did. ``code`` names the sentence that says it."""

    card: SnapshotCard
    received: Received
    bytes: int
    warnings: tuple[Warning, ...] = ()
    changes: Mapping[str, frozenset[str]]

    @property
    def code(self) -> str:
        """``transfer.loaded``, ``transfer.extended``, ``transfer.flagged`` or ``transfer.already``."""
        if self.received.added:
            return "transfer.extended" if self.received.extended else "transfer.loaded"
        return "transfer.flagged" if self.received.flagged else "transfer.already"


def export_snapshot(
    ctx: Context, *, target: Path, snapshot_id: str, passphrase: str, district: str = "", job: Job = QUIET
) -> ExportedSnapshot:
    """Write a snapshot, or one district of it, into an encrypted file that ``passphrase`` opens.

    Needs the right ``residents``; leaves one row in the access log, written before the file gets its name. Cancel or any error
    leaves no file. Raises what ``describe_export`` and ``write_sealed`` raise, RuleViolation ``transfer.passphrase_short``.
    """
    ctx.require("residents")
    secret = snapshot_files.check_passphrase(passphrase)
    job.report(0, None, "transfer.counting")
    card = snapshot_files.describe_export(ctx, snapshot_id=snapshot_id, district=district)
    done = write_sealed(
        target,
        kind=KIND,
        header={"layout": LAYOUT, "card": card.to_json()},
        parts=_parts(ctx, card, district, job),
        lock=Lock(passphrase=secret),
        confirm=lambda: snapshot_files.note_export(ctx, card=card, target=target.name),
        job=job,
    )
    told = () if ctx.actor.may("see_protected") else (Warning(code="transfer.without_protected"),)
    return ExportedSnapshot(card=card, path=done.path, bytes=done.bytes, file_sha256=done.sha256, warnings=told)


def inspect_snapshot(ctx: Context, *, source: Path, passphrases: Sequence[str]) -> SnapshotCard:
    """What a file is and holds, for showing it before it is loaded. Reads its beginning only; raises what ``open_sealed`` raises."""
    ctx.require("residents")
    with open_sealed(source, kind=KIND, keys=_keys(passphrases)) as sealed:
        return _card(sealed)


def load_snapshot(ctx: Context, *, source: Path, passphrases: Sequence[str], job: Job = QUIET) -> LoadedSnapshot:
    """Load a snapshot file in one transaction; ``passphrases`` are tried one after the other.

    A snapshot that is here already is not loaded again (``code`` ``transfer.already``); one that is here in part is completed, and
    whoever is linked to its residents stays so. Raises what ``open_sealed`` and ``SealedReader.parts`` raise and
    IntegrityFault ``transfer.content_changed``, ``transfer.other_content``; then, and on Cancel, nothing was changed.
    """
    ctx.require("residents")
    with open_sealed(source, kind=KIND, keys=_keys(passphrases)) as sealed:
        card = _card(sealed)
        warnings = snapshot_files.check_origin(ctx, card=card)
        findings: list[Finding] = []
        mark = SourceMark(name=source.name, role="snapshot", sha256=card.sha256, rows=card.residents)
        with closing(_rows(sealed, findings, job)) as rows:
            received, changes = snapshot_files.receive_residents(ctx, card=card, batches=rows, findings=findings, mark=mark)
        return LoadedSnapshot(card=card, received=received, bytes=sealed.size, warnings=tuple(warnings), changes=changes)


def _keys(passphrases: Sequence[str]) -> Keys:
    return Keys(passphrases=tuple(dict.fromkeys(snapshot_files.fold_passphrase(text) for text in passphrases)))


def _card(sealed: SealedReader) -> SnapshotCard:
    if sealed.header.get("layout", 0) > LAYOUT:
        raise EnvironmentFault("sealed.newer", path=str(sealed.path), format=sealed.header["layout"], known=LAYOUT)
    return SnapshotCard.from_json(sealed.header.get("card", {}), path=str(sealed.path))


# -- parts ----------------------------------------------------------------------------------------------------


def _parts(ctx: Context, card: SnapshotCard, district: str, job: Job) -> Iterator[bytes]:
    """Rows, some thousand a part, then findings."""
    done = 0
    carried: set[str] = set()
    for batch in snapshot_files.carry_residents(ctx, card=card, district=district):
        yield _pack("rows", [[one.place, int(one.flagged), *one.row[:-1]] for one in batch])
        done += len(batch)
        job.report(done, card.residents, "transfer.writing")
        if not card.whole:
            carried.update(one.row.resident_no for one in batch)
            carried.update(f"H{one.row.household_no}" for one in batch)
    findings = snapshot_files.carry_findings(ctx, card=card, carried=carried)
    for start in range(0, len(findings), _FINDINGS):
        yield _pack("findings", [list(one) for one in findings[start : start + _FINDINGS]])


def _pack(name: str, values: list[Any]) -> bytes:
    return json.dumps({name: values}, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _rows(sealed: SealedReader, findings: list[Finding], job: Job) -> Generator[list[CarriedRow]]:
    """The rows of a file; ``findings`` fills on the way. Its end is reached only by a file that verifies."""
    for part in sealed.parts():
        job.report(sealed.position, sealed.size, "transfer.loading")
        try:
            told = json.loads(part)
            findings.extend(Finding(*one) for one in told.get("findings", ()))
            rows = [CarriedRow(one[0], ResidentRow._make((*one[2:], one[0])), bool(one[1])) for one in told.get("rows", ())]
        except (ValueError, TypeError, AttributeError, IndexError) as error:
            raise IntegrityFault("sealed.damaged", path=str(sealed.path)) from error
        if rows:
            yield rows
