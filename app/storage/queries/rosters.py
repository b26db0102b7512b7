"""The roster: who was where at a moment, as known now or as it was known then.

As known now, SQL filters. As known at K, the operations received after K are undone (``changed_since``) and the same conditions are applied in
Python; a test holds both ways equal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from app.domain.protection import SHARED_PARTICULARS, ProtectedPeople
from app.storage.keys import age_on, birth_range, fold_key_kana, fold_key_name
from app.storage.queries.base import Source
from app.storage.queries.journal import changed_since
from app.storage.queries.linked import linked_people
from app.storage.shield import Guard
from app.storage.tables import from_seconds, to_seconds
from app.usecases.rows import OpenQuestions, Roster, RosterFilter, RosterRow

_JST = timezone(timedelta(hours=9))

_PERSON = (
    "number",
    "name",
    "kana",
    "birth",
    "sex",
    "relation",
    "nationality",
    "postal",
    "address",
    "district",
    "phone",
    "mobile",
    "injury",
    "injury_note",
    "needs",
    "needs_note",
    "care_level",
    "supplies",
    "consent_kin",
    "consent_acquaintance",
    "consent_public",
    "consent_board",
    "consent_web",
    "consent_share",
    "protected",
    "source",
    "workplace",
    "note",
    "card",
    "household_id",
    "deleted",
)
_STAY = (
    "id",
    "person_id",
    "shelter_id",
    "category",
    "room",
    "from_at",
    "to_at",
    "destination",
    "destination_text",
    "came_from",
    "pending",
    "deleted",
)
_HOUSEHOLD = ("label", "house_damage", "pets", "vehicles", "emergency_contact", "missing_members")
_SQL = (
    f"SELECT {', '.join('st.' + c for c in _STAY)}, {', '.join('p.' + c for c in _PERSON)}, {', '.join('h.' + c for c in _HOUSEHOLD)},"
    " NULL, p.birth_lo, p.birth_hi, p.key_kana, p.key_name, NULL"
    " FROM stay st JOIN person p ON p.id = st.person_id LEFT JOIN household h ON h.id = p.household_id WHERE "
)


class _Line(dict[str, Any]):
    """A joined row by name: ``st_…``, ``p_…``, ``h_…`` and the derived columns."""


_NAMES = (
    tuple("st_" + c for c in _STAY)
    + tuple("p_" + c for c in _PERSON)
    + tuple("h_" + c for c in _HOUSEHOLD)
    + ("shelter", "birth_lo", "birth_hi", "key_kana", "key_name", "absence")
)

_PROTECTED, _PERSON_ID = _NAMES.index("p_protected"), _NAMES.index("st_person_id")
_HOUSEHOLD_ID, _LABEL = _NAMES.index("p_household_id"), _NAMES.index("h_label")
_SHARED = tuple(_NAMES.index(f"h_{name}") for name in SHARED_PARTICULARS if f"h_{name}" in _NAMES)
_ORDER = (_NAMES.index("key_kana"), _NAMES.index("key_name"), _NAMES.index("st_id"))

# the last stay that began, ended and left no destination: what the roster of those who left shows under that condition
_GONE = """
SELECT count(*) FROM stay st JOIN person p ON p.id = st.person_id
WHERE NOT st.deleted AND NOT p.deleted AND st.to_at <= :at AND st.from_at <= :at AND st.destination IN ('', 'unknown')
AND NOT EXISTS (SELECT 1 FROM stay o WHERE o.person_id = st.person_id AND NOT o.deleted AND o.rid <> st.rid AND o.from_at <= :at
  AND (o.to_at IS NULL OR o.to_at > :at OR o.from_at > st.from_at OR (o.from_at = st.from_at AND o.id > st.id)))
"""
_PENDING = "SELECT count(DISTINCT person_id) FROM stay WHERE NOT deleted AND pending AND to_at IS NULL AND :at IS NOT NULL"
_OVERDUE = """
SELECT count(*) FROM absence a JOIN stay st ON st.id = a.stay_id
WHERE NOT a.deleted AND NOT st.deleted AND a.back_at IS NULL AND a.expected_at < :at
"""


class RosterQueries:
    """See ``usecases.ports.RosterReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def roster(self, wanted: RosterFilter) -> Roster:
        """Lines in order of kana (then name, then id: always the same order)."""
        with self._source() as connection:
            people, linked = self._guard.people(connection), linked_people(connection)
            if wanted.known_at is None:
                where, parameters = _conditions(wanted)
                found: Sequence[Sequence[Any]] = connection.exec_driver_sql(_SQL + where, parameters).all()
                absent = _absent_at(connection, to_seconds(wanted.at))
                shelters = _shelter_names(connection)
            else:
                found = [_values(line) for line in _as_known(connection, wanted) if _matches(line, wanted)]
                absent, shelters = {}, {}
        if wanted.presence != "in":
            lines = _latest_per_person((_Line(zip(_NAMES, values, strict=True)) for values in found), to_seconds(wanted.at))
            found = [_values(line) for line in lines if _stay_matches(line, wanted)]
        on = int(wanted.at.astimezone(_JST).strftime("%Y%m%d"))
        kept = _kept(found, wanted, people, self._guard)
        kept.sort(key=itemgetter(*_ORDER))
        withheld = 0 if self._guard.hides and _narrows(wanted) else len(found) - len(kept)
        here = {str(values[_PERSON_ID]) for values in kept} & linked.keys()
        twice = len(here) - len({linked[one] for one in here})
        return Roster(filter=wanted, rows=tuple([_row(values, on, absent, shelters) for values in kept]), withheld=withheld, twice=twice)

    def open_questions(self, *, at: datetime) -> OpenQuestions:
        """What wants asking: people gone without a known destination, stays kept side by side, absences past their time."""
        with self._source() as connection:
            counts = [connection.exec_driver_sql(sql, {"at": to_seconds(at)}).scalar_one() for sql in (_GONE, _PENDING, _OVERDUE)]
        return OpenQuestions(without_destination=counts[0], pending=counts[1], absent_overdue=counts[2])


def _kept(found: Sequence[Sequence[Any]], wanted: RosterFilter, people: ProtectedPeople, guard: Guard) -> list[Sequence[Any]]:
    """The lines to show: protected people only for a reader with the right who asks for them, and then marked."""
    protected, homes = people.persons, people.households | people.labels if guard.hides else frozenset()
    kept: list[Sequence[Any]] = []
    for values in found:
        changed: dict[int, Any] = {}
        if values[_PROTECTED] or values[_PERSON_ID] in protected:
            if guard.hides or not wanted.include_protected:
                continue
            changed = {_PROTECTED: True}
        elif homes and values[_HOUSEHOLD_ID] in homes:  # it may be named after a hidden member, and hold what was said of one
            changed = dict.fromkeys(_SHARED, "")
            if values[_HOUSEHOLD_ID] in people.labels:
                changed[_LABEL] = ""
        kept.append(tuple([changed.get(place, value) for place, value in enumerate(values)]) if changed else values)
    return kept


def _narrows(wanted: RosterFilter) -> bool:
    """Whether the conditions are so narrow that the number of people left out would tell who they are."""
    return bool(
        wanted.text.strip() or wanted.household_id or wanted.needs or wanted.any_need or wanted.consent or wanted.category
        or wanted.age_from is not None or wanted.age_to is not None or wanted.without_destination
    )  # fmt: skip


def _absent_at(connection: Connection, at: int) -> dict[str, str]:
    """Kind of absence by stay, for those away at the moment; of several the one that began last. Few, so asked once and not per line."""
    rows = connection.exec_driver_sql(
        "SELECT stay_id, kind FROM absence WHERE NOT deleted AND from_at <= :at AND (back_at IS NULL OR back_at > :at) ORDER BY from_at, rid",
        {"at": at},
    )
    return {row[0]: row[1] for row in rows}


def _shelter_names(connection: Connection) -> dict[str, str]:
    """Names by id: a few hundred, where a join would look them up for every line."""
    return {row[0]: row[1] for row in connection.exec_driver_sql("SELECT id, name FROM shelter")}


def _values(line: _Line) -> tuple[Any, ...]:
    return tuple([line[name] for name in _NAMES])


def _conditions(wanted: RosterFilter) -> tuple[str, dict[str, Any]]:
    at = to_seconds(wanted.at)
    where = ["NOT st.deleted", "NOT p.deleted", "st.from_at <= :at"]
    values: dict[str, Any] = {"at": at, "shelter": wanted.shelter_id, "household": wanted.household_id, "category": wanted.category}
    if wanted.presence == "in":
        where.append("(st.to_at IS NULL OR st.to_at > :at)")
    elif wanted.presence == "out":
        where.append("st.to_at <= :at")
        where.append(
            "NOT EXISTS (SELECT 1 FROM stay o WHERE o.person_id = p.id AND NOT o.deleted AND o.from_at <= :at AND (o.to_at IS NULL OR o.to_at > :at))"
        )
    if wanted.shelter_id:
        where.append("st.shelter_id = :shelter")
    if wanted.household_id:
        where.append("p.household_id = :household")
    if wanted.category and wanted.presence == "in":
        where.append("st.category = :category")
    if wanted.consent:
        where.append(f"p.{_consent_column(wanted.consent)} = 'yes'")
    if wanted.without_destination and wanted.presence == "in":
        where.append("st.destination IN ('', 'unknown') AND st.to_at IS NOT NULL")
    if wanted.any_need:
        where.append("p.needs <> '[]'")
    for number, need in enumerate(wanted.needs):
        where.append(f"p.needs LIKE :need{number}")
        values[f"need{number}"] = f'%"{need}"%'
    on = int(wanted.at.astimezone(_JST).strftime("%Y%m%d"))
    if wanted.age_from is not None:
        where.append("p.birth_lo IS NOT NULL AND (:on - p.birth_lo) / 10000 >= :age_from")
        values |= {"on": on, "age_from": wanted.age_from}
    if wanted.age_to is not None:
        where.append("p.birth_lo IS NOT NULL AND (:on - p.birth_lo) / 10000 <= :age_to")
        values |= {"on": on, "age_to": wanted.age_to}
    if wanted.text.strip():
        where.append("(instr(p.key_name, :t_name) > 0 OR (:t_kana <> '' AND instr(p.key_kana, :t_kana) > 0) OR p.number = :t_raw)")
        values |= {"t_name": fold_key_name(wanted.text), "t_kana": fold_key_kana(wanted.text), "t_raw": wanted.text.strip().upper()}
    return " AND ".join(where), values


def _consent_column(consent: str) -> str:
    allowed = ("kin", "acquaintance", "public", "board", "web", "share")
    if consent not in allowed:
        raise ValueError(f"unknown consent {consent!r}")
    return f"consent_{consent}"


def _matches(line: _Line, wanted: RosterFilter) -> bool:
    """The conditions of ``_conditions`` on a line reconstructed as known."""
    at = to_seconds(wanted.at)
    if line["st_deleted"] or line["p_deleted"] or line["st_from_at"] > at:
        return False
    if wanted.presence == "in" and not (line["st_to_at"] is None or line["st_to_at"] > at):
        return False
    if wanted.presence == "out" and (line["elsewhere"] or line["st_to_at"] is None or line["st_to_at"] > at):
        return False
    if (
        wanted.shelter_id
        and line["st_shelter_id"] != wanted.shelter_id
        or wanted.household_id
        and line["p_household_id"] != wanted.household_id
    ):
        return False
    if wanted.presence == "in" and not _stay_matches(line, wanted):
        return False
    if wanted.consent and line["p_" + _consent_column(wanted.consent)] != "yes":
        return False
    needs = json.loads(line["p_needs"])
    if wanted.any_need and not needs or any(need not in needs for need in wanted.needs):
        return False
    return _age_matches(line, wanted) and _text_matches(line, wanted)


def _age_matches(line: _Line, wanted: RosterFilter) -> bool:
    if wanted.age_from is None and wanted.age_to is None:
        return True
    if line["birth_lo"] is None:
        return False
    age = int((int(wanted.at.astimezone(_JST).strftime("%Y%m%d")) - line["birth_lo"]) / 10000)
    return (wanted.age_from is None or age >= wanted.age_from) and (wanted.age_to is None or age <= wanted.age_to)


def _text_matches(line: _Line, wanted: RosterFilter) -> bool:
    if not wanted.text.strip():
        return True
    name, kana = fold_key_name(wanted.text), fold_key_kana(wanted.text)
    return name in line["key_name"] or bool(kana and kana in line["key_kana"]) or line["p_number"] == wanted.text.strip().upper()


def _as_known(connection: Connection, wanted: RosterFilter) -> list[_Line]:
    """Every stay with the values known at ``known_at``."""
    assert wanted.known_at is not None
    undone = changed_since(connection, int(wanted.known_at.timestamp() * 1000), ("stay", "person", "household", "shelter", "absence"))
    shelters = _shelter_names(connection)
    shelters |= {key: value["name"] for key, value in undone["shelter"].items() if value and "name" in value}
    households = _households(connection, undone["household"])
    lines = []
    for row in connection.exec_driver_sql(_SQL + "true", {"at": to_seconds(wanted.at)}):
        line = _Line(zip(_NAMES, row, strict=True))
        if _rewind(line, undone):
            line["shelter"] = shelters.get(line["st_shelter_id"], "")
            for column in _HOUSEHOLD:
                line["h_" + column] = households.get(line["p_household_id"], {}).get(column, "")
            lines.append(line)
    _put_absences(connection, lines, undone["absence"], to_seconds(wanted.at))
    at = to_seconds(wanted.at)
    inside = {
        line["st_person_id"]
        for line in lines
        if not line["st_deleted"] and line["st_from_at"] <= at and (line["st_to_at"] is None or line["st_to_at"] > at)
    }
    for line in lines:
        line["elsewhere"] = line["st_person_id"] in inside
    return lines


def _households(connection: Connection, undone: dict[str, dict[str, Any] | None]) -> dict[str, dict[str, Any]]:
    found = {
        row[0]: dict(zip(_HOUSEHOLD, row[1:], strict=True))
        for row in connection.exec_driver_sql(f"SELECT id, {', '.join(_HOUSEHOLD)} FROM household")
    }
    for key, before in undone.items():
        if before and key in found:
            found[key] |= {name: value for name, value in before.items() if name in _HOUSEHOLD}
    return found


def _rewind(line: _Line, undone: dict[str, dict[str, dict[str, Any] | None]]) -> bool:
    """Put the older values back; False when stay or person was not known yet."""
    for prefix, kind, record in (("st_", "stay", line["st_id"]), ("p_", "person", line["st_person_id"])):
        before = undone[kind].get(record, {})
        if before is None:
            return False
        for name, value in before.items():
            if prefix + name in line:
                line[prefix + name] = _stored(name, value)
        if kind == "person" and before:
            line["key_name"], line["key_kana"] = fold_key_name(line["p_name"]), fold_key_kana(line["p_kana"])
            line["birth_lo"], line["birth_hi"] = birth_range(line["p_birth"])
    return True


def _stored(name: str, value: Any) -> Any:
    """A journal value as its column holds it."""
    if name in ("from_at", "to_at") and value is not None:
        return to_seconds(datetime.fromisoformat(value))
    if name == "needs":
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value


def _put_absences(connection: Connection, lines: list[_Line], undone: dict[str, dict[str, Any] | None], at: int) -> None:
    absent: dict[str, tuple[int, str]] = {}
    for row in connection.exec_driver_sql("SELECT id, stay_id, kind, from_at, back_at, deleted FROM absence ORDER BY rid"):
        before = undone.get(row[0], {})
        if before is None:
            continue
        values = {"kind": row[2], "from_at": row[3], "back_at": row[4], "deleted": row[5]}
        for name in ("from_at", "back_at"):
            if name in before:
                values[name] = None if before[name] is None else to_seconds(datetime.fromisoformat(before[name]))
        values |= {name: before[name] for name in ("kind", "deleted") if name in before}
        if not values["deleted"] and values["from_at"] <= at and (values["back_at"] is None or values["back_at"] > at):
            absent[row[1]] = max((values["from_at"], values["kind"]), absent.get(row[1], (0, "")), key=lambda one: one[0])
    for line in lines:
        line["absence"] = absent.get(line["st_id"], (0, None))[1]


def _stay_matches(line: _Line, wanted: RosterFilter) -> bool:
    """Conditions on the stay itself. Of several stays they are asked of the one that is shown, not of earlier ones."""
    if wanted.category and line["st_category"] != wanted.category:
        return False
    return not wanted.without_destination or (line["st_destination"] in ("", "unknown") and line["st_to_at"] is not None)


def _latest_per_person(lines: Iterable[_Line], at: int) -> list[_Line]:
    """One line for each person: the stay that runs at the moment, else the one that began last."""
    best: dict[str, _Line] = {}
    for line in lines:
        other = best.get(line["st_person_id"])
        if other is None or _rank(line, at) > _rank(other, at):
            best[line["st_person_id"]] = line
    return list(best.values())


def _rank(line: _Line, at: int) -> tuple[bool, int, str]:
    return line["st_to_at"] is None or line["st_to_at"] > at, line["st_from_at"], line["st_id"]


@lru_cache(maxsize=4096)
def _needs(stored: str) -> tuple[str, ...]:
    return tuple(json.loads(stored))


def _row(values: Sequence[Any], on: int, absent: Mapping[str, str], shelters: Mapping[str, str]) -> RosterRow:
    """The line of values in the order of ``_NAMES``, with absence and shelter that are in it or in the mappings.

    Unpacked at once: by name it takes three times as long for a whole prefecture.
    """
    (
        st_id, st_person_id, st_shelter_id, st_category, st_room, st_from_at, st_to_at, st_destination, st_destination_text,
        st_came_from, st_pending, _, p_number, p_name, p_kana, p_birth, p_sex, p_relation, p_nationality, p_postal, p_address,
        p_district, p_phone, p_mobile, p_injury, p_injury_note, p_needs, p_needs_note, p_care_level, p_supplies, p_consent_kin,
        p_consent_acquaintance, p_consent_public, p_consent_board, p_consent_web, p_consent_share, p_protected, p_source,
        p_workplace, p_note, p_card, p_household_id, _, h_label, h_house_damage, h_pets, h_vehicles, h_emergency_contact,
        h_missing_members, shelter, birth_lo, birth_hi, _, _, absence,
    ) = values  # fmt: skip
    age, exact = age_on(birth_lo, birth_hi, on)
    return RosterRow(  # by position, in the order of the class: by name takes twice as long
        st_id, st_person_id, p_household_id, p_number, p_name, p_kana, p_birth, age, exact, p_sex, p_relation, p_nationality,
        p_postal, p_address, p_district, p_phone, p_mobile, h_label or "", st_shelter_id, shelter or shelters.get(st_shelter_id, ""), st_category, st_room,
        from_seconds(st_from_at), None if st_to_at is None else from_seconds(st_to_at), st_destination, st_destination_text,
        st_came_from, absence or absent.get(st_id, ""), p_injury, p_injury_note, _needs(p_needs), p_needs_note, p_care_level, p_supplies,
        h_house_damage or "", h_pets or "", h_vehicles or "", h_emergency_contact or "", h_missing_members or "", p_consent_kin,
        p_consent_acquaintance, p_consent_public, p_consent_board, p_consent_web, p_consent_share, bool(p_protected),
        bool(st_pending), p_source, p_workplace, p_note, p_card,
    )  # fmt: skip
