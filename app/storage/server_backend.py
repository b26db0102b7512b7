"""A store on a server that several desks share: see ``storage.backends.Backend``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect

from app.domain.errors import EnvironmentFault, IntegrityFault, SasaeError
from app.storage import server
from app.storage.attachments import ATTACHMENTS
from app.storage.copying import compare, copy_tables
from app.storage.engine import connect, writer_engine
from app.storage.migrate import REVISIONS, current_revision, migrate
from app.storage.server_attachments import ServerAttachments, sealed_contents, write_files
from app.storage.server_keys import ServerKeys, session
from app.storage.server_schema import create_schema
from app.usecases.photo_ports import Attachments

LEAST_VERSION = 15
_BYTEWISE = frozenset({"c", "posix", "c.utf-8", "c.utf8"})
_BEHIND = "SELECT coalesce(max({key}), 0) > coalesce(pg_sequence_last_value(pg_get_serial_sequence('\"{table}\"', '{key}')::regclass), 0)"


class ServerBackend:
    """The database at an address; the folder of the desk only knows the way to it."""

    def __init__(self, folder: Path, data_key: bytes, url: str) -> None:
        self.folder = folder
        self.data_key = data_key
        self.url = url
        self._made = False

    def exists(self) -> bool:
        """See ``Backend``."""
        return True  # the key slots were read from it already

    def create(self) -> None:
        """Today's schema in an empty database that is fit for it (``check_database``), in one transaction.

        What an earlier attempt left there, which no key slot opens, goes first.
        """
        engine = self.writer()
        try:
            with engine.connect() as connection, connection.begin():
                check_database(connection, self.url)
                prepare_empty(connection, self.url)
                create_schema(connection, REVISIONS[-1])
            self._made = True
        finally:
            engine.dispose()

    def discard(self) -> None:
        """Only what this object made itself. Without key slots it is no store: the next attempt takes the rest away."""
        if self._made:
            with suppress(SasaeError), session(self.url) as connection:
                connection.execute("DELETE FROM keyring")

    def hold(self, *, operator: str, now: datetime) -> Callable[[], None]:
        """Nobody is kept out: every desk may write."""
        return lambda: None

    def writer(self) -> Engine:
        """See ``Backend``."""
        return server.writer_engine(self.url)

    def reader(self) -> Engine:
        """See ``Backend``."""
        return server.reader_engine(self.url)

    def is_alone(self, writer: Engine) -> bool:
        """See ``Backend``: every other desk shares the lock that is tried here."""
        with writer.connect() as connection, connection.begin():
            alone = bool(connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({server.PRESENCE})").scalar_one())
            if alone:
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({server.PRESENCE})")
        return alone

    def migrate(self, writer: Engine) -> None:
        """See ``Backend``. EnvironmentFault ``database.desks_open`` while another desk has the store open."""
        with writer.connect() as connection:
            with connection.begin():
                alone = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({server.PRESENCE})").scalar_one()
            if not alone:
                raise EnvironmentFault("database.desks_open", database=server.shown(self.url))
        try:
            migrate(writer)
        finally:
            with writer.connect() as connection, connection.begin():
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({server.PRESENCE})")

    def settle(self, writer: Engine) -> None:
        """Nothing: what is committed is in the database."""

    def make_reserve(self) -> None:
        """Nothing: the room is the server's."""

    def use_reserve(self) -> bool:
        """See ``Backend``."""
        return False

    def problems(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Counters that lie behind the keys they are to make: the next record could not be written."""
        from app.storage import tables as t

        engine = self.reader()
        try:
            with engine.connect() as connection, connection.begin():
                for table in t.metadata.sorted_tables:
                    key = table.autoincrement_column
                    if key is None or table.name in _GIVEN_KEYS:
                        continue
                    behind = _BEHIND.format(table=table.name, key=key.name)
                    if connection.exec_driver_sql(f'{behind} FROM "{table.name}"').scalar_one():
                        yield "verify.file", {"check": "sequence", "detail": table.name}
        finally:
            engine.dispose()

    def copy_to(self, copy: Path) -> None:
        """One snapshot of all tables, copied into a fresh encrypted file of the same schema, and compared."""
        copy.unlink(missing_ok=True)
        connect(copy, self.data_key, create=True).close()
        source, target = self.reader(), writer_engine(copy, self.data_key)
        try:
            with source.connect() as here, here.begin():
                revision = current_revision(here)
                migrate(target, revision or REVISIONS[-1])
                with target.connect() as there, there.begin():
                    copy_tables(here, there)
                    compare(here, there)
        finally:
            source.dispose()
            target.dispose()
        with closing(connect(copy, self.data_key)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            problem = connection.execute("PRAGMA quick_check").fetchone()
        if problem is None or problem[0] != "ok":
            raise IntegrityFault("backup.unsound", path=str(copy))

    def keys(self) -> bytes:
        """See ``Backend``."""
        return ServerKeys(self.url).read().encode()

    def attachments(self, *, read_only: bool) -> Attachments:
        """See ``Backend``."""
        return ServerAttachments(self.url, self.data_key, read_only=read_only)

    def sealed_attachments(self) -> Iterator[tuple[str, bytes]]:
        """See ``Backend``."""
        return sealed_contents(self.url)

    def attachments_beside(self, backups: Path, prefix: str) -> None:
        """Beside the backups, in each place: without the server these files are all there is."""
        write_files(self.url, backups / f"{ATTACHMENTS}-{prefix}")


_GIVEN_KEYS = frozenset({"resident", "snapshot", "access", "access_crowd"})
"""Tables whose keys the program gives itself."""


def check_database(connection: Connection, url: str) -> None:
    """EnvironmentFault unless the server is new enough, texts are UTF-8 in byte order, and this role may make tables."""
    ask = connection.exec_driver_sql
    number = int(ask("SHOW server_version_num").scalar_one())
    if number < LEAST_VERSION * 10_000:
        raise EnvironmentFault("database.too_old", found=ask("SHOW server_version").scalar_one(), least=LEAST_VERSION)
    place = {"database": server.shown(url)}
    encoding = ask("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise EnvironmentFault("database.not_utf8", found=encoding, **place)
    row = ask("SELECT to_jsonb(d) FROM pg_database d WHERE datname = current_database()").scalar_one()
    order = row["datcollate"] if row["datlocprovider"] == "c" else row.get("datlocale") or row.get("daticulocale") or ""
    if order.lower() not in _BYTEWISE:
        raise EnvironmentFault("database.not_c", found=order, **place)
    schema, role = ask("SELECT current_schema(), current_user").one()
    if schema is None or not ask("SELECT has_schema_privilege(?, 'CREATE')", (schema,)).scalar_one():
        raise EnvironmentFault("database.no_create", role=role, schema=schema or "public")


def prepare_empty(connection: Connection, url: str) -> None:
    """Make sure that there is no table. EnvironmentFault ``database.holds_store`` or ``database.other_tables`` when there is one.

    A store whose making was broken off has no key slots: nobody ever opened it, and it goes. ``database.unfinished`` when another program
    is making it at this moment.
    """
    names = inspect(connection).get_table_names()
    if not names:
        return
    place = server.shown(url)
    if not {"keyring", "alembic_version"} <= set(names):
        raise EnvironmentFault("database.other_tables", database=place, table=names[0])
    if connection.exec_driver_sql("SELECT count(*) FROM keyring").scalar_one():
        raise EnvironmentFault("database.holds_store", database=place)
    if not connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({server.PRESENCE})").scalar_one():
        raise EnvironmentFault("database.unfinished", database=place)
    quoted = ", ".join(f'"{name}"' for name in names)
    connection.exec_driver_sql(f"DROP TABLE {quoted} CASCADE")
