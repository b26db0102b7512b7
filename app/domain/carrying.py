"""What travels of a snapshot of residents: who, in which place, and the card that says what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.domain.errors import IntegrityFault
from app.domain.resident import ResidentRow, Snapshot, SourceMark

FLAGGED = 2
"""``resident.protected`` of somebody whom a measure protects here although the file the snapshot was made from did not say so.

It is no part of the snapshot's content: it comes with the file, only ever grows, and leaves the hash as it is.
"""


class CarriedRow(NamedTuple):
    """A resident with the place that its id names (``line`` of the row says it too), and whether a measure protects it.

    Nothing else of the measure travels.
    """

    place: int
    row: ResidentRow
    flagged: bool = False


class Tally(NamedTuple):
    """How much of a snapshot travels, and the hash over its rows."""

    residents: int
    households: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotCard:
    """What a snapshot file says about itself, before anything is loaded.

    ``residents``, ``households`` and ``sha256`` are of what the file holds; ``span`` and ``whole_sha256`` of the whole snapshot it
    was taken from. ``municipality``, ``disaster``, ``site``, ``written_at`` say where it comes from.
    """

    snapshot_id: str
    label: str
    as_of: datetime
    known_at: datetime
    origin: str
    district: str
    residents: int
    households: int
    sha256: str
    span: int
    whole_sha256: str
    files: tuple[str, ...]
    sources: tuple[SourceMark, ...]
    municipality_code: str
    municipality: str
    disaster: str
    site: str
    training: bool
    written_at: datetime

    @property
    def whole(self) -> bool:
        """Whether the file holds everybody of the snapshot."""
        return self.residents == self.span

    def to_json(self) -> dict[str, Any]:
        """The card as a JSON object."""
        values = {name: getattr(self, name) for name in self.__slots__}
        moments = {name: values[name].isoformat() for name in ("as_of", "known_at", "written_at")}
        return {**values, **moments, "files": list(self.files), "sources": [list(mark) for mark in self.sources]}

    @classmethod
    def from_json(cls, told: Mapping[str, Any], *, path: str = "") -> SnapshotCard:
        """The card that ``to_json`` told; IntegrityFault ``sealed.damaged`` when something of it is missing."""
        try:
            moments: dict[str, Any] = {name: datetime.fromisoformat(told[name]) for name in ("as_of", "known_at", "written_at")}
            lists: dict[str, Any] = {"files": tuple(told["files"]), "sources": tuple(SourceMark(*mark) for mark in told["sources"])}
            rest = {name: told[name] for name in cls.__slots__ if name not in moments and name not in lists}
            return cls(**rest, **moments, **lists)
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityFault("sealed.damaged", path=path) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What loading a snapshot file did. ``added`` 0: all of it was here already. ``flagged``: people newly marked as protected."""

    snapshot: Snapshot
    added: int
    flagged: int
    carried: int
    extended: bool

    @property
    def already(self) -> bool:
        """Whether everybody of the file was here before."""
        return self.added == 0


def join_districts(names: Iterable[str]) -> str:
    """Several districts as one text, each once."""
    return " / ".join(dict.fromkeys(part for name in names for part in name.split(" / ") if part))
