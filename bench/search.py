"""Search as you type over a register of a million invented residents, at the use-case level. Prints JSON.

    python bench/search.py [--residents 1000000] [--queries 200] [--keep FOLDER]

Limit: p95 of each kind ≤ 5 ms. ``floor`` is the bare driver on the same file fetching 50 rows by an index range: nothing can be faster.
``--keep`` leaves the built store in a folder for the next run. The kinds below ``also`` have no limit; they are what is typed on the way.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bootstrap import FolderSession  # noqa: E402
from app.domain.dates import parse_date  # noqa: E402
from app.storage.engine import connect  # noqa: E402
from app.storage.keyring import Keyring  # noqa: E402
from app.storage.keys import fold_key_kana  # noqa: E402
from app.usecases.searching import TYPED, search  # noqa: E402
from bench.stores import OPERATOR, PASSWORD, spread, store_of, timed  # noqa: E402

LIMIT_MS = 5.0
Query = dict[str, str]


def sample(session: FolderSession, count: int) -> list[tuple[str, str, str, str, str]]:
    """Name, kana, birth, address and phone of residents drawn at random."""
    active = session.context.reads.residents.active()
    assert active is not None
    drawn = random.Random(7).sample(range(active.residents), min(active.residents, count * 4))
    people = [session.context.reads.residents.get(f"{active.id}:{place}") for place in drawn]
    return [(p.name, p.kana, p.birth, p.address, p.phone) for p in people if p is not None]


def kinds(people: list[tuple[str, str, str, str, str]]) -> dict[str, Iterator[Query]]:
    """What is typed, by kind."""
    exact = [p for p in people if _full(p[2])]
    return {
        "kana_prefix": ({"text": kana.split("\u3000")[0][:3] if n % 2 else kana.replace("\u3000", "")[:4]} for n, (_, kana, *_) in enumerate(people)),
        "kana_birth": ({"text": f"{kana.split(chr(0x3000))[0]} {birth}"} for _, kana, birth, *_ in exact),
        "birth_only": ({"text": birth} if n % 2 else {"text": "", "birth": birth} for n, (_, _, birth, *_) in enumerate(exact)),
        "birth_inexact": ({"text": "", "birth": p[2]} for p in people if not _full(p[2])),
        "kanji_two": ({"text": name.split("\u3000")[n % 2][:2]} for n, (name, *_) in enumerate(people) if "\u3000" in name),
        "variant": ({"text": text} for _ in people for text in ("髙橋", "高橋", "渡邉", "渡辺", "渡邊", "山﨑", "齋藤")),
        "kanji_birth": ({"text": f"{name.split(chr(0x3000))[0]} {birth}"} for name, _, birth, *_ in exact),
        "address": ({"text": "", "address": address.split("\u3000")[0][3:]} for *_, address, _ in people),
        "address_text": ({"text": address.split("\u3000")[0][3:]} for *_, address, _ in people),
        "phone": ({"text": phone} for *_, phone in people if phone),
        "also_kana_one": ({"text": kana[:1]} for _, kana, *_ in people),
        "also_kana_two": ({"text": kana[:2]} for _, kana, *_ in people),
        "also_kanji_one": ({"text": name[:1]} for name, *_ in people),
        "also_name_full": ({"text": name} for name, *_ in people),
        "also_birth_year": ({"text": birth[:5]} for _, _, birth, *_ in exact if len(birth) > 5),
        "also_town": ({"text": "", "address": address[3:5]} for *_, address, _ in people),
    }  # fmt: skip


def _full(birth: str) -> bool:
    return parse_date(birth, lenient=True).precision == "day"


def measure(ask: Callable[[Query], object], queries: Iterator[Query], most: int) -> dict[str, float]:
    """Times of the queries of one kind, after one to warm up each distinct statement."""
    wanted = [query for query, _ in zip(queries, range(most), strict=False)]
    if not wanted:
        return {"p50_ms": 0.0, "p95_ms": 0.0, "max_ms": 0.0}
    ask(wanted[0])
    return spread([timed(lambda q=query: ask(q)) for query in wanted])


def floor(session: FolderSession, people: list[tuple[str, str, str, str, str]]) -> dict[str, float]:
    """The driver alone: as many rows as a search shows, by one index range."""
    key = Keyring.load(session.folder / "keys.json").unlock(login=OPERATOR, password=PASSWORD).data_key
    connection = connect(session.folder / "store.db", key)
    sql = (
        "SELECT r.rid, r.name, r.kana, r.birth, r.address FROM resident_kana k JOIN resident r ON r.rid = k.rid WHERE k.snapshot = 1"
        f" AND k.key_kana >= ? AND k.key_kana < ? ORDER BY k.key_kana LIMIT {TYPED}"
    )
    try:
        prefixes = [fold_key_kana(kana)[:3] for _, kana, *_ in people]
        return spread([timed(lambda p=prefix: connection.execute(sql, (p, p + "\U0010ffff")).fetchall()) for prefix in prefixes])
    finally:
        connection.close()


def main() -> int:
    """Build or reopen the store, ask, print; 1 when a limit is not met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--keep", default="")
    parser.add_argument("--only", default="")
    wanted = parser.parse_args()
    with store_of(wanted.residents, keep=wanted.keep, label="search") as (session, _, load_s):
        people = sample(session, wanted.queries)
        base = floor(session, people[: wanted.queries])
        figures = {}
        for kind, queries in kinds(people).items():
            if wanted.only and wanted.only not in kind:
                continue
            found = measure(lambda q: search(session.context, **q), queries, wanted.queries)
            figures[kind] = {
                **found,
                "floor_ratio": round(found["p95_ms"] / base["p95_ms"], 1),
                "limit_ms": None if kind.startswith("also") else LIMIT_MS,
            }
        size = (session.folder / "store.db").stat().st_size
    late = [kind for kind, found in figures.items() if found["limit_ms"] is not None and found["p95_ms"] > LIMIT_MS]
    print(
        json.dumps(
            {
                "residents": wanted.residents,
                "store_mb": round(size / 1e6),
                "load_s": round(load_s, 1),
                "floor": base,
                "kinds": figures,
                "too_slow": late,
            }
        )
    )
    return 1 if late else 0


if __name__ == "__main__":
    raise SystemExit(main())
