"""What laptops tell each other: who may have which records, how far each chain of operations is known, and the devices of a municipality."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from app.domain.errors import IntegrityFault

ALL, OFFICE, HQ, NONE = "all", "office", "hq", "none"
AUDIENCES: Mapping[str, str] = {
    **dict.fromkeys(
        ("site", "operator", "shelter", "spell", "headcount", "household", "person", "stay", "absence", "decision", "protection", "character"),
        ALL,
    ),
    **dict.fromkeys(
        (
            *("building", "victim", "victim_member", "occupancy", "survey", "team", "assignment", "appeal", "photo", "application"),
            *("certificate", "certificate_copy", "form_design", "seal_picture", "casualty", "claim", "payee", "payee_account", "own_bank"),
            *("programme", "relief_round", "relief_rule"),
        ),
        OFFICE,
    ),
    **dict.fromkeys(
        (
            *("entitlement", "loan", "repayment", "approval_limit", "payment_batch", "payment", "payment_share", "transfer_file"),
            *("transfer_result", "reconciliation", "posting", "money_home"),
        ),
        HQ,
    ),
    **dict.fromkeys(("disaster", "voucher", "receipt", "cash_box", "cash_count"), NONE),
}
"""Who gets operations of a kind from others: everybody, headquarters and desks, headquarters only, nobody.

``NONE``: a folder's disaster is compared, never merged; vouchers and cash travel as messages of their owner (decision 018)."""
OWNED = frozenset({"application", "certificate", "certificate_copy"})
"""Kinds that only the site where they were made may change; another one asks there (DESIGN 5)."""
_ENTITLED = {"hq": frozenset({ALL, OFFICE, HQ}), "desk": frozenset({ALL, OFFICE})}


def may_have(site_kind: str, audience: str) -> bool:
    """Whether a site of this kind is given records of this audience."""
    return audience in _ENTITLED.get(site_kind, frozenset({ALL}))


class Known(NamedTuple):
    """How far a chain is known without a gap, and the chain's hash there: two copies of one device differ in it."""

    seq: int
    hash: str


Vector = Mapping[str, Known]
"""How far each chain is known at a device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of a chain that its own device vouched for: ``signature`` (hex, Ed25519) over ``head_text``."""

    chain: str
    seq: int
    hash: str
    signature: str


def head_text(chain: str, seq: int, digest: str) -> bytes:
    """What a device signs of its chain."""
    return f"sasae chain head\n{chain}\n{seq}\n{digest}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Operations of one chain that follow each other. ``rows``: as the journal has them (``SEGMENT_COLUMNS``), or a ``Gap`` where the
    receiver is not given them. ``previous``: the chain's hash before the first; ``head``: what the device itself vouched for, at or behind
    the end. ``parent`` and ``forked`` say which chain this one was copied from, and the last sequence they share ("" and 0 for none).
    """

    chain: str
    device: str
    first: int
    previous: str
    rows: tuple[tuple[Any, ...] | Gap, ...]
    parent: str = ""
    forked: int = 0
    head: Head | None = None


class Gap(NamedTuple):
    """Operations ``first`` to ``last`` that are left out for everybody who may not have ``audience``; ``hash`` is the chain's behind them."""

    first: int
    last: int
    audience: str
    hash: str


SEGMENT_COLUMNS = (
    "op_id", "act", "device_seq", "context", "hlc", "at_ms", "operator", "site", "purpose", "reason", "kind", "record", "action", "changes",
)  # fmt: skip
"""``context`` and ``changes`` are the texts that were hashed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledDevice:
    """A device of the municipality. ``recipient``: its public key for encryption (``age1…``), ``verify_key``: for its signatures (Ed25519,
    64 hexadecimal digits). ``state``: ``active`` or ``revoked``; of a revoked one nothing behind ``revoked_seq`` of its chain counts.
    """

    device: str
    letters: str
    site_id: str
    site_name: str
    site_kind: str
    recipient: str
    verify_key: str
    enrolled_at: str
    state: str = "active"
    revoked_at: str = ""
    revoked_seq: int = 0
    reason: str = ""

    @property
    def active(self) -> bool:
        """Whether it takes part."""
        return self.state == "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceList:
    """Every device that headquarters ever enrolled, signed by the municipality's key. A higher ``number`` replaces a lower one.

    ``municipal_key`` (Ed25519, hex) is what a site trusted when it was enrolled; ``mark`` names the disaster (``voucher_rules.disaster_mark``).
    ``partial``: only headquarters and the laptop that it enrols, so that an answer fits a QR; such a list never replaces another's whole one.
    """

    number: int
    municipality_code: str
    municipality: str
    disaster: str
    mark: str
    training: bool
    municipal_key: str
    written_at: str
    devices: tuple[EnrolledDevice, ...]
    signature: str = ""
    partial: bool = False

    def text(self) -> bytes:
        """What the municipality's key signs."""
        return json.dumps(self.to_json() | {"signature": ""}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def find(self, device: str) -> EnrolledDevice | None:
        """The device with this id."""
        return next((one for one in self.devices if one.device == device), None)

    def at_site(self, site_id: str) -> tuple[EnrolledDevice, ...]:
        """The active devices of a site."""
        return tuple(one for one in self.devices if one.site_id == site_id and one.active)

    def with_device(self, device: EnrolledDevice) -> DeviceList:
        """The list with this device put in or replaced, not signed yet."""
        others = tuple(one for one in self.devices if one.device != device.device)
        return replace(self, number=self.number + 1, devices=(*others, device), signature="")

    def to_json(self) -> dict[str, Any]:
        """The list as a JSON object."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return {**told, "devices": [{name: getattr(one, name) for name in one.__slots__} for one in self.devices]}

    @classmethod
    def from_json(cls, told: Mapping[str, Any], *, path: str = "") -> DeviceList:
        """The list that ``to_json`` told; IntegrityFault ``sealed.damaged`` when something of it is missing or of another type."""
        try:
            devices = tuple(EnrolledDevice(**one) for one in told["devices"])
            return cls(**{**{name: told[name] for name in cls.__slots__}, "devices": devices})
        except (KeyError, TypeError) as error:
            raise IntegrityFault("sealed.damaged", path=path) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerNews:
    """What is known here of another device besides its enrolment. Moments by this computer's clock, except ``written_at`` (theirs).

    ``knows``: how far it said it knows each chain. ``clock_offset``: seconds its clock was ahead when its last package was taken in.
    """

    device: str
    knows: Vector
    heard_at: datetime | None = None
    written_at: datetime | None = None
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    clock_offset: int | None = None
