"""What SQLite and PostgreSQL say differently: one module for each, with the same names in both.

Everything else is SQL that both understand; ``dialect_of(connection)`` answers the module that fits.
"""

from __future__ import annotations

from types import ModuleType

from sqlalchemy import Connection


def dialect_of(connection: Connection) -> ModuleType:
    """``dialects.sqlite`` or ``dialects.postgresql``."""
    if connection.dialect.name == "sqlite":
        from app.storage.dialects import sqlite

        return sqlite
    from app.storage.dialects import postgresql

    return postgresql


def search_of(connection: Connection) -> ModuleType:
    """``dialects.sqlite_search`` or ``dialects.postgresql_search``: how the search index is kept and asked."""
    if connection.dialect.name == "sqlite":
        from app.storage.dialects import sqlite_search

        return sqlite_search
    from app.storage.dialects import postgresql_search

    return postgresql_search
