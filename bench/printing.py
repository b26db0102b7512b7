"""How long a roster of 2,000 people takes on paper. Prints JSON.

    python bench/printing.py [--rows 2000] [--runs 3]

``floor`` is reportlab drawing as many plain strings on as many pages with a built-in font: no fitting, no Japanese, no stamps.
Limit: 2 s for 2,000 rows, everything included (fonts opened anew in each run).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

NAMES = (
    "髙橋 花子", "山﨑 太郎", "𠮷田 一郎", "葛\U000e0100西 次郎", "葛\U000e0102城 三郎", "佐藤 美咲", "長宗我部 宗一郎左衛門", "齋藤 凛",
)  # fmt: skip
NEEDS = ("", "高齢", "要介護3・服薬", "乳幼児・ミルク", "アレルギー（卵、小麦）・通院が必要")
HEADERS = (
    ("番号", 4), ("氏名", 7), ("フリガナ", 8), ("生年月日（年齢）", 7.5), ("性別", 2), ("住所", 15),
    ("部屋・区画", 5), ("区分", 4), ("入所", 6), ("配慮", 8), ("電話", 6.5),
)  # fmt: skip


def make_row(number: int) -> list[str]:
    """One invented person."""
    return [
        str(number),
        NAMES[number % len(NAMES)],
        ("タカハシ ハナコ", "チョウソカベ ソウイチロウザエモン")[number % 5 == 0],
        f"S{number % 63 + 1}.{number % 12 + 1}.{number % 28 + 1} ({number % 100})",
        "男女"[number % 2],
        f"見本市中央町{number % 9 + 1}丁目{number % 97}番地{number % 7} 見本ハイツ{number % 300}号",
        f"体育館A-{number % 40}",
        "避難所内",
        "1/1 18:05",
        NEEDS[number % len(NEEDS)],
        f"090-0000-{number % 10000:04d}",
    ]


def measure(layout: str, rows: list[list[str]], folder: Path) -> dict[str, float | int]:
    """Seconds and pages of one print, fonts and all."""
    from app.printing.lists import PrintColumn, render_list
    from app.printing.report import PageStamp

    columns = [PrintColumn(header=header, width=width, key=header) for header, width in HEADERS]
    stamp = PageStamp(as_of="令和6年1月5日 18時00分 時点", known_at="令和6年1月6日 までの入力", operator="見本 花子", caution="取扱注意")
    out = folder / f"{layout}.pdf"
    start = time.perf_counter()
    report = render_list(out, title="避難者名簿", columns=columns, rows=rows, stamp=stamp, layout=layout)
    seconds = time.perf_counter() - start
    return {"pages": report.pages, "seconds": seconds, "problems": len(report.problems), "bytes": out.stat().st_size}


def measure_floor(rows: list[list[str]], folder: Path, *, pages: int) -> float:
    """Seconds reportlab needs for as many strings on as many pages."""
    from reportlab.pdfgen.canvas import Canvas

    start = time.perf_counter()
    canvas = Canvas(str(folder / "floor.pdf"), pageCompression=1)
    per_page = -(-len(rows) // pages)
    for page in range(pages):
        canvas.setFont("Helvetica", 8)
        for line, row in enumerate(rows[page * per_page : (page + 1) * per_page]):
            for column, text in enumerate(row):
                canvas.drawString(20 + 50 * column, 20 + 10 * line, "x" * len(text))
        canvas.showPage()
    canvas.save()
    return time.perf_counter() - start


def main() -> int:
    """Measure both layouts; exit code 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    rows = [make_row(number) for number in range(1, asked.rows + 1)]
    start = time.perf_counter()
    import app.printing.lists  # noqa: F401

    figures: dict[str, object] = {"rows": asked.rows, "import_seconds": round(time.perf_counter() - start, 3)}
    good = True
    with tempfile.TemporaryDirectory() as name:
        for layout in ("compact", "large"):
            runs = [measure(layout, rows, Path(name)) for _ in range(asked.runs)]
            floors = [measure_floor(rows, Path(name), pages=int(runs[0]["pages"])) for _ in range(asked.runs)]
            seconds, floor = statistics.median(run["seconds"] for run in runs), statistics.median(floors)
            good = good and seconds <= 2.0 * max(1.0, asked.rows / 2000)
            figures[layout] = {
                **runs[0],
                "seconds": round(seconds, 3),
                "floor_seconds": round(floor, 3),
                "ratio": round(seconds / floor, 2),
            }
    figures["limit_seconds"], figures["within_limit"] = 2.0, good
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
