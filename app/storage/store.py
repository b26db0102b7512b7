"""The open store of a data folder: its place, engines, units of work, reads. The only door to the file or the database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from app.domain.errors import EnvironmentFault, IntegrityFault, SasaeError
from app.storage import tables as t
from app.storage.backends import Backend, FileBackend, backend_of
from app.storage.desk import KEYS as KEYS
from app.storage.desk import RESERVE
from app.storage.desk import STORE as STORE
from app.storage.devices import become_new, own_site
from app.storage.migrate import current_revision, needs_migration
from app.storage.queries import StoreReads
from app.storage.registry import StoreUnit
from app.storage.whereabouts import PLACE, Whereabouts, is_elsewhere, read_whereabouts
from app.usecases.files import write_fault

_FULL_DISK = ("store.cannot_open", "store.disk_error", "store.disk_full")


class Store:
    """One store, open. ``read_only`` keeps nobody out and cannot write."""

    def __init__(self, backend: Backend, *, writer: Engine | None, reader: Engine, release: Callable[[], None] | None) -> None:
        self.backend = backend
        self.folder = backend.folder
        self.data_key = backend.data_key
        self._writer = writer
        self._reader = reader
        self._release = release
        self.reads = StoreReads.over(reader)
        self.reserve_used = False
        self._acting = ""
        self._closed = False

    # -- opening -------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: Path, data_key: bytes, *, operator: str, now: datetime, backend: Backend | None = None) -> Store:
        """A new empty store with today's schema, in the folder or in another place. The folder must exist and hold none."""
        place = backend or backend_of(folder, data_key)
        release = place.hold(operator=operator, now=now)
        try:
            place.create()
            store = cls(place, writer=place.writer(), reader=place.reader(), release=release)
        except BaseException:
            release()
            raise
        try:
            store.revision = store._revision()
            store.migrate_if_needed()
            place.make_reserve()
        except BaseException as error:
            store.close()
            if isinstance(error, OSError):
                raise write_fault(error, path=folder / RESERVE) from error
            raise
        return store

    @classmethod
    def open(
        cls, folder: Path, data_key: bytes, *, operator: str, now: datetime, read_only: bool = False, backend: Backend | None = None
    ) -> Store:
        """Open an existing store. Refuses a newer schema; EnvironmentFault ``store.in_use`` when another program has it."""
        place = backend or backend_of(folder, data_key)
        if not place.exists():
            raise EnvironmentFault("store.not_found", path=str(folder))
        release = None if read_only else place.hold(operator=operator, now=now)
        writer = None if read_only else place.writer()
        store = cls(place, writer=writer, reader=place.reader(), release=release)
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
            # a full disk: give the reserve back and try once more
            if fault.code not in _FULL_DISK or not store.backend.use_reserve():
                raise
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
        self.backend.migrate(self._writer)
        self.revision = self._revision()
        return True

    def close(self) -> None:
        """Settle the place, close every connection, let others in. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._reader.dispose()
        if self._writer is not None:
            self.backend.settle(self._writer)
            self._writer.dispose()
        if self._release is not None:
            with suppress(OSError):
                self.backend.make_reserve()
            self._release()

    # -- work ----------------------------------------------------------------------------------------------

    def unit(self, *, operator: str, site: str, purpose: str, reason: str, now: datetime) -> StoreUnit:
        """A unit of work on the one writer. EnvironmentFault ``store.read_only`` on a store opened for reading.

        It acts for the device that ``device`` answered first: in a store that has become another one since, it writes no records.
        """
        if self._writer is None:
            raise EnvironmentFault("store.read_only", path=str(self.folder))
        return StoreUnit(
            self._writer, self.data_key, operator=operator, site=site, purpose=purpose, reason=reason, now=now, device=self._acting
        )

    def is_alone(self) -> bool:
        """Whether no other program has the store open for writing."""
        return self._writer is None or self.backend.is_alone(self._writer)

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
        self._acting = self._acting or str(row.id)
        return row

    def become_new_device(self, *, site_id: str, now: datetime) -> str:
        """Register this copy as a device of its own: at set-up, and after every restore. Answers the new device id."""
        if self._writer is None:
            raise EnvironmentFault("store.read_only", path=str(self.folder))
        with self._writer.connect() as connection, connection.begin():
            device = become_new(connection, self.data_key, site_id=site_id, now=now)
            self._note_place(connection)
        self._acting = ""
        return device

    def notice_copy(self, *, now: datetime) -> bool:
        """Become a new device when this is a copy of another folder, or was carried to another computer; answers whether it did.

        Nothing is done for a store on a server, or one opened for reading.
        """
        if self._writer is None or not isinstance(self.backend, FileBackend):
            return False
        here = read_whereabouts(self.folder / STORE, self.data_key)
        text = self.reads.settings.get(PLACE)
        before = Whereabouts.from_text(text) if text else None
        if before == here:
            return False
        copied = before is not None and is_elsewhere(before, here)
        try:
            with self._writer.connect() as connection, connection.begin():
                if copied:
                    become_new(connection, self.data_key, site_id=own_site(connection), now=now)
                self._note_place(connection)
        except EnvironmentFault:
            if copied:  # going on as the device that it was copied from would be worse than not opening
                raise
        return copied

    def _note_place(self, connection: Connection) -> None:
        if not isinstance(self.backend, FileBackend):
            return
        connection.execute(t.setting.delete().where(t.setting.c.name == PLACE))
        here = read_whereabouts(self.folder / STORE, self.data_key)
        connection.execute(insert(t.setting).values(name=PLACE, value=here.to_text()))
