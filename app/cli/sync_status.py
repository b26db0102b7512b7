"""``sync status``: this device, what headquarters and sites have sent and received, and what waits."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.presentation.sync_help_status import HELP

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.cli.sync_arguments import SyncMaker, SyncVerb
    from app.usecases.exchange_rows import PackageRow, SiteStatus

Answer = tuple[Mapping[str, Any], int]


def add_verbs(make: SyncMaker) -> None:
    """Its options."""
    make.verb("status").add_argument("--packages", type=int, default=20, metavar="N", help=HELP["sync.status.packages"])


def _status(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.outputs import moment
    from app.cli.signing import signed_in
    from app.cli.sync_packages import gap_object
    from app.usecases.conflicts import list_conflicts
    from app.usecases.enrolment import device_list
    from app.usecases.site_board import freshness, site_board

    with signed_in(gateway, given) as session:
        ctx = session.context
        listed = device_list(ctx)
        sites, fresh = site_board(ctx), freshness(ctx)
        here = {
            "device": ctx.place.device_prefix, "site": ctx.place.site_name, "kind": ctx.place.site_kind,
            "enrolled": listed is not None and any(one.device == ctx.place.device_id for one in listed.devices),
            "list": listed.number if listed else None,
        }  # fmt: skip
        gaps = ctx.reads.exchange.gaps()
        packages = ctx.reads.exchange.packages(limit=max(0, given.packages))
        conflicts = len(list_conflicts(ctx))
    oldest = fresh.oldest if fresh else None
    return {
        "here": here, "conflicts": conflicts, "oldest": None if oldest is None else {"site": oldest.site, "until": moment(oldest.until)},
        "never": [one.site for one in fresh.never] if fresh else [], "sites": [_site(one) for one in sites],
        "gaps": [gap_object(one) for one in gaps], "packages": [_package(one) for one in packages],
    }, 0  # fmt: skip


def _site(one: SiteStatus) -> dict[str, Any]:
    from app.cli.outputs import moment

    return {
        "site": one.site, "kind": one.kind, "device": one.letters, "state": one.state, "mine": one.mine, "heard_at": moment(one.heard_at),
        "written_at": moment(one.written_at), "data_until": moment(one.data_until), "sent_at": moment(one.sent_at),
        "acknowledged_at": moment(one.acknowledged_at), "unread": one.unread, "waiting": one.waiting, "gaps": one.gaps, "clock_offset": one.clock_offset,
    }  # fmt: skip


def _package(one: PackageRow) -> dict[str, Any]:
    from app.cli.outputs import moment

    return {
        "id": one.id, "direction": one.direction, "device": one.letters, "site": one.site, "written_at": moment(one.written_at),
        "handled_at": moment(one.handled_at), "since": moment(one.since), "until": moment(one.until), "records": one.records,
        "conflicts": one.conflicts, "gaps": one.gaps, "bytes": one.bytes, "name": one.name, "state": one.state, "by": one.by,
    }  # fmt: skip


VERBS: Mapping[str, SyncVerb] = {"status": _status}
