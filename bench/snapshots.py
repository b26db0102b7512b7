"""Snapshots on the way: exporting and loading residents as an encrypted file, in seconds and megabytes.

Run: ``python -m bench.snapshots [residents]``. Each stage runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OPERATOR, PASSWORD, WORD = "計測", "password-1", "1234-5678-9012"
OCCURRED = datetime(2024, 1, 1, 7, 10, tzinfo=UTC)
INVENTED = 50_000


def _session(folder: Path, *, new: bool = False) -> Any:
    from app.bootstrap import gateway
    from app.usecases.gateway import Setup

    if not new:
        return gateway().open(folder, operator=OPERATOR, password=PASSWORD)
    setup = Setup(
        municipality_code="172022", disaster_name="計測", occurred_at=OCCURRED, site_name="本部", site_kind="hq", operator=OPERATOR,
        password=PASSWORD,
    )  # fmt: skip
    return gateway().create(folder, setup)[0]


def _residents(count: int) -> Iterator[list[Any]]:
    """Invented residents; the same fifty thousand again under other numbers."""
    from app.domain.invention import invent_residents
    from app.domain.resident import ResidentRow

    made = [
        ResidentRow(
            one.resident_no, one.household_no, one.name, one.kana, one.birth, one.sex, one.relation, one.postal, one.address, one.district,
            one.phone, one.nationality, one.protected, one.order,
        )
        for one in invent_residents(min(count, INVENTED), seed=1, as_of=date(2024, 1, 1))
    ]  # fmt: skip

    def rows() -> Iterator[Any]:
        for turn in range(-(-count // len(made))):
            yield from (row._replace(resident_no=f"{turn}-{row.resident_no}", household_no=f"{turn}-{row.household_no}") for row in made)

    stream = islice(rows(), count)
    while batch := list(islice(stream, 500)):
        yield batch


def stage(name: str, folder: Path, count: int) -> dict[str, Any]:
    """One stage; answers seconds, peak megabytes and what it made."""
    from app.syncing.snapshots import export_snapshot, load_snapshot
    from app.usecases.residents import load_residents

    file = folder / ("part.sasae-residents" if name.endswith("district") else "whole.sasae-residents")
    session = _session(folder / ("laptop" if name.startswith("load") else "hq"), new=name in ("prepare", "load"))
    started = time.perf_counter()
    told: dict[str, Any] = {}
    try:
        if name == "prepare":
            made, _ = load_residents(session.context, batches=_residents(count), as_of=OCCURRED)
            told = {"sha256": made.sha256}
        elif name.startswith("export"):
            wanted = session.context.reads.residents.active()
            district = session.context.reads.carried.districts(snapshot_id=wanted.id)[0][0] if name.endswith("district") else ""
            done = export_snapshot(session.context, target=file, snapshot_id=wanted.id, passphrase=WORD, district=district)
            told = {"residents": done.card.residents, "MB of file": round(done.bytes / 1e6, 1), "sha256": done.card.sha256}
        else:
            loaded = load_snapshot(session.context, source=file, passphrases=[WORD])
            told = {"added": loaded.received.added, "sha256": loaded.received.snapshot.sha256}
        seconds = time.perf_counter() - started
    finally:
        session.close(backup=False)
    return {"seconds": round(seconds, 1), "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, **told}


def main() -> None:
    """All stages on one machine, then whether the hashes agree."""
    if len(sys.argv) == 4:
        print(json.dumps(stage(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    hashes = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("prepare", "export", "export-district", "load", "load-again", "load-district"):
            command = [sys.executable, "-m", "bench.snapshots", name, folder, str(count)]
            found = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
            hashes[name] = found.pop("sha256")
            print(f"{name:16} " + "  ".join(f"{key} {value}" for key, value in found.items()), flush=True)
    print("same residents:", hashes["prepare"] == hashes["export"] == hashes["load"])


if __name__ == "__main__":
    main()
