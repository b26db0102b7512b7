"""DuckDB in memory: never a file. Without a place for temporary files it fails when memory runs out rather than spill in clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.domain.errors import EnvironmentFault

if TYPE_CHECKING:
    import duckdb

_MEMORY = "2GB"  # a million residents take a third of it
_THREADS = 2
_SEPARATOR = "\n"  # no folded key, number or digit string holds one


@contextmanager
def engine(memory: str = _MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own to an empty database in memory, which can neither write files nor load extensions.

    EnvironmentFault ``match.memory`` when it needs more than ``memory``.
    """
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": _THREADS,
            "memory_limit": memory,
            "temp_directory": "",
            "max_temp_directory_size": "0B",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        },
    )
    try:
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    except duckdb.OutOfMemoryException:
        raise EnvironmentFault("match.memory") from None
    finally:
        connection.close()


def create(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[tuple[str, str]]) -> None:
    """An empty table."""
    connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns)})")


def append(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[tuple[str, str]], values: Sequence[Sequence[Any]]) -> None:
    """Add rows, given column by column, in one statement: each column is one text that DuckDB takes apart. Row by row would take minutes."""
    if not values or not values[0]:
        return
    texts = [_SEPARATOR.join(column if kind == "VARCHAR" else map(str, column)) for column, (_, kind) in zip(values, columns, strict=True)]
    wanted = ", ".join(
        f"unnest(string_split(${n}, '\n')){'' if kind == 'VARCHAR' else '::' + kind}" for n, (_, kind) in enumerate(columns, 1)
    )
    connection.execute(f"INSERT INTO {table} SELECT {wanted}", texts)
