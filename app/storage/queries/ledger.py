"""Questions about postings and reports. Sums have everybody in them, protected people without their district; lists leave them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from app.storage.queries.base import Source, chunked, holds, marks, moment, small
from app.storage.shield import Guard, concealed
from app.storage.shield_relief import protected_postings
from app.usecases.ledger_ports import BatchSum, EntitlementSum, PostingSum, ShareLine
from app.usecases.ledger_rows import AccountBalance, LedgerFilter, PostingRow, StatementPart

_WITHIN = "{0}programme_id || '/' || {0}category"
_POSTING_KEYS = {
    "within": _WITHIN.format("p."),
    "round": "p.round_id",
    "category": "p.category",
    "district": "p.district",
    "site": "p.site_id",
    "day": "p.day",
}
_KEYS = {"within": _WITHIN.format(""), "round": "round_id", "category": "category", "district": "district", "site": "site_id"}
_SIGNED = "sum(CASE WHEN p.amount < 0 THEN -p.count ELSE p.count END)"
_KIND = "coalesce(o.kind, p.kind)"
_WITH_ORIGIN = " FROM posting p LEFT JOIN posting o ON p.reverses <> '' AND o.entry = p.reverses AND o.line = 1"
_LIVE = (
    "(SELECT coalesce(sum(s.amount), 0) FROM payment_share s WHERE s.entitlement_id = e.id AND s.live AND NOT s.deleted)"
)  # fmt: skip
_FAILED = (
    "EXISTS (SELECT 1 FROM payment_share s JOIN payment y ON y.id = s.payment_id WHERE s.entitlement_id = e.id AND NOT s.deleted"
    " AND y.state IN ('failed', 'recalled'))"
)
_WAITING = "state IN ('ready', 'assigned', 'recalled', 'released', 'frozen') AND NOT deleted"
_ROWS = (
    "SELECT p.id, p.entry, p.line, p.kind, p.day, p.posted_at, p.account, p.amount, p.count, p.programme_id, coalesce(g.title, ''),"
    " coalesce(r.title, ''), p.site_id, coalesce(s.name, ''), p.category, p.district, coalesce(b.number, ''), p.memo, p.reverses,"
    " coalesce((SELECT min(x.entry) FROM posting x WHERE x.reverses = p.entry AND NOT x.deleted), ''), coalesce(w.name, ''),"
    " coalesce(v.name, '') FROM posting p LEFT JOIN programme g ON g.id = p.programme_id LEFT JOIN relief_round r ON r.id = p.round_id"
    " LEFT JOIN site s ON s.id = p.site_id LEFT JOIN payment_batch b ON b.id = p.batch_id"
    " LEFT JOIN journal j ON j.record = p.id AND j.action = 'create' LEFT JOIN operator w ON w.id = j.operator LEFT JOIN operator v ON v.id = p.second"
    " WHERE NOT p.deleted AND p.entry IN (?*) ORDER BY p.rid"
)
_BATCHES = (
    "SELECT b.id, b.number, b.guarded,"
    " (SELECT coalesce(sum(y.amount), 0) FROM payment y WHERE y.batch_id = b.id AND NOT y.deleted AND y.state = 'approved'),"
    " (SELECT coalesce(sum(y.amount), 0) FROM payment y WHERE y.batch_id = b.id AND NOT y.deleted AND y.state = 'sent'),"
    " (SELECT coalesce(sum(y.amount), 0) FROM payment y WHERE y.batch_id = b.id AND NOT y.deleted AND y.state = 'paid')"
    " FROM payment_batch b WHERE NOT b.deleted ORDER BY b.rid"
)
_PARTS = (
    "SELECT s.entitlement_id, y.number, y.state, y.way, s.amount, y.paid_on, y.name, y.failure FROM payment_share s"
    " JOIN payment y ON y.id = s.payment_id WHERE NOT s.deleted AND NOT y.deleted AND s.entitlement_id IN (?*) ORDER BY s.rid"
)
_OVER = (
    "SELECT r.title, (SELECT coalesce(sum(e.over), 0) FROM entitlement e WHERE e.round_id = r.id AND NOT e.deleted),"
    " (SELECT coalesce(sum(p.amount), 0) FROM posting p WHERE p.round_id = r.id AND p.account = 'overpaid' AND NOT p.deleted)"
    " FROM relief_round r WHERE NOT r.deleted ORDER BY r.rid"
)


class LedgerQueries:
    """See ``usecases.ledger_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def share_lines(self, *, batch_id: str = "", payment_id: str = "") -> list[ShareLine]:
        """What payments pay of which entitlement."""
        column, value = ("payment_id", payment_id) if payment_id else ("batch_id", batch_id)
        query = (
            "SELECT s.payment_id, e.category, e.district, s.amount FROM payment_share s JOIN entitlement e ON e.id = s.entitlement_id"
            f" WHERE NOT s.deleted AND s.{column} = ? ORDER BY s.rid"
        )
        with self._source() as connection:
            return [ShareLine(*row) for row in connection.exec_driver_sql(query, (value,)).all()]

    # -- sums ----------------------------------------------------------------------------------------------

    def balances(self, *, programme_id: str = "", site_id: str = "", day: str = "") -> list[AccountBalance]:
        """The trial balance."""
        where, values = _where({"p.programme_id": programme_id, "p.site_id": site_id}, day)
        query = (
            "SELECT p.account, sum(CASE WHEN p.amount > 0 THEN p.amount ELSE 0 END), sum(CASE WHEN p.amount < 0 THEN -p.amount ELSE 0 END)"
            f" FROM posting p WHERE NOT p.deleted{where} GROUP BY p.account ORDER BY p.account"
        )
        with self._source() as connection:
            return [AccountBalance(account=row[0], debit=row[1], credit=row[2]) for row in connection.exec_driver_sql(query, values).all()]

    def by_programme(self, *, day: str = "") -> list[PostingSum]:
        """By account and programme."""
        where, values = _where({}, day)
        query = (
            f"SELECT p.account, '', p.programme_id, sum(p.amount), {_SIGNED} FROM posting p WHERE NOT p.deleted{where}"
            " GROUP BY p.account, p.programme_id ORDER BY p.account, p.programme_id"
        )
        return self._posting_sums(query, values)

    def sums(self, *, by: str, programme_id: str = "", round_id: str = "", day: str = "") -> list[PostingSum]:
        """By account, kind (of what was taken back, for a reversal) and key."""
        where, values = _where({"p.programme_id": programme_id, "p.round_id": round_id}, day)
        key = _POSTING_KEYS[by]
        query = (
            f"SELECT p.account, {_KIND}, {key}, sum(p.amount), {_SIGNED}{_WITH_ORIGIN} WHERE NOT p.deleted{where}"
            f" GROUP BY p.account, {_KIND}, {key} ORDER BY 1, 2, 3"
        )
        return self._posting_sums(query, values)

    def _posting_sums(self, query: str, values: tuple[Any, ...]) -> list[PostingSum]:
        with self._source() as connection:
            return [PostingSum(*row) for row in connection.exec_driver_sql(query, values).all()]

    def entitlement_sums(self, *, by: str, programme_id: str = "", round_id: str = "") -> list[EntitlementSum]:
        """By key and state; the district of protected people is not told."""
        where, values = _where({"e.programme_id": programme_id, "e.round_id": round_id}, "")
        key_of = _WITHIN.format("e.") if by == "within" else f"e.{_KEYS[by]}"
        query = f"SELECT e.id, {key_of}, e.state, e.due - e.before, {_LIVE}, {_FAILED} FROM entitlement e WHERE NOT e.deleted{where} ORDER BY e.rid"
        sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 6)
        with self._source() as connection:
            rows = connection.exec_driver_sql(query, values).all()
            people = self._guard.people(connection)
            hidden = concealed(connection, "entitlement", people, (row[0] for row in rows)) if by == "district" else set()
        for record, key, state, due, live, failed in rows:
            into = sums["" if record in hidden else key, state]
            left = max(due - live, 0)
            into[0] += 1
            into[1] += max(due, 0)
            into[2] += left > 0
            into[3] += left
            into[4] += bool(failed) and left > 0
            into[5] += left if failed else 0
        return [EntitlementSum(key, state, *found) for (key, state), found in sums.items()]

    def voucher_sums(self, *, by: str, programme_id: str = "", round_id: str = "") -> list[tuple[str, int, int]]:
        """Vouchers that nobody came for."""
        where, values = _where({"programme_id": programme_id, "round_id": round_id}, "")
        key = "CASE WHEN guarded THEN '' ELSE district END" if by == "district" else _KEYS[by]
        query = f"SELECT {key}, count(*), sum(amount) FROM voucher WHERE {_WAITING}{where} GROUP BY 1 ORDER BY 1"
        with self._source() as connection:
            return [(row[0], row[1], row[2]) for row in connection.exec_driver_sql(query, values).all()]

    # -- lists ---------------------------------------------------------------------------------------------

    def entry_ids(self, *, filter: LedgerFilter, limit: int | None = None) -> list[str]:
        """Newest first."""
        where, values = _journal_where(filter)
        query = f"SELECT p.entry FROM posting p WHERE NOT p.deleted{where} GROUP BY p.entry ORDER BY max(p.day) DESC, max(p.rid) DESC"
        with self._source() as connection:
            hidden = self._hidden_entries(connection)
            found = [row[0] for row in connection.exec_driver_sql(query, values).all() if row[0] not in hidden]
        return found[:limit] if limit else found

    def _hidden_entries(self, connection: Connection) -> set[str]:
        """Entries of guarded batches and of payments of protected people, for a reader who may not see them."""
        if not self._guard.hides:
            return set()
        guarded = "SELECT p.entry FROM posting p JOIN payment_batch b ON b.id = p.batch_id WHERE b.guarded"
        found = {row[0] for row in connection.exec_driver_sql(guarded).all()}
        for part in chunked(sorted(protected_postings(connection, self._guard.people(connection)))):
            query = f"SELECT entry FROM posting WHERE id IN ({marks(part)})"
            found |= {row[0] for row in connection.exec_driver_sql(query, tuple(part)).all()}
        return found

    def posting_rows(self, entries: Sequence[str]) -> list[PostingRow]:
        """Every line."""
        found: dict[str, list[PostingRow]] = defaultdict(list)
        with self._source() as connection:
            for part in chunked(list(entries)):
                for row in connection.exec_driver_sql(_ROWS.replace("?*", marks(part)), tuple(part)).all():
                    found[row[1]].append(_posting_row(row))
        return [row for entry in entries for row in found.get(entry, ())]

    def entries_like(self, ending: str) -> list[str]:
        """Two at the most; those of protected people only for who may see them."""
        end = f"length(p.entry) >= {len(ending):d} AND substr(p.entry, length(p.entry) - {len(ending) - 1:d}) = ?"
        query = f"SELECT DISTINCT p.entry FROM posting p WHERE NOT p.deleted AND {end} ORDER BY p.entry"
        with self._source() as connection:
            hidden = self._hidden_entries(connection)
            return [row[0] for row in connection.exec_driver_sql(query, (ending,)).all() if row[0] not in hidden][:2]

    def parts(self, entitlement_ids: Sequence[str]) -> dict[str, list[StatementPart]]:
        """Payments by entitlement; nothing of protected people for a reader who may not see them."""
        found: dict[str, list[StatementPart]] = defaultdict(list)
        with self._source() as connection:
            hidden = concealed(connection, "entitlement", self._guard.hidden(connection), entitlement_ids)
            for part in chunked([one for one in entitlement_ids if one not in hidden]):
                for row in connection.exec_driver_sql(_PARTS.replace("?*", marks(part)), tuple(part)).all():
                    found[row[0]].append(
                        StatementPart(number=row[1], state=row[2], way=row[3], amount=row[4], day=row[5], payee=row[6], failure=row[7])
                    )
        return found

    def family(self, keys: Iterable[str]) -> list[str]:
        """Entitlements of a household: its own and those of persons in it; those the reader may know of."""
        wanted = sorted(set(keys) - {""})
        ids: dict[int, str] = {}
        with self._source() as connection:
            for part in chunked(wanted):
                query = (
                    f"SELECT rid, id FROM entitlement WHERE NOT deleted AND (household IN ({marks(part)}) OR subject IN ({marks(part)}))"
                )
                ids |= {row[0]: row[1] for row in connection.exec_driver_sql(query, (*part, *part)).all()}
            hidden = concealed(connection, "entitlement", self._guard.hidden(connection), ids.values())
        return [ids[rid] for rid in sorted(ids) if ids[rid] not in hidden]

    # -- the check -----------------------------------------------------------------------------------------

    def unbalanced(self) -> list[tuple[str, int]]:
        """Entries that do not sum to 0."""
        query = "SELECT entry, sum(amount) FROM posting WHERE NOT deleted GROUP BY entry HAVING sum(amount) <> 0 ORDER BY entry"
        with self._source() as connection:
            return [(row[0], row[1]) for row in connection.exec_driver_sql(query).all()]

    def batch_sums(self) -> list[BatchSum]:
        """Each batch in payments and in the books."""
        with self._source() as connection:
            posted = _batch_postings(connection)
            return [
                BatchSum(
                    batch_id=row[0], number=row[1], guarded=bool(row[2]), approved=row[3], committed=posted[row[0]]["committed"], sent=row[4],
                    transit=posted[row[0]]["transit"], paid=row[5], posted=posted[row[0]]["paid"] + posted[row[0]]["refunded"],
                )
                for row in connection.exec_driver_sql(_BATCHES).all()
            ]  # fmt: skip

    def lost_entries(self) -> list[tuple[str, str]]:
        """Paid payments and done receipts without an entry in the books."""
        missing = "NOT EXISTS (SELECT 1 FROM posting p WHERE p.entry = x.entry AND NOT p.deleted)"
        payments = f"SELECT 'payment', x.number FROM payment x WHERE NOT x.deleted AND x.state = 'paid' AND x.way <> 'cash' AND {missing} ORDER BY x.rid"
        receipts = f"SELECT 'receipt', x.number FROM receipt x WHERE NOT x.deleted AND x.state = 'done' AND {missing} ORDER BY x.rid"
        with self._source() as connection:
            return [(row[0], row[1]) for query in (payments, receipts) for row in connection.exec_driver_sql(query).all()]

    def over_sums(self) -> list[tuple[str, int, int]]:
        """Rounds whose overpayments differ between entitlements and books."""
        with self._source() as connection:
            return [(row[0], row[1], row[2]) for row in connection.exec_driver_sql(_OVER).all() if row[1] != row[2]]


def _where(wanted: dict[str, str], day: str) -> tuple[str, tuple[Any, ...]]:
    conditions = {f" AND {column} = ?": value for column, value in wanted.items() if value}
    if day:
        conditions[" AND p.day <= ?"] = day
    return "".join(conditions), tuple(conditions.values())


def _journal_where(filter: LedgerFilter) -> tuple[str, tuple[Any, ...]]:
    plain = {
        "p.account = ?": filter.account, "p.kind = ?": filter.kind, "p.programme_id = ?": filter.programme_id, "p.round_id = ?": filter.round_id,
        "p.site_id = ?": filter.site_id, "p.batch_id = ?": filter.batch_id, "p.day >= ?": filter.since, "p.day <= ?": filter.until,
    }  # fmt: skip
    conditions = [(f" AND {text}", (value,)) for text, value in plain.items() if value]
    if filter.text.strip():
        batch = f"p.batch_id IN (SELECT b.id FROM payment_batch b WHERE {holds('b.number')})"
        conditions.append((f" AND ({holds('p.memo')} OR {holds('p.entry')} OR {batch})", (small(filter.text.strip()),) * 3))  # type: ignore[arg-type]
    return "".join(text for text, _ in conditions), tuple(value for _, values in conditions for value in values)


def _posting_row(row: Any) -> PostingRow:
    amount = row[7]
    return PostingRow(
        id=row[0], entry=row[1], line=row[2], kind=row[3], day=row[4], posted_at=moment(row[5]), account=row[6], debit=max(amount, 0),
        credit=max(-amount, 0), count=row[8], programme_id=row[9], programme_title=row[10], round_title=row[11], site_id=row[12],
        site_name=row[13], category=row[14], district=row[15], batch_number=row[16], memo=row[17], reverses=row[18], reversed_by=row[19],
        by=row[20], second=row[21],
    )  # fmt: skip


def _batch_postings(connection: Connection) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    query = "SELECT batch_id, account, sum(amount) FROM posting WHERE NOT deleted AND batch_id <> '' GROUP BY batch_id, account"
    for batch, account, amount in connection.exec_driver_sql(query).all():
        found[batch][account] = amount
    return found
