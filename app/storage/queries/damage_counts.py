"""What headquarters counts: judged houses with their households, casualties, and work by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any

from app.domain.building import DWELLINGS
from app.storage.queries.base import Source
from app.storage.shield import Guard
from app.storage.tables import to_seconds
from app.usecases.survey_rows import HouseCount

_HOUSES = (
    "WITH seen AS (SELECT s.rid, s.building_id, s.grade, s.hazard, s.inputs, s.kind, s.method, s.surveyed_on, s.id,"
    " s.state = 'counted' AND coalesce(s.checked_at, 0) <= :at AS firm FROM survey s"
    " WHERE NOT s.deleted AND s.state IN ('entered', 'counted') AND s.grade <> '' AND s.id < :made),"
    " ranked AS (SELECT *, row_number() OVER (PARTITION BY building_id ORDER BY firm DESC,"
    " CASE kind WHEN 're' THEN 2 WHEN 'second' THEN 1 ELSE 0 END DESC, method = 'area', surveyed_on DESC, id DESC) AS place FROM seen)"
    " SELECT b.id, b.district, b.use, r.grade, r.hazard, r.inputs, r.firm FROM ranked r JOIN building b ON b.id = r.building_id"
    " WHERE r.place = 1 AND NOT b.deleted"
)
_DWELLINGS = ", ".join(f"'{use}'" for use in sorted(DWELLINGS))
_DAILY = {
    "applied": "SELECT applied_on, count(*) FROM application WHERE NOT deleted AND applied_on <> '' GROUP BY 1",
    "surveyed": "SELECT day, count(*) FROM (SELECT building_id, min(surveyed_on) AS day FROM survey WHERE NOT deleted AND surveyed_on <> ''"
    " AND state IN ('entered', 'counted', 'returned') GROUP BY building_id) GROUP BY 1",
    "judged": "SELECT day, count(*) FROM (SELECT building_id, date(min(coalesce(checked_at, 0)), 'unixepoch', '+9 hours') AS day FROM survey"
    " WHERE NOT deleted AND state = 'counted' AND checked_at IS NOT NULL GROUP BY building_id) GROUP BY 1",
    "issued": "SELECT issued_on, count(*) FROM certificate WHERE NOT deleted AND issued_on <> '' GROUP BY 1",
}
_SPANS = (
    "SELECT a.applied_on, min(CASE WHEN a.state = 'issued' THEN c.issued_on END), a.state FROM application a"
    " LEFT JOIN certificate c ON c.application_id = a.id AND NOT c.deleted WHERE NOT a.deleted AND a.applied_on <> '' GROUP BY a.id"
)


class DamageQueries:
    """See ``usecases.ports.DamageReads``. Sums tell of nobody, so protected people are counted like all others."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def houses(self, *, at: datetime) -> list[HouseCount]:
        """Every building with a survey made by then, with the households that really lived there."""
        with self._source() as connection:
            homes: dict[str, list[str]] = defaultdict(list)
            links = "SELECT o.building_id, o.victim_id FROM occupancy o JOIN victim v ON v.id = o.victim_id WHERE NOT o.deleted AND NOT v.deleted AND o.main"
            for building, victim in connection.exec_driver_sql(links):
                homes[building].append(victim)
            rows = connection.exec_driver_sql(_HOUSES, {"at": to_seconds(at), "made": _first_id_after(at)})
            return [
                HouseCount(
                    district=row[1], use=row[2], grade=row[3], hazard=row[4], inputs=row[5], status="confirmed" if row[6] else "unconfirmed",
                    victims=tuple(homes.get(row[0], ())),
                )
                for row in rows
            ]  # fmt: skip

    def members(self) -> dict[str, int]:
        """People of each household that has any written down."""
        query = "SELECT victim_id, count(*) FROM victim_member WHERE NOT deleted GROUP BY 1"
        with self._source() as connection:
            return {row[0]: row[1] for row in connection.exec_driver_sql(query)}

    def unjudged(self, *, at: datetime) -> int:
        """Dwellings known by then that no survey judged by then."""
        query = (
            f"SELECT count(*) FROM building b WHERE NOT b.deleted AND b.use IN ({_DWELLINGS}) AND b.id < :made AND NOT EXISTS (SELECT 1 FROM survey s"
            " WHERE s.building_id = b.id AND NOT s.deleted AND s.grade <> '' AND s.state IN ('entered', 'counted') AND s.id < :made)"
        )
        with self._source() as connection:
            return int(connection.exec_driver_sql(query, {"made": _first_id_after(at)}).scalar_one())

    def unsurveyed(self) -> int:
        """Buildings that somebody waits for a survey of: no judgement yet, or another survey was asked for."""
        query = (
            "SELECT count(*) FROM building b WHERE NOT b.deleted AND (NOT EXISTS (SELECT 1 FROM survey s WHERE s.building_id = b.id AND NOT s.deleted"
            " AND s.state IN ('entered', 'counted', 'returned')) OR EXISTS (SELECT 1 FROM appeal p WHERE p.building_id = b.id AND NOT p.deleted"
            " AND p.state IN ('open', 'accepted')))"
        )
        with self._source() as connection:
            return int(connection.exec_driver_sql(query).scalar_one())

    def casualties(self, *, at: datetime) -> dict[str, int]:
        """Dead, seriously and lightly hurt among the registered."""
        query = (
            "SELECT coalesce(sum(died_at IS NOT NULL AND died_at <= :at), 0), coalesce(sum(injury = 'serious' AND died_at IS NULL), 0),"
            " coalesce(sum(injury = 'light' AND died_at IS NULL), 0) FROM person WHERE NOT deleted"
        )
        with self._source() as connection:
            row = connection.exec_driver_sql(query, {"at": to_seconds(at)}).one()
        return {"dead": row[0], "serious": row[1], "light": row[2]}

    def daily(self) -> dict[str, dict[date, int]]:
        """Applications, surveys, judgements and certificates by day."""
        with self._source() as connection:
            return {name: _by_day(connection.exec_driver_sql(query)) for name, query in _DAILY.items()}

    def spans(self) -> list[tuple[date, date | None]]:
        """When each application was made and when it was served; withdrawn ones are in none."""
        with self._source() as connection:
            rows = connection.exec_driver_sql(_SPANS).all()
        return [(_day(row[0]), _day(row[1]) if row[1] else None) for row in rows if row[2] != "closed"]


def _by_day(rows: Any) -> dict[date, int]:
    found: Counter[date] = Counter()
    for day, count in rows:
        found[_day(day)] += count
    return dict(found)


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _first_id_after(at: datetime) -> str:
    """The smallest id made after a moment: ids begin with their milliseconds (UUID version 7)."""
    digits = f"{int(at.timestamp() * 1000) + 1:012x}"
    return f"{digits[:8]}-{digits[8:]}"
