"""Copying every table of a store into another, empty one, whichever engine either is on; and comparing the two afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Connection, Table, func, select

from app.domain.errors import IntegrityFault
from app.storage import tables as t
from app.storage.dialects import dialect_of
from app.usecases.job import QUIET, Job

DERIVED = frozenset({"resident_kana", "resident_birth", "resident_phone", "resident_part"})
"""Tables that serve as indexes: made anew on the other side (``dialect.rebuild_search``), never copied."""
_BATCH = 2000


def copied_tables() -> tuple[Table, ...]:
    """Every table that holds what cannot be made from others, in a fixed order."""
    return tuple(table for table in t.metadata.sorted_tables if table.name not in DERIVED)


def copy_tables(source: Connection, target: Connection, *, job: Job = QUIET) -> int:
    """Copy all rows as they are, make the search indexes anew, and set the counters behind the last keys. Answers the number of rows.

    Both are in a transaction of the caller's; the target's tables are empty. IntegrityFault ``store.not_copied`` names the table
    whose rows the other engine does not take.
    """
    dialect, total, tables = dialect_of(target), 0, copied_tables()
    for place, table in enumerate(tables):
        job.report(place, len(tables), "job.copying_store")
        try:
            total += dialect.write_rows(target, table, _rows(source, table))
        except (ValueError, TypeError, *dialect.REFUSALS) as error:
            raise IntegrityFault("store.not_copied", table=table.name, detail=type(error).__name__) from error
    dialect.set_counters(target, tables)
    dialect.rebuild_search(target)
    return total


def _rows(source: Connection, table: Table) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows of a table in batches, in the order of its key, flags as booleans."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    order = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    flags = [place for place, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
    found = source.execution_options(yield_per=_BATCH).exec_driver_sql(f'SELECT {names} FROM "{table.name}" ORDER BY {order}')
    for part in found.partitions(_BATCH):
        rows = [list(row) for row in part]
        for row in rows:
            for place in flags:
                row[place] = None if row[place] is None else bool(row[place])
        yield rows


def compare(source: Connection, target: Connection) -> int:
    """IntegrityFault ``store.copy_differs`` unless both hold as many rows in each table and the same chain heads. Answers the number of rows."""
    total = 0
    for table in copied_tables():
        count = select(func.count()).select_from(table)
        here, there = source.execute(count).scalar_one(), target.execute(count).scalar_one()
        if here != there:
            raise IntegrityFault("store.copy_differs", table=table.name, here=here, there=there)
        total += there
    if _heads(source) != _heads(target):
        raise IntegrityFault("store.copy_differs", table=t.device.name, here=0, there=0)
    return total


def _heads(connection: Connection) -> Mapping[str, tuple[Any, ...]]:
    """The head of each journal chain as the device row says it and as the last row of the chain bears it, and that of the access log."""
    heads = {row.id: tuple(row) for row in connection.execute(select(t.device))}
    last = select(t.journal.c.hash).order_by(t.journal.c.seq.desc()).limit(1)
    seen = select(t.access.c.hash).order_by(t.access.c.seq.desc()).limit(1)
    heads[""] = (connection.execute(last).scalar_one_or_none(), connection.execute(seen).scalar_one_or_none())
    return heads
