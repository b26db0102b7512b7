"""Banks' ways of taking a transfer file: those shipped, those a municipality made, and its own data as the consignor.

Own profiles and the consignor stand in settings of the store, so they are in every backup. A shipped profile takes the consignor from there.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

from app import resources
from app.domain.bank_kana import legal_kana
from app.domain.bank_profile import BankProfile, check_profile, parse_profile, profile_from, to_toml, with_values
from app.domain.errors import InputFault, RuleViolation
from app.usecases.context import Changes, Context

SETTING = "transfer-profiles"
"""Setting with ``{id: TOML text}`` of the municipality's own profiles."""
CONSIGNOR = "transfer-consignor"
"""Setting with the municipality's own data as JSON, for every profile that has none of its own."""
CONSIGNOR_FIELDS = (
    "consignor_code", "consignor_kana", "bank", "bank_kana", "branch", "branch_kana", "account_kind", "account_number",
)  # fmt: skip
MAX_OWN = 50
_KANA = {"consignor_kana": 40, "bank_kana": 15, "branch_kana": 15}


@lru_cache(maxsize=1)
def shipped_profiles() -> tuple[BankProfile, ...]:
    """The profiles that ship, ``standard`` first."""
    found = [
        profile_from(resources.read_toml("banks", "profiles", file.name), path=file.name)
        for file in sorted(resources.path("banks", "profiles").glob("*.toml"))
    ]
    return tuple(sorted(found, key=lambda one: (one.id != "standard", one.id)))


def list_profiles(ctx: Context | None = None) -> list[BankProfile]:
    """Every profile, the municipality's own first, with the consignor filled in."""
    if ctx is None:
        return list(shipped_profiles())
    own = [parse_profile(text, path=f"{key}.toml") for key, text in sorted(_own_texts(ctx).items())]
    return [_filled(one, read_consignor(ctx)) for one in (*own, *shipped_profiles())]


def find_profile(ctx: Context | None, profile_id: str) -> BankProfile:
    """The profile of this id or title; RuleViolation ``transfer.profile_unknown`` naming those there are."""
    profiles = list_profiles(ctx)
    wanted = profile_id.strip()
    for one in profiles:
        if wanted and wanted in (one.id, one.title):
            return one
    raise RuleViolation("transfer.profile_unknown", field="profile", id=wanted[:60], known=", ".join(one.id for one in profiles))


def usual_profile(ctx: Context) -> BankProfile:
    """The one to take when nobody says which: the municipality's own where there is just one, else ``standard``."""
    own = [one for one in list_profiles(ctx) if one.own]
    return own[0] if len(own) == 1 else find_profile(ctx, "standard")


def profile_text(ctx: Context | None, profile_id: str) -> str:
    """The TOML of a profile: a pattern for one's own."""
    return to_toml(find_profile(ctx, profile_id))


def import_profile(ctx: Context, *, text: str, path: str = "") -> tuple[BankProfile, str, Changes]:
    """Add or replace one of the municipality's own from TOML: the profile, ``created``/``updated``/``unchanged``, changes.

    ``base = "standard"`` takes everything that is not said from that profile. Needs the right ``relief``. The ids of shipped
    profiles cannot be taken (``transfer.profile_shipped``). Kana are made legal; what cannot be is a fault beside its field.
    """
    ctx.require("relief")
    return save_profile(ctx, profile=_legal(_parse(ctx, text, path)))


def save_profile(ctx: Context, *, profile: BankProfile) -> tuple[BankProfile, str, Changes]:
    """Keep one of the municipality's own; see ``import_profile``."""
    ctx.require("relief")
    if any(one.id == profile.id for one in shipped_profiles()):
        raise RuleViolation("transfer.profile_shipped", field="id", id=profile.id)
    profile = _legal(replace(profile, own=True))
    check_profile(profile)
    texts = _own_texts(ctx)
    before, text = texts.get(profile.id), to_toml(profile)
    if before is None and len(texts) >= MAX_OWN:
        raise RuleViolation("transfer.profile_too_many", most=MAX_OWN)
    if before == text:
        return profile, "unchanged", {}
    texts[profile.id] = text
    return profile, "created" if before is None else "updated", _save(ctx, SETTING, texts)


def edit_profile(ctx: Context, *, profile_id: str, values: Mapping[str, Any]) -> tuple[BankProfile, str, Changes]:
    """A profile of one's own with the values of a form; from a shipped one a new one with the given ``id``."""
    base = next((one for one in list_own(ctx) if one.id == profile_id), None) or find_profile(ctx, profile_id)
    return save_profile(ctx, profile=with_values(base, values))


def list_own(ctx: Context) -> list[BankProfile]:
    """The municipality's own, as they were saved."""
    return [parse_profile(text, path=f"{key}.toml") for key, text in sorted(_own_texts(ctx).items())]


def remove_profile(ctx: Context, *, profile_id: str) -> Changes:
    """Remove one of the municipality's own. Files written with it keep what they were written with."""
    ctx.require("relief")
    texts = _own_texts(ctx)
    if profile_id not in texts:
        find_profile(ctx, profile_id)
        raise RuleViolation("transfer.profile_shipped", field="id", id=profile_id)
    del texts[profile_id]
    return _save(ctx, SETTING, texts)


def read_consignor(ctx: Context) -> Mapping[str, Any]:
    """The municipality's data as the consignor; invented ones in a training folder that has none."""
    found = dict(json.loads(ctx.reads.settings.get(CONSIGNOR, "") or "{}"))
    if not found and ctx.place.training:
        found = dict(resources.read_toml("banks", "training.toml"))
    return {key: str(value) for key, value in found.items() if key in CONSIGNOR_FIELDS}


def save_consignor(ctx: Context, *, values: Mapping[str, str]) -> Changes:
    """Keep the municipality's data for all profiles. RuleViolations beside their fields; needs the right ``relief``."""
    ctx.require("relief")
    for key in values:
        if key not in CONSIGNOR_FIELDS:
            raise RuleViolation("transfer.profile_key", field=str(key), key=str(key)[:40])
    blank = BankProfile(id="consignor")
    before = {**{key: getattr(blank, key) for key in CONSIGNOR_FIELDS}, **_stored_consignor(ctx)}
    made = _legal(with_values(blank, {**before, **{key: text.strip() for key, text in values.items()}}))
    if made.missing:
        raise RuleViolation("transfer.consignor_missing", field=made.missing[0], consignor=list(made.missing))
    return _save(ctx, CONSIGNOR, {key: getattr(made, key) for key in CONSIGNOR_FIELDS})


def _stored_consignor(ctx: Context) -> dict[str, str]:
    return dict(json.loads(ctx.reads.settings.get(CONSIGNOR, "") or "{}"))


def _own_texts(ctx: Context) -> dict[str, str]:
    return dict(json.loads(ctx.reads.settings.get(SETTING, "") or "{}"))


def _filled(profile: BankProfile, consignor: Mapping[str, Any]) -> BankProfile:
    """The profile with the consignor's data, all of them or none: an account never goes with another's code."""
    if profile.consignor_code or profile.account_number or profile.bank:
        return profile
    return replace(profile, **dict(consignor))


def _legal(profile: BankProfile) -> BankProfile:
    """Names of the consignor, bank and branch in legal kana. RuleViolation beside the field for what cannot be, or does not fit."""
    changed: dict[str, Any] = {}
    for key, most in _KANA.items():
        text = getattr(profile, key)
        if not text.strip():
            continue
        made = legal_kana(text, charset=profile.charset, most=most, field=key)
        if made.cut:
            raise RuleViolation("transfer.profile_long", field=key, key=key, text=text, most=most, cut=made.cut)
        changed[key] = made.text
    return replace(profile, **changed)


def _parse(ctx: Context, text: str, path: str) -> BankProfile:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return parse_profile(text, path=path)
    if "base" not in values:
        return parse_profile(text, path=path)
    base = values.pop("base")
    known = {one.id: one for one in (*shipped_profiles(), *list_own(ctx))}
    if base not in known:
        raise InputFault("transfer.profile_value", path=path, key="base", value=str(base)[:40])
    inherited = {one.name: getattr(known[base], one.name) for one in fields(BankProfile) if one.name not in ("result", "own", "id")}
    given = {"result": {"byte": known[base].result.byte, "codes": dict(known[base].result.codes)}, **inherited, **values}
    return profile_from(given, path=path, own=True)


def _save(ctx: Context, name: str, values: Mapping[str, str]) -> Changes:
    with ctx.unit() as uow:
        uow.set_setting(name, json.dumps(values, ensure_ascii=False, sort_keys=True))
        return uow.commit()
