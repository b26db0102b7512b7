"""What the exchange asks of the store and of the device's keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.exchange import DeviceList, Head, PeerNews, Segment, Vector
from app.domain.merging import Conflict
from app.usecases.exchange_rows import ConflictView, GapNote, MergeReport, PackageRow
from app.usecases.job import QUIET, Job


class ExchangeReads(Protocol):
    """Chains, packages, peers and conflicts. Protected people are in no conflict of a reader who may not see them."""

    def vector(self) -> Vector:
        """How far each chain is known here without a gap, branches included."""
        ...

    def count_since(self, known: Vector, *, site_kind: str) -> int:
        """How many operations ``segments`` would give, gaps not counted."""
        ...

    def segments(self, known: Vector, *, site_kind: str, most: int = 2000) -> Iterator[Segment]:
        """Everything here that a site of this kind lacks when it knows ``known``, chain by chain, each segment at most ``most`` rows long.

        A chain that the receiver knows by another hash at its sequence (a copied device) is given from where the two can have parted.
        """
        ...

    def span(self, known: Vector, *, site_kind: str) -> tuple[datetime | None, datetime | None]:
        """When the oldest and the newest of these operations were made."""
        ...

    def pictures_since(self, known: Vector, *, site_kind: str) -> list[str]:
        """Attachments (content names) that those operations speak of."""
        ...

    def pictures_spoken(self) -> list[str]:
        """Attachments (content names) that the records here speak of, each once; all sides of an open conflict count."""
        ...

    def gaps(self) -> list[GapNote]: ...
    def heads(self) -> list[Head]:
        """The last head that each device vouched for."""
        ...

    def peers(self) -> list[PeerNews]: ...
    def written_until(self) -> dict[str, datetime]:
        """When each device wrote the newest of its packages that were taken in here, by its own clock. Receipts do not count."""
        ...

    def newest(self) -> dict[str, datetime]:
        """When the newest operation of each chain that is here was made, by chain."""
        ...

    def packages(self, *, limit: int = 200) -> list[PackageRow]: ...
    def knows_package(self, package_id: str) -> bool: ...
    def conflicts(self, *, limit: int | None = None, only: str = "") -> list[ConflictView]:
        """Open conflicts, those found first at the beginning; with ``only`` the one of this id."""
        ...

    def count_conflicts(self) -> int: ...
    def conflict(self, conflict_id: str) -> Conflict | None: ...
    def owners(self, kind: str, record_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Where each record was made: the device (never a branch's name) and the site its operation tells. Some ten thousand at once."""
        ...


class ExchangeWrites(Protocol):
    """The exchange inside one unit of work (``uow.exchange``)."""

    def take(self, segments: Iterable[Segment], *, devices: DeviceList, job: Job = QUIET) -> MergeReport:
        """Put operations in and work out every record they touch. Twice, late, in any order, with gaps: the same in the end.

        IntegrityFault ``exchange.chain_broken`` (hashes do not follow), ``exchange.head_false`` (a device did not vouch for this),
        ``exchange.same_operation`` (one operation id, two contents); EnvironmentFault ``exchange.unknown_kind`` (a newer program wrote it).
        """
        ...

    def settle(self, conflict: Conflict, values: dict[str, object]) -> None:
        """Write what a person decided: an operation about all fields of the conflict, also where nothing changes."""
        ...

    def vouch(self) -> Head:
        """Sign the end of this device's own chain."""
        ...

    def note_peer(self, news: PeerNews) -> None: ...
    def note_package(self, row: PackageRow, *, sha256: str, details: str = "{}") -> None: ...
    def mark_package(self, package_id: str, *, state: str, at: datetime) -> None: ...


class DeviceKeys(Protocol):
    """This device's own secret keys, sealed in the store, and the municipality's at headquarters (``ctx.keys``)."""

    def ensure(self) -> None:
        """Make this device's keys if it has none."""
        ...

    def renew(self) -> bool:
        """New keys when those here were made for the device that this folder was before; answers whether they are new."""
        ...

    def owner(self) -> str:
        """The device that these keys were made for; "" before there are any."""
        ...

    def recipient(self) -> str:
        """``age1…``: what others encrypt to; "" before ``ensure``."""
        ...

    def identity(self) -> str:
        """The secret key that opens what was encrypted to ``recipient``."""
        ...

    def identities(self) -> tuple[str, ...]:
        """That key and those of the devices that this folder was before: all that may open a package. Empty before ``ensure``."""
        ...

    def verify_key(self) -> str:
        """64 hexadecimal digits; "" before ``ensure``."""
        ...

    def sign(self, message: bytes) -> str:
        """Ed25519, hexadecimal."""
        ...

    def verify(self, message: bytes, signature: str, verify_key: str) -> bool: ...
    def ensure_municipal(self) -> str:
        """At headquarters: make the municipality's key if there is none; answers its public half in hexadecimal."""
        ...

    def municipal_key(self) -> str:
        """The public half of the municipality's key where its secret half is held, else ""."""
        ...

    def sign_municipal(self, message: bytes) -> str: ...
    def lend_municipal(self, recipient: str) -> str:
        """The municipality's secret key, encrypted to another device of headquarters."""
        ...

    def take_municipal(self, lent: str, *, expected: str) -> None:
        """Keep what ``lend_municipal`` answered. IntegrityFault ``enrol.damaged`` when it is not the key ``expected``."""
        ...
