"""Buildings and affected households: ids by filter, rows by page, and what an import recognises them by."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from app.domain.building import Occupancy, Victim, VictimMember, plain_number
from app.domain.records import Record, value_fields
from app.domain.relations import sort_members
from app.storage import tables as t
from app.storage.keys import fold_key_address, fold_key_kana, fold_key_name
from app.storage.queries.base import Source, chunked, marks
from app.storage.queries.residents import COLUMNS, views
from app.storage.shield import Guard, withheld_buildings
from app.storage.streams import stream
from app.usecases.rows import ResidentView
from app.usecases.survey_rows import BuildingFilter, BuildingRow, HomeFile, KnownBuilding, KnownHome, VictimRow

RANKED = (
    "SELECT s.id, s.building_id, s.grade, s.total, s.hazard, s.kind, s.method, s.surveyed_on, row_number() OVER (PARTITION BY s.building_id"
    " ORDER BY CASE s.kind WHEN 're' THEN 2 WHEN 'second' THEN 1 ELSE 0 END DESC, s.method = 'area', s.surveyed_on DESC, s.id DESC) AS place"
    " FROM survey s WHERE s.state = 'counted' AND NOT s.deleted"
)
"""Counted surveys with their place among those of the building: 1 counts (``domain.survey_rules.counting_order``)."""
_AMONG = "IN (SELECT value FROM json_each(:ids))"
_LIVE_SURVEY = "NOT s.deleted AND s.state <> 'withdrawn'"
_SHOWN_HEADS = 3
_BATCH = 5000
_ORDER = "b.district = '', b.district, b.key_address, b.number, b.rid"


def building_words(connection: Connection, guard: Guard, text: str, values: dict[str, Any]) -> list[str]:
    """Conditions on ``b`` so that each word of the text is in number, tax number, address, owner (name or reading) or a head of its households.

    What may not be seen is not found by it.
    """
    people = guard.hidden(connection)
    values["hidden"] = json.dumps(sorted(people.victims))
    values["withheld"] = json.dumps(sorted(withheld_buildings(connection, people))) if guard.hides else "[]"
    conditions = []
    for place, word in enumerate(text.split()):
        plain = plain_number(word).upper()
        values |= {f"plain{place}": plain, f"address{place}": fold_key_address(word) or plain, f"name{place}": fold_key_name(word) or plain,
                   f"kana{place}": fold_key_kana(word) or plain}  # fmt: skip
        conditions.append(
            f"(instr(b.number, :plain{place}) > 0 OR instr(upper(b.tax_no), :plain{place}) > 0 OR instr(b.key_address, :address{place}) > 0"
            f" OR ((instr(b.key_owner, :name{place}) > 0 OR instr(b.key_owner_kana, :kana{place}) > 0)"
            " AND b.id NOT IN (SELECT value FROM json_each(:withheld)))"
            " OR b.id IN (SELECT o.building_id FROM victim v JOIN occupancy o ON o.victim_id = v.id AND NOT o.deleted WHERE NOT v.deleted"
            f" AND (instr(v.key_name, :name{place}) > 0 OR instr(v.key_kana, :kana{place}) > 0) AND v.id NOT IN (SELECT value FROM json_each(:hidden))))"
        )
    return conditions


class BuildingQueries:
    """See ``usecases.ports.BuildingReads``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def ids(self, *, filter: BuildingFilter) -> Sequence[str]:
        """Ids in order of district, address and number."""
        with self._source() as connection:
            where, values = self._where(connection, filter)
            rows = connection.exec_driver_sql(f"SELECT b.id FROM building b WHERE {' AND '.join(where)} ORDER BY {_ORDER}", values)
            return [row[0] for row in rows]

    def _where(self, connection: Connection, filter: BuildingFilter) -> tuple[list[str], dict[str, Any]]:
        where, values = ["NOT b.deleted"], dict[str, Any]()
        for name in ("district", "zone", "risk", "use"):
            if getattr(filter, name):
                where.append(f"b.{name} = :{name}")
                values[name] = getattr(filter, name)
        if filter.collapsed is not None:
            where.append("b.collapsed" if filter.collapsed else "NOT b.collapsed")
        if filter.grade:
            counting = f"SELECT building_id FROM ({RANKED}) AS ranked WHERE place = 1"
            where.append(f"b.id NOT IN ({counting})" if filter.grade == "ungraded" else f"b.id IN ({counting} AND grade = :grade)")
            values["grade"] = filter.grade
        if filter.state:
            where.append(_state(filter.state))
            values["state"] = filter.state
        linked = "SELECT o.building_id FROM occupancy o WHERE NOT o.deleted"
        assigned = "SELECT a.building_id FROM assignment a WHERE NOT a.deleted AND a.outcome = ''"
        for wanted, query in ((filter.linked, linked), (filter.assigned, assigned)):
            if wanted is not None:
                where.append(f"b.id {'IN' if wanted else 'NOT IN'} ({query})")
        if filter.appeal:
            where.append("b.id IN (SELECT p.building_id FROM appeal p WHERE NOT p.deleted AND p.state IN ('open', 'accepted'))")
        if filter.text.strip():
            where += building_words(connection, self._guard, filter.text, values)
        return where, values

    def rows(self, building_ids: Sequence[str]) -> list[BuildingRow]:
        """In the order of the ids."""
        with self._source() as connection:
            return building_rows(connection, self._guard, building_ids)

    def find(self, *, number: str = "", tax_no: str = "") -> str | None:
        """A live building by exactly this number or tax number."""
        column, value = ("number", number) if number else ("tax_no", tax_no)
        if not value:
            return None
        query = f"SELECT id FROM building WHERE NOT deleted AND {column} = ? ORDER BY rid LIMIT 1"
        with self._source() as connection:
            return connection.exec_driver_sql(query, (value,)).scalar_one_or_none()

    def homes(self, building_id: str) -> list[HomeFile]:
        """Households of a building, the one that really lives there first."""
        with self._source() as connection:
            hidden = self._guard.hidden(connection).victims
            links = records_where(connection, "occupancy", Occupancy, "building_id = ?", (building_id,))
            links = [link for link in links if link.victim_id not in hidden]
            victims = {one.id: one for one in records_where(connection, "victim", Victim, "id IN (SELECT value FROM json_each(?))",
                                                       (json.dumps([link.victim_id for link in links]),))}  # fmt: skip
            members: dict[str, list[VictimMember]] = {}
            for one in records_where(
                connection, "victim_member", VictimMember, "victim_id IN (SELECT value FROM json_each(?))", (json.dumps(list(victims)),)
            ):
                members.setdefault(one.victim_id, []).append(one)
        return [
            HomeFile(
                occupancy=link,
                victim=victims[link.victim_id],
                members=tuple(sorted(members.get(link.victim_id, ()), key=lambda one: one.position)),
            )
            for link in sorted(links, key=lambda link: (not link.main, link.id))
            if link.victim_id in victims
        ]

    def withheld(self, building_ids: Sequence[str]) -> frozenset[str]:
        """Those of the buildings whose owner's particulars are left blank for this reader."""
        if not self._guard.hides:
            return frozenset()
        with self._source() as connection:
            return frozenset(withheld_buildings(connection, self._guard.people(connection), building_ids))

    def districts(self) -> list[tuple[str, int]]:
        """Districts with how many buildings, in order; "" last."""
        return self._counts("district")

    def zones(self) -> list[tuple[str, int]]:
        """Zones with how many buildings, in order; "" last."""
        return self._counts("zone")

    def _counts(self, column: str) -> list[tuple[str, int]]:
        query = f"SELECT {column}, count(*) FROM building WHERE NOT deleted GROUP BY {column} ORDER BY {column} = '', {column}"
        with self._source() as connection:
            return [(row[0], row[1]) for row in connection.exec_driver_sql(query)]

    def victim_ids(self, *, text: str = "") -> Sequence[str]:
        """Ids of affected households in order of kana."""
        where, values = ["NOT v.deleted"], dict[str, Any]()
        for place, word in enumerate(text.split()):
            values |= {f"name{place}": fold_key_name(word) or word, f"kana{place}": fold_key_kana(word) or word,
                       f"address{place}": fold_key_address(word) or word}  # fmt: skip
            where.append(f"(instr(v.key_name, :name{place}) > 0 OR instr(v.key_kana, :kana{place}) > 0 OR instr(v.key_address, :address{place}) > 0)")
        with self._source() as connection:
            hidden = self._guard.hidden(connection).victims
            rows = connection.exec_driver_sql(f"SELECT v.id FROM victim v WHERE {' AND '.join(where)} ORDER BY v.key_kana, v.rid", values)
            return [row[0] for row in rows if row[0] not in hidden]

    def victim_rows(self, victim_ids: Sequence[str]) -> list[VictimRow]:
        """In the order of the ids."""
        values = {"ids": json.dumps(list(victim_ids))}
        with self._source() as connection:
            hidden = self._guard.hidden(connection).victims
            found = {
                row[0]: row
                for row in connection.exec_driver_sql(
                    "SELECT v.id, v.version, v.head_name, v.head_kana, v.head_birth, v.address, v.phone, v.source, v.declared, (SELECT count(*)"
                    f" FROM victim_member m WHERE m.victim_id = v.id AND NOT m.deleted) FROM victim v WHERE v.id {_AMONG}",
                    values,
                )
                if row[0] not in hidden
            }
            places = connection.exec_driver_sql(
                "SELECT o.victim_id, b.id, b.number FROM occupancy o JOIN building b ON b.id = o.building_id AND NOT b.deleted"
                f" WHERE NOT o.deleted AND o.victim_id {_AMONG} ORDER BY NOT o.main, o.rid",
                values,
            ).all()
            grades = counted_grades(connection, [row[1] for row in places])
        return [_victim_row(found[one], [row for row in places if row[0] == one], grades) for one in victim_ids if one in found]

    def victim_by_household(self, *, snapshot_id: str, household_no: str) -> str | None:
        """The affected household made from a household of the register."""
        query = "SELECT id FROM victim WHERE NOT deleted AND resident_household = ? AND snapshot_id = ? ORDER BY rid LIMIT 1"
        with self._source() as connection:
            found = connection.exec_driver_sql(query, (household_no, snapshot_id)).scalar_one_or_none()
            return None if found in self._guard.hidden(connection).victims else found

    def register_homes(self, resident_nos: Sequence[str]) -> dict[str, list[ResidentView]]:
        """The household in the active snapshot of each of these resident numbers that is in it, in household order."""
        base = f"SELECT {COLUMNS}, r.rank FROM resident r JOIN snapshot sn ON sn.num = r.snapshot WHERE sn.active AND r."
        found: dict[str, list[ResidentView]] = {}
        with self._source() as connection:
            for part in chunked(list(dict.fromkeys(resident_nos))):
                rows = connection.exec_driver_sql(f"{base}resident_no IN ({marks(part)}) ORDER BY r.rid", tuple(part)).all()
                people = views(connection, rows, self._guard)
                numbers = list({one.household_no for one in people if one.household_no})
                households: dict[str, list[Any]] = {}
                within = f"{base}household_no IN ({marks(numbers)}) ORDER BY r.rid"
                for row in connection.exec_driver_sql(within, tuple(numbers)) if numbers else ():
                    households.setdefault(row.household_no, []).append(row)
                homes = {
                    no: views(connection, sort_members(members, lambda row: (row.relation, row.birth, row.resident_no, row.rank)), self._guard)
                    for no, members in households.items()
                }
                found |= {one.resident_no: homes.get(one.household_no) or [one] for one in people}
        return found

    def known(self) -> Iterator[list[KnownBuilding]]:
        """Every live building with what an import recognises it by."""
        query = "SELECT id, number, tax_no, key_address FROM building WHERE NOT deleted ORDER BY rid"
        with self._source() as connection:
            for part in stream(connection, query):
                yield [KnownBuilding._make(row) for row in part]

    def known_homes(self) -> Iterator[list[KnownHome]]:
        """Every affected household of a building, whoever asks; one row for each member with a resident number."""
        query = (
            "SELECT o.building_id, v.id, v.key_name, coalesce(m.resident_no, v.resident_no), v.resident_household FROM occupancy o"
            " JOIN victim v ON v.id = o.victim_id LEFT JOIN victim_member m ON m.victim_id = v.id AND NOT m.deleted AND m.resident_no <> ''"
            " WHERE NOT o.deleted AND NOT v.deleted ORDER BY o.rid"
        )
        with self._source() as connection:
            for part in stream(connection, query):
                yield [KnownHome._make(row) for row in part]


def _state(state: str) -> str:
    """The newest survey that is not withdrawn has this state; ``unsurveyed``: there is none."""
    if state == "unsurveyed":
        return f"NOT EXISTS (SELECT 1 FROM survey s WHERE s.building_id = b.id AND {_LIVE_SURVEY})"
    return f"(SELECT s.state FROM survey s WHERE s.building_id = b.id AND {_LIVE_SURVEY} ORDER BY s.id DESC LIMIT 1) = :state"


def counted_grades(connection: Connection, building_ids: Sequence[str]) -> dict[str, Any]:
    """The row of ``RANKED`` that counts, for each of the buildings that has one."""
    query = f"SELECT * FROM ({RANKED} AND s.building_id {_AMONG}) AS ranked WHERE place = 1"
    return {row[1]: row for row in connection.exec_driver_sql(query, {"ids": json.dumps(list(building_ids))})}


def heads_of(connection: Connection, guard: Guard, building_ids: Sequence[str]) -> dict[str, list[str]]:
    """Names of the heads of each building's households, those who live there first."""
    hidden = guard.hidden(connection).victims
    query = (
        "SELECT o.building_id, v.id, CASE v.head_name WHEN '' THEN v.head_kana ELSE v.head_name END FROM occupancy o JOIN victim v"
        f" ON v.id = o.victim_id AND NOT v.deleted WHERE NOT o.deleted AND o.building_id {_AMONG} ORDER BY NOT o.main, o.rid"
    )
    heads: dict[str, list[str]] = {}
    for building, victim, name in connection.exec_driver_sql(query, {"ids": json.dumps(list(building_ids))}):
        if victim not in hidden:
            heads.setdefault(building, []).append(name)
    return heads


def building_rows(connection: Connection, guard: Guard, building_ids: Sequence[str]) -> list[BuildingRow]:
    """Rows in the order of the ids; an id that is no building is left out."""
    values = {"ids": json.dumps(list(building_ids))}
    base = {
        row[0]: row
        for row in connection.exec_driver_sql(
            "SELECT b.id, b.version, b.number, b.tax_no, b.use, b.name, b.address, b.district, b.zone, b.structure, b.storeys, b.floor_area,"
            " b.owner_name, b.risk, b.collapsed, (SELECT count(*) FROM photo p WHERE p.building_id = b.id AND NOT p.deleted),"
            " (SELECT count(*) FROM appeal a WHERE a.building_id = b.id AND NOT a.deleted AND a.state IN ('open', 'accepted')),"
            " coalesce((SELECT min(a.day) FROM assignment a WHERE a.building_id = b.id AND NOT a.deleted AND a.outcome = ''), ''), b.danger"
            f" FROM building b WHERE b.id {_AMONG}",
            values,
        )
    }
    newest = {
        row[0]: row
        for row in connection.exec_driver_sql(
            f"SELECT s.building_id, s.state, s.surveyed_on FROM survey s WHERE {_LIVE_SURVEY} AND s.building_id {_AMONG} ORDER BY s.id", values
        )
    }
    grades, heads = counted_grades(connection, building_ids), heads_of(connection, guard, building_ids)
    withheld = withheld_buildings(connection, guard.people(connection), building_ids) if guard.hides else set()
    return [
        _building_row(base[one], newest.get(one), grades.get(one), heads.get(one, []), one in withheld) for one in building_ids if one in base
    ]


def _building_row(row: Any, newest: Any, counted: Any, heads: list[str], withheld: bool) -> BuildingRow:
    return BuildingRow(
        id=row[0], version=row[1], number=row[2], tax_no=row[3], use=row[4], name=row[5], address=row[6], district=row[7], zone=row[8],
        structure=row[9], storeys=row[10], floor_area=row[11], owner_name="" if withheld else row[12], risk=row[13], collapsed=bool(row[14]),
        households=len(heads), heads=tuple(heads[:_SHOWN_HEADS]), grade=counted[2] if counted else "", total=counted[3] if counted else None,
        state=newest[1] if newest else "", surveyed_on=newest[2] if newest else "", photos=row[15], appeals=row[16], planned=row[17],
        danger=row[18],
    )  # fmt: skip


def _victim_row(row: Any, places: Sequence[Any], grades: dict[str, Any]) -> VictimRow:
    return VictimRow(
        id=row[0], version=row[1], head_name=row[2], head_kana=row[3], head_birth=row[4], address=row[5], phone=row[6], source=row[7],
        declared=bool(row[8]), members=row[9], building_ids=tuple(place[1] for place in places), numbers=tuple(place[2] for place in places),
        grade=next((str(grades[place[1]][2]) for place in places if place[1] in grades), ""),
    )  # fmt: skip


def records_where(connection: Connection, kind: str, cls: type[Any], where: str, values: Any) -> list[Any]:
    """Live records of a kind by a condition on raw columns."""
    ids = [row[0] for row in connection.exec_driver_sql(f"SELECT id FROM {kind} WHERE NOT deleted AND {where} ORDER BY rid", values)]
    table = t.KIND_BY_NAME[kind].table
    made: list[Record] = []
    for start in range(0, len(ids), 500):
        for row in connection.execute(select(table).where(table.c.id.in_(ids[start : start + 500])).order_by(table.c.rid)):
            mapping = row._mapping
            made.append(
                cls(id=mapping["id"], version=mapping["version"], **{field.name: mapping[field.name] for field in value_fields(cls)})
            )
    return made
