"""The access log: who saw, printed, exported or published whose data. Append-only and hash-chained; the statutory record of provision."""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, insert, select

from app.domain.journal import GENESIS, chain_hash
from app.storage import tables as t
from app.storage.engine import run_many
from app.storage.keyring import derive_subkey

_SEAL = "access.head"
_MOST = 20
_CROWD = 2000
"""Above this many people an access keeps them packed in one piece: a row each would cost the largest outputs more than reading them."""


def _text(row: dict[str, Any]) -> str:
    keys = ("device", "at_ms", "operator", "action", "purpose", "persons", "target", "persons_hash")
    return json.dumps([row[key] for key in keys], ensure_ascii=False, separators=(",", ":"))


def _persons_hash(persons: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(persons)).encode()).hexdigest() if persons else ""


def _seal(data_key: bytes, seq: int, head: str) -> str:
    return hmac.new(derive_subkey(data_key, _SEAL), f"{seq}/{head}".encode(), hashlib.sha256).hexdigest()


def write_access(
    connection: Connection,
    data_key: bytes,
    *,
    device: str,
    at_ms: int,
    operator: str,
    action: str,
    purpose: str,
    persons: Sequence[str] | int,
    target: str,
) -> None:
    """One row and who it was about, when the persons are named. The head is sealed, so that rows cut off at the end are noticed."""
    named = [] if isinstance(persons, int) else sorted(set(persons))
    last = connection.execute(select(t.access.c.seq, t.access.c.hash).order_by(t.access.c.seq.desc()).limit(1)).one_or_none()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)  # not a counter of the server: those leave gaps
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
    connection.execute(insert(t.access).values(seq=seq, **row))
    if len(named) > _CROWD:
        connection.execute(insert(t.access_crowd).values(access_seq=seq, persons=_pack(named)))
    elif named:
        run_many(connection, "INSERT INTO access_person (access_seq, person) VALUES (?, ?)", [(seq, person) for person in named])
    connection.exec_driver_sql(
        "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_SEAL, _seal(data_key, seq, row["hash"])),
    )


def _pack(persons: Sequence[str]) -> bytes:
    return zlib.compress(("\n" + "\n".join(persons) + "\n").encode(), 1)


def _unpack(packed: bytes) -> list[str]:
    """The persons of a packed list; none when it is not one any more."""
    return _opened(packed).decode("utf-8", "replace").split("\n")[1:-1]


def _opened(packed: bytes) -> bytes:
    try:
        return zlib.decompress(packed)
    except zlib.error:
        return b""


def crowds_with(connection: Connection, person: str) -> list[int]:
    """The accesses to very many people that this person was among."""
    sought = f"\n{person}\n".encode()
    rows = connection.exec_driver_sql("SELECT access_seq, persons FROM access_crowd")
    return [row[0] for row in rows if sought in _opened(row[1])]


def new_key(result: Any) -> int:
    """The integer key that an insert made."""
    return int(result.inserted_primary_key[0])


def check_access(connection: Connection, data_key: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Problems of the access log: its chain, its sealed head, and the persons named in each row."""
    problems: list[tuple[str, dict[str, Any]]] = []
    head, expected = GENESIS, 1
    for row in connection.execute(select(t.access).order_by(t.access.c.seq)):
        values = dict(row._mapping)
        if row.seq != expected or row.previous != head or chain_hash(row.previous, _text(values)) != row.hash:
            problems.append(("verify.access_changed", {"seq": row.seq}))
        head, expected = row.hash, row.seq + 1
        if len(problems) >= _MOST:
            return problems
    seal = connection.execute(select(t.setting.c.value).where(t.setting.c.name == _SEAL)).scalar_one_or_none()
    if (expected > 1 or seal is not None) and not hmac.compare_digest(seal or "", _seal(data_key, expected - 1, head)):
        problems.append(("verify.access_changed", {"seq": expected - 1}))
    return problems + _person_problems(connection)


def _person_problems(connection: Connection) -> list[tuple[str, dict[str, Any]]]:
    """Rows whose named persons are not those that were written."""
    told = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT seq, persons_hash FROM access")}
    found: dict[int, str] = {}
    rows = connection.exec_driver_sql("SELECT access_seq, person FROM access_person ORDER BY access_seq, person")
    for seq, group in groupby(rows, key=itemgetter(0)):
        found[seq] = _persons_hash([row[1] for row in group])
    for seq, packed in connection.exec_driver_sql("SELECT access_seq, persons FROM access_crowd"):
        found[seq] = _persons_hash(_unpack(packed)) if seq not in found else "twice"
    wrong = [seq for seq in sorted(told.keys() | found.keys()) if told.get(seq, "") != found.get(seq, "")]
    return [("verify.access_changed", {"seq": seq}) for seq in wrong[:_MOST]]
