"""A round calculated over 60,000 affected households with five rules in the encrypted store. Prints JSON.

    python bench/relief.py [--households 60000] [--keep FOLDER]

Households of the register with their members, each in a judged house, most with a payee and a checked account. Measured: a dry run, the
calculation (one transaction: 60,000 entitlements with numbers and journal), the same again when nothing changed, and once more after every
tenth house was judged anew; then what a window asks. ``floor`` is as many bare rows as JSON read from and put by ``executemany`` into two
tables of an equally encrypted file. The store is filled by a process of its own, so that the peak is that of the calculations.
Limits: calculation ≤ 15 s, peak ≤ 400 MB. Transfers and cash have benches of their own: ``relief_transfer.py``, ``relief_cash.py``.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import groupby, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bootstrap import FolderSession, gateway  # noqa: E402
from app.domain.building import Building, Occupancy, Victim, VictimMember  # noqa: E402
from app.domain.identifiers import new_id, person_number  # noqa: E402
from app.domain.invention import InventedResident, invent_residents  # noqa: E402
from app.domain.payments import Account, Payee  # noqa: E402
from app.domain.relief import Programme, ReliefRound, ReliefRule  # noqa: E402
from app.domain.relief_rules import Criteria, subject_keys  # noqa: E402
from app.domain.survey import GRADES, Survey  # noqa: E402
from app.storage.engine import connect  # noqa: E402
from app.usecases import entitlements  # noqa: E402
from app.usecases.context import Context  # noqa: E402
from app.usecases.gateway import Setup  # noqa: E402
from app.usecases.relief_calculation import calculate, dry_run  # noqa: E402
from app.usecases.relief_rows import EntitlementFilter  # noqa: E402
from app.usecases.relief_subjects import household_key  # noqa: E402
from bench.stores import NOW, OCCURRED, OPERATOR, PASSWORD, timed  # noqa: E402

LIMIT_S, LIMIT_MB = 15.0, 400
AMOUNTS = {"total": 1_000_000, "large": 500_000, "medium": 250_000, "half": 100_000, "semi_half": 50_000}
PART = 5_000


def families(count: int) -> Iterator[list[InventedResident]]:
    """Invented households."""
    people = invent_residents(count * 4, seed=3, as_of=OCCURRED.date())
    for _, family in islice(groupby(people, key=lambda one: one.household_no), count):
        yield list(family)


def fill(session: FolderSession, count: int) -> None:
    """Households, members, judged houses, payees with accounts, and a round of five rules."""
    ctx, place, source = session.context, 0, families(count)
    while part := list(islice(source, PART)):
        with ctx.unit() as uow:
            victims = [_victim(family) for family in part]
            uow.victims.add_many(victims)
            uow.members.add_many(
                [
                    VictimMember(id=new_id(), victim_id=victim.id, position=at, resident_no=one.resident_no, name=one.name, kana=one.kana, birth=one.birth)
                    for victim, family in zip(victims, part, strict=True) for at, one in enumerate(family)
                ]
            )  # fmt: skip
            numbers = range(place, place + len(part))
            buildings = [
                Building(id=new_id(), number=person_number(ctx.place.device_prefix, at + 1), address=victim.address, district=victim.district)
                for at, victim in zip(numbers, victims, strict=True)
            ]  # fmt: skip
            uow.buildings.add_many(buildings)
            uow.occupancies.add_many(
                [Occupancy(id=new_id(), building_id=one.id, victim_id=victim.id) for one, victim in zip(buildings, victims, strict=True)]
            )
            uow.surveys.add_many(
                [
                    Survey(id=new_id(), building_id=one.id, grade=GRADES[at % 6], state="counted", surveyed_on="2024-01-02", decided_by="parts")
                    for at, one in zip(numbers, buildings, strict=True)
                ]
            )  # fmt: skip
            _add_payees(uow, victims, place)
            uow.commit()
        place += len(part)
    with ctx.unit() as uow:
        programme = uow.programmes.add(Programme(id=new_id(), code="bench", title="計測義援金", needs_certificate=True, budget=10**12))
        round_ = uow.rounds.add(ReliefRound(id=new_id(), programme_id=programme.id, title="第1次"))
        for position, (grade, amount) in enumerate(AMOUNTS.items()):
            criteria = Criteria(grades=(grade,)).to_json()
            uow.rules.add(
                ReliefRule(
                    id=new_id(), round_id=round_.id, position=position, category=grade, title=grade, criteria=criteria, amount=amount, single="3/4"
                )
            )  # fmt: skip
        uow.commit()


def _victim(family: list[InventedResident]) -> Victim:
    head = family[0]
    return Victim(
        id=new_id(), head_name=head.name, head_kana=head.kana, head_birth=head.birth, address=head.address, district=head.district,
        snapshot_id="S", resident_household=head.household_no, resident_no=head.resident_no,
    )  # fmt: skip


def _add_payees(uow, victims: list[Victim], place: int) -> None:  # type: ignore[no-untyped-def]
    payees, accounts = [], []
    for at, victim in enumerate(victims):
        if (place + at) % 10 == 9:
            continue  # nobody asked them yet
        subject = subject_keys("household", snapshot_household=household_key(victim.snapshot_id, victim.resident_household))[0]
        payee = Payee(id=new_id(), subject=subject, victim_id=victim.id, role="head", name=victim.head_name, kana=victim.head_kana, account_id=new_id())
        payees.append(payee)
        accounts.append(
            Account(
                id=payee.account_id, payee_id=payee.id, bank="0001", branch="001", number=f"{place + at:07}", holder=victim.head_kana, state="checked",
                entered_by="a", checked_by="b",
            )
        )  # fmt: skip
    uow.payees.add_many(payees)
    uow.accounts.add_many(accounts)


def floor(folder: Path, count: int) -> float:
    """Seconds of reading as many rows as JSON and writing two bare rows for each into an encrypted file."""
    (folder / "floor.db").touch()
    connection = connect(folder / "floor.db", b"k" * 32)
    connection.execute("PRAGMA journal_mode = WAL")
    for table in ("source", "a", "b"):
        connection.execute(f"CREATE TABLE {table} (rid INTEGER PRIMARY KEY, id TEXT UNIQUE, data TEXT)")
    row = json.dumps({"name": "見本　太郎", "kana": "ミホン　タロウ", "address": "見本市本町1-2-3", "lines": "x" * 400}, ensure_ascii=False)
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO source (id, data) VALUES (?, ?)", [(new_id(), row) for _ in range(count)])
    connection.commit()
    started = time.perf_counter()
    rows = [json.dumps(json.loads(data), ensure_ascii=False) for (data,) in connection.execute("SELECT data FROM source ORDER BY rid")]
    connection.execute("BEGIN IMMEDIATE")
    for table in ("a", "b"):
        connection.executemany(f"INSERT INTO {table} (id, data) VALUES (?, ?)", [(new_id(), row) for row in rows])
    connection.commit()
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


def worsen(ctx: Context) -> None:
    """Every tenth house is judged anew, a degree worse."""
    with ctx.unit() as uow:
        surveys = uow.surveys.where(state="counted")[::10]
        uow.surveys.save_many([replace(one, grade=GRADES[max(0, GRADES.index(one.grade) - 1)], kind="re") for one in surveys])
        uow.commit()


def ask(ctx: Context) -> dict[str, float]:
    """Seconds of what a window asks over all of it."""
    ids = entitlements.list_entitlement_ids(ctx)
    return {
        "ids_s": round(timed(lambda: entitlements.list_entitlement_ids(ctx)), 3),
        "page_s": round(timed(lambda: entitlements.entitlement_rows(ctx, ids[len(ids) // 2 :][:60])), 4),
        "progress_s": round(timed(lambda: entitlements.list_entitlement_ids(ctx, filter=EntitlementFilter(progress="open"), sort="open")), 3),
        "wants_s": round(timed(lambda: entitlements.list_entitlement_ids(ctx, filter=EntitlementFilter(wants="payee"), sort="kana")), 3),
        "search_s": round(timed(lambda: entitlements.list_entitlement_ids(ctx, filter=EntitlementFilter(text="見本 1"))), 3),
        "open_s": round(timed(lambda: entitlements.open_entitlement(ctx, entitlement_id=ids[0])), 4),
    }


def peak_mb() -> int:
    """The most memory this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def open_store(folder: Path) -> FolderSession:
    """The store of the folder; a new one where there is none."""
    gate = gateway(now=lambda: NOW + timedelta(days=30))
    if (folder / "keys.json").exists():
        return gate.open(folder, operator=OPERATOR, password=PASSWORD)
    setup = Setup(
        municipality_code="172022", disaster_name="計測", occurred_at=OCCURRED, site_name="本部", site_kind="hq", operator=OPERATOR, password=PASSWORD
    )  # fmt: skip
    return gate.create(folder, setup)[0]


def measure(ctx: Context, folder: Path, count: int) -> dict[str, object]:
    """Figures of the calculations."""
    (round_,) = [one for one in ctx.reads.all("relief_round")]
    started, before = time.perf_counter(), peak_mb()
    dry = dry_run(ctx, round_id=round_.id)
    dry_s = time.perf_counter() - started
    entitled = dry.count
    del dry
    started, worked = time.perf_counter(), time.process_time()
    made = calculate(ctx, round_id=round_.id)
    calculate_s, cpu_s = time.perf_counter() - started, time.process_time() - worked
    peak = peak_mb()
    told = {"created": made.created, "total": made.total, "to_pay": made.to_pay, "payable": made.payable}
    del made
    started = time.perf_counter()
    again = calculate(ctx, round_id=round_.id)
    again_s, unchanged = time.perf_counter() - started, again.unchanged
    nothing_written = not again.changes.get("entitlement")
    del again
    worsen(ctx)
    started = time.perf_counter()
    changed = calculate(ctx, round_id=round_.id)
    changed_s = time.perf_counter() - started
    bare = floor(folder, count)
    ok = calculate_s <= LIMIT_S and peak <= LIMIT_MB and told["created"] == entitled == unchanged and nothing_written
    return {
        "households": count, **told, "dry_run_s": round(dry_s, 2), "calculate_s": round(calculate_s, 2), "calculate_cpu_s": round(cpu_s, 2),
        "floor_s": round(bare, 2), "ratio": round(calculate_s / bare, 1), "again_s": round(again_s, 2), "unchanged": unchanged,
        "changed_s": round(changed_s, 2), "raised": changed.raised, "base_mb": before, "peak_mb": peak, **ask(ctx), "limit_s": LIMIT_S,
        "limit_mb": LIMIT_MB, "ok": ok,
    }  # fmt: skip


def main() -> int:
    """Fill, calculate, ask, print; 1 when a limit is not met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=60_000)
    parser.add_argument("--keep", default="")
    parser.add_argument("--fill", default="", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.fill:
        session = open_store(Path(wanted.fill))
        fill(session, wanted.households)
        session.close(backup=False)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(wanted.keep or temporary) / f"relief-{wanted.households}"
        if not folder.exists():
            subprocess.run([sys.executable, __file__, "--households", str(wanted.households), "--fill", str(folder)], check=True)
        session = open_store(folder)
        try:
            figures = measure(session.context, Path(temporary), wanted.households)
        finally:
            session.close(backup=False)
    print(json.dumps(figures))
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
