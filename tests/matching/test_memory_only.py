"""Nothing of what is matched reaches a disk in clear."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import EnvironmentFault
from app.matching.engine import engine
from tests.architecture.tree import ROOT

# With a file size limit of nothing, the first byte written to any file ends the process.
_RUN = """
import resource, signal
from tests.matching.people import find, pairs, typed
find(typed("\u6e21\u8fba\u5b97\u4e00", "", "S50.3.4"))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
row = typed("\u6e21\u8fba\u5b97\u4e00", "", "S50.3.4")
assert find(*[row] * 300)[0].candidates and pairs(*[row] * 30)
{more}
print("done")
"""


def _run(folder: Path, more: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(folder), "TMPDIR": str(folder), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, "-c", _RUN.format(more=more)], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to set")
def test_a_run_writes_no_file(tmp_path: Path) -> None:
    outcome = _run(tmp_path)
    assert outcome.stdout.strip() == "done", outcome.stderr
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to set")
def test_the_limit_would_notice(tmp_path: Path) -> None:
    assert _run(tmp_path, "open('x', 'wb', 0).write(b'y')").stdout.strip() != "done"


def test_when_memory_runs_out_it_fails_and_spills_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EnvironmentFault) as fault, engine("32MB") as connection:
        connection.execute("CREATE TABLE t AS SELECT range::VARCHAR || repeat('x', 40) AS a FROM range(5000000)")
        connection.execute("SELECT a, count(*) FROM t GROUP BY a ORDER BY a").fetchall()
    assert fault.value.code == "match.memory" and list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO 'out.csv'",
        "ATTACH 'other.db'",
        "INSTALL httpfs",
        "SET temp_directory = '.'",
        "SELECT * FROM read_text('/etc/hostname')",
    ],
)
def test_the_engine_can_reach_no_file(statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    monkeypatch.chdir(tmp_path)
    with engine() as connection, pytest.raises(duckdb.Error):
        connection.execute(statement)
    assert list(tmp_path.rglob("*")) == []
