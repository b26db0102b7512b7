"""How long a person waits: to the sign-in window, and from the password to the main window with 50,000 residents.

Prints JSON. The floor is a bare PySide6 process with one table and one encrypted file; the key derivation is measured by itself,
because it is meant to be slow.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

_FLOOR = """
import sys, time, os
from pathlib import Path
def since():
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
from PySide6.QtWidgets import QApplication, QTableWidget, QTableWidgetItem
import sqlcipher3.dbapi2 as driver
base = driver.connect(sys.argv[1]); base.execute("PRAGMA key = \\"x'" + "00" * 32 + "'\\"")
base.execute("CREATE TABLE IF NOT EXISTS t (a)"); base.execute("INSERT INTO t VALUES (1)"); base.commit()
app = QApplication([]); table = QTableWidget(30, 8)
for row in range(30):
    for column in range(8): table.setItem(row, column, QTableWidgetItem("\\u907f\\u96e3\\u6240"))
table.resize(1366, 768); table.show(); app.processEvents(); table.repaint()
print(f"{since():.3f}")
"""

_OPEN = """
import sys, time, json
from PySide6.QtTest import QTest
from app.bootstrap import gateway
from app.ui.main_window import MainWindow
from app.ui.preferences import Preferences
from app.ui.start import Desk, _SOON, prepare
from pathlib import Path
folder, operator, password = sys.argv[1:4]
application, preferences = prepare()
desk = Desk(gateway(), preferences=preferences, folder=Path(folder))
window = desk.show_sign_in(); application.processEvents()
desk.runner.preload(*_SOON)
while not desk.runner.idle: QTest.qWait(5)
editors = window.sign_in.form.editors
editors["operator"].set_raw(operator); editors["password"].set_raw(password)
started = time.perf_counter()
window.sign_in.submit()
while not isinstance(desk.window, MainWindow): QTest.qWait(1)
desk.window.repaint(); application.processEvents()
painted = time.perf_counter() - started
while not desk.runner.idle: QTest.qWait(1)
desk.window.repaint(); application.processEvents()
filled = time.perf_counter() - started
desk.window.session.close(backup=False); desk.close()
print(json.dumps([painted, filled]))
"""


def _run(code: str, *arguments: str) -> str:
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.strip().splitlines()[-1]


def _sign_in() -> float:
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    command = [sys.executable, "-m", "app", "--painted"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60)
    return float(done.stdout.strip().splitlines()[-1])


def _derivation_s() -> float:
    from argon2.low_level import Type, hash_secret_raw

    times = []
    for _ in range(5):
        started = time.perf_counter()
        hash_secret_raw(b"password", b"0123456789abcdef", time_cost=3, memory_cost=65536, parallelism=4, hash_len=32, type=Type.ID)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", default="")
    given = parser.parse_args()
    from bench.stores import OPERATOR, PASSWORD, store_of

    with tempfile.TemporaryDirectory() as work:
        with store_of(given.residents, keep=given.keep or work, shelters=20) as (session, _, _):
            folder = session.folder
        floor = [float(_run(_FLOOR, f"{work}/floor.db")) for _ in range(given.runs)]
        sign_in = [_sign_in() for _ in range(given.runs)]
        opened = [json.loads(_run(_OPEN, str(folder), OPERATOR, PASSWORD)) for _ in range(given.runs)]
    derivation = _derivation_s()
    painted = statistics.median(pair[0] for pair in opened)
    figures = {
        "residents": given.residents,
        "floor_bare_window_s": statistics.median(floor),
        "sign_in_painted_s": statistics.median(sign_in),
        "sign_in_over_floor": round(statistics.median(sign_in) / statistics.median(floor), 2),
        "key_derivation_s": round(derivation, 3),
        "main_window_painted_s": round(painted, 3),
        "main_window_without_derivation_s": round(painted - derivation, 3),
        "home_page_filled_s": round(statistics.median(pair[1] for pair in opened), 3),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
