"""A store on a PostgreSQL server: connections, the two engines, and what the driver's errors mean to a person.

The writer's unit of work begins with a lock of the whole store, taken before its first question: writing is one at a time, as on a file.
Readers get one consistent snapshot per transaction, cannot write, and wait for nobody.
"""

from __future__ import annotations

import re
import select
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg.adapt import Loader
from sqlalchemy import Connection, Engine, Integer, create_engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGExecutionContext_psycopg
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from app.domain.errors import EnvironmentFault, IntegrityFault, SasaeError
from app.storage.dialects.marks import to_psycopg

WRITING = 7_270_001
"""Advisory lock of the transaction that writes."""
PRESENCE = 7_270_002
"""Advisory lock that every open desk shares, and that moving the schema needs alone."""
BUSY_MS = 5000
CONNECT_SECONDS = 10
_IDLE_MS = 10 * 60 * 1000
"""A desk that stays silent this long inside a transaction loses it: it holds up everybody who wants to write."""
_RESTED_S = 20.0
_SESSION = (
    f"-c lock_timeout={BUSY_MS} -c idle_in_transaction_session_timeout={_IDLE_MS} -c jit=off -c timezone=UTC"
    " -c standard_conforming_strings=on -c client_min_messages=warning"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)
"""Settings of each session. With the keep-alives a desk whose cable was pulled gives its lock back within half a minute."""
_KEEP_ALIVE: dict[str, Any] = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
_OWN_BUG = (pg.IntegrityError, pg.ProgrammingError, psycopg.InterfaceError, pg.NotSupportedError)
_STATES = {
    "55P03": "store.busy", "40P01": "store.busy", "40001": "store.busy", "57014": "store.busy",
    "53100": "database.disk_full", "53200": "database.no_memory", "53300": "database.crowded",
    "57P01": "database.lost", "57P02": "database.lost", "57P03": "database.starting", "57P05": "database.lost", "25P03": "database.lost",
    "25006": "store.read_only", "42501": "database.forbidden", "58030": "store.disk_error",
    "28000": "database.refused", "28P01": "database.refused", "3D000": "database.missing",
}  # fmt: skip
_DAMAGE = frozenset({"XX001", "XX002"})
_SPOKEN = (
    ("database.refused", ("authentication failed", "no password supplied", "pg_hba.conf", "is not permitted to log in")),
    ("database.crowded", ("too many", "remaining connection slots")),
    ("database.starting", ("starting up", "shutting down", "in recovery", "not yet accepting")),
    ("database.tls", ("ssl", "certificate", "tls")),
    ("database.unreachable", ("could not translate", "failed to resolve", "connection refused", "no such file", "timeout", "timed out")),
)
"""What failed while connecting, by the words of libpq: it hands on no code then."""


class _Number(Loader):
    """Sums of whole numbers are whole numbers here, as they are in SQLite; others are floats."""

    def load(self, data: Any) -> int | float:
        text = bytes(data).decode("ascii")
        return float(text) if "." in text or "N" in text or "I" in text else int(text)


class _Whole(Integer):
    """A whole number as it is: SQLAlchemy would call each one an INTEGER of 32 bits, which milliseconds are not."""


class _Streaming(psycopg.ServerCursor[Any]):
    """A long answer that nobody read to its end is dropped by the server when the transaction ends; there is nothing to warn of."""

    def __del__(self, *_: Any) -> None:
        pass


def shown(url: str) -> str:
    """An address without its password, for people."""
    bare = re.sub(r"^([a-z]+://[^/:@?]*):[^/?]*@", r"\1@", url)
    return re.sub(r"(?i)\b((?:ssl)?password)=[^&\s]*", r"\1=***", bare)


def connect(url: str, *, read_only: bool = False) -> psycopg.Connection[Any]:
    """A driver connection whose text is UTF-8 and whose moments are UTC. EnvironmentFault ``database.…`` in words."""
    try:
        connection = psycopg.connect(
            url, connect_timeout=CONNECT_SECONDS, application_name="sasae", client_encoding="utf8", options=_SESSION,
            cursor_factory=psycopg.ClientCursor, **_KEEP_ALIVE,
        )  # fmt: skip
    except (psycopg.Error, UnicodeError) as error:
        raise translate(error, url=url) from None
    connection.adapters.register_loader("numeric", _Number)
    connection.server_cursor_factory = _Streaming
    connection.prepare_threshold = None
    if read_only:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
    try:
        _require_privacy(connection, url)
    except EnvironmentFault:
        connection.close()
        raise
    return connection


def _require_privacy(connection: psycopg.Connection[Any], url: str) -> None:
    """Personal data leave this computer only encrypted, unless the address says ``sslmode=disable`` in so many words."""
    host = connection.info.host
    near = not host or host.startswith(("/", "@")) or host in ("localhost", "127.0.0.1", "::1")
    if not near and not connection.pgconn.ssl_in_use and "sslmode=disable" not in url:
        raise EnvironmentFault("database.no_tls", database=shown(url))


def translate(error: Exception, *, url: str = "") -> SasaeError:
    """Say what a driver error means to a person."""
    state = getattr(error, "sqlstate", None)
    database, detail = shown(url), " ".join(str(error).split())[:200]
    if state in _DAMAGE:
        return IntegrityFault("store.damaged", path=database)
    if state in _STATES:
        return EnvironmentFault(_STATES[state], database=database, path=database, detail=detail)
    if url and isinstance(error, psycopg.OperationalError):
        return EnvironmentFault(_spoken(error), database=database, detail=detail)
    if (state or "").startswith("08") or isinstance(error, psycopg.OperationalError):
        return EnvironmentFault("database.lost", database=database, detail=detail)
    if url:
        return EnvironmentFault("database.bad_address", database=database, detail=type(error).__name__)
    return IntegrityFault("store.unexpected", path=database, detail=type(error).__name__)


def _spoken(error: psycopg.Error) -> str:
    text = str(error).lower()
    if "database" in text and "does not exist" in text:
        return "database.missing"
    if "role" in text and "does not exist" in text:
        return "database.refused"
    for code, words in _SPOKEN:
        if any(word in text for word in words):
            return code
    link = error.pgconn
    return "database.refused" if link is not None and (link.used_password or link.needs_password) else "database.unreachable"


def _translate_event(context: ExceptionContext) -> None:
    original = context.original_exception
    if isinstance(original, psycopg.Error) and (not isinstance(original, _OWN_BUG) or original.sqlstate == "42501"):
        raise translate(original) from original


def run_many(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """``executemany`` of the driver itself, for many thousand rows, with driver errors said as everywhere else."""
    link = connection.connection.driver_connection
    assert isinstance(link, psycopg.Connection)
    try:
        with psycopg.Cursor(link) as cursor:
            cursor.executemany(to_psycopg(sql), rows)
    except _OWN_BUG as error:
        if error.sqlstate != "42501":
            raise
        raise translate(error) from error
    except psycopg.Error as error:
        raise translate(error) from error


def _convert(connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> tuple[str, Any]:
    """Statements written by hand bear SQLite's marks; those that SQLAlchemy made have psycopg's already."""
    if context is not None and context.compiled is None:
        statement = to_psycopg(statement)
    return statement, parameters


def _note_use(connection: psycopg.Connection[Any] | None, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _look_after(connection: psycopg.Connection[Any], record: ConnectionPoolEntry, _: object) -> None:
    """A connection that died in the pool is exchanged for a new one; asking the server each time would double the cost of a question.

    One that the server ended can be read from. One that rested long is asked: a cable may have been pulled.
    """
    rested = time.monotonic() - record.info.get("used", time.monotonic())
    if not connection.closed and rested < _RESTED_S and not select.select([connection.pgconn.socket], [], [], 0)[0]:
        return
    try:
        connection.execute("")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


class _Context(PGExecutionContext_psycopg):
    """Rows are streamed for questions only: a connection asked to stream once is asked for everything that follows, too."""

    def create_cursor(self) -> Any:
        """A cursor of the server for a long question, else one of the driver."""
        statement = str(getattr(self, "unicode_statement", "") or getattr(self, "statement", "")).lstrip()[:6].upper()
        if self.execution_options.get("stream_results") and not statement.startswith(("SELECT", "WITH")):
            return self.create_default_cursor()
        return super().create_cursor()


def _engine(create: Callable[[], Any], *, size: int, more: int) -> Engine:
    engine = create_engine(
        "postgresql+psycopg://",
        creator=create,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=more,
        pool_use_lifo=True,
    )
    engine.dialect.colspecs = {**engine.dialect.colspecs, Integer: _Whole}
    engine.dialect.execution_ctx_cls = _Context
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _look_after)
    event.listen(engine, "handle_error", _translate_event)
    event.listen(engine, "before_cursor_execute", _convert, retval=True)
    return engine


def _present(url: str) -> psycopg.Connection[Any]:
    """A connection of a desk that may write. EnvironmentFault ``database.being_moved`` while another moves the schema."""
    connection = connect(url)
    try:
        shared = connection.execute(f"SELECT pg_try_advisory_lock_shared({PRESENCE})").fetchone()
        connection.commit()
        if not shared or not shared[0]:
            raise EnvironmentFault("database.being_moved", database=shown(url))
    except psycopg.Error as error:
        connection.close()
        raise translate(error) from error
    except EnvironmentFault:
        connection.close()
        raise
    return connection


def writer_engine(url: str) -> Engine:
    """The one writer of this desk: transactions that begin with the lock of the whole store, so that what they read stays true."""
    engine = _engine(lambda: _present(url), size=1, more=0)

    @event.listens_for(engine, "begin")
    def take_lock(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITING})")  # by itself: the next statement sees all that was written

    return engine


def reader_engine(url: str) -> Engine:
    """Readers: read only, one consistent snapshot per transaction."""
    return _engine(lambda: connect(url, read_only=True), size=2, more=4)
