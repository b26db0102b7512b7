"""The verbs of ``sync`` that carry data: writing a package, looking into one, taking one in."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.presentation.sync_help_packages import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.cli.sync_arguments import SyncMaker, SyncVerb
    from app.syncing.package_rows import AppliedPackage, Inspection
    from app.usecases.exchange_rows import GapNote, PackageCard

Answer = tuple[Mapping[str, Any], int]


def add_verbs(make: SyncMaker) -> None:
    """Their options."""
    export = make.verb("export")
    export.add_argument("--to", required=True, metavar="SITE", help=HELP["sync.export.to"])
    export.add_argument("--out", required=True, metavar="PATH", help=HELP["sync.export.out"])
    export.add_argument("--whole", action="store_true", help=HELP["sync.export.whole"])
    export.add_argument("--no-pictures", action="store_true", help=HELP["sync.export.no_pictures"])
    make.verb("inspect").add_argument("file", metavar="FILE")
    taking = make.verb("apply")
    taking.add_argument("file", metavar="FILE", help=HELP["sync.apply.file"])
    taking.add_argument("--no-receipt", action="store_true", help=HELP["sync.apply.no_receipt"])


# -- writing -----------------------------------------------------------------------------------------------------


def _export(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.signing import signed_in
    from app.syncing.packages import write_package
    from app.usecases.job import Job

    with signed_in(gateway, given) as session:
        done = write_package(
            session.context, to_site=given.to, target=Path(given.out), whole=given.whole, pictures=not given.no_pictures, job=Job(show_progress)
        )
    told = {"bytes": done.bytes, "sha256": done.sha256, "operations": done.operations, "left_out": done.left_out, "warnings": warning_objects(done.warnings)}
    return {"file": str(done.path), **card_object(done.card), **told}, 0


# -- reading -----------------------------------------------------------------------------------------------------


def _inspect(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.imports import show_progress
    from app.cli.signing import signed_in
    from app.syncing.packages import inspect_package
    from app.usecases.job import Job

    with signed_in(gateway, given) as session:
        found = inspect_package(session.context, source=Path(given.file), job=Job(show_progress))
    return {"file": given.file, **_inspected(found)}, 0


def _apply(gateway: FolderGateway, given: Namespace) -> Answer:
    """One file; or a folder (a stick) with everything in it that is for this device, oldest first."""
    from app.cli.signing import signed_in

    with signed_in(gateway, given) as session:
        source = Path(given.file)
        if not source.is_dir():
            return _take(session.context, source, folder=session.folder, receipt=not given.no_receipt)
        return _take_all(session.context, source, folder=session.folder, receipt=not given.no_receipt)


def _take(ctx: Any, source: Path, *, folder: Path, receipt: bool) -> Answer:
    """A package, or the receipt of one."""
    from app.cli.imports import show_progress
    from app.syncing.packages import apply_package, kind_of
    from app.usecases.job import Job

    if kind_of(source) == "receipt":
        return _take_receipt(ctx, source)
    done = apply_package(ctx, source=source, folder=folder, receipt=receipt, job=Job(show_progress))
    failed = done.report.refused or (done.vouchers is not None and done.vouchers.conflicts)
    return {"file": str(source), "kind": "package", **_applied(done)}, 1 if failed else 0


def _take_receipt(ctx: Any, source: Path) -> Answer:
    from app.cli.outputs import moment
    from app.syncing.packages import take_receipt

    done = take_receipt(ctx, source=source)
    told = {"from": done.letters, "site": done.site, "written_at": moment(done.written_at), "acknowledged": list(done.packages)}
    return {"file": str(source), "kind": "receipt", **told, "already": done.already}, 0


def _take_all(ctx: Any, stick: Path, *, folder: Path, receipt: bool) -> Answer:
    from app.domain.errors import Cancelled, SasaeError
    from app.presentation.messages import message
    from app.syncing.packages import find_packages

    found = [one for one in find_packages(stick, ctx=ctx) if one.for_us is not False and not one.mine and not one.already]
    found.sort(key=lambda one: (one.written_at is None, one.written_at, one.path.name))
    applied, left, failed = [], [], 0
    for one in found:
        try:
            done, code = _take(ctx, one.path, folder=folder, receipt=receipt)
            failed = max(failed, code)
            applied += [] if done["already"] else [done]
        except Cancelled:
            raise
        except SasaeError as fault:
            left.append({"file": str(one.path), "code": fault.code, "message": message(fault)})
    return {"folder": str(stick), "applied": applied, "left": left}, 1 if left else failed


# -- objects -----------------------------------------------------------------------------------------------------


def card_object(card: PackageCard) -> dict[str, Any]:
    """What a package says of itself."""
    from app.cli.outputs import moment

    return {
        "package": card.id, "from": card.letters, "site": card.site, "site_kind": card.site_kind, "to": card.to_site,
        "receivers": len(card.receivers), "municipality": card.municipality, "disaster": card.disaster, "training": card.training,
        "written_at": moment(card.written_at), "since": moment(card.since), "until": moment(card.until), "operations": card.operations,
        "records": dict(card.records), "residents": card.residents, "pictures": card.pictures, "vouchers": card.vouchers, "whole": card.whole,
        "list": card.list_number,
    }  # fmt: skip


def warning_objects(warnings: Iterable[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Codes and sentences."""
    from app.presentation.messages import message

    return [{"code": code, "message": message(code, **params)} for code, params in warnings]


def gap_object(gap: GapNote) -> dict[str, Any]:
    """What is missing of a device."""
    return {"device": gap.letters, "site": gap.site, "first": gap.first, "last": gap.last}


def _inspected(found: Inspection) -> dict[str, Any]:
    return {
        **card_object(found.card), "bytes": found.bytes, "sha256": found.sha256, "new": found.new, "known": found.known, "records": dict(found.records),
        "conflicts": found.conflicts, "gaps": [gap_object(one) for one in found.gaps], "residents": found.residents, "pictures": found.pictures,
        "already": found.already, "warnings": warning_objects(found.warnings),
    }  # fmt: skip


def _applied(done: AppliedPackage) -> dict[str, Any]:
    """What taking a package in did."""
    report = done.report
    told = {
        **card_object(done.card), "already": done.already, "operations": report.operations, "known": report.known, "records": dict(report.records),
        "conflicts": report.conflicts, "settled": report.settled, "gaps": [gap_object(one) for one in report.gaps], "branches": list(report.branches),
        "refused": report.refused, "residents": done.residents, "pictures": done.pictures, "settings": done.settings, "vouchers": None,
        "backup": None if done.backup is None else str(done.backup), "receipt": None if done.receipt is None else str(done.receipt),
        "warnings": warning_objects(done.warnings),
    }  # fmt: skip
    if done.vouchers is not None:
        from app.presentation.columns.cash import refusal_words

        taken = done.vouchers
        told["vouchers"] = {
            "new": taken.new, "given_up": taken.given_up, "void": taken.ended, "paid": taken.paid, "paid_total": taken.paid_total,
            "refunded": taken.refunded, "home": taken.home, "receipts": taken.receipts, "counts": taken.counts,
            "conflicts": [{"number": one.number, "code": one.code, "message": refusal_words(one)} for one in taken.conflicts],
        }  # fmt: skip
    return told


VERBS: Mapping[str, SyncVerb] = {"export": _export, "inspect": _inspect, "apply": _apply}
