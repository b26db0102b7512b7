"""The key slots of a store on a server: one row that all desks share, changed only by whoever has seen its last state."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from app.domain.errors import EnvironmentFault
from app.storage.server import connect, shown, translate

_AGE = "extract(epoch FROM clock_timestamp()) - failed_at / 1000.0"


@contextmanager
def session(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A short connection whose statements are committed at the end; driver errors in words."""
    connection = connect(url)
    try:
        with connection:
            yield connection
    except psycopg.Error as error:
        raise translate(error) from error


class ServerKeys:
    """See ``storage.keyring.KeyPlace``. Wrong passwords are counted by the server's clock, for all desks together."""

    def __init__(self, url: str) -> None:
        self.name = shown(url)
        self._url = url
        self._version = 0

    def read(self) -> str:
        """See ``KeyPlace``."""
        with session(self._url) as connection:
            row = None
            if connection.execute("SELECT to_regclass('keyring')").fetchall()[0][0] is not None:
                row = connection.execute("SELECT version, content FROM keyring").fetchone()
        if row is None:
            raise EnvironmentFault("database.empty", database=self.name)
        self._version = int(row[0])
        return str(row[1])

    def write(self, text: str) -> None:
        """See ``KeyPlace``: compare and set."""
        with session(self._url) as connection:
            if self._version:
                sql = "UPDATE keyring SET content = %s, version = version + 1 WHERE version = %s"
                done = connection.execute(sql, (text, self._version)).rowcount
            else:
                sql = "INSERT INTO keyring (id, version, content) VALUES (1, 1, %s) ON CONFLICT DO NOTHING"
                done = connection.execute(sql, (text,)).rowcount
            if done != 1:
                raise EnvironmentFault("database.keys_changed", database=self.name)
        self._version += 1

    def failures(self) -> tuple[int, float]:
        """See ``KeyPlace``."""
        with session(self._url) as connection:
            row = connection.execute(f"SELECT failures, {_AGE} FROM keyring").fetchone()
        return (int(row[0]), time.time() - max(0.0, float(row[1]))) if row else (0, 0.0)

    def note_failure(self) -> None:
        """See ``KeyPlace``."""
        now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
        with session(self._url) as connection:
            connection.execute(f"UPDATE keyring SET failures = failures + 1, failed_at = {now}")

    def forget_failures(self) -> None:
        """See ``KeyPlace``."""
        with session(self._url) as connection:
            connection.execute("UPDATE keyring SET failures = 0 WHERE failures > 0")
