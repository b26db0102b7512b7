"""68 packages of 5,000 changed records each, taken in at headquarters; one of them written, verified and inspected. Prints JSON.

    python bench/sync.py [--sites 68] [--records 5000] [--quick] [--keep FOLDER]

Every site is a data folder of its own, enrolled by files. On the first day it sends a fifth of what it sends on the second; what is measured is
the second day: nine tenths new records (households, persons, stays, head counts), the rest changes of the first day's (people corrected, people
who left). ``apply``: each package inspected, backed up before, taken in with every check in one transaction, receipt written: what the button
does. A process of its own takes them in, so that its peak is its own. ``write``: the package of a day written, read back and verified.

Floors in the same run: ``upsert_s`` the same rows of the same tables by plain executemany upserts into an encrypted file, one transaction a
package; ``upsert_journal_s`` with the rows of the journal besides; ``bytes_s`` as many bytes as a package has written, flushed and read.
Limits: all packages ≤ 60 s, peak ≤ 500 MB, write ≤ 3 s, inspect ≤ 2 s.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bootstrap import gateway  # noqa: E402
from app.domain.evacuee import Household, Person, Stay  # noqa: E402
from app.domain.identifiers import new_id, person_number  # noqa: E402
from app.domain.invention import InventedResident, invent_residents  # noqa: E402
from app.domain.shelter import Headcount  # noqa: E402
from app.storage.engine import connect  # noqa: E402
from app.storage.keyring import Keyring  # noqa: E402
from app.usecases.context import Context  # noqa: E402
from app.usecases.enrolling import accept_answer, accept_request, make_request  # noqa: E402
from app.usecases.enrolment import create_municipality  # noqa: E402
from app.usecases.gateway import Setup  # noqa: E402
from app.usecases.shelters import add_shelter  # noqa: E402
from app.usecases.vouchers import ensure_site  # noqa: E402
from bench.stores import NOW, OCCURRED, OPERATOR, PASSWORD, percentile, timed  # noqa: E402

APPLY_S, PEAK_MB, WRITE_S, INSPECT_S = 60.0, 500, 3.0, 2.0
"""At the full size; smaller runs have their share of the first."""
TABLES = ("household", "person", "stay", "headcount")


@dataclass(frozen=True, slots=True)
class Site:
    """One data folder of a shelter, and that shelter's id."""

    folder: Path
    name: str
    shelter: str


def _setup(site: str, kind: str) -> Setup:
    return Setup(
        municipality_code="172022", disaster_name="計測", occurred_at=OCCURRED, site_name=site, site_kind=kind, operator=OPERATOR, password=PASSWORD
    )


class Clock:
    """Time that goes on, so that packages and backups bear different moments."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def __call__(self) -> Any:
        return NOW + timedelta(seconds=time.monotonic() - self._started)


def _families(people: Iterator[InventedResident]) -> Iterator[list[InventedResident]]:
    family: list[InventedResident] = []
    for one in people:
        if family and one.household_no != family[-1].household_no:
            yield family
            family = []
        family.append(one)


def check_in(ctx: Context, site: Site, families: Iterator[list[InventedResident]], *, records: int, serial: int) -> int:
    """So many new records as the desk of a shelter makes them: families with their stays, and head counts. Answers the next serial."""
    homes: list[Household] = []
    persons: list[Person] = []
    stays: list[Stay] = []
    counted = max(1, records // 100)
    for family in families:
        left = records - counted - len(homes) - len(persons) - len(stays)
        if left < 3:
            break
        home = Household(id=new_id(), label=family[0].name, address=family[0].address)
        homes.append(home)
        for one in family[: (left - 1) // 2]:
            serial += 1
            person = Person(
                id=new_id(), number=person_number(ctx.place.device_prefix, serial), household_id=home.id, resident_no=one.resident_no, name=one.name,
                kana=one.kana, birth=one.birth, sex="female" if serial % 2 else "male", relation=one.relation, postal=one.postal, address=one.address,
                district=one.district, phone=one.phone, consent_kin="yes", needs=("elderly",) if not serial % 9 else (),
            )  # fmt: skip
            persons.append(person)
            stays.append(Stay(id=new_id(), person_id=person.id, shelter_id=site.shelter, from_at=OCCURRED, room=f"{serial % 30}"))
    counts = [
        Headcount(id=new_id(), shelter_id=site.shelter, counted_at=OCCURRED + timedelta(minutes=place), counted_total=len(persons), method="phone")
        for place in range(records - len(homes) - len(persons) - len(stays))
    ]
    with ctx.unit() as uow:
        uow.households.add_many(homes)
        uow.persons.add_many(persons)
        uow.stays.add_many(stays)
        uow.headcounts.add_many(counts)
        uow.commit()
    return serial


def change(ctx: Context, *, records: int) -> None:
    """Change so many records of before: half are people corrected, half are stays ended."""
    persons = [one for one in ctx.reads.all("person") if isinstance(one, Person)][: records // 2]
    stays = [one for one in ctx.reads.all("stay") if isinstance(one, Stay)][: records - len(persons)]
    with ctx.unit() as uow:
        uow.persons.save_many([replace(one, mobile=f"090{place:08}", injury="minor") for place, one in enumerate(persons)])
        uow.stays.save_many([replace(one, to_at=OCCURRED + timedelta(days=1), destination="home") for one in stays])
        uow.commit()


def peak_mb() -> int:
    """The most memory this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def key_of(folder: Path) -> bytes:
    """What opens the store of a folder."""
    return Keyring.load(folder / "keys.json").unlock(login=OPERATOR, password=PASSWORD).data_key


# -- floors ------------------------------------------------------------------------------------------------------


def floor(folder: Path, scratch: Path, packages: int) -> dict[str, float]:
    """The rows that headquarters has now, upserted by themselves into an equally encrypted file, in as many transactions as there were packages."""
    key = key_of(folder)
    store = connect(folder / "store.db", key)
    found: dict[str, float] = {}
    try:
        for name, tables in (("upsert_s", TABLES), ("upsert_journal_s", (*TABLES, "journal"))):
            target = connect(scratch / f"{name}.db", key, create=True)
            try:
                target.execute("PRAGMA journal_mode = WAL").fetchone()
                target.execute("PRAGMA synchronous = FULL")
                parts = [_rows_of(store, target, table, packages) for table in tables]
                found[name] = round(timed(lambda ready=parts, into=target: _upsert(into, ready, packages)), 2)
            finally:
                target.close()
    finally:
        store.close()
    return found


def _rows_of(store: Any, target: Any, table: str, packages: int) -> tuple[str, list[list[Any]]]:
    """Make the table, and answer the upsert with its rows in equal parts."""
    cursor = store.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    key = "op_id" if table == "journal" else "id"
    target.execute(f"CREATE TABLE {table} ({', '.join(name + (' PRIMARY KEY' if name == key else '') for name in names)})")
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name != key)
    statement = f"INSERT INTO {table} VALUES ({','.join('?' * len(names))}) ON CONFLICT ({key}) DO UPDATE SET {changed}"
    size = -(-len(rows) // packages)
    return statement, [rows[start : start + size] for start in range(0, size * packages, size)]


def _upsert(target: Any, parts: Sequence[tuple[str, list[list[Any]]]], packages: int) -> None:
    for place in range(packages):
        target.execute("BEGIN IMMEDIATE")
        for statement, rows in parts:
            target.executemany(statement, rows[place])
        target.execute("COMMIT")


def bytes_floor(source: Path, scratch: Path) -> float:
    """A package's bytes written, flushed and read by themselves."""
    data, path = source.read_bytes(), scratch / "bytes.bin"

    def act() -> None:
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        assert path.read_bytes() == data

    return round(percentile([timed(act) for _ in range(5)], 0.5), 4)


# -- the sites ---------------------------------------------------------------------------------------------------


def build(folder: Path, *, sites: int, records: int) -> tuple[list[list[Path]], dict[str, Any]]:
    """Headquarters and the packages of both days of every site, kept as files; and how long writing them took."""
    clock = Clock()
    gate = gateway(now=clock)
    hq, _ = gate.create(folder / "hq", _setup("本部", "hq"))
    template, _ = gate.create(folder / "template", _setup("避難所", "shelter"))
    template.close(backup=False)
    days: list[list[Path]] = [[], []]
    writes: list[float] = []
    try:
        create_municipality(hq.context)
        families = _families(invent_residents(sites * records * 2, seed=11, as_of=date(2024, 1, 1)))
        for number in range(sites):
            name = f"第{number + 1}避難所"
            shelter, _ = add_shelter(hq.context, values={"name": name, "capacity": 500}, open_at=OCCURRED)
            site = Site(folder / "sites" / f"{number}", name, shelter)
            shutil.copytree(folder / "template", site.folder)
            session = gate.open(site.folder, operator=OPERATOR, password=PASSWORD)
            enrol(hq.context, session.context, name)
            session.close(backup=False)
            session = gate.open(site.folder, operator=OPERATOR, password=PASSWORD)  # now at its own site
            try:
                serial = check_in(session.context, site, families, records=records // 5, serial=0)
                days[0].append(write(session.context, folder / "day1"))
                change(session.context, records=records // 10)
                check_in(session.context, site, families, records=records - records // 10, serial=serial)
                writes.append(timed(lambda ctx=session.context: days[1].append(write(ctx, folder / "day2"))))
            finally:
                session.close(backup=False)
            shutil.rmtree(site.folder)  # its packages are all that is needed
            print(f"{number + 1} / {sites}", end="\r", file=sys.stderr, flush=True)
    finally:
        hq.close(backup=False)
    return days, {"p50_s": round(percentile(writes, 0.5), 2), "p95_s": round(percentile(writes, 0.95), 2), "max_s": round(max(writes), 2)}


def enrol(hq: Context, ctx: Context, name: str) -> None:
    """A laptop asks, headquarters accepts it for a site, the laptop takes the answer in."""
    ensure_site(hq, name=name)
    answer = accept_request(hq, text=make_request(ctx).text, site=name)
    accept_answer(ctx, text=answer.lines)


def write(ctx: Context, folder: Path) -> Path:
    """What headquarters lacks, as the button writes it."""
    from app.syncing.packages import write_package

    folder.mkdir(exist_ok=True)
    return write_package(ctx, to_site="hq", target=folder).path


# -- headquarters ------------------------------------------------------------------------------------------------


def take_in(folder: Path, packages: Sequence[Path], *, look: int, prepare: Sequence[Path]) -> dict[str, Any]:
    """In this process: the first day's packages, then those that count, each timed; ``look``: so many are inspected by themselves before."""
    from app.syncing.packages import apply_package, inspect_package

    session = gateway(now=Clock()).open(folder, operator=OPERATOR, password=PASSWORD)
    try:
        before = timed(lambda: [apply_package(session.context, source=one, folder=folder) for one in prepare])
        looked = [timed(lambda source=one: inspect_package(session.context, source=source)) for one in packages[:look]]
        operations, spans = 0, []
        busy = time.process_time()
        for one in packages:
            started = time.perf_counter()
            done = apply_package(session.context, source=one, folder=folder)
            spans.append(time.perf_counter() - started)
            assert done.report.operations and not done.report.gaps and not done.report.refused, done.report
            operations += done.report.operations
            print(f"{len(spans)} / {len(packages)}  {spans[-1]:.2f} s", end="\r", file=sys.stderr, flush=True)
        return {
            "total_s": round(sum(spans), 2), "cpu_s": round(time.process_time() - busy, 2), "p50_s": round(percentile(spans, 0.5), 3),
            "p95_s": round(percentile(spans, 0.95), 3),
            "max_s": round(max(spans), 3), "operations": operations, "first_day_s": round(before, 2), "peak_mb": peak_mb(),
            "inspect_s": round(percentile(looked, 0.95), 3),
        }  # fmt: skip
    finally:
        session.close(backup=False)


def apart(folder: Path, days: Sequence[Sequence[Path]], *, look: int) -> dict[str, Any]:
    """``take_in`` in a process of its own, so that its memory is its own."""
    job = folder / "job.json"
    job.write_text(json.dumps({"folder": str(folder / "hq"), "days": [[str(one) for one in day] for day in days], "look": look}), "utf-8")
    done = subprocess.run([sys.executable, __file__, "--take-in", str(job)], stdout=subprocess.PIPE, check=True, encoding="utf-8")
    return dict(json.loads(done.stdout))


def _take_in_job(path: Path) -> int:
    told = json.loads(path.read_text("utf-8"))
    first, second = ([Path(one) for one in day] for day in told["days"])
    print(json.dumps(take_in(Path(told["folder"]), second, look=told["look"], prepare=first)))
    return 0


def main() -> int:
    """Build, take in, compare, print; 1 when a limit is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sites", type=int, default=68)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--quick", action="store_true", help="3 sites, 400 records: that it works at all")
    parser.add_argument("--keep", default="")
    parser.add_argument("--take-in", default="", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.take_in:
        return _take_in_job(Path(wanted.take_in))
    sites, records = (3, 400) if wanted.quick else (wanted.sites, wanted.records)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = Path(wanted.keep or scratch) / f"sync-{sites}-{records}"
        answer = measure(folder, Path(scratch), sites=sites, records=records)
    print(json.dumps(answer, indent=2))
    return 0 if all(answer["met"].values()) else 1


def measure(folder: Path, scratch: Path, *, sites: int, records: int) -> dict[str, Any]:
    """All figures. A kept folder holds headquarters before anything was taken in, and the packages."""
    kept = folder / "built.json"
    if not kept.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        days, writes = build(folder, sites=sites, records=records)
        shutil.copytree(folder / "hq", folder / "before")
        kept.write_text(json.dumps({"days": [[str(one) for one in day] for day in days], "write": writes}), "utf-8")
    told = json.loads(kept.read_text("utf-8"))
    days = [[Path(one) for one in day] for day in told["days"]]
    _put_back(folder / "before", folder / "hq")
    taken = apart(folder, days, look=min(10, sites))
    floors = {**floor(folder / "hq", scratch, sites), "bytes_s": bytes_floor(days[1][0], scratch)}
    limit = APPLY_S * sites / 68
    return {
        "sites": sites, "records": records, "package_bytes": days[1][0].stat().st_size, "apply": taken, "write": told["write"], "floors": floors,
        "ratios": {
            "apply_upsert": round(taken["total_s"] / floors["upsert_s"], 2),
            "apply_upsert_journal": round(taken["total_s"] / floors["upsert_journal_s"], 2),
        },
        "met": {
            "apply": taken["total_s"] <= limit, "peak": taken["peak_mb"] <= PEAK_MB, "write": told["write"]["p95_s"] <= WRITE_S,
            "inspect": taken["inspect_s"] <= INSPECT_S,
        },
    }  # fmt: skip


def _put_back(before: Path, hq: Path) -> None:
    """Headquarters as it was, in the same files: a folder that was copied would be another device."""
    for leftover in sorted(hq.rglob("*"), reverse=True):
        if leftover.is_file() and not (before / leftover.relative_to(hq)).exists():
            leftover.unlink()
    for kept in before.rglob("*"):
        if kept.is_file():
            shutil.copyfile(kept, hq / kept.relative_to(before))


if __name__ == "__main__":
    raise SystemExit(main())
