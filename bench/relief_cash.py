"""One cash payment at the desk, from the use case to durable on the disk, among 20,000 vouchers. Prints JSON.

    python bench/relief_cash.py [--vouchers 20000] [--payments 300] [--keep FOLDER]

Measured: finding a voucher by its number and by a name, the check before paying, the payment itself (receipt, voucher, payment, books and
their journal in one transaction), making and assigning the vouchers, a box's balance, the file for a laptop and taking an answer in.
Limit: one payment p95 ≤ 50 ms. ``floor`` is the bare driver committing as many rows to the same encrypted file: the disk's own time.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bootstrap import FolderSession, gateway  # noqa: E402
from app.domain.identifiers import new_id  # noqa: E402
from app.domain.invention import invent_residents  # noqa: E402
from app.domain.payments import Payment, PaymentBatch, PaymentShare  # noqa: E402
from app.domain.relief import Entitlement, Programme, ReliefRound  # noqa: E402
from app.storage.engine import connect  # noqa: E402
from app.storage.keyring import Keyring  # noqa: E402
from app.usecases import cash_boxes, cash_desk, vouchers  # noqa: E402
from app.usecases.context import Context  # noqa: E402
from app.usecases.gateway import Setup  # noqa: E402
from app.usecases.postings import post_approved  # noqa: E402
from app.usecases.voucher_sections import build_messages, note_left  # noqa: E402
from bench.stores import NOW, OCCURRED, OPERATOR, PASSWORD, percentile, spread, timed  # noqa: E402

LIMIT_MS = 50.0
ROWS = 14
"""What one payment writes: a receipt, a voucher, a payment, four postings, and a journal row for each."""
AMOUNTS = (200_000, 100_000, 50_000, 30_000, 1_000_000)


def found(folder: Path) -> FolderSession:
    """A new store of headquarters."""
    session, _ = gateway(now=lambda: NOW + timedelta(seconds=time.monotonic() % 1000)).create(
        folder,
        Setup(
            municipality_code="172022", municipality_name="", disaster_name="bench", occurred_at=OCCURRED, site_name="HQ", site_kind="hq",
            operator=OPERATOR, password=PASSWORD, training=False,
        ),
    )  # fmt: skip
    return session  # type: ignore[return-value]


def fill(session: FolderSession, count: int) -> dict[str, float]:
    """An approved batch of so many payments, its vouchers made and assigned: half here, half to a laptop. Seconds of both."""
    ctx = session.context
    people = [one for _, one in zip(range(count), invent_residents(count, seed=5, as_of=OCCURRED.date()), strict=False)]
    with ctx.unit() as uow:
        programme = uow.programmes.add(Programme(id=new_id(), code="bench", title="bench"))
        round_ = uow.rounds.add(ReliefRound(id=new_id(), programme_id=programme.id, state="open"))
        batch = PaymentBatch(
            id=new_id(), number="B", programme_id=programme.id, round_id=round_.id, way="cash", state="approved", count=count,
            device_id=ctx.place.device_id,
        )  # fmt: skip
        uow.batches.add(batch)
        payments = [
            Payment(
                id=new_id(), code=f"{place:020d}", batch_id=batch.id, programme_id=programme.id, round_id=round_.id, position=place, way="cash",
                name=one.name, kana=one.kana, birth=one.birth, address=one.address, district=one.district, category="c",
                amount=AMOUNTS[place % len(AMOUNTS)], state="approved",
            )
            for place, one in enumerate(people)
        ]  # fmt: skip
        owed = [
            Entitlement(
                id=new_id(), programme_id=programme.id, round_id=round_.id, subject=f"victim:{one.position}", name=one.name, kana=one.kana,
                due=one.amount,
            )
            for one in payments
        ]  # fmt: skip
        uow.entitlements.add_many(owed)
        uow.payments.add_many(payments)
        uow.shares.add_many(
            [
                PaymentShare(id=new_id(), payment_id=one.id, batch_id=batch.id, entitlement_id=of.id, amount=one.amount)
                for one, of in zip(payments, owed, strict=True)
            ]
        )
        post_approved(uow, batch, payments)
        making = timed(lambda: vouchers.make_vouchers(uow, batch, payments))
        uow.commit()
    ids = [one.id for one in ctx.reads.all("voucher")]
    site = vouchers.ensure_site(ctx, name="site").id
    assigning = timed(lambda: vouchers.assign(ctx, voucher_ids=ids[: count // 2]))
    assigning += timed(lambda: vouchers.assign(ctx, voucher_ids=ids[count // 2 :], site_id=site, device="K7QF"))
    return {"make_s": round(making, 2), "assign_s": round(assigning, 2)}


def floor(session: FolderSession, times: int) -> dict[str, float]:
    """One transaction of plain inserts, again and again, on a file of its own beside the store."""
    key = Keyring.load(session.folder / "keys.json").unlock(login=OPERATOR, password=PASSWORD).data_key
    path = session.folder / "floor.db"
    connection = connect(path, key, create=True)
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS plain (text)")

        def act() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO plain VALUES (?)", [("x" * 500,)] * ROWS)
            connection.execute("COMMIT")

        return spread([timed(act) for _ in range(times)])
    finally:
        connection.close()
        for leftover in session.folder.glob("floor.db*"):
            leftover.unlink()


def carry(ctx: Context) -> None:
    """All vouchers of a laptop as rows of a package, and noted as left."""
    messages = build_messages(ctx, to_kind="shelter", letters=["K7QF"])
    assert sum(1 for _ in messages.rows()) > 1
    with ctx.unit() as uow:
        note_left(ctx, uow, messages, target="K7QF")
        uow.commit()


def measure(session: FolderSession, payments: int, folder: Path) -> tuple[list[float], dict[str, object]]:
    """Seconds of each payment, and of what is around it."""
    ctx = session.context
    box, _ = cash_boxes.save_box(ctx, name="box")
    cash_boxes.move_money(ctx, box_id=box.id, kind="in", pieces={10_000: 90_000}, second="second")
    mine = [one for one in ctx.reads.cash.vouchers_of(ctx.place.device_id) if one.state == "assigned"][:payments]
    finding, checking, paying = [], [], []
    for one in mine:
        finding.append(timed(lambda text=one.number: cash_desk.find_voucher(ctx, text=text)))
        checking.append(timed(lambda wanted=one.id: cash_desk.check_payable(ctx, voucher_id=wanted, term=1)))
        paying.append(timed(lambda wanted=one.id: cash_desk.pay(ctx, voucher_id=wanted, identified="card", term=1)))
    names = [timed(lambda text=one.name: cash_desk.find_voucher(ctx, text=text)) for one in mine[:50]]
    carrying = timed(lambda: carry(ctx))
    sheet = timed(lambda: cash_boxes.day_sheet(ctx))
    counted = cash_boxes.list_boxes(ctx)[0].balance
    assert counted == 900_000_000 - sum(one.amount for one in mine)
    return paying, {
        "find_number": spread(finding), "find_name": spread(names), "check": spread(checking), "carry_s": round(carrying, 2),
        "day_sheet_s": round(sheet, 3),
    }  # fmt: skip


def main() -> int:
    """Build the store, pay, print; 1 when the limit is not met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--vouchers", type=int, default=20_000)
    parser.add_argument("--payments", type=int, default=300)
    parser.add_argument("--keep", default="")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = Path(wanted.keep or scratch)
        session = found(folder / "cash")
        try:
            filled = fill(session, wanted.vouchers)
            paying, around = measure(session, wanted.payments, folder)
            base = floor(session, len(paying))
        finally:
            session.close(backup=False)
    ok = percentile(paying, 0.95) * 1000 <= LIMIT_MS
    figures = {
        "vouchers": wanted.vouchers, "payments": len(paying), "pay": spread(paying), "floor": base, **around, **filled,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), "limit_ms": LIMIT_MS, "ok": ok,
    }  # fmt: skip
    print(json.dumps(figures, indent=1))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
