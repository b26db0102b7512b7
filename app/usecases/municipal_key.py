"""The municipality's signing keys: made at headquarters, the public halves known wherever papers are checked.

Kept as a setting of the encrypted store, the private half sealed once more. A new key signs from then on; the older public keys stay,
because papers signed with them stay good.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from app.domain.certificate_code import MOST
from app.domain.dates import JST
from app.domain.errors import IntegrityFault, RuleViolation
from app.usecases.certificate_rows import KeyCard
from app.usecases.context import Changes, Context
from app.usecases.ports import UnitOfWork

SETTING = "certificates.keys"
_QR = re.compile(r"SASAEKEY:([A-Z2-7]{8}):([A-Z2-7]{52})")
_MOST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class _Key:
    id: str
    public: str
    sealed: str = ""
    made_on: str = ""
    label: str = ""
    current: bool = False

    @property
    def raw(self) -> bytes:
        return base64.b64decode(self.public)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key that signs now. ``sign`` answers one signature a message."""

    id: str
    sealed: str

    def sign(self, ctx: Context, bodies: Sequence[str]) -> list[bytes]:
        """Signatures of the bodies of codes."""
        return ctx.signer.sign(self.sealed, [body.encode("ascii") for body in bodies])


def key_id(public: bytes) -> str:
    """Eight characters that name a public key: 40 bits of its SHA-256."""
    return base64.b32encode(hashlib.sha256(public).digest()[:5]).decode("ascii")


def _read(text: str) -> list[_Key]:
    if not text:
        return []
    try:
        return [_Key(**entry) for entry in json.loads(text)]
    except (ValueError, TypeError):
        raise IntegrityFault("certificate.key_damaged") from None


def _write(uow: UnitOfWork, keys: Sequence[_Key]) -> None:
    uow.set_setting(SETTING, json.dumps([asdict(key) for key in keys]))


def list_keys(ctx: Context) -> list[KeyCard]:
    """Every known key, the one that signs now first."""
    found = [
        KeyCard(id=key.id, public=key.public, own=bool(key.sealed), current=key.current, made_on=key.made_on, label=key.label)
        for key in _read(ctx.reads.settings.get(SETTING))
    ]
    return sorted(found, key=lambda card: (not card.current, not card.own, card.made_on))


def find_public(ctx: Context, wanted: str) -> bytes | None:
    """The public key of an id, if it is known here."""
    return next((key.raw for key in _read(ctx.reads.settings.get(SETTING)) if key.id == wanted), None)


def make_key(ctx: Context, *, label: str = "") -> tuple[KeyCard, Changes]:
    """A new key pair that signs from now on. Right ``settings``; noted in the access log."""
    ctx.require("settings")
    with ctx.unit() as uow:
        key = _make(ctx, uow, label)
        changes = uow.commit()
    return KeyCard(id=key.id, public=key.public, own=True, current=True, made_on=key.made_on, label=key.label), changes


def _make(ctx: Context, uow: UnitOfWork, label: str) -> _Key:
    public, sealed = ctx.signer.make()
    made_on = ctx.now().astimezone(JST).date().isoformat()
    name = label.strip() or ctx.place.site_name
    key = _Key(key_id(public), base64.b64encode(public).decode("ascii"), sealed, made_on, name, current=True)
    others = [_Key(**{**asdict(one), "current": False}) for one in _read(uow.reads.settings.get(SETTING))]
    _write(uow, [*others, key])
    uow.log_access(action="key", persons=0, target=key.id)
    return key


def ensure_key(ctx: Context, uow: UnitOfWork) -> SigningKey:
    """The key that signs here. Headquarters makes its first one itself; elsewhere RuleViolation ``certificate.no_key``."""
    own = [key for key in _read(uow.reads.settings.get(SETTING)) if key.sealed]
    found = next((key for key in own if key.current), None)
    if found is None and ctx.place.site_kind != "hq":
        raise RuleViolation("certificate.no_key", field="key")
    key = found or _make(ctx, uow, "")
    return SigningKey(key.id, key.sealed)


def export_key(ctx: Context, *, wanted: str = "") -> tuple[KeyCard, str, str]:
    """The public half of a key (the one that signs now) as PEM and as the text of a QR. RuleViolation ``certificate.key_not_found``."""
    cards = list_keys(ctx)
    card = next((one for one in cards if (one.id == wanted.strip().upper() if wanted else one.current)), None)
    if card is None:
        raise RuleViolation("certificate.key_not_found", field="key", key=wanted)
    public = base64.b64decode(card.public)
    return card, ctx.signer.to_pem(public), f"SASAEKEY:{card.id}:{base64.b32encode(public).decode('ascii').rstrip('=')}"


def import_key(ctx: Context, *, text: str, label: str = "") -> tuple[KeyCard, Changes]:
    """Know another's public key, from PEM or the text of its QR: papers signed with it are checked here, too. Right ``settings``.

    RuleViolation ``certificate.key_unreadable``.
    """
    ctx.require("settings")
    public = _parse(ctx, text)
    if public is None:
        raise RuleViolation("certificate.key_unreadable", field="text")
    made_on = ctx.now().astimezone(JST).date().isoformat()
    with ctx.unit() as uow:
        keys = _read(uow.reads.settings.get(SETTING))
        key = next((one for one in keys if one.raw == public), None)
        if key is None:
            key = _Key(key_id(public), base64.b64encode(public).decode("ascii"), "", made_on, label.strip())
            _write(uow, [*keys, key])
            uow.log_access(action="key", persons=0, target=key.id)
        changes = uow.commit()
    return KeyCard(id=key.id, public=key.public, own=bool(key.sealed), current=key.current, made_on=key.made_on, label=key.label), changes


def know_keys(uow: UnitOfWork, told: Sequence[Mapping[str, str]]) -> int:
    """Know the public keys that a package brought (``public`` in base 64, ``made_on``, ``label``); how many are new. Private halves are not

    looked at, keys already here stay as they are. IntegrityFault ``exchange.settings_damaged`` for what is no key.
    """
    keys = _read(uow.reads.settings.get(SETTING))
    known = {key.public for key in keys}
    fresh: dict[str, _Key] = {}
    for one in told:
        try:
            raw = base64.b64decode(one["public"], validate=True)
        except (KeyError, ValueError):
            raise IntegrityFault("exchange.settings_damaged") from None
        if len(raw) != 32:
            raise IntegrityFault("exchange.settings_damaged")
        public = base64.b64encode(raw).decode("ascii")
        if public not in known:
            fresh[public] = _Key(key_id(raw), public, "", one.get("made_on", "")[:10], one.get("label", "")[:60])
    if fresh:
        _write(uow, [*keys, *fresh.values()])
        for key in fresh.values():
            uow.log_access(action="key", persons=0, target=key.id)
    return len(fresh)


def _parse(ctx: Context, text: str) -> bytes | None:
    if len(text) > _MOST_TEXT:
        return None
    found = _QR.fullmatch("".join(text.split()).upper()) if len(text) <= MOST else None
    if found is None:
        return ctx.signer.from_pem(text.strip() + "\n")
    try:
        public = base64.b32decode(found[2] + "====")
    except binascii.Error:
        return None
    return public if key_id(public) == found[1] else None
