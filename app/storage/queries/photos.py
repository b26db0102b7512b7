"""Photos of damaged houses: by building, by batch, waiting for a building, and what an import has to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from app.storage.queries.base import Source, chunked, marks, moment
from app.storage.shield import Guard, homes_of_protected
from app.usecases.photo_rows import KnownPhoto, PhotoBatch, PhotoRow, Visit

_ROWS = """
SELECT p.id, p.version, p.number, p.building_id, coalesce(b.number, ''), coalesce(b.address, ''), p.survey_id, p.batch, p.position, p.name,
       p.content, p.width, p.height, p.turn, p.taken_at, p.clock, p.lat, p.lon, p.matched, p.caption
FROM photo p LEFT JOIN building b ON b.id = p.building_id WHERE p.id IN ({marks})
"""
_BATCHES = """
SELECT batch, count(*), count(*) FILTER (WHERE building_id = ''), count(DISTINCT nullif(building_id, '')), min(taken_at), max(taken_at)
FROM photo WHERE NOT deleted {hidden} GROUP BY batch ORDER BY batch DESC
"""


class PhotoQueries:
    """See ``usecases.ports.PhotoReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def ids(self, *, building_id: str | None = None, batch: str | None = None, matched: bool | None = None) -> Sequence[str]:
        """Photo ids; ``matched`` False are those that wait for a building."""
        where, values = ["NOT deleted"], []
        for column, value in (("building_id", building_id), ("batch", batch)):
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        if matched is not None:
            where.append("building_id <> ''" if matched else "building_id = ''")
        order = "taken_at IS NULL, taken_at, batch, position, rid" if building_id else "batch DESC, position, rid"
        with self._source() as connection:
            hidden = self._hidden(connection)
            query = f"SELECT id, building_id FROM photo WHERE {' AND '.join(where)} ORDER BY {order}"
            return [one for one, building in connection.exec_driver_sql(query, tuple(values)) if building not in hidden]

    def rows(self, photo_ids: Sequence[str]) -> list[PhotoRow]:
        """Live photos with their buildings, in the order asked; without what is written below those of a protected person's home."""
        found: dict[str, PhotoRow] = {}
        with self._source() as connection:
            hidden = self._hidden(connection)
            homes = homes_of_protected(connection, self._guard.hidden(connection)) if self._guard.hides else set()
            for part in chunked(photo_ids):
                for row in connection.exec_driver_sql(_ROWS.replace("{marks}", marks(part)) + " AND NOT p.deleted", tuple(part)):
                    if row[3] not in hidden:
                        found[row[0]] = replace(_photo_row(row), caption="") if row[3] in homes else _photo_row(row)
        return [found[one] for one in photo_ids if one in found]

    def batches(self) -> list[PhotoBatch]:
        """Imports, newest first."""
        with self._source() as connection:
            hidden = sorted(self._hidden(connection))
            query = _BATCHES.format(hidden=f"AND building_id NOT IN ({marks(hidden)})" if hidden else "")
            return [
                PhotoBatch(batch=batch, photos=photos, unmatched=waiting, buildings=buildings, first=moment(first), last=moment(last))
                for batch, photos, waiting, buildings, first, last in connection.exec_driver_sql(query, tuple(hidden))
            ]

    def known(self, sha256s: Sequence[str]) -> dict[str, KnownPhoto]:
        """Photos that came before, by the hash of the file as it came; also those this reader is not shown, or they would come twice."""
        found: dict[str, KnownPhoto] = {}
        query = "SELECT sha256, id, number, building_id, batch, matched FROM photo WHERE NOT deleted AND sha256 IN ({}) ORDER BY rid"
        with self._source() as connection:
            for part in chunked(sha256s):
                for sha256, *rest in connection.exec_driver_sql(query.format(marks(part)), tuple(part)):
                    one, number, building, batch, matched = rest
                    found[sha256] = KnownPhoto(id=one, number=number, building_id=building, batch=batch, matched=matched)
        return found

    def hashes(self) -> Sequence[str]:
        """The hash of every file that came, of live photos."""
        with self._source() as connection:
            return [sha256 for (sha256,) in connection.exec_driver_sql("SELECT sha256 FROM photo WHERE NOT deleted AND sha256 <> '' ORDER BY rid")]

    def by_number(self, number: str) -> str | None:
        """The live photo with this number."""
        with self._source() as connection:
            query = "SELECT id, building_id FROM photo WHERE NOT deleted AND number = ? ORDER BY rid LIMIT 1"
            row = connection.exec_driver_sql(query, (number,)).one_or_none()
            return None if row is None or row[1] in self._hidden(connection) else str(row[0])

    def counts(self, building_ids: Sequence[str]) -> dict[str, int]:
        """Photos by building."""
        query = "SELECT building_id, count(*) FROM photo WHERE NOT deleted AND building_id IN ({}) GROUP BY building_id"
        with self._source() as connection:
            hidden = self._hidden(connection)
            wanted = [one for one in building_ids if one and one not in hidden]
            return dict(
                tuple(row) for part in chunked(wanted) for row in connection.exec_driver_sql(query.format(marks(part)), tuple(part))
            )

    def building_numbers(self, numbers: Sequence[str]) -> dict[str, str]:
        """Building id by number. A hidden building is matched all the same: the photo then is as hidden as the building."""
        query = "SELECT number, id FROM building WHERE NOT deleted AND number <> '' AND number IN ({}) ORDER BY rid"
        with self._source() as connection:
            return dict(
                tuple(row) for part in chunked(numbers) for row in connection.exec_driver_sql(query.format(marks(part)), tuple(part))
            )

    def buildings_with_serial(self, serial: int) -> dict[str, str]:
        """Buildings of all devices whose number has this serial."""
        query = "SELECT number, id FROM building WHERE NOT deleted AND number LIKE ? ORDER BY rid LIMIT 50"
        with self._source() as connection:
            hidden = self._hidden(connection)
            found = connection.exec_driver_sql(query, (f"____-{serial:05}-_",))
            return {number: one for number, one in found if one not in hidden}

    def visits(self, days: Sequence[str]) -> list[Visit]:
        """Surveys of these days that say when they began or ended."""
        query = (
            "SELECT building_id, id, surveyed_on, started, ended FROM survey WHERE NOT deleted AND state <> 'withdrawn'"
            " AND (started <> '' OR ended <> '') AND surveyed_on IN ({}) ORDER BY surveyed_on, started, rid"
        )
        with self._source() as connection:
            return [
                Visit(building_id=building, survey_id=survey, day=day, started=started, ended=ended)
                for part in chunked(days)
                for building, survey, day, started, ended in connection.exec_driver_sql(query.format(marks(part)), tuple(part))
            ]

    def _hidden(self, connection: Connection) -> frozenset[str]:
        """Buildings whose photos this reader does not get: where nobody lives but households with a protected member."""
        victims = self._guard.hidden(connection).victims
        if not victims:
            return frozenset()
        theirs: set[str] = set()
        for part in chunked(sorted(victims)):
            query = f"SELECT building_id FROM occupancy WHERE NOT deleted AND victim_id IN ({marks(part)})"
            theirs |= {building for (building,) in connection.exec_driver_sql(query, tuple(part))}
        for part in chunked(sorted(theirs)):
            query = f"SELECT building_id, victim_id FROM occupancy WHERE NOT deleted AND building_id IN ({marks(part)})"
            theirs -= {building for building, victim in connection.exec_driver_sql(query, tuple(part)) if victim not in victims}
        return frozenset(theirs)


def _photo_row(row: Any) -> PhotoRow:
    return PhotoRow(
        id=row[0], version=row[1], number=row[2], building_id=row[3], building_number=row[4], address=row[5], survey_id=row[6], batch=row[7],
        place=row[8], name=row[9], content=row[10], width=row[11], height=row[12], turn=row[13], taken_at=moment(row[14]), clock=row[15],
        lat=row[16], lon=row[17], matched=row[18], caption=row[19],
    )  # fmt: skip
