"""A card of synthetic 12-megapixel photographs taken in: rate, memory, gaps of the window's event loop. Prints JSON.

    python bench/photos.py [--photos 200] [--keep FOLDER]

Beside it, in the same run, plain Pillow reducing the same files one after the other (open, draft, thumbnail, save; no codes, no
encryption, no records). Limits: at least 0.5 of its rate, no gap over 100 ms, 400 MB for all processes together.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

LIMITS = {"ratio": 0.5, "worst_gap_ms": 100.0, "peak_mb": 400}
SIZE = (4000, 3000)
HOUSE = 10
"""Photos of one house, the first of which shows its sheet."""


def make_card(card: Path, count: int, codes: list[str]) -> int:
    """Photographs as of a camera; every tenth shows the sheet of a house. Answers their bytes."""
    from tests.photographs import jpeg_of, scene, with_codes

    began = datetime(2024, 1, 2, 8, 0)
    plain = [scene(*SIZE, seed) for seed in (1, 2, 3)]
    total = 0
    for number in range(count):
        image = plain[number % 3].copy()
        if number % HOUSE == 0:
            image = with_codes(image, codes[number // HOUSE % len(codes)], scale=24)
        image.paste((number % 256, number // 256 % 256, 90), (40, 40, 240, 240))
        path = card / f"{100 + number // 999}SAMPL" / f"IMG_{number % 999:04}.JPG"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = jpeg_of(
            image, quality=88, taken=began + timedelta(seconds=40 * number), lat=37.0, lon=136.9, orientation=(1, 6, 8)[number % 3]
        )
        path.write_bytes(data)
        total += len(data)
    scene.cache_clear()  # what was painted is no memory of the import
    return total


def reduce_plain(card: Path) -> float:
    """Seconds plain Pillow takes to reduce the same files."""
    from PIL import Image, ImageOps

    started = time.perf_counter()
    for path in sorted(card.rglob("*.JPG")):
        with Image.open(path) as image:
            image.draft("RGB", (1280, 1280))
            image.thumbnail((1280, 1280))
            ImageOps.exif_transpose(image).save(io.BytesIO(), "JPEG", quality=80)
    return time.perf_counter() - started


def memory_now() -> int:
    """Bytes that the processes of this one hold now, with their own; what they share counts once each."""
    total = 0
    for task in Path("/proc").glob("[0-9]*"):
        try:
            stat = (task / "stat").read_text().rsplit(")", 1)[1].split()
            if int(stat[1]) == os.getpid() or int(task.name) == os.getpid():
                total += int((task / "statm").read_text().split()[1]) * resource.getpagesize()
        except (OSError, ValueError, IndexError):
            continue
    return total


def take_in(ctx: Any, card: Path) -> tuple[Any, dict[str, float]]:
    """The import through the window's runner, its event loop watched."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QCoreApplication, QTimer

    from app.interchange.importing.photos import import_photos
    from app.ui.runner import Runner

    loop = QCoreApplication.instance() or QCoreApplication([])
    runner, gaps, found, peak = Runner(), [0.0], list[Any](), [0]
    last = [time.perf_counter()]

    def beat() -> None:
        now = time.perf_counter()
        gaps.append(now - last[0])
        last[0] = now

    def weigh() -> None:
        peak[0] = max(peak[0], memory_now())
        last[0] = time.perf_counter()  # the weighing itself is no gap

    beats, scales = QTimer(interval=5), QTimer(interval=1000)
    beats.timeout.connect(beat)
    scales.timeout.connect(weigh)
    beats.start()
    QTimer.singleShot(3000, loop.quit)
    last[0] = time.perf_counter()
    loop.exec()
    idle = max(gaps) * 1000  # what the machine does to a window that has nothing to do
    gaps[:] = [0.0]
    work = runner.write(lambda job: import_photos(ctx, card, job=job)).quiet()
    work.success(found.append).failure(found.append).finished(lambda: QTimer.singleShot(0, loop.quit))
    scales.start()
    started = last[0] = time.perf_counter()
    work.start()
    loop.exec()
    seconds = time.perf_counter() - started
    runner.close()
    if isinstance(found[0], Exception):
        raise found[0]
    told = {
        "seconds": seconds,
        "worst_gap_ms": max(gaps) * 1000,
        "idle_worst_gap_ms": idle,
        "gaps_over_50_ms": sum(gap > 0.05 for gap in gaps),
    }
    return found[0], {**told, "peak_mb": peak[0] / 1e6}


def houses(ctx: Any, count: int) -> list[str]:
    """Codes of so many buildings."""
    from app.domain.building import Building
    from app.domain.building_code import building_code
    from app.domain.identifiers import new_id, person_number

    numbers = [person_number(ctx.place.device_prefix, serial) for serial in range(1, count + 1)]
    with ctx.unit() as uow:
        uow.buildings.add_many([Building(id=new_id(), number=number) for number in numbers])
        uow.commit()
    return [building_code(ctx.place.disaster_id, number) for number in numbers]


def main() -> int:
    """Measure and judge."""
    from app.bootstrap import gateway
    from tests.stores import setup_of

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--keep", default="")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(given.keep or stack.enter_context(tempfile.TemporaryDirectory()))
        session, _ = gateway().create(folder / "data", setup_of())
        stack.callback(session.close, backup=False)
        card = folder / "DCIM"
        size = make_card(card, given.photos, houses(session.context, max(1, given.photos // HOUSE)))
        before = reduce_plain(card)
        outcome, told = take_in(session.context, card)
        plain = (before + reduce_plain(card)) / 2  # on both sides, as other work on the machine comes and goes
        kept = sum(file.stat().st_size for file in (folder / "data" / "attachments").rglob("*") if file.is_file())
    rate, floor = given.photos / told["seconds"], given.photos / plain
    answer = {
        "photos": given.photos,
        "megabytes_each": round(size / given.photos / 1e6, 2),
        "added": outcome.added,
        "by_sheet": outcome.matched.get("qr", 0),
        "kilobytes_kept_each": round(kept / max(1, outcome.added) / 1000),
        **{name: round(value, 1) for name, value in told.items()},
        "per_second": round(rate, 1),
        "plain_pillow_per_second": round(floor, 1),
        "ratio": round(rate / floor, 2),
        "limits": LIMITS,
    }
    answer["ok"] = (
        outcome.added == outcome.matched.get("qr", 0) == given.photos
        and answer["ratio"] >= LIMITS["ratio"]
        and answer["worst_gap_ms"] <= LIMITS["worst_gap_ms"]
        and answer["peak_mb"] <= LIMITS["peak_mb"]
    )
    print(json.dumps(answer, ensure_ascii=False, indent=1))
    return 0 if answer["ok"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
