"""Open conflicts as people see them: whose record, who wrote what, where and when, and what each had found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from app.domain.exchange import OWNED
from app.domain.identifiers import device_prefix
from app.domain.journal import to_json_value
from app.domain.merging import Conflict, Side, conflict_id
from app.storage import tables as t
from app.storage.queries.base import chunked, marks
from app.storage.shield import PERSONAL, Guard, concealed
from app.usecases.exchange_rows import ConflictSide, ConflictView

_OPEN = "SELECT id, kind, record, found_at FROM open_conflict ORDER BY found_at, kind, record, id"
_RUNNING = """
SELECT st.person_id, st.id, st.shelter_id, st.from_at, j.op_id, j.received_ms FROM stay st JOIN journal j ON j.record = st.id AND j.action = 'create'
WHERE NOT st.deleted AND st.to_at IS NULL AND st.person_id IN (
  SELECT o.person_id FROM stay o JOIN person p ON p.id = o.person_id WHERE NOT o.deleted AND NOT p.deleted AND o.to_at IS NULL
  GROUP BY o.person_id HAVING count(*) > 1 AND count(*) > sum(CASE WHEN o.pending THEN 1 ELSE 0 END))
ORDER BY st.person_id, st.from_at, st.id
"""
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
    return len(_seen(connection, guard)) + len(_two_places(connection, guard))


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


def conflict_of(connection: Connection, guard: Guard, wanted: str) -> Conflict | None:
    """One of them as merging tells it."""
    rows = [row for row in _seen(connection, guard) if row[0] == wanted]
    if rows:
        return _merged(connection, rows).get(wanted)
    return next((one for one, _, _ in _two_places(connection, guard) if one.id == wanted), None)


def conflict_views(connection: Connection, guard: Guard, *, limit: int, only: str = "") -> list[ConflictView]:
    """The first of them, or the one with an id."""
    rows = [row for row in _seen(connection, guard) if only in ("", row[0])][:limit]
    merged = _merged(connection, rows)
    told = _operations(connection, [side.op_id for one in merged.values() for side in one.sides])
    found = []
    for name, kind, record, found_at in rows:
        conflict = merged.get(name)
        if conflict is None:
            continue
        stored = _values(connection, kind, record)
        title, person = describe(connection, kind, record)
        found.append(
            ConflictView(
                id=name,
                kind=kind,
                record=record,
                title=title,
                person_id=person,
                fields=conflict.fields,
                sides=_sides(conflict, told),
                shown={field: stored.get(field) for field in conflict.fields},
                found_at=t.from_seconds(found_at),
                owned=kind in OWNED,
            )
        )
    places = [] if only and rows else [one for one in _two_places(connection, guard) if only in ("", one[0].id)]
    for conflict, person, found_at in places[: max(0, limit - len(rows))]:
        told = _operations(connection, [side.op_id for side in conflict.sides])
        shown = {name: _values(connection, "stay", conflict.record).get(name) for name in conflict.fields}
        title, sides = describe(connection, "person", person)[0], _sides(conflict, told)
        found.append(
            ConflictView(
                id=conflict.id, kind="stay", record=conflict.record, title=title, person_id=person, fields=conflict.fields, sides=sides,
                shown=shown, found_at=found_at,
            )  # fmt: skip
        )
    return found


def _two_places(connection: Connection, guard: Guard) -> list[tuple[Conflict, str, datetime]]:
    """People who run at several places at once because laptops checked them in that had not met; not those kept side by side on purpose.

    Worked out from the stays each time: it is over as soon as all but one have ended. The stay shown first is the one that began last.
    """
    if connection.exec_driver_sql("SELECT count(*) FROM device").scalar_one() < 2:
        return []
    hidden = guard.hidden(connection).persons
    found = []
    for person, rows in groupby(connection.exec_driver_sql(_RUNNING).all(), key=lambda row: str(row[0])):
        if person in hidden:
            continue
        stays = list(rows)
        sides = tuple(Side(row[4], {"stay": row[1], "shelter_id": row[2], "from_at": _iso(row[3])}) for row in stays)
        name = conflict_id("stay", person, ("shelter_id",), [row[1] for row in stays])
        found_at = datetime.fromtimestamp(max(row[5] for row in stays) // 1000, UTC)
        found.append((Conflict(name, "stay", str(stays[-1][1]), ("shelter_id",), sides), person, found_at))
    return found


def _iso(seconds: int) -> Any:
    return to_json_value(t.from_seconds(seconds))


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
