"""Questions about payees, accounts and banks. Payees of protected people are left out before anything is counted."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from app.domain.building import VictimMember
from app.domain.identifiers import read_lettered
from app.domain.payments import Account, Payee
from app.storage import tables as t
from app.storage.changing import read_records
from app.storage.keys import digits, fold_key_kana, fold_key_name
from app.storage.queries.base import Source, chunked, holds, marks, moment, small
from app.storage.shield import Guard
from app.storage.shield_relief import protected_payees, unseen
from app.usecases.payee_rows import SHOWS, PayeeFilter, PayeeRow, Twin

_FROM = " FROM payee p LEFT JOIN payee_account a ON a.id = p.account_id AND NOT a.deleted AND p.account_id <> ''"
_ROW = (
    "SELECT p.id, p.version, p.subject, p.programme_id, coalesce(g.title, ''), p.role, p.name, p.kana, p.birth, p.address, p.phone, p.way,"
    " p.consent, p.state, p.victim_id, p.resident_no,"
    " (SELECT max(e.number || '\x1f' || e.name) FROM entitlement e WHERE e.subject = p.subject AND NOT e.deleted),"
    " coalesce(a.id, ''), coalesce(a.bank, ''), coalesce(a.bank_name, ''), coalesce(a.branch, ''), coalesce(a.branch_name, ''),"
    " coalesce(a.kind, ''), coalesce(a.number, ''), coalesce(a.holder, ''), coalesce(a.state, ''), coalesce(o.name, ''), coalesce(c.name, ''),"
    f" a.checked_at, coalesce(a.warnings, '[]'), coalesce(a.photo, ''){_FROM}"
    " LEFT JOIN programme g ON g.id = p.programme_id LEFT JOIN operator o ON o.id = a.entered_by LEFT JOIN operator c ON c.id = a.checked_by"
)
_LIVE = "p.state = 'active' AND "
_TWIN = (
    "EXISTS (SELECT 1 FROM payee_account x JOIN payee y ON y.account_id = x.id AND NOT y.deleted AND y.state = 'active' AND y.id <> p.id"
    " WHERE NOT x.deleted AND x.bank = a.bank AND x.branch = a.branch AND x.number = a.number AND x.kind = a.kind)"
)
_SHOWN = {
    "all": "p.state = 'active'",
    "waiting": f"{_LIVE}a.state = 'entered'",
    "mine": f"{_LIVE}a.state = 'entered' AND a.entered_by <> ?",
    "wrong": f"{_LIVE}a.state IN ('wrong', 'closed', 'deceased')",
    "missing": f"{_LIVE}p.way <> 'cash' AND (a.id IS NULL OR a.state = 'retired')",
    "photo_missing": f"{_LIVE}a.photo = '' AND a.state <> 'retired'",
    "warned": f"{_LIVE}coalesce(a.warnings, '[]') NOT IN ('', '[]') AND a.state <> 'retired'",
    "twins": f"{_LIVE}{_TWIN}",
    "ended": "p.state <> 'active'",
}
_SORTS = {
    "kana": "p.kana, p.name, p.rid",
    "name": "p.name, p.rid",
    "state": "coalesce(a.state, ''), p.kana, p.rid",
    "bank": "coalesce(a.bank, ''), coalesce(a.branch, ''), coalesce(a.number, ''), p.rid",
    "newest": "p.rid DESC",
}
_SAME = (
    "SELECT a.id, y.id, x.id, y.name, y.kana, y.address, y.role, x.state FROM payee_account a"
    " JOIN payee_account x ON x.bank = a.bank AND x.branch = a.branch AND x.number = a.number AND x.kind = a.kind AND NOT x.deleted"
    " JOIN payee y ON y.account_id = x.id AND NOT y.deleted AND y.state = 'active' AND y.id <> a.payee_id WHERE a.id IN (?*) AND a.number <> ''"
    " ORDER BY a.id, x.rid, y.rid"
)
_DEAD = "EXISTS (SELECT 1 FROM casualty k WHERE k.id = e.casualty_id AND k.harm IN ('dead', 'related_death', 'missing'))"
_OF_MEMBERS = (
    f"SELECT e.household, e.programme_id, e.number, e.name, e.id FROM entitlement e WHERE NOT e.deleted AND e.household IN (?*) AND NOT {_DEAD}"
    " ORDER BY length(e.number), e.number, e.rid"
)
_MANY = 4_000
"""From so many keys on everything is read once instead of asking for parts."""


class PayeeQueries:
    """See ``usecases.payee_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    # -- lists ---------------------------------------------------------------------------------------------

    def ids(self, *, filter: PayeeFilter, operator: str = "") -> list[str]:
        """Ids in the order of the filter's sort."""
        with self._source() as connection:
            where, values = _where(filter, operator, self._subjects_of(connection, filter.text.strip()))
        query = f"SELECT p.id{_FROM} WHERE NOT p.deleted AND {where} ORDER BY {_SORTS.get(filter.sort, _SORTS['kana'])}"
        with self._source() as connection:
            hidden = unseen(connection, self._guard, "payee")
            return [row[0] for row in connection.exec_driver_sql(query, tuple(values)) if row[0] not in hidden]

    def rows(self, payee_ids: Sequence[str]) -> list[PayeeRow]:
        """In the order of the ids."""
        with self._source() as connection:
            people = protected_payees(connection, self._guard.people(connection))
            wanted = [one for one in payee_ids if not (self._guard.hides and one in people)]
            found = {row[0]: row for row in _in(connection, f"{_ROW} WHERE NOT p.deleted AND p.id IN (?*)", wanted)}
            twins = self._twins(connection, [row[17] for row in found.values() if row[17]])
            members = self._numbers_of_members(connection, {row[2] for row in found.values() if not row[16]})
        return [
            _payee_row(row, len(twins.get(row[17], ())), row[0] in people, members.get((row[2], row[3]), ("", "")))
            for row in (found[one] for one in wanted if one in found)
        ]

    def _numbers_of_members(self, connection: Connection, homes: Collection[str]) -> dict[tuple[str, str], tuple[str, str]]:
        """Number and name of the first entitlement of a living person, by household key and programme ("": of any)."""
        hidden = unseen(connection, self._guard, "entitlement") if homes else set()
        found: dict[tuple[str, str], tuple[str, str]] = {}
        for home, programme, number, name, one in _in(connection, _OF_MEMBERS, sorted(homes)):
            for asked in ("", programme) if one not in hidden else ():
                found.setdefault((home, asked), (number, name))
        return found

    def _subjects_of(self, connection: Connection, text: str) -> list[str]:
        """Keys of whom an entitlement's number that was typed is for, and of the household; none for what the reader may not know of."""
        if not text:
            return []
        query = f"SELECT e.id, e.subject, CASE WHEN {_DEAD} THEN '' ELSE e.household END FROM entitlement e WHERE e.number = ? AND NOT e.deleted"
        rows = connection.exec_driver_sql(query, (read_lettered("T", text) or text.upper(),)).all()
        hidden = unseen(connection, self._guard, "entitlement") if rows else set()
        return sorted({key for row in rows if row[0] not in hidden for key in row[1:] if key})

    def counts(self, *, operator: str = "") -> dict[str, int]:
        """How many payees each code of ``SHOWS`` shows."""
        with self._source() as connection:
            hidden = unseen(connection, self._guard, "payee")
            counts = {}
            for show in SHOWS:
                where, values = _where(PayeeFilter(show=show), operator)
                source = f"{_FROM} WHERE NOT p.deleted AND {where}"
                total = connection.exec_driver_sql(f"SELECT count(*){source}", tuple(values)).scalar() or 0
                for part in chunked(sorted(hidden)):
                    query = f"SELECT count(*){source} AND p.id IN ({marks(part)})"
                    total -= connection.exec_driver_sql(query, (*values, *part)).scalar() or 0
                counts[show] = int(total)
        return counts

    # -- many at once --------------------------------------------------------------------------------------

    def by_subjects(self, subjects: Iterable[str], *, victims: Iterable[str] = ()) -> list[Payee]:
        """Payees in use of these subjects or households, oldest first."""
        wanted, homes = set(subjects) - {""}, set(victims) - {""}
        live = "NOT deleted AND state = 'active'"
        with self._source() as connection:
            hidden = unseen(connection, self._guard, "payee")
            if len(wanted) + len(homes) > _MANY:
                found = read_records(connection, t.KIND_BY_NAME["payee"], live, ())
                made = {one.id: one for one in found if one.subject in wanted or one.victim_id in homes}
            else:
                made = {}
                for field, keys in (("subject", wanted), ("victim_id", homes)):
                    for part in chunked(sorted(keys)):
                        for one in read_records(connection, t.KIND_BY_NAME["payee"], f"{live} AND {field} IN ({marks(part)})", part):
                            made[one.id] = one
        return sorted((one for one in made.values() if one.id not in hidden), key=lambda one: one.id)

    def by_ids(self, payee_ids: Iterable[str]) -> dict[str, Payee]:
        """Live payees by id."""
        with self._source() as connection:
            hidden = unseen(connection, self._guard, "payee")
            return {one.id: one for one in _records(connection, "payee", "id", payee_ids) if one.id not in hidden}

    def accounts(self, account_ids: Iterable[str]) -> dict[str, Account]:
        """Live accounts by id."""
        with self._source() as connection:
            hidden = unseen(connection, self._guard, "payee")
            return {one.id: one for one in _records(connection, "payee_account", "id", account_ids) if one.payee_id not in hidden}

    def accounts_of(self, payee_ids: Iterable[str]) -> dict[str, list[Account]]:
        """Every account of each payee, newest first."""
        found: dict[str, list[Account]] = defaultdict(list)
        with self._source() as connection:
            hidden = unseen(connection, self._guard, "payee")
            for one in reversed(_records(connection, "payee_account", "payee_id", payee_ids)):
                if one.payee_id not in hidden:
                    found[one.payee_id].append(one)
        return dict(found)

    def same_accounts(self, account_ids: Iterable[str]) -> dict[str, tuple[Twin, ...]]:
        """Other payees in use with the same account, by account id."""
        with self._source() as connection:
            return self._twins(connection, list(account_ids))

    def _twins(self, connection: Connection, account_ids: Sequence[str]) -> dict[str, tuple[Twin, ...]]:
        hidden = unseen(connection, self._guard, "payee")
        found: dict[str, list[Twin]] = defaultdict(list)
        for row in _in(connection, _SAME, sorted(set(account_ids) - {""})):
            if row[1] not in hidden:
                found[row[0]].append(
                    Twin(payee_id=row[1], account_id=row[2], name=row[3], kana=row[4], address=row[5], role=row[6], state=row[7])
                )
        return {account: tuple(twins) for account, twins in found.items()}

    def contractors(self, claim_ids: Iterable[str]) -> dict[str, str]:
        """The payee that each of the claims names as contractor."""
        query = "SELECT id, contractor_id FROM claim WHERE contractor_id <> '' AND NOT deleted AND id IN (?*)"
        with self._source() as connection:
            return {row[0]: row[1] for row in _in(connection, query, sorted(set(claim_ids) - {""}))}

    def members(self, victim_id: str) -> list[VictimMember]:
        """The household in its order, the head first; nobody of a household the reader may not know of."""
        with self._source() as connection:
            if victim_id in self._guard.hidden(connection).victims:
                return []
            return sorted(_records(connection, "victim_member", "victim_id", [victim_id]), key=lambda one: one.position)

    def deceased(self, casualty_ids: Iterable[str]) -> frozenset[str]:
        """Those of the casualties who are dead or missing."""
        query = "SELECT id FROM casualty WHERE harm IN ('dead', 'related_death', 'missing') AND NOT deleted AND id IN (?*)"
        with self._source() as connection:
            return frozenset(row[0] for row in _in(connection, query, sorted(set(casualty_ids) - {""})))

    def entitlements_of(self, payee: Payee) -> list[tuple[str, str]]:
        """Id and number of the entitlements of the payee's subject, and of the living people of its household."""
        query = (
            "SELECT e.id, e.number FROM entitlement e WHERE NOT e.deleted AND (e.subject = ?"
            f" OR (e.household = ? AND e.household <> '' AND NOT {_DEAD})) AND (? = '' OR e.programme_id = ?) ORDER BY e.number, e.rid"
        )
        values = (payee.subject, payee.subject, payee.programme_id, payee.programme_id)
        with self._source() as connection:
            hidden = unseen(connection, self._guard, "entitlement")
            return [(row[0], row[1]) for row in connection.exec_driver_sql(query, values) if row[0] not in hidden]

    def entitlement_ids_by_number(self, numbers: Iterable[str]) -> dict[str, str]:
        """Entitlement id by number, for those the reader may know of."""
        with self._source() as connection:
            hidden = unseen(connection, self._guard, "entitlement")
            found = _in(connection, "SELECT number, id FROM entitlement WHERE NOT deleted AND number IN (?*) ORDER BY rid", sorted(set(numbers) - {""}))
            return {row[0]: row[1] for row in found if row[1] not in hidden}

    def victims_by_resident(self, resident_nos: Iterable[str]) -> dict[str, str]:
        """Affected household by resident number of its head or a member, for those the reader may know of."""
        with self._source() as connection:
            hidden = self._guard.hidden(connection).victims
            wanted = sorted(set(resident_nos) - {""})
            member = "SELECT resident_no, victim_id FROM victim_member WHERE NOT deleted AND resident_no IN (?*) ORDER BY rid"
            head = "SELECT resident_no, id FROM victim WHERE NOT deleted AND resident_no IN (?*) ORDER BY rid"
            found = {row[0]: row[1] for query in (member, head) for row in _in(connection, query, wanted)}
        return {number: victim for number, victim in found.items() if victim not in hidden}


def _in(connection: Connection, sql: str, values: Sequence[str]) -> list[Any]:
    return [row for part in chunked(values) for row in connection.exec_driver_sql(sql.replace("?*", marks(part)), tuple(part))]


def _records(connection: Connection, kind: str, field: str, values: Iterable[str]) -> list[Any]:
    wanted = set(values) - {""}
    entry = t.KIND_BY_NAME[kind]
    if len(wanted) > _MANY:
        return [one for one in read_records(connection, entry, "NOT deleted", ()) if getattr(one, field) in wanted]
    return [
        one
        for part in chunked(sorted(wanted))
        for one in read_records(connection, entry, f"NOT deleted AND {field} IN ({marks(part)})", part)
    ]


def _where(wanted: PayeeFilter, operator: str, subjects: Sequence[str] = ()) -> tuple[str, list[Any]]:
    conditions = [_SHOWN[wanted.show]]
    values: list[Any] = [operator] if wanted.show == "mine" else []
    for column, value in (
        ("p.programme_id", wanted.programme_id), ("p.role", wanted.role), ("p.way", wanted.way), ("a.bank", wanted.bank),
        ("p.victim_id", wanted.victim_id), ("p.subject", wanted.subject),
    ):  # fmt: skip
        if value:
            conditions.append(f"{column} = ?")
            values.append(value)
    if text := wanted.text.strip():
        parts, added = _text(text, subjects)
        conditions.append(f"({' OR '.join(parts)})")
        values += added
    return " AND ".join(conditions), values


def _text(text: str, subjects: Sequence[str]) -> tuple[list[str], list[Any]]:
    parts, values = [holds("p.address")], [small(text)]
    for column, key in (("p.key_name", fold_key_name(text)), ("p.key_kana", fold_key_kana(text))):
        if key:
            parts.append(f"instr({column}, ?) > 0")
            values.append(key)
    number = digits(text)
    if number and len(number) >= 3:
        parts += ["a.number LIKE ?", "p.resident_no = ?"]
        values += [f"%{number}", number]
    parts += [f"p.subject IN ({marks(subjects)})"] if subjects else []
    return parts, [*values, *subjects]


def _payee_row(row: Any, twins: int, protected: bool, of_member: tuple[str, str]) -> PayeeRow:
    number, _, name = row[16].partition("\x1f") if row[16] else (of_member[0], "", of_member[1])
    return PayeeRow(
        id=row[0], version=row[1], subject=row[2], programme_id=row[3], programme_title=row[4], role=row[5], name=row[6], kana=row[7],
        birth=row[8], address=row[9], phone=row[10], way=row[11], consent=row[12], state=row[13], victim_id=row[14], resident_no=row[15],
        entitlement_number=number, entitlement_name=name, account_id=row[17], bank=row[18], bank_name=row[19], branch=row[20],
        branch_name=row[21], kind=row[22], account_number=row[23], holder=row[24], account_state=row[25], entered_by=row[26],
        checked_by=row[27], checked_at=moment(row[28]), warnings=tuple(json.loads(row[29] or "[]")), photo=bool(row[30]), twins=twins,
        protected=protected,
    )  # fmt: skip
