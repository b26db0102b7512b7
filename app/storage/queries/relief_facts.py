"""What a calculation reads of everybody at once: households with their degree, members, residents of a day, what earlier rounds gave."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from app.domain.building import DWELLINGS
from app.domain.certificate_states import certified_grades, is_certified
from app.domain.protection import ProtectedPeople
from app.domain.survey import GRADES
from app.storage.queries.base import chunked
from app.storage.queries.buildings import RANKED
from app.storage.streams import stream
from app.usecases.relief_ports import EarlierAmount, HouseholdFact, MemberFact, ResidentFact

_MANY = 5000
_SEVERITY = {grade: place for place, grade in enumerate(GRADES)}
_HOUSEHOLDS = (
    "SELECT id, head_name, head_kana, head_birth, address, district, snapshot_id, resident_household, resident_no FROM victim"
    " WHERE NOT deleted AND source NOT IN ('business', 'owner') ORDER BY rid"
)
_GRADES = f"SELECT building_id, grade FROM ({RANKED}) AS ranked WHERE place = 1"
_HOMES = (
    "SELECT o.victim_id, b.id, b.use, b.district FROM occupancy o JOIN building b ON b.id = o.building_id"
    " WHERE o.main AND NOT o.deleted AND NOT b.deleted ORDER BY b.rid"
)
_MEMBER_COUNTS = "SELECT victim_id, count(*) FROM victim_member WHERE NOT deleted GROUP BY 1"
_PAPERS = "SELECT DISTINCT victim_id, state, grade FROM certificate WHERE NOT deleted AND kind = 'damage' AND state IN ('issued', 'superseded')"
_SIZES = (
    "SELECT sn.id, r.household_no, count(*) FROM victim v JOIN snapshot sn ON sn.id = v.snapshot_id JOIN resident r ON r.snapshot = sn.num"
    " AND r.household_no = v.resident_household WHERE NOT v.deleted AND v.resident_household <> ''"
    " AND NOT EXISTS (SELECT 1 FROM victim_member m WHERE m.victim_id = v.id AND NOT m.deleted) GROUP BY v.id, sn.id, r.household_no"
)
_MEMBERS = (
    "SELECT id, victim_id, resident_id, resident_no, person_id, name, kana, birth FROM victim_member WHERE NOT deleted"
    " AND victim_id IN (SELECT value FROM json_each(?)) ORDER BY victim_id, position, rid"
)
_SHARED = (
    "SELECT m.resident_no, m.victim_id FROM victim_member m WHERE NOT m.deleted AND m.resident_no IN (SELECT resident_no FROM victim_member"
    " WHERE NOT deleted AND resident_no <> '' GROUP BY resident_no HAVING count(DISTINCT victim_id) > 1) ORDER BY m.rid"
)
_RESIDENTS = (
    "SELECT ? || ':' || (r.rid - ?), r.resident_no, r.household_no, r.name, r.kana, r.birth, r.address, r.district, r.protected"
    " FROM resident r WHERE r.snapshot = ?{districts} ORDER BY r.rid"
)
_EARLIER = (
    "SELECT e.id, e.subject, e.aliases, e.state, e.due - e.before, coalesce(d.paid, 0) + coalesce(d.under_way, 0) FROM entitlement e"
    " LEFT JOIN ({paid}) d ON d.id = e.id WHERE NOT e.deleted AND e.round_id IN (SELECT value FROM json_each(:rounds)) ORDER BY e.rid"
)


def households(connection: Connection, protected: frozenset[str]) -> Iterator[list[HouseholdFact]]:
    """Affected households in the order made. The building is the main dwelling, the worst of several.

    The size: members written down, else residents of the household in the register; 0 when neither is known.
    """
    # Each table by itself and put together here: a join of the four takes several times as long.
    registered = {(row[0], row[1]): row[2] for row in connection.exec_driver_sql(_SIZES)}
    sizes = dict(_rows(connection, _MEMBER_COUNTS))
    papers = _certified(connection)
    homes = _homes(connection)
    for part in stream(connection, _HOUSEHOLDS):
        found = []
        for row in part:
            victim_id, district, snapshot_id, number = row[0], row[5], row[6], row[7]
            building, use, place, grade = homes.get(victim_id, _HOMELESS)
            size = sizes.get(victim_id) or registered.get((snapshot_id, number), 0)
            where = (district or place, snapshot_id, number, row[8], grade, building, use, size)
            papered = papers.get(victim_id, frozenset())
            right = is_certified(papered, grade)
            found.append(HouseholdFact(*(*row[:5], *where, right, victim_id in protected, bool(papered) and not right)))
        yield found


def _certified(connection: Connection) -> dict[str, frozenset[str]]:
    """The degrees on the valid certificates of each household that has one."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for victim_id, state, grade in _rows(connection, _PAPERS):
        found[victim_id].append((state, grade))
    return {victim_id: certified_grades(papers) for victim_id, papers in found.items()}


_HOMELESS = ("", "", "", "")


def _homes(connection: Connection) -> dict[str, tuple[str, str, str, str]]:
    """Building, use, district and degree of where each household mainly lived: a dwelling before others, the worst, the one made first."""
    grades = dict(_rows(connection, _GRADES))
    found: dict[str, tuple[str, str, str, str]] = {}
    for victim_id, building, use, district in _rows(connection, _HOMES):
        home = (building, use, district, grades.get(building, ""))
        known = found.get(victim_id)
        if known is None or _rank(home) < _rank(known):
            found[victim_id] = home
    return found


def _rank(home: tuple[str, str, str, str]) -> tuple[bool, int]:
    return home[1] not in DWELLINGS, _SEVERITY.get(home[3], len(_SEVERITY))


def _rows(connection: Connection, query: str) -> list[Any]:
    """All rows as the driver gives them."""
    return list(connection.exec_driver_sql(query).cursor.fetchall())


def members(connection: Connection, victim_ids: Sequence[str]) -> list[MemberFact]:
    """Members of the households, in order."""
    return [
        MemberFact(*row) for part in chunked(victim_ids, _MANY) for row in connection.exec_driver_sql(_MEMBERS, (json.dumps(list(part)),))
    ]


def shared_numbers(connection: Connection) -> dict[str, list[str]]:
    """Resident numbers that are members of several households, with those."""
    found: dict[str, list[str]] = {}
    for number, victim in connection.exec_driver_sql(_SHARED):
        if victim not in found.setdefault(number, []):
            found[number].append(victim)
    return found


def residents(connection: Connection, snapshot_id: str, districts: Sequence[str], people: ProtectedPeople) -> Iterator[list[ResidentFact]]:
    """Residents of a snapshot in the districts (all without any), in its order."""
    found = connection.exec_driver_sql("SELECT num, first_rid FROM snapshot WHERE id = ?", (snapshot_id,)).one_or_none()
    if found is None:
        return
    where = " AND r.district IN (SELECT value FROM json_each(?))" if districts else ""
    values = (snapshot_id, found[1], found[0], *((json.dumps(list(districts)),) if districts else ()))
    for part in stream(connection, _RESIDENTS.format(districts=where), values):
        yield [ResidentFact(*(*row[:8], people.resident(row[0], row[1], bool(row[8])))) for row in part]


def earlier(connection: Connection, round_ids: Sequence[str], paid: str) -> list[EarlierAmount]:
    """What the entitlements of these rounds have had or, while they are open, will have."""
    found = []
    for row in connection.exec_driver_sql(_EARLIER.replace("{paid}", paid), {"rounds": json.dumps(list(round_ids))}):
        amount = max(row[4], row[5]) if row[3] == "open" else row[5]
        if amount > 0:
            found.append(EarlierAmount(row[0], (row[1], *json.loads(row[2])), amount))
    return found
