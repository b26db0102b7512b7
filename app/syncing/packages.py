"""Packages on a stick: everything a site lacks in one encrypted, signed file (decision 026).

Writing: counted, the room on the stick looked at, written under a temporary name, flushed, read back, verified, renamed, noted. Reading: the
whole file is verified before anything counts; looking into one writes nothing; taking one in is one transaction after a backup.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.carrying import SnapshotCard
from app.domain.dates import JST
from app.domain.errors import EnvironmentFault, InputFault, IntegrityFault, SasaeError
from app.domain.exchange import Gap, Segment, Vector
from app.syncing.package_parts import MOST_PICTURE, Picture, pack, pack_picture, pack_segments, rows_to_json
from app.syncing.package_reading import KIND, LAYOUT, RECEIPT, PackageReader, SeenPicture, in_words_of_packages, open_package, told_by_name
from app.syncing.package_rows import AppliedPackage, FoundPackage, Inspection, TakenReceipt, Warnings, WrittenPackage
from app.syncing.package_taking import take_package
from app.syncing.receipts import take_receipt, write_receipt
from app.syncing.sealed import Lock, sealed_kind, write_sealed
from app.usecases import exchange, exchange_holding, exchange_settings, voucher_sections
from app.usecases.context import Context
from app.usecases.enrolment import device_list, need_list, take_list
from app.usecases.exchange import Receivers, Sums
from app.usecases.exchange_rows import MergeReport, PackageCard
from app.usecases.files import write_fault
from app.usecases.job import QUIET, Job
from app.usecases.voucher_sections import Messages

__all__ = [
    "AppliedPackage", "FoundPackage", "Inspection", "TakenReceipt", "WrittenPackage", "apply_package", "find_packages", "inspect_package",
    "kind_of", "take_receipt", "write_package",
]  # fmt: skip
SUFFIX = ".sasae"
_BYTES_OPERATION, _BYTES_RESIDENT, _BYTES_BESIDES = 600, 160, 400_000
"""What a package takes on a stick, rather too much: checked against the room there before anything is written."""
_MEGABYTE = 1_000_000


# -- writing -----------------------------------------------------------------------------------------------------


def write_package(
    ctx: Context, *, to_site: str, target: Path, whole: bool = False, pictures: bool = True, job: Job = QUIET
) -> WrittenPackage:  # fmt: skip
    """Write what a site lacks, or everything, into ``target``: a file, or a folder or stick where the file gets a name.

    The file was read back and decrypted when this returns. Needs the right ``exchange``. RuleViolation of ``find_receivers``,
    EnvironmentFault ``exchange.no_such_folder``, ``exchange.no_room`` and what ``write_sealed`` raises; then no file of this name appears and nothing is noted.
    """
    ctx.require("exchange")
    receivers = exchange.find_receivers(ctx, to=to_site)
    path = _path_for(ctx, target, receivers.name, SUFFIX)
    with ctx.unit() as uow:
        uow.exchange.vouch()
        uow.commit()
    card = exchange.describe_package(ctx, receivers, package_id=secrets.token_hex(16), whole=whole)
    job.report(0, None, "exchange.counting")
    content = _plan(ctx, receivers, card, pictures=pictures)
    _check_room(path, content.bytes)
    header = {
        "layout": LAYOUT, "card": exchange.header_of(card), "list": need_list(ctx).to_json(), "holds": exchange_holding.own_holding(ctx).to_json(),
    }  # fmt: skip
    lock = Lock(recipients=(*(one.recipient for one in receivers.devices), ctx.keys.recipient()), identity=ctx.keys.identity())
    done = write_sealed(
        path, kind=KIND, header=header, parts=_parts(ctx, content, job), lock=lock, sign=ctx.keys.sign,
        confirm=lambda: _confirm(ctx, content, path), job=job,
    )  # fmt: skip
    card = content.sums.onto(card, now=card.written_at)
    warnings = content.warnings
    try:
        exchange.note_written(ctx, card, receivers, path=path, size=done.bytes, sha256=done.sha256)
    except SasaeError as fault:  # the file is good, and its vouchers were noted before it got its name
        warnings += (("exchange.not_noted", {"path": str(path), "reason": fault.code}),)
    return WrittenPackage(
        card=card, path=path, bytes=done.bytes, sha256=done.sha256, operations=card.operations, left_out=content.left_out,
        warnings=warnings,
    )  # fmt: skip


@dataclass
class _Content:
    """What will stand in a package. ``operations`` and ``bytes`` are an estimate, ``sums`` are counted while it is written."""

    known: Vector
    site_kind: str
    operations: int
    snapshots: list[SnapshotCard]
    active: str
    pictures: dict[str, int]
    settings: Mapping[str, Any]
    messages: Messages
    bytes: int = 0
    left_out: int = 0
    sums: Sums = field(default_factory=Sums)

    @property
    def warnings(self) -> Warnings:
        """What the clerk should know of what was written."""
        return (("exchange.pictures_left_out", {"count": self.left_out}),) if self.left_out else ()


def _plan(ctx: Context, receivers: Receivers, card: PackageCard, *, pictures: bool) -> _Content:
    known: Vector = {} if card.whole else exchange.common_knowledge(ctx, receivers.devices)
    holding = exchange_holding.Holding() if card.whole else exchange_holding.common_holding(ctx, receivers.devices)
    reads = ctx.reads.exchange
    active = ctx.reads.residents.active()
    content = _Content(
        known=known, site_kind=receivers.kind, operations=reads.count_since(known, site_kind=receivers.kind),
        snapshots=exchange_holding.lacking_snapshots(ctx, holding, whole=card.whole), active=active.id if active else "",
        pictures=exchange_holding.lacking_pictures(ctx, known, holding, site_kind=receivers.kind),
        settings=exchange_settings.read_travelling(ctx, site_kind=receivers.kind),
        messages=voucher_sections.build_messages(ctx, to_kind=receivers.kind, letters=[one.letters for one in receivers.devices]),
    )  # fmt: skip
    if not pictures:
        content.left_out, content.pictures = len(content.pictures), {}
    content.bytes = (
        _BYTES_BESIDES + content.operations * _BYTES_OPERATION + sum(one.residents for one in content.snapshots) * _BYTES_RESIDENT
        + content.messages.vouchers * _BYTES_OPERATION + sum(content.pictures.values())
    )  # fmt: skip
    return content


def _path_for(ctx: Context, target: Path, to: str, suffix: str) -> Path:
    """The file; in a folder a name that says to whom, from whom and when, and that nothing has yet."""
    if not target.is_dir():
        if not target.name.lower().endswith(suffix):
            raise EnvironmentFault("exchange.no_such_folder", path=str(target))
        return target
    stem = f"sasae-{to}-{ctx.place.device_prefix}-{ctx.now().astimezone(JST):%Y%m%d-%H%M%S}"
    names = (stem + suffix, *(f"{stem}-{number}{suffix}" for number in range(2, 1000)))
    return next(path for name in names if not (path := target / name).exists())


def _check_room(path: Path, needed: int) -> None:
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise write_fault(error, path=path) from error
    if free < needed:
        raise EnvironmentFault(
            "exchange.no_room", path=str(path), folder=str(path.parent), needed=_megabytes(needed), free=_megabytes(free)
        )


def _megabytes(count: int) -> str:
    return f"{count / _MEGABYTE:,.1f}"


def _confirm(ctx: Context, content: _Content, path: Path) -> None:
    """The file is whole and has no name yet: from here on its vouchers may be at their devices."""
    sums = content.sums
    with ctx.unit() as uow:
        voucher_sections.note_left(ctx, uow, content.messages, target=path.name)
        exchange_settings.note_travelling(ctx, uow, content.settings)
        uow.log_access(action="export", persons=len(sums.seen.get("person", ())) + sums.residents, target=path.name)
        uow.commit()


# -- parts -------------------------------------------------------------------------------------------------------


def _parts(ctx: Context, content: _Content, job: Job) -> Iterator[bytes]:
    """Everything between header and trailer, in the order of ``package_parts``."""
    yield from _picture_parts(ctx, content, job)
    yield from pack_segments(_counted(ctx, content, job))
    for card in content.snapshots:
        yield from _snapshot_parts(ctx, card, content.sums, job)
    if content.snapshots:
        yield pack("active", content.active)
    yield pack("settings", dict(content.settings))
    for row in content.messages.rows():
        yield pack("voucher", row)
    content.sums.vouchers = content.messages.vouchers
    yield pack("sums", content.sums.to_json())


def _picture_parts(ctx: Context, content: _Content, job: Job) -> Iterator[bytes]:
    for done, name in enumerate(content.pictures):
        job.report(done, len(content.pictures), "exchange.writing_pictures")
        try:
            picture = ctx.attachments.get(name)
        except IntegrityFault:  # verify tells which; the others shall travel all the same
            content.left_out += 1
            continue
        if len(picture) > MOST_PICTURE:
            content.left_out += 1
            continue
        content.sums.pictures += 1
        yield from pack_picture(Picture(name, picture))


def _counted(ctx: Context, content: _Content, job: Job) -> Iterator[Segment]:
    for segment in ctx.reads.exchange.segments(content.known, site_kind=content.site_kind):
        for row in segment.rows:
            if not isinstance(row, Gap):
                content.sums.count_row(row[10], row[11], row[5])
        job.report(content.sums.operations, max(content.operations, content.sums.operations + 1), "exchange.writing")
        yield segment


def _snapshot_parts(ctx: Context, card: SnapshotCard, sums: Sums, job: Job) -> Iterator[bytes]:
    yield pack("snapshot", card.to_json())
    done = 0
    for batch in exchange_holding.carry_snapshot(ctx, card):
        yield pack("rows", rows_to_json(batch))
        done += len(batch)
        job.report(done, max(card.residents, done + 1), "exchange.writing_residents")
    sums.residents += done
    findings = ctx.reads.residents.findings(snapshot_id=card.snapshot_id)
    for start in range(0, len(findings), 2000):
        yield pack("findings", [list(one) for one in findings[start : start + 2000]])


# -- reading -----------------------------------------------------------------------------------------------------


def kind_of(path: Path) -> str:
    """``package`` or ``receipt``. InputFault ``exchange.not_a_package`` and what ``open_sealed`` raises for anything else."""
    with in_words_of_packages(path):
        kind = sealed_kind(path)
    if kind not in (KIND, RECEIPT):
        raise InputFault("exchange.other_kind", path=str(path))
    return kind


def inspect_package(ctx: Context, *, source: Path, job: Job = QUIET) -> Inspection:
    """Verify a package to its last byte and work out what it would do. Nothing is written.

    Raises what ``open_package`` and ``PackageReader.items`` raise.
    """
    ctx.require("exchange")
    with open_package(ctx, source) as package:
        items = package.items(job, "exchange.inspecting")
        here = ctx.attachments.sizes() if isinstance(items.peek(), SeenPicture) else {}
        fresh = sum(one.name not in here for one in items.every(SeenPicture))
        with ctx.unit() as uow:  # left without a commit: what the merge would do is known, and nothing of it stays
            take_list(ctx, uow, package.brought)
            report = uow.exchange.take(items.every(Segment), devices=package.devices, job=job)
            items.finish()
        offset = exchange.clock_offset(ctx, package.card, ctx.reads.exchange.packages(limit=1000))
        already = ctx.reads.exchange.knows_package(package.card.id)
        return Inspection(
            card=package.counted, path=source, bytes=package.size, sha256=package.sha256, new=report.operations, known=report.known,
            records=report.records, conflicts=report.conflicts, gaps=report.gaps, residents=package.counted.residents, pictures=fresh,
            warnings=exchange.warnings_of(ctx, package.card, offset), already=already,
        )  # fmt: skip


def apply_package(ctx: Context, *, source: Path, folder: Path, receipt: bool = True, job: Job = QUIET) -> AppliedPackage:
    """Take a package in: verify it, back up, take everything in one transaction, write the receipt beside it. ``folder``: the data folder.

    A package that was taken in before changes nothing. When the stick has gone meanwhile or cannot be written to, the package is taken in all
    the same and the missing receipt is told in ``warnings``. Raises what ``inspect_package`` raises; then nothing was changed.
    """
    ctx.require("exchange")
    with open_package(ctx, source) as package:
        known = ctx.reads.exchange.knows_package(package.card.id)
        if known:
            package.items(job, "exchange.verifying").finish()  # with its counts
        else:
            pictures = package.verify(job, "exchange.verifying")
    if known:
        done = AppliedPackage(
            card=package.counted, report=MergeReport(known=package.counted.operations), residents=0, pictures=0, settings=False, vouchers=None,
            backup=None, receipt=None, already=True, changes={},
        )  # fmt: skip
    else:
        done = take_package(ctx, package, pictures, folder=folder, job=job)
    return _with_receipt(ctx, done, package, source) if receipt and not done.became_new else done


def _with_receipt(ctx: Context, done: AppliedPackage, package: PackageReader, source: Path) -> AppliedPackage:
    try:
        path = write_receipt(ctx, package.card, package.sender, folder=source.parent)
    except SasaeError as fault:
        told = ("exchange.receipt_missing", {"path": str(source.parent), "reason": fault.code, "site": package.card.site})
        return replace(done, warnings=(*done.warnings, told))
    return replace(done, receipt=path)


# -- what is on a stick ------------------------------------------------------------------------------------------


def find_packages(folder: Path, *, ctx: Context | None = None) -> list[FoundPackage]:
    """Packages and receipts in a folder or stick, newest first. Reads their beginnings; without ``ctx`` ``for_us`` is None."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX) and not path.name.startswith(".") and path.is_file())
    except OSError as error:
        raise EnvironmentFault("sealed.unreadable", path=str(folder), reason=error.strerror or "") from error
    found = [_look_at(path, ctx) for path in paths]
    return sorted(found, key=lambda one: (one.written_at is not None, one.written_at or datetime.min), reverse=True)


def _look_at(path: Path, ctx: Context | None) -> FoundPackage:
    size = 0
    with suppress(OSError):
        size = path.stat().st_size
    name = told_by_name(path, None if ctx is None else device_list(ctx))
    plain = FoundPackage(path=path, kind=RECEIPT if path.name.endswith(f".{RECEIPT}{SUFFIX}") else KIND, for_us=None, written_at=name.written_at,
                         bytes=size, sender=name.sender, to=name.to)  # fmt: skip
    try:
        plain = replace(plain, kind=kind_of(path))
        if ctx is None:
            return plain
        with open_package(ctx, path, kind=plain.kind) as package:
            card = package.card
            return replace(
                plain, for_us=True, written_at=card.written_at, sender=card.letters, site=card.site, to=card.to_site,
                mine=card.device == ctx.place.device_id, already=_is_known(ctx, plain.kind, card),
            )  # fmt: skip
    except SasaeError as fault:
        mine = fault.code == "exchange.own_package"
        if fault.code in ("exchange.for_someone_else", "exchange.for_somebody") or mine:
            return replace(plain, for_us=False, mine=mine, problem=fault.code)
        return replace(plain, problem=fault.code, params=dict(fault.params))


def _is_known(ctx: Context, kind: str, card: PackageCard) -> bool:
    """Whether a package was taken in, or a receipt says no more than what its device told since."""
    if kind == KIND:
        return ctx.reads.exchange.knows_package(card.id)
    heard = next((one.written_at for one in ctx.reads.exchange.peers() if one.device == card.device), None)
    return heard is not None and heard >= card.written_at
