"""Counting the residents of a snapshot, and reading them with their places to compare two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.domain.dates import to_yyyymmdd
from app.domain.resident import ResidentRow
from app.domain.words import find_code
from app.storage import tables as t
from app.storage.queries.base import Source, chunked, marks
from app.storage.shield import Guard
from app.storage.streams import stream
from app.usecases.rows import Census, CensusLine

_FIELDS = ", ".join("rank" if name == "order" else name for name in ResidentRow._fields[:-1])
_BANDS = (
    "SELECT district, sex, CASE WHEN birth_lo IS NULL OR birth_hi IS NULL OR (:on - birth_lo) / 50000 <> (:on - birth_hi) / 50000"
    " THEN -1 ELSE (:on - birth_lo) / 50000 * 5 END AS band, count(*) FROM resident WHERE snapshot = :num{without} GROUP BY 1, 2, 3"
)


def _row(found: Any) -> ResidentRow:
    return ResidentRow._make((*found[:12], bool(found[12]), found[13], found[14], 0))


class CensusQueries:
    """See ``usecases.ports.CensusReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def count(self, *, snapshot_id: str, on: date) -> Census:
        """Residents by district, band of five years and sex. Hidden ones are not counted."""
        counts: Counter[tuple[str, int, str]] = Counter()
        with self._source() as connection:
            snapshot = connection.execute(select(t.snapshot).where(t.snapshot.c.id == snapshot_id)).one_or_none()
            if snapshot is not None:
                hidden = self._guard.hidden_rows(connection, snapshot)
                query = _BANDS.format(without="")
                values = {"on": to_yyyymmdd(on), "num": snapshot.num}
                for district, sex, band, number in connection.exec_driver_sql(query, values):
                    counts[district, max(band, -1), find_code("sex", sex) or "unknown"] += number
                for part in chunked(sorted(hidden)):
                    numbered = ", ".join(f":r{i}" for i in range(len(part)))
                    query = _BANDS.format(without=f" AND rid IN ({numbered})")
                    for district, sex, band, number in connection.exec_driver_sql(
                        query, {**values, **{f"r{i}": rid for i, rid in enumerate(part)}}
                    ):
                        counts[district, max(band, -1), find_code("sex", sex) or "unknown"] -= number
        return Census(on=on, lines=tuple(_lines(counts)))

    def has_numbers(self, *, snapshot_id: str) -> bool:
        """Whether anybody in the snapshot has a number."""
        query = "SELECT 1 FROM resident WHERE snapshot = (SELECT num FROM snapshot WHERE id = ?) AND resident_no > '' LIMIT 1"
        with self._source() as connection:
            return connection.exec_driver_sql(query, (snapshot_id,)).first() is not None

    def placed(self, *, snapshot_id: str) -> Iterator[list[tuple[int, ResidentRow]]]:
        """Every row with its place in the store, in order, some thousand at a time."""
        with self._source() as connection:
            snapshot = connection.execute(select(t.snapshot).where(t.snapshot.c.id == snapshot_id)).one_or_none()
            if snapshot is None:
                return
            hidden = self._guard.hidden_rows(connection, snapshot)
            query = f"SELECT {_FIELDS}, rid FROM resident WHERE rid BETWEEN ? AND ? ORDER BY rid"
            for part in stream(connection, query, (snapshot.first_rid, snapshot.last_rid)):
                yield [(r[15], _row(r)) for r in part if r[15] not in hidden]

    def rows_at(self, places: Sequence[int]) -> list[ResidentRow]:
        """The rows at these places, in the same order."""
        rows: dict[int, ResidentRow] = {}
        with self._source() as connection:
            for part in chunked(places):
                found = connection.exec_driver_sql(f"SELECT {_FIELDS}, rid FROM resident WHERE rid IN ({marks(part)})", tuple(part))
                rows |= {r[15]: _row(r) for r in found}
        return [rows[place] for place in places]


def _lines(counts: Counter[tuple[str, int, str]]) -> Iterator[CensusLine]:
    """One line for each district and band, in order; bands nobody is in are left out."""
    for district, band in sorted({(district, band) for (district, band, _), number in counts.items() if number}):
        male, female = counts[district, band, "male"], counts[district, band, "female"]
        other = counts[district, band, "other"] + counts[district, band, "unknown"]
        yield CensusLine(district=district, band=None if band < 0 else band, male=male, female=female, other=other)
