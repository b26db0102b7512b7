"""What headquarters counts: judged houses with their households, casualties, and work by day."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.building import DWELLINGS
from app.domain.damage_counts import FLOODS
from app.domain.survey import GRADES
from app.storage.queries.base import Source
from app.storage.shield import Guard
from app.storage.tables import to_seconds
from app.usecases.survey_rows import HouseGroup

_KNOWN = "{record} NOT IN (SELECT record FROM journal WHERE kind = '{kind}' AND action = 'create' AND received_ms > :ms)"
"""What this folder knew by a moment: not what it was told of later."""
_RANK = "CASE kind WHEN 're' THEN 2 WHEN 'second' THEN 1 ELSE 0 END"
_WATER = (
    "CASE WHEN s.hazard IN ({floods}) AND json_valid(s.inputs) = 1 THEN CASE json_type(s.inputs, '$.above_floor') WHEN 'true' THEN 1 WHEN 'false' THEN 0"
    " END END AS above, CASE WHEN s.hazard IN ({floods}) AND json_valid(s.inputs) = 1 AND json_type(s.inputs, '$.depth_cm') IN ('integer', 'real')"
    " THEN CASE WHEN CAST(json_extract(s.inputs, '$.depth_cm') AS REAL) < 0 THEN -1 ELSE 0 END END AS depth"
)
_HOUSES = (
    "WITH seen AS (SELECT s.rid, s.building_id, s.kind, s.method, s.surveyed_on, s.id,"
    " s.state = 'counted' AND coalesce(s.checked_at, 0) <= :at AS firm FROM survey s"
    " WHERE NOT s.deleted AND s.state IN ('entered', 'counted') AND s.grade <> '' AND {known}),"
    " ranked AS (SELECT rid, firm, row_number() OVER (PARTITION BY building_id ORDER BY firm DESC, {rank} DESC, method = 'area',"
    " surveyed_on DESC, id DESC) AS place FROM seen),"
    " house AS MATERIALIZED (SELECT b.id, b.district, b.use, s.grade, s.hazard, r.firm, {water} FROM ranked r JOIN survey s ON s.rid = r.rid"
    " JOIN building b ON b.id = s.building_id WHERE r.place = 1 AND NOT b.deleted),"
    " home AS (SELECT o.victim_id, h.*, row_number() OVER (PARTITION BY o.victim_id ORDER BY h.firm DESC, {severity}, h.id) AS place"
    " FROM occupancy o JOIN house h ON h.id = o.building_id JOIN victim v ON v.id = o.victim_id"
    " WHERE NOT o.deleted AND NOT v.deleted AND o.main AND h.use IN ({dwellings})),"
    " people AS (SELECT victim_id, count(*) AS number FROM victim_member WHERE NOT deleted GROUP BY 1)"
    " SELECT * FROM (SELECT district, use, grade, hazard, firm, above, depth, count(*) AS houses, 0, 0, 0 FROM house GROUP BY 1, 2, 3, 4, 5, 6, 7"
    " UNION ALL SELECT district, use, grade, hazard, firm, above, depth, 0, count(*), coalesce(sum(p.number), 0), count(*) - count(p.number)"
    " FROM home LEFT JOIN people p ON p.victim_id = home.victim_id WHERE place = 1 GROUP BY 1, 2, 3, 4, 5, 6, 7)"
    " AS groups ORDER BY houses = 0, district, use, grade, hazard, firm, above NULLS FIRST, depth NULLS FIRST"
)
_FOREVER = 2**62
_DWELLINGS, _FLOODS = (", ".join(f"'{one}'" for one in sorted(names)) for names in (DWELLINGS, FLOODS))
_DAILY = {
    "applied": "SELECT applied_on, count(*) FROM application WHERE NOT deleted AND applied_on <> '' GROUP BY 1",
    "surveyed": "SELECT day, count(*) FROM (SELECT building_id, min(surveyed_on) AS day FROM survey WHERE NOT deleted AND surveyed_on <> ''"
    " AND state IN ('entered', 'counted', 'returned') GROUP BY building_id) AS one GROUP BY 1",
    "judged": "SELECT (first + 32400) / 86400, count(*) FROM (SELECT building_id, min(checked_at) AS first FROM survey"
    " WHERE NOT deleted AND state = 'counted' AND checked_at IS NOT NULL GROUP BY building_id) AS one GROUP BY 1",
    "issued": "SELECT issued_on, count(*) FROM certificate WHERE NOT deleted AND issued_on <> '' GROUP BY 1",
}
_SPANS = (
    "SELECT applied_on, served, count(*) FROM (SELECT a.applied_on, CASE WHEN a.state = 'issued' THEN min(c.issued_on) END AS served"
    " FROM application a LEFT JOIN certificate c ON a.state = 'issued' AND c.application_id = a.id AND NOT c.deleted"
    " WHERE NOT a.deleted AND a.applied_on <> '' AND a.state <> 'closed' GROUP BY a.id, a.applied_on, a.state) AS one GROUP BY 1, 2 ORDER BY 1, 2 NULLS FIRST"
)


class DamageQueries:
    """See ``usecases.ports.DamageReads``. Sums tell of nobody, so protected people are counted like all others."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def houses(self, *, at: datetime | None = None) -> list[HouseGroup]:
        """Judged buildings, and the households that really lived there, as known by then (None: today); alike ones together.

        A household with several houses is where it was hit worst, confirmed before unconfirmed.
        """
        query = _HOUSES.format(
            known=_known_by(at, "survey", "s.id"), rank=_RANK, dwellings=_DWELLINGS, severity=_severity("h.grade"),
            water=_WATER.format(floods=_FLOODS),
        )  # fmt: skip
        with self._source() as connection:
            rows = connection.exec_driver_sql(query, _moment(at)).all()
        return [
            HouseGroup(
                district=row[0], use=row[1], grade=row[2], hazard=row[3], status="confirmed" if row[4] else "unconfirmed",
                above_floor=None if row[5] is None else bool(row[5]), depth_cm=row[6], buildings=row[7], households=row[8], people=row[9],
                unknown=row[10],
            )
            for row in rows
        ]  # fmt: skip

    def unjudged(self, *, at: datetime | None = None) -> int:
        """Dwellings known by then that no survey judged by then."""
        query = (
            f"SELECT count(*) FROM building b WHERE NOT b.deleted AND b.use IN ({_DWELLINGS}) AND {_known_by(at, 'building', 'b.id')}"
            " AND b.id NOT IN (SELECT s.building_id FROM survey s WHERE NOT s.deleted AND s.grade <> '' AND s.state IN ('entered', 'counted')"
            f" AND {_known_by(at, 'survey', 's.id')})"
        )
        with self._source() as connection:
            return int(connection.exec_driver_sql(query, _moment(at)).scalar_one())

    def unsurveyed(self) -> int:
        """Buildings that somebody waits for a survey of: no judgement yet, or another survey was asked for."""
        query = (
            "SELECT count(*) FROM building b WHERE NOT b.deleted AND (NOT EXISTS (SELECT 1 FROM survey s WHERE s.building_id = b.id AND NOT s.deleted"
            " AND s.state IN ('entered', 'counted', 'returned')) OR EXISTS (SELECT 1 FROM appeal p WHERE p.building_id = b.id AND NOT p.deleted"
            " AND p.state IN ('open', 'accepted')))"
        )
        with self._source() as connection:
            return int(connection.exec_driver_sql(query).scalar_one())

    def hazards(self) -> dict[str, int]:
        """Surveys by what the houses were hit by; withdrawn ones are not counted."""
        query = "SELECT hazard, count(*) FROM survey WHERE NOT deleted AND state <> 'withdrawn' GROUP BY 1"
        with self._source() as connection:
            return {row[0]: row[1] for row in connection.exec_driver_sql(query)}

    def casualties(self, *, at: datetime) -> dict[str, int]:
        """Dead, seriously and lightly hurt among the registered."""
        query = (
            "SELECT count(*) FILTER (WHERE died_at <= :at), count(*) FILTER (WHERE injury = 'serious' AND died_at IS NULL),"
            " count(*) FILTER (WHERE injury = 'light' AND died_at IS NULL) FROM person WHERE NOT deleted"
        )
        with self._source() as connection:
            row = connection.exec_driver_sql(query, {"at": to_seconds(at)}).one()
        return {"dead": row[0], "serious": row[1], "light": row[2]}

    def daily(self) -> dict[str, dict[date, int]]:
        """Applications, surveys, judgements and certificates by day."""
        with self._source() as connection:
            return {name: _by_day(connection.exec_driver_sql(query)) for name, query in _DAILY.items()}

    def spans(self) -> list[tuple[date, date | None, int]]:
        """When applications were made and when they were served, and how many; withdrawn ones are in none."""
        with self._source() as connection:
            return [(_day(row[0]), _day(row[1]) if row[1] else None, row[2]) for row in connection.exec_driver_sql(_SPANS)]


def _by_day(rows: Any) -> dict[date, int]:
    found: Counter[date] = Counter()
    for day, count in rows:
        found[_day(day)] += count
    return dict(found)


def _day(text: str | int) -> date:
    """The day that a text begins with, or the day of this number since 1970."""
    return date(1970, 1, 1) + timedelta(days=text) if isinstance(text, int) else date.fromisoformat(text[:10])


def _severity(column: str) -> str:
    """The worst degree first."""
    places = " ".join(f"WHEN '{grade}' THEN {place}" for place, grade in enumerate(GRADES))
    return f"CASE {column} {places} END NULLS FIRST"


def _known_by(at: datetime | None, kind: str, record: str) -> str:
    return "true" if at is None else _KNOWN.format(record=record, kind=kind)


def _moment(at: datetime | None) -> dict[str, int]:
    """``at`` in seconds and ``ms`` in milliseconds; without a moment everything is in the past."""
    return {"at": _FOREVER, "ms": _FOREVER} if at is None else {"at": to_seconds(at), "ms": int(at.timestamp() * 1000)}
