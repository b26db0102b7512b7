"""Survey results of 60,000 houses from CSV into an empty store, then lists and searches over them. Prints JSON.

    python bench/surveys.py [--rows 60000] [--keep FOLDER]

Every row makes a building, a household with its head, and a survey judged from degrees and areas; each of the five records has its row in
the journal. ``floor`` is the same rows read by ``csv`` and put by ``executemany`` into five bare tables of an equally encrypted file.
Limit: import ≤ 30 s. A second import of the same file must change nothing.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.domain.identifiers import new_id  # noqa: E402
from app.interchange.importing.outcome import ImportOutcome, ReportTo  # noqa: E402
from app.interchange.importing.run import apply_prepared, prepare_survey_results  # noqa: E402
from app.storage.engine import connect  # noqa: E402
from app.usecases import buildings, survey_plans, surveys  # noqa: E402
from app.usecases.context import Context  # noqa: E402
from app.usecases.survey_rows import BuildingFilter, SurveyFilter  # noqa: E402
from bench.stores import resident_batches, store_of, timed  # noqa: E402

LIMIT_S = 30.0
HEADINGS = (
    "調査番号", "所在地", "地区", "災害", "調査日", "調査区分", "災害の種類", "構造", "傾斜①(cm)", "傾斜②(cm)", "傾斜③(cm)", "傾斜④(cm)",
    "屋根の程度", "屋根の割合", "壁の程度", "壁の割合", "基礎の程度", "基礎の割合", "調査員", "確認者", "世帯主氏名", "世帯主カナ", "用途",
)  # fmt: skip
DEGREES = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ")


def write_results(path: Path, rows: int, disaster: str) -> None:
    """A file of invented results as another tool would write it."""
    random = Random(1)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        place = 0
        for batch in resident_batches(rows):
            for person in batch:
                place += 1
                tilts = [random.randint(0, 40) / 10 for _ in range(4)]
                parts = [text for _ in range(3) for text in (random.choice(DEGREES), random.choice((10, 20, 40, 60, 80, 100)))]
                writer.writerow(
                    (f"A-{place:06}", f"{person.address}-{place}", person.district, disaster, "令和6年1月2日", "1次調査", "地震", "木造", *tilts,
                     *parts, "調査　一郎、調査　二郎", "確認　三郎", person.name, person.kana, "住家")
                )  # fmt: skip


def floor(source: Path, folder: Path) -> float:
    """Seconds of reading the file and writing five bare rows for each of its rows into an encrypted file."""
    (folder / "floor.db").touch()  # the program opens only files that are there
    connection = connect(folder / "floor.db", b"k" * 32)
    connection.execute("PRAGMA journal_mode = WAL")
    for table in ("a", "b", "c", "d", "e"):
        connection.execute(f"CREATE TABLE {table} (rid INTEGER PRIMARY KEY, id TEXT UNIQUE, data TEXT)")
    started = time.perf_counter()
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = [json.dumps(row, ensure_ascii=False) for row in csv.reader(file)]
    connection.execute("BEGIN IMMEDIATE")
    for table in ("a", "b", "c", "d", "e"):
        connection.executemany(f"INSERT INTO {table} (id, data) VALUES (?, ?)", [(new_id(), row) for row in rows])
    connection.commit()
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


def take_in(context: Context, path: Path) -> ImportOutcome:
    """The whole way from the file to the disk."""
    return apply_prepared(context, prepared=prepare_survey_results(context, path=path), report=ReportTo(folder=path.parent))


def ask(context: Context) -> dict[str, float]:
    """Seconds of what a window asks over all of it."""
    ids = buildings.list_building_ids(context)
    page = surveys.list_survey_ids(context, filter=SurveyFilter(state="counted"))
    return {
        "ids_s": round(timed(lambda: buildings.list_building_ids(context)), 3),
        "page_s": round(timed(lambda: buildings.building_rows(context, ids[len(ids) // 2 :][:60])), 4),
        "search_s": round(timed(lambda: buildings.list_building_ids(context, filter=BuildingFilter(text="本町 5"))), 3),
        "grade_s": round(timed(lambda: buildings.list_building_ids(context, filter=BuildingFilter(grade="half"))), 3),
        "state_s": round(timed(lambda: buildings.list_building_ids(context, filter=BuildingFilter(state="counted"))), 3),
        "surveys_page_s": round(timed(lambda: surveys.survey_rows(context, page[:60])), 4),
        "progress_s": round(timed(lambda: survey_plans.survey_progress(context)), 3),
        "open_s": round(timed(lambda: buildings.open_building(context, building_id=ids[0])), 4),
    }


def main() -> int:
    """Write the file, take it in twice, ask, print; 1 when a limit is not met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--keep", default="")
    parser.add_argument("--memory", action="store_true", help="measure the memory of Python too; slower")
    wanted = parser.parse_args()
    with store_of(0, keep=wanted.keep, shelters=1, label="surveys") as (session, _, __), tempfile.TemporaryDirectory() as name:
        path = Path(name) / "results.csv"
        write_results(path, wanted.rows, session.context.place.disaster_name)
        bare = floor(path, Path(name))
        if wanted.memory:
            tracemalloc.start()
        started, worked = time.perf_counter(), time.process_time()
        first = take_in(session.context, path)
        import_s, import_cpu_s = time.perf_counter() - started, time.process_time() - worked
        peak = tracemalloc.get_traced_memory()[1] / 2**20 if wanted.memory else None
        tracemalloc.stop()
        started = time.perf_counter()
        again = take_in(session.context, path)
        again_s = time.perf_counter() - started
        lists = ask(session.context)
    ok = import_s <= LIMIT_S and first.created == wanted.rows and again.unchanged == wanted.rows and not (first.rejected or again.changes)
    figures = {
        "rows": first.read, "created": first.created, "rejected": first.rejected, "import_s": round(import_s, 2),
        "import_cpu_s": round(import_cpu_s, 2), "floor_s": round(bare, 2),
        "ratio": round(import_s / bare, 1), "again_s": round(again_s, 2), "again_unchanged": again.unchanged, "peak_mb": peak and round(peak),
        **lists, "limit_s": LIMIT_S, "ok": ok,
    }  # fmt: skip
    print(json.dumps(figures))
    return 0 if ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
