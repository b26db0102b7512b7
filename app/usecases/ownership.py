"""Who may change applications and certificates: the site where they were made, for two laptops that have not met must not both decide.

A folder that is not enrolled owns everything in it. Headquarters takes the records of a site over once every device of it is revoked, and
owns those of places that never had a device.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from app.domain.errors import RuleViolation
from app.domain.exchange import OWNED, DeviceList
from app.domain.governance import Site
from app.usecases.context import Context

LIST = "exchange.list"
"""Setting with the newest list of devices as JSON; "" in a folder that takes part in no exchange."""
_STEP = 10_000


def need_owner(ctx: Context, kind: str, record_ids: Iterable[str]) -> None:
    """RuleViolation ``ownership.elsewhere`` (``site``, how many) when another site made any of the records."""
    foreign = foreign_owners(ctx, kind, record_ids)
    if foreign:
        raise RuleViolation("ownership.elsewhere", site=next(iter(foreign.values())), count=len(foreign))


def owner_words(ctx: Context, kind: str, record_id: str) -> str:
    """The name of the site that alone may change the record, "" when this one may."""
    return foreign_owners(ctx, kind, [record_id]).get(record_id, "")


def foreign_owners(ctx: Context, kind: str, record_ids: Iterable[str]) -> dict[str, str]:
    """Those of the records that another site alone may change, with its name.

    One question for some ten thousand records, none in a folder without a list of devices.
    """
    devices = known_devices(ctx) if kind in OWNED else None
    if devices is None:
        return {}
    wanted = list(dict.fromkeys(one for one in record_ids if one))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _STEP):
        made = ctx.reads.exchange.owners(kind, wanted[start : start + _STEP])
        sites = {origin: _owner(ctx, devices, *origin) for origin in set(made.values())}
        names = {site: _site_name(ctx, devices, site) for site in set(sites.values()) - {""}}
        found |= {record: names[sites[origin]] for record, origin in made.items() if sites[origin]}
    return found


def known_devices(ctx: Context) -> DeviceList | None:
    """The devices of the municipality as this folder last heard."""
    text = ctx.reads.settings.get(LIST)
    return _parse(text) if text else None


@lru_cache(maxsize=4)
def _parse(text: str) -> DeviceList:
    return DeviceList.from_json(json.loads(text))


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
