"""Opening and making data folders, as the window and the command line see it. ``bootstrap`` provides the real one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.usecases.context import Changes, Context
from app.usecases.job import Job
from app.usecases.rows import VerificationReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What the first-run guide asks. ``municipality_code`` has six digits, ``site_kind`` is one of ``codes.SITE_KINDS``."""

    municipality_code: str
    disaster_name: str
    occurred_at: datetime
    site_name: str
    site_kind: str
    operator: str
    password: str
    training: bool = False
    municipality_name: str = ""
    """Only for a municipality that is in no list: the invented one of a training folder."""


class Session(Protocol):
    """An open data folder with an operator signed in."""

    folder: Path
    context: Context
    notices: tuple[str, ...]
    """Message codes to show once after opening (clock problem, migrated, disk reserve given back)."""

    server: str
    """The database that this desk shares with others, as "host/name"; "" for a folder with a store of its own."""

    def changes_elsewhere(self) -> Changes:
        """What other desks changed since this was asked last; nothing on a store of one's own."""
        ...

    def verify(self) -> VerificationReport:
        """Read the whole store and tell what is not as the program left it. Slow on a large store."""
        ...

    def close(self, *, backup: bool = True) -> None:
        """Back up where that is set, release the folder. Safe to call twice."""
        ...


class Gateway(Protocol):
    """All ways into a data folder. Errors are SasaeError."""

    def default_folder(self) -> Path: ...
    def holds_store(self, folder: Path) -> bool: ...
    def wait_seconds(self, folder: Path) -> float:
        """Seconds until the next password may be tried."""
        ...

    def create(self, folder: Path, setup: Setup, *, database: str = "") -> tuple[Session, str]:
        """A new store; answers the session and the recovery key. EnvironmentFault ``store.exists`` when there is one."""
        ...

    def look_at(self, database: str) -> str:
        """What is at the address of a database: ``empty`` (a store can be made there) or ``store``. EnvironmentFault ``database.…``."""
        ...

    def join(self, folder: Path, *, database: str, operator: str, password: str) -> Session:
        """Make an empty folder a desk of the store in a database, and open it."""
        ...

    def demo(
        self, folder: Path, *, operator: str, password: str, residents: int = 2000, seed: int = 1, job: Job | None = None
    ) -> Session: ...
    def open(self, folder: Path, *, operator: str, password: str) -> Session: ...
    def recover(self, folder: Path, *, recovery_key: str, operator: str, password: str) -> Session:
        """Open by the recovery key and give the named operator a new password."""
        ...

    def restore(self, backup: Path, *, into: Path, operator: str, password: str) -> str:
        """Restore a backup file into an empty folder; answers the new device id."""
        ...
