"""The open store of a data folder: lock, engines, units of work, reads. The only door to the file."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Engine, insert, select, update

from app.domain.errors import EnvironmentFault, IntegrityFault, SasaeError
from app.domain.identifiers import device_prefix, new_id
from app.domain.journal import GENESIS
from app.storage import tables as t
from app.storage.engine import reader_engine, writer_engine
from app.storage.journal import CONTEXT, seal_of
from app.storage.lock import FolderLock, machine_name
from app.storage.migrate import current_revision, migrate, needs_migration
from app.storage.queries import StoreReads
from app.storage.registry import StoreUnit
from app.usecases.files import write_fault

STORE = "store.db"
KEYS = "keys.json"
RESERVE = "reserve.bin"
_RESERVE_BYTES = 4 * 1024 * 1024
_FULL_DISK = ("store.cannot_open", "store.disk_error", "store.disk_full")


class Store:
    """One data folder, open. ``read_only`` takes no lock and cannot write."""

    def __init__(self, folder: Path, data_key: bytes, *, writer: Engine | None, reader: Engine, lock: FolderLock | None) -> None:
        self.folder = folder
        self.data_key = data_key
        self._writer = writer
        self._reader = reader
        self._lock = lock
        self.reads = StoreReads.over(reader)
        self.reserve_used = False
        self._closed = False

    # -- opening -------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: Path, data_key: bytes, *, operator: str, now: datetime) -> Store:
        """A new empty store with today's schema. The folder must exist and hold none."""
        from app.storage.engine import connect

        lock = FolderLock.take(folder, data_key=data_key, operator=operator, machine=machine_name(), since=now)
        try:
            path = folder / STORE
            connect(path, data_key, create=True).close()
            store = cls(folder, data_key, writer=writer_engine(path, data_key), reader=reader_engine(path, data_key), lock=lock)
        except BaseException:
            lock.release()
            raise
        try:
            store.migrate_if_needed()
            _make_reserve(folder)
        except BaseException as error:
            store.close()
            if isinstance(error, OSError):
                raise write_fault(error, path=folder / RESERVE) from error
            raise
        return store

    @classmethod
    def open(cls, folder: Path, data_key: bytes, *, operator: str, now: datetime, read_only: bool = False) -> Store:
        """Open an existing store. Refuses a newer schema; EnvironmentFault ``store.in_use`` when another program has it."""
        path = folder / STORE
        if not path.exists():
            raise EnvironmentFault("store.not_found", path=str(folder))
        lock = None
        if not read_only:
            lock = FolderLock.take(folder, data_key=data_key, operator=operator, machine=machine_name(), since=now)
        writer = None if read_only else writer_engine(path, data_key)
        store = cls(folder, data_key, writer=writer, reader=reader_engine(path, data_key), lock=lock)
        try:
            return cls._checked(store)
        except BaseException:
            store.close()
            raise

    @classmethod
    def _checked(cls, store: Store) -> Store:
        try:
            revision = store._revision()
        except SasaeError as fault:
            reserve = store.folder / RESERVE
            if fault.code not in _FULL_DISK or not reserve.exists():
                raise
            reserve.unlink()  # a full disk: give the reserve back and try once more
            store.reserve_used = True
            revision = store._revision()
        store.revision = revision
        if revision is None:
            raise IntegrityFault("store.no_schema", path=str(store.folder))
        needs_migration(revision)
        return store

    revision: str | None = None

    def _revision(self) -> str | None:
        with (self._writer or self._reader).connect() as connection, connection.begin():
            return current_revision(connection)

    def migrate_if_needed(self) -> bool:
        """Move an older store on; answers whether it did. The caller has made a backup."""
        if self._writer is None or not needs_migration(self.revision):
            return False
        migrate(self._writer)
        self.revision = self._revision()
        return True

    def close(self) -> None:
        """Checkpoint, close every connection, release the folder. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._reader.dispose()
        if self._writer is not None:
            self._checkpoint(self._writer)
            self._writer.dispose()
        if self._lock is not None:
            with suppress(OSError):
                _make_reserve(self.folder)
            self._lock.release()

    @staticmethod
    def _checkpoint(writer: Engine) -> None:
        """Move the write-ahead log into the file. On a full disk the next start does it."""
        try:
            raw = writer.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                raw.close()
        except (SasaeError, driver.Error):
            return

    # -- work ----------------------------------------------------------------------------------------------

    def unit(self, *, operator: str, site: str, purpose: str, reason: str, now: datetime) -> StoreUnit:
        """A unit of work on the one writer. EnvironmentFault ``store.read_only`` on a store opened for reading."""
        if self._writer is None:
            raise EnvironmentFault("store.read_only", path=str(self.folder))
        return StoreUnit(self._writer, self.data_key, operator=operator, site=site, purpose=purpose, reason=reason, now=now)

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written."""
        return self._writer is None

    def reader(self) -> Engine:
        """The reading engine, for checks and backups inside storage."""
        return self._reader

    def device(self) -> Any:
        """This device's row: ``id``, ``prefix``, ``site_id``."""
        with self._reader.connect() as connection, connection.begin():
            row = connection.execute(select(t.device).where(t.device.c.is_self)).one_or_none()
        if row is None:
            raise IntegrityFault("store.no_device")
        return row

    def become_new_device(self, *, site_id: str, now: datetime) -> str:
        """Register this copy as a device of its own: at set-up, and after every restore. Answers the new device id."""
        if self._writer is None:
            raise EnvironmentFault("store.read_only", path=str(self.folder))
        device = new_id()
        with self._writer.connect() as connection, connection.begin():
            previous = connection.execute(select(t.device.c.hlc).where(t.device.c.is_self)).scalar_one_or_none()
            connection.execute(update(t.device).values(is_self=False))
            connection.execute(
                insert(t.device).values(
                    id=device,
                    prefix=device_prefix(device),
                    is_self=True,
                    site_id=site_id,
                    created_at=now,
                    journal_seq=0,
                    journal_hash=GENESIS,
                    hlc=previous or "",
                    seal=seal_of(self.data_key, device, 0, GENESIS),
                )
            )
            connection.execute(t.serial.delete())
            connection.execute(t.setting.delete().where(t.setting.c.name == CONTEXT))
        return device


def _make_reserve(folder: Path) -> None:
    """A file to give back when the disk is full: an encrypted store cannot even be opened there otherwise.

    OSError when there is no room for it; then nothing of it stays, so that the store keeps what little room there is.
    """
    path = folder / RESERVE
    if path.exists() and path.stat().st_size >= _RESERVE_BYTES:
        return
    try:
        path.write_bytes(bytes(_RESERVE_BYTES))
    except OSError:
        path.unlink(missing_ok=True)
        raise
