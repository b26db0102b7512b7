"""Devices of a store: becoming a new one, and the site that it works for. All of it inside the caller's transaction."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from app.domain.identifiers import device_prefix, new_id
from app.domain.journal import GENESIS
from app.storage import tables as t
from app.storage.journal import CONTEXT, seal_of
from app.storage.whereabouts import PLACE

BEFORE, LIST = "exchange.before", "exchange.list"
"""Settings: the devices that this folder was before, the last first, and the newest list of devices."""
_KEPT = 20


def become_new(connection: Connection, data_key: bytes, *, site_id: str, now: datetime) -> str:
    """Register this store as a device of its own; answers the new id. Its keys stay until it asks to be enrolled."""
    previous = connection.execute(select(t.device.c.id, t.device.c.hlc).where(t.device.c.is_self)).one_or_none()
    settings = dict(connection.execute(select(t.setting.c.name, t.setting.c.value).where(t.setting.c.name.in_((BEFORE, LIST)))).all())
    taken = set(connection.execute(select(t.device.c.prefix)).scalars())
    taken |= {one["letters"] for one in json.loads(settings.get(LIST) or "{}").get("devices", ())}
    device = next(one for one in iter(new_id, "") if device_prefix(one) not in taken)
    connection.execute(update(t.device).values(is_self=False))
    connection.execute(
        insert(t.device).values(
            id=device,
            prefix=device_prefix(device),
            is_self=True,
            site_id=site_id,
            created_at=now,
            journal_seq=0,
            journal_hash=GENESIS,
            hlc=previous.hlc if previous else "",
            seal=seal_of(data_key, device, 0, GENESIS),
        )
    )
    connection.execute(t.serial.delete())
    connection.execute(t.setting.delete().where(t.setting.c.name.in_((CONTEXT, PLACE, BEFORE))))
    if previous is not None:
        lineage = [previous.id, *filter(None, settings.get(BEFORE, "").split(","))][:_KEPT]
        connection.execute(insert(t.setting).values(name=BEFORE, value=",".join(lineage)))
    return device


def own_site(connection: Connection) -> str:
    """The site that this device works for."""
    return str(connection.execute(select(t.device.c.site_id).where(t.device.c.is_self)).scalar_one())


def work_at(connection: Connection, site_id: str) -> None:
    """This device works for another site from its next opening on."""
    connection.execute(update(t.device).where(t.device.c.is_self).values(site_id=site_id))
