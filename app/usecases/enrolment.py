"""Devices of a municipality: its key, requests, acceptance, revocation (decision 027).

Headquarters keeps a list of every device it ever enrolled, signed by the municipality's key; the newest list travels in every package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import RuleViolation
from app.domain.exchange import DeviceList, EnrolledDevice
from app.usecases.context import Context

LIST = "exchange.list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """The municipality's key as people see it. ``holds_key``: this device may enrol others."""

    number: int
    fingerprint: str
    holds_key: bool
    devices: int


def device_list(ctx: Context) -> DeviceList | None:
    """The newest signed list of devices known here; None before headquarters made one or this device was enrolled."""
    return _read_list(ctx.reads.settings.get(LIST))


def need_list(ctx: Context) -> DeviceList:
    """The list. RuleViolation ``enrol.not_created`` at headquarters, ``enrol.not_enrolled`` elsewhere."""
    found = device_list(ctx)
    if found is None:
        raise RuleViolation("enrol.not_created" if ctx.place.site_kind == "hq" else "enrol.not_enrolled")
    return found


def need_member(ctx: Context) -> tuple[DeviceList, EnrolledDevice]:
    """The list and this device in it. RuleViolation as ``need_list``, ``enrol.not_enrolled``, ``enrol.revoked_here``."""
    found = need_list(ctx)
    mine = found.find(ctx.place.device_id)
    if mine is None:
        raise RuleViolation("enrol.not_enrolled")
    if not mine.active:
        raise RuleViolation("enrol.revoked_here", reason=mine.reason)
    return found, mine


def _read_list(text: str) -> DeviceList | None:
    if not text:
        return None
    told: Mapping[str, object] = json.loads(text)
    return DeviceList.from_json(told)
