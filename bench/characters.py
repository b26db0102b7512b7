"""Going through a million invented residents for characters that need attention. Prints JSON.

    python bench/characters.py [--residents 1000000] [--keep FOLDER]

Limit: 10 s. ``floor`` reads the same columns with the bare driver and looks at nothing.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.printing.own_fonts import open_fonts  # noqa: E402
from app.storage.engine import connect  # noqa: E402
from app.storage.keyring import Keyring  # noqa: E402
from app.usecases.characters import list_characters  # noqa: E402
from bench.stores import OPERATOR, PASSWORD, store_of, timed  # noqa: E402

LIMIT_SECONDS = 10.0


def read_bare(folder: Path) -> float:
    """Seconds to fetch what is looked at."""
    key = Keyring.load(folder / "keys.json").unlock(login=OPERATOR, password=PASSWORD).data_key
    connection = connect(folder / "store.db", key)
    try:
        return timed(lambda: sum(1 for _ in connection.execute("SELECT rid, name, kana, address, alias FROM resident")))
    finally:
        connection.close()


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--keep", default="")
    given = parser.parse_args()
    with store_of(given.residents, keep=given.keep) as (session, _, _):
        fonts = open_fonts(session.context, session.folder)
        found = list_characters(session.context, fonts=fonts)
        seconds = min(timed(lambda: list_characters(session.context, fonts=fonts)) for _ in range(2))
        floor = read_bare(session.folder)
    answer = {
        "residents": found.residents,
        "characters": len(found.uses),
        "people": sum(use.people for use in found.uses),
        "seconds": round(seconds, 2),
        "floor_seconds": round(floor, 2),
        "ratio": round(seconds / floor, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "limit_seconds": LIMIT_SECONDS,
        "ok": seconds <= LIMIT_SECONDS,
    }
    print(json.dumps(answer, ensure_ascii=False, indent=1))
    return 0 if answer["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
