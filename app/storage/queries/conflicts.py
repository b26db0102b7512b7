"""Open conflicts as people see them: whose record, who wrote what, where and when, and what each had found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app.domain.exchange import OWNED
from app.domain.identifiers import device_prefix
from app.domain.merging import Conflict
from app.storage import tables as t
from app.storage.queries.base import chunked, marks
from app.storage.shield import PERSONAL, Guard, concealed
from app.usecases.exchange_rows import ConflictSide, ConflictView

_OPEN = "SELECT id, kind, record, found_at FROM open_conflict ORDER BY found_at, kind, record, id"
_OPERATIONS = (
    "SELECT j.op_id, coalesce(o.name, ''), coalesce(s.name, ''), j.device, j.at_ms, j.reason, j.changes FROM journal j"
    " LEFT JOIN operator o ON o.id = j.operator LEFT JOIN site s ON s.id = j.site WHERE j.op_id IN ({})"
)


def _seen(connection: Connection, guard: Guard) -> list[Any]:
    """Rows of open conflicts without those about people whom the reader may not see."""
    rows = connection.exec_driver_sql(_OPEN).all()
    if not guard.hides or not rows:
        return list(rows)
    people = guard.people(connection)
    hidden = {
        (kind, one)
        for kind in {row[1] for row in rows} & PERSONAL
        for one in concealed(connection, kind, people, {row[2] for row in rows if row[1] == kind}, past=True)
    }
    return [row for row in rows if (row[1], row[2]) not in hidden]


def count_conflicts(connection: Connection, guard: Guard) -> int:
    """How many there are for this reader."""
    return len(_seen(connection, guard))


def _merged(connection: Connection, rows: Iterable[Any]) -> dict[str, Conflict]:
    from app.storage.merged import Merger

    merger = Merger(connection)
    by_kind: dict[str, list[str]] = {}
    for row in rows:
        by_kind.setdefault(row[1], []).append(row[2])
    found: dict[str, Conflict] = {}
    for kind, ids in by_kind.items():
        for part in chunked(sorted(set(ids))):
            found.update({one.id: one for merged in merger.merged(kind, part).values() for one in merged.conflicts})
    return found


def conflict_of(connection: Connection, guard: Guard, conflict_id: str) -> Conflict | None:
    """One of them as merging tells it."""
    rows = [row for row in _seen(connection, guard) if row[0] == conflict_id]
    return _merged(connection, rows).get(conflict_id)


def conflict_views(connection: Connection, guard: Guard, *, limit: int) -> list[ConflictView]:
    """The first of them."""
    rows = _seen(connection, guard)[:limit]
    merged = _merged(connection, rows)
    told = _operations(connection, [side.op_id for one in merged.values() for side in one.sides])
    found = []
    for conflict_id, kind, record, found_at in rows:
        conflict = merged.get(conflict_id)
        if conflict is None:
            continue
        stored = _values(connection, kind, record)
        title, person = describe(connection, kind, record)
        found.append(
            ConflictView(
                id=conflict_id,
                kind=kind,
                record=record,
                title=title,
                person_id=person,
                fields=conflict.fields,
                sides=_sides(conflict, told),
                shown={name: stored.get(name) for name in conflict.fields},
                found_at=t.from_seconds(found_at),
                owned=kind in OWNED,
            )
        )
    return found


def _operations(connection: Connection, ops: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in chunked(sorted(set(ops))):
        found.update({row[0]: row for row in connection.exec_driver_sql(_OPERATIONS.format(marks(part)), tuple(part))})
    return found


def letter(place: int) -> str:
    """A, B, … Z, AA, AB, …"""
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def _sides(conflict: Conflict, told: dict[str, Any]) -> tuple[ConflictSide, ...]:
    sides = []
    for place, side in enumerate(conflict.sides):
        _, by, site, device, at_ms, reason, changes = told[side.op_id]
        before = {name: change[0] for name, change in json.loads(changes).items() if name in side.values}
        sides.append(
            ConflictSide(
                operation=side.op_id,
                letter=letter(place),
                values=side.values,
                before=before,
                by=by,
                site=site,
                device=device_prefix(device),
                at=datetime.fromtimestamp(at_ms / 1000, UTC),
                reason=reason,
                deleted=side.values.get("deleted") is True,
            )
        )
    return tuple(sides)


def _values(connection: Connection, kind: str, record: str) -> dict[str, Any]:
    """The row of a record in JSON values."""
    from app.domain.journal import to_json_value
    from app.storage.changing import read_records

    found = read_records(connection, t.KIND_BY_NAME[kind], "id = ?", (record,))
    return {name: to_json_value(getattr(one, name)) for one in found for name in one.__dataclass_fields__}


_NAMED = ("name", "label", "head_name", "title", "number")


def describe(connection: Connection, kind: str, record: str) -> tuple[str, str]:
    """What a person calls the record, and the evacuee it is about ("" for none)."""
    if kind == "absence":
        stay = connection.exec_driver_sql("SELECT stay_id FROM absence WHERE id = ?", (record,)).scalar()
        return describe(connection, "stay", str(stay)) if stay else ("", "")
    if kind == "stay":
        person = connection.exec_driver_sql("SELECT person_id FROM stay WHERE id = ?", (record,)).scalar()
        return describe(connection, "person", str(person)) if person else ("", "")
    table = t.KIND_BY_NAME[kind].table
    names = [name for name in _NAMED if name in table.c]
    row = connection.exec_driver_sql(f"SELECT {', '.join(names)} FROM {table.name} WHERE id = ?", (record,)).first() if names else None
    title = next((str(value) for value in row if value), "") if row else ""
    return title, record if kind == "person" else ""
