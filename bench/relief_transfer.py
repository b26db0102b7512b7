"""A transfer file of 60,000 payments written and read back, handed over, and the bank's answers taken. Prints JSON.

    python bench/relief_transfer.py [--payments 60000] [--keep FOLDER]

One approved batch in the encrypted store, holders as people type them (full-width kana). Measured, each one transaction: ``write_s`` (the batch
read and compared with its digest, names made legal, file written, flushed, read back, parsed, each line compared), of it ``file_s`` the
file alone; ``hand_over_s``; ``results_s`` (the bank's return file with one failure in fifty: payments, shares, books). ``check_s``: the check
of any file. Floors in the same run: ``file_floor_s`` the same bytes written, flushed and read by themselves; ``store_floor_s`` as many rows
updated and as many journal-like rows put into an equally encrypted file. The store is filled by a process of its own.
Limits: write ≤ 2 s, results ≤ 15 s, peak ≤ 400 MB.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bootstrap import FolderSession  # noqa: E402
from app.domain.identifiers import new_id  # noqa: E402
from app.domain.invention import invent_residents  # noqa: E402
from app.domain.payments import Account, Payee  # noqa: E402
from app.domain.relief import Entitlement, Programme, ReliefRound  # noqa: E402
from app.domain.zengin import encode_file, header_of  # noqa: E402
from app.domain.zengin_check import check_bytes  # noqa: E402
from app.interchange.importing.transfer_results import import_results  # noqa: E402
from app.storage.engine import connect  # noqa: E402
from app.usecases import batches, transfers  # noqa: E402
from app.usecases.bank_profiles import find_profile, save_consignor  # noqa: E402
from app.usecases.banks import bank_book  # noqa: E402
from app.usecases.context import Context  # noqa: E402
from app.usecases.transfer_days import suggest_day  # noqa: E402
from app.usecases.transfer_lines import compare_written, lines_of  # noqa: E402
from bench.relief import open_store, peak_mb  # noqa: E402
from bench.stores import OCCURRED, timed  # noqa: E402

WRITE_S, RESULTS_S, LIMIT_MB = 2.0, 15.0, 400
PART = 5_000
FAILS = 50  # one payment in so many does not arrive


def fill(session: FolderSession, count: int) -> None:
    """Households with money to receive, payees and accounts, and one approved batch of all of them."""
    ctx = session.context
    save_consignor(
        ctx,
        values={
            "consignor_code": "0000000001",
            "consignor_kana": "ケイソクシ",
            "bank": "0001",
            "branch": "001",
            "account_number": "0000001",
        },
    )
    with ctx.unit() as uow:
        programme = uow.programmes.add(Programme(id=new_id(), code="bench", title="計測義援金"))
        round_ = uow.rounds.add(ReliefRound(id=new_id(), programme_id=programme.id, title="第1次", state="open"))
        uow.commit()
    people, place = invent_residents(count, seed=5, as_of=OCCURRED.date()), 0
    while part := list(islice(people, PART)):
        entitled, payees, accounts = [], [], []
        for at, one in enumerate(part, place):
            subject = f"victim:{at}"
            payee = Payee(id=new_id(), subject=subject, name=one.name, kana=one.kana, account_id=new_id())
            payees.append(payee)
            entitled.append(
                Entitlement(
                    id=new_id(), number=f"{at}", programme_id=programme.id, round_id=round_.id, subject=subject, household=subject, name=one.name,
                    kana=one.kana, address=one.address, district=one.district, category="半壊", due=100_000 + at % 7 * 50_000,
                )
            )  # fmt: skip
            accounts.append(
                Account(
                    id=payee.account_id, payee_id=payee.id, bank="0001", branch="001", bank_name="みずほ", branch_name="東京営業部", number=f"{at:07}",
                    holder=one.kana, state="checked", entered_by="a", checked_by="b",
                )
            )  # fmt: skip
        with ctx.unit() as uow:
            uow.entitlements.add_many(entitled)
            uow.payees.add_many(payees)
            uow.accounts.add_many(accounts)
            uow.commit()
        place += len(part)
    (batch,) = batches.prepare(ctx, round_id=round_.id).batches
    other = session.acting(replace(ctx.actor, operator_id="another", name="別の人", roles=("approval", "protected")), ctx.now())
    batches.check_batch(other, batch_id=batch.id)
    batches.approve_batch(other, batch_id=batch.id)


def answer(sent: Path, back: Path) -> Path:
    """The return file of a bank: a digit at byte 114 of each record 2."""
    records = sent.read_bytes().split(b"\r\n")
    for at, record in enumerate(records):
        if record[:1] == b"2":
            records[at] = record[:113] + (b"1" if at % FAILS == 0 else b"0") + record[114:]
    back.write_bytes(b"\r\n".join(records))
    return back


def file_alone(ctx: Context, batch_id: str, day: str, path: Path) -> float:
    """Seconds from the payments in memory to the file written, flushed, read back and compared."""
    with ctx.unit() as uow:
        payments, book = uow.reads.transfers.lines(batch_id), bank_book(uow.reads)
    profile = find_profile(ctx, "standard")

    def act() -> None:
        lines = lines_of(payments, profile=profile, book=book, day=day).lines
        header = header_of(profile, day=day)
        data = encode_file(header=header, lines=lines, profile=profile)
        write_flushed(path, data)
        compare_written(path, data=data, header=header, lines=lines, payments=payments)

    return timed(act)


def write_flushed(path: Path, data: bytes) -> None:
    """On the disk when it returns."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def file_floor(data: bytes, path: Path) -> float:
    """Seconds of writing, flushing, reading and hashing the same bytes."""

    def act() -> None:
        write_flushed(path, data)
        if hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(data).digest():
            raise OSError(path)

    return timed(act)


def store_floor(folder: Path, count: int) -> float:
    """Seconds of reading rows as JSON, updating each and adding a row of a journal, in an encrypted file."""
    (folder / "floor.db").touch()
    connection = connect(folder / "floor.db", b"k" * 32)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE payment (rid INTEGER PRIMARY KEY, id TEXT UNIQUE, state TEXT, data TEXT)")
    connection.execute("CREATE TABLE journal (rid INTEGER PRIMARY KEY, record TEXT, changes TEXT)")
    row = json.dumps({"name": "見本　太郎", "holder": "ミホン　タロウ", "lines": "x" * 400}, ensure_ascii=False)
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO payment (id, state, data) VALUES (?, 'sent', ?)", [(new_id(), row) for _ in range(count)])
    connection.commit()

    def act() -> None:
        rows = [(one, json.loads(data)) for one, data in connection.execute("SELECT id, data FROM payment ORDER BY rid")]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("UPDATE payment SET state = 'paid', data = ? WHERE id = ?", [(json.dumps(data), one) for one, data in rows])
        connection.executemany(
            "INSERT INTO journal (record, changes) VALUES (?, ?)", [(one, json.dumps({"state": ["sent", "paid"]})) for one, _ in rows]
        )
        connection.commit()

    seconds = timed(act)
    connection.close()
    return seconds


def measure(ctx: Context, folder: Path) -> dict[str, object]:
    """Figures of one batch from the approval to the answers."""
    (batch,) = transfers.list_waiting(ctx)
    day = suggest_day(ctx, find_profile(ctx, "standard")).isoformat()
    file_s = file_alone(ctx, batch.id, day, folder / "alone.txt")
    started, worked = time.perf_counter(), time.process_time()
    done = transfers.write_transfer(ctx, batch_id=batch.id, profile="standard", transfer_on=day, out=folder / "sofuri.txt")
    write_s, write_cpu, write_mb = time.perf_counter() - started, time.process_time() - worked, peak_mb()
    data = (folder / "sofuri.txt").read_bytes()
    right = (done.count, done.total) == (batch.count, batch.total) and hashlib.sha256(data).hexdigest() == done.sha256
    names, files = len(done.names), [one.id for one in done.files]
    del done
    check_s = timed(lambda: check_bytes(data))
    hand_over_s = timed(lambda: transfers.hand_over(ctx, file_ids=files))
    back = answer(folder / "sofuri.txt", folder / "kekka.txt")
    started, worked = time.perf_counter(), time.process_time()
    taken = import_results(ctx, path=back)
    results_s, results_cpu, peak = time.perf_counter() - started, time.process_time() - worked, peak_mb()
    right = right and taken.settled and taken.paid + taken.failed == batch.count
    floors = file_floor(data, folder / "floor.txt"), store_floor(folder, batch.count)
    return {
        "payments": batch.count,
        "total": batch.total,
        "bytes": len(data),
        "names_changed": names,
        "write_s": round(write_s, 2),
        "write_cpu_s": round(write_cpu, 2),
        "file_s": round(file_s, 2),
        "file_floor_s": round(floors[0], 3),
        "check_s": round(check_s, 2),
        "hand_over_s": round(hand_over_s, 2),
        "results_s": round(results_s, 2),
        "results_cpu_s": round(results_cpu, 2),
        "store_floor_s": round(floors[1], 2),
        "ratio": round(results_s / floors[1], 1),
        "paid": taken.paid,
        "failed": taken.failed,
        "write_mb": write_mb,
        "peak_mb": peak,
        "limit_write_s": WRITE_S,
        "limit_results_s": RESULTS_S,
        "limit_mb": LIMIT_MB,
        "ok": right and write_s <= WRITE_S and results_s <= RESULTS_S and peak <= LIMIT_MB,
    }


def main() -> int:
    """Fill, write, hand over, answer, print; 1 when a limit is not met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--payments", type=int, default=60_000)
    parser.add_argument("--keep", default="")
    parser.add_argument("--fill", default="", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.fill:
        session = open_store(Path(wanted.fill))
        fill(session, wanted.payments)
        session.close(backup=False)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(wanted.keep or temporary) / f"transfer-{wanted.payments}"
        if not folder.exists():
            subprocess.run([sys.executable, __file__, "--payments", str(wanted.payments), "--fill", str(folder)], check=True)
        session = open_store(folder)
        try:
            figures = measure(session.context, Path(temporary))
        finally:
            session.close(backup=False)
    print(json.dumps(figures))
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
