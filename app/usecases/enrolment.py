"""Devices of a municipality: its key, the signed list of devices, revocation (decision 028). ``enrolling`` has requests and answers.

Headquarters keeps a list of every device it ever enrolled, signed by the municipality's key; the newest list travels in every package.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.enrolment import fingerprint
from app.domain.errors import IntegrityFault, RuleViolation
from app.domain.exchange import DeviceList, EnrolledDevice
from app.domain.folding import fold_name
from app.domain.governance import Site
from app.domain.identifiers import read_symbols
from app.domain.merging import device_of
from app.usecases.cash_desk import disaster_mark
from app.usecases.context import Changes, Context
from app.usecases.ports import UnitOfWork
from app.usecases.voucher_freezing import freeze_held

LIST, CONFIRMED, BEFORE = "exchange.list", "exchange.confirmed", "exchange.before"
"""Settings: the newest list; the municipal key that a person compared; the devices that this folder was before it was copied or restored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """The municipality's key and list as people see them.

    ``number`` 0 and ``fingerprint`` "" before there are any. ``holds_key``: this device may enrol and revoke. ``confirmed``: somebody compared
    the fingerprint. ``state`` of this device: ``active``, ``revoked``, ``unknown`` (not enrolled). ``before``: letters of the device that
    this folder was before it was copied or restored, if that one still counts as active.
    """

    number: int
    fingerprint: str
    holds_key: bool
    confirmed: bool
    state: str
    reason: str
    before: str
    written_at: str
    devices: tuple[EnrolledDevice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """A device that counts no more. ``known``: operations of it that count; ``vouchers``: numbers of those that name it and are unpaid."""

    device: EnrolledDevice
    known: int
    vouchers: tuple[str, ...]
    changes: Changes


# -- reading -------------------------------------------------------------------------------------------------


def device_list(ctx: Context) -> DeviceList | None:
    """The newest signed list of devices known here; None before headquarters made one or this device was enrolled."""
    return read_list(ctx.reads.settings.get(LIST))


def need_list(ctx: Context) -> DeviceList:
    """The list. RuleViolation ``enrol.not_created`` at headquarters, ``enrol.not_enrolled`` elsewhere."""
    found = device_list(ctx)
    if found is None:
        raise RuleViolation("enrol.not_created" if ctx.place.site_kind == "hq" else "enrol.not_enrolled")
    return found


def need_member(ctx: Context) -> tuple[DeviceList, EnrolledDevice]:
    """The list and this device in it. RuleViolation as ``need_list``, ``enrol.not_enrolled``, ``enrol.again_at_hq`` (a restored headquarters
    that holds the key), ``enrol.revoked_here``.
    """
    found = need_list(ctx)
    mine = found.find(ctx.place.device_id)
    if mine is None:
        raise RuleViolation("enrol.again_at_hq" if ctx.keys.municipal_key() else "enrol.not_enrolled")
    if not mine.active:
        raise RuleViolation("enrol.revoked_here", reason=mine.reason)
    return found, mine


def read_list(text: str) -> DeviceList | None:
    """The list in a setting."""
    return DeviceList.from_json(json.loads(text)) if text else None


def show_municipality(ctx: Context) -> Municipality:
    """What the page of sites tells about devices. No right is needed: everybody may know who takes part."""
    found = device_list(ctx)
    mine = found.find(ctx.place.device_id) if found else None
    before = found.find(former_device(ctx)) if found else None
    return Municipality(
        number=found.number if found else 0,
        fingerprint=fingerprint(found.municipal_key) if found else "",
        holds_key=bool(ctx.keys.municipal_key()),
        confirmed=found is not None and ctx.reads.settings.get(CONFIRMED) == found.municipal_key,
        state=mine.state if mine else "unknown",
        reason=mine.reason if mine else "",
        before=before.letters if before is not None and before.active else "",
        written_at=found.written_at if found else "",
        devices=in_order(found.devices) if found else (),
    )


def former_device(ctx: Context) -> str:
    """The device that this folder was before it was copied or restored: the last that headquarters knows, "" for none."""
    former = [one for one in ctx.reads.settings.get(BEFORE).split(",") if one]
    known = device_list(ctx)
    return next((one for one in former if known and known.find(one)), former[0] if former else "")


def in_order(devices: Sequence[EnrolledDevice]) -> tuple[EnrolledDevice, ...]:
    """Active ones first, headquarters before desks and shelters, then by the name of the site."""
    kinds = {"hq": 0, "desk": 1}
    return tuple(sorted(devices, key=lambda one: (not one.active, kinds.get(one.site_kind, 2), fold_name(one.site_name), one.letters)))


def find_device(devices: DeviceList, wanted: str) -> EnrolledDevice:
    """A device by its four letters or its id; by the name of its site when one device works there. RuleViolation ``enrol.device_unknown``."""
    letters = read_symbols(wanted)
    named = [one for one in devices.devices if wanted.strip() == one.device or (letters and one.letters == letters)]
    named = named or [one for one in devices.devices if one.active and fold_name(one.site_name) == fold_name(wanted)]
    if len(named) != 1:
        raise RuleViolation("enrol.device_unknown", field="device", device=wanted)
    return named[0]


# -- headquarters ----------------------------------------------------------------------------------------------


def create_municipality(ctx: Context) -> tuple[Municipality, Changes]:
    """Make the municipality's key and a list with this device, or put this device into the list of a restored headquarters.

    Right ``enrol``. RuleViolation ``enrol.only_headquarters``, ``enrol.already_created``, ``enrol.not_the_office`` (a list but no key),
    ``enrol.revoked_here``.
    """
    ctx.require("enrol")
    if ctx.place.site_kind != "hq":
        raise RuleViolation("enrol.only_headquarters", site=ctx.place.site_name)
    known = device_list(ctx)
    if known is not None and not ctx.keys.municipal_key():
        raise RuleViolation("enrol.not_the_office")
    mine = known.find(ctx.place.device_id) if known else None
    if mine is not None:
        raise RuleViolation("enrol.already_created" if mine.active else "enrol.revoked_here", reason=mine.reason)
    ctx.keys.renew()
    key = ctx.keys.ensure_municipal()
    with ctx.unit() as uow:
        place = ctx.place
        started = known or DeviceList(
            number=0, municipality_code=place.municipality_code, municipality=place.municipality_name, disaster=place.disaster_name,
            mark=disaster_mark(ctx), training=place.training, municipal_key=key, written_at="", devices=(),
        )  # fmt: skip
        write_list(ctx, uow, started.with_device(_own_entry(ctx, uow)))
        uow.set_setting(CONFIRMED, key)
        uow.log_access(action="key", persons=0, target=place.device_prefix)
        changes = uow.commit()
    return show_municipality(ctx), changes


def _own_entry(ctx: Context, uow: UnitOfWork) -> EnrolledDevice:
    place = ctx.place
    return EnrolledDevice(
        device=place.device_id, letters=place.device_prefix, site_id=place.site_id, site_name=place.site_name, site_kind=place.site_kind,
        recipient=ctx.keys.recipient(), verify_key=ctx.keys.verify_key(), enrolled_at=moment(uow),
    )  # fmt: skip


def moment(uow: UnitOfWork) -> str:
    """Now, in whole seconds: it is short in a QR."""
    return uow.now.replace(microsecond=0).isoformat()


def write_list(ctx: Context, uow: UnitOfWork, devices: DeviceList) -> DeviceList:
    """Sign a list and make it the newest here. RuleViolation ``enrol.not_the_office``."""
    signed = sign_list(ctx, replace(devices, written_at=moment(uow), partial=False))
    keep_list(uow, signed)
    return signed


def sign_list(ctx: Context, devices: DeviceList) -> DeviceList:
    """The list with the municipality's signature. RuleViolation ``enrol.not_the_office``."""
    return replace(devices, signature=ctx.keys.sign_municipal(devices.text()))


def keep_list(uow: UnitOfWork, devices: DeviceList) -> None:
    """Make a list that was checked the newest here."""
    uow.set_setting(LIST, json.dumps(devices.to_json(), ensure_ascii=False, separators=(",", ":")))


def need_office(ctx: Context) -> DeviceList:
    """The list, where devices are enrolled and revoked. Right ``enrol``; RuleViolation ``enrol.not_the_office``, those of ``need_member``."""
    ctx.require("enrol")
    found, _ = need_member(ctx)
    if ctx.keys.municipal_key() != found.municipal_key:
        raise RuleViolation("enrol.not_the_office")
    return found


def revoke_device(ctx: Context, *, device: str, reason: str) -> Revoked:
    """A lost or stolen laptop counts no more: what headquarters knows of its chain stays, nothing behind it is taken in any more.

    The vouchers that are with it are frozen until two people void them or it is found.

    ``device``: letters, id or site. Right ``enrol``. RuleViolation ``reason.missing``, ``enrol.device_unknown``, ``enrol.already_revoked``,
    ``enrol.revoke_self``, those of ``need_office``.
    """
    if not reason.strip():
        raise RuleViolation("reason.missing", field="reason")
    found = need_office(ctx)
    lost = find_device(found, device)
    if not lost.active:
        raise RuleViolation("enrol.already_revoked", field="device", device=lost.letters, reason=lost.reason)
    if lost.device == ctx.place.device_id:
        raise RuleViolation("enrol.revoke_self", field="device", device=lost.letters)
    with ctx.unit(reason=reason.strip()) as uow:
        ended = revoked(ctx, uow, lost, reason=reason.strip())
        write_list(ctx, uow, found.with_device(ended))
        numbers = sorted(one.number for one in uow.reads.cash.vouchers_of(lost.letters) if one.state == "assigned")
        freeze_held(ctx, uow, letters=lost.letters, reason=reason.strip())
        uow.log_access(action="key", persons=0, target=lost.letters)
        changes = uow.commit()
    return Revoked(device=ended, known=ended.revoked_seq, vouchers=tuple(numbers), changes=changes)


def revoked(ctx: Context, uow: UnitOfWork, device: EnrolledDevice, *, reason: str, told: int = 0) -> EnrolledDevice:
    """The entry of a device that counts no more behind what is known here, or behind ``told`` of the laptop that takes its place."""
    known = [one.seq for chain, one in uow.reads.exchange.vector().items() if device_of(chain) == device.device]
    return replace(device, state="revoked", revoked_at=moment(uow), revoked_seq=max([told, *known]), reason=reason)


# -- lists of others -------------------------------------------------------------------------------------------


def take_list(ctx: Context, uow: UnitOfWork, devices: DeviceList) -> bool:
    """Take a list in that came with a package; answers whether it changed anything here. A newer number wins.

    Where the municipality's key is held, what two lists say is united and signed anew: a restored headquarters learns what it had enrolled
    since its backup. A partial list changes nothing. RuleViolation ``enrol.list_other_key``; IntegrityFault ``enrol.list_false``.
    """
    mine = read_list(uow.reads.settings.get(LIST))
    if mine is None:
        return False
    check_list(ctx, devices, trusted=mine.municipal_key)
    if devices.partial or devices.text() == mine.text():
        return False
    if ctx.keys.municipal_key() == mine.municipal_key:
        return _unite(ctx, uow, mine, devices)
    if devices.number < mine.number or (devices.number == mine.number and not mine.partial):
        return False
    keep_list(uow, devices)
    return True


def check_list(ctx: Context, devices: DeviceList, *, trusted: str) -> None:
    """RuleViolation ``enrol.list_other_key``; IntegrityFault ``enrol.list_false`` when the municipality did not sign it."""
    if devices.municipal_key != trusted:
        raise RuleViolation("enrol.list_other_key")
    if not ctx.keys.verify(replace(devices, signature="").text(), devices.signature, trusted):
        raise IntegrityFault("enrol.list_false")


def _unite(ctx: Context, uow: UnitOfWork, mine: DeviceList, theirs: DeviceList) -> bool:
    merged = {one.device: one for one in mine.devices}
    for one in theirs.devices:
        known = merged.get(one.device)
        if known is None or (not one.active and (known.active or known.revoked_seq < one.revoked_seq)):
            merged[one.device] = one
    devices = tuple(merged.values())
    if set(devices) == set(mine.devices) and theirs.number <= mine.number:
        return False
    if set(devices) == set(theirs.devices):
        if theirs.number <= mine.number:
            theirs = sign_list(ctx, replace(theirs, number=mine.number + 1, written_at=moment(uow), signature=""))
        keep_list(uow, theirs)
        return True
    write_list(ctx, uow, replace(mine, number=max(mine.number, theirs.number) + 1, devices=devices, signature=""))
    return True


def find_site(ctx: Context, wanted: str) -> Site | None:
    """The site with this id or name; one whose record has not come with a package yet, as the list of devices tells it."""
    sites = [one for one in ctx.reads.all("site") if isinstance(one, Site)]
    known, here = device_list(ctx), {one.id for one in sites}
    sites += [Site(id=one.site_id, name=one.site_name, kind=one.site_kind) for one in (known.devices if known else ()) if one.site_id not in here]
    named = [one for one in sites if wanted.strip() in (one.id, one.name)] or [one for one in sites if fold_name(one.name) == fold_name(wanted)]
    return named[0] if named else None
