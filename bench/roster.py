"""A roster of 133,000 stays to rows, and head counts per shelter and hour over them. Prints JSON.

    python bench/roster.py [--stays 133000] [--shelters 300] [--keep FOLDER]

Limits: head counts per shelter and hour over a month ≤ 0.8 s; roster to rows and CSV together ≤ 5 s. ``floor`` is the bare driver reading the same
columns of the same rows, and one window function over the stays.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.bootstrap import FolderSession  # noqa: E402
from app.domain.evacuee import Household, Person, Stay  # noqa: E402
from app.domain.identifiers import new_id, person_number  # noqa: E402
from app.storage.engine import connect  # noqa: E402
from app.storage.keyring import Keyring  # noqa: E402
from app.usecases.overview import take_overview  # noqa: E402
from app.usecases.rosters import take_roster  # noqa: E402
from app.usecases.rows import RosterFilter  # noqa: E402
from bench.stores import NOW, OCCURRED, OPERATOR, PASSWORD, resident_batches, store_of, timed  # noqa: E402

LIMITS = {"hourly_s": 0.8, "roster_csv_s": 5.0}


def fill(session: FolderSession, shelters: list[str], stays: int) -> float:
    """People in households with one stay each, through the repositories; seconds it took."""
    drawn = random.Random(3)
    prefix = session.context.place.device_prefix
    started = time.perf_counter()
    with session.context.unit() as uow:
        number, households = 0, {}
        for batch in resident_batches(stays):
            people, made, staying = [], [], []
            for row in batch:
                number += 1
                if row.household_no not in households:
                    households[row.household_no] = new_id()
                    made.append(Household(id=households[row.household_no], label=row.name, address=row.address))
                person = Person(
                    id=new_id(), number=person_number(prefix, number), household_id=households[row.household_no], name=row.name, kana=row.kana,
                    birth=row.birth, address=row.address, phone=row.phone,
                )  # fmt: skip
                begin = OCCURRED + timedelta(seconds=drawn.randrange(0, 3 * 86400 - 7200))
                end = begin + timedelta(seconds=drawn.randrange(3600, 30 * 86400)) if drawn.random() < 0.3 else None
                people.append(person)
                staying.append(
                    Stay(
                        id=new_id(),
                        person_id=person.id,
                        shelter_id=shelters[drawn.randrange(len(shelters))],
                        from_at=begin,
                        to_at=end,
                        destination="home" if end else "",
                    )
                )
            uow.households.add_many(made)
            uow.persons.add_many(people)
            uow.stays.add_many(staying)
        uow.commit()
    return time.perf_counter() - started


def floors(session: FolderSession) -> tuple[float, float]:
    """The driver alone: every column of stays, people and households; one window function."""
    key = Keyring.load(session.folder / "keys.json").unlock(login=OPERATOR, password=PASSWORD).data_key
    connection = connect(session.folder / "store.db", key)
    connection.execute("PRAGMA cache_size = -65536")
    try:
        joined = "SELECT * FROM stay st JOIN person p ON p.id = st.person_id LEFT JOIN household h ON h.id = p.household_id WHERE st.from_at <= ?"
        rows = timed(lambda: connection.execute(joined, (int(NOW.timestamp()),)).fetchall())
        window = (
            "SELECT shelter_id, hour, sum(n) OVER (PARTITION BY shelter_id ORDER BY hour) FROM"
            " (SELECT shelter_id, from_at / 3600 AS hour, count(*) AS n FROM stay GROUP BY 1, 2)"
        )
        return rows, timed(lambda: connection.execute(window).fetchall())
    finally:
        connection.close()


def to_csv(folder: Path, out: Path) -> float:
    """Seconds from the question to the finished CSV file, access log included: the command in a process of its own, less its start.

    In this process the heap of everything measured before would be measured too.
    """

    def command(*arguments: str) -> float:
        words = {**os.environ, "SASAE_DATA": str(folder), "SASAE_OPERATOR": OPERATOR, "SASAE_PASSWORD": PASSWORD}
        call = [sys.executable, "-m", "app", *arguments, "--json"]
        return timed(lambda: subprocess.run(call, cwd=ROOT, env=words, check=True, capture_output=True, timeout=120))

    asked = ("evacuees", "roster", "--at", NOW.isoformat(), "--format", "csv", "--out", str(out))
    start = statistics.median(command("operators", "list") for _ in range(3))
    return statistics.median(command(*asked) for _ in range(3)) - start


def main() -> int:
    """Build or reopen the store, ask, print; 1 when a limit is not met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stays", type=int, default=133_000)
    parser.add_argument("--shelters", type=int, default=300)
    parser.add_argument("--keep", default="")
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as temporary,
        store_of(0, keep=wanted.keep or temporary, shelters=wanted.shelters, label="roster") as (session, shelters, _),
    ):
        context = session.context
        filled = fill(session, shelters, wanted.stays) if not context.reads.all("site") or not context.reads.persons.ids()[:1] else 0.0
        end = OCCURRED + timedelta(days=30)
        hourly = min(timed(lambda: context.reads.shelters.rostered_by_hour(start=OCCURRED, end=end)) for _ in range(3))
        lines = len(context.reads.rosters.roster(RosterFilter(at=NOW)).rows)
        figures = {
            "stays": wanted.stays,
            "fill_s": round(filled, 1),
            "roster_lines": lines,
            "roster_s": round(timed(lambda: context.reads.rosters.roster(RosterFilter(at=NOW))), 2),
            "roster_logged_s": round(timed(lambda: take_roster(context, wanted=RosterFilter(at=NOW))), 2),
            "roster_one_shelter_ms": round(
                timed(lambda: context.reads.rosters.roster(RosterFilter(at=NOW, shelter_id=shelters[0]))) * 1000, 1
            ),
            "roster_as_known_s": round(timed(lambda: context.reads.rosters.roster(RosterFilter(at=NOW, known_at=NOW))), 2),
            "hourly_s": round(hourly, 3),
            "overview_s": round(timed(lambda: take_overview(context)), 2),
        }
        rows_s, window_s = floors(session)
        session.close(backup=False)
        figures["roster_csv_s"] = round(to_csv(session.folder, Path(temporary) / "roster.csv"), 2)
    figures |= {
        "floor_rows_s": round(rows_s, 2),
        "floor_window_s": round(window_s, 3),
        "roster_ratio": round(figures["roster_s"] / rows_s, 1),
        "hourly_ratio": round(hourly / window_s, 1),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "limits": LIMITS,
    }
    late = [name for name, limit in LIMITS.items() if figures[name] > limit]
    print(json.dumps({**figures, "too_slow": late}))
    return 1 if late else 0


if __name__ == "__main__":
    raise SystemExit(main())
