"""Whether the store is as the program left it: its place (pages, structure), chains, and every record against its journal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, select

from app.domain.errors import EnvironmentFault, IntegrityFault
from app.domain.journal import to_json_value
from app.domain.merging import Write
from app.domain.records import value_fields
from app.storage import tables as t
from app.storage.access import check_access
from app.storage.bulk import snapshot_hash
from app.storage.chain_check import check_chain
from app.storage.merged import Merger
from app.storage.store import Store
from app.usecases.photo_ports import Attachments

Problem = tuple[str, dict[str, Any]]
_MOST = 50
_FROM_AFAR = "SELECT j.record FROM journal j JOIN device d ON d.id = j.chain WHERE j.kind IN ('photo', 'payee_account') AND d.prefix = ''"


@dataclass
class Verification:
    """What was found. ``integrity`` speaks of the file, ``chain_ok`` of the journal; ``problems`` are codes with parameters."""

    integrity: bool = True
    chain_ok: bool = True
    journal_rows: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return not self.problems


def verify_store(store: Store) -> Verification:
    """Read everything once. Never writes and never raises for damage: it tells."""
    found = Verification()
    read = False
    try:
        for problem in store.backend.problems():
            found.integrity = False
            found.problems.append(problem)
        with store.reader().connect() as connection, connection.begin():
            found.journal_rows, chain = check_chain(connection, store.data_key)
            read = True
            found.chain_ok = not chain
            found.problems += chain
            found.problems += check_access(connection, store.data_key)
            for kind in t.KINDS:
                found.problems += _check_records(connection, kind)
            found.problems += _check_snapshots(connection)
            found.problems += _check_photos(store, connection)
    except IntegrityFault as fault:
        found.integrity = False
        found.problems.append((fault.code, fault.params))
    except (driver.Error, ValueError, TypeError, AttributeError) as error:  # a journal that holds no journal
        found.integrity = False
        found.problems.append(("verify.unreadable", {"detail": type(error).__name__}))
    found.chain_ok = found.chain_ok and read
    return found


def _check_snapshots(connection: Connection) -> list[Problem]:
    """Snapshots whose rows no longer give the hash they were imported with."""
    snapshots = connection.execute(select(t.snapshot).order_by(t.snapshot.c.num)).all()
    changed = [one for one in snapshots if snapshot_hash(connection, one.first_rid, one.last_rid) != one.sha256]
    return [("verify.record_changed", {"kind": "snapshot", "record": one.id, "fields": "sha256"}) for one in changed]


def _check_photos(store: Store, connection: Connection) -> list[Problem]:
    """Photos whose picture is not there or does not open: the first fifty by name, and how many more.

    A picture that was taken elsewhere may still be on its way.
    """
    query = (
        select(t.photo.c.id, t.photo.c.number, t.photo.c.name, t.photo.c.content, t.building.c.number)
        .select_from(t.photo.outerjoin(t.building, t.building.c.id == t.photo.c.building_id))
        .where(~t.photo.c.deleted)
        .order_by(t.photo.c.rid)
    )
    shelf = store.backend.attachments(read_only=True)
    problems: list[Problem] = []
    afar = set(connection.exec_driver_sql(_FROM_AFAR).scalars())
    for photo, number, name, content, building in connection.execute(query):
        if (fault := _lost(shelf, content)) and (fault != "missing" or photo not in afar):
            problems.append((f"verify.photo_{fault}", {"number": number, "name": name, "building": building or ""}))
    account = t.payee_account.c
    for book, content, payee in connection.execute(select(account.id, account.photo, account.payee_id).where(~account.deleted, account.photo != "")):
        if (fault := _lost(shelf, content)) and (fault != "missing" or book not in afar):
            problems.append((f"verify.passbook_{fault}", {"payee": payee}))
    more = len(problems) - _MOST
    return problems if more <= 0 else [*problems[:_MOST], ("verify.photos_more", {"count": more})]


def _lost(shelf: Attachments, content: str) -> str:
    """``missing`` or ``damaged``; "" for a picture that opens."""
    try:
        shelf.get(content)
    except (IntegrityFault, EnvironmentFault) as fault:
        return "missing" if fault.code == "attachment.missing" else "damaged"
    return ""


def _check_records(connection: Connection, kind: t.Kind) -> list[Problem]:
    """Replay the journal of a kind beside its table, both in order of id, and tell what differs."""
    problems: list[Problem] = []
    names = [f.name for f in value_fields(kind.cls)]
    table_rows = iter(connection.execute(select(kind.table).order_by(kind.table.c.id)))
    conflicts: dict[str, str] = {}
    replayed = _replay(connection, kind.name, names, conflicts)
    row, told = next(table_rows, None), next(replayed, None)
    while (row is not None or told is not None) and len(problems) < _MOST:
        if told is None or (row is not None and row.id < told[0]):
            assert row is not None
            problems.append(("verify.record_unjournalled", {"kind": kind.name, "record": row.id}))
            row = next(table_rows, None)
        elif row is None or told[0] < row.id:
            problems.append(("verify.record_missing", {"kind": kind.name, "record": told[0]}))
            told = next(replayed, None)
        else:
            record, count, values = told
            mapping = row._mapping
            changed = [n for n in names if n in values and to_json_value(mapping[n]) != values[n]]
            if changed or mapping["version"] != count:
                problems.append(("verify.record_changed", {"kind": kind.name, "record": record, "fields": ", ".join(changed) or "version"}))
            row, told = next(table_rows, None), next(replayed, None)
    return problems if len(problems) >= _MOST else problems + _check_conflicts(connection, kind.name, conflicts)


def _check_conflicts(connection: Connection, kind: str, conflicts: Mapping[str, str]) -> list[Problem]:
    """What waits for a person must be what the operations leave undecided."""
    query = select(t.open_conflict.c.id, t.open_conflict.c.record).where(t.open_conflict.c.kind == kind)
    told = {row.id: row.record for row in connection.execute(query)}
    wrong = sorted({record for one, record in (*told.items(), *conflicts.items()) if told.get(one) != conflicts.get(one)})
    return [("verify.conflict_changed", {"kind": kind, "record": record}) for record in wrong[:_MOST]]


def _replay(connection: Connection, kind: str, names: list[str], conflicts: dict[str, str]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Every record of a kind as its operations make it; ``conflicts`` are filled with what is undecided, id to record."""
    columns = (t.journal.c[name] for name in ("record", "op_id", "chain", "device_seq", "hlc", "action", "changes"))
    query = select(*columns).where(t.journal.c.kind == kind).order_by(t.journal.c.record)
    merger, blank = Merger(connection), _blank_values(kind)
    for record, rows in groupby(connection.execute(query), key=lambda row: str(row[0])):
        merged = merger.merge(kind, record, [Write(op, chain, seq, hlc, act, json.loads(told)) for _, op, chain, seq, hlc, act, told in rows])
        conflicts.update({one.id: record for one in merged.conflicts})
        if merged.exists:
            yield record, merged.count, {**blank, **{key: value for key, value in merged.values.items() if key in names}}


def _blank_values(kind: str) -> dict[str, Any]:
    import dataclasses

    fields = value_fields(t.KIND_BY_NAME[kind].cls)
    return {f.name: to_json_value(f.default) for f in fields if f.default is not dataclasses.MISSING}
