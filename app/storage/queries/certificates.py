"""Applications and certificates: lists, what an issue needs of many at once, copies, doubles. Protected households are left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from app.domain.records import Record
from app.storage import tables as t
from app.storage.changing import read_records
from app.storage.keys import digits, fold_key_address, fold_key_kana, fold_key_name
from app.storage.queries.base import Source, chunked, marks
from app.storage.shield import Guard
from app.usecases.certificate_rows import ApplicationFilter, ApplicationRow, CertificateFilter, CertificateRow

R = TypeVar("R", bound=Record)

_APPLICATIONS = (
    " FROM application a LEFT JOIN victim v ON v.id = a.victim_id LEFT JOIN building b ON b.id = a.building_id"
    " LEFT JOIN certificate c ON c.rid = (SELECT max(x.rid) FROM certificate x WHERE x.application_id = a.id AND NOT x.deleted"
    " AND x.state = 'issued')"
)
_APPLICATION = (
    "SELECT a.id, a.version, a.number, a.queue, a.kind, a.state, a.applied_on, a.channel, a.applicant_name, a.applicant_kana,"
    " a.applicant_role, a.phone, a.victim_id, coalesce(v.head_name, ''), a.building_id, coalesce(b.number, ''), coalesce(b.address, ''),"
    " coalesce(nullif(b.district, ''), v.district, ''), a.grade, a.copies, a.self_judgement, a.declared, coalesce(c.id, ''),"
    " coalesce(c.number, ''), coalesce(c.issued_on, '')"
)
_CERTIFICATES = (
    " FROM certificate c LEFT JOIN victim v ON v.id = c.victim_id LEFT JOIN building b ON b.id = c.building_id"
    " LEFT JOIN application a ON a.id = c.application_id LEFT JOIN certificate n ON n.id = c.superseded_by"
    " LEFT JOIN operator o ON o.id = c.issued_by"
)
_POSTAL = "coalesce(CASE WHEN coalesce(a.contact_address, '') <> '' THEN a.contact_postal WHEN coalesce(v.contact_address, '') = '' THEN v.postal END, '')"
_ADDRESS = "coalesce(nullif(a.contact_address, ''), nullif(v.contact_address, ''), v.address, '')"
_DISTRICT = "coalesce(nullif(b.district, ''), v.district, '')"
_CERTIFICATE = (
    "SELECT c.id, c.version, c.number, c.kind, c.grade, c.newer_grade, c.state, coalesce(v.head_name, a.applicant_name, ''),"
    f" coalesce(v.head_kana, a.applicant_kana, ''), {_POSTAL}, {_ADDRESS}, {_DISTRICT}, coalesce(nullif(a.phone, ''), v.phone, ''),"
    " c.building_id, coalesce(b.number, ''), coalesce(b.address, ''), c.victim_id, c.application_id, coalesce(a.number, ''), c.issued_on,"
    " coalesce(o.name, ''), c.copies, coalesce(a.copies, 1), c.provisional, c.declared, coalesce(n.number, ''), c.reason,"
    " c.form, c.form_version, c.form_digest"
)
_PHONE = re.compile(r"[0-9()-]{4,}")
_NUMBERS = re.compile(r"(\d+)")
_LACKING = {
    "household": "a.victim_id = ''",
    "building": "a.kind = 'damage' AND a.building_id = ''",
    "survey": "a.state = 'awaiting' AND NOT EXISTS (SELECT 1 FROM survey s WHERE s.building_id = a.building_id AND s.state = 'entered' AND NOT s.deleted)",
    "check": "a.state = 'awaiting' AND EXISTS (SELECT 1 FROM survey s WHERE s.building_id = a.building_id AND s.state = 'entered' AND NOT s.deleted)",
    "damage": "a.kind = 'damage' AND a.grade = 'none'",
    "approval": "a.state = 'judged'",
    "issue": "a.state = 'approved'",
}
_COUNTED = (
    "SELECT s.building_id, s.id, s.grade FROM survey s WHERE s.state = 'counted' AND NOT s.deleted AND s.building_id IN (?*)"
    " ORDER BY s.building_id, CASE s.kind WHEN 're' THEN 2 WHEN 'second' THEN 1 ELSE 0 END, s.surveyed_on, s.id"
)
_PUSH = (
    "SELECT o.victim_id, o.building_id FROM occupancy o JOIN building b ON b.id = o.building_id JOIN victim v ON v.id = o.victim_id"
    " WHERE NOT o.deleted AND NOT b.deleted AND NOT v.deleted AND o.main AND b.use IN ('dwelling', 'apartment', 'mixed')"
    " AND v.source NOT IN ('business', 'owner')"
    " AND EXISTS (SELECT 1 FROM survey s WHERE s.building_id = b.id AND s.state = 'counted' AND NOT s.deleted)"
    " AND NOT EXISTS (SELECT 1 FROM application a WHERE a.victim_id = o.victim_id AND a.building_id = o.building_id AND a.kind = 'damage'"
    " AND NOT a.deleted)"
    " AND NOT EXISTS (SELECT 1 FROM certificate c WHERE c.victim_id = o.victim_id AND c.building_id = o.building_id AND c.kind = 'damage'"
    " AND c.state = 'issued' AND NOT c.deleted) GROUP BY o.victim_id, o.building_id ORDER BY min(b.rid), min(o.rid)"
)


class CertificateQueries:
    """See ``usecases.ports.CertificateReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    # -- lists ---------------------------------------------------------------------------------------------

    def application_ids(self, *, filter: ApplicationFilter, today: str) -> list[str]:
        """Ids in the order of the filter's sort."""
        where, values = _application_where(filter, today)
        key, order = _APPLICATION_SORTS.get(filter.sort, _APPLICATION_SORTS["number"])
        with self._source() as connection:
            query = (
                f"SELECT a.id, a.victim_id, {key}{_used(_APPLICATIONS, key + where + order)} WHERE NOT a.deleted{where} ORDER BY {order}"
            )
            shown = self._seen(connection, connection.exec_driver_sql(query, tuple(values)).all())
        return [row[0] for row in (sorted(shown, key=lambda row: natural(row[2])) if filter.sort == "address" else shown)]

    def application_rows(self, application_ids: Sequence[str], *, today: str) -> list[ApplicationRow]:
        """In the order of the ids."""
        with self._source() as connection:
            rows = _in(connection, f"{_APPLICATION}{_APPLICATIONS} WHERE NOT a.deleted AND a.id IN (?*)", application_ids)
            people = protected_victims(self._guard.people(connection))
        made = {row[0]: _application_row(row, today, row[12] in people) for row in rows if not (self._guard.hides and row[12] in people)}
        return [made[one] for one in application_ids if one in made]

    def certificate_ids(self, *, filter: CertificateFilter) -> list[str]:
        """Ids in the order of the filter's sort."""
        where, values = _certificate_where(filter)
        with self._source() as connection:
            return self._sorted(connection, where, values, filter.sort)

    def certificate_count(self, *, filter: CertificateFilter) -> int:
        """How many ``certificate_ids`` would answer."""
        where, values = _certificate_where(filter)
        source = f"{_used(_CERTIFICATES, where)} WHERE NOT c.deleted{where}"
        with self._source() as connection:
            found = connection.exec_driver_sql(f"SELECT count(*){source}", tuple(values)).scalar() or 0
            for part in chunked(sorted(protected_victims(self._guard.hidden(connection)))):
                query = f"SELECT count(*){source} AND c.victim_id IN ({marks(part)})"
                found -= connection.exec_driver_sql(query, (*values, *part)).scalar() or 0
            return int(found)

    def sorted_certificates(self, certificate_ids: Sequence[str], *, sort: str) -> list[str]:
        """These ids in another order, without those that are hidden."""
        wanted = set(certificate_ids)
        with self._source() as connection:
            if not wanted:
                return []
            if len(wanted) <= 500:
                part = sorted(wanted)
                return self._sorted(connection, f" AND c.id IN ({marks(part)})", list(part), sort)
            return [one for one in self._sorted(connection, "", [], sort) if one in wanted]

    def _sorted(self, connection: Connection, where: str, values: Sequence[Any], sort: str) -> list[str]:
        keys, order = _CERTIFICATE_SORTS[sort]
        query = f"SELECT c.id, c.victim_id, {keys}{_used(_CERTIFICATES, keys + where + order)} WHERE NOT c.deleted{where} ORDER BY {order}"
        shown = self._seen(connection, connection.exec_driver_sql(query, tuple(values)).all())
        by_place = _PLACE_ORDERS.get(sort)
        return [row[0] for row in (sorted(shown, key=by_place) if by_place else shown)]

    def certificate_rows(self, certificate_ids: Sequence[str]) -> list[CertificateRow]:
        """In the order of the ids."""
        with self._source() as connection:
            rows = _in(connection, f"{_CERTIFICATE}{_CERTIFICATES} WHERE NOT c.deleted AND c.id IN (?*)", certificate_ids)
            people = protected_victims(self._guard.people(connection))
        made = {row[0]: _certificate_row(row, row[16] in people) for row in rows if not (self._guard.hides and row[16] in people)}
        return [made[one] for one in certificate_ids if one in made]

    def _seen(self, connection: Connection, rows: Iterable[Any]) -> list[Any]:
        """Rows (id, victim id, …) without those of households this reader may not learn of."""
        hidden = protected_victims(self._guard.hidden(connection))
        return [row for row in rows if row[1] not in hidden] if hidden else list(rows)

    # -- many at once --------------------------------------------------------------------------------------

    def many(self, kind: type[R], record_ids: Iterable[str]) -> dict[str, R]:
        """Live records by id, whoever asks: for a use case to write with, never to show."""
        with self._source() as connection:
            return {one.id: one for one in _records(connection, kind, "id", record_ids)}

    def many_by(self, kind: type[R], field: str, values: Iterable[str]) -> list[R]:
        """Live records whose field is one of the values, oldest first for each."""
        with self._source() as connection:
            return _records(connection, kind, field, set(values) - {""})

    def counted(self, building_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """``(survey id, grade)`` of each building that has a counted survey (re before second before first, then the later day)."""
        with self._source() as connection:
            return {row[0]: (row[1], row[2]) for row in _in(connection, _COUNTED, sorted(set(building_ids)))}

    def unchecked(self, building_ids: Iterable[str]) -> frozenset[str]:
        """Buildings with a survey that waits for its check."""
        query = "SELECT building_id FROM survey WHERE state = 'entered' AND NOT deleted AND building_id IN (?*)"
        with self._source() as connection:
            return frozenset(row[0] for row in _in(connection, query, sorted(set(building_ids))))

    def withheld(self, victim_ids: Iterable[str]) -> frozenset[str]:
        """Those of the households that are under a protection measure, whoever asks."""
        with self._source() as connection:
            return frozenset(victim_ids) & protected_victims(self._guard.people(connection))

    def push_candidates(self) -> list[tuple[str, str]]:
        """Household and building of everyone judged who has neither application nor certificate."""
        with self._source() as connection:
            return [(row[0], row[1]) for row in connection.exec_driver_sql(_PUSH)]

    # -- copies --------------------------------------------------------------------------------------------

    def newest_batch(self, certificate_id: str) -> str:
        """The print run that this certificate was part of last; "" for none."""
        query = "SELECT batch FROM certificate_copy WHERE certificate_id = ? AND NOT deleted AND batch <> '' ORDER BY rid DESC LIMIT 1"
        with self._source() as connection:
            return str(connection.exec_driver_sql(query, (certificate_id,)).scalar() or "")

    def batch(self, batch: str) -> list[tuple[str, int, int, int]]:
        """Certificate id, copy, place and number of papers of its form for each paper of a print run, in its order."""
        query = "SELECT certificate_id, copy, place, papers FROM certificate_copy WHERE batch = ? AND NOT deleted ORDER BY rid"
        with self._source() as connection:
            return [(row[0], row[1], row[2], row[3]) for row in connection.exec_driver_sql(query, (batch,))]

    # -- counts --------------------------------------------------------------------------------------------

    def doubles(self) -> list[list[str]]:
        """Ids of certificates in force for the same household, building and kind, or with the same number, oldest first."""
        found: list[list[str]] = []
        with self._source() as connection:
            hidden = protected_victims(self._guard.hidden(connection))
            for keys, when in (("victim_id, building_id, kind", "state = 'issued' AND victim_id <> ''"), ("number", "number <> ''")):
                groups: dict[tuple[Any, ...], list[str]] = {}
                query = (
                    f"SELECT id, victim_id, {keys} FROM certificate WHERE NOT deleted AND {when} AND ({keys}) IN (SELECT {keys} FROM certificate"
                    f" WHERE NOT deleted AND {when} GROUP BY {keys} HAVING count(*) > 1) ORDER BY rid"
                )
                for row in connection.exec_driver_sql(query):
                    if row[1] not in hidden:
                        groups.setdefault(tuple(row[2:]), []).append(row[0])
                found += [ids for ids in groups.values() if len(ids) > 1]
        return list({tuple(ids): ids for ids in found}.values())

    def numbers_twice(self) -> frozenset[str]:
        """Certificate numbers that two records bear."""
        query = "SELECT number FROM certificate WHERE NOT deleted AND number <> '' GROUP BY number HAVING count(*) > 1"
        with self._source() as connection:
            return frozenset(row[0] for row in connection.exec_driver_sql(query))

    def states(self) -> list[tuple[str, str, int, str]]:
        """``(state, household, how many, earliest day)`` of the applications, by household."""
        with self._source() as connection:
            hidden = protected_victims(self._guard.hidden(connection))
            who = "victim_id" if hidden else "''"
            query = f"SELECT state, {who}, count(*), min(applied_on) FROM application WHERE NOT deleted GROUP BY 1, 2 ORDER BY 1, 2"
            return [(row[0], row[1], row[2], row[3]) for row in connection.exec_driver_sql(query) if row[1] not in hidden]

    def declared(self) -> list[str]:
        """Households written down as told that nobody has compared with the snapshot."""
        query = "SELECT id FROM victim WHERE declared AND matched_at IS NULL AND NOT deleted ORDER BY rid"
        with self._source() as connection:
            hidden = protected_victims(self._guard.hidden(connection))
            return [row[0] for row in connection.exec_driver_sql(query) if row[0] not in hidden]

    def by_number(self, kind: str, number: str) -> str | None:
        """The live application, certificate or building with this number."""
        table = {"application": "application", "certificate": "certificate", "building": "building"}[kind]
        with self._source() as connection:
            found = connection.exec_driver_sql(f"SELECT id FROM {table} WHERE number = ? AND NOT deleted ORDER BY rid LIMIT 1", (number,))
            return found.scalar()

    def photo_count(self, building_id: str) -> int:
        """How many photos a building has."""
        query = "SELECT count(*) FROM photo WHERE building_id = ? AND NOT deleted"
        with self._source() as connection:
            return int(connection.exec_driver_sql(query, (building_id,)).scalar() or 0)

    def wrong_tries(self, number: str, *, since_ms: int) -> int:
        """How often since then somebody asked for this number with another birth date."""
        query = "SELECT count(*) FROM access WHERE action = 'lookup_refused' AND target = ? AND at_ms >= ?"
        with self._source() as connection:
            return int(connection.exec_driver_sql(query, (number, since_ms)).scalar() or 0)


_NUMBER_ORDER = "length(c.number), c.number, c.rid"
_CERTIFICATE_SORTS: Mapping[str, tuple[str, str]] = {
    "number": ("c.number", _NUMBER_ORDER),
    "kana": ("c.number", f"coalesce(v.key_kana, a.key_kana, ''), {_NUMBER_ORDER}"),
    "postal": (f"{_ADDRESS}, {_DISTRICT}, {_POSTAL}", _NUMBER_ORDER),
    "district": (f"{_ADDRESS}, {_DISTRICT}", _NUMBER_ORDER),
    "address": (_ADDRESS, _NUMBER_ORDER),
}
"""What is read for each sort, and the order in which; places are sorted afterwards, 1-2 before 1-10."""
_PLACE_ORDERS: Mapping[str, Any] = {
    "postal": lambda row: (row[4] or "\uffff", row[3], natural(row[2])),
    "district": lambda row: (row[3] or "\uffff", natural(row[2])),
    "address": lambda row: natural(row[2]),
}
_ORDER = "length(a.number), a.number, a.rid"
_APPLICATION_SORTS: Mapping[str, tuple[str, str]] = {
    "number": ("a.number", _ORDER),
    "applied": ("a.number", f"a.applied_on, {_ORDER}"),
    "waiting": ("a.number", f"a.applied_on = '', a.applied_on, {_ORDER}"),
    "kana": ("a.number", f"coalesce(v.key_kana, a.key_kana) NULLS FIRST, {_ORDER}"),
    "address": ("coalesce(b.address, v.address, '')", _ORDER),
    "state": (
        "a.number",
        "CASE a.state WHEN 'received' THEN 0 WHEN 'awaiting' THEN 1 WHEN 'judged' THEN 2 WHEN 'approved' THEN 3 WHEN 'issued' THEN 4 ELSE 5 END,"
        f" {_ORDER}",
    ),
}


def _used(source: str, words: str) -> str:
    """The tables of a question without those that it says nothing of: joining 60,000 rows for nothing takes seconds."""
    first, *joins = source.split(" LEFT JOIN ")
    return first + "".join(f" LEFT JOIN {join}" for join in joins if f"{join.split()[1]}." in words)


def protected_victims(people: Any) -> frozenset[str]:
    """Ids of the affected households with a protected member."""
    found: frozenset[str] = people.victims
    return found


def natural(text: str) -> tuple[Any, ...]:
    """A sort key in which 1-2 comes before 1-10, whatever the width of the digits."""
    parts = _NUMBERS.split(unicodedata.normalize("NFKC", text))
    return tuple((1, int(part), "") if at % 2 else (0, 0, part) for at, part in enumerate(parts))


def _in(connection: Connection, sql: str, values: Sequence[str]) -> list[Any]:
    """Rows of a question with one IN list."""
    return [row for part in chunked(values) for row in connection.exec_driver_sql(sql.replace("?*", marks(part)), tuple(part))]


def _records(connection: Connection, kind: type[R], field: str, values: Iterable[str]) -> list[R]:
    entry = next(entry for entry in t.KINDS if entry.cls is kind)
    found: list[R] = []
    for part in chunked(sorted(set(values))):
        found += read_records(connection, entry, f'NOT deleted AND "{entry.table.c[field].name}" IN ({marks(part)})', part)
    return found


def _like(text: str) -> str:
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, "\\" + sign)
    return f"%{text}%"


def _text_where(text: str, columns: Sequence[str]) -> tuple[str, list[Any]]:
    """Each word of the text stands in one of the columns, folded as theirs."""
    where, values = "", []
    for word in text.split():
        plain = unicodedata.normalize("NFKC", word).upper()
        folds = {
            "number": plain,
            "name": fold_key_name(word),
            "kana": fold_key_kana(word),
            "address": fold_key_address(word),
            "phone": digits(word) if _PHONE.fullmatch(plain) else "",
        }
        parts = []
        for column in columns:
            name, _, kind = column.partition("=")
            if folds[kind]:
                parts.append(f"{name} LIKE ? ESCAPE '\\'")
                values.append(_like(folds[kind]))
        where += f" AND ({' OR '.join(parts)})" if parts else " AND false"
    return where, values


_APPLICATION_TEXT = (
    "a.number=number", "a.queue=number", "a.key_name=name", "v.key_name=name", "a.key_kana=kana", "v.key_kana=kana", "b.number=number",
    "b.key_address=address", "v.key_address=address", "replace(a.phone, '-', '')=phone", "c.number=number",
)  # fmt: skip
_CERTIFICATE_TEXT = (
    "c.number=number", "a.number=number", "v.key_name=name", "a.key_name=name", "v.key_kana=kana", "a.key_kana=kana", "b.number=number",
    "b.key_address=address", "v.key_address=address", "replace(a.phone, '-', '')=phone",
)  # fmt: skip


def _equal(pairs: Iterable[tuple[str, Any]]) -> tuple[str, list[Any]]:
    given = [(column, value) for column, value in pairs if value not in ("", None)]
    return "".join(f" AND {column} = ?" for column, _ in given), [value for _, value in given]


def _application_where(wanted: ApplicationFilter, today: str) -> tuple[str, list[Any]]:
    where, values = _equal(
        (
            ("a.state", wanted.state), ("a.kind", wanted.kind), ("a.channel", wanted.channel), (_DISTRICT, wanted.district),
            ("a.grade", wanted.grade), ("a.declared", wanted.declared), ("a.building_id", wanted.building_id), ("a.victim_id", wanted.victim_id),
        )
    )  # fmt: skip
    for column, sign, value in (("a.applied_on", ">=", wanted.applied_from), ("a.applied_on", "<=", wanted.applied_to)):
        if value:
            where, values = f"{where} AND {column} {sign} ?", [*values, value]
    if wanted.missing:
        where += f" AND {_LACKING.get(wanted.missing, 'false')} AND a.state NOT IN ('issued', 'closed')"
    if wanted.waiting:
        where += " AND a.state NOT IN ('issued', 'closed') AND a.applied_on <> '' AND a.applied_on <= ?"
        values.append((date.fromisoformat(today) - timedelta(days=wanted.waiting)).isoformat())
    told, words = _text_where(wanted.text, _APPLICATION_TEXT)
    return where + told, values + words


def _certificate_where(wanted: CertificateFilter) -> tuple[str, list[Any]]:
    where, values = _equal(
        (
            ("c.state", wanted.state), ("c.kind", wanted.kind), ("c.grade", wanted.grade), (_DISTRICT, wanted.district),
            ("c.provisional", wanted.provisional), ("c.declared", wanted.declared), ("c.building_id", wanted.building_id),
            ("c.victim_id", wanted.victim_id),
        )
    )  # fmt: skip
    for column, sign, value in (("c.issued_on", ">=", wanted.issued_from), ("c.issued_on", "<=", wanted.issued_to)):
        if value:
            where, values = f"{where} AND {column} {sign} ?", [*values, value]
    if wanted.replace:
        where += " AND c.newer_grade <> '' AND c.state = 'issued'"
    if wanted.unprinted:
        where += " AND c.state = 'issued' AND c.copies < coalesce(a.copies, 1)"
    told, words = _text_where(wanted.text, _CERTIFICATE_TEXT)
    return where + told, values + words


def _waited(applied_on: str, until: str) -> int:
    try:
        return max(0, (date.fromisoformat(until) - date.fromisoformat(applied_on)).days)
    except ValueError:
        return 0


def _application_row(row: Any, today: str, protected: bool) -> ApplicationRow:
    return ApplicationRow(
        id=row[0], version=row[1], number=row[2], queue=row[3], kind=row[4], state=row[5], applied_on=row[6], channel=row[7],
        applicant_name=row[8], applicant_kana=row[9], applicant_role=row[10], phone=row[11], victim_id=row[12], head_name=row[13],
        building_id=row[14], building_number=row[15], building_address=row[16], district=row[17], grade=row[18], copies=row[19],
        self_judgement=bool(row[20]), declared=bool(row[21]), certificate_id=row[22], certificate_number=row[23],
        waiting_days=_waited(row[6], row[24] or today), protected=protected,
    )  # fmt: skip


def _certificate_row(row: Any, protected: bool) -> CertificateRow:
    return CertificateRow(
        id=row[0], version=row[1], number=row[2], kind=row[3], grade=row[4], newer_grade=row[5], state=row[6], head_name=row[7],
        head_kana=row[8], postal=row[9], address=row[10], district=row[11], phone=row[12], building_id=row[13], building_number=row[14],
        building_address=row[15], victim_id=row[16], application_id=row[17], application_number=row[18], issued_on=row[19],
        issued_by=row[20], copies=row[21], wanted=row[22], provisional=bool(row[23]), declared=bool(row[24]), successor=row[25],
        reason=row[26], form=row[27], form_version=row[28], form_digest=row[29], protected=protected,
    )  # fmt: skip
