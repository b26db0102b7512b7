"""Checking a household in, from the use case to durable on the disk, with a register of 50,000 residents. Prints JSON.

    python bench/checkin.py [--residents 50000] [--households 200] [--keep FOLDER]

Limit: p95 ≤ 30 ms. ``floor`` is the bare driver committing as many rows of the same size to the same encrypted file: the disk's own time.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bootstrap import FolderSession  # noqa: E402
from app.storage.engine import connect  # noqa: E402
from app.storage.keyring import Keyring  # noqa: E402
from app.usecases.reception import Arrival, check_in  # noqa: E402
from bench.stores import OPERATOR, PASSWORD, percentile, resident_batches, spread, store_of, timed  # noqa: E402

LIMIT_MS = 30.0


def households(session: FolderSession, residents: int, count: int) -> list[list[str]]:
    """Resident ids of households drawn evenly over the register."""
    active = session.context.reads.residents.active()
    assert active is not None
    grouped: dict[str, list[str]] = {}
    place = 0
    for batch in resident_batches(residents):
        for row in batch:
            grouped.setdefault(row.household_no, []).append(f"{active.id}:{place}")
            place += 1
    every = max(1, len(grouped) // count)
    return list(grouped.values())[::every][:count]


def floor(session: FolderSession, rows: int, times: int) -> dict[str, float]:
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
            connection.executemany("INSERT INTO plain VALUES (?)", [("x" * 600,)] * rows)
            connection.execute("COMMIT")

        return spread([timed(act) for _ in range(times)])
    finally:
        connection.close()
        for leftover in session.folder.glob("floor.db*"):
            leftover.unlink()


def main() -> int:
    """Build the store, check households in, print; 1 when the limit is not met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--residents", type=int, default=50_000)
    parser.add_argument("--households", type=int, default=200)
    parser.add_argument("--keep", default="")
    wanted = parser.parse_args()
    with store_of(wanted.residents, keep=wanted.keep, shelters=30, label="checkin") as (session, shelters, load_s):
        groups = households(session, wanted.residents, wanted.households)
        times = []
        for number, members in enumerate(groups):
            arrivals = [Arrival(resident_id=member) for member in members]
            shelter = shelters[number % len(shelters)]
            times.append(timed(lambda a=arrivals, s=shelter: check_in(session.context, shelter_id=s, arrivals=a)))
        people = sum(map(len, groups))
        base = floor(session, rows=max(1, round(people / len(groups) * 4)), times=len(groups))
    found = spread(times)
    ok = percentile(times, 0.95) * 1000 <= LIMIT_MS
    figures = {
        "residents": wanted.residents,
        "households": len(groups),
        "people": people,
        "load_s": round(load_s, 2),
        "checkin": found,
        "floor": base,
        "floor_ratio": round(found["p95_ms"] / base["p95_ms"], 1),
        "limit_ms": LIMIT_MS,
        "ok": ok,
    }
    print(json.dumps(figures))
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
