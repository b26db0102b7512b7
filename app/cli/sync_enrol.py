"""The verbs of ``sync enrol``: the municipality's key, and the devices that take part in the exchange."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.cli.sync_arguments import SyncMaker, SyncVerb

Answer = tuple[Mapping[str, Any], int]


def add_verbs(make: SyncMaker) -> None:
    """Their options."""
    act = make.acts("enrol")
    act("create")
    request = act("request")
    request.add_argument("--out", required=True, metavar="FILE")
    accept = act("accept")
    accept.add_argument("file", nargs="?", default="", metavar="FILE")
    accept.add_argument("--text", default="", metavar="TEXT")
    accept.add_argument("--site", default="", metavar="NAME")
    accept.add_argument("--out", default="", metavar="FILE")
    accept.add_argument("--fingerprint", default="", metavar="TEXT")
    accept.add_argument("--replaces", action="store_true")
    accept.add_argument("--with-key", action="store_true")
    act("list")
    revoke = act("revoke")
    revoke.add_argument("device", metavar="DEVICE")
    revoke.add_argument("--reason", required=True, metavar="TEXT")


def _list(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases.enrolment import need_list

    with signed_in(gateway, given) as session:
        found = need_list(session.context)
        return {"devices": [{"letters": one.letters, "site": one.site_name, "state": one.state} for one in found.devices]}, 0


VERBS: Mapping[str, SyncVerb] = {"enrol list": _list}
