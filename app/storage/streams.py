"""Reading more rows than should be in memory at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection


def stream(connection: Connection, sql: str, values: Any = None, *, size: int = 5000) -> Iterator[Sequence[Any]]:
    """The rows of a long question, ``size`` at a time, never all in memory; also one that is left early gives back what it held."""
    found = connection.exec_driver_sql(sql, values, execution_options={"yield_per": size})
    try:
        yield from found.partitions(size)
    finally:
        found.close()
