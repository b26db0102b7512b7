"""Moving the store of a folder onto a server, and joining a desk to a store that is there.

The copy is one transaction: it is in the database whole or not at all. Only then does the folder become a desk, in one rename; until then
its own files are the store. If the program is ended between the two, the same move finds its own copy and goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import Connection, inspect

from app.domain.errors import EnvironmentFault, IntegrityFault
from app.storage import server
from app.storage.copying import compare, copy_tables
from app.storage.migrate import REVISIONS
from app.storage.server_backend import check_database, prepare_empty
from app.storage.server_keys import session
from app.storage.server_schema import create_schema
from app.storage.store import Store
from app.usecases.job import QUIET, Job


def move_store(store: Store, url: str, *, job: Job = QUIET) -> int:
    """Copy an open store with its key slots and attachments into an empty database, and compare. Answers the number of rows.

    The caller holds the folder, so that nothing is written to it meanwhile. EnvironmentFault ``database.…`` when the database is not fit
    or not empty; IntegrityFault ``store.not_copied`` or ``store.copy_differs``: then nothing stays there.
    """
    engine = server.writer_engine(url)
    try:
        with store.reader().connect() as here, here.begin(), engine.connect() as there, there.begin():
            check_database(there, url)
            if _holds_copy(there, store):
                return _compared(here, there, url)
            prepare_empty(there, url)
            create_schema(there, REVISIONS[-1])
            copy_tables(here, there, job=job)
            _copy_attachments(store, there)
            keys = store.backend.keys().decode()
            there.exec_driver_sql("INSERT INTO keyring (id, version, content) VALUES (1, 1, ?)", (keys,))
            rows = compare(here, there)
    finally:
        engine.dispose()
    with session(url) as connection:
        connection.execute("ANALYZE")
    return rows


def _holds_copy(there: Connection, store: Store) -> bool:
    """Whether the database holds this very store already."""
    if there.exec_driver_sql("SELECT to_regclass('keyring')").scalar_one() is None:
        return False
    content = there.exec_driver_sql("SELECT content FROM keyring").scalar_one_or_none()
    return content is not None and json.loads(content).get("store") == json.loads(store.backend.keys()).get("store")


def _compared(here: Connection, there: Connection, url: str) -> int:
    try:
        return compare(here, there)
    except IntegrityFault:
        raise EnvironmentFault("database.older_copy", database=server.shown(url)) from None


def _copy_attachments(store: Store, there: Connection) -> None:
    count = 0
    for name, sealed in store.backend.sealed_attachments():
        there.exec_driver_sql("INSERT INTO attachment (name, content) VALUES (?, ?)", (name, sealed))
        count += 1
    found = there.exec_driver_sql("SELECT count(*) FROM attachment").scalar_one()
    if found != count:
        raise IntegrityFault("store.copy_differs", table="attachment", here=count, there=found)


def on_server(url: str, act: Callable[[Connection], None]) -> None:
    """Something to be done in the database by the role of the address, in one transaction."""
    engine = server.writer_engine(url)
    try:
        with engine.connect() as connection, connection.begin():
            act(connection)
    finally:
        engine.dispose()


def look_at(url: str) -> str:
    """``store`` when the database holds one that desks can join, ``empty`` when one can be made there; else EnvironmentFault ``database.…``."""
    found: list[str] = []

    def look(connection: Connection) -> None:
        names = set(inspect(connection).get_table_names())
        if names and not {"keyring", "alembic_version"} <= names:
            raise EnvironmentFault("database.other_tables", database=server.shown(url), table=min(names))
        if names and connection.exec_driver_sql("SELECT count(*) FROM keyring").scalar_one():
            found.append("store")
        else:
            check_database(connection, url)
            found.append("empty")

    on_server(url, look)
    return found[0]
