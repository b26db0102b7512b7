"""Several desks at once on a real server: nothing is lost, doubled or paid twice. The measurement itself, small."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import require_postgres

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.e2e
def test_four_desks_at_once_lose_and_double_nothing() -> None:
    require_postgres()
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "desks.py"), "--quick"], cwd=ROOT, capture_output=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found = json.loads(done.stdout)
    assert found["paced"]["write"]["count"] + found["saturated"]["write"]["count"] > 5
    assert found["written"]["persons"]["acknowledged"] > 0 and found["written"]["persons"]["same"]
    assert found["written"]["numbers_once"] and found["written"]["paid_twice"] == 0 and found["verify"]["ok"]
