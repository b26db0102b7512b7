"""Twenty desks of headquarters at one PostgreSQL server of this machine, all of them working at once. Prints JSON.

    python bench/desks.py [--clients 20] [--seconds 60] [--think 3.0] [--saturated 20] [--residents 50000] [--quick]

Every client is a process with a desk folder, a session and connections of its own, by TCP with TLS and the role of desks that the guide makes.
It works in a closed loop: 40 % search, 30 % check-in of a household, 15 % issue of a certificate, 15 % pay at the cash box (with the check
before it), and thinks ``--think`` seconds on average between two acts: far faster than a person, who needs a minute for a household. Server and
clients share the processors. One certificate and one payment in ten are of a list that all clients go through in the same order, so that
several want the same one. The server keeps ``fsync`` on.

Limits: p95 of a write ≤ 150 ms in these ``--seconds``; what is in the database is what was acknowledged, no more and no less; no number
twice, no voucher paid twice, nothing refused but the contested; afterwards ``verify`` finds nothing. ``saturated``: the same without
thinking, for the throughput alone. ``floor``: as many transactions of plain inserts with the journal's columns on the same server by one
connection.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bootstrap import gateway  # noqa: E402
from app.bootstrap_desks import grant_role, join_store  # noqa: E402
from app.domain.errors import SasaeError  # noqa: E402
from app.usecases.context import Context  # noqa: E402
from app.usecases.gateway import Setup  # noqa: E402
from bench.stores import OPERATOR, PASSWORD, resident_batches, spread, timed  # noqa: E402

LIMIT_MS = 150.0
ROLE, ROLE_PASSWORD = "sasae_desk", "desk's password"
MIX = (("search", 0.40), ("check_in", 0.30), ("issue", 0.15), ("pay", 0.15))
WRITES = ("check_in", "issue", "pay")
CONTESTED = 0.1
_SETTINGS = ("fsync=on", "max_connections=120", "shared_buffers=256MB", "jit=off", "log_min_messages=fatal")
"""What the guide recommends; everything else is as the server comes."""


@dataclass(slots=True)
class Desk:
    """What one client works through: its own, and what all of them want."""

    number: int
    folder: str
    shelters: list[str]
    words: list[str]
    households: list[list[str]]
    applications: list[str]
    vouchers: list[str]
    shared_applications: list[str]
    shared_vouchers: list[str]
    acts: list[dict[str, Any]] = field(default_factory=list)


# -- a client ----------------------------------------------------------------------------------------------------


class Clerk:
    """One desk with its session; ``work`` goes on until the time is over."""

    def __init__(self, desk: Desk, ctx: Context) -> None:
        from app.interchange.certificates import issue_certificates
        from app.usecases.cash_desk import check_payable, pay
        from app.usecases.reception import Arrival, check_in
        from app.usecases.searching import search

        self._desk, self._ctx = desk, ctx
        self._random = random.Random(desk.number)
        self._issue, self._check, self._pay, self._check_in, self._search = issue_certificates, check_payable, pay, check_in, search
        self._arrival = Arrival

    def work(self, *, until: float, think: float, phase: str) -> None:
        """Act after act; what each took and what it made is noted."""
        names, weights = zip(*MIX, strict=True)
        if think:
            time.sleep(self._random.random() * think)  # not all at the same moment
        while time.time() < until:
            name = self._random.choices(names, weights)[0]
            getattr(self, f"_{name}_one")(phase)
            if think:
                time.sleep(self._random.expovariate(1 / think))

    def _note(self, phase: str, name: str, act: Callable[[], dict[str, Any]], **more: Any) -> bool:
        started = time.perf_counter()
        made: dict[str, Any] = {}
        try:
            made = act()
        except SasaeError as fault:
            made = {"refused": fault.code}
        self._desk.acts.append({"phase": phase, "act": name, "s": time.perf_counter() - started, **more, **made})
        return "refused" not in made

    def _search_one(self, phase: str) -> None:
        words = self._random.choice(self._desk.words)
        self._note(phase, "search", lambda: {"hits": self._search(self._ctx, text=words).total})

    def _check_in_one(self, phase: str) -> None:
        members = self._desk.households.pop()
        arrivals = [self._arrival(resident_id=one) for one in members]
        shelter = self._random.choice(self._desk.shelters)

        def act() -> dict[str, Any]:
            made = self._check_in(self._ctx, shelter_id=shelter, arrivals=arrivals)
            return {"persons": made.persons, "numbers": made.numbers}

        self._note(phase, "check_in", act)

    def _issue_one(self, phase: str) -> None:
        wanted, contested = self._next(self._desk.applications, self._desk.shared_applications)

        def act() -> dict[str, Any]:
            made = self._issue(self._ctx, application_ids=[wanted])
            if made.refused:
                return {"refused": made.refused[0].code}
            return {"certificates": made.certificates, "numbers": made.numbers}

        self._note(phase, "issue", act, contested=contested)

    def _pay_one(self, phase: str) -> None:
        wanted, contested = self._next(self._desk.vouchers, self._desk.shared_vouchers)

        def check() -> dict[str, Any]:
            self._check(self._ctx, voucher_id=wanted, term=1)
            return {}

        def act() -> dict[str, Any]:
            made = self._pay(self._ctx, voucher_id=wanted, identified="card", term=1)
            return {"receipts": (made.receipt.id,), "numbers": (made.receipt.number,), "voucher": wanted}

        if contested or self._note(phase, "check_voucher", check):  # of the contested nobody looks first
            self._note(phase, "pay", act, contested=contested)

    def _next(self, own: list[str], shared: list[str]) -> tuple[str, bool]:
        contested = bool(shared) and self._random.random() < CONTESTED
        return (shared if contested else own).pop(), contested


def run_client(desk: Desk, gate: Any, results: Any, plan: Sequence[tuple[str, float, float]]) -> None:
    """The life of a client process: sign in, wait for the others, work through the phases, hand over what it noted."""
    session = gateway().open(Path(desk.folder), operator=OPERATOR, password=PASSWORD)
    try:
        clerk = Clerk(desk, session.context)
        session.context.reads.search.find("warm", limit=1)
        for phase, seconds, think in plan:
            gate.wait(timeout=600)
            clerk.work(until=time.time() + seconds, think=think, phase=phase)
    except BaseException as error:
        results.put({"client": desk.number, "error": repr(error)})
        raise
    finally:
        session.close(backup=False)
    results.put({"client": desk.number, "acts": desk.acts})


# -- the store ---------------------------------------------------------------------------------------------------


def fill(ctx: Context, folder: Path, *, residents: int, papers: int) -> float:
    """Residents, shelters, judged applications, assigned vouchers and a full cash box. Answers the seconds of the residents."""
    from app.usecases import cash_boxes
    from app.usecases.forms import Signature, change_signature
    from app.usecases.residents import load_residents
    from app.usecases.shelters import add_shelter
    from bench import issuing, relief_cash
    from bench.stores import OCCURRED

    seconds = timed(lambda: load_residents(ctx, batches=resident_batches(residents), as_of=OCCURRED))
    for number in range(20):
        add_shelter(ctx, values={"name": f"第{number + 1}避難所", "capacity": 900}, open_at=OCCURRED)
    change_signature(ctx, values=Signature(municipality="見本県見本市", mayor_title="見本市長", mayor_name="見本 太郎"))
    issuing.fill(ctx, papers)
    issuing.judge_all(ctx)
    relief_cash.fill(_Filling(ctx, folder), papers * 2)  # half of them stay here
    box, _ = cash_boxes.save_box(ctx, name="窓口の金庫")
    cash_boxes.move_money(ctx, box_id=box.id, kind="in", pieces={10_000: 900_000}, second="second")
    return seconds


@dataclass(frozen=True, slots=True)
class _Filling:
    """As much of a session as filling asks for."""

    context: Context
    folder: Path


def households(ctx: Context, residents: int) -> tuple[list[list[str]], list[str]]:
    """Resident ids by household, and what a clerk would type to find people."""
    active = ctx.reads.residents.active()
    assert active is not None
    grouped: dict[str, list[str]] = {}
    words: list[str] = []
    place = 0
    for batch in resident_batches(residents):
        for row in batch:
            grouped.setdefault(row.household_no, []).append(f"{active.id}:{place}")
            if place % 25 == 0:
                words.append((row.name, row.kana, row.name.replace("　", ""), row.phone)[place // 25 % 4] or row.name)
            place += 1
    return list(grouped.values()), words


def deal(ctx: Context, folders: Sequence[str], *, residents: int) -> list[Desk]:
    """What each desk gets: its own part of all there is, and the contested lists."""
    from app.usecases.applications import list_application_ids
    from app.usecases.certificate_rows import ApplicationFilter

    grouped, words = households(ctx, residents)
    shelters = [one.id for one in ctx.reads.all("shelter")]
    applications = list_application_ids(ctx, filter=ApplicationFilter(state="judged"))
    own = ctx.place.device_id
    vouchers = [one.id for one in ctx.reads.cash.vouchers_of(own) if one.state == "assigned"]
    count, shared = len(folders), max(1, min(len(applications), len(vouchers)) // 10)
    return [
        Desk(
            at, folder, shelters, words, grouped[at::count], list(applications[shared:])[at::count], vouchers[shared:][at::count],
            list(applications[:shared]), list(vouchers[:shared]),
        )
        for at, folder in enumerate(folders)
    ]  # fmt: skip


# -- what is left ------------------------------------------------------------------------------------------------


def written(sql: Callable[..., list[Any]], acts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the database holds, against what the clients were told."""

    def acknowledged(key: str) -> list[str]:
        return [one for act in acts for one in act.get(key, ())]

    found: dict[str, Any] = {}
    numbers: list[bool] = []
    for table, key in (("person", "persons"), ("certificate", "certificates"), ("receipt", "receipts")):
        told, rows = acknowledged(key), sql(f"SELECT id, number FROM {table}")
        found[key] = {"acknowledged": len(told), "written": len(rows), "same": sorted(told) == sorted(row[0] for row in rows)}
        numbers.append(len({row[1] for row in rows}) == len(rows))
    paid = sorted(act["voucher"] for act in acts if "voucher" in act)
    twice = sql("SELECT count(*) FROM (SELECT voucher_id FROM receipt GROUP BY voucher_id HAVING count(*) > 1) AS t")[0][0]
    refused = [act for act in acts if "refused" in act]
    lost = [act["refused"] for act in refused if act.get("contested")]
    return {
        **found, "numbers_once": all(numbers), "paid_twice": twice,
        "vouchers_same": paid == sorted(row[0] for row in sql("SELECT id FROM voucher WHERE state = 'paid'")),
        "contested": {"tried": sum(bool(act.get("contested")) for act in acts), "lost": len(lost), "codes": sorted(set(lost))},
        "other_refusals": sorted({act["refused"] for act in refused if not act.get("contested")}),
    }  # fmt: skip


def latencies(acts: Sequence[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """Spread and rate of each kind of act, and of all writes."""
    kinds = {name: [act["s"] for act in acts if act["act"] == name] for name in ("search", "check_voucher", *WRITES)}
    writes = [one for name in WRITES for one in kinds[name]]
    found = {name: {"count": len(spans), **spread(spans)} for name, spans in kinds.items() if spans}
    return {
        **found, "write": {"count": len(writes), **spread(writes)},
        "acts_per_s": round(len(acts) / seconds, 1), "writes_per_s": round(len(writes) / seconds, 1),
    }  # fmt: skip


def floor(url: str, writes: int, rows: int) -> dict[str, Any]:
    """As many transactions of plain inserts with the journal's columns, by one connection without the program."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE plain (LIKE journal INCLUDING DEFAULTS)")
        connection.execute("INSERT INTO plain SELECT * FROM journal ORDER BY seq DESC LIMIT %s", (rows,))
        names = [column.name for column in connection.execute("SELECT * FROM plain LIMIT 0").description or ()]
        like = connection.execute("SELECT * FROM plain").fetchall()
        connection.commit()
        statement = f"INSERT INTO plain ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"

        def act() -> None:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(statement, like)

        spans = [timed(act) for _ in range(writes)]
        connection.execute("DROP TABLE plain")
    return {"transactions": writes, "rows": rows, **spread(spans), "total_s": round(sum(spans), 2), "per_s": round(writes / sum(spans), 1)}


# -- all of it ---------------------------------------------------------------------------------------------------


def run_clients(desks: Sequence[Desk], plan: Sequence[tuple[str, float, float]]) -> list[dict[str, Any]]:
    """All clients at once, each a process; every act of theirs. RuntimeError when one of them broke down."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["bench.desks", "app.storage.store", "app.interchange.certificates", "app.usecases.cash_desk"])
    gate, results = processes.Barrier(len(desks)), processes.Queue()
    running = [processes.Process(target=run_client, args=(desk, gate, results, plan)) for desk in desks]
    for process in running:
        process.start()
    told = [results.get(timeout=900) for _ in running]
    for process in running:
        process.join()
    broken = [one["error"] for one in told if "error" in one]
    if broken:
        raise RuntimeError(broken[0])
    return [act for one in told for act in one["acts"]]


def measure(cluster: Any, work: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    """Build, work, count, verify."""
    url, gate = cluster.create("desks"), gateway()
    setup = Setup(
        municipality_code="172022", disaster_name="計測", occurred_at=datetime.now(UTC) - timedelta(days=9), site_name="本部", site_kind="hq",
        operator=OPERATOR, password=PASSWORD,
    )  # fmt: skip
    session, _ = gate.create(work / "owner", setup, database=url)
    filled: list[float] = []
    building = timed(lambda: filled.append(fill(session.context, work, residents=wanted.residents, papers=wanted.papers)))
    cluster.sql(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE_PASSWORD.replace(chr(39), chr(39) * 2)}'")
    grant_role(url, ROLE)
    address = cluster.tcp_url("desks", user=ROLE, password=ROLE_PASSWORD)
    folders = [str(work / f"desk-{number + 1}") for number in range(wanted.clients)]
    for folder in folders:
        join_store(gate, Path(folder), database=address, operator=OPERATOR, password=PASSWORD)
    desks = deal(session.context, folders, residents=wanted.residents)
    cluster.sql("VACUUM ANALYZE", database="desks", user="postgres")
    before = cluster.sql("SELECT count(*) FROM journal", database="desks")[0][0]
    plan = [("paced", wanted.seconds, wanted.think), ("saturated", wanted.saturated, 0.0)]
    acts = run_clients(desks, plan)
    rows = cluster.sql("SELECT count(*) FROM journal", database="desks")[0][0] - before
    paced, saturated = ([act for act in acts if act["phase"] == phase] for phase, _, _ in plan)
    done = [act for act in acts if act["act"] in WRITES and "refused" not in act]
    found = {
        "clients": wanted.clients, "think_s": wanted.think, "seconds": wanted.seconds, "residents": wanted.residents, "mix": dict(MIX),
        "processors": os.cpu_count(), "load_before": round(os.getloadavg()[0], 1), "build_s": round(building, 1), "load_s": round(filled[0], 1),
        "paced": latencies(paced, wanted.seconds), "saturated": latencies(saturated, wanted.saturated),
        "journal_rows_per_write": round(rows / len(done), 1), "written": written(lambda text: cluster.sql(text, database="desks"), acts),
    }  # fmt: skip
    verified: list[Any] = []
    found["verify_s"] = round(timed(lambda: verified.append(session.verify())), 1)
    found["verify"] = {
        "ok": verified[0].ok,
        "journal_rows": verified[0].journal_rows,
        "problems": [code for code, _ in verified[0].problems],
    }
    session.close(backup=False)
    base = floor(url, len(done), max(1, round(rows / len(done))))
    writes = found["saturated"]["writes_per_s"]
    return {**found, "floor": base, "floor_ratio": round(base["per_s"] / writes, 1) if writes else None}


def judge(found: dict[str, Any]) -> dict[str, bool]:
    """Which limits are met."""
    wrote = found["written"]
    return {
        "write_p95": found["paced"]["write"]["p95_ms"] <= LIMIT_MS,
        "written": all(wrote[key]["same"] for key in ("persons", "certificates", "receipts")) and wrote["vouchers_same"],
        "once": wrote["numbers_once"] and not wrote["paid_twice"], "nothing_refused": not wrote["other_refusals"],
        "verify": found["verify"]["ok"],
    }  # fmt: skip


def main() -> int:
    """Start a server, measure, print; 1 when a limit is missed, 2 without a server's programs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=3.0)
    parser.add_argument("--saturated", type=float, default=20)
    parser.add_argument("--residents", type=int, default=50_000)
    parser.add_argument("--papers", type=int, default=4_000, help="applications ready for their certificate, and as many vouchers")
    parser.add_argument("--quick", action="store_true", help="4 clients, 3 seconds, 1,500 residents: that it works at all")
    wanted = parser.parse_args()
    if wanted.quick:
        wanted.clients, wanted.seconds, wanted.saturated, wanted.think, wanted.residents, wanted.papers = 4, 3.0, 1.0, 0.2, 1500, 300
    from tests import postgres

    if postgres.binaries() is None:
        print(json.dumps({"error": "no PostgreSQL 15 or later on this machine (Debian: apt-get install postgresql)"}))
        return 2
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        place = Path(tempfile.mkdtemp(prefix="sasae-pg-bench-"))
        place.chmod(0o711)  # the server may be somebody else
        try:
            found = measure(postgres.start(place / "server", _SETTINGS), Path(scratch), wanted)
        finally:
            postgres.stop()
            shutil.rmtree(place, ignore_errors=True)
    met = judge(found)
    print(json.dumps({**found, "limit_ms": LIMIT_MS, "met": met}, ensure_ascii=False, indent=1))
    # a quick run says that everything fits together, not how fast a machine is that does other things besides
    return 0 if all(met.values()) or (wanted.quick and all(value for key, value in met.items() if key != "write_p95")) else 1


if __name__ == "__main__":
    raise SystemExit(main())
