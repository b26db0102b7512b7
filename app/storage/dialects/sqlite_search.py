"""The search index on SQLite: FTS5 tables without content. Each name here is also in ``dialects.postgresql_search``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from app.storage.engine import run_many


def match_value(query: str) -> str:
    """A question of ``storage.search`` as FTS5 wants it: as it is."""
    return query


def matching(tables: Sequence[str], *, span: bool = False, most: int = 2**62) -> str:
    """A question for the row numbers (``rid``) that ``:query`` finds in the tables, in order; with ``span`` from ``:first`` to ``:last``."""
    within = " AND rowid BETWEEN :first AND :last" if span else ""
    parts = " UNION ALL ".join(f"SELECT rowid AS rid FROM {table} WHERE {table} MATCH :query{within}" for table in tables)
    return f"{parts} LIMIT {most:d}"


def flagged(alias: str = "") -> str:
    """The condition that a row of ``resident`` is marked as protected, as its partial index says it."""
    return f"{alias}protected"


def index_person(connection: Connection, rid: int, texts: tuple[str, str, str] | None) -> None:
    """Put a person's row of the index in step; None takes it out."""
    connection.exec_driver_sql("DELETE FROM person_fts WHERE rowid = ?", (rid,))
    if texts is not None:
        connection.exec_driver_sql("INSERT INTO person_fts (rowid, name, kana, address) VALUES (?,?,?,?)", (rid, *texts))


def index_people(connection: Connection, people: Sequence[tuple[int, tuple[str, str, str] | None]]) -> None:
    """``index_person`` for many."""
    run_many(connection, "DELETE FROM person_fts WHERE rowid = ?", [(rid,) for rid, _ in people])
    rows = [(rid, *texts) for rid, texts in people if texts is not None]
    if rows:
        run_many(connection, "INSERT INTO person_fts (rowid, name, kana, address) VALUES (?,?,?,?)", rows)


def add_to_part(connection: Connection, table: str, rows: Iterable[tuple[int, str, str, str]]) -> None:
    """Index a few more residents in a table of the index."""
    run_many(connection, f"INSERT INTO {table} (rowid, name, kana, address) VALUES (?,?,?,?)", list(rows))
