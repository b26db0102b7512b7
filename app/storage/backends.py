"""Where a store is kept: what ``Store``, backups and verification need of the place, for a file here and for a server in ``server_backend``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Engine

from app.domain.errors import EnvironmentFault, IntegrityFault, SasaeError
from app.storage.attachments import ATTACHMENTS, FolderAttachments, attachment_files, copy_attachments
from app.storage.desk import KEYS, RESERVE, STORE, Desk, read_desk, write_desk
from app.storage.engine import connect, reader_engine, translate, writer_engine
from app.storage.keyring import FileKeys, KeyPlace
from app.storage.lock import FolderLock, machine_name
from app.storage.migrate import migrate
from app.usecases.photo_ports import Attachments

_RESERVE_BYTES = 4 * 1024 * 1024
_MOST = 50


class Backend(Protocol):
    """The place of one store. ``folder`` is the data folder or the folder of the desk."""

    folder: Path
    data_key: bytes

    def exists(self) -> bool: ...
    def create(self) -> None:
        """An empty place with today's schema."""
        ...

    def discard(self) -> None:
        """Take away what was made of a store that did not get ready."""
        ...

    def hold(self, *, operator: str, now: datetime) -> Callable[[], None]:
        """Keep others out where only one program may write; answers what lets them in again. EnvironmentFault ``store.in_use``."""
        ...

    def writer(self) -> Engine: ...
    def reader(self) -> Engine: ...
    def is_alone(self, writer: Engine) -> bool:
        """Whether no other program has it open for writing."""
        ...

    def migrate(self, writer: Engine) -> None:
        """Bring an older schema to today's in one transaction."""
        ...

    def settle(self, writer: Engine) -> None:
        """What is left to do when the last writer goes."""
        ...

    def make_reserve(self) -> None:
        """Keep some room for the day when the disk is full. OSError when there is none."""
        ...

    def use_reserve(self) -> bool:
        """Give that room back; answers whether there was any."""
        ...

    def problems(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What is wrong with the place itself, below the records."""
        ...

    def copy_to(self, copy: Path) -> None:
        """The store as it is now, as one encrypted file that a folder can use."""
        ...

    def keys(self) -> bytes:
        """The key slots as ``keys.json`` holds them."""
        ...

    def attachments(self, *, read_only: bool) -> Attachments: ...
    def sealed_attachments(self) -> Iterator[tuple[str, bytes]]:
        """Name and sealed content of each, one at a time."""
        ...

    def attachments_beside(self, backups: Path, prefix: str) -> None:
        """Have the attachments where a restore of a rotating backup in this folder looks for them."""
        ...


class FileBackend:
    """An encrypted file in a folder of its own."""

    def __init__(self, folder: Path, data_key: bytes) -> None:
        self.folder = folder
        self.data_key = data_key
        self._path = folder / STORE

    def exists(self) -> bool:
        """See ``Backend``."""
        return self._path.exists()

    def create(self) -> None:
        """See ``Backend``. The schema comes with ``migrate``."""
        connect(self._path, self.data_key, create=True).close()

    def discard(self) -> None:
        """See ``Backend``."""
        for leftover in (STORE, f"{STORE}-wal", f"{STORE}-shm", KEYS, RESERVE):
            with suppress(OSError):
                (self.folder / leftover).unlink(missing_ok=True)

    def hold(self, *, operator: str, now: datetime) -> Callable[[], None]:
        """See ``Backend``."""
        return FolderLock.take(self.folder, data_key=self.data_key, operator=operator, machine=machine_name(), since=now).release

    def writer(self) -> Engine:
        """See ``Backend``."""
        return writer_engine(self._path, self.data_key)

    def reader(self) -> Engine:
        """See ``Backend``."""
        return reader_engine(self._path, self.data_key)

    def is_alone(self, writer: Engine) -> bool:
        """Whoever holds the folder is."""
        return True

    def migrate(self, writer: Engine) -> None:
        """See ``Backend``."""
        migrate(writer)

    def settle(self, writer: Engine) -> None:
        """Move the write-ahead log into the file. On a full disk the next start does it."""
        try:
            raw = writer.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                raw.close()
        except (SasaeError, driver.Error):
            return

    def make_reserve(self) -> None:
        """A file to give back when the disk is full: an encrypted store cannot even be opened there otherwise.

        OSError when there is no room for it; then nothing of it stays, so that the store keeps what little room there is.
        """
        path = self.folder / RESERVE
        if path.exists() and path.stat().st_size >= _RESERVE_BYTES:
            return
        try:
            path.write_bytes(bytes(_RESERVE_BYTES))
        except OSError:
            path.unlink(missing_ok=True)
            raise

    def use_reserve(self) -> bool:
        """See ``Backend``."""
        reserve = self.folder / RESERVE
        if not reserve.exists():
            return False
        reserve.unlink()
        return True

    def problems(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Pages, structure and references of the file."""
        with closing(connect(self._path, self.data_key)) as connection:
            for pragma in ("cipher_integrity_check", "integrity_check", "foreign_key_check"):
                for row in connection.execute(f"PRAGMA {pragma}").fetchmany(_MOST):
                    if row[0] != "ok":
                        yield "verify.file", {"check": pragma, "detail": str(row[0])[:120]}

    def copy_to(self, copy: Path) -> None:
        """In one step by SQLite's backup API: page by page it starts over with each write."""
        copy.unlink(missing_ok=True)
        source = connect(self._path, self.data_key)
        try:
            destination = connect(copy, self.data_key, create=True)
            try:
                destination.execute("PRAGMA journal_mode = OFF").fetchone()  # a copy that fails is thrown away
                destination.execute("PRAGMA synchronous = OFF")
                source.backup(destination)
                destination.execute("PRAGMA journal_mode = DELETE").fetchone()
                problem = destination.execute("PRAGMA quick_check").fetchone()
            finally:
                destination.close()
        except driver.Error as error:
            raise translate(error, path=copy) from error
        finally:
            source.close()
        if problem is None or problem[0] != "ok":
            raise IntegrityFault("backup.unsound", path=str(copy))

    def keys(self) -> bytes:
        """See ``Backend``."""
        return (self.folder / KEYS).read_bytes()

    def attachments(self, *, read_only: bool) -> Attachments:
        """See ``Backend``."""
        return FolderAttachments(self.folder, self.data_key, read_only=read_only)

    def sealed_attachments(self) -> Iterator[tuple[str, bytes]]:
        """See ``Backend``."""
        for path in attachment_files(self.folder / ATTACHMENTS):
            try:
                yield path.name, path.read_bytes()
            except OSError as error:
                raise EnvironmentFault("file.not_readable", path=str(path), reason=error.strerror or "") from None

    def attachments_beside(self, backups: Path, prefix: str) -> None:
        """In the data folder they stand beside the backups anyway; elsewhere one copy of each serves all backups."""
        if backups.resolve().parent != self.folder.resolve():
            copy_attachments(self.folder / ATTACHMENTS, backups / f"{ATTACHMENTS}-{prefix}")


def backend_of(folder: Path, data_key: bytes) -> Backend:
    """The place of the store that this folder speaks of."""
    desk = read_desk(folder)
    if desk is None:
        return FileBackend(folder, data_key)
    from app.storage.server_backend import ServerBackend

    return ServerBackend(folder, data_key, desk.url)


def new_place(folder: Path, database: str) -> tuple[KeyPlace, Callable[[bytes], Backend], Callable[[str], None]]:
    """For a store to be made: where its key slots go, its backend by data key, and what remains to be done in the folder (by store id)."""
    if not database:
        return FileKeys(folder / KEYS), lambda data_key: FileBackend(folder, data_key), lambda store: None
    from app.storage.server_backend import ServerBackend
    from app.storage.server_keys import ServerKeys

    return (
        ServerKeys(database),
        lambda data_key: ServerBackend(folder, data_key, database),
        lambda store: write_desk(folder, Desk(database, store)),
    )
