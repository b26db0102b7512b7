"""Speed of reading tables against the bare csv module, and of writing. Prints JSON. Arguments: rows (200000)."""

from __future__ import annotations

import csv
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.interchange.exporting.csv_out import write_csv  # noqa: E402
from app.interchange.importing.reading import open_table  # noqa: E402


def _row(number: int) -> list[str]:
    return [f"{number:010d}", f"架空{number}", "カクウ タロウ", "昭和50年3月1日", "男", "090-0000-0000", *["石川県架空市見本町1-2"] * 14]


def _best(act: Callable[[], object], times: int = 3) -> float:
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        spent.append(time.perf_counter() - start)
    return min(spent)


def _plain(path: Path) -> int:
    with path.open(encoding="cp932", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def main() -> None:
    """Write a list, read it three ways, print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "住民 一覧.csv"
        header = [f"列{index}" for index in range(20)]
        export = _best(lambda: write_csv(path, header=header, rows=map(_row, range(count)), encoding="cp932"), 1)
        plain = _best(lambda: _plain(path))
        batches = _best(lambda: sum(len(batch.rows) for batch in open_table(path).batches()))
        rows = _best(lambda: sum(1 for _ in open_table(path).rows()))
        figures = {
            "rows": count,
            "mb": round(path.stat().st_size / 1e6, 1),
            "csv_s": round(plain, 3),
            "batches_s": round(batches, 3),
            "batches_ratio": round(batches / plain, 2),
            "rows_s": round(rows, 3),
            "rows_ratio": round(rows / plain, 2),
            "write_cp932_s": round(export, 3),
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
