"""How much a guess at a password costs: tests make cheap stores, so what the program itself takes is asked in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ASK = """
import json, sys
from pathlib import Path
from app.storage.keyring import Keyring
from app.syncing import sealed
ring, key, _ = Keyring.create(Path(sys.argv[1]))
ring.add_slot(login="a", password="password-1", data_key=key)
prelude = sealed._lock_identity("AGE-SECRET-KEY", "a passphrase")
entries = [ring._content["recovery"], *ring._content["slots"]]
print(json.dumps([[entry["argon2id"] for entry in entries], [prelude["rounds"], prelude["memory"], sealed._LANES]]))
"""


def test_a_guess_takes_time_and_memory(tmp_path: Path) -> None:
    """RFC 9106, second recommended option, for every way into a store; 64 MiB and four passes for a file that travels."""
    done = subprocess.run([sys.executable, "-c", _ASK, str(tmp_path / "keys.json")], cwd=ROOT, capture_output=True, text=True, check=True)
    store, travelling = json.loads(done.stdout)
    assert store == [{"time_cost": 3, "memory_cost": 65_536, "parallelism": 4}] * 2
    assert travelling == [4, 65_536, 2]
