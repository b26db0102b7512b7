"""Registered people: their stays, who they may be, and pages of the evacuee list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app.storage.dialects import search_of
from app.storage.keys import birth_range, fold_key_kana, fold_key_name
from app.storage.queries.base import Source, chunked, marks, moment
from app.storage.search import match_anywhere
from app.storage.shield import Guard
from app.storage.tables import from_seconds, to_seconds
from app.usecases.rows import Origin, SearchHit, StayView

_STAY = (
    "SELECT st.id, st.person_id, st.shelter_id, s.name, st.category, st.room, st.from_at, st.to_at, st.destination, st.destination_text,"
    " st.exit_reason, st.pending, st.version, a.id, a.kind, a.from_at FROM stay st JOIN shelter s ON s.id = st.shelter_id"
    " LEFT JOIN absence a ON a.stay_id = st.id AND NOT a.deleted AND a.back_at IS NULL WHERE NOT st.deleted AND "
)

PERSON_HIT = (
    "SELECT p.rid, p.id, p.name, p.kana, p.birth, p.sex, p.address, h.label, p.protected, p.number, st.shelter_id, s.name, st.from_at, st.to_at,"
    " p.died_at, p.phone, p.mobile, p.household_id FROM person p LEFT JOIN household h ON h.id = p.household_id"
    " LEFT JOIN stay st ON st.rid = (SELECT x.rid FROM stay x WHERE x.person_id = p.id AND NOT x.deleted AND x.from_at <= :at"
    " ORDER BY (x.to_at IS NULL OR x.to_at > :at) DESC, x.from_at DESC, x.rid LIMIT 1) LEFT JOIN shelter s ON s.id = st.shelter_id WHERE "
)


def person_hit(row: Any, *, at: int, match: str = "") -> SearchHit:
    """A hit from a ``PERSON_HIT`` row, unmasked."""
    staying = row[12] is not None and (row[13] is None or row[13] > at)
    status = "dead" if row[14] is not None else "staying" if staying else "left" if row[12] is not None else "none"
    return SearchHit(
        kind="person",
        id=row[1],
        person_id=row[1],
        name=row[2],
        kana=row[3],
        birth=row[4],
        sex=row[5],
        address=row[6],
        household=row[7] or "",
        status=status,
        match=match,
        protected=bool(row[8]),
        number=row[9],
        shelter_id=(row[10] or "") if staying else "",
        shelter_name=(row[11] or "") if staying else "",
        since=moment(row[12] if staying else row[13]),
        phone=row[16] or row[15],
    )


def seen_hits(connection: Connection, rows: Iterable[Any], guard: Guard, *, at: int, match: str = "") -> list[SearchHit]:
    """Hits from ``PERSON_HIT`` rows: protected ones marked, or left out for a reader who may not learn of them."""
    people = guard.people(connection)
    hits: list[SearchHit] = []
    for row in rows:
        protected = row[1] in people.persons
        if protected and guard.hides:
            continue
        hit = person_hit(row, at=at, match=match)
        if guard.hides and row[17] in people.labels:
            hit = replace(hit, household="")
        hits.append(replace(hit, protected=True) if protected and not hit.protected else hit)
    return hits


class PersonQueries:
    """See ``usecases.person_ports.PersonReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def stays(self, person_id: str) -> list[StayView]:
        """All stays of a person, newest first."""
        with self._source() as connection:
            if person_id in self._guard.hidden(connection).persons:
                return []
            rows = connection.exec_driver_sql(_STAY + "st.person_id = ? ORDER BY st.from_at DESC, st.rid DESC", (person_id,)).all()
        return [_stay(row) for row in rows]

    def open_stays(self, person_ids: Sequence[str]) -> dict[str, StayView]:
        """The running stay of each person who has one; of several the newest."""
        found: dict[str, StayView] = {}
        with self._source() as connection:
            hidden = self._guard.hidden(connection).persons
            for part in chunked([one for one in person_ids if one not in hidden]):
                rows = connection.exec_driver_sql(
                    _STAY + f"st.to_at IS NULL AND st.person_id IN ({marks(part)}) ORDER BY st.from_at, st.rid", tuple(part)
                )
                found |= {row[1]: _stay(row) for row in rows}
        return found

    def by_resident(self, resident_ids: Sequence[str]) -> dict[str, str]:
        """Person id by resident id."""
        found: dict[str, str] = {}
        with self._source() as connection:
            for part in chunked(resident_ids):
                query = f"SELECT resident_id, id FROM person WHERE NOT deleted AND resident_id IN ({marks(part)}) ORDER BY rid"
                found |= {row[0]: row[1] for row in connection.exec_driver_sql(query, tuple(part))}
            hidden = self._guard.hidden(connection).persons
        return {resident: person for resident, person in found.items() if person not in hidden}

    def namesakes(self, *, name: str, kana: str, birth: str) -> list[SearchHit]:
        """People with the same folded name or kana whose birth date may be the same. Without a birth date, by name alone."""
        key_name, key_kana = fold_key_name(name), fold_key_kana(kana)
        if not key_name and not key_kana:
            return []
        low, high = birth_range(birth)
        conditions = ["((:name <> '' AND p.key_name = :name) OR (:kana <> '' AND p.key_kana = :kana))", "NOT p.deleted"]
        if low is not None:
            conditions.append("(p.birth_lo IS NULL OR (p.birth_lo <= :high AND p.birth_hi >= :low))")
        with self._source() as connection:
            at = to_seconds(datetime.max.replace(tzinfo=from_seconds(0).tzinfo, year=2999))
            rows = connection.exec_driver_sql(
                PERSON_HIT + " AND ".join(conditions) + " ORDER BY p.rid LIMIT 20",
                {"name": key_name, "kana": key_kana, "low": low, "high": high if high is not None else low, "at": at},
            ).all()
            return seen_hits(connection, rows, self._guard, at=at, match="namesake")

    def by_number(self, number: str) -> str | None:
        """Person id by the human number."""
        return self._one("number = ?", number)

    def by_card(self, card: str) -> str | None:
        """Person id by card number."""
        return self._one("card = ?", card)

    def _one(self, where: str, value: str) -> str | None:
        if not value:
            return None
        with self._source() as connection:
            row = connection.exec_driver_sql(f"SELECT id FROM person WHERE NOT deleted AND {where} ORDER BY rid LIMIT 1", (value,)).one_or_none()
            return None if row is None or row[0] in self._guard.hidden(connection).persons else str(row[0])

    def ids(self, *, text: str = "", presence: str = "all") -> Sequence[str]:
        """Person ids in order of kana; ``presence`` is ``in``, ``out`` or ``all``."""
        presences = {
            "in": "EXISTS (SELECT 1 FROM stay st WHERE st.person_id = p.id AND NOT st.deleted AND st.to_at IS NULL)",
            "out": "NOT EXISTS (SELECT 1 FROM stay st WHERE st.person_id = p.id AND NOT st.deleted AND st.to_at IS NULL)",
            "all": "true",
        }
        where, parameters = [f"NOT p.deleted AND {presences[presence]}"], {}
        if text.strip():
            query = match_anywhere(text, least=1)
            parameters = {"query": query, "text": text.strip().upper()}
        with self._source() as connection:
            if parameters:
                speech = search_of(connection)
                parameters["query"] = speech.match_value(query)
                found = f"p.rid IN ({speech.matching(('person_fts',))}) OR " if query else ""
                where.append(f"({found}p.number = :text)")
            rows = connection.exec_driver_sql(
                f"SELECT p.id FROM person p WHERE {' AND '.join(where)} ORDER BY p.key_kana, p.rid", parameters
            )
            hidden = self._guard.hidden(connection).persons
            return [row[0] for row in rows if row[0] not in hidden]

    def page(self, person_ids: Sequence[str], *, at: datetime) -> list[SearchHit]:
        """Rows for these people in the same order, with where they are at the moment."""
        with self._source() as connection:
            return hits_by_id(connection, person_ids, self._guard, at=to_seconds(at))

    def origins(self, person_ids: Sequence[str]) -> dict[str, Origin]:
        """Where and when each registration was made."""
        found: dict[str, Origin] = {}
        with self._source() as connection:
            hidden = self._guard.hidden(connection).persons
            for part in chunked([one for one in person_ids if one not in hidden]):
                query = (
                    "SELECT j.record, coalesce(s.name, ''), j.device, j.at_ms FROM journal j LEFT JOIN site s ON s.id = j.site"
                    f" WHERE j.record IN ({marks(part)}) AND j.kind = 'person' AND j.action = 'create'"
                )
                for record, site, device, at_ms in connection.exec_driver_sql(query, tuple(part)):
                    found[record] = Origin(site=site, device=device, at=datetime.fromtimestamp(at_ms / 1000, UTC))
        return found


def hits_by_id(connection: Connection, person_ids: Sequence[str], guard: Guard, *, at: int, match: str = "") -> list[SearchHit]:
    """Hits for person ids, in the same order."""
    found: dict[str, SearchHit] = {}
    for part in chunked(person_ids, 300):
        names = {f"p{i}": value for i, value in enumerate(part)}
        query = PERSON_HIT + f"p.id IN ({','.join(':' + name for name in names)})"
        rows = connection.exec_driver_sql(query, {**names, "at": at})
        found |= {hit.id: hit for hit in seen_hits(connection, rows, guard, at=at, match=match)}
    return [found[person_id] for person_id in person_ids if person_id in found]


def _stay(row: Any) -> StayView:
    return StayView(
        id=row[0],
        person_id=row[1],
        shelter_id=row[2],
        shelter_name=row[3],
        category=row[4],
        room=row[5],
        from_at=from_seconds(row[6]),
        to_at=moment(row[7]),
        destination=row[8],
        destination_text=row[9],
        exit_reason=row[10],
        pending=bool(row[11]),
        version=row[12],
        absence_id=row[13] or "",
        absence_kind=row[14] or "",
        absence_from=moment(row[15]),
    )
