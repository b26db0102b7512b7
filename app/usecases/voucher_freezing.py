"""Vouchers that a lost or copied laptop may pay: stopped at the money home in the same act, until people decide."""

from __future__ import annotations

from app import resources
from app.domain import voucher_rules
from app.domain.exchange import DeviceList
from app.domain.merging import device_of
from app.usecases.context import Context
from app.usecases.money_home import is_home
from app.usecases.ports import UnitOfWork


def freeze_held(ctx: Context, uow: UnitOfWork, *, letters: str, reason: str) -> tuple[str, ...]:
    """Freeze the unpaid vouchers that are with the device of these letters; answers their numbers. None where no money is made.

    Whoever acts, those of protected people too: nobody is told of whom they are.
    """
    if letters == ctx.place.device_prefix or not is_home(ctx):
        return ()
    mine = ctx.place.device_id
    found = [one for one in uow.reads.cash.vouchers_of(letters) if one.state in ("assigned", "recalled") and one.home_device == mine]
    uow.vouchers.save_many([voucher_rules.freeze(one, own_device=mine, reason=reason) for one in found])
    return tuple(sorted(one.number for one in found))


def freeze_revoked(ctx: Context, uow: UnitOfWork, *, before: DeviceList | None, after: DeviceList | None) -> tuple[str, ...]:
    """Freeze what is with the devices that a list brought as revoked and the one before did not. What people decided since stays."""
    known = {one.device for one in before.devices if not one.active} if before else set()
    ended = [one for one in after.devices if not one.active and one.device not in known] if after else []
    return tuple(number for one in ended for number in freeze_held(ctx, uow, letters=one.letters, reason=one.reason))


def freeze_copied(ctx: Context, uow: UnitOfWork, *, letters: str) -> tuple[str, ...]:
    """Freeze what is with a device of which two copies write: each of them may pay it."""
    return freeze_held(ctx, uow, letters=letters, reason=resources.read_toml("vouchers.toml")["reason"]["copied"])


def is_copied(uow: UnitOfWork, device: str) -> bool:
    """Whether two copies of a device are known to have written."""
    return any(chain != device and device_of(chain) == device for chain in uow.reads.exchange.vector())
