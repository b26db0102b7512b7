"""Questions about programmes, rounds, rules, casualties, claims and entitlements. Protected people are left out before anything is counted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection

from app.domain.records import Record
from app.domain.relief import Entitlement
from app.domain.relief_documents import always_needed
from app.storage import tables as t
from app.storage.changing import read_records
from app.storage.queries import relief_facts as facts
from app.storage.queries import relief_lists as lists
from app.storage.queries.base import Source, chunked, marks, moment
from app.storage.shield import Guard
from app.storage.shield_relief import protected_claims, protected_entitlements, protected_households
from app.usecases.relief_ports import EarlierAmount, HouseholdFact, LiveAmount, MemberFact, ResidentFact
from app.usecases.relief_rows import CasualtyFilter, CasualtyRow, ClaimFilter, ClaimRow, EntitlementFilter, EntitlementRow

R = TypeVar("R", bound=Record)
_AMONG = "IN (SELECT value FROM json_each(:ids))"
_WHO = {
    "entitlement": "SELECT id, victim_id, resident_no, person_id, resident_id, casualty_id FROM entitlement",
    "claim": "SELECT id, victim_id, resident_no, '', '', casualty_id FROM claim",
    "casualty": "SELECT id, victim_id, resident_no, person_id, resident_id, id FROM casualty",
}
_ENTITLEMENT = (
    "SELECT e.id, e.version, e.number, e.programme_id, g.title, e.round_id, r.title, e.unit, e.name, e.kana, e.birth, e.address, e.district,"
    " e.category, e.due, e.before, coalesce(d.paid, 0), coalesce(d.under_way, 0), e.over, e.flag,"
    f" {lists.PROGRESS}, e.state, e.wants, coalesce(b.id, ''), coalesce(b.number, ''), coalesce(np.failure, ''), e.victim_id, e.casualty_id, e.claim_id,"
    " coalesce(c.number, ''), e.resident_no, e.household, e.calculated_at, e.reason, e.person_id, e.resident_id, r.code"
    " FROM entitlement e JOIN programme g ON g.id = e.programme_id JOIN relief_round r ON r.id = e.round_id"
    " LEFT JOIN claim c ON c.id = nullif(e.claim_id, '') LEFT JOIN ({paid}) d ON d.id = e.id"
    f"{lists.MOVING} LEFT JOIN payment_batch b ON b.id = coalesce(mp.batch_id, np.batch_id) WHERE NOT e.deleted AND e.id {_AMONG}"
).replace("{paid}", lists.PAID.format(which=f"AND s.entitlement_id {_AMONG}"))
_CLAIM = (
    "SELECT c.id, c.version, c.number, c.programme_id, g.title, c.round_id, coalesce(r.title, ''), c.claimed_on, c.claimed_by,"
    f" {lists.CLAIM_NAME}, {lists.CLAIM_KANA}, coalesce(v.address, k.address, ''), {lists.CLAIM_DISTRICT}, c.victim_id, c.casualty_id, c.resident_no,"
    " c.method, c.requested, c.income, c.documents, c.state, c.apart, c.reason, g.documents, coalesce(r.documents, '[]'),"
    f" coalesce(nullif(r.deadline, ''), g.deadline){lists.CLAIMS} WHERE NOT c.deleted AND c.id {_AMONG}"
)
_CASUALTY = (
    "SELECT c.id, c.version, c.number, c.name, c.kana, c.birth, c.sex, c.address, c.district, c.harm, c.harmed_on, c.breadwinner, c.document,"
    " c.state, coalesce(n.name, ''), coalesce(o.name, ''), c.victim_id, coalesce(v.head_name, ''), c.person_id, c.resident_no, c.resident_id"
    f"{lists.CASUALTIES} LEFT JOIN operator n ON n.id = c.entered_by LEFT JOIN operator o ON o.id = c.confirmed_by"
    f" WHERE NOT c.deleted AND c.id {_AMONG}"
)


class ReliefQueries:
    """See ``usecases.relief_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    # -- lists ---------------------------------------------------------------------------------------------

    def entitlement_ids(self, *, filter: EntitlementFilter, sort: str) -> list[str]:
        """Ids in order."""
        where, values = lists.entitlement_where(filter)
        source = "entitlement e"
        if lists.needs_payments(filter, sort):
            source += f" LEFT JOIN ({lists.PAID.format(which='')}) d ON d.id = e.id{lists.MOVING}"
        columns = "e.id, e.victim_id, e.resident_no, e.person_id, e.resident_id, e.casualty_id"
        return self._ids(f"SELECT {columns} FROM {source}", where, values, lists.ENTITLEMENT_ORDERS[sort])

    def claim_ids(self, *, filter: ClaimFilter, sort: str) -> list[str]:
        """Ids in order."""
        where, values = lists.claim_where(filter)
        return self._ids(
            f"SELECT c.id, c.victim_id, c.resident_no, '', '', c.casualty_id{lists.CLAIMS}", where, values, lists.CLAIM_ORDERS[sort]
        )

    def casualty_ids(self, *, filter: CasualtyFilter, sort: str) -> list[str]:
        """Ids in order."""
        where, values = lists.casualty_where(filter)
        columns = "c.id, c.victim_id, c.resident_no, c.person_id, c.resident_id, c.id"
        return self._ids(f"SELECT {columns}{lists.CASUALTIES}", where, values, lists.CASUALTY_ORDERS[sort])

    def _ids(self, query: str, where: Sequence[str], values: dict[str, Any], order: str) -> list[str]:
        with self._source() as connection:
            rows = connection.exec_driver_sql(f"{query} WHERE {' AND '.join(where)} ORDER BY {order}", values).all()
            if not self._guard.hides:
                return [row[0] for row in rows]
            hidden = self._of_protected(connection, rows)
            return [row[0] for row in rows if row[0] not in hidden]

    def _of_protected(self, connection: Connection, rows: Iterable[Any]) -> frozenset[str]:
        """Ids of rows (id, victim, resident number, person, resident, casualty) that are of protected people, whoever asks."""
        people = self._guard.people(connection)
        casualties = lists.protected_casualties(connection, people)
        others = protected_entitlements(connection, people) | protected_claims(connection, people)  # by a claim, by the household's key
        return frozenset(
            row[0] for row in rows if lists.means(people, row[1], row[2], row[3], row[4]) or row[5] in casualties or row[0] in others
        )

    def entitlement_rows(self, entitlement_ids: Sequence[str]) -> list[EntitlementRow]:
        """In the order of the ids; payee and account are blank."""
        made = self._rows(_ENTITLEMENT, entitlement_ids, (26, 30, 34, 35, 27), _entitlement_row)
        return [made[one] for one in entitlement_ids if one in made]

    def claim_rows(self, claim_ids: Sequence[str]) -> list[ClaimRow]:
        """In the order of the ids."""
        made = self._rows(_CLAIM, claim_ids, (13, 15, None, None, 14), _claim_row)
        return [made[one] for one in claim_ids if one in made]

    def casualty_rows(self, casualty_ids: Sequence[str]) -> list[CasualtyRow]:
        """In the order of the ids."""
        made = self._rows(_CASUALTY, casualty_ids, (16, 19, 18, 20, 0), _casualty_row)
        return [made[one] for one in casualty_ids if one in made]

    def _rows(self, query: str, ids: Sequence[str], who: Sequence[int | None], make: Any) -> dict[str, Any]:
        """Rows by id without the hidden ones. ``who``: places of victim, resident number, person, resident and casualty."""
        with self._source() as connection:
            rows = [row for part in chunked(ids, 5000) for row in connection.exec_driver_sql(query, {"ids": json.dumps(list(part))})]
            named = [(row[0], *("" if at is None else row[at] for at in who)) for row in rows]
            of_protected = self._of_protected(connection, named)
        return {row[0]: make(row, row[0] in of_protected) for row in rows if not (self._guard.hides and row[0] in of_protected)}

    def by_number(self, kind: str, number: str) -> str | None:
        """The live record with this number that the reader may know of."""
        with self._source() as connection:
            rows = connection.exec_driver_sql(f"{_WHO[kind]} WHERE number = ? AND NOT deleted ORDER BY rid", (number,)).all()
            hidden = self._of_protected(connection, rows) if self._guard.hides else frozenset()
        return next((row[0] for row in rows if row[0] not in hidden), None)

    # -- for a calculation ---------------------------------------------------------------------------------

    def households(self) -> Iterator[list[HouseholdFact]]:
        """Every affected household, some thousand at a time."""
        with self._source() as connection:
            people = self._guard.people(connection)
            for part in facts.households(connection, people.victims):
                yield [one for one in part if not (self._guard.hides and one.protected)]

    def members(self, victim_ids: Iterable[str]) -> list[MemberFact]:
        """Members of the households, in order."""
        with self._source() as connection:
            return facts.members(connection, sorted(set(victim_ids) - self._guard.hidden(connection).victims))

    def shared_numbers(self) -> dict[str, list[str]]:
        """Resident numbers that are members of two affected households or more, with those households' ids."""
        with self._source() as connection:
            return facts.shared_numbers(connection)

    def residents(self, *, snapshot_id: str, districts: Sequence[str]) -> Iterator[list[ResidentFact]]:
        """Residents of the districts, some thousand at a time."""
        with self._source() as connection:
            people = self._guard.people(connection)
            for part in facts.residents(connection, snapshot_id, districts, people):
                yield [one for one in part if not (self._guard.hides and one.protected)]

    def entitlements(self, *, round_id: str) -> list[Entitlement]:
        """All of a round, whoever asks."""
        with self._source() as connection:
            return read_records(connection, t.KIND_BY_NAME["entitlement"], "NOT deleted AND round_id = ?", (round_id,))

    def live(self, *, round_id: str = "", programme_id: str = "", entitlement_ids: Iterable[str] | None = None) -> dict[str, LiveAmount]:
        """Live shares by entitlement, whoever asks."""
        query, found = lists.PAID, dict[str, LiveAmount]()
        which = {"round": round_id, "programme": programme_id}
        if entitlement_ids is not None:
            questions = [(f"AND s.entitlement_id {_AMONG}", {"ids": json.dumps(list(part))}) for part in chunked(sorted(set(entitlement_ids)), 5000)]
        else:
            column, value = next((name, value) for name, value in which.items() if value)
            questions = [(f"AND s.entitlement_id IN (SELECT id FROM entitlement WHERE {column}_id = :which)", {"which": value})]
        with self._source() as connection:
            for condition, values in questions:
                for row in connection.exec_driver_sql(query.format(which=condition), values):
                    found[row[0]] = LiveAmount(row[1], row[2], row[3])
        return found

    def earlier(self, *, round_ids: Sequence[str]) -> list[EarlierAmount]:
        """What entitlements of these rounds have had, or will have, whoever asks."""
        with self._source() as connection:
            return facts.earlier(connection, round_ids, lists.PAID.format(which=""))

    # -- many at once --------------------------------------------------------------------------------------

    def withheld(self, kind: str, record_ids: Iterable[str]) -> frozenset[str]:
        """Those of the records that are of protected people, whoever asks."""
        query, found = f"{_WHO[kind]} WHERE id {_AMONG}", frozenset[str]()
        with self._source() as connection:
            for part in chunked(sorted(set(record_ids)), 5000):
                found |= self._of_protected(connection, connection.exec_driver_sql(query, {"ids": json.dumps(list(part))}).all())
        return found

    def guarded_households(self) -> frozenset[str]:
        """Keys of the households with a protected member, whoever asks."""
        with self._source() as connection:
            return frozenset(protected_households(connection, self._guard.people(connection)))

    def hidden(self, kind: str, record_ids: Iterable[str]) -> frozenset[str]:
        """Those of the records that this reader may not know of."""
        return self.withheld(kind, record_ids) if self._guard.hides else frozenset()

    def many(self, kind: type[R], record_ids: Iterable[str]) -> dict[str, R]:
        """Live records by id, whoever asks: for a use case to write with, never to show."""
        return {one.id: one for one in self.many_by(kind, "id", record_ids)}

    def many_by(self, kind: type[R], field: str, values: Iterable[str]) -> list[R]:
        """Live records whose field is one of the values, whoever asks."""
        entry = next(entry for entry in t.KINDS if entry.cls is kind)
        found: list[R] = []
        with self._source() as connection:
            for part in chunked(sorted(set(values) - {""})):
                found += read_records(connection, entry, f'NOT deleted AND "{entry.table.c[field].name}" IN ({marks(part)})', part)
        return found


def _entitlement_row(row: Any, protected: bool) -> EntitlementRow:
    return EntitlementRow(
        id=row[0], version=row[1], number=row[2], programme_id=row[3], programme_title=row[4], round_id=row[5], round_title=row[6] or row[36],
        unit=row[7], name=row[8], kana=row[9], birth=row[10], address=row[11], district=row[12], category=row[13], due=row[14], before=row[15],
        paid=row[16], under_way=row[17], open=max(0, row[14] - row[15] - row[16] - row[17]) if row[21] == "open" else 0, over=row[18],
        flag=row[19], progress=row[20], state=row[21], wants=tuple(json.loads(row[22])), batch_id=row[23], batch_number=row[24], failure=row[25],
        victim_id=row[26], casualty_id=row[27], claim_id=row[28], claim_number=row[29], resident_no=row[30], household=row[31],
        calculated_at=moment(row[32]), reason=row[33], payee_id="", payee_name="", payee_kana="", payee_role="", way="", account_id="", account="",
        account_state="", protected=protected,
    )  # fmt: skip


def _claim_row(row: Any, protected: bool) -> ClaimRow:
    had = tuple(json.loads(row[19]))
    wanted = always_needed((*json.loads(row[23]), *json.loads(row[24])))
    return ClaimRow(
        id=row[0], version=row[1], number=row[2], programme_id=row[3], programme_title=row[4], round_id=row[5], round_title=row[6],
        claimed_on=row[7], claimed_by=row[8], name=row[9], kana=row[10], address=row[11], district=row[12], victim_id=row[13],
        casualty_id=row[14], resident_no=row[15], method=row[16], requested=row[17], income=row[18], documents=had,
        missing=tuple(one for one in wanted if one not in had), state=row[20], apart=bool(row[21]), reason=row[22],
        late=bool(row[25] and row[7] > row[25]), protected=protected,
    )  # fmt: skip


def _casualty_row(row: Any, protected: bool) -> CasualtyRow:
    return CasualtyRow(
        id=row[0], version=row[1], number=row[2], name=row[3], kana=row[4], birth=row[5], sex=row[6], address=row[7], district=row[8],
        harm=row[9], harmed_on=row[10], breadwinner=None if row[11] is None else bool(row[11]), document=row[12], state=row[13],
        entered_by=row[14], confirmed_by=row[15], victim_id=row[16], head_name=row[17], person_id=row[18], resident_no=row[19],
        linked=bool(row[16] or row[18] or row[19] or row[20]), protected=protected,
    )  # fmt: skip
