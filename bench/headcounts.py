"""Head counts: importing published lists of open shelters, and the trend over nine months beside 133,000 stays. Prints JSON.

    python bench/headcounts.py [--shelters 300] [--days 270] [--stays 133000] [--keep FOLDER]

Limit: head counts per shelter and hour over all stays ≤ 0.8 s. ``floor`` is one bare pass over the stays by the driver.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.storage.engine import connect  # noqa: E402
from app.storage.keyring import Keyring  # noqa: E402
from app.usecases.headcounts import apply_import, list_headcounts, plan_import, trend  # noqa: E402
from app.usecases.plans import Entry  # noqa: E402
from bench.roster import fill  # noqa: E402
from bench.stores import OCCURRED, OPERATOR, PASSWORD, store_of, timed  # noqa: E402

LIMIT_S = 0.8


def main() -> int:
    """Build or reopen the store, ask, print; 1 when the limit is not met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--shelters", type=int, default=300)
    parser.add_argument("--days", type=int, default=270)
    parser.add_argument("--stays", type=int, default=133_000)
    parser.add_argument("--keep", default="")
    wanted = parser.parse_args()
    with store_of(0, keep=wanted.keep, shelters=wanted.shelters, label="headcounts") as (session, shelters, _):
        context = session.context
        names = [shelter.name for shelter in context.reads.shelters.rows(at=OCCURRED)]
        lists = [
            [
                Entry(line=n, values={"name": name, "counted_at": OCCURRED + timedelta(days=day), "counted_total": 5 + (n * day) % 90})
                for n, name in enumerate(names[: max(1, len(names) - day)], 2)
            ]
            for day in range(0, wanted.days, 7)
        ]
        fresh = not list_headcounts(context, limit=1)
        import_s = 0.0
        if fresh:
            fill(session, shelters, wanted.stays)
            import_s = timed(
                lambda: [
                    apply_import(context, plan=plan_import(context, entries=entries, complete=True), complete=True) for entries in lists
                ]
            )
        end = OCCURRED + timedelta(days=wanted.days)
        hourly = min(timed(lambda: context.reads.shelters.rostered_by_hour(start=OCCURRED, end=end)) for _ in range(3))
        daily = min(timed(lambda: trend(context, start=OCCURRED, end=end)) for _ in range(3))
        beside = timed(lambda: list_headcounts(context, limit=200))
        key = Keyring.load(session.folder / "keys.json").unlock(login=OPERATOR, password=PASSWORD).data_key
        connection = connect(session.folder / "store.db", key)
        pass_s = min(timed(lambda: connection.execute("SELECT count(*), min(to_at), sum(from_at) FROM stay").fetchall()) for _ in range(3))
        connection.close()
    figures = {
        "shelters": wanted.shelters,
        "lists": len(lists),
        "stays": wanted.stays,
        "import_s": round(import_s, 2),
        "hourly_s": round(hourly, 3),
        "trend_daily_s": round(daily, 3),
        "list_200_s": round(beside, 3),
        "floor_pass_s": round(pass_s, 3),
        "hourly_ratio": round(hourly / pass_s, 1),
        "limit_s": LIMIT_S,
        "ok": hourly <= LIMIT_S,
    }
    print(json.dumps(figures))
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
