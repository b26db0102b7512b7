"""Stores of invented people for the measurements, and the percentiles they share. Not a measurement itself."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.bootstrap import FolderSession, gateway  # noqa: E402
from app.domain.invention import invent_residents  # noqa: E402
from app.domain.resident import ResidentRow  # noqa: E402
from app.usecases.gateway import Setup  # noqa: E402
from app.usecases.residents import load_residents  # noqa: E402
from app.usecases.shelters import add_shelter  # noqa: E402

OPERATOR, PASSWORD = "計測 係", "measure-measure"
OCCURRED = datetime(2024, 1, 1, 7, 10, tzinfo=UTC)
NOW = OCCURRED + timedelta(days=3)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share lies."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


def spread(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and the largest of seconds, in milliseconds."""
    return {
        "p50_ms": round(percentile(values, 0.5) * 1000, 3),
        "p95_ms": round(percentile(values, 0.95) * 1000, 3),
        "max_ms": round(max(values) * 1000, 3),
    }


def timed(act: Callable[[], Any]) -> float:
    """Seconds that an act took."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def resident_batches(count: int, *, seed: int = 1, size: int = 2000) -> Iterator[list[ResidentRow]]:
    """Invented residents as an importer hands them over."""
    people = invent_residents(count, seed=seed, as_of=date(2024, 1, 1))
    while part := list(islice(people, size)):
        yield [
            ResidentRow(
                resident_no=p.resident_no,
                household_no=p.household_no,
                name=p.name,
                kana=p.kana,
                birth=p.birth,
                sex=p.sex,
                relation=p.relation,
                postal=p.postal,
                address=p.address,
                district=p.district,
                phone=p.phone,
                nationality=p.nationality,
                protected=p.protected,
                order=p.order,
            )
            for p in part
        ]


@contextmanager
def store_of(
    residents: int, *, keep: str = "", shelters: int = 0, label: str = "store"
) -> Iterator[tuple[FolderSession, list[str], float]]:
    """An open store with residents and shelters: session, shelter ids, seconds the load took (0 when an older one was kept).

    ``keep`` names a folder in which the store stays for the next run; otherwise it goes with the process.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(keep or temporary) / f"{label}-{residents}-{shelters}"
        gate = gateway(now=lambda: NOW)
        load_s = 0.0
        if not (folder / "keys.json").exists():
            setup = Setup(
                municipality_code="172022",
                disaster_name="計測",
                occurred_at=OCCURRED,
                site_name="本部",
                site_kind="hq",
                operator=OPERATOR,
                password=PASSWORD,
            )
            session, _ = gate.create(folder, setup)
            for number in range(shelters):
                add_shelter(session.context, values={"name": f"第{number + 1}避難所", "capacity": 200}, open_at=OCCURRED)
            if residents:
                load_s = timed(lambda: load_residents(session.context, batches=resident_batches(residents), as_of=OCCURRED))
        else:
            session = gate.open(folder, operator=OPERATOR, password=PASSWORD)
        try:
            yield session, [shelter.id for shelter in session.context.reads.all("shelter")], load_s
        finally:
            session.close(backup=False)
