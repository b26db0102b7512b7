"""What is known of chains, packages and other devices, and what somebody lacks of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app.domain.exchange import AUDIENCES, NONE, SEGMENT_COLUMNS, DeviceList, Gap, Head, Known, PeerNews, Segment, Vector, may_have
from app.domain.identifiers import device_prefix
from app.domain.merging import Conflict, device_of
from app.domain.records import value_fields
from app.storage import tables as t
from app.storage.queries.base import NO_LIMIT, Source, chunked, marks, moment
from app.storage.queries.conflicts import conflict_of, conflict_views, count_conflicts
from app.storage.shield import Guard
from app.usecases.exchange_rows import ConflictView, GapNote, PackageRow

LIST = "exchange.list"
"""Setting: the newest list of devices that headquarters signed."""
HEADS = "exchange.heads"
_COLUMNS = ", ".join(SEGMENT_COLUMNS)
_ROWS = f"SELECT {_COLUMNS}, previous, hash FROM journal WHERE chain = ? AND device_seq > ? AND device_seq <= ? ORDER BY device_seq LIMIT ?"
_CHAINS = "SELECT id, parent, forked, journal_seq, journal_hash, signed_seq, signed_hash, signature, is_self FROM device ORDER BY created_at, id"
_STRETCHES = "SELECT first, last, audience, previous, hash FROM withheld WHERE chain = ? AND last > ? ORDER BY first"
PICTURES = {"photo": "content", "payee_account": "photo"}
"""The field in which a record of a kind names an attachment."""


class Stretch(NamedTuple):
    """What somebody lacks of a chain: behind ``after`` (whose hash is ``previous`` where it is known) up to ``last``."""

    chain: str
    parent: str
    forked: int
    after: int
    previous: str
    last: int
    head: Head | None


def device_list(connection: Connection) -> DeviceList | None:
    """The newest list of devices here."""
    value = connection.execute(select(t.setting.c.value).where(t.setting.c.name == LIST)).scalar_one_or_none()
    return DeviceList.from_json(json.loads(value)) if value else None


def known_json(vector: Vector) -> dict[str, list[Any]]:
    """A vector as the peer table keeps it."""
    return {chain: [known.seq, known.hash] for chain, known in vector.items()}


class ExchangeQueries:
    """See ``usecases.exchange_ports.ExchangeReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    # -- chains --------------------------------------------------------------------------------------------------

    def vector(self) -> Vector:
        """How far each chain is known here without a gap, branches included."""
        with self._source() as connection:
            rows = connection.exec_driver_sql(_CHAINS).all()
        return {row[0]: Known(row[3], row[4]) for row in rows if row[3] > row[2]}

    def count_since(self, known: Vector, *, site_kind: str) -> int:
        """How many operations ``segments`` would give, gaps not counted."""
        with self._source() as connection:
            return sum(count for count, _, _ in self._totals(connection, known, site_kind))

    def span(self, known: Vector, *, site_kind: str) -> tuple[datetime | None, datetime | None]:
        """When the oldest and the newest of these operations were made."""
        with self._source() as connection:
            found = [(low, high) for count, low, high in self._totals(connection, known, site_kind) if count]
        if not found:
            return None, None
        low, high = min(one[0] for one in found), max(one[1] for one in found)
        return datetime.fromtimestamp(low / 1000, UTC), datetime.fromtimestamp(high / 1000, UTC)

    def _totals(self, connection: Connection, known: Vector, site_kind: str) -> Iterator[tuple[int, int, int]]:
        kinds = _given(site_kind)
        query = (
            "SELECT count(*), coalesce(min(at_ms), 0), coalesce(max(at_ms), 0) FROM journal WHERE chain = ? AND device_seq > ? AND device_seq <= ?"
            f" AND kind IN ({marks(kinds)})"
        )
        for part in lacking(connection, known):
            yield tuple(connection.exec_driver_sql(query, (part.chain, part.after, part.last, *kinds)).one())

    def segments(self, known: Vector, *, site_kind: str, most: int = 2000) -> Iterator[Segment]:
        """Everything here that a site of this kind lacks when it knows ``known``. Only what somebody vouched for (``vouch`` first)."""
        with self._source() as connection:
            for part in lacking(connection, known):
                yield from _segments(connection, part, site_kind, most)

    def pictures_since(self, known: Vector, *, site_kind: str) -> list[str]:
        """Attachments (content names) that those operations speak of, each once, in the order they were made."""
        kinds = [kind for kind in _given(site_kind) if kind in PICTURES]
        found: dict[str, None] = {}
        with self._source() as connection:
            for part in lacking(connection, known) if kinds else ():
                query = (
                    "SELECT kind, changes FROM journal WHERE chain = ? AND device_seq > ? AND device_seq <= ?"
                    f" AND kind IN ({marks(kinds)}) ORDER BY device_seq"
                )
                for kind, changes in connection.exec_driver_sql(query, (part.chain, part.after, part.last, *kinds)):
                    value = json.loads(changes).get(PICTURES[kind], (None, None))[1]
                    if isinstance(value, str) and value:
                        found[value] = None
        return list(found)

    def pictures_spoken(self) -> list[str]:
        """Attachments (content names) that the records here speak of, each once; all sides of an open conflict count."""
        found: dict[str, None] = {}
        query = "SELECT j.changes FROM open_conflict c CROSS JOIN journal j WHERE j.record = c.record AND j.kind = c.kind AND c.kind = ?"
        with self._source() as connection:
            for kind, column in PICTURES.items():
                rows = connection.exec_driver_sql(f"SELECT {column} FROM {t.KIND_BY_NAME[kind].table.name} WHERE {column} <> '' ORDER BY rid")
                found.update(dict.fromkeys(rows.scalars()))
                for changes in connection.exec_driver_sql(query, (kind,)).scalars():
                    value = json.loads(changes).get(column, (None, None))[1]
                    if isinstance(value, str) and value:
                        found[value] = None
        return list(found)

    def gaps(self) -> list[GapNote]:
        """Operations that are missing: before what is here behind a gap, and up to what their device vouched for."""
        from app.storage.chains import stretches_beyond

        notes: list[GapNote] = []
        with self._source() as connection:
            devices = device_list(connection)
            ends = {row[0]: row[3] for row in connection.exec_driver_sql(_CHAINS)}
            missing: dict[str, list[tuple[int, int]]] = defaultdict(list)
            for chain, stretches in stretches_beyond(connection).items():
                at = ends[chain]
                for first, last, _ in stretches:
                    if first > at + 1:
                        missing[chain].append((at + 1, first - 1))
                    at = max(at, last)
                ends[chain] = at
            kept = connection.execute(select(t.setting.c.value).where(t.setting.c.name == HEADS)).scalar_one_or_none()
        for device, heads in (json.loads(kept) if kept else {}).items():
            last = max((seq for chain, seq in ends.items() if device_of(chain) == device), default=0)
            furthest = max(head[0] for head in heads)
            if furthest > last:
                missing[device].append((last + 1, furthest))
        for chain, spans in sorted(missing.items()):
            enrolled = devices.find(device_of(chain)) if devices else None
            letters, site = (enrolled.letters, enrolled.site_name) if enrolled else (device_prefix(device_of(chain)), "")
            notes += [GapNote(chain=chain, letters=letters, site=site, first=first, last=last) for first, last in spans]
        return notes

    def heads(self) -> list[Head]:
        """The last head that each device vouched for."""
        with self._source() as connection:
            rows = connection.exec_driver_sql(_CHAINS).all()
        return [Head(chain=row[0], seq=row[5], hash=row[6], signature=row[7]) for row in rows if row[5]]

    def newest(self) -> dict[str, datetime]:
        """When the newest operation of each chain that is here was made, by chain."""
        query = (
            "SELECT d.id, (SELECT j.at_ms FROM journal j WHERE j.chain = d.id ORDER BY j.device_seq DESC LIMIT 1) FROM device d ORDER BY d.id"
        )
        with self._source() as connection:
            rows = connection.exec_driver_sql(query).all()
        return {row[0]: datetime.fromtimestamp(row[1] / 1000, UTC) for row in rows if row[1] is not None}

    # -- peers and packages --------------------------------------------------------------------------------------

    def peers(self) -> list[PeerNews]:
        """What is known of the other devices."""
        with self._source() as connection:
            rows = connection.execute(select(t.peer).order_by(t.peer.c.device)).all()
        return [
            PeerNews(
                device=row.device,
                knows={chain: Known(seq, digest) for chain, (seq, digest) in json.loads(row.knows).items()},
                heard_at=row.heard_at,
                written_at=row.written_at,
                sent_at=row.sent_at,
                acknowledged_at=row.acknowledged_at,
                clock_offset=row.clock_offset,
            )
            for row in rows
        ]

    def written_until(self) -> dict[str, datetime]:
        """When each device wrote the newest of its packages that were taken in here, by its own clock. Receipts do not count."""
        query = "SELECT device, max(written_at) FROM package WHERE direction = 'in' GROUP BY device"
        with self._source() as connection:
            return {row[0]: t.from_seconds(row[1]) for row in connection.exec_driver_sql(query)}

    def packages(self, *, limit: int = 200) -> list[PackageRow]:
        """Packages written and taken in, newest first."""
        query = (
            "SELECT p.id, p.direction, p.device, coalesce(s.name, ''), p.written_at, p.handled_at, p.since, p.until, p.records, p.conflicts, p.gaps,"
            " p.bytes, p.name, p.state, coalesce(o.name, '') FROM package p LEFT JOIN site s ON s.id = p.site_id"
            " LEFT JOIN operator o ON o.id = p.operator ORDER BY p.num DESC LIMIT ?"
        )
        with self._source() as connection:
            rows = connection.exec_driver_sql(query, (limit,)).all()
            devices = device_list(connection)
        return [_package(row, devices) for row in rows]

    def knows_package(self, package_id: str) -> bool:
        """Whether this package was taken in here."""
        with self._source() as connection:
            query = "SELECT 1 FROM package WHERE id = ? AND direction = 'in' LIMIT 1"
            return connection.exec_driver_sql(query, (package_id,)).first() is not None

    # -- conflicts -----------------------------------------------------------------------------------------------

    def conflicts(self, *, limit: int | None = None, only: str = "") -> list[ConflictView]:
        """Open conflicts, those found first at the beginning; with ``only`` the one of this id."""
        with self._source() as connection:
            return conflict_views(connection, self._guard, limit=NO_LIMIT if limit is None else limit, only=only)

    def count_conflicts(self) -> int:
        """How many conflicts ``conflicts`` tells."""
        with self._source() as connection:
            return count_conflicts(connection, self._guard)

    def conflict(self, conflict_id: str) -> Conflict | None:
        """An open conflict as merging told it."""
        with self._source() as connection:
            return conflict_of(connection, self._guard, conflict_id)

    def owners(self, kind: str, record_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Where each record was made: the device and the site that its operation tells."""
        found: dict[str, tuple[str, str]] = {}
        with self._source() as connection:
            for part in chunked(list(record_ids)):
                query = f"SELECT record, device, site FROM journal WHERE record IN ({marks(part)}) AND kind = ? AND action = 'create'"
                found.update({row[0]: (row[1], row[2]) for row in connection.exec_driver_sql(query, (*part, kind))})
        return found

    def stored(self, kind: str, record_id: str) -> dict[str, Any]:
        """The values of a record's row as a record holds them; none when it has none."""
        entry = t.KIND_BY_NAME[kind]
        with self._source() as connection:
            row = connection.execute(select(entry.table).where(entry.table.c.id == record_id)).one_or_none()
        return {} if row is None else {field.name: row._mapping[field.name] for field in value_fields(entry.cls)}


def _package(row: Any, devices: DeviceList | None) -> PackageRow:
    enrolled = devices.find(row[2]) if devices else None
    at, handled = moment(row[4]), moment(row[5])
    assert at is not None and handled is not None
    return PackageRow(
        id=row[0],
        direction=row[1],
        device=row[2],
        letters=enrolled.letters if enrolled else device_prefix(row[2]),
        site=row[3] or (enrolled.site_name if enrolled else ""),
        written_at=at,
        handled_at=handled,
        since=moment(row[6]),
        until=moment(row[7]),
        records=row[8],
        conflicts=row[9],
        gaps=row[10],
        bytes=row[11],
        name=row[12],
        state=row[13],
        by=row[14],
    )


def _given(site_kind: str) -> list[str]:
    """Kinds whose operations a site of this kind is given."""
    return [kind for kind, audience in AUDIENCES.items() if audience != NONE and may_have(site_kind, audience)]


# -- what somebody lacks


def lacking(connection: Connection, known: Vector) -> list[Stretch]:
    """What is here, vouched for, and not known by somebody with this vector: a chain before its branches."""
    rows = {row[0]: row for row in connection.exec_driver_sql(_CHAINS).all()}
    upto, hashes = _known_here(connection, known, rows)
    limits = {chain: min(row[5], row[3]) for chain, row in rows.items()}
    order = sorted(rows, key=lambda chain: _depth(chain, rows))
    for chain in reversed(order):  # a trunk is vouched for by its branches
        parent, forked = rows[chain][1], rows[chain][2]
        if parent in limits and limits[chain] > forked:
            limits[parent] = max(limits[parent], min(forked, rows[parent][3]))
    found = []
    for chain in order:
        _, parent, forked, _, _, seq, digest, signature, _ = rows[chain]
        after = max(upto.get(chain, 0), forked)
        if limits[chain] > after:
            head = Head(chain=device_of(chain), seq=seq, hash=digest, signature=signature) if seq else None
            found.append(Stretch(chain, parent, forked, after, hashes.get((chain, after), ""), limits[chain], head))
    return found


def _depth(chain: str, rows: Mapping[str, Any]) -> tuple[int, str]:
    depth, at = 0, chain
    while at in rows and rows[at][1] and depth < 100:
        depth, at = depth + 1, rows[at][1]
    return depth, chain


def _known_here(connection: Connection, known: Vector, rows: Mapping[str, Any]) -> tuple[dict[str, int], dict[tuple[str, int], str]]:
    """How far somebody knows each chain here, and the hashes where they end."""
    families: dict[str, list[str]] = defaultdict(list)
    for chain in rows:
        families[device_of(chain)].append(chain)
    upto: dict[str, int] = {}
    hashes: dict[tuple[str, int], str] = {}
    for name, (seq, digest) in known.items():
        family = families.get(device_of(name), [])
        chain = _find(connection, family, rows, seq, digest)
        at = seq
        if chain:
            hashes[chain, seq] = digest
        while chain in rows:
            upto[chain] = max(upto.get(chain, 0), at)
            at, chain = min(at, rows[chain][2]), rows[chain][1]
    return upto, hashes


def _find(connection: Connection, family: Sequence[str], rows: Mapping[str, Any], seq: int, digest: str) -> str:
    """The chain here in which somebody's end is; "" when there is none, because they have another copy of the device."""
    for chain in family:
        if (rows[chain][3], rows[chain][4]) == (seq, digest):
            return chain
    if not family:
        return ""
    query = f"SELECT chain, hash FROM journal WHERE chain IN ({marks(family)}) AND device_seq = ?"
    told = connection.exec_driver_sql(query, (*family, seq)).all()
    same = [row[0] for row in told if row[1] == digest]
    if same or told:
        return str(same[0]) if same else ""
    query = f"SELECT chain FROM withheld WHERE chain IN ({marks(family)}) AND first <= ? AND last >= ?"
    hidden = connection.exec_driver_sql(query, (*family, seq, seq)).scalars().all()
    if hidden:
        return str(hidden[0])
    ahead = len(family) == 1 and not rows[family[0]][8] and seq > rows[family[0]][3]
    return family[0] if ahead else ""


def _segments(connection: Connection, part: Stretch, site_kind: str, most: int) -> Iterator[Segment]:
    """A stretch of a chain, page by page."""
    stretches = connection.exec_driver_sql(_STRETCHES, (part.chain, part.after)).all()
    seq, digest = part.after, part.previous
    while seq < part.last:
        rows = connection.exec_driver_sql(_ROWS, (part.chain, seq, part.last, most)).all()
        items, stretches = _in_order(rows, stretches, seq, part.last)
        if not items:
            return
        first, previous = seq + 1, digest or items[0][1]
        told: list[tuple[Any, ...] | Gap] = []
        for item, _, end, behind in items:
            audience = item.audience if isinstance(item, Gap) else AUDIENCES.get(item[10], NONE)
            if isinstance(item, Gap) or audience == NONE or not may_have(site_kind, audience):
                start = item.first if isinstance(item, Gap) else end
                before = told[-1] if told else None
                if isinstance(before, Gap) and before.audience == audience:
                    told.pop()
                    start = before.first
                told.append(Gap(start, end, audience, behind))
            else:
                told.append(tuple(item))
            seq, digest = end, behind
        yield Segment(
            chain=part.chain, device=device_of(part.chain), first=first, previous=previous, rows=tuple(told), parent=part.parent,
            forked=part.forked, head=part.head,
        )  # fmt: skip


def _in_order(
    rows: Sequence[Any], stretches: Sequence[Any], seq: int, last: int
) -> tuple[list[tuple[Any, str, int, str]], Sequence[Any]]:
    """Rows and withheld stretches that follow each other from ``seq``: what, the hash before, the last sequence, the hash behind."""
    items: list[tuple[Any, str, int, str]] = []
    waiting, at = list(stretches), 0
    while seq < last:
        if at < len(rows) and rows[at][2] == seq + 1:
            row = rows[at]
            items.append((tuple(row[:14]), row[14], seq + 1, row[15]))
            seq, at = seq + 1, at + 1
            continue
        while waiting and waiting[0][1] <= seq:
            waiting.pop(0)
        if waiting and waiting[0][0] <= seq + 1 and (at < len(rows) or not rows or waiting[0][1] >= last or len(rows) == at):
            _, end, audience, previous, behind = waiting.pop(0)
            items.append((Gap(seq + 1, end, audience, behind), previous, end, behind))
            seq = end
            continue
        break
    return items, waiting
