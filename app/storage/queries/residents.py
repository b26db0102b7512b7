"""Residents of snapshots, with the evacuee record and stay already linked to each."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection, select

from app.domain.protection import ProtectedPeople
from app.domain.relations import sort_members
from app.domain.resident import Finding, ResidentRow, Snapshot
from app.storage import tables as t
from app.storage.dialects import search_of
from app.storage.keys import birth_range
from app.storage.queries.base import Source, chunked, marks, moment
from app.storage.search import SHARED_FTS, match_anywhere, part_name
from app.storage.shield import Guard
from app.storage.streams import stream
from app.usecases.rows import ResidentView

COLUMNS = (
    "r.rid, r.resident_no, r.household_no, r.name, r.kana, r.birth, r.sex, r.relation, r.postal, r.address, r.district, r.phone, r.nationality,"
    " r.protected, sn.id, sn.first_rid"
)


def snapshot_of(row: Any) -> Snapshot:
    """A snapshot from its table row."""
    return Snapshot(
        id=row.id,
        label=row.label,
        as_of=row.as_of,
        known_at=row.known_at,
        residents=row.residents,
        households=row.households,
        sha256=row.sha256,
        files=row.files,
        created_at=row.created_at,
        active=bool(row.active),
        origin=row.origin,
        district=row.district,
        sources=row.sources,
    )


def resident_id(snapshot_id: str, first_rid: int, rid: int) -> str:
    """The id of a resident: its snapshot and its place in it, the same on every laptop that holds the snapshot."""
    return f"{snapshot_id}:{rid - first_rid}"


def rid_of(connection: Connection, wanted: str) -> int | None:
    """The row number of a resident id, or None."""
    snapshot_id, _, place = wanted.rpartition(":")
    if not place.isdigit():
        return None
    row = connection.execute(select(t.snapshot.c.first_rid, t.snapshot.c.last_rid).where(t.snapshot.c.id == snapshot_id)).one_or_none()
    if row is None or row.first_rid + int(place) > row.last_rid:
        return None
    return int(row.first_rid) + int(place)


def text_tables(connection: Connection, snapshot: int) -> tuple[str, ...]:
    """The tables of the text index of a snapshot, in order of row numbers."""
    query = "SELECT part FROM resident_part WHERE snapshot = ? ORDER BY part"
    return tuple(part_name(snapshot, row[0]) for row in connection.exec_driver_sql(query, (snapshot,)).all()) or (SHARED_FTS,)


def views(connection: Connection, rows: Sequence[Any], guard: Guard) -> list[ResidentView]:
    """Resident rows (``COLUMNS``) as views with the linked person and open stay; without those the reader may not learn of."""
    found, people = _linked_views(connection, rows), guard.people(connection)
    marked = [replace(view, protected=True) if _covered(view, people) else view for view in found]
    return [view for view in marked if not view.protected] if guard.hides else marked


def _covered(view: ResidentView, people: ProtectedPeople) -> bool:
    return view.person_id in people.persons or people.resident(view.id, view.resident_no, view.flagged)


_LINK = (
    "SELECT p.resident_id, p.id, st.id, st.shelter_id, s.name, st.from_at, p.resident_no, p.birth_lo, p.birth_hi FROM person p"
    " LEFT JOIN stay st ON st.person_id = p.id AND NOT st.deleted AND st.to_at IS NULL LEFT JOIN shelter s ON s.id = st.shelter_id"
    " WHERE NOT p.deleted AND "
)


def _linked_views(connection: Connection, rows: Sequence[Any]) -> list[ResidentView]:
    ids = [resident_id(r[14], r[15], r[0]) for r in rows]
    linked: dict[str, tuple[Any, ...]] = {}
    for part in chunked(ids):
        linked |= {row[0]: tuple(row) for row in connection.exec_driver_sql(_LINK + f"p.resident_id IN ({marks(part)}) ORDER BY p.rid, st.rid", tuple(part))}
    missing = [(r, rid) for r, rid in zip(rows, ids, strict=True) if r[1] and rid not in linked]
    linked |= _linked_by_number(connection, missing)
    return [_view(r, rid, linked.get(rid)) for r, rid in zip(rows, ids, strict=True)]


def _linked_by_number(connection: Connection, rows: Sequence[tuple[Any, str]]) -> dict[str, tuple[Any, ...]]:
    """Links of people who were registered from another snapshot: the same resident number and no other birth date.

    Somebody linked within the same snapshot is not taken: there two people share a number.
    """
    by_number: dict[str, list[tuple[Any, ...]]] = {}
    for part in chunked(sorted({r[1] for r, _ in rows})):
        for row in connection.exec_driver_sql(_LINK + f"p.resident_no IN ({marks(part)}) ORDER BY p.rid, st.rid", tuple(part)):
            by_number.setdefault(row[6], []).append(tuple(row))
    linked: dict[str, tuple[Any, ...]] = {}
    for r, rid in rows if by_number else ():
        low, high = birth_range(r[5])
        for link in by_number.get(r[1], ()):
            same = low is None or link[7] is None or (link[7] <= (high or low) and low <= link[8])
            if same and not link[0].startswith(f"{r[14]}:"):
                linked.setdefault(rid, link)
    return linked


def _view(r: Any, rid: str, link: tuple[Any, ...] | None) -> ResidentView:
    return ResidentView(
        id=rid,
        snapshot_id=r[14],
        resident_no=r[1],
        household_no=r[2],
        name=r[3],
        kana=r[4],
        birth=r[5],
        sex=r[6],
        relation=r[7],
        postal=r[8],
        address=r[9],
        district=r[10],
        phone=r[11],
        nationality=r[12],
        protected=bool(r[13]),
        flagged=bool(r[13]),
        person_id=link[1] if link else "",
        stay_id=(link[2] or "") if link else "",
        shelter_id=(link[3] or "") if link else "",
        shelter_name=(link[4] or "") if link else "",
        since=moment(link[5]) if link else None,
    )


class ResidentQueries:
    """See ``usecases.ports.ResidentReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, newest first."""
        with self._source() as connection:
            return [snapshot_of(row) for row in connection.execute(select(t.snapshot).order_by(t.snapshot.c.num.desc()))]

    def active(self) -> Snapshot | None:
        """The snapshot that searches look into."""
        with self._source() as connection:
            row = connection.execute(select(t.snapshot).where(t.snapshot.c.active)).one_or_none()
        return None if row is None else snapshot_of(row)

    def finding_counts(self, *, snapshot_id: str) -> dict[str, int]:
        """How many findings of each code."""
        query = (
            "SELECT f.code, count(*) FROM finding f JOIN snapshot s ON s.num = f.snapshot WHERE s.id = ? GROUP BY f.code ORDER BY f.code"
        )
        with self._source() as connection:
            return {row[0]: row[1] for row in connection.exec_driver_sql(query, (snapshot_id,))}

    def findings(self, *, snapshot_id: str, code: str = "", limit: int | None = None) -> list[Finding]:
        """Findings in the order they were made, of one code or all; without those about people the reader may not learn of."""
        columns = [t.finding.c[name] for name in Finding._fields]
        query = select(*columns).join(t.snapshot, t.snapshot.c.num == t.finding.c.snapshot).where(t.snapshot.c.id == snapshot_id)
        query = query.where(t.finding.c.code == code) if code else query
        with self._source() as connection:
            people, homes = self._guard.hidden(connection), self._hidden_homes(connection, snapshot_id)
            found = (Finding(*row) for row in connection.execute(query.order_by(t.finding.c.seq)))
            told = (one for one in found if one.resident_no not in people.numbers and (one.resident_no or one.household_no not in homes))
            return list(islice(told, limit))

    def _hidden_homes(self, connection: Connection, snapshot_id: str) -> frozenset[str]:
        """Household numbers of a snapshot in which somebody lives whom the reader may not learn of."""
        snapshot = connection.execute(select(t.snapshot).where(t.snapshot.c.id == snapshot_id)).one_or_none()
        hidden = self._guard.hidden_rows(connection, snapshot) if snapshot is not None else ()
        homes: set[str] = set()
        for part in chunked(sorted(hidden)):
            homes |= {
                r[0] for r in connection.exec_driver_sql(f"SELECT household_no FROM resident WHERE rid IN ({marks(part)})", tuple(part))
            }
        return frozenset(homes - {""})

    def rows(self, *, snapshot_id: str, district: str = "") -> Iterator[list[ResidentRow]]:
        """Every row as it was loaded, in order; only those of one district when it is named. Hidden ones are not among them."""
        names = ", ".join("rank" if name == "order" else name for name in ResidentRow._fields[:-1])
        with self._source() as connection:
            row = connection.execute(select(t.snapshot).where(t.snapshot.c.id == snapshot_id)).one_or_none()
            if row is None:
                return
            hidden = self._guard.hidden_rows(connection, row)
            query = f"SELECT {names}, rid FROM resident WHERE rid BETWEEN ? AND ? {'AND district = ?' if district else ''} ORDER BY rid"
            given = (row.first_rid, row.last_rid, *((district,) if district else ()))
            for part in stream(connection, query, given, size=2000):
                yield [ResidentRow._make((*r[:12], bool(r[12]), r[13], r[14], 0)) for r in part if r[15] not in hidden]

    def get(self, resident_id: str) -> ResidentView | None:
        """One resident by id."""
        with self._source() as connection:
            rid = rid_of(connection, resident_id)
            if rid is None:
                return None
            return next(iter(views(connection, _rows(connection, "r.rid = ?", (rid,)), self._guard)), None)

    def household(self, resident_id: str) -> list[ResidentView]:
        """The resident's whole household in household order; only the resident when no household number is known."""
        with self._source() as connection:
            rid = rid_of(connection, resident_id)
            if rid is None:
                return []
            me = _rows(connection, "r.rid = ?", (rid,))
            mine = views(connection, me, self._guard)
            if not mine or not me[0][2]:
                return mine  # whose own row is hidden has no household either
            where = "r.snapshot = (SELECT snapshot FROM resident WHERE rid = ?) AND r.household_no = ?"
            return views(connection, _members(connection, where, (rid, me[0][2])), self._guard)

    def by_household_no(self, *, snapshot_id: str, household_no: str) -> list[ResidentView]:
        """The members of a household by its number, in household order."""
        with self._source() as connection:
            found = _members(connection, "sn.id = ? AND r.snapshot = sn.num AND r.household_no = ?", (snapshot_id, household_no))
            return views(connection, found, self._guard)

    def by_number(self, resident_no: str) -> list[ResidentView]:
        """Whoever has this resident number in any snapshot: the active one first, then the newest."""
        if not resident_no:
            return []
        with self._source() as connection:
            nums = connection.exec_driver_sql("SELECT num FROM snapshot ORDER BY active DESC, num DESC")
            rows = [row for num in nums.all() for row in _rows(connection, "r.snapshot = ? AND r.resident_no = ?", (num[0], resident_no))]
            return views(connection, rows, self._guard)

    def ids(self, *, snapshot_id: str, text: str = "") -> Sequence[int]:
        """Row numbers in order of kana, all or those whose name, kana or address contains the text."""
        with self._source() as connection:
            row = connection.execute(select(t.snapshot).where(t.snapshot.c.id == snapshot_id)).one_or_none()
            if row is None:
                return array("q")
            hidden = self._guard.hidden_rows(connection, row)
            if not text.strip():
                found = connection.exec_driver_sql("SELECT rid FROM resident_kana WHERE snapshot = ? ORDER BY key_kana, rid", (row.num,))
                return _without(found, hidden)
            query = match_anywhere(text, least=1)
            if not query:
                return array("q")
            speech = search_of(connection)
            parts = speech.matching(text_tables(connection, row.num), span=True)
            found = connection.exec_driver_sql(
                f"SELECT rid FROM resident WHERE rid IN ({parts}) ORDER BY key_kana, rid LIMIT 100000",
                {"query": speech.match_value(query), "first": row.first_rid, "last": row.last_rid},
            )
            return _without(found, hidden)

    def page(self, rids: Sequence[int]) -> list[ResidentView]:
        """The rows for these row numbers, in the same order."""
        if not rids:
            return []
        with self._source() as connection:
            rows = {r[0]: r for r in _rows(connection, f"r.rid IN ({marks(rids)})", tuple(rids))}
            return views(connection, [rows[rid] for rid in rids if rid in rows], self._guard)


def _without(found: Any, hidden: frozenset[int]) -> Sequence[int]:
    return array("q", [r[0] for r in found if r[0] not in hidden] if hidden else [r[0] for r in found])


def _members(connection: Connection, where: str, parameters: tuple[Any, ...]) -> Sequence[Any]:
    """Rows of one household: in the order the file gave, else in the standard order of relations."""
    found = connection.exec_driver_sql(
        f"SELECT {COLUMNS}, r.rank FROM resident r JOIN snapshot sn ON sn.num = r.snapshot WHERE {where} ORDER BY r.rid", parameters
    ).all()
    return sort_members(found, lambda row: (row.relation, row.birth, row.resident_no, row.rank))


def _rows(connection: Connection, where: str, parameters: tuple[Any, ...]) -> Sequence[Any]:
    return connection.exec_driver_sql(
        f"SELECT {COLUMNS} FROM resident r JOIN snapshot sn ON sn.num = r.snapshot WHERE {where} ORDER BY r.rank = 0, r.rank, r.rid",
        parameters,
    ).all()
