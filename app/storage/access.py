"""The access log: who saw, printed, exported or published whose data. Append-only and hash-chained; the statutory record of provision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from app.domain.journal import GENESIS, chain_hash
from app.storage import tables as t


def _text(row: dict[str, Any]) -> str:
    keys = ("device", "at_ms", "operator", "action", "purpose", "persons", "target", "persons_hash")
    return json.dumps([row[key] for key in keys], ensure_ascii=False, separators=(",", ":"))


def _persons_hash(persons: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(persons)).encode()).hexdigest() if persons else ""


def write_access(
    connection: Connection, *, device: str, at_ms: int, operator: str, action: str, purpose: str, persons: Sequence[str] | int, target: str
) -> None:
    """One row, and one per person when the persons are named."""
    named = [] if isinstance(persons, int) else sorted(set(persons))
    previous = connection.execute(select(t.access.c.hash).order_by(t.access.c.seq.desc()).limit(1)).scalar_one_or_none() or GENESIS
    row: dict[str, Any] = {
        "device": device,
        "at_ms": at_ms,
        "operator": operator,
        "action": action,
        "purpose": purpose,
        "target": target,
        "persons": persons if isinstance(persons, int) else len(named),
        "persons_hash": _persons_hash(named),
    }
    row |= {"previous": previous, "hash": chain_hash(previous, _text(row))}
    result = connection.execute(insert(t.access).values(**row))
    seq = new_key(result)
    if named:
        cursor = connection.connection.cursor()
        cursor.executemany("INSERT INTO access_person (access_seq, person) VALUES (?, ?)", [(seq, person) for person in named])
        cursor.close()


def new_key(result: Any) -> int:
    """The integer key that an insert made."""
    return int(result.inserted_primary_key[0])


def check_access(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
    """Problems of the access log's chain."""
    problems: list[tuple[str, dict[str, Any]]] = []
    head, expected = GENESIS, 1
    for row in connection.execute(select(t.access).order_by(t.access.c.seq)):
        values = dict(row._mapping)
        if row.seq != expected or row.previous != head or chain_hash(row.previous, _text(values)) != row.hash:
            problems.append(("verify.access_changed", {"seq": row.seq}))
        head, expected = row.hash, row.seq + 1
        if len(problems) >= 20:
            break
    counts = {
        row[0]: row[1] for row in connection.exec_driver_sql("SELECT access_seq, count(*) FROM access_person GROUP BY access_seq").all()
    }
    for row in connection.execute(select(t.access.c.seq, t.access.c.persons, t.access.c.persons_hash)):
        if row.persons_hash and counts.get(row.seq, 0) != row.persons:
            problems.append(("verify.access_changed", {"seq": row.seq}))
    return problems
