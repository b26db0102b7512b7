"""Shelters as of a moment, declared counts beside rostered ones, and trends."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from app.storage.queries.base import NO_LIMIT, Source, moment
from app.storage.queries.linked import counted_twice, linked_people, stays_of_linked
from app.storage.tables import from_seconds, to_seconds
from app.usecases.rows import HeadcountRow, ShelterRow, TrendPoint

_Count = tuple[int, int, bool]
"""When, how many people, whether from a complete list."""

_LIST = """
WITH rostered AS (
  SELECT shelter_id, count(DISTINCT person_id) AS people FROM stay
  WHERE NOT deleted AND from_at <= :at AND (to_at IS NULL OR to_at > :at) GROUP BY shelter_id),
spell AS (
  SELECT shelter_id, max(opened_at) AS opened_at FROM shelter_spell
  WHERE NOT deleted AND opened_at <= :at AND (closed_at IS NULL OR closed_at > :at) GROUP BY shelter_id),
latest AS (
  SELECT shelter_id, counted_at, counted_total, method FROM (
    SELECT shelter_id, counted_at, counted_total, method,
           row_number() OVER (PARTITION BY shelter_id ORDER BY counted_at DESC, rid DESC) AS n
    FROM headcount WHERE NOT deleted AND counted_at <= :at) AS numbered WHERE n = 1),
listed AS (SELECT max(counted_at) AS counted_at FROM headcount WHERE NOT deleted AND method = 'listing' AND counted_at <= :at),
declared AS (
  SELECT latest.* FROM latest CROSS JOIN listed LEFT JOIN spell ON spell.shelter_id = latest.shelter_id
  WHERE NOT (latest.method = 'listing' AND latest.counted_at < listed.counted_at)
  AND NOT (spell.opened_at IS NULL AND EXISTS (
    SELECT 1 FROM shelter_spell gone WHERE NOT gone.deleted AND gone.shelter_id = latest.shelter_id
    AND gone.closed_at BETWEEN latest.counted_at AND :at)))
SELECT s.id, s.external_id, s.name, s.kana, s.kind, s.district, s.address, s.phone, s.capacity, s.capacity_text, s.in_charge, s.version,
       spell.opened_at, declared.counted_total, declared.counted_at, coalesce(rostered.people, 0)
FROM shelter s LEFT JOIN spell ON spell.shelter_id = s.id LEFT JOIN declared ON declared.shelter_id = s.id
LEFT JOIN rostered ON rostered.shelter_id = s.id
WHERE NOT s.deleted ORDER BY spell.opened_at IS NULL, s.district, s.kana, s.name, s.rid
"""

# the rows are chosen first: counting the roster beside each of thousands of counts takes seconds
_COUNTS = """
WITH h AS MATERIALIZED (
  SELECT c.*, c.rid AS entered, s.name AS shelter, s.kana AS shelter_kana FROM headcount c JOIN shelter s ON s.id = c.shelter_id
  WHERE NOT c.deleted {where} ORDER BY c.counted_at DESC, s.kana, s.name, c.rid LIMIT :limit)
SELECT h.id, h.shelter_id, h.shelter, h.counted_at, h.counted_total,
       (SELECT count(DISTINCT person_id) FROM stay WHERE NOT stay.deleted AND stay.shelter_id = h.shelter_id AND stay.from_at <= h.counted_at
        AND (stay.to_at IS NULL OR stay.to_at > h.counted_at)),
       h.male, h.female, h.households, h.method, h.reported_by, h.note
FROM h ORDER BY h.counted_at DESC, h.shelter_kana, h.shelter, h.entered
"""

_BY_STEP = """
WITH steps AS (
  SELECT shelter_id, CASE WHEN from_at < :start THEN :start ELSE from_at - (from_at - :start) % :step END AS step, 1 AS delta
  FROM stay WHERE NOT deleted AND from_at < :end AND (to_at IS NULL OR to_at > :start)
  UNION ALL
  SELECT shelter_id, to_at - (to_at - :start) % :step AS step, -1
  FROM stay WHERE NOT deleted AND from_at < :end AND to_at > :start AND to_at < :end),
summed AS (SELECT shelter_id, step, sum(delta) AS delta FROM steps GROUP BY shelter_id, step)
SELECT shelter_id, step, sum(delta) OVER (PARTITION BY shelter_id ORDER BY step) FROM summed ORDER BY shelter_id, step
"""


class ShelterQueries:
    """See ``usecases.ports.ShelterReads``."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def rows(self, *, at: datetime) -> list[ShelterRow]:
        """Every shelter as of ``at``: open ones first. Declared counts by the rule of :meth:`trend`, so that their sums agree."""
        with self._source() as connection:
            rows = connection.exec_driver_sql(_LIST, {"at": to_seconds(at)}).all()
            linked = linked_people(connection)
            twice = counted_twice(stays_of_linked(connection, linked), linked, to_seconds(at)) if linked else {}
        return [
            ShelterRow(
                id=r[0],
                external_id=r[1],
                name=r[2],
                kana=r[3],
                kind=r[4],
                district=r[5],
                address=r[6],
                phone=r[7],
                capacity=r[8],
                capacity_text=r[9],
                in_charge=r[10],
                version=r[11],
                is_open=r[12] is not None,
                opened_at=moment(r[12]),
                declared=r[13],
                declared_at=moment(r[14]),
                rostered=r[15] - twice.get(r[0], 0),
            )
            for r in rows
        ]

    def headcounts(self, *, shelter_id: str = "", limit: int | None = None) -> list[HeadcountRow]:
        """Declared counts, newest first, each with the roster's number at the same time."""
        where = "AND c.shelter_id = :shelter" if shelter_id else ""
        with self._source() as connection:
            rows = connection.exec_driver_sql(
                _COUNTS.format(where=where), {"shelter": shelter_id, "limit": NO_LIMIT if limit is None else limit}
            ).all()
            linked = linked_people(connection)
            stays = stays_of_linked(connection, linked) if linked else []
        return [
            HeadcountRow(
                id=r[0],
                shelter_id=r[1],
                shelter_name=r[2],
                counted_at=from_seconds(r[3]),
                counted_total=r[4],
                rostered=r[5] - (counted_twice(stays, linked, r[3]).get(r[1], 0) if stays else 0),
                male=r[6],
                female=r[7],
                households=r[8],
                method=r[9],
                reported_by=r[10],
                note=r[11],
            )
            for r in rows
        ]

    def trend(self, *, moments: Sequence[datetime]) -> list[TrendPoint]:
        """Totals at each moment, everybody once. A declared count holds until the shelter's next one or its closing.

        One from a complete list holds no longer than until the next complete list, even where the shelter was opened by hand.
        """
        with self._source() as connection:
            counts = connection.exec_driver_sql(
                "SELECT shelter_id, counted_at, counted_total, method = 'listing' FROM headcount WHERE NOT deleted"
                " ORDER BY shelter_id, counted_at, rid"
            ).all()
            spells = connection.exec_driver_sql("SELECT shelter_id, opened_at, closed_at FROM shelter_spell WHERE NOT deleted").all()
            stays = connection.exec_driver_sql("SELECT person_id, from_at, to_at FROM stay WHERE NOT deleted").all()
            linked = linked_people(connection)
        periods = _periods(stays, linked)  # nobody counts twice, also where two laptops that had not met checked the same person in
        starts = sorted(start for start, _ in periods)
        ends = sorted(end for _, end in periods if end is not None)
        declared: dict[str, list[_Count]] = {}
        for shelter, at, total, listed in counts:
            declared.setdefault(shelter, []).append((at, total, bool(listed)))
        listings = sorted({at for _, at, _, listed in counts if listed})
        closings: dict[str, list[tuple[int, int | None]]] = {}
        for shelter, opened, closed in spells:
            closings.setdefault(shelter, []).append((opened, closed))
        return [_trend_point(at, _Sums(declared, listings, closings), starts, ends) for at in moments]

    def span(self) -> tuple[datetime, datetime] | None:
        """First and last moment of which anything is known."""
        with self._source() as connection:
            row = connection.exec_driver_sql(
                "SELECT min(a), max(b) FROM (SELECT min(counted_at) a, max(counted_at) b FROM headcount WHERE NOT deleted"
                " UNION ALL SELECT min(from_at), max(coalesce(to_at, from_at)) FROM stay WHERE NOT deleted"
                " UNION ALL SELECT min(opened_at), max(coalesce(closed_at, opened_at)) FROM shelter_spell WHERE NOT deleted) AS one"
            ).one()
        return None if row[0] is None else (from_seconds(row[0]), from_seconds(row[1]))

    def rostered_by_hour(self, *, start: datetime, end: datetime, step_seconds: int = 3600) -> list[tuple[str, datetime, int]]:
        """People per shelter at the end of each step in which the number changed, by one pass and a window function; everybody once."""
        first, last = to_seconds(start), to_seconds(end)
        with self._source() as connection:
            rows: Sequence[Any] = connection.exec_driver_sql(_BY_STEP, {"start": first, "end": last, "step": step_seconds}).all()
            linked = linked_people(connection)
            stays = stays_of_linked(connection, linked) if linked else []
        if stays:
            rows = _once_by_step(rows, stays, linked, (first, last, step_seconds))
        return [(r[0], from_seconds(r[1]), r[2]) for r in rows]


def _once_by_step(rows: Sequence[Any], stays: Sequence[Any], linked: Mapping[str, str], span: tuple[int, int, int]) -> list[tuple[str, int, int]]:
    """The steps, with those who are registered twice at a shelter counted once. ``span``: start, end, seconds of a step."""
    start, end, step = span
    moves: dict[str, Counter[int]] = defaultdict(Counter)
    for shelter, at, people in rows:
        moves[shelter][at] = people
    for found in moves.values():
        before = 0
        for at in sorted(found):
            found[at], before = found[at] - before, found[at]

    def move(shelter: str, begin: int, until: int | None, delta: int) -> None:
        if begin < end and (until is None or until > start):
            moves[shelter][start if begin < start else begin - (begin - start) % step] += delta
            if until is not None and until < end:
                moves[shelter][until - (until - start) % step] -= delta

    several: dict[str, list[tuple[str, int, int | None]]] = defaultdict(list)
    for shelter, person, begin, until in stays:
        move(shelter, begin, until, -1)
        several[shelter].append((linked[person], begin, until))
    for shelter, found_here in several.items():
        for begin, until in merge_periods(sorted(found_here, key=itemgetter(0, 1))):
            move(shelter, begin, until, 1)
    told: list[tuple[str, int, int]] = []
    for shelter in sorted(moves):
        people = 0
        for at, delta in sorted(moves[shelter].items()):
            people += delta
            told.append((shelter, at, people))
    return told


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the sum of declared counts is made of; times in seconds, counts of a shelter in order of time."""

    counts: Mapping[str, Sequence[_Count]]
    listings: Sequence[int]
    spells: Mapping[str, Sequence[tuple[int, int | None]]]

    def declared(self, second: int) -> int:
        """The sum of the counts that hold."""
        number = bisect_right(self.listings, second)
        last_listing = self.listings[number - 1] if number else 0
        total = 0
        for shelter, counts in self.counts.items():
            index = bisect_right(counts, second, key=itemgetter(0)) - 1
            if index < 0:
                continue
            counted, people, listed = counts[index]
            if not (listed and counted < last_listing) and not _closed_between(self.spells.get(shelter, ()), counted, second):
                total += people
        return total

    def shelters_open(self, second: int) -> int:
        """How many shelters are open."""
        return sum(1 for periods in self.spells.values() if any(o <= second and (c is None or c > second) for o, c in periods))


def _trend_point(at: datetime, sums: _Sums, starts: list[int], ends: list[int]) -> TrendPoint:
    second = to_seconds(at)
    rostered = bisect_right(starts, second) - bisect_right(ends, second)
    return TrendPoint(at=at, shelters_open=sums.shelters_open(second), declared=sums.declared(second), rostered=rostered)


def _periods(stays: Sequence[Any], linked: Mapping[str, str]) -> list[tuple[int, int | None]]:
    """When somebody is somewhere: of who has several stays or registrations, those that overlap are one."""
    several = {one for one, count in Counter(person for person, _, _ in stays).items() if count > 1} | linked.keys()
    again = sorted(((linked.get(person, person), start, end) for person, start, end in stays if person in several), key=itemgetter(0, 1))
    return [(start, end) for person, start, end in stays if person not in several] + merge_periods(again)


def merge_periods(rows: Iterable[Any]) -> list[tuple[int, int | None]]:
    """Stays as periods in which each person is somewhere: overlapping ones of a person become one.

    ``rows`` are ``(person, start, end)`` in order of person and start.
    """
    merged: list[tuple[int, int | None]] = []
    holder = ""
    for person, start, end in rows:
        if person == holder and (merged[-1][1] is None or start <= merged[-1][1]):
            last = merged[-1][1]
            merged[-1] = (merged[-1][0], None if last is None or end is None else max(last, end))
        else:
            merged.append((start, end))
        holder = person
    return merged


def _closed_between(periods: Sequence[tuple[int, int | None]], counted: int, second: int) -> bool:
    """Whether the shelter closed after it was counted and is not open now."""
    if any(o <= second and (c is None or c > second) for o, c in periods):
        return False
    return any(c is not None and counted <= c <= second for _, c in periods)
