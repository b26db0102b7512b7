"""SQL as SQLite says it. Each name here is also in ``dialects.postgresql``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Table

REFUSALS: tuple[type[Exception], ...] = (driver.IntegrityError, driver.DataError)
"""What the driver raises for a row that a table does not take."""


def has_table(connection: Connection, name: str) -> bool:
    """Whether a table of this name is there."""
    found = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
    return found.first() is not None


def write_rows(connection: Connection, table: str, columns: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> int:
    """Put rows of these columns into a table; answers how many."""
    names, marks = ", ".join(f'"{column}"' for column in columns), ",".join("?" * len(columns))
    cursor, count = connection.connection.cursor(), 0
    try:
        for rows in batches:
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
            count += len(rows)
    finally:
        cursor.close()
    return count


def set_counters(connection: Connection, tables: Iterable[Table]) -> None:
    """Nothing to do: the next key follows the greatest one there is."""


def rebuild_search(connection: Connection) -> None:
    """Make every table that serves as an index anew (``storage.bulk``)."""
    from app.storage.bulk import rebuild_search as rebuild

    rebuild(connection)


@contextmanager
def rebuilding_tables(connection: Connection) -> Iterator[None]:
    """References are not looked at inside; around a transaction."""
    raw = connection.connection.cursor()
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")
        raw.close()


def references_hold(connection: Connection) -> bool:
    """Whether every reference leads somewhere."""
    return connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None
