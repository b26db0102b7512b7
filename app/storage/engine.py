"""Two engines on one encrypted file: a writer that begins with BEGIN IMMEDIATE, and readers that cannot write.

Driver errors become EnvironmentFault or IntegrityFault here, once, for every statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import QueuePool

from app.domain.errors import EnvironmentFault, IntegrityFault, SasaeError

BUSY_MS = 5000
_DAMAGE = ("malformed", "not a database", "is encrypted", "file is damaged", "hmac")
_WIDE_KB = 131_072
_WIDE_PAGES = 16_384
"""Changed pages (64 MB) that wait beside the store before they are copied into it: what the next package changes again is copied once."""
_FULL = ("disk is full", "database or disk is full")


def connect(path: Path, data_key: bytes, *, read_only: bool = False, create: bool = False) -> Any:
    """A driver connection with key and pragmas set. The file must exist unless ``create``."""
    mode = "ro" if read_only else "rwc" if create else "rw"
    connection = None
    try:
        connection = driver.connect(
            f"{path.resolve().as_uri()}?mode={mode}", uri=True, check_same_thread=False, isolation_level=None, timeout=BUSY_MS / 1000
        )
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA key = \"x'{data_key.hex()}'\"")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()
        cursor.close()
    except driver.Error as error:
        if connection is not None:
            connection.close()
        raise translate(error, path=path) from error
    return connection


def cipher_version() -> str:
    """The version of SQLCipher; EnvironmentFault ``store.no_cipher`` when the driver has none."""
    connection = driver.connect(":memory:")
    try:
        row = connection.execute("PRAGMA cipher_version").fetchone()
    finally:
        connection.close()
    if not row:
        raise EnvironmentFault("store.no_cipher")
    return str(row[0])


def translate(error: Exception, *, path: Path | None = None) -> SasaeError:
    """Say what a driver error means to a person."""
    text = str(error).lower()
    place = str(path) if path else None
    if any(word in text for word in _DAMAGE):
        return IntegrityFault("store.damaged", path=place)
    if any(word in text for word in _FULL):
        return EnvironmentFault("store.disk_full", path=place)
    if "locked" in text or "busy" in text:
        return EnvironmentFault("store.busy", path=place)
    if "readonly" in text or "read-only" in text:
        return EnvironmentFault("store.read_only", path=place)
    if "unable to open" in text:
        return EnvironmentFault("store.cannot_open", path=place)
    if "disk i/o" in text or "io error" in text:
        return EnvironmentFault("store.disk_error", path=place)
    return IntegrityFault("store.unexpected", path=place, detail=type(error).__name__)


def _translate_event(context: ExceptionContext) -> None:
    original = context.original_exception
    if isinstance(original, driver.IntegrityError | driver.ProgrammingError | driver.InterfaceError):
        return  # a broken constraint or a wrong statement is our own bug: let it be seen as one
    if isinstance(original, driver.Error):
        raise translate(original) from original


def run_many(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """``executemany`` of the driver itself, for many thousand rows, with driver errors said as everywhere else."""
    if connection.dialect.name != "sqlite":
        from app.storage import server

        return server.run_many(connection, sql, rows)
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(sql, rows)
    except (driver.IntegrityError, driver.ProgrammingError, driver.InterfaceError):
        raise
    except driver.Error as error:
        raise translate(error) from error
    finally:
        cursor.close()


def widen(connection: Connection) -> None:
    """Give a writer room for thousands of pages changed at once: a small cache writes each of them several times, and every time encrypted anew.

    It stays so until the connection is closed, because packages come several at a time. Memory: at most ``_WIDE_KB``, and never more than the
    store has. A server looks after itself.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_WIDE_KB}")
        connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {_WIDE_PAGES}")


def writer_engine(path: Path, data_key: bytes) -> Engine:
    """The one writer: WAL, synchronous FULL, transactions that begin IMMEDIATE."""

    def create() -> Any:
        connection = connect(path, data_key)
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA cache_size = -16000")
            cursor.close()
        except driver.Error as error:
            connection.close()
            raise translate(error, path=path) from error
        return connection

    engine = create_engine("sqlite://", module=driver, creator=create, poolclass=QueuePool, pool_size=1, max_overflow=0)
    event.listen(engine, "handle_error", _translate_event)

    @event.listens_for(engine, "begin")
    def begin_immediate(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reader_engine(path: Path, data_key: bytes) -> Engine:
    """Readers: query_only, one consistent snapshot per transaction."""

    def create() -> Any:
        connection = connect(path, data_key)
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only = ON")
        cursor.execute("PRAGMA cache_size = -65536")
        cursor.close()
        return connection

    engine = create_engine("sqlite://", module=driver, creator=create, poolclass=QueuePool, pool_size=4, max_overflow=4, pool_use_lifo=True)
    event.listen(engine, "handle_error", _translate_event)

    @event.listens_for(engine, "begin")
    def begin_deferred(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
