"""Taking a verified package in: pictures first, then everything else in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from app.domain.carrying import CarriedRow, SnapshotCard
from app.domain.errors import IntegrityFault
from app.domain.exchange import DeviceList, Segment
from app.domain.resident import Finding, SourceMark
from app.syncing.package_reading import (
    Active,
    Findings,
    Items,
    PackageReader,
    Rows,
    SeenPicture,
    Settings,
    VoucherRow,
    open_package,
)  # fmt: skip
from app.syncing.package_rows import AppliedPackage, Warnings
from app.usecases import exchange
from app.usecases.arrivals import announce_arrivals
from app.usecases.context import Context
from app.usecases.enrolment import LIST, read_list, take_list
from app.usecases.exchange_rows import MergeReport
from app.usecases.exchange_settings import take_travelling
from app.usecases.job import Job
from app.usecases.ports import UnitOfWork
from app.usecases.voucher_freezing import freeze_copied, freeze_revoked
from app.usecases.voucher_messages import TakenIn
from app.usecases.voucher_sections import take_messages


def take_package(ctx: Context, seen: PackageReader, pictures: Mapping[str, str], *, folder: Path, job: Job) -> AppliedPackage:
    """Take in a package that ``seen`` has verified; ``pictures``: name and SHA-256 of those it had then.

    The file is read once more, and everything is rolled back unless it still is the same one to the last byte: IntegrityFault
    ``exchange.changed_meanwhile``. Pictures are kept before the transaction: without a record that names them they harm nobody.
    """
    job.report(0, None, "exchange.backing_up")
    backup = exchange.back_up_before(ctx, folder)
    with open_package(ctx, seen.path) as package:
        items = package.items(job, "exchange.applying")
        kept = sum(_keep_picture(ctx, one, pictures, str(seen.path)) for one in items.every(SeenPicture))
        with ctx.unit(reason=seen.path.name) as uow:
            taking = _Taking(ctx, uow, package, items)
            taking.run(job)
            if package.sha256 != seen.sha256:
                raise IntegrityFault("exchange.changed_meanwhile", path=str(seen.path))
            offset = taking.note()
            exchange.note_backup(uow, backup)
            changes = uow.commit()
    became: Warnings = (("exchange.became_new", {}),) if taking.became_new else ()
    return AppliedPackage(
        card=package.counted, report=taking.report, residents=taking.residents, pictures=kept, settings=taking.settings,
        vouchers=taking.vouchers, backup=backup.path, receipt=None, already=False, changes=changes,
        warnings=(*became, *taking.frozen, *exchange.warnings_of(ctx, package.card, offset)), became_new=taking.became_new,
    )  # fmt: skip


def _keep_picture(ctx: Context, picture: SeenPicture, known: Mapping[str, str], path: str) -> bool:
    if known.get(picture.name) != picture.sha256:
        raise IntegrityFault("exchange.changed_meanwhile", path=path)
    if ctx.attachments.has(picture.name):
        with suppress(IntegrityFault):
            ctx.attachments.get(picture.name)
            return False  # a damaged one is written anew
    ctx.attachments.keep(picture.name, picture.content)
    return True


class _Taking:
    """One package inside its transaction."""

    def __init__(self, ctx: Context, uow: UnitOfWork, package: PackageReader, items: Items) -> None:
        self._ctx, self._uow, self._package, self._items = ctx, uow, package, items
        self.report = MergeReport()
        self.residents = 0
        self.settings = False
        self.vouchers: TakenIn | None = None
        self.became_new = False
        self.frozen: Warnings = ()

    def run(self, job: Job) -> None:
        """Everything behind the pictures, in its order, to the end of the file."""
        package, uow, items, sender = self._package, self._uow, self._items, self._package.sender
        before = read_list(uow.reads.settings.get(LIST))
        take_list(self._ctx, uow, package.brought)
        self.report = uow.exchange.take(items.every(Segment), devices=package.devices, job=job)
        self._take_snapshots(job)
        announce_arrivals(self._ctx, uow, self.report.touched)
        for one in items.every(Settings):
            told = take_travelling(self._ctx, uow, one.told, from_hq=sender.site_kind == "hq", from_desk=sender.site_kind == "desk")
            self.settings = self.settings or bool(told)
        self.became_new = exchange.has_become_another(self._ctx, uow.reads.settings)
        rows = (one.told for one in items.every(VoucherRow))
        if self.became_new:  # its vouchers are the other copy's, too: nothing may be paid from them here
            for _ in rows:
                continue
        else:
            self.vouchers = take_messages(self._ctx, uow, rows, sender=sender.device)
            self._freeze(before)
        items.end()
        told_here = self.report.operations + self.report.known + self.report.refused
        if told_here != package.counted.operations:
            raise IntegrityFault("exchange.counts_differ", path=str(package.path))

    def _freeze(self, before: DeviceList | None) -> None:
        """Behind what was paid: the rest of what a lost or copied laptop may pay."""
        ctx, uow = self._ctx, self._uow
        found = freeze_revoked(ctx, uow, before=before, after=read_list(uow.reads.settings.get(LIST)))
        for letters in self.report.branches:
            found += freeze_copied(ctx, uow, letters=letters)
        if found:
            self.frozen = (("exchange.vouchers_frozen", {"count": len(found), "numbers": list(found)}),)

    def _take_snapshots(self, job: Job) -> None:
        """Residents come from headquarters only; what they search, a site searches, unless an older package comes late."""
        before = self._uow.reads.residents.active()
        for card in self._items.every(SnapshotCard):
            if self._package.sender.site_kind != "hq":
                raise IntegrityFault("sealed.damaged", path=str(self._package.path))
            findings: list[Finding] = []
            mark = SourceMark(name=self._package.path.name, role="snapshot", sha256=card.sha256, rows=card.residents)
            done = self._uow.receive_residents(self._batches(findings), card=card, mark=mark, findings=findings, job=job)
            self.residents += done.added
        for told in self._items.every(Active):
            wanted = before.id if before is not None and self._heard_later() else told.snapshot_id
            found = {one.id for one in self._uow.reads.residents.snapshots()}
            if self.residents and wanted in found:
                self._uow.activate_snapshot(wanted)

    def _batches(self, findings: list[Finding]) -> Iterator[list[CarriedRow]]:
        """The rows of one snapshot; ``findings`` fills behind the last."""
        for one in self._items.every(Rows):
            yield one.rows
        for found in self._items.every(Findings):
            findings += found.findings

    def _heard_later(self) -> bool:
        peer = next((one for one in self._uow.reads.exchange.peers() if one.device == self._package.sender.device), None)
        return peer is not None and peer.written_at is not None and peer.written_at > self._package.card.written_at

    def note(self) -> int:
        """What the sender told of itself, and one row of the log. Answers the offset of its clock in seconds."""
        ctx, uow, package = self._ctx, self._uow, self._package
        card, sender = package.counted, package.sender
        offset = exchange.clock_offset(ctx, card, uow.reads.exchange.packages(limit=1000))
        if sender.device != ctx.place.device_id:
            exchange.hear(
                ctx, uow, device=sender.device, knows=card.knows, written_at=card.written_at, holding=package.holding, reply_to=card.reply_to,
                offset=offset,
            )  # fmt: skip
        exchange.note_taken(
            ctx, uow, card, sender, size=package.size, sha256=package.sha256, name=package.path.name, conflicts=self.report.conflicts,
            gaps=len(self.report.gaps),
        )  # fmt: skip
        return offset
