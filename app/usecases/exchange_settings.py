"""Settings of headquarters that sites need, inside a package: own editions, public keys, who signs, how certificates are issued.

Headquarters' copy wins at sites and never the other way. Where headquarters has several devices, the one that was enrolled first and is not
revoked leads; the others take its copy and pass it on. What belongs to a laptop (printers, backup folder, paths, the letter before numbers
that are called out) never travels, nor does the private half of a key: a desk that signs makes its own, and its public half goes up and from
there to everybody (decision 027).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from app.domain.errors import IntegrityFault
from app.domain.exchange import HQ, OFFICE, may_have
from app.usecases import municipal_key
from app.usecases.bank_profiles import CONSIGNOR
from app.usecases.bank_profiles import SETTING as PROFILES
from app.usecases.certificate_rows import CertificateSettings
from app.usecases.context import Context
from app.usecases.editions import SETTING as EDITIONS
from app.usecases.ownership import known_devices
from app.usecases.ports import UnitOfWork
from app.usecases.transfer_days import CLOSED

STATE = "exchange.settings"
"""Setting: ``number`` of the copy that was sent or taken last, its ``digest``, and which ``entries`` of lists came with it."""
KEYS = municipal_key.SETTING
VIEWS = "roster.views"
_OWN = frozenset({"queue_prefix"})
_PLAIN: Mapping[str, str] = {
    **dict.fromkeys(("form.municipality", "form.mayor_title", "form.mayor_name", "form.seal_words"), OFFICE),
    **{f"certificates.{one.name}": OFFICE for one in fields(CertificateSettings) if one.name not in _OWN},
    "damage_report": OFFICE,
    CLOSED: OFFICE,
    **dict.fromkeys((CONSIGNOR, "relief_estimates"), HQ),
}
"""Settings that are taken whole, and who may have them."""
_LISTS: Mapping[str, str] = {EDITIONS: "all", VIEWS: "all", PROFILES: HQ}
"""Settings that are JSON objects: entries of headquarters win, what a site added of its own stays."""
_MOST = 4_000_000


def read_travelling(ctx: Context, *, site_kind: str) -> dict[str, Any]:
    """What a package to a site of this kind says of settings: JSON values. From a site only its number and, from a desk, its public keys."""
    state = _state(ctx.reads.settings.get(STATE))
    told: dict[str, Any] = {"number": state["number"], "keys": _public(ctx)}
    if ctx.place.site_kind != "hq":
        return told
    values = _values(ctx, "hq")
    digest = _digest(values)
    if _leads(ctx):
        told["number"] = state["number"] + (digest != state["digest"])
    if told["number"]:
        told |= {"digest": digest, "values": {name: text for name, text in values.items() if may_have(site_kind, _audience(name))}}
    return told


def note_travelling(ctx: Context, uow: UnitOfWork, told: Mapping[str, Any]) -> None:
    """Before the package leaves: its number is used up. Nothing to do at a site."""
    if "values" in told and _leads(ctx):
        state = _state(uow.reads.settings.get(STATE))
        if (state["number"], state["digest"]) != (told["number"], told["digest"]):
            uow.set_setting(STATE, json.dumps({**state, "number": told["number"], "digest": told["digest"]}))


def take_travelling(ctx: Context, uow: UnitOfWork, told: Mapping[str, Any], *, from_hq: bool, from_desk: bool = False) -> list[str]:
    """Take settings in; the names of those that changed. ``from_hq``, ``from_desk``: what the list of devices says of the sender.

    An older copy than the known one changes nothing. IntegrityFault ``exchange.settings_damaged`` for values that are none.
    """
    checked = _check(told)
    changed = _take_keys(ctx, uow, checked["keys"]) if from_hq or (from_desk and ctx.place.site_kind == "hq") else []
    state = _state(uow.reads.settings.get(STATE))
    if ctx.place.site_kind == "hq" and _leads(ctx):
        if checked["number"] > state["number"]:  # this laptop was restored: go on counting from what it had sent before
            uow.set_setting(STATE, json.dumps({**state, "number": checked["number"], "digest": ""}))
        return changed
    newer = (checked["number"], checked["digest"]) != (state["number"], state["digest"]) and checked["number"] >= state["number"]
    if not from_hq or not checked["values"] or not newer:
        return changed
    entries = dict(state["entries"])
    for name, text in sorted(checked["values"].items()):
        if not may_have(ctx.place.site_kind, _audience(name)):
            continue
        before = uow.reads.settings.get(name)
        after = _united(before, text, entries.get(name, [])) if name in _LISTS else text
        if name in _LISTS:
            entries[name] = sorted(json.loads(text or "{}"))
        if after != before:
            uow.set_setting(name, after)
            changed.append(name)
    uow.set_setting(STATE, json.dumps({"number": checked["number"], "digest": checked["digest"], "entries": entries}, ensure_ascii=False))
    return changed


def _values(ctx: Context, site_kind: str) -> dict[str, str]:
    return {name: ctx.reads.settings.get(name) for name in (*_PLAIN, *_LISTS) if may_have(site_kind, _audience(name))}


def _audience(name: str) -> str:
    return _PLAIN.get(name) or _LISTS.get(name, "none")


def _digest(values: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def _leads(ctx: Context) -> bool:
    """Whether this device's settings are those of the municipality."""
    devices = known_devices(ctx)
    if ctx.place.site_kind != "hq" or devices is None:
        return False
    first = min((one for one in devices.devices if one.active and one.site_kind == "hq"), key=lambda one: (one.enrolled_at, one.device), default=None)
    return first is not None and first.device == ctx.place.device_id


def _public(ctx: Context) -> list[dict[str, str]]:
    """Public halves only: those known at headquarters; elsewhere those of keys made here."""
    every = ctx.place.site_kind == "hq"
    if ctx.place.site_kind not in ("hq", "desk"):
        return []
    found = [one for one in municipal_key.list_keys(ctx) if every or one.own]
    return [{"public": one.public, "made_on": one.made_on, "label": one.label} for one in sorted(found, key=lambda one: one.id)]


def _take_keys(ctx: Context, uow: UnitOfWork, keys: list[dict[str, str]]) -> list[str]:
    return [KEYS] if municipal_key.know_keys(uow, keys) else []


def _united(before: str, given: str, known: list[str]) -> str:
    """Entries here with those of headquarters over them; what came from there before and is not there any more goes."""
    mine: dict[str, Any] = json.loads(before or "{}")
    theirs: dict[str, Any] = json.loads(given or "{}")
    kept = {key: value for key, value in mine.items() if key in theirs or key not in known}
    return json.dumps({**kept, **theirs}, ensure_ascii=False) if {**kept, **theirs} != mine else before


def _state(text: str) -> dict[str, Any]:
    return {"number": 0, "digest": "", "entries": {}, **(json.loads(text) if text else {})}


def _check(told: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a message, each of its type; unknown names of settings, which a later version may have added, are left out."""
    number, digest, values, keys = told.get("number", 0), told.get("digest", ""), told.get("values", {}), told.get("keys", [])
    texts = isinstance(values, dict) and all(isinstance(text, str) and len(text) < _MOST for text in values.values())
    halves = isinstance(keys, list) and all(isinstance(one, dict) and all(isinstance(part, str) for part in one.values()) for one in keys)
    if not (type(number) is int and 0 <= number < 2**53 and isinstance(digest, str) and texts and halves):
        raise IntegrityFault("exchange.settings_damaged")
    kept = {name: text for name, text in values.items() if _audience(name) != "none"}
    try:
        whole = all(isinstance(json.loads(kept[name] or "{}"), dict) for name in _LISTS if name in kept)
    except ValueError:
        whole = False
    if not whole:
        raise IntegrityFault("exchange.settings_damaged")
    return {"number": number, "digest": digest, "values": kept, "keys": keys}
