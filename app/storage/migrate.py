"""Bringing a store to today's schema: newer ones are refused, older ones are backed up by the caller and moved in one transaction."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from app import resources
from app.domain.errors import EnvironmentFault, IntegrityFault
from app.storage.dialects import dialect_of

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""Every schema this program knows, oldest first. Alembic is only imported when there is something to do."""


def current_revision(connection: Connection) -> str | None:
    """The schema of a store; None for an empty one."""
    if not dialect_of(connection).has_table(connection, "alembic_version"):
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").one_or_none()
    return None if row is None else str(row[0])


def needs_migration(revision: str | None) -> bool:
    """Whether a store of this schema must be moved on. EnvironmentFault ``store.newer`` for one from a newer program."""
    if revision is not None and revision not in REVISIONS:
        raise EnvironmentFault("store.newer", found=revision, known=REVISIONS[-1])
    return revision != REVISIONS[-1]


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade in one transaction. Where the engine can, references are left alone while tables are rebuilt, and checked before COMMIT."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.root() / "db" / "migrations").replace("%", "%%"))
    with engine.connect() as connection:
        dialect = dialect_of(connection)
        with dialect.rebuilding_tables(connection), connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            if not dialect.references_hold(connection):
                raise IntegrityFault("store.migration_unsound")
