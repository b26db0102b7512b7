"""SQL as PostgreSQL says it. Each name here is also in ``dialects.sqlite``, but for ``EXTRA_DDL``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, Integer, Table

from app.storage.dialects.postgresql_search import SEARCH_DDL

EXTRA_DDL: tuple[str, ...] = SEARCH_DDL
"""What a new database gets besides the tables and indexes of the models: functions and search indexes."""
REFUSALS: tuple[type[Exception], ...] = (psycopg.DataError, psycopg.IntegrityError)
"""What the driver raises for a row that a table does not take."""


def has_table(connection: Connection, name: str) -> bool:
    """Whether a table of this name is there."""
    return connection.exec_driver_sql("SELECT to_regclass(?)", (name,)).scalar_one() is not None


def write_rows(connection: Connection, table: str, columns: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> int:
    """Put rows of these columns into a table by COPY; answers how many."""
    link = connection.connection.driver_connection
    assert isinstance(link, psycopg.Connection)
    names, count = ", ".join(f'"{column}"' for column in columns), 0
    with psycopg.Cursor(link) as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for rows in batches:
            for row in rows:
                copy.write_row(row)
            count += len(rows)
    return count


def set_counters(connection: Connection, tables: Iterable[Table]) -> None:
    """The next key of each table follows the greatest one there is."""
    for table in tables:
        key = table.autoincrement_column
        if key is None or not isinstance(key.type, Integer):
            continue
        sequence = f"pg_get_serial_sequence('\"{table.name}\"', '{key.name}')"
        greatest = f'SELECT coalesce(max("{key.name}"), 0) AS last FROM "{table.name}"'
        counted = f"SELECT setval({sequence}, greatest(last, 1), last > 0) FROM ({greatest}) AS found WHERE {sequence} IS NOT NULL"
        connection.exec_driver_sql(counted)


def rebuild_search(connection: Connection) -> None:
    """Make every table that serves as an index anew (``storage.bulk``)."""
    from app.storage.bulk import rebuild_search as rebuild

    rebuild(connection)


@contextmanager
def rebuilding_tables(connection: Connection) -> Iterator[None]:
    """Nothing to put aside: tables are changed where they are."""
    yield


def references_hold(connection: Connection) -> bool:
    """The server itself sees to them."""
    return True
