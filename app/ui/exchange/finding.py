"""What lies on a stick, told against what this laptop has heard already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.syncing.package_rows import FoundPackage
from app.usecases.context import Context
from app.usecases.enrolment import device_list


def find_on(ctx: Context, folder: Path) -> list[FoundPackage]:
    """Packages and receipts. A receipt older than what its sender told since says nothing new. Off the GUI thread; raises like ``find_packages``."""
    from app.syncing.packages import find_packages

    found = find_packages(folder, ctx=ctx)
    if not any(one.kind == "receipt" and one.for_us for one in found):
        return found
    known = device_list(ctx)
    letters = {one.device: one.letters for one in known.devices} if known else {}
    heard = {letters.get(peer.device, ""): peer.written_at for peer in ctx.reads.exchange.peers()}
    return [
        replace(one, already=True)
        if one.kind == "receipt" and one.written_at and (last := heard.get(one.sender)) and last >= one.written_at
        else one
        for one in found
    ]
