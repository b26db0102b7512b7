"""Copying every table of a store into another, empty one, whichever engine either is on; and comparing the two afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, Connection, Table, func, select

from app.domain.errors import IntegrityFault
from app.storage import tables as t
from app.storage.dialects import dialect_of
from app.storage.streams import stream
from app.usecases.job import QUIET, Job

DERIVED = frozenset({"resident_kana", "resident_birth", "resident_phone", "resident_part"})
"""Tables that serve as indexes: made anew on the other side (``dialect.rebuild_search``), never copied."""
_BATCH = 2000


def copied_tables(connection: Connection) -> tuple[Table, ...]:
    """Every table of this store that holds what cannot be made from others, in a fixed order.

    In an older store those of its schema: the tables as they are there, found by looking.
    """
    found = []
    for table in t.metadata.sorted_tables:
        if table.name not in DERIVED and dialect_of(connection).has_table(connection, table.name):
            found.append(table)
    return tuple(found)


def copy_tables(source: Connection, target: Connection, *, job: Job = QUIET) -> int:
    """Copy all rows as they are, make the search indexes anew, and set the counters behind the last keys. Answers the number of rows.

    Both are in a transaction of the caller's and of one schema; the target's tables are empty. IntegrityFault ``store.not_copied``
    names the table whose rows the other engine does not take.
    """
    dialect, total, tables = dialect_of(target), 0, copied_tables(source)
    for place, table in enumerate(tables):
        job.report(place, len(tables), "job.copying_store")
        columns = _columns(source, table)
        try:
            total += dialect.write_rows(target, table.name, columns, _rows(source, table, columns))
        except (ValueError, TypeError, *dialect.REFUSALS) as error:
            raise IntegrityFault("store.not_copied", table=table.name, detail=type(error).__name__) from error
    dialect.set_counters(target, tables)
    dialect.rebuild_search(target)
    return total


def _columns(connection: Connection, table: Table) -> list[str]:
    found = connection.exec_driver_sql(f'SELECT * FROM "{table.name}" WHERE 1 = 0')
    there = set(found.keys())
    found.close()
    return [column.name for column in table.columns if column.name in there]


def _rows(source: Connection, table: Table, columns: Sequence[str]) -> Iterator[Sequence[Sequence[Any]]]:
    """The rows of a table in batches, in the order of its key, flags as booleans."""
    names = ", ".join(f'"{name}"' for name in columns)
    order = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    flags = [place for place, name in enumerate(columns) if isinstance(table.columns[name].type, Boolean)]
    for part in stream(source, f'SELECT {names} FROM "{table.name}" ORDER BY {order}', size=_BATCH):
        rows = [list(row) for row in part]
        for row in rows:
            for place in flags:
                row[place] = None if row[place] is None else bool(row[place])
        yield rows


def compare(source: Connection, target: Connection) -> int:
    """IntegrityFault ``store.copy_differs`` unless both hold as many rows in each table and the same chain heads. Answers the number of rows."""
    total = 0
    for table in copied_tables(source):
        count = select(func.count()).select_from(table)
        here, there = source.execute(count).scalar_one(), target.execute(count).scalar_one()
        if here != there:
            raise IntegrityFault("store.copy_differs", table=table.name, here=here, there=there)
        total += there
    if _heads(source) != _heads(target):
        raise IntegrityFault("store.copy_differs", table=t.device.name, here=0, there=0)
    return total


def _heads(connection: Connection) -> Mapping[str, tuple[Any, ...]]:
    """The head of each journal chain as the device row says it and as the last row of all bears it, and that of the access log."""
    device = t.device.c
    heads = {row.id: tuple(row) for row in connection.execute(select(device.id, device.journal_seq, device.journal_hash, device.seal))}
    last = select(t.journal.c.seq, t.journal.c.hash).order_by(t.journal.c.seq.desc()).limit(1)
    seen = select(t.access.c.seq, t.access.c.hash).order_by(t.access.c.seq.desc()).limit(1)
    heads["journal"], heads["access"] = (tuple(connection.execute(one).one_or_none() or ()) for one in (last, seen))
    return heads
