"""Bringing a store to today's schema: newer ones are refused, older ones are backed up by the caller and moved in one transaction."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from app import resources
from app.domain.errors import EnvironmentFault, IntegrityFault

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""Every schema this program knows, oldest first. Alembic is only imported when there is something to do."""


def current_revision(connection: Connection) -> str | None:
    """The schema of a store; None for an empty one."""
    found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'").one_or_none()
    if found is None:
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").one_or_none()
    return None if row is None else str(row[0])


def needs_migration(revision: str | None) -> bool:
    """Whether a store of this schema must be moved on. EnvironmentFault ``store.newer`` for one from a newer program."""
    if revision is not None and revision not in REVISIONS:
        raise EnvironmentFault("store.newer", found=revision, known=REVISIONS[-1])
    return revision != REVISIONS[-1]


def migrate(engine: Engine) -> None:
    """Upgrade to the head in one transaction. Foreign keys are off while tables are rebuilt, and checked before COMMIT."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.root() / "db" / "migrations").replace("%", "%%"))
    with engine.connect() as connection:
        raw = connection.connection.cursor()
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise IntegrityFault("store.migration_unsound")
        finally:
            raw.execute("PRAGMA foreign_keys = ON")
            raw.close()
