"""The verbs of ``relief home``: which device of headquarters makes money, and taking that over by two people."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.cli.relief_making import Answer, ReliefMaker, ReliefVerb

if TYPE_CHECKING:
    from app.bootstrap import FolderGateway
    from app.usecases.context import Context


def add_verbs(make: ReliefMaker) -> None:
    """Their options."""
    act = make.acts("home")
    for name in ("show", "ask", "confirm", "refuse"):
        parser = act(name)
        if name in ("ask", "refuse"):
            parser.add_argument("--reason", required=True, metavar="TEXT")


def _told(ctx: Context) -> Answer:
    from app.cli.outputs import moment
    from app.usecases.money_home import show_home

    found = show_home(ctx)
    return {
        "here": found.here, "device": found.device, "since": moment(found.since), "mine": found.mine, "asked_by": found.asked_by,
        "asked_at": moment(found.asked_at), "reason": found.reason,
    }, 0  # fmt: skip


def _home(gateway: FolderGateway, given: Namespace) -> Answer:
    from app.cli.signing import signed_in
    from app.usecases import money_home

    with signed_in(gateway, given) as session:
        ctx = session.context
        if given.act == "ask":
            money_home.ask_home(ctx, reason=given.reason)
        elif given.act == "confirm":
            money_home.confirm_home(ctx)
        elif given.act == "refuse":
            money_home.refuse_home(ctx, reason=given.reason)
        return _told(ctx)


VERBS: Mapping[str, ReliefVerb] = dict.fromkeys(("home show", "home ask", "home confirm", "home refuse"), _home)
