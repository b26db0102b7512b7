"""What photos ask of the outside: where pictures are kept, and what is known of photos. Part of ``usecases.ports``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.usecases.photo_rows import KnownPhoto, PhotoBatch, PhotoRow, Visit


class Attachments(Protocol):
    """Pictures and scanned sheets kept beside the store, encrypted, each content once, under a name that tells nothing."""

    def put(self, content: bytes) -> str:
        """Keep a content and answer its name; it is on the disk then. EnvironmentFault ``file.disk_full`` and its like."""
        ...

    def get(self, name: str) -> bytes:
        """The content. IntegrityFault ``attachment.missing``, ``attachment.damaged``."""
        ...

    def has(self, name: str) -> bool: ...
    def sizes(self) -> dict[str, int]:
        """Every name there is, with the bytes that it takes, about."""
        ...

    def keep(self, name: str, content: bytes) -> None:
        """Keep a content under the name that another device gave it: names are made with a folder's own key. ``put``'s faults."""
        ...


class PhotoReads(Protocol):
    """Photos and what an import of them has to know. Photos of buildings the reader may not learn of are in no answer."""

    def ids(self, *, building_id: str | None = None, batch: str | None = None, matched: bool | None = None) -> Sequence[str]:
        """Ids in order of batch and place in it; of one building in order of time."""
        ...

    def rows(self, photo_ids: Sequence[str]) -> list[PhotoRow]:
        """In the order of the ids."""
        ...

    def batches(self) -> list[PhotoBatch]:
        """Newest first."""
        ...

    def known(self, sha256s: Sequence[str]) -> dict[str, KnownPhoto]:
        """What is there already, by the hash of the file as it came."""
        ...

    def hashes(self) -> Sequence[str]:
        """The hash of every file that came."""
        ...

    def by_number(self, number: str) -> str | None: ...
    def counts(self, building_ids: Sequence[str]) -> dict[str, int]:
        """Photos by building, for lists."""
        ...

    def building_numbers(self, numbers: Sequence[str]) -> dict[str, str]:
        """Building id by building number."""
        ...

    def buildings_with_serial(self, serial: int) -> dict[str, str]:
        """Building ids by number, of all devices' numbers with this serial."""
        ...

    def visits(self, days: Sequence[str]) -> list[Visit]:
        """Surveys of these days (ISO) that say when they began or ended."""
        ...
