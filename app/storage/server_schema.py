"""Today's schema on PostgreSQL: made from the models in one transaction and stamped with their revision.

Whole numbers have 64 bits as in SQLite, texts are ordered by their bytes (COLLATE "C") as in SQLite, flags are booleans.
"""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, MetaData, Table, Text, inspect
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.domain.errors import EnvironmentFault
from app.storage import tables as t
from app.storage.dialects.postgresql import EXTRA_DDL
from app.storage.dialects.postgresql_search import LOADING

KEYRING, ATTACHMENT = "keyring", "attachment"


@lru_cache(maxsize=1)
def server_metadata() -> MetaData:
    """The tables of the store as they are on a server, and the two that replace files of a folder."""
    made = MetaData(naming_convention=t.metadata.naming_convention)
    for table in t.metadata.sorted_tables:
        copy = table.to_metadata(made)
        for column in copy.columns:
            column.type = _type_of(column)
        for index in copy.indexes:
            options = index.dialect_options
            if options["postgresql"]["where"] is None:
                options["postgresql"]["where"] = options["sqlite"]["where"]
    Table(
        KEYRING,
        made,
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("version", BigInteger, nullable=False),
        Column("content", _text(), nullable=False),
        Column("failures", Integer, nullable=False, server_default="0"),
        Column("failed_at", BigInteger, nullable=False, server_default="0"),
    )
    Table(
        ATTACHMENT,
        made,
        Column("name", _text(), primary_key=True),
        Column("content", LargeBinary, nullable=False),
    )
    return made


def _text() -> Text:
    return Text(collation="C")


def _type_of(column: Column[object]) -> TypeEngine[object]:
    kind: TypeEngine[object] = column.type
    bare = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    if isinstance(bare, Integer):
        return BigInteger()  # type: ignore[return-value]
    return _text() if isinstance(bare, Text) else bare  # type: ignore[return-value]


def create_schema(connection: Connection, revision: str) -> None:
    """Every table, index and function, stamped; in the caller's transaction, so that nothing half-made stays."""
    server_metadata().create_all(connection, checkfirst=False)
    for statement in EXTRA_DDL:
        connection.exec_driver_sql(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql("INSERT INTO alembic_version (version_num) VALUES (?)", (revision,))


APPEND_ONLY = frozenset({"journal", "access", "access_person", "access_crowd", "posting"})
"""Tables whose rows a desk may only add to."""
_DESK = "SELECT, INSERT, UPDATE"


def require_role(connection: Connection, role: str) -> None:
    """EnvironmentFault ``database.no_role`` when the server does not know the role."""
    if connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = ?", (role,)).first() is None:
        raise EnvironmentFault("database.no_role", role=role)


def grant_desk(connection: Connection, role: str) -> None:
    """What a desk's role needs for daily work, and no more. It owns nothing, makes no table, and takes no record away."""
    require_role(connection, role)
    name = '"' + role.replace('"', '""') + '"'
    schema = '"' + str(connection.exec_driver_sql("SELECT current_schema()").scalar_one()) + '"'
    records = {kind.table.name for kind in t.KINDS}
    statements = [f"GRANT USAGE ON SCHEMA {schema} TO {name}", f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"]
    for table in inspect(connection).get_table_names():
        if table in APPEND_ONLY:
            rights = "SELECT, INSERT"
        elif table == "alembic_version":
            rights = "SELECT"
        else:
            rights = _DESK if table in records or table in (KEYRING, ATTACHMENT) else f"{_DESK}, DELETE"
        statements.append(f'GRANT {rights} ON "{table}" TO {name}')
    statements.append(f"GRANT UPDATE (chain) ON journal TO {name}")
    statements.append(f"GRANT EXECUTE ON FUNCTION {LOADING} TO {name}")
    statements.append(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {_DESK}, DELETE ON TABLES TO {name}")
    for statement in statements:
        connection.exec_driver_sql(statement)
