"""Questions about vouchers, receipts and boxes of cash."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, select

from app.domain.identifiers import device_prefix
from app.domain.payments import CashBox, Receipt, Voucher
from app.domain.records import Record, value_fields
from app.domain.relief import Yen
from app.storage import tables as t
from app.storage.keys import fold_key_kana, fold_key_name
from app.storage.queries.base import Source, chunked, holds, marks, moment, small
from app.storage.shield import Guard, concealed
from app.usecases.cash_rows import BoxRow, ClerkLine, CountRow, ReceiptFilter, ReceiptRow, SiteCount, VoucherFilter, VoucherRow

R = TypeVar("R", bound=Record)
_LETTERS = 4
_NOWHERE = "\x01"
"""A text that no name has in it."""

_VOUCHER = (
    "SELECT v.id, v.version, v.number, v.title, v.batch_id, coalesce(b.number, ''), v.name, v.kana, v.birth, v.address, v.district, v.category,"
    " v.amount, v.guarded, v.site_id, coalesce(s.name, ''), v.device_id, v.term, v.state, v.assigned_at, v.expires_on, v.asked_by, v.reason,"
    " coalesce(r.id, ''), coalesce(r.number, ''), r.paid_at, coalesce(r.clerk, ''), coalesce(rs.name, ''), coalesce(r.device_id, '')"
    " FROM voucher v LEFT JOIN payment_batch b ON b.id = v.batch_id LEFT JOIN site s ON s.id = v.site_id"
    " LEFT JOIN receipt r ON r.voucher_id = v.id AND r.kind = 'payment' AND NOT r.deleted AND r.rid = (SELECT max(x.rid) FROM receipt x"
    " WHERE x.voucher_id = v.id AND x.kind = 'payment' AND NOT x.deleted) LEFT JOIN site rs ON rs.id = r.site_id"
)
_RECEIPT = (
    "SELECT r.id, r.version, r.number, r.kind, r.state, r.voucher_id, coalesce(v.number, ''), r.term, coalesce(v.title, ''), coalesce(v.name, ''),"
    " coalesce(v.kana, ''), coalesce(v.birth, ''), coalesce(v.address, ''), coalesce(v.category, ''), r.amount, r.paid_at, r.day, r.clerk,"
    " r.second, r.site_id, coalesce(s.name, ''), r.device_id, r.box_id, coalesce(c.name, ''), r.received_by, r.relation, r.identified, r.copies,"
    " r.reverses, r.reason, r.note"
    " FROM receipt r LEFT JOIN voucher v ON v.id = r.voucher_id LEFT JOIN site s ON s.id = r.site_id LEFT JOIN cash_box c ON c.id = r.box_id"
)
_UNPAID = "('ready', 'assigned', 'recalled', 'released', 'frozen')"
_CHANGED = (
    "SELECT v.id FROM voucher v JOIN payment_share s ON s.payment_id = v.payment_id AND s.live AND NOT s.deleted"
    " LEFT JOIN entitlement e ON e.id = s.entitlement_id"
    f" WHERE NOT v.deleted AND v.state IN {_UNPAID} AND (e.id IS NULL OR e.deleted OR e.state <> 'open'"
    " OR CASE WHEN e.due > e.before THEN e.due - e.before ELSE 0 END"
    " < (SELECT sum(x.amount) FROM payment_share x WHERE x.entitlement_id = e.id AND x.live AND NOT x.deleted))"
)
"""Unpaid vouchers of which less is due now than they say. A laptop has no entitlements: there nothing is known to have changed."""
_NUMBER = "length(v.number), v.number, v.rid"
_ORDERS = {
    "number": _NUMBER,
    "kana": f"v.key_kana, {_NUMBER}",
    "address": f"v.address, {_NUMBER}",
    "district": f"v.district, v.key_kana, {_NUMBER}",
    "amount": f"v.amount DESC, {_NUMBER}",
    "state": f"v.state, {_NUMBER}",
    "site": f"(SELECT name FROM site WHERE id = v.site_id) NULLS FIRST, v.device_id, {_NUMBER}",
}
_DONE = "NOT deleted AND state = 'done'"
_BALANCE = (
    "SELECT (SELECT coalesce(sum(CASE kind WHEN 'in' THEN total WHEN 'out' THEN -total ELSE difference END), 0) FROM cash_count"
    " WHERE box_id = :box AND NOT deleted{counted}) + (SELECT coalesce(sum(CASE kind WHEN 'refund' THEN amount ELSE -amount END), 0)"
    f" FROM receipt WHERE box_id = :box AND {_DONE}{{paid}})"
)
_COUNT = (
    "SELECT k.id, k.box_id, coalesce(c.name, ''), k.kind, k.day, k.counted_at, k.clerk, k.second, k.pieces, k.total, k.expected, k.difference,"
    " k.explanation FROM cash_count k LEFT JOIN cash_box c ON c.id = k.box_id WHERE NOT k.deleted"
)


class CashQueries:
    """See ``usecases.cash_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    # -- vouchers ------------------------------------------------------------------------------------------------

    def voucher_ids(self, *, filter: VoucherFilter, device: str = "") -> list[str]:
        """Ids in the order of the filter's sort."""
        where, values = _voucher_where(filter, device)
        with self._source() as connection:
            query = f"SELECT v.id, v.guarded FROM voucher v WHERE NOT v.deleted{where} ORDER BY {_ORDERS.get(filter.sort, _NUMBER)}"
            rows = connection.exec_driver_sql(query, tuple(values)).all()
            hidden = self._hidden(connection, rows)
        return [row[0] for row in rows if row[0] not in hidden]

    def _hidden(self, connection: Connection, rows: Iterable[Any]) -> set[str]:
        """Of rows (id, guarded, …) the vouchers this reader may not know of."""
        if not self._guard.hides:
            return set()
        known = {row[0]: row[1] for row in rows}
        found = {one for one, guarded in known.items() if guarded}
        return found | concealed(connection, "voucher", self._guard.people(connection), set(known) - found)

    def voucher_rows(self, voucher_ids: Sequence[str], *, device: str = "") -> list[VoucherRow]:
        """In the order of the ids."""
        made: dict[str, VoucherRow] = {}
        with self._source() as connection:
            for part in chunked(list(voucher_ids)):
                query = f"{_VOUCHER} WHERE NOT v.deleted AND v.id IN ({marks(part)})"
                rows = connection.exec_driver_sql(query, tuple(part)).all()
                hidden = self._hidden(connection, [(row[0], row[13]) for row in rows])
                changed = _changed(connection, part)
                made |= {row[0]: _voucher_row(row, device, row[0] in changed) for row in rows if row[0] not in hidden}
        return [made[one] for one in voucher_ids if one in made]

    def changed(self, voucher_ids: Iterable[str]) -> frozenset[str]:
        """Those of the vouchers that say more than is due now."""
        found: set[str] = set()
        with self._source() as connection:
            for part in chunked(sorted(set(voucher_ids))):
                found |= _changed(connection, part)
        return frozenset(found)

    def find_vouchers(self, text: str, *, limit: int) -> list[str]:
        """By part of the number, beginning of name or kana first, then anything with it."""
        number = text.upper().removeprefix("V").strip(" -")
        name, kana = fold_key_name(text), fold_key_kana(text)
        if not number and not name:
            return []
        when = "v.number LIKE ? ESCAPE '\\' OR (? <> '' AND instr(v.key_name, ?) > 0) OR (? <> '' AND instr(v.key_kana, ?) > 0)"
        order = "NOT (instr(v.key_name, ?) = 1 OR instr(v.key_kana, ?) = 1), v.state <> 'assigned', v.key_kana"
        query = f"SELECT v.id, v.guarded FROM voucher v WHERE NOT v.deleted AND ({when}) ORDER BY {order}, {_NUMBER} LIMIT ?"
        like = f"%{_escape(number)}%" if len(number) >= _LETTERS else ""
        with self._source() as connection:
            values = (like, name, name, kana, kana, name, kana, limit * 4)
            rows = connection.exec_driver_sql(query, values).all()
            hidden = self._hidden(connection, rows)
        return [row[0] for row in rows if row[0] not in hidden][:limit]

    def voucher_by_number(self, number: str) -> Voucher | None:
        """Whoever asks."""
        with self._source() as connection:
            found = _records(connection, Voucher, "number", [number])
        return found[0] if found else None

    def shown(self, voucher_ids: Iterable[str]) -> frozenset[str]:
        """Those of the vouchers that are there and that this reader may know of."""
        ids = sorted(set(voucher_ids))
        found: set[str] = set()
        with self._source() as connection:
            for part in chunked(ids):
                query = f"SELECT id, guarded FROM voucher WHERE NOT deleted AND id IN ({marks(part)})"
                rows = connection.exec_driver_sql(query, tuple(part)).all()
                found |= {row[0] for row in rows} - self._hidden(connection, rows)
        return frozenset(found)

    def vouchers(self, voucher_ids: Iterable[str]) -> list[Voucher]:
        """Whoever asks, in the order of the ids."""
        ids = list(dict.fromkeys(voucher_ids))
        with self._source() as connection:
            found = {one.id: one for one in _records(connection, Voucher, "id", ids)}
        return [found[one] for one in ids if one in found]

    def vouchers_of(self, device: str) -> list[Voucher]:
        """All that name this device, oldest first."""
        with self._source() as connection:
            return _records(connection, Voucher, "device_id", [device])

    def not_home(self, device: str) -> int:
        """Unpaid vouchers that another folder of headquarters assigned."""
        query = f"SELECT id, guarded FROM voucher WHERE home_device <> ? AND state IN {_UNPAID} AND NOT deleted"
        with self._source() as connection:
            rows = connection.exec_driver_sql(query, (device,)).all()
            return len({row[0] for row in rows} - self._hidden(connection, rows))

    def site_counts(self) -> list[SiteCount]:
        """By site, device and state."""
        counts: dict[tuple[str, str, str, str], list[int]] = {}
        query = (
            "SELECT v.id, v.guarded, v.site_id, coalesce(s.name, ''), v.device_id, v.state, v.amount FROM voucher v"
            " LEFT JOIN site s ON s.id = v.site_id WHERE NOT v.deleted"
        )
        with self._source() as connection:
            rows = connection.exec_driver_sql(query).all()
            hidden = self._hidden(connection, rows)
        for row in rows:
            if row[0] not in hidden:
                counts.setdefault((row[3], row[2], _letters(row[4]), row[5]), []).append(row[6])
        return [
            SiteCount(site_id=site, site_name=name, device=device, state=state, count=len(found), total=sum(found))
            for (name, site, device, state), found in sorted(counts.items())
        ]

    # -- receipts --------------------------------------------------------------------------------------------------

    def receipt_ids(self, *, filter: ReceiptFilter) -> list[str]:
        """Newest first."""
        where, values = _receipt_where(filter)
        with self._source() as connection:
            query = (
                "SELECT r.id, r.voucher_id, v.guarded FROM receipt r LEFT JOIN voucher v ON v.id = r.voucher_id"
                f" WHERE NOT r.deleted{where} ORDER BY r.rid DESC"
            )
            rows = connection.exec_driver_sql(query, tuple(values)).all()
            hidden = self._hidden(connection, {(row[1], row[2]) for row in rows})
        return [row[0] for row in rows if row[1] not in hidden]

    def receipt_rows(self, receipt_ids: Sequence[str]) -> list[ReceiptRow]:
        """In the order of the ids."""
        made: dict[str, ReceiptRow] = {}
        with self._source() as connection:
            for part in chunked(list(receipt_ids)):
                rows = connection.exec_driver_sql(f"{_RECEIPT} WHERE NOT r.deleted AND r.id IN ({marks(part)})", tuple(part)).all()
                flags = connection.exec_driver_sql(
                    f"SELECT v.id, v.guarded FROM voucher v WHERE v.id IN (SELECT voucher_id FROM receipt WHERE id IN ({marks(part)}))",
                    tuple(part),
                ).all()
                hidden = self._hidden(connection, flags)
                made |= {row[0]: _receipt_row(row) for row in rows if row[5] not in hidden}
        return [made[one] for one in receipt_ids if one in made]

    def receipt_by_number(self, number: str) -> Receipt | None:
        """Whoever asks."""
        with self._source() as connection:
            found = _records(connection, Receipt, "number", [number])
        return found[0] if found else None

    def receipts_to_carry(self) -> list[Receipt]:
        """All, oldest first, whoever asks."""
        with self._source() as connection:
            return _all(connection, Receipt)

    def receipts_by_id(self, receipt_ids: Iterable[str]) -> dict[str, Receipt]:
        """Whoever asks."""
        with self._source() as connection:
            return {one.id: one for one in _records(connection, Receipt, "id", sorted(set(receipt_ids)))}

    def open_payments(self, batch_id: str) -> bool:
        """Whether a payment of the batch still waits."""
        query = "SELECT 1 FROM payment WHERE batch_id = ? AND NOT deleted AND state IN ('planned', 'approved', 'sent') LIMIT 1"
        with self._source() as connection:
            return connection.exec_driver_sql(query, (batch_id,)).first() is not None

    # -- boxes -----------------------------------------------------------------------------------------------------

    def boxes(self) -> list[BoxRow]:
        """Oldest first."""
        with self._source() as connection:
            boxes = _all(connection, CashBox)
            names: dict[str, str] = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT id, name FROM site")}
            last = "SELECT kind, counted_at, total, clerk FROM cash_count WHERE box_id = ? AND NOT deleted ORDER BY rid DESC LIMIT 1"
            found = []
            for box in boxes:
                row = connection.exec_driver_sql(last, (box.id,)).one_or_none() or ("", None, 0, "")
                found.append(
                    BoxRow(
                        box=box, site_name=names.get(box.site_id, ""), balance=_balance(connection, box.id), last_kind=row[0],
                        last_at=moment(row[1]), last_total=row[2], last_clerk=row[3],
                    )
                )  # fmt: skip
            return found

    def balance(self, box_id: str) -> Yen:
        """What should be in a box."""
        with self._source() as connection:
            return _balance(connection, box_id)

    def outside_boxes(self, site_id: str) -> Yen:
        """What the books have at a site that is in none of its boxes."""
        books = "SELECT coalesce(sum(amount), 0) FROM posting WHERE account = 'site' AND site_id = ? AND NOT deleted"
        with self._source() as connection:
            held = int(connection.exec_driver_sql(books, (site_id,)).scalar() or 0)
            boxes = connection.exec_driver_sql("SELECT id FROM cash_box WHERE site_id = ? AND NOT deleted", (site_id,)).all()
            return held - sum(_balance(connection, row[0]) for row in boxes)

    def counts(self, *, box_id: str = "", day: str = "") -> list[CountRow]:
        """Newest first."""
        values = [value for value in (box_id, day) if value]
        where = (" AND k.box_id = ?" if box_id else "") + (" AND k.day = ?" if day else "")
        with self._source() as connection:
            rows = connection.exec_driver_sql(f"{_COUNT}{where} ORDER BY k.rid DESC", tuple(values)).all()
        return [
            CountRow(
                id=row[0], box_id=row[1], box_name=row[2], kind=row[3], day=row[4], counted_at=moment(row[5]), clerk=row[6], second=row[7],
                pieces={int(one): int(count) for one, count in json.loads(row[8]).items()}, total=row[9], expected=row[10],
                difference=row[11], explanation=row[12],
            )
            for row in rows
        ]  # fmt: skip

    def box_day(self, box_id: str, *, day: str) -> tuple[Yen, Yen, Yen, Yen, Yen, Yen]:
        """Balance before the day; brought, taken, paid, refunded, differences."""
        counts = (
            "SELECT coalesce(sum(CASE WHEN kind = 'in' THEN total END), 0), coalesce(sum(CASE WHEN kind = 'out' THEN total END), 0),"
            " coalesce(sum(difference), 0) FROM cash_count WHERE box_id = ? AND day = ? AND NOT deleted"
        )
        paid = (
            "SELECT coalesce(sum(CASE WHEN kind = 'payment' THEN amount END), 0), coalesce(sum(CASE WHEN kind = 'refund' THEN amount END), 0)"
            f" FROM receipt WHERE box_id = ? AND day = ? AND {_DONE}"
        )
        with self._source() as connection:
            start = _balance(connection, box_id, before=day)
            brought, taken, difference = connection.exec_driver_sql(counts, (box_id, day)).one()
            out, back = connection.exec_driver_sql(paid, (box_id, day)).one()
        return start, brought, taken, out, back, difference

    def clerk_lines(self, *, day: str) -> list[ClerkLine]:
        """Of this device's own receipts."""
        query = (
            "SELECT clerk, count(*) FILTER (WHERE kind = 'payment'), coalesce(sum(CASE WHEN kind = 'payment' THEN amount END), 0),"
            " count(*) FILTER (WHERE kind = 'refund'),"
            f" coalesce(sum(CASE WHEN kind = 'refund' THEN amount END), 0) FROM receipt WHERE day = ? AND {_DONE}"
            " AND device_id = (SELECT id FROM device WHERE is_self) GROUP BY clerk ORDER BY clerk"
        )
        with self._source() as connection:
            rows = connection.exec_driver_sql(query, (day,)).all()
        return [ClerkLine(clerk=row[0], payments=row[1], paid=row[2], refunds=row[3], refunded=row[4]) for row in rows]

    def boxless_line(self, *, day: str) -> ClerkLine:
        """This device's own receipts without a box, or with one of another site."""
        query = (
            "SELECT count(*) FILTER (WHERE kind = 'payment'), coalesce(sum(CASE WHEN kind = 'payment' THEN amount END), 0),"
            " count(*) FILTER (WHERE kind = 'refund'), coalesce(sum(CASE WHEN kind = 'refund' THEN amount END), 0)"
            f" FROM receipt WHERE day = ? AND {_DONE} AND device_id = (SELECT id FROM device WHERE is_self)"
            " AND box_id NOT IN (SELECT c.id FROM cash_box c WHERE NOT c.deleted AND c.site_id = (SELECT site_id FROM device WHERE is_self))"
        )
        with self._source() as connection:
            payments, paid, refunds, refunded = connection.exec_driver_sql(query, (day,)).one()
        return ClerkLine(clerk="", payments=payments, paid=paid, refunds=refunds, refunded=refunded)

    def amounts_to_pay(self, *, device: str) -> list[Yen]:
        """Of vouchers this device may still pay."""
        query = "SELECT amount FROM voucher WHERE NOT deleted AND state = 'assigned' AND device_id = ? ORDER BY rid"
        with self._source() as connection:
            return [row[0] for row in connection.exec_driver_sql(query, (device,))]


def _voucher_where(filter: VoucherFilter, device: str) -> tuple[str, list[Any]]:
    where = ""
    values: list[Any] = []
    for column in ("site_id", "batch_id", "programme_id", "round_id", "district"):
        if value := getattr(filter, column):
            where += f" AND v.{column} = ?"
            values.append(value)
    if filter.device:
        where += " AND v.device_id = ?"
        values.append(filter.device)
    if filter.state == "unpaid":
        where += f" AND v.state IN {_UNPAID}"
    elif filter.state == "changed":
        where += f" AND v.id IN ({_CHANGED})"
    elif filter.state:
        where += " AND v.state = ?"
        values.append(filter.state)
    if filter.here:
        where += " AND v.state = 'assigned' AND v.device_id = ?"
        values.append(device)
    if text := filter.text.strip():
        where += f" AND (instr(v.number, ?) > 0 OR instr(v.key_name, ?) > 0 OR instr(v.key_kana, ?) > 0 OR {holds('v.address')})"
        values += [text.upper(), fold_key_name(text) or _NOWHERE, fold_key_kana(text) or _NOWHERE, small(text)]
    return where, values


def _receipt_where(filter: ReceiptFilter) -> tuple[str, list[Any]]:
    where = ""
    values: list[Any] = []
    for column in ("day", "kind", "box_id", "site_id", "clerk", "voucher_id"):
        if value := getattr(filter, column):
            where += f" AND r.{column} = ?"
            values.append(value)
    if filter.device:
        where += " AND r.device_id = ?"
        values.append(filter.device)
    if filter.waiting:
        where += " AND r.kind = 'refund' AND r.state = 'asked'"
    if text := filter.text.strip():
        where += " AND (instr(r.number, ?) > 0 OR instr(v.number, ?) > 0 OR instr(v.key_name, ?) > 0 OR instr(v.key_kana, ?) > 0)"
        values += [text.upper(), text.upper(), fold_key_name(text) or _NOWHERE, fold_key_kana(text) or _NOWHERE]
    return where, values


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _letters(device: str) -> str:
    """The four letters of a device, whether its id is known or only them."""
    return device if len(device) <= _LETTERS else device_prefix(device)


def _changed(connection: Connection, voucher_ids: Sequence[str]) -> set[str]:
    query = f"{_CHANGED} AND v.id IN ({marks(voucher_ids)})"
    return {row[0] for row in connection.exec_driver_sql(query, tuple(voucher_ids))}


def _voucher_row(row: Any, device: str, changed: bool) -> VoucherRow:
    return VoucherRow(
        id=row[0], version=row[1], number=row[2], title=row[3], batch_id=row[4], batch_number=row[5], name=row[6], kana=row[7], birth=row[8],
        address=row[9], district=row[10], category=row[11], amount=row[12], guarded=bool(row[13]), site_id=row[14], site_name=row[15],
        device=_letters(row[16]), here=row[18] == "assigned" and bool(device) and row[16] == device, term=row[17], state=row[18],
        assigned_at=moment(row[19]), expires_on=row[20], asked_by=row[21], reason=row[22], receipt_id=row[23], receipt_number=row[24],
        paid_at=moment(row[25]), paid_by=row[26], paid_site=row[27], paid_device=_letters(row[28]),
        changed=changed,
    )  # fmt: skip


def _receipt_row(row: Any) -> ReceiptRow:
    return ReceiptRow(
        id=row[0], version=row[1], number=row[2], kind=row[3], state=row[4], voucher_id=row[5], voucher_number=row[6], term=row[7],
        title=row[8], name=row[9], kana=row[10], birth=row[11], address=row[12], category=row[13], amount=row[14], paid_at=moment(row[15]),
        day=row[16], clerk=row[17], second=row[18], site_id=row[19], site_name=row[20], device=_letters(row[21]), box_id=row[22],
        box_name=row[23], received_by=row[24], relation=row[25], identified=row[26], copies=row[27], reverses=row[28], reason=row[29],
        note=row[30],
    )  # fmt: skip


def _balance(connection: Connection, box_id: str, *, before: str = "") -> Yen:
    from sqlalchemy import text

    when = {"counted": " AND day < :day" if before else "", "paid": " AND day < :day" if before else ""}
    values = {"box": box_id, **({"day": before} if before else {})}
    return int(connection.execute(text(_BALANCE.format(**when)), values).scalar() or 0)


def _records(connection: Connection, kind: type[R], field: str, values: Iterable[str]) -> list[R]:
    entry = next(one for one in t.KINDS if one.cls is kind)
    column, found = entry.table.c[field], cast(list[R], [])
    for part in chunked(list(values)):
        query = select(entry.table).where(column.in_(part), ~entry.table.c.deleted).order_by(entry.table.c.rid)
        found += [_record(kind, row) for row in connection.execute(query)]
    return found


def _all(connection: Connection, kind: type[R]) -> list[R]:
    """Live records of a kind, oldest first."""
    table = next(one for one in t.KINDS if one.cls is kind).table
    return [_record(kind, row) for row in connection.execute(select(table).where(~table.c.deleted).order_by(table.c.rid))]


def _record(kind: type[R], row: Any) -> R:
    mapping = row._mapping
    return kind(id=mapping["id"], version=mapping["version"], **{field.name: mapping[field.name] for field in value_fields(kind)})
