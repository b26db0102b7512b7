"""Who acts, where, with what: handed as the first argument to every use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.domain.errors import RuleViolation
from app.domain.governance import rights_of
from app.usecases.certificate_ports import CertificateSigner
from app.usecases.exchange_ports import DeviceKeys
from app.usecases.photo_ports import Attachments
from app.usecases.ports import BackupDesk, KeyCabinet, Matcher, Reads, UnitOfWork

Changes = Mapping[str, frozenset[str]]
"""What an act changed: record ids by kind. Pages refresh by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The operator who is signed in."""

    operator_id: str
    name: str
    roles: tuple[str, ...]
    slot: str

    def may(self, right: str) -> bool:
        """Whether any of the actor's roles gives the right."""
        return right in rights_of(self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Device, site and disaster this store works for."""

    device_id: str
    device_prefix: str
    site_id: str
    site_name: str
    site_kind: str
    disaster_id: str
    disaster_name: str
    occurred_at: datetime
    municipality_code: str
    municipality_name: str
    training: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a use case may reach. ``purpose`` goes to journal and access log.

    ``reads`` answers for this actor: without the right ``see_protected`` there are no protected people in it (decision 006).
    """

    actor: Actor
    place: Place
    open_uow: Callable[[str, str], UnitOfWork]
    reads: Reads
    cabinet: KeyCabinet
    backups: BackupDesk
    attachments: Attachments
    signer: CertificateSigner
    keys: DeviceKeys
    matcher: Matcher
    now: Callable[[], datetime]
    purpose: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", self.reads.seen_by(see_protected=self.actor.may("see_protected")))

    def unit(self, *, reason: str = "") -> UnitOfWork:
        """A new unit of work for this purpose."""
        return self.open_uow(self.purpose, reason)

    def require(self, right: str) -> None:
        """RuleViolation ``permission.denied`` unless the actor may."""
        if not self.actor.may(right):
            raise RuleViolation("permission.denied", right=right, operator=self.actor.name)

    def for_purpose(self, purpose: str) -> Context:
        """The same context with another purpose."""
        return replace(self, purpose=purpose)


def system_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)
