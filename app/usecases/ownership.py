"""Who may change applications and certificates: the site where they were made, for two laptops that have not met must not both decide.

A folder that is not enrolled owns everything in it. Headquarters takes the records of a site over once every device of it is revoked, and
owns those of places that never had a device.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache

from app.domain.errors import RuleViolation
from app.domain.exchange import OWNED, DeviceList
from app.domain.governance import Site
from app.usecases.context import Context

LIST = "exchange.list"
"""Setting with the newest list of devices as JSON; "" in a folder that takes part in no exchange."""
_STEP = 10_000


def need_owner(ctx: Context, kind: str, record_ids: Iterable[str]) -> None:
    """RuleViolation ``ownership.elsewhere`` (``site``, ``device``, ``kind``, how many) when another site made any of the records.

    One question for some ten thousand records, none in a folder without a list of devices.
    """
    devices = known_devices(ctx)
    if devices is None or kind not in OWNED:
        return
    wanted = list(dict.fromkeys(one for one in record_ids if one))
    foreign = [at for start in range(0, len(wanted), _STEP) for at in _elsewhere(ctx, devices, kind, wanted[start : start + _STEP])]
    if foreign:
        device, site_id = foreign[0]
        raise RuleViolation(
            "ownership.elsewhere", kind=kind, site=_site_name(ctx, devices, site_id), device=_letters(devices, device), count=len(foreign)
        )


def owner_words(ctx: Context, kind: str, record_id: str) -> str:
    """The name of the site that alone may change the record, "" when this one may."""
    devices = known_devices(ctx)
    if devices is None or kind not in OWNED:
        return ""
    found = _elsewhere(ctx, devices, kind, [record_id])
    return _site_name(ctx, devices, found[0][1]) if found else ""


def known_devices(ctx: Context) -> DeviceList | None:
    """The devices of the municipality as this folder last heard."""
    text = ctx.reads.settings.get(LIST)
    return _parse(text) if text else None


@lru_cache(maxsize=4)
def _parse(text: str) -> DeviceList:
    return DeviceList.from_json(json.loads(text))


def _elsewhere(ctx: Context, devices: DeviceList, kind: str, record_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Device and site of those records that are another site's."""
    made = ctx.reads.exchange.owners(kind, record_ids)
    return [(device, site) for device, told in made.values() if (site := _owner(ctx, devices, device, told))]


def _owner(ctx: Context, devices: DeviceList, device: str, told: str) -> str:
    """The other site that owns what the device made, "" when this one does. Where a device works now counts before what it once wrote."""
    place = ctx.place
    known = devices.find(device)
    site = known.site_id if known is not None else told
    if device == place.device_id or site == place.site_id:
        return ""
    if place.site_kind == "hq" and not devices.at_site(site):
        return ""
    return site


def _site_name(ctx: Context, devices: DeviceList, site_id: str) -> str:
    site = ctx.reads.get("site", site_id)
    if isinstance(site, Site):
        return site.name
    return next((one.site_name for one in devices.devices if one.site_id == site_id), "")


def _letters(devices: DeviceList, device: str) -> str:
    known = devices.find(device)
    return known.letters if known is not None else ""
