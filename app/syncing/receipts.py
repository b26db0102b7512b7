"""Receipts: a small sealed file that says which packages a device has taken in, and how far it knows each chain since."""

from __future__ import annotations

import secrets
from pathlib import Path

from app.domain.dates import JST
from app.domain.exchange import EnrolledDevice
from app.syncing.package_reading import LAYOUT, RECEIPT, open_package
from app.syncing.package_rows import TakenReceipt
from app.syncing.sealed import Lock, write_sealed
from app.usecases import exchange
from app.usecases.context import Context
from app.usecases.enrolment import need_list, need_member, take_list
from app.usecases.exchange import Receivers
from app.usecases.exchange_holding import own_holding
from app.usecases.exchange_rows import PackageCard

SUFFIX = ".receipt.sasae"


def write_receipt(ctx: Context, package: PackageCard, sender: EnrolledDevice, *, folder: Path) -> Path:
    """Write the receipt for a package that was taken in, for the devices of the site it came from, into ``folder``.

    Raises what ``write_sealed`` and ``need_member`` raise; then there is no receipt, and nothing else is different.
    """
    devices, mine = need_member(ctx)
    at_site = tuple(one for one in devices.at_site(sender.site_id) if one.device != mine.device) or (sender,)
    name = "hq" if sender.site_kind == "hq" else sender.letters
    receivers = Receivers(site_id=sender.site_id, site=sender.site_name, kind=sender.site_kind, devices=at_site, name=name)
    card = exchange.describe_package(ctx, receivers, package_id=secrets.token_hex(16), whole=False)
    reply_to = tuple(dict.fromkeys((package.id, *card.reply_to)))
    header = {
        "layout": LAYOUT, "card": {**exchange.header_of(card), "reply_to": list(reply_to)}, "list": need_list(ctx).to_json(),
        "holds": own_holding(ctx).to_json(),
    }  # fmt: skip
    path = _path_for(folder, f"sasae-{name}-{ctx.place.device_prefix}-{ctx.now().astimezone(JST):%Y%m%d-%H%M%S}")
    lock = Lock(recipients=(*(one.recipient for one in at_site), ctx.keys.recipient()), identity=ctx.keys.identity())
    return write_sealed(path, kind=RECEIPT, header=header, parts=(), lock=lock, sign=ctx.keys.sign).path


def _path_for(folder: Path, stem: str) -> Path:
    names = (stem + SUFFIX, *(f"{stem}-{number}{SUFFIX}" for number in range(2, 1000)))
    return next(path for name in names if not (path := folder / name).exists())


def take_receipt(ctx: Context, *, source: Path) -> TakenReceipt:
    """Take a receipt in: its packages are acknowledged, and what its device knows is known. Twice or late changes nothing.

    Needs the right ``exchange``. Raises what ``open_package`` raises, and IntegrityFault for a file that does not verify.
    """
    ctx.require("exchange")
    with open_package(ctx, source, kind=RECEIPT) as receipt:
        receipt.verify_empty()
        card, sender = receipt.card, receipt.sender
        with ctx.unit(reason=source.name) as uow:
            take_list(ctx, uow, receipt.brought)
            known = next((one for one in uow.reads.exchange.peers() if one.device == sender.device), None)
            already = known is not None and known.written_at is not None and known.written_at >= card.written_at
            fresh = exchange.hear(
                ctx,
                uow,
                device=sender.device,
                knows=card.knows,
                written_at=card.written_at,
                holding=receipt.holding,
                reply_to=card.reply_to,
            )
            changes = uow.commit()
    return TakenReceipt(
        device=sender.device, letters=sender.letters, site=sender.site_name, written_at=card.written_at, packages=fresh,
        already=already and not fresh, changes=changes,
    )  # fmt: skip
