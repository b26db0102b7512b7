"""Questions about batches, payments and their approval."""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from app.domain.payments import Payment, PaymentShare
from app.domain.relief import Entitlement
from app.storage import tables as t
from app.storage.changing import read_records
from app.storage.keys import fold_key_kana, fold_key_name
from app.storage.queries.base import Source, chunked, marks, moment
from app.storage.shield import Guard
from app.storage.shield_relief import protected_entitlements, protected_payees, protected_payments, unseen
from app.usecases.batch_rows import (
    BatchFilter,
    BatchRow,
    CategoryLine,
    ExemptionRow,
    FailedPayment,
    LiveMoney,
    PaymentRow,
    RefusalRow,
)

_BATCHES = (
    " FROM payment_batch b LEFT JOIN programme p ON p.id = b.programme_id LEFT JOIN relief_round r ON r.id = b.round_id"
    " LEFT JOIN operator o1 ON o1.id = b.prepared_by LEFT JOIN operator o2 ON o2.id = b.checked_by LEFT JOIN operator o3 ON o3.id = b.approved_by"
    " LEFT JOIN payment_batch a ON a.id = b.retry_of"
)
_BATCH = (
    "SELECT b.id, b.version, b.number, b.programme_id, coalesce(p.code, ''), coalesce(p.title, ''), b.round_id, coalesce(r.code, ''),"
    " coalesce(r.title, ''), b.way, b.title, b.state, b.count, b.total, b.guarded, coalesce(a.number, ''), coalesce(o1.name, ''), b.prepared_at,"
    " coalesce(o2.name, ''), b.checked_at, coalesce(o3.name, ''), b.approved_at, b.transfer_on, b.reason, b.digest"
)
_BATCH_SORTS: Mapping[str, str] = {
    "-prepared": "b.rid DESC",
    "number": "length(b.number), b.number, b.rid",
    "state": (
        "CASE b.state WHEN 'draft' THEN 0 WHEN 'checked' THEN 1 WHEN 'returned' THEN 2 WHEN 'approved' THEN 3 WHEN 'sent' THEN 4"
        " WHEN 'settled' THEN 5 ELSE 6 END, b.rid DESC"
    ),
    "total": "b.total DESC, b.rid DESC",
    "programme": "p.title NULLS FIRST, r.code NULLS FIRST, b.rid DESC",
}
_PAYMENT = (
    "SELECT q.id, q.version, q.number, q.code, q.batch_id, coalesce(b.number, ''), q.position, q.way, q.payee_id, q.account_id, q.name, q.kana,"
    " q.birth, q.address, q.district, q.category, q.bank, q.branch, q.bank_name, q.branch_name, q.account_kind, q.account_number, q.holder,"
    " q.amount, q.state, q.failure, q.reason, coalesce(f.number, ''), q.paid_on"
    " FROM payment q LEFT JOIN payment_batch b ON b.id = q.batch_id LEFT JOIN payment f ON f.id = q.retry_of"
)
_PAYMENT_SORTS: Mapping[str, str] = {
    "position": "q.position, q.rid",
    "kana": "q.kana, q.rid",
    "amount": "q.amount DESC, q.rid",
    "district": "q.district, q.position, q.rid",
    "state": "q.state, q.position, q.rid",
}
_HARMED_TO_DEATH = "('dead', 'related_death', 'missing')"
_FAILED = frozenset({"failed", "recalled"})
_BENEFIT_LIST = (
    "SELECT e.id, e.number, coalesce(p.title, ''), coalesce(r.title, ''), e.unit, e.household, e.victim_id, e.name, e.kana, e.birth, e.address,"
    " e.district, e.category, e.lines, e.state, e.wants, e.key_name, e.key_kana"
    " FROM entitlement e LEFT JOIN programme p ON p.id = e.programme_id LEFT JOIN relief_round r ON r.id = e.round_id"
)
_REFUSED = (
    "SELECT e.id, e.number, coalesce(p.title, ''), coalesce(r.title, ''), e.name, e.kana, e.birth, e.address, e.district, e.category, e.due,"
    ' e.reason, e.note, (SELECT max(j.seq) FROM journal j WHERE j.record = e.id AND j.changes LIKE \'%"state":[%"declined"]%\')'
    " FROM entitlement e LEFT JOIN programme p ON p.id = e.programme_id LEFT JOIN relief_round r ON r.id = e.round_id"
    " WHERE NOT e.deleted AND e.state = 'declined'"
)
_CHANGED_ACCOUNT = (
    "SELECT q.number FROM payment q LEFT JOIN payee_account a ON a.id = q.account_id AND NOT a.deleted"
    " WHERE q.batch_id = ? AND NOT q.deleted AND (a.id IS NULL OR a.state <> 'checked' OR a.bank <> q.bank OR a.branch <> q.branch"
    " OR a.kind <> q.account_kind OR a.number <> q.account_number OR a.holder <> q.holder)"
    " ORDER BY q.position, q.rid"
)
_NOT_DUE = (
    "SELECT q.number FROM payment_share s JOIN payment q ON q.id = s.payment_id LEFT JOIN entitlement e ON e.id = s.entitlement_id"
    " WHERE s.batch_id = ? AND NOT s.deleted AND (e.id IS NULL OR e.deleted OR e.state <> 'open'"
    " OR CASE WHEN e.due > e.before THEN e.due - e.before ELSE 0 END"
    " < (SELECT sum(x.amount) FROM payment_share x WHERE x.entitlement_id = e.id AND x.live AND NOT x.deleted))"
    " GROUP BY q.number, q.position ORDER BY q.position, q.number"
)


class BatchQueries:
    """See ``usecases.batch_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    # -- lists ---------------------------------------------------------------------------------------------

    def batch_ids(self, *, filter: BatchFilter) -> list[str]:
        """Ids in the order of the filter's sort; batches of protected people only for those who may see them."""
        where, values = _batch_where(filter)
        if self._guard.hides:
            where += " AND NOT b.guarded"
        order = _BATCH_SORTS.get(filter.sort, _BATCH_SORTS["-prepared"])
        with self._source() as connection:
            query = f"SELECT b.id{_BATCHES} WHERE NOT b.deleted{where} ORDER BY {order}"
            return [row[0] for row in connection.exec_driver_sql(query, tuple(values))]

    def batch_rows(self, batch_ids: Sequence[str]) -> list[BatchRow]:
        """In the order of the ids; counts without the payments that are hidden from this reader."""
        hide = " AND NOT b.guarded" if self._guard.hides else ""
        with self._source() as connection:
            rows = _in(connection, f"{_BATCH}{_BATCHES} WHERE NOT b.deleted{hide} AND b.id IN (?*)", batch_ids)
            told = _states(connection, [row[0] for row in rows])
            without = self._hidden_sums(connection, [row[0] for row in rows])
        made = {row[0]: _batch_row(row, told.get(row[0], {}), without.get(row[0], {})) for row in rows}
        return [made[one] for one in batch_ids if one in made]

    def batch_by_number(self, number: str) -> str | None:
        """The live batch with this number or id."""
        hide = " AND NOT guarded" if self._guard.hides else ""
        query = f"SELECT id FROM payment_batch WHERE (number = ? OR id = ?) AND NOT deleted{hide} ORDER BY rid LIMIT 1"
        with self._source() as connection:
            return connection.exec_driver_sql(query, (number, number)).scalar()

    def payment_by_number(self, number: str) -> str | None:
        """The live payment with this number, code or id."""
        query = "SELECT id FROM payment WHERE (number = ? OR code = ? OR id = ?) AND NOT deleted ORDER BY rid LIMIT 1"
        with self._source() as connection:
            found = connection.exec_driver_sql(query, (number, number, number)).scalar()
            return None if found is None or found in unseen(connection, self._guard, "payment") else str(found)

    def payment_ids(self, *, batch_id: str = "", state: str = "", text: str = "", sort: str = "position") -> list[str]:
        """Live payments in order."""
        where = ""
        values: list[Any] = []
        for column, value in (("q.batch_id", batch_id), ("q.state", state)):
            if value:
                where, values = f"{where} AND {column} = ?", [*values, value]
        with self._source() as connection:
            query = (
                "SELECT q.id, q.number, q.name, q.kana, q.account_number, q.address FROM payment q"
                f" WHERE NOT q.deleted{where} ORDER BY {_PAYMENT_SORTS.get(sort, _PAYMENT_SORTS['position'])}"
            )
            rows = connection.exec_driver_sql(query, tuple(values)).all()
            found = [row[0] for row in rows if not text.strip() or _speaks_of(row, text)]
            hidden = unseen(connection, self._guard, "payment")
        return [one for one in found if one not in hidden]

    def payment_rows(self, payment_ids: Sequence[str]) -> list[PaymentRow]:
        """In the order of the ids."""
        with self._source() as connection:
            rows = _in(connection, f"{_PAYMENT} WHERE NOT q.deleted AND q.id IN (?*)", payment_ids)
            paid: dict[str, list[str]] = defaultdict(list)
            numbers = (
                "SELECT s.payment_id, e.number FROM payment_share s JOIN entitlement e ON e.id = s.entitlement_id"
                " WHERE NOT s.deleted AND s.payment_id IN (?*)"
            )
            for payment, number in _in(connection, numbers, payment_ids):
                paid[payment].append(number)
            protected = protected_payments(connection, self._guard.people(connection))
        made = {
            row[0]: _payment_row(row, tuple(sorted(paid[row[0]])), row[0] in protected)
            for row in rows if not (self._guard.hides and row[0] in protected)
        }  # fmt: skip
        return [made[one] for one in payment_ids if one in made]

    def category_lines(self, batch_id: str) -> list[CategoryLine]:
        """By category of the entitlements and amount of the share."""
        query = (
            "SELECT s.payment_id, e.category, s.amount FROM payment_share s JOIN entitlement e ON e.id = s.entitlement_id"
            " WHERE s.batch_id = ? AND NOT s.deleted"
        )
        with self._source() as connection:
            rows = connection.exec_driver_sql(query, (batch_id,)).all()
            hidden = unseen(connection, self._guard, "payment")
        counts: dict[tuple[str, int], int] = defaultdict(int)
        for payment, category, amount in rows:
            if payment not in hidden:
                counts[category, amount] += 1
        lines = [CategoryLine(category=category, amount=amount, count=n, total=amount * n) for (category, amount), n in counts.items()]
        return sorted(lines, key=lambda line: (-line.amount, line.category))

    def exemptions(
        self, *, programme_id: str = "", round_id: str = "", district: str = "", household: str = "", text: str = ""
    ) -> list[ExemptionRow]:
        """Everybody entitled in exemptions."""
        where = " WHERE NOT e.deleted AND e.state <> 'ended' AND p.kind = 'exemption'"
        values: list[Any] = []
        for column, value in (
            ("e.programme_id", programme_id), ("e.round_id", round_id), ("e.district", district), ("e.household", household),
        ):  # fmt: skip
            if value:
                where, values = f"{where} AND {column} = ?", [*values, value]
        with self._source() as connection:
            rows = connection.exec_driver_sql(f"{_BENEFIT_LIST}{where} ORDER BY e.district, e.key_kana, e.rid", tuple(values)).all()
            protected = protected_entitlements(connection, self._guard.people(connection))
        return [
            _exemption_row(row, row[0] in protected)
            for row in rows
            if not (self._guard.hides and row[0] in protected) and (not text.strip() or _exempt_speaks_of(row, text))
        ]

    def refusals(self, *, programme_id: str = "", round_id: str = "", district: str = "") -> list[RefusalRow]:
        """Everybody who declined, oldest first."""
        where = ""
        values: list[Any] = []
        for column, value in (("e.programme_id", programme_id), ("e.round_id", round_id), ("e.district", district)):
            if value:
                where, values = f"{where} AND {column} = ?", [*values, value]
        with self._source() as connection:
            rows = connection.exec_driver_sql(f"{_REFUSED}{where} ORDER BY e.rid", tuple(values)).all()
            protected = protected_entitlements(connection, self._guard.people(connection))
            said = {
                row[0]: (row[1], row[2])
                for row in _in(
                    connection,
                    "SELECT j.seq, j.at_ms, coalesce(o.name, '') FROM journal j LEFT JOIN operator o ON o.id = j.operator WHERE j.seq IN (?*)",
                    [row[13] for row in rows if row[13] is not None],
                )
            }
        return [
            _refusal_row(row, said.get(row[13]), row[0] in protected) for row in rows if not (self._guard.hides and row[0] in protected)
        ]

    def _hidden_sums(self, connection: Connection, batch_ids: Sequence[str]) -> dict[str, dict[str, tuple[int, int]]]:
        """Count and yen by state of the payments of each batch that this reader may not learn of."""
        found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        hidden, wanted = unseen(connection, self._guard, "payment"), set(batch_ids)
        rows = _in(connection, "SELECT batch_id, state, amount FROM payment WHERE NOT deleted AND id IN (?*)", sorted(hidden))
        for batch, state, amount in rows:
            if batch in wanted:
                count, total = found[batch].get(state, (0, 0))
                found[batch][state] = (count + 1, total + amount)
        return found

    # -- whoever asks --------------------------------------------------------------------------------------

    def payments(self, batch_id: str) -> list[Payment]:
        """Every line of a batch in its order."""
        with self._source() as connection:
            found = read_records(connection, t.KIND_BY_NAME["payment"], "NOT deleted AND batch_id = ?", (batch_id,))
        return sorted(found, key=lambda one: one.position)

    def shares(self, batch_id: str) -> list[PaymentShare]:
        """What the payments of a batch pay of which entitlement."""
        with self._source() as connection:
            return read_records(connection, t.KIND_BY_NAME["payment_share"], "NOT deleted AND batch_id = ?", (batch_id,))

    def entitlements(self, *, round_id: str = "", ids: Iterable[str] = ()) -> list[Entitlement]:
        """Live entitlements of a round, or these."""
        kind = t.KIND_BY_NAME["entitlement"]
        with self._source() as connection:
            if round_id:
                return read_records(connection, kind, "NOT deleted AND round_id = ?", (round_id,))
            found: list[Entitlement] = []
            for part in chunked(sorted(set(ids))):
                found += read_records(connection, kind, f"NOT deleted AND id IN ({marks(part)})", part)
            return found

    def dead(self, casualty_ids: Iterable[str]) -> frozenset[str]:
        """Those of the casualties who died or are missing."""
        query = f"SELECT id FROM casualty WHERE harm IN {_HARMED_TO_DEATH} AND NOT deleted AND id IN (?*)"
        with self._source() as connection:
            return frozenset(row[0] for row in _in(connection, query, sorted(set(casualty_ids) - {""})))

    def live_money(self, *, round_id: str = "", ids: Iterable[str] = ()) -> dict[str, LiveMoney]:
        """By entitlement, what is on its way or paid."""
        query = "SELECT s.entitlement_id, s.amount, s.part FROM payment_share s"
        with self._source() as connection:
            rows = self._shares_of(connection, query, "s.live AND NOT s.deleted", round_id, ids)
        sums: dict[str, int] = defaultdict(int)
        parts: dict[str, set[int]] = defaultdict(set)
        for entitlement, amount, part in rows:
            sums[entitlement] += amount
            parts[entitlement].add(part)
        return {one: LiveMoney(total=total, parts=frozenset(parts[one])) for one, total in sums.items()}

    def failed(self, *, round_id: str = "", ids: Iterable[str] = ()) -> dict[str, FailedPayment]:
        """By entitlement, its newest payment when that failed or was recalled."""
        query = (
            "SELECT s.entitlement_id, q.state, q.id, q.batch_id, q.failure, q.bank, q.branch, q.account_kind, q.account_number, q.holder, s.rid"
            " FROM payment_share s JOIN payment q ON q.id = s.payment_id AND q.state <> 'void' AND NOT q.deleted"
        )
        with self._source() as connection:
            rows = self._shares_of(connection, query, "NOT s.deleted", round_id, ids)
        newest = {row[0]: row for row in sorted(rows, key=lambda row: row[10])}
        return {
            one: FailedPayment(
                payment_id=row[2], batch_id=row[3], failure=row[4] or "other", bank=row[5], branch=row[6], account_kind=row[7],
                account_number=row[8], holder=row[9],
            )
            for one, row in newest.items() if row[1] in _FAILED
        }  # fmt: skip

    def _shares_of(self, connection: Connection, query: str, where: str, round_id: str, ids: Iterable[str]) -> list[Any]:
        if round_id:
            joined = f"{query} JOIN entitlement e ON e.id = s.entitlement_id AND e.round_id = ? WHERE {where}"
            return list(connection.exec_driver_sql(joined, (round_id,)).all())
        return _in(connection, f"{query} WHERE {where} AND s.entitlement_id IN (?*)", sorted(set(ids)))

    def committed(self, *, programme_id: str = "", round_id: str = "") -> int:
        """Yen of all live shares of a programme or a round; without those hidden from this reader."""
        column, value = ("round_id", round_id) if round_id else ("programme_id", programme_id)
        query = (
            "SELECT coalesce(sum(s.amount), 0) FROM payment_share s JOIN payment q ON q.id = s.payment_id"
            f" WHERE s.live AND NOT s.deleted AND q.{column} = ?"
        )
        with self._source() as connection:
            total = int(connection.exec_driver_sql(query, (value,)).scalar() or 0)
            for part in chunked(sorted(unseen(connection, self._guard, "payment"))):
                hidden = f"{query} AND q.id IN ({marks(part)})"
                total -= int(connection.exec_driver_sql(hidden, (value, *part)).scalar() or 0)
        return total

    def guarded(self, entitlement_ids: Iterable[str], payee_ids: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Those of the entitlements and of the payees who are under a protection measure."""
        with self._source() as connection:
            people = self._guard.people(connection)
            first, second = protected_entitlements(connection, people), protected_payees(connection, people)
        return frozenset(first.intersection(entitlement_ids)), frozenset(second.intersection(payee_ids))

    def guarded_payments(self, batch_id: str) -> frozenset[str]:
        """Payments of a batch for, or to, somebody under a protection measure now."""
        with self._source() as connection:
            protected = protected_payments(connection, self._guard.people(connection))
            rows = _in(connection, "SELECT id, batch_id FROM payment WHERE NOT deleted AND id IN (?*)", sorted(protected))
        return frozenset(row[0] for row in rows if row[1] == batch_id)

    def changed_accounts(self, batch_id: str) -> list[str]:
        """Numbers of the payments whose account is no longer the checked one."""
        with self._source() as connection:
            return [row[0] for row in connection.exec_driver_sql(_CHANGED_ACCOUNT, (batch_id,))]

    def no_longer_due(self, batch_id: str) -> list[str]:
        """Numbers of the payments for an entitlement that is not open, or of which more is live than due."""
        with self._source() as connection:
            return [row[0] for row in connection.exec_driver_sql(_NOT_DUE, (batch_id,))]

    def approvers(self, batch_id: str) -> frozenset[str]:
        """Operator ids of everybody who brought the batch into the state ``approved``, by the journal."""
        query = "SELECT operator, changes FROM journal WHERE record = ? AND kind = 'payment_batch'"
        with self._source() as connection:
            rows = connection.exec_driver_sql(query, (batch_id,)).all()
        return frozenset(row[0] for row in rows if json.loads(row[1]).get("state", ("", ""))[1] == "approved")

    def makers(self, batch_id: str) -> frozenset[str]:
        """Operator ids of everybody who prepared the batch or changed what is in it, by the journal."""
        query = "SELECT operator, action, changes FROM journal WHERE record = ? AND kind = 'payment_batch'"
        with self._source() as connection:
            rows = connection.exec_driver_sql(query, (batch_id,)).all()
        return frozenset(row[0] for row in rows if row[1] == "create" or {"count", "total"} & set(json.loads(row[2])))


def _in(connection: Connection, sql: str, values: Sequence[Any]) -> list[Any]:
    return [row for part in chunked(values) for row in connection.exec_driver_sql(sql.replace("?*", marks(part)), tuple(part))]


def _states(connection: Connection, batch_ids: Sequence[str]) -> dict[str, dict[str, tuple[int, int]]]:
    query = "SELECT batch_id, state, count(*), sum(amount) FROM payment WHERE NOT deleted AND batch_id IN (?*) GROUP BY batch_id, state"
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for batch, state, count, total in _in(connection, query, batch_ids):
        found[batch][state] = (count, total)
    return found


def _batch_where(wanted: BatchFilter) -> tuple[str, list[Any]]:
    where = ""
    values: list[Any] = []
    for column, value in (
        ("b.programme_id", wanted.programme_id), ("b.round_id", wanted.round_id), ("b.state", wanted.state), ("b.way", wanted.way),
    ):  # fmt: skip
        if value:
            where, values = f"{where} AND {column} = ?", [*values, value]
    if wanted.open:
        where += " AND b.state NOT IN ('settled', 'cancelled')"
    for word in unicodedata.normalize("NFKC", wanted.text).split():
        where += " AND (instr(upper(b.number), ?) > 0 OR instr(b.title, ?) > 0 OR instr(p.title, ?) > 0 OR instr(r.title, ?) > 0)"
        values += [word.upper(), word, word, word]
    return where, values


def _speaks_of(row: Any, text: str) -> bool:
    """Whether each word of the text stands in number, name, reading, account number or address of a payment."""
    cells = (row[1], fold_key_name(row[2]), fold_key_kana(row[3]), row[4], row[5])
    return all(
        any(word and word in cell for word, cell in zip(_folds(word), cells, strict=True))
        for word in unicodedata.normalize("NFKC", text).split()
    )


def _exempt_speaks_of(row: Any, text: str) -> bool:
    cells = (row[1], row[16], row[17], "", row[10])
    return all(
        any(word and word in cell for word, cell in zip(_folds(word), cells, strict=True))
        for word in unicodedata.normalize("NFKC", text).split()
    )


def _folds(word: str) -> tuple[str, str, str, str, str]:
    return word.upper(), fold_key_name(word), fold_key_kana(word), word, word


def _batch_row(row: Any, told: Mapping[str, tuple[int, int]], without: Mapping[str, tuple[int, int]]) -> BatchRow:
    def left(*states: str) -> tuple[int, int]:
        pairs = [(told.get(one, (0, 0)), without.get(one, (0, 0))) for one in states]
        return sum(all_[0] - hidden[0] for all_, hidden in pairs), sum(all_[1] - hidden[1] for all_, hidden in pairs)

    paid, failed = left("paid"), left("failed", "recalled")
    hidden = sum(one[0] for one in without.values()), sum(one[1] for one in without.values())
    return BatchRow(
        id=row[0], version=row[1], number=row[2], programme_id=row[3], programme_code=row[4], programme_title=row[5], round_id=row[6],
        round_code=row[7], round_title=row[8], way=row[9], title=row[10], state=row[11], count=row[12] - hidden[0], total=row[13] - hidden[1],
        guarded=bool(row[14]), retry_of=row[15], prepared_by=row[16], prepared_at=moment(row[17]), checked_by=row[18],
        checked_at=moment(row[19]), approved_by=row[20], approved_at=moment(row[21]), transfer_on=row[22], reason=row[23], digest=row[24],
        paid=paid[0], paid_total=paid[1], failed=failed[0], failed_total=failed[1],
    )  # fmt: skip


def _payment_row(row: Any, entitlements: tuple[str, ...], protected: bool) -> PaymentRow:
    return PaymentRow(
        id=row[0], version=row[1], number=row[2], code=row[3], batch_id=row[4], batch_number=row[5], position=row[6], way=row[7],
        payee_id=row[8], account_id=row[9], name=row[10], kana=row[11], birth=row[12], address=row[13], district=row[14], category=row[15],
        bank=row[16], branch=row[17], bank_name=row[18], branch_name=row[19], account_kind=row[20], account_number=row[21], holder=row[22],
        amount=row[23], state=row[24], failure=row[25], reason=row[26], retry_of=row[27], paid_on=row[28], entitlements=entitlements,
        protected=protected,
    )  # fmt: skip


def _exemption_row(row: Any, protected: bool) -> ExemptionRow:
    lines = json.loads(row[13] or "[]")
    benefits = tuple(dict.fromkeys(str(line.get("benefit") or line.get("title") or "") for line in lines))
    return ExemptionRow(
        id=row[0], number=row[1], programme=row[2], round=row[3], unit=row[4], household=row[5], victim_id=row[6], name=row[7], kana=row[8],
        birth=row[9], address=row[10], district=row[11], category=row[12], benefits=tuple(one for one in benefits if one), state=row[14],
        wants=tuple(json.loads(row[15] or "[]")), protected=protected,
    )  # fmt: skip


def _refusal_row(row: Any, said: tuple[int, str] | None, protected: bool) -> RefusalRow:
    return RefusalRow(
        id=row[0], number=row[1], programme=row[2], round=row[3], name=row[4], kana=row[5], birth=row[6], address=row[7], district=row[8],
        category=row[9], due=row[10], reason=row[11], note=row[12], protected=protected,
        declined_at=datetime.fromtimestamp(said[0] / 1000, UTC) if said else None, declined_by=said[1] if said else "",
    )  # fmt: skip
