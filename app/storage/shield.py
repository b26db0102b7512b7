"""Who is protected, worked out in one place and asked by every query (decision 006).

Protected is a resident flagged in the import or under a measure that holds, and a person flagged, under a measure, linked to such a
resident, or found to be the same as a protected person. Readers without the right get no row of them at all: the queries leave them
out before counting and limiting, so that no hit, no gap and no number tells of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from app.domain.protection import ProtectedPeople
from app.storage.dialects import search_of
from app.storage.keys import fold_key_name
from app.storage.queries.base import chunked, marks
from app.storage.shield_relief import RELIEF_SHIELDS

NOBODY: frozenset[Any] = frozenset()
NO_ONE = ProtectedPeople()

_VERSION = (
    "SELECT (SELECT value FROM setting WHERE name = 'residents.received'), (SELECT max(seq) FROM journal),"
    " (SELECT max(num) FROM snapshot), (SELECT num FROM snapshot WHERE active LIMIT 1)"
)
# What a snapshot imported by mistake said is forgotten once a later one says better; a plain list that says nothing takes nothing away.
_SPEAKING = (
    "SELECT num FROM snapshot WHERE active UNION SELECT max(sn.num) FROM snapshot sn WHERE EXISTS"
    " (SELECT 1 FROM resident r INDEXED BY ix_resident_protected WHERE {flagged} AND r.snapshot = sn.num)"
)
_ACTIVE = "SELECT resident_no, person_id FROM protection WHERE NOT deleted AND released_at IS NULL"


def _flagged(connection: Connection, alias: str = "") -> str:
    condition: str = search_of(connection).flagged(alias)
    return condition


def _column(connection: Connection, sql: str, values: Sequence[Any] = ()) -> set[Any]:
    return {row[0] for row in connection.exec_driver_sql(sql, tuple(values))}


def _among(connection: Connection, sql: str, values: Iterable[Any]) -> set[Any]:
    """What a question with one IN list answers for all values."""
    found: set[Any] = set()
    for part in chunked(sorted(values)):
        found |= _column(connection, sql.replace("?*", marks(part)), part)
    return found


@dataclass(slots=True)
class Shield:
    """The protected people of a store, worked out again only when the journal or the snapshots have grown.

    ``version`` tells when. A transaction, where a roll-back would give a journal number out twice, has a shield of its own and says
    itself when to ``forget``.
    """

    version: Callable[[Connection], Any] | None = None
    _known: tuple[Any, ProtectedPeople] | None = None
    _rows: dict[int, tuple[frozenset[str], frozenset[str], frozenset[int]]] = field(default_factory=dict)

    def forget(self) -> None:
        """Something changed that decides who is protected: the next question works it out again."""
        self._known = None
        self._rows.clear()

    def forget_unless_apart(self, person: Any) -> None:
        """Somebody new was registered. Nothing yet speaks of the new record, so only who is like a protected person changes who is one."""
        known = self._known[1] if self._known else None
        if known is None or person.protected or person.resident_no in known.numbers or person.resident_id in known.residents:
            self.forget()

    def people(self, connection: Connection) -> ProtectedPeople:
        """As of what this connection sees."""
        version = self.version(connection) if self.version else tuple(connection.exec_driver_sql(_VERSION).one())
        known = self._known
        if known is None or known[0] != version:
            if known is not None and known[0][1:] != version[1:]:
                self._rows.clear()  # rows came into a snapshot
            known = (version, _gather(connection))
            self._known = known
        return known[1]

    def rows(self, connection: Connection, number: int, first_rid: int, snapshot_id: str) -> frozenset[int]:
        """Row numbers of the protected residents of one snapshot."""
        people = self.people(connection)
        kept = self._rows.get(number)
        if kept is None or kept[0] != people.numbers or kept[1] != people.residents:
            flagged = f"SELECT rid FROM resident INDEXED BY ix_resident_protected WHERE {_flagged(connection)} AND snapshot = ?"
            rids = _column(connection, flagged, (number,))
            same = f"SELECT rid FROM resident WHERE snapshot = {number:d} AND resident_no IN (?*)"
            rids |= _among(connection, same, people.numbers)
            rids |= {first_rid + int(one.rpartition(":")[2]) for one in people.residents if one.startswith(f"{snapshot_id}:")}
            kept = (people.numbers, people.residents, frozenset(rids))
            self._rows[number] = kept
        return kept[2]


def _gather(connection: Connection) -> ProtectedPeople:
    marked = _flagged(connection, "r.")
    flagged = (
        f"SELECT r.resident_no FROM resident r INDEXED BY ix_resident_protected WHERE {marked} AND r.resident_no <> '' AND r.snapshot IN (?*)"
    )
    speaking = _column(connection, _SPEAKING.format(flagged=marked))
    numbers = _among(connection, flagged, {num for num in speaking if num is not None})
    keyless = (
        "SELECT sn.id || ':' || (r.rid - sn.first_rid) FROM resident r INDEXED BY ix_resident_protected JOIN snapshot sn ON sn.num = r.snapshot"
        f" WHERE {marked} AND r.resident_no = ''"
    )
    residents = _column(connection, keyless)
    persons = _column(connection, "SELECT id FROM person WHERE protected AND NOT deleted")
    for resident_no, person_id in connection.exec_driver_sql(_ACTIVE):
        numbers |= {resident_no} - {""}
        persons |= {person_id} - {""}
    numbers, residents, persons = _follow(connection, numbers, residents, persons)
    households, labels = _households(connection, numbers, persons)
    rows = _among(connection, "SELECT rid FROM person WHERE id IN (?*)", persons)
    names = _names(connection, numbers, persons)
    victims = _victims(connection, numbers, residents, persons)
    return ProtectedPeople(frozenset(numbers), frozenset(residents), frozenset(persons), frozenset(rows), names, households, labels, victims)


def _victims(connection: Connection, numbers: set[str], residents: set[str], persons: set[str]) -> frozenset[str]:
    """Affected households with a protected member: linked, of one household in the register, or typed in and marked."""
    found = _column(connection, "SELECT victim_id FROM victim_member INDEXED BY ix_victim_member_protected WHERE protected AND NOT deleted")
    member = "SELECT victim_id FROM victim_member WHERE NOT deleted AND {} IN (?*)"
    found |= _among(connection, member.format("resident_no"), numbers)
    found |= _among(connection, member.format("person_id"), persons)
    found |= _among(connection, member.format("resident_id"), residents)
    found |= _among(connection, "SELECT id FROM victim WHERE resident_no IN (?*)", numbers)
    same_household = (
        "SELECT v.id FROM snapshot sn JOIN resident r ON r.snapshot = sn.num JOIN victim v ON v.resident_household = r.household_no"
        " AND v.snapshot_id = sn.id WHERE r.household_no <> '' AND r.resident_no IN (?*)"
    )
    return frozenset(found | _among(connection, same_household, numbers))


def withheld_buildings(connection: Connection, people: ProtectedPeople, ids: Iterable[str] | None = None) -> set[str]:
    """Buildings whose owner has the name or the reading of a protected person; of all, or among ``ids``."""
    found: set[str] = set()
    for column in ("key_owner", "key_owner_kana"):
        found |= _among(connection, f"SELECT id FROM building WHERE {column} IN (?*)", people.names)
    return found if ids is None else found & set(ids)


def _names(connection: Connection, numbers: set[str], persons: set[str]) -> frozenset[str]:
    """Names and readings, folded, of the registered and of the residents that searches look into."""
    active = "SELECT num FROM snapshot WHERE active"
    names: set[str] = set()
    for column in ("key_name", "key_kana"):
        names |= _among(connection, f"SELECT {column} FROM person WHERE id IN (?*)", persons)
        names |= _among(connection, f"SELECT {column} FROM resident WHERE snapshot = ({active}) AND resident_no IN (?*)", numbers)
        names |= _column(
            connection, f"SELECT {column} FROM resident INDEXED BY ix_resident_protected WHERE {_flagged(connection)} AND snapshot = ({active})"
        )
    return frozenset(names - {""})


def _follow(connection: Connection, numbers: set[str], residents: set[str], persons: set[str]) -> tuple[set[str], set[str], set[str]]:
    """Everybody who is one of these by a link or a decision, until nobody new is found."""
    same: dict[str, set[str]] = {}
    for first, second in connection.exec_driver_sql(
        "SELECT first_id, second_id FROM person_decision WHERE decision = 'same' AND NOT deleted"
    ):
        same.setdefault(first, set()).add(second)
        same.setdefault(second, set()).add(first)
    asked_numbers: set[str] = set()
    asked_residents: set[str] = set()
    asked_persons: set[str] = set()
    while numbers - asked_numbers or residents - asked_residents or persons - asked_persons:
        found = _among(connection, "SELECT id FROM person WHERE NOT deleted AND resident_no IN (?*)", numbers - asked_numbers)
        found |= _among(connection, "SELECT id FROM person WHERE NOT deleted AND resident_id IN (?*)", residents - asked_residents)
        asked_numbers, asked_residents = set(numbers), set(residents)
        fresh = (persons | found) - asked_persons
        persons = persons | found | {other for one in fresh for other in same.get(one, ())}
        numbers = numbers | _among(connection, "SELECT resident_no FROM person WHERE resident_no <> '' AND id IN (?*)", fresh)
        residents = residents | _among(
            connection, "SELECT resident_id FROM person WHERE resident_id <> '' AND resident_no = '' AND id IN (?*)", fresh
        )
        asked_persons |= fresh
    return numbers, residents, persons


def _households(connection: Connection, numbers: set[str], persons: set[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Households with a protected member, and those named after one, registered or not."""
    names: dict[str, set[str]] = {}
    for part in chunked(sorted(persons)):
        query = f"SELECT household_id, key_name FROM person WHERE household_id <> '' AND id IN ({marks(part)})"
        for household, key in connection.exec_driver_sql(query, tuple(part)):
            names.setdefault(household, set()).add(key)
    with_member = frozenset(names)
    for part in chunked(sorted(numbers)):
        query = (
            "SELECT h.id, r.key_name FROM resident r JOIN snapshot sn ON sn.num = r.snapshot JOIN household h ON h.snapshot_id = sn.id"
            f" AND h.resident_household = r.household_no WHERE sn.active AND r.household_no <> '' AND r.resident_no IN ({marks(part)})"
        )
        for household, key in connection.exec_driver_sql(query, tuple(part)):
            names.setdefault(household, set()).add(key)
    labels = set()
    for part in chunked(sorted(names)):
        for household, label in connection.exec_driver_sql(f"SELECT id, label FROM household WHERE id IN ({marks(part)})", tuple(part)):
            if fold_key_name(label) in names[household]:
                labels.add(household)
    return with_member, frozenset(labels)


@dataclass(frozen=True, slots=True)
class Guard:
    """What one reader is kept from. ``hides`` is False for those who may see protected people."""

    shield: Shield
    hides: bool = False

    def people(self, connection: Connection) -> ProtectedPeople:
        """All protected people, to mark them by."""
        return self.shield.people(connection)

    def hidden(self, connection: Connection) -> ProtectedPeople:
        """Those of whom this reader learns nothing; nobody for a reader with the right."""
        return self.shield.people(connection) if self.hides else NO_ONE

    def hidden_rows(self, connection: Connection, snapshot: Any) -> frozenset[int]:
        """Row numbers that this reader does not get of a snapshot (``num``, ``first_rid``, ``id``)."""
        return self.shield.rows(connection, snapshot.num, snapshot.first_rid, snapshot.id) if self.hides else NOBODY


_BY_VICTIM = {
    "victim_member": "SELECT id, victim_id FROM victim_member WHERE id IN (?*)",
    "occupancy": "SELECT id, victim_id FROM occupancy WHERE id IN (?*)",
    "application": "SELECT id, victim_id FROM application WHERE id IN (?*)",
    "certificate": "SELECT id, victim_id FROM certificate WHERE id IN (?*)",
    "certificate_copy": "SELECT k.id, c.victim_id FROM certificate_copy k JOIN certificate c ON c.id = k.certificate_id WHERE k.id IN (?*)",
    "appeal": "SELECT id, victim_id FROM appeal WHERE id IN (?*)",
}
"""Records of an affected household, hidden with it."""
PERSONAL = frozenset(
    ("person", "stay", "absence", "decision", "household", "protection", "victim", "building", "photo", *_BY_VICTIM, *RELIEF_SHIELDS)
)
"""Kinds of record that tell of people."""

_STAYS = "SELECT id, person_id FROM stay WHERE id IN (?*)"
_ABSENCES = "SELECT a.id, st.person_id FROM absence a JOIN stay st ON st.id = a.stay_id WHERE a.id IN (?*)"
_FIRST = "SELECT id, first_id FROM person_decision WHERE id IN (?*)"
_SECOND = "SELECT id, second_id FROM person_decision WHERE id IN (?*)"
_HOMES = "SELECT building_id FROM occupancy WHERE NOT deleted AND victim_id IN (?*)"
_PHOTOS = "SELECT id, building_id FROM photo WHERE building_id <> '' AND id IN (?*)"
_MEMBERS = "SELECT household_id, id FROM person WHERE NOT deleted AND household_id IN (?*)"
_BEHIND = {"stay": (_STAYS,), "absence": (_ABSENCES,), "decision": (_FIRST, _SECOND)}


def concealed(connection: Connection, kind: str, people: ProtectedPeople, ids: Iterable[str], *, past: bool = False) -> set[str]:
    """Those of the records that tell of protected people.

    A household tells of them when nobody else lives in it; its ``past`` (history) when any member is protected. A building is there
    without its owner; what was changed of it may name them.
    """
    wanted = set(ids)
    if kind == "person":
        return wanted & people.persons
    if kind == "protection":
        return wanted
    if kind == "victim":
        return wanted & people.victims
    if kind in RELIEF_SHIELDS:
        return wanted & RELIEF_SHIELDS[kind](connection, people)
    if kind in _BY_VICTIM:
        return {record for record, victim in _pairs(connection, _BY_VICTIM[kind], wanted) if victim in people.victims} if people.victims else set()
    if kind == "photo":  # its caption may name them
        homes = homes_of_protected(connection, people)
        return {photo for photo, building in _pairs(connection, _PHOTOS, wanted) if building in homes}
    if kind == "building":
        return withheld_buildings(connection, people, wanted) if past else set()
    if kind == "household":
        with_member = wanted & people.households
        if past:
            return with_member | (wanted & people.labels)
        return with_member - {home for home, member in _pairs(connection, _MEMBERS, with_member) if member not in people.persons}
    return {record for query in _BEHIND.get(kind, ()) for record, one in _pairs(connection, query, wanted) if _means(one, people)}


def homes_of_protected(connection: Connection, people: ProtectedPeople) -> set[str]:
    """Buildings that a protected person owns or lives in, alone or with others: what is written of their photos may name them."""
    return _among(connection, _HOMES, people.victims) | withheld_buildings(connection, people)


def _means(one: str, people: ProtectedPeople) -> bool:
    """Whether a person id, or ``resident:`` with a number as decisions write it, is a protected person's."""
    return one in people.persons or one.removeprefix("resident:") in people.numbers


def _pairs(connection: Connection, sql: str, ids: set[str]) -> list[Any]:
    return [row for part in chunked(sorted(ids)) for row in connection.exec_driver_sql(sql.replace("?*", marks(part)), tuple(part)).all()]
