"""Questions about transfer files, results and reconciliations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.domain.payments import Account, Payment, PaymentShare, Reconciliation, TransferFile, TransferResult
from app.storage import tables as t
from app.storage.changing import read_records
from app.storage.queries.base import Source, chunked, marks, moment
from app.storage.shield import Guard
from app.storage.shield_relief import protected_payments
from app.usecases.transfer_rows import PaymentLine, ShareLine, TransferFileRow, UnpaidRow, WaitingBatch

_WAITING = (
    "SELECT b.id, b.number, b.title, b.state, b.count, b.total, b.guarded, b.device_id, b.approved_at, coalesce(o.name, ''), b.transfer_on,"
    " coalesce((SELECT string_agg(r.number, ' ' ORDER BY r.rid) FROM payment_batch r WHERE r.retry_of = b.id AND NOT r.deleted"
    " AND r.state <> 'cancelled'), ''),"
    " EXISTS (SELECT 1 FROM reconciliation c WHERE c.batch_id = b.id AND NOT c.deleted)"
    " FROM payment_batch b LEFT JOIN operator o ON o.id = b.approved_by"
    " WHERE b.way = 'transfer' AND b.state IN ('approved', 'sent', 'settled') AND NOT b.deleted"
)
_FILES = (
    "SELECT f.id, f.version, f.batch_id, b.number, b.title, b.state, f.part, f.parts, f.again, f.name, f.profile, f.transfer_on, f.sha256,"
    " f.count, f.total, f.state, coalesce(o1.name, ''), coalesce(o2.name, ''), coalesce(o3.name, ''), f.written_at, f.handed_at, f.reason, f.deleted"
    " FROM transfer_file f JOIN payment_batch b ON b.id = f.batch_id LEFT JOIN operator o1 ON o1.id = f.asked_by"
    " LEFT JOIN operator o2 ON o2.id = f.allowed_by LEFT JOIN operator o3 ON o3.id = f.written_by WHERE NOT b.deleted"
)
_UNPAID = (
    "SELECT q.id, q.number, q.code, q.batch_id, coalesce(b.number, ''), q.name, q.kana, q.bank, q.bank_name, q.branch, q.branch_name,"
    " q.account_kind, q.account_number, q.holder, q.amount, q.state, q.failure, q.reason, coalesce(a.state, ''),"
    " coalesce(c.number, ''), coalesce(a.bank, ''), coalesce(a.branch, ''), coalesce(a.kind, ''), coalesce(a.number, ''), coalesce(a.holder, ''),"
    " coalesce(n.state, '')"
    " FROM payment q JOIN payment_batch b ON b.id = q.batch_id LEFT JOIN payee p ON p.id = q.payee_id"
    " LEFT JOIN payee_account a ON a.id = p.account_id AND NOT a.deleted"
    " LEFT JOIN payment n ON n.retry_of = q.id AND NOT n.deleted AND n.state <> 'void' LEFT JOIN payment_batch c ON c.id = n.batch_id"
    " WHERE q.way <> 'cash' AND q.state IN ('failed', 'recalled') AND NOT q.deleted"
)
_STATES = "SELECT batch_id, state, count(*), sum(amount) FROM payment WHERE NOT deleted AND batch_id IN (?*) GROUP BY batch_id, state"
_OPEN = ("approved", "planned", "sent")
_ORDER = {"approved": 0, "sent": 1, "settled": 2}


class TransferQueries:
    """See ``usecases.transfer_ports``."""

    def __init__(self, source: Source, guard: Guard) -> None:
        self._source = source
        self._guard = guard

    def waiting(self, *, device_id: str) -> list[WaitingBatch]:
        """Batches of transfers from the approval on, those with something left to do first."""
        with self._source() as connection:
            withheld = self._withheld(connection)
            rows = [row for row in connection.exec_driver_sql(f"{_WAITING} ORDER BY b.rid DESC") if row[0] not in withheld]
            ids = [row[0] for row in rows]
            told = _states(connection, ids)
            files: dict[str, list[Any]] = defaultdict(list)
            query = "SELECT batch_id, again, state FROM transfer_file WHERE NOT deleted AND batch_id IN (?*) ORDER BY again, part"
            for row in _in(connection, query, ids):
                files[row[0]].append((row[1], row[2]))
        made = [_waiting_row(row, told.get(row[0], {}), files.get(row[0], []), device_id) for row in rows]
        return sorted(made, key=lambda one: _ORDER[one.state] if one.next_step else 9)

    def file_rows(self, *, batch_id: str = "") -> list[TransferFileRow]:
        """Files written or asked for, newest first."""
        where, values = (" AND f.batch_id = ?", (batch_id,)) if batch_id else ("", ())
        with self._source() as connection:
            withheld = self._withheld(connection)
            rows = connection.exec_driver_sql(f"{_FILES}{where} ORDER BY f.rid DESC", values).all()
        return [_file_row(row) for row in rows if row[2] not in withheld]

    def unpaid(self, *, batch_id: str = "") -> list[UnpaidRow]:
        """Payments by transfer whose money did not arrive, the newest batch first; repeated ones say by which batch."""
        where, values = (" AND q.batch_id = ?", (batch_id,)) if batch_id else ("", ())
        with self._source() as connection:
            rows = connection.exec_driver_sql(f"{_UNPAID}{where} ORDER BY b.rid DESC, q.position, q.rid, n.rid", values).all()
            hidden = protected_payments(connection, self._guard.hidden(connection)) if self._guard.hides else set()
        return [_unpaid_row(row) for row in rows if row[0] not in hidden]

    # -- whoever asks --------------------------------------------------------------------------------------

    def files(self, batch_id: str) -> list[TransferFile]:
        """Every file of a batch, discarded ones included, in the order they were made."""
        with self._source() as connection:
            found: list[TransferFile] = read_records(connection, t.KIND_BY_NAME["transfer_file"], "batch_id = ?", [batch_id])
        return found

    def lines(self, batch_id: str) -> list[PaymentLine]:
        """Every payment of a batch, in its order."""
        query = f"SELECT {', '.join(PaymentLine._fields)} FROM payment WHERE batch_id = ? AND NOT deleted ORDER BY position, id"
        with self._source() as connection:
            return [PaymentLine._make(row) for row in connection.exec_driver_sql(query, (batch_id,)).cursor.fetchall()]

    def share_lines(self, batch_id: str) -> list[ShareLine]:
        """What the payments of a batch pay of which entitlement."""
        query = f"SELECT {', '.join(ShareLine._fields)} FROM payment_share WHERE batch_id = ? AND NOT deleted ORDER BY rid"
        with self._source() as connection:
            return [ShareLine._make(row) for row in connection.exec_driver_sql(query, (batch_id,)).cursor.fetchall()]

    def payments(self, payment_ids: Sequence[str]) -> list[Payment]:
        """Live payments of these ids."""
        return self._many("payment", "id", payment_ids)

    def batches_of(self, codes: Collection[str]) -> dict[str, str]:
        """Batch id by payment code or number."""
        found: dict[str, str] = {}
        with self._source() as connection:
            for field in ("code", "number"):
                query = f"SELECT {field}, batch_id FROM payment WHERE NOT deleted AND {field} IN (?*)"
                found.update((row[0], row[1]) for row in _in(connection, query, sorted(codes)))
        return found

    def result_by_hash(self, sha256: str) -> TransferResult | None:
        """The result that was taken from this file before."""
        with self._source() as connection:
            kind = t.KIND_BY_NAME["transfer_result"]
            found: list[TransferResult] = read_records(connection, kind, "sha256 = ? AND sha256 <> '' AND NOT deleted", [sha256])
        return found[0] if found else None

    def shares_of(self, payment_ids: Sequence[str]) -> list[PaymentShare]:
        """Live shares of these payments."""
        found: list[PaymentShare] = self._many("payment_share", "payment_id", payment_ids)
        return [one for one in found if one.live]

    def accounts(self, account_ids: Iterable[str]) -> list[Account]:
        """Live accounts of these ids."""
        return self._many("payee_account", "id", account_ids)

    def states(self, batch_id: str) -> dict[str, tuple[int, int]]:
        """Count and total of a batch's payments by state."""
        with self._source() as connection:
            return _states(connection, [batch_id]).get(batch_id, {})

    def reconciliations(self, batch_id: str) -> list[Reconciliation]:
        """Those of a batch, oldest first."""
        return self._many("reconciliation", "batch_id", [batch_id])

    def _withheld(self, connection: Connection) -> set[str]:
        """Batches that this reader may not learn of: of protected people, or with one among the others."""
        if not self._guard.hides:
            return set()
        found = {row[0] for row in connection.exec_driver_sql("SELECT id FROM payment_batch WHERE guarded")}
        payments = protected_payments(connection, self._guard.hidden(connection))
        return found | {row[0] for row in _in(connection, "SELECT batch_id FROM payment WHERE id IN (?*)", sorted(payments))}

    def _many(self, kind: str, field: str, values: Iterable[str]) -> list[Any]:
        found: list[Any] = []
        with self._source() as connection:
            for part in chunked(sorted(set(values))):
                found += read_records(connection, t.KIND_BY_NAME[kind], f"NOT deleted AND {field} IN ({marks(part)})", part)
        return found


def _in(connection: Connection, sql: str, values: Sequence[Any]) -> list[Any]:
    return [row for part in chunked(values) for row in connection.exec_driver_sql(sql.replace("?*", marks(part)), tuple(part))]


def _states(connection: Connection, batch_ids: Sequence[str]) -> dict[str, dict[str, tuple[int, int]]]:
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for batch, state, count, total in _in(connection, _STATES, batch_ids):
        found[batch][state] = (count, total)
    return found


def _waiting_row(row: Any, told: Mapping[str, tuple[int, int]], files: Sequence[tuple[int, str]], device_id: str) -> WaitingBatch:
    def sums(*states: str) -> tuple[int, int]:
        found = [told.get(state, (0, 0)) for state in states]
        return sum(count for count, _ in found), sum(total for _, total in found)

    paid, failed, left = sums("paid"), sums("failed", "recalled"), sums(*_OPEN)
    newest = [state for again, state in files if again == max((again for again, _ in files), default=0)]
    written, own = any(state in ("written", "handed") for _, state in files), row[7] == device_id
    again = newest[0] if newest and newest[0] in ("asked", "allowed") else ""
    return WaitingBatch(
        id=row[0], number=row[1], title=row[2], state=row[3], count=row[4], total=row[5], guarded=bool(row[6]), own=own,
        approved_at=moment(row[8]), approved_by=row[9], transfer_on=row[10], files=len(newest),
        handed=sum(state == "handed" for state in newest), again=again, paid=paid[0], paid_total=paid[1], failed=failed[0],
        failed_total=failed[1], open=left[0], retry=row[11], reconciled=bool(row[12]),
        next_step=_next_step(row[3], newest, written, own, failed[0], row[11], bool(row[12])),
    )  # fmt: skip


def _next_step(state: str, newest: Sequence[str], written: bool, own: bool, failed: int, retry: str, reconciled: bool) -> str:
    """What a clerk does next with a batch: one word, ``presentation.words_transfers`` has its sentence."""
    if newest and newest[0] in ("asked", "allowed"):
        return "allow" if newest[0] == "asked" else "write_again"
    if state == "approved":
        if not written:
            return "write" if own else "ask_again"
        return "hand_over"
    if state == "sent":
        return "hand_over" if "written" in newest else "results"
    if failed and not retry:
        return "retry"
    return "" if reconciled else "reconcile"


def _file_row(row: Any) -> TransferFileRow:
    steps = {"asked": "allow", "allowed": "write_again", "written": "hand_over"}
    step = "" if row[22] else steps.get(row[15], "")
    return TransferFileRow(
        id=row[0], version=row[1], batch_id=row[2], batch_number=row[3], batch_title=row[4], batch_state=row[5], part=row[6], parts=row[7],
        again=row[8], name=row[9], profile=row[10], transfer_on=row[11], sha256=row[12], count=row[13], total=row[14],
        state="discarded" if row[22] else row[15], asked_by=row[16], allowed_by=row[17], written_by=row[18], written_at=moment(row[19]),
        handed_at=moment(row[20]), reason=row[21], next_step=step,
    )  # fmt: skip


_ACCOUNT_AT_FAULT = frozenset({"no_account", "name", "closed", "deceased", "stopped"})


def _unpaid_row(row: Any) -> UnpaidRow:
    retry, failure, account_state = row[19], row[16], row[18]
    same = (row[20], row[21], row[22], row[23], row[24]) == (row[7], row[9], row[11], row[12], row[13])
    if retry:
        step = "done" if row[25] == "paid" else "wait"
    elif failure in _ACCOUNT_AT_FAULT and same:
        step = "fix_account"
    elif account_state != "checked":
        step = "check_account" if account_state == "entered" else "fix_account"
    else:
        step = "retry"
    return UnpaidRow(
        id=row[0], number=row[1], code=row[2], batch_id=row[3], batch_number=row[4], name=row[5], kana=row[6], bank=row[7], bank_name=row[8],
        branch=row[9], branch_name=row[10], account_kind=row[11], account_number=row[12], holder=row[13], amount=row[14], state=row[15],
        failure=failure, reason=row[17], account_state=account_state, retry=retry, next_step=step,
    )  # fmt: skip
